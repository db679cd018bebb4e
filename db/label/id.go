// Package label knows what a customer ID may look like: the rules of each kind of service, the header that carries IDs,
// and the prefixes that integrations put before them. Whoever holds an ID holds one that has been checked; nobody past the
// door checks again. Where IDs are stored, searched and erased is the business of others.
package label

import (
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is the kind of service that a label was sent to; the rules differ by it.
type Kind string

// The kinds of service whose data can be labelled.
const (
	Assistant         Kind = "assistant"
	VisualRecognition Kind = "visual-recognition"
	Discovery         Kind = "discovery"
	SpeechToText      Kind = "speech-to-text"
	TextToSpeech      Kind = "text-to-speech"
)

// rule is what one kind of service asks of an ID and of the header that carries it.
type rule struct {
	maxChars  int             // characters in an ID; 0: only the limit in bytes holds
	allowed   func(rune) bool // which characters may stand in an ID, beyond what is barred for all; nil: any
	refusal   string          // why a character outside allowed is refused
	maxHeader int             // bytes in all values of the header together
	encoded   bool            // IDs are percent-encoded in the header
	lenient   bool            // other field=value pairs are tolerated, and a blank customer_id is no label
}

const (
	// maxBytes bounds an ID. IBM documents no bound but Discovery's; 1,024 bytes hold Discovery's longest ID in any script.
	maxBytes = 1024
	// maxHeader bounds the header where none is documented, and with it the number of labels on one record.
	maxHeader = 16 << 10
)

var rules = map[Kind]rule{
	Assistant:    {maxHeader: maxHeader},
	SpeechToText: {maxHeader: maxHeader},
	TextToSpeech: {maxHeader: maxHeader},
	// Discovery, "Information security": values up to 256 characters, header up to 4 KB, only customer_id is kept.
	Discovery: {maxChars: 256, maxHeader: 4 << 10, lenient: true},
	// Visual Recognition, "Information security": letters, digits and the underscore, URL-encoded on the way.
	VisualRecognition: {
		maxHeader: maxHeader,
		allowed:   wordCharacter,
		refusal:   "may only contain letters, digits and the underscore for Visual Recognition",
		encoded:   true,
	},
}

// ParseKind reads a kind as it stands in URLs, flags and the database.
func ParseKind(s string) (Kind, error) {
	if _, known := rules[Kind(s)]; !known {
		return "", &Error{"kind", "must be assistant, visual-recognition, discovery, speech-to-text or text-to-speech"}
	}
	return Kind(s), nil
}

// ID is a customer ID: an opaque label that the customer of a service chose for one person. IDs are equal when their bytes
// are; nothing is folded or normalised, because an ID is not a word and two that differ may be two persons. The zero ID is
// no ID. An ID shows itself only to String: logs and JSON get nothing from it.
type ID struct{ s string }

// String is the raw ID, which is personal data.
func (id ID) String() string { return id.s }

// IsZero tells whether this is no ID at all.
func (id ID) IsZero() bool { return id.s == "" }

// LogValue keeps the ID out of structured logs: personal data stays in records.
func (id ID) LogValue() slog.Value { return slog.StringValue("[customer ID]") }

// Error says which part of the input is wrong and why, never what the part was.
type Error struct {
	Field  string // "customer_id", "X-Watson-Metadata" or "kind"
	Reason string // the rest of a sentence that begins with Field
}

// Error is one sentence that is fit for the answer of an API.
func (e *Error) Error() string { return e.Field + " " + e.Reason }

// Parse checks a customer ID for a kind of service; raw is as it was meant, already URL-decoded where it came from a
// query. The rules of Assistant and speech are the widest: what is legal anywhere is legal there, so that is the kind to
// parse with where the service is not known, as in the console's search box. All errors are *Error.
//
// Spaces around an ID are refused rather than cut: a header cannot carry them (RFC 9110, section 5.5), so no record bears
// such an ID, and a deletion must never fall on an ID that is only like the one it names.
func Parse(kind Kind, raw string) (ID, error) {
	r, known := rules[kind]
	if !known {
		return ID{}, &Error{"kind", "is not one that carries labels"}
	}
	if reason := r.refuse(raw); reason != "" {
		return ID{}, &Error{"customer_id", reason}
	}
	return ID{raw}, nil
}

// refuse returns why s is no ID under the rule, or "".
func (r rule) refuse(s string) string {
	switch {
	case s == "":
		return "must not be empty"
	case len(s) > maxBytes:
		return "must not be longer than 1024 bytes"
	case !utf8.ValidString(s):
		return "must be valid UTF-8"
	case r.maxChars > 0 && utf8.RuneCountInString(s) > r.maxChars:
		return "must not be longer than 256 characters for Discovery"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "must not contain control characters"
	case strings.ContainsAny(s, ";="):
		return "must not contain ';' or '='"
	case strings.TrimSpace(s) != s:
		return "must not begin or end with a space"
	case r.allowed != nil && strings.ContainsFunc(s, func(c rune) bool { return !r.allowed(c) }):
		return r.refusal
	}
	return ""
}

// wordCharacter tells letters (of any script), digits and the underscore. The marks that complete a letter count as part
// of it: Devanagari or Thai cannot be written without them, nor can an accent that was sent on its own (NFD).
func wordCharacter(c rune) bool {
	return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)
}
