package db_test

import (
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// What a hold keeps past its retention is found, said and left; it opens no batch each night, and goes when the hold has ended.
func TestRetentionLeavesHeld(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one")
	old := clock.Now().Add(-40 * day)
	kept := dbtest.Ingest(t, s, dbtest.Message(t, v.Number, old, "x", "anna"), dbtest.Message(t, v.Number, old, "y", "anna"), dbtest.Message(t, v.Number, old, "z", "anna"))
	gone := dbtest.Ingest(t, s, dbtest.Message(t, v.Number, old, "x", "ben"), dbtest.Message(t, v.Number, old, "y", "ben"))
	number := hold(t, s, db.NewHold{Records: kept})
	retains(t, s, clock, v.Number, db.Message, 30)
	first, err := runner(s).Expire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Batch(ctx, first)
	if err != nil || b.Records != 2 || b.Erased != 2 || b.State != erasure.BatchDone {
		t.Errorf("%+v, %v", b, err)
	}
	if past, err := s.Expiries(ctx, first); err != nil || len(past) != 1 || past[0].Found != 5 || past[0].Remaining != 3 {
		t.Errorf("%+v, %v", past, err)
	}
	if len(there(t, s, kept...)) != 3 || len(there(t, s, gone...)) != 0 {
		t.Error("what is held is not what stayed")
	}
	if again, err := runner(s).Expire(ctx); again != 0 || err != nil {
		t.Errorf("batch %d was opened for what is held, %v", again, err)
	}
	lift(t, s, number)
	if last, err := runner(s).Expire(ctx); last == 0 || err != nil || len(there(t, s, kept...)) != 0 {
		t.Errorf("batch %d, %v: what was held is there still", last, err)
	}
}

// The drill's requests and batches are in no figure that an operator watches.
func TestMeasuresLeaveDrillOut(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	of, err := s.DrillServices(ctx)
	if err != nil {
		t.Fatal(err)
	}
	accept(t, s, of["assistant"].Number, "made up")
	clock.Pass(time.Minute)
	if m, err := s.Measure(ctx); err != nil || m.OldestPending != 0 || len(m.Parts) != 0 {
		t.Errorf("open: %v, %+v, %v", m.OldestPending, m.Parts, err)
	}
	run(t, s)
	if m, err := s.Measure(ctx); err != nil || m.Batches[erasure.BatchDone] != 0 {
		t.Errorf("batches: %v, %v", m.Batches, err)
	}
}

// An erasure that the backup has open and the ledger as done ends in the restore as elsewhere: what came after its cut-off has returned.
func TestRestoreFlagsReturned(t *testing.T) {
	h := newSafe(t)
	h.ingest(2, "ben")
	number := accept(t, h.Store, 1, "ben")
	h.ingest(1, "ben")
	h.backup()
	run(t, h.Store)
	h.lose()
	if _, err := h.restore(nil); err != nil {
		t.Fatal(err)
	}
	h.open()
	if e, n := back(t, h.Store, "ben"); e != number || n != 1 {
		t.Errorf("request %d, %d records, want request %d, 1 record", e, n, number)
	}
}

// A request of the drill that only the ledger knows is counted nowhere after a restore either.
func TestRestoreHidesDrill(t *testing.T) {
	h := newSafe(t)
	of, err := h.DrillServices(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.backup()
	accept(t, h.Store, of["assistant"].Number, "made up")
	h.lose()
	if _, err := h.restore(nil); err != nil {
		t.Fatal(err)
	}
	h.open()
	list, err := h.Erasures(ctx, db.ErasureQuery{Limit: 10})
	if n, _, oerr := h.DrillOpen(ctx); err != nil || oerr != nil || n != 1 || len(list) != 0 {
		t.Errorf("%d requests in the list, %d of the drill, %v, %v", len(list), n, err, oerr)
	}
}

// A hold that was placed after the backup is lost with it, so what was due in it waits until it can be placed again.
func TestRestoreLeavesTimeForHolds(t *testing.T) {
	now := time.Now()
	clock := db.WithClock(func() time.Time { return now })
	h := newSafe(t, clock)
	h.ingest(4, "anna")
	h.ingest(3, "ben")
	running := accept(t, h.Store, 1, "anna")
	if batch, err := h.Claim(ctx, true); batch == 0 || err != nil {
		t.Fatal(err)
	}
	due := accept(t, h.Store, 1, "ben")
	now = now.Add(2 * time.Hour)
	h.backup()
	h.lose()
	if _, err := h.restore(nil, clock); err != nil {
		t.Fatal(err)
	}
	h.open(clock)
	for _, number := range []int64{running, due} {
		if state := stateOf(t, h.Store, number); state != erasure.Scheduled {
			t.Errorf("request %d is %s", number, state)
		}
	}
	if batch, err := runner(h.Store).Run(ctx, false); batch != 0 || err != nil || h.count("anna") != 4 || h.count("ben") != 3 {
		t.Errorf("batch %d ran at once: anna has %d, ben %d, %v", batch, h.count("anna"), h.count("ben"), err)
	}
	now = now.Add(time.Hour)
	if _, err := runner(h.Store).Run(ctx, false); err != nil || h.count("anna")+h.count("ben") != 0 {
		t.Errorf("anna has %d, ben %d, %v", h.count("anna"), h.count("ben"), err)
	}
}
