package page

import "bytes"

// Place says what a byte of a database file is part of.
type Place string

// The places.
const (
	InCell     Place = "live cell"
	InGap      Place = "gap between cells"
	InBlock    Place = "free block"
	InFree     Place = "free page"
	InTail     Place = "overflow tail"
	InOverflow Place = "live overflow page"
	InLost     Place = "page without an owner"
	InDamaged  Place = "damaged page"
)

// Found is where a value was found in a page.
type Found struct {
	At    int
	Value int
	Place Place
}

// Find looks for values in a page: whole ones where a live cell owns the bytes, and pieces of them where nobody does. kind and owned are what
// the survey says of a page that is no tree's. slack counts the bytes that are not zero although nobody owns them.
func (n *Needles) Find(b []byte, first bool, s *Survey, number uint32) (found []Found, slack int64) {
	if IsTree(b, first) {
		return n.findInTree(b, first)
	}
	if s != nil && int64(number) > s.Pages {
		return n.FindInLog(b, false) // it came after the survey
	}
	kind, owned := s.kind(number)
	switch kind {
	case overflowPage:
		n.EachWhole(b[:owned], never, func(at, v int) { found = append(found, Found{at, v, InOverflow}) })
		return n.pieces(found, b, owned, InTail), 0
	case trunkPage, freePage:
		return n.pieces(found, b, owned, InFree), 0
	}
	return n.pieces(found, b, 0, InLost), 0
}

func (s *Survey) kind(number uint32) (pageKind, int) {
	if s == nil || int(number) >= len(s.places) {
		return unknownPage, 0
	}
	p := s.places[number]
	return p.kind, p.owned
}

func never(int) bool { return false }

func (n *Needles) pieces(found []Found, b []byte, from int, place Place) []Found {
	n.EachWindow(b[from:], func(at, v int) { found = append(found, Found{from + at, v, place}) })
	return found
}

func (n *Needles) findInTree(b []byte, first bool) (found []Found, slack int64) {
	clean := make([]byte, len(b))
	if Scrub(clean, b, first) != nil {
		return n.pieces(nil, b, 0, InDamaged), 0
	}
	n.EachWhole(clean, edgesOf(tree{b, start(first)}), func(at, v int) { found = append(found, Found{at, v, InCell}) })
	if bytes.Equal(clean, b) {
		return found, 0
	}
	rest := make([]byte, len(b))
	for i := range b {
		if b[i] != clean[i] {
			rest[i] = b[i]
			slack++
		}
	}
	p := tree{b, start(first)}
	n.EachWindow(rest, func(at, v int) { found = append(found, Found{at, v, p.placeOf(at)}) })
	return found, slack
}

// placeOf tells a free block from a gap.
func (p tree) placeOf(offset int) Place {
	place := InGap
	p.eachFree(func(at, size int) {
		if offset >= at && offset < at+size {
			place = InBlock
		}
	})
	return place
}

// edgesOf tells where values of rows begin and end. It is made when it is first asked, which is seldom.
func edgesOf(p tree) func(int) bool {
	var edges map[int]bool
	return func(at int) bool {
		if edges == nil {
			edges = map[int]bool{}
			p.each(func(c cell) {
				columns, _ := columnsOf(p.b, c)
				for _, v := range columns {
					edges[v.at], edges[v.at+v.size] = true, true
				}
			})
		}
		return edges[at]
	}
}

// FindInLog looks for whole values in a page as the log has it: some of its pages were never scrubbed, and those of other trees are not
// told apart from what is nobody's.
func (n *Needles) FindInLog(b []byte, first bool) (found []Found, slack int64) {
	if IsTree(b, first) {
		return n.findInTree(b, first)
	}
	n.EachWhole(b, never, func(at, v int) { found = append(found, Found{at, v, InOverflow}) })
	return found, 0
}
