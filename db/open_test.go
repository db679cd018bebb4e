package db_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"quittance/db"
	"quittance/db/dbtest"
)

// behind changes a closed store's file behind its back, with sums that are right: as somebody does who knows how it is made.
func behind(t *testing.T, dir string, statements ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "quittance.db")+"?vfs=quittance")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, st := range statements {
		if _, err := raw.Exec(st); err != nil {
			t.Fatal(err)
		}
	}
}

// closed makes a store with one labelled record and closes it.
func closed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, err := db.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	svc := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, s.Now(), "hello", "anna"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  error
	}{
		"another program's database": {func(t *testing.T, dir string) { behind(t, dir, "PRAGMA application_id = 7") }, db.ErrForeign},
		"a file that is no database": {func(t *testing.T, dir string) {
			for _, f := range []string{"quittance.db-wal", "quittance.db-shm"} {
				os.Remove(filepath.Join(dir, f))
			}
			if err := os.WriteFile(filepath.Join(dir, "quittance.db"), []byte("this is a letter to the bank, and long enough to be one"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, db.ErrForeign},
		"a newer database": {func(t *testing.T, dir string) {
			behind(t, dir, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		}, db.ErrNewer},
		"lost keys": {func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "keys.json")); err != nil {
				t.Fatal(err)
			}
		}, db.ErrKeys},
		"an altered audit tree": {func(t *testing.T, dir string) {
			behind(t, dir, "DROP TRIGGER hash_fixed", "UPDATE hash SET hash = zeroblob(32)")
		}, db.ErrTampered},
		"a shortened audit trail": {func(t *testing.T, dir string) {
			behind(t, dir, "DROP TRIGGER leaf_kept", "DELETE FROM leaf WHERE number = (SELECT max(number) FROM leaf)")
		}, db.ErrTampered},
	} {
		t.Run(name, func(t *testing.T) {
			dir := closed(t)
			c.spoil(t, dir)
			s, err := db.Open(ctx, dir)
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestOneWriterProcess(t *testing.T) {
	s := dbtest.Open(t)
	if _, err := db.Open(ctx, s.Dir()); !errors.Is(err, db.ErrLocked) {
		t.Errorf("a second writer got %v", err)
	}
}

// A flipped bit is an error, never a wrong answer.
func TestDigestNoticesDamage(t *testing.T) {
	for _, change := range []string{
		"UPDATE record SET text = 'other'", "UPDATE record SET time = time + 1", "UPDATE record SET service = 2",
		"UPDATE record SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB)", "UPDATE record SET language = 'de'", "UPDATE record SET seq = 2",
	} {
		dir := closed(t)
		behind(t, dir, change)
		s, err := db.Open(ctx, dir)
		if err != nil {
			t.Fatal(err)
		}
		seq := int64(1)
		if change == "UPDATE record SET seq = 2" {
			seq = 2
		}
		if r, err := s.Record(ctx, seq); !errors.Is(err, db.ErrCorrupt) {
			t.Errorf("after %q: %+v, %v", change, r, err)
		}
		s.Close()
	}
}

// What is sealed or hashed in the database cannot be found in it by its text.
func TestSealedTextsAreNotInTheFile(t *testing.T) {
	dir := t.TempDir()
	s, err := db.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	svc := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, s.Now(), "hello", "anna"))
	if _, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "anna").Ref, Ground: "17-1-a", Note: "plantednotexyz"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SubmitSearch(ctx, 1, "plantedqueryxyz"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SubmitFilter(ctx, 1, "customer_id::plantedfilterxyz"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "quittance.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, planted := range []string{"plantednotexyz", "plantedqueryxyz", "plantedfilterxyz"} {
		if bytes.Contains(raw, []byte(planted)) {
			t.Errorf("%s stands in the database file", planted)
		}
	}
}

// A store that is closed leaves one database file: the write-ahead log is in it.
func TestCloseTakesTheLogIn(t *testing.T) {
	dir := t.TempDir()
	s, err := db.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	svc := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, s.Now(), "hello", "anna"))
	records(t, s, "anna") // a reader is open too
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "quittance.db-wal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a write-ahead log was left: %v", err)
	}
}

// A data directory may have any name: the database lies in it.
func TestDirWithSigns(t *testing.T) {
	for _, name := range []string{"a?b", "a#b", "a%20b", "a b"} {
		dir := t.TempDir() + "/" + name
		s, err := db.Open(ctx, dir)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		s.Close()
		if _, err := os.Stat(filepath.Join(dir, "quittance.db")); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
