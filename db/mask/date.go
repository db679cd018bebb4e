package mask

// births finds dates of birth: a date of any common form near a word that says
// so. Other dates stay clear.
func (s *scan) births() {
	for i := 0; i < len(s.tokens); i++ {
		t := s.tok(i)
		if t.class != number && t.class != mixed && t.role&roleMonth == 0 {
			continue
		}
		end := max(s.date(i), s.packedDate(i))
		if end > i && (s.bornBefore(i) || s.bornAfter(end)) {
			s.claim(i, end, DateOfBirth)
			i = end - 1
		}
	}
}

// bornBefore walks back over the sentence. "Born in Leeds on …" may have other
// words between; "birthday" may not, because of the orders placed for one.
func (s *scan) bornBefore(i int) bool {
	if p := s.tok(i - 1); p.is('*') && s.glued(i) {
		return true // "*12.03.1980", as on German and French forms
	}
	linked := true
	for j, words := i-1, 0; j >= 0 && words < 8; j-- {
		t := s.tok(j)
		switch {
		case t.class == hidden, s.ends(j), t.role&roleEvent != 0:
			return false
		case t.role&roleBirth != 0:
			return true
		case t.role&roleBirthday != 0:
			return linked
		case t.class == punct:
			continue
		case t.role&roleLink == 0:
			linked = false
		}
		words++
	}
	return false
}

// bornAfter looks for "… geboren", "… is my birthday", "… in Köln geboren".
func (s *scan) bornAfter(end int) bool {
	if s.follows(end, roleBirthday) && s.tok(end).key != "my" {
		return true
	}
	if s.tok(end).is(',') || s.tok(end).is('(') || s.tok(end).is('-') {
		if s.follows(end+1, roleBirth|roleBirthday) {
			return true
		}
	}
	for j := end; j < end+4; j++ {
		t := s.tok(j)
		if t.role&roleBirth != 0 || t.key == "welt" && s.tok(j-1).key == "zur" {
			return true
		}
		if t.class != word || t.role&(roleEvent|roleSays) != 0 {
			return false
		}
	}
	return false
}

// date returns the token after the date that begins at token i, i if none does.
func (s *scan) date(i int) int {
	if s.tok(i).role&roleMonth != 0 && s.tok(i).class == word {
		return s.monthFirst(i)
	}
	if !s.leftFree(i) && !s.tok(i-1).is('*') {
		return i
	}
	if end := s.numericDate(i); end > i {
		return end
	}
	return s.dayFirst(i)
}

// packedDate reads 12031980 and 19800312 where nothing but a label stands before them.
func (s *scan) packedDate(i int) int {
	t := s.tok(i)
	if t.class != number || len(t.key) != 8 || !s.leftFree(i) || !s.rightFree(i+1) || !s.bornHere(i) {
		return i
	}
	part := func(from, to int) int { return mod([]byte(t.key[from:to]), 10000) }
	if calendar(part(0, 2), part(2, 4), part(4, 8), 2, 4) || calendar(part(0, 4), part(4, 6), part(6, 8), 4, 2) {
		return i + 1
	}
	return i
}

// bornHere tells whether a word for birth stands right before token i.
func (s *scan) bornHere(i int) bool {
	for j := i - 1; j >= i-4; j-- {
		t := s.tok(j)
		if t.role&(roleBirth|roleBirthday) != 0 {
			return true
		}
		if t.class != punct && t.role&roleLink == 0 {
			return false
		}
	}
	return false
}

// numericDate reads 12.03.1980, 3/12/80, 1980-03-12, 12 03 1980 and, without
// its year, 12.03.
func (s *scan) numericDate(i int) int {
	a, sep, next := s.number(i), byte(0), 0
	if a < 0 {
		return i
	}
	if sep, next = s.dateSeparator(i + 1); sep == 0 {
		return i
	}
	b := s.number(next)
	sep2, last := s.dateSeparator(next + 1)
	c := s.number(last)
	switch {
	case sep2 == sep && len(s.tok(last).key) <= 4 && calendar(a, b, c, len(s.tok(i).key), len(s.tok(last).key)):
		return last + 1
	case sep == '.' && s.tok(next+1).is('.') && s.glued(next+1) && isDay(a) && isMonth(b):
		return next + 2
	}
	return i
}

func (s *scan) dateSeparator(i int) (sep byte, next int) {
	t := s.tok(i)
	switch {
	case t.class == number && t.space && !t.line:
		return ' ', i
	case t.is('.') && s.glued(i), (t.is('/') || t.is('-')) && s.glued(i) && s.glued(i+1):
		return t.key[0], i + 1
	}
	return 0, i
}

// number is the value of token i, -1 where it is not up to four digits.
func (s *scan) number(i int) int {
	t := s.tok(i)
	if t.class != number || len(t.key) > 4 {
		return -1
	}
	return mod([]byte(t.key), 10000)
}

// calendar tells whether three numbers can be a date, whose first or last is a
// year; size gives their digits.
func calendar(a, b, c, sizeA, sizeC int) bool {
	if sizeA == 4 {
		return isYear(a) && isMonth(b) && isDay(c)
	}
	if sizeC != 2 && (sizeC != 4 || !isYear(c)) {
		return false
	}
	return isDay(a) && isMonth(b) || isMonth(a) && isDay(b)
}

func isDay(n int) bool   { return n >= 1 && n <= 31 }
func isMonth(n int) bool { return n >= 1 && n <= 12 }
func isYear(n int) bool  { return n >= 1890 && n <= 2099 }

// dayFirst reads "12. März 1985", "12th of March 1985", "1er mars 1985",
// "12 de marzo de 1985".
func (s *scan) dayFirst(i int) int {
	if !isDay(s.ordinal(i)) {
		return i
	}
	j := i + 1
	for s.tok(j).is('.') || s.tok(j).key == "de" || s.tok(j).key == "of" || s.tok(j).is('-') {
		j++
	}
	if j > i+2 || s.tok(j).role&roleMonth == 0 {
		return i
	}
	return s.yearAfter(j + 1)
}

// monthFirst reads "March 12th, 1985".
func (s *scan) monthFirst(i int) int {
	j := i + 1
	if s.tok(j).is('.') || s.tok(j).key == "the" {
		j++
	}
	if !isDay(s.ordinal(j)) {
		return i
	}
	return s.yearAfter(j + 1)
}

// yearAfter reads the year, if one follows the day and month.
func (s *scan) yearAfter(end int) int {
	j := end
	for k := 0; k < 2 && (s.tok(j).is(',') || s.tok(j).is('.') || s.tok(j).is('-') || s.tok(j).key == "de" || s.tok(j).key == "del"); k++ {
		j++
	}
	t := s.tok(j)
	if t.class == number && (len(t.key) == 4 && isYear(s.number(j)) || len(t.key) == 2 && !s.tok(j-1).is(',')) {
		return j + 1
	}
	return end
}

// ordinal is the value of "12", "12th", "1er" or "1º"; 0 where token i is none.
func (s *scan) ordinal(i int) int {
	t := s.tok(i)
	n := 0
	for n < len(t.key) && isNum(t.key[n]) {
		n++
	}
	if n == 0 || n > 2 {
		return 0
	}
	switch t.key[n:] {
	case "", "st", "nd", "rd", "th", "er", "o", "ro", "e":
		return mod([]byte(t.key[:n]), 100)
	}
	return 0
}
