package audit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// trail is a log with many ends of erasures among its entries, a receipt for each, and a checkpoint now and then.
func trail(t testing.TB, k key, entries int) (*shelf, []StoredReceipt) {
	t.Helper()
	s, tree := &shelf{}, NewTree(0, time.Time{}, nil)
	tree.below = s
	var receipts []StoredReceipt
	for n := range int64(entries) {
		e := sample(n)
		if n%5 == 3 {
			body := []byte(fmt.Sprintf(`{"erasure":%d,"amendment":0,"parts":[]}`, n))
			e = Entry{Time: e.Time, Actor: System, Event: ErasureDone, Object: ObjectOf(KindErasure, n), Commits: map[string]string{CommitReceipt: Commitment(body)}}
			receipts = append(receipts, StoredReceipt{n, body})
		}
		leaf, err := tree.Append(e)
		if err != nil {
			t.Fatal(err)
		}
		s.put(leaf)
		if n%9 == 8 || n == int64(entries)-1 {
			s.heads = append(s.heads, sign(t, k, tree))
			tree.Settle()
		}
	}
	return s, receipts
}

func written(t testing.TB, k key, vkey string, s *shelf, receipts []StoredReceipt) []byte {
	t.Helper()
	b := s.bundle(k)
	b.Receipts = seq(receipts)
	var out bytes.Buffer
	if err := WriteBundle(&out, origin, vkey, b, s.heads[len(s.heads)-1]); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// checked is what an auditor's check says of a bundle, with an old checkpoint and the key known from elsewhere.
func checked(file []byte, outside ...[]byte) (Report, error) {
	b, err := OpenBundle(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil })
	if err != nil {
		return Report{}, err
	}
	b.Outside = outside
	return Verify(context.Background(), b), nil
}

func TestBundleFile(t *testing.T) {
	k, vkey := keyPair(t, origin)
	s, receipts := trail(t, k, 60)
	file := written(t, k, vkey, s, receipts)
	r, err := checked(file, s.heads[1])
	if err != nil || !r.OK() || !r.Anchored || r.Size != 60 || r.Receipts != int64(len(receipts)) || r.Checkpoints != 1 {
		t.Fatal(r, err)
	}
	if !IsBundle(file) || IsBundle([]byte(`{"body":`)) {
		t.Error("a bundle is not told from a receipt")
	}
}

// 500 mutations of a bundle, each noticed by whoever kept a checkpoint of it.
func TestEveryMutationOfABundleIsNoticed(t *testing.T) {
	k, vkey := keyPair(t, origin)
	s, receipts := trail(t, k, 60)
	file := written(t, k, vkey, s, receipts)
	other, _ := trail(t, k, 60) // the same entries, signed again: the same log
	forger, forged := keyPair(t, origin)
	swapped := written(t, forger, forged, resigned(t, forger, other), receipts)
	last := s.heads[len(s.heads)-1]
	mutations := []func([][]byte) [][]byte{
		func(l [][]byte) [][]byte {
			i := 1 + rand.N(len(l)-1)
			l[i][rand.N(len(l[i])-1)] ^= 1 << rand.N(7)
			return l
		},
		func(l [][]byte) [][]byte { i := 1 + rand.N(len(l)-1); return slices.Delete(l, i, i+1) },
		func(l [][]byte) [][]byte { i := 1 + rand.N(len(l)-2); l[i], l[i+1] = l[i+1], l[i]; return l },
		func(l [][]byte) [][]byte { i := 1 + rand.N(len(l)-1); return slices.Insert(l, i, l[i]) },
		func(l [][]byte) [][]byte { return l[:1+rand.N(len(l)-1)] },
		func(l [][]byte) [][]byte { return slices.Insert(l, 1+rand.N(len(l)-1), l[1+rand.N(len(l)-1)]) },
	}
	for i := range 500 {
		bad := mutations[i%len(mutations)](bytes.SplitAfter(bytes.Clone(file), []byte("\n"))[:bytes.Count(file, []byte("\n"))])
		mutated := bytes.Join(bad, nil)
		if bytes.Equal(mutated, file) {
			continue
		}
		if r, err := checked(mutated, last); err == nil && r.OK() {
			t.Fatalf("mutation %d was not noticed:\n%s", i, mutated)
		}
	}
	if r, err := checked(swapped, last); err == nil && r.OK() {
		t.Error("a swapped key was not noticed")
	}
}

// resigned is a log with all its heads signed by another key.
func resigned(t testing.TB, k key, s *shelf) *shelf {
	t.Helper()
	s = s.copy()
	for i, msg := range s.heads {
		n, err := note.Open(msg, note.VerifierList())
		var unverified *note.UnverifiedNoteError
		if e, ok := err.(*note.UnverifiedNoteError); ok {
			unverified, n = e, e.Note
		}
		c, err := parseCheckpoint(n.Text)
		if err != nil || unverified == nil {
			t.Fatal(err)
		}
		if s.heads[i], err = Sign(c, k.s); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// The words say what is wrong: with receipts as with entries.
func TestReceiptsOfABundle(t *testing.T) {
	k, vkey := keyPair(t, origin)
	s, receipts := trail(t, k, 30)
	for name, c := range map[string]struct {
		change func([]StoredReceipt) []StoredReceipt
		want   string
	}{
		"erasure without receipt": {func(r []StoredReceipt) []StoredReceipt { return slices.Delete(r, 1, 2) }, "The receipt that entry 8 was made for is missing."},
		"receipt without erasure": {func(r []StoredReceipt) []StoredReceipt {
			return slices.Insert(r, 1, StoredReceipt{5, []byte(`{"erasure":5}`)})
		}, "it is a receipt without an erasure"},
		"receipt at the end": {func(r []StoredReceipt) []StoredReceipt { return append(r, StoredReceipt{29, []byte(`{"erasure":29}`)}) }, "it is a receipt without an erasure"},
		"altered":            {func(r []StoredReceipt) []StoredReceipt { r[2].Body = []byte(`{"erasure":13,"parts":[]}`); return r }, "The receipt of entry 13 was altered."},
		"forged second":      {func(r []StoredReceipt) []StoredReceipt { return slices.Insert(r, 1, r[1]) }, "it is a receipt without an erasure"},
	} {
		r, err := checked(written(t, k, vkey, s, c.change(slices.Clone(receipts))))
		if err != nil || r.OK() || !strings.Contains(fmt.Sprint(r.Findings), c.want) {
			t.Errorf("%s: %v, %v", name, r.Findings, err)
		}
	}
}

// An end that commits to no receipt is a finding where receipts are at hand.
func TestEndWithoutCommitment(t *testing.T) {
	k := newKey(t, origin)
	s, tree := &shelf{}, NewTree(0, time.Time{}, nil)
	for _, e := range []Entry{sample(0), {Time: noon.Add(time.Minute), Actor: System, Event: ErasureDone, Object: ObjectOf(KindErasure, 1)}} {
		leaf, err := tree.Append(e)
		if err != nil {
			t.Fatal(err)
		}
		s.put(leaf)
	}
	s.heads = append(s.heads, sign(t, k, tree))
	b := s.bundle(k)
	b.Receipts = seq([]StoredReceipt(nil))
	if r := Verify(t.Context(), b); r.OK() || !strings.Contains(fmt.Sprint(r.Findings), "has no receipt") {
		t.Error(r)
	}
}

func FuzzBundle(f *testing.F) {
	k, vkey := keyPair(f, origin)
	s, receipts := trail(f, k, 12)
	f.Add(written(f, k, vkey, s, receipts))
	last := s.heads[len(s.heads)-1]
	good := written(f, k, vkey, s, receipts)
	f.Fuzz(func(t *testing.T, in []byte) {
		if r, err := checked(in, last); err == nil && r.OK() && !bytes.Contains(in, good[bytes.IndexByte(good, '\n'):bytes.LastIndex(good, []byte(`{"entry"`))]) {
			t.Error("other entries pass")
		}
	})
}
