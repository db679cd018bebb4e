package watson

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"quittance/db"
)

// passage is a part of a field that bears words of the question. Offsets are in characters; the end is the place after the last.
type passage struct {
	DocumentID string  `json:"document_id,omitempty"`
	Collection string  `json:"collection_id,omitempty"`
	Score      float64 `json:"passage_score,omitempty"`
	Text       string  `json:"passage_text"`
	Begin      int     `json:"start_offset"`
	End        int     `json:"end_offset"`
	Field      string  `json:"field"`

	from, until, words int // in bytes; how many words of the question
}

// marked is a field with the places of the words that were found in it, in bytes.
type marked struct {
	field, text string
	places      [][2]int
}

// unmark takes the marks out of a text and remembers where they stood.
func unmark(field, text string) marked {
	m := marked{field: field}
	var out strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, db.MarkBegin)
		out.WriteString(before)
		if !found {
			break
		}
		word, after, _ := strings.Cut(rest, db.MarkEnd)
		m.places = append(m.places, [2]int{out.Len(), out.Len() + len(word)})
		out.WriteString(word)
		text = after
	}
	m.text = out.String()
	return m
}

// addMarked adds what the words of the question are shown with: passages beside the result or in the list of all, and highlights.
func (s *server) addMarked(ctx context.Context, r *results, record db.Record, h db.Hit) error {
	if r.question.passages == nil && !r.highlight {
		return nil
	}
	title, text, err := s.store.Marked(ctx, record.Seq, r.FindQuery)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	fields := []marked{unmark("text", text), unmark("title", title)}
	if r.highlight {
		if err := r.addHighlight(fields); err != nil {
			return err
		}
	}
	if r.question.passages == nil {
		return nil
	}
	return r.addPassages(fields, record, h)
}

func (r *results) addPassages(fields []marked, record db.Record, h db.Hit) error {
	want := r.question.passages
	var all []passage
	for _, f := range fields {
		if f.field == "title" && want.title || f.field == "text" && want.text {
			all = append(all, f.passages(want.characters, want.each)...)
		}
	}
	slices.SortStableFunc(all, func(a, b passage) int { return cmp.Compare(b.words, a.words) })
	all = all[:min(len(all), want.each)]
	if want.perDocument {
		if all == nil {
			all = []passage{}
		}
		list, err := json.Marshal(all)
		r.member("document_passages", list)
		return err
	}
	for _, p := range all {
		// The rank of the document, and the more of the question's words the better.
		p.DocumentID, p.Score = record.Session, h.Score+float64(p.words)
		if !r.isV1() {
			p.Collection = r.found[len(r.found)-1].Collection
		}
		r.passages = append(r.passages, p)
	}
	return nil
}

// listed tells whether the answer has a list of passages.
func (r *results) listed() bool {
	return r.question.passages != nil && !r.question.passages.perDocument
}

// best are the passages of the list, the best first. Results come in order, so equal ones stay in it.
func (r *results) best() []passage {
	slices.SortStableFunc(r.passages, func(a, b passage) int { return cmp.Compare(b.Score, a.Score) })
	if r.passages == nil {
		return []passage{}
	}
	return r.passages[:min(len(r.passages), r.question.passages.count)]
}

// passages cuts a field into the stretches of about so many characters that hold the most words of the question; none overlaps another.
func (m marked) passages(characters, most int) (out []passage) {
	for range most {
		from, until, words := m.densest(characters, out)
		if words == 0 {
			break
		}
		from, until = m.sentences(from, until, characters, out)
		out = append(out, passage{Text: m.text[from:until], Field: m.field, from: from, until: until, words: words})
	}
	for i, p := range out {
		out[i].Begin = utf8.RuneCountInString(m.text[:p.from])
		out[i].End = out[i].Begin + utf8.RuneCountInString(p.Text)
	}
	return out
}

// densest finds the stretch with the most places outside those taken; the first of equals.
func (m marked) densest(length int, taken []passage) (from, until, words int) {
	end := 0
	for i, place := range m.places {
		if overlaps(place[0], place[1], taken) {
			continue
		}
		end = max(end, i)
		for end < len(m.places) && (end == i || m.places[end][1]-place[0] <= length) && !overlaps(place[0], m.places[end][1], taken) {
			end++
		}
		if n := end - i; n > words {
			from, until, words = place[0], m.places[end-1][1], n
		}
	}
	return from, until, words
}

func overlaps(from, until int, taken []passage) bool {
	return slices.ContainsFunc(taken, func(p passage) bool { return from < p.until && until > p.from })
}

// sentences widens a stretch to the beginning and the end of its sentences, to twice the length at most, and no further than its neighbours.
func (m marked) sentences(from, until, length int, taken []passage) (int, int) {
	room := max(0, 2*length-(until-from))
	low, high := max(0, from-room/2), min(len(m.text), until+room-room/2)
	for _, p := range taken {
		if p.until <= from {
			low = max(low, p.until)
		} else {
			high = min(high, p.from)
		}
	}
	for low < from && !utf8.RuneStart(m.text[low]) {
		low++
	}
	for high > until && high < len(m.text) && !utf8.RuneStart(m.text[high]) {
		high--
	}
	if i := lastEnd(m.text[low:from]); i >= 0 {
		low += i
	}
	if i := firstEnd(m.text[until:high]); i >= 0 {
		high = until + i
	}
	return low, high
}

// lastEnd is the place after the last sentence that ends in a text, -1 if none does.
func lastEnd(s string) int {
	for i := len(s) - 1; i > 0; i-- {
		if s[i] == '\n' || s[i] == ' ' && strings.IndexByte(".!?", s[i-1]) >= 0 {
			return i + 1
		}
	}
	return -1
}

// firstEnd is the place after the first sentence that ends in a text, -1 if none does.
func firstEnd(s string) int {
	for i := range len(s) {
		if s[i] == '\n' {
			return i
		}
		if strings.IndexByte(".!?", s[i]) >= 0 && (i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\n') {
			return i + 1
		}
	}
	return -1
}

// highlights are the most of one field of one document.
const highlights = 5

// addHighlight adds stretches of the fields with <em> around the words that were found. The text is as it is stored: who puts it into a page
// has to escape it, as with IBM's.
func (r *results) addHighlight(fields []marked) error {
	out := map[string][]string{}
	for _, f := range fields {
		for _, p := range f.passages(100, highlights) {
			out[f.field] = append(out[f.field], f.emphasised(p))
		}
	}
	b, err := json.Marshal(out, json.Deterministic(true))
	r.member("highlight", b)
	return err
}

func (m marked) emphasised(p passage) string {
	var out strings.Builder
	at := p.from
	for _, place := range m.places {
		if place[0] >= at && place[1] <= p.until {
			out.WriteString(m.text[at:place[0]] + "<em>" + m.text[place[0]:place[1]] + "</em>")
			at = place[1]
		}
	}
	return out.String() + m.text[at:p.until]
}
