package handlers

import (
	"net/http"
	"time"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/views"
)

// monthRight is one right in one month.
type monthRight struct {
	month string
	right ticket.Right
}

func monthWord(month, layout string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return t.Format(layout)
}

// strips are what was received and closed in each month, for each right that has any.
func (f ticketStatsForm) strips(facts []ticket.Fact) (out []views.MonthCounts) {
	received := ticket.Group(facts, func(x ticket.Fact) (monthRight, bool) {
		return monthRight{x.Received[:7], x.Right}, f.q.Has(x.Received)
	})
	closed := ticket.Group(facts, func(x ticket.Fact) (monthRight, bool) {
		return monthRight{monthOf(x.Ended), x.Right}, f.q.Has(x.Ended)
	})
	for _, right := range ticket.Rights {
		line, any := views.MonthCounts{Name: rightName(right), Article: rightArticle(right)}, int64(0)
		for _, month := range f.months {
			d := views.DayCount{Day: monthWord(month, "Jan 06"), Filed: received[monthRight{month, right}].Tickets, Ended: closed[monthRight{month, right}].Tickets}
			line.Months, any = append(line.Months, d), any+d.Filed+d.Ended
		}
		if any > 0 {
			out = append(out, line)
		}
	}
	return out
}

// monthOf is the month of a day, "" for none.
func monthOf(day string) string { return day[:min(7, len(day))] }

// eachMonth are the lines of the months, the newest first, and what is drawn of their answers.
func (f ticketStatsForm) eachMonth(facts []ticket.Fact) (lines []views.TicketMonth, drawn []views.DayTimes) {
	received := ticket.Group(facts, func(x ticket.Fact) (string, bool) { return x.Received[:7], f.q.Has(x.Received) })
	closed := ticket.Group(facts, func(x ticket.Fact) (string, bool) { return monthOf(x.Ended), f.q.Has(x.Ended) })
	for _, month := range f.months {
		sum := closed[month]
		drawn = append(drawn, views.DayTimes{Day: monthWord(month, "Jan 06"), P50: sum.Median, P95: float64(sum.P95), Max: float64(sum.Longest), Count: sum.Answered})
		line := views.TicketMonth{Name: monthWord(month, "January 2006"), Received: received[month].Tickets, Closed: sum.Tickets, TicketDays: daysLine("", "", sum)}
		lines = append([]views.TicketMonth{line}, lines...)
	}
	return lines, drawn
}

// openNow counts what is open, whatever the period.
func (s *Server) openNow(r *http.Request, q db.TicketStatsQuery, v *views.TicketStats) error {
	open, err := s.store.OpenTickets(r.Context(), q)
	if err != nil {
		return err
	}
	var all views.TicketsDue
	states := map[ticket.State]int64{}
	for _, o := range open {
		v.Open = append(v.Open, views.TicketsDue{Name: rightName(o.Right), Article: rightArticle(o.Right), All: o.Open(), Overdue: o.Overdue, Week: o.Week, Fortnight: o.Fortnight, Month: o.Month, Later: o.Later, Stands: o.Stand})
		all.Overdue, all.Week, all.Fortnight = all.Overdue+o.Overdue, all.Week+o.Week, all.Fortnight+o.Fortnight
		all.Month, all.Later, all.Stands = all.Month+o.Month, all.Later+o.Later, all.Stands+o.Stand
		for state, n := range o.States {
			states[state] += n
		}
	}
	v.Due, v.States = dueBar(all), nil
	for _, state := range []ticket.State{ticket.Open, ticket.InProgress, ticket.Extended, ticket.Waiting} {
		v.States = append(v.States, views.Seg{Tone: stateTones[state], Label: ticketStates[state].Word, Count: states[state]})
	}
	return nil
}

// stateTones are the colours of the open states in a bar: no two are alike, though one who works on them and one that was extended are both under way.
var stateTones = map[ticket.State]string{ticket.Open: "wait", ticket.InProgress: "run", ticket.Extended: "ok", ticket.Waiting: "held"}

func dueBar(d views.TicketsDue) []views.Seg {
	return []views.Seg{{Tone: "over", Label: "Overdue", Count: d.Overdue}, {Tone: "soon", Label: "Within 7 days", Count: d.Week}, {Tone: "run", Label: "8 to 21 days", Count: d.Fortnight},
		{Tone: "wait", Label: "22 to 31 days", Count: d.Month}, {Tone: "erased", Label: "Later", Count: d.Later}, {Tone: "held", Label: "Clock stands", Count: d.Stands}}
}

func (s *Server) sendTickets(_ *http.Request, span db.Span, out exportFile) error {
	for _, l := range span.TicketMonths() {
		cells := append([]string{l.CountedBy, l.Month, l.Regime, string(l.Right), string(l.Outcome), l.Ground, l.Done, decimal(l.Sum.Tickets)}, answeredCells(l.Sum)...)
		if err := out.row(exported(db.ExportTickets, cells)); err != nil {
			return err
		}
	}
	return nil
}

// answeredCells are the answers of a line and their whole days; all are empty where there is none, because a zero is an answer on the day of receipt.
func answeredCells(s ticket.Sum) []string {
	if s.Answered == 0 {
		return make([]string, 6)
	}
	return []string{decimal(s.InTime()), decimal(s.Late), decimal(s.Extended), views.Days(s.Median), views.Days(s.Mean), decimal(int64(s.Longest))}
}

// wantedTickets reads what an export of statistics of tickets is about: days as they were written, by each ticket's own calendar.
func wantedTickets(r *http.Request, n *db.NewExport, page *views.Exports) {
	if n.What != db.ExportTickets && n.What != db.ExportCCPA {
		return
	}
	n.From, n.To = time.Time{}, time.Time{}
	n.Tickets = db.TicketStatsQuery{Period: ticket.Period{From: page.From, To: page.To}, Regime: knownRegime(text(r, "regime")), Right: knownRight(text(r, "right"))}
	if string(n.Tickets.Right) != text(r, "right") || n.Tickets.Regime != text(r, "regime") {
		page.WhatErr = "Choose a law and a right of the lists."
	}
}
