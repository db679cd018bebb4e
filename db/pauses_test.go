package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// between does something before the n-th chunk of a batch, as a person at the console would.
type between struct {
	*db.Store
	at int
	do func(batch int64) error
}

func (b *between) Erase(ctx context.Context, batch int64, records []int64) error {
	if b.at--; b.at == 0 {
		if err := b.do(batch); err != nil {
			return err
		}
	}
	return b.Store.Erase(ctx, batch, records)
}

// large is a store with 650 records of two customers and 50 of a third, and requests for the first two and once more for the first.
func large(t *testing.T) (*db.Store, *dbtest.Clock, []int64) {
	t.Helper()
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "one")
	var all []db.NewRecord
	for i := range 700 {
		all = append(all, dbtest.Message(t, svc.Number, s.Now(), "x", []string{"plantedanna", "plantedanna", "plantedbert", "carl"}[min(i%14/3, 3)]))
	}
	dbtest.Ingest(t, s, all...)
	var numbers []int64
	for _, id := range []string{"plantedanna", "plantedbert", "plantedanna"} {
		e, err := s.AcceptErasure(ctx, key, svc.Number, dbtest.ID(t, id))
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, e.Number)
	}
	return s, clock, numbers
}

var clearer = audit.ActorOf("user", 22)

// A person pauses a batch between two chunks: nothing more goes, nothing overtakes it, a restart changes nothing, and it goes on to its end.
func TestPauseBetweenChunks(t *testing.T) {
	s, clock, numbers := large(t)
	before := count(t, s, "plantedanna", "plantedbert", "carl")
	held := &between{Store: s, at: 2, do: func(batch int64) error { return s.PauseBatch(ctx, officer, batch) }}
	batch, err := erasure.NewRunner(held, discard).Run(ctx, true)
	if !errors.Is(err, erasure.ErrPaused) || batch != 1 {
		t.Fatal(batch, err)
	}
	if got := before - count(t, s, "plantedanna", "plantedbert", "carl"); got != erasure.ChunkRecords {
		t.Errorf("%d records are gone, want the first chunk", got)
	}
	b, err := s.Batch(ctx, 1)
	if err != nil || b.State != erasure.BatchPaused || b.Why != db.PausePerson || b.By != officer || !b.Since.Equal(s.Now()) || b.Tripped() {
		t.Errorf("%+v, %v", b, err)
	}
	if err := s.PauseBatch(ctx, officer, 1); !errors.Is(err, db.ErrMoved) {
		t.Errorf("paused twice: %v", err)
	}
	if err := s.PauseBatch(ctx, officer, 9); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a batch that is not there: %v", err)
	}
	if _, err := s.AcceptErasure(ctx, key, 1, dbtest.ID(t, "carl")); err != nil {
		t.Fatal(err)
	}
	stakes, err := s.BatchStakes(ctx, b)
	if err != nil || stakes.Gone != 200 || stakes.Left != b.Records-200 || len(stakes.Deadlines) != 3 || len(stakes.Behind) != 1 {
		t.Errorf("%+v, %v", stakes, err)
	}
	if now, day := stakes.Late(s.Now().Add(23*time.Hour)), stakes.Late(s.Now().Add(25*time.Hour)); now != 0 || day != 4 {
		t.Errorf("%d late in 23 hours and %d in 25", now, day)
	}
	for range 2 { // a new runner each time, as after a restart
		clock.Pass(time.Hour)
		if n, err := runner(s).Run(ctx, true); n != 1 || !errors.Is(err, erasure.ErrPaused) {
			t.Errorf("beside a paused batch: %d, %v", n, err)
		}
	}
	if err := s.ResumeBatch(ctx, officer, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.ResumeBatch(ctx, officer, 1); !errors.Is(err, db.ErrMoved) {
		t.Errorf("let go on twice: %v", err)
	}
	if all, err := runner(s).RunAll(ctx, true); err != nil || !slices.Equal(all, []int64{1, 2}) {
		t.Errorf("%v, %v", all, err)
	}
	for _, n := range append(numbers, 4) {
		endedAs(t, s, n, erasure.Done)
	}
	if err := s.PauseBatch(ctx, officer, 1); !errors.Is(err, db.ErrMoved) {
		t.Errorf("a batch that is done was paused: %v", err)
	}
	if left := count(t, s, "plantedanna", "plantedbert", "carl"); left != 0 {
		t.Errorf("%d records are left", left)
	}
	intact(t, s)
}

func count(t testing.TB, s *db.Store, ids ...string) (n int) {
	t.Helper()
	for _, id := range ids {
		list, _, err := s.Records(ctx, db.RecordQuery{Subject: id, Limit: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		n += len(list)
	}
	return n
}

func endedAs(t testing.TB, s *db.Store, number int64, want erasure.State) db.Erasure {
	t.Helper()
	e, err := s.Erasure(ctx, number)
	if err != nil || e.State != want {
		t.Errorf("request %d is %s, want %s (%v)", number, e.State, want, err)
	}
	return e
}

func intact(t testing.TB, s *db.Store) {
	t.Helper()
	if report, err := s.VerifyAudit(ctx); err != nil || !report.Intact() {
		t.Errorf("the audit trail: %v, %+v", err, report.Findings)
	}
}

// A batch that is stopped: what it removed is gone and so are its bytes, its requests can be withdrawn for an hour and know what was erased of
// them, and the others run again to receipts with the counts of before.
func TestStopBetweenChunks(t *testing.T) {
	s, clock, numbers := large(t)
	anna, bert := count(t, s, "plantedanna"), count(t, s, "plantedbert")
	held := &between{Store: s, at: 3, do: func(batch int64) error { return s.StopBatch(ctx, officer, batch) }}
	clock.Pass(db.DefaultCancelWindow)
	all, err := erasure.NewRunner(held, discard).RunAll(ctx, false)
	if err != nil || !slices.Equal(all, []int64{1}) {
		t.Fatal(all, err)
	}
	b, err := s.Batch(ctx, 1)
	if err != nil || b.State != erasure.BatchStopped || b.Erased != 400 || b.Ended.IsZero() {
		t.Errorf("%+v, %v", b, err)
	}
	if raw, err := os.ReadFile(filepath.Join(s.Dir(), "quittance.db-wal")); err != nil || bytes.Contains(raw, []byte("plantedbert")) {
		t.Errorf("the log still holds what was erased (%d bytes, %v)", len(raw), err)
	}
	for _, n := range numbers {
		e := endedAs(t, s, n, erasure.Scheduled)
		parts, err := s.Parts(ctx, n)
		found, left := anna, count(t, s, "plantedanna")
		if n == numbers[1] {
			found, left = bert, count(t, s, "plantedbert")
		}
		if err != nil || !e.RunsFrom.Equal(s.Now().Add(time.Hour)) || parts[0].Erased != int64(found-left) || parts[0].Remaining != int64(left) {
			t.Errorf("request %d runs from %v, %+v; %d of %d are left (%v)", n, e.RunsFrom, parts, left, found, err)
		}
	}
	if err := s.WithdrawErasure(ctx, officer, numbers[1]); err != nil {
		t.Fatal(err)
	}
	left := count(t, s, "plantedbert")
	if n, err := runner(s).Run(ctx, false); n != 0 || err != nil {
		t.Errorf("the next batch did not wait: %d, %v", n, err)
	}
	clock.Pass(time.Hour)
	if n, err := runner(s).Run(ctx, false); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, n := range []int64{numbers[0], numbers[2]} {
		endedAs(t, s, n, erasure.Done)
		if r, _, err := s.Receipt(ctx, n); err != nil || r.Parts[0].Before != int64(anna) || r.Parts[0].After != 0 {
			t.Errorf("receipt %+v, %v", r, err)
		}
	}
	if got := count(t, s, "plantedbert"); got != left || count(t, s, "plantedanna") != 0 {
		t.Errorf("%d records of the request that was withdrawn, want %d", got, left)
	}
	if err := s.StopBatch(ctx, officer, 2); !errors.Is(err, db.ErrMoved) {
		t.Errorf("a batch that is done was stopped: %v", err)
	}
	intact(t, s)
}

// What is above the bound is paused with nothing erased and nobody called, and only somebody who approved none of it lets it go on.
func TestBreakerPausesBeforeAnything(t *testing.T) {
	for _, c := range []struct {
		records int
		trips   bool
	}{{20, false}, {21, true}} {
		clock := dbtest.NewClock()
		s := dbtest.Open(t, db.WithClock(clock.Now))
		if err := s.InitLimits(ctx, map[string]int64{db.LimitFloor: 20}); err != nil {
			t.Fatal(err)
		}
		hosted, _ := gateway(t, s)
		for i := range 100 {
			id := "anna"
			if i >= c.records {
				id = fmt.Sprint("other", i)
			}
			dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "x", id))
		}
		sub, _, err := s.SubjectOf(ctx, dbtest.ID(t, "anna"))
		if err != nil {
			t.Fatal(err)
		}
		number, err := s.SubmitErasure(ctx, audit.ActorOf("user", 3), db.Proposal{Subject: sub.Ref, Ground: "17-1-b"})
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Erasure(ctx, number)
		if err == nil {
			err = s.ApproveErasure(ctx, officer, number, e.ManifestHash)
		}
		if err != nil {
			t.Fatal(err)
		}
		n, err := runner(s).Run(ctx, true)
		if errors.Is(err, erasure.ErrPaused) != c.trips {
			t.Fatalf("%d of 100 records: batch %d, %v", c.records, n, err)
		}
		if !c.trips {
			continue
		}
		b, err := s.Batch(ctx, n)
		if err != nil || b.Why != db.PauseShare || b.Weighed != 21 || b.Bound != 20 || b.Stock != 100 || b.Erased != 0 || b.By != audit.System {
			t.Errorf("%+v, %v", b, err)
		}
		if got := count(t, s, "anna"); got != 21 {
			t.Errorf("%d of 21 records are there", got)
		}
		if due, err := s.DueParts(ctx); err != nil || len(due) != 0 {
			t.Errorf("%d calls would leave, %v", len(due), err)
		}
		for _, by := range []audit.Actor{officer, audit.Operator} {
			if err := s.ResumeBatch(ctx, by, n); !errors.Is(err, db.ErrBreaker) {
				t.Errorf("%s let it go on: %v", by, err)
			}
			if may, err := s.MayClear(ctx, by, n); may || err != nil {
				t.Errorf("%s may: %v", by, err)
			}
		}
		if _, err := runner(s).Run(ctx, true); !errors.Is(err, erasure.ErrPaused) {
			t.Errorf("it went on by itself: %v", err)
		}
		if err := s.ResumeBatch(ctx, clearer, n); err != nil {
			t.Fatal(err)
		}
		if _, err := runner(s).Run(ctx, true); err != nil {
			t.Fatal(err)
		}
		if b, err := s.Batch(ctx, n); err != nil || b.State != erasure.BatchDone || b.ClearedBy != clearer || b.Erased != 21 {
			t.Errorf("%+v, %v", b, err)
		}
		if due, err := s.DueParts(ctx); err != nil || len(due) != 1 {
			t.Errorf("%d calls are due afterwards, %v", len(due), err)
		}
		intact(t, s)
	}
}

// A call to a linked service that was on its way when the batch was stopped: its answer is kept, ends nothing, and the request runs to its end.
func TestAnswerAfterStop(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	hosted, linked := gateway(t, s)
	dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "x", "anna"))
	if _, err := s.AcceptErasure(ctx, key, hosted.Number, dbtest.ID(t, "anna")); err != nil {
		t.Fatal(err)
	}
	sub, _, err := s.SubjectOf(ctx, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	for n, ground := range []string{"17-1-a", "17-1-b"} { // requests that reach the linked service alone
		number, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: sub.Ref, Ground: ground, Without: map[int64]string{hosted.Number: "not-asked"}})
		if err != nil || number != int64(n+2) {
			t.Fatal(number, err)
		}
		e, err := s.Erasure(ctx, number)
		if err == nil {
			err = s.ApproveErasure(ctx, officer, number, e.ManifestHash)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	move := func(n int64, to erasure.PartState, code string) {
		t.Helper()
		if err := s.MovePart(ctx, audit.System, n, linked.Number, db.PartMove{To: to, Code: code}); err != nil {
			t.Fatal(err)
		}
	}
	held := &between{Store: s, at: 1, do: func(batch int64) error {
		for n := int64(1); n <= 3; n++ {
			move(n, erasure.Sent, "")
		}
		return s.StopBatch(ctx, officer, batch)
	}}
	if _, err := erasure.NewRunner(held, discard).Run(ctx, true); !errors.Is(err, erasure.ErrStopped) {
		t.Fatal(err)
	}
	if err := s.WithdrawErasure(ctx, officer, 2); err != nil {
		t.Fatal(err)
	}
	for n := int64(1); n <= 3; n++ {
		move(n, erasure.Failed, erasure.CodeUnknown)
		if due, err := s.DueParts(ctx); err != nil || len(due) != 0 {
			t.Errorf("%d calls are due while the request waits, %v", len(due), err)
		}
		move(n, erasure.Confirmed, erasure.CodeImpossible)
	}
	endedAs(t, s, 1, erasure.Scheduled)
	endedAs(t, s, 2, erasure.Withdrawn)
	if _, err := runner(s).RunAll(ctx, true); err != nil {
		t.Fatal(err)
	}
	endedAs(t, s, 1, erasure.Done)
	endedAs(t, s, 3, erasure.Done)
}

// Two requests for one ID in one batch: the records are walked once, each request has its own cut-off, counts and receipt, and what came
// between the two goes by the later one.
func TestLaterRequestIsNotSwallowed(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "one")
	accept := func() db.Erasure {
		t.Helper()
		e, err := s.AcceptErasure(ctx, key, svc.Number, dbtest.ID(t, "anna"))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	say := func() { dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, s.Now(), "x", "anna")) }
	say()
	first := accept()
	say()
	say()
	later := accept()
	say()
	if first.Cutoff >= later.Cutoff {
		t.Fatal("the later request has no later cut-off")
	}
	n, err := runner(s).Run(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		e      db.Erasure
		before int64
		beside int64
	}{{first, 1, later.Number}, {later, 3, first.Number}} {
		e := endedAs(t, s, c.e.Number, erasure.Done)
		r, _, err := s.Receipt(ctx, e.Number)
		if err != nil || r.Parts[0].Before != c.before || r.Cutoff != c.e.Cutoff {
			t.Errorf("receipt %+v, %v", r, err)
		}
		if beside, err := s.SameRun(ctx, e); err != nil || !slices.Equal(beside, []int64{c.beside}) {
			t.Errorf("in the same run: %v, %v", beside, err)
		}
	}
	if b, err := s.Batch(ctx, n); err != nil || b.Erased != 3 || b.Requests != 2 {
		t.Errorf("%+v, %v", b, err)
	}
	if got := count(t, s, "anna"); got != 1 {
		t.Errorf("%d records are left, want the one after both", got)
	}
}

// However a batch is paused, let go on, stopped and crashed, in the end each record of a request is gone once, each request has its receipt, and
// nothing else is gone.
func TestHaltedAnyhow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, clock := quick(t), dbtest.NewClock()
		s, err := db.Open(ctx, dir, db.WithClock(clock.Now))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		svc := dbtest.Service(t, s, "one")
		want := map[int64]int64{}
		for c := range 4 {
			n := rapid.IntRange(0, 300).Draw(rt, "records")
			var all []db.NewRecord
			for range n {
				all = append(all, dbtest.Message(t, svc.Number, s.Now(), "x", fmt.Sprint("c", c)))
			}
			dbtest.Ingest(t, s, append(all, dbtest.Message(t, svc.Number, s.Now(), "x", "stays"))...)
			if c > 0 {
				e, err := s.AcceptErasure(ctx, key, svc.Number, dbtest.ID(t, fmt.Sprint("c", c)))
				if err != nil {
					rt.Fatal(err)
				}
				want[e.Number] = int64(n)
			}
		}
		stays := count(t, s, "stays", "c0")
		for range rapid.IntRange(0, 4).Draw(rt, "halts") {
			halt := rapid.SampledFrom([]string{"pause", "stop", "crash"}).Draw(rt, "halt")
			held := &between{Store: s, at: rapid.IntRange(1, 4).Draw(rt, "chunk"), do: func(batch int64) error {
				switch halt {
				case "pause":
					return s.PauseBatch(ctx, officer, batch)
				case "stop":
					return s.StopBatch(ctx, officer, batch)
				}
				return errCrash
			}}
			n, err := erasure.NewRunner(held, discard).Run(ctx, true)
			if err != nil && !errors.Is(err, erasure.ErrPaused) && !errors.Is(err, erasure.ErrStopped) && !errors.Is(err, errCrash) {
				rt.Fatal(err)
			}
			if errors.Is(err, erasure.ErrPaused) {
				if rapid.Bool().Draw(rt, "stopped while paused") {
					err = s.StopBatch(ctx, officer, n)
				} else {
					err = s.ResumeBatch(ctx, officer, n)
				}
				if err != nil {
					rt.Fatal(err)
				}
			}
			clock.Pass(time.Minute)
		}
		if _, err := runner(s).RunAll(ctx, true); err != nil {
			rt.Fatal(err)
		}
		var erased int64
		batches, err := s.Batches(ctx, 0, 100)
		for _, b := range batches {
			erased += b.Erased
			if b.State != erasure.BatchDone && b.State != erasure.BatchStopped {
				rt.Errorf("batch %d is %s", b.Number, b.State)
			}
		}
		var sum int64
		for _, n := range slices.Sorted(maps.Keys(want)) {
			sum += want[n]
			endedAs(t, s, n, erasure.Done)
			if r, _, err := s.Receipt(ctx, n); err != nil || r.Parts[0].Before != want[n] || r.Parts[0].After != 0 {
				rt.Errorf("receipt %+v, %v; want %d", r, err, want[n])
			}
		}
		if err != nil || erased != sum {
			rt.Errorf("batches erased %d records, the requests covered %d (%v)", erased, sum, err)
		}
		if got := count(t, s, "stays", "c0"); got != stays {
			rt.Errorf("%d records stayed, want %d", got, stays)
		}
		intact(t, s)
	})
}
