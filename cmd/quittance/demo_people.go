package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// demoPerson is a made-up customer.
type demoPerson struct {
	ids      []string // the application's own ID, then one that an integration made, if any
	language string
	values   map[string]string // what the person says where a phrase has {braces}
	optOut   bool
	records  int
	services []int
	wroteTo  map[int]bool  // services that hold records of them
	since    time.Duration // the first of their records, since the start of the timeline
	former   bool          // an erasure takes them before the end of the timeline
}

// demoLand is where people of a language live. Phone numbers are from the ranges that regulators keep for film and print (Ofcom,
// Bundesnetzagentur, ARCEP, NANPA's 555-01xx), IBANs are the examples of the SWIFT registry and of Wikipedia, with right check digits.
type demoLand struct {
	first, last, streets []string // streets with %d for the house number
	locale, zone         string
	phones, ibans        []string // phones with # for a digit
	amount, date         string
}

var demoLands = map[string]demoLand{
	"en": {
		first: []string{"Ada", "Oliver", "Grace", "Harry", "Maya", "Tom", "Ruth", "Noah", "Priya", "Leo", "Nina", "Owen", "Zoe", "Idris", "Hannah", "Ravi", "Ella", "Sean"},
		last:  []string{"Fernsby", "Whitlock", "Marlowe", "Penhale", "Okafor", "Sutton", "Bright", "Ashdown", "Iyer", "Callow", "Thorne", "Wexford", "Dunmore", "Hartley", "Quill"},
		streets: []string{"%d Baker Street, London NW1 6XE", "%d Elm Road, Leeds LS1 4AP", "%d Harbour Lane, Bristol BS1 5TY", "%d Orchard Avenue, Sydney NSW 2000",
			"%d Maple Street, Springfield, IL 62704", "%d Station Road, York YO24 1AB"},
		locale: "en-gb", zone: "Europe/London", phones: []string{"020 7946 0###", "+44 7700 900###", "0113 496 0###", "+1 202 555 01##", "(303) 555-01##"},
		ibans: []string{"GB29 NWBK 6016 1331 9268 19", "GB82 WEST 1234 5698 7654 32", "IE29 AIBK 9311 5212 3456 78"}, amount: "£%d.%02d", date: "2 January"},
	"de": {
		first: []string{"Anna", "Jonas", "Lena", "Paul", "Emma", "Ben", "Mia", "Felix", "Clara", "Emil", "Greta", "Moritz", "Ayşe", "Jürgen", "Petra", "Mehmet"},
		last:  []string{"Musterfeld", "Lindner", "Bachmeier", "Kessler", "Vogelsang", "Öztürk", "Sandmann", "Holzapfel", "Weidner", "Brückner", "Thalheim", "Rosenau", "Kranz"},
		streets: []string{"Lindenstraße %d, 10969 Berlin", "Hauptstraße %d, 60313 Frankfurt am Main", "Gartenweg %d, 80331 München", "Am Markt %d, 28195 Bremen",
			"Schillerstraße %d, 50667 Köln"},
		locale: "de-de", zone: "Europe/Berlin", phones: []string{"030 23125 ###", "089 99998 ###", "+49 40 66969 ###", "069 90009 ###", "+49 171 39200##"},
		ibans: []string{"DE89 3704 0044 0532 0130 00", "DE75512108001245126199", "AT61 1904 3002 3457 3201"}, amount: "%d,%02d €", date: "2. January"},
	"fr": {
		first:   []string{"Camille", "Louis", "Chloé", "Hugo", "Manon", "Léa", "Jules", "Inès", "Étienne", "Amina"},
		last:    []string{"Durand", "Lefèvre", "Moreau", "Garnier", "Chevalier", "Fontaine", "Roussel", "Benali", "Marchand"},
		streets: []string{"%d rue de la Paix, 75002 Paris", "%d avenue Victor Hugo, 69006 Lyon", "%d bis, rue des Lilas, 33000 Bordeaux"},
		locale:  "fr-fr", zone: "Europe/Paris", phones: []string{"01 99 00 ## ##", "06 39 98 ## ##", "+33 4 65 71 ## ##"},
		ibans: []string{"FR14 2004 1010 0505 0001 3M02 606", "FR7630006000011234567890189", "BE68 5390 0754 7034"}, amount: "%d,%02d €", date: "2 January"},
	"es": {
		first:   []string{"Lucía", "Mateo", "Sofía", "Diego", "Carmen", "Pablo", "Elena", "Javier", "Marta"},
		last:    []string{"Navarro", "Castillo", "Romero", "Ibáñez", "Vidal", "Serrano", "Molina", "Prieto"},
		streets: []string{"calle Mayor %d, 28013 Madrid", "calle de Alcalá, nº %d, 28009 Madrid", "avenida del Puerto %d, 46021 Valencia"},
		locale:  "es-es", zone: "Europe/Madrid", phones: []string{"+1 305 555 01##", "+1 787 555 01##", "+44 7700 900###"},
		ibans: []string{"ES91 2100 0418 4502 0005 1332", "ES7921000813610123456789"}, amount: "%d,%02d €", date: "2 de January"},
}

// Test numbers of the card networks; they pass the check digit and belong to nobody.
var demoCards = []string{"4111 1111 1111 1111", "5555 5555 5555 4444", "4242 4242 4242 4242", "3782 822463 10005", "4012888888881881", "6011 1111 1111 1117"}

// demoMonths are the words for the months; Go writes them in English only.
var demoMonths = map[string][]string{
	"de": {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"es": {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
}

func (l demoLand) day(language string, t time.Time) string {
	word := t.Month().String()
	if words := demoMonths[language]; words != nil {
		word = words[t.Month()-1]
	}
	return strings.Replace(t.Format(strings.Replace(l.date, "January", "@", 1)), "@", word, 1)
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// newDemoPerson makes up somebody. n tells people apart, so that no two have the same ID.
func newDemoPerson(r *rand.Rand, n int) *demoPerson {
	p := &demoPerson{language: "en", optOut: r.IntN(10) == 0, wroteTo: map[int]bool{}, since: math.MaxInt64}
	switch v := r.IntN(100); {
	case v < 28:
		p.language = "de"
	case v < 38:
		p.language = "fr"
	case v < 46:
		p.language = "es"
	}
	land := demoLands[p.language]
	first, last := pick(r, land.first), pick(r, land.last)
	p.values = map[string]string{"name": first + " " + last, "iban": pick(r, land.ibans), "card": pick(r, demoCards),
		"street": fmt.Sprintf(pick(r, land.streets), 1+r.IntN(140)), "phone": digits(r, pick(r, land.phones)),
		"email": asciiName(first) + "." + asciiName(last) + pick(r, []string{"", "", fmt.Sprint(n % 90)}) + "@" + pick(r, []string{"example.com", "example.org", "example.net", "mail.example"}),
		"dob":   fmt.Sprintf("%02d.%02d.%d", 1+r.IntN(28), 1+r.IntN(12), 1948+r.IntN(56)), "ip": fmt.Sprintf("%s.%d", pick(r, []string{"192.0.2", "198.51.100", "203.0.113"}), 1+r.IntN(250)),
		"policy": fmt.Sprintf("P-%06d", r.IntN(1e6))}
	p.name(r, n)
	for range 1 + r.IntN(3) {
		p.services = append(p.services, r.IntN(len(demoServices)))
	}
	return p
}

// name gives a person IDs of one of the forms that applications and integrations use. Some of the first form have a second one.
func (p *demoPerson) name(r *rand.Rand, n int) {
	account := fmt.Sprintf("cust_%d", 1000+n)
	switch v := r.IntN(100); {
	case v < 55:
		p.ids = []string{account}
	case v < 67:
		p.ids = []string{"intercom_" + hexWord(r, 24)}
	case v < 79:
		p.ids = []string{slackID(r)}
	case v < 90:
		p.ids = []string{demoUUID(r)}
	default:
		p.ids = []string{fmt.Sprintf("%s-%d@customers.example", strings.ToLower(asciiName(p.values["name"])), n)}
	}
	if r.IntN(9) == 0 && p.ids[0] == account {
		p.ids = append(p.ids, slackID(r))
	}
}

// slackID is "slack_", the ID of the team and the ID of the member, with nothing between them (watson-api.md section 7).
func slackID(r *rand.Rand) string {
	return "slack_T024BE7LD" + "U" + word(r, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 8)
}

func hexWord(r *rand.Rand, n int) string { return word(r, "0123456789abcdef", n) }

func word(r *rand.Rand, letters string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[r.IntN(len(letters))]
	}
	return string(out)
}

func digits(r *rand.Rand, form string) string {
	return strings.Map(func(c rune) rune {
		if c == '#' {
			return rune('0' + r.IntN(10))
		}
		return c
	}, form)
}

// demoUUID is a version 4 UUID from the seed.
func demoUUID(r *rand.Rand) string {
	return fmt.Sprintf("%s-%s-4%s-%s%s-%s", hexWord(r, 8), hexWord(r, 4), hexWord(r, 3), pick(r, []string{"8", "9", "a", "b"}), hexWord(r, 3), hexWord(r, 12))
}

var plainLetters = strings.NewReplacer("ö", "oe", "Ö", "Oe", "ü", "ue", "ä", "ae", "ş", "s", "é", "e", "è", "e", "É", "E", "í", "i", "á", "a", "ñ", "n", " ", "-")

func asciiName(s string) string { return strings.ToLower(plainLetters.Replace(s)) }

// share spreads records over people with a long tail: the median has about five, a few have hundreds (performance.md measures with the
// same shape). Everybody has at least one, and the sum is exact.
func share(r *rand.Rand, people []*demoPerson, records int) {
	weights, sum := make([]float64, len(people)), 0.0
	for i := range people {
		weights[i] = math.Exp(1.6 * min(r.NormFloat64(), 3))
		sum += weights[i]
	}
	rest := records - len(people)
	left := rest
	for i, p := range people {
		n := int(weights[i] / sum * float64(rest))
		p.records, left = 1+n, left-n
	}
	for i := 0; left > 0; i, left = i+1, left-1 {
		people[i%len(people)].records++
	}
}
