package views

import (
	"strings"
	"testing"
)

func sampleTickets() Tickets {
	return Tickets{
		Tabs:    []Tab{{Label: "Running", Href: "/tickets", Count: 2, Current: true}, {Label: "Overdue", Href: "/tickets?show=overdue", Count: 1}},
		Filters: []Field{{Name: "right", Label: "Right", Options: Choices(Rights, "", "Every right")}, {Name: "region", Label: "Region", Options: Choices(Regions, "eu", "Every region")}},
		Rows: []TicketRow{
			{Number: 7, Right: "Access", Law: "Art. 15, EU GDPR", State: State{Tone: "run", Word: "In progress"}, Assignee: "Sam Ode", Received: noon, Channel: "Phone", Due: evening, Left: "2 days late", Tone: "over", Used: 1},
			{Number: 9, Right: "Erasure", Law: "Civ. Code 1798.105, CCPA", State: State{Tone: "wait", Word: "Open"}, Received: noon, Channel: "Post", Due: evening, Left: "12 days left", Used: 0.6},
		},
		New: true, IDs: true, Pager: Pager{Total: -1, Older: "/tickets?after=1-9"},
	}
}

func sampleTicket() Ticket {
	return Ticket{
		Number: 7, Right: "Access", State: State{Tone: "held", Word: "Waits for the person"}, Sentence: "The person was asked, and the clock stands until they answer.",
		Next: &TicketNext{Label: "The person has answered", Post: "/tickets/7/resume"}, Private: true,
		Same:    []TicketRef{{Number: 5, Right: "Access", Sub: "Received on 2 Nov 2026, Post", State: State{Tone: "run", Word: "In progress"}, Act: "/tickets/7/merge"}},
		IDs:     []TicketID{{Subject: SubjectRef{Text: "cust_8842", Href: "/subjects/s_4f2k"}, Sub: "327 records in 5 services"}},
		Aliases: []TicketAlias{{Subject: SubjectRef{Text: "slack_cust_8842", Href: "/subjects/s_91"}, Token: "s_91", Act: "/tickets/7/ids"}},
		Links:   []TicketLinkRow{{Text: "Erasure 3", Href: "/erasures/3", Sub: "nothing is erased until a second person approves it", State: State{Tone: "wait", Word: "Proposed"}}},
		Acts: []TicketAct{{ID: "extend", Title: "Extend…", Lead: "Once.", Action: "/tickets/7/extend", Button: "Extend", Variant: "outline", Open: true, Fields: []Field{{Name: "told", Label: "Told on", Type: "date", Error: "This day has not come yet."}}},
			{ID: "attach", Title: "Attach a file…", Action: "/tickets/7/files", Button: "Attach", Variant: "outline", File: true, FileErr: "Choose a file."}},
		People: []KV{{Key: "Name", Value: "Anna Berg"}}, Facts: []KV{{Key: "With", Value: "Sam Ode"}},
		Checks:  []TicketCheck{{Method: "Answered questions about what we hold", Level: "Substantial", Checked: "the last three orders", By: "Sam Ode, 22 Nov 2026"}},
		Notes:   []TicketWords{{Words: "called at nine", By: "Sam Ode", Erase: "/tickets/7/notes/1/erase"}, {By: "Sam Ode", Gone: true}},
		Files:   []TicketFileRow{{Name: "letter.pdf", Href: "/tickets/7/files/1", Sub: "PDF, 12 kB", Erase: "/tickets/7/files/1/erase"}},
		History: []Event{{When: noon, What: "A request of a person came in and got its ticket.", Sub: "Sam Ode"}},
	}
}

func TestTicketPages(t *testing.T) {
	render(t, "tickets", sampleTickets())
	none := sampleTickets()
	none.Rows, none.Found, none.Of, none.Clear, none.Query, none.QueryErr = nil, "cust_8842", "WORD", "/tickets", "cust_8843", "No ticket has this number."
	none.Empty = Empty{Title: "No ticket that was found fits", Detail: "Asked for: right “Erasure”."}
	render(t, "tickets-none", none)
	render(t, "ticket", sampleTicket())
	form := NewTicket{Channel: Field{Name: "channel", Label: "By"}, Received: Field{Name: "received", Label: "Received on", Type: "date"}, Regime: Field{Name: "regime", Label: "Law"}, Country: Field{Name: "country", Label: "Country"},
		Region: Field{Name: "region", Label: "Where"}, Name: Field{Name: "name", Label: "Name"}, Contact: Field{Name: "contact", Label: "Contact"}, Relation: Field{Name: "relation", Label: "Who asks"},
		AgentName: Field{Name: "agent", Label: "Name of who asks"}, AgentContact: Field{Name: "agent-contact", Label: "Contact of who asks"}, Note: Field{Name: "note", Label: "Note", Type: "textarea"}, Right: Field{Name: "right", Label: "They ask for", Type: "select", Options: Choices(Rights, "access", "Choose one")}, IDs: Field{Name: "ids", Label: "Customer IDs", Type: "textarea", Error: "Line 2 is too long."},
		Same: []TicketRef{{Number: 5, Right: "Access", Sub: "Received on 2 Nov 2026", State: State{Tone: "run", Word: "In progress"}}}}
	if got := render(t, "newticket", form); !strings.Contains(got, `name="anyway"`) {
		t.Error("what may be the same can not be sent again")
	}
}
