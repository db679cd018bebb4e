package audit

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is a sealed entry, ready to be stored in the transaction of the change.
type Leaf struct {
	Number     int64       // place in the tree, from 0
	Time       time.Time   // UTC, milliseconds, never before the leaf before
	Data       []byte      // canonical JSON
	Hash       tlog.Hash   // RFC 6962, section 2.1: SHA-256(0x00 ‖ Data)
	Stored     []tlog.Hash // what goes into the hash table: the leaf's hash, then each subtree it completes
	FirstIndex int64       // stored hash index of Stored[0]; the rest follow without gap
}

// Tree appends entries to the log. It reads the store once, at the first
// append or root, and then carries the roots of the complete subtrees along,
// so a group of appends costs no further reads. A Tree is for one goroutine;
// when the transaction it served is rolled back, Reset it or throw it away.
type Tree struct {
	front  frontier
	loaded bool
	last   time.Time
	below  tlog.HashReader
	fresh  []tlog.Hash // appended and perhaps not stored yet, from stored hash index base on
	base   int64
}

// NewTree continues a log of size leaves whose last leaf bears the time last
// (the zero time for an empty log). r reads stored hashes by their index and
// is asked only for those of leaves below size.
func NewTree(size int64, last time.Time, r tlog.HashReader) *Tree {
	return &Tree{front: frontier{size: size}, last: last, below: r, base: tlog.StoredHashCount(size)}
}

// Size is the number of leaves, appended ones included.
func (t *Tree) Size() int64 { return t.front.size }

// Append seals the entry as the next leaf. Number is set here, and Time becomes
// the later of the entry's and the last leaf's: time never runs back.
func (t *Tree) Append(e Entry) (Leaf, error) {
	if err := t.load(); err != nil {
		return Leaf{}, err
	}
	e.Number, e.Time = t.front.size, later(e.Time, t.last)
	data, err := e.Canonical()
	if err != nil {
		return Leaf{}, fmt.Errorf("appending to the audit trail: %w", err)
	}
	hash := tlog.RecordHash(data)
	leaf := Leaf{Number: e.Number, Time: e.Time, Data: data, Hash: hash,
		FirstIndex: tlog.StoredHashIndex(0, e.Number)}
	kept := len(t.fresh)
	t.fresh = t.front.add(t.fresh, hash)
	leaf.Stored = slices.Clone(t.fresh[kept:])
	t.last = e.Time
	return leaf, nil
}

func later(now, last time.Time) time.Time {
	now = now.UTC().Truncate(time.Millisecond)
	if now.Before(last) {
		return last.UTC()
	}
	return now
}

// Root is the hash of the whole tree, appended leaves included.
func (t *Tree) Root() (tlog.Hash, error) {
	if err := t.load(); err != nil {
		return tlog.Hash{}, err
	}
	return t.front.root(), nil
}

// ReadHashes implements tlog.HashReader over stored and appended hashes alike,
// so that a proof can be made before the transaction has ended.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var old []int64
	for _, i := range indexes {
		if i < t.base {
			old = append(old, i)
		}
	}
	stored, err := t.readBelow(old)
	if err != nil {
		return nil, err
	}
	out := make([]tlog.Hash, 0, len(indexes))
	for _, i := range indexes {
		switch {
		case i < t.base:
			out, stored = append(out, stored[0]), stored[1:]
		case i-t.base < int64(len(t.fresh)):
			out = append(out, t.fresh[i-t.base])
		default:
			return nil, fmt.Errorf("reading audit hash %d: the tree ends before it", i)
		}
	}
	return out, nil
}

func (t *Tree) readBelow(indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	hashes, err := t.below.ReadHashes(indexes)
	if err != nil {
		return nil, fmt.Errorf("reading audit hashes: %w", err)
	}
	if len(hashes) != len(indexes) {
		return nil, fmt.Errorf("reading audit hashes: asked for %d, got %d", len(indexes), len(hashes))
	}
	return hashes, nil
}

// Settle is told when everything appended so far is stored and committed: the
// tree lets go of it and reads it from the store from now on. A tree that
// lives as long as the process stays small this way.
func (t *Tree) Settle() {
	t.base, t.fresh = tlog.StoredHashCount(t.front.size), nil
}

// Mark is a point to which a tree can be set back.
type Mark struct {
	front  frontier
	loaded bool
	last   time.Time
	fresh  int
}

// Mark remembers the tree as it is, for a savepoint or a transaction.
func (t *Tree) Mark() Mark {
	m := Mark{front: t.front, loaded: t.loaded, last: t.last, fresh: len(t.fresh)}
	m.front.peaks = slices.Clone(t.front.peaks)
	return m
}

// Reset forgets what was appended since the mark. A mark taken before Settle
// is of no use after it.
func (t *Tree) Reset(m Mark) {
	t.front, t.loaded, t.last, t.fresh = m.front, m.loaded, m.last, t.fresh[:m.fresh]
	t.front.peaks = slices.Clone(m.front.peaks)
}

func (t *Tree) load() error {
	if t.loaded {
		return nil
	}
	peaks, err := t.readBelow(peakIndexes(t.front.size))
	if err != nil {
		return err
	}
	t.front.peaks, t.loaded = peaks, true
	return nil
}

// frontier is all that is needed to go on with a tree: its size and the roots
// of its complete subtrees, the largest first, one for each bit of the size.
type frontier struct {
	size  int64
	peaks []tlog.Hash
}

// peakIndexes gives the stored hash indexes of the peaks of a tree of size n.
func peakIndexes(n int64) []int64 {
	var indexes []int64
	for at := int64(0); at < n; {
		level := bits.Len64(uint64(n-at)) - 1
		indexes = append(indexes, tlog.StoredHashIndex(level, at>>level))
		at += 1 << level
	}
	return indexes
}

// add appends a leaf's hash and then each hash it completes to out, in the
// order in which they are stored (tlog.StoredHashIndex).
func (f *frontier) add(out []tlog.Hash, leaf tlog.Hash) []tlog.Hash {
	out = append(out, leaf)
	// At this point each trailing 1 bit of the size is a subtree that waits
	// for a right-hand sister of the same height.
	for range bits.TrailingZeros64(^uint64(f.size)) {
		top := len(f.peaks) - 1
		leaf = tlog.NodeHash(f.peaks[top], leaf)
		f.peaks = f.peaks[:top]
		out = append(out, leaf)
	}
	f.peaks = append(f.peaks, leaf)
	f.size++
	return out
}

// root folds the peaks from the right (RFC 6962, section 2.1).
func (f *frontier) root() tlog.Hash {
	if f.size == 0 {
		return emptyRoot
	}
	last := len(f.peaks) - 1
	h := f.peaks[last]
	for _, left := range slices.Backward(f.peaks[:last]) {
		h = tlog.NodeHash(left, h)
	}
	return h
}

// emptyRoot is the hash of no leaves: SHA-256 of nothing (RFC 6962, section 2.1).
var emptyRoot, _ = tlog.TreeHash(0, nil)
