package views

import (
	"testing"

	"quittance/views/lang"
)

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

func madeConversations() []ConversationRow {
	return []ConversationRow{
		{Lead: 12, Service: "support-bot", Records: 2, Unreachable: 1, Span: "22 Nov 2026, 10:04 to 22 Nov 2026, 10:09", Said: []Piece{{Text: "write to "}, {Text: "anna@mail.example", Hidden: "email"}},
			Bearers: []BearerRow{{ID: "cust_8842", Href: "/subjects/s_1", Value: "12.s_1", Evidence: "4 messages of this conversation bear it, 22 Nov 2026, 10:01", Notes: []lang.Word{"Erasure 7 waits for this ID."}}}},
		{Lead: 15, Service: "support-bot", Records: 1, Span: "22 Nov 2026, 11:00", Bearers: []BearerRow{{ID: "cust_1", Href: "/subjects/s_2", Value: "15.s_2", Evidence: "1 message of this conversation bears it"}, {Frozen: true, Evidence: "1 message of this conversation bears it"}}},
	}
}

func TestConversations(t *testing.T) {
	v := Conversations{Scope: "All services", Looked: "Looked at 40 conversations.", Rows: madeConversations(), May: true, Older: "/coverage/conversations?before=x",
		Repairs: []RepairRow{{2, "support-bot", 3, true, "Rita Lind", minute(22, 9, 0), State{Tone: "ok", Word: "Labelled"}, "/coverage/repairs/2/undo"},
			{1, "support-bot", 1, false, "Rita Lind", minute(21, 9, 0), State{Tone: "erased", Word: "Taken back"}, ""}}}
	render(t, "conversations", v)
	v.May = false
	render(t, "conversations_read", v)
	render(t, "conversations_empty", Conversations{Scope: "All services", Looked: "No conversation has an unlabelled message.", Empty: Empty{"Nothing to repair among these", "The two will stand here."}})
}

func TestRepairPreview(t *testing.T) {
	rows := madeConversations()[:1]
	rows[0].Bearers[0].Chosen = true
	v := RepairPreview{Conversations: 1, Records: 2, Rows: rows, Picks: []string{"12.s_1"}, Hash: "ab12"}
	render(t, "repair", v)
	v.Late, v.LateErr, v.Error = 1, "Say that you mean it, or leave these conversations out.", "Something has changed since you read it."
	render(t, "repair_refused", v)
}
