package db

import (
	"io"
	"testing"
)

// SpoolOnDisk is what the disk holds of a spool.
func SpoolOnDisk(t *testing.T, p *Spool) []byte {
	t.Helper()
	disk, err := io.ReadAll(io.NewSectionReader(p.file, 0, p.size))
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

// SpoolNearCarry sets the counter of an empty spool so that its low half overflows with the third block.
func SpoolNearCarry(p *Spool) {
	for i := range p.start {
		p.start[i] = 0xff
	}
	p.start[0], p.start[15] = 1, 0xfe
}
