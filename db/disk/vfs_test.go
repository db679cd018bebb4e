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

	"quittance/db/page"
)

func init() {
	if _, err := Register("disk", ""); err != nil {
		panic(err)
	}
}

// openAt opens a database as the store does, on a file system.
func openAt(t testing.TB, path, vfs string) *sql.DB {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+path+"?vfs="+vfs+"&_txlock=immediate&_pragma=journal_mode(wal)&_pragma=secure_delete(1)&_pragma=temp_store(memory)&_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	d.SetMaxOpenConns(1)
	t.Cleanup(func() { d.Close() })
	return d
}

func do(t testing.TB, d *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := d.Exec(query, args...); err != nil {
		t.Fatal(query, err)
	}
}

func ask[T any](t testing.TB, d *sql.DB, query string, args ...any) (v T) {
	t.Helper()
	if err := d.QueryRow(query, args...).Scan(&v); err != nil {
		t.Fatal(query, err)
	}
	return v
}

// schema has each kind of tree: a table, an index, a table without row numbers, and rows longer than a page in all of them.
const schema = `CREATE TABLE body (n INTEGER PRIMARY KEY, body BLOB); CREATE INDEX body_body ON body (body, n);
	CREATE TABLE word (word BLOB, n INTEGER, PRIMARY KEY (word, n)) WITHOUT ROWID`

// churn stores and removes rows of all sizes, checkpointing now and then, so that pages are split, merged, freed and used again.
func churn(t testing.TB, d *sql.DB, r *rand.Rand, rounds int) {
	t.Helper()
	for round := range rounds {
		tx, err := d.Begin()
		if err != nil {
			t.Fatal(err)
		}
		for range 40 {
			b := make([]byte, 1+r.IntN(300))
			if r.IntN(12) == 0 {
				b = make([]byte, 1+r.IntN(14000))
			}
			for j := range b {
				b[j] = byte(1 + r.IntN(255))
			}
			_, err1 := tx.Exec("INSERT INTO body (body) VALUES (?)", b)
			_, err2 := tx.Exec("INSERT OR IGNORE INTO word VALUES (?, ?)", b[:min(len(b), 1+r.IntN(3000))], round)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
		}
		for _, q := range []string{"DELETE FROM body WHERE n % ? = 0", "DELETE FROM word WHERE length(word) % ? = 0", "UPDATE body SET body = substr(body, 2) WHERE n % ? = 1"} {
			if _, err := tx.Exec(q, 2+r.IntN(9)); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if r.IntN(5) == 0 {
			do(t, d, "PRAGMA wal_checkpoint(PASSIVE)")
		}
	}
}

// churned makes a file that way, and tells what is in it.
func churned(t testing.TB, vfs string, seed uint64, rounds int) (path, content string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path, vfs)
	do(t, d, schema)
	churn(t, d, rand.New(rand.NewPCG(seed, seed)), rounds)
	content = contentOf(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path, content
}

// contentOf is a sum over all that SQL can see, whether SQLite finds the file sound included.
func contentOf(t testing.TB, d *sql.DB) string {
	t.Helper()
	return fmt.Sprint(ask[string](t, d, "PRAGMA integrity_check"),
		ask[string](t, d, "SELECT count(*) || ' ' || total(n) || ' ' || total(length(body)) || hex(group_concat(substr(body, -9) || n)) FROM body"),
		ask[string](t, d, "SELECT count(*) || ' ' || total(length(word)) || hex(group_concat(substr(word, -9) || n)) FROM word"))
}

func surveyOf(t testing.TB, path string) page.Survey {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := page.SurveyFile(bytes.NewReader(raw), int64(len(raw)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Through the file system no byte of the file is nobody's, while the same work leaves some through SQLite's own; and nothing else differs.
func TestNoByteIsUnowned(t *testing.T) {
	var leaks int64
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		path, content := churned(t, "disk", seed, 40)
		plain, same := churned(t, "unix", seed, 40)
		v, w := surveyOf(t, path), surveyOf(t, plain)
		if v.Slack != 0 || v.Malformed != 0 || v.Pages < 50 {
			t.Errorf("seed %d: %+v", seed, v)
		}
		if w.Malformed != 0 || w.Pages != v.Pages || w.Free != v.Free {
			t.Errorf("seed %d: %+v", seed, w)
		}
		if content != same || contentOf(t, openAt(t, path, "disk")) != content || content[:2] != "ok" {
			t.Errorf("seed %d: the content differs", seed)
		}
		leaks += w.Slack
	}
	if leaks == 0 {
		t.Error("the test does not test: SQLite alone leaves nothing either")
	}
}

// What SQLite itself says of the pages (the table dbstat) is what is found in them.
func TestSurveyAgreesWithDBStat(t *testing.T) {
	for seed := range uint64(3) {
		path, _ := churned(t, "unix", seed, 30)
		v := surveyOf(t, path)
		d := openAt(t, path, "unix")
		cells := ask[int64](t, d, "SELECT sum(ncell) FROM dbstat WHERE pagetype <> 'overflow'")
		unused := ask[int64](t, d, "SELECT sum(unused) FROM dbstat WHERE pagetype <> 'overflow'")
		if v.Cells != cells || v.Unused != unused || v.Free != ask[int64](t, d, "PRAGMA freelist_count") || v.Pages != ask[int64](t, d, "PRAGMA page_count") {
			t.Errorf("seed %d: %+v; SQLite says %d cells, %d bytes unused", seed, v, cells, unused)
		}
	}
}
