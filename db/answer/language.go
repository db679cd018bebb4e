package answer

import (
	"strings"
	"time"

	"quittance/db/letter"
)

// text is everything that the person reads which the house did not write itself, in one language. A %v is what the place is about.
type text struct {
	title, leftOut                            string
	upTo, made, ids, contents                 string
	erased, restricted, elsewhere             string
	statements, forService, insteadFor        string
	consultations, noConsultations            string
	consultationHeads                         []string
	recipients, noRecipients, recipientsIntro string
	recipientHeads                            []string
	missing, nothingMissing, missingWhy       string
	records, noRecords, search, record, image string
	said, replied, marks, otherLang           string
	readme                                    string
	counts                                    map[string][2]string // one, many
	reasons, kinds, purposes, roles, got      map[string]string
	titles                                    map[string][2]string // of statements: article, title
}

// Languages are those that an answer can be in.
var Languages = letter.Languages

var texts = map[string]*text{"en": &english, "de": &german}

// in gives the words of a language; what there are no words for is English.
func in(language string) *text {
	if t, ok := texts[language]; ok {
		return t
	}
	return &english
}

// Mark stands where something was left out.
func Mark(reason, language string) string {
	t := in(language)
	return "[" + t.leftOut + ": " + t.reasons[reason] + "]"
}

// Moment is a time, in UTC, as a language writes it.
func Moment(t time.Time, language string) string {
	return letter.Day(t.UTC(), language, "") + t.UTC().Format(", 15:04 UTC")
}

// count words a number.
func (t *text) count(n int64, noun string) string {
	words := t.counts[noun][1]
	if n == 1 {
		words = t.counts[noun][0]
	}
	return decimal(n) + " " + words
}

// role words what somebody was who looked: "officer,support" has two.
func (t *text) role(codes string) string {
	var out []string
	for code := range strings.SplitSeq(codes, ",") {
		out = append(out, or(t.roles[code], code))
	}
	return strings.Join(out, ", ")
}

func or(words, otherwise string) string {
	if words == "" {
		return otherwise
	}
	return words
}
