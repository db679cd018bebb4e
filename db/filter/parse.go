package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parser descends by the grammar in the package comment, one method for each of its rules.
type parser struct {
	lexer
	depth int // groups that are open
	terms int // terms read so far
}

// Parse reads a filter, URL-decoded, of at most 4,096 bytes, 16 groups within groups and 400 values. All errors are *Error.
// Parsing does not tell whether the fields exist or support their operators: Compile does.
func Parse(s string) (Expr, error) {
	if err := readable(s); err != nil {
		return nil, err
	}
	p := &parser{lexer: lexer{text: s}}
	if p.space(); p.peek() == 0 {
		return nil, p.fail("the filter is empty")
	}
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(s) {
		return nil, p.fail("the filter should end here, or go on with , or |")
	}
	return e, nil
}

// readable refuses what no filter can be. NUL is barred because SQLite's patterns end at it.
func readable(s string) error {
	if len(s) > maxLength {
		return &Error{maxLength, fmt.Sprintf("the filter is longer than %d bytes", maxLength)}
	}
	for i, c := range s {
		if c == 0 {
			return &Error{i, "the filter has a NUL character"}
		}
		if _, size := utf8.DecodeRuneInString(s[i:]); c == utf8.RuneError && size == 1 {
			return &Error{i, "the filter is not valid UTF-8"}
		}
	}
	return nil
}

// enter counts an open group; each is left again by p.depth--.
func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return p.fail(fmt.Sprintf("more than %d groups are open", maxDepth))
	}
	return nil
}

func (p *parser) expr() (Expr, error) {
	xs, err := separated(p, '|', p.and)
	if err != nil || len(xs) > 1 {
		return or(xs), err
	}
	return xs[0], nil
}

func (p *parser) and() (Expr, error) {
	xs, err := separated(p, ',', p.prim)
	if err != nil || len(xs) > 1 {
		return and(xs), err
	}
	return xs[0], nil
}

func (p *parser) prim() (Expr, error) {
	switch {
	case p.take('('):
		return p.group(')')
	case p.take('['):
		return p.group(']')
	}
	return p.cond()
}

func (p *parser) group(closing byte) (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	p.depth--
	return e, p.close(closing)
}

// close steps over a closing bracket.
func (p *parser) close(closing byte) error {
	if !p.take(closing) {
		return p.fail(fmt.Sprintf("a %c is missing", closing))
	}
	return nil
}

func (p *parser) cond() (Expr, error) {
	p.space()
	c := cond{pos: p.pos}
	if c.path = p.name(); c.path == "" {
		return nil, p.fail("the name of a field is missing")
	}
	if isList(c.path) && p.takeLevel() {
		if p.take('(') {
			return p.element(c.pos, c.path)
		}
		c.subPos = p.pos
		if c.sub = p.name(); c.sub == "" {
			return nil, p.fail("the name of a field of the element is missing")
		}
	}
	err := p.ask(&c)
	return c, err
}

// isList tells the fields that are lists of elements with a level below.
func isList(path string) bool {
	last := path[strings.LastIndexByte(path, '.')+1:]
	return last == "intents" || last == "entities"
}

// takeLevel steps over a ':' that leads to the level below, and leaves the operators that begin with one.
func (p *parser) takeLevel() bool {
	ahead := p.lexer
	if ahead.operator() != ":" {
		return false
	}
	p.lexer = ahead
	return true
}

func (p *parser) element(pos int, path string) (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	subs, err := separated(p, '|', func() ([]cond, error) { return separated(p, ',', p.subcond) })
	if err != nil {
		return nil, err
	}
	p.depth--
	return element{pos, path, subs}, p.close(')')
}

func (p *parser) subcond() (cond, error) {
	p.space()
	c := cond{pos: p.pos}
	if c.path = p.name(); c.path == "" {
		return c, p.fail("the name of a field of the element is missing")
	}
	err := p.ask(&c)
	return c, err
}

// ask reads the operator and the values of a condition.
func (p *parser) ask(c *cond) (err error) {
	if c.op = p.operator(); c.op == "" {
		return p.fail("an operator is missing: ::! :: :! : <= >= < >")
	}
	if !p.take('(') {
		t, err := p.value()
		c.values = [][]term{{t}}
		return err
	}
	if err := p.enter(); err != nil {
		return err
	}
	c.values, err = separated(p, '|', func() ([]term, error) { return separated(p, ',', p.value) })
	if err != nil {
		return err
	}
	p.depth--
	return p.close(')')
}

func (p *parser) value() (term, error) {
	if p.terms++; p.terms > maxTerms {
		return term{}, p.fail(fmt.Sprintf("the filter has more than %d values", maxTerms))
	}
	return p.term()
}

// separated reads one item or more with the separator between them.
func separated[T any](p *parser, separator byte, item func() (T, error)) ([]T, error) {
	var items []T
	for {
		x, err := item()
		if err != nil {
			return nil, err
		}
		if items = append(items, x); !p.take(separator) {
			return items, nil
		}
	}
}
