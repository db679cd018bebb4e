package disk_test

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"quittance/db/disk"
	"quittance/db/disk/disktest"
)

// A log is zeros on the disk, synced, before it is cut and before it is removed; and its header is so before the rest is touched.
func TestLogIsWipedBeforeItGoes(t *testing.T) {
	d, err := disktest.New("wiping below")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Register("wiping", "wiping below"); err != nil {
		t.Fatal(err)
	}
	s, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "x.db")+"?vfs=wiping&_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	if err != nil {
		t.Fatal(err)
	}
	s.SetMaxOpenConns(1)
	d.Record()
	for _, q := range []string{"CREATE TABLE x (x)", "INSERT INTO x SELECT randomblob(300000)", "PRAGMA wal_checkpoint(TRUNCATE)", "INSERT INTO x SELECT randomblob(90000)"} {
		if _, err := s.Exec(q); err != nil {
			t.Fatal(q, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	gone := map[disktest.Kind]int{}
	ops := d.Stop()
	for i, op := range ops {
		if !strings.HasSuffix(op.File, "-wal") || op.Kind != disktest.Truncate && op.Kind != disktest.Delete {
			continue
		}
		gone[op.Kind]++
		durable := disktest.Cut(nil, ops[:i], disktest.LoseAll, nil)[op.File]
		if len(durable) < 90000 || bytes.Count(durable, []byte{0}) != len(durable) {
			t.Errorf("operation %d gives back %d bytes of which only %d are zero", i, len(durable), bytes.Count(durable, []byte{0}))
		}
		headerFirst(t, ops[:i], op.File)
	}
	if gone[disktest.Truncate] == 0 || gone[disktest.Delete] == 0 {
		t.Errorf("the test does not test: %v", gone)
	}
}

// headerFirst looks back from the end of a wipe: before the first zeros behind the header there are those of the header, and a sync.
func headerFirst(t *testing.T, ops []disktest.Op, log string) {
	t.Helper()
	synced := false
	for i := len(ops) - 1; i >= 0; i-- {
		op := ops[i]
		switch {
		case op.File != log:
		case op.Kind == disktest.Sync:
			synced = true
		case op.Kind == disktest.Write && op.At == 0 && len(op.Data) == 32 && bytes.Count(op.Data, []byte{0}) == 32:
			if !synced {
				t.Error("the header was not synced before the rest was written")
			}
			return
		default:
			synced = false
		}
	}
	t.Error("the header was not wiped by itself")
}
