package db_test

import (
	"errors"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/ticket"
)

// The limits of the house: the first serve's, then tighter at once and looser after a day, each with its audit entry (law L6).
func TestLimits(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	of := func(name string) (out db.Limit) {
		t.Helper()
		all, err := s.Limits(ctx)
		if err != nil || len(all) != 6+len(ticket.Rights) {
			t.Fatal(all, err)
		}
		for _, l := range all {
			if l.Name == name {
				out = l
			}
		}
		return out
	}
	for name, want := range map[string]int64{db.LimitWindow: 900, db.LimitShare: 5, db.LimitTimes: 10, db.LimitFloor: 1000, db.LimitPause: 0, db.LimitCases: 24} {
		if got := of(name); got.At(s.Now()) != want || got.Waits(s.Now()) {
			t.Errorf("%s begins as %+v, want %d", name, got, want)
		}
	}
	if _, err := s.InitPolicy(ctx, 90*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.InitLimits(ctx, map[string]int64{db.LimitShare: 8}), s.InitLimits(ctx, map[string]int64{db.LimitShare: 80})); err != nil {
		t.Fatal(err)
	}
	if err := s.InitLimits(ctx, map[string]int64{db.LimitShare: 101}); !errors.Is(err, db.ErrPolicy) {
		t.Errorf("101 per cent: %v", err)
	}
	set := func(name string, value, now, next int64, event audit.Event) {
		t.Helper()
		size, _, _ := s.Head(ctx)
		if _, err := s.SetLimit(ctx, officer, name, value); err != nil {
			t.Fatal(err)
		}
		l := of(name)
		if l.At(s.Now()) != now || l.Waits(s.Now()) != (next != 0) || next != 0 && l.At(s.Now().Add(db.Loosening)) != next {
			t.Errorf("%s set to %d: %+v", name, value, l)
		}
		after, _, _ := s.Head(ctx)
		raw, err := s.AuditEntry(ctx, after-1)
		entry, parsed := audit.Parse(raw.Data)
		if event == "" && after != size || event != "" && (errors.Join(err, parsed) != nil || after != size+1 || entry.Event != event || entry.Counts[audit.CountAfter] != value || db.LimitOf(entry.Counts[audit.CountPolicy]) != name) {
			t.Errorf("%s set to %d: %d entries, the last %+v, %v", name, value, after-size, entry, err)
		}
	}
	set(db.LimitShare, 6, 6, 0, audit.PolicyChanged)
	set(db.LimitShare, 9, 6, 9, audit.PolicyScheduled)
	set(db.LimitShare, 9, 6, 9, "")
	set(db.LimitShare, 7, 6, 7, audit.PolicyScheduled)
	set(db.LimitShare, 6, 6, 0, audit.PolicyChanged) // takes back what waited
	set(db.LimitShare, 6, 6, 0, "")
	set(db.LimitWindow, 1800, 1800, 0, audit.PolicyChanged) // longer is tighter
	set(db.LimitWindow, 60, 1800, 60, audit.PolicyScheduled)
	svc := dbtest.Service(t, s, "one")
	runsFrom := func() time.Duration {
		t.Helper()
		e, err := s.AcceptErasure(ctx, key, svc.Number, dbtest.ID(t, "anna"))
		if err != nil {
			t.Fatal(err)
		}
		return e.RunsFrom.Sub(s.Now())
	}
	if got := runsFrom(); got != 30*time.Minute {
		t.Errorf("the cancel window is %v before the shorter one is in force", got)
	}
	clock.Pass(24 * time.Hour)
	if got := runsFrom(); got != time.Minute {
		t.Errorf("the cancel window is %v after a day", got)
	}
	mine := db.LimitCasesOf(ticket.Objection) // 0 = the 24 months of the house
	follows := func(now int64) {
		t.Helper()
		l, err := s.SetLimit(ctx, officer, mine, 0)
		if err != nil || !l.Waits(s.Now()) || l.At(s.Now()) != now || l.Next != 0 {
			t.Errorf("set to follow the house: %+v, %v", l, err)
		}
	}
	set(mine, 36, 36, 0, audit.PolicyChanged)
	follows(36)
	set(mine, 36, 36, 0, audit.PolicyChanged)
	set(mine, 12, 36, 12, audit.PolicyScheduled)
	set(mine, 24, 36, 24, audit.PolicyScheduled)
	clock.Pass(24 * time.Hour)
	set(mine, 0, 0, 0, audit.PolicyChanged) // 24 as it was
	set(mine, 12, 0, 12, audit.PolicyScheduled)
	set(mine, 25, 25, 0, audit.PolicyChanged)
	set(db.LimitCases, 12, 24, 12, audit.PolicyScheduled)
	set(mine, 24, 25, 24, audit.PolicyScheduled)
	clock.Pass(23 * time.Hour)
	set(mine, 25, 25, 0, audit.PolicyChanged)
	follows(25) // the house's 12 are an hour away, and these wait a day of their own
	for _, c := range []struct {
		name  string
		value int64
	}{{db.LimitShare, 0}, {db.LimitShare, 101}, {db.LimitTimes, 0}, {db.LimitFloor, -1}, {db.LimitWindow, 13 * 3600}, {"nothing", 1}} {
		if _, err := s.SetLimit(ctx, officer, c.name, c.value); !errors.Is(err, db.ErrPolicy) {
			t.Errorf("%s set to %d: %v", c.name, c.value, err)
		}
	}
}
