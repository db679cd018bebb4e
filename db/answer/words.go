package answer

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// All words that the person reads stand in this file, so that another language is one more file.

const (
	redactedWord = "left out"
	title        = "Your data"
	// ToldToErase is what a linked service was told.
	ToldToErase = "to erase what it holds under your customer ID"
	lang        = "en"
)

// Codes of Reasons that the house gives itself.
const (
	OtherID = "other-id" // the customer ID of somebody else on the same record
)

// Reasons say why something is left out (Art. 15(4); recital 63).
var Reasons = map[string]string{
	OtherID:        "customer ID of another person",
	"other-person": "data of another person",
	"confidential": "confidential to another person",
	"trade-secret": "trade secret",
	"intellectual": "intellectual property",
	"security":     "security of the service",
}

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

var kindTitles = map[string]string{"message": "Message", "image": "Image", "classifier": "Classifier", "collection": "Collection", "query": "Search", "event": "Click on a result",
	"document": "Document", "transcript": "Transcript of speech", "synthesis": "Spoken text"}

var purposeTitles = map[string]string{"access-request": "To answer a request for access (Art. 15)", "erasure-request": "To check a request for erasure (Art. 17)",
	"identity-check": "To check who asked (Art. 12(6))", "support-case": "To help with a case", "incident": "To look into a security incident (Art. 33)"}

const readmeText = `YOUR DATA

This archive holds the data that is kept about you, as you asked for it.

  index.html     everything, to be read: open it with a double click. It needs no internet and loads nothing from it.
  data.json      the same for programs: one object, "records" is the list; times are in UTC (RFC 3339).
  data-*.csv     the same for spreadsheets, one file for each kind of data, one line for each value.
                 An apostrophe stands before a value that a spreadsheet would take for a formula.
  images/        pictures, by the number of their record.
  manifest.json  the SHA-256 hash of each file.
  manifest.note  the hash of manifest.json, signed (https://c2sp.org/signed-note, Ed25519).

To check that nothing was altered: "sha256sum manifest.json" gives the hash that stands in manifest.note, and the other files hash to what
stands in manifest.json. The signature is of the key that also signs the audit trail of whoever sent you this; ask them for its verifier key.

Where something was left out because it is of somebody else, its place says so and why. How many such places there are stands in index.html.
This archive holds personal data and is not encrypted: keep it where only you can read it.
`

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

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
