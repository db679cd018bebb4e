package handlers

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/mask"
	"quittance/handlers/auth"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
)

const (
	mapRows    = 40 // services that the map draws, those with the most unlabelled records
	senderRows = 50
)

// coverChoice is a span that the page offers: how many columns of how many days each.
type coverChoice struct {
	name          string
	label         lang.Word
	columns, wide int
}

var coverSpans = []coverChoice{{"30", "30 days", 30, 1}, {"7", "7 days", 7, 1}, {"91", "13 weeks", 13, 7}}

// coverSpan is a span, in days of UTC as the counters have them.
type coverSpan struct {
	chosen        int // of coverSpans
	from, to      time.Time
	columns, wide int
}

func (s *Server) coverSpan(r *http.Request) coverSpan {
	chosen := max(0, slices.IndexFunc(coverSpans, func(v coverChoice) bool { return v.name == r.URL.Query().Get("days") }))
	v := coverSpans[chosen]
	today := s.store.Now().UTC().Truncate(24 * time.Hour)
	return coverSpan{chosen: chosen, from: today.AddDate(0, 0, 1-v.columns*v.wide), to: today, columns: v.columns, wide: v.wide}
}

// column is where a day stands.
func (c coverSpan) column(day time.Time) int { return int(day.Sub(c.from).Hours()) / 24 / c.wide }

func (c coverSpan) head() (out []views.HeatColumn) {
	for i := range c.columns {
		first := c.from.AddDate(0, 0, i*c.wide)
		h := views.HeatColumn{Short: first.Format("2"), Long: lang.Moment(first.Format("Monday, 2 January 2006"))}
		if c.wide > 1 {
			h = views.HeatColumn{Short: first.Format("2 Jan"), Long: lang.Said("Week from {format}", "format", lang.Moment(first.Format("2 January 2006")))}
		} else if i == 0 || first.Day() == 1 {
			h.Short = first.Format("2 Jan")
		}
		out = append(out, h)
	}
	return out
}

func (c coverSpan) links() (out []views.PeriodLink) {
	for i, v := range coverSpans {
		out = append(out, views.PeriodLink{Label: v.label, Href: "/coverage?days=" + v.name, Current: i == c.chosen})
	}
	return out
}

// coverage shows how much of what came in bears a customer ID. It reads counters only.
func (s *Server) coverage(r *http.Request) (templ.Component, error) {
	span := s.coverSpan(r)
	v := views.LabelCoverage{Period: lang.Said("{format} to {format2}. A record counts on the day, in UTC, on which its service received it. What was erased since is not counted.", "format", lang.Moment(span.from.Format("2 January")), "format2", lang.Moment(span.to.Format("2 January 2006"))),
		Periods: span.links(), CSV: who(r).May(auth.Export), From: span.from.Format(time.DateOnly), Columns: span.head(),
		Empty: views.Empty{Title: "Nothing came in", Detail: "Of these days no hosted service holds a record. What lies in linked services is not counted here."}}
	if who(r).May(auth.Search) {
		v.Repair = "/coverage/conversations"
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return nil, err
	}
	days, err := s.store.Coverage(r.Context(), span.from, span.to)
	if err != nil {
		return nil, err
	}
	v.Rows = s.coverRows(days, services, span, v.Repair)
	if len(v.Rows) > mapRows {
		v.More, v.Rows = int64(len(v.Rows)-mapRows), v.Rows[:mapRows]
	}
	err = s.coverSenders(r, &v, services, span)
	return v, err
}

// coverRows gathers the days of each service, the service with the most unlabelled records first.
func (s *Server) coverRows(days []db.DayTally, services map[int64]db.Service, span coverSpan, repair string) (out []views.CoverageRow) {
	for len(days) > 0 {
		n := slices.IndexFunc(days, func(d db.DayTally) bool { return d.Service != days[0].Service })
		if n < 0 {
			n = len(days)
		}
		out = append(out, s.coverRow(days[:n], services[days[0].Service], span, repair))
		days = days[n:]
	}
	slices.SortStableFunc(out, func(a, b views.CoverageRow) int {
		return cmp.Compare(b.Unlabelled+b.Unreachable, a.Unlabelled+a.Unreachable)
	})
	return out
}

func (s *Server) coverRow(days []db.DayTally, v db.Service, span coverSpan, repair string) views.CoverageRow {
	row := views.CoverageRow{Name: v.Name, Href: serviceHref(v.Number)}
	columns := make([]db.Tally, span.columns)
	var all db.Tally
	for _, d := range days {
		for _, t := range []*db.Tally{&all, &columns[span.column(d.Day)]} {
			t.Records, t.Unlabelled, t.Unreachable = t.Records+d.Records, t.Unlabelled+d.Unlabelled, t.Unreachable+d.Unreachable
		}
	}
	for i, t := range columns {
		cell := heatCell(t)
		if repair != "" && t.Unlabelled > 0 {
			cell.Href = fmt.Sprintf("%s?service=%d&day=%s", repair, v.Number, span.from.AddDate(0, 0, i*span.wide+span.wide-1).Format(time.DateOnly))
		}
		row.Cells = append(row.Cells, cell)
	}
	row.Labelled, row.Unlabelled, row.Unreachable = all.Records-all.Unlabelled, all.Unlabelled-all.Unreachable, all.Unreachable
	row.Segs, row.Share = coverage(all, s.tolerates(v)), coverageWords(all)
	return row
}

// heatCell is a column of a service: the figure is how much of a hundred no request by ID finds, rounded up, so that 0 means all is labelled.
func heatCell(t db.Tally) views.HeatCell {
	if t.Records == 0 {
		return views.HeatCell{Text: "–"}
	}
	share := (t.Unlabelled*100 + t.Records - 1) / t.Records
	gaps := []any{"records", t.Records - t.Unlabelled, "unlabelled", t.Unlabelled - t.Unreachable, "unreachable", t.Unreachable}
	c := views.HeatCell{Level: 4, Text: decimal(share), Unreachable: t.Unreachable > 0, Title: lang.Said("{records} labelled, {unlabelled} not labelled", gaps...)}
	switch {
	case share == 0:
		c.Level = 1
	case t.Unlabelled*100 < t.Records*5:
		c.Level = 2
	case t.Unlabelled*100 < t.Records*25:
		c.Level = 3
	}
	if t.Unreachable > 0 {
		c.Title = lang.Said("{records} labelled, {unlabelled} not labelled, {unreachable} not erasable by ID", gaps...)
	}
	return c
}

// coverSenders fills in who sends unlabelled records, and what to change there.
func (s *Server) coverSenders(r *http.Request, v *views.LabelCoverage, services map[int64]db.Service, span coverSpan) error {
	list, more, err := s.store.Senders(r.Context(), 0, span.from, span.to, senderRows)
	v.MoreSends = more
	for _, x := range list {
		v.Senders = append(v.Senders, views.SenderRow{Service: services[x.Service].Name, Href: serviceHref(x.Service), Key: senderKey(x), Container: mask.Redact(x.Container),
			Channel: channelWord(x), Records: x.Records, Unreachable: x.Unreachable > 0, Since: x.First.Format("2 Jan 2006"), Last: x.Last.Format("2 Jan 2006")})
	}
	v.Advice = s.advice(list, services)
	return err
}

func senderKey(x db.Sender) lang.Word {
	if x.Key == 0 {
		return "None kept: an import, or before keys were"
	}
	return cmp.Or(lang.Raw(x.KeyName), lang.Said("Key {key}", "key", decimal(x.Key)))
}

// channelWord names the channel. Where it is the preview, messages look like the web chat's and bear no label.
func channelWord(x db.Sender) lang.Word {
	switch c := watson.Channel(x.Channel); {
	case x.Unreachable == 0:
		return cmp.Or(lang.Raw(x.Channel), "Not named")
	case c == watson.Facebook:
		return "Facebook"
	case c == watson.Preview || c == watson.WebChat:
		return "Assistant preview"
	}
	return "Assistant preview or Facebook"
}

// sendCoverage sends the counters of each service by day. What is unlabelled and what no request by ID reaches are two columns.
func (s *Server) sendCoverage(r *http.Request, span db.Span, out exportFile) error {
	services, err := s.servicesByNumber(r)
	for _, d := range span.Coverage() {
		if err != nil {
			return err
		}
		err = out.row(exported(db.ExportCoverage, []string{decimal(d.Service), services[d.Service].Name, d.Day.Format(time.DateOnly),
			decimal(d.Records - d.Unlabelled), decimal(d.Unlabelled - d.Unreachable), decimal(d.Unreachable)}))
	}
	return err
}
