package mask

import "slices"

// A scan is one reading of one text. Detectors run in a fixed order, the
// surest first, and claim tokens; a claimed token is hidden from those that
// come after.
type scan struct {
	text   string
	tokens []token
	found  []Span
	digits bool // some digit stands in the text
	spoken bool // some word for a number stands in the text
	at     bool // some @ stands in the text, or a word that people write for it
	near   near // the last answer of nearest
}

type near struct {
	token    int // the token it was asked for, plus one; 0 for none
	role     role
	adjacent bool
}

// maxRounds bounds the repetition in run, and so keeps it linear; two rounds
// are the rule, and a text that needs more than eight has to be made for it.
const maxRounds = 8

// worthReading is the cheap test before the text is cut into tokens: without a
// digit, an @ or a space there is no find, and every find by words needs two.
func worthReading(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c <= ' ', '0' <= c && c <= '9', c == '@', c >= 0x80, c == ':', c == '(', c == '[', c == '{':
			return true
		}
	}
	return false
}

func newScan(text string) *scan {
	s := &scan{text: text, tokens: tokenise(text)}
	for i := range s.tokens {
		s.assign(i)
	}
	for i := range s.tokens {
		s.pairUp(i)
	}
	return s
}

// assign gives token i what the lexicon knows of it.
func (s *scan) assign(i int) {
	t := &s.tokens[i]
	switch t.class {
	case number:
		s.digits = true
	case mixed:
		s.digits = true
		t.role = lexicon[t.key]
	case word:
		t.role = lexicon[t.key]
		if t.role == 0 && len(t.key) > 5 {
			t.role = compound(t.key)
		}
		s.at = s.at || t.role&roleAt != 0
		s.spoken = s.spoken || t.role&roleSpelled != 0
	case punct:
		t.role = lexicon[t.key]
		s.at = s.at || t.key == "@"
	}
}

// run repeats the detectors until they find nothing more. A find can free
// another one, because nothing looks across a hidden token; stopping only then
// is what makes masking idempotent.
func (s *scan) run() {
	for range maxRounds {
		before := len(s.found)
		s.round()
		if len(s.found) == before {
			return
		}
	}
}

func (s *scan) round() {
	if s.at {
		s.emails()
	}
	if s.digits {
		s.ips()
		s.ibans()
		s.nationalIDs()
		s.cards()
		s.births()
		s.addresses()
		s.phones()
	}
	if s.spoken {
		s.spelled()
	}
	s.names()
	s.fullNames()
}

// claim hides the tokens [from, to) as one find. It refuses, and changes
// nothing, where one of them is hidden already.
func (s *scan) claim(from, to int, k Kind) bool {
	for i := from; i < to; i++ {
		if s.tokens[i].class == hidden {
			return false
		}
	}
	if from >= to {
		return false
	}
	s.near = near{}
	s.found = append(s.found, Span{s.tokens[from].start, s.tokens[to-1].end, k})
	for i := from; i < to; i++ {
		t := &s.tokens[i]
		t.class, t.role, t.key, t.capital = hidden, 0, "", false
	}
	return true
}

// spans returns the finds in the order of the text.
func (s *scan) spans() []Span {
	slices.SortFunc(s.found, func(a, b Span) int { return a.Start - b.Start })
	return s.found
}

// tok returns token i, or a stand-in for "nothing there" outside the text.
func (s *scan) tok(i int) *token {
	if i < 0 || i >= len(s.tokens) {
		return &nowhere
	}
	return &s.tokens[i]
}

var nowhere = token{class: hidden, space: true}

// glued tells whether token i follows the one before without a space.
func (s *scan) glued(i int) bool { return i > 0 && i < len(s.tokens) && !s.tokens[i].space }

// leftFree tells whether a number can begin at token i: it does not continue
// a price, a decimal, a code or a path.
func (s *scan) leftFree(i int) bool {
	if !s.glued(i) {
		return true
	}
	p := s.tok(i - 1)
	switch {
	case p.class == hidden:
		return true
	case p.class != punct:
		return false
	case p.role&roleUnit != 0 || p.is('#'):
		return false
	}
	if !p.is('.') && !p.is(',') && !p.is('-') && !p.is('/') && !p.is(':') && !p.is('\\') {
		return true
	}
	if !s.glued(i - 1) {
		return !p.is('.') && !p.is('/')
	}
	return s.tok(i-2).class == word && (p.is(':') || p.is('.') || p.is(','))
}

// rightFree tells whether a number can end before token i.
func (s *scan) rightFree(i int) bool {
	if i >= len(s.tokens) {
		return true
	}
	t := s.tok(i)
	if t.role&roleUnit != 0 {
		return false
	}
	if t.space || t.class == hidden {
		return true
	}
	if t.class != punct {
		return false
	}
	if t.is('-') || t.is('.') || t.is(',') || t.is('/') || t.is(':') || t.is('\'') {
		return !(s.glued(i+1) && s.tok(i+1).alnum() && s.tok(i+1).class != word)
	}
	return !t.is('@')
}

// nearest walks back from token i over at most eight words of the same
// sentence to the first word that says what a number is. adjacent tells that
// nothing but linking words ("number is:") stands between.
func (s *scan) nearest(i int) (r role, adjacent bool) {
	if s.near.token != i+1 {
		r, adjacent = s.lookBack(i)
		s.near = near{i + 1, r, adjacent}
	}
	return s.near.role, s.near.adjacent
}

func (s *scan) lookBack(i int) (r role, adjacent bool) {
	adjacent = true
	for j, words := i-1, 0; j >= 0 && words < 8; j-- {
		t := s.tok(j)
		switch {
		case t.class == hidden || s.ends(j):
			return 0, false
		case t.role&roleSays != 0:
			return t.role & roleSays, adjacent
		case t.class == punct:
			adjacent = adjacent && !t.is(',') && !t.is(';') && !t.is(')')
			continue
		case t.role&roleLink == 0:
			adjacent = false
		}
		words++
	}
	return 0, false
}

// follows tells whether, from token i on, a word of the wanted role comes
// after nothing but linking words: "… is my phone number".
func (s *scan) follows(i int, want role) bool {
	for j := i; j < i+5; j++ {
		t := s.tok(j)
		if t.role&want != 0 {
			return true
		}
		if t.class != word || t.role&roleLink == 0 || t.role&roleSays != 0 {
			return false
		}
	}
	return false
}

// ends tells whether a sentence ends with token j. A full stop after a short
// word, or after one that speaks of a number ("Bestellnr."), is taken for an
// abbreviation's.
func (s *scan) ends(j int) bool {
	t := s.tok(j)
	if t.is('!') || t.is('?') || t.is(';') {
		return true
	}
	if !t.is('.') || s.glued(j+1) {
		return false
	}
	p := s.tok(j - 1)
	return p.class != word || len(p.key) > 4 && p.role&(roleSays|roleLink) == 0
}

// against tells whether the text itself says that the number at token i is an
// order number, a price or the like.
func (s *scan) against(i int) bool {
	r, adjacent := s.nearest(i)
	return r&roleOrder != 0 && adjacent
}

// says tells whether the nearest word that says what the number at token i is
// has the wanted role, or one that follows the number at token end does.
func (s *scan) says(i, end int, want role) bool {
	r, _ := s.nearest(i)
	return r&want != 0 || s.follows(end, want)
}
