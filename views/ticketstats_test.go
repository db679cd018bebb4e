package views

import (
	"strings"
	"testing"

	"quittance/views/lang"
)

// sampleTicketStats is a quarter of a small desk.
func sampleTicketStats() TicketStats {
	months := func(counts ...int64) (out []DayCount) {
		for i, name := range []string{"Sep 26", "Oct 26", "Nov 26"} {
			out = append(out, DayCount{name, counts[2*i], counts[2*i+1]})
		}
		return out
	}
	access := TicketDays{"Access", "Art. 15", 11, 10, 1, 2, 1, "21.5", "20.7", "34", "41"}
	return TicketStats{
		Period: "Received or closed from 1 September 2026 to 22 November 2026, by the calendar of each ticket's country.", CSV: true,
		Shows: []Tab{{Label: "By right and outcome", Href: "/statistics/tickets", Current: true}, {Label: "By month", Href: "/statistics/tickets?show=months"}},
		Filter: TicketStatsFilter{From: "2026-09-01", To: "2026-11-22", Regime: Choices(Regimes, "", "Every law"), Right: Choices(Rights, "", "Every right"),
			Quick: []Tab{{Label: "Last 12 months", Href: "/statistics/tickets?from=2025-12-01&to=2026-11-22"}, {Label: "2026", Href: "/statistics/tickets?from=2026-01-01&to=2026-12-31", Current: true}}},
		Rights:  []TicketOutcomes{{"Access", "Art. 15", 14, 3, 8, 1, 2, 0, 0, 0}, {"Erasure", "Art. 17", 9, 1, 5, 0, 1, 1, 1, 0}},
		Apart:   []lang.Word{"How the requests that were received in the period stand now.", "Not counted: 2 duplicates that were merged into another ticket."},
		Answers: []TicketDays{access, {"All", "", 17, 16, 1, 2, 1, "18", "17.4", "34", "41"}},
		Strips:  []MonthCounts{{"Access", "Art. 15", months(5, 4, 6, 5, 3, 2)}, {"Erasure", "Art. 17", months(3, 3, 0, 0, 6, 5)}},
		Days:    []DayTimes{{"Sep 26", 20, 34, 41, 6}, {"Oct 26", 0, 0, 0, 0}, {"Nov 26", 18, 29, 30, 11}}, Limit: TicketLimit{30, "1 month"},
		Months:  []TicketMonth{{"November 2026", 9, 7, access}, {"October 2026", 6, 5, TicketDays{}}},
		Grounds: []GroundLine{{"Art. 12(2), 11(2): We show that we cannot identify the person", 2}},
		Done:    []DoneLine{{"Rectification", "Art. 16", "It was completed, by a statement of the person where that does", 3}, {"Objection", "Art. 21(3)", "It is used for direct marketing no longer", 1}},
		Open:    []TicketsDue{{"Access", "Art. 15", 4, 1, 1, 0, 1, 0, 1}},
		Due:     []Seg{{"over", "Overdue", 1}, {"soon", "Within 7 days", 1}, {"run", "8 to 21 days", 0}, {"wait", "22 to 31 days", 1}, {"erased", "Later", 0}, {"held", "Clock stands", 1}},
		States:  []Seg{{"wait", "Open", 3}, {"held", "Waits for the person", 1}},
	}
}

func TestTicketStats(t *testing.T) {
	v := sampleTicketStats()
	render(t, "ticketstats", v)
	v.ByMonth, v.Filter.Show = true, "months"
	render(t, "ticketstats_months", v)
	empty := TicketStats{Period: "Received or closed in 2024.", Empty: Empty{"No ticket was received or closed in this period", "They are counted here."}}
	render(t, "ticketstats_empty", empty)
	render(t, "ticketstats_refused", TicketStats{Wrong: true, Filter: TicketStatsFilter{From: "soon", FromErr: "Write a day as year, month and day: 2026-03-31."}})
}

func TestCCPAYear(t *testing.T) {
	years := []Tab{{Label: "2026", Href: "/statistics/ccpa?year=2026"}, {Label: "2025", Href: "/statistics/ccpa?year=2025", Current: true}}
	render(t, "ccpa", CCPAYear{Year: "2025", Years: years, CSV: true, Other: "Under the CCPA and in no line above: Restriction 1.",
		Lines: []CCPALine{{"Delete", "§7102(a)(1)(A), (F)", 12, 9, 2, 1, 1, 0, 1, 0, 1, "30.5", "29.1"}, {"Correct", "§7102(a)(1)(B), (F)", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", ""}}})
	render(t, "ccpa_empty", CCPAYear{Year: "2025", Years: years, CSV: true, Empty: Empty{"No request under the CCPA in 2025", "They are counted here."}})
}

// The rows of the strips share their scale, an empty month has no column, and a month with one request can be seen beside one with a thousand.
func TestStrips(t *testing.T) {
	s := newStrips([]MonthCounts{{Name: "Access", Months: []DayCount{{"Jan", 1000, 0}, {"Feb", 500, 1}}}, {Name: "Erasure", Months: []DayCount{{"Jan", 0, 0}, {"Feb", 1, 250}}}})
	if s.Top != 1000 || len(s.Labels) != 2 {
		t.Errorf("top %d, labels %v", s.Top, s.Labels)
	}
	for _, c := range []struct {
		path    string
		columns int
		high    []string
	}{{s.Rows[0].Filed, 2, []string{"v-34h", "v-17h"}}, {s.Rows[0].Ended, 1, []string{"v-2h"}}, {s.Rows[1].Filed, 1, []string{"v-2h"}}, {s.Rows[1].Ended, 1, []string{"v-9h"}}} {
		if strings.Count(c.path, "M") != c.columns {
			t.Errorf("%d columns, want %d: %s", strings.Count(c.path, "M"), c.columns, c.path)
		}
		for _, h := range c.high {
			if !strings.Contains(c.path, h) {
				t.Errorf("no column is %s high: %s", h, c.path)
			}
		}
	}
}

// Days are held against the time of the law, and written as days.
func TestDaysPlotAgainstTheLaw(t *testing.T) {
	p := TicketLimit{45, "45 days"}.measure().plot([]DayTimes{{"Jan", 12.5, 30, 31, 4}})
	if p.LimitWord != "45 days" || p.Axis.Top < 45 || !strings.Contains(lang.InEnglish(p.Lines[2].Marks[0].Title), "12.5 days") {
		t.Errorf("%s up to %g: %s", p.LimitWord, p.Axis.Top, p.Lines[2].Marks[0].Title)
	}
}
