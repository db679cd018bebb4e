package db_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// raised are the alarms by kind.
func raised(t *testing.T, s *db.Store) map[db.AlarmKind]db.Alarm {
	t.Helper()
	all, err := s.Alarms(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out := map[db.AlarmKind]db.Alarm{}
	for _, a := range all {
		out[a.Kind] = a
	}
	return out
}

// raises fails unless exactly these kinds of alarms are raised.
func raises(t *testing.T, s *db.Store, name string, want ...db.AlarmKind) map[db.AlarmKind]db.Alarm {
	t.Helper()
	got := raised(t, s)
	if kinds := slices.Sorted(maps.Keys(got)); !slices.Equal(kinds, slices.Sorted(slices.Values(want))) {
		t.Errorf("%s: %v, want %v", name, got, want)
	}
	return got
}

// A batch that rests or gets nowhere, and requests that none takes.
func TestWatchdogOfBatches(t *testing.T) {
	s, clock, _ := large(t)
	raises(t, s, "after acceptance")
	clock.Pass(db.DefaultCancelWindow + time.Hour)
	raises(t, s, "an hour after the cancel window")
	clock.Pass(time.Minute)
	if a := raises(t, s, "a minute later", db.AlarmUntaken)[db.AlarmUntaken]; a.Count != 3 || a.Object != "erasure/1" {
		t.Errorf("%+v", a)
	}
	held := &between{Store: s, at: 2, do: func(batch int64) error { return s.PauseBatch(ctx, officer, batch) }}
	if _, err := erasure.NewRunner(held, discard).Run(ctx, false); !errors.Is(err, erasure.ErrPaused) {
		t.Fatal(err)
	}
	if a := raises(t, s, "paused", db.AlarmPaused)[db.AlarmPaused]; a.Count != 3 || a.Object != "batch/1" || !a.Since.Equal(s.Now()) {
		t.Errorf("%+v", a)
	}
	if err := s.ResumeBatch(ctx, officer, 1); err != nil {
		t.Fatal(err)
	}
	raises(t, s, "goes on")
	clock.Pass(12 * time.Minute)
	if a := raises(t, s, "gets nowhere", db.AlarmStill)[db.AlarmStill]; a.Object != "batch/1" {
		t.Errorf("%+v", a)
	}
	clock.Pass(21 * time.Hour)
	raises(t, s, "gets nowhere for long", db.AlarmStill, db.AlarmRisk)
	clock.Pass(2 * time.Hour)
	raises(t, s, "late", db.AlarmStill, db.AlarmLate)
	if _, err := runner(s).RunAll(ctx, false); err != nil {
		t.Fatal(err)
	}
	raises(t, s, "done")
}

// A linked service that nobody calls, one with more calls than its pace bears, and a part that waits for a person.
func TestWatchdogOfParts(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	hosted, linked := gateway(t, s)
	for range 100 {
		if _, err := s.AcceptErasure(ctx, key, hosted.Number, dbtest.ID(t, "anna")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := runner(s).RunAll(ctx, true); err != nil {
		t.Fatal(err)
	}
	raises(t, s, "called in time")
	service := audit.ObjectOf(audit.KindService, linked.Number)
	move := func(n int64, to erasure.PartState, again time.Duration) {
		t.Helper()
		m := db.PartMove{To: to}
		if again > 0 {
			m.Again = s.Now().Add(again)
		}
		if err := s.MovePart(ctx, audit.System, n, linked.Number, m); err != nil {
			t.Fatal(err)
		}
	}
	clock.Pass(61 * time.Minute)
	if a := raises(t, s, "nobody calls", db.AlarmSilent)[db.AlarmSilent]; a.Count != 100 || a.Object != service {
		t.Errorf("%+v", a)
	}
	move(1, erasure.Sent, 0)
	move(1, erasure.ByHand, 0)
	raises(t, s, "somebody calls") // by hand is no move of a call, but the one before it was
	move(2, erasure.Sent, 0)
	clock.Pass(22 * time.Hour) // 24 hours less 59 minutes are over: 98 calls take 24.5 minutes and more
	for n := int64(3); n <= 100; n++ {
		move(n, erasure.Sent, 0)
		move(n, erasure.Failed, time.Minute)
	}
	raises(t, s, "98 calls in 59 minutes")
	clock.Pass(40 * time.Minute)
	a := raises(t, s, "99 calls in 19 minutes", db.AlarmCalls)[db.AlarmCalls]
	if a.Object != service || a.Count != 99-76 {
		t.Errorf("%+v", a)
	}
	for n := int64(2); n <= 100; n++ {
		move(n, erasure.Sent, 0)
		move(n, erasure.Accepted, time.Hour)
	}
	raises(t, s, "accepted")
	clock.Pass(8 * 24 * time.Hour)
	got := raises(t, s, "a week by hand, and nobody asks what became of the others", db.AlarmByHand, db.AlarmSilent, db.AlarmLate, db.AlarmDrillOld)
	if a := got[db.AlarmByHand]; a.Count != 1 || a.Object != "erasure/1" {
		t.Errorf("%+v", a)
	}
}
