// Package page knows SQLite's file format (https://www.sqlite.org/fileformat2.html): which bytes of a page belong to a live cell, and that all
// others are nobody's. Scrub makes those zero; a Survey counts them over a whole file; Needles are found in what is left. It reads bytes that
// it is given, knows no SQLite and no record: the writing of pages is left to package disk, the meaning of rows to package db.
package page

import (
	"encoding/binary"
	"errors"
)

// The first byte of a page of a tree (file format, section 1.6).
const (
	interiorIndex = 2
	interiorTable = 5
	leafIndex     = 10
	leafTable     = 13
)

// headerBytes is how much of the first page of a file is the file's own header.
const headerBytes = 100

// Max is how many pages a file may have: below it the first byte of an overflow page and of a trunk of the free list, which is the
// highest byte of a page number, is 0 or 1 and so no type of a tree's page. At 4 KiB a page that is 128 GiB.
const Max = 1<<25 - 1

var errMalformed = errors.New("a page of the database is not as SQLite's file format says")

// cell is where a cell of a tree's page lies and what it leads to.
type cell struct {
	at, size int    // all of its bytes that are in the page
	payload  int64  // bytes of its payload, wherever they lie
	from     int    // where the payload begins in the page
	local    int    // how much of the payload is in the page
	overflow uint32 // first page with the rest of the payload; 0 = none
	child    uint32 // page below; 0 = none
}

// tree is a page of a tree. All of it is usable: our files reserve no bytes at its end.
type tree struct {
	b    []byte
	head int // where its header begins: 100 on the first page
}

// IsTree tells whether a page is one of a tree. first: it is page 1.
func IsTree(b []byte, first bool) bool {
	switch b[start(first)] {
	case interiorIndex, interiorTable, leafIndex, leafTable:
		return true
	}
	return false
}

func start(first bool) int {
	if first {
		return headerBytes
	}
	return 0
}

func (p tree) kind() byte { return p.b[p.head] }

func (p tree) leaf() bool { return p.kind() == leafIndex || p.kind() == leafTable }

func (p tree) cells() int { return p.word(p.head + 3) }

func (p tree) word(at int) int { return int(binary.BigEndian.Uint16(p.b[at:])) }

// pointers is where the array of cell pointers begins.
func (p tree) pointers() int {
	if p.leaf() {
		return p.head + 8
	}
	return p.head + 12
}

// content is where the array of cell pointers ends: no cell lies before it.
func (p tree) content() int { return p.pointers() + 2*p.cells() }

// right is the page below the last cell.
func (p tree) right() uint32 {
	if p.leaf() {
		return 0
	}
	return binary.BigEndian.Uint32(p.b[p.head+8:])
}

// each goes through the cells. It fails on a page that is not as the format says, and then nothing may be changed in it.
func (p tree) each(do func(cell)) error {
	if p.content() > len(p.b) {
		return errMalformed
	}
	for i := range p.cells() {
		c, ok := p.cell(p.word(p.pointers() + 2*i))
		if !ok {
			return errMalformed
		}
		do(c)
	}
	return nil
}

// cell reads the cell at an offset (file format, section 1.6, "B-tree Cell Format").
func (p tree) cell(at int) (c cell, ok bool) {
	if at < p.content() || at > len(p.b)-4 {
		return c, false
	}
	c.at, c.from = at, at
	if !p.leaf() {
		c.child = binary.BigEndian.Uint32(p.b[at:])
		c.from += 4
	}
	if p.kind() != interiorTable {
		if c.payload, ok = p.varint(&c.from); !ok || c.payload < 0 {
			return c, false
		}
		c.local = p.local(c.payload)
	}
	if p.kind() == leafTable || p.kind() == interiorTable {
		if _, ok = p.varint(&c.from); !ok {
			return c, false
		}
	}
	end := c.from + c.local
	if int64(c.local) < c.payload {
		if end += 4; end <= len(p.b) {
			c.overflow = binary.BigEndian.Uint32(p.b[end-4:])
		}
	}
	c.size = end - at
	return c, end <= len(p.b)
}

// local is how much of a payload lies in the page (file format, section 1.6, "Cell Payload Overflow").
func (p tree) local(payload int64) int {
	u := len(p.b)
	most := (u-12)*64/255 - 23
	if p.kind() == leafTable {
		most = u - 35
	}
	if payload <= int64(most) {
		return int(payload)
	}
	least := (u-12)*32/255 - 23
	if k := least + int((payload-int64(least))%int64(u-4)); k <= most {
		return k
	}
	return least
}

// varint reads a number of one to nine bytes and moves on.
func (p tree) varint(at *int) (n int64, ok bool) {
	for i := range 9 {
		if *at >= len(p.b) {
			return 0, false
		}
		b := p.b[*at]
		*at++
		if i == 8 {
			return n<<8 | int64(b), true
		}
		n = n<<7 | int64(b&0x7f)
		if b < 0x80 {
			return n, true
		}
	}
	return n, true
}

// eachFree goes through the free blocks between the cells: where each begins, and its bytes.
func (p tree) eachFree(do func(at, size int)) error {
	for at, last := p.word(p.head+1), 0; at != 0; {
		if at < p.content() || at <= last || at > len(p.b)-4 || at+p.word(at+2) > len(p.b) {
			return errMalformed
		}
		do(at, p.word(at+2))
		at, last = p.word(at), at
	}
	return nil
}
