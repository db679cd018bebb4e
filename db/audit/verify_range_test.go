package audit

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// rangeOf checks a part of a shelf.
func rangeOf(t *testing.T, k key, s *shelf, first, last int64, outside ...[]byte) Report {
	t.Helper()
	b := Bundle{Leaves: seq(s.leaves[first:min(last+1, int64(len(s.leaves)))]), Keys: []note.Verifier{k.v}, Outside: outside}
	return VerifyRange(t.Context(), b, Range{First: first, Last: last, Tree: s, Head: s.heads[len(s.heads)-1]})
}

// Every range of a log holds, and is found broken if one leaf in it, a hash that it stands upon or the head is not as it was signed.
func TestVerifyRange(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 13, 8)
	for first := range int64(21) {
		for last := first; last < 21; last++ {
			if r := rangeOf(t, k, s, first, last, s.heads[0]); !r.OK() || r.Size != last-first+1 || r.First != first || r.Last != last || !r.Anchored {
				t.Fatalf("%d to %d: %+v", first, last, r)
			}
			for _, n := range []int64{first, (first + last) / 2, last} {
				bad := s.copy()
				bad.leaves[n].Data = bytes.Replace(bad.leaves[n].Data, []byte(`T12:`), []byte(`T11:`), 1)
				if r := rangeOf(t, k, bad, first, last); r.OK() {
					t.Fatalf("%d to %d: an altered entry %d is not noticed", first, last, n)
				}
			}
		}
	}
}

func TestVerifyRangeFindings(t *testing.T) {
	k, other := newKey(t, origin), newKey(t, origin)
	s := grow(t, k, 13, 8)
	regrown := grow(t, k, 14, 9)
	forged := s.copy()
	forged.hashes[5][0] ^= 1 // a peak below entry 7: of 0 to 3
	forged.hashes[6][0] ^= 1
	signed := s.copy()
	signed.heads = grow(t, other, 13, 8).heads
	short := s.copy()
	short.leaves = slices.Delete(short.leaves, 15, 16)
	for name, c := range map[string]struct {
		r    Report
		says string
	}{
		"forged hash":    {rangeOf(t, k, forged, 7, 15), "is not as it was signed"},
		"foreign key":    {rangeOf(t, k, signed, 7, 15), "not validly signed"},
		"missing entry":  {rangeOf(t, k, short, 10, 18), "is missing"},
		"set back":       {rangeOf(t, k, s, 7, 15, regrown.heads[1]), "cut short or set back"},
		"missing at end": {rangeOf(t, k, s, 7, 25), "the range goes to 25"},
	} {
		if c.r.OK() || !strings.Contains(c.r.Findings[0].Words, c.says) {
			t.Errorf("%s: %+v", name, c.r.Findings)
		}
	}
}

// A proof is read back as it was written, and one that was changed anywhere is found out.
func TestEntryProof(t *testing.T) {
	k := newKey(t, origin)
	s := grow(t, k, 13, 8)
	_, vkey, err := NewSigner(origin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewEntryProof(s.leaves[4].Data, 4, s.heads[1], vkey, s); err == nil {
		t.Error("a proof under a head of another key is made")
	}
	proof, err := ProveInclusion(4, 21, s)
	if err != nil {
		t.Fatal(err)
	}
	raw := EntryProof{Leaf: s.leaves[4].Data, Number: 4, Proof: proof, Checkpoint: string(s.heads[1])}.Text()
	known := Outside{Keys: []note.Verifier{k.v}}
	if r, err := CheckEntryProof(raw, known); err != nil || !r.OK() || r.Entry.Number != 4 || !r.Anchored {
		t.Fatalf("%+v %v", r, err)
	}
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 1
		if r, err := CheckEntryProof(bad, known); err == nil && r.OK() {
			t.Errorf("byte %d of %d is changed and nobody notices", i, len(raw))
		}
	}
}

func FuzzParseEntryProof(f *testing.F) {
	f.Add([]byte(proofLine + "\nextra e30=\nindex 4\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\norigin\n1\nx\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if p, err := ParseEntryProof(raw); err == nil && !bytes.Equal(p.Text(), raw) {
			t.Errorf("%q is written again as %q", raw, p.Text())
		}
	})
}

// The same seed draws the same requests, each is as likely as the next, and no more are drawn than there are.
func TestDraw(t *testing.T) {
	frame := make([]int64, 100)
	for i := range frame {
		frame[i] = int64(i + 1)
	}
	seed, word := strings.Repeat("ab", 32), Commitment([]byte("dice"))
	drawn := Draw(seed, word, 5, frame)
	// What the shell line of the package says, run once: sha256sum and sort know nothing of this program.
	if want := []int64{24, 36, 49, 65, 77}; !slices.Equal(drawn, want) {
		t.Errorf("%v, and the shell draws %v", drawn, want)
	}
	if slices.Equal(drawn, Draw(seed, Commitment([]byte("other dice")), 5, frame)) {
		t.Error("the word changes nothing")
	}
	if all := Draw(seed, word, 500, frame); !slices.Equal(all, frame) {
		t.Errorf("of all: %v", all)
	}
	if none := Draw(seed, word, 0, frame); len(none) != 0 {
		t.Errorf("of none: %v", none)
	}
	hits := make([]int, len(frame)+1)
	for i := range 2000 {
		for _, n := range Draw(Commitment([]byte{byte(i), byte(i >> 8)}), word, 10, frame) {
			hits[n]++
		}
	}
	for n, h := range hits[1:] { // 200 expected, 13 is one standard deviation
		if h < 120 || h > 280 {
			t.Errorf("request %d was drawn %d times of 2000", n+1, h)
		}
	}
}
