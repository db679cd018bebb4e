package db_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// says takes in one message of a conversation.
func says(t testing.TB, s *db.Store, service int64, session string, ids ...string) int64 {
	t.Helper()
	r := dbtest.Message(t, service, s.Now(), "in "+session, ids...)
	r.Session = session
	return dbtest.Ingest(t, s, r)[0]
}

// talk finds the conversation that a message leads.
func talk(t testing.TB, s *db.Store, lead int64) db.Talk {
	t.Helper()
	page, err := s.Talks(ctx, db.TalkQuery{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range page.Talks {
		if v.Lead == lead {
			return v
		}
	}
	t.Fatalf("no conversation is led by %d: %+v", lead, page)
	return db.Talk{}
}

// repairs labels the conversation that a message leads with an ID.
func repairs(t testing.TB, s *db.Store, lead int64, id string, late bool) (db.Repaired, error) {
	t.Helper()
	picks := []db.Pick{{Lead: lead, Ref: bearer(t, s, lead, id)}}
	plan, err := s.PlanRepair(ctx, picks)
	if err != nil {
		return db.Repaired{}, err
	}
	return s.RepairLabels(ctx, officer, picks, plan.Hash, late)
}

func bearer(t testing.TB, s *db.Store, lead int64, id string) db.Ref {
	t.Helper()
	for _, b := range talk(t, s, lead).Bearers {
		if b.Subject.ID == id {
			return b.Subject.Ref
		}
	}
	t.Fatalf("%s is not in the conversation of %d", id, lead)
	return ""
}

func repaired(t testing.TB, s *db.Store, lead int64, id string) {
	t.Helper()
	if _, err := repairs(t, s, lead, id, false); err != nil {
		t.Fatal(err)
	}
}

// Unlabelled messages are proposed for the one ID that others of their conversation bear; where there are two, both are shown. What bears no
// ID anywhere is counted only.
func TestTalks(t *testing.T) {
	s := dbtest.Open(t)
	one, two := dbtest.Service(t, s, "one").Number, dbtest.Service(t, s, "two").Number
	says(t, s, one, "s1", "ada")
	says(t, s, one, "s1")
	lead := says(t, s, one, "s1")
	says(t, s, two, "s1", "ben") // another service has a conversation of the same name
	says(t, s, one, "s2", "ada")
	says(t, s, one, "s2", "ben")
	both := says(t, s, one, "s2")
	says(t, s, one, "s3")
	says(t, s, one, "", "ada")
	says(t, s, one, "")
	page, err := s.Talks(ctx, db.TalkQuery{Limit: 50})
	if err != nil || len(page.Talks) != 2 || page.Alone != 1 || page.Next != (db.Place{}) {
		t.Fatalf("%+v, %v", page, err)
	}
	if v := talk(t, s, lead); v.Records != 2 || len(v.Bearers) != 1 || v.Bearers[0].Subject.ID != "ada" || v.Bearers[0].Messages != 1 {
		t.Errorf("%+v", v)
	}
	if v := talk(t, s, both); v.Records != 1 || len(v.Bearers) != 2 {
		t.Errorf("%+v", v)
	}
	first, err := s.Talks(ctx, db.TalkQuery{Limit: 1})
	if err != nil || first.Next == (db.Place{}) {
		t.Fatalf("%+v, %v", first, err)
	}
	var rest int
	for next := first.Next; next != (db.Place{}); {
		p, err := s.Talks(ctx, db.TalkQuery{Limit: 1, Before: next})
		if err != nil {
			t.Fatal(err)
		}
		rest, next = rest+len(p.Talks)+int(p.Alone), p.Next
	}
	if rest != 2 {
		t.Errorf("the pages after the first hold %d conversations, want 2", rest)
	}
}

// A repaired message is found, counted and erased like any other, and the trail says so without the ID.
func TestRepairedIsLikeTheRest(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	says(t, s, v, "s1", "ada")
	lead := says(t, s, v, "s1")
	repaired(t, s, lead, "ada")
	if got := records(t, s, "ada"); len(got) != 2 {
		t.Fatalf("%d records are found, want 2", len(got))
	}
	e := lastEntry(t, s)
	if e.Event != audit.LabelsRepaired || e.Counts[audit.CountRecords] != 1 || e.Counts[audit.CountRepair] != 1 {
		t.Errorf("%+v", e)
	}
	if n, err := s.Tallies(ctx); err != nil || n[v].Unlabelled != 0 {
		t.Errorf("%+v, %v", n, err)
	}
	erased(t, s, v, "ada")
	if _, err := s.Record(ctx, lead); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the repaired message outlived the erasure: %v", err)
	}
	if all, err := s.Repairs(ctx, 5); err != nil || len(all) != 1 || all[0].Left != 0 || all[0].Subject.ID != "" {
		t.Errorf("%+v, %v", all, err)
	}
}

func lastEntry(t testing.TB, s *db.Store) audit.Entry {
	t.Helper()
	list, err := s.AuditEntries(ctx, db.AuditQuery{Limit: 1})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	e, err := audit.Parse(list[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A repaired label has its own number (law L2): a request from before it covers what bore the ID then, is said to wait, and its manifest stays; one
// with a new cut-off covers the label.
func TestRepairAfterProposal(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	known := says(t, s, v, "s1", "ada")
	lead := says(t, s, v, "s1")
	n := proposed(t, s, "ada")
	if b := talk(t, s, lead).Bearers[0]; len(b.Waits) != 1 || b.Waits[0] != n {
		t.Errorf("the request that waits is not named: %+v", b)
	}
	repaired(t, s, lead, "ada")
	approved(t, s, n)
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(ctx, known); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("what bore the ID at the cut-off is here: %v", err)
	}
	if _, err := s.Record(ctx, lead); err != nil {
		t.Errorf("a label from after the cut-off was covered: %v", err)
	}
	if number, records := back(t, s, "ada"); number != n || records != 1 {
		t.Errorf("it is not flagged as returned: erasure %d, %d records", number, records)
	}
	second := erased(t, s, v, "ada")
	if _, err := s.Record(ctx, lead); second.State == "" || !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a request from after the repair did not take it: %v", err)
	}
}

func proposed(t testing.TB, s *db.Store, id string) int64 {
	t.Helper()
	n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t.(*testing.T), s, id).Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func approved(t testing.TB, s *db.Store, n int64) {
	t.Helper()
	e, err := s.Erasure(ctx, n)
	if err == nil {
		err = s.ApproveErasure(ctx, officer, n, e.ManifestHash)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Whichever comes first: what an erasure took is never labelled, and what is labelled after it stays and is flagged.
func TestRepairRacesErasure(t *testing.T) {
	s := dbtest.Open(t)
	dbtest.NoBreaker(t, s)
	v := dbtest.Service(t, s, "one").Number
	for i := range 12 {
		id, session := fmt.Sprint("ada", i), fmt.Sprint("s", i)
		known := says(t, s, v, session, id)
		lead := says(t, s, v, session)
		picks := []db.Pick{{Lead: lead, Ref: bearer(t, s, lead, id)}}
		plan, err := s.PlanRepair(ctx, picks)
		if err != nil {
			t.Fatal(err)
		}
		var race sync.WaitGroup
		var failed error
		race.Go(func() { erased(t, s, v, id) })
		race.Go(func() { _, failed = s.RepairLabels(ctx, officer, picks, plan.Hash, false) })
		race.Wait()
		_, left := s.Record(ctx, lead)
		if _, gone := s.Record(ctx, known); !errors.Is(gone, db.ErrNotFound) {
			t.Errorf("what bore the ID is here: %v", gone)
		}
		number, records := back(t, s, id)
		switch {
		case failed == nil && errors.Is(left, db.ErrNotFound): // labelled before the request came
		case failed == nil && left == nil && number != 0 && records == 1: // labelled after it was accepted
		case failed != nil && left == nil && number == 0: // erased before, so there is no label to give
		default:
			t.Errorf("the repair: %v; the message: %v; returned after %d: %d", failed, left, number, records)
		}
	}
}

// Messages that an ended erasure would have taken, had they borne the ID, get the label only where a person says so, and are flagged then (law L9).
func TestLateLabel(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one").Number
	says(t, s, v, "s1", "ada")
	lead := says(t, s, v, "s1")
	clock.Pass(time.Minute)
	e := erased(t, s, v, "ada")
	clock.Pass(time.Minute)
	says(t, s, v, "s1", "ada") // the conversation goes on
	if b := talk(t, s, lead).Bearers[0]; b.Late != e.Number {
		t.Fatalf("%+v", b)
	}
	if _, err := repairs(t, s, lead, "ada", false); !errors.Is(err, db.ErrLateLabel) {
		t.Fatalf("it was labelled quietly: %v", err)
	}
	if got := records(t, s, "ada"); len(got) != 1 {
		t.Fatalf("%d records, want the one that returned", len(got))
	}
	done, err := repairs(t, s, lead, "ada", true)
	if err != nil || done != (db.Repaired{Talks: 1, Records: 1, Late: 1}) {
		t.Fatalf("%+v, %v", done, err)
	}
	if c := lastEntry(t, s).Counts; c[audit.CountLate] != e.Number {
		t.Errorf("the trail does not say so: %v", c)
	}
	if n, records := back(t, s, "ada"); n != e.Number || records != 2 {
		t.Errorf("after erasure %d: %d records", n, records)
	}
	if _, err := s.FollowUp(ctx, support, subject(t, s, "ada").Ref, "17-1-b"); err != nil {
		t.Errorf("no follow-up can be proposed: %v", err)
	}
	fresh := says(t, s, v, "s2")
	says(t, s, v, "s2", "ada")
	if b := talk(t, s, fresh).Bearers[0]; b.Late != 0 || len(b.Waits) != 1 {
		t.Errorf("what came after the erasure is said to be late: %+v", b)
	}
}

// What was confirmed is what was read: anything else lapses, and nothing of it happens.
func TestRepairLapses(t *testing.T) {
	for name, change := range map[string]func(*db.Store, int64){
		"another message without a label": func(s *db.Store, v int64) { says(t, s, v, "s1") },
		"another ID":                      func(s *db.Store, v int64) { says(t, s, v, "s1", "ben") },
		"a request":                       func(s *db.Store, v int64) { proposed(t, s, "ada") },
	} {
		s := dbtest.Open(t)
		v := dbtest.Service(t, s, "one").Number
		says(t, s, v, "s1", "ada")
		lead := says(t, s, v, "s1")
		says(t, s, v, "s2", "cem")
		other := says(t, s, v, "s2")
		picks := []db.Pick{{Lead: other, Ref: bearer(t, s, other, "cem")}, {Lead: lead, Ref: bearer(t, s, lead, "ada")}}
		plan, err := s.PlanRepair(ctx, picks)
		if err != nil {
			t.Fatal(err)
		}
		change(s, v)
		if _, err := s.RepairLabels(ctx, officer, picks, plan.Hash, false); !errors.Is(err, db.ErrLapsed) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(records(t, s, "ada")) + len(records(t, s, "cem")); n != 2 {
			t.Errorf("%s: %d records bear a label, want 2", name, n)
		}
	}
}

// Too much, nothing, the same twice, somebody else's ID, a restricted person: refused.
func TestRepairRefused(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	labelled := says(t, s, v, "s1", "ada")
	lead := says(t, s, v, "s1")
	says(t, s, v, "s2", "ben")
	ada, ben := db.Pick{Lead: lead, Ref: subject(t, s, "ada").Ref}, db.Pick{Lead: lead, Ref: subject(t, s, "ben").Ref}
	for name, tt := range map[string]struct {
		picks []db.Pick
		want  error
	}{
		"nothing":           {nil, db.ErrRepair},
		"too many":          {make([]db.Pick, db.MaxRepairs+1), db.ErrRepair},
		"twice":             {[]db.Pick{ada, ada}, db.ErrRepair},
		"not in it":         {[]db.Pick{ben}, db.ErrMoved},
		"a labelled record": {[]db.Pick{{Lead: labelled, Ref: ada.Ref}}, db.ErrMoved},
		"no record":         {[]db.Pick{{Lead: 999, Ref: ada.Ref}}, db.ErrMoved},
	} {
		if _, err := s.PlanRepair(ctx, tt.picks); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	plan, err := s.PlanRepair(ctx, []db.Pick{ada})
	if err != nil {
		t.Fatal(err)
	}
	keeps(t, s, erasure.Restriction, "18-1-a", "ada")
	if _, err := s.RepairLabels(ctx, officer, []db.Pick{ada}, plan.Hash, false); !errors.Is(err, db.ErrHeld) {
		t.Errorf("a restricted person's label was given: %v", err)
	}
}

func keeps(t testing.TB, s *db.Store, kind erasure.HoldKind, ground, id string) {
	t.Helper()
	if _, err := s.PlaceHold(ctx, officer, db.NewHold{Kind: kind, Ground: ground, Subject: subject(t.(*testing.T), s, id).Ref, Custodian: "C. Cole", Review: s.Now().AddDate(0, 1, 0)}); err != nil {
		t.Fatal(err)
	}
}

// A wrong repair is taken back: its messages bear nothing again, and both stand in the trail. Not once an erasure of the ID was accepted, nor while
// a hold keeps the ID.
func TestRepairUndone(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	says(t, s, v, "s1", "ada")
	r := dbtest.Message(t, v, s.Now(), "from Messenger")
	r.Unreachable, r.Channel = true, "facebook"
	lead := dbtest.Ingest(t, s, r)[0]
	before, _ := s.Tallies(ctx)
	repaired(t, s, lead, "ada")
	if err := s.UndoRepair(ctx, officer, 1); err != nil {
		t.Fatal(err)
	}
	if after, err := s.Tallies(ctx); err != nil || after[v] != before[v] || after[v].Unreachable != 1 {
		t.Errorf("%+v, then %+v (%v)", before[v], after[v], err)
	}
	if got, err := s.Record(ctx, lead); err != nil || got.Labelled || !got.Unreachable || len(records(t, s, "ada")) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if e := lastEntry(t, s); e.Event != audit.RepairUndone || e.Counts[audit.CountRepair] != 1 {
		t.Errorf("%+v", e)
	}
	if err := s.UndoRepair(ctx, officer, 1); !errors.Is(err, db.ErrMoved) {
		t.Errorf("it was taken back twice: %v", err)
	}
	repaired(t, s, lead, "ada")
	keeps(t, s, erasure.LegalHold, "17-3-e", "ada")
	if err := s.UndoRepair(ctx, officer, 2); !errors.Is(err, db.ErrHeld) {
		t.Errorf("what is held lost its label: %v", err)
	}
}

// As soon as an erasure that covers the labels is accepted, they stay.
func TestRepairNotUndoneUnderErasure(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one").Number
	says(t, s, v, "s1", "ada")
	lead := says(t, s, v, "s1")
	repaired(t, s, lead, "ada")
	if _, err := s.AcceptErasure(ctx, key, v, dbtest.ID(t, "ada")); err != nil {
		t.Fatal(err)
	}
	if err := s.UndoRepair(ctx, officer, 1); !errors.Is(err, db.ErrMoved) {
		t.Errorf("a label was taken away under an erasure: %v", err)
	}
}
