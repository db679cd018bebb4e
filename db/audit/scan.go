package audit

import (
	"bytes"
	"time"
)

// scan reads a leaf in the one spelling that Canonical writes, and nothing else: names in order, numbers without leading zeros, no blanks, no
// escapes. It is what makes the check of a long trail fast; what it does not take is read the slow way, which says why it is wrong.
func scan(data []byte) (e Entry, ok bool) {
	c := cursor{data, true}
	c.skip(`{"actor":`)
	e.Actor = Actor(c.quoted())
	if c.has(`,"commits":{`) {
		e.Commits = scanMap(&c, c.quotedText)
	}
	if c.has(`,"counts":{`) {
		e.Counts = scanMap(&c, c.integer)
	}
	c.skip(`,"event":`)
	e.Event = Event(c.quoted())
	c.skip(`,"number":`)
	e.Number = c.integer()
	if c.has(`,"object":`) {
		e.Object = Object(c.quoted())
		c.ok = c.ok && e.Object != ""
	}
	c.skip(`,"time":`)
	e.Time = c.time()
	c.skip(`,"v":1}`)
	return e, c.ok && len(c.rest) == 0
}

// cursor is what is left to read; after the first thing that is wrong it is not ok any more.
type cursor struct {
	rest []byte
	ok   bool
}

func (c *cursor) has(text string) bool {
	rest, found := bytes.CutPrefix(c.rest, []byte(text))
	c.rest = rest
	return found
}

func (c *cursor) skip(text string) { c.ok = c.has(text) && c.ok }

// quoted is a string without anything that JSON would escape.
func (c *cursor) quoted() []byte {
	if c.skip(`"`); !c.ok {
		return nil
	}
	end := bytes.IndexByte(c.rest, '"')
	if end < 0 {
		c.ok = false
		return nil
	}
	out := c.rest[:end]
	for _, b := range out {
		c.ok = c.ok && b > ' ' && b <= '~' && b != '\\'
	}
	c.rest = c.rest[end+1:]
	return out
}

func (c *cursor) quotedText() string { return string(c.quoted()) }

// integer is a number of at most 15 digits, which every reader keeps exact. None of ours is longer, or below zero.
func (c *cursor) integer() (n int64) {
	i := 0
	for i < len(c.rest) && c.rest[i] >= '0' && c.rest[i] <= '9' {
		n = n*10 + int64(c.rest[i]-'0')
		if i++; i > 15 {
			break
		}
	}
	c.ok = c.ok && i > 0 && i <= 15 && (i == 1 || c.rest[0] != '0')
	c.rest = c.rest[i:]
	return n
}

// scanMap reads members in ascending order, up to the closing brace; the opening one is behind.
func scanMap[V any](c *cursor, value func() V) map[string]V {
	out, last := make(map[string]V, 4), ""
	for c.ok {
		name := string(c.quoted())
		c.ok = c.ok && name > last
		c.skip(":")
		out[name], last = value(), name
		if c.has("}") {
			return out
		}
		c.skip(",")
	}
	return nil
}

// time is one of timeLayout, and a day that there is.
func (c *cursor) time() time.Time {
	text := c.quoted()
	if !c.ok || len(text) != len(timeLayout) {
		c.ok = false
		return time.Time{}
	}
	number := func(from, to int) (n int) {
		for _, b := range text[from:to] {
			c.ok = c.ok && b >= '0' && b <= '9'
			n = n*10 + int(b-'0')
		}
		return n
	}
	c.ok = c.ok && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == '.' && text[23] == 'Z'
	y, m, d := number(0, 4), number(5, 7), number(8, 10)
	h, min, s, ms := number(11, 13), number(14, 16), number(17, 19), number(20, 23)
	at := time.Date(y, time.Month(m), d, h, min, s, ms*1e6, time.UTC)
	y2, m2, d2 := at.Date()
	c.ok = c.ok && y == y2 && m == int(m2) && d == d2 && h < 24 && min < 60 && s < 60
	return at
}
