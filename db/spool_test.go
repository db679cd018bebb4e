package db_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
)

// TestSpool: what is written comes back from any place and at any length, and the disk never holds it in clear, nor under a name.
func TestSpool(t *testing.T) {
	s := dbtest.Open(t)
	p, err := s.Spool()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	plain := bytes.Repeat([]byte("a secret of some length, "), 8000)
	for rest := plain; len(rest) > 0; {
		n, err := p.Write(rest[:min(len(rest), 1+rand.IntN(5000))])
		if err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if p.Size() != int64(len(plain)) {
		t.Errorf("it holds %d bytes", p.Size())
	}
	for range 500 {
		at, n := rand.IntN(len(plain)), rand.IntN(300)
		got := make([]byte, n)
		read, err := p.ReadAt(got, int64(at))
		want := plain[at:min(len(plain), at+n)]
		if !bytes.Equal(got[:read], want) || err != nil && (err != io.EOF || at+n < len(plain)) {
			t.Fatalf("%d bytes at %d: %v", n, at, err)
		}
	}
	if _, err := p.ReadAt(make([]byte, 1), p.Size()); err != io.EOF {
		t.Errorf("behind the end: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(s.Dir(), "upload-*")); len(left) > 0 || err != nil {
		t.Errorf("there are names: %v, %v", left, err)
	}
	if disk := db.SpoolOnDisk(t, p); bytes.Contains(disk, []byte("secret")) || len(disk) != len(plain) {
		t.Error("the disk holds it in clear")
	}
}

// TestSpoolForgets: what stands before a place is gone for whoever reads, in whole segments and nothing beyond it.
func TestSpoolForgets(t *testing.T) {
	p, err := dbtest.Open(t).Spool()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	const segment = 64 << 10
	if _, err := p.Write(bytes.Repeat([]byte("0123456789abcdef"), 3*segment/16)); err != nil {
		t.Fatal(err)
	}
	p.Forget(segment - 1)
	if _, err := p.ReadAt(make([]byte, 8), 0); err != nil {
		t.Errorf("a segment is forgotten before its end: %v", err)
	}
	p.Forget(2*segment + 5)
	for _, at := range []int64{0, segment - 4, segment, 2*segment - 1} {
		got := make([]byte, 8)
		if _, err := p.ReadAt(got, at); !errors.Is(err, db.ErrForgotten) || !bytes.Equal(got, make([]byte, 8)) {
			t.Errorf("byte %d is read as %q, %v", at, got, err)
		}
	}
	got := make([]byte, 16)
	if _, err := p.ReadAt(got, 2*segment); err != nil || string(got) != "0123456789abcdef" {
		t.Errorf("behind it stands %q, %v", got, err)
	}
}

// TestSpoolLeftovers: a name that a killed process left goes with the next start, and a directory without room is said to be full.
func TestSpoolLeftovers(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, "upload-1")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}
