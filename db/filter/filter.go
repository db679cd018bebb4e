// Package filter knows the filter language of Watson Assistant's /logs: it reads a filter, prints it back, and turns it into a
// condition in SQL, whose values are parameters and never text, and into a program that decides on a record in memory. It
// parses the whole language; which fields exist and what they can be asked is told by the caller's table, and what a
// condition asks beyond that is an error with its place, never a condition that is left out. How the query is run and
// bounded is left to the store.
//
// The grammar fits every example of IBM's "Filter query reference"; spaces may stand around operators and separators:
//
//	expr    = and *( "|" and )                        ; "," binds tighter than "|", which IBM leaves open
//	and     = prim *( "," prim )
//	prim    = "(" expr ")" | "[" expr "]" | cond
//	cond    = path [ ":" sub ] op values              ; sub only, and op ":" not, after a path that ends in
//	        | path ":" "(" element ")"                ;   intents or entities: there ":" leads to the level below
//	element = subs *( "|" subs )                      ; all of them hold for the same element
//	subs    = sub op values *( "," sub op values )
//	op      = "::!" | "::" | ":!" | ":" | "<=" | ">=" | "<" | ">"
//	values  = "(" terms *( "|" terms ) ")" | term
//	terms   = term *( "," term )
//	term    = '"' *any '"'                            ; a phrase: nothing inside is parsed
//	        | 1*( char | "\" any | "*" ) [ "~1" | "~2" ]
//	path    = 1*( letter | digit | "_" | "-" | "." )  ; sub likewise
//
// A term outside quotes ends at , | ) or ]. The other characters of the language ( [ < > " and : must be escaped in it,
// so that a forgotten comma is an error and not a longer value; a ':' between two digits needs no escape, because it is
// part of a time. A term cannot begin with an unescaped ! = or ^. Spaces at its ends are cut unless they are escaped.
package filter

import (
	"fmt"
	"strings"
)

const (
	maxLength = 4096 // bytes of a filter
	maxDepth  = 16   // groups within groups
	// maxTerms bounds the work of one filter, and keeps its condition well within SQLite's expression depth of 1,000.
	maxTerms = 400
)

// Expr is a parsed filter. String prints it with the fewest brackets and escapes, so that parsing the print gives the same
// expression and the print is never longer than what was parsed. A filter may hold customer IDs: its print is no text for
// logs.
type Expr interface {
	String() string
}

// Error says where a filter is wrong, or asks a field what it does not answer, and why. It never repeats the filter's own
// values, which may be personal data.
type Error struct {
	Pos    int    // bytes (not runes) before the place, in the URL-decoded filter
	Reason string // a clause without a full stop
}

// Error is one sentence that is fit for the answer of an API.
func (e *Error) Error() string {
	return fmt.Sprintf("filter is not valid at byte %d: %s", e.Pos, e.Reason)
}

type (
	or  []Expr // at least two
	and []Expr // at least two

	// cond asks one field.
	cond struct {
		pos    int
		path   string
		sub    string // the level below intents or entities, or ""
		subPos int
		op     string
		values [][]term // any of the alternatives, each of which is all of its terms
	}

	// element asks that one and the same element of a list answers any of the alternatives, each with all of its conditions.
	element struct {
		pos  int
		path string
		subs [][]cond // path is the name below the list
	}

	// term is one value.
	term struct {
		pos    int
		phrase bool     // it stood in quotes
		parts  []string // the literal text between the wildcards: one part where there is no wildcard
		edits  int      // 0, or how many single-character edits may lie between the term and a match
	}
)

// negated tells ::! and :! and gives the operator that they deny.
func (c cond) negated() (op string, not bool) {
	return strings.CutSuffix(c.op, "!")
}

func (o or) String() string {
	return list(o, "|", func(x Expr) string {
		if _, nested := x.(or); nested {
			return "(" + x.String() + ")"
		}
		return x.String()
	})
}

func (a and) String() string {
	return list(a, ",", func(x Expr) string {
		switch x.(type) {
		case or, and:
			return "(" + x.String() + ")"
		}
		return x.String()
	})
}

func (c cond) String() string {
	path := c.path
	if c.sub != "" {
		path += ":" + c.sub
	}
	if len(c.values) == 1 && len(c.values[0]) == 1 {
		return path + c.op + c.values[0][0].String()
	}
	return path + c.op + "(" + alternatives(c.values, term.String) + ")"
}

func (e element) String() string {
	return e.path + ":(" + alternatives(e.subs, cond.String) + ")"
}

func (t term) String() string {
	if t.phrase {
		return `"` + t.parts[0] + `"`
	}
	parts := make([]string, len(t.parts))
	for i, part := range t.parts {
		parts[i] = escape(part, i == 0, i == len(t.parts)-1 && t.edits == 0)
	}
	s := strings.Join(parts, "*")
	if t.edits > 0 {
		s += fmt.Sprintf("~%d", t.edits)
	}
	return s
}

// escape puts a backslash before what would not be read back as itself: the language's characters anywhere, and where the
// text opens or ends the term also what is read differently there.
func escape(text string, opens, ends bool) string {
	var b strings.Builder
	for i := range len(text) {
		begin := opens && i == 0 && (strings.IndexByte(opening, text[i]) >= 0 || isSpace(text[i]))
		end := ends && (i == len(text)-1 && isSpace(text[i]) || isEdits(text[i:]))
		colon := text[i] == ':' && !(i > 0 && i+1 < len(text) && isDigit(text[i-1]) && isDigit(text[i+1]))
		if begin || end || colon || strings.IndexByte(special, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func alternatives[T any](groups [][]T, print func(T) string) string {
	return list(groups, "|", func(group []T) string { return list(group, ",", print) })
}

func list[T any](items []T, separator string, print func(T) string) string {
	s := make([]string, len(items))
	for i, item := range items {
		s[i] = print(item)
	}
	return strings.Join(s, separator)
}
