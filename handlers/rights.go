package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// rightMonths is how many months the statistics show, the present one last.
const rightMonths = 12

// rightNames and wayNames say what is counted. Their order is that of the tables; what has no request has no line.
var (
	rightNames = []struct {
		right string
		words lang.Word
	}{{"17", "Erasure, Art. 17"}, {"5(1)(e)", "Retention runs, Art. 5(1)(e)"}}
	wayNames = []struct {
		via   string
		words lang.Word
	}{{"console", "By the console"}, {"bulk", "By a list"}, {"api", "By an application"}, {"retention", "By retention"}}
)

// rights counts the requests of people by right and outcome. Months are those of UTC, so that the page, the CSV and the inspection pack say the same.
func (s *Server) rights(r *http.Request) (templ.Component, error) {
	now := s.store.Now().UTC()
	from := time.Date(now.Year(), now.Month()-rightMonths+1, 1, 0, 0, 0, 0, time.UTC)
	tally, err := s.store.RightStatistics(r.Context(), from, now.Add(time.Millisecond))
	if err != nil {
		return nil, err
	}
	lines := tally.Lines()
	v := views.RightCounts{Period: lang.Said("Requests filed from {format} to {format2}. Months and times are in UTC.", "format", lang.Moment(from.Format("January 2006")), "format2", lang.Moment(now.Format("January 2006"))), CSV: who(r).May(auth.Export), From: from.Format(time.DateOnly),
		Empty: views.Empty{Title: "No request in these months", Detail: "Requests by console, list and API and runs of retention are counted here by right and outcome."}}
	for _, n := range rightNames {
		v.Lines = appendCounted(v.Lines, n.words, tally, lines, func(l audit.StatLine) bool { return l.Right == n.right })
	}
	for _, n := range wayNames {
		v.Ways = appendCounted(v.Ways, n.words, tally, lines, func(l audit.StatLine) bool { return l.Via == n.via })
	}
	v.Months, v.Grounds = monthsOf(from, tally, lines), groundsOf(lines)
	return v, nil
}

// appendCounted adds the line of what is alike, where there is any.
func appendCounted(out []views.RightLine, name lang.Word, tally *audit.Tally, lines []audit.StatLine, like func(audit.StatLine) bool) []views.RightLine {
	if l := rightLine(name, tally, lines, like); l.All > 0 {
		return append(out, l)
	}
	return out
}

func rightLine(name lang.Word, tally *audit.Tally, lines []audit.StatLine, like func(audit.StatLine) bool) views.RightLine {
	all := tally.Together(like)
	out := views.RightLine{Name: name, All: all.Requests}
	by := map[string]*int64{"done": &out.Done, "partial": &out.Partial, "refused": &out.Refused, "withdrawn": &out.Withdrawn, "open": &out.Open}
	for _, l := range lines {
		if n := by[l.Outcome]; like(l) && n != nil {
			*n += l.Requests
		}
	}
	if all.Ended > 0 {
		out.Median, out.Mean, out.Longest = took(seconds(all.Median)), took(seconds(all.Mean)), took(seconds(all.Longest))
	}
	return out
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

func monthsOf(from time.Time, tally *audit.Tally, lines []audit.StatLine) (out []views.RightMonth) {
	for i := range rightMonths {
		month := from.AddDate(0, i, 0)
		like := func(l audit.StatLine) bool { return l.Month == month.Format("2006-01") }
		line := rightLine(lang.Moment(month.Format("January 2006")), tally, lines, like)
		out = append(out, views.RightMonth{DayCount: views.DayCount{Day: month.Format("Jan 06"), Filed: line.All, Ended: tally.Together(like).Ended}, RightLine: line})
	}
	return out
}

// otherGround is that of a refusal which a newer program wrote, or an older one without any.
func otherGround(code string) lang.Word {
	if code == "" {
		return "Another ground"
	}
	return lang.Said("Another ground {code}", "code", code)
}

func groundsOf(lines []audit.StatLine) (out []views.GroundLine) {
	count := map[string]int64{}
	for _, l := range lines {
		if l.Outcome == "refused" {
			count[l.Ground] += l.Requests
		}
	}
	for _, c := range views.Refusals {
		if n := count[c.Code]; n > 0 {
			out = append(out, views.GroundLine{Ground: lang.Said("{article}: {words}", "article", c.Article, "words", c.Words), Count: n})
			delete(count, c.Code)
		}
	}
	for _, code := range sortedNames(count) {
		out = append(out, views.GroundLine{Ground: otherGround(code), Count: count[code]})
	}
	return out
}
