package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
)

// killable runs this binary as a server on a data directory, until it is killed. It returns where it listens, and what kills it.
func killable(t *testing.T, dir string) (origin string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "serve", "-data", dir, "-addr", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "TEST_AS_QUITTANCE=1")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	kill = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line[strings.LastIndexByte(line, ' ')+1:]), kill
}

// posted sends a form as its page does.
func (c *caller) posted(path, form string) (int, string) {
	return c.do(http.MethodPost, path, form, "Content-Type", "application/x-www-form-urlencoded", "Origin", c.origin, "Sec-Fetch-Site", "same-origin")
}

// TestExportKilled: the server is killed while it makes a file of 100,000 records. Its next start says that the file was cut short, gives nobody what
// was left, and offers to make it again, which is then whole.
func TestExportKilled(t *testing.T) {
	const n = 100_000
	dir := filepath.Join(t.TempDir(), "data")
	store, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	svc := dbtest.Service(t, store, "support-bot").Number
	for from := 0; from < n; from += 2000 {
		var some []db.NewRecord
		for i := range 2000 {
			some = append(some, dbtest.Message(t, svc, store.Now(), "please call me back", fmt.Sprintf("cust_%d", (from+i)%97)))
		}
		dbtest.Ingest(t, store, some...)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	origin, kill := killable(t, dir)
	c := officer(t, dir, origin)
	const form = "what=improvement&format=ndjson&later=1"
	if status, body := c.posted("/exports", form); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	c.until("/exports/1", "rows gone through")
	kill()

	c.origin, _ = killable(t, dir)
	_, page := c.do(http.MethodGet, "/exports/1", "")
	for _, want := range []string{"Cut short", "cut short by a stop of the program", "Make it again", `href="/exports?format=ndjson&amp;what=improvement"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if status, body := c.posted("/exports/1/file", ""); status != http.StatusGone || strings.Contains(body, "call me") {
		t.Errorf("half a file is fetched: %d", status)
	}
	if status, body := c.posted("/exports", form); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	c.until("/exports/2", "Fetch the file")
	if status, file := c.posted("/exports/2/file", ""); status != http.StatusOK || strings.Count(file, "\n") != n+1 || !strings.Contains(file, fmt.Sprintf(`"lines":%d`, n)) {
		t.Errorf("%d, %d lines", status, strings.Count(file, "\n"))
	}
}
