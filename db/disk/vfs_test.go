package disk

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
)

// openAt opens a database as the store does.
func openAt(t *testing.T, path, vfs string) *sql.DB {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+path+"?vfs="+vfs+"&_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=secure_delete(1)&_pragma=temp_store(memory)")
	if err != nil {
		t.Fatal(err)
	}
	d.SetMaxOpenConns(1)
	return d
}

func must(t *testing.T, d *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := d.Exec(query, args...); err != nil {
		t.Fatal(query, err)
	}
}

func churn(t *testing.T, d *sql.DB) {
	t.Helper()
	must(t, d, "CREATE TABLE IF NOT EXISTS word (word TEXT, n INTEGER, PRIMARY KEY (word, n)) WITHOUT ROWID")
	must(t, d, "CREATE TABLE IF NOT EXISTS body (n INTEGER PRIMARY KEY, body BLOB)")
	must(t, d, "CREATE INDEX IF NOT EXISTS body_size ON body (length(body), body)")
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 20 {
		tx, err := d.Begin()
		if err != nil {
			t.Fatal(err)
		}
		for i := range 300 {
			size := 1 + r.IntN(300)
			if r.IntN(20) == 0 {
				size = r.IntN(30000)
			}
			b := make([]byte, size)
			for j := range b {
				b[j] = byte(1 + r.IntN(255))
			}
			n := round*300 + i
			if _, err := tx.Exec("INSERT INTO body VALUES (?, ?)", n, b); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec("INSERT INTO word VALUES (?, ?)", fmt.Sprintf("%x", b[:min(size, 40)]), n); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tx.Exec("DELETE FROM body WHERE n % 3 = ?", round%3); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("DELETE FROM word WHERE n % 3 = ?", round%3); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if round%5 == 4 {
			must(t, d, "PRAGMA wal_checkpoint(PASSIVE)")
		}
	}
}

func slackOf(t *testing.T, path string) (slack, numbers int64) {
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := SurveyFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Slack, s.Numbers
}

func TestSpike(t *testing.T) {
	if _, err := Register("quittance", ""); err != nil {
		t.Fatal(err)
	}
	for _, vfs := range []string{"unix", "quittance"} {
		path := filepath.Join(t.TempDir(), "x.db")
		d := openAt(t, path, vfs)
		churn(t, d)
		var busy, a, b int
		if err := d.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &a, &b); err != nil || busy != 0 {
			t.Fatal(busy, err)
		}
		var ok string
		d.QueryRow("PRAGMA integrity_check").Scan(&ok)
		d.Close()
		slack, numbers := slackOf(t, path)
		t.Log(vfs, ok, slack, numbers)
	}
}
