package answer

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// OtherID is the code of Reasons that the house gives itself: the customer ID of somebody else on the same record.
const OtherID = "other-id"

// What a recipient got of the person; codes, which each language has words for.
const (
	ToldToErase = "told-to-erase" // a linked service was told to erase what it holds under a customer ID
	PassedOn    = "passed-on"     // a gateway passed on what was said, to be answered
)

// Reasons say why something is left out (Art. 15(4); recital 63), in the words of the console.
var Reasons = english.reasons

// ReasonCodes are those that a person may choose, in their order.
var ReasonCodes = []string{"other-person", "confidential", "trade-secret", "intellectual", "security"}

// StatementText is what a statement is about.
type StatementText struct{ Code, Article, Title, Hint string }

// Statements are those of Art. 15(1) and (2), in their order; a place in it is a number in the audit trail.
var Statements = []StatementText{
	{"controller", "Art. 15(1)", "Who we are", "Name and address of the controller, and of the data protection officer."},
	{"purposes", "Art. 15(1)(a)", "What we use your data for", "The purposes, for each kind of data, with the legal ground."},
	{"categories", "Art. 15(1)(b)", "Which data we hold", "The categories: messages, images, documents …"},
	{"recipients", "Art. 15(1)(c)", "Who else gets it", "The recipients by name; categories only where a name is impossible (C-154/21)."},
	{"retention", "Art. 15(1)(d)", "How long we keep it", "The time for each kind, or what decides it."},
	{"rights", "Art. 15(1)(e)", "Your rights", "Rectification, erasure, restriction and objection."},
	{"authority", "Art. 15(1)(f)", "Where you can complain", "The supervisory authority, with its address."},
	{"source", "Art. 15(1)(g)", "Where we have it from", "For what the person did not give: the source."},
	{"automated", "Art. 15(1)(h)", "Automated decisions", "Whether there are any, by which logic, and what follows from them."},
	{"transfers", "Art. 15(2)", "Transfers to other countries", "The countries, and the safeguards of Art. 46."},
}

// StatementNumber is the number of a statement in the audit trail, 0 = there is none of this code.
func StatementNumber(code string) int64 {
	return int64(slices.IndexFunc(Statements, func(t StatementText) bool { return t.Code == code }) + 1)
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// formulaSigns begin a formula in one spreadsheet or another; the last four are the full-width forms, which Excel folds
// (OWASP, "CSV Injection"; CWE-1236).
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// PlainCell puts an apostrophe before a cell that would be a formula; spreadsheets show the cell without it.
func PlainCell(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	if cell != "" && strings.ContainsRune(formulaSigns, first) {
		return "'" + cell
	}
	return cell
}
