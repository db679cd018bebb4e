package watson

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// checked are values that a door has read or made itself: to look through them for double names once more would be in vain.
var checked = jsontext.AllowDuplicateNames(true)

// merge lays one JSON object over another: objects within are merged in turn, anything else of the upper one replaces what the lower one
// has under that name. Names keep their order. Both have been checked.
func merge(lower, upper jsontext.Value) (jsontext.Value, error) {
	return appendMerged(make([]byte, 0, len(lower)+len(upper)), lower, upper)
}

func appendMerged(out []byte, lower, upper jsontext.Value) ([]byte, error) {
	if lower.Kind() != '{' || upper.Kind() != '{' {
		return append(out, upper...), nil
	}
	below, err := members(lower)
	if err != nil {
		return nil, err
	}
	above, err := members(upper)
	if err != nil {
		return nil, err
	}
	out = append(out, '{')
	for i, m := range overlay(below, above) {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = jsontext.AppendQuote(out, m.name); err != nil {
			return nil, err
		}
		if out, err = appendMerged(append(out, ':'), m.below, m.above); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// member is one name of an object, with its values in the lower and in the upper one.
type member struct {
	name         string
	below, above jsontext.Value
}

// overlay joins the members of two objects. What only the lower one has stands as if the upper one had it.
func overlay(below, above []member) []member {
	place := make(map[string]int, len(below))
	for i, m := range below {
		place[m.name] = i
	}
	for _, m := range above {
		if i, both := place[m.name]; both {
			below[i].below, below[i].above = below[i].above, m.above
		} else {
			below = append(below, m)
		}
	}
	return below
}

// members takes an object apart; its values lie in above and are parts of it, not copies.
func members(object jsontext.Value) (out []member, err error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(object), checked)
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		text := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := d.InputOffset()
		out = append(out, member{name: text, above: object[end-int64(len(value)) : end]})
	}
	return out, nil
}
