package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// The operator is told that a batch is paused and why it does not go on; what the breaker paused they can stop and not let go on.
func TestBatchCommands(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	svc := dbtest.Service(t, s, "one")
	if err := s.InitLimits(t.Context(), map[string]int64{db.LimitFloor: 2}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, time.Now(), "x", "anna"))
	}
	if _, err := s.AcceptErasure(t.Context(), audit.ActorOf("key", 1), svc.Number, dbtest.ID(t, "anna")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"batch run", 0, "Nothing is due."},
		{"batch run -now", 1, "batch 1: the batch is paused"},
		{"batch run -now -json", 1, "batch 1: the batch is paused"},
		{"batch pause 1", 1, "batch 1 is not where"},
		{"batch resume 1", 1, "an officer who approved none"},
		{"batch stop 1", 0, "Batch 1 is stopped"},
		{"batch stop 1", 1, "batch 1 is not where"},
		{"batch run", 0, "Nothing is due."},
		{"batch run -now", 1, "batch 2: the batch is paused"},
	} {
		r := quit(t, "", append(strings.Fields(c.args), "-data", dir)...)
		if r.code != c.code || !strings.Contains(r.out+r.err, c.says) {
			t.Errorf("%s: exit code %d, %q %q; want %d, %q", c.args, r.code, r.out, r.err, c.code, c.says)
		}
	}
}
