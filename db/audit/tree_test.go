package audit

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// TestTreeIsTheTreeOfTheRFC appends in groups of any size, with a new Tree or
// the old one for each group, and holds root and stored hashes against a tree
// that is built in the plainest way.
func TestTreeIsTheTreeOfTheRFC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{}
		tree := NewTree(0, time.Time{}, s)
		var plain []tlog.Hash
		var leaves [][]byte
		for range rapid.IntRange(0, 12).Draw(t, "groups") {
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				tree = NewTree(int64(len(leaves)), tree.last, s)
			case 1:
				tree.Settle()
			}
			for range rapid.IntRange(0, 40).Draw(t, "group") {
				leaf, err := tree.Append(sample(tree.Size()))
				if err != nil {
					t.Fatal(err)
				}
				if leaf.Hash != tlog.RecordHash(leaf.Data) || leaf.FirstIndex != int64(len(plain)) || leaf.Number != int64(len(leaves)) {
					t.Fatalf("leaf %d: wrong hash, index or number", leaf.Number)
				}
				want, err := tlog.StoredHashes(leaf.Number, leaf.Data, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
					return (&shelf{hashes: plain}).ReadHashes(at)
				}))
				if err != nil || !slices.Equal(leaf.Stored, want) {
					t.Fatalf("leaf %d: stored hashes differ from tlog's (%v)", leaf.Number, err)
				}
				s.put(leaf)
				plain, leaves = append(plain, want...), append(leaves, leaf.Data)
			}
			if root, err := tree.Root(); err != nil || root != naive(leaves) || tree.Size() != int64(len(leaves)) {
				t.Fatalf("root of %d leaves is wrong (%v)", len(leaves), err)
			}
		}
	})
}

func TestFreshHashesAreReadable(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 5)
	tree := NewTree(5, noon, s)
	data := [][]byte{}
	for range 9 { // none of them is put into the store
		leaf, err := tree.Append(sample(tree.Size()))
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, leaf.Data)
	}
	root, _ := tree.Root()
	head := Checkpoint{origin, tree.Size(), root}
	for n := range tree.Size() {
		p, err := ProveInclusion(n, tree.Size(), tree)
		leaf := append(leafData(s), data...)[n]
		if err := errors.Join(err, CheckInclusion(leaf, n, head, p)); err != nil {
			t.Errorf("leaf %d: %v", n, err)
		}
	}
	if _, err := tree.ReadHashes([]int64{0, tlog.StoredHashCount(14)}); err == nil {
		t.Error("a hash beyond the end was read")
	}
}

func leafData(s *shelf) (data [][]byte) {
	for _, l := range s.leaves {
		data = append(data, l.Data)
	}
	return data
}

func TestTimeNeverRunsBack(t *testing.T) {
	tree := NewTree(0, time.Time{}, &shelf{})
	steps := []struct{ now, want time.Duration }{
		{0, 0}, {5 * time.Second, 5 * time.Second}, {-time.Hour, 5 * time.Second},
		{5*time.Second + 999*time.Microsecond, 5 * time.Second}, {6 * time.Second, 6 * time.Second},
	}
	for i, step := range steps {
		e := sample(int64(i))
		e.Time, e.Number = noon.Add(step.now), 99
		leaf, err := tree.Append(e)
		if err != nil || !leaf.Time.Equal(noon.Add(step.want)) || leaf.Number != int64(i) {
			t.Errorf("step %d: number %d at %v (%v)", i, leaf.Number, leaf.Time, err)
		}
	}
	if leaf, _ := NewTree(0, noon, &shelf{}).Append(Entry{Time: noon.Add(-1), Actor: System, Event: LogCreated}); !leaf.Time.Equal(noon) {
		t.Errorf("the time of the stored last leaf is not kept to: %v", leaf.Time)
	}
}

func TestResetForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{}
		tree := NewTree(0, time.Time{}, s)
		one := func() Leaf {
			leaf, err := tree.Append(sample(tree.Size()))
			if err != nil {
				t.Fatal(err)
			}
			return leaf
		}
		for range rapid.IntRange(0, 30).Draw(t, "kept") {
			s.put(one())
		}
		if rapid.Bool().Draw(t, "settled") {
			tree.Settle()
		}
		mark := tree.Mark()
		for range 2 { // a mark serves more than once
			for range rapid.IntRange(0, 30).Draw(t, "undone") {
				e := sample(tree.Size())
				e.Time = noon.Add(time.Hour)
				if _, err := tree.Append(e); err != nil {
					t.Fatal(err)
				}
			}
			tree.Reset(mark)
		}
		for range rapid.IntRange(0, 30).Draw(t, "again") {
			s.put(one())
		}
		root, err := tree.Root()
		if err != nil || root != naive(leafData(s)) {
			t.Fatalf("after a reset the root of %d leaves is wrong (%v)", tree.Size(), err)
		}
		all := make([]int64, len(s.hashes))
		for i := range all {
			all[i] = int64(i)
		}
		if got, err := tree.ReadHashes(all); err != nil || !slices.Equal(got, s.hashes) {
			t.Fatalf("after a reset the hashes read differ (%v)", err)
		}
	})
}

func TestARefusedEntryLeavesTheTreeAsItWas(t *testing.T) {
	tree := NewTree(0, time.Time{}, &shelf{})
	before, _ := tree.Root()
	if _, err := tree.Append(Entry{Time: noon, Actor: "ada@example.com", Event: LogCreated}); err == nil {
		t.Fatal("an entry with an address was appended")
	}
	if after, _ := tree.Root(); after != before || tree.Size() != 0 || len(tree.fresh) != 0 {
		t.Error("the refused entry left a trace")
	}
}

func TestAStoreThatCannotBeReadIsAnError(t *testing.T) {
	for name, r := range map[string]tlog.HashReaderFunc{
		"failing": func([]int64) ([]tlog.Hash, error) { return nil, errors.New("disk") },
		"short":   func([]int64) ([]tlog.Hash, error) { return make([]tlog.Hash, 1), nil },
	} {
		tree := NewTree(7, noon, r)
		if _, err := tree.Append(sample(7)); err == nil {
			t.Errorf("%s: appended", name)
		}
		if _, err := tree.Root(); err == nil {
			t.Errorf("%s: gave a root", name)
		}
		if _, err := tree.ReadHashes([]int64{0, 1, 2}); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

// TestAppendReadsTheStoreOnce: a group of any size costs one read.
func TestAppendReadsTheStoreOnce(t *testing.T) {
	s := grow(t, newKey(t, origin), 1000)
	reads := 0
	tree := NewTree(1000, noon, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		reads++
		return s.ReadHashes(at)
	}))
	for range 500 {
		if _, err := tree.Append(sample(tree.Size())); err != nil {
			t.Fatal(err)
		}
	}
	if reads != 1 {
		t.Errorf("%d reads", reads)
	}
}

// BenchmarkAppend is one group of 500 entries on a log of 100,000, its root
// and its signed checkpoint.
func BenchmarkAppend(b *testing.B) {
	k := newKey(b, origin)
	s := grow(b, k, 100_000)
	for _, group := range []int{1, 500} {
		b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tree := NewTree(100_000, noon, s)
				for range group {
					if _, err := tree.Append(sample(tree.Size())); err != nil {
						b.Fatal(err)
					}
				}
				sign(b, k, tree)
			}
			b.ReportMetric(float64(b.N*group)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
