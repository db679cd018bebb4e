package logfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxLine   = 8 << 20  // bytes of a line that is looked at (security.md, "Limits")
	maxNoLine = 64 << 20 // bytes without an end of line after which this is no NDJSON, but a mistake or a bomb
	maxWindow = 64 << 20 // bytes that a zstd file may make us remember

	chunkLines = 1000    // of one transaction
	chunkBytes = 4 << 20 // or as much text
	headBytes  = 4 << 10 // by which a file is known again
)

var (
	errNoLines  = fmt.Errorf("there is no end of line within %d MiB: this is no NDJSON", maxNoLine>>20)
	errLongLine = wrong(LongLine, "it is longer than %d MiB", maxLine>>20)
	errHalfLine = wrong(HalfLine, "the file ends in the middle of it")
)

// Source is a file on its way in: its plain text, and how far it was read.
type Source struct {
	Name   string
	Size   int64 // bytes of the file as it lies there; -1 = not known
	read   atomic.Int64
	text   *bufio.Reader
	sum    hash.Hash // over the text up to offset
	offset int64     // always behind a whole line
	line   int64
	closes []func()
}

// NewSource reads what lies in a file: plain, gzip or zstd by how it begins. sum is a fresh Store.ImportHash. What closes the file goes into closes; it
// is called by Close, and when this fails.
func NewSource(name string, in io.Reader, size int64, sum hash.Hash, closes ...func()) (*Source, error) {
	s := &Source{Name: name, Size: size, sum: sum, closes: closes}
	if err := s.decompress(&meter{in, &s.read}); err != nil {
		s.Close()
		return nil, &Unreadable{fmt.Errorf("reading %s: %w", name, err)}
	}
	return s, nil
}

// Unreadable is what is wrong with a file as a whole.
type Unreadable struct{ err error }

// Error implements error.
func (u *Unreadable) Error() string { return u.err.Error() }

// Unwrap gives what is behind it.
func (u *Unreadable) Unwrap() error { return u.err }

// meter counts what is read.
type meter struct {
	from io.Reader
	n    *atomic.Int64
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.n.Add(int64(n))
	return n, err
}

// decompress looks at how the file begins: RFC 1952, section 2.3.1 for gzip and RFC 8878, section 3.1.1 for zstd.
func (s *Source) decompress(in io.Reader) error {
	raw := bufio.NewReaderSize(in, 256<<10)
	head, err := raw.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	var plain io.Reader = raw
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		if plain, err = gzip.NewReader(raw); err != nil {
			return err
		}
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return err
		}
		plain, s.closes = z, append(s.closes, z.Close)
	case len(head) > 0 && (strings.HasSuffix(s.Name, ".gz") || strings.HasSuffix(s.Name, ".zst")):
		return errors.New("it is not compressed in the way its name says")
	}
	s.text = bufio.NewReaderSize(plain, 256<<10)
	return nil
}

// Close gives the file back.
func (s *Source) Close() {
	for _, f := range s.closes {
		f()
	}
}

// head names the file by how its text begins.
func (s *Source) head(name hash.Hash) ([]byte, error) {
	begin, err := s.text.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	name.Write(begin)
	return name.Sum(nil), nil
}

// skip reads over what an earlier import took in, and tells whether the file begins with exactly that.
func (s *Source) skip(offset, line int64, digest []byte) bool {
	_, err := io.CopyN(s.sum, s.text, offset)
	s.offset, s.line = offset, line
	return err == nil && bytes.Equal(s.sum.Sum(nil), digest)
}

// piece is one line of a chunk.
type piece struct {
	number   int64
	from, to int // in the chunk's text
	fault    error
	open     bool // the file ended before its line did
}

// fill reads lines up to the bounds of a chunk. more is false at the end of the file. After an error the chunk holds the whole lines
// before it.
func (s *Source) fill(c *chunk) (more bool, err error) {
	for more = true; more && err == nil && len(c.lines) < chunkLines && len(c.text) < chunkBytes; {
		more, err = s.next(c)
	}
	c.offset, c.line, c.read, c.digest = s.offset, s.line, s.read.Load(), s.sum.Sum(nil)
	return more, err
}

// next reads one line into the chunk. Of a line that is too long it keeps nothing, and reads on to its end in constant memory.
func (s *Source) next(c *chunk) (more bool, err error) {
	from := len(c.text)
	n, err := s.gather(c)
	if err != nil && !errors.Is(err, io.EOF) {
		c.text = c.text[:from]
		return false, err
	}
	if n == 0 {
		return false, nil
	}
	s.offset, s.line = s.offset+n, s.line+1
	p := piece{number: s.line, from: from, to: len(c.text), open: err != nil}
	if n > maxLine {
		c.text = c.text[:from]
		p.to, p.fault = from, errLongLine
	} else {
		s.sum.Write(c.text[from:])
	}
	if p.fault != nil || len(bytes.TrimSpace(c.text[p.from:p.to])) > 0 {
		c.lines = append(c.lines, p)
	}
	return err == nil, nil
}

// gather reads to the end of a line and returns its length. Up to maxLine it stands in the chunk's text afterwards; what is longer goes to
// the sum at once. An error in the middle of so long a line spoils the sum, so that the file is not taken up but read anew.
func (s *Source) gather(c *chunk) (n int64, err error) {
	from := len(c.text)
	for {
		part, err := s.text.ReadSlice('\n')
		before := n
		n += int64(len(part))
		switch {
		case n <= maxLine:
			c.text = append(c.text, part...)
		case before <= maxLine:
			s.sum.Write(c.text[from:])
			s.sum.Write(part)
		default:
			s.sum.Write(part)
		}
		if n > maxNoLine {
			return n, errNoLines
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return n, err
		}
	}
}
