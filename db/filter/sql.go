package filter

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Type is how the values of a field are stored.
type Type int

const (
	Text Type = iota // one text; NULL where the record has none
	Time             // milliseconds since 1970-01-01 UTC as an integer; NULL where the record has none
	Set              // any number of texts, which lie in another table
)

// Field tells what can be asked of a field and where its values lie. Its strings become part of the SQL as they are: they
// are the store's own words, never a user's.
type Field struct {
	Type   Type
	Column string // SQL expression of the value; of a Set, as it stands inside Within

	// Within is the subquery of a Set, with %s once where the condition on Column goes:
	//	EXISTS (SELECT 1 FROM label l JOIN customer c ON c.id = l.customer WHERE l.record = r.number AND %s)
	Within string

	Wildcard bool // * may stand in values of :: and ::! (Text and Set)
	Contains bool // : and :! are answered: the value holds the text, upper and lower case of ASCII letters being one
}

// Compile makes the condition for a WHERE clause and the arguments for its question marks, in order. It consists of the
// fields' own SQL, keywords and question marks; every value of the filter is an argument (string, or int64 for times). What
// a field does not answer is an *Error; any other error says that a Field is not well made.
//
//   - The negations ::! and :! hold for all records for which :: and : do not, so also where there is no value at all: not
//     labelled abc are the records with other labels and those with none.
//   - A date is the whole day in UTC, an instant the whole millisecond that it falls in: "<=2020-07-31" holds through the
//     evening of that day, "<2020-07-31" up to its first moment, "::2020-07-31" on that day.
//   - The empty text equals a missing one in a Text field, so that ::!"" finds what has text.
//   - Of a Set, ::(a,b) asks for both values and ::(a|b) for either.
func Compile(e Expr, fields map[string]Field) (where string, args []any, err error) {
	c := compiler{fields: fields}
	where, err = c.expr(e)
	if err != nil {
		return "", nil, err
	}
	return where, c.args, nil
}

type compiler struct {
	fields map[string]Field
	args   []any
}

func (c *compiler) expr(e Expr) (string, error) {
	switch e := e.(type) {
	case or:
		return join(e, " OR ", c.expr)
	case and:
		return join(e, " AND ", c.expr)
	case cond:
		return c.cond(e)
	case element:
		return "", &Error{e.pos, "conditions on one element of a list are not supported on this field"}
	}
	return "", fmt.Errorf("compiling a filter that was not parsed: %T", e)
}

func (c *compiler) cond(e cond) (string, error) {
	f, known := c.fields[e.path]
	if !known || e.sub != "" {
		return "", &Error{e.pos, "this field is not supported"}
	}
	if f.Type == Set && strings.Count(f.Within, "%s") != 1 {
		return "", fmt.Errorf("compiling field %s: Within must have %%s once", e.path)
	}
	op, not := e.negated()
	if err := f.answers(e, op); err != nil {
		return "", err
	}
	sql, err := c.values(f, op, e.values)
	if err == nil && not {
		sql = "((" + sql + ") IS NOT TRUE)"
	}
	return sql, err
}

// answers refuses the operators and the parts of values that the field does not support.
func (f Field) answers(e cond, op string) error {
	switch {
	case op == ":" && (!f.Contains || f.Type == Time):
		return &Error{e.pos, "this field does not support : and :!, only exact comparison"}
	case f.Type != Time && op != ":" && op != "::":
		return &Error{e.pos, "this field does not support < <= > >=, which compare times"}
	}
	for _, t := range slices.Concat(e.values...) {
		switch {
		case t.edits > 0:
			return &Error{t.pos, `the suffixes ~1 and ~2 are not supported on this field; a \ before the ~ makes it part of the value`}
		case len(t.parts) > 1 && (op != "::" || !f.Wildcard || f.Type == Time):
			return &Error{t.pos, `the wildcard * is not supported here; a \ before the * makes it part of the value`}
		}
	}
	return nil
}

// values joins the alternatives; those that are one exact text become one IN list, which an index can answer.
func (c *compiler) values(f Field, op string, alternatives [][]term) (string, error) {
	var exact []string
	var others [][]term
	for _, all := range alternatives {
		if text, ok := all[0].exact(); ok && text != "" && len(all) == 1 && op == "::" && f.Type != Time {
			exact = append(exact, text)
		} else {
			others = append(others, all)
		}
	}
	var parts []string
	if len(exact) > 0 {
		parts = append(parts, f.within(c.in(f.Column, exact)))
	}
	for _, all := range others {
		part, err := join(all, " AND ", func(t term) (string, error) { return c.term(f, op, t) })
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return join(parts, " OR ", func(s string) (string, error) { return s, nil })
}

func (c *compiler) in(column string, texts []string) string {
	for _, text := range texts {
		c.args = append(c.args, text)
	}
	if len(texts) == 1 {
		return column + " = ?"
	}
	return column + " IN (?" + strings.Repeat(", ?", len(texts)-1) + ")"
}

// term is the condition that one value makes.
func (c *compiler) term(f Field, op string, t term) (string, error) {
	if f.Type == Time {
		return c.time(f.Column, op, t)
	}
	text, exact := t.exact()
	switch {
	case op == ":":
		c.args = append(c.args, "%"+likeText.Replace(text)+"%")
		return f.within(f.Column + ` LIKE ? ESCAPE '\'`), nil
	case !exact:
		c.args = append(c.args, t.glob())
		return f.within(f.Column + " GLOB ?"), nil
	case text == "":
		c.args = append(c.args, text)
		return f.within("ifnull(" + f.Column + ", '') = ?"), nil
	}
	return f.within(c.in(f.Column, []string{text})), nil
}

func (f Field) within(condition string) string {
	if f.Type != Set {
		return condition
	}
	return strings.Replace(f.Within, "%s", condition, 1)
}

// exact is the text of a term that has no wildcard.
func (t term) exact() (text string, ok bool) { return t.parts[0], len(t.parts) == 1 }

// likeText and globText make a text mean itself in SQLite's patterns ("The LIKE, GLOB, REGEXP, MATCH, and extract
// operators"): LIKE has an escape character, GLOB only classes of one character.
var (
	likeText = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	globText = strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`)
)

// glob is the term as a pattern of GLOB, which knows upper and lower case as :: does.
func (t term) glob() string {
	parts := make([]string, len(t.parts))
	for i, part := range t.parts {
		parts[i] = globText.Replace(part)
	}
	return strings.Join(parts, "*")
}

func (c *compiler) time(column, op string, t term) (string, error) {
	from, until, ok := span(t.parts[0])
	if !ok {
		return "", &Error{t.pos, "this is no time; times are written 2020-07-01 or 2020-07-01T04:00:00.000Z"}
	}
	switch op {
	case "<":
		return c.compare(column, " < ?", from), nil
	case "<=":
		return c.compare(column, " < ?", until), nil
	case ">":
		return c.compare(column, " >= ?", until), nil
	case ">=":
		return c.compare(column, " >= ?", from), nil
	}
	return "(" + c.compare(column, " >= ?", from) + " AND " + c.compare(column, " < ?", until) + ")", nil
}

func (c *compiler) compare(column, op string, ms int64) string {
	c.args = append(c.args, ms)
	return column + op
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

// join puts a condition for each item between brackets, if there are several.
func join[T any](items []T, operator string, compile func(T) (string, error)) (string, error) {
	parts := make([]string, len(items))
	for i, item := range items {
		part, err := compile(item)
		if err != nil {
			return "", err
		}
		parts[i] = part
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return "(" + strings.Join(parts, operator) + ")", nil
}
