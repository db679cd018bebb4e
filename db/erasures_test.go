package db_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

var (
	ctx     = context.Background()
	support = audit.ActorOf("user", 1)
	officer = audit.ActorOf("user", 2)
	key     = audit.ActorOf("key", 1)
)

var discard = slog.New(slog.DiscardHandler)

func runner(s *db.Store) *erasure.Runner { return erasure.NewRunner(s, discard) }

func subject(t *testing.T, s *db.Store, id string) db.Subject {
	t.Helper()
	sub, ok, err := s.SubjectOf(ctx, dbtest.ID(t, id))
	if err != nil || !ok {
		t.Fatalf("no subject %s: %v", id, err)
	}
	return sub
}

func records(t *testing.T, s *db.Store, id string) []db.Record {
	t.Helper()
	out, _, err := s.Records(ctx, db.RecordQuery{Subject: id, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The whole way of a request from the console: proposed, approved by a second person, run after its window, verified, receipted.
func TestErasureFromConsole(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	a, b := dbtest.Service(t, s, "support-bot"), dbtest.Service(t, s, "sales-bot")
	now := clock.Now()
	dbtest.Ingest(t, s,
		dbtest.Message(t, a.Number, now, "one", "anna"), dbtest.Message(t, a.Number, now, "two", "anna", "ben"),
		dbtest.Message(t, b.Number, now, "three", "anna"), dbtest.Message(t, b.Number, now, "four", "ben"), dbtest.Message(t, b.Number, now, "five"))

	number, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "anna").Ref, Ground: "17-1-b", Note: "by phone"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Erasure(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	if e.Manifest.Records() != 3 || e.Manifest.Shared() != 1 || e.Note != "by phone" || e.Subject != "anna" {
		t.Fatalf("manifest %+v", e)
	}
	late := dbtest.Ingest(t, s, dbtest.Message(t, a.Number, now, "after the cut-off", "anna"))

	if err := s.ApproveErasure(ctx, support, number, e.ManifestHash); !errors.Is(err, db.ErrFourEyes) {
		t.Errorf("the proposer approved: %v", err)
	}
	if err := s.ApproveErasure(ctx, officer, number, "another hash"); !errors.Is(err, db.ErrLapsed) {
		t.Errorf("another manifest was approved: %v", err)
	}
	if err := s.ApproveErasure(ctx, officer, number, e.ManifestHash); err != nil {
		t.Fatal(err)
	}
	if batch, err := runner(s).Run(ctx, false); err != nil || batch != 0 {
		t.Fatalf("ran inside the cancel window: batch %d, %v", batch, err)
	}
	clock.Pass(db.DefaultCancelWindow)
	batch, err := runner(s).Run(ctx, false)
	if err != nil || batch == 0 {
		t.Fatalf("batch %d, %v", batch, err)
	}
	if got := records(t, s, "anna"); len(got) != 1 || got[0].Seq != late[0] {
		t.Errorf("after the erasure anna has %d records, want the one after the cut-off", len(got))
	}
	if got := records(t, s, "ben"); len(got) != 1 {
		t.Errorf("ben has %d records, want 1: the shared one went whole", len(got))
	}
	e, err = s.Erasure(ctx, number)
	if err != nil || e.State != erasure.Done || e.Subject != "" || e.Note != "" {
		t.Errorf("after the batch: %+v, %v", e, err)
	}
	r, entry, err := s.Receipt(ctx, number)
	if err != nil || len(r.Parts) != 2 || r.Parts[0].Before != 2 || r.Parts[0].After != 0 || r.Parts[0].State != erasure.Confirmed {
		t.Errorf("receipt %+v, %v", r, err)
	}
	if leaf, err := s.AuditEntry(ctx, entry); err != nil || leaf.Event != audit.ErasureDone {
		t.Errorf("the receipt names entry %d: %+v, %v", entry, leaf, err)
	}
	tallies, _ := s.Tallies(ctx)
	if tallies[a.Number].Records != 1 || tallies[b.Number].Records != 2 || tallies[b.Number].Unlabelled != 1 {
		t.Errorf("tallies %+v", tallies)
	}
}

func TestErasureFromAPI(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	a, b := dbtest.Service(t, s, "one"), dbtest.Service(t, s, "two")
	dbtest.Ingest(t, s, dbtest.Message(t, a.Number, clock.Now(), "x", "anna"), dbtest.Message(t, b.Number, clock.Now(), "y", "anna"))
	e, err := s.AcceptErasure(ctx, key, a.Number, dbtest.ID(t, "anna"))
	if err != nil || e.State != erasure.Scheduled || !e.Deadline.Equal(clock.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v, %v", e, err)
	}
	none, err := s.AcceptErasure(ctx, key, a.Number, dbtest.ID(t, "nobody"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if got := records(t, s, "anna"); len(got) != 1 || got[0].Service != b.Number {
		t.Errorf("a key's deletion reached beyond its instance: %+v", got)
	}
	if none, err = s.Erasure(ctx, none.Number); err != nil || none.State != erasure.Done || none.Found != 0 {
		t.Errorf("an unknown ID: %+v, %v", none, err)
	}
}

func TestMovesAreTheOnlyWay(t *testing.T) {
	s := dbtest.Open(t)
	a := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, a.Number, s.Now(), "x", "anna"))
	number, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "anna").Ref, Ground: "17-1-a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RefuseErasure(ctx, officer, number, "17-3-e", db.Told{Explanation: "a claim is pending"}); err != nil {
		t.Fatal(err)
	}
	e, _ := s.Erasure(ctx, number)
	for name, err := range map[string]error{
		"approve":  s.ApproveErasure(ctx, officer, number, e.ManifestHash),
		"withdraw": s.WithdrawErasure(ctx, support, number),
		"refuse":   s.RefuseErasure(ctx, officer, number, "17-3-e", db.Told{Explanation: "a claim is pending"}),
		"refresh":  s.RefreshErasure(ctx, support, number),
	} {
		if !errors.Is(err, db.ErrMoved) {
			t.Errorf("%s a refused request: %v", name, err)
		}
	}
	if e.Subject != "" || e.Refusal != "17-3-e" || e.Told.Explanation == "" {
		t.Errorf("a refused request keeps %+v", e)
	}
}

// The trail of all this verifies, and every change left its entry.
func TestAuditTrailVerifies(t *testing.T) {
	s := dbtest.Open(t)
	a := dbtest.Service(t, s, "one")
	for range 5 {
		dbtest.Ingest(t, s, dbtest.Message(t, a.Number, s.Now(), "x", "anna"))
	}
	report, err := s.VerifyAudit(ctx)
	if err != nil || !report.OK() || report.Size < 7 {
		t.Fatalf("%+v, %v", report, err)
	}
}

// Whoever refreshes decides what is covered, so somebody else has to approve it (law L6).
func TestRefresherApproves(t *testing.T) {
	s := dbtest.Open(t)
	a := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, a.Number, time.Now(), "x", "anna"))
	n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "anna").Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, a.Number, time.Now(), "y", "anna"), dbtest.Message(t, a.Number, time.Now(), "z", "anna"))
	if err := s.RefreshErasure(ctx, officer, n); err != nil {
		t.Fatal(err)
	}
	e, _ := s.Erasure(ctx, n)
	if err := s.ApproveErasure(ctx, officer, n, e.ManifestHash); !errors.Is(err, db.ErrFourEyes) {
		t.Errorf("the officer set the cut-off (%d records, proposed: 1) and approved it alone", e.Manifest.Records())
	}
}

// A second click is not a second request.
func TestSubmitTwice(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	a := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, a.Number, clock.Now(), "x", "anna"))
	submit := func(by audit.Actor) int64 {
		n, err := s.SubmitErasure(ctx, by, db.Proposal{Subject: subject(t, s, "anna").Ref, Ground: "17-1-b"})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := submit(support)
	if submit(support) != first {
		t.Error("a second click made a second request")
	}
	if submit(officer) == first {
		t.Error("somebody else's request was taken for a second click")
	}
	clock.Pass(time.Minute)
	if submit(support) == first {
		t.Error("a request a minute later was taken for a second click")
	}
}
