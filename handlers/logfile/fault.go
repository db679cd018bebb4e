package logfile

import (
	"errors"
	"fmt"

	"quittance/db/label"
)

// fault says why a line is not taken in: a code that is kept, and words for the command line. Neither has a word of the line.
type fault struct{ code, words string }

// Error implements error.
func (f *fault) Error() string { return f.words }

// The codes of what may be wrong with a line. A page says each in a sentence of its own.
const (
	NotUTF8     = "not-utf8"
	TooDeep     = "too-deep"
	NotJSON     = "not-json"
	NotObject   = "not-object"
	NotString   = "not-string"
	NoLogID     = "no-log-id"
	NoRequest   = "no-request"
	NoResponse  = "no-response"
	LongColumn  = "long-identifier"
	NoTime      = "no-time"
	BadTime     = "bad-time"
	BadCustomer = "bad-customer-id"
	LongLine    = "long-line"
	HalfLine    = "half-line"
)

// Codes are all of them.
var Codes = []string{NotUTF8, TooDeep, NotJSON, NotObject, NotString, NoLogID, NoRequest, NoResponse, LongColumn, NoTime, BadTime, BadCustomer, LongLine, HalfLine}

func wrong(code, format string, args ...any) error { return &fault{code, fmt.Sprintf(format, args...)} }

// codeOf is the code of what ParseEntry refuses.
func codeOf(err error) string {
	var f *fault
	var l *label.Error
	switch {
	case errors.As(err, &f):
		return f.code
	case errors.As(err, &l):
		return BadCustomer
	}
	return NotJSON
}
