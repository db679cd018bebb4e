package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// mostMonths is how many months the statistics of tickets show at once.
const mostMonths = 24

// ticketStatsForm is what an address asks for: days, a law and a right.
type ticketStatsForm struct {
	q      db.TicketStatsQuery
	months []string // of the period, as 2026-03
	shown  views.TicketStatsFilter
}

// showMonths is the value of "show" for the page of the months.
const showMonths = "months"

// ticketStatsOf reads the form. Without days it is about the last twelve months up to today, where the reader is.
func (s *Server) ticketStatsOf(r *http.Request) ticketStatsForm {
	in, today := r.URL.Query(), s.store.Now().In(zoneOf(r))
	f := ticketStatsForm{shown: views.TicketStatsFilter{From: in.Get("from"), To: in.Get("to"), RegimeCode: knownRegime(in.Get("regime")), RightCode: string(knownRight(in.Get("right")))}}
	v := &f.shown
	if in.Get("show") == showMonths {
		v.Show = showMonths
	}
	if v.From+v.To == "" {
		v.From, v.To = lastMonths(today)
	}
	if v.From == "" {
		v.From = v.To[:min(4, len(v.To))] + "-01-01"
	}
	if v.To == "" {
		v.To = today.Format(time.DateOnly)
	}
	_, _, v.FromErr, v.ToErr = days(r, v.From, v.To)
	v.Regime, v.Right = views.Choices(views.Regimes, v.RegimeCode, "Every law"), views.Choices(views.Rights, v.RightCode, "Every right")
	if v.FromErr+v.ToErr != "" {
		return f
	}
	if f.months = monthsFrom(v.From, v.To); len(f.months) > mostMonths && v.Show == showMonths {
		v.ToErr = lang.Said("At most {mostmonths} months are shown at once; the CSV has no such bound.", "mostmonths", mostMonths)
	}
	f.q = db.TicketStatsQuery{Period: ticket.Period{From: v.From, To: v.To}, Regime: v.RegimeCode, Right: ticket.Right(v.RightCode)}
	return f
}

// lastMonths are the last twelve, the present one up to today.
func lastMonths(today time.Time) (from, to string) {
	return time.Date(today.Year(), today.Month()-rightMonths+1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), today.Format(time.DateOnly)
}

func knownRegime(code string) string {
	if slices.Contains(ticket.Regimes, code) {
		return code
	}
	return ""
}

func knownRight(code string) ticket.Right {
	if slices.Contains(ticket.Rights, ticket.Right(code)) {
		return ticket.Right(code)
	}
	return ""
}

// monthsFrom lists the months that two days lie in, and those between, a few more than are shown at most.
func monthsFrom(from, to string) (out []string) {
	month, err := time.Parse("2006-01", from[:7])
	for ; err == nil && month.Format("2006-01") <= to[:7] && len(out) <= mostMonths; month = month.AddDate(0, 1, 0) {
		out = append(out, month.Format("2006-01"))
	}
	return out
}

// href is the address of the same statistics of another period.
func (f ticketStatsForm) href(from, to string) string {
	q := url.Values{"from": {from}, "to": {to}}
	for name, v := range map[string]string{"show": f.shown.Show, "regime": f.shown.RegimeCode, "right": f.shown.RightCode} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return "/statistics/tickets?" + q.Encode()
}

// ticketStats counts tickets by right, outcome and month.
func (s *Server) ticketStats(r *http.Request) (templ.Component, error) {
	f := s.ticketStatsOf(r)
	years, err := s.years(r)
	if err != nil {
		return nil, err
	}
	f.shown.Quick = f.quick(s.store.Now().In(zoneOf(r)), years)
	v := views.TicketStats{Filter: f.shown, Shows: f.shows(), ByMonth: f.shown.Show == showMonths, CSV: who(r).May(auth.Export), Period: "What persons asked of us under Art. 15 to 21, and how long the answers took."}
	if f.shown.FromErr+f.shown.ToErr != "" {
		v.Wrong, v.CSV = true, false
		return nil, refused{v}
	}
	facts, err := s.store.TicketFacts(r.Context(), f.q)
	if err != nil {
		return nil, err
	}
	v.Period = lang.Said("Received or closed from {from} to {to}, by the calendar of each ticket's country.", "from", longDay(f.q.From), "to", longDay(f.q.To))
	f.count(&v, facts)
	return v, s.openNow(r, f.q, &v)
}

func longDay(day string) lang.Word {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return lang.Raw(day)
	}
	return lang.Moment(t.Format("2 January 2006"))
}

// shows leads between the pages of the statistics of tickets, with the same period, law and right.
func (f ticketStatsForm) shows() []views.Tab {
	rights, months := f, f
	rights.shown.Show, months.shown.Show = "", showMonths
	return []views.Tab{{Label: "By right and outcome", Href: rights.href(f.shown.From, f.shown.To), Current: f.shown.Show == ""},
		{Label: "By month", Href: months.href(f.shown.From, f.shown.To), Current: f.shown.Show == showMonths}, {Label: "CCPA metrics", Href: "/statistics/ccpa"}}
}

// quick are the periods that most people come for.
func (f ticketStatsForm) quick(today time.Time, years []string) []views.Tab {
	from, to := lastMonths(today)
	period := func(label lang.Word, from, to string) views.Tab {
		return views.Tab{Label: label, Href: f.href(from, to), Current: f.shown.From == from && f.shown.To == to}
	}
	out := []views.Tab{period("Last 12 months", from, to)}
	for _, y := range years {
		out = append(out, period(lang.Raw(y), y+"-01-01", y+"-12-31"))
	}
	return out
}

// count fills the page with what was received and closed in the period. A period without either has no table.
func (f ticketStatsForm) count(v *views.TicketStats, facts []ticket.Fact) {
	v.Limit = views.TicketLimit{Days: 30, Word: "1 month"}
	if f.q.Regime == ticket.CCPA {
		v.Limit = views.TicketLimit{Days: 45, Word: "45 days"}
	}
	received := func(x ticket.Fact) bool { return f.q.Has(x.Received) }
	all := ticket.Total(facts, received)
	v.Empty = views.Empty{Title: "No ticket was received or closed in this period", Detail: lang.Said("Requests of persons are counted here by right, outcome and month, with the days that their answers took. {merged}", "merged", merged(all))}
	if !slices.ContainsFunc(facts, func(x ticket.Fact) bool { return x.Outcome != ticket.Twice }) {
		return
	}
	v.Rights, v.Apart, v.Grounds, v.Done = outcomesOf(facts, received), apartOf(all), ticketGrounds(facts, received), ticketsDone(facts, received)
	v.Answers = f.answers(facts)
	v.Strips = f.strips(facts)
	v.Months, v.Days = f.eachMonth(facts)
}

func byRight(like func(ticket.Fact) bool) func(ticket.Fact) (ticket.Right, bool) {
	return func(x ticket.Fact) (ticket.Right, bool) { return x.Right, like(x) }
}

func outcomesOf(facts []ticket.Fact, received func(ticket.Fact) bool) (out []views.TicketOutcomes) {
	sums := ticket.Group(facts, byRight(received))
	for _, right := range ticket.Rights {
		if sum := sums[right]; sum.Tickets > 0 {
			out = append(out, views.TicketOutcomes{Name: rightName(right), Article: rightArticle(right), Received: sum.Tickets, Open: sum.By[ticket.Pending], Fulfilled: sum.By[ticket.Fulfilled],
				InPart: sum.By[ticket.InPart], Refused: sum.By[ticket.Denied], Withdrawn: sum.By[ticket.TakenBack], Unverified: sum.By[ticket.Unverified], Abandoned: sum.By[ticket.GivenUp]})
		}
	}
	return out
}

// apartOf says what the columns mean and what is in none of them.
func apartOf(all ticket.Sum) []lang.Word {
	out := []lang.Word{"How the requests that were received in the period stand now.", "In part: something was left out of the answer (Art. 15(4)), or an erasure was not done whole.",
		"Unverified: the person was asked who they are and did not say; abandoned: they did not give something else that was needed."}
	if m := merged(all); m != "" {
		out = append(out, m)
	}
	return out
}

func merged(all ticket.Sum) lang.Word {
	if n := all.By[ticket.Twice]; n > 0 {
		return lang.Counted(n, "Not counted: 1 duplicate that was merged into another ticket.", "Not counted: {n} duplicates that were merged into another ticket.")
	}
	return ""
}

func ticketGrounds(facts []ticket.Fact, received func(ticket.Fact) bool) (out []views.GroundLine) {
	sums := ticket.Group(facts, func(x ticket.Fact) (string, bool) { return x.Ground, x.Ground != "" && received(x) })
	for _, code := range ticket.Refusals {
		if n := sums[code].Tickets; n > 0 {
			out = append(out, views.GroundLine{Ground: lang.Said("{ticketrefusals}: {ticketrefusals2}", "ticketrefusals", views.CodeArticle(views.TicketRefusals, code), "ticketrefusals2", views.CodeWords(views.TicketRefusals, code)), Count: n})
		}
	}
	return out
}

// ticketsDone counts what was done, where a right can be answered in more than one way.
func ticketsDone(facts []ticket.Fact, received func(ticket.Fact) bool) (out []views.DoneLine) {
	sums := ticket.Group(facts, func(x ticket.Fact) (string, bool) { return x.Done, x.Done != "" && received(x) })
	for _, right := range ticket.Rights {
		for _, code := range ticket.OutcomesOf(right) {
			if n := sums[code].Tickets; n > 0 {
				out = append(out, views.DoneLine{Right: rightName(right), Article: views.CodeArticle(views.Outcomes, code), Done: views.CodeWords(views.Outcomes, code), Count: n})
			}
		}
	}
	return out
}

// answers are those that were given in the period, whenever their tickets were received; those of several rights also all together.
func (f ticketStatsForm) answers(facts []ticket.Fact) (out []views.TicketDays) {
	closed := func(x ticket.Fact) bool { return f.q.Has(x.Ended) }
	sums := ticket.Group(facts, byRight(closed))
	for _, right := range ticket.Rights {
		if sum := sums[right]; sum.Answered > 0 {
			out = append(out, daysLine(rightName(right), rightArticle(right), sum))
		}
	}
	if len(out) < 2 {
		return out
	}
	return append(out, daysLine("All", "", ticket.Total(facts, closed)))
}

func daysLine(name, article lang.Word, sum ticket.Sum) views.TicketDays {
	d := views.TicketDays{Name: name, Article: article, Answered: sum.Answered, InTime: sum.InTime(), Late: sum.Late, Extended: sum.Extended, Stood: sum.Stood}
	if sum.Answered > 0 {
		d.Median, d.Mean, d.P95, d.Longest = views.Days(sum.Median), views.Days(sum.Mean), decimal(int64(sum.P95)), decimal(int64(sum.Longest))
	}
	return d
}
