package db_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/filter"
	"quittance/db/label"
)

// colleague is a second officer.
var colleague = audit.ActorOf("user", 3)

func hold(t testing.TB, s *db.Store, n db.NewHold) int64 {
	t.Helper()
	if n.Kind == "" {
		n.Kind, n.Ground = erasure.LegalHold, "17-3-e"
	}
	number, err := s.PlaceHold(ctx, officer, n)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func lift(t testing.TB, s *db.Store, number int64) {
	t.Helper()
	if err := errors.Join(s.AskLift(ctx, officer, number), s.LiftHold(ctx, colleague, number)); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, s *db.Store) {
	t.Helper()
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
}

func accept(t testing.TB, s *db.Store, service int64, id string) int64 {
	t.Helper()
	e, err := s.AcceptErasure(ctx, key, service, dbtest.ID(t, id))
	if err != nil {
		t.Fatal(err)
	}
	return e.Number
}

func stateOf(t testing.TB, s *db.Store, number int64) erasure.State {
	t.Helper()
	e, err := s.Erasure(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	return e.State
}

func there(t testing.TB, s *db.Store, seqs ...int64) (out []int64) {
	t.Helper()
	for _, seq := range seqs {
		if _, err := s.Record(ctx, seq); err == nil {
			out = append(out, seq)
		} else if !errors.Is(err, db.ErrNotFound) {
			t.Fatal(err)
		}
	}
	return out
}

// A hold that comes between two chunks of a batch at work keeps what is still there, and the request waits for its end.
func TestHoldBetweenChunks(t *testing.T) {
	s := dbtest.Open(t)
	service := dbtest.Service(t, s, "support-bot").Number
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "one", "anna"), dbtest.Message(t, service, s.Now(), "two", "anna", "ben"))
	number := accept(t, s, service, "anna")
	batch, err := s.Claim(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	doomed, err := s.Doomed(ctx, batch)
	if err != nil || len(doomed) != 2 {
		t.Fatal(doomed, err)
	}
	if err := s.Erase(ctx, batch, doomed[:1]); err != nil {
		t.Fatal(err)
	}
	h := hold(t, s, db.NewHold{Subject: subject(t, s, "ben").Ref})
	if err := s.Erase(ctx, batch, doomed[1:]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Erased(ctx, batch), s.Purge(ctx, batch), s.Verify(ctx, []int64{number}), s.Finish(ctx, batch)); err != nil {
		t.Fatal(err)
	}
	if got := there(t, s, seqs...); !slices.Equal(got, seqs[1:]) || stateOf(t, s, number) != erasure.Partial {
		t.Errorf("left %v, request %s", got, stateOf(t, s, number))
	}
	if b, err := s.Batch(ctx, batch); err != nil || b.State != erasure.BatchDone || b.Erased != 1 {
		t.Errorf("the batch %+v, %v", b, err)
	}
	if batch, err := runner(s).Run(ctx, true); batch != 0 || err != nil {
		t.Errorf("batch %d ran while the hold was on: %v", batch, err)
	}
	lift(t, s, h)
	run(t, s)
	if got := there(t, s, seqs...); got != nil || stateOf(t, s, number) != erasure.Done {
		t.Errorf("after the hold %v, request %s", got, stateOf(t, s, number))
	}
}

// A hold that ends between the question and its answer leaves something to be tried again, and nothing that waits for ever.
func TestHoldEndsDuringVerification(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	service := dbtest.Service(t, s, "support-bot").Number
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "one", "anna"))
	h := hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref})
	number := accept(t, s, service, "anna")
	batch, err := s.Claim(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	doomed, err := s.Doomed(ctx, batch)
	if err != nil || len(doomed) != 0 {
		t.Fatal(doomed, err)
	}
	if err := errors.Join(s.Erased(ctx, batch), s.Purge(ctx, batch)); err != nil {
		t.Fatal(err)
	}
	lift(t, s, h)
	if err := errors.Join(s.Verify(ctx, []int64{number}), s.Finish(ctx, batch)); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(t, s, number); got != erasure.Partial {
		t.Fatal(got)
	}
	clock.Pass(time.Hour)
	run(t, s)
	if got := there(t, s, seqs...); got != nil || stateOf(t, s, number) != erasure.Done {
		t.Errorf("left %v, request %s", got, stateOf(t, s, number))
	}
}

// An approver signs what a manifest shows; a new hold only makes less go now, and does not make the approval lapse.
func TestManifestCountsHeld(t *testing.T) {
	s := dbtest.Open(t)
	service := dbtest.Service(t, s, "support-bot").Number
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "one", "anna"), dbtest.Message(t, service, s.Now(), "two", "anna"))
	h := hold(t, s, db.NewHold{Records: seqs[:1]})
	number, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "anna").Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Erasure(ctx, number)
	if want := []erasure.HeldLine{{Service: service, Kind: "message", Records: 1, Ground: "17-3-e", Hold: h}}; err != nil || !slices.Equal(e.Manifest.Held, want) {
		t.Fatalf("held %+v, %v", e.Manifest.Held, err)
	}
	hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref, Kind: erasure.Restriction, Ground: "18-1-a"})
	if err := s.ApproveErasure(ctx, officer, number, e.ManifestHash); err != nil {
		t.Errorf("a new hold made the approval lapse: %v", err)
	}
	run(t, s)
	if got := there(t, s, seqs...); len(got) != 2 || stateOf(t, s, number) != erasure.Partial {
		t.Errorf("left %v, %s", got, stateOf(t, s, number))
	}
	lines, err := s.Held(ctx, e)
	if err != nil || len(lines) != 2 || lines[0].Records+lines[1].Records != 2 || lines[1].Ground != "18-1-a" {
		t.Errorf("what waits: %+v, %v", lines, err)
	}
}

// Two people end a hold, and two set its expiry: in the handler, in the store, and in the table itself (law L6).
func TestHoldFourEyes(t *testing.T) {
	clock, dir := dbtest.NewClock(), t.TempDir()
	s, err := db.Open(ctx, dir, db.WithClock(clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	service := dbtest.Service(t, s, "support-bot").Number
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "one", "anna"))
	number := hold(t, s, db.NewHold{Records: seqs, Custodian: "C. Cole", Note: "file 7", Review: clock.Now().Add(time.Hour), Expiry: clock.Now().Add(24 * time.Hour)})
	if err := s.ConfirmExpiry(ctx, officer, number); !errors.Is(err, db.ErrSecond) {
		t.Errorf("who placed it confirmed its end: %v", err)
	}
	if err := s.LiftHold(ctx, colleague, number); !errors.Is(err, db.ErrMoved) {
		t.Errorf("lifted though nobody asked: %v", err)
	}
	if err := s.AskLift(ctx, colleague, number); err != nil {
		t.Fatal(err)
	}
	if err := s.LiftHold(ctx, colleague, number); !errors.Is(err, db.ErrSecond) {
		t.Errorf("who asked for the end confirmed it: %v", err)
	}
	if err := s.LiftRestriction(ctx, officer, number, db.Notice{On: clock.Now(), Channel: "letter"}); !errors.Is(err, db.ErrMoved) {
		t.Errorf("a hold was lifted as a restriction: %v", err)
	}
	if err := s.KeepHold(ctx, officer, number); err != nil {
		t.Fatal(err)
	}
	clock.Pass(48 * time.Hour)
	accept(t, s, service, "anna")
	run(t, s)
	h, err := s.Hold(ctx, number)
	if err != nil || h.State != erasure.HoldActive || h.Expires() || !h.ReviewDue(clock.Now()) || h.Custodian != "C. Cole" || h.Note != "file 7" || len(there(t, s, seqs...)) != 1 {
		t.Errorf("an expiry that one person set: %+v, %v, %v", h, err, there(t, s, seqs...))
	}
	d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "quittance.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, change := range []string{
		"UPDATE hold SET expiry_by = placed_by",
		"UPDATE hold SET asked = 1, asked_by = 'user/2', ended = 1, ended_by = 'user/2', state = 'lifted'",
		"UPDATE hold SET ended = 1, ended_by = 'user/2', state = 'lifted'",
		"UPDATE hold SET ended = 1, ended_by = 'system', state = 'expired'",
		"UPDATE hold SET ground = '18-1-a'",
		"UPDATE hold SET kind = 'restriction', ground = '18-1-a', ended = 1, ended_by = 'user/2', state = 'lifted'",
	} {
		if _, err := d.Exec(change); err == nil {
			t.Errorf("the table takes %s", change)
		}
	}
}

// A day that two officers set ends the hold with the next batch, and what waited goes in the same one.
func TestHoldExpires(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	service := dbtest.Service(t, s, "support-bot").Number
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "one", "anna"))
	number := hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref, Note: "file 7", Expiry: clock.Now().Add(24 * time.Hour)})
	if err := s.ConfirmExpiry(ctx, colleague, number); err != nil {
		t.Fatal(err)
	}
	request := accept(t, s, service, "anna")
	run(t, s)
	if len(there(t, s, seqs...)) != 1 {
		t.Fatal("it did not hold until its day")
	}
	clock.Pass(25 * time.Hour)
	run(t, s)
	h, err := s.Hold(ctx, number)
	if err != nil || h.State != erasure.HoldExpired || h.Note != "" || there(t, s, seqs...) != nil || stateOf(t, s, request) != erasure.Done {
		t.Errorf("%+v, %v, request %s", h, err, stateOf(t, s, request))
	}
	if _, ok, err := s.SubjectOf(ctx, dbtest.ID(t, "anna")); ok || err != nil {
		t.Errorf("the ID is still there after its last record and its hold: %v", err)
	}
	kept, err := s.KeptBy(ctx, number)
	if err != nil || len(kept) != 1 || kept[0].ID != "" || kept[0].Reference == "" {
		t.Errorf("what an ended hold remembers: %+v, %v", kept, err)
	}
}

// The row of an ID stays while a hold is on it, and goes with the hold where no record bears it.
func TestHeldIDStays(t *testing.T) {
	s := dbtest.Open(t)
	service := dbtest.Service(t, s, "support-bot").Number
	dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "one", "anna", "ben"))
	h := hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref})
	late := hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref})
	lift(t, s, h)
	accept(t, s, service, "ben")
	run(t, s)
	if got := records(t, s, "ben"); len(got) != 1 {
		t.Fatalf("%d records of ben, whose record bears a held ID", len(got))
	}
	lift(t, s, late)
	run(t, s)
	for _, id := range []string{"anna", "ben"} {
		if _, ok, _ := s.SubjectOf(ctx, dbtest.ID(t, id)); ok {
			t.Errorf("%s is still known", id)
		}
	}
}

// An alias that is joined with a held ID is held too, and stays so when it is parted: the end of a hold needs two people.
func TestHoldWidens(t *testing.T) {
	s := dbtest.Open(t)
	service := dbtest.Service(t, s, "support-bot").Number
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), "one", "anna"), dbtest.Message(t, service, s.Now(), "two", "slack_anna"))
	hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref})
	other := subject(t, s, "slack_anna").Ref
	if err := s.JoinAlias(ctx, support, subject(t, s, "anna").Ref, other, db.SameTail); err != nil {
		t.Fatal(err)
	}
	if err := s.UndoAlias(ctx, support, other); err != nil {
		t.Fatal(err)
	}
	accept(t, s, service, "slack_anna")
	run(t, s)
	if got := there(t, s, seqs...); len(got) != 2 {
		t.Errorf("left %v", got)
	}
}

// What an application deletes or replaces at its own request is kept all the same.
func TestHeldItemsStay(t *testing.T) {
	s := dbtest.Open(t)
	service := dbtest.Service(t, s, "library")
	seqs := dbtest.Ingest(t, s, document(service, s.Now(), "d1", "one", dbtest.ID(t, "anna")), document(service, s.Now(), "d2", "two"))
	h := hold(t, s, db.NewHold{Records: seqs[:1]})
	all := db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Document}}
	if n, err := s.RemoveItems(ctx, key, all); n != 0 || !errors.Is(err, db.ErrHeld) {
		t.Errorf("%d removed, %v", n, err)
	}
	if _, _, err := s.ReplaceItem(ctx, key, document(service, s.Now(), "d1", "other")); !errors.Is(err, db.ErrHeld) {
		t.Errorf("replaced: %v", err)
	}
	if got := there(t, s, seqs...); len(got) != 2 {
		t.Errorf("left %v", got)
	}
	lift(t, s, h)
	if n, err := s.RemoveItems(ctx, key, all); n != 2 || err != nil {
		t.Errorf("after the hold %d removed, %v", n, err)
	}
}

// While a data subject is restricted no door of the API shows their records, also those that come in meanwhile and those that bear another ID
// first; nothing is erased, and everything is there again when it is lifted with notice (Art. 18).
func TestRestriction(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	service := dbtest.Service(t, s, "support-bot")
	seqs := dbtest.Ingest(t, s, dbtest.Message(t, service.Number, s.Now(), "one", "anna"), dbtest.Message(t, service.Number, s.Now(), "two", "ben"),
		document(service, s.Now(), "d1", "word", dbtest.ID(t, "anna")), document(service, s.Now(), "d2", "word", dbtest.ID(t, "ben")))
	number := hold(t, s, db.NewHold{Kind: erasure.Restriction, Ground: "18-1-a", Subject: subject(t, s, "anna").Ref})
	seqs = append(seqs, dbtest.Ingest(t, s, dbtest.Message(t, service.Number, s.Now(), "three", "ben", "anna"))...)
	counts := func() (n [4]int) {
		logs, _, err := s.Logs(ctx, db.LogQuery{Service: service.Number, Both: true, Limit: 10, Filter: filter.Is("language", "en")})
		own, _, err2 := s.Logs(ctx, db.LogQuery{Service: service.Number, Both: true, Limit: 10, Filter: filter.Is("customer_id", "anna")})
		docs := db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Document}}
		items, _, err3 := s.Items(ctx, docs)
		_, found, err4 := s.Find(ctx, db.FindQuery{ItemQuery: docs, Question: "word"})
		if err := errors.Join(err, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
		return [4]int{len(logs), len(own), len(items), int(found)}
	}
	if got := counts(); got != [4]int{1, 0, 1, 1} {
		t.Errorf("while restricted the doors show %v", got)
	}
	if n, err := s.Restricted(ctx, db.RecordQuery{Subject: "ben"}); n != 1 || err != nil {
		t.Errorf("%d of ben are restricted, %v", n, err)
	}
	if err := s.Removable(ctx, db.ItemQuery{Service: service.Number, Kinds: []db.Kind{db.Document}, Item: "d1"}); !errors.Is(err, db.ErrHeld) {
		t.Errorf("a restricted document can be deleted: %v", err)
	}
	request := accept(t, s, service.Number, "anna")
	run(t, s)
	if got := there(t, s, seqs...); len(got) != 5 || stateOf(t, s, request) != erasure.Partial {
		t.Errorf("left %v, %s", got, stateOf(t, s, request))
	}
	for _, bad := range []db.Notice{{}, {On: clock.Now()}, {On: clock.Now().Add(time.Hour), Channel: "letter"}, {On: clock.Now(), Channel: "pigeon"}} {
		if err := s.LiftRestriction(ctx, officer, number, bad); !errors.Is(err, db.ErrNoNotice) {
			t.Errorf("lifted without notice %+v: %v", bad, err)
		}
	}
	if err := s.AskLift(ctx, officer, number); !errors.Is(err, db.ErrMoved) {
		t.Errorf("a restriction was lifted as a hold: %v", err)
	}
	if err := s.LiftRestriction(ctx, officer, number, db.Notice{On: clock.Now(), Channel: "letter"}); err != nil {
		t.Fatal(err)
	}
	if got := counts(); got != [4]int{3, 3, 2, 2} {
		t.Errorf("after it the doors show %v", got)
	}
	run(t, s)
	if got := there(t, s, seqs...); len(got) != 2 || stateOf(t, s, request) != erasure.Done {
		t.Errorf("left %v, %s", got, stateOf(t, s, request))
	}
}

// A service elsewhere is not called for an ID that is held; it is called once the hold has ended.
func TestHeldPartElsewhere(t *testing.T) {
	s := dbtest.Open(t)
	hosted, up, err := s.AddGateway(ctx, audit.Operator, label.Assistant, "gate", "", db.NewLinked{URL: "https://watson.example", Credential: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "one", "anna"))
	h := hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref})
	number := accept(t, s, hosted.Number, "anna")
	run(t, s)
	due, err := s.DueParts(ctx)
	if err != nil || len(due) != 1 {
		t.Fatal(due, err)
	}
	if err := s.MovePart(ctx, audit.System, number, up.Number, db.PartMove{To: erasure.Sent}); !errors.Is(err, db.ErrMoved) {
		t.Fatalf("the call went out: %v", err)
	}
	if due, err = s.DueParts(ctx); err != nil || len(due) != 0 {
		t.Fatal(due, err)
	}
	if open, err := s.Erasures(ctx, db.ErasureQuery{DueSoon: true, Limit: 10}); err != nil || len(open) != 0 {
		t.Errorf("what waits for a hold is said to be due: %+v, %v", open, err)
	}
	lift(t, s, h)
	if due, err = s.DueParts(ctx); err != nil || len(due) != 1 || due[0].State != erasure.Waiting {
		t.Fatal(due, err)
	}
	run(t, s)
	for _, m := range []db.PartMove{{To: erasure.Sent}, {To: erasure.Accepted}, {To: erasure.Confirmed}} {
		if err := s.MovePart(ctx, audit.System, number, up.Number, m); err != nil {
			t.Fatal(err)
		}
	}
	if got := stateOf(t, s, number); got != erasure.Done {
		t.Error(got)
	}
}
