package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
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

// Metrics have a listener of their own: off unless it is asked for, and not a way round the console's door.
func TestMetricsListener(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	origin, end := serving(t, dir)
	if res, err := http.Get(origin + "/metrics"); err != nil || res.Request.URL.Path != "/signin" {
		t.Errorf("the console answers /metrics: %v, %v", res, err)
	}
	end()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if r := quit(t, "", "serve", "-data", dir, "-addr", "127.0.0.1:0", "-metrics", l.Addr().String()); r.code != 1 || !strings.Contains(r.err, "listening for metrics") {
		t.Errorf("%+v", r)
	}
	l.Close()
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"serve", "-data", dir, "-addr", "127.0.0.1:0", "-metrics", "127.0.0.1:0"}, nil, strings.NewReader(""), w, io.Discard)
	}()
	lines := bufio.NewScanner(r)
	for lines.Scan() && !strings.HasSuffix(lines.Text(), "/metrics") {
	}
	go io.Copy(io.Discard, r)
	res, err := http.Get(lines.Text()[strings.Index(lines.Text(), "http://"):])
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(body), "quittance_oldest_pending_seconds 0") {
		t.Errorf("%s, %v: %.300s", res.Status, err, body)
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
}
