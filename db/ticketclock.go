package db

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"quittance/db/clock"
	"quittance/db/ticket"
)

// TicketClock computes the legal clock of a ticket that waited as its pauses say, on the day that now is where it was received. A clock whose
// period stands still has no state but that.
func TicketClock(v Ticket, pauses []TicketPause, now time.Time) (clock.Clock, error) {
	place, zone := ticketPlace(v)
	return ticketClockIn(place, zone, v, pauses, now)
}

// ticketClockIn is TicketClock for a place and zone that were looked up before.
func ticketClockIn(place clock.Place, zone *time.Location, v Ticket, pauses []TicketPause, now time.Time) (clock.Clock, error) {
	day, err := clock.ParseDate(v.Day)
	if err != nil {
		return clock.Clock{}, fmt.Errorf("reading the day of receipt of ticket %d: %w", v.Number, err)
	}
	on := func(t time.Time) clock.Date {
		if t.IsZero() {
			return clock.Date{}
		}
		return laterDay(clock.DateIn(t, zone), day)
	}
	c := clock.Case{Regime: clock.Regime(v.Regime), Place: place, Received: day, Extended: v.Extension != "", Reason: v.Extension, Notified: on(v.Extended), Ended: on(v.Ended), Today: on(now)}
	stops := false
	for _, p := range pauses {
		stops = stops || p.Stops
	}
	for _, p := range pauses {
		if p.Stops == stops { // those that moved nothing are shown by the clock as what the other policy would give
			c.Pauses = append(c.Pauses, clock.Pause{From: on(p.Began), To: on(p.Ended), For: clock.Reason(p.Why)})
		}
	}
	c.EUPause = stops
	k, err := clock.Of(c)
	if err != nil {
		return k, fmt.Errorf("computing the clock of ticket %d: %w", v.Number, err)
	}
	return k, nil
}

// home is the country of a regime that has one.
var home = map[string]string{ticket.UK: "GB", ticket.CCPA: "US"}

// ticketPlace is where a ticket's holidays and its days come from; without a country only weekends count, and days are those of UTC.
func ticketPlace(v Ticket) (clock.Place, *time.Location) {
	country := cmp.Or(v.Country, home[v.Regime])
	place, ok := clock.PlaceOf(country, v.Division)
	if !ok {
		place, _ = clock.PlaceOf(country, "")
	}
	if country == "" {
		return place, time.UTC
	}
	zone, err := place.Zone()
	if err != nil {
		return place, time.UTC
	}
	return place, zone
}

func laterDay(a, b clock.Date) clock.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// lastMoment is the end of a day in a zone.
func lastMoment(d clock.Date, zone *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	next := d.AddDays(1)
	start, err := time.ParseInLocation(time.DateOnly, next.String(), zone)
	if err != nil {
		return time.Time{}
	}
	return start.Add(-time.Millisecond)
}

// setClock writes down by when a ticket is due as its clock has it after a change, and whether the clock stands. Lists are sorted by it.
func (t *tx) setClock(number int64) error {
	v, err := t.ticket(number)
	if err != nil {
		return err
	}
	if v.State.Ended() {
		return t.exec("UPDATE ticket SET due = NULL, notice_by = NULL, stands = 0 WHERE number = ?", number)
	}
	pauses, err := scanPauses(t.rows(pausesSQL, number))
	if err != nil {
		return err
	}
	k, err := TicketClock(v, pauses, t.now)
	if err != nil {
		return err
	}
	_, zone := ticketPlace(v)
	stands := 0
	if n := len(pauses); v.State == ticket.Waiting && n > 0 && pauses[n-1].Stops {
		stands = 1
	}
	err = t.exec("UPDATE ticket SET due = ?, notice_by = ?, stands = ? WHERE number = ?", ms(lastMoment(k.Deadline(), zone)), orNull(lastMoment(k.NoticeBy, zone)), stands, number)
	if err != nil {
		return fmt.Errorf("writing down when a ticket is due: %w", err)
	}
	return nil
}

// dueSoon is how long before its last moment a ticket is due soon.
const dueSoon = 7 * 24 * time.Hour

// TicketView says which tickets a list is about.
type TicketView string

// The views. Out of the way are duplicates, abandoned ones, and those whose clock stands until the person has answered.
const (
	TicketsRunning TicketView = ""
	TicketsSoon    TicketView = "soon"
	TicketsOverdue TicketView = "overdue"
	TicketsAside   TicketView = "aside"
	TicketsEnded   TicketView = "ended"
	TicketsAll     TicketView = "all" // whatever has become of them
)

// TicketQuery asks for tickets: running ones by when they are due, others newest first.
type TicketQuery struct {
	View     TicketView
	Right    ticket.Right // "" = all
	Regime   string
	Region   string
	Channel  string
	State    ticket.State
	Assignee int64         // 0 = whoever
	Nobody   bool          // only those that nobody has
	Within   time.Duration // due from now on and within this; 0 = whenever
	Found    *TicketSearch // only those that a search finds
	After    TicketPlace
	Limit    int
}

// TicketPlace is where a page of tickets ended: by due and number, or by number alone.
type TicketPlace struct{ Due, Number int64 }

// PlaceOfTicket is where a page ends that ends with a ticket.
func PlaceOfTicket(v Ticket) TicketPlace {
	p := TicketPlace{Number: v.Number}
	if !v.Due.IsZero() {
		p.Due = ms(v.Due)
	}
	return p
}

// viewWhere are the conditions of the views, each by an index. The clock of those that stand has no last moment that counts.
var viewWhere = map[TicketView]string{
	TicketsRunning: "k.ended IS NULL AND k.stands = 0",
	TicketsSoon:    "k.ended IS NULL AND k.stands = 0 AND k.due >= ? AND k.due < ?",
	TicketsOverdue: "k.ended IS NULL AND k.stands = 0 AND k.due < ?",
	TicketsAside: `k.number IN (SELECT number FROM ticket WHERE ended IS NULL AND stands = 1
		UNION ALL SELECT number FROM ticket WHERE ended IS NOT NULL AND state IN ('abandoned','merged'))`,
	TicketsEnded: "k.ended IS NOT NULL AND k.state IN ('answered','refused','withdrawn')",
	TicketsAll:   "1",
}

// tallyWhere are the same conditions on a row k of the tally, or of the view that it counts.
var tallyWhere = map[TicketView]string{
	TicketsRunning: "k.over = 0 AND k.stands = 0",
	TicketsSoon:    "k.over = 0 AND k.stands = 0 AND k.due >= ? AND k.due < ?",
	TicketsOverdue: "k.over = 0 AND k.stands = 0 AND k.due < ?",
	TicketsAside:   "(k.over = 0 AND k.stands = 1 OR k.over = 1 AND k.state IN ('abandoned','merged'))",
	TicketsEnded:   "k.over = 1 AND k.state IN ('answered','refused','withdrawn')",
	TicketsAll:     "1",
}

func viewArgs(v TicketView, now time.Time) []any {
	switch v {
	case TicketsSoon:
		return []any{ms(now), ms(now.Add(dueSoon))}
	case TicketsOverdue:
		return []any{ms(now)}
	}
	return nil
}

// byDue tells whether a view is read by when its tickets are due.
func (v TicketView) byDue() bool {
	return v == TicketsRunning || v == TicketsSoon || v == TicketsOverdue
}

func (q TicketQuery) where(k *keys, now time.Time) (string, []any) {
	where, args := viewWhere[q.View], viewArgs(q.View, now)
	if where == "" {
		return "0", nil
	}
	add := func(cond string, more ...any) { where, args = where+" AND "+cond, append(args, more...) }
	for _, f := range []struct{ column, value string }{{"right", string(q.Right)}, {"regime", q.Regime}, {"region", q.Region}, {"channel", q.Channel}, {"state", string(q.State)}} {
		if f.value != "" {
			add("k."+f.column+" = ?", f.value)
		}
	}
	if q.Assignee != 0 {
		add("k.assignee = ?", q.Assignee)
	}
	if q.Nobody {
		add("k.assignee IS NULL")
	}
	if q.Within != 0 {
		add("k.stands = 0 AND k.due >= ? AND k.due < ?", ms(now), ms(now.Add(q.Within)))
	}
	if q.Found != nil {
		cond, more := q.Found.where(k)
		add(cond, more...)
	}
	return where, args
}

// Tickets lists one page of tickets.
func (s *Store) Tickets(ctx context.Context, q TicketQuery) ([]Ticket, error) {
	where, args := q.where(s.keys, s.Now())
	order := "k.number DESC"
	if q.View.byDue() {
		order = "k.due, k.number"
	}
	switch {
	case q.After == TicketPlace{}:
	case q.View.byDue():
		where, args = where+" AND (k.due, k.number) > (?, ?)", append(args, q.After.Due, q.After.Number)
	default:
		where, args = where+" AND k.number < ?", append(args, q.After.Number)
	}
	return s.tickets(s.readers.QueryContext(ctx, ticketColumns+"WHERE "+where+" ORDER BY "+order+" LIMIT ?", append(args, q.Limit)...))
}

// TicketCounts is how many tickets each view has, and of the running ones how many are one person's, and nobody's.
type TicketCounts struct {
	Running, Soon, Overdue, Aside, Ended int64
	Mine, Nobody                         int64
	OldestDue                            time.Time
}

// tabsSQL reads the tally from one end to the other: it has a row for each kind of ticket, however many there are of it.
const tabsSQL = `SELECT coalesce(sum(n) FILTER (WHERE over = 0 AND stands = 0), 0), coalesce(sum(n) FILTER (WHERE over = 0 AND stands = 0 AND due >= ?1 AND due < ?2), 0),
	coalesce(sum(n) FILTER (WHERE over = 0 AND stands = 0 AND due < ?1), 0), coalesce(sum(n) FILTER (WHERE over = 0 AND stands = 1 OR state IN ('abandoned','merged')), 0),
	coalesce(sum(n) FILTER (WHERE state IN ('answered','refused','withdrawn')), 0), coalesce(sum(n) FILTER (WHERE over = 0 AND stands = 0 AND assignee = ?3), 0),
	coalesce(sum(n) FILTER (WHERE over = 0 AND stands = 0 AND assignee = 0), 0), coalesce(min(due) FILTER (WHERE over = 0 AND stands = 0), 0) FROM ticket_tally`

// CountTickets counts them; mine are those of an account.
func (s *Store) CountTickets(ctx context.Context, mine int64) (c TicketCounts, err error) {
	now := s.Now()
	var oldest int64
	err = s.readers.QueryRowContext(ctx, tabsSQL, ms(now), ms(now.Add(dueSoon)), mine).Scan(&c.Running, &c.Soon, &c.Overdue, &c.Aside, &c.Ended, &c.Mine, &c.Nobody, &oldest)
	if err != nil {
		return c, fmt.Errorf("counting tickets: %w", err)
	}
	if oldest > 0 {
		c.OldestDue = at(oldest)
	}
	return c, nil
}

// Zone is where the days of a ticket are those of.
func (v Ticket) Zone() *time.Location {
	_, zone := ticketPlace(v)
	return zone
}
