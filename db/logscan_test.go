package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/filter"
)

// fillFor stores n messages of many customers, one second apart; each seventh bears a second ID, and three lie in a session of their own.
func fillFor(t *testing.T, s *db.Store, service int64, n int) (seqs []int64) {
	t.Helper()
	records := make([]db.NewRecord, n)
	for i := range records {
		ids := []string{fmt.Sprintf("c%d", i%10)}
		if i%7 == 0 {
			ids = append(ids, "shared")
		}
		records[i] = dbtest.Message(t, service, time.Date(2026, 1, 1, 0, 0, i/3, 0, time.UTC), fmt.Sprintf("message %d", i), ids...)
		if i == 5 || i == n/2 || i == n-5 {
			records[i].Session = "rare"
		}
	}
	return dbtest.Ingest(t, s, records...)
}

func expr(t *testing.T, text string) filter.Expr {
	t.Helper()
	e, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestTooBroad: a filter without an index ends with what it found and where it was, and goes on from there until it has found everything,
// whether SQL decides or memory does. One that has an index is not cut.
func TestTooBroad(t *testing.T) {
	const n = 6000
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	seqs := fillFor(t, s, v.Number, n)
	want := []int64{seqs[5], seqs[n/2], seqs[n-5]}
	for _, text := range []string{`session_id::rare`, `session_id::rar*`, `session_id::rarr~1`, `session_id::rare,request.input.text:messages`} {
		for _, oldest := range []bool{true, false} {
			q := db.LogQuery{Service: v.Number, Filter: expr(t, text), OldestFirst: oldest, Limit: 10}
			got, cuts := untilTheEnd(t, s, q, 1000)
			slices.Sort(got)
			if !slices.Equal(got, want) || cuts < 2 {
				t.Errorf("%s: found %v in %d tries, want %v", text, got, cuts+1, want)
			}
		}
	}
	for _, text := range []string{`customer_id::c3`, `customer_id::c3,request.input.text:message`, `customer_id::shared`, `customer_id::(nobody|noone)`,
		`request_timestamp>=2026-01-01T00:33:00Z`, `request_timestamp<2026-01-01T00:00:40Z,session_id::none`} {
		_, _, err := s.Logs(context.Background(), db.LogQuery{Service: v.Number, Filter: expr(t, text), Limit: 2000, Effort: &db.Effort{Rows: 1000}})
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	late := &db.Effort{Until: time.Now().Add(-time.Second)}
	if _, more, err := s.Logs(context.Background(), db.LogQuery{Service: v.Number, Filter: expr(t, `session_id::none`), Limit: 1, Effort: late}); !errors.Is(err, db.ErrTooBroad) || !more {
		t.Errorf("past its time: %v, %v", more, err)
	}
}

// TestTooLate: a filter that memory decides looks at the clock within a window too, and ends at a record.
func TestTooLate(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	seqs := fillFor(t, s, v.Number, 300)
	q := db.LogQuery{Service: v.Number, Filter: expr(t, `session_id::rarr~1`), OldestFirst: true, Limit: 10, Effort: &db.Effort{Until: time.Now().Add(-time.Second)}}
	found, more, err := s.Logs(context.Background(), q)
	var broad *db.TooBroad
	if !errors.As(err, &broad) || !more || len(found) != 1 || found[0].Seq != seqs[5] || broad.Reached.Seq != seqs[31] {
		t.Errorf("found %d, more %v, %v, reached %+v, want the 32nd", len(found), more, err, broad)
	}
}

// untilTheEnd goes on wherever a listing ended, each time with the same effort.
func untilTheEnd(t *testing.T, s *db.Store, q db.LogQuery, rows int64) (seqs []int64, cuts int) {
	t.Helper()
	for {
		q.Effort = &db.Effort{Rows: rows}
		page, more, err := s.Logs(context.Background(), q)
		var broad *db.TooBroad
		if err != nil && !errors.As(err, &broad) {
			t.Fatal(err)
		}
		for _, r := range page {
			seqs = append(seqs, r.Seq)
		}
		switch {
		case broad != nil:
			q.After, cuts = broad.Reached, cuts+1
		case !more:
			return seqs, cuts
		default:
			t.Fatal("a page is full")
		}
	}
}

// TestScanIsWhole: whatever drives a listing and however its windows fall, it gives each record once and in order.
func TestScanIsWhole(t *testing.T) {
	const n = 3000
	s := dbtest.Open(t)
	one, two := dbtest.Service(t, s, "one"), dbtest.Service(t, s, "two")
	fillFor(t, s, one.Number, n)
	fillFor(t, s, two.Number, n)
	for _, tt := range []struct {
		service int64
		filter  string
		want    int
	}{
		{one.Number, ``, n}, {0, ``, 2 * n},
		{one.Number, `customer_id::c3`, n / 10}, {0, `customer_id::c3`, 2 * n / 10},
		{one.Number, `customer_id::(c3|c4|nobody)`, 2 * n / 10}, {0, `customer_id::(c3|c4)`, 4 * n / 10},
		{0, `customer_id::(c0|shared)`, 2 * (n/10 + (n+6)/7 - (n+69)/70)}, // each once, also with both
		{0, `customer_id::(c3|c4),request.input.text:messages`, 4 * n / 10},
		{one.Number, `request.input.text:messages`, n}, {0, `request.input.text:messages`, 2 * n},
		{one.Number, `customer_id::sh*`, (n + 6) / 7}, {one.Number, `customer_id::shares~1`, (n + 6) / 7},
		{one.Number, `request_timestamp>=2026-01-01T00:00:10Z,request_timestamp<2026-01-01T00:00:20Z`, 30},
		{0, `customer_id::(c3|c4),request_timestamp>=2026-01-01T00:00:10Z,request_timestamp<2026-01-01T00:00:20Z`, 12},
	} {
		for _, oldest := range []bool{true, false} {
			for _, limit := range []int{7000, 250} {
				q := db.LogQuery{Service: tt.service, Limit: limit, OldestFirst: oldest, Both: true}
				if tt.filter != "" {
					q.Filter = expr(t, tt.filter)
				}
				seen := map[int64]bool{}
				for _, r := range all(t, s, q) {
					if seen[r.Seq] {
						t.Fatalf("%s: record %d comes twice", tt.filter, r.Seq)
					}
					seen[r.Seq] = true
				}
				if len(seen) != tt.want {
					t.Errorf("%q of %d, %d at a time: %d records, want %d", tt.filter, tt.service, limit, len(seen), tt.want)
				}
			}
		}
	}
}
