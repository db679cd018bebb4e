package db_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/clock"
	"quittance/db/dbtest"
	"quittance/db/label"
	"quittance/db/ticket"
)

// told is a ticket as its audit entries and its page tell it.
type told struct {
	right, regime, ended, day string
	outcome                   ticket.Outcome
	days                      int
	late, extended, stood     bool
}

var ticketZones = map[string]string{"DE": "Europe/Berlin", "US": "America/Los_Angeles", "PT": "Europe/Lisbon", "": "UTC", "ccpa": "America/Los_Angeles", "uk-gdpr": "Europe/London"}

func naiveZone(t *rapid.T, v db.Ticket) *time.Location {
	name := ticketZones[v.Country]
	if v.Country == "" && v.Regime != ticket.EU {
		name = ticketZones[v.Regime]
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// toldOf reads the history of a ticket out of the audit trail: how it ended last, and what was asked last.
func (d *desk) toldOf(t *rapid.T, number int64) told {
	entries, err := d.AuditEntries(ctx, db.AuditQuery{Object: audit.ObjectOf(audit.KindTicket, number), Oldest: true, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	v := d.ticket(number)
	out := told{right: string(v.Right), regime: v.Regime, day: v.Day, outcome: ticket.Pending}
	asked, ended := "", time.Time{}
	for _, e := range entries {
		leaf, err := audit.Parse(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		switch e.Event {
		case audit.TicketReopened:
			out.outcome, ended = ticket.Pending, time.Time{}
		case audit.TicketWaiting:
			asked = ticket.Pauses[leaf.Counts[audit.CountReason]-1]
		case audit.TicketExtended:
			out.extended = true
		case audit.TicketAnswered:
			out.outcome, ended = ticket.Fulfilled, e.Time
		case audit.TicketRefused:
			out.outcome, ended = ticket.Denied, e.Time
		case audit.TicketWithdrawn:
			out.outcome, ended = ticket.TakenBack, e.Time
		case audit.TicketMerged:
			out.outcome, ended = ticket.Twice, e.Time
		case audit.TicketAbandoned:
			out.outcome, ended = ticket.GivenUp, e.Time
			if asked == ticket.ForIdentity {
				out.outcome = ticket.Unverified
			}
		}
	}
	if !ended.IsZero() {
		out.ended = ended.In(naiveZone(t, v)).Format(time.DateOnly)
		for day, _ := time.Parse(time.DateOnly, v.Day); day.Format(time.DateOnly) < out.ended; day = day.AddDate(0, 0, 1) {
			out.days++
		}
		out.late = d.clockOf(number).State == clock.EndedLate
	}
	pauses, err := d.TicketPauses(ctx, number)
	out.stood = err == nil && slices.ContainsFunc(pauses, func(p db.TicketPause) bool { return p.Stops })
	return out
}

// lives lets tickets come, wait, be extended, end, be taken up again and be merged, in any order that the house allows.
func (d *desk) lives(r *rapid.T, name string) (all []int64) {
	right := rapid.SampledFrom(ticket.Rights).Draw(r, "right")
	for i := range rapid.IntRange(1, 3).Draw(r, "tickets") {
		ago := time.Duration(rapid.IntRange(0, 50*24).Draw(r, "hours ago")) * time.Hour
		if i > 0 {
			ago = 0
		}
		n := db.NewTicket{Right: right, Regime: rapid.SampledFrom(ticket.Regimes).Draw(r, "regime"), Region: "eu", Country: rapid.SampledFrom([]string{"DE", "US", "PT", ""}).Draw(r, "country"),
			Channel: "mail", Received: d.clock.Now().Add(-ago)}
		n.Day = n.Received.In(naiveZone(r, db.Ticket{Regime: n.Regime, Country: n.Country})).Format(time.DateOnly)
		n.IDs = []label.ID{dbtest.ID(d.t, name)}
		number, err := d.SubmitTicket(ctx, support, n)
		if err != nil {
			r.Fatal(err)
		}
		all = append(all, number)
		for range rapid.IntRange(0, 6).Draw(r, "acts") {
			d.clock.Pass(time.Duration(rapid.IntRange(0, 20*24).Draw(r, "hours")) * time.Hour)
			if err := d.acts(r, number, all[0]); err != nil && !errors.Is(err, db.ErrMoved) && !errors.Is(err, db.ErrNoDuplicate) && !errors.Is(err, db.ErrMergeOrder) {
				r.Fatal(err)
			}
		}
	}
	return all
}

func (d *desk) acts(r *rapid.T, number, first int64) error {
	switch rapid.IntRange(0, 8).Draw(r, "act") {
	case 0, 1:
		return d.AskPerson(ctx, support, number, rapid.SampledFrom(ticket.Pauses).Draw(r, "why"))
	case 2:
		return d.ResumeTicket(ctx, support, number)
	case 3:
		return d.ExtendTicket(ctx, support, number, db.Extension{Why: "both", Reasons: "many", On: d.clock.Now()})
	case 4:
		return d.answered(number)
	case 5:
		return d.RefuseTicket(ctx, officer, number, "12-2", db.Told{Explanation: "we do not know you"})
	case 6:
		return rapid.SampledFrom([]func() error{func() error { return d.WithdrawTicket(ctx, support, number) }, func() error { return d.AbandonTicket(ctx, support, number) }}).Draw(r, "end")()
	case 7:
		return d.ReopenTicket(ctx, support, number)
	}
	return d.MergeTicket(ctx, support, number, first)
}

// The statistics of any period say what a reader of the audit trail counts by hand, ticket by ticket; whether an answer was late is what the
// page of its ticket says.
func TestTicketStatisticsAgree(t *testing.T) {
	d := openDesk(t)
	if _, err := d.SetLimit(ctx, officer, db.LimitPause, 1); err != nil { // from tomorrow on a question stops the clock of the EU GDPR too
		t.Fatal(err)
	}
	all := map[int64]told{} // what has become of a ticket is over before the next ones live
	cases := 0
	rapid.Check(t, func(r *rapid.T) {
		cases++
		for _, n := range d.lives(r, fmt.Sprintf("c%d", cases)) {
			all[n] = d.toldOf(r, n)
		}
		from := d.clock.Now().AddDate(0, 0, -rapid.IntRange(0, 200).Draw(r, "from"))
		q := db.TicketStatsQuery{Period: ticket.Period{From: from.Format(time.DateOnly), To: from.AddDate(0, 0, rapid.IntRange(0, 200).Draw(r, "to")).Format(time.DateOnly)},
			Regime: rapid.SampledFrom([]string{"", ticket.EU, ticket.CCPA}).Draw(r, "regime"), Right: rapid.SampledFrom([]ticket.Right{"", "", ticket.Access}).Draw(r, "right")}
		d.agree(r, q, all)
	})
}

// agree holds the statistics of the tickets against their histories. Of those that are open only what they are asked for, by what law and when counts.
func (d *desk) agree(r *rapid.T, q db.TicketStatsQuery, all map[int64]told) {
	facts, err := d.TicketFacts(ctx, q)
	if err != nil {
		r.Fatal(err)
	}
	var want, got []told
	for _, v := range all {
		if v.outcome == ticket.Pending {
			v.extended, v.stood = false, false
		}
		if (q.Has(v.day) || q.Has(v.ended)) && (q.Regime == "" || q.Regime == v.regime) && (q.Right == "" || string(q.Right) == v.right) {
			want = append(want, v)
		}
	}
	for _, f := range facts {
		one := told{string(f.Right), f.Regime, f.Ended, f.Received, f.Outcome, f.Days, f.Late, f.Extended, f.Stood}
		got = append(got, slices.Repeat([]told{one}, int(1+f.More))...)
	}
	for _, list := range [][]told{got, want} {
		slices.SortFunc(list, func(a, b told) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	if !slices.Equal(got, want) {
		r.Fatalf("the statistics have\n%+v\nthe trail has\n%+v", got, want)
	}
	sameSum(r, ticket.Total(facts, func(ticket.Fact) bool { return true }), want)
}

// sameSum counts by hand.
func sameSum(r *rapid.T, got ticket.Sum, all []told) {
	var days []int
	var tickets, late, total int64
	for _, v := range all {
		if v.outcome != ticket.Twice {
			tickets++
		}
		if v.outcome == ticket.Fulfilled || v.outcome == ticket.Denied {
			days, total = append(days, v.days), total+int64(v.days)
			if v.late {
				late++
			}
		}
	}
	if got.Tickets != tickets || got.Answered != int64(len(days)) || got.Late != late || got.InTime() != int64(len(days))-late {
		r.Fatalf("%+v, by hand %d tickets, %d answered, %d late", got, tickets, len(days), late)
	}
	if len(days) == 0 {
		return
	}
	slices.Sort(days)
	middle := float64(days[len(days)/2])
	if len(days)%2 == 0 {
		middle = (middle + float64(days[len(days)/2-1])) / 2
	}
	if mean := float64(total) / float64(len(days)); got.Median != middle || math.Abs(got.Mean-mean) > .0501 || got.Longest != days[len(days)-1] {
		r.Fatalf("%+v, by hand median %g, mean %g of %v", got, middle, mean, days)
	}
}

// An answer from which something was left out is one in part.
func TestTicketAnsweredInPart(t *testing.T) {
	d, n := prepared(t)
	must(t, d.Redact(ctx, preparer, n, answer.Redaction{Words: "bob canary", Reason: "other-person"}))
	outcome := func() ticket.Outcome {
		facts, err := d.TicketFacts(ctx, db.TicketStatsQuery{})
		if err != nil || len(facts) != 1 {
			t.Fatal(facts, err)
		}
		return facts[0].Outcome
	}
	if got := outcome(); got != ticket.Pending {
		t.Error("before it is sent:", got)
	}
	must(t, d.ReleaseAnswer(ctx, releaser, n, true))
	_, _, err := d.OpenWay(ctx, releaser, n, db.ByLink)
	must(t, err, d.SendAnswer(ctx, releaser, n))
	if got := outcome(); got != ticket.InPart {
		t.Error("sent with something left out:", got)
	}
}

// An erasure that was refused leaves its ticket answered in part, until another one of the same ID is done.
func TestTicketErasedInPart(t *testing.T) {
	d := openDesk(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "one", "anna"))
	n := d.open(ticket.Erasure, "anna")
	must(t, d.SubmitTicketErasures(ctx, support, n, db.Proposal{Ground: "17-1-b"}))
	links, err := d.TicketLinks(ctx, n)
	if err != nil || len(links) != 1 {
		t.Fatal(links, err)
	}
	must(t, d.RefuseErasure(ctx, officer, links[0].Number, "17-3-e", db.Told{Explanation: "a claim is open"}))
	must(t, d.answered(n))
	facts, err := d.TicketFacts(ctx, db.TicketStatsQuery{})
	if err != nil || len(facts) != 1 || facts[0].Outcome != ticket.InPart {
		t.Fatal(facts, err)
	}
}

// What was done counts while the ticket is answered so, and no longer.
func TestTicketDone(t *testing.T) {
	d := openDesk(t)
	n := d.open(ticket.Objection, "anna")
	done := func() string {
		facts, err := d.TicketFacts(ctx, db.TicketStatsQuery{})
		if err != nil || len(facts) != 1 {
			t.Fatal(facts, err)
		}
		return facts[0].Done
	}
	must(t, d.AnswerTicket(ctx, officer, n, "21-3"))
	if got := done(); got != "21-3" {
		t.Errorf("answered with 21-3, it counts as %q", got)
	}
	must(t, d.ReopenTicket(ctx, officer, n))
	if got := done(); got != "" {
		t.Errorf("taken up again, it counts as %q", got)
	}
}

// asked opens a ticket under a law, received now where it is.
func (d *desk) asked(regime, country string) int64 {
	n, err := d.SubmitTicket(ctx, support, db.NewTicket{Right: ticket.Access, Regime: regime, Region: "eu", Country: country, Channel: "mail", Received: d.clock.Now()})
	must(d.t, err)
	return n
}

// Of tickets of one day, the one whose clock stood for ten days and the one that was extended are in time, the others late, whichever is read first.
func TestTicketsOfOneDay(t *testing.T) {
	d := openDesk(t)
	all := []int64{d.asked(ticket.UK, "GB"), d.asked(ticket.UK, "GB"), d.asked(ticket.UK, "GB"), d.asked(ticket.UK, "GB")}
	must(t, d.ExtendTicket(ctx, support, all[3], db.Extension{Why: "both", Reasons: "many", On: d.clock.Now()}))
	must(t, d.AskPerson(ctx, support, all[1], ticket.ForIdentity))
	d.days(10)
	must(t, d.ResumeTicket(ctx, support, all[1]))
	d.days(26)
	for _, n := range all {
		must(t, d.answered(n))
	}
	facts, err := d.TicketFacts(ctx, db.TicketStatsQuery{})
	if err != nil || len(facts) != 4 || !facts[0].Late || facts[1].Late || !facts[1].Stood || !facts[2].Late || facts[3].Late || !facts[3].Extended || facts[1].Days != 36 {
		t.Errorf("%+v, %v", facts, err)
	}
}

// What the person was asked last decides whether they are unverified.
func TestTicketUnverified(t *testing.T) {
	d := openDesk(t)
	for _, why := range [][]string{{ticket.ForFee, ticket.ForIdentity}, {ticket.ForIdentity, ticket.ForFee}} {
		n := d.asked(ticket.EU, "DE")
		for _, w := range why {
			must(t, d.AskPerson(ctx, support, n, w), d.ResumeTicket(ctx, support, n))
		}
		must(t, d.AbandonTicket(ctx, support, n))
	}
	facts, err := d.TicketFacts(ctx, db.TicketStatsQuery{})
	if err != nil || len(facts) != 2 || facts[0].Outcome != ticket.Unverified || facts[1].Outcome != ticket.GivenUp {
		t.Errorf("%+v, %v", facts, err)
	}
}

// The evening of a day in California is the next day in UTC: a period is by the ticket's calendar.
func TestTicketEndedInItsZone(t *testing.T) {
	d := openDesk(t)
	n := d.asked(ticket.CCPA, "US")
	d.clock.Pass(time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC).Sub(d.clock.Now()))
	must(t, d.answered(n))
	for day, want := range map[string]int{"2026-03-31": 1, "2026-04-01": 0} {
		facts, err := d.TicketFacts(ctx, db.TicketStatsQuery{Period: ticket.Period{From: day, To: day}})
		if err != nil || len(facts) != want || want == 1 && facts[0].Ended != day {
			t.Errorf("%s: %+v, %v", day, facts, err)
		}
	}
}

// Open tickets stand under when they are due, and those whose clock stands apart; what is over stands nowhere.
func TestOpenTickets(t *testing.T) {
	d := openDesk(t)
	if _, err := d.SetLimit(ctx, officer, db.LimitPause, 1); err != nil {
		t.Fatal(err)
	}
	d.days(2)
	overdue, stands := d.open(ticket.Access, "anna"), d.open(ticket.Access, "ben")
	must(t, d.AskPerson(ctx, support, stands, ticket.ForIdentity))
	d.days(20)
	week := d.open(ticket.Access, "carl")
	d.days(13)
	d.open(ticket.Access, "gerd") // 18 days left, when all are counted
	d.days(12)
	fresh := d.open(ticket.Erasure, "dora")
	must(t, d.ExtendTicket(ctx, support, d.open(ticket.Erasure, "emil"), db.Extension{Why: "both", Reasons: "many", On: d.clock.Now()}))
	must(t, d.answered(d.open(ticket.Access, "frida")))
	got, err := d.OpenTickets(ctx, db.TicketStatsQuery{})
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	if a := got[0]; a.Right != ticket.Access || a.Overdue != 1 || a.Week != 1 || a.Fortnight != 1 || a.Stand != 1 || a.Open() != 4 || a.States[ticket.Waiting] != 1 || a.States[ticket.Open] != 3 {
		t.Errorf("tickets %d, %d, %d: %+v", overdue, week, stands, a)
	}
	if e := got[1]; e.Right != ticket.Erasure || e.Month != 1 || e.Later != 1 || e.Open() != 2 {
		t.Errorf("ticket %d and an extended one: %+v", fresh, e)
	}
	if got, err := d.OpenTickets(ctx, db.TicketStatsQuery{Regime: ticket.UK}); err != nil || len(got) != 0 {
		t.Error("under another law:", got, err)
	}
}

// The yearly metrics are of whole calendar years, whatever days were asked for.
func TestTicketYears(t *testing.T) {
	d := openDesk(t)
	n, err := d.SubmitTicket(ctx, support, db.NewTicket{Right: ticket.Erasure, Regime: ticket.CCPA, Region: "non-eu", Country: "US", Channel: "web", Received: d.clock.Now()})
	must(t, err)
	d.days(12)
	must(t, d.answered(n))
	years, err := d.TicketYears(ctx, ticket.Period{From: "2026-11-30", To: "2026-11-30"})
	if err != nil || len(years) != 3 || years[0].Sum.Tickets != 1 || years[0].Complied() != 1 || years[0].Sum.Median != 12 {
		t.Error(years, err)
	}
	if years, err := d.TicketYears(ctx, ticket.Period{From: "2025-01-01", To: "2025-12-31"}); err != nil || len(years) != 0 {
		t.Error("a year without any:", years, err)
	}
	if day, err := d.TicketsReceived(ctx); err != nil || day != "2026-03-02" {
		t.Error(day, err)
	}
}

// answered ends a ticket with the first outcome that its right has.
func (d *desk) answered(n int64) error {
	v, err := d.Ticket(ctx, n)
	if err != nil {
		return err
	}
	outcome := ""
	if all := ticket.OutcomesOf(v.Right); len(all) > 0 {
		outcome = all[0]
	}
	return d.AnswerTicket(ctx, officer, n, outcome)
}
