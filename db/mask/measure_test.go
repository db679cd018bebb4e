package mask

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A sentence of testdata/sentences.ndjson, written for this test; the people
// and numbers in it are made up. Offsets are in code points, as in the lines
// of `quittance mask -json`.
type sentence struct {
	Lang  string  `json:"lang"`
	Text  string  `json:"text"`
	Spans []place `json:"spans"`
}

type place struct {
	Start int  `json:"start"`
	End   int  `json:"end"`
	Kind  Kind `json:"kind"`
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

// A set is one file of sentences. What a set showed when it was first run, and on which detectors, stands in its head: every set has been looked at
// since, so that what this test prints is the detectors' fit, and the first figures are their promise.
var sets = []struct {
	name string
	read func(testing.TB) []sentence
}{
	{"earlier", sentences},
	{"development", func(t testing.TB) []sentence { return marked(t, "testdata/development.txt") }},
	{"held out", func(t testing.TB) []sentence { return marked(t, "testdata/heldout.txt") }},
	{"later", func(t testing.TB) []sentence { return marked(t, "testdata/later.txt") }},
}

// marks are the kinds as the marked sentences have them.
var marks = map[string]Kind{
	"email": Email, "phone": Phone, "iban": IBAN, "card": Card, "ip": IP, "id": NationalID, "addr": Address, "name": Name, "dob": DateOfBirth,
}

// marked reads lines like "en call me on {phone|07700 900118}"; a line that begins with # is a comment.
func marked(t testing.TB, file string) (list []sentence) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\n"); !strings.HasPrefix(line, "#") {
			list = append(list, unmark(t, line))
		}
	}
	return list
}

var mark = regexp.MustCompile(`\{(\w+)\|([^}]*)\}`)

func unmark(t testing.TB, line string) sentence {
	s := sentence{Lang: line[:2]}
	at := 3
	for _, m := range mark.FindAllStringSubmatchIndex(line, -1) {
		kind := marks[line[m[2]:m[3]]]
		if kind == "" {
			t.Fatalf("no such kind in %q", line)
		}
		s.Text += line[at:m[0]]
		from := utf8.RuneCountInString(s.Text)
		s.Text += line[m[4]:m[5]]
		s.Spans = append(s.Spans, place{from, utf8.RuneCountInString(s.Text), kind})
		at = m[1]
	}
	s.Text += line[at:]
	return s
}

// A tally is what was wanted, found, and both.
type tally struct{ sentences, wanted, found, hits int }

func (c tally) recall() float64    { return float64(c.hits) / float64(max(c.wanted, 1)) }
func (c tally) precision() float64 { return float64(c.hits) / float64(max(c.found, 1)) }

func (c tally) String() string {
	return fmt.Sprintf("%3d sentences, %3d spans: recall %.3f, precision %.3f", c.sentences, c.wanted, c.recall(), c.precision())
}

// measure scores every sentence under each name that keys gives it, and under "all".
func measure(list []sentence, missed func(sentence)) map[string]tally {
	total := map[string]tally{}
	add := func(key string, want, got []Span) {
		c := total[key]
		total[key] = tally{c.sentences + 1, c.wanted + len(want), c.found + len(got), c.hits + score(want, got)}
	}
	for _, s := range list {
		want, got := s.wanted(), Find(s.Text)
		if hits := score(want, got); hits < len(want) || hits < len(got) {
			missed(s)
		}
		add("all", want, got)
		add(s.Lang, want, got)
		for _, k := range Kinds() {
			if w, g := only(want, k), only(got, k); len(w)+len(g) > 0 {
				add(string(k), w, g)
			}
		}
	}
	return total
}

func only(spans []Span, k Kind) (out []Span) {
	for _, f := range spans {
		if f.Kind == k {
			out = append(out, f)
		}
	}
	return out
}

// TestMeasured: recall of at least 0.95 and precision of at least 0.9, over all, in each language and each set.
func TestMeasured(t *testing.T) {
	var all []sentence
	for _, set := range sets {
		list := set.read(t)
		all = append(all, list...)
		t.Run(set.name, func(t *testing.T) { reach(t, list) })
	}
	t.Run("all", func(t *testing.T) { reach(t, all) })
	if len(all) < 400 {
		t.Errorf("the sets have %d sentences, want at least 400", len(all))
	}
}

func reach(t *testing.T, list []sentence) {
	total := measure(list, func(s sentence) { t.Logf("%s: %s\n      %s", s.Lang, s.Text, Redact(s.Text)) })
	for _, key := range slices.Sorted(maps.Keys(total)) {
		c := total[key]
		t.Logf("%-13s %s", key, c)
		if whole := key == "all" || len(key) == 2 && key != "ip"; whole && (c.recall() < 0.95 || c.precision() < 0.9) {
			t.Errorf("%s: %s; want at least 0.95 and 0.9", key, c)
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
