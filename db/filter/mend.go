package filter

import (
	"maps"
	"slices"
	"strings"
)

// unknownField is the reason that Mend answers with the nearest name.
const unknownField = "this field is not supported"

// mends say how each reason is put right; one that begins with a key has its sentence.
var mends = []struct{ reason, sentence string }{
	{"the filter is empty", "Write a field, an operator and a value, as in language::en."},
	{"the filter should end here", "Put , for and, or | for or, before the next condition."},
	{"the filter is longer", "Make it shorter, or ask in two steps."},
	{"the filter has a NUL", "Type it anew instead of pasting it."},
	{"the filter is not valid UTF-8", "Type it anew instead of pasting it."},
	{"the filter has more than", "Ask in several filters."},
	{"the name of a field is missing", "Begin each condition with a field, as in language::en. A word that was said is found by request.input.text:word."},
	{"the name of a field of the element is missing", "Name what is asked of the element, as in response.intents:intent::hello."},
	{"an operator is missing", "Put one between field and value: :: equals, : contains, < and > compare times and numbers."},
	{"no such operator", "Write :: for equals, ::! for does not equal."},
	{"the quotation mark is not closed", `Put a " where the value ends.`},
	{"a value is missing", `Write a value behind the operator. The empty one is "".`},
	{`a \ at the end`, `Take it out, or write \\ for the character itself.`},
	{`this character needs a \`, `Put the value in quotation marks, or a comma before the next condition.`},
	{"this field is a list", "Name the level below it, or several of its fields in brackets, as in response.intents:(intent::hello,confidence>0.8)."},
	{"the elements of this list", "Intents have intent and confidence; entities have entity, value and confidence."},
	{"this field does not support : and :!", "Write :: for equals or, for times and numbers, < or >."},
	{"this field does not support <", "Write :: for equals."},
	{"the suffixes ~1 and ~2", "Write the value as it is, without ~1 or ~2."},
	{"the wildcard *", "Write the whole value, without *."},
	{"a value has either", "Take one of the two out."},
	{"a value with ~1 or ~2 after :", "Make the value shorter."},
	{"this is no time", "Write a day as year, month and day: 2026-01-31."},
	{"this is no number", "Write digits, with a point before a fraction: 0.8."},
	{"more than", "Take brackets out."},
	{"a ) is missing", "Put a ) where the group ends."},
	{"a ] is missing", "Put a ] where the group ends."},
}

// Mend is a sentence on how to put right what was found wrong in a text, "" for an error that is none of this package. Of the text it repeats
// nothing: what it names are fields of the table.
func Mend(text string, e *Error, fields map[string]Field) string {
	if e.Reason == unknownField {
		if near := nearest(nameAt(text, e.Pos), slices.Sorted(maps.Keys(fields))); near != "" {
			return "Did you mean " + near + "?"
		}
		return "Take one of the fields in the list."
	}
	for _, m := range mends {
		if strings.HasPrefix(e.Reason, m.reason) {
			return m.sentence
		}
	}
	return ""
}

func nameAt(text string, pos int) string {
	l := lexer{text: text, pos: min(pos, len(text))}
	return l.name()
}

// nearest is the name that is meant by one that does not exist: with the same letters whatever their case, with the fewest edits (up to a third of
// it), or else the first that has it as one of its parts.
func nearest(name string, all []string) string {
	name = strings.ToLower(name)
	for edits := range len(name)/3 + 1 {
		for _, candidate := range all {
			if within([]rune(name), []rune(candidate), edits) {
				return candidate
			}
		}
	}
	var holds []string
	for _, candidate := range all {
		if strings.Contains("."+candidate+".", "."+name+".") {
			holds = append(holds, candidate)
		}
	}
	if name == "" || len(holds) == 0 {
		return ""
	}
	return holds[0]
}

// Operators are those that a field answers, in the order of a list.
func (f Field) Operators() []string {
	switch {
	case f.Type == List:
		return []string{":"}
	case f.Type == Time || f.Type == Number:
		return []string{"::", "::!", "<", "<=", ">", ">="}
	case f.Contains:
		return []string{"::", "::!", ":", ":!"}
	}
	return []string{"::", "::!"}
}
