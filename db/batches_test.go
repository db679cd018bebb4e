package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

var errCrash = errors.New("crashed here")

// crashing is a store that stops working at its n-th step, before or after the step took place: what a kill does to a batch.
type crashing struct {
	*db.Store
	steps, at int
	after     bool
}

func (c *crashing) step(run func() error) error {
	c.steps++
	if c.steps == c.at && !c.after {
		return errCrash
	}
	if err := run(); err != nil {
		return err
	}
	if c.steps == c.at {
		return errCrash
	}
	return nil
}

func (c *crashing) Claim(ctx context.Context, early bool) (n int64, err error) {
	err = c.step(func() (err error) { n, err = c.Store.Claim(ctx, early); return err })
	return n, err
}

func (c *crashing) Doomed(ctx context.Context, batch int64) (out []int64, err error) {
	err = c.step(func() (err error) { out, err = c.Store.Doomed(ctx, batch); return err })
	return out, err
}

func (c *crashing) Erase(ctx context.Context, batch int64, records []int64) error {
	return c.step(func() error { return c.Store.Erase(ctx, batch, records) })
}

func (c *crashing) Erased(ctx context.Context, batch int64) error {
	return c.step(func() error { return c.Store.Erased(ctx, batch) })
}

func (c *crashing) Purge(ctx context.Context, batch int64) error {
	return c.step(func() error { return c.Store.Purge(ctx, batch) })
}

func (c *crashing) Verify(ctx context.Context, numbers []int64) error {
	return c.step(func() error { return c.Store.Verify(ctx, numbers) })
}

func (c *crashing) Finish(ctx context.Context, batch int64) error {
	return c.step(func() error { return c.Store.Finish(ctx, batch) })
}

// A batch that is crashed at any step ends, when it is run again, as if it had not been: a receipt for each erasure with the counts of
// before, an erasure for each receipt, and no record left.
func TestBatchCrashedAtEachStep(t *testing.T) {
	for at := 1; ; at++ {
		for _, after := range []bool{false, true} {
			s := dbtest.Open(t)
			svc := dbtest.Service(t, s, "one")
			var all []db.NewRecord
			for i := range 450 {
				all = append(all, dbtest.Message(t, svc.Number, s.Now(), "x", fmt.Sprintf("c%d", i%2)))
			}
			dbtest.Ingest(t, s, all...)
			var numbers []int64
			for _, id := range []string{"c0", "c1", "c1"} {
				e, err := s.AcceptErasure(ctx, key, svc.Number, dbtest.ID(t, id))
				if err != nil {
					t.Fatal(err)
				}
				numbers = append(numbers, e.Number)
			}
			c := &crashing{Store: s, at: at, after: after}
			_, err := erasure.NewRunner(c, discard).Run(ctx, true)
			if err == nil && c.steps < at {
				return // every step had its turn
			}
			if !errors.Is(err, errCrash) {
				t.Fatalf("step %d: %v", at, err)
			}
			if _, err := runner(s).Run(ctx, true); err != nil {
				t.Fatalf("running again after step %d: %v", at, err)
			}
			checkReceipts(t, s, numbers, fmt.Sprintf("step %d, after %v", at, after))
		}
	}
}

func checkReceipts(t *testing.T, s *db.Store, numbers []int64, name string) {
	t.Helper()
	for _, n := range numbers {
		e, err := s.Erasure(ctx, n)
		if err != nil || e.State != erasure.Done {
			t.Errorf("%s: request %d is %s, %v", name, n, e.State, err)
			continue
		}
		r, _, err := s.Receipt(ctx, n)
		if err != nil || len(r.Parts) != 1 || r.Parts[0].Before != 225 || r.Parts[0].After != 0 {
			t.Errorf("%s: receipt %d: %+v, %v", name, n, r, err)
		}
	}
	for _, id := range []string{"c0", "c1"} {
		if left := records(t, s, id); len(left) != 0 {
			t.Errorf("%s: %d records of %s are left", name, len(left), id)
		}
	}
	batches, err := s.Batches(ctx, 0, 10)
	if err != nil || len(batches) != 1 || batches[0].State != erasure.BatchDone || batches[0].Erased != 450 {
		t.Errorf("%s: batches %+v, %v", name, batches, err)
	}
	if report, err := s.VerifyAudit(ctx); err != nil || !report.OK() {
		t.Errorf("%s: the audit trail: %v %+v", name, err, report.Findings)
	}
}

// forgetful leaves one record out, as a fault of the deletion would.
type forgetful struct{ *db.Store }

func (f forgetful) Doomed(ctx context.Context, batch int64) ([]int64, error) {
	out, err := f.Store.Doomed(ctx, batch)
	return out[1:], err
}

// What the deletion leaves is seen by the verification, said honestly, and taken up again.
func TestVerificationNoticesWhatRemains(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, s.Now(), "x", "anna"), dbtest.Message(t, svc.Number, s.Now(), "y", "anna"))
	e, err := s.AcceptErasure(ctx, key, svc.Number, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(forgetful{s}, discard).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	e, _ = s.Erasure(ctx, e.Number)
	parts, _ := s.Parts(ctx, e.Number)
	if e.State != erasure.Partial || e.Remaining != 1 || e.Subject != "anna" || parts[0].State != erasure.Failed || parts[0].Erased != 1 {
		t.Fatalf("%+v %+v", e, parts)
	}
	if batch, err := runner(s).Run(ctx, true); err != nil || batch != 0 {
		t.Errorf("it was tried again at once: batch %d, %v", batch, err)
	}
	clock.Pass(16 * 60 * 1e9)
	if _, err := runner(s).Run(ctx, false); err != nil {
		t.Fatal(err)
	}
	if e, _ = s.Erasure(ctx, e.Number); e.State != erasure.Done {
		t.Errorf("after the second try it is %s", e.State)
	}
	if r, _, err := s.Receipt(ctx, e.Number); err != nil || r.Parts[0].Before != 2 || r.Parts[0].After != 0 {
		t.Errorf("receipt %+v, %v", r, err)
	}
}

// A deletion that is accepted before the first record of the store has cut-off 0 and covers nothing; what comes in afterwards
// must neither be counted as remaining nor keep the request open.
func TestCutoffOfAnEmptyStore(t *testing.T) {
	s := dbtest.Open(t)
	a := dbtest.Service(t, s, "one")
	e, err := s.AcceptErasure(ctx, key, a.Number, dbtest.ID(t, "anna"))
	if err != nil || e.Cutoff != 0 {
		t.Fatalf("cut-off %d, %v", e.Cutoff, err)
	}
	later := dbtest.Ingest(t, s, dbtest.Message(t, a.Number, time.Now(), "after the cut-off", "anna"))
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	e, err = s.Erasure(ctx, e.Number)
	if err != nil || e.State != erasure.Done || e.Remaining != 0 {
		p, _ := s.Parts(ctx, e.Number)
		t.Errorf("request is %s, remaining %d, parts %+v, %v", e.State, e.Remaining, p, err)
	}
	if got := records(t, s, "anna"); len(got) != 1 || got[0].Seq != later[0] {
		t.Errorf("anna has %+v", got)
	}
}

// Two requests for the same records: the batch's progress ends at what it set out to do.
func TestBatchCountsEachRecordOnce(t *testing.T) {
	s := dbtest.Open(t)
	a := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, a.Number, time.Now(), "x", "anna"), dbtest.Message(t, a.Number, time.Now(), "y", "anna"))
	for range 2 {
		if _, err := s.AcceptErasure(ctx, key, a.Number, dbtest.ID(t, "anna")); err != nil {
			t.Fatal(err)
		}
	}
	n, err := runner(s).Run(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := s.Batch(ctx, n)
	bs, _ := s.BatchServices(ctx, n)
	if b.Records != b.Erased {
		t.Errorf("batch ended with %d of %d records erased; %+v", b.Erased, b.Records, bs)
	}
}

// After a batch nothing of what it erased stands in the write-ahead log.
func TestBatchEmptiesTheLog(t *testing.T) {
	s := dbtest.Open(t)
	a := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, a.Number, time.Now(), "plantedtextxyz", "plantedidxyz"))
	log := filepath.Join(s.Dir(), "quittance.db-wal")
	if raw, err := os.ReadFile(log); err != nil || !bytes.Contains(raw, []byte("plantedidxyz")) {
		t.Fatalf("the test does not test: what was stored is not in the log (%v)", err)
	}
	if _, err := s.AcceptErasure(ctx, key, a.Number, dbtest.ID(t, "plantedidxyz")); err != nil {
		t.Fatal(err)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(log)
	if err != nil || bytes.Contains(raw, []byte("plantedidxyz")) || bytes.Contains(raw, []byte("plantedtextxyz")) {
		t.Errorf("the log still holds what was erased (%d bytes, %v)", len(raw), err)
	}
}
