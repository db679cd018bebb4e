package filter

import "slices"

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
