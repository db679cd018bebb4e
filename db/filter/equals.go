package filter

import (
	"math"
	"slices"
	"strings"
)

// Equals tells whether the filter demands exact values of a field, as in field::a, field::(a|b) or (field::a|field::b) alone
// or joined with other conditions by ",". If only is true, no record without one of the values can match, so that the
// store can drive its query by the field's index; the values, in the order of the filter and without duplicates, are then
// needed but need not be enough, and the compiled condition still has to be applied. Values with wildcards or edits are not
// exact, nor is the empty text, which a missing value equals. It is meant for texts: a time equals more than its own
// spelling. Where several conditions demand the field, the one with the fewest values is given.
func Equals(e Expr, field string) (values []string, only bool) {
	switch e := e.(type) {
	case cond:
		return e.demands(field)
	case and:
		for _, x := range e {
			if v, ok := Equals(x, field); ok && (!only || len(v) < len(values)) {
				values, only = v, true
			}
		}
		return values, only
	case or:
		return union(e, func(x Expr) ([]string, bool) { return Equals(x, field) })
	}
	return nil, false
}

// demands takes one exact value from each alternative: a record that matches has at least one of them.
func (c cond) demands(field string) ([]string, bool) {
	if c.path != field || c.sub != "" || c.op != "::" {
		return nil, false
	}
	return union(c.values, func(all []term) ([]string, bool) {
		i := slices.IndexFunc(all, func(t term) bool { return len(t.parts) == 1 && t.parts[0] != "" && t.edits == 0 })
		if i < 0 {
			return nil, false
		}
		return []string{all[i].parts[0]}, true
	})
}

// union collects what each of the alternatives demands, and demands nothing if one of them does not.
func union[T any](alternatives []T, demands func(T) ([]string, bool)) (values []string, only bool) {
	for _, x := range alternatives {
		v, ok := demands(x)
		if !ok {
			return nil, false
		}
		for _, s := range v {
			if !slices.Contains(values, s) {
				values = append(values, s)
			}
		}
	}
	return values, true
}

// Bounds gives the milliseconds since 1970 between which a time must lie in every record that can match (until is outside), so that the store
// can drive its query by an index on it. Without bounds they are the least and the greatest number.
func Bounds(e Expr, field string) (from, until int64) {
	from, until = math.MinInt64, math.MaxInt64
	switch e := e.(type) {
	case cond:
		if e.path == field && e.sub == "" && !strings.HasSuffix(e.op, "!") && e.op != ":" {
			return widest(e.values, func(all []term) (int64, int64) { return narrowest(all, e.bounds) })
		}
	case and:
		return narrowest(e, func(x Expr) (int64, int64) { return Bounds(x, field) })
	case or:
		return widest(e, func(x Expr) (int64, int64) { return Bounds(x, field) })
	}
	return from, until
}

func (c cond) bounds(t term) (from, until int64) {
	first, end, ok := span(t.parts[0])
	from, until = math.MinInt64, math.MaxInt64
	if !ok {
		return from, until
	}
	switch c.op {
	case "<":
		return from, first
	case "<=":
		return from, end
	case ">":
		return end, until
	case ">=":
		return first, until
	}
	return first, end
}

func narrowest[T any](items []T, bounds func(T) (int64, int64)) (from, until int64) {
	from, until = math.MinInt64, math.MaxInt64
	for _, x := range items {
		f, u := bounds(x)
		from, until = max(from, f), min(until, u)
	}
	return from, until
}

func widest[T any](items []T, bounds func(T) (int64, int64)) (from, until int64) {
	from, until = math.MaxInt64, math.MinInt64
	for _, x := range items {
		f, u := bounds(x)
		from, until = min(from, f), max(until, u)
	}
	return from, until
}

// Asks tells whether a filter asks one of some fields.
func Asks(e Expr, fields ...string) bool {
	asks := func(x Expr) bool { return Asks(x, fields...) }
	switch e := e.(type) {
	case or:
		return slices.ContainsFunc(e, asks)
	case and:
		return slices.ContainsFunc(e, asks)
	case cond:
		return slices.Contains(fields, e.path)
	case element:
		return slices.Contains(fields, e.path)
	}
	return false
}

// Mentions tells whether one of the filter's values gives an ID away, whatever field it asks: it holds the ID, or is a pattern or a text with
// edits that fits the ID and has at least half of its characters. A filter that was kept goes with the ID.
func Mentions(e Expr, id string) bool {
	switch e := e.(type) {
	case or:
		return slices.ContainsFunc(e, func(x Expr) bool { return Mentions(x, id) })
	case and:
		return slices.ContainsFunc(e, func(x Expr) bool { return Mentions(x, id) })
	case cond:
		return e.mentions(id)
	case element:
		return slices.ContainsFunc(slices.Concat(e.subs...), func(c cond) bool { return c.mentions(id) })
	}
	return false
}

func (c cond) mentions(id string) bool {
	return slices.ContainsFunc(slices.Concat(c.values...), func(t term) bool { return t.mentions(strings.ToLower(id)) })
}

func (t term) mentions(id string) bool {
	parts := make([]string, len(t.parts))
	for i, part := range t.parts {
		parts[i] = strings.ToLower(part)
	}
	whole := strings.Join(parts, "")
	return strings.Contains(strings.Join(parts, "*"), id) ||
		2*len(whole) >= len(id) && (len(parts) > 1 && wild(slices.Concat([]string{""}, parts, []string{""}), id) || t.edits > 0 && within([]rune(whole), []rune(id), t.edits))
}
