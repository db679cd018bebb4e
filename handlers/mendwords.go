package handlers

import (
	"slices"
	"strings"

	"quittance/views/lang"
)

// mends say how a filter is put right (package filter, which knows no language).
var mends = []lang.Word{
	"Take one of the fields in the list.",
	"Write a field, an operator and a value, as in language::en.",
	"Put , for and, or | for or, before the next condition.",
	"Make it shorter, or ask in two steps.",
	"Type it anew instead of pasting it.",
	"Ask in several filters.",
	"Begin each condition with a field, as in language::en. A word that was said is found by request.input.text:word.",
	"Name what is asked of the element, as in response.intents:intent::hello.",
	"Put one between field and value: :: equals, : contains, < and > compare times and numbers.",
	"Write :: for equals, ::! for does not equal.",
	`Put a " where the value ends.`,
	`Write a value behind the operator. The empty one is "".`,
	`Take it out, or write \\ for the character itself.`,
	"Put the value in quotation marks, or a comma before the next condition.",
	"Name the level below it, or several of its fields in brackets, as in response.intents:(intent::hello,confidence>0.8).",
	"Intents have intent and confidence; entities have entity, value and confidence.",
	"Write :: for equals or, for times and numbers, < or >.",
	"Write :: for equals.",
	"Write the value as it is, without ~1 or ~2.",
	"Write the whole value, without *.",
	"Take one of the two out.",
	"Make the value shorter.",
	"Write a day as year, month and day: 2026-01-31.",
	"Write digits, with a point before a fraction: 0.8.",
	"Take brackets out.",
	"Put a ) where the group ends.",
	"Put a ] where the group ends.",
}

// mendWords are such a sentence; the name of a field may stand in one of them.
func mendWords(text string) lang.Word {
	asked, near := strings.CutSuffix(text, "?")
	switch {
	case near:
		return lang.Said("Did you mean {field}?", "field", asked[strings.LastIndex(asked, " ")+1:])
	case slices.Contains(mends, lang.Word(text)):
		return lang.Word(text)
	}
	return lang.Raw(text)
}
