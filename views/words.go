package views

import (
	"strconv"

	"quittance/views/lang"
)

// Coded is one word of a closed list of the law: the code that is stored and
// posted, the article that it stands for, and what it says in plain English.
type Coded struct {
	Code           string
	Article, Words lang.Word
}

// Grounds are the six grounds on which a person may ask for erasure.
// Art. 17(1)(a) to (f) GDPR.
var Grounds = []Coded{
	{"17-1-a", "Art. 17(1)(a)", "No longer needed for the purpose it was collected for"},
	{"17-1-b", "Art. 17(1)(b)", "Consent withdrawn, and no other legal ground"},
	{"17-1-c", "Art. 17(1)(c)", "Objection under Art. 21, and no overriding ground"},
	{"17-1-d", "Art. 17(1)(d)", "Processed unlawfully"},
	{"17-1-e", "Art. 17(1)(e)", "Erasure is a legal obligation"},
	{"17-1-f", "Art. 17(1)(f)", "Collected from a child for an online service, Art. 8(1)"},
}

// Refusals are the grounds on which an erasure may be refused: the exceptions
// of Art. 17(3), and the two of Art. 12 that end a request before them.
var Refusals = []Coded{
	{"17-3-a", "Art. 17(3)(a)", "Freedom of expression and information"},
	{"17-3-b", "Art. 17(3)(b)", "A legal obligation or a public task needs the data"},
	{"17-3-c", "Art. 17(3)(c)", "Public health"},
	{"17-3-d", "Art. 17(3)(d)", "Archiving, research or statistics in the public interest"},
	{"17-3-e", "Art. 17(3)(e)", "Legal claims are made, exercised or defended"},
	{"12-5-b", "Art. 12(5)(b)", "Manifestly unfounded or excessive; we carry the burden of showing it"},
	{"12-2", "Art. 12(2), 11(2)", "We show that we cannot identify the person"},
	{"17-1", "Art. 17(1)", "None of the six grounds applies"},
}

// HoldGrounds are the grounds on which records are kept from erasure.
var HoldGrounds = Refusals[:5:5]

// RestrictionGrounds are the grounds on which a person may ask for restriction.
// Art. 18(1)(a) to (d) GDPR.
var RestrictionGrounds = []Coded{
	{"18-1-a", "Art. 18(1)(a)", "The person contests that the data is accurate; it is being checked"},
	{"18-1-b", "Art. 18(1)(b)", "Processed unlawfully, and the person asks for restriction instead of erasure"},
	{"18-1-c", "Art. 18(1)(c)", "No longer needed, but the person needs it for legal claims"},
	{"18-1-d", "Art. 18(1)(d)", "Objection under Art. 21(1); whose grounds weigh more is being checked"},
}

// Channels are the ways in which the person can have been told that a
// restriction ends. Art. 18(3) GDPR.
var Channels = []Coded{
	{"letter", "", "Letter"},
	{"email", "", "E-mail"},
	{"portal", "", "Message in their account"},
	{"telephone", "", "Telephone"},
	{"in-person", "", "In person"},
}

// ChannelWords says a code of Channels in words.
func ChannelWords(code string) lang.Word {
	for _, c := range Channels {
		if c.Code == code {
			return c.Words
		}
	}
	return lang.Raw(code)
}

// Stays are the reasons for which a service may be left out of an erasure. They stand on the receipt, so they are codes and not
// words that somebody typed.
var Stays = []Coded{
	{"not-asked", "Art. 17(1)", "The person did not ask for this service"},
	{"separate-request", "Art. 17(1)", "The person asks for this service in a request of its own"},
	{"17-3-b", "Art. 17(3)(b)", "A legal obligation or a public task needs the data"},
	{"17-3-e", "Art. 17(3)(e)", "Legal claims are made, exercised or defended"},
}

// PartCodes are what can go wrong at a linked service (erasure.PartCodes), in one sentence each.
var PartCodes = map[string]lang.Word{
	"unknown":      "The call was sent and nothing was heard. It may have been carried out; it is repeated.",
	"unreachable":  "The service could not be reached.",
	"unavailable":  "The service answered that it cannot do this now.",
	"too-many":     "The service answered that it was called too often.",
	"credential":   "The service does not accept our credential. An administrator has to mend it.",
	"address":      "Nothing answers as it should under the service's address. An administrator has to look at it.",
	"rejected":     "The service refused the call. A person has to see to it there.",
	"remains":      "24 hours after it accepted the call, something older is still there.",
	"unlinked":     "The service was removed here before it was called. A person has to see to it there.",
	"unobservable": "The service cannot be asked what it still holds.",
	"restored":     "It had ended before this store was restored from a backup; how it ended stands on the receipt that was made then.",
	"unwritable":   "The ID has a form that cannot be written into this service's address. A person has to see to it there.",
	"certificate":  "What the processor shows or signs does not fit the certificate that an administrator confirmed. An administrator has to look at it.",
	"unsupported":  "The processor takes no erasures, or no customer ID of ours. An administrator has to look at it.",
	"cancelled":    "The processor has cancelled the request. A person has to ask there why.",
	"overdue":      "The processor accepted the request 30 days ago and has not completed it. A person has to ask there.",
	"stated":       "The service answered that it has erased, and is set up as one that answers only then. Nobody here has looked.",
	"signed":       "The processor states, signed, that it has completed the request. Nobody here has looked.",
	"manual":       "No program can erase there. A person does it, and an officer attests it.",
	"no-means":     "There is no means to erase it there.",
	"refused":      "Whoever holds the data refuses.",
	"law":          "Whoever holds the data has to keep it by law (Art. 17(3)(b)).",
	"gone":         "The service is there no more.",
	"impossible":   "This kind of service takes no ID of this form, so nothing can lie under it there. It was not called.",
}

// Ends are the reasons for which a part at a service elsewhere is given up (erasure.EndCodes).
var Ends = []Coded{
	{"no-means", "Art. 19", "There is no means to erase it there"},
	{"refused", "Art. 19", "Whoever holds the data refuses"},
	{"law", "Art. 17(3)(b)", "Whoever holds the data has to keep it by law"},
	{"gone", "Art. 19", "The service is there no more"},
}

// PartWords says a code of PartCodes in words.
func PartWords(code string) lang.Word {
	if words, ok := PartCodes[code]; ok {
		return words
	}
	return lang.Raw(code)
}

// WordsOf says a code of Grounds, Refusals, Stays or RestrictionGrounds in words with its article, and
// gives the code itself back where it is in none of them.
func WordsOf(code string) lang.Word {
	for _, list := range [][]Coded{Grounds, Refusals, Stays, RestrictionGrounds} {
		for _, c := range list {
			if c.Code == code {
				return lang.Said("{words} ({article})", "words", c.Words, "article", c.Article)
			}
		}
	}
	return lang.Raw(code)
}

// coded turns a closed list into the options of a choice; an empty code asks
// for a choice instead of making one.
func coded(list []Coded, chosen string) []Option {
	opts := []Option{{Value: "", Label: "Choose one", Selected: chosen == ""}}
	for _, c := range list {
		opts = append(opts, Option{Value: c.Code, Label: lang.Said("{article} – {words}", "article", c.Article, "words", c.Words), Selected: c.Code == chosen})
	}
	return opts
}

// CodedOptions are the choices of a list of the law, with the article before each.
func CodedOptions(list []Coded, chosen string) []Option { return coded(list, chosen) }

// numbered joins a path and the number of a thing: /erasures/7.
func numbered(path string, n int64, rest ...string) string {
	s := path + "/" + strconv.FormatInt(n, 10)
	for _, r := range rest {
		s += "/" + r
	}
	return s
}

func plain(n int64) string { return strconv.FormatInt(n, 10) }
