package views

import (
	"strings"
	"testing"
)

func madeElsewhere() Elsewhere {
	return Elsewhere{Back: "/searches/r4nd", Again: "/searches/r4nd/elsewhere", ID: "cust_8842", AskedAt: noon, Here: 327,
		Told: "Something is held elsewhere. No answer: lame-bot. Cannot be asked: letters. So this is not the whole answer.",
		Answers: []ElsewhereAnswer{
			{Name: "front-bot (upstream)", Where: "Assistant, linked", Href: "/services/2", State: State{"run", "external-link", "Holds entries"}, Words: "12 entries, the newest of 21 Nov 2026, 16:42.",
				Latest: []ElsewhereSaid{{At: evening, Text: []Piece{text("please call "), bar2("phone")}}, {At: autumn, Text: []Piece{text("where is my parcel")}}}},
			{Name: "lame-bot", Where: "Assistant, linked", Href: "/services/3", State: State{"over", "alert-triangle", "No answer"}, Words: "It did not answer within 3 seconds."},
			{Name: "letters", Where: "Discovery, linked", Href: "/services/4", State: State{"risk", "hand-stop", "Cannot be asked"}, Words: "It cannot be asked."},
		}}
}

// TestElsewhere: as a page of its own and as the part of one. Only the first page of a list fetches it by itself; each has the link.
func TestElsewhere(t *testing.T) {
	v := madeElsewhere()
	render(t, "elsewhere", v)
	v.Part = true
	if part := render(t, "elsewhere_part", v); strings.Contains(part, "<html") {
		t.Error("the part is a whole page")
	}
	s := Search{Query: "cust_0", Asked: true, ID: "cust_0", Services: 6, AskedAt: noon, Elsewhere: []string{"letters"}, AskHref: "/searches/r4nd/elsewhere"}
	later := render(t, "search_elsewhere_link", s)
	s.AskNow = true
	now := render(t, "search_elsewhere_now", s)
	for page, want := range map[string]bool{now: true, later: false} {
		if strings.Contains(page, `hx-get="/searches/r4nd/elsewhere"`) != want || !strings.Contains(page, `href="/searches/r4nd/elsewhere"`) {
			t.Errorf("fetched by itself: %v is wrong, or there is no link", want)
		}
	}
}
