package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sort"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// demoStaff is the people behind the console, and what they do while the applications send. They act through the store, as the forms of
// the console do; the applications' own deletions go through the API.
type demoStaff struct {
	store  *db.Store
	door   *demoDoor
	clock  *demoClock
	world  *demoWorld
	runner *erasure.Runner
	users  map[string]db.User // by what stands before the @
	events []demoEvent        // in the order of time
	r      *rand.Rand
	next   int // the customer that is dealt with next
}

// demoEvent is something that happens at a time.
type demoEvent struct {
	at time.Duration // since the start of the timeline
	do func(context.Context) error
}

// steadyStore makes a batch take as long as a busy machine would need, by moving the clock on.
type steadyStore struct {
	*db.Store
	clock *demoClock
}

// Erase implements erasure.Store.
func (s steadyStore) Erase(ctx context.Context, batch int64, records []int64) error {
	s.clock.pass(4 * time.Second)
	return s.Store.Erase(ctx, batch, records)
}

// Verify implements erasure.Store.
func (s steadyStore) Verify(ctx context.Context, numbers []int64) error {
	s.clock.pass(time.Duration(len(numbers)) * 700 * time.Millisecond)
	return s.Store.Verify(ctx, numbers)
}

func newDemoStaff(store *db.Store, door *demoDoor, clock *demoClock, world *demoWorld, users []db.User) *demoStaff {
	s := &demoStaff{store: store, door: door, clock: clock, world: world, users: map[string]db.User{}, next: 2,
		runner: erasure.NewRunner(steadyStore{store, clock}, slog.New(slog.DiscardHandler)), r: rand.New(rand.NewPCG(5, 23))}
	for i, u := range users {
		s.users[demoStaffList[i].name] = u
	}
	s.plan()
	sort.SliceStable(s.events, func(i, j int) bool { return s.events[i].at < s.events[j].at })
	return s
}

// due does what is planned up to a time.
func (s *demoStaff) due(ctx context.Context, until time.Duration) error {
	for len(s.events) > 0 && s.events[0].at <= until {
		e := s.events[0]
		s.events = s.events[1:]
		s.clock.reach(s.world.start.Add(e.at))
		if err := e.do(ctx); err != nil {
			return fmt.Errorf("doing what the staff of the demo does: %w", err)
		}
	}
	return nil
}

// visit is one person at the console for some minutes.
type visit struct {
	context.Context
	*demoStaff
	user    db.User
	session db.Session
	err     error
}

// visit signs somebody in, lets them do things, and signs them out, unless they just leave.
func (s *demoStaff) visit(name string, things ...func(*visit)) func(context.Context) error {
	return func(ctx context.Context) error {
		v := &visit{Context: ctx, demoStaff: s, user: s.users[name]}
		_, v.session, v.err = s.store.StartSession(ctx, db.NewSession{User: v.user.Number, AuthTime: s.store.Now(), Agent: "Firefox on Windows"})
		for _, do := range things {
			s.clock.pass(time.Duration(5+s.r.IntN(20)) * time.Second)
			if v.err == nil {
				do(v)
			}
		}
		if v.err == nil && s.r.IntN(3) > 0 {
			v.err = s.store.SignOut(ctx, v.user.Number, v.session.Number)
		}
		return v.err
	}
}

// confirm is the step-up that approving needs.
func (v *visit) confirm() {
	_, v.session, v.err = v.store.StartSession(v, db.NewSession{User: v.user.Number, AuthTime: v.store.Now(), Agent: v.session.Agent, Replaces: v.session.Number, Confirms: true})
}

// staffSearch looks for a customer, and sometimes behind the bars of one record.
func staffSearch(v *visit) {
	p := pick(v.r, v.world.people[:v.world.size.people])
	if _, v.err = v.store.SubmitSearch(v, v.user.Number, p.ids[0]); v.err != nil || v.r.IntN(3) > 0 {
		return
	}
	var records []db.Record
	if records, _, v.err = v.store.Records(v, db.RecordQuery{Subject: p.ids[0], Limit: 5}); v.err != nil || len(records) == 0 {
		return
	}
	why := pick(v.r, []string{"support-case", "support-case", "identity-check", "erasure-request", "access-request"})
	_, v.err = v.store.Access(v, v.user.Number, "reveal", pick(v.r, records).Seq, why, audit.RecordRevealed, nil)
}

// staffPropose files an erasure of a person. It tells its number to the things that follow.
func staffPropose(p *demoPerson, number *int64, note string, without map[int64]string) func(*visit) {
	return func(v *visit) {
		var id label.ID
		if id, v.err = label.Parse(label.Assistant, p.ids[0]); v.err != nil {
			return
		}
		if _, v.err = v.store.SubmitSearch(v, v.user.Number, p.ids[0]); v.err != nil {
			return
		}
		var sub db.Subject
		if sub, _, v.err = v.store.SubjectOf(v, id); v.err != nil {
			return
		}
		*number, v.err = v.store.SubmitErasure(v, v.user.Actor(), db.Proposal{Subject: sub.Ref, Ground: pick(v.r, erasure.Grounds[:3]), Note: note, Without: without})
	}
}

func staffApprove(number *int64) func(*visit) {
	return func(v *visit) {
		var e db.Erasure
		if e, v.err = v.store.Erasure(v, *number); v.err == nil {
			v.err = v.store.ApproveErasure(v, v.user.Actor(), *number, e.ManifestHash)
		}
	}
}

func staffRefuse(number *int64, ground, why string) func(*visit) {
	return func(v *visit) {
		v.err = v.store.RefuseErasure(v, v.user.Actor(), *number, ground, db.Told{Explanation: why,
			Authority: "The supervisory authority of the place where you live or work", Complaint: true, Remedy: true})
	}
}

func staffWithdraw(number *int64) func(*visit) {
	return func(v *visit) { v.err = v.store.WithdrawErasure(v, v.user.Actor(), *number) }
}

// known says what is known of two services, one of which is too old and moves to a third; retains chooses a retention for the
// first, which waits for the other officer.
func (s *demoStaff) known(v *visit) {
	v.err = errors.Join(
		v.store.SetProfile(v, v.user.Actor(), s.door.numbers[0], db.Profile{Begun: "2021-03-08", Plan: "plus", Centre: "frankfurt",
			Ticks: []string{db.TickSearchSkill, db.TickPreview, db.TickWebChat, db.TickSlack}}),
		v.store.SetProfile(v, v.user.Actor(), s.door.numbers[3], db.Profile{Begun: "2018-04-16", Migrated: "yes", Plan: "standard", Centre: "london", Ticks: []string{db.TickDialog, db.TickLogWebhook}}),
		v.store.BeginMove(v, v.user.Actor(), s.door.numbers[3], s.door.numbers[1]))
}

func (s *demoStaff) retains(v *visit) {
	_, v.err = v.store.SetRetention(v, v.user.Actor(), s.door.numbers[0], db.Message, 60)
}

func staffExport(what, format string) func(*visit) {
	return func(v *visit) {
		_, _, v.err = v.store.SubmitExport(v, v.user.Number, db.NewExport{What: what, Format: format, From: v.store.Now().Add(-7 * 24 * time.Hour)})
	}
}

// lost is a wrong password, and somebody who tries what their role does not allow.
func (s *demoStaff) lost(ctx context.Context) error {
	support := s.users["support"]
	return errors.Join(s.store.Note(ctx, audit.Visitor, audit.SignInFailed, audit.ObjectOf(audit.KindUser, support.Number), nil),
		s.store.Note(ctx, support.Actor(), audit.PermissionRefused, "", nil))
}

// staffRotate gives a service a new key and ends an old one.
func staffRotate(service int) func(*visit) {
	return func(v *visit) {
		var old db.APIKey
		if _, old, v.err = v.store.AddKey(v, v.user.Actor(), db.NewKey{Service: v.door.numbers[service], Name: "application, until rotation", Scopes: []string{db.ScopeIngest}}); v.err != nil {
			return
		}
		v.clock.pass(90 * time.Second)
		v.err = v.store.RevokeKey(v, v.user.Actor(), old.Number)
	}
}

func (s *demoStaff) batch(ctx context.Context) error {
	_, err := s.runner.Run(ctx, false)
	return err
}
