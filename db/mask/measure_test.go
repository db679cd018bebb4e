package mask

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"unicode/utf8"
)

// A sentence of testdata/sentences.ndjson, written for this test; the people
// and numbers in it are made up. Offsets are in code points, as in the lines
// of `quittance mask -json`.
type sentence struct {
	Lang  string `json:"lang"`
	Text  string `json:"text"`
	Spans []struct {
		Start int  `json:"start"`
		End   int  `json:"end"`
		Kind  Kind `json:"kind"`
	} `json:"spans"`
}

func sentences(t testing.TB) (list []sentence) {
	f, err := os.Open("testdata/sentences.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var s sentence
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("reading %s: %v", lines.Text(), err)
		}
		list = append(list, s)
	}
	return list
}

// wanted returns the sentence's spans in bytes.
func (s sentence) wanted() (spans []Span) {
	offset := make([]int, 0, len(s.Text)+1)
	for i := range s.Text {
		offset = append(offset, i)
	}
	offset = append(offset, len(s.Text))
	for _, w := range s.Spans {
		spans = append(spans, Span{offset[w.Start], offset[w.End], w.Kind})
	}
	return spans
}

// score counts how many of the wanted spans were found, and how many of the
// found ones were wanted. A find is right if its kind is and it covers nine
// tenths of what it should, without covering half as much again.
func score(want, got []Span) (hits int) {
	for _, w := range want {
		for _, g := range got {
			common := min(w.End, g.End) - max(w.Start, g.Start)
			size := w.End - w.Start
			if g.Kind == w.Kind && 10*common >= 9*size && 2*(g.End-g.Start) <= 3*size {
				hits++
				break
			}
		}
	}
	return hits
}

func TestMeasured(t *testing.T) {
	type count struct{ wanted, found, hits, sentences int }
	total := map[string]*count{"all": {}}
	for _, s := range sentences(t) {
		if total[s.Lang] == nil {
			total[s.Lang] = &count{}
		}
		want, got := s.wanted(), Find(s.Text)
		hits := score(want, got)
		if hits < len(want) || hits < len(got) {
			t.Logf("%s: %s\n      %s", s.Lang, s.Text, Redact(s.Text))
		}
		for _, c := range []*count{total["all"], total[s.Lang]} {
			c.wanted, c.found, c.hits, c.sentences = c.wanted+len(want), c.found+len(got), c.hits+hits, c.sentences+1
		}
	}
	if n := total["all"].sentences; n < 160 {
		t.Errorf("the set has %d sentences, want at least 160", n)
	}
	for lang, c := range total {
		recall, precision := float64(c.hits)/float64(c.wanted), float64(c.hits)/float64(c.found)
		t.Logf("%s: %d sentences, %d spans, recall %.3f, precision %.3f", lang, c.sentences, c.wanted, recall, precision)
		if recall < 0.95 || precision < 0.9 {
			t.Errorf("%s: recall %.3f, precision %.3f; want at least 0.95 and 0.9", lang, recall, precision)
		}
	}
}

// TestSentencesAreUTF8 guards the offsets of the set itself.
func TestSentencesAreUTF8(t *testing.T) {
	for _, s := range sentences(t) {
		for _, w := range s.Spans {
			if w.Start < 0 || w.End <= w.Start || w.End > utf8.RuneCountInString(s.Text) {
				t.Errorf("span %d to %d is outside %q", w.Start, w.End, s.Text)
			}
		}
	}
}
