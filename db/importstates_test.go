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
	"quittance/db/label"
)

// TestImportMoves: who may do what with an import in which state, each with its entry, and nothing twice.
func TestImportMoves(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "a").Number
	by := audit.ActorOf("user", 7)
	m, err := s.StartImport(t.Context(), by, svc, importing, 1234)
	if err != nil || m.State != db.ImportRunning || m.Bytes != 1234 || m.Actor != by {
		t.Fatalf("%+v, %v", m, err)
	}
	if err := s.DiscardImport(t.Context(), by, m.Number); !errors.Is(err, db.ErrMoved) {
		t.Errorf("a running one is discarded: %v", err)
	}
	m.Offset, m.Line, m.Came, m.Digest = 10, 1, 20, []byte("digest")
	m, _ = take(t, s, m, imported(t, svc, 1, time.Now(), "ada"))
	steps := []struct {
		move  func() error
		want  error
		state db.ImportState
	}{
		{func() error { return s.CancelImport(t.Context(), by, m.Number) }, nil, db.ImportCancelled},
		{func() error { return s.CancelImport(t.Context(), by, m.Number) }, db.ErrMoved, db.ImportCancelled},
		{func() error { return s.EndImport(t.Context(), by, m, db.ImportDone) }, nil, db.ImportCancelled},
		{func() error { // what was read of it before somebody else took it further
			old := m
			old.Offset = 5
			_, err := s.ResumeImport(t.Context(), by, old, 1234)
			return err
		}, db.ErrImporting, db.ImportCancelled},
		{func() error { _, err := s.ResumeImport(t.Context(), by, m, 1234); return err }, nil, db.ImportRunning},
		{func() error { _, err := s.ResumeImport(t.Context(), by, m, 1234); return err }, db.ErrImporting, db.ImportRunning},
		{func() error { return s.CutImports(t.Context()) }, nil, db.ImportCut},
		{func() error { return s.CutImports(t.Context()) }, nil, db.ImportCut},
		{func() error { return s.DiscardImport(t.Context(), by, m.Number) }, nil, db.ImportDiscarded},
		{func() error { _, err := s.ResumeImport(t.Context(), by, m, 1234); return err }, db.ErrImporting, db.ImportDiscarded},
		{func() error { return s.DiscardImport(t.Context(), by, 99) }, db.ErrNotFound, db.ImportDiscarded},
	}
	for i, step := range steps {
		if err := step.move(); !errors.Is(err, step.want) {
			t.Errorf("step %d: %v, want %v", i, err, step.want)
		}
		got, err := s.Import(t.Context(), m.Number)
		if err != nil || got.State != step.state || got.Stored != 1 || got.Came != 20 {
			t.Errorf("step %d: %+v, %v", i, got, err)
		}
	}
	for event, want := range map[audit.Event]int64{audit.ImportStarted: 2, audit.ImportCancelled: 1, audit.ImportFailed: 1, audit.ImportDiscarded: 1, audit.ImportFinished: 0} {
		if n, err := s.CountAudit(t.Context(), db.AuditQuery{Event: string(event)}); err != nil || n != want {
			t.Errorf("%d entries of %s, want %d (%v)", n, event, want, err)
		}
	}
}

// TestImportsOfDrills: what a drill imports stands on no list.
func TestImportsOfDrills(t *testing.T) {
	s := dbtest.Open(t)
	drills, err := s.DrillServices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	begun(t, s, drills[label.Assistant].Number)
	mine := begun(t, s, dbtest.Service(t, s, "a").Number)
	if list, err := s.Imports(t.Context(), 0, 10); err != nil || len(list) != 1 || list[0].Number != mine.Number {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestImportStopsAtCancel: once a cancel is answered, not one record more comes in, and what was taken in before stays as it was counted.
func TestImportStopsAtCancel(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "a").Number
	m, _ := take(t, s, begun(t, s, svc), imported(t, svc, 1, time.Now(), "ada"))
	if err := s.CancelImport(t.Context(), audit.Operator, m.Number); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.TakeImport(t.Context(), m, s.PrepareImport([]db.NewRecord{imported(t, svc, 2, time.Now(), "ada")})); !errors.Is(err, db.ErrCancelled) {
		t.Errorf("a step after it: %v", err)
	}
	if n, err := s.Tallies(t.Context()); err != nil || n[svc].Records != 1 {
		t.Errorf("%+v, %v", n[svc], err)
	}
}

// TestImportFaults: the first refused lines are kept by number and code, counted whole, and gone when the file is begun anew.
func TestImportFaults(t *testing.T) {
	s := dbtest.Open(t)
	m := begun(t, s, dbtest.Service(t, s, "a").Number)
	for step := range 3 {
		var p db.Prepared
		for i := range 600 {
			p.Refused = append(p.Refused, db.ImportFault{Line: int64(step*600 + i + 1), Code: "no-log-id"})
		}
		var err error
		if m, _, err = s.TakeImport(t.Context(), m, p); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.ImportFaults(t.Context(), m.Number, 5000)
	if err != nil || len(got) != 1000 || got[0] != (db.ImportFault{Line: 1, Code: "no-log-id"}) || got[999].Line != 1000 {
		t.Errorf("%d are kept, %v", len(got), err)
	}
	if again := begun(t, s, m.Service); again.Number != m.Number {
		t.Fatalf("%+v", again)
	}
	if got, err := s.ImportFaults(t.Context(), m.Number, 5000); err != nil || len(got) != 0 {
		t.Errorf("%d are left, %v", len(got), err)
	}
}

// TestImportRacesErasure (laws L2 and L9): while an import runs, an erasure of its customer is accepted. Each record that it stored lies on the side of
// the cut-off that its number says; each that comes later and is older than the acceptance is not stored; the batch leaves none.
func TestImportRacesErasure(t *testing.T) {
	const lines = 300
	s := openOn(t, quick(t))
	defer shut(t, s)
	dbtest.NoBreaker(t, s)
	svc := dbtest.Service(t, s, "a").Number
	old := time.Now().Add(-time.Hour)
	dbtest.Ingest(t, s, dbtest.Message(t, svc, old, "hello", "ada"))
	m, asked := begun(t, s, svc), make(chan struct{})
	var accepted sync.WaitGroup
	accepted.Go(func() {
		<-asked
		if _, err := s.AcceptErasure(t.Context(), key, svc, dbtest.ID(dying{t}, "ada")); err != nil {
			t.Error(err)
		}
	})
	for n := range lines {
		if n == lines/3 {
			close(asked)
		}
		if n == 2*lines/3 {
			accepted.Wait()
		}
		r := dbtest.Message(t, svc, old, fmt.Sprint("entry ", n), "ada")
		r.LogID = fmt.Sprint("L", n)
		m, _ = take(t, s, m, r)
	}
	if m.Stored < lines/3 || m.Suppressed < lines/3 || m.Stored+m.Suppressed != lines {
		t.Errorf("the test does not test: %+v", m.ImportCounts)
	}
	if _, err := runner(s).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Tallies(t.Context()); err != nil || n[svc].Records != 0 {
		t.Errorf("%d of %d stored records are left, %v", n[svc].Records, m.Stored, err)
	}
}
