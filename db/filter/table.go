package filter

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Type is what the values of a field are.
type Type int

const (
	Text   Type = iota // one text; an empty one is as good as none
	Time               // one moment, in milliseconds since 1970-01-01 UTC
	Number             // one number
	Set                // any number of texts
	List               // elements with fields of their own, which are asked as in list:field::value or list:(…)
)

// Field tells what can be asked of a field and, where SQL can answer it, where its values lie. Its strings become part of the SQL as they
// are: they are the store's own words, never a user's.
type Field struct {
	Type   Type
	Column string // SQL expression of the value (of a Set, as it stands inside Within), NULL where there is none; "" = only a Record tells

	// Holds is a SQL condition, never NULL, that says for which records Column has the value; "" = for all. Of the others a Record decides.
	Holds string

	// Within is the subquery of a Set, with %s once where the condition on Column goes:
	//	EXISTS (SELECT 1 FROM label l JOIN customer c ON c.id = l.customer WHERE l.record = r.number AND %s)
	Within string

	Wildcard bool // * may stand in the values (Text and Set)
	Edits    bool // ~1 and ~2 may end the values (Text and Set)
	Contains bool // : and :! are answered (Text and Set)

	Sub map[string]Field // of a List: what its elements can be asked, in memory only
}

// maxEdited bounds a value with ~1 or ~2 behind : in characters, because it is compared at each place of a text.
const maxEdited = 100

// answers refuses the operators and the parts of values that the field does not support.
func (f Field) answers(e cond, op string) error {
	text := f.Type == Text || f.Type == Set
	switch {
	case op == ":" && !(f.Contains && text):
		return &Error{e.pos, "this field does not support : and :!, only exact comparison"}
	case text && op != ":" && op != "::":
		return &Error{e.pos, "this field does not support < <= > >=, which compare times and numbers"}
	}
	for _, t := range slices.Concat(e.values...) {
		if err := f.takes(op, t, text); err != nil {
			return err
		}
	}
	return nil
}

// takes refuses what the field does not support in one value.
func (f Field) takes(op string, t term, text bool) error {
	switch {
	case t.edits > 0 && !(f.Edits && text):
		return &Error{t.pos, `the suffixes ~1 and ~2 are not supported on this field; a \ before the ~ makes it part of the value`}
	case len(t.parts) > 1 && !(f.Wildcard && text):
		return &Error{t.pos, `the wildcard * is not supported on this field; a \ before the * makes it part of the value`}
	case t.edits > 0 && len(t.parts) > 1:
		return &Error{t.pos, `a value has either the wildcard * or the suffix ~1 or ~2, not both`}
	case t.edits > 0 && op == ":" && utf8.RuneCountInString(t.parts[0]) > maxEdited:
		return &Error{t.pos, "a value with ~1 or ~2 after : has at most 100 characters"}
	case f.Type == Time:
		if _, _, ok := span(t.parts[0]); !ok {
			return &Error{t.pos, "this is no time; times are written 2020-07-01 or 2020-07-01T04:00:00.000Z"}
		}
	case f.Type == Number:
		if _, ok := number(t.parts[0]); !ok {
			return &Error{t.pos, "this is no number; numbers are written 3 or 0.8"}
		}
	}
	return nil
}

// span gives the milliseconds since 1970 at which a day or an instant begins and ends (the end is outside). What is finer
// than a millisecond is cut, as it is where records are stored.
func span(s string) (from, until int64, ok bool) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.UnixMilli(), day.AddDate(0, 0, 1).UnixMilli(), true
	}
	instant, err := time.Parse(time.RFC3339, s)
	return instant.UnixMilli(), instant.UnixMilli() + 1, err == nil
}

// number reads a decimal number.
func number(s string) (float64, bool) {
	if strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsInf(n, 0)
}
