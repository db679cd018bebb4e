package page

import (
	"encoding/binary"
	"errors"
	"io"
)

// Survey is what was found in the structure of a database file.
type Survey struct {
	Pages     int64
	Free      int64 // pages on the free list
	Slack     int64 // bytes that are not zero although no live cell owns them
	InTrees   int64 // of those, how many lie in pages of trees
	Numbers   int64 // bytes of page numbers that SQLite left where it kept its free list: bookkeeping, no content; not in Slack
	Cells     int64 // in pages of trees
	Unused    int64 // bytes of pages of trees that no cell and no header owns, zero or not
	Malformed int64 // pages that are not as the file format says
	places    []pagePlace
}

// pagePlace is what a page is for, and how many of its bytes are owned where it is no tree's.
type pagePlace struct {
	kind  pageKind
	owned int
}

type pageKind uint8

const (
	unknownPage pageKind = iota
	treePage
	overflowPage
	trunkPage
	freePage
)

// reader reads pages by number, from 1.
type reader func(number uint32, into []byte) error

// surveyor walks a file: the free list, then each tree from its root.
type surveyor struct {
	Survey
	read reader
	size int
}

// SurveyFile looks at the whole structure of a database file, as it is under its log. log may be nil. Nobody may take the log in meanwhile.
func SurveyFile(file io.ReaderAt, size int64, log *Log) (Survey, error) {
	pageSize, err := SizeIn(file)
	if err != nil {
		return Survey{}, err
	}
	count := uint32(size / int64(pageSize))
	if log != nil && log.Pages > 0 {
		count = log.Pages
	}
	return survey(func(number uint32, into []byte) error {
		if log != nil {
			if there, err := log.Page(number, into); there || err != nil {
				return err
			}
		}
		_, err := file.ReadAt(into, int64(number-1)*int64(pageSize))
		return err
	}, pageSize, count)
}

// SizeIn is the size of a page of a database file.
func SizeIn(file io.ReaderAt) (int, error) {
	var head [headerBytes]byte
	if _, err := file.ReadAt(head[:], 0); err != nil {
		return 0, err
	}
	size := pageSizeOf(head[:])
	if size == 0 {
		return 0, errors.New("this is no SQLite database")
	}
	return size, nil
}

func pageSizeOf(head []byte) int {
	size := int(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		size = 1 << 16
	}
	if string(head[:16]) != "SQLite format 3\x00" || size < 512 || size&(size-1) != 0 {
		return 0
	}
	return size
}

func survey(read reader, pageSize int, count uint32) (Survey, error) {
	s := &surveyor{read: read, size: pageSize, Survey: Survey{Pages: int64(count), places: make([]pagePlace, count+1)}}
	first := make([]byte, pageSize)
	if err := read(1, first); err != nil {
		return s.Survey, err
	}
	if err := s.freeList(binary.BigEndian.Uint32(first[32:])); err != nil {
		return s.Survey, err
	}
	roots, err := s.tree(1, true)
	if err != nil {
		return s.Survey, err
	}
	for _, root := range roots {
		if _, err := s.tree(root, false); err != nil {
			return s.Survey, err
		}
	}
	return s.Survey, s.lost()
}

// take marks a page, and tells whether it was there to be taken.
func (s *surveyor) take(number uint32, kind pageKind, owned int) bool {
	if number == 0 || int(number) >= len(s.places) || s.places[number].kind != unknownPage {
		s.Malformed++
		return false
	}
	s.places[number] = pagePlace{kind, owned}
	return true
}

// freeList walks the trunks of the free list (file format, section 1.5).
func (s *surveyor) freeList(trunk uint32) error {
	b, leaf := make([]byte, s.size), make([]byte, s.size)
	for trunk != 0 {
		if !s.take(trunk, trunkPage, 8) {
			return nil
		}
		if err := s.read(trunk, b); err != nil {
			return err
		}
		n := int(binary.BigEndian.Uint32(b[4:]))
		if n < 0 || n > s.size/4-2 {
			s.Malformed++
			return nil
		}
		s.places[trunk].owned = 8 + 4*n
		s.Free++
		s.unowned(b, 8+4*n)
		for i := range n {
			number := binary.BigEndian.Uint32(b[8+4*i:])
			if !s.take(number, freePage, 0) {
				continue
			}
			if err := s.read(number, leaf); err != nil {
				return err
			}
			s.Free++
			s.unowned(leaf, 0)
		}
		trunk = binary.BigEndian.Uint32(b)
	}
	return nil
}

// unowned counts what is not zero from an offset to the end of a page. SQLite takes trunks of the free list into use as they are, so page
// numbers may stand there; they are told from content by being numbers of pages of this file, each in its place.
func (s *surveyor) unowned(b []byte, from int) {
	n := filled(b[from:])
	if n == 0 {
		return
	}
	if s.numbers(b[(from+3)&^3:]) && filled(b[from:(from+3)&^3]) == 0 {
		s.Numbers += n
		return
	}
	s.Slack += n
}

func (s *surveyor) numbers(b []byte) bool {
	for ; len(b) >= 4; b = b[4:] {
		if n := binary.BigEndian.Uint32(b); int64(n) > s.Pages {
			return false
		}
	}
	return true
}

func filled(b []byte) (n int64) {
	for _, v := range b {
		if v != 0 {
			n++
		}
	}
	return n
}

// tree walks a tree. Of the schema's it returns the roots of all others.
func (s *surveyor) tree(root uint32, schema bool) (roots []uint32, err error) {
	const leastCell = 4 // what SQLite gives the shortest
	b, clean := make([]byte, s.size), make([]byte, s.size)
	for todo := []uint32{root}; len(todo) > 0; {
		number := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !s.take(number, treePage, 0) {
			continue
		}
		if err := s.read(number, b); err != nil {
			return nil, err
		}
		if !IsTree(b, number == 1) || Scrub(clean, b, number == 1) != nil {
			s.Malformed++
			continue
		}
		n := differing(b, clean)
		s.Slack, s.InTrees = s.Slack+n, s.InTrees+n
		p := tree{b, start(number == 1)}
		if n := p.right(); n != 0 {
			todo = append(todo, n)
		}
		s.Unused += int64(s.size - p.content())
		var long []cell
		p.each(func(c cell) {
			s.Cells, s.Unused = s.Cells+1, s.Unused-int64(max(c.size, leastCell))
			if c.child != 0 {
				todo = append(todo, c.child)
			}
			if c.overflow != 0 {
				long = append(long, c)
			}
			if schema && p.leaf() {
				if n, ok := rootOf(b, c); ok {
					roots = append(roots, n)
				}
			}
		})
		for _, c := range long {
			if err := s.chain(c); err != nil {
				return nil, err
			}
		}
	}
	return roots, nil
}

func differing(a, b []byte) (n int64) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// chain follows a long row to its end.
func (s *surveyor) chain(c cell) error {
	b := make([]byte, s.size)
	rest := c.payload - int64(c.local)
	for number := c.overflow; number != 0; {
		owned := int(min(rest, int64(s.size-4))) + 4
		if rest <= 0 || !s.take(number, overflowPage, owned) {
			s.Malformed++
			return nil
		}
		if err := s.read(number, b); err != nil {
			return err
		}
		rest -= int64(owned - 4)
		s.unowned(b, owned)
		number = binary.BigEndian.Uint32(b)
	}
	if rest != 0 {
		s.Malformed++
	}
	return nil
}

// lost counts what stands in pages that nothing leads to. The page at 1 GiB, where locks lie, is never written.
func (s *surveyor) lost() error {
	b := make([]byte, s.size)
	for number := 1; number < len(s.places); number++ {
		if s.places[number].kind != unknownPage {
			continue
		}
		if err := s.read(uint32(number), b); err != nil {
			return err
		}
		s.Slack += filled(b)
	}
	return nil
}

// rootOf reads the fourth column of a row of the schema (file format, section 2.6): where the tree begins.
func rootOf(b []byte, c cell) (uint32, bool) {
	columns, ok := columnsOf(b, c)
	if !ok || len(columns) < 4 {
		return 0, false
	}
	var n uint64
	v := columns[3]
	if v.kind < 1 || v.kind > 6 || v.at+v.size > c.from+c.local {
		return 1, v.kind == 9 // the constant 1 is no other tree's root
	}
	for _, x := range b[v.at : v.at+v.size] {
		n = n<<8 | uint64(x)
	}
	return uint32(n), n > 0
}

// column is where a value of a row lies in its page (file format, section 2.1).
type column struct {
	kind     int64
	at, size int
}

// columnsOf reads the header of a row. Its last columns may lie beyond the page.
func columnsOf(b []byte, c cell) (out []column, ok bool) {
	p := tree{b: b[:min(len(b), c.from+c.local)]}
	at := c.from
	length, ok := p.varint(&at)
	if !ok || length < 1 || length > int64(c.local) {
		return nil, false
	}
	value, end := c.from+int(length), c.from+int(length)
	for at < end {
		kind, ok := p.varint(&at)
		if !ok || kind < 0 {
			return nil, false
		}
		size := sizeOf(kind)
		out = append(out, column{kind, value, size})
		value += size
		if size < 0 || value < 0 {
			return nil, false
		}
	}
	return out, true
}

func sizeOf(kind int64) int {
	switch {
	case kind >= 12:
		return int((kind - 12) / 2)
	case kind <= 4:
		return int(kind)
	case kind == 5:
		return 6
	case kind <= 7:
		return 8
	}
	return 0
}
