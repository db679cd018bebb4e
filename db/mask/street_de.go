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
		if end = s.streetOf(i); end > i {
			return i, s.town(end)
		}
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
	if sureness == weakStreet && end == number && !(t.capital && s.atHome(from)) {
		return i, i
	}
	return from, end
}

// streetOf reads "Straße des 17. Juni 135" and "Platz der Republik 1" from its first word and returns the token after the number.
func (s *scan) streetOf(i int) int {
	switch j := i + 2; s.tok(i + 1).key {
	case "des", "der", "am", "zum", "zur", "an", "im":
		if s.tok(j).class == number && s.tok(j+1).is('.') && s.tok(j+2).role&roleMonth != 0 {
			j += 3
		} else if name := s.townName(j); name > j {
			j = name
		} else {
			return i
		}
		if end := s.houseNumber(j); end > j && s.tok(end).role&roleUnit == 0 {
			return end
		}
	}
	return i
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
