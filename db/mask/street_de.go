package mask

import "strings"

// German

type street int

const (
	noStreet   street = iota
	weakStreet        // "Ring", "Markt": a street only where a town follows
	sureStreet
)

// streetSuffix tells whether a German compound names a street.
func streetSuffix(key string) street {
	for _, x := range []string{"strasse", "str", "gasse", "allee", "chaussee"} {
		if len(key) > len(x)+2 && strings.HasSuffix(key, x) {
			return sureStreet
		}
	}
	for _, x := range []string{"weg", "platz", "ufer", "damm", "ring", "steig", "pfad", "markt", "graben", "berg", "wall", "hof", "tor", "garten"} {
		if len(key) > len(x)+2 && strings.HasSuffix(key, x) {
			return weakStreet
		}
	}
	return noStreet
}

// streetDE reads "Hauptstr. 12", "Berliner Straße 5a", "Karl-Marx-Allee 34"
// around the street's last word at token i.
func (s *scan) streetDE(i int) (from, end int) {
	t := s.tok(i)
	sureness := streetSuffix(t.key)
	from = i
	if t.role&roleStreetDE != 0 {
		if from, sureness = s.streetHead(i), weakStreet; t.key == "strasse" || t.key == "str" || t.key == "allee" || t.key == "gasse" {
			sureness = sureStreet
		}
		if from == i {
			return i, i
		}
	}
	j := i + 1
	if s.tok(j).is('.') && s.glued(j) {
		j++
	}
	number := s.houseNumber(j)
	if number == j || s.tok(number).role&roleUnit != 0 {
		return i, i
	}
	end = s.town(number)
	if sureness == weakStreet && (!t.capital || end == number && !s.atHome(from)) {
		return i, i
	}
	return from, end
}

// streetHead goes back from "Straße" to the words of its name.
func (s *scan) streetHead(i int) int {
	from := i
	for k := 0; k < 4; k++ {
		p := s.tok(from - 1)
		switch {
		case p.is('-') && s.glued(from) && s.tok(from-2).class == word:
			from -= 2
		case from == i && p.class == word && p.capital && p.role&(roleStop|roleSays) == 0 && !s.tok(from).line:
			from--
		case p.class == word && p.capital && streetLead(p.key):
			return from - 1
		default:
			return from
		}
	}
	return from
}

// streetLead lists the words that begin names like "Am Alten Weg".
func streetLead(key string) bool {
	switch key {
	case "am", "an", "im", "in", "auf", "zum", "zur", "alte", "neue", "kleine", "grosse", "alter", "neuer":
		return true
	}
	return false
}
