package db

import (
	"maps"
	"slices"

	"quittance/db/filter"
)

// FilterField is a field of messages as a form offers it. Below has the fields of the elements of a list.
type FilterField struct {
	Name      string
	Type      filter.Type
	Operators []string
	Below     []FilterField
}

// FilterFields lists what a filter over messages can ask, by name.
func FilterFields() []FilterField { return fieldsOf(logFields) }

func fieldsOf(table map[string]filter.Field) (out []FilterField) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		f := table[name]
		out = append(out, FilterField{Name: name, Type: f.Type, Operators: f.Operators(), Below: fieldsOf(f.Sub)})
	}
	return out
}

// MendFilter says how to put right what was found wrong in a filter over messages.
func MendFilter(text string, e *filter.Error) string { return filter.Mend(text, e, logFields) }
