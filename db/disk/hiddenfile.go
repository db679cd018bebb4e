package disk

import (
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/crypto/xts"
)

// hiddenUnit is what is sealed as one: a page of most databases, so that a page is written without being read first.
const hiddenUnit = 4096

// Hidden is a file without a name, sealed under a key that is in memory only: when the process ends, however it ends, nobody can read what is
// left of it on the disk. Unlike a spool of package db it is written in any order and over again, so it is sealed as disks are (XTS-AES-256,
// NIST SP 800-38E): a counter's key stream must not be used twice.
type Hidden struct {
	mu     sync.Mutex
	file   *os.File
	cipher *xts.Cipher
	size   int64
	named  bool // somebody will take it
}

// hiddenPrefix begins the name that a file has for the moment between being made and losing it.
const hiddenPrefix = "copy-"

// NewHidden makes an empty one in a folder. Whoever made it closes it.
func NewHidden(dir string) (*Hidden, error) {
	file, err := os.CreateTemp(dir, hiddenPrefix)
	if err != nil {
		return nil, fmt.Errorf("making a file without a name: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("taking a file's name away: %w", err), file.Close())
	}
	key := make([]byte, 64)
	rand.Read(key)
	c, err := xts.NewCipher(aes.NewCipher, key)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Hidden{file: file, cipher: c}, nil
}

// Size is how long it is, in bytes.
func (h *Hidden) Size() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.size
}

// ReadAt implements io.ReaderAt.
func (h *Hidden) ReadAt(into []byte, at int64) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := int(min(int64(len(into)), max(h.size-at, 0)))
	for done := 0; done < n; {
		unit, err := h.unit((at + int64(done)) / hiddenUnit)
		if err != nil {
			return done, err
		}
		done += copy(into[done:n], unit[(at+int64(done))%hiddenUnit:])
	}
	if n < len(into) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements io.WriterAt.
func (h *Hidden) WriteAt(from []byte, at int64) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for done := 0; done < len(from); {
		n, err := h.put(from[done:], at+int64(done))
		if err != nil {
			return done, err
		}
		done += n
		h.size = max(h.size, at+int64(done))
	}
	return len(from), nil
}

// put writes as much as belongs to one unit.
func (h *Hidden) put(from []byte, at int64) (int, error) {
	number, within := at/hiddenUnit, at%hiddenUnit
	unit := make([]byte, hiddenUnit)
	if within != 0 || len(from) < hiddenUnit {
		was, err := h.unit(number)
		if err != nil {
			return 0, err
		}
		unit = was
	}
	n := copy(unit[within:], from)
	h.cipher.Encrypt(unit, unit, uint64(number))
	_, err := h.file.WriteAt(unit, number*hiddenUnit)
	return n, err
}

// unit opens one. What was never written is zeros, and so is what lies behind the end: it may have been cut off.
func (h *Hidden) unit(number int64) ([]byte, error) {
	out := make([]byte, hiddenUnit)
	begin := number * hiddenUnit
	if begin >= h.size {
		return out, nil
	}
	if _, err := h.file.ReadAt(out, begin); errors.Is(err, io.EOF) {
		return make([]byte, hiddenUnit), nil
	} else if err != nil {
		return nil, err
	}
	if len(bytes.TrimLeft(out, "\x00")) == 0 {
		return out, nil // a hole: sealed bytes are never all zeros
	}
	h.cipher.Decrypt(out, out, uint64(number))
	if end := h.size - begin; end < hiddenUnit {
		clear(out[end:])
	}
	return out, nil
}

// Truncate cuts it. SQLite makes no file longer in this way.
func (h *Hidden) Truncate(size int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.size = min(h.size, size)
	last := h.size / hiddenUnit
	if h.size%hiddenUnit == 0 {
		return h.file.Truncate(last * hiddenUnit)
	}
	unit, err := h.unit(last) // what is behind the new end must not come back when the file grows again
	if err == nil {
		err = h.file.Truncate((last + 1) * hiddenUnit)
	}
	if err == nil {
		_, err = h.put(unit, last*hiddenUnit)
	}
	return err
}

// Close gives the room back.
func (h *Hidden) Close() error { return h.file.Close() }
