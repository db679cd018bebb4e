package letter

import "strings"

// Part is what a law wants a letter to say.
type Part struct {
	Code, Says, Source string
	met                func(text string, v Values) bool
}

// names is met where a value stands in the text, however its lines are broken; a value that is not known is nothing to look for.
func names(field string) func(string, Values) bool {
	return func(text string, v Values) bool { return v[field] != "" && strings.Contains(text, flat(v[field])) }
}

// speaks is met where the text has one of the stems, English or German. It looks for words, not for their sense: what it does not find, a
// person may have said in others.
func speaks(stems ...string) func(string, Values) bool {
	return func(text string, _ Values) bool {
		for _, s := range stems {
			if strings.Contains(text, s) {
				return true
			}
		}
		return false
	}
}

func both(a, b func(string, Values) bool) func(string, Values) bool {
	return func(text string, v Values) bool { return a(text, v) && b(text, v) }
}

// flat is text in one line and small letters.
func flat(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

var (
	complains = speaks("complain", "beschwer")
	courts    = speaks("court", "judicial", "gericht")
)

// The parts. Sources are as law.md has them.
var (
	partReasons   = Part{"reasons", "the reasons", "Art. 12(3) and (4) GDPR", names("reasons")}
	partUntil     = Part{"until", "the day by which you will answer", "Art. 12(3) GDPR", names("extended_due")}
	partAuthority = Part{"authority", "that they can complain to a supervisory authority, and to which", "Art. 12(4) GDPR", both(complains, names("authority"))}
	partCourt     = Part{"court", "that they can go to court", "Art. 12(4) GDPR", courts}
	partUKHouse   = Part{"house", "that they can complain to you first", "Data Protection Act 2018, s. 164A", speaks("complain to us", "complaint to us", "bei uns beschwer")}
	partNeed      = Part{"need", "what you need to know who asks, and why", "Art. 12(6) GDPR", names("reasons")}
	partReceived  = Part{"received", "that the request was received", "11 CCR 7021(a)", names("received")}
	partProcess   = Part{"process", "how you make sure who asks", "11 CCR 7021(a)", speaks("verif", "identity", "identität", "prüf")}
	partExpect    = Part{"expect", "by when they can expect an answer", "11 CCR 7021(a)", names("due")}
	partWhyLate   = Part{"reasons", "why it takes more than 45 days", "11 CCR 7021(b)", names("reasons")}
	partLate      = Part{"until", "the day by which you will answer", "11 CCR 7021(b)", names("extended_due")}
	partBasis     = Part{"reasons", "the basis of the denial", "11 CCR 7022", names("reasons")}
	partRecord    = Part{"record", "that you keep a record of the request, so that the data stays deleted", "Cal. Civ. Code 1798.105(c)(2)", speaks("record of", "aufzeichnung", "vermerk")}
	partReceipt   = Part{"receipt", "the number of the receipt", "Art. 12(3) and 5(2) GDPR", names("receipt")}
	partLifted    = Part{"lifted", "the day on which the restriction ends", "Art. 18(3) GDPR", names("lifted")}
	partRecipient = Part{"recipients", "who the recipients are", "Art. 19 GDPR", names("recipients")}
)

// wanted lists what a law wants in a letter.
func wanted(kind Kind, regime string) []Part {
	switch {
	case kind == Acknowledgement && regime == ccpa:
		return []Part{partReceived, partProcess, partExpect}
	case kind == Identity:
		return []Part{partNeed}
	case kind == Extension && regime == ccpa:
		return []Part{partWhyLate, partLate}
	case kind == Extension:
		return []Part{partReasons, partUntil}
	case kind == Refusal && regime == ccpa:
		return []Part{partBasis}
	case kind == Refusal && regime == uk:
		return []Part{partReasons, partUKHouse, partAuthority, partCourt}
	case kind == Refusal:
		return []Part{partReasons, partAuthority, partCourt}
	case kind == Erased && regime == ccpa:
		return []Part{partReceipt, partRecord}
	case kind == Erased:
		return []Part{partReceipt}
	case kind == Lifting:
		return []Part{partLifted}
	case kind == Recipients:
		return []Part{partRecipient}
	}
	return nil
}

// Missing lists the parts that a letter lacks: a value of it that the text does not have, or words of which it has none.
func Missing(kind Kind, regime, text string, values Values) (out []Part) {
	text = flat(text)
	for _, p := range wanted(kind, regime) {
		if !p.met(text, values) {
			out = append(out, p)
		}
	}
	return out
}
