package db

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"quittance/db/dql"
)

// Field is one value by which a document, a query or an event can be filtered and sorted.
type Field struct {
	Path   string // "metadata.author"
	Value  string
	Number bool // Value is a number
}

// The bounds of what can be asked of one record. What lies beyond is kept in its body all the same.
const (
	MaxFields     = 500       // values; who takes the record in keeps to it
	MaxFieldWords = 4 << 10   // bytes of one value whose words can be asked for
	MaxFullText   = 128 << 10 // bytes of the text of a document, and as much again of its other words
	maxCompared   = 256       // characters of a value that can be compared as a whole ("Query operators": no longer ones match ::)
)

// boundText makes the words of a document ready for the index: bounded, because to index and to take them out again is the writer's work, and
// without control characters, which mark what was found (Marked). A character gives way to one as long, so places in the text stay.
func (r *NewRecord) boundText() {
	for _, s := range []*string{&r.Title, &r.FullText, &r.OtherText} {
		*s = strings.Map(func(c rune) rune {
			if c < ' ' && c != '\n' && c != '\t' && c != '\r' {
				return ' '
			}
			return c
		}, shorten(*s, MaxFullText))
	}
}

func (t *tx) storeFields(seq int64, fields []Field) error {
	for n, f := range fields {
		err := t.exec("INSERT INTO item_field (record, path, n, value, words, number) VALUES (?, ?, ?, ?, ?, ?)",
			seq, f.Path, n, f.compared(), wordsOf(shorten(f.Value, MaxFieldWords)), f.number())
		if err != nil {
			return fmt.Errorf("storing a field: %w", err)
		}
	}
	return nil
}

// compared is the value as "::" compares it, nil where it is too long.
func (f Field) compared() any {
	if utf8.RuneCountInString(f.Value) > maxCompared {
		return nil
	}
	return f.Value
}

// wordsOf puts spaces around each word, so that words can be looked for as a whole.
func wordsOf(s string) string { return " " + strings.Join(dql.Words(s), " ") + " " }

// number is what "<" compares: a number, or the ms since 1970 of a date. A column holds both, because a field is one or the other.
func (f Field) number() any {
	if f.Number {
		if n, err := strconv.ParseFloat(f.Value, 64); err == nil {
			return n
		}
		return nil
	}
	if from, _, ok := daySpan(f.Value); ok {
		return from
	}
	return nil
}

// daySpan gives the ms since 1970 at which a day or an instant begins and ends (the end is outside).
func daySpan(s string) (from, until float64, ok bool) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return float64(day.UnixMilli()), float64(day.AddDate(0, 0, 1).UnixMilli()), true
	}
	instant, err := time.Parse(time.RFC3339, s)
	return float64(instant.UnixMilli()), float64(instant.UnixMilli() + 1), err == nil
}
