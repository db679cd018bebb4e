package mask

import (
	"unicode"
	"unicode/utf8"
)

// A text is read once into tokens; every detector works on tokens, so that all
// finds begin and end on token boundaries, which are rune boundaries.

type class uint8

const (
	punct  class = iota // one rune that is no letter, digit or space
	word                // letters only
	number              // digits only
	mixed               // letters and digits, or an underscore
	hidden              // part of a find: nothing looks into it or across it
)

type token struct {
	start, end int    // byte offsets
	key        string // lower case, accents stripped, full-width forms narrowed
	role       role
	class      class
	space      bool // white space stands before it
	line       bool // a line break stands before it
	capital    bool // its first letter is upper case
	accented   bool // key lost an accent
}

// alnum tells whether the token can be part of a number or code.
func (t *token) alnum() bool { return t.class == word || t.class == number || t.class == mixed }

// is tells whether the token is the punctuation mark p.
func (t *token) is(p byte) bool { return t.class == punct && len(t.key) == 1 && t.key[0] == p }

type lexer struct {
	text        string
	at          int
	tokens      []token
	keys        []byte
	ends        []int // ends[i] is where the key of token i ends in keys
	space, line bool
}

func tokenise(text string) []token {
	n := len(text)/4 + 4
	l := lexer{text: text, tokens: make([]token, 0, n), ends: make([]int, 0, n), keys: make([]byte, 0, len(text)+8)}
	for l.at < len(text) {
		l.next()
	}
	l.nameKeys()
	return l.tokens
}

// nameKeys cuts the keys out of one string: one allocation for all of them.
func (l *lexer) nameKeys() {
	all, at := string(l.keys), 0
	for i := range l.tokens {
		l.tokens[i].key = all[at:l.ends[i]]
		at = l.ends[i]
	}
}

func (l *lexer) next() {
	r, w := l.rune()
	switch {
	case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
		l.space, l.line = true, true
		l.at += w
	case r < utf8.RuneSelf && r <= ' ', r >= utf8.RuneSelf && unicode.IsSpace(r):
		l.space = true
		l.at += w
	case joins(r):
		l.at += w
	case isAlnum(r):
		l.alnum()
	default:
		l.mark(r, w)
	}
}

func (l *lexer) rune() (rune, int) {
	if c := l.text[l.at]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(l.text[l.at:])
}

// mark reads one punctuation mark, or a bar that Redact wrote.
func (l *lexer) mark(r rune, w int) {
	t := token{start: l.at, class: punct}
	if n := placeholder(l.text[l.at:]); n > 0 {
		t.class, w = hidden, n
	} else {
		l.keys = utf8.AppendRune(l.keys, plainMark(r))
	}
	l.at += w
	l.push(t)
}

func (l *lexer) alnum() {
	t := token{start: l.at}
	letters, digits := false, false
	for l.at < len(l.text) {
		r, w := l.rune()
		if !isAlnum(r) && !joins(r) {
			break
		}
		if l.at == t.start {
			t.capital = unicode.IsUpper(r)
		}
		digit := isDigit(r)
		digits = digits || digit
		letters = letters || !digit && !joins(r)
		t.accented = l.fold(r) || t.accented
		l.at += w
	}
	t.class = classOf(letters, digits)
	l.push(t)
}

func classOf(letters, digits bool) class {
	switch {
	case letters && digits:
		return mixed
	case digits:
		return number
	}
	return word
}

func (l *lexer) push(t token) {
	t.end, t.space, t.line = l.at, l.space, l.line
	l.space, l.line = false, false
	l.tokens = append(l.tokens, t)
	l.ends = append(l.ends, len(l.keys))
}

// fold adds r to the key being read; it tells whether an accent was lost.
func (l *lexer) fold(r rune) bool {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		l.keys = append(l.keys, byte(r))
		return false
	}
	if joins(r) {
		return unicode.Is(unicode.Mn, r)
	}
	r = unicode.ToLower(narrow(r))
	if plain, ok := accents[r]; ok {
		l.keys = append(l.keys, plain...)
		return true
	}
	l.keys = utf8.AppendRune(l.keys, r)
	return false
}

func isAlnum(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(narrow(r))
}

func isDigit(r rune) bool {
	r = narrow(r)
	return '0' <= r && r <= '9'
}

// joins tells of runes that stand inside a word without being a letter of
// their own: combining accents, soft hyphens, zero-width marks.
func joins(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r))
}

// narrow turns a full-width form (U+FF01 to U+FF5E) into its ASCII form.
func narrow(r rune) rune {
	if 0xFF01 <= r && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}

// plainMark gives the ASCII mark for its typographic variants.
func plainMark(r rune) rune {
	switch r {
	case '‐', '‑', '‒', '–', '—', '−':
		return '-'
	case '’', 'ʼ', '`', '´':
		return '\''
	case '“', '”', '„', '«', '»':
		return '"'
	}
	return narrow(r)
}

var accents = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ł': "l", 'ı': "i"}
	for plain, list := range map[string]string{
		"a": "àáâãäåāăą", "c": "çćĉċč", "d": "ď", "e": "èéêëēĕėęě", "g": "ĝğġģ", "i": "ìíîïĩīĭį",
		"l": "ĺļľ", "n": "ñńņň", "o": "òóôõöōŏőº", "r": "ŕŗř", "s": "śŝşšș", "t": "ţťț",
		"u": "ùúûüũūŭůűų", "y": "ýÿ", "z": "źżž", "h": "ĥħ", "j": "ĵ", "k": "ķ", "w": "ŵ",
	} {
		for _, r := range list {
			m[r] = plain
		}
	}
	m['ª'] = "a"
	return m
}()
