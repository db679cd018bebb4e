package db_test

import (
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
)

// occasion is the one occasion of a kind that there is now.
func occasion(t *testing.T, s *db.Store, what db.What) (o db.Occasion, there bool) {
	t.Helper()
	all, err := s.Occasions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(o db.Occasion) bool { return o.What == what })
	if i < 0 {
		return o, false
	}
	return all[i], true
}

// TestOccasions: what waits says who may not decide it, a due ticket whose it is, and both end with what they are about.
func TestOccasions(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, clock.Now(), "hello", "anna"))
	sub, _, err := s.SubjectOf(t.Context(), dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.AddUser(t.Context(), audit.Operator, db.NewUser{Email: "o@q.example", Roles: []string{db.RoleOfficer}})
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.PlaceHold(t.Context(), u.Actor(), db.NewHold{Subject: sub.Ref, Kind: erasure.LegalHold, Ground: "17-3-e", Custodian: "legal", Note: "case", Expiry: clock.Now().AddDate(0, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	want := audit.ObjectOf(audit.KindHold, held)
	if o, there := occasion(t, s, db.HoldWaits); !there || o.Object != want || !slices.Equal(o.Not, []string{string(u.Actor())}) {
		t.Errorf("%+v %v", o, there)
	}
	number, err := s.SubmitTicket(t.Context(), u.Actor(), db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "mail", Received: clock.Now(), IDs: []label.ID{dbtest.ID(t, "anna")}})
	if err == nil {
		err = s.AssignTicket(t.Context(), u.Actor(), number, u.Number)
	}
	if err == nil {
		err = s.PrepareAnswer(t.Context(), u.Actor(), number, "en")
	}
	if err != nil {
		t.Fatal(err)
	}
	if o, there := occasion(t, s, db.AnswerWaits); !there || o.Object != audit.ObjectOf(audit.KindTicket, number) || !slices.Contains(o.Not, string(u.Actor())) {
		t.Errorf("%+v %v", o, there)
	}
	if _, there := occasion(t, s, db.TicketSoon); there {
		t.Error("a ticket of today is due soon")
	}
	clock.Pass(27 * 24 * time.Hour)
	if o, there := occasion(t, s, db.TicketSoon); !there || o.Only != u.Number || o.Object != audit.ObjectOf(audit.KindTicket, number) {
		t.Errorf("%+v %v", o, there)
	}
	clock.Pass(8 * 24 * time.Hour)
	if _, there := occasion(t, s, db.TicketSoon); there {
		t.Error("an overdue ticket is due soon")
	}
	if o, there := occasion(t, s, db.TicketOverdue); !there || o.Only != u.Number {
		t.Errorf("%+v %v", o, there)
	}
	if err := s.WithdrawTicket(t.Context(), u.Actor(), number); err != nil {
		t.Fatal(err)
	}
	if _, there := occasion(t, s, db.TicketOverdue); there {
		t.Error("a ticket that is over is overdue")
	}
	if _, there := occasion(t, s, db.AnswerWaits); there {
		t.Error("the answer to a ticket that is over waits to be released")
	}
}

// TestNoOccasionWhileTheClockStands: a ticket whose clock stands, because the person has to answer, is not due soon.
func TestNoOccasionWhileTheClockStands(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	if _, err := s.SetLimit(t.Context(), officer, db.LimitPause, 1); err != nil {
		t.Fatal(err)
	}
	clock.Pass(2 * 24 * time.Hour)
	number, err := s.SubmitTicket(t.Context(), support, db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "mail", Received: clock.Now(), IDs: []label.ID{dbtest.ID(t, "anna")}})
	if err != nil {
		t.Fatal(err)
	}
	clock.Pass(29 * 24 * time.Hour)
	if _, there := occasion(t, s, db.TicketSoon); !there {
		t.Error("a ticket with some days left is not due soon")
	}
	if err := s.AskPerson(t.Context(), support, number, ticket.ForIdentity); err != nil {
		t.Fatal(err)
	}
	if o, there := occasion(t, s, db.TicketSoon); there {
		t.Errorf("it is due soon while its clock stands: %+v", o)
	}
}
