package page

import (
	"encoding/binary"
	"io"
)

// The write-ahead log (file format, section 4.1): a header, then frames of a header and a page each.
const (
	logHeader   = 32
	frameHeader = 24
)

// Log is what a write-ahead log holds of the database: for each page its newest version among those that were committed.
type Log struct {
	file   io.ReaderAt
	salt   uint64
	size   int              // of a page
	newest map[uint32]int64 // page → where its frame begins
	Frames int64            // frames that the file has room for, those of earlier rounds included
	Pages  uint32           // pages of the database after the last commit; 0 = no commit
}

// ReadLog reads the headers of a log.
func ReadLog(file io.ReaderAt, length int64) (*Log, error) {
	l := &Log{file: file, newest: map[uint32]int64{}}
	var head [logHeader]byte
	if length < logHeader {
		return l, nil
	}
	if _, err := file.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	if binary.BigEndian.Uint32(head[:])&^1 != 0x377f0682 {
		return l, nil // wiped, or never begun
	}
	l.size, l.salt = int(binary.BigEndian.Uint32(head[8:])), binary.BigEndian.Uint64(head[16:])
	if l.size < 512 || l.size > 1<<16 {
		return l, nil
	}
	l.Frames = (length - logHeader) / int64(frameHeader+l.size)
	return l, l.index()
}

// index goes through the frames of this round; a commit takes in those before it.
func (l *Log) index() error {
	open := map[uint32]int64{}
	for i := range l.Frames {
		at := logHeader + i*int64(frameHeader+l.size)
		var head [frameHeader]byte
		if _, err := l.file.ReadAt(head[:], at); err != nil {
			return err
		}
		if binary.BigEndian.Uint64(head[8:]) != l.salt {
			return nil
		}
		open[binary.BigEndian.Uint32(head[:])] = at
		if pages := binary.BigEndian.Uint32(head[4:]); pages > 0 {
			l.Pages = pages
			for n, at := range open {
				l.newest[n] = at
			}
			clear(open)
		}
	}
	return nil
}

// Page reads a page if the log has it. A log that was begun anew meanwhile has it no more; then it is in the database file.
func (l *Log) Page(number uint32, into []byte) (there bool, err error) {
	at, ok := l.newest[number]
	if !ok {
		return false, nil
	}
	frame := make([]byte, frameHeader+l.size)
	if _, err := l.file.ReadAt(frame, at); err != nil && err != io.EOF {
		return false, err
	}
	if binary.BigEndian.Uint64(frame[8:]) != l.salt || binary.BigEndian.Uint32(frame) != number {
		return false, nil
	}
	copy(into, frame[frameHeader:])
	return true, nil
}

// EachFrame goes through the pages of all frames, those of earlier rounds included: they are still in the file.
func (l *Log) EachFrame(do func(number uint32, at int64, page []byte)) error {
	frame := make([]byte, frameHeader+l.size)
	for i := range l.Frames {
		at := logHeader + i*int64(len(frame))
		if _, err := l.file.ReadAt(frame, at); err != nil {
			return err
		}
		do(binary.BigEndian.Uint32(frame), at+frameHeader, frame[frameHeader:])
	}
	return nil
}
