package db

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"

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
	bodyS2V1  = 1 // S2 with dictionary v1
)

func packBody(plain []byte) []byte {
	if dictionary == nil {
		return append([]byte{bodyPlain}, plain...)
	}
	packed := dictionary.Encode(make([]byte, 0, s2.MaxEncodedLen(len(plain))), plain)
	if len(packed) >= len(plain) {
		return append([]byte{bodyPlain}, plain...)
	}
	return append([]byte{bodyS2V1}, packed...)
}

func unpackBody(stored []byte) ([]byte, error) {
	if len(stored) == 0 {
		return nil, ErrCorrupt
	}
	switch stored[0] {
	case bodyPlain:
		return stored[1:], nil
	case bodyS2V1:
		plain, err := dictionary.Decode(nil, stored[1:])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return plain, nil
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
