package db_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// kills is how often the writer is killed; the long run does more.
var kills = 50

const killCustomers = 12

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("QUITTANCE_KILL_DIR"); dir != "" {
		work(dir)
		return
	}
	if job := os.Getenv("QUITTANCE_BACKUP_JOB"); job != "" {
		backupChild(job)
		return
	}
	os.Exit(m.Run())
}

// work ingests from four sides, files deletions and runs batches, and says each answer it was given, until it is killed.
func work(dir string) {
	s, err := db.Open(ctx, dir)
	if err != nil {
		fmt.Println("x", err)
		return
	}
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	t := dying{}
	for range 4 {
		go func() {
			for {
				c := rand.IntN(killCustomers)
				seqs := dbtest.Ingest(t, s, dbtest.Message(t, 1, time.Now(), "hello", name(c)), dbtest.Message(t, 1, time.Now(), "again", name(c)))
				say("r %d %d\nr %d %d", seqs[0], c, seqs[1], c)
			}
		}()
	}
	go func() {
		for {
			c := rand.IntN(killCustomers)
			say("t %d", c)
			e, err := s.AcceptErasure(ctx, key, 1, dbtest.ID(t, name(c)))
			if err != nil {
				say("x %v", err)
				return
			}
			say("e %d %d %d", e.Number, e.Cutoff, c)
		}
	}()
	for {
		if _, err := runner(s).Run(ctx, true); err != nil {
			say("x %v", err)
			return
		}
	}
}

func name(c int) string { return fmt.Sprintf("customer_%d", c) }

// dying ends the child when a helper fails in it: the parent sees a round without answers.
type dying struct{ testing.TB }

func (dying) Helper()           {}
func (dying) Fatal(args ...any) { fmt.Println(append([]any{"x"}, args...)...); os.Exit(1) }

// answers is what the killed process had acknowledged.
type answers struct {
	records  map[int64]int // seq → customer
	erasures map[int64]int // number → customer
	cutoffs  map[int64]int64
	tried    int
}

// Nothing acknowledged is lost and nothing after a cut-off is gone, however often the process is killed (law L1, L2).
func TestKilledAmidIngestAndErasure(t *testing.T) {
	dir := t.TempDir()
	s, err := db.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Service(t, s, "one")
	dbtest.NoBreaker(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all := answers{records: map[int64]int{}, erasures: map[int64]int{}, cutoffs: map[int64]int64{}}
	var known int64
	if testing.Short() {
		kills = 5
	}
	for round := range kills {
		runAndKill(t, dir, &all, time.Duration(60+rand.IntN(120))*time.Millisecond)
		known = check(t, dir, &all, known)
		if t.Failed() {
			t.Fatalf("after kill %d", round+1)
		}
	}
	if len(all.erasures) < kills {
		t.Errorf("only %d deletions were acknowledged: the test did not test", len(all.erasures))
	}
	t.Logf("%d kills, %d deletions acknowledged, %d records after the last cut-offs", kills, len(all.erasures), len(all.records))
}

func runAndKill(t *testing.T, dir string, all *answers, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "QUITTANCE_KILL_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var once sync.Once
	for lines.Scan() {
		// The time runs from the first answer, so that a slow start does not make an empty round.
		once.Do(func() { time.AfterFunc(after, func() { cmd.Process.Kill() }) })
		all.read(t, lines.Text())
	}
	cmd.Wait()
}

func (a *answers) read(t *testing.T, line string) {
	var n, cutoff int64
	var c int
	switch {
	case line[0] == 'x':
		t.Errorf("the process failed: %s", line)
	case line[0] == 't':
		fmt.Sscanf(line, "t %d", &a.tried)
	case line[0] == 'r':
		fmt.Sscanf(line, "r %d %d", &n, &c)
		a.records[n] = c
	case line[0] == 'e':
		fmt.Sscanf(line, "e %d %d %d", &n, &cutoff, &c)
		a.erasures[n], a.cutoffs[n] = c, cutoff
	}
}

// check opens what the kill left, lets recovery do its work, and holds it against what was acknowledged.
func check(t *testing.T, dir string, all *answers, known int64) int64 {
	t.Helper()
	s, err := db.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for {
		batch, err := runner(s).Run(ctx, true)
		if err != nil {
			t.Fatal(err)
		}
		if batch == 0 {
			break
		}
	}
	newest := all.requests(t, s, known)
	covered := map[int]int64{}
	for n, c := range all.erasures {
		covered[c] = max(covered[c], all.cutoffs[n])
	}
	all.held(t, s, covered)
	if report, err := s.VerifyAudit(ctx); err != nil || !report.Intact() {
		t.Errorf("the audit trail: %v, %+v", err, report.Findings)
	}
	return newest
}

// requests checks that each acknowledged deletion is there and done, and takes in the one that was committed but not acknowledged.
func (a *answers) requests(t *testing.T, s *db.Store, known int64) int64 {
	t.Helper()
	list, err := s.Erasures(ctx, db.ErasureQuery{Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	there := map[int64]bool{}
	for _, e := range list {
		there[e.Number] = true
		if e.State != erasure.Done {
			t.Errorf("request %d is %s after recovery", e.Number, e.State)
		}
		if _, acknowledged := a.erasures[e.Number]; !acknowledged {
			if e.Number <= known {
				t.Errorf("request %d was filed by nobody", e.Number)
			}
			a.erasures[e.Number], a.cutoffs[e.Number] = a.tried, e.Cutoff
		}
	}
	ledger, err := os.ReadFile(filepath.Join(s.Dir(), "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range a.erasures {
		if !there[n] {
			t.Errorf("acknowledged deletion %d is lost", n)
		}
		if !bytes.Contains(ledger, fmt.Appendf(nil, `"erasure":%d,`, n)) {
			t.Errorf("deletion %d is not in the ledger", n)
		}
	}
	if len(list) == 0 {
		return known // a slow machine was killed before it accepted anything
	}
	return list[0].Number
}

// held checks each customer's records: what was acknowledged after the cut-off is there, and nothing else but what was not acknowledged.
func (a *answers) held(t *testing.T, s *db.Store, covered map[int]int64) {
	t.Helper()
	there := map[int64]bool{}
	for c := range killCustomers {
		list, _, err := s.Records(ctx, db.RecordQuery{Subject: name(c), Limit: 1 << 30})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			there[r.Seq] = true
			if r.Seq <= covered[c] {
				t.Errorf("record %d of %s is there, its cut-off was %d", r.Seq, name(c), covered[c])
			}
		}
	}
	for seq, c := range a.records {
		if seq > covered[c] && !there[seq] {
			t.Errorf("acknowledged record %d of %s is lost, its cut-off was %d", seq, name(c), covered[c])
		}
		if seq <= covered[c] {
			delete(a.records, seq) // checked once: it is gone
		}
	}
}
