package page

import "bytes"

// Scrub copies a page of a tree into dst, with zeros where no live cell owns a byte: in the gap before the cells, in the free blocks beyond
// the four bytes that chain them, in fragments between cells. Page splits and merges leave whole cells there, which PRAGMA secure_delete
// does not reach (erase-and-prove.md, fact 1). It fails on a page that is not as the format says; dst then holds nothing of use.
//
// Every byte of every cell is copied whatever else the page says, so no page can lose a live byte here.
func Scrub(dst, src []byte, first bool) error {
	p := tree{src, start(first)}
	if p.content() > len(src) {
		return errMalformed
	}
	clear(dst)
	copy(dst, src[:p.content()])
	err := p.each(func(c cell) { copy(dst[c.at:c.at+c.size], src[c.at:]) })
	if err != nil {
		return err
	}
	return p.eachFree(func(at, _ int) { copy(dst[at:at+4], src[at:]) })
}

// Scrubbed gives a page of any kind as it should be, in dst if that is large enough, and tells whether it is not so yet. Pages that are no
// tree's it does not know, and leaves: PRAGMA secure_delete overwrites those.
func Scrubbed(dst, src []byte, first bool) (clean []byte, changed bool, err error) {
	if !IsTree(src, first) {
		return src, false, nil
	}
	if cap(dst) < len(src) {
		dst = make([]byte, len(src))
	}
	dst = dst[:len(src)]
	err = Scrub(dst, src, first)
	return dst, err == nil && !bytes.Equal(dst, src), err
}
