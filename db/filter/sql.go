package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Query is a filter that was checked against a table of fields, ready to be asked of a database and of records in memory.
//
//   - The negations ::! and :! hold for all records for which :: and : do not, so also where there is no value at all: not
//     labelled abc are the records with other labels and those with none. Of a list they deny that any element is so; inside
//     list:(…) they speak of the one element.
//   - A date is the whole day in UTC, an instant the whole millisecond that it falls in: "<=2020-07-31" holds through the
//     evening of that day, "<2020-07-31" up to its first moment, "::2020-07-31" on that day.
//   - The empty text equals a missing one in a Text field, so that ::!"" finds what has text.
//   - Of a Set, ::(a,b) asks for both values and ::(a|b) for either.
//   - * is any run of characters, also none; behind : of the characters of one word. ~1 and ~2 are that many insertions,
//     deletions or replacements of one character; behind : in words as many as the value has.
//   - : finds a text that contains the value or a grammatical variant of it; what that is stands at reader.contains.
type Query struct {
	// Where is a condition for a WHERE clause and Args are the arguments for its question marks, in order. It consists of the fields' own SQL,
	// keywords and question marks; every value of the filter is an argument (string, float64 for numbers, int64 for times). It holds for
	// every record that the filter matches, and where Decides is set for no other.
	Where   string
	Args    []any
	Decides bool

	match  predicate
	reader *reader
}

// Compile checks a filter against the fields and makes its query. What a field does not answer is an *Error; any other error says that a
// Field is not well made.
func Compile(e Expr, fields map[string]Field) (*Query, error) {
	m := matchers{fields: fields, reader: newReader()}
	match, err := m.expr(e)
	if err != nil {
		return nil, err
	}
	c := compiler{fields: fields, decides: true}
	where := c.expr(e)
	if where == "" {
		where = "1"
	}
	return &Query{where, c.args, c.decides, match, m.reader}, nil
}

// compiler makes the condition of an expression whose fields and values were checked. A condition that SQL cannot answer is "": it is left
// out of what "," joins, and takes all that "|" joins with it, so that nothing is lost that matches.
type compiler struct {
	fields  map[string]Field
	args    []any
	decides bool
}

func (c *compiler) expr(e Expr) string {
	switch e := e.(type) {
	case or:
		return c.or(e)
	case and:
		parts := make([]string, 0, len(e))
		for _, x := range e {
			if part := c.expr(x); part != "" {
				parts = append(parts, part)
			}
		}
		return join(parts, " AND ")
	case cond:
		return c.cond(e)
	}
	c.decides = false
	return ""
}

func (c *compiler) or(e or) string {
	before := len(c.args)
	parts := make([]string, len(e))
	for i, x := range e {
		if parts[i] = c.expr(x); parts[i] == "" {
			c.args, c.decides = c.args[:before], false
			return ""
		}
	}
	return join(parts, " OR ")
}

func (c *compiler) cond(e cond) string {
	f := c.fields[e.path]
	op, not := e.negated()
	if f.Column == "" || slices.ContainsFunc(slices.Concat(e.values...), func(t term) bool { return op == ":" || t.edits > 0 }) {
		c.decides = false
		return ""
	}
	sql := c.values(f, op, e.values)
	if not {
		sql = "((" + sql + ") IS NOT TRUE)"
	}
	if f.Holds != "" {
		sql, c.decides = "("+sql+" OR NOT ("+f.Holds+"))", false
	}
	return sql
}

// values joins the alternatives; those that are one exact text become one IN list, which an index can answer.
func (c *compiler) values(f Field, op string, alternatives [][]term) string {
	var exact []string
	var others [][]term
	for _, all := range alternatives {
		if text, ok := all[0].exact(); ok && text != "" && len(all) == 1 && f.isText() {
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
		both := make([]string, len(all))
		for i, t := range all {
			both[i] = c.term(f, op, t)
		}
		parts = append(parts, join(both, " AND "))
	}
	return join(parts, " OR ")
}

func (f Field) isText() bool { return f.Type == Text || f.Type == Set }

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
func (c *compiler) term(f Field, op string, t term) string {
	text, exact := t.exact()
	switch {
	case f.Type == Time:
		return c.time(f.Column, op, text)
	case f.Type == Number:
		n, _ := number(text)
		return c.compare(f.Column, " "+strings.Replace(op, "::", "=", 1)+" ?", n)
	case !exact:
		c.args = append(c.args, t.glob())
		return f.within("nullif(" + f.Column + ", '') GLOB ?")
	case text == "":
		c.args = append(c.args, text)
		return f.within("ifnull(" + f.Column + ", '') = ?")
	}
	return f.within(c.in(f.Column, []string{text}))
}

func (f Field) within(condition string) string {
	if f.Type != Set {
		return condition
	}
	return strings.Replace(f.Within, "%s", condition, 1)
}

// exact is the text of a term that has no wildcard.
func (t term) exact() (text string, ok bool) { return t.parts[0], len(t.parts) == 1 }

// globText makes a text mean itself in a pattern of GLOB, which has no escape character, only classes of one character (SQLite, "The LIKE,
// GLOB, REGEXP, MATCH, and extract operators").
var globText = strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`)

// glob is the term as a pattern of GLOB, which knows upper and lower case as :: does.
func (t term) glob() string {
	parts := make([]string, len(t.parts))
	for i, part := range t.parts {
		parts[i] = globText.Replace(part)
	}
	return strings.Join(parts, "*")
}

func (c *compiler) time(column, op, text string) string {
	from, until, _ := span(text)
	switch op {
	case "<":
		return c.compare(column, " < ?", from)
	case "<=":
		return c.compare(column, " < ?", until)
	case ">":
		return c.compare(column, " >= ?", until)
	case ">=":
		return c.compare(column, " >= ?", from)
	}
	return "(" + c.compare(column, " >= ?", from) + " AND " + c.compare(column, " < ?", until) + ")"
}

func (c *compiler) compare(column, op string, value any) string {
	c.args = append(c.args, value)
	return column + op
}

// join puts conditions between brackets, if there are several.
func join(parts []string, operator string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return "(" + strings.Join(parts, operator) + ")"
}

// wellMade tells a table's own faults from a user's.
func (f Field) wellMade(path string) error {
	if f.Type == Set && f.Column != "" && strings.Count(f.Within, "%s") != 1 {
		return fmt.Errorf("compiling field %s: Within must have %%s once", path)
	}
	return nil
}
