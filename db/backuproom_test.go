package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

// A backup for which there is no room is refused before anything is begun: no row, no key, no file.
func TestBackupWithoutRoom(t *testing.T) {
	dir, free := t.TempDir(), int64(1<<30)
	room := db.WithFree(func(string) (int64, error) { return free, nil })
	s := openOn(t, dir, room)
	b, err := s.Backup(ctx, audit.Operator, db.NewBackup{Path: filepath.Join(dir, "first"), Keep: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	shut(t, s) // so that all of it is in the database file
	info, err := os.Stat(filepath.Join(dir, "quittance.db"))
	if err != nil {
		t.Fatal(err)
	}
	s = openOn(t, dir, room)
	defer shut(t, s)
	free = info.Size() // once, and it takes twice
	path := filepath.Join(dir, "second")
	if _, err := s.Backup(ctx, audit.Operator, db.NewBackup{Path: path, Keep: time.Hour}); !errors.Is(err, db.ErrBackupRoom) {
		t.Errorf("with room for one copy: %v", err)
	}
	for _, name := range []string{path, path + ".part", filepath.Join(dir, "backup-keys", "2.key")} {
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			t.Errorf("%s is there", filepath.Base(name))
		}
	}
	free = 2 * info.Size()
	next, err := s.Backup(ctx, audit.Operator, db.NewBackup{Path: path, Keep: time.Hour})
	if err != nil || next.Number != b.Number+1 {
		t.Errorf("with room: %+v, %v", next, err)
	}
}
