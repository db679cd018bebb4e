package mask

import "strings"

// maxNameWords bounds a name; four is a Spanish one with two given names.
const maxNameWords = 4

// name claims the name that begins at token i, if the trust allows one.
func (s *scan) name(i int, t trust) bool {
	i = s.skipMarks(i)
	said := i
	if t == certain {
		i = s.skipFillers(i)
	}
	own := s.ownCapital(said, i)
	i = s.skipTitles(i, t >= doubt)
	end, words := s.capture(i)
	first := s.tok(i)
	switch first.key {
	case "den", "die", "das", "dem", "der", "des":
		return false // "ich heiße den Vorschlag gut"
	}
	if words == 0 {
		return s.lowerName(i, t)
	}
	switch {
	case t <= capital, first.role&roleGiven != 0:
	case t == doubt && words >= 2 && first.role&roleTitle == 0:
	case t == doubt && words == 1 && s.clauseTurns(end) && s.oddWord(i):
	case s.calls(end):
	default:
		return false
	}
	return s.claim(min(own, i), end, Name)
}

// ownCapital returns the first of the fillers [i, end) with a capital: it is part of the name, as in "my name is En Lee". Where none has one it is
// the end of all tokens.
func (s *scan) ownCapital(i, end int) int {
	for ; i < end; i++ {
		if s.tok(i).capital && s.proper(i) {
			return i
		}
	}
	return len(s.tokens)
}

// oddWord tells of a capital in the midst of a sentence that neither a noun of German nor an adjective explains: "I am Kwabena and".
func (s *scan) oddWord(i int) bool {
	t := s.tok(i)
	if !s.proper(i) || s.tok(i-1).key == "bin" || s.tok(i-1).key == "im" || t.role&^(roleGiven|roleAlsoWord) != 0 || len(t.key) < 3 {
		return false
	}
	for _, end := range []string{"ing", "ed", "ish", "an", "ese", "ic", "ien", "ienne", "ais", "aise", "ois", "oise", "ano", "ana", "er", "or", "ist", "ive"} {
		if strings.HasSuffix(t.key, end) {
			return false
		}
	}
	return !belonging[t.key]
}

// belonging lists peoples, faiths and the like.
var belonging = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, `muslim jewish christian hindu catholic sikh vegan gluten dutch greek swiss polish turk welsh scots french czech thai arab kurd
		dane swede finn pole madrid london parisien parisienne madrilena chilena gold silver platinum premium basic business first economy type
		client aware legit covid fed team`, m)
	return m
}()

// skipMarks passes the marks between a phrase and the name: `Name: "Anna"`.
func (s *scan) skipMarks(i int) int {
	for k := 0; k < 2; k++ {
		t := s.tok(i)
		if !t.is(':') && !t.is(',') && !t.is('"') && !t.is('\'') && !t.is('-') && !t.is('(') {
			break
		}
		i++
	}
	return i
}

// skipTitles passes "Frau Dr." and, where a given name must follow anyway, an
// article ("ich bin die Anna").
func (s *scan) skipTitles(i int, article bool) int {
	for k := 0; k < 3; k++ {
		t := s.tok(i)
		key := t.key
		if t.role&roleTitle == 0 && !(article && (key == "die" || key == "der" || key == "la" || key == "el")) {
			break
		}
		for i++; s.tok(i).is('.') || faculty(s.tok(i).key); {
			i++
		}
	}
	return i
}

// faculty lists what stands between a doctor and the name: "Dr. med. dent. Ulrike Sommer".
func faculty(key string) bool {
	switch key {
	case "med", "dent", "rer", "nat", "ing", "habil", "phil", "jur", "pol", "oec", "vet", "mult", "dipl":
		return true
	}
	return false
}

// calls tells whether the words of a caller follow: "… calling from Leeds".
func (s *scan) calls(i int) bool {
	switch s.tok(i).key {
	case "calling", "speaking", "here", "again":
		return true
	case "from":
		return s.tok(i+1).capital || s.tok(i+1).key == "the"
	}
	return false
}

// capture reads a name in capitals from token i on and counts its words;
// particles, initials, hyphens and apostrophes may join them.
func (s *scan) capture(i int) (end, words int) {
	end = i
	for j := i; words < maxNameWords; {
		t := s.tok(j)
		if t.class != word || t.line && j > i {
			return end, words
		}
		if !s.nameWord(j) {
			if j = s.particles(j); j == 0 {
				return end, words
			}
			continue
		}
		words++
		end = j + 1
		j = s.joined(end)
	}
	return end, words
}

// nameWord tells whether token i can be part of a name by itself.
func (s *scan) nameWord(i int) bool {
	t := s.tok(i)
	if t.class != word || !t.capital || t.role&roleAlsoWord != 0 {
		return t.class == word && t.capital
	}
	if len(t.key) == 1 && (s.tok(i+1).is('\'') || s.tok(i+1).is('.')) && s.glued(i+1) && s.tok(i+2).capital {
		return true // "O'Brien", "A. Smith": the letter is no word here
	}
	return t.role&(roleStop|roleSays|roleBirth|roleBirthday|roleLabel|roleEvent) == 0
}

// particles passes "von der" and the like; 0 where no name goes on after it.
func (s *scan) particles(j int) int {
	for k := 0; k < 3; k++ {
		t := s.tok(j)
		if t.role&roleParticle == 0 || t.line {
			return 0
		}
		if j++; s.tok(j).is('\'') || s.tok(j).is('-') && s.glued(j) && s.glued(j+1) {
			j++
		}
		if s.tok(j).role&rolePlace != 0 {
			return 0
		}
		if s.nameWord(j) {
			return j
		}
	}
	return 0
}

// joined passes what joins the words of one name: "Anna-Lena", "O'Brien",
// "J. Smith".
func (s *scan) joined(j int) int {
	t := s.tok(j)
	switch {
	case (t.is('-') || t.is('\'')) && s.glued(j) && s.glued(j+1) && s.tok(j+1).capital:
		return j + 1
	case t.is('.') && len(s.tok(j-1).key) == 1 && s.tok(j+1).capital:
		return j + 1
	}
	return j
}

// lowerName claims a name that was typed without capitals.
func (s *scan) lowerName(i int, t trust) bool {
	first := s.tok(i)
	if t == capital || first.class != word || first.role&(roleStop|roleSays|roleTrigger|roleBirth) != 0 {
		return false
	}
	one := s.lowerWord(i)
	two := one
	if s.lowerPart(one) {
		two = s.lowerWord(one)
	}
	more := two > one && s.lowerPart(two)
	known := first.role&roleGiven != 0 && first.role&roleAlsoWord == 0
	switch {
	case t == certain && !more:
		return s.claim(i, two, Name)
	case t == certain:
		return first.role&roleGiven != 0 && s.claim(i, two, Name)
	case !known:
		return false
	case two > one && (!more && t == doubt || s.clauseTurns(two)):
		return s.claim(i, two, Name)
	}
	return s.claim(i, one, Name)
}

// lowerWord returns the end of the word at token i, with what is glued to it: "jean-baptiste", "o'brien".
func (s *scan) lowerWord(i int) int {
	j := i + 1
	for j < i+6 && (s.tok(j).is('-') || s.tok(j).is('\'')) && s.glued(j) && s.glued(j+1) && s.tok(j+1).class == word {
		j += 2
	}
	return j
}

// lowerPart tells whether the word at token i can go on a name.
func (s *scan) lowerPart(i int) bool {
	t := s.tok(i)
	return t.class == word && (t.role&(roleStop|roleSays|roleBirth|roleBirthday) == 0 || s.lowerWord(i) > i+1) && !t.line
}

// clauseTurns tells whether what comes at token i cannot go on a name, so that the word before it may have ended one.
func (s *scan) clauseTurns(i int) bool {
	if s.clauseEnds(i) {
		return true
	}
	switch s.tok(i).key {
	case "here", "hier", "ici", "aqui", "from", "calling", "speaking", "again", "and", "und", "et", "y", "aus", "de":
		return true
	}
	return false
}

// titled claims the name after "Mr", "Frau", "Mme" or "Sra.".
func (s *scan) titled(i int) {
	t := s.tok(i)
	if !t.capital && !lowerTitle(t.key) || t.key == "m" && !s.tok(i+1).is('.') || s.tok(i-1).is('\'') {
		return
	}
	j := s.skipTitles(i, false)
	switch s.tok(j).key {
	case "der", "die", "das", "des", "dem", "den", "mit", "in", "und", "oder":
		return // "Herr der Ringe"
	}
	if end, words := s.capture(j); words > 0 {
		if !brand(t.key, s.tok(j).key) {
			s.claim(j, end, Name)
		}
		return
	}
	addressed := t.key == "mr" || t.key == "mrs" || lowerTitle(t.key) && !owners[s.tok(i-1).key] && !article(s.tok(i-1).key) && s.clauseEnds(j+1)
	if next := s.tok(j); j > i && addressed && next.class == word && next.role&(roleStop|roleSays) == 0 {
		s.claim(j, j+1, Name)
	}
}

func article(key string) bool {
	switch key {
	case "eine", "die", "der", "den", "ein", "einen", "einem", "einer", "diese", "keine", "the", "a", "la", "le", "el", "une", "un", "una", "no":
		return true
	}
	return false
}

// lowerTitle lists the titles that stand before a name without a capital.
func lowerTitle(key string) bool {
	switch key {
	case "mr", "mrs", "senor", "senora", "senorita", "sr", "sra", "don", "dona", "monsieur", "madame", "mademoiselle", "herr", "frau", "herrn", "doctor", "doctora",
		"docteur", "docteure", "doktor", "dr", "prof", "mme", "mlle", "ms", "miss", "professor":
		return true
	}
	return false
}

// brand knows the products that are named like people.
func brand(title, name string) bool {
	switch title + " " + name {
	case "dr oetker", "dr pepper", "dr martens", "dr beckmann", "dr hauschka", "dr best", "dr dre", "mr clean", "mr coffee", "mr bean", "mr robot",
		"mr wash", "mr muscle", "mrs doubtfire", "madame tussauds", "madame bovary", "don quijote", "don quixote", "don giovanni", "don simon",
		"herr ober", "frau holle", "herr doktor", "frau doktor", "herr professor", "frau professor", "herr gott", "mr right", "mr big", "dr house", "dr no",
		"dr who", "mr spock", "miss sixty", "miss dior", "ms office", "ms word", "ms excel", "ms teams", "ms windows", "ms outlook", "sir galahad", "monsieur cuisine",
		"dr scholl", "miss universe", "miss world", "prof pro":
		return true
	}
	return false
}

// labelled claims what a form's label announces: "Name: …", but not "Product
// name: …". Without a mark, a given name must follow ("Vorname Peter").
func (s *scan) labelled(i int) {
	if (s.tok(i).key != "name" || s.tok(i+1).role&roleAlsoWord == 0) && s.tok(i+1).role&roleGiven != 0 && s.tok(i+1).capital {
		s.name(i+1, given)
		return
	}
	switch s.tok(i + 1).key {
	case "is", "ist", "est", "es", "heisst", "lautet", "called", "named":
		if !s.ofThing(i) {
			s.name(i+2, doubt)
		}
		return
	}
	if j := i + 1; (s.tok(j).is(':') || s.tok(j).is('=') || s.tok(j).is('-') && s.tok(j).space && s.tok(j+1).space) && s.ownLabel(i) {
		if s.name(j+1, capital) {
			return
		}
		if nameLabel(s.tok(i).key) {
			s.name(j+1, certain)
		} else if s.tok(j+1).role&roleGiven != 0 {
			s.name(j+1, given)
		}
	}
}

// nameLabel tells of labels after which nothing but a name stands, in small letters or not.
func nameLabel(key string) bool {
	switch key {
	case "name", "nom", "nombre", "vorname", "nachname", "prenom", "apellido", "apellidos", "firstname", "lastname", "surname", "forename", "fullname":
		return true
	}
	return false
}

// ownLabel tells whether the label at token i is a person's.
func (s *scan) ownLabel(i int) bool {
	p := s.tok(i - 1)
	if p.class != word || s.tok(i).line {
		return !p.is('-') || !s.glued(i)
	}
	switch p.key {
	case "first", "last", "full", "given", "family", "middle", "contact", "customer", "cardholder", "holder", "your", "my", "mein", "ihr", "mon",
		"votre", "mi", "su", "kunde", "legal", "and", "und", "et", "y", "kompletter", "voller", "billing", "guest", "patient", "caller":
		return true
	}
	return p.role&roleLabel != 0
}

// closed claims the name before a closing that begins at token i.
func (s *scan) closed(i int, key string) {
	for _, words := range closings {
		if words[0] == key && s.phrase(i, words) > i {
			from := i
			if s.tok(i - 1).is(',') {
				from--
			}
			s.nameBefore(from)
			return
		}
	}
}

// nameBefore claims up to three words in capitals that end before token end.
func (s *scan) nameBefore(end int) {
	from := end
	for k := 0; k < 3 && s.nameWord(from-1) && s.tok(from-1).role&roleTitle == 0; k++ {
		from--
		if s.tok(from).line || s.tok(from-1).is('-') && s.glued(from) {
			break
		}
	}
	if from < end {
		s.claim(from, end, Name)
	}
}
