package db

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// spoolName is what the files of spools are called for the moment in which they have a name.
const spoolName = "upload-"

// copyName is the same for copies of the database.
const copyName = "copy-"

// Spool holds an upload while it is checked, because what it may hold has to be read twice and out of order. It lies in the data directory,
// in a file without a name, under a key that is in memory only: when the process ends, however it ends, nobody can read what is left of
// it on the disk (law L3). Each segment has a key of its own, so that the beginning can be forgotten before the rest. Write it first, then read it
// from anywhere; reading may be done by several at once, but not of what is being forgotten.
type Spool struct {
	file *os.File
	keys []*[32]byte // of the segments; nil = forgotten
	size int64
}

// spoolSegment is how much of a spool is sealed under one key, in bytes.
const spoolSegment = 64 << 10

// ErrForgotten is returned for what was forgotten.
var ErrForgotten = errors.New("this part of the upload was forgotten")

// Spool makes an empty one. Whoever made it closes it.
func (s *Store) Spool() (*Spool, error) {
	if err := s.room.take(); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(s.dir, spoolName)
	if err != nil {
		return nil, fmt.Errorf("making room for an upload: %w", noRoom(err))
	}
	p := &Spool{file: file}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("making room for an upload: %w", err), file.Close())
	}
	return p, nil
}

// clearSpools removes files that a process left which ended between making one and taking its name away: those of uploads and those of
// backups (package disk, Hidden). They are empty.
func clearSpools(dir string) error {
	uploads, err1 := filepath.Glob(filepath.Join(dir, spoolName+"*"))
	copies, err2 := filepath.Glob(filepath.Join(dir, copyName+"*"))
	err := errors.Join(err1, err2)
	for _, name := range append(uploads, copies...) {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// Size is how much was written, in bytes.
func (p *Spool) Size() int64 { return p.size }

// Write implements io.Writer: it appends. A disk without room is ErrFull.
func (p *Spool) Write(plain []byte) (int, error) {
	sealed := make([]byte, len(plain))
	for int64(len(p.keys))*spoolSegment < p.size+int64(len(plain)) {
		key := new([32]byte)
		rand.Read(key[:])
		p.keys = append(p.keys, key)
	}
	if err := p.stream(p.size, sealed, plain); err != nil {
		return 0, err
	}
	n, err := p.file.WriteAt(sealed, p.size)
	p.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("keeping an upload: %w", noRoom(err))
	}
	return n, nil
}

// ReadAt implements io.ReaderAt. What was forgotten is ErrForgotten.
func (p *Spool) ReadAt(into []byte, at int64) (int, error) {
	if at >= p.size {
		return 0, io.EOF
	}
	n, err := p.file.ReadAt(into[:min(int64(len(into)), p.size-at)], at)
	if failed := p.stream(at, into[:n], into[:n]); failed != nil {
		clear(into)
		return 0, failed
	}
	if err == nil && n < len(into) {
		err = io.EOF
	}
	return n, err
}

// Forget makes what stands before a place unreadable, in whole segments: what became a record must not lie here any longer, where no erasure
// would find it (law L3).
func (p *Spool) Forget(before int64) {
	for i := before/spoolSegment - 1; i >= 0 && p.keys[i] != nil; i-- {
		clear(p.keys[i][:])
		p.keys[i] = nil
	}
}

// Close gives the room back.
func (p *Spool) Close() error { return p.file.Close() }

// stream seals or opens what stands from a place on (AES-256-CTR, NIST SP 800-38A, section 6.5), segment by segment.
func (p *Spool) stream(at int64, out, in []byte) error {
	for len(in) > 0 {
		within := at % spoolSegment
		n := min(int64(len(in)), spoolSegment-within)
		if err := p.segment(at/spoolSegment, within, out[:n], in[:n]); err != nil {
			return err
		}
		at, out, in = at+n, out[n:], in[n:]
	}
	return nil
}

// segment is stream within one segment. Its key is used for nothing else, so its counter begins at zero: that of a block is the number of the block.
func (p *Spool) segment(number, within int64, out, in []byte) error {
	key := p.keys[number]
	if key == nil {
		return ErrForgotten
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return err
	}
	var counter, skipped [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[8:], uint64(within/aes.BlockSize))
	ctr := cipher.NewCTR(block, counter[:])
	ctr.XORKeyStream(skipped[:within%aes.BlockSize], skipped[:within%aes.BlockSize])
	ctr.XORKeyStream(out, in)
	return nil
}

// noRoom says in our own words that the disk, or this account's share of it, is full.
func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errors.Join(ErrFull, err)
	}
	return err
}
