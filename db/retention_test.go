package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

const day = 24 * time.Hour

// retains sets a retention and lets it come into force.
func retains(t testing.TB, s *db.Store, clock *dbtest.Clock, service int64, kind db.Kind, days int) {
	t.Helper()
	if _, err := s.SetRetention(ctx, support, service, kind, days); err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveRetention(ctx, officer, service, kind, days); err != nil {
		t.Fatal(err)
	}
	clock.Pass(db.Loosening)
}

func retention(t *testing.T, s *db.Store, service int64) db.Retention {
	t.Helper()
	all, err := s.Retentions(ctx, service)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

// A shorter retention destroys more: it waits for its day and for a second officer, whichever comes last. A longer one holds at once.
func TestRetentionWaits(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one")
	holds := func(want, waits int) {
		t.Helper()
		r := retention(t, s, v.Number)
		if r.At(clock.Now()) != want || r.Waiting(clock.Now()) != waits {
			t.Fatalf("%d days hold and %d wait, want %d and %d: %+v", r.At(clock.Now()), r.Waiting(clock.Now()), want, waits, r)
		}
	}
	set := func(days int) {
		t.Helper()
		if _, err := s.SetRetention(ctx, support, v.Number, db.Message, days); err != nil {
			t.Fatal(err)
		}
	}
	approve := func(who audit.Actor, days int) error { return s.ApproveRetention(ctx, who, v.Number, db.Message, days) }
	holds(0, 0)
	if err := approve(officer, 0); !errors.Is(err, db.ErrMoved) {
		t.Errorf("nothing waits, and it was approved: %v", err)
	}
	set(30)
	holds(0, 30)
	if err := approve(support, 30); !errors.Is(err, db.ErrFourEyes) {
		t.Errorf("whoever chose it approved it: %v", err)
	}
	if err := approve(officer, 29); !errors.Is(err, db.ErrLapsed) {
		t.Errorf("another number was approved: %v", err)
	}
	clock.Pass(2 * db.Loosening)
	holds(0, 30) // its day has come, and nobody approved it
	if err := approve(officer, 30); err != nil {
		t.Fatal(err)
	}
	holds(30, 0)
	set(7)
	if err := approve(officer, 7); err != nil {
		t.Fatal(err)
	}
	holds(30, 7) // approved, and its day has not come
	clock.Pass(db.Loosening)
	holds(7, 0)
	set(90)
	holds(90, 0)
	set(60)
	set(50)
	if err := approve(officer, 60); !errors.Is(err, db.ErrLapsed) {
		t.Errorf("what was replaced was approved: %v", err)
	}
	set(90) // taken back
	holds(90, 0)
	set(0)
	holds(0, 0)
	for kind, days := range map[db.Kind]int{db.Message: db.MaxRetention + 1, db.Image: 30} {
		if _, err := s.SetRetention(ctx, support, v.Number, kind, days); !errors.Is(err, db.ErrRetention) {
			t.Errorf("%v for %d days: %v", kind, days, err)
		}
	}
}

func TestPlan(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	if err := s.SetProfile(ctx, support, v.Number, db.Profile{Plan: "lite"}); err != nil {
		t.Fatal(err)
	}
	if plan, err := s.Plan(ctx, v.Number); plan != "lite" || err != nil {
		t.Errorf("%q, %v", plan, err)
	}
	if err := s.SetProfile(ctx, support, v.Number, db.Profile{Plan: "gold"}); !errors.Is(err, db.ErrProfile) {
		t.Errorf("a plan that does not exist: %v", err)
	}
	for plan, days := range map[string]int{"": 0, "lite": 7, "trial": 30, "standard": 30, "plus": 30, "enterprise": 30, "premium": 90, "isolation": 90} {
		if db.DefaultRetention(plan, db.Message) != days || db.DefaultRetention(plan, db.Document) != 0 {
			t.Errorf("%s: %d days", plan, db.DefaultRetention(plan, db.Message))
		}
	}
	if r := retention(t, s, v.Number); r.At(s.Now()) != 0 {
		t.Errorf("a plan switched retention on: %+v", r)
	}
}

// aged is a record of some days ago.
func aged(t *testing.T, v db.Service, kind db.Kind, when time.Time, n int, labels ...string) db.NewRecord {
	r := dbtest.Message(t, v.Number, when, fmt.Sprintf("aged%d words%d", n, n), labels...)
	r.Kind, r.Session = kind, fmt.Sprint("item ", n)
	if kind == db.Document {
		r.Title, r.FullText = fmt.Sprint("title", n), fmt.Sprintf("fulltext%d", n)
	}
	return r
}

// Whatever lies in the store and whatever is set: a run takes exactly what is past its time, and nothing else.
func TestRetentionTakesWhatIsDue(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		clock := dbtest.NewClock()
		s, err := db.Open(ctx, quick(outer), db.WithClock(clock.Now))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		services := []db.Service{dbtest.Service(outer, s, "talk"), added(outer, s, label.Discovery, "papers"), dbtest.Service(outer, s, "other")}
		kinds := [][]db.Kind{{db.Message}, {db.Query, db.Document}, {db.Message}}
		want := map[int64]bool{} // number → it goes
		days := map[string]int{}
		for i, v := range services[:2] {
			for _, k := range kinds[i] {
				if n := rapid.IntRange(0, 3).Draw(t, "days"); n > 0 {
					days[fmt.Sprint(v.Number, k)] = n
					retains(outer, s, clock, v.Number, k, n)
				}
			}
		}
		now := clock.Now()
		for n := range rapid.IntRange(0, 30).Draw(t, "records") {
			i := rapid.IntRange(0, 2).Draw(t, "service")
			k := rapid.SampledFrom(kinds[i]).Draw(t, "kind")
			age := time.Duration(rapid.IntRange(-1, 4).Draw(t, "age"))*day + time.Duration(rapid.IntRange(-1, 1).Draw(t, "nearly"))*time.Millisecond
			labels := rapid.SampledFrom([][]string{nil, {"anna"}, {"anna", "ben"}}).Draw(t, "labels")
			seq := dbtest.Ingest(outer, s, aged(outer, services[i], k, now.Add(-age), n, labels...))[0]
			limit := days[fmt.Sprint(services[i].Number, k)]
			want[seq] = limit > 0 && age > time.Duration(limit)*day
		}
		batch, err := runner(s).Expire(ctx)
		if err != nil || (batch != 0) != slices.Contains(slices.Collect(values(want)), true) {
			t.Fatalf("batch %d, %v", batch, err)
		}
		for seq, goes := range want {
			if _, err := s.Record(ctx, seq); errors.Is(err, db.ErrNotFound) != goes {
				t.Errorf("record %d goes: %v, want %v", seq, err, goes)
			}
		}
		if again, err := runner(s).Expire(ctx); again != 0 || err != nil {
			t.Errorf("a second run: batch %d, %v", again, err)
		}
	})
}

func values(m map[int64]bool) func(func(bool) bool) {
	return func(yield func(bool) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func added(t testing.TB, s *db.Store, kind label.Kind, name string) db.Service {
	t.Helper()
	v, err := s.AddService(ctx, audit.Operator, kind, name, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (c *crashing) ClaimExpired(ctx2 context.Context) (n int64, err error) {
	err = c.step(func() (err error) { n, err = c.Store.ClaimExpired(ctx2); return err })
	return n, err
}

// A run that is crashed at any step is taken up by the next batch and comes out the same, in the counts of the trail too.
func TestRetentionCrashedAtEachStep(t *testing.T) {
	for at := 1; ; at++ {
		for _, after := range []bool{false, true} {
			clock := dbtest.NewClock()
			s := dbtest.Open(t, db.WithClock(clock.Now))
			v := dbtest.Service(t, s, "one")
			retains(t, s, clock, v.Number, db.Message, 30)
			var all []db.NewRecord
			for i := range 450 {
				all = append(all, aged(t, v, db.Message, clock.Now().Add(-time.Duration(i%45)*day-time.Hour), i, "anna"))
			}
			dbtest.Ingest(t, s, all...)
			c := &crashing{Store: s, at: at, after: after}
			_, err := erasure.NewRunner(c, discard).Expire(ctx)
			if err == nil && c.steps < at {
				return
			}
			if !errors.Is(err, errCrash) {
				t.Fatalf("step %d: %v", at, err)
			}
			late := dbtest.Ingest(t, s, aged(t, v, db.Message, clock.Now().Add(-99*day), 999, "anna"))[0] // imported meanwhile
			if _, err := runner(s).Run(ctx, false); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Record(ctx, late); err != nil {
				t.Errorf("step %d: the run took what came in after it began: %v", at, err)
			}
			if _, err := runner(s).Expire(ctx); err != nil {
				t.Fatal(err)
			}
			if got := records(t, s, "anna"); len(got) != 300 {
				t.Errorf("step %d, after %v: %d records are left, want 300", at, after, len(got))
			}
			if _, err := s.Record(ctx, late); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("step %d: what came in meanwhile is not taken by the next run: %v", at, err)
			}
			if err := s.Finish(ctx, 1); !errors.Is(err, db.ErrNotFound) { // as after a crash between the count and the end
				t.Errorf("a batch ended twice: %v", err)
			}
			ran(t, s, 151)
		}
	}
}

// ran fails unless the runs of the trail took so many records together.
func ran(t *testing.T, s *db.Store, want int64) {
	t.Helper()
	entries, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.RetentionRan), Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, e := range entries {
		leaf, err := audit.Parse(e.Data)
		if err != nil || leaf.Counts[audit.CountService] != 1 || leaf.Counts[audit.CountHeld] != 0 {
			t.Errorf("%s, %v", e.Data, err)
		}
		sum += leaf.Counts[audit.CountRecords]
	}
	if sum != want {
		t.Errorf("the trail counts %d records in %d runs, want %d", sum, len(entries), want)
	}
}

// Of what a run took no window of eight bytes is left in any file, words of documents included.
func TestRetentionLeavesNoBytes(t *testing.T) {
	clock := dbtest.NewClock()
	dir := quick(t)
	s := openOn(t, dir, db.WithClock(clock.Now))
	v := added(t, s, label.Discovery, "papers")
	retains(t, s, clock, v.Number, db.Document, 30)
	var canaries []string
	r := rand.New(rand.NewPCG(15, 15))
	for i := range 40 {
		canaries = append(canaries, canary(r), canary(r))
		dbtest.Ingest(t, s, document(v, clock.Now().Add(-31*day), fmt.Sprint("d", i), canaries[2*i]+" and so on", dbtest.ID(t, canaries[2*i+1])))
	}
	stay := dbtest.Ingest(t, s, aged(t, v, db.Document, clock.Now().Add(-29*day), 1, "stays"))
	if seenIn(copied(t, dir), canaries) != len(canaries) {
		t.Fatal("the test does not test: not every canary can be found before")
	}
	if _, err := runner(s).Expire(ctx); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, copied(t, dir), canaries)
	if _, err := s.Record(ctx, stay[0]); err != nil {
		t.Error(err)
	}
	shut(t, s)
	nothingLeft(t, folder(t, dir), canaries)
}
