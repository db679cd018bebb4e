package watson

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"

	"quittance/db"
)

// cursorLife is how long a cursor stays good, as in IBM's documents.
const cursorLife = 5 * time.Minute

// cursorPurpose binds the sealed text to its use.
const cursorPurpose = "watson cursor"

// cursor is where a listing of logs goes on. It travels sealed: a caller can neither read nor make one, and one that was given for another
// instance, path, filter or order is refused.
type cursor struct {
	listing [sha256.Size]byte // what is listed
	after   db.Place
	upTo    int64 // the highest seq when the first page was made, so that all pages see one state
	issued  int64 // ms since 1970
}

var (
	errCursor        = bad("The cursor is not valid for this request: send filter and sort as with the first page, or leave the cursor out")
	errCursorExpired = &apiError{status: http.StatusBadRequest, message: "The cursor has expired: list again without it"}
)

func (c cursor) seal(store *db.Store) string {
	plain := append(make([]byte, 0, sha256.Size+4*8), c.listing[:]...)
	for _, n := range []int64{c.after.Time, c.after.Seq, c.upTo, c.issued} {
		plain = binary.BigEndian.AppendUint64(plain, uint64(n))
	}
	return base64.RawURLEncoding.EncodeToString(store.Seal(cursorPurpose, plain))
}

// openCursor reads a cursor that was sent back for a listing.
func openCursor(store *db.Store, sent string, listing [sha256.Size]byte) (cursor, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(sent)
	if err != nil {
		return cursor{}, errCursor
	}
	plain, err := store.Unseal(cursorPurpose, sealed)
	if err != nil || len(plain) != sha256.Size+4*8 || [sha256.Size]byte(plain) != listing {
		return cursor{}, errCursor
	}
	var n [4]int64
	for i := range n {
		n[i] = int64(binary.BigEndian.Uint64(plain[sha256.Size+8*i:]))
	}
	if store.Now().Sub(time.UnixMilli(n[3])) > cursorLife {
		return cursor{}, errCursorExpired
	}
	return cursor{listing: listing, after: db.Place{Time: n[0], Seq: n[1]}, upTo: n[2], issued: n[3]}, nil
}

// listing tells apart what can be listed. Each part is preceded by its length, so that no two listings share a reading.
func (c *call) listing() [sha256.Size]byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.service.Number))
	for _, s := range []string{c.route.pattern(), c.params["container"], c.query.Get("filter"), c.query.Get("sort")} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return sha256.Sum256(b)
}
