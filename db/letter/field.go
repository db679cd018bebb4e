package letter

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fields is the closed list of what a text may name between double braces. The renderer is our own and forty lines long: text/template reaches
// methods and fields of whatever it is given and calls functions, and a person who edits a text needs a sentence with a position instead.
var Fields = []string{"requester", "ticket", "right", "law", "received", "today", "due", "extended_due", "reasons", "ground", "authority", "receipt",
	"recipients", "lifted", "house", "contact"}

// Values are what the fields stand for in one letter. One that is not there, or is empty, is left in the text for a person to fill.
type Values map[string]string

// FieldError is a field that cannot be read, with its place; both count from 1, columns in characters. It does not repeat what was typed.
type FieldError struct {
	Line, Column int
	What         string
}

// Error is a sentence.
func (e *FieldError) Error() string {
	return fmt.Sprintf("line %d, character %d: %s", e.Line, e.Column, e.What)
}

// token is a stretch of text, or a field.
type token struct {
	text  string
	field bool
	at    int // byte offset
}

// parse cuts a text into stretches and fields. A brace that stands alone is a brace.
func parse(text string) ([]token, error) {
	var out []token
	for at := 0; at < len(text); {
		n := strings.Index(text[at:], "{{")
		if n < 0 {
			return append(out, token{text: text[at:], at: at}), nil
		}
		if n > 0 {
			out = append(out, token{text: text[at : at+n], at: at})
		}
		at += n
		name, _, closed := strings.Cut(text[at+2:], "}}")
		if !closed {
			return nil, errorAt(text, at, "this field is not closed; write }} after its name")
		}
		if !slices.Contains(Fields, strings.TrimSpace(name)) {
			return nil, errorAt(text, at, "there is no such field; choose one of the list")
		}
		out = append(out, token{text: strings.TrimSpace(name), field: true, at: at})
		at += 2 + len(name) + 2
	}
	return out, nil
}

func errorAt(text string, at int, what string) *FieldError {
	before := text[:at]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return &FieldError{Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(line) + 1, What: what}
}

// Check reads a text; the error is a *FieldError.
func Check(text string) error {
	_, err := parse(text)
	return err
}

// Render puts values for fields. What a value holds is text and never a field; a field without a value stays as it is.
func Render(text string, values Values) (string, error) {
	tokens, err := parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, t := range tokens {
		switch v := values[t.text]; {
		case !t.field:
			b.WriteString(t.text)
		case v == "":
			b.WriteString("{{" + t.text + "}}")
		default:
			b.WriteString(v)
		}
	}
	return b.String(), nil
}

// Whole says where a letter that is about to be sent still has a field that nobody has filled, or cannot be read; nil = nowhere.
func Whole(text string) error {
	tokens, err := parse(text)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.field {
			return errorAt(text, t.at, "nobody has filled this field; write what belongs there")
		}
	}
	return nil
}
