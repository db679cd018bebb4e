package logfile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
)

func sourceOf(t *testing.T, name, text string) *Source {
	t.Helper()
	s, err := NewSource(name, strings.NewReader(text), -1, sha256.New())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestLines: each line bears its number in the file, empty ones too; of one that is too long nothing is kept, and what comes after it is.
func TestLines(t *testing.T) {
	s := sourceOf(t, "a.ndjson", "one\n\n"+strings.Repeat("x", maxLine+1)+"\nfour\nfive")
	c := new(chunk)
	if more, err := s.fill(c); more || err != nil {
		t.Fatal(more, err)
	}
	want := []struct {
		number int64
		text   string
		fault  error
		open   bool
	}{{1, "one\n", nil, false}, {3, "", errLongLine, false}, {4, "four\n", nil, false}, {5, "five", nil, true}}
	if len(c.lines) != len(want) || len(c.text) > 100 || c.line != 5 {
		t.Fatalf("%+v, %d bytes, %d lines", c.lines, len(c.text), c.line)
	}
	for i, w := range want {
		p := c.lines[i]
		if got := string(c.text[p.from:p.to]); p.number != w.number || got != w.text || p.fault != w.fault || p.open != w.open {
			t.Errorf("%+v says %q, want %+v", p, got, w)
		}
	}
}

// TestNoLines: what never ends a line is no NDJSON, and is not read to its end.
func TestNoLines(t *testing.T) {
	in := &io.LimitedReader{R: endless{}, N: 3 * maxNoLine}
	s, err := NewSource("a.ndjson", in, -1, sha256.New())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := new(chunk)
	if _, err := s.fill(c); !errors.Is(err, errNoLines) || in.N == 0 || len(c.text) > 0 {
		t.Errorf("%v, %d bytes left, %d kept", err, in.N, len(c.text))
	}
}

// endless gives the same letter for ever.
type endless struct{}

// Read implements io.Reader.
func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestSkip: a file is taken up behind what was read of it, and only where it begins with exactly that.
func TestSkip(t *testing.T) {
	sum := sha256.Sum256([]byte("one\n"))
	if s := sourceOf(t, "a", "one\ntwo\n"); !s.skip(4, 1, sum[:]) || s.offset != 4 || s.line != 1 {
		t.Error("what was read before is not known again")
	}
	for _, other := range []string{"One\ntwo\n", "one"} {
		if sourceOf(t, "a", other).skip(4, 1, sum[:]) {
			t.Errorf("%q is taken for a file that begins with another line", other)
		}
	}
}

// TestNameOfFile: a file is read by how it begins; one that is not packed as its name says is no import.
func TestNameOfFile(t *testing.T) {
	for _, name := range []string{"a.gz", "a.zst"} {
		var file *Unreadable
		if _, err := NewSource(name, bytes.NewReader([]byte("{}\n")), -1, sha256.New()); !errors.As(err, &file) {
			t.Errorf("%s that is plain: %v", name, err)
		}
	}
}
