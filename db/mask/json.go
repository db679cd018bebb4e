package mask

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The bounds of JSON. What lies beyond is shown as one bar of kind Omitted.
const (
	MaxDepth  = 32   // levels of objects and arrays
	MaxItems  = 200  // items of one array
	MaxFields = 5000 // fields of one body
)

// ErrNotJSON is returned by JSON for a body that is not one JSON value. The
// error's text gives the place in bytes and nothing of the content.
var ErrNotJSON = errors.New("not well-formed JSON")

// Field is one value of a structured body. Path leads to it, as in
// `response.output.intents[0].intent`; a key that is personal data itself is
// masked in it.
type Field struct {
	Path   string
	Pieces []Piece
}

// JSON flattens a Watson log entry, or any JSON value, into its fields, in the
// order of the body. Strings are masked by the detectors; fields whose name
// says what they hold (email, user_id, address …) are masked whole, with all
// beneath them; identifiers of the service, short numbers and booleans stay clear.
func JSON(body []byte) ([]Field, error) { return flatten(body, flattener{}) }

// Clear is JSON without any masking, for somebody who has said what for and
// was written down.
func Clear(body []byte) ([]Field, error) { return flatten(body, flattener{clear: true}) }

func flatten(body []byte, f flattener) ([]Field, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	f.value("", &root, policy{})
	return f.fields, nil
}

// A node is one parsed value: an object's members in their order, an array's
// items, or the text of a scalar.
type node struct {
	key     string
	text    string
	kids    []node
	kind    nodeKind
	omitted bool // too deep, or items left out
}

type nodeKind uint8

const (
	scalar nodeKind = iota // number, boolean, null
	quoted
	object
	array
)

func parse(body []byte) (node, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	p := parser{d}
	root, err := p.node(0)
	if err == nil {
		if _, extra := d.Token(); extra != io.EOF {
			err = ErrNotJSON
		}
	}
	if err != nil {
		return node{}, fmt.Errorf("reading JSON at byte %d: %w", d.InputOffset(), ErrNotJSON)
	}
	return root, nil
}

type parser struct{ d *json.Decoder }

func (p parser) node(depth int) (node, error) {
	t, err := p.d.Token()
	if err != nil {
		return node{}, err
	}
	switch v := t.(type) {
	case json.Delim:
		return p.nested(v, depth)
	case string:
		return node{text: v, kind: quoted}, nil
	case json.Number:
		return node{text: v.String()}, nil
	case bool:
		return node{text: strconv.FormatBool(v)}, nil
	}
	return node{text: "null"}, nil
}

// nested reads an object or array after its opening bracket.
func (p parser) nested(open json.Delim, depth int) (node, error) {
	if depth >= MaxDepth {
		return node{kind: array, omitted: true}, p.skip()
	}
	n := node{kind: array}
	if open == '{' {
		n.kind = object
	}
	for p.d.More() {
		kid, err := p.member(n.kind, depth)
		if err != nil {
			return n, err
		}
		if n.kind == object || len(n.kids) < MaxItems {
			n.kids = append(n.kids, kid)
		} else {
			n.omitted = true
		}
	}
	_, err := p.d.Token()
	return n, err
}

func (p parser) member(kind nodeKind, depth int) (node, error) {
	if kind != object {
		return p.node(depth + 1)
	}
	t, err := p.d.Token()
	if err != nil {
		return node{}, err
	}
	n, err := p.node(depth + 1)
	n.key, _ = t.(string)
	return n, err
}

// skip reads to the bracket that closes the one just read, without recursion:
// the nesting of a body is up to its sender.
func (p parser) skip() error {
	for depth := 1; depth > 0; {
		t, err := p.d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

type flattener struct {
	fields []Field
	clear  bool // nothing is masked
}

func (f *flattener) add(path string, pieces ...Piece) {
	switch {
	case len(f.fields) < MaxFields:
		f.fields = append(f.fields, Field{path, pieces})
	case len(f.fields) == MaxFields:
		f.fields = append(f.fields, Field{"…", []Piece{{Hidden: Omitted}}})
	}
}

func (f *flattener) value(path string, n *node, p policy) {
	switch {
	case n.kind == object || n.kind == array:
		f.nested(path, n, p)
	case f.clear:
		f.add(path, Piece{Text: n.text})
	case p.hide != "" && n.text != "null" && n.text != "true" && n.text != "false" && n.text != "":
		f.add(path, Piece{Hidden: p.hide})
	case n.kind == quoted && !(p.clear && ownWord(n.text)):
		f.add(path, Text(n.text)...)
	case !p.clear && longNumber(n.text):
		f.add(path, Piece{Hidden: Number})
	default:
		f.add(path, Piece{Text: n.text})
	}
}

// longNumber is a whole number that may be a phone, a card or an account: nine digits or more.
func longNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return len(digits) >= 9 && strings.Trim(digits, "0123456789") == ""
}

// ownWord tells what a service writes into its own fields: a UUID, a time, a language, a plain word. A caller may write anything into a
// field of the same name, and that is masked like all that it says.
func ownWord(s string) bool {
	if len(s) > 40 {
		return false
	}
	if _, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return true
	}
	return isUUID(s) || isPlainWord(s)
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}

// isPlainWord allows letters, dashes, underscores and slashes: "draft", "main skill" is two of them, "Europe/Berlin".
func isPlainWord(s string) bool {
	for _, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && c != '-' && c != '_' && c != '/' {
			return false
		}
	}
	return true
}

func (f *flattener) nested(path string, n *node, p policy) {
	about := subject(n)
	for i := range n.kids {
		kid := &n.kids[i]
		if n.kind == array {
			f.value(path+"["+strconv.Itoa(i)+"]", kid, p)
			continue
		}
		f.value(f.join(path, kid.key), kid, p.member(kid.key, about))
	}
	switch {
	case n.omitted:
		f.add(path+"[…]", Piece{Hidden: Omitted})
	case len(n.kids) == 0 && n.kind == array:
		f.add(path, Piece{Text: "[]"})
	case len(n.kids) == 0:
		f.add(path, Piece{Text: "{}"})
	}
}

// maxKey bounds a key in a path, in bytes.
const maxKey = 128

// join adds key to path: with a dot, or in brackets where a dot could mislead.
func (f *flattener) join(path, key string) string {
	if !f.clear {
		key = Redact(key)
	}
	if len(key) > maxKey {
		key = key[:runeStart(key, maxKey)] + "…"
	}
	switch {
	case key == "" || strings.ContainsAny(key, ".[]\""):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}
