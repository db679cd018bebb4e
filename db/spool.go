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
// it on the disk (law L3). Write it first, then read it from anywhere; reading may be done by several at once.
type Spool struct {
	file  *os.File
	block cipher.Block
	start [aes.BlockSize]byte // the counter of the first block
	size  int64
}

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
	key := make([]byte, 32)
	rand.Read(key)
	rand.Read(p.start[:])
	if p.block, err = aes.NewCipher(key); err != nil {
		return nil, errors.Join(err, file.Close())
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
	p.stream(p.size, sealed, plain)
	n, err := p.file.WriteAt(sealed, p.size)
	p.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("keeping an upload: %w", noRoom(err))
	}
	return n, nil
}

// ReadAt implements io.ReaderAt.
func (p *Spool) ReadAt(into []byte, at int64) (int, error) {
	if at >= p.size {
		return 0, io.EOF
	}
	n, err := p.file.ReadAt(into[:min(int64(len(into)), p.size-at)], at)
	p.stream(at, into[:n], into[:n])
	if err == nil && n < len(into) {
		err = io.EOF
	}
	return n, err
}

// Close gives the room back.
func (p *Spool) Close() error { return p.file.Close() }

// stream seals or opens what stands from a place on (AES-256-CTR, NIST SP 800-38A, section 6.5): the counter of a block is the first one
// plus the number of the block.
func (p *Spool) stream(at int64, out, in []byte) {
	counter, low := p.start, binary.BigEndian.Uint64(p.start[8:])
	sum := low + uint64(at/aes.BlockSize)
	binary.BigEndian.PutUint64(counter[8:], sum)
	if sum < low {
		binary.BigEndian.PutUint64(counter[:8], binary.BigEndian.Uint64(counter[:8])+1)
	}
	ctr := cipher.NewCTR(p.block, counter[:])
	var skipped [aes.BlockSize]byte
	ctr.XORKeyStream(skipped[:at%aes.BlockSize], skipped[:at%aes.BlockSize])
	ctr.XORKeyStream(out, in)
}

// noRoom says in our own words that the disk, or this account's share of it, is full.
func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errors.Join(ErrFull, err)
	}
	return err
}
