package mask

// addresses finds postal addresses by their patterns. English and French begin
// with the house number, German and Spanish end with it.
func (s *scan) addresses() {
	for i := 0; i < len(s.tokens); i++ {
		t := s.tok(i)
		from, end := i, i
		switch t.class {
		case number, mixed:
			from, end = s.addressAtNumber(i)
		case word:
			from, end = s.addressAtWord(i, t)
		}
		if end > from && s.claim(from, end, Address) {
			i = end - 1
		}
	}
}

// addressAtNumber reads an address that begins with a number: a house number,
// a British postcode or, where the text speaks of an address, a town's code.
func (s *scan) addressAtNumber(i int) (from, end int) {
	if !s.leftFree(i) {
		return i, i
	}
	if end = s.streetFR(i); end > i && (!s.tok(i+1).capital || s.tok(i+1).is(',')) {
		return s.blockBefore(i), s.town(end)
	}
	if end = s.streetEN(i); end > i {
		if s.tok(end).is(',') { // a house in a street: "12, Maple Court, 5 Priory Road"
			if street := s.streetEN(end + 1); street > end+1 {
				end = street
			}
		}
		return s.flatBefore(i), s.tailEN(end)
	}
	if end = s.streetFR(i); end > i {
		return s.blockBefore(i), s.town(end)
	}
	if end = s.postcodeUK(i); end > i && !s.against(i) {
		return s.headUK(i), end
	}
	if end = s.townHere(i); end > i {
		if street := s.streetAfter(end); street > end {
			return i, street
		}
		if s.atHome(i) {
			return i, end
		}
	}
	return s.beforeTown(i)
}

// headUK goes back from a British postcode over towns, streets and houses in capitals: "Highfield Farm, Mill Road, Ludlow SY8 1AB".
func (s *scan) headUK(i int) int {
	from, street := i, i
	for k := 0; k < 12; k++ {
		t := s.tok(from - 1)
		switch {
		case s.tok(from).line && k > 0, t.class == word && (!t.capital || t.role&roleSays != 0):
			return street
		case t.class == word:
			from--
			if t.role&(roleStreetEN|roleInstitution) != 0 || t.key == "farm" || t.key == "cottage" {
				street = from
			} else if street < i && street == from+1 {
				street = from
			}
		case t.is(',') && k > 0:
			from--
		default:
			return street
		}
	}
	return street
}

// streetAfter reads ", Domkloster 4" after a town, the order of forms that begin with the code.
func (s *scan) streetAfter(end int) int {
	if !s.tok(end).is(',') {
		return end
	}
	name := s.townName(end + 1)
	if number := s.houseNumber(name); name > end+1 && number > name && (s.clauseEnds(number) || streetSuffix(s.tok(name-1).key) == sureStreet) {
		return number
	}
	return end
}

// blockBefore goes back over "Bâtiment C, " and "Appt 12, " before a French house number.
func (s *scan) blockBefore(i int) int {
	j := i - 1
	if s.tok(j).is(',') {
		j--
	}
	switch s.tok(j - 1).key {
	case "batiment", "bat", "appartement", "appt", "apt", "escalier", "etage", "porte", "immeuble":
		if s.tok(j).alnum() && len(s.tok(j).key) <= 4 {
			return j - 1
		}
	}
	return i
}

// beforeTown reads "Unter den Linden 77, 10117 Berlin": what follows shows
// that the words before the number are a street, whatever they are.
func (s *scan) beforeTown(i int) (from, end int) {
	j := s.houseNumber(i)
	if j == i || !s.tok(j).is(',') || !s.tok(i-1).capital {
		return i, i
	}
	end = s.townHere(j + 1)
	if end == j+1 || len(s.tok(j+1).key) != 5 {
		return i, i
	}
	from = i - 1
	for k := 0; k < 3; k++ {
		p := s.tok(from - 1)
		if p.is('-') && s.glued(from) {
			p = s.tok(from - 2)
			from--
		}
		if p.class != word || s.tok(from).line || !p.capital && !townJoint(p.key) && p.key != "den" && p.key != "dem" {
			break
		}
		from--
	}
	for from < i && !s.tok(from).capital {
		from++
	}
	return from, end
}

// addressAtWord reads an address that begins with its street.
func (s *scan) addressAtWord(i int, t *token) (from, end int) {
	if t.role&roleStreetES != 0 {
		if end = s.streetES(i); end > i {
			return i, s.town(s.floorES(end))
		}
	}
	if t.role&roleStreetDE != 0 || streetSuffix(t.key) != noStreet {
		return s.streetDE(i)
	}
	if t.key == "lieu" && s.tok(i+2).key == "dit" || t.key == "lieudit" {
		j := i + 1
		if t.key == "lieu" {
			j = i + 3
		}
		if name := s.townName(j); name > j && s.town(name) > name {
			return i, s.town(name)
		}
	}
	if end = s.boxEN(i); end > i {
		return i, end
	}
	if t.capital && len(t.key) <= 2 && s.tok(i+1).is('-') && s.glued(i+2) && len(s.tok(i+2).key) == 5 { // "D-50667 Köln, Domkloster 4"
		if town := s.townHere(i + 2); town > i+2 && s.streetAfter(town) > town {
			return i, s.streetAfter(town)
		}
	}
	return i, i
}

// atHome tells whether an address was announced shortly before token i.
func (s *scan) atHome(i int) bool {
	for j, words := i-1, 0; j >= 0 && words < 5; j-- {
		t := s.tok(j)
		if t.role&roleHome != 0 {
			return true
		}
		if t.class == hidden || s.ends(j) {
			return false
		}
		if t.class != punct {
			words++
		}
	}
	return false
}

// town reads ", 10115 Berlin" after a street; it returns end where none follows.
func (s *scan) town(end int) int {
	j := end
	for k := 0; k < 2 && (s.tok(j).is(',') || s.tok(j).is('-') || s.tok(j).key == "in" || s.tok(j).key == "a" || s.tok(j).key == "en"); k++ {
		j++
	}
	if to := s.townHere(j); to > j {
		return to
	}
	if to := s.lowerTown(j); to > j {
		return to
	}
	if j > end && s.tok(j-1).class == word {
		if to := s.townName(j); to > j {
			return to
		}
	}
	if j > end && s.tok(j-1).is(',') {
		if to := s.townName(j); to > j && s.clauseEnds(to) {
			return to
		}
	}
	return end
}

// lowerTown reads "41010 sevilla" after a street that was typed in small letters.
func (s *scan) lowerTown(j int) int {
	code, name := s.tok(j), s.tok(j+1)
	if code.class == number && (len(code.key) == 5 || len(code.key) == 4 && s.tok(j-1).is(',')) && name.class == word && !name.line && len(name.key) > 2 && name.role&(roleStop|roleSays|roleUnit|roleMonth) == 0 {
		return j + 2
	}
	return j
}

// clauseEnds tells whether a mark or the text's end comes at token i, so that
// the words before it were a town rather than the next clause's first.
func (s *scan) clauseEnds(i int) bool {
	return i >= len(s.tokens) || s.tok(i).class == punct || s.tok(i).line
}

// townHere reads "10115 Berlin", "D-10115 Berlin", "1010 Wien" at token i.
func (s *scan) townHere(i int) int {
	j := i
	if t := s.tok(j); t.class == word && len(t.key) <= 2 && s.tok(j+1).is('-') {
		j += 2
	}
	t := s.tok(j)
	if t.class != number || len(t.key) != 5 && len(t.key) != 4 || len(t.key) == 4 && isYear(s.number(j)) && !s.atHome(j) {
		return i
	}
	if end := s.townName(j + 1); end > j+1 {
		return end
	}
	return i
}

// townName reads up to three words in capitals, joined by "am", "sur", "de la".
func (s *scan) townName(i int) int {
	end := i
	for j, words := i, 0; words < 3; {
		t := s.tok(j)
		if t.class != word || t.line {
			break
		}
		if !t.capital || t.role&(roleStop|roleSays) != 0 && !s.townLead(j) {
			if words == 0 || !townJoint(t.key) || !s.tok(j+1).capital {
				break
			}
			j++
			continue
		}
		words++
		end = j + 1
		j = end
		if s.tok(j).is('-') && s.glued(j) && s.glued(j+1) {
			j = s.hyphened(j)
			end = j
		}
	}
	return end
}

// townLead tells of a first word that is a common word elsewhere: "Bad
// Homburg", "Los Angeles", "New York".
func (s *scan) townLead(j int) bool {
	switch s.tok(j).key {
	case "a", "san", "santa", "bad", "los", "las", "la", "le", "les", "el", "new", "den", "sur":
		return s.tok(j+1).class == word && s.tok(j+1).capital && !s.tok(j+1).line
	}
	return false
}

// hyphened passes the parts of "Saint-Germain-en-Laye" from its first hyphen.
func (s *scan) hyphened(j int) int {
	for s.tok(j).is('-') && s.glued(j) && s.glued(j+1) && s.tok(j+1).class == word {
		j += 2
	}
	return j
}

func townJoint(key string) bool {
	switch key {
	case "am", "an", "der", "im", "in", "bei", "ob", "sur", "de", "la", "le", "les", "del", "los", "sous", "en", "d", "l":
		return true
	}
	return false
}

// houseNumber reads "12", "12a", "12 a", "12-14", "12 bis" and returns the
// token after it, i where none stands.
func (s *scan) houseNumber(i int) int {
	t := s.tok(i)
	if t.class != number && t.class != mixed || len(t.key) > 5 || !isNum(t.key[0]) || t.class == number && len(t.key) > 4 {
		return i
	}
	if t.class == mixed && isNum(t.key[len(t.key)-1]) {
		return i
	}
	end := i + 1
	for range 3 {
		if sep := s.tok(end); (sep.is('-') || sep.is('/')) && s.glued(end) && s.glued(end+1) && s.tok(end+1).class == number && len(s.tok(end+1).key) <= 4 {
			end += 2
		}
	}
	switch n := s.tok(end); {
	case n.key == "bis" || n.key == "ter" || n.key == "quater":
		end++
	case n.class == word && len(n.key) == 1 && n.key <= "f" && s.clauseEnds(end+1):
		end++
	}
	return end
}
