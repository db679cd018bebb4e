package db_test

import (
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// A deletion that waits for an officer is told as late when its 24 hours are over, once, and is carried out by nobody but an officer.
func TestLateIsTold(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one")
	if _, err := s.SetPolicy(ctx, officer, v.Number, db.PolicyDeletion, db.DeletionApproval); err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, v.Number, clock.Now(), "hello", "anna"))
	e, err := s.AcceptErasure(ctx, key, v.Number, dbtest.ID(t, "anna"))
	if err != nil || e.State != erasure.Proposed || !e.Deadline.Equal(clock.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v, %v", e, err)
	}
	for _, step := range []struct {
		pass time.Duration
		told int
	}{{0, 0}, {24 * time.Hour, 0}, {time.Second, 1}, {0, 0}, {48 * time.Hour, 0}} {
		clock.Pass(step.pass)
		if n, err := s.TellLate(ctx); n != step.told || err != nil {
			t.Errorf("after %v more %d were told, want %d (%v)", step.pass, n, step.told, err)
		}
		if batch, err := runner(s).Run(ctx, true); batch != 0 || err != nil {
			t.Errorf("batch %d took what an officer has not approved (%v)", batch, err)
		}
	}
	// Looser by now: what waits goes on waiting, and what comes runs by itself.
	if _, err := s.SetPolicy(ctx, officer, v.Number, db.PolicyDeletion, db.DeletionAutomatic); err != nil {
		t.Fatal(err)
	}
	clock.Pass(db.Loosening)
	if batch, err := runner(s).Run(ctx, true); batch != 0 || err != nil {
		t.Errorf("batch %d took what an officer has not approved (%v)", batch, err)
	}
	if err := s.ApproveErasure(ctx, officer, e.Number, e.ManifestHash); err != nil {
		t.Fatal(err)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	after, err := s.Erasure(ctx, e.Number)
	if err != nil || after.State != erasure.Done || !after.Deadline.Equal(e.Deadline) {
		t.Errorf("%+v, %v", after, err)
	}
	late, err := s.CountAudit(ctx, db.AuditQuery{Event: string(audit.ErasureLate)})
	if err != nil || late != 1 {
		t.Errorf("%d entries say late (%v)", late, err)
	}
}
