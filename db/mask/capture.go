package mask

// maxNameWords bounds a name; four is a Spanish one with two given names.
const maxNameWords = 4

// name claims the name that begins at token i, if the trust allows one.
func (s *scan) name(i int, t trust) bool {
	i = s.skipMarks(i)
	i = s.skipTitles(i, t >= doubt)
	end, words := s.capture(i)
	first := s.tok(i)
	if words == 0 {
		return s.lowerName(i, t)
	}
	switch {
	case t <= capital, first.role&roleGiven != 0:
	case t == doubt && words >= 2 && first.role&roleTitle == 0:
	case s.calls(end):
	default:
		return false
	}
	return s.claim(i, end, Name)
}

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
		if i++; s.tok(i).is('.') {
			i++
		}
	}
	return i
}

// calls tells whether the words of a caller follow: "… calling from Leeds".
func (s *scan) calls(i int) bool {
	switch s.tok(i).key {
	case "calling", "speaking", "here", "again":
		return true
	case "from":
		return s.tok(i+1).class == word
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
		if j++; s.tok(j).is('\'') {
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
	known := first.role&roleGiven != 0 && first.role&roleAlsoWord == 0
	end := s.lowerWords(i)
	if t != certain {
		if t != doubt || end-i > 2 {
			end = i + 1
		}
		return known && s.claim(i, end, Name)
	}
	switch {
	case end-i <= 2:
		return s.claim(i, end, Name)
	case known || first.role&roleGiven != 0:
		return s.claim(i, i+2, Name)
	}
	return false
}

// lowerWords returns the end of the words that follow without a mark or a word
// that is never part of a name.
func (s *scan) lowerWords(i int) int {
	j := i
	for ; j < i+4; j++ {
		t := s.tok(j)
		if t.class != word || t.role&(roleStop|roleSays|roleBirth|roleBirthday) != 0 || t.line && j > i {
			break
		}
	}
	return j
}

// titled claims the name after "Mr", "Frau", "Mme" or "Sra.".
func (s *scan) titled(i int) {
	t := s.tok(i)
	if !t.capital && !lowerTitle(t.key) || t.key == "m" && !s.tok(i+1).is('.') || s.tok(i-1).is('\'') {
		return
	}
	j := s.skipTitles(i, false)
	if end, words := s.capture(j); words > 0 {
		if !brand(t.key, s.tok(j).key) {
			s.claim(j, end, Name)
		}
		return
	}
	if next := s.tok(j); (t.key == "mr" || t.key == "mrs") && next.class == word && next.role&(roleStop|roleSays) == 0 {
		s.claim(j, j+1, Name)
	}
}

// lowerTitle lists the titles that stand before a name without a capital.
func lowerTitle(key string) bool {
	switch key {
	case "mr", "mrs", "senor", "senora", "senorita", "sr", "sra", "don", "dona", "monsieur", "madame", "mademoiselle", "herr", "frau", "herrn":
		return true
	}
	return false
}

// brand knows the products that are named like people.
func brand(title, name string) bool {
	switch title + " " + name {
	case "dr oetker", "dr pepper", "dr martens", "dr beckmann", "dr hauschka", "dr best", "dr dre", "mr clean", "mr coffee", "mr bean", "mr robot",
		"mr wash", "mr muscle", "mrs doubtfire", "madame tussauds", "madame bovary", "don quijote", "don quixote", "don giovanni", "don simon",
		"miss sixty", "miss dior", "ms office", "ms word", "ms excel", "ms teams", "ms windows", "ms outlook", "sir galahad", "monsieur cuisine",
		"dr scholl", "miss universe", "miss world", "prof pro":
		return true
	}
	return false
}

// labelled claims what a form's label announces: "Name: …", but not "Product
// name: …". Without a mark, a given name must follow ("Vorname Peter").
func (s *scan) labelled(i int) {
	if t := s.tok(i); t.key != "name" && s.tok(i+1).role&roleGiven != 0 && s.tok(i+1).capital {
		s.name(i+1, given)
		return
	}
	if j := i + 1; (s.tok(j).is(':') || s.tok(j).is('=')) && s.ownLabel(i) {
		if !s.name(j+1, capital) && s.tok(j+1).role&roleGiven != 0 {
			s.name(j+1, given)
		}
	}
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
