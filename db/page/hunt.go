package page

import (
	"bytes"
	"encoding/binary"
)

// window is how many bytes in a row are taken for a trace of a longer value: a piece may be all that was left.
const window = 8

// Needles are values that are looked for.
type Needles struct {
	values  [][]byte
	short   []int            // those shorter than a window
	begins  map[uint64][]int // the values that begin with a window
	windows map[uint64]int   // any window of a value → the value
	sieve   [1 << 14]uint64  // which hashes of windows there are: most of what is looked at is none
}

// NewNeedles prepares values. Empty ones are left out.
func NewNeedles(values []string) *Needles {
	n := &Needles{begins: map[uint64][]int{}, windows: map[uint64]int{}}
	for i, v := range values {
		n.values = append(n.values, []byte(v))
		if len(v) < window {
			if v != "" {
				n.short = append(n.short, i)
			}
			continue
		}
		first := binary.LittleEndian.Uint64([]byte(v))
		n.begins[first] = append(n.begins[first], i)
		for at := 0; at+window <= len(v); at++ {
			w := binary.LittleEndian.Uint64([]byte(v)[at:])
			n.windows[w] = i
			h := hash(w)
			n.sieve[h/64] |= 1 << (h % 64)
		}
	}
	return n
}

func hash(w uint64) uint64 { return w * 0x9e3779b97f4a7c15 >> (64 - 20) }

// EachWindow finds every window of a long value and every whole short one.
func (n *Needles) EachWindow(b []byte, found func(at, value int)) {
	for at := 0; at+window <= len(b); at++ {
		w := binary.LittleEndian.Uint64(b[at:])
		if h := hash(w); n.sieve[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		if v, ok := n.windows[w]; ok {
			found(at, v)
		}
	}
	for _, v := range n.short {
		eachOf(b, n.values[v], func(at int) { found(at, v) })
	}
}

// Windows counts them.
func (n *Needles) Windows(b []byte) (count int) {
	n.EachWindow(b, func(int, int) { count++ })
	return count
}

func eachOf(b, value []byte, found func(at int)) {
	for from := 0; ; {
		i := bytes.Index(b[from:], value)
		if i < 0 {
			return
		}
		found(from + i)
		from += i + 1
	}
}

// EachWhole finds every value that stands whole. edge tells of an offset whether a value of a row begins or ends there; elsewhere a letter
// or digit beside what was found makes it part of a longer word, and no hit: "customer_1" is not in "customer_12".
func (n *Needles) EachWhole(b []byte, edge func(at int) bool, found func(at, value int)) {
	check := func(at, v int) {
		end := at + len(n.values[v])
		if (at == 0 || !wordByte(b[at-1]) || edge(at)) && (end == len(b) || !wordByte(b[end]) || edge(end)) {
			found(at, v)
		}
	}
	for at := 0; at+window <= len(b); at++ {
		w := binary.LittleEndian.Uint64(b[at:])
		if h := hash(w); n.sieve[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, v := range n.begins[w] {
			if bytes.HasPrefix(b[at:], n.values[v]) {
				check(at, v)
			}
		}
	}
	for _, v := range n.short {
		eachOf(b, n.values[v], func(at int) { check(at, v) })
	}
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}
