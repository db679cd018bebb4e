// Package training looks through what a conversational service is taught from (a skill or workspace as JSON, utterances as CSV) for what
// looks like personal data or speaks of health, and writes the same file without it. It holds nothing: what comes in as bytes goes out as
// bytes. It knows the shapes of the files and leaves to package mask what personal data looks like, and to its callers who may see what.
package training

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"quittance/db/mask"
)

// The bounds of a file.
const (
	MaxBytes = 12 << 20 // of the file
	MaxText  = 64 << 10 // of one text in it; IBM takes 1,024 characters of an example and 4,096 of an answer
	MaxDepth = 64       // levels of objects and arrays
	MaxFinds = 200      // that a report lists one by one; all are counted
)

// An Error is a file that cannot be checked. Its text is for people and holds nothing of the file.
type Error struct{ why string }

func (e *Error) Error() string { return e.why }

func refuse(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

// Options say how a file is cleaned.
type Options struct {
	KeepHealth bool // words of health are listed and stay: the skill of a clinic is made of them
}

// Find is one find in its place.
type Find struct {
	Parts []Part // its place, piece by piece
	Path  string // `intents[2].examples[2].text`, or "line 7, column 1"
	Kind  mask.Kind
	Text  []mask.Piece // the find as a bar, with a few letters around it, masked too
	Stays bool         // a name that other parts of the file refer to, or code: it has to be changed by hand
}

// Report is what a check found.
type Report struct {
	CSV    bool
	Texts  int64 // texts that were read
	Finds  []Find
	Total  int64
	Stay   int64
	Counts map[mask.Kind]int64
}

// Check reads a file and returns what was found in it and the cleaned file.
func Check(ctx context.Context, raw []byte, o Options) (Report, []byte, error) {
	body := bytes.TrimPrefix(raw, bom)
	switch {
	case len(raw) > MaxBytes:
		return Report{}, nil, refuse("The file is larger than 12 MiB.")
	case len(bytes.TrimSpace(body)) == 0:
		return Report{}, nil, refuse("The file is empty.")
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")), bytes.HasPrefix(raw, []byte{0x1F, 0x8B}):
		return Report{}, nil, refuse("The file is packed (ZIP, gzip or a spreadsheet). Unpack it and check each skill in it, or save the spreadsheet as CSV.")
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}), bytes.HasPrefix(raw, []byte{0xFF, 0xFE}):
		return Report{}, nil, refuse("The file is UTF-16. Save it as UTF-8.")
	case !utf8.Valid(body):
		return Report{}, nil, refuse("The file is not UTF-8. Save it as UTF-8.")
	case bytes.IndexByte(body, 0) >= 0:
		return Report{}, nil, refuse("The file is not text: it holds zero bytes.")
	}
	c := &checker{ctx: ctx, options: o, raw: raw, report: Report{Counts: map[mask.Kind]int64{}}}
	if first := bytes.TrimSpace(body)[0]; first == '{' || first == '[' {
		return c.json(len(raw) - len(body))
	}
	return c.csv(len(raw) - len(body))
}

var bom = []byte("\ufeff")

type checker struct {
	ctx     context.Context
	options Options
	raw     []byte
	report  Report
	edits   []edit
	used    map[string]int // cleaned texts by their place, which have to stay different
}

// An edit puts text in the place of raw[from:to].
type edit struct {
	from, to int
	text     string
}

// cleaned applies the edits, which are in the order of the file.
func (c *checker) cleaned() []byte {
	var out bytes.Buffer
	out.Grow(len(c.raw))
	at := 0
	for _, e := range c.edits {
		out.Write(c.raw[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(c.raw[at:])
	return out.Bytes()
}

// spans are the finds in one text: personal data first, and words of health where it left them.
func spans(text string, whole mask.Kind) []mask.Span {
	if whole != "" {
		return []mask.Span{{Start: 0, End: len(text), Kind: whole}}
	}
	found := mask.Find(text)
	for _, h := range mask.HealthFinds(text) {
		found = insert(found, h)
	}
	return found
}

// insert puts a find between those before and after it, unless it lies on one of them.
func insert(found []mask.Span, h mask.Span) []mask.Span {
	for i, f := range found {
		if h.End <= f.Start {
			return append(found[:i:i], append([]mask.Span{h}, found[i:]...)...)
		}
		if h.Start < f.End {
			return found
		}
	}
	return append(found, h)
}

// text looks at one text. It returns the text without its finds, and whether anything of it changed.
func (c *checker) text(text string, p place) (string, []swap, error) {
	if c.report.Texts++; c.report.Texts%64 == 0 && c.ctx.Err() != nil {
		return text, nil, c.ctx.Err()
	}
	if len(text) > MaxText {
		return text, nil, refuse("A text in the file is longer than 64 KiB: %s. IBM takes 1,024 characters of an example.", p.path())
	}
	look := text
	if p.stays {
		look = strings.ReplaceAll(text, "_", " ") // a name's words
	}
	found := spans(look, p.whole(text))
	var gone []swap
	for i, f := range found {
		c.report.Total++
		c.report.Counts[f.Kind]++
		stays := p.stays || f.Kind == mask.Health && c.options.KeepHealth
		if stays {
			c.report.Stay++
		} else {
			gone = append(gone, swap{f, placeholder(f.Kind, p.pattern)})
		}
		if len(c.report.Finds) < MaxFinds {
			c.report.Finds = append(c.report.Finds, Find{Parts: p.parts(), Path: p.path(), Kind: f.Kind, Text: around(text, found, i), Stays: stays})
		}
	}
	if len(gone) == 0 {
		return text, nil, nil
	}
	c.unique(text, gone, p)
	return replaced(text, gone), gone, nil
}

// A swap is a find with what comes into its place.
type swap struct {
	mask.Span
	word string
}

func replaced(text string, found []swap) string {
	var b strings.Builder
	at := 0
	for _, f := range found {
		b.WriteString(text[at:f.Start])
		b.WriteString(f.word)
		at = f.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// placeholder is a kind in brackets. In a pattern those would mean one of their letters.
func placeholder(k mask.Kind, pattern bool) string {
	if pattern {
		return strings.ToUpper(strings.ReplaceAll(string(k), "_", ""))
	}
	return "[" + strings.ReplaceAll(string(k), "_", " ") + "]"
}

// unique keeps the examples of an intent and the values of an entity apart, as IBM wants them: "my name is [name 2]".
func (c *checker) unique(text string, gone []swap, p place) {
	family := p.family()
	if family == "" {
		return
	}
	if c.used == nil {
		c.used = map[string]int{}
	}
	key := family + "\x00" + replaced(text, gone)
	c.used[key]++
	if n := c.used[key]; n > 1 {
		gone[0].word = strings.TrimSuffix(gone[0].word, "]") + fmt.Sprintf(" %d", n)
		if !p.pattern {
			gone[0].word += "]"
		}
	}
}

// nearby is how much of a text is shown on either side of a find, in letters.
const nearby = 24

// around is the find as a bar, with what stands next to it: masked as well.
func around(text string, found []mask.Span, i int) []mask.Piece {
	from, to := back(text, found[i].Start, nearby), forth(text, found[i].End, nearby)
	var out []mask.Piece
	at := from
	if from > 0 {
		out = append(out, mask.Piece{Text: "…"})
	}
	for _, f := range found {
		if f.End <= from || f.Start >= to {
			continue
		}
		if f.Start > at {
			out = append(out, mask.Piece{Text: text[at:f.Start]})
		}
		out = append(out, mask.Piece{Hidden: f.Kind})
		at = max(at, f.End)
	}
	if at < to {
		out = append(out, mask.Piece{Text: text[at:to]})
	}
	if max(at, to) < len(text) {
		out = append(out, mask.Piece{Text: "…"})
	}
	return out
}

func back(text string, at, letters int) int {
	for ; at > 0 && letters > 0; letters-- {
		_, n := utf8.DecodeLastRuneInString(text[:at])
		at -= n
	}
	return at
}

func forth(text string, at, letters int) int {
	for ; at < len(text) && letters > 0; letters-- {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return at
}
