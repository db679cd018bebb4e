package mask

// English

// streetEN reads "221b Baker Street", "12 North 5th Ave."; typed in small
// letters only with the plainest words for a street.
func (s *scan) streetEN(i int) int {
	t := s.tok(i)
	if len(t.key) == 0 || len(t.key) > 6 || !isNum(t.key[0]) {
		return i
	}
	j := i + 1
	if (s.tok(j).is('-') || s.tok(j).is('/')) && s.glued(j) && s.tok(j+1).class == number {
		j += 2 // "12-14", and the flat before the house as in Scotland: "3/14"
	}
	if s.tok(j).is(',') {
		j++
	}
	capitals := true
	for words := 0; words < 5; words++ {
		t := s.tok(j)
		if words > 0 && t.class == word && s.streetWord(t, capitals) && s.tok(j-1).key != "way" {
			return s.streetEnd(j)
		}
		if t.class == mixed && words > 0 && s.ordinal(j) == 0 || t.class != word && s.ordinal(j) == 0 || t.line || t.role&(roleStop|roleUnit) != 0 && !t.capital {
			return i
		}
		capitals = capitals && (t.capital || t.class == mixed)
		if j++; s.tok(j).is('\'') {
			j += 2 // "King's Road"
		}
		if s.tok(j).is('.') && s.glued(j) {
			j++ // "St. James Street", "N. Main"
		}
	}
	return i
}

// streetWord tells whether t ends a street's name.
func (s *scan) streetWord(t *token, capitals bool) bool {
	if capitals && t.capital {
		return t.role&(roleStreetEN|roleStreetShort) != 0
	}
	switch t.key {
	case "street", "road", "avenue", "lane", "boulevard", "terrace", "crescent":
		return true
	}
	return false
}

// streetEnd passes a full stop and a direction after the street: "Ave. NW".
func (s *scan) streetEnd(j int) int {
	short := s.tok(j).role&roleStreetShort != 0
	end := j + 1
	if short && s.tok(end).is('.') && s.glued(end) && end+1 < len(s.tokens) {
		end++
	}
	switch s.tok(end).key {
	case "n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west":
		if s.tok(end).capital || len(s.tok(end).key) == 2 && !s.tok(j).capital {
			end++
		}
	}
	return end
}

// flatBefore goes back over "Flat 3, " before the house number.
func (s *scan) flatBefore(i int) int {
	j := i - 1
	if s.tok(j).role&roleUnitEN != 0 && s.tok(i).space {
		return j // "Flat 12, Maple Court"
	}
	if s.tok(j).is(',') {
		j--
	}
	if from := s.houseBefore(j); from <= j && j < i-1 {
		return from
	}
	if n := s.tok(j); (n.class == number || n.class == mixed) && s.tok(j-1).role&roleUnitEN != 0 {
		return j - 1
	}
	return i
}

// houseBefore goes back over a house's name that ends with token j: "The Willows, ", "Rose Cottage, ". It returns j+1 where none stands.
func (s *scan) houseBefore(j int) int {
	from, named := j+1, false
	for k := 0; k < 4 && s.tok(from-1).class == word && s.tok(from-1).capital && !s.tok(from).line; k++ {
		from--
		named = named || s.tok(from).key == "the" && from < j
		if k == 0 {
			switch s.tok(from).key {
			case "cottage", "house", "lodge", "farm", "manor", "court", "hall", "barn", "villa", "building", "tower", "point", "mill", "grange":
				named = true
			}
		}
		if s.tok(from).key == "the" {
			break
		}
	}
	if !named {
		return j + 1
	}
	return from
}

// tailEN reads what follows an English street: a flat, a town, a state with
// its ZIP code, a postcode.
func (s *scan) tailEN(end int) int {
	end = s.flatEN(end)
	for range 3 {
		j := end
		if s.tok(j).is(',') || s.tok(j).key == "in" {
			j++
		}
		to := s.codeEN(j)
		if to == j {
			if to = s.townName(j); to == j || j == end && s.codeEN(to) == to {
				return s.lowerTail(end, j)
			}
			next := to
			if s.tok(next).is(',') {
				next++
			}
			if code := s.codeEN(next); code > next {
				return code
			}
			if t := s.tok(to); t.class == number && len(t.key) <= 2 && s.clauseEnds(to+1) {
				return to + 1 // "Dublin 2"
			}
			if !s.clauseEnds(to) {
				return end
			}
		}
		end = to
	}
	return end
}

// lowerTail reads "washington, dc 20500" and "aberdeen ab24 5aa" from token j: what was typed in small letters is a town only where its
// state and ZIP code or its postcode follow. It returns end where they do not.
func (s *scan) lowerTail(end, j int) int {
	for words := 0; words < 4; words++ {
		t := s.tok(j)
		if t.is(',') && words > 0 {
			j++
			t = s.tok(j)
		}
		if usState[t.key] && s.tok(j+1).class == number && len(s.tok(j+1).key) == 5 {
			return j + 2
		}
		if out, in := t.key, s.tok(j+1).key; words > 0 && t.class == mixed && outward(out) && inward(in) {
			return j + 2
		}
		if t.class != word || t.line || t.role&(roleSays|roleHome) != 0 {
			return end
		}
		j++
	}
	return end
}

// usState lists the abbreviations of the United States Postal Service.
var usState = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, `al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd
		tn tx ut vt va wa wv wi wy pr`, m)
	return m
}()

func (s *scan) flatEN(end int) int {
	j := end
	if s.tok(j).is(',') {
		j++
	}
	if s.tok(j).is('#') {
		j++
	} else if s.tok(j).role&roleUnitEN != 0 {
		if j++; s.tok(j).is('.') || s.tok(j).is('#') {
			j++
		}
	} else {
		return end
	}
	if t := s.tok(j); t.class == number || t.class == mixed || t.class == word && len(t.key) == 1 {
		return j + 1
	}
	return end
}

// codeEN reads "NY 10118", "CA 90210-1234", "90210" or a British postcode.
func (s *scan) codeEN(i int) int {
	j := i
	if t := s.tok(j); t.class == word && len(t.key) == 2 && t.capital {
		j++
	}
	if t := s.tok(j); t.class == number && len(t.key) == 5 {
		if s.tok(j+1).is('-') && s.glued(j+1) && s.tok(j+2).class == number {
			return j + 3
		}
		return j + 1
	}
	return s.postcodeUK(i)
}

// postcodeUK reads "SW1A 1AA": capitals, unless the text speaks of an address.
func (s *scan) postcodeUK(i int) int {
	out, in := s.tok(i), s.tok(i+1)
	if out.class != mixed {
		return i
	}
	if len(out.key) >= 5 && len(out.key) <= 7 {
		if n := len(out.key) - 3; outward(out.key[:n]) && inward(out.key[n:]) && s.atHome(i) {
			return i + 1
		}
		return i
	}
	if in.class != mixed || in.line || !outward(out.key) || !inward(in.key) || !out.capital && !s.atHome(i) {
		return i
	}
	return i + 2
}

func outward(key string) bool {
	for _, p := range []string{"a9", "a99", "aa9", "aa99", "a9a", "aa9a"} {
		if shape([]byte(key), p) {
			return true
		}
	}
	return false
}

func inward(key string) bool { return shape([]byte(key), "9aa") }

// boxEN reads "PO Box 1234" and "Postfach 12 34".
func (s *scan) boxEN(i int) int {
	j := i
	switch s.tok(i).key {
	case "postfach":
		j++
	case "po", "p":
		for k := 0; k < 3 && s.tok(j).key != "box"; k++ {
			j++
		}
		if s.tok(j).is('.') {
			j++
		}
		if s.tok(j).key != "box" {
			return i
		}
		j++
	default:
		return i
	}
	if s.tok(j).class != number {
		return i
	}
	for range 3 {
		if t := s.tok(j + 1); t.class == number && len(t.key) <= 3 {
			j++
		}
	}
	if s.tok(i).key == "postfach" {
		return s.town(j + 1)
	}
	return s.tailEN(j + 1)
}
