package letter

import (
	"fmt"
	"strings"
	"time"

	"quittance/db/ticket"
)

// months of a German date; English ones are Go's.
var months = []string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}

// Day is a date as the language of a letter writes it: "2 March 2026", in America "March 2, 2026", and "2. März 2026".
func Day(t time.Time, language, regime string) string {
	switch {
	case t.IsZero():
		return ""
	case language == "de":
		return fmt.Sprintf("%d. %s %d", t.Day(), months[t.Month()-1], t.Year())
	case regime == ccpa:
		return t.Format("January 2, 2006")
	}
	return t.Format("2 January 2006")
}

// Law is how a letter names the law that it goes by.
func Law(language, regime string) string {
	switch {
	case regime == ccpa:
		return "CCPA"
	case regime == uk:
		return "UK GDPR"
	case language == "de":
		return "DSGVO"
	}
	return "GDPR"
}

// pair is the same in English and in German.
type pair struct{ en, de string }

func (p pair) in(language string) string {
	if language == "de" {
		return p.de
	}
	return p.en
}

// rights follow "your request", "Ihr Antrag".
var rights = map[ticket.Right]pair{
	ticket.Access:        {"for access to your personal data", "auf Auskunft über Ihre personenbezogenen Daten"},
	ticket.Rectification: {"to rectify your personal data", "auf Berichtigung Ihrer personenbezogenen Daten"},
	ticket.Erasure:       {"to erase your personal data", "auf Löschung Ihrer personenbezogenen Daten"},
	ticket.Restriction:   {"to restrict the processing of your personal data", "auf Einschränkung der Verarbeitung Ihrer personenbezogenen Daten"},
	ticket.Portability:   {"to receive your personal data in a portable form", "auf Übertragung Ihrer personenbezogenen Daten"},
	ticket.Objection:     {"to stop processing your personal data (objection)", "auf Beendigung der Verarbeitung Ihrer personenbezogenen Daten (Widerspruch)"},
	ticket.Images:        {"to erase images of you that were processed", "auf Löschung verarbeiteter Bilder von Ihnen"},
}

// RightWords say what the person asked for, to follow "your request".
func RightWords(r ticket.Right, language string) string { return rights[r].in(language) }

// grounds follow "because" or a colon.
var grounds = map[string]pair{
	"12-5-unfounded": {"the request is manifestly unfounded (Art. 12(5))", "der Antrag ist offenkundig unbegründet (Art. 12 Abs. 5)"},
	"12-5-excessive": {"the request is excessive, in particular because it is repeated (Art. 12(5))", "der Antrag ist exzessiv, insbesondere weil er wiederholt gestellt wurde (Art. 12 Abs. 5)"},
	"12-2":           {"we cannot identify you in the data that we hold (Art. 11(2) and 12(2))", "wir können Sie in den Daten, die wir halten, nicht identifizieren (Art. 11 Abs. 2 und Art. 12 Abs. 2)"},
	"17-3-a":         {"the data is needed for the freedom of expression and information (Art. 17(3)(a))", "die Daten sind für die Meinungs- und Informationsfreiheit erforderlich (Art. 17 Abs. 3 lit. a)"},
	"17-3-b":         {"a legal obligation requires us to keep the data, or a public task does (Art. 17(3)(b))", "wir sind rechtlich oder für eine öffentliche Aufgabe verpflichtet, die Daten aufzubewahren (Art. 17 Abs. 3 lit. b)"},
	"17-3-c":         {"the data is needed for public health (Art. 17(3)(c))", "die Daten sind für die öffentliche Gesundheit erforderlich (Art. 17 Abs. 3 lit. c)"},
	"17-3-d":         {"the data is needed for archiving, research or statistics (Art. 17(3)(d))", "die Daten sind für Archiv-, Forschungs- oder Statistikzwecke erforderlich (Art. 17 Abs. 3 lit. d)"},
	"17-3-e":         {"the data is needed for legal claims (Art. 17(3)(e))", "die Daten sind für Rechtsansprüche erforderlich (Art. 17 Abs. 3 lit. e)"},
	"15-4":           {"the copy would adversely affect the rights of others (Art. 15(4))", "die Kopie würde die Rechte anderer beeinträchtigen (Art. 15 Abs. 4)"},
	"21-1":           {"compelling legitimate grounds override your objection (Art. 21(1))", "zwingende schutzwürdige Gründe überwiegen Ihren Widerspruch (Art. 21 Abs. 1)"},
	"not-applicable": {"this right does not apply to your request", "dieses Recht ist auf Ihren Antrag nicht anwendbar"},
}

// GroundWords say a ground of ticket.Refusals in a letter. The articles are those of the GDPR; a letter under the CCPA does without them.
func GroundWords(code, language, regime string) string {
	words := grounds[code].in(language)
	if n := strings.LastIndex(words, " ("); regime == ccpa && n > 0 {
		return words[:n]
	}
	return words
}
