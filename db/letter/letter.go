// Package letter knows what the person is written about their request: the kinds of letter, their texts in English and German, the closed list
// of fields that stand in a text, and the parts that a law wants in it. Where letters are kept is package db's business, and what sending one
// does to a ticket too.
package letter

import (
	"embed"
	"slices"
	"strings"
)

// Kind is what a letter is for. A code's place in its list is its number in the audit trail: new ones go to the end.
type Kind string

// The kinds.
const (
	Acknowledgement Kind = "acknowledgement"
	Identity        Kind = "identity"   // Art. 12(6)
	Extension       Kind = "extension"  // Art. 12(3)
	Refusal         Kind = "refusal"    // Art. 12(4)
	Completion      Kind = "completion" // Art. 12(3)
	Erased          Kind = "erased"     // likewise, of an erasure that has its receipt
	Lifting         Kind = "lifting"    // Art. 18(3)
	Recipients      Kind = "recipients" // Art. 19, second sentence
)

// Kinds is the closed list.
var Kinds = []Kind{Acknowledgement, Identity, Extension, Refusal, Completion, Erased, Lifting, Recipients}

// Languages are those in which there are texts.
var Languages = []string{"en", "de"}

// Ways are how a letter reached the person.
var Ways = []string{"post", "mail", "handed-over"}

const (
	uk   = "uk-gdpr"
	ccpa = "ccpa"
)

// Of lists the kinds of a regime. The CCPA knows no restriction of processing, and no duty to name recipients in answer to a deletion.
func Of(regime string) []Kind {
	if regime != ccpa {
		return slices.Clone(Kinds)
	}
	return slices.DeleteFunc(slices.Clone(Kinds), func(k Kind) bool { return k == Lifting || k == Recipients })
}

//go:embed texts
var texts embed.FS

// Default is the text that the house comes with, "" where there is none. A regime that has none of its own takes that of the GDPR, in which
// the law is a field.
func Default(kind Kind, language, regime string) string {
	if !slices.Contains(Of(regime), kind) {
		return ""
	}
	for _, name := range []string{string(kind) + "." + regime, string(kind)} {
		if raw, err := texts.ReadFile("texts/" + language + "/" + name + ".txt"); err == nil {
			return strings.TrimSpace(string(raw))
		}
	}
	return ""
}

// What the house writes in its letters beside their texts.
const (
	Letterhead = "letterhead" // its name in the first line, then its address
	Contact    = "contact"    // how it can be reached
)

// AuthorityOf is the name of the text that says to which authority somebody can complain under a regime.
func AuthorityOf(regime string) string { return "authority " + regime }

// NameOf is the name of a letter's text.
func NameOf(kind Kind, language, regime string) string {
	return string(kind) + " " + language + " " + regime
}

// Names lists the names of all texts that can be set, in the order of a page.
func Names(regimes []string) []string {
	out := []string{Letterhead, Contact}
	for _, r := range regimes {
		out = append(out, AuthorityOf(r))
	}
	for _, r := range regimes {
		for _, k := range Of(r) {
			for _, l := range Languages {
				out = append(out, NameOf(k, l, r))
			}
		}
	}
	return out
}

// house are the texts that are no letters before somebody has written them.
var house = map[string]string{"authority " + uk: "the Information Commissioner (ico.org.uk)", "authority " + ccpa: "the California Privacy Protection Agency (cppa.ca.gov)"}

// DefaultOf is the text of a name that the house comes with.
func DefaultOf(name string) string {
	parts := strings.Fields(name)
	if len(parts) == 3 {
		return Default(Kind(parts[0]), parts[1], parts[2])
	}
	return house[name]
}
