package db_test

import (
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/ticket"
)

// numbers are those of a list, page by page of two.
func (d *desk) numbers(q db.TicketQuery) (out []int64) {
	d.t.Helper()
	for q.Limit = 2; ; {
		page, err := d.Tickets(ctx, q)
		must(d.t, err)
		for _, v := range page {
			out = append(out, v.Number)
		}
		if len(page) < q.Limit {
			return out
		}
		q.After = db.PlaceOfTicket(page[len(page)-1])
	}
}

// several opens tickets that differ in what they are filtered by, a day after each other; they are due in the order of their numbers.
func several(t *testing.T) *desk {
	d := openDesk(t)
	for i, n := range []db.NewTicket{
		{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "mail"},
		{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "phone", Assignee: d.user(db.RoleSupport)},
		{Right: ticket.Objection, Regime: ticket.EU, Region: "eu", Channel: "phone", Assignee: d.user(db.RoleOfficer)},
		{Right: ticket.Access, Regime: ticket.UK, Region: "non-eu", Channel: "web", Assignee: d.user(db.RoleSupport)},
		{Right: ticket.Erasure, Regime: ticket.EU, Region: "eu", Channel: "post"},
	} {
		if i > 0 {
			d.clock.Pass(25 * time.Hour)
		}
		n.Received = d.clock.Now()
		_, err := d.SubmitTicket(ctx, audit.ActorOf("user", d.user(db.RoleSupport)), n)
		must(t, err)
	}
	must(t, d.WithdrawTicket(ctx, audit.ActorOf("user", d.user(db.RoleOfficer)), 5))
	return d
}

// TestTicketFilters: each filter leaves what it says, alone and with others, over pages.
func TestTicketFilters(t *testing.T) {
	d := several(t)
	for name, c := range map[string]struct {
		q    db.TicketQuery
		want []int64
	}{
		"none":              {db.TicketQuery{}, []int64{1, 2, 3, 4}},
		"right":             {db.TicketQuery{Right: ticket.Access}, []int64{1, 2, 4}},
		"regime":            {db.TicketQuery{Regime: ticket.UK}, []int64{4}},
		"region":            {db.TicketQuery{Region: "eu"}, []int64{1, 2, 3}},
		"channel":           {db.TicketQuery{Channel: "phone"}, []int64{2, 3}},
		"state":             {db.TicketQuery{State: ticket.Open}, []int64{1}},
		"one person":        {db.TicketQuery{Assignee: d.user(db.RoleSupport)}, []int64{2, 4}},
		"nobody":            {db.TicketQuery{Nobody: true}, []int64{1}},
		"several":           {db.TicketQuery{Right: ticket.Access, Assignee: d.user(db.RoleSupport), Channel: "web"}, []int64{4}},
		"ended":             {db.TicketQuery{View: db.TicketsEnded, Channel: "post"}, []int64{5}},
		"ended, another":    {db.TicketQuery{View: db.TicketsEnded, Channel: "phone"}, nil},
		"all, newest first": {db.TicketQuery{View: db.TicketsAll}, []int64{5, 4, 3, 2, 1}},
		"due, not soon":     {db.TicketQuery{Within: 24 * time.Hour}, nil},
		"no such right":     {db.TicketQuery{Right: "beer"}, nil},
	} {
		if got := d.numbers(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: tickets %v, want %v", name, got, c.want)
		}
	}
	first := d.ticket(1)
	d.clock.Pass(first.Due.Sub(d.clock.Now()) - time.Hour)
	if got := d.numbers(db.TicketQuery{Within: 24 * time.Hour}); !slices.Equal(got, []int64{1}) {
		t.Errorf("an hour before the first is due: %v", got)
	}
	d.clock.Pass(2 * time.Hour)
	if got := d.numbers(db.TicketQuery{Within: 24 * time.Hour}); slices.Contains(got, 1) {
		t.Errorf("an hour after the first was due it is due within a day: %v", got)
	}
}

// TestTicketChoices: what a choice says that it leaves is what it leaves, with every other filter as it is.
func TestTicketChoices(t *testing.T) {
	d := several(t)
	d.clock.Pass(d.ticket(1).Due.Sub(d.clock.Now()) - time.Hour)
	me := d.user(db.RoleSupport)
	for _, q := range []db.TicketQuery{{}, {Right: ticket.Access}, {Assignee: me}, {Nobody: true}, {Right: ticket.Access, Channel: "phone"}, {View: db.TicketsEnded}, {View: db.TicketsSoon, Regime: ticket.EU},
		{Within: 7 * 24 * time.Hour}, {View: db.TicketsAll, State: ticket.Open}} {
		c, err := d.ChooseTickets(ctx, q)
		must(t, err)
		same := func(what string, said int64, change func(*db.TicketQuery)) {
			p := q
			change(&p)
			if n := int64(len(d.numbers(p))); n != said {
				t.Errorf("%+v: %s is said to leave %d tickets and leaves %d", q, what, said, n)
			}
		}
		for _, r := range ticket.Rights {
			same(string(r), c.Right[string(r)], func(p *db.TicketQuery) { p.Right = r })
		}
		for state := range ticket.Moves {
			same(string(state), c.State[string(state)], func(p *db.TicketQuery) { p.State = state })
		}
		for _, v := range ticket.Regimes {
			same(v, c.Regime[v], func(p *db.TicketQuery) { p.Regime = v })
		}
		for _, v := range ticket.Regions {
			same(v, c.Region[v], func(p *db.TicketQuery) { p.Region = v })
		}
		for _, v := range ticket.Channels {
			same(v, c.Channel[v], func(p *db.TicketQuery) { p.Channel = v })
		}
		same("mine", c.Assignee[me], func(p *db.TicketQuery) { p.Assignee, p.Nobody = me, false })
		same("nobody", c.Assignee[0], func(p *db.TicketQuery) { p.Assignee, p.Nobody = 0, true })
		for _, w := range db.TicketWindows {
			same(w.String(), c.Within[w], func(p *db.TicketQuery) { p.Within = w })
		}
	}
}

// TestFindTickets: a ticket is found by its number, an ID, a reference as lists show it, and the name of its program; by an ID only for those
// who may look for one.
func TestFindTickets(t *testing.T) {
	d := openDesk(t)
	one := d.open(ticket.Access, "cust_8842")
	two := d.open(ticket.Objection, "cust_8842", "cust_9000")
	subjects, err := d.TicketSubjects(ctx, two)
	must(t, err)
	ref := subjects[1].Reference
	_, key, err := d.AddKey(ctx, "operator", db.NewKey{Name: "desk", Scopes: []string{db.ScopeTickets}})
	must(t, err)
	three, err := d.FileTicket(ctx, db.Filing{Key: key, Token: "case/77", Asked: []byte("{}"), NewTicket: db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "api", Received: d.clock.Now()}})
	must(t, err)
	for _, c := range []struct {
		typed string
		ids   bool
		want  []int64
	}{
		{"cust_8842", true, []int64{two, one}}, {"cust_8842", false, nil}, {"CUST_8842", true, nil}, {"cust_9000", true, []int64{two}},
		{ref[:12], false, []int64{two}}, {"ref " + ref[:12], true, []int64{two}}, {ref[:6], true, nil}, {ref, false, []int64{two}}, {"case/77", false, []int64{three}}, {"case/78", true, nil}, {"", true, nil},
	} {
		list, err := d.FindTickets(ctx, db.TicketSearch{Text: c.typed, IDs: c.ids}, 10)
		must(t, err)
		var got []int64
		for _, v := range list {
			got = append(got, v.Number)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q (customer IDs: %v) finds %v, want %v", c.typed, c.ids, got, c.want)
		}
	}
	for typed, want := range map[string]int64{"7": 7, "#7": 7, "cust_7": 0, "-7": 0, "": 0} {
		if got := (db.TicketSearch{Text: typed}).Number(); got != want {
			t.Errorf("%q means ticket %d, want %d", typed, got, want)
		}
	}
}
