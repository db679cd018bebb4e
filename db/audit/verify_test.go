package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestVerifyOfAWholeLog(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 1, 4, 7, 3)
	r := Verify(t.Context(), s.bundle(k, s.heads[1]))
	if !r.OK() || !r.Intact() || !r.Anchored {
		t.Fatalf("%+v", r)
	}
	if r.Size != 15 || r.First != 0 || r.Last != 14 || r.Checkpoints != 4 || r.Root != naive(leafData(s)) || r.Head != (Checkpoint{origin, 15, r.Root}) {
		t.Errorf("%+v", r)
	}
	if !r.From.Equal(noon) || !r.To.Equal(noon.Add(14*time.Second)) || r.Took <= 0 {
		t.Errorf("from %v to %v in %v", r.From, r.To, r.Took)
	}
	if got := r.Summary(); !strings.HasPrefix(got, "Entries 0 to 14 and 4 checkpoints were checked in ") ||
		!strings.HasSuffix(got, ": everything holds. Anchored: a checkpoint kept outside was compared.") {
		t.Error(got)
	}
}

func TestVerifyOfAnExport(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 9)
	b := s.bundle(k, s.heads[0])
	b.Hashes = nil
	for i := range s.leaves {
		s.leaves[i].Shown = nil
	}
	if r := Verify(t.Context(), b); !r.OK() {
		t.Errorf("%+v", r.Findings)
	}
}

func TestVerifyOfAnEmptyLog(t *testing.T) {
	k := newKey(t, origin)
	msg, err := Sign(Checkpoint{origin, 0, emptyRoot}, k.s)
	if err != nil {
		t.Fatal(err)
	}
	r := Verify(t.Context(), Bundle{Checkpoints: seq([][]byte{msg}), Keys: []note.Verifier{k.v}, Outside: [][]byte{msg}})
	if !r.OK() || r.Last != -1 || !strings.HasPrefix(r.Summary(), "A log without entries and 1 checkpoint were") {
		t.Errorf("%+v %s", r, r.Summary())
	}
	if r := Verify(t.Context(), Bundle{}); r.OK() {
		t.Error("nothing at all holds")
	}
}

func TestAnchorInWords(t *testing.T) {
	k, other := newKey(t, origin), newKey(t, origin)
	s := grow(t, k, 3, 3)
	for name, c := range map[string]struct {
		keys     []note.Verifier
		outside  [][]byte
		anchored bool
		begins   string
	}{
		"nothing":        {nil, nil, false, "Not anchored: nothing from outside"},
		"key":            {[]note.Verifier{k.v}, nil, true, "Anchored by a key from outside only"},
		"old":            {nil, s.heads[:1], true, "Anchored: a checkpoint"},
		"key and old":    {[]note.Verifier{k.v}, s.heads[:1], true, "Anchored: a key and a checkpoint"},
		"unusable old":   {nil, [][]byte{[]byte("junk")}, false, "Not anchored: what came"},
		"another's key":  {[]note.Verifier{other.v}, nil, true, "Anchored by a key"},
		"old and no key": {[]note.Verifier{other.v}, s.heads[:1], true, "Anchored by a key"},
	} {
		b := s.bundle(k, c.outside...)
		b.OutsideKeys = c.keys
		r := Verify(t.Context(), b)
		if r.Anchored != c.anchored || !strings.HasPrefix(r.Anchor, c.begins) {
			t.Errorf("%s: %v, %s", name, r.Anchored, r.Anchor)
		}
	}
}

// TestSpoiledStore spoils one thing in the store at a time and reads what is
// said of it. A checkpoint over all ten entries is kept outside.
func TestSpoiledStore(t *testing.T) {
	k := newKey(t, origin)
	for name, c := range map[string]struct {
		spoil func(*shelf)
		says  string
	}{
		"altered count":     {func(s *shelf) { s.alter(6, `"records":6`, `"records":7`) }, "Among entries 5 to 9 something is not as it was signed."},
		"free text":         {func(s *shelf) { s.alter(6, `"key/7"`, `"ada@example.com"`) }, "Entry 6 was altered"},
		"two dropped":       {func(s *shelf) { s.leaves = slices.Delete(s.leaves, 3, 5) }, "Entries 3 to 4 are missing."},
		"one dropped":       {func(s *shelf) { s.leaves = slices.Delete(s.leaves, 3, 4) }, "Entry 3 is missing."},
		"first dropped":     {func(s *shelf) { s.leaves = s.leaves[1:] }, "Entry 0 is missing."},
		"swapped":           {func(s *shelf) { s.leaves[3], s.leaves[4] = s.leaves[4], s.leaves[3] }, "Entry 3 is out of order"},
		"twice":             {func(s *shelf) { s.leaves = slices.Insert(s.leaves, 4, s.leaves[3]) }, "Entry 3 is out of order, or there twice."},
		"renumbered":        {func(s *shelf) { s.leaves[3].Data = s.leaves[4].Data }, "Entry 3 says of itself that it is number 4."},
		"end cut":           {func(s *shelf) { s.leaves = s.leaves[:8] }, "Entries are missing at the end: 10 were signed, and there are 8."},
		"hashes cut":        {func(s *shelf) { s.hashes = s.hashes[:12] }, "The stored hashes end at entry 7,"},
		"hash changed":      {func(s *shelf) { s.hashes[7][0]++ }, "A stored hash at entry 4 is not"},
		"hash beyond":       {func(s *shelf) { s.hashes = append(s.hashes, tlog.Hash{}) }, "there are stored hashes of more than 10"},
		"event shown":       {func(s *shelf) { s.show(5, func(e *Entry) { e.Event = LogsRead }) }, "Entry 5 is shown with another"},
		"time shown":        {func(s *shelf) { s.show(5, func(e *Entry) { e.Time = noon }) }, "Entry 5 is shown with another"},
		"actor shown":       {func(s *shelf) { s.show(5, func(e *Entry) { e.Actor = System }) }, "Entry 5 is shown with another"},
		"object shown":      {func(s *shelf) { s.show(5, func(e *Entry) { e.Object = "" }) }, "Entry 5 is shown with another"},
		"no beginning":      {func(s *shelf) { s.leaves[0].Data = plain(0, sample(1)) }, "The first entry does not begin"},
		"time runs back":    {func(s *shelf) { s.leaves[5].Data = plain(5, sample(1)) }, "Time runs back at entry 5."},
		"no checkpoint":     {func(s *shelf) { s.heads = nil }, "The end is not signed: there are 10 entries, and the last checkpoint covers 0."},
		"end not signed":    {func(s *shelf) { s.heads = s.heads[:1] }, "the last checkpoint covers 5."},
		"junk checkpoint":   {func(s *shelf) { s.heads[0] = []byte("junk") }, "A checkpoint near entry 0 is not validly signed"},
		"junk at the end":   {func(s *shelf) { s.heads = append(s.heads, []byte("junk")) }, "is not validly signed"},
		"heads in disorder": {func(s *shelf) { s.heads = append(s.heads, s.heads[0]) }, "The checkpoint over 5 entries is out of order."},
		"set back":          {func(s *shelf) { *s = *grow(t, k, 5) }, "a checkpoint from outside covers 10 entries, and there are 5."},
		"regrown":           {func(s *shelf) { *s = *regrow(t, k, s, 7, 12) }, "The first 10 entries are not those that a checkpoint from outside was signed for."},
	} {
		t.Run(name, func(t *testing.T) {
			s := grow(t, k, 5, 5)
			pin := s.heads[1]
			c.spoil(s)
			expect(t, Verify(t.Context(), s.bundle(k, pin)), c.says)
		})
	}
}

// TestWhatComesFromOutside spoils or swaps what the store is held against.
func TestWhatComesFromOutside(t *testing.T) {
	k, other, elsewhere := newKey(t, origin), newKey(t, origin), newKey(t, "elsewhere/log")
	s := grow(t, k, 5, 5)
	alien := grow(t, elsewhere, 5, 5)
	for name, c := range map[string]struct {
		spoil func(*Bundle)
		says  string
	}{
		"key swapped":    {func(b *Bundle) { b.OutsideKeys = []note.Verifier{other.v} }, "is not validly signed"},
		"old, other key": {func(b *Bundle) { b.Outside = grow(t, other, 3).heads }, "was not signed with the key of this log"},
		"old is longer":  {func(b *Bundle) { b.Outside = grow(t, k, 12).heads }, "a checkpoint from outside covers 12 entries, and there are 10."},
		"old, other log": {func(b *Bundle) { b.Keys, b.Outside = append(b.Keys, elsewhere.v), alien.heads[:1] }, "The checkpoint from outside over 5 entries belongs to another log."},
		"heads of two logs": {func(b *Bundle) {
			b.Keys, b.Checkpoints = append(b.Keys, elsewhere.v), seq([][]byte{s.heads[0], alien.heads[1]})
		}, "The checkpoint over 10 entries belongs to another log."},
		"leaves unreadable": {func(b *Bundle) { b.Leaves = failing(b.Leaves, 4) }, "The check stopped before entry 4: disk."},
		"hashes unreadable": {func(b *Bundle) { b.Hashes = failing(b.Hashes, 4) }, "The stored hashes could not be read at entry 3: disk."},
		"heads unreadable":  {func(b *Bundle) { b.Checkpoints = failing(b.Checkpoints, 1) }, "The signed checkpoints could not be read at entry 5: disk."},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.bundle(k)
			c.spoil(&b)
			r := Verify(t.Context(), b)
			expect(t, r, c.says)
			if strings.HasSuffix(name, "unreadable") && (len(r.Findings) != 1 || r.Findings[0].Kind != Unfinished) {
				t.Errorf("what could not be read accuses somebody: %+v", r.Findings)
			}
		})
	}
}

func TestAStoppedCheckAccusesNobody(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 5, 5)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Verify(ctx, s.bundle(k, s.heads[1]))
	if len(r.Findings) != 1 || r.Findings[0].Kind != Unfinished || r.OK() || r.Intact() {
		t.Errorf("%+v", r.Findings)
	}
}

func TestReportIsBounded(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 500)
	for i := range s.leaves {
		s.leaves[i].Data = []byte("junk")
	}
	r := Verify(t.Context(), s.bundle(k))
	if len(r.Findings) != maxFindings || r.More < 400 || !strings.Contains(r.Summary(), fmt.Sprintf("%d findings", maxFindings+r.More)) {
		t.Errorf("%d findings and %d more: %s", len(r.Findings), r.More, r.Summary())
	}
}

// TestEveryMutationIsNoticed is the promise of erase-and-prove.md, "audit not
// altered unnoticed": whatever is done to leaves, hashes or checkpoints, a
// check that has the newest checkpoint from outside finds it.
func TestEveryMutationIsNoticed(t *testing.T) {
	k, thief := newKey(t, origin), newKey(t, origin)
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOfN(rapid.IntRange(1, 12), 1, 6).Draw(t, "groups")
		s := grow(t, k, groups...)
		pin := s.heads[len(s.heads)-1]
		if r := Verify(context.Background(), s.bundle(k, pin)); !r.OK() {
			t.Fatalf("the untouched log does not hold: %+v", r.Findings)
		}
		n := len(s.leaves)
		at := rapid.IntRange(0, n-1).Draw(t, "at")
		bit := byte(1) << rapid.IntRange(0, 7).Draw(t, "bit")
		what := rapid.SampledFrom([]string{"leaf byte", "leaf rebuilt", "hash bit", "hash dropped", "drop", "swap", "repeat", "insert",
			"truncate", "truncate all", "head byte", "last head dropped", "regrow", "regrow with stolen name", "column"}).Draw(t, "what")
		bad := s.copy()
		keys := k
		switch what {
		case "leaf byte":
			data := slices.Clone(bad.leaves[at].Data)
			data[rapid.IntRange(0, len(data)-1).Draw(t, "byte")] ^= bit
			bad.leaves[at].Data = data
		case "leaf rebuilt":
			e, _ := Parse(bad.leaves[at].Data)
			e.Actor = ActorOf("user", 99)
			bad.leaves[at] = StoredLeaf{int64(at), plain(int64(at), e), &e}
		case "hash bit":
			bad.hashes[rapid.IntRange(0, len(bad.hashes)-1).Draw(t, "hash")][int(bit)%32] ^= bit
		case "hash dropped":
			i := rapid.IntRange(0, len(bad.hashes)-1).Draw(t, "hash")
			bad.hashes = slices.Delete(bad.hashes, i, i+1)
		case "drop":
			bad.leaves = slices.Delete(bad.leaves, at, at+1)
		case "swap":
			if to := (at + 1) % n; to != at {
				bad.leaves[at], bad.leaves[to] = bad.leaves[to], bad.leaves[at]
			} else {
				bad.leaves = nil
			}
		case "repeat":
			bad.leaves = slices.Insert(bad.leaves, at, bad.leaves[at])
		case "insert":
			bad.leaves = slices.Insert(bad.leaves, at, StoredLeaf{Number: int64(at), Data: plain(int64(at), sample(int64(at)))})
		case "truncate":
			bad.leaves = bad.leaves[:at]
		case "truncate all":
			bad = grow(t, k, groups[:len(groups)-1]...)
		case "head byte":
			i := rapid.IntRange(0, len(bad.heads)-1).Draw(t, "head")
			msg := slices.Clone(bad.heads[i])
			msg[rapid.IntRange(0, len(msg)-1).Draw(t, "byte")] ^= bit
			bad.heads[i] = msg
		case "last head dropped":
			bad.heads = bad.heads[:len(bad.heads)-1]
		case "regrow":
			bad = regrow(t, k, s, at, n+3)
		case "regrow with stolen name":
			bad, keys = regrow(t, thief, s, at, n+3), thief
		case "column":
			bad.show(at, func(e *Entry) { e.Object = "session/77" })
		}
		if r := Verify(context.Background(), bad.bundle(keys, pin)); r.Intact() {
			t.Fatalf("%s at %d of %d was not noticed", what, at, n)
		}
	})
}

func TestLateness(t *testing.T) {
	const accepted, approved, refreshed = ErasureAccepted, ErasureApproved, ErasureRefreshed
	for name, c := range map[string]struct {
		steps []step
		at    time.Duration
		late  int64 // number of the leaf it is found at, 0 for none
	}{
		"in time":                {[]step{{accepted, 0}, {ErasureDone, 24}}, 0, 0},
		"too late":               {[]step{{accepted, 0}, {ErasureDone, 25}}, 0, 1},
		"verified in time":       {[]step{{accepted, 0}, {ErasureVerified, 3}, {ErasureDone, 80}}, 0, 0},
		"owned up to":            {[]step{{accepted, 0}, {ErasureLate, 25}, {ErasureDone, 26}}, 0, 0},
		"held":                   {[]step{{accepted, 0}, {ErasureHeld, 3}, {ErasureDone, 90}}, 0, 0},
		"held too late":          {[]step{{accepted, 0}, {ErasureHeld, 30}}, 0, 1},
		"partial":                {[]step{{accepted, 0}, {ErasurePartial, 20}, {ErasureDone, 90}}, 0, 0},
		"open, log ends early":   {[]step{{accepted, 0}}, 0, 0},
		"open, log goes on":      {[]step{{accepted, 0}, {ErasureProposed, 30}}, 0, 1},
		"open, asked later":      {[]step{{accepted, 0}}, 25, 1},
		"open, asked in time":    {[]step{{accepted, 0}}, 24, 0},
		"proposed has no clock":  {[]step{{ErasureProposed, 0}}, 99, 0},
		"approval starts it":     {[]step{{ErasureProposed, 0}, {approved, 50}}, 80, 2},
		"approval after accept":  {[]step{{accepted, 0}, {approved, 20}, {ErasureDone, 30}}, 0, 1},
		"lapsed approval":        {[]step{{approved, 0}, {refreshed, 1}}, 99, 0},
		"approved anew":          {[]step{{approved, 0}, {refreshed, 1}, {approved, 40}}, 70, 3},
		"refresh of an accepted": {[]step{{accepted, 0}, {refreshed, 1}}, 99, 1},
		"withdrawn":              {[]step{{approved, 0}, {ErasureWithdrawn, 1}}, 99, 0},
		"refused":                {[]step{{accepted, 0}, {ErasureRefused, 1}}, 99, 0},
	} {
		k := newKey(t, origin)
		s := sequence(t, k, c.steps)
		b := s.bundle(k, s.heads[0])
		if c.at > 0 {
			b.At = noon.Add(c.at * time.Hour)
		}
		r := Verify(t.Context(), b)
		if !r.Intact() || r.OK() != (c.late == 0) {
			t.Errorf("%s: %+v", name, r.Findings)
			continue
		}
		if c.late > 0 && (r.Findings[0].Kind != Late || r.Findings[0].Number != c.late || !strings.Contains(r.Summary(), "intact, with 1 late erasure.")) {
			t.Errorf("%s: %+v %s", name, r.Findings, r.Summary())
		}
	}
}

// TestMemoryDoesNotGrow checks a log that is made while it is read, and holds
// the heap early on against the heap at the end.
func TestMemoryDoesNotGrow(t *testing.T) {
	k := newKey(t, origin)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early, end uint64
	tree := NewTree(0, time.Time{}, &shelf{})
	leaves := func(yield func(StoredLeaf, error) bool) {
		for n := range int64(40_000) {
			leaf, err := tree.Append(sample(n))
			if !yield(StoredLeaf{Number: n, Data: leaf.Data}, err) {
				return
			}
			tree.Settle()
			if n == 2_000 {
				early = heap()
			}
		}
		end = heap()
	}
	if r := Verify(t.Context(), Bundle{Leaves: leaves, Keys: []note.Verifier{k.v}}); r.Size != 40_000 {
		t.Fatalf("%d leaves", r.Size)
	}
	if end > early+256<<10 {
		t.Errorf("the heap grew from %d to %d bytes", early, end)
	}
}

func BenchmarkVerify(b *testing.B) {
	k := newKey(b, origin)
	s := grow(b, k, slices.Repeat([]int{500}, 40)...)
	b.ReportAllocs()
	for b.Loop() {
		if r := Verify(b.Context(), s.bundle(k, s.heads[3])); !r.OK() {
			b.Fatal(r.Findings)
		}
	}
	b.ReportMetric(float64(b.N*len(s.leaves))/b.Elapsed().Seconds(), "entries/s")
}

func expect(t *testing.T, r Report, words string) {
	t.Helper()
	said := func(f Finding) bool { return strings.Contains(f.Words, words) }
	if r.OK() || r.Intact() || !slices.ContainsFunc(r.Findings, said) {
		t.Errorf("no finding says %q:\n%+v", words, r.Findings)
	}
	if strings.Contains(fmt.Sprint(r), "ada@example.com") {
		t.Error("the report repeats what stood in a leaf")
	}
}

func (s *shelf) alter(n int, from, to string) {
	s.leaves[n].Data = []byte(strings.Replace(string(s.leaves[n].Data), from, to, 1))
}

func (s *shelf) show(n int, change func(*Entry)) {
	e := *s.leaves[n].Shown
	change(&e)
	s.leaves[n].Shown = &e
}

// plain seals an entry outside a tree.
func plain(n int64, e Entry) []byte {
	e.Number = n
	data, err := e.Canonical()
	if err != nil {
		panic(err)
	}
	return data
}

// regrow sets a log back to size leaves and lets it grow to another future,
// signed with k: what a thief of database and key would do.
func regrow(t failer, k key, s *shelf, size, to int) *shelf {
	out := &shelf{leaves: slices.Clone(s.leaves[:size]), hashes: slices.Clone(s.hashes[:tlog.StoredHashCount(int64(size))])}
	tree := NewTree(int64(size), noon, out)
	for range to - size {
		leaf, err := tree.Append(Entry{Time: noon.Add(time.Hour), Actor: Operator, Event: LogCreated})
		if err != nil {
			t.Fatal(err)
		}
		out.put(leaf)
	}
	root, _ := tree.Root()
	msg, err := Sign(Checkpoint{origin, int64(to), root}, k.s)
	if err != nil {
		t.Fatal(err)
	}
	out.heads = [][]byte{msg}
	return out
}

type step struct {
	event Event
	hours time.Duration
}

// sequence is a log of one erasure, with its steps some hours after noon.
func sequence(t *testing.T, k key, steps []step) *shelf {
	t.Helper()
	s := &shelf{}
	tree := NewTree(0, time.Time{}, s)
	entries := []Entry{sample(0)}
	for _, st := range steps {
		entries = append(entries, Entry{Time: noon.Add(st.hours * time.Hour), Actor: System, Event: st.event, Object: ObjectOf(KindErasure, 7)})
	}
	for _, e := range entries {
		leaf, err := tree.Append(e)
		if err != nil {
			t.Fatal(err)
		}
		s.put(leaf)
	}
	s.heads = [][]byte{sign(t, k, tree)}
	return s
}

func failing[T any](good iter.Seq2[T, error], after int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		left := after
		for x, err := range good {
			if left == 0 {
				yield(x, errors.New("disk"))
				return
			}
			left--
			if !yield(x, err) {
				return
			}
		}
	}
}
