// Package mask finds personal data in free text and in Watson log JSON, and
// gives back what may be shown: clear pieces, and bars that name what they
// hide. It knows the shapes and check digits of addresses, numbers and names
// in English, German, French and Spanish, and nothing of records, roles or
// pages. Who may see what lies under a bar, and for how long, is decided by
// its callers; hidden content is never handed to them.
package mask

import (
	"strings"
	"unicode/utf8"
)

// Kind names what a bar hides.
type Kind string

// The kinds that Find reports. They are the words of `quittance mask -json`
// (design.md, section 6).
const (
	Email       Kind = "email"
	Phone       Kind = "phone"
	IBAN        Kind = "iban"
	Card        Kind = "card"
	IP          Kind = "ip"
	NationalID  Kind = "national_id"
	Address     Kind = "address"
	Name        Kind = "name"
	DateOfBirth Kind = "date_of_birth"
)

// The kinds that only JSON gives: a field may be hidden for what its name says,
// and what is too deep or too long to be shown is hidden too.
const (
	CustomerID Kind = "customer_id"
	UserID     Kind = "user_id"
	Secret     Kind = "secret"
	Number     Kind = "number" // a whole number of nine digits or more
	Omitted    Kind = "omitted"
)

// Kinds lists the kinds that Find reports, in the order of the documents.
func Kinds() []Kind {
	return []Kind{Email, Phone, IBAN, Card, IP, NationalID, Address, Name, DateOfBirth}
}

// Span is one find: text[Start:End], in bytes, both on rune boundaries.
type Span struct {
	Start, End int
	Kind       Kind
}

// Piece is a stretch of masked text. Where Hidden is empty, Text is clear;
// otherwise Hidden names what was there and Text is empty.
type Piece struct {
	Text   string
	Hidden Kind
}

// Find returns the personal data in text, sorted by place and without overlap.
// It takes time linear in the length of text, whatever the text.
func Find(text string) []Span {
	if !worthReading(text) {
		return nil
	}
	s := newScan(text)
	s.run()
	return s.spans()
}

// CodePoints turns the finds in text from bytes to code points, the measure of
// `quittance mask -json`. The spans must be sorted, as Find gives them.
func CodePoints(text string, spans []Span) []Span {
	out := make([]Span, len(spans))
	at, points := 0, 0
	advance := func(to int) int {
		points += utf8.RuneCountInString(text[at:to])
		at = to
		return points
	}
	for i, f := range spans {
		out[i] = Span{advance(f.Start), advance(f.End), f.Kind}
	}
	return out
}

// Text masks text: the clear pieces and the hidden ones, in order.
func Text(text string) []Piece {
	return pieces(text, Find(text))
}

func pieces(text string, spans []Span) []Piece {
	out := make([]Piece, 0, 2*len(spans)+1)
	at := 0
	for _, f := range spans {
		if f.Start > at {
			out = append(out, Piece{Text: text[at:f.Start]})
		}
		out = append(out, Piece{Hidden: f.Kind})
		at = f.End
	}
	if at < len(text) {
		out = append(out, Piece{Text: text[at:]})
	}
	return out
}

// Preview masks the beginning of text: about limit bytes of it. It masks before
// it cuts, so that half a phone number is never shown as clear text, and reads
// no further than it must, so that a page of previews costs the same for long
// records as for short ones. The last piece ends in an ellipsis where more
// text follows.
func Preview(text string, limit int) []Piece {
	if len(text) <= limit {
		return Text(text)
	}
	const reach = 256 // longer than any find, so that one at the cut is seen whole
	read := text[:runeStart(text, limit+reach)]
	return cut(read, Find(read), runeStart(text, limit))
}

func cut(text string, spans []Span, end int) []Piece {
	kept := spans[:0]
	for _, f := range spans {
		if f.Start < end {
			kept = append(kept, f)
		}
	}
	return append(pieces(text[:end], kept), Piece{Text: "…"})
}

// runeStart is the greatest rune boundary in text that is not above at.
func runeStart(text string, at int) int {
	if at >= len(text) {
		return len(text)
	}
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// Redact masks text as plain text: each find becomes its kind in brackets, as
// in "call me on [phone]". Redacting twice changes nothing more.
func Redact(text string) string {
	spans := Find(text)
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	for _, p := range pieces(text, spans) {
		if p.Hidden == "" {
			b.WriteString(p.Text)
			continue
		}
		b.WriteString("[" + string(p.Hidden) + "]")
	}
	return b.String()
}

// placeholder returns the length of a bar that Redact wrote at the beginning
// of text, 0 if there is none. What it stands for is hidden already, so the
// detectors treat it as they treat their own finds.
func placeholder(text string) int {
	for _, k := range Kinds() {
		n := len(k) + 2
		if len(text) >= n && text[0] == '[' && text[n-1] == ']' && text[1:n-1] == string(k) {
			return n
		}
	}
	return 0
}
