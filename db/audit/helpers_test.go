package audit

import (
	"crypto/sha256"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "quittance-test/log"

var noon = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

// shelf is a store in memory: what package db keeps in its three tables.
type shelf struct {
	leaves []StoredLeaf
	hashes []tlog.Hash
	heads  [][]byte
}

func (s *shelf) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		if n >= int64(len(s.hashes)) {
			return nil, errors.New("no such hash")
		}
		out[i] = s.hashes[n]
	}
	return out, nil
}

func (s *shelf) put(l Leaf) {
	e, _ := Parse(l.Data)
	s.leaves = append(s.leaves, StoredLeaf{Number: l.Number, Data: l.Data, Shown: &e})
	s.hashes = append(s.hashes, l.Stored...)
}

func (s *shelf) copy() *shelf {
	return &shelf{slices.Clone(s.leaves), slices.Clone(s.hashes), slices.Clone(s.heads)}
}

func (s *shelf) bundle(k key, outside ...[]byte) Bundle {
	return Bundle{Leaves: seq(s.leaves), Hashes: seq(s.hashes), Checkpoints: seq(s.heads),
		Keys: []note.Verifier{k.v}, Outside: outside}
}

func seq[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// failer is what *testing.T, *testing.B and *rapid.T have in common.
type failer interface {
	Helper()
	Fatal(...any)
}

type key struct {
	s note.Signer
	v note.Verifier
}

func newKey(t testing.TB, name string) key {
	t.Helper()
	skey, vkey, err := NewSigner(name)
	s, err1 := note.NewSigner(skey)
	v, err2 := note.NewVerifier(vkey)
	if err := errors.Join(err, err1, err2); err != nil {
		t.Fatal(err)
	}
	return key{s, v}
}

// grow builds a log in groups of these sizes, with a signed checkpoint after
// each one. The first leaf begins the trail.
func grow(t failer, k key, groups ...int) *shelf {
	t.Helper()
	s := &shelf{}
	tree := NewTree(0, time.Time{}, s)
	for _, group := range groups {
		for range group {
			leaf, err := tree.Append(sample(tree.Size()))
			if err != nil {
				t.Fatal(err)
			}
			s.put(leaf)
		}
		s.heads = append(s.heads, sign(t, k, tree))
		tree.Settle()
	}
	return s
}

func sign(t failer, k key, tree *Tree) []byte {
	t.Helper()
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	msg, err := Sign(Checkpoint{k.s.Name(), tree.Size(), root}, k.s)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func sample(n int64) Entry {
	if n == 0 {
		return Entry{Time: noon, Actor: System, Event: LogCreated}
	}
	return Entry{Time: noon.Add(time.Duration(n) * time.Second), Actor: ActorOf("key", n%7+1), Event: RecordsIngested,
		Object: ObjectOf(KindService, n%3+1), Counts: map[string]int64{CountRecords: n, CountFirstSeq: n, CountLastSeq: 2 * n}}
}

// naive is RFC 6962, section 2.1, word for word, without the library.
func naive(leaves [][]byte) [32]byte {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	default:
		k := 1
		for 2*k < n {
			k *= 2
		}
		l, r := naive(leaves[:k]), naive(leaves[k:])
		return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
	}
}
