package db

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// The breaker's figures (design.md, section 5), on both sides of each edge.
func TestBreakerTrips(t *testing.T) {
	usual := breaker{share: 5, times: 10, floor: 1000}
	with := func(stock, median int64) breaker { b := usual; b.stock, b.median = stock, median; return b }
	for name, c := range map[string]struct {
		b     breaker
		size  int64
		why   string
		bound int64
	}{
		"an empty store":                     {with(0, 0), 0, "", 0},
		"a small store, one large customer":  {with(10_000, 3), 600, "", 0},
		"a small store, all of it":           {with(900, 3), 900, "", 0},
		"the floor itself":                   {with(10_000, 3), 1000, "", 0},
		"above the floor":                    {with(10_000, 3), 1001, PauseShare, 1000},
		"5 % to the record":                  {with(100_000, 5000), 5000, "", 0},
		"one more than 5 %":                  {with(100_000, 5000), 5001, PauseShare, 5000},
		"ten times the usual":                {with(1_000_000, 200), 2000, "", 0},
		"one more than ten times":            {with(1_000_000, 200), 2001, PauseMedian, 2000},
		"the first batch of a large store":   {with(1_000_000, 0), 50_000, "", 0},
		"the first batch, more than 5 %":     {with(1_000_000, 0), 50_001, PauseShare, 50_000},
		"no floor, one of twenty":            {breaker{stock: 20, share: 5, times: 10}, 1, "", 0},
		"no floor, two of twenty":            {breaker{stock: 20, share: 5, times: 10}, 2, PauseShare, 1},
		"a share of everything trips by use": {breaker{stock: 5000, median: 10, share: 100, times: 10, floor: 50}, 101, PauseMedian, 100},
	} {
		why, bound := c.b.trips(c.size)
		if why != c.why || bound != c.bound {
			t.Errorf("%s: %q above %d, want %q above %d", name, why, bound, c.why, c.bound)
		}
	}
}

func insideStore(t *testing.T) (*Store, Service) {
	t.Helper()
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	svc, err := s.AddService(t.Context(), audit.Operator, label.Assistant, "one", "eu-de")
	if err != nil {
		t.Fatal(err)
	}
	return s, svc
}

func (s *Store) mustExec(t *testing.T, query string, args ...any) {
	t.Helper()
	if err := s.write(context.Background(), audit.System, func(tx *tx) error { return tx.exec(query, args...) }); err != nil {
		t.Fatal(err)
	}
}

// The median is that of the last 30 batches that are done and found something.
func TestBreakerMedian(t *testing.T) {
	s, _ := insideStore(t)
	median := func() (m int64) {
		t.Helper()
		err := s.write(t.Context(), audit.System, func(tx *tx) error { b, err := tx.breaker(0); m = b.median; return err })
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if got := median(); got != 0 {
		t.Errorf("the median of no batches is %d", got)
	}
	add := func(state string, records int) {
		s.mustExec(t, "INSERT INTO batch (state, opened, deadline, requests, records) VALUES (?, 0, 0, 1, ?)", state, records)
	}
	for range 40 {
		add("done", 9000) // too long ago
	}
	for n := range 30 {
		add("done", n+1)
		add("done", 0)
		add("stopped", 100_000)
	}
	if got := median(); got != 16 {
		t.Errorf("the median of 1 to 30 is %d, want 16", got)
	}
	add("done", 500)
	if got := median(); got != 17 {
		t.Errorf("the median of 2 to 30 and 500 is %d, want 17", got)
	}
}

// Law L6 stands in the database too: no statement lets a batch go on that the breaker paused, but for a person who approved none of it.
func TestBatchFourEyesInSQL(t *testing.T) {
	s, _ := insideStore(t)
	for _, c := range []struct {
		pause string
		by    any
		fine  bool
	}{{PauseShare, nil, false}, {PauseShare, "operator", false}, {PauseMedian, "system", false}, {PauseShare, "user/2", false}, {PauseMedian, "user/3", true}, {PausePerson, nil, true}} {
		s.mustExec(t, "DELETE FROM erasure")
		s.mustExec(t, "DELETE FROM batch")
		s.mustExec(t, "INSERT INTO batch (number, state, opened, deadline, requests, records, pause) VALUES (1, 'paused', 0, 0, 1, 1, ?)", c.pause)
		s.mustExec(t, `INSERT INTO erasure (number, state, origin, ref, ground, cutoff, proposer, approver, manifest, manifest_hash, proposed, batch) VALUES (1, 'running', 'console', x'00', '17-1-a', 1, 'user/1', 'user/2', '{}', '', 0, 1)`)
		err := s.write(t.Context(), audit.System, func(tx *tx) error {
			return tx.exec("UPDATE batch SET state = 'running', cleared_by = ? WHERE number = 1", c.by)
		})
		if (err == nil) != c.fine || err != nil && !strings.Contains(err.Error(), "second person") {
			t.Errorf("paused for %s, let go on by %v: %v", c.pause, c.by, err)
		}
	}
}

// A batch takes the requests with the nearest deadlines, as many as fit, and the next one the others; what was tried already comes after what was
// not, or a few that cannot end would keep all others waiting.
func TestBatchTakesTheUrgentFirst(t *testing.T) {
	s, svc := insideStore(t)
	defer func(n int) { batchRequests = n }(batchRequests)
	batchRequests = 3
	id := func(n int) label.ID {
		id, err := label.Parse(label.Assistant, fmt.Sprint("c", n))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	hours := []int{9, 2, 7, 1, 5, 3, 8}
	for n := range hours {
		if _, err := s.AcceptErasure(t.Context(), "key/1", svc.Number, id(n)); err != nil {
			t.Fatal(err)
		}
	}
	base := s.Now()
	for n, h := range hours {
		s.mustExec(t, "UPDATE erasure SET deadline = ? WHERE number = ?", ms(base.Add(time.Duration(h)*time.Hour)), n+1)
	}
	s.mustExec(t, "UPDATE erasure SET state = 'partial', runs_from = 0 WHERE number IN (4, 6)")
	all, err := erasure.NewRunner(s, slog.New(slog.DiscardHandler)).RunAll(t.Context(), true)
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	for i, want := range [][]int64{{2, 3, 5}, {1, 6 + 1, 4}, {6}} {
		var got []int64
		list, err := s.Erasures(t.Context(), ErasureQuery{Batch: all[i], Limit: 9})
		for _, e := range list {
			got = append(got, e.Number)
		}
		slices.Sort(got)
		slices.Sort(want)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("batch %d took %v, want %v (%v)", all[i], got, want, err)
		}
	}
	if b, err := s.Batch(t.Context(), all[0]); err != nil || !b.Deadline.Equal(at(ms(base.Add(2*time.Hour)))) {
		t.Errorf("the first batch is due %v, %v", b.Deadline, err)
	}
}
