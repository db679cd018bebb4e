package disk

import (
	"bytes"
	"database/sql"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

// A hidden file is what a plain one would be, whatever is written where, and in whatever order.
func TestHiddenIsAFile(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		h, err := NewHidden(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		var plain []byte
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.IntRange(0, 5).Draw(t, "cut") == 0 {
				n := rapid.IntRange(0, len(plain)).Draw(t, "size")
				plain = plain[:n]
				if err := h.Truncate(int64(n)); err != nil {
					t.Fatal(err)
				}
				continue
			}
			at := rapid.IntRange(0, 3*hiddenUnit).Draw(t, "at")
			b := bytes.Repeat([]byte{byte(rapid.IntRange(1, 255).Draw(t, "byte"))}, rapid.IntRange(1, 2*hiddenUnit+1).Draw(t, "length"))
			plain = append(plain, make([]byte, max(at+len(b)-len(plain), 0))...)
			copy(plain[at:], b)
			if _, err := h.WriteAt(b, int64(at)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := io.ReadAll(io.NewSectionReader(h, 0, 1<<40))
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d bytes came back, %d were written, %v", len(got), len(plain), err)
		}
	})
}

// A copy that SQLite makes lies in a file that no name leads to, and what lies on the disk is no text of the database.
func TestVacuumIntoHidden(t *testing.T) {
	if err := RegisterHidden(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "from.db")+"?_pragma=journal_mode(wal)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE a (b TEXT); CREATE INDEX ab ON a (b); PRAGMA cache_size = 10"); err != nil {
		t.Fatal(err)
	}
	for range 3000 {
		if _, err := db.Exec("INSERT INTO a VALUES (?)", "canary"+string(make([]byte, rand.IntN(500)))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("VACUUM INTO 'file:" + dir + "/copy?vfs=" + CopyName + "'"); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "copy*")); len(left) > 0 {
		t.Errorf("names are left: %v", left)
	}
	h, err := TakeHidden(filepath.Join(dir, "copy"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	sealed, err := io.ReadAll(io.NewSectionReader(h.file, 0, 1<<40))
	if err != nil || len(sealed) < 500_000 || bytes.Contains(sealed, []byte("canary")) {
		t.Errorf("%d bytes lie on the disk, %v; or they can be read there", len(sealed), err)
	}
	plain, err := io.ReadAll(io.NewSectionReader(h, 0, 1<<40))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "to.db"), plain, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	to, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "to.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	var n int
	var sound string
	if err := to.QueryRow("SELECT count(*), (SELECT * FROM pragma_integrity_check) FROM a").Scan(&n, &sound); err != nil || n != 3000 || sound != "ok" {
		t.Errorf("the copy has %d rows, %s, %v", n, sound, err)
	}
}
