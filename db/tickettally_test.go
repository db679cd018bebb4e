package db_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/ticket"
)

// fitting are the tickets that a query is about, each looked at by itself, in the words of what its fields mean.
func fitting(all []db.Ticket, q db.TicketQuery, now time.Time) (out []db.Ticket) {
	for _, v := range all {
		runs, aside := !v.State.Ended() && !v.Stands, !v.State.Ended() && v.Stands || v.State == ticket.Abandoned || v.State == ticket.Merged
		in := map[db.TicketView]bool{db.TicketsRunning: runs, db.TicketsSoon: runs && !v.Due.Before(now) && v.Due.Before(now.AddDate(0, 0, 7)), db.TicketsOverdue: runs && v.Due.Before(now),
			db.TicketsAside: aside, db.TicketsEnded: v.State.Ended() && !aside, db.TicketsAll: true}[q.View]
		within := q.Within == 0 || runs && !v.Due.Before(now) && v.Due.Before(now.Add(q.Within))
		if in && within && (q.Right == "" || q.Right == v.Right) && (q.Regime == "" || q.Regime == v.Regime) && (q.Region == "" || q.Region == v.Region) && (q.Channel == "" || q.Channel == v.Channel) &&
			(q.State == "" || q.State == v.State) && (q.Assignee == 0 || q.Assignee == v.Assignee) && (!q.Nobody || v.Assignee == 0) {
			out = append(out, v)
		}
	}
	return out
}

// choicesByHand asks for each choice of each filter by itself.
func choicesByHand(all []db.Ticket, q db.TicketQuery, now time.Time) (c db.TicketChoices) {
	other := func(change func(*db.TicketQuery)) []db.Ticket {
		p := q
		change(&p)
		return fitting(all, p, now)
	}
	c.Right = tally(other(func(p *db.TicketQuery) { p.Right = "" }), func(v db.Ticket) string { return string(v.Right) })
	c.State = tally(other(func(p *db.TicketQuery) { p.State = "" }), func(v db.Ticket) string { return string(v.State) })
	c.Regime = tally(other(func(p *db.TicketQuery) { p.Regime = "" }), func(v db.Ticket) string { return v.Regime })
	c.Region = tally(other(func(p *db.TicketQuery) { p.Region = "" }), func(v db.Ticket) string { return v.Region })
	c.Channel = tally(other(func(p *db.TicketQuery) { p.Channel = "" }), func(v db.Ticket) string { return v.Channel })
	c.Assignee = tally(other(func(p *db.TicketQuery) { p.Assignee, p.Nobody = 0, false }), func(v db.Ticket) int64 { return v.Assignee })
	c.Within = map[time.Duration]int64{}
	for _, w := range db.TicketWindows {
		if n := len(other(func(p *db.TicketQuery) { p.Within = w })); n > 0 {
			c.Within[w] = int64(n)
		}
	}
	return c
}

func tally[K comparable](list []db.Ticket, of func(db.Ticket) K) map[K]int64 {
	out := map[K]int64{}
	for _, v := range list {
		out[of(v)]++
	}
	return out
}

// some leaves out the choices that leave nothing: whether they are named makes no difference.
func some[K comparable](in map[K]int64) map[K]int64 {
	maps.DeleteFunc(in, func(_ K, n int64) bool { return n == 0 })
	return in
}

func someOf(c db.TicketChoices) db.TicketChoices {
	return db.TicketChoices{Right: some(c.Right), State: some(c.State), Regime: some(c.Regime), Region: some(c.Region), Channel: some(c.Channel), Assignee: some(c.Assignee), Within: some(c.Within)}
}

// tabsByHand counts the views and who has the running ones.
func tabsByHand(all []db.Ticket, mine int64, now time.Time) (c db.TicketCounts) {
	for view, n := range map[db.TicketView]*int64{db.TicketsRunning: &c.Running, db.TicketsSoon: &c.Soon, db.TicketsOverdue: &c.Overdue, db.TicketsAside: &c.Aside, db.TicketsEnded: &c.Ended} {
		*n = int64(len(fitting(all, db.TicketQuery{View: view}, now)))
	}
	c.Mine, c.Nobody = int64(len(fitting(all, db.TicketQuery{Assignee: mine}, now))), int64(len(fitting(all, db.TicketQuery{Nobody: true}, now)))
	if running := fitting(all, db.TicketQuery{}, now); len(running) > 0 {
		c.OldestDue = slices.MinFunc(running, func(a, b db.Ticket) int { return a.Due.Compare(b.Due) }).Due
	}
	return c
}

// openByHand counts the open tickets of a law and right by when they are due.
func openByHand(all []db.Ticket, q db.TicketStatsQuery, now time.Time) (out []db.OpenTickets) {
	for _, right := range ticket.Rights {
		o := db.OpenTickets{Right: right, States: map[ticket.State]int64{}}
		for _, v := range all {
			if v.Right != right || v.State.Ended() || q.Right != "" && q.Right != right || q.Regime != "" && q.Regime != v.Regime {
				continue
			}
			o.States[v.State]++
			*bandOf(&o, v, now)++
		}
		if o.Open() > 0 {
			out = append(out, o)
		}
	}
	return out
}

// bandOf is what a ticket is counted under, by the days that it has left.
func bandOf(o *db.OpenTickets, v db.Ticket, now time.Time) *int64 {
	switch left := v.Due.Sub(now).Hours() / 24; {
	case v.Stands:
		return &o.Stand
	case left < 0:
		return &o.Overdue
	case left < 7:
		return &o.Week
	case left < 21:
		return &o.Fortnight
	case left < 31:
		return &o.Month
	}
	return &o.Later
}

// TestTicketTally: whatever tickets have lived through, and whenever it is asked, what is counted from the tally is what each ticket by itself says.
func TestTicketTally(t *testing.T) {
	d := openDesk(t)
	if _, err := d.SetLimit(ctx, officer, db.LimitPause, 1); err != nil { // from tomorrow on a question stops the clock of the EU GDPR too
		t.Fatal(err)
	}
	people := []int64{0, d.user(db.RoleSupport), d.user(db.RoleOfficer)}
	cases := 0
	rapid.Check(t, func(r *rapid.T) {
		cases++
		for _, n := range d.lives(r, fmt.Sprintf("c%d", cases)) {
			if err := d.AssignTicket(ctx, support, n, rapid.SampledFrom(people).Draw(r, "assignee")); err != nil && err != db.ErrMoved {
				r.Fatal(err)
			}
			if rapid.Bool().Draw(r, "asked at last") { // so that some clocks stand when it is counted
				if err := d.AskPerson(ctx, support, n, ticket.ForIdentity); err != nil && err != db.ErrMoved {
					r.Fatal(err)
				}
			}
		}
		all, err := d.Tickets(ctx, db.TicketQuery{View: db.TicketsAll, Limit: 10000})
		if err != nil {
			r.Fatal(err)
		}
		d.tallied(r, all, people[1])
	})
	dbtest.Agrees(t, d.Store)
}

// tallied asks for something at random and counts it by hand.
func (d *desk) tallied(r *rapid.T, all []db.Ticket, mine int64) {
	now := d.clock.Now()
	q := db.TicketQuery{View: rapid.SampledFrom([]db.TicketView{"", "", db.TicketsSoon, db.TicketsOverdue, db.TicketsAside, db.TicketsEnded, db.TicketsAll, db.TicketsAll}).Draw(r, "view"),
		Right:  rapid.SampledFrom([]ticket.Right{"", "", ticket.Access, ticket.Erasure}).Draw(r, "right of"),
		Regime: rapid.SampledFrom([]string{"", "", ticket.EU, ticket.CCPA}).Draw(r, "law"), State: rapid.SampledFrom([]ticket.State{"", "", "", ticket.Open, ticket.InProgress, ticket.Waiting}).Draw(r, "state"),
		Channel: rapid.SampledFrom([]string{"", "", "mail", "post"}).Draw(r, "channel"), Region: rapid.SampledFrom([]string{"", "", "eu", "non-eu"}).Draw(r, "region"),
		Assignee: rapid.SampledFrom([]int64{0, 0, mine}).Draw(r, "with"), Within: rapid.SampledFrom(append(db.TicketWindows, 0, 0, 0, 0)).Draw(r, "within")}
	q.Nobody = q.Assignee == 0 && rapid.Bool().Draw(r, "nobody")
	choices, err := d.ChooseTickets(ctx, q)
	if want := choicesByHand(all, q, now); err != nil || !reflect.DeepEqual(someOf(choices), someOf(want)) {
		r.Fatalf("%+v leaves\n%+v (%v), by hand\n%+v", q, choices, err, want)
	}
	tabs, err := d.CountTickets(ctx, mine)
	if want := tabsByHand(all, mine, now); err != nil || !reflect.DeepEqual(tabs, want) {
		r.Fatalf("the tabs are\n%+v (%v), by hand\n%+v", tabs, err, want)
	}
	of := db.TicketStatsQuery{Regime: q.Regime, Right: q.Right}
	open, err := d.OpenTickets(ctx, of)
	if want := openByHand(all, of, now); err != nil || !reflect.DeepEqual(open, want) {
		r.Fatalf("open are\n%+v (%v), by hand\n%+v", open, err, want)
	}
}
