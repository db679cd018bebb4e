package views

import "testing"

func sampleList() IDList {
	return IDList{
		Token: "R4ND", Known: 3, Unknown: []string{"cust_0", "cust_00"}, Header: true, Linked: 2, Call: true,
		Repeats: []ListRepeat{{Line: 5, First: 2}}, Faults: []ListFault{{Line: 7, Text: "no;good", Why: "A customer ID must not contain ';' or '='."}, {Line: 9, Why: "A customer ID must be valid UTF-8."}},
		Manifest: Manifest{Erase: 41, Shared: 2, CutOff: CutOff{Seq: 91204, Taken: noon, Age: "0 s ago"}, Rows: []ManifestRow{
			{Service: "support-bot", Where: "Assistant", Kind: "Message", Href: "/services/1", Erase: 41},
			{Service: "letters", Where: "Assistant", Href: "/services/4", Called: true, Why: "Linked, not counted here."}}},
	}
}

func sampleBulk() Bulk {
	return Bulk{
		Number: 3, State: State{Tone: "soon", Word: "Proposed"}, Next: "Nothing is erased until a second person approves it.", Push: "/bulks/3/live", Updated: "12:00:00", Requests: 3,
		Segs: []Seg{{"soon", "Proposed", 2}, {"erased", "Withdrawn", 1}}, Manifest: sampleList().Manifest,
		Rows: []BulkRow{{Number: 14, Reference: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", Records: 40, State: State{Tone: "soon", Word: "Proposed"}},
			{Number: 13, Reference: "ff1e2d3c4b5a69788796a5b4c3d2e1f0", Records: 1, State: State{Tone: "erased", Word: "Withdrawn"}, Ended: noon}},
		Pager:   Pager{Total: 3, Older: "/bulks/3?before=13"},
		Approve: &Approval{Hash: "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", Records: 40, Age: "2 h ago", Confirm: Confirm{Words: "erase 40 records in 2 requests", Button: "Approve 2 erasures"}},
		Refuse:  &Refusal{}, Withdraw: true, CSV: "/bulks/3/csv",
		Facts:   []KV{{Key: "Ground", Value: "Consent withdrawn"}, {Key: "Proposed by", Value: "Sam Ode"}},
		History: []Event{{When: noon, What: "The erasure of a list of customer IDs was proposed.", Sub: "Sam Ode"}},
	}
}

func TestBulkPages(t *testing.T) {
	render(t, "newbulk", NewBulk{})
	render(t, "newbulk_refused", NewBulk{Text: "a;b", TextErr: "No line is a customer ID. Line 1 must not contain ';' or '='.", CSV: true})
	render(t, "list", sampleList())
	bad := sampleList()
	bad.GroundErr, bad.NoteErr, bad.Error, bad.Call = "Choose the ground.", "Keep it short.", "Nothing would be erased.", false
	render(t, "list_refused", bad)
	many := IDList{Token: "R4ND"}
	for i := range int64(listRows + 5) {
		many.Faults = append(many.Faults, ListFault{Line: i + 1, Text: "x=", Why: "A customer ID must not contain ';' or '='."})
	}
	render(t, "list_nothing", many)
	render(t, "bulk", sampleBulk())
	moving := sampleBulk()
	moving.State, moving.Approve, moving.Refuse, moving.Withdraw, moving.Rows, moving.Barred = State{Tone: "run", Word: "Being proposed"}, nil, nil, false, nil, "A compliance officer decides on this."
	render(t, "bulk_moving", moving)
}
