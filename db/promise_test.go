package db_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// promised is how many requests over how many records; the long run does more.
var promised = struct{ requests, records int }{1000, 100_000}

// weary is a store whose steps take the time that a busy machine needs, by its clock.
type weary struct {
	*db.Store
	clock *dbtest.Clock
}

func (a weary) Erase(ctx context.Context, batch int64, records []int64) error {
	a.clock.Pass(2 * time.Second)
	return a.Store.Erase(ctx, batch, records)
}

func (a weary) Purge(ctx context.Context, batch int64) error {
	a.clock.Pass(30 * time.Second)
	return a.Store.Purge(ctx, batch)
}

func (a weary) Verify(ctx context.Context, numbers []int64) error {
	a.clock.Pass(time.Duration(len(numbers)) * 500 * time.Millisecond)
	return a.Store.Verify(ctx, numbers)
}

// A day of requests, one after the other and once a crowd together, over customers of 20 records: each is erased and confirmed within an hour of its
// acceptance, with the usual limits in force, and none is late (erase-and-prove.md, "Promises").
func TestWithin24Hours(t *testing.T) {
	clock, dir := dbtest.NewClock(), quick(t)
	if promised.records > 1_000_000 {
		dir = t.TempDir() // too much for memory
	}
	s, err := db.Open(ctx, dir, db.WithClock(clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	svc := dbtest.Service(t, s, "one")
	customers := promised.records / 20
	for first := 0; first < promised.records; first += 2000 {
		group := make([]db.NewRecord, 2000)
		for i := range group {
			group[i] = dbtest.Message(t, svc.Number, s.Now(), "hello", fmt.Sprint("c", (first+i)%customers))
		}
		dbtest.Ingest(t, s, group...)
	}
	begun := clock.Now()
	run := erasure.NewRunner(weary{s, clock}, discard)
	next := begun.Add(15 * time.Minute)
	until := func(at time.Time) {
		for !next.After(at) {
			clock.Pass(max(next.Sub(clock.Now()), 0))
			next = next.Add(15 * time.Minute)
			if _, err := run.RunAll(ctx, false); err != nil {
				t.Fatal(err)
			}
		}
		clock.Pass(max(at.Sub(clock.Now()), 0))
	}
	for n, at := range arrivals(promised.requests) {
		until(begun.Add(at))
		if _, err := s.AcceptErasure(ctx, key, svc.Number, dbtest.ID(t, fmt.Sprint("c", n*customers/promised.requests))); err != nil {
			t.Fatal(err)
		}
	}
	until(begun.Add(26 * time.Hour))
	within(t, s)
}

// arrivals are times within a day, one in 25 of them the same.
func arrivals(n int) []time.Duration {
	r, out := rand.New(rand.NewPCG(24, 24)), make([]time.Duration, n)
	for i := range out {
		if out[i] = time.Duration(r.Int64N(int64(24 * time.Hour))); i%25 == 0 {
			out[i] = 11 * time.Hour
		}
	}
	slices.Sort(out)
	return out
}

func within(t *testing.T, s *db.Store) {
	t.Helper()
	list, err := s.Erasures(ctx, db.ErasureQuery{Limit: -1})
	if err != nil || len(list) != promised.requests {
		t.Fatal(len(list), err)
	}
	var worst time.Duration
	late := 0
	for _, e := range list {
		if e.State != erasure.Done || e.Found != 20 {
			t.Fatalf("request %d is %s, found %d", e.Number, e.State, e.Found)
		}
		worst = max(worst, e.Ended.Sub(e.Proposed))
		if e.Ended.After(e.Deadline) {
			late++
		}
	}
	if worst >= time.Hour || late > 0 {
		t.Errorf("the longest took %v, %d were late", worst, late)
	}
	batches, err := s.Batches(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d requests in %d batches, the longest took %v", len(list), len(batches), worst)
}
