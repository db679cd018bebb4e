package db_test

import (
	"errors"
	"maps"
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

// back is what the store says came back under an ID: the erasure and how many records; zeros for nothing.
func back(t testing.TB, s *db.Store, id string) (number, records int64) {
	t.Helper()
	r, err := s.Returned(ctx, id)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		t.Fatal(err)
	}
	return r.Erasure, r.Records
}

func erased(t testing.TB, s *db.Store, service int64, id string) db.Erasure {
	t.Helper()
	e, err := s.AcceptErasure(ctx, key, service, dbtest.ID(t, id))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	return e
}

// What comes in under the ID of an ended erasure is stored and flagged, once in the trail; an erasure by API speaks of its one service.
func TestReturnedAfterErasure(t *testing.T) {
	s := dbtest.Open(t)
	a, b := dbtest.Service(t, s, "a").Number, dbtest.Service(t, s, "b").Number
	says := func(service int64, ids ...string) int64 {
		return dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "hello", ids...))[0]
	}
	says(a, "ada")
	says(b, "ada")
	first := erased(t, s, a, "ada")
	says(b, "ada")
	if n, _ := back(t, s, "ada"); n != 0 {
		t.Errorf("another service than the one that was erased went on, and erasure %d is said to be returned to", n)
	}
	says(a, "ada")
	second := says(a, "ada", "ben")
	if n, records := back(t, s, "ada"); n != first.Number || records != 2 {
		t.Errorf("after erasure %d: %d records", n, records)
	}
	if n, _ := back(t, s, "ben"); n != 0 {
		t.Error("somebody beside them is flagged")
	}
	if n, err := s.CountAudit(ctx, db.AuditQuery{Event: string(audit.ErasureReturned)}); err != nil || n != 1 {
		t.Errorf("%d entries in the trail, %v", n, err)
	}
	list, _, err := s.Records(ctx, db.RecordQuery{Subject: "ada", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	marked, err := s.ReturnedAmong(ctx, "ada", list)
	if err != nil || len(marked) != 2 || !marked[second] {
		t.Errorf("marked: %v, %v", marked, err)
	}
	// What came while the erasure ran counts too, and a follow-up takes the flag with it.
	e, err := s.AcceptErasure(ctx, key, a, dbtest.ID(t, "ada"))
	if err != nil {
		t.Fatal(err)
	}
	says(a, "ada")
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if n, records := back(t, s, "ada"); n != e.Number || records != 1 {
		t.Errorf("after erasure %d: %d records, want 1 after erasure %d", n, records, e.Number)
	}
	erased(t, s, a, "ada")
	if n, _ := back(t, s, "ada"); n != 0 {
		t.Errorf("erasure %d is still said to be returned to", n)
	}
}

// Records of an ID that has gone with all its records are new ones when it comes back.
func TestReturnedFromNothing(t *testing.T) {
	dir := t.TempDir()
	s := openOn(t, dir)
	a := dbtest.Service(t, s, "a").Number
	dbtest.Ingest(t, s, dbtest.Message(t, a, s.Now(), "hello", "ada"))
	e := erased(t, s, a, "ada")
	shut(t, s)
	s = openOn(t, dir)
	defer shut(t, s)
	dbtest.Ingest(t, s, dbtest.Message(t, a, s.Now(), "I am back", "ada"), dbtest.Message(t, a, s.Now(), "who", "ben"))
	list, total, err := s.Returns(ctx, 10)
	if err != nil || total != 1 || len(list) != 1 || list[0].Erasure != e.Number || list[0].Records != 1 || list[0].Subject.ID != "ada" || list[0].Ended.IsZero() {
		t.Errorf("%+v, %d, %v", list, total, err)
	}
}

// A follow-up is proposed in one step, for the services of the erasure that it follows, and needs a second person like every other.
func TestFollowUp(t *testing.T) {
	s := dbtest.Open(t)
	a, b, c := dbtest.Service(t, s, "a").Number, dbtest.Service(t, s, "b").Number, dbtest.Service(t, s, "c").Number
	hear := func() {
		for _, service := range []int64{a, b, c} {
			dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "hello", "ada"))
		}
	}
	hear()
	first, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "ada").Ref, Ground: "17-1-c", Without: map[int64]string{c: "17-3-b"}})
	if err != nil {
		t.Fatal(err)
	}
	approve := func(n int64) {
		t.Helper()
		e, err := s.Erasure(ctx, n)
		if err == nil {
			err = s.ApproveErasure(ctx, officer, n, e.ManifestHash)
		}
		if err == nil {
			_, err = runner(s).Run(ctx, true)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	approve(first)
	if n, _ := back(t, s, "ada"); n != 0 {
		t.Error("a service that was left out is said to be returned")
	}
	hear()
	ref := subject(t, s, "ada").Ref
	next, err := s.FollowUp(ctx, support, ref, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.FollowUp(ctx, support, ref, ""); !errors.Is(err, db.ErrFollowed) {
		t.Errorf("a second follow-up: %v", err)
	}
	e, err := s.Erasure(ctx, next)
	if err != nil || e.State != erasure.Proposed || e.Ground != "17-1-c" || e.Manifest.Records() != 2 || len(e.Manifest.Stay) != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	if k, err := s.Kin(ctx, next); err != nil || k.Follows != first {
		t.Errorf("%+v, %v", k, err)
	}
	if err := s.ApproveErasure(ctx, support, next, e.ManifestHash); !errors.Is(err, db.ErrFourEyes) {
		t.Errorf("approved by its proposer: %v", err)
	}
	approve(next)
	if n, _ := back(t, s, "ada"); n != 0 {
		t.Errorf("erasure %d is still said to be returned to", n)
	}
	// Of one by API nobody knows the ground, and its one service is all that is meant.
	byKey := erased(t, s, a, "ada")
	hear()
	if _, err := s.FollowUp(ctx, support, ref, ""); !errors.Is(err, db.ErrGround) {
		t.Errorf("without a ground: %v", err)
	}
	if n, _ := back(t, s, "ada"); n != byKey.Number {
		t.Errorf("returned to erasure %d, want %d", n, byKey.Number)
	}
}

// A person who is a customer again is no return, whatever else comes in; another erasure begins anew.
func TestReturnDismissed(t *testing.T) {
	s := dbtest.Open(t)
	a := dbtest.Service(t, s, "a").Number
	says := func() { dbtest.Ingest(t, s, dbtest.Message(t, a, s.Now(), "hello", "ada")) }
	says()
	erased(t, s, a, "ada")
	says()
	ref := subject(t, s, "ada").Ref
	if err := s.DismissReturn(ctx, officer, ref, "because"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a reason of no list: %v", err)
	}
	if err := s.DismissReturn(ctx, officer, ref, "customer-again"); err != nil {
		t.Fatal(err)
	}
	says()
	if n, _ := back(t, s, "ada"); n != 0 {
		t.Error("flagged again")
	}
	if err := s.DismissReturn(ctx, officer, ref, "customer-again"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("dismissed twice: %v", err)
	}
	next := erased(t, s, a, "ada")
	says()
	if n, _ := back(t, s, "ada"); n != next.Number {
		t.Errorf("returned to erasure %d, want %d", n, next.Number)
	}
}

// tripwire is a store and what a simple mind expects of it.
type tripwire struct {
	s        *db.Store
	clock    *dbtest.Clock
	services []int64
	made     int
	m        map[int64]db.Import
	records  map[int64]wired      // by number
	requests map[string][]request // by ID
}

type wired struct {
	id      string
	service int64
}

type request struct {
	service  int64
	cutoff   int64
	accepted time.Time
	done     bool
}

var wireIDs = []string{"ada", "ben", "cyd"}

// Whatever comes in which order: an import stores nothing that an erasure covered, whoever has something that came after an ended erasure is
// flagged, and nobody else is (law L9).
func TestTripwire(t *testing.T) {
	cases := 0
	rapid.Check(t, func(r *rapid.T) {
		cases++
		clock := dbtest.NewClock()
		s, err := db.Open(ctx, quick(t), db.WithClock(clock.Now))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		w := &tripwire{s: s, clock: clock, m: map[int64]db.Import{}, records: map[int64]wired{}, requests: map[string][]request{}}
		for _, name := range []string{"a", "b"} {
			w.services = append(w.services, dbtest.Service(t, s, name).Number)
		}
		for _, n := range w.services {
			if w.m[n], err = s.StartImport(ctx, audit.Operator, n, importing, 0); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(5, 30).Draw(r, "steps") {
			clock.Pass(time.Second)
			w.step(t, r)
			w.holds(t)
		}
	})
	t.Logf("%d cases", cases)
}

func (w *tripwire) step(t *testing.T, r *rapid.T) {
	id, service := rapid.SampledFrom(wireIDs).Draw(r, "id"), rapid.SampledFrom(w.services).Draw(r, "service")
	w.made++
	switch rapid.IntRange(0, 5).Draw(r, "act") {
	case 0, 1:
		n := dbtest.Ingest(t, w.s, dbtest.Message(t, service, w.clock.Now(), "hello", id))[0]
		w.records[n] = wired{id, service}
	case 2, 3:
		w.imports(t, id, service, rapid.IntRange(-20, 5).Draw(r, "seconds"))
	case 4:
		e, err := w.s.AcceptErasure(ctx, key, service, dbtest.ID(t, id))
		if err != nil {
			t.Fatal(err)
		}
		w.requests[id] = append(w.requests[id], request{service, e.Cutoff, w.clock.Now(), false})
	case 5:
		if _, err := runner(w.s).Run(ctx, true); err != nil {
			t.Fatal(err)
		}
		for id, all := range w.requests {
			for i := range all {
				all[i].done = true
			}
			maps.DeleteFunc(w.records, func(n int64, v wired) bool {
				return v.id == id && slices.ContainsFunc(all, func(q request) bool { return q.service == v.service && n <= q.cutoff })
			})
		}
	}
}

func (w *tripwire) imports(t *testing.T, id string, service int64, seconds int) {
	rec := imported(t, service, w.made, w.clock.Now().Add(time.Duration(seconds)*time.Second), id)
	next, out := take(t, w.s, w.m[service], rec)
	w.m[service] = next
	stays := slices.ContainsFunc(w.requests[id], func(q request) bool { return q.service == service && !rec.Answered.After(q.accepted) })
	if stays != (out[0] == db.Erased) {
		t.Fatalf("an entry from %d seconds away: outcome %v", seconds, out[0])
	}
	if !stays {
		seq, err := w.s.Seq(ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.records[seq] = wired{id, service}
	}
}

// holds compares the flags with what is expected of them.
func (w *tripwire) holds(t *testing.T) {
	t.Helper()
	for _, id := range wireIDs {
		var want int64
		for n, v := range w.records {
			if v.id == id && slices.ContainsFunc(w.requests[id], func(q request) bool { return q.done && q.service == v.service && n > q.cutoff }) {
				want++
			}
		}
		number, got := back(t, w.s, id)
		if got != want || (number != 0) != (want > 0) {
			t.Fatalf("%s: %d records are said to have returned after erasure %d, %d did", id, got, number, want)
		}
	}
}

// What was accepted is told of to whoever types the ID exactly, also after it has gone, and is written down as an access.
func TestWasErased(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	a := dbtest.Service(t, s, "a").Number
	begins := clock.Now()
	dbtest.Ingest(t, s, dbtest.Message(t, a, clock.Now(), "hello", "ada"))
	ask := func(id string) db.Answer {
		t.Helper()
		got, err := s.Asked(ctx, 1, dbtest.ID(t, id))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ask("ada"); len(got.Erasures) != 0 || !got.Since.Equal(begins) {
		t.Errorf("before any erasure: %+v, want one since %v", got, begins)
	}
	clock.Pass(time.Hour)
	e := erased(t, s, a, "ada")
	got := ask("ada")
	if len(got.Erasures) != 1 || got.Erasures[0].Number != e.Number || !got.Erasures[0].Accepted.Equal(clock.Now()) || got.Erasures[0].State != erasure.Done || got.Erasures[0].Service != a {
		t.Errorf("%+v", got)
	}
	if got := ask("Ada"); len(got.Erasures) != 0 {
		t.Errorf("another ID: %+v", got)
	}
	if n, err := s.CountAudit(ctx, db.AuditQuery{Event: string(audit.ErasureAsked)}); err != nil || n != 3 {
		t.Errorf("%d entries, %v", n, err)
	}
	// One from the console is accepted when it is approved, and one that was withdrawn never was.
	dbtest.Ingest(t, s, dbtest.Message(t, a, clock.Now(), "hello", "ben"))
	n, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "ben").Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask("ben"); len(got.Erasures) != 0 {
		t.Errorf("only proposed: %+v", got)
	}
	b, _ := s.Erasure(ctx, n)
	if err := s.ApproveErasure(ctx, officer, n, b.ManifestHash); err != nil {
		t.Fatal(err)
	}
	if got := ask("ben"); len(got.Erasures) != 1 || !got.Erasures[0].Ended.IsZero() {
		t.Errorf("approved: %+v", got)
	}
	if err := s.WithdrawErasure(ctx, support, n); err != nil {
		t.Fatal(err)
	}
	if got := ask("ben"); len(got.Erasures) != 0 {
		t.Errorf("withdrawn: %+v", got)
	}
	if got := ask("ada"); !got.Since.Equal(begins) {
		t.Errorf("the ledger is said to begin at %v, want %v", got.Since, begins)
	}
}

// TestErasureByAPIIsAcceptedWhenFiled: where an officer approves what comes by API, the answer still names the moment at which it was filed, from which
// its 24 hours run.
func TestErasureByAPIIsAcceptedWhenFiled(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v, err := s.AddServiceWith(ctx, audit.Operator, label.Assistant, "one", "", db.NewPolicies{Unlabelled: "flagged", Deletion: db.DeletionApproval})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, v.Number, clock.Now(), "hello", "ada"))
	filed := clock.Now()
	n := accept(t, s, v.Number, "ada")
	clock.Pass(time.Hour)
	approved(t, s, n)
	if got, err := s.WasErased(ctx, dbtest.ID(t, "ada")); err != nil || len(got.Erasures) != 1 || !got.Erasures[0].Accepted.Equal(filed) {
		t.Errorf("%+v, %v; it was filed at %v", got, err, filed)
	}
}
