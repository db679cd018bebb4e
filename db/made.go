package db

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"sync"
)

// maxMade bounds the file of an export that is made in the background, in bytes; less in a test.
var maxMade int64 = 2 << 30

// ErrLarge is returned to an export whose file would grow too large to lie here.
var ErrLarge = errors.New("the file of this export would be too large to be made here")

// Made is the file of an export while it is made, and until it is dropped. It lies in a spool, so nobody reads it once this process has ended; and
// once it is dropped nobody reads it at all, however they came by it. Safe for concurrent use.
type Made struct {
	room  *room
	mu    sync.Mutex
	spool *Spool // nil = dropped
	sum   hash.Hash
}

func (s *Store) newMade() (*Made, error) {
	p, err := s.Spool()
	return &Made{room: &s.room, spool: p, sum: sha256.New()}, err
}

// Write implements io.Writer: it appends. ErrForgotten when the file was dropped, ErrLarge, ErrLow.
func (m *Made) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spool == nil {
		return 0, ErrForgotten
	}
	if m.spool.Size()+int64(len(p)) > maxMade {
		return 0, ErrLarge
	}
	if err := m.room.take(); err != nil {
		return 0, err
	}
	n, err := m.spool.Write(p)
	m.sum.Write(p[:n])
	return n, err
}

// ReadAt implements io.ReaderAt. ErrForgotten when the file was dropped.
func (m *Made) ReadAt(p []byte, at int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spool == nil {
		return 0, ErrForgotten
	}
	return m.spool.ReadAt(p, at)
}

// Size is how much was written, in bytes; 0 when the file was dropped.
func (m *Made) Size() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spool == nil {
		return 0
	}
	return m.spool.Size()
}

// digest is the SHA-256 of what was written.
func (m *Made) digest() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sum.Sum(nil)
}

// drop makes the file unreadable for everybody, also for those who are reading it.
func (m *Made) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spool == nil {
		return
	}
	m.spool.Forget(int64(len(m.spool.keys)) * spoolSegment)
	m.spool.Close() // the file has no name, and nobody has its keys: there is nothing left to fail
	m.spool = nil
}

// shelf is where the files of exports lie, by the numbers of their exports.
type shelf struct {
	mu    sync.Mutex
	files map[int64]*Made
}

func (h *shelf) put(number int64, m *Made) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.files == nil {
		h.files = map[int64]*Made{}
	}
	h.files[number] = m
}

func (h *shelf) get(number int64) *Made {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.files[number]
}

// retain drops all but those of some numbers.
func (h *shelf) retain(live map[int64]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for n, m := range h.files {
		if !live[n] {
			m.drop()
			delete(h.files, n)
		}
	}
}

// clearShelf drops, after a commit, the files of exports that are neither made nor kept any more: before whoever asked for the change is answered, and
// before the next transaction, which may be the first of a batch that removes records. Where it cannot be told which they are, all go.
func (w *writer) clearShelf(t *tx) {
	live := map[int64]bool{}
	numbers, err := scanned[int64](t.rows("SELECT export FROM export_job WHERE state IN ('making', 'ready')"))
	if err == nil {
		for _, n := range numbers {
			live[n] = true
		}
	}
	w.s.shelf.retain(live)
	w.drops = false
}

func hexOf(sum []byte) string { return hex.EncodeToString(sum) }
