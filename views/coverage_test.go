package views

import "testing"

func TestLabelCoverage(t *testing.T) {
	v := LabelCoverage{Period: "28 October to 26 November 2026.", Periods: []PeriodLink{{"30 days", "/coverage?days=30", true}, {"7 days", "/coverage?days=7", false}},
		CSV: true, From: "2026-10-28", Repair: "/coverage/conversations", Columns: []HeatColumn{{"20", "Friday, 20 November 2026"}, {"21", "Saturday, 21 November 2026"}, {"22", "Sunday, 22 November 2026"}},
		Rows: []CoverageRow{{Name: "support-bot", Href: "/services/1", Share: "84 % labelled", Labelled: 84, Unlabelled: 10, Unreachable: 6, Segs: LabelSegs(84, 10, 6, false),
			Cells: []HeatCell{{Text: "–"}, {Level: 1, Text: "0", Title: "40 labelled, 0 not labelled"},
				{Level: 4, Unreachable: true, Text: "27", Title: "44 labelled, 10 not labelled, 6 not erasable by ID", Href: "/coverage/conversations?service=1&day=2026-11-22"}}}},
		More: 2, Senders: []SenderRow{{"support-bot", "/services/1", "Web shop", "a1", "Not named", 10, false, "2 Mar 2026", "22 Nov 2026"},
			{"support-bot", "/services/1", "Web shop", "", "Facebook", 6, true, "2 Mar 2026", "22 Nov 2026"}}, MoreSends: 1,
		Advice: []Advice{{"Assistant", "Send the header with every message.", "IBM, “Information security”.", []Command{{"The header", "X-Watson-Metadata: customer_id=ID"}}}}}
	render(t, "coverage", v)
	v.Senders, v.Advice, v.MoreSends, v.Repair, v.CSV = nil, nil, 0, "", false
	render(t, "coverage_labelled", v)
	render(t, "coverage_empty", LabelCoverage{Period: "28 October to 26 November 2026.", Empty: Empty{"Nothing came in", "Of these days no hosted service holds a record."}})
}
