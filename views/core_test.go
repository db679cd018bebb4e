package views

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

// corePages are the pages of the first half in the states that people meet.
func corePages() map[string]templ.Component {
	bad := Search{Query: "no;good", Error: "A customer ID has no semicolon. Check what you pasted."}
	none := Search{Query: "cust_0", Asked: true, ID: "cust_0", Services: 6, AskedAt: noon}
	silent := none
	silent.Silent, silent.Near = []string{"Speech to Text, eu-de"}, sampleNear
	linked, subject := none, sampleSubject()
	linked.Elsewhere, subject.Elsewhere = []string{"letters", "front-bot (upstream)"}, []string{"letters"}
	asked := Search{Erased: WasErased{ID: "cust_8842", Asked: true, Since: autumn, Past: []PastErasure{
		{Number: 7, Href: "/erasures/7", Words: "An erasure of this ID was accepted on 21 Nov 2026, 16:42 and has not finished"},
		{Number: 2, Words: "An erasure of this ID at support-bot was accepted on 27 Sep 2026, 10:48"}}}}
	never := Search{Erased: WasErased{ID: "cust_0", Asked: true, Since: autumn}}
	followed := Subject{ID: "cust_0", Ref: "s_0", Returned: &Returned{Records: 1, Erasure: 2, Ended: autumn, Open: 8, Dismiss: "/subjects/s_0/returned/dismiss", ReasonErr: "Choose why it is meant to be there."}}
	before := none
	before.Past = asked.Erased.Past
	filtered := sampleSearch()
	filtered.Rows, filtered.Pager, filtered.Near = nil, Pager{}, nil
	refused := sampleRecord()
	refused.Error, refused.Unlabelled, refused.Labels = "Choose why you need to see it.", true, nil
	preview := sampleRecord()
	preview.Unreachable, preview.Labels, preview.SubjectHref = "the assistant preview", nil, ""
	gone := Record{Number: 3, Service: "Assistant", Kind: "Message", Instance: "support-bot", State: State{Tone: "erased", Word: "Erased"}, Digest: State{Word: "No digest kept"}}
	return map[string]templ.Component{
		"home": sampleHome(), "home_empty": Home{Now: noon},
		"search": sampleSearch(), "search_box": Search{}, "search_bad": bad, "search_none": none,
		"search_erased": asked, "search_never_erased": never, "subject_followed": followed, "search_past": before,
		"search_elsewhere": linked, "subject_elsewhere": subject,
		"search_silent": silent, "search_filtered": filtered,
		"subject": sampleSubject(), "subject_bare": Subject{ID: "cust_0", Ref: "s_0", Sentence: "Nothing is held under this ID."},
		"record_picture": samplePicture(""), "record_picture_revealed": samplePicture("/records/8102/picture"),
		"record": sampleRecord(), "record_revealed": sampleRevealed(), "record_refused": refused, "record_erased": gone, "record_unreachable": preview,
		"stepup":      StepUp{Act: "approve erasure 7", Email: "officer@demo.example", Action: "/stepup", Back: "/erasures/7", Carry: []Hidden{{"next", "/erasures/7"}}, Error: "That is not the password."},
		"stepup_oidc": StepUp{Act: "approve erasure 7", Provider: "Example ID", Href: "/signin/oidc?next=%2Ferasures%2F7", Back: "/erasures/7"},
		"error":       Error{Status: 404, Title: "There is no such page", Detail: "It may have been erased, or it is not yours to see.", Request: "01J8Z", Href: "/", Link: "Go to the overview"},
	}
}

func TestCorePages(t *testing.T) {
	for name, page := range corePages() {
		t.Run(name, func(t *testing.T) { render(t, name, page) })
	}
}

func TestSignInPages(t *testing.T) {
	outside := WithFrame(context.Background(), Frame{Demo: true})
	renderIn(t, outside, "signin_demo", sampleSignIn())
	renderIn(t, context.Background(), "signin_oidc", SignIn{Local: true, Provider: "Example ID", Next: "/erasures/7", Email: "a@b.example", Error: "E-mail or password is wrong."})
}

func TestFrame(t *testing.T) {
	f := testFrame
	f.Theme, f.Notice, f.SessionEnds = "dark", &Notice{Tone: "ok", Text: "Erasure 7 approved.", Link: "Erasure 7", Href: "/erasures/7"}, ""
	got := renderIn(t, WithFrame(context.Background(), f), "frame_dark", Search{})
	for _, want := range []string{`data-theme="dark"`, `class="dark"`, `content="dark"`, "Erasure 7 approved."} {
		if !strings.Contains(got, want) {
			t.Errorf("the dark frame lacks %q", want)
		}
	}
}

// Who may not search is not offered to.
func TestFrameOffersOnlyWhatIsAllowed(t *testing.T) {
	f := testFrame
	f.Nav = []NavItem{{Section: "audit", Label: "Audit trail", Href: "/audit", Icon: "link"}}
	got := renderIn(t, WithFrame(context.Background(), f), "frame_auditor", Error{Title: "Not for you", Detail: "Ask an administrator."})
	if strings.Contains(got, "/search") {
		t.Error("an auditor is led to the search")
	}
}

// What is hidden is not in the page, not even out of sight.
func TestMaskedCarriesNothing(t *testing.T) {
	var out strings.Builder
	pieces := []Piece{text("call "), {Text: "+49 30 555", Hidden: "phone"}}
	if err := Masked(pieces).Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "555") || !strings.Contains(got, "phone") {
		t.Errorf("masked text came out as %q", got)
	}
}

func TestEscaping(t *testing.T) {
	v := sampleSearch()
	v.ID, v.Query = `<script>"'&`, `"><script>`
	var out strings.Builder
	if err := v.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), `<script>`) {
		t.Error("a customer ID reached the page unescaped")
	}
}

// TestMatches: what a filter found, and where it could not look.
func TestMatches(t *testing.T) {
	box := Advanced{Filter: "request.input.text:order"}
	v := Matches{Box: box, Services: 6, AskedAt: noon, Rows: sampleRows[:2], Pager: Pager{Total: -1, Older: "/searches/r4nd?before=c2"}}
	render(t, "matches", v)
	v.Reached, v.On = autumn, "/searches/r4nd?before=c3"
	render(t, "matches_stopped", v)
	v.Rows, v.Pager = nil, Pager{}
	render(t, "matches_nothing_yet", v)
	render(t, "matches_none", Matches{Box: box, Services: 6, AskedAt: noon})
}

// sampleFields are one of each sort: of a closed list of values, of none, of days, and a list with a level below.
var sampleFields = []FilterField{{Name: "customer_id", Operators: []string{"::", "::!"}}, {Name: "language", Operators: []string{"::", "::!"}, Values: []string{"de", "en"}},
	{Name: "request_timestamp", Operators: []string{"<", ">="}, Values: []string{"2026-11-22", "2026-01-01"}},
	{Name: "response.intents", Operators: []string{":"}, Below: []FilterField{{Name: "intent", Operators: []string{"::", ":"}}, {Name: "confidence", Operators: []string{"<", ">"}, Values: []string{"0.5"}}}}}

// A list that was looked up: each sort of line, and who was not asked; one of which nothing is left to show.
func TestListSearch(t *testing.T) {
	v := ListSearch{Lines: IDList{Known: 2, Unknown: []string{"cust_0"}, Repeats: []ListRepeat{{5, 1}}, Faults: []ListFault{{6, "no=one", "A customer ID must not contain ';' or '='."}}},
		Services: 6, AskedAt: noon, Elsewhere: []string{"letters"}, EraseHref: "/lists/T0K3N", CSVAction: "/lists/T0K3N/csv",
		Tabs: []Tab{{Label: "All", Href: "/lists/T0K3N/found", Count: 3, Current: true}, {Label: "Known here", Href: "/lists/T0K3N/found?show=known", Count: 2}},
		Rows: []FoundRow{
			{Line: 1, ID: "cust_8842", Href: "/subjects/s_4f2k", Records: 327, Where: "5 services, between 27 Sep 2026 and 21 Nov 2026", State: State{Tone: "held", Word: "Held"}, Near: sampleNear},
			{Line: 2, ID: "cust_9999", Href: "/subjects/s_91", Records: 1, Where: "1 service, on 21 Nov 2026", State: State{Tone: "ok", Icon: "tag", Word: "Known here"}},
			{Line: 4, ID: "cust_0", State: State{Tone: "wait", Icon: "circle-minus", Word: "Not known here"}, Past: []PastErasure{{Number: 7, Href: "/erasures/7", Words: "An erasure of this ID was accepted on 21 Nov 2026, 16:42 and has not finished"}}},
		}, Pager: Pager{From: 1, To: 3, Total: 3}}
	render(t, "listsearch", v)
	v.Rows, v.Pager, v.Elsewhere, v.CSVAction, v.Lines.Faults, v.Lines.Repeats = nil, Pager{}, nil, "", nil, nil
	render(t, "listsearch_none", v)
	render(t, "search_list_bad", Search{List: ListBox{Text: "no=one", Error: "No line is a customer ID. Line 1 must not contain ';' or '='."}})
}

// Saved filters: one's own, shared or not, somebody else's, and a name that was refused.
func TestSavedSearches(t *testing.T) {
	all := []SavedSearch{
		{Number: 1, Name: "Cancelled this year", Filter: "response.top_intent::cancel,request_timestamp>=2026-01-01", Own: true, Remove: true, Save: SaveSearch{Name: "Cancelled this year"}},
		{Number: 2, Name: "German", Filter: "language::de", Own: true, Shared: true, Remove: true, Save: SaveSearch{Name: "", Shared: true, Error: "Give it a name of 1 to 60 visible characters."}},
		{Number: 3, Name: "Orders", Filter: "request.input.text:order", Shared: true, By: "Sam Ode"},
	}
	got := render(t, "search_saved", Search{Saved: all})
	if strings.Contains(got, "/search/filters/3") {
		t.Error("somebody else's filter can be changed")
	}
	v := Matches{Box: Advanced{Filter: "language::de", Fields: sampleFields}, Services: 2, AskedAt: noon, SaveAction: "/searches/r4nd/save", Save: SaveSearch{Name: "x", Error: "You have 20 saved filters. Remove one first."}}
	render(t, "matches_save", v)
	v.SaveAction, v.Save.Error = "", "A saved filter names no person."
	render(t, "matches_person", v)
}

// The button of a table stands where its reader may take the table along, and nowhere else.
func TestTableFile(t *testing.T) {
	f := testFrame
	f.Files = map[string]string{"/batches": "/batches/csv?x=1"}
	for page, want := range map[string]bool{"/batches": true, "/erasures": false} {
		var out strings.Builder
		if err := tableFile(page, "CSV").Render(WithFrame(context.Background(), f), &out); err != nil || strings.Contains(out.String(), `action="/batches/csv?x=1"`) != want {
			t.Errorf("%s: %q %v", page, out.String(), err)
		}
	}
}

// A table that may be long is offered in the background where that can be had, and from its second page on.
func TestLongTableFile(t *testing.T) {
	for _, tt := range []struct {
		later bool
		p     Pager
		want  bool
	}{{true, Pager{Older: "/audit?before=1"}, true}, {true, Pager{Newer: "/audit"}, true}, {true, Pager{Total: 9}, false}, {false, Pager{Older: "/audit?before=1"}, false}} {
		f := testFrame
		f.Files, f.Later = map[string]string{"/audit": "/audit/csv"}, tt.later
		var out strings.Builder
		err := longTableFile("/audit", tt.p).Render(WithFrame(context.Background(), f), &out)
		if got := out.String(); err != nil || strings.Contains(got, `name="later"`) != tt.want || !strings.Contains(got, `action="/audit/csv"`) {
			t.Errorf("%+v: %s %v", tt, got, err)
		}
	}
}

func TestAdvancedRefused(t *testing.T) {
	bad := Advanced{Filter: "language::en,nonsense::a", Open: true, Error: "At character 14: this field is not supported.", Mend: "Take one of the fields in the list.", Fields: sampleFields, Before: "language::en,", At: "n", After: "onsense::a"}
	render(t, "search_filter_bad", Search{Advanced: bad})
	render(t, "search_filter_end", Search{Advanced: Advanced{Filter: "customer_id::", Open: true, Error: "At the end: a value is missing.", Before: "customer_id::"}})
}
