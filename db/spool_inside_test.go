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
