package db

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"
)

// dictionary is what bodies are compressed with (S2). It was built from made-up records, never from real ones: a dictionary that was
// trained on real data would hold fragments of it that no erasure reaches (performance.md). A body names its version in the first byte.
//
//go:embed dictionary.v1
var dictionaryV1 []byte

var dictionary = s2.NewDict(dictionaryV1)

const (
	bodyPlain = 0 // as it is
	bodyS2V1  = 1 // without what the columns hold, then S2 with dictionary v1
)

// spare is how short a column's value may be and still be worth taking out of the body.
const spare = 4

// columns are the values that stand in a record's columns and, as a rule, once more in its body. The order never changes for a version.
func (r *NewRecord) columns() []string {
	return []string{r.Text, r.Session, r.Container, stamp(r.Time), stamp(r.Answered)}
}

// stamp is how entries of logs write times (watson-api.md, section 2).
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// takeOut puts a control character in the place of each column's value, so that it is kept, and erased, once. JSON text holds no such
// character (RFC 8259, section 7), so putBack is its exact
// reverse: each step brings in one that was not there before. ok is false for a text that holds one all the same.
func takeOut(body []byte, columns []string) (out []byte, ok bool) {
	for _, c := range body {
		if 1 <= c && int(c) <= len(columns) {
			return nil, false
		}
	}
	for i, v := range columns {
		if len(v) >= spare {
			body = bytes.ReplaceAll(body, []byte(v), []byte{byte(i + 1)})
		}
	}
	return body, true
}

// putBack appends a body with its columns' values in their places. A value may itself hold the marks of columns before it.
func putBack(out []byte, body string, columns []string) []byte {
	begin := 0
	for i := range len(body) {
		n := int(body[i])
		if n == 0 || n > len(columns) || len(columns[n-1]) < spare {
			continue
		}
		out = putBack(append(out, body[begin:i]...), columns[n-1], columns[:n-1])
		begin = i + 1
	}
	return append(out, body[begin:]...)
}

func packBody(plain []byte, columns []string) []byte {
	rest, ok := takeOut(plain, columns)
	if ok && dictionary != nil {
		packed := dictionary.Encode(make([]byte, 0, s2.MaxEncodedLen(len(rest))), rest)
		if len(packed) < len(plain) {
			return append([]byte{bodyS2V1}, packed...)
		}
	}
	return append([]byte{bodyPlain}, plain...)
}

func unpackBody(stored []byte, columns []string) ([]byte, error) {
	if len(stored) == 0 {
		return nil, ErrCorrupt
	}
	switch stored[0] {
	case bodyPlain:
		return stored[1:], nil
	case bodyS2V1:
		rest, err := dictionary.Decode(nil, stored[1:])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return putBack(make([]byte, 0, 2*len(rest)), string(rest), columns), nil
	}
	return nil, ErrCorrupt
}

// digest binds a record's number to all that is stored of it. SQLite has no page checksums: without this a flipped bit would be
// a wrong answer instead of an error (erase-and-prove.md, fact 10). content is SHA-256 over the record's fields, made off the writer.
func (k *keys) digest(seq int64, content []byte) []byte {
	return mac(k.Digest, binary.BigEndian.AppendUint64(nil, uint64(seq)), content)[:8]
}

// content hashes what a record holds. Every field is preceded by its length, so that no two records share a reading.
func (r *NewRecord) content(stored []byte) []byte {
	h := sha256.New()
	var b []byte
	for _, n := range []int64{r.Service, int64(r.Kind), ms(r.Time), ms(r.Answered), int64(r.flags())} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, s := range []string{r.first, r.Language, r.Container, r.Session, r.LogID, r.Text} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	h.Write(b)
	h.Write(stored)
	return h.Sum(nil)
}
