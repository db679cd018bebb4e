package db_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

// changes counts the audit entries about services that were changed.
func changes(t *testing.T, s *db.Store) int {
	t.Helper()
	entries, err := s.AuditEntries(ctx, db.AuditQuery{Event: string(audit.ServiceChanged), Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func profileOf(t *testing.T, s *db.Store, service int64) db.Profile {
	t.Helper()
	p, err := s.Profile(ctx, service)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestProfile: what was said is kept whole, each tick once, and replaces what was said before; the plan is that of the service.
func TestProfile(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	if p := profileOf(t, s, v.Number); p.Answered || p.Kind != label.Assistant || p.Begun+p.Plan+p.Centre+p.Migrated != "" || len(p.Ticks) > 0 {
		t.Errorf("nobody has said anything: %+v", p)
	}
	was := changes(t, s)
	first := db.Profile{Begun: "2018-04-16", Migrated: "yes", Plan: "plus", Centre: "london", Ticks: []string{db.TickSlack, db.TickBeta, db.TickSlack}}
	if err := s.SetProfile(ctx, support, v.Number, first); err != nil {
		t.Fatal(err)
	}
	first.Kind, first.Answered, first.Ticks = label.Assistant, true, []string{db.TickBeta, db.TickSlack}
	if p := profileOf(t, s, v.Number); !reflect.DeepEqual(p, first) {
		t.Errorf("%+v, want %+v", p, first)
	}
	if plan, err := s.Plan(ctx, v.Number); plan != "plus" || err != nil {
		t.Errorf("the plan is %q, %v", plan, err)
	}
	if err := s.SetProfile(ctx, support, v.Number, db.Profile{}); err != nil {
		t.Fatal(err)
	}
	if p := profileOf(t, s, v.Number); !p.Answered || p.Begun+p.Plan+p.Centre+p.Migrated != "" || p.Ticks != nil {
		t.Errorf("taken back: %+v", p)
	}
	if got := changes(t, s) - was; got != 2 {
		t.Errorf("%d entries of two changes", got)
	}
	dbtest.Agrees(t, s)
}

// TestProfileRefused: days and codes that are not known, and services that IBM's documents do not speak of or that are gone.
func TestProfileRefused(t *testing.T) {
	s := dbtest.Open(t)
	v, gone := dbtest.Service(t, s, "one"), dbtest.Service(t, s, "gone")
	hand, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: db.Manual, Name: "cellar", Link: db.Link{Instructions: "Look in the cellar."}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveService(ctx, audit.System, gone.Number); err != nil {
		t.Fatal(err)
	}
	drills, err := s.DrillServices(ctx)
	if err != nil {
		t.Fatal(err)
	}
	was := changes(t, s)
	for _, c := range []struct {
		service int64
		profile db.Profile
		want    error
	}{
		{v.Number, db.Profile{Begun: "2018-02-30"}, db.ErrProfileDay}, {v.Number, db.Profile{Begun: s.Now().AddDate(0, 0, 2).Format(time.DateOnly)}, db.ErrProfileDay},
		{v.Number, db.Profile{Migrated: "perhaps"}, db.ErrProfile}, {v.Number, db.Profile{Plan: "gold"}, db.ErrProfile}, {v.Number, db.Profile{Centre: "moon"}, db.ErrProfile},
		{v.Number, db.Profile{Ticks: []string{db.TickBeta, "moon"}}, db.ErrProfile}, {hand.Number, db.Profile{}, db.ErrProfile}, {gone.Number, db.Profile{}, db.ErrNotFound},
		{drills[label.Assistant].Number, db.Profile{}, db.ErrNotFound}, {99, db.Profile{}, db.ErrNotFound},
	} {
		if err := s.SetProfile(ctx, support, c.service, c.profile); !errors.Is(err, c.want) {
			t.Errorf("%+v of service %d: %v, want %v", c.profile, c.service, err, c.want)
		}
	}
	if got := changes(t, s) - was; got != 0 {
		t.Errorf("%d entries of what was refused", got)
	}
	if p := profileOf(t, s, v.Number); p.Answered {
		t.Errorf("something of it was kept: %+v", p)
	}
	if err := s.SetProfile(ctx, support, v.Number, db.Profile{Begun: s.Now().AddDate(0, 0, 1).Format(time.DateOnly)}); err != nil {
		t.Errorf("made today, where it is tomorrow already: %v", err)
	}
}

// TestProfileShows: what the records and the links of a service show is part of what is known of it.
func TestProfileShows(t *testing.T) {
	s := dbtest.Open(t)
	bot := dbtest.Service(t, s, "bot")
	papers, err := s.AddService(ctx, audit.Operator, label.Discovery, "papers", "")
	if err != nil {
		t.Fatal(err)
	}
	lost := dbtest.Message(t, bot.Number, s.Now(), "hello")
	lost.Channel, lost.Unreachable = "preview", true
	elsewhere := lost
	elsewhere.Service = dbtest.Service(t, s, "other").Number
	dbtest.Ingest(t, s, lost, elsewhere, dbtest.Message(t, bot.Number, s.Now(), "hello", "anna"))
	if err := s.SetSearch(ctx, audit.Operator, bot.Number, papers.Number, "projects/p1"); err != nil {
		t.Fatal(err)
	}
	if p := profileOf(t, s, bot.Number); !p.Searches || p.Unreachable != 1 {
		t.Errorf("%+v", p)
	}
	if err := s.RemoveService(ctx, audit.System, papers.Number); err != nil {
		t.Fatal(err)
	}
	if p := profileOf(t, s, bot.Number); p.Searches {
		t.Error("a removed Discovery service still answers the search skill")
	}
}

// TestMove: the steps of a move between services that lie here, from the first to the last, and what cannot be done at each.
func TestMove(t *testing.T) {
	s := dbtest.Open(t)
	from, to, third := dbtest.Service(t, s, "old"), dbtest.Service(t, s, "new"), dbtest.Service(t, s, "third")
	_, old, err := s.AddKey(ctx, audit.Operator, db.NewKey{Service: from.Number, Name: "old", Scopes: []string{db.ScopeLogs}})
	if err != nil {
		t.Fatal(err)
	}
	move := func() db.Move {
		t.Helper()
		m, err := s.Move(ctx, from.Number)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	is := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	_, err = s.Move(ctx, from.Number)
	is(err, db.ErrNotFound)
	is(s.EndMove(ctx, support, from.Number), db.ErrNotFound)
	is(s.DropMove(ctx, support, from.Number), db.ErrMoved)
	is(s.BeginMove(ctx, support, from.Number, third.Number), nil)
	is(s.BeginMove(ctx, support, from.Number, to.Number), nil)
	if m := move(); m.Successor != to.Number || m.OldKeys != 1 || m.HasKey() || m.KeysRevoked() || m.Linked || m.Started.IsZero() {
		t.Errorf("begun: %+v", m)
	}
	is(s.KeyRevokedThere(ctx, support, from.Number), db.ErrMoved) // its keys are ours, so nobody's word is asked
	is(s.EndMove(ctx, support, from.Number), db.ErrMoving)
	if _, _, err := s.AddKey(ctx, audit.Operator, db.NewKey{Service: to.Number, Name: "new", Scopes: []string{db.ScopeLogs}}); err != nil {
		t.Fatal(err)
	}
	is(s.EndMove(ctx, support, from.Number), db.ErrMoving)
	is(s.RevokeKey(ctx, audit.Operator, old.Number), nil)
	was := changes(t, s)
	is(s.EndMove(ctx, support, from.Number), nil)
	if m := move(); m.Ended.IsZero() || !m.HasKey() || !m.KeysRevoked() {
		t.Errorf("ended: %+v", m)
	}
	for _, again := range []error{s.EndMove(ctx, support, from.Number), s.DropMove(ctx, support, from.Number), s.BeginMove(ctx, support, from.Number, third.Number)} {
		is(again, db.ErrMoved)
	}
	if got := changes(t, s) - was; got != 1 {
		t.Errorf("%d entries of one step", got)
	}
}

// TestMoveOfLinked: the key of a linked service is revoked where it lies, which is somebody's word, and is asked anew of another successor.
func TestMoveOfLinked(t *testing.T) {
	s := dbtest.Open(t)
	hosted, linked := gateway(t, s)
	next, err := s.AddLinked(ctx, audit.Operator, db.NewLinked{Kind: label.Assistant, Name: "next", URL: "https://api.eu-de.assistant.watson.cloud.ibm.com/instances/2", Credential: []byte("other-key")})
	if err != nil {
		t.Fatal(err)
	}
	papers, err := s.AddService(ctx, audit.Operator, label.Discovery, "papers", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []int64{linked.Number, papers.Number, 99} {
		if err := s.BeginMove(ctx, support, linked.Number, wrong); !errors.Is(err, db.ErrSuccessor) {
			t.Errorf("to service %d: %v", wrong, err)
		}
	}
	steps := func(all ...error) {
		t.Helper()
		if err := errors.Join(all...); err != nil {
			t.Fatal(err)
		}
	}
	steps(s.BeginMove(ctx, support, linked.Number, hosted.Number), s.KeyRevokedThere(ctx, support, linked.Number))
	if m, err := s.Move(ctx, linked.Number); err != nil || !m.Linked || m.NewLinked || m.HasKey() || !m.KeysRevoked() {
		t.Errorf("%+v, %v", m, err)
	}
	steps(s.BeginMove(ctx, support, linked.Number, next.Number))
	if m, err := s.Move(ctx, linked.Number); err != nil || !m.NewLinked || !m.HasKey() || m.KeysRevoked() {
		t.Errorf("to another: %+v, %v", m, err)
	}
	if err := s.EndMove(ctx, support, linked.Number); !errors.Is(err, db.ErrMoving) {
		t.Errorf("ended with the old key: %v", err)
	}
	steps(s.KeyRevokedThere(ctx, support, linked.Number), s.EndMove(ctx, support, linked.Number))
	if m, err := s.Move(ctx, linked.Number); err != nil || m.Ended.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestMoveGivenUp: what has not ended can be forgotten, and begun again.
func TestMoveGivenUp(t *testing.T) {
	s := dbtest.Open(t)
	from, to, other := dbtest.Service(t, s, "old"), dbtest.Service(t, s, "new"), dbtest.Service(t, s, "other")
	if err := s.BeginMove(ctx, support, other.Number, to.Number); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := errors.Join(s.BeginMove(ctx, support, from.Number, to.Number), s.DropMove(ctx, support, from.Number)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Move(ctx, from.Number); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("given up, and still there: %v", err)
		}
	}
	if m, err := s.Move(ctx, other.Number); err != nil || m.Successor != to.Number {
		t.Errorf("the move of another service: %+v, %v", m, err)
	}
}

// TestLinkQueue follows one part from waiting to its end, and counts nothing of another service.
func TestLinkQueue(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	hosted, linked := gateway(t, s)
	dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "hello", "anna"))
	e, err := s.AcceptErasure(ctx, audit.System, hosted.Number, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(s, nil).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	later := s.Now().Add(time.Minute)
	holds := func(want db.Queue) {
		t.Helper()
		got, err := s.LinkQueue(ctx, linked.Number)
		if err != nil || !got.Next.Equal(want.Next) {
			t.Errorf("the next call is at %v, %v; want %v", got.Next, err, want.Next)
		}
		if got.Next, want.Next = (time.Time{}), (time.Time{}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	holds(db.Queue{Waiting: 1})
	for _, step := range []struct {
		move db.PartMove
		want db.Queue
	}{
		{db.PartMove{To: erasure.Sent}, db.Queue{Trying: 1, Tries: 1}},
		{db.PartMove{To: erasure.Failed, Code: erasure.CodeUnknown, Again: later}, db.Queue{Trying: 1, Tries: 1, Next: later}},
		{db.PartMove{To: erasure.Sent}, db.Queue{Trying: 1, Tries: 2}},
		{db.PartMove{To: erasure.Accepted, Again: later}, db.Queue{Unconfirmed: 1, Next: later}},
		{db.PartMove{To: erasure.Unobservable}, db.Queue{Unobserved: 1}},
	} {
		if err := s.MovePart(ctx, audit.System, e.Number, linked.Number, step.move); err != nil {
			t.Fatalf("to %s: %v", step.move.To, err)
		}
		holds(step.want)
	}
	if q, err := s.LinkQueue(ctx, hosted.Number+99); err != nil || q != (db.Queue{}) {
		t.Errorf("of a service without parts: %+v, %v", q, err)
	}
}

// TestMoveWithAnExpiredKey: a key whose time is over opens nothing, neither the service that takes the place nor the one that gives it up.
func TestMoveWithAnExpiredKey(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	from, to := dbtest.Service(t, s, "old"), dbtest.Service(t, s, "new")
	err := s.BeginMove(ctx, support, from.Number, to.Number)
	for _, v := range []db.Service{from, to} {
		if err == nil {
			_, _, err = s.AddKey(ctx, audit.Operator, db.NewKey{Service: v.Number, Name: "for an hour", Scopes: []string{db.ScopeLogs}, Expires: clock.Now().Add(time.Hour)})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, live := range []bool{true, false} {
		if m, err := s.Move(ctx, from.Number); err != nil || m.HasKey() != live || m.KeysRevoked() == live {
			t.Errorf("keys live: %v; %+v, %v", live, m, err)
		}
		clock.Pass(time.Hour)
	}
}

// TestQueueOfHeldAndLeftOut: a part that a hold keeps back has not been sent, and a service that was left out waits for nothing.
func TestQueueOfHeldAndLeftOut(t *testing.T) {
	s := dbtest.Open(t)
	hosted, linked := gateway(t, s)
	for _, id := range []string{"anna", "ben"} {
		dbtest.Ingest(t, s, dbtest.Message(t, hosted.Number, s.Now(), "hello", id))
	}
	hold(t, s, db.NewHold{Subject: subject(t, s, "anna").Ref})
	n := accept(t, s, hosted.Number, "anna")
	run(t, s)
	if err := s.MovePart(ctx, audit.System, n, linked.Number, db.PartMove{To: erasure.Sent}); !errors.Is(err, db.ErrMoved) {
		t.Fatalf("the call went out: %v", err)
	}
	if q, err := s.LinkQueue(ctx, linked.Number); err != nil || q != (db.Queue{Waiting: 1}) {
		t.Errorf("held: %+v, %v", q, err)
	}
	_, err := s.SubmitErasure(ctx, support, db.Proposal{Subject: subject(t, s, "ben").Ref, Ground: "17-1-b", Without: map[int64]string{linked.Number: "not-asked"}})
	if err != nil {
		t.Fatal(err)
	}
	if q, err := s.LinkQueue(ctx, linked.Number); err != nil || q != (db.Queue{Waiting: 1}) {
		t.Errorf("beside one that left it out: %+v, %v", q, err)
	}
}
