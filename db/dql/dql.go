// Package dql knows the Discovery Query Language, in which the parameters query and filter of Watson Discovery are written: it reads a
// query into a tree whose leaves ask one field for one term. It is a sibling of package filter, whose language looks alike and differs in
// what matters: here a word may stand without a field, a quotation mark may be escaped in a phrase, and ":" asks for whole words. Which
// fields there are, and how they are asked, is left to the store.
//
//	expr  = and *( "|" and )                 ; "," binds tighter than "|", which IBM leaves open
//	and   = prim *( "," prim )
//	prim  = "(" expr ")" | "[" expr "]" | [ path op ] term | path op "(" terms ")"
//	terms = the same without paths           ; each term is asked of the path before the bracket
//	op    = "::!" | "::" | ":!" | ":" | "<=" | ">=" | "<" | ">"
//	term  = '"' *( char | '\"' ) '"' | [ "*" ] 1*( char | "\" any ) [ "*" ] | "*"
//
// "field:Google|IBM" is (field:Google) or IBM anywhere, as the documents say ("Query operators"). What the language has beyond this (~n,
// ^n, conditions on one element of a list) is refused with its place, never left out.
package dql

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxLength = 4096 // bytes of a query
	maxDepth  = 16   // groups within groups
	maxTerms  = 100  // each of them is a question to an index
)

// Expr is a parsed query: Or, And or Cond.
type Expr interface{ expr() }

type (
	// Or has at least two alternatives.
	Or []Expr
	// And has at least two parts.
	And []Expr
	// Cond asks a field for a term.
	Cond struct {
		Pos  int    // of the condition, in bytes
		Path string // "" = any field
		Op   string // ":", "::", "<", "<=", ">", ">="
		Not  bool   // :! and ::!
		Term Term
	}
)

func (Or) expr()   {}
func (And) expr()  {}
func (Cond) expr() {}

// Term is what a field is asked for.
type Term struct {
	Text   string
	Phrase bool // it stood in quotation marks
	Begins bool // * at its end: words that begin so
	Ends   bool // * at its beginning
}

// Exists tells the term * alone: that the field is there.
func (t Term) Exists() bool { return t.Text == "" && !t.Phrase && t.Begins }

// Error says where a query is wrong, or asks what is not answered, and why. It never repeats the query, which may be personal data.
type Error struct {
	Pos    int    // bytes before the place
	Reason string // a clause without a full stop
}

// Error is a clause that goes on after the name of a parameter.
func (e *Error) Error() string { return fmt.Sprintf("is not valid at byte %d: %s", e.Pos, e.Reason) }

// Parse reads a query of at most 4,096 bytes, 16 groups within groups and 100 terms. All errors are *Error.
func Parse(s string) (Expr, error) {
	if err := readable(s); err != nil {
		return nil, err
	}
	p := &parser{text: s}
	e, err := p.expr()
	if err == nil && p.pos < len(s) {
		err = p.fail("it should end here, or go on with , or |")
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

func readable(s string) error {
	if len(s) > maxLength {
		return &Error{maxLength, fmt.Sprintf("it is longer than %d bytes", maxLength)}
	}
	for i, c := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); c == 0 || c == utf8.RuneError && size == 1 {
			return &Error{i, "it has a NUL character or is not valid UTF-8"}
		}
	}
	return nil
}

// parser descends by the grammar in the package comment.
type parser struct {
	text         string
	pos          int
	depth, terms int
	asked        *Cond // the condition whose brackets are open: terms inside are asked of its field
}

func (p *parser) fail(reason string) error { return &Error{p.pos, reason} }

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *parser) space() {
	for c := p.peek(); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = p.peek() {
		p.pos++
	}
}

// take steps over a byte and the spaces around it.
func (p *parser) take(c byte) bool {
	if p.space(); p.peek() != c {
		return false
	}
	p.pos++
	p.space()
	return true
}

func (p *parser) expr() (Expr, error) {
	xs, err := separated(p, '|', p.and)
	if err != nil || len(xs) > 1 {
		return Or(xs), err
	}
	return xs[0], nil
}

func (p *parser) and() (Expr, error) {
	xs, err := separated(p, ',', p.prim)
	if err != nil || len(xs) > 1 {
		return And(xs), err
	}
	return xs[0], nil
}

func separated(p *parser, separator byte, item func() (Expr, error)) (out []Expr, err error) {
	for {
		x, err := item()
		if err != nil {
			return nil, err
		}
		if out = append(out, x); !p.take(separator) {
			return out, nil
		}
	}
}

func (p *parser) prim() (Expr, error) {
	if p.take('(') {
		return p.group(')')
	}
	if p.take('[') {
		return p.group(']')
	}
	return p.cond()
}

func (p *parser) group(closing byte) (Expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail(fmt.Sprintf("more than %d groups are open", maxDepth))
	}
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	if !p.take(closing) {
		return nil, p.fail(fmt.Sprintf("a %c is missing", closing))
	}
	p.depth--
	return e, nil
}

// cond reads a condition, or a term of the brackets that are open, or a term without a field.
func (p *parser) cond() (Expr, error) {
	p.space()
	c := Cond{Pos: p.pos, Op: ":"}
	if path, op := p.ahead(); op != "" {
		if p.asked != nil {
			return nil, p.fail("conditions on one element of a list are not supported")
		}
		p.pos += len(path)
		p.space()
		p.pos += len(op)
		c.Path = strings.TrimSpace(path)
		if c.Op, c.Not = strings.CutSuffix(op, "!"); p.take('(') {
			return p.all(c)
		}
	} else if p.asked != nil {
		c.Path, c.Op, c.Not = p.asked.Path, p.asked.Op, p.asked.Not
	}
	var err error
	if c.Term, err = p.term(); err != nil {
		return nil, err
	}
	return c, c.refuse()
}

// all reads terms in brackets after an operator. What is denied of the brackets is denied of them as a whole.
func (p *parser) all(c Cond) (Expr, error) {
	not := c.Not
	c.Not, p.asked = false, &c
	e, err := p.group(')')
	p.asked = nil
	if err != nil || !not {
		return e, err
	}
	return deny(e), nil
}

// deny turns a group into its opposite: not (a or b) is not a and not b.
func deny(e Expr) Expr {
	switch e := e.(type) {
	case Or:
		out := And{}
		for _, x := range e {
			out = append(out, deny(x))
		}
		return out
	case And:
		out := Or{}
		for _, x := range e {
			out = append(out, deny(x))
		}
		return out
	case Cond:
		e.Not = !e.Not
		return e
	}
	return e
}

var operators = []string{"::!", "::", ":!", ":", "<=", ">=", "<", ">"} // longer ones first

// ahead looks for the name of a field with an operator behind it.
func (p *parser) ahead() (path, op string) {
	end := p.pos
	for end < len(p.text) && isName(p.text[end]) {
		end++
	}
	path = p.text[p.pos:end]
	rest := strings.TrimLeft(p.text[end:], " \t\r\n")
	for _, o := range operators {
		if path != "" && strings.HasPrefix(rest, o) {
			return p.text[p.pos : len(p.text)-len(rest)], o
		}
	}
	return "", ""
}

func isName(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '-' || c == '.'
}

func (p *parser) term() (t Term, err error) {
	if p.terms++; p.terms > maxTerms {
		return t, p.fail(fmt.Sprintf("it has more than %d terms", maxTerms))
	}
	if p.space(); p.take('"') {
		return p.phrase()
	}
	return p.word()
}

func (p *parser) phrase() (Term, error) {
	var b strings.Builder
	for ; p.peek() != 0; p.pos++ {
		switch {
		case p.peek() == '"':
			p.pos++
			return Term{Text: b.String(), Phrase: true}, p.nothingBehind()
		case strings.HasPrefix(p.text[p.pos:], `\"`):
			p.pos++
		}
		b.WriteByte(p.peek())
	}
	return Term{}, p.fail("the quotation mark is not closed")
}

func (p *parser) nothingBehind() error {
	if c := p.peek(); c == '~' || c == '^' {
		return p.fail("~ and ^ are not supported")
	}
	return nil
}

// word reads a term that is not in quotation marks. It may be several words: "cloud computing" needs the marks only to be a phrase.
func (p *parser) word() (t Term, err error) {
	start := p.pos
	if p.peek() == '*' {
		p.pos++
		t.Ends = true
	}
	var b strings.Builder
	for ; p.peek() != 0 && strings.IndexByte(",|()[]", p.peek()) < 0; p.pos++ {
		if err := p.character(&t, &b); err != nil {
			return t, err
		}
	}
	t.Text = strings.TrimSpace(b.String())
	switch {
	case t.Text == "" && t.Ends:
		return Term{Begins: true}, nil
	case t.Text == "":
		p.pos = start
		return t, p.fail("a term is missing")
	}
	return t, nil
}

func (p *parser) character(t *Term, b *strings.Builder) error {
	c := p.peek()
	switch {
	case t.Begins && c != ' ':
		return p.fail(`the wildcard * stands at the beginning or the end of a term only; a \ before it makes it part of the term`)
	case c == '*':
		t.Begins = true
		return nil
	case c == '~' || c == '^':
		return p.fail(`~ and ^ are not supported; a \ before them makes them part of the term`)
	case c == '"':
		return p.fail(`a quotation mark in the middle of a term needs a \ before it`)
	case c == '\\' && p.pos+1 == len(p.text):
		return p.fail(`a \ at the end escapes nothing`)
	case c == '\\':
		p.pos++
	}
	b.WriteByte(p.peek())
	return nil
}

// refuse bars terms that an operator cannot be asked with.
func (c Cond) refuse() error {
	wild := c.Term.Begins || c.Term.Ends
	switch {
	case c.Term.Exists() && (c.Op != ":" || c.Path == ""):
		return &Error{c.Pos, "* alone is asked of a field, with : or :!"}
	case wild && c.Op != ":":
		return &Error{c.Pos, `the wildcard * is asked with : only; a \ before it makes it part of the term`}
	case c.Op != ":" && c.Op != "::" && c.Term.Phrase:
		return &Error{c.Pos, "< <= > >= compare numbers and dates, which stand without quotation marks"}
	}
	return nil
}

// Words are the words of a text as ":" compares them: letters, digits and the marks that belong to them, in lower case.
func Words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
