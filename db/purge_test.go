package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

// trace stands where no cell owns it.
const trace = "a trace of somebody who is long erased"

func bare(t *testing.T, s *Store, do func(*sql.Conn) error) {
	t.Helper()
	err := s.writer.do(&op{ctx: context.Background(), by: audit.System, bare: do}, s.writer.chunks)
	if err != nil {
		t.Fatal(err)
	}
}

func take(t *testing.T, s *Store, ids ...string) {
	t.Helper()
	for _, raw := range ids {
		id, err := label.Parse(label.Assistant, raw)
		if err == nil {
			_, err = s.Ingest(context.Background(), audit.System, []NewRecord{{Service: 1, Kind: Message, Time: s.Now(), Answered: s.Now(), Labels: []label.ID{id}, Body: []byte("{}")}}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// stained puts the trace into the gap of a page, as a page split would leave it.
func stained(page []byte) []byte {
	copy(page[500:], trace) // between the few pointers and the few cells of a small table
	return page
}

// stain does so in the page that the writing connection has in memory.
func stain(t *testing.T, s *Store) {
	t.Helper()
	bare(t, s, func(c *sql.Conn) error {
		var n int64
		var page []byte
		err := c.QueryRowContext(t.Context(), "SELECT pgno, data FROM sqlite_dbpage WHERE pgno = (SELECT rootpage FROM sqlite_master WHERE name = 'customer')").Scan(&n, &page)
		if err == nil {
			_, err = c.ExecContext(t.Context(), "INSERT INTO sqlite_dbpage (pgno, data) VALUES (?, ?)", n, stained(page))
		}
		return err
	})
}

func logOf(t *testing.T, s *Store) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.dir, "quittance.db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// fileOf reads the database through another process (erase-and-prove.md, fact 6).
func fileOf(t *testing.T, dir string) []byte {
	t.Helper()
	raw, err := exec.Command("cat", filepath.Join(dir, "quittance.db")).Output()
	if err != nil || len(raw) == 0 {
		t.Fatal(len(raw), err)
	}
	return raw
}

func withService(t *testing.T, dir string) *Store {
	t.Helper()
	s := openAt(t, dir)
	if _, err := s.AddService(context.Background(), audit.Operator, label.Assistant, "one", ""); err != nil {
		t.Fatal(err)
	}
	take(t, s, "anna", "ben")
	return s
}

// A page in the writing connection's memory is as it was before it was scrubbed; it must not come back into the log with the next change.
func TestPurgedPagesDoNotComeBack(t *testing.T) {
	s := withService(t, t.TempDir())
	defer s.Close()
	stain(t, s)
	if !bytes.Contains(logOf(t, s), []byte(trace)) {
		t.Fatal("the test does not test")
	}
	if err := s.Purge(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if n := len(logOf(t, s)); n != 0 {
		t.Errorf("the log has %d bytes", n)
	}
	take(t, s, "zoe")
	if bytes.Contains(logOf(t, s), []byte(trace)) || bytes.Contains(fileOf(t, s.dir), []byte(trace)) {
		t.Error("the trace is there again")
	}
}

// Whoever checkpoints, the file gets a scrubbed page: here the close of the last connection.
func TestTheLastCloseScrubsToo(t *testing.T) {
	dir := t.TempDir()
	s := withService(t, dir)
	stain(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(fileOf(t, dir), []byte(trace)) {
		t.Error("the trace came into the file")
	}
}

// The file of a store that an earlier version made is scrubbed once, by the first batch.
func TestAnEarlierFileIsScrubbed(t *testing.T) {
	dir := t.TempDir()
	s := withService(t, dir)
	var root int64
	if err := s.readers.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_master WHERE name = 'customer'").Scan(&root); err != nil {
		t.Fatal(err)
	}
	err := s.write(t.Context(), audit.System, func(t *tx) error { return t.exec("DELETE FROM meta WHERE key = ?", scrubbedKey) })
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "quittance.db")
	raw := fileOf(t, dir)
	stained(raw[(root-1)*4096 : root*4096])
	if err := errors.Join(os.WriteFile(path, raw, 0o600), os.Remove(path+"-sums")); err != nil { // earlier versions kept none
		t.Fatal(err)
	}
	s = openAt(t, dir)
	defer s.Close()
	if err := s.Purge(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(fileOf(t, dir), []byte(trace)) {
		t.Error("the trace is still in the file")
	}
	if done, err := s.Meta(t.Context(), scrubbedKey); done == "" || err != nil {
		t.Errorf("it would be scrubbed again: %q, %v", done, err)
	}
	var sound string
	if err := s.readers.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("%s, %v", sound, err)
	}
}

// Beside a reader that holds the log SQLite says busy without an error. The purge must not take that for done; writers go on meanwhile.
func TestPurgeBesideAReader(t *testing.T) {
	s := withService(t, t.TempDir())
	defer s.Close()
	reader, err := s.readers.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRow("SELECT count(*) FROM customer").Scan(&n); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	take(t, s, "carl") // the reader does not see it, so it needs the log as it was
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := s.Purge(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the purge ended with %v", err)
	}
	if len(logOf(t, s)) == 0 {
		t.Error("the log is empty under a reader who needs it")
	}
	take(t, s, "dora")
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(t.Context(), 1); err != nil {
		t.Error(err)
	}
	if n := len(logOf(t, s)); n != 0 {
		t.Errorf("the log has %d bytes", n)
	}
}

// ANALYZE copies customer IDs into tables of its own. The house never runs it; what somebody else made of it is emptied.
func TestStatisticsAreEmptied(t *testing.T) {
	s := withService(t, t.TempDir())
	defer s.Close()
	rows := func() (n int64) {
		err := s.readers.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM sqlite_stat1) + (SELECT count(*) FROM sqlite_stat4)").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var there int64
	if err := s.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_master WHERE name GLOB 'sqlite_stat*'").Scan(&there); err != nil || there != 0 {
		t.Fatalf("%d tables of statistics, %v", there, err)
	}
	bare(t, s, func(c *sql.Conn) error { return pragmaless(c, "ANALYZE") })
	if rows() == 0 {
		t.Fatal("the test does not test")
	}
	if err := s.Purge(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != 0 {
		t.Errorf("%d rows of statistics are left", n)
	}
}

func pragmaless(c *sql.Conn, query string) error {
	_, err := c.ExecContext(context.Background(), query)
	return err
}
