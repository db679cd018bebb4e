package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"quittance/db/clock"
	"quittance/db/ticket"
)

// TicketStatsQuery asks for the statistics of tickets.
type TicketStatsQuery struct {
	ticket.Period
	Regime string       // "" = all
	Right  ticket.Right // "" = all
}

// partlySQL is the condition on an answered ticket k that something was kept back from the person: words or fields of the answer that was sent
// (Art. 15(4)), or an erasure that ended in part or was refused and that no later one has made good.
const partlySQL = `(EXISTS (SELECT 1 FROM answer a JOIN answer_redaction r ON r.answer = a.number WHERE a.ticket = k.number AND a.sent IS NOT NULL)
	OR EXISTS (SELECT 1 FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = k.number AND l.kind = 'erasure' AND e.state IN ('partial','refused')
		AND NOT EXISTS (SELECT 1 FROM ticket_link m JOIN erasure f ON f.number = m.object WHERE m.ticket = k.number AND m.kind = 'erasure' AND f.state = 'done' AND f.ref = e.ref)))`

// ticketFactsSQL reads each ticket that has ended once for each time in which it waited for the person.
const ticketFactsSQL = `SELECT k.number, k.right, k.regime, k.country, k.division, k.day, k.received, k.state, coalesce(k.extension, ''), k.extended, k.ended, coalesce(k.ground, ''), coalesce(k.outcome, ''),
	CASE k.state WHEN 'answered' THEN ` + partlySQL + ` ELSE 0 END, coalesce(p.why, ''), coalesce(p.stops, 0), coalesce(p.began, 0), p.ended
	FROM ticket k LEFT JOIN ticket_pause p ON p.ticket = k.number
	WHERE (k.ended IS NOT NULL AND k.day BETWEEN ?1 AND ?2 OR k.ended >= ?3 AND k.ended < ?4) AND (?5 = '' OR k.regime = ?5) AND (?6 = '' OR k.right = ?6) ORDER BY k.number, p.number`

// pendingSQL counts the open tickets that were received in a period: of one that is open, statistics tell no more than that.
const pendingSQL = `SELECT right, regime, day, sum(n) FROM ticket_tally WHERE over = 0 AND day BETWEEN ?1 AND ?2 AND (?5 = '' OR regime = ?5) AND (?6 = '' OR right = ?6)
	GROUP BY right, regime, day`

// abroad is how far a day somewhere can begin before or after that of UTC.
const abroad = 14 * time.Hour

// args are the bounds of the query. Ends are instants and days are somewhere's, so more are read than belong to the period.
func (q TicketStatsQuery) args() []any {
	to, first, last := q.To, int64(0), int64(1<<62)
	if to == "" {
		to = "9999-12-31"
	}
	if day, err := time.Parse(time.DateOnly, q.From); err == nil {
		first = ms(day.Add(-abroad))
	}
	if day, err := time.Parse(time.DateOnly, q.To); err == nil {
		last = ms(day.AddDate(0, 0, 1).Add(abroad))
	}
	return []any{q.From, to, first, last, q.Regime, string(q.Right)}
}

// TicketFacts reads what statistics need of the tickets that were received or that ended in a period: those that have ended one by one, and open
// ones by what they are alike in. Both are read of one moment, so that a ticket that ends meanwhile is neither twice there nor missing.
func (s *Store) TicketFacts(ctx context.Context, q TicketStatsQuery) (out []ticket.Fact, err error) {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("counting tickets: %w", err)
	}
	defer tx.Rollback()
	if out, err = s.endedFacts(ctx, tx, q); err == nil {
		out, err = pendingFacts(ctx, tx, q, out)
	}
	if err != nil {
		return nil, fmt.Errorf("counting tickets: %w", err)
	}
	return out, nil
}

// pendingFacts adds those of the open tickets.
func pendingFacts(ctx context.Context, tx querier, q TicketStatsQuery, out []ticket.Fact) ([]ticket.Fact, error) {
	rows, err := tx.QueryContext(ctx, pendingSQL, q.args()...)
	err = each(rows, err, func() error {
		f, n := ticket.Fact{Outcome: ticket.Pending}, int64(0)
		err := rows.Scan(&f.Right, &f.Regime, &f.Received, &n)
		f.More = n - 1
		out = append(out, f)
		return err
	})
	return out, err
}

func (s *Store) endedFacts(ctx context.Context, tx querier, q TicketStatsQuery) (out []ticket.Fact, err error) {
	m := factMaker{now: s.Now(), places: map[[3]string]zoned{}, dates: map[dateKey]clock.Date{}}
	keep := func(f ticket.Fact) {
		if q.Has(f.Received) || q.Has(f.Ended) {
			out = append(out, f)
		}
	}
	rows, err := tx.QueryContext(ctx, ticketFactsSQL, q.args()...)
	err = each(rows, err, func() error {
		v, p, partly, err := scanFact(rows)
		if err == nil {
			err = m.take(v, p, partly, keep)
		}
		return err
	})
	if err == nil {
		err = m.flush(keep)
	}
	return out, err
}

func scanFact(rows *sql.Rows) (v Ticket, p TicketPause, partly bool, err error) {
	var received, began int64
	var extended, ended, over sql.NullInt64
	err = rows.Scan(&v.Number, &v.Right, &v.Regime, &v.Country, &v.Division, &v.Day, &received, &v.State, &v.Extension, &extended, &ended, &v.Ground, &v.Outcome, &partly, &p.Why, &p.Stops, &began, &over)
	v.Received, v.Extended, v.Ended, p.Began, p.Ended = at(received), when(extended), when(ended), at(began), when(over)
	return v, p, partly, err
}

// factMaker makes facts of rows that come ticket by ticket. Zones and last days are looked up once for all tickets that are alike in them.
type factMaker struct {
	now    time.Time
	places map[[3]string]zoned
	dates  map[dateKey]clock.Date
	at     Ticket // the ticket whose rows are coming; 0 = none yet
	pauses []TicketPause
	partly bool
}

type zoned struct {
	place clock.Place
	zone  *time.Location
}

// dateKey is all that the last day of a ticket depends on that never waited.
type dateKey struct {
	place        [3]string
	day, noticed string // of its extension; "" = none
}

// take adds a row; a row of the next ticket is the end of the one before.
func (m *factMaker) take(v Ticket, p TicketPause, partly bool, keep func(ticket.Fact)) error {
	if v.Number != m.at.Number {
		if err := m.flush(keep); err != nil {
			return err
		}
		m.at, m.partly, m.pauses = v, partly, m.pauses[:0]
	}
	if p.Why != "" {
		m.pauses = append(m.pauses, p)
	}
	return nil
}

func (m *factMaker) flush(keep func(ticket.Fact)) error {
	if m.at.Number == 0 {
		return nil
	}
	f, err := m.fact(m.at)
	if err == nil {
		keep(f)
	}
	return err
}

func (m *factMaker) fact(v Ticket) (ticket.Fact, error) {
	asked := ""
	if n := len(m.pauses); n > 0 {
		asked = m.pauses[n-1].Why
	}
	f := ticket.Fact{Right: v.Right, Regime: v.Regime, Outcome: ticket.OutcomeOf(v.State, m.partly, asked), Ground: v.Ground, Done: v.Outcome, Received: v.Day, Extended: v.Extension != ""}
	for _, p := range m.pauses {
		f.Stood = f.Stood || p.Stops
	}
	if v.Ended.IsZero() {
		return f, nil
	}
	day, err := clock.ParseDate(v.Day)
	if err != nil {
		return f, err
	}
	last, err := m.lastDay(v)
	ended := laterDay(clock.DateIn(v.Ended, m.where(v).zone), day)
	f.Ended, f.Days, f.Late = ended.String(), day.Days(ended), ended.After(last)
	return f, err
}

// lastDay is the day by which a ticket that has ended was to be answered.
func (m *factMaker) lastDay(v Ticket) (clock.Date, error) {
	w := m.where(v)
	key := dateKey{placeKey(v), v.Day, clock.DateIn(v.Extended, w.zone).String()}
	if d, known := m.dates[key]; known && len(m.pauses) == 0 {
		return d, nil
	}
	k, err := ticketClockIn(w.place, w.zone, v, m.pauses, m.now)
	if err == nil && len(m.pauses) == 0 {
		m.dates[key] = k.Deadline()
	}
	return k.Deadline(), err
}

func placeKey(v Ticket) [3]string { return [3]string{v.Regime, v.Country, v.Division} }

func (m *factMaker) where(v Ticket) zoned {
	w, known := m.places[placeKey(v)]
	if !known {
		w.place, w.zone = ticketPlace(v)
		m.places[placeKey(v)] = w
	}
	return w
}

const firstDaySQL = `SELECT coalesce(min(day), '') FROM (SELECT min(day) AS day FROM ticket WHERE ended IS NOT NULL UNION ALL SELECT min(day) FROM ticket_tally WHERE over = 0)`

// TicketsReceived tells the day on which the first ticket was received, "" where there is none.
func (s *Store) TicketsReceived(ctx context.Context) (day string, err error) {
	err = s.readers.QueryRowContext(ctx, firstDaySQL).Scan(&day)
	return day, found(err)
}

// OpenTickets counts the open tickets of one right by when they are due.
type OpenTickets struct {
	Right                                         ticket.Right
	Overdue, Week, Fortnight, Month, Later, Stand int64
	States                                        map[ticket.State]int64
}

// Open counts them all.
func (o OpenTickets) Open() int64 {
	return o.Overdue + o.Week + o.Fortnight + o.Month + o.Later + o.Stand
}

// openSQL counts open tickets by right and state: overdue, due within 7 days, in the two weeks after, within 31 days, later, and those whose
// clock stands, which have no last day yet.
const openSQL = `SELECT right, state, coalesce(sum(n) FILTER (WHERE stands = 0 AND due < ?1), 0), coalesce(sum(n) FILTER (WHERE stands = 0 AND due >= ?1 AND due < ?2), 0),
	coalesce(sum(n) FILTER (WHERE stands = 0 AND due >= ?2 AND due < ?3), 0), coalesce(sum(n) FILTER (WHERE stands = 0 AND due >= ?3 AND due < ?4), 0),
	coalesce(sum(n) FILTER (WHERE stands = 0 AND due >= ?4), 0), coalesce(sum(n) FILTER (WHERE stands = 1), 0)
	FROM ticket_tally WHERE over = 0 AND (?5 = '' OR regime = ?5) AND (?6 = '' OR right = ?6) GROUP BY stands, right, state`

// OpenTickets counts the tickets that are open now by when they are due, a line for each right that has any, in the order of the list.
func (s *Store) OpenTickets(ctx context.Context, q TicketStatsQuery) (out []OpenTickets, err error) {
	now := s.Now()
	args := []any{ms(now), ms(now.Add(dueSoon)), ms(now.Add(3 * dueSoon)), ms(now.AddDate(0, 0, 31)), q.Regime, string(q.Right)}
	by := map[ticket.Right]OpenTickets{}
	rows, err := s.readers.QueryContext(ctx, openSQL, args...)
	err = each(rows, err, func() error {
		n, state := OpenTickets{}, ticket.State("")
		err := rows.Scan(&n.Right, &state, &n.Overdue, &n.Week, &n.Fortnight, &n.Month, &n.Later, &n.Stand)
		by[n.Right] = by[n.Right].plus(n, state)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting open tickets: %w", err)
	}
	for _, r := range ticket.Rights {
		if o := by[r]; o.Open() > 0 {
			out = append(out, o)
		}
	}
	return out, nil
}

func (o OpenTickets) plus(n OpenTickets, state ticket.State) OpenTickets {
	if o.States == nil {
		o.States = map[ticket.State]int64{}
	}
	o.Right = n.Right
	o.States[state] += n.Open()
	for to, add := range map[*int64]int64{&o.Overdue: n.Overdue, &o.Week: n.Week, &o.Fortnight: n.Fortnight, &o.Month: n.Month, &o.Later: n.Later, &o.Stand: n.Stand} {
		*to += add
	}
	return o
}

// WholeYears widens a period to whole calendar years: part of a year is no yearly metric.
func (q TicketStatsQuery) WholeYears() TicketStatsQuery {
	if q.From != "" {
		q.From = q.From[:4] + "-01-01"
	}
	if q.To != "" {
		q.To = q.To[:4] + "-12-31"
	}
	return q
}

// TicketYears counts the metrics of 11 CCR §7102(a)(1) of each calendar year that a period touches.
func (s *Store) TicketYears(ctx context.Context, p ticket.Period) ([]ticket.YearMetric, error) {
	q := TicketStatsQuery{Period: p, Regime: ticket.CCPA}.WholeYears()
	facts, err := s.TicketFacts(ctx, q)
	return ticket.Yearly(facts, q.Period), err
}

// ticketSpan counts what an export of statistics of tickets holds.
func (s *Store) ticketSpan(ctx context.Context, n NewExport) (v Span, err error) {
	if n.What == ExportCCPA {
		v.years, err = s.TicketYears(ctx, n.Tickets.Period)
		v.Rows = int64(len(v.years))
		return v, err
	}
	facts, err := s.TicketFacts(ctx, n.Tickets)
	v.months = ticket.Months(facts, n.Tickets.Period)
	v.Rows = int64(len(v.months))
	return v, err
}
