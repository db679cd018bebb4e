package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// shownYears is how many calendar years are offered, the newest first.
const shownYears = 5

// years are the calendar years in which tickets were received, and the one that makes their addresses.
func (s *Server) years(r *http.Request) (out []string, err error) {
	first, err := s.store.TicketsReceived(r.Context())
	now := s.store.Now().In(zoneOf(r)).Year()
	for y := now; y > now-shownYears && first != "" && decimal(int64(y)) >= first[:4]; y-- {
		out = append(out, decimal(int64(y)))
	}
	return out, err
}

func yearOr(text string, otherwise int) string {
	if n := numberOr(text, 0); n >= 2000 && n <= 9998 {
		return decimal(n)
	}
	return decimal(int64(otherwise))
}

var metricNames = map[string]lang.Word{"delete": "Delete", "correct": "Correct", "know": "Know"}

// ccpa shows the metrics of 11 CCR §7102(a)(1) of one calendar year, by itself the one before: that is the year to disclose.
func (s *Server) ccpa(r *http.Request) (templ.Component, error) {
	years, err := s.years(r)
	if err != nil {
		return nil, err
	}
	year := yearOr(r.URL.Query().Get("year"), s.store.Now().In(zoneOf(r)).Year()-1)
	if len(years) > 0 && !slices.Contains(years, year) { // nobody asked in the year that is shown: it is marked all the same
		years = append(years, year)
		slices.SortFunc(years, func(a, b string) int { return strings.Compare(b, a) })
	}
	v := views.CCPAYear{Year: year, CSV: who(r).May(auth.Export), Empty: views.Empty{Title: lang.Said("No request under the CCPA in {year}", "year", year), Detail: "The yearly metrics of 11 CCR §7102 are counted here from tickets whose law is the CCPA."}}
	v.Shows = []views.Tab{{Label: "By right and outcome", Href: "/statistics/tickets"}, {Label: "By month", Href: "/statistics/tickets?show=" + showMonths}, {Label: "CCPA metrics", Href: "/statistics/ccpa", Current: true}}
	for _, y := range years {
		v.Years = append(v.Years, views.Tab{Label: lang.Raw(y), Href: "/statistics/ccpa?year=" + y, Current: y == year})
	}
	q := db.TicketStatsQuery{Period: ticket.Period{From: year + "-01-01", To: year + "-12-31"}, Regime: ticket.CCPA}
	facts, err := s.store.TicketFacts(r.Context(), q)
	if err != nil {
		return nil, err
	}
	for _, m := range ticket.Yearly(facts, q.Period) {
		v.Lines = append(v.Lines, ccpaLine(m))
	}
	v.Other = otherRights(facts, q.Period)
	return v, nil
}

func ccpaLine(m ticket.YearMetric) views.CCPALine {
	by := m.Sum.By
	l := views.CCPALine{Name: metricNames[m.Metric.Code], Source: lang.Said("§7102(a)(1)({letter}), (F)", "letter", m.Metric.Letter), Received: m.Sum.Tickets, Complied: m.Complied(), InPart: by[ticket.InPart], Denied: by[ticket.Denied],
		NotVerifiable: m.NotVerifiable, Withdrawn: by[ticket.TakenBack], Unverified: by[ticket.Unverified], Abandoned: by[ticket.GivenUp], Open: by[ticket.Pending]}
	if m.Sum.Answered > 0 {
		l.Median, l.Mean = views.Days(m.Sum.Median), views.Days(m.Sum.Mean)
	}
	return l
}

// otherRights says which requests under the CCPA no metric is about, so that the lines are not taken for all there are.
func otherRights(facts []ticket.Fact, p ticket.Period) lang.Word {
	sums := ticket.Group(facts, byRight(func(x ticket.Fact) bool { return p.Has(x.Received) && ticket.MetricOf(x.Right) == "" }))
	var out []lang.Word
	for _, right := range ticket.Rights {
		if n := sums[right].Tickets; n > 0 {
			out = append(out, lang.Said("{right} {n}", "right", rightName(right), "n", n))
		}
	}
	if out == nil {
		return ""
	}
	return lang.Said("Under the CCPA and in no line above: {out}.", "out", lang.Listed(out))
}

func (s *Server) sendMetrics(_ *http.Request, span db.Span, out exportFile) error {
	for _, m := range span.TicketYears() {
		l := ccpaLine(m)
		cells := []string{m.Year, m.Metric.Code, decimal(l.Received), decimal(l.Complied), decimal(l.InPart), decimal(l.Denied), decimal(l.NotVerifiable), decimal(l.Withdrawn), decimal(l.Unverified),
			decimal(l.Abandoned), decimal(l.Open), l.Median, l.Mean, "11 CCR " + lang.InEnglish(l.Source)}
		if err := out.row(exported(db.ExportCCPA, cells)); err != nil {
			return err
		}
	}
	return nil
}
