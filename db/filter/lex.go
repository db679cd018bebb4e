package filter

import "strings"

// What a character is depends on where it stands (a ':' divides levels, begins an operator, or is part of a time), so there
// is no stream of tokens: the parser asks the lexer for what may stand at the place. All of the language is ASCII, so bytes
// are looked at one by one and text passes through whole.
type lexer struct {
	text string
	pos  int // of the next byte
}

const (
	special = `\,|()[]<>"*` // escaped anywhere in a term; ':' too, but between digits
	opening = "!=^"         // escaped where a term begins: they look like operators that the language lacks
)

var operators = []string{"::!", "::", ":!", ":", "<=", ">=", "<", ">"} // longer ones first

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isName(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '-' || c == '.'
}

// isEdits tells the suffix ~1 or ~2.
func isEdits(s string) bool { return s == "~1" || s == "~2" }

func (l *lexer) fail(reason string) error { return &Error{l.pos, reason} }

// peek is the next byte, 0 at the end (NUL is refused before).
func (l *lexer) peek() byte {
	if l.pos == len(l.text) {
		return 0
	}
	return l.text[l.pos]
}

func (l *lexer) space() {
	for isSpace(l.peek()) {
		l.pos++
	}
}

// take steps over the byte, and spaces around it, if it stands next.
func (l *lexer) take(c byte) bool {
	l.space()
	if l.peek() != c {
		return false
	}
	l.pos++
	l.space()
	return true
}

// name reads a path or the name of a level, "" if none stands next.
func (l *lexer) name() string {
	l.space()
	start := l.pos
	for isName(l.peek()) {
		l.pos++
	}
	return l.text[start:l.pos]
}

// operator reads an operator, "" if none stands next.
func (l *lexer) operator() string {
	l.space()
	for _, op := range operators {
		if strings.HasPrefix(l.text[l.pos:], op) {
			l.pos += len(op)
			l.space()
			return op
		}
	}
	return ""
}

// term reads one value.
func (l *lexer) term() (term, error) {
	l.space()
	switch c := l.peek(); {
	case c == '"':
		return l.phrase()
	case c != 0 && strings.IndexByte(opening, c) >= 0:
		return term{}, l.fail(`no such operator, the operators are ::! :: :! : <= >= < >; a value that begins with this character needs a \ before it`)
	}
	return l.word()
}

func (l *lexer) phrase() (term, error) {
	inside := l.text[l.pos+1:]
	end := strings.IndexByte(inside, '"')
	if end < 0 {
		return term{}, l.fail("the quotation mark is not closed")
	}
	t := term{pos: l.pos, phrase: true, parts: []string{inside[:end]}}
	l.pos += end + 2
	return t, nil
}

// word reads a term that is not in quotes: its characters first, then the spaces and the ~1 or ~2 at its end, then its
// wildcards.
func (l *lexer) word() (term, error) {
	t := term{pos: l.pos}
	text, escaped, err := l.characters()
	if err != nil {
		return t, err
	}
	for n := len(text); n > 0 && isSpace(text[n-1]) && !escaped[n-1]; n-- {
		text = text[:n-1]
	}
	if n := len(text); n >= 2 && isEdits(string(text[n-2:])) && !escaped[n-2] && !escaped[n-1] {
		t.edits = int(text[n-1] - '0')
		text = text[:n-2]
	}
	if len(text) == 0 {
		return t, &Error{t.pos, "a value is missing"}
	}
	t.parts = split(text, escaped)
	return t, nil
}

// characters undoes the escapes up to the end of the term; escaped tells which bytes stood behind a backslash.
func (l *lexer) characters() (text []byte, escaped []bool, err error) {
	for ; !l.ends(); l.pos++ {
		c := l.peek()
		switch {
		case c == '\\' && l.pos+1 == len(l.text):
			return nil, nil, l.fail(`a \ at the end escapes nothing`)
		case c == '\\':
			l.pos++
		case strings.IndexByte(`([<>"`, c) >= 0, c == ':' && !l.inTime():
			return nil, nil, l.fail(`this character needs a \ before it in a value, or the value quotation marks; or a comma is missing before`)
		}
		text, escaped = append(text, l.peek()), append(escaped, c == '\\')
	}
	return text, escaped, nil
}

// ends tells whether a term outside quotes is over.
func (l *lexer) ends() bool {
	return l.pos == len(l.text) || strings.IndexByte(",|)]", l.peek()) >= 0
}

// inTime tells whether the next byte stands between two digits, as the ':' of a time does.
func (l *lexer) inTime() bool {
	return l.pos > 0 && isDigit(l.text[l.pos-1]) && l.pos+1 < len(l.text) && isDigit(l.text[l.pos+1])
}

// split cuts the text at its wildcards.
func split(text []byte, escaped []bool) []string {
	var parts []string
	start := 0
	for i, c := range text {
		if c == '*' && !escaped[i] {
			parts = append(parts, string(text[start:i]))
			start = i + 1
		}
	}
	return append(parts, string(text[start:]))
}
