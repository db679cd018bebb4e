package filter

import (
	"fmt"
	"slices"
)

// Record is what a filter is asked of in memory. It gives the values of the fields of the table that the filter was compiled with.
type Record interface {
	// Language is that of its texts as an IETF tag, for grammatical variants; "" = not known.
	Language() string
	// Texts are the values of a Text or Set.
	Texts(field string) []string
	// Number is the value of a Number, or of a Time in milliseconds since 1970.
	Number(field string) (n float64, ok bool)
	// Elements are those of a List.
	Elements(field string) []Record
}

// predicate decides on one record.
type predicate func(Record) bool

// Match tells whether the filter matches a record. It decides alone, whatever Where says. It keeps what it has found out about words for the
// next record: not for concurrent use.
func (q *Query) Match(r Record) bool { return q.match(r) }

// matchers makes predicates, and is where fields and values are checked.
type matchers struct {
	fields map[string]Field
	reader *reader
}

func (m *matchers) expr(e Expr) (predicate, error) {
	switch e := e.(type) {
	case or:
		all, err := collect(e, m.expr)
		return func(r Record) bool { return slices.ContainsFunc(all, holds(r)) }, err
	case and:
		all, err := collect(e, m.expr)
		return func(r Record) bool { return !slices.ContainsFunc(all, fails(r)) }, err
	case cond:
		return m.cond(e)
	case element:
		return m.element(e)
	}
	return nil, fmt.Errorf("compiling a filter that was not parsed: %T", e)
}

func holds(r Record) func(predicate) bool { return func(p predicate) bool { return p(r) } }
func fails(r Record) func(predicate) bool { return func(p predicate) bool { return !p(r) } }

func collect[T, U any](items []T, compile func(T) (U, error)) ([]U, error) {
	out := make([]U, len(items))
	for i, x := range items {
		var err error
		if out[i], err = compile(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *matchers) cond(e cond) (predicate, error) {
	f, known := m.fields[e.path]
	switch {
	case !known || e.sub != "" && f.Type != List:
		return nil, &Error{e.pos, unknownField}
	case f.Type != List:
		return m.ask(f, e)
	case e.sub == "":
		return nil, &Error{e.pos, "this field is a list: name the level below it, as in response.intents:intent::hello"}
	}
	sub := e
	sub.path, sub.pos = e.sub, e.subPos
	op, not := e.negated()
	sub.op = op
	p, err := m.below(f, sub)
	return func(r Record) bool { return slices.ContainsFunc(r.Elements(e.path), p) != not }, err
}

// below compiles a condition on one element.
func (m *matchers) below(list Field, e cond) (predicate, error) {
	f, known := list.Sub[e.path]
	if !known {
		return nil, &Error{e.pos, "the elements of this list do not have this field"}
	}
	return m.ask(f, e)
}

func (m *matchers) element(e element) (predicate, error) {
	f, known := m.fields[e.path]
	if !known || f.Type != List {
		return nil, &Error{e.pos, unknownField}
	}
	alternatives, err := collect(e.subs, func(all []cond) ([]predicate, error) {
		return collect(all, func(c cond) (predicate, error) { return m.below(f, c) })
	})
	answers := func(x Record) bool {
		return slices.ContainsFunc(alternatives, func(all []predicate) bool { return !slices.ContainsFunc(all, fails(x)) })
	}
	return func(r Record) bool { return slices.ContainsFunc(r.Elements(e.path), answers) }, err
}

// ask compiles a condition on a field that has values.
func (m *matchers) ask(f Field, e cond) (predicate, error) {
	if err := f.wellMade(e.path); err != nil {
		return nil, err
	}
	op, not := e.negated()
	if err := f.answers(e, op); err != nil {
		return nil, err
	}
	alternatives := make([][]predicate, len(e.values))
	for i, all := range e.values {
		for _, t := range all {
			alternatives[i] = append(alternatives[i], m.term(f, e.path, op, t))
		}
	}
	return func(r Record) bool {
		return slices.ContainsFunc(alternatives, func(all []predicate) bool { return !slices.ContainsFunc(all, fails(r)) }) != not
	}, nil
}

// term is what one value asks.
func (m *matchers) term(f Field, field, op string, t term) predicate {
	if !f.isText() {
		is := f.compares(op, t.parts[0])
		return func(r Record) bool {
			n, ok := r.Number(field)
			return ok && is(n)
		}
	}
	is := m.text(op, t)
	return func(r Record) bool {
		values := r.Texts(field)
		for _, v := range values {
			if (f.Type == Set || v != "") && is(v, r.Language()) {
				return true
			}
		}
		return f.Type == Text && op == "::" && t.isEmpty() && !slices.ContainsFunc(values, func(v string) bool { return v != "" })
	}
}

func (t term) isEmpty() bool { return len(t.parts) == 1 && t.parts[0] == "" }

// text compares one text.
func (m *matchers) text(op string, t term) func(value, language string) bool {
	text, exact := t.exact()
	switch {
	case op == ":":
		return m.reader.contains(t)
	case !exact:
		return func(value, _ string) bool { return wild(t.parts, value) }
	case t.edits > 0:
		want := []rune(text)
		return func(value, _ string) bool { return within(want, []rune(value), t.edits) }
	}
	return func(value, _ string) bool { return value == text }
}

// compares is the comparison with a number or a time.
func (f Field) compares(op, text string) func(float64) bool {
	from, ok := number(text)
	until := from
	if f.Type == Time {
		var first, end int64
		first, end, ok = span(text)
		from, until = float64(first), float64(end-1)
	}
	switch op {
	case "<":
		return func(n float64) bool { return ok && n < from }
	case "<=":
		return func(n float64) bool { return ok && n <= until }
	case ">":
		return func(n float64) bool { return ok && n > until }
	case ">=":
		return func(n float64) bool { return ok && n >= from }
	}
	return func(n float64) bool { return ok && from <= n && n <= until }
}
