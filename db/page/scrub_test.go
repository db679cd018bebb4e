package page

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// written is a page of 512 bytes with three cells, one of them long, a free block, a fragment, and a stain where nobody owns it.
func written(kind byte, first bool) []byte {
	b := bytes.Repeat([]byte{0xee}, 512)
	head := start(first)
	p := tree{b, head}
	b[head] = kind
	cells := []int{500, 450, 300}
	binary.BigEndian.PutUint16(b[head+1:], 480) // the first free block
	binary.BigEndian.PutUint16(b[head+3:], uint16(len(cells)))
	binary.BigEndian.PutUint16(b[head+5:], 300)
	b[head+7] = 2
	binary.BigEndian.PutUint32(b[480:], 16) // the last one, of 16 bytes
	for i, at := range cells {
		binary.BigEndian.PutUint16(b[p.pointers()+2*i:], uint16(at))
		if !p.leaf() {
			binary.BigEndian.PutUint32(b[at:], uint32(i+2))
			at += 4
		}
		if i == 2 { // 567 bytes, of which 39 + (567-39) % (512-4) = 59 are here (file format, section 1.6)
			copy(b[at:], []byte{0x84, 0x37, 7})
		} else {
			copy(b[at:], []byte{3, 7})
		}
	}
	return b
}

// What is owned in a page that was written by hand, counted by hand.
func TestScrubByHand(t *testing.T) {
	for _, c := range []struct {
		kind  byte
		first bool
		owned [][2]int
	}{
		{leafTable, false, [][2]int{{0, 14}, {300, 366}, {450, 455}, {480, 484}, {500, 505}}},
		{leafTable, true, [][2]int{{0, 114}, {300, 366}, {450, 455}, {480, 484}, {500, 505}}},
		{leafIndex, false, [][2]int{{0, 14}, {300, 365}, {450, 454}, {480, 484}, {500, 504}}},
		{interiorIndex, false, [][2]int{{0, 18}, {300, 369}, {450, 458}, {480, 484}, {500, 508}}},
		{interiorTable, false, [][2]int{{0, 18}, {300, 306}, {450, 455}, {480, 484}, {500, 505}}},
	} {
		b, clean, want := written(c.kind, c.first), make([]byte, 512), make([]byte, 512)
		for _, r := range c.owned {
			copy(want[r[0]:r[1]], b[r[0]:])
		}
		if err := Scrub(clean, b, c.first); err != nil || !bytes.Equal(clean, want) {
			t.Errorf("kind %d: %v\n%x\n%x", c.kind, err, clean, want)
		}
	}
}

// A page that is not as the format says is refused, not guessed at.
func TestScrubRefuses(t *testing.T) {
	for name, spoil := range map[string]func([]byte){
		"more cells than fit":         func(b []byte) { binary.BigEndian.PutUint16(b[3:], 300) },
		"a cell among the pointers":   func(b []byte) { binary.BigEndian.PutUint16(b[8:], 9) },
		"a cell at the end":           func(b []byte) { binary.BigEndian.PutUint16(b[8:], 510) },
		"a cell beyond the end":       func(b []byte) { b[500] = 60 },
		"a number without end":        func(b []byte) { copy(b[508:], "\xff\xff\xff\xff"); binary.BigEndian.PutUint16(b[8:], 508) },
		"a free block in the header":  func(b []byte) { binary.BigEndian.PutUint16(b[1:], 3) },
		"free blocks in a circle":     func(b []byte) { binary.BigEndian.PutUint16(b[480:], 480) },
		"a free block beyond the end": func(b []byte) { binary.BigEndian.PutUint16(b[482:], 60) },
	} {
		b := written(leafTable, false)
		spoil(b)
		if Scrub(make([]byte, 512), b, false) == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// FuzzScrub: no page makes it fail otherwise than by its error; what it gives is the page with some bytes zero, every cell whole, and gives
// itself again.
func FuzzScrub(f *testing.F) {
	for _, kind := range []byte{interiorIndex, interiorTable, leafIndex, leafTable} {
		f.Add(written(kind, false), false)
		f.Add(written(kind, true), true)
	}
	f.Fuzz(func(t *testing.T, b []byte, first bool) {
		if len(b) < 512 || len(b) > 1<<16 || !IsTree(b, first) {
			return
		}
		clean, again := make([]byte, len(b)), make([]byte, len(b))
		if Scrub(clean, b, first) != nil {
			return
		}
		for i := range b {
			if clean[i] != 0 && clean[i] != b[i] {
				t.Fatalf("byte %d is new", i)
			}
		}
		tree{b, start(first)}.each(func(c cell) {
			if !bytes.Equal(clean[c.at:c.at+c.size], b[c.at:c.at+c.size]) {
				t.Fatalf("the cell at %d is not whole", c.at)
			}
		})
		if Scrub(again, clean, first) != nil || !bytes.Equal(again, clean) {
			t.Fatal("scrubbing it again gives something else")
		}
	})
}
