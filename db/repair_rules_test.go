package db_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// TestRepairEvidence: what a repair gave is no evidence for the next one, a drill's conversations are none of ours, and a restriction that was lifted
// keeps nobody's ID back.
func TestRepairEvidence(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	says(t, s, v, "s1", "ada")
	repaired(t, s, says(t, s, v, "s1"), "ada")
	lead := says(t, s, v, "s1")
	if b := talk(t, s, lead).Bearers; len(b) != 1 || b[0].Messages != 1 {
		t.Errorf("%+v", b)
	}
	drills, err := s.DrillServices(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drills {
		says(t, s, d.Number, "s9", "ada")
		says(t, s, d.Number, "s9")
	}
	if page, err := s.Talks(ctx, db.TalkQuery{Limit: 50}); err != nil || len(page.Talks) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	n, err := s.PlaceHold(ctx, officer, db.NewHold{Kind: erasure.Restriction, Ground: "18-1-a", Subject: subject(t, s, "ada").Ref, Review: s.Now().AddDate(0, 1, 0)})
	if err == nil && !talk(t, s, lead).Bearers[0].Frozen {
		t.Error("a restriction is not seen")
	}
	if err == nil {
		err = s.LiftRestriction(ctx, officer, n, db.Notice{On: s.Now(), Channel: "letter"})
	}
	if err != nil {
		t.Fatal(err)
	}
	if talk(t, s, lead).Bearers[0].Frozen {
		t.Error("a restriction that was lifted still keeps the ID back")
	}
}

// TestRepairBounds: fifty conversations and a thousand messages are one act, and one more is too much.
func TestRepairBounds(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	message := func(session string, ids ...string) db.NewRecord {
		r := dbtest.Message(t, v, s.Now(), "hello", ids...)
		r.Session = session
		return r
	}
	many, picks := []db.NewRecord{message("s", "ada")}, []db.Pick{}
	for range 1000 {
		many = append(many, message("s"))
	}
	leads := dbtest.Ingest(t, s, many...)
	ada := subject(t, s, "ada").Ref
	thousand := []db.Pick{{Lead: leads[1000], Ref: ada}}
	if plan, err := s.PlanRepair(ctx, thousand); err != nil || plan.Records != 1000 {
		t.Errorf("%d messages: %v", plan.Records, err)
	}
	dbtest.Ingest(t, s, message("s"))
	if _, err := s.PlanRepair(ctx, thousand); !errors.Is(err, db.ErrRepair) {
		t.Errorf("a message more: %v", err)
	}
	for i := range db.MaxRepairs {
		session := fmt.Sprint("s", i)
		picks = append(picks, db.Pick{Lead: dbtest.Ingest(t, s, message(session, "ada"), message(session))[1], Ref: ada})
	}
	if plan, err := s.PlanRepair(ctx, picks); err != nil || len(plan.Talks) != db.MaxRepairs {
		t.Errorf("%d conversations: %v", len(plan.Talks), err)
	}
}

// TestLateByEither (laws L2, L9): a message is late for an ended erasure that covered its number, whatever its own time, and for one that was accepted
// after its answer, whatever number it came in under.
func TestLateByEither(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one").Number
	lost := func(session string, answered time.Time) int64 {
		r := dbtest.Message(t, v, answered, "in "+session)
		r.Session, r.Answered = session, answered
		return dbtest.Ingest(t, s, r)[0]
	}
	says(t, s, v, "s1", "ada")
	ahead := lost("s1", clock.Now().Add(time.Hour)) // its number is the cut-off
	e := erased(t, s, v, "ada")
	clock.Pass(time.Minute)
	for _, session := range []string{"s1", "s2", "s3"} {
		says(t, s, v, session, "ada")
	}
	for lead, want := range map[int64]int64{ahead: e.Number, lost("s2", clock.Now().Add(-time.Hour)): e.Number, lost("s3", clock.Now()): 0} {
		if b := talk(t, s, lead).Bearers[0]; b.Late != want {
			t.Errorf("message %d is late for erasure %d, want %d", lead, b.Late, want)
		}
	}
}

// TestUndoForgets: a request that was only proposed keeps no repair from being taken back; an ID that nothing else bears goes with its label, and so
// does the flag that it has returned.
func TestUndoForgets(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	says(t, s, v, "s1", "ada")
	lead := says(t, s, v, "s1")
	n := proposed(t, s, "ada")
	repaired(t, s, lead, "ada")
	approved(t, s, n)
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	ref := subject(t, s, "ada").Ref
	if err := s.UndoRepair(ctx, officer, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Subject(ctx, ref); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the ID is here without anything that bears it: %v", err)
	}
	if all, err := s.Repairs(ctx, 1); err != nil || all[0].Subject.ID != "" || all[0].Undone.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	says(t, s, v, "s2", "ben")
	repaired(t, s, says(t, s, v, "s2"), "ben")
	proposed(t, s, "ben")
	if err := s.UndoRepair(ctx, officer, 2); err != nil {
		t.Errorf("a request that nobody has approved: %v", err)
	}
}

// TestUndoTakesTheFlag: what is flagged as returned only for a repaired label is not flagged without it.
func TestUndoTakesTheFlag(t *testing.T) {
	s := dbtest.Open(t)
	one, two := dbtest.Service(t, s, "one").Number, dbtest.Service(t, s, "two").Number
	says(t, s, one, "s1", "ada")
	lead := says(t, s, one, "s1")
	says(t, s, two, "s2", "ada") // the request is about one service, so the ID stays
	if _, err := s.AcceptErasure(ctx, key, one, dbtest.ID(t, "ada")); err != nil {
		t.Fatal(err)
	}
	repaired(t, s, lead, "ada")
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if _, records := back(t, s, "ada"); records != 1 {
		t.Fatalf("%d records are flagged as returned", records)
	}
	if err := s.UndoRepair(ctx, officer, 1); err != nil {
		t.Fatal(err)
	}
	if n, records := back(t, s, "ada"); n != 0 || records != 0 {
		t.Errorf("after erasure %d: %d records", n, records)
	}
}
