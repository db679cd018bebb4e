package db_test

import (
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/clock"
	"quittance/db/ticket"
)

// days passes whole days.
func (d *desk) days(n int) { d.clock.Pass(time.Duration(n) * 24 * time.Hour) }

func (d *desk) due(number int64) string {
	return d.ticket(number).Due.Format("2006-01-02 15:04")
}

func (d *desk) clockOf(number int64) clock.Clock {
	d.t.Helper()
	pauses, err := d.TicketPauses(ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	k, err := db.TicketClock(d.ticket(number), pauses, d.clock.Now())
	if err != nil {
		d.t.Fatal(err)
	}
	return k
}

// Received on 2 March 2026 in Germany: due at the end of 2 April there, which is still summer time's 22:00 UTC.
func TestTicketDue(t *testing.T) {
	d := openDesk(t)
	n := d.open(ticket.Access, "anna")
	if got := d.due(n); got != "2026-04-02 21:59" {
		t.Errorf("due %s", got)
	}
	must(t, d.AskPerson(ctx, support, n, ticket.ForIdentity))
	d.days(10)
	must(t, d.ResumeTicket(ctx, support, n))
	if v := d.ticket(n); d.due(n) != "2026-04-02 21:59" || v.Stands {
		t.Errorf("under the usual policy a question moved the date to %s", d.due(n))
	}
	must(t, d.ExtendTicket(ctx, support, n, db.Extension{Why: "number", Reasons: "many", On: d.clock.Now()}))
	if got := d.due(n); got != "2026-06-02 21:59" {
		t.Errorf("extended, it is due %s", got)
	}
	must(t, d.AnswerTicket(ctx, officer, n, ""))
	if v := d.ticket(n); !v.Due.IsZero() || d.clockOf(n).State != clock.EndedInTime {
		t.Errorf("%+v, %s", v.Due, d.clockOf(n).State)
	}
}

// The policy about pauses is looser when it lets the clock stand, so it waits for a day; and it changes no date that was told before.
func TestTicketPauses(t *testing.T) {
	d := openDesk(t)
	before := d.open(ticket.Access, "anna")
	must(t, d.AskPerson(ctx, support, before, ticket.ForIdentity))
	if l, err := d.SetLimit(ctx, officer, db.LimitPause, 1); err != nil || !l.Waits(d.clock.Now()) {
		t.Fatal(l, err)
	}
	d.days(2)
	n := d.open(ticket.Access, "ben") // received 4 March
	must(t, d.AskPerson(ctx, support, n, ticket.ForIdentity))
	if v := d.ticket(n); !v.Stands || d.ticket(before).Stands {
		t.Fatalf("stands %v, the one before %v", v.Stands, d.ticket(before).Stands)
	}
	d.days(10)
	must(t, d.VerifyIdentity(ctx, support, n, db.TicketIdentity{Method: "known-contact", Level: "low"}))
	if got := d.due(n); got != "2026-04-14 21:59" {
		t.Errorf("ten days stood still, and it is due %s", got)
	}
	if k := d.clockOf(n); k.Otherwise.String() != "2026-04-07" { // 4 April is a Saturday, then Easter
		t.Errorf("otherwise %s", k.Otherwise)
	}
	if k := d.clockOf(before); k.Deadline().String() != "2026-04-02" || k.Otherwise.IsZero() {
		t.Errorf("before: %s, otherwise %s", k.Deadline(), k.Otherwise)
	}
	fee := d.open(ticket.Access, "carl")
	must(t, d.AskPerson(ctx, support, fee, ticket.ForFee))
	if d.ticket(fee).Stands {
		t.Error("the EU knows no pause for a fee")
	}
}

func TestTicketLists(t *testing.T) {
	d := openDesk(t)
	late := d.open(ticket.Access, "anna")
	dup := d.open(ticket.Access, "anna")
	must(t, d.MergeTicket(ctx, support, dup, late))
	d.days(25)
	uk := db.NewTicket{Right: ticket.Erasure, Regime: ticket.UK, Region: "non-eu", Channel: "post", Received: d.clock.Now()}
	waits, err := d.SubmitTicket(ctx, support, uk)
	must(t, err)
	must(t, d.AskPerson(ctx, support, waits, ticket.ForFee))
	soon := d.open(ticket.Objection, "ben")
	over := d.open(ticket.Access, "carl")
	must(t, d.AbandonTicket(ctx, support, over), d.AssignTicket(ctx, support, soon, d.user(db.RoleSupport)))
	d.days(20)
	must(t, d.AnswerTicket(ctx, officer, d.open(ticket.Access, "dora"), ""))
	for _, c := range []struct {
		q    db.TicketQuery
		want []int64
	}{
		{db.TicketQuery{}, []int64{late, soon}},
		{db.TicketQuery{View: db.TicketsOverdue}, []int64{late}},
		{db.TicketQuery{View: db.TicketsAside}, []int64{over, waits, dup}},
		{db.TicketQuery{View: db.TicketsEnded}, []int64{over + 1}},
		{db.TicketQuery{Right: ticket.Objection}, []int64{soon}},
		{db.TicketQuery{Region: "non-eu", View: db.TicketsAside}, []int64{waits}},
		{db.TicketQuery{State: ticket.InProgress}, []int64{soon}},
		{db.TicketQuery{Assignee: d.user(db.RoleSupport)}, []int64{soon}},
		{db.TicketQuery{Nobody: true}, []int64{late}},
		{db.TicketQuery{View: "other"}, nil},
	} {
		d.lists(c.q, c.want)
	}
	counts, err := d.CountTickets(ctx, d.user(db.RoleSupport))
	if want := (db.TicketCounts{Running: 2, Overdue: 1, Aside: 3, Ended: 1, Mine: 1, Nobody: 1, OldestDue: d.ticket(late).Due}); err != nil || counts != want {
		t.Errorf("%+v, want %+v: %v", counts, want, err)
	}
	alarms, err := d.Alarms(ctx)
	if err != nil || len(alarms) == 0 || alarms[0].Kind != db.AlarmTickets || alarms[0].Object != audit.ObjectOf(audit.KindTicket, late) || alarms[0].Count != 1 {
		t.Errorf("%+v: %v", alarms, err)
	}
}

// lists reads a query page by page, one ticket each.
func (d *desk) lists(q db.TicketQuery, want []int64) {
	d.t.Helper()
	q.Limit = 1
	var got []int64
	for len(got) < 10 {
		page, err := d.Tickets(ctx, q)
		if err != nil {
			d.t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		got = append(got, page[0].Number)
		q.After = db.PlaceOfTicket(page[0])
	}
	if len(got) != len(want) {
		d.t.Errorf("%+v: %v, want %v", q, got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			d.t.Errorf("%+v: %v, want %v", q, got, want)
		}
	}
}
