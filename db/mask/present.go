package mask

// What names are found by that no phrase introduces: a signature, somebody who says that he or she is there, a full name.

// signature claims the name that ends its line after a closing, with a comma or a line break between: "Cheers, Dave".
func (s *scan) signature(j int) bool {
	parted := s.tok(j).line
	for k := 0; k < 2 && (s.tok(j).is(',') || s.tok(j).is('!') || s.tok(j).is('.') || s.tok(j).is('-') || s.tok(j).is(':')); k++ {
		parted = true
		j++
	}
	from := s.skipPossessive(j)
	end, words := s.capture(from)
	if words == 0 {
		t := s.tok(from)
		return s.lineEnds(from+1) && t.class == word && t.role&roleGiven != 0 && t.role&roleAlsoWord == 0 && s.claim(from, from+1, Name)
	}
	known := s.tok(from).role&roleGiven != 0
	if from > j && !known || !known && !parted || words > 3 || !s.lineEnds(end) {
		return false
	}
	return s.claim(from, end, Name)
}

// skipPossessive passes "Ihre Renate Busch", "your Anna".
func (s *scan) skipPossessive(j int) int {
	switch s.tok(j).key {
	case "ihr", "ihre", "dein", "deine", "euer", "eure", "your", "yours", "votre", "ton", "ta", "su", "tu":
		return j + 1
	}
	return j
}

// lineEnds tells whether the line ends at token i, or a mark there ends its sentence.
func (s *scan) lineEnds(i int) bool {
	if i >= len(s.tokens) || s.tok(i).line {
		return true
	}
	return (s.tok(i).is('.') || s.tok(i).is(',')) && (i+1 >= len(s.tokens) || s.tok(i+1).line)
}

// here lists the words by which somebody says that he or she is there.
func here(key string) bool {
	switch key {
	case "here", "hier", "ici", "aqui", "speaking":
		return true
	}
	return false
}

// present claims the name before "here" or "speaking" at token i: "Marta here again", "hi, tom baker here, my card …".
func (s *scan) present(i int) {
	if !s.turnsAfter(i + 1) {
		return
	}
	from := s.clauseStart(i)
	words := i - from
	first := s.tok(from)
	if words < 1 || words > 3 {
		return
	}
	known := first.role&roleGiven != 0 && (first.capital || first.role&roleAlsoWord == 0)
	capitals := true
	for j := from; j < i; j++ {
		capitals = capitals && s.nameWord(j)
		if t := s.tok(j); t.class != word || t.role&(roleStop|roleSays|roleTitle) != 0 && t.role&roleGiven == 0 {
			return
		}
	}
	if known || capitals && (words > 1 || s.tok(i).key == "speaking") {
		s.claim(from, i, Name)
	}
}

func (s *scan) turnsAfter(i int) bool {
	if s.clauseEnds(i) {
		return true
	}
	switch s.tok(i).key {
	case "again", "from", "calling", "and", "nochmal", "noch", "wieder", "encore", "otra", "aus", "vom", "von", "und", "y", "et":
		return true
	}
	return false
}

// clauseStart goes back from token i to the first word of its clause, and passes a greeting.
func (s *scan) clauseStart(i int) int {
	from := i
	for from > 0 && i-from < 6 && s.tok(from-1).class == word && !s.tok(from).line {
		from--
	}
	for from < i {
		switch s.tok(from).key {
		case "hi", "hello", "hey", "hallo", "moin", "hola", "bonjour", "salut", "there", "it", "its", "s", "yes", "ja", "oui", "si", "guten", "tag", "this", "is",
			"again", "morgen", "morning", "good", "servus", "and":
			from++
		default:
			return from
		}
	}
	return from
}

// fullNames claims a known given name with a family name after it, wherever it stands. Capitals alone prove nothing in a text of capitals,
// nor does the name of a street, a house or a trade mark.
func (s *scan) fullNames() {
	for i := 0; i < len(s.tokens); i++ {
		if !s.fullName(i) {
			continue
		}
		if end, words := s.capture(i); words >= 2 && s.tok(end).role&(roleInstitution|roleStreetEN|roleStreetDE) == 0 {
			s.claim(i, end, Name)
			i = end - 1
		}
	}
}

func (s *scan) fullName(i int) bool {
	t, next := s.tok(i), s.tok(i+1)
	if t.class != word || !t.capital || t.role&roleGiven == 0 || t.role&(roleAlsoWord|roleStop) != 0 || !s.proper(i) {
		return false
	}
	if p := s.tok(i - 1); !t.line && (p.key == "st" || p.key == "saint" || p.key == "san" || p.key == "santa" || p.key == "sankt" || p.role&(roleStreetFR|roleStreetES) != 0 || p.class == word && p.capital && p.role&(roleStop|roleTitle|roleLabel) == 0 || (p.is('-') || p.is('\'')) && s.glued(i)) {
		return false
	}
	if !next.space || next.class != word || !s.proper(i+1) || next.role&(roleInstitution|roleStreetEN|roleStreetDE|roleMonth) != 0 || trademark[t.key+" "+next.key] {
		return false
	}
	return next.role&roleParticle != 0 || next.capital && s.nameWord(i+1)
}

// proper tells whether token i is not written in capitals all through.
func (s *scan) proper(i int) bool {
	t := s.tok(i)
	return len(t.key) < 2 || !s.capitals(i, i+1)
}

// trademark lists goods, houses and people of history that have the names of people.
var trademark = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range trademarks {
		m[name] = true
	}
	return m
}()

var trademarks = []string{
	"hugo boss", "calvin klein", "jack daniels", "jack daniel", "jack wolfskin", "tommy hilfiger", "ralph lauren", "paul smith", "michael kors",
	"christian dior", "yves rocher", "yves saint", "louis vuitton", "kate spade", "pierre cardin", "karl lagerfeld", "philipp plein", "marc jacobs",
	"carolina herrera", "adolfo dominguez", "giorgio armani", "bruno banani", "max mara", "martin luther", "charles de", "victor hugo", "karl marx",
	"rosa luxemburg", "john lewis", "johnnie walker", "jamie oliver", "harry potter", "taylor swift", "elvis presley", "oliver twist", "robin hood",
	"laura ashley", "vera bradley", "emma matratze", "george washington", "john deere", "johnny walker", "anne frank", "john kennedy", "albert einstein",
	"thomas cook", "roland garros", "paul hewitt", "daniel wellington", "thomas sabo", "peter pan", "maria galland", "isabel marant", "james bond",
	"charlie chaplin", "otto versand", "thomas mann", "adam opel", "henry ford", "jean monnet", "jean jaures", "simon bolivar", "miguel cervantes",
	"sam adams", "ben jerry", "charlotte tilbury", "tony hawk", "stella artois", "santa maria", "maria theresia", "philip morris", "james dean",
	"sebastian kneipp", "robert bosch", "oscar mayer", "sara lee", "marie curie", "louis pasteur", "johannes gutenberg", "max planck", "marie claire",
	"jean paul", "helena rubinstein", "antonio banderas", "paco rabanne", "jimmy choo", "alexander wang", "monica vinader", "nina ricci",
}
