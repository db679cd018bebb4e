package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

var importing = []byte("how a file begins")

func imported(t *testing.T, service int64, n int, when time.Time, ids ...string) db.NewRecord {
	r := dbtest.Message(t, service, when, fmt.Sprint("entry ", n), ids...)
	r.LogID = fmt.Sprint("L", n)
	return r
}

// begun begins an import from its first line; one that runs is cut short.
func begun(t *testing.T, s *db.Store, service int64) db.Import {
	t.Helper()
	if err := s.CutImports(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := s.StartImport(t.Context(), audit.Operator, service, importing, 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func take(t *testing.T, s *db.Store, m db.Import, records ...db.NewRecord) (db.Import, []db.Outcome) {
	t.Helper()
	m, out, err := s.TakeImport(t.Context(), m, s.PrepareImport(records))
	if err != nil {
		t.Fatal(err)
	}
	return m, out
}

// TestImportOnce: an entry is stored once by its log_id, also when it comes twice in one batch, and leaves no number, ID or count behind
// when it is known.
func TestImportOnce(t *testing.T) {
	s, now := dbtest.Open(t), time.Now()
	a, b := dbtest.Service(t, s, "a").Number, dbtest.Service(t, s, "b").Number
	m, out := take(t, s, begun(t, s, a), imported(t, a, 1, now, "ada"), imported(t, a, 2, now), imported(t, a, 1, now, "ada"))
	if !slices.Equal(out, []db.Outcome{db.Stored, db.Stored, db.Known}) || m.ImportCounts != (db.ImportCounts{Stored: 2, Known: 1, Unlabelled: 1}) {
		t.Fatalf("%v, %+v", out, m.ImportCounts)
	}
	m, out = take(t, s, m, imported(t, a, 1, now, "stranger"), imported(t, a, 3, now, "ada"))
	if !slices.Equal(out, []db.Outcome{db.Known, db.Stored}) {
		t.Fatal(out)
	}
	if seq, err := s.Seq(t.Context()); err != nil || seq != 3 {
		t.Errorf("the last number is %d, want 3: one was given to an entry that was not stored (%v)", seq, err)
	}
	if _, ok, err := s.SubjectOf(t.Context(), dbtest.ID(t, "stranger")); ok || err != nil {
		t.Errorf("the customer ID of an entry that was not stored is kept: %v", err)
	}
	if _, out := take(t, s, begun(t, s, b), imported(t, b, 1, now, "ada")); out[0] != db.Stored {
		t.Error("a log_id of one service is known to another")
	}
	if n, err := s.Tallies(t.Context()); err != nil || n[a].Records != 3 || n[a].Unlabelled != 1 {
		t.Errorf("%+v, %v", n[a], err)
	}
}

// TestImportProgress: how far a file came is kept with what was stored, until it has ended.
func TestImportProgress(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "a").Number
	if _, err := s.UnfinishedImport(t.Context(), svc, importing); !errors.Is(err, db.ErrNotFound) {
		t.Fatalf("nothing was begun: %v", err)
	}
	m := begun(t, s, svc)
	m.Offset, m.Line, m.Digest, m.Rejected = 1234, 5, []byte("digest"), 2
	m, _ = take(t, s, m, imported(t, svc, 1, time.Now(), "ada"))
	if _, err := s.UnfinishedImport(t.Context(), svc, importing); !errors.Is(err, db.ErrImporting) {
		t.Errorf("it runs: %v", err)
	}
	if _, err := s.StartImport(t.Context(), audit.Operator, svc, importing, 0); !errors.Is(err, db.ErrImporting) {
		t.Errorf("it is begun twice: %v", err)
	}
	if err := s.CutImports(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := s.UnfinishedImport(t.Context(), svc, importing)
	if err != nil || got.Number != m.Number || got.Offset != 1234 || got.Line != 5 || string(got.Digest) != "digest" || got.ImportCounts != (db.ImportCounts{Stored: 1, Rejected: 2}) {
		t.Errorf("%+v, %v", got, err)
	}
	if m, err = s.ResumeImport(t.Context(), audit.Operator, got, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.EndImport(t.Context(), audit.Operator, m, db.ImportDone); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UnfinishedImport(t.Context(), svc, importing); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("it has ended: %v", err)
	}
	if again := begun(t, s, svc); again.Number != m.Number || again.Offset != 0 {
		t.Errorf("begun again: %+v", again)
	}
	for event, want := range map[audit.Event]int64{audit.ImportStarted: 3, audit.ImportFailed: 1, audit.ImportFinished: 1, audit.RecordsIngested: 1} {
		if n, err := s.CountAudit(t.Context(), db.AuditQuery{Event: string(event)}); err != nil || n != want {
			t.Errorf("%d entries of %s, want %d (%v)", n, event, want, err)
		}
	}
}

// TestImportCancelled: a batch whose caller has gone before its turn is not stored.
func TestImportCancelled(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "a").Number
	m := begun(t, s, svc)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.TakeImport(ctx, m, s.PrepareImport([]db.NewRecord{imported(t, svc, 1, time.Now())})); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if n, err := s.Tallies(t.Context()); err != nil || n[svc].Records != 0 {
		t.Errorf("%+v, %v", n, err)
	}
}

// TestErasedStaysErased (law L9): an entry from before the newest acceptance of an erasure of its ID is not taken in again.
func TestErasedStaysErased(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	a, b := dbtest.Service(t, s, "a").Number, dbtest.Service(t, s, "b").Number
	dbtest.Ingest(t, s, dbtest.Message(t, a, clock.Now(), "hello", "ada"))
	clock.Pass(time.Hour)
	if _, err := s.AcceptErasure(t.Context(), key, a, dbtest.ID(t, "ada")); err != nil {
		t.Fatal(err)
	}
	accepted := clock.Now()
	before, after := accepted.Add(-20*time.Millisecond), accepted.Add(time.Second) // a message is answered 20 ms later
	for _, c := range []struct {
		name    string
		service int64
		when    time.Time
		ids     []string
		want    db.Outcome
	}{
		{"answered at the acceptance", a, before, []string{"ada"}, db.Erased},
		{"long before", a, before.Add(-24 * time.Hour), []string{"ada"}, db.Erased},
		{"as the second of two IDs", a, before, []string{"bob", "ada"}, db.Erased},
		{"after it", a, after, []string{"ada"}, db.Stored},
		{"of somebody else", a, before, []string{"bob"}, db.Stored},
		{"without an ID", a, before, nil, db.Stored},
		{"of another service", b, before, []string{"ada"}, db.Stored},
	} {
		r := imported(t, c.service, 1, c.when, c.ids...)
		r.LogID = c.name
		m, out := take(t, s, begun(t, s, c.service), r)
		if out[0] != c.want || m.Suppressed != int64(btoi(c.want == db.Erased)) {
			t.Errorf("%s: %v, %+v", c.name, out, m.ImportCounts)
		}
	}
}

// TestErasedEverywhere: an erasure of the console covers every service, also one that did not know the ID, but those that were left out.
func TestErasedEverywhere(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	a, b, c := dbtest.Service(t, s, "a").Number, dbtest.Service(t, s, "b").Number, dbtest.Service(t, s, "c").Number
	dbtest.Ingest(t, s, dbtest.Message(t, a, clock.Now(), "hello", "ada"), dbtest.Message(t, c, clock.Now(), "hello", "ada"))
	number, err := s.SubmitErasure(t.Context(), support, db.Proposal{Subject: subject(t, s, "ada").Ref, Ground: "17-1-b", Without: map[int64]string{c: "separate-request"}})
	if err != nil {
		t.Fatal(err)
	}
	old := clock.Now().Add(-time.Hour)
	try := func(name string, service int64, want db.Outcome) {
		t.Helper()
		r := imported(t, service, 1, old, "ada")
		r.LogID = name
		if _, out := take(t, s, begun(t, s, service), r); out[0] != want {
			t.Errorf("%s: %v, want %v", name, out[0], want)
		}
	}
	try("only proposed", b, db.Stored)
	e, err := s.Erasure(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	clock.Pass(time.Minute)
	if err := s.ApproveErasure(t.Context(), officer, number, e.ManifestHash); err != nil {
		t.Fatal(err)
	}
	try("a service that is covered", a, db.Erased)
	try("a service that did not know the ID when it was proposed", b, db.Erased)
	try("a service that was left out", c, db.Stored)
	if err := s.WithdrawErasure(t.Context(), support, number); err != nil {
		t.Fatal(err)
	}
	try("withdrawn", a, db.Stored)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestErasedAmongLater (law L9): an entry from before an erasure stays erased though the others that come with it are from after it.
func TestErasedAmongLater(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "a").Number
	dbtest.Ingest(t, s, dbtest.Message(t, svc, clock.Now(), "hello", "ada"))
	clock.Pass(time.Hour)
	if _, err := s.AcceptErasure(t.Context(), key, svc, dbtest.ID(t, "ada")); err != nil {
		t.Fatal(err)
	}
	later := clock.Now().Add(time.Hour)
	_, out := take(t, s, begun(t, s, svc), imported(t, svc, 1, later, "bob"), imported(t, svc, 2, clock.Now().Add(-time.Hour), "ada"), imported(t, svc, 3, later, "bob"))
	if !slices.Equal(out, []db.Outcome{db.Stored, db.Erased, db.Stored}) {
		t.Errorf("%v", out)
	}
}
