package views

import (
	"strings"
	"testing"

	"quittance/views/lang"
)

func madeServices() Services {
	row := func(n int64, name, kind, where string, all, not int64, s State) ServiceRow {
		return ServiceRow{n, name, lang.Word(kind), lang.Word(where), all, all - not, not, not / 10, false, strings.HasPrefix(where, "linked"), 2, minute(22, 11, 3), s, map[bool]lang.Word{true: "Last call went well, 22 Nov 2026, 10:00. Nothing of it is counted here."}[strings.HasPrefix(where, "linked")]}
	}
	live := State{"ok", "circle-check", "Taking in"}
	return Services{New: true, Rows: []ServiceRow{
		row(1, "support-bot", "Assistant", "hosted here", 18_204, 312, live), row(2, "kb-search", "Discovery", "hosted here", 9_610, 0, live), row(3, "claims-photos", "Visual Recognition", "hosted here", 3_100, 44, live),
		row(4, "callcentre", "Speech to Text", "hosted here", 1_611, 0, State{"", "circle-minus", "Quiet"}), row(5, "sales-bot", "Assistant", "linked, us-south", 0, 0, State{"", "external-link", "Linked"}),
	}}
}

func TestServices(t *testing.T) {
	render(t, "services", madeServices())
	render(t, "services_empty", Services{Empty: Empty{"No services yet", "Add one here, or with quittance service add."}})
}

func madeService() Service {
	curl := func(rest string) string {
		return `curl -u "apikey:$APIKEY" ` + rest
	}
	url := "http://127.0.0.1:8080/instances/6f1c2a90-6a3e-4f0a-9d2c-1f3b5a7c9e11"
	return Service{
		Number: 1, Name: "support-bot", Kind: "Assistant, hosted here", State: State{"ok", "circle-check", "Taking in"}, URL: url, Manage: true,
		Facts: []KV{{Key: "ID", Value: "6f1c2a90-6a3e-4f0a-9d2c-1f3b5a7c9e11", Mono: true, Copy: true}, {Key: "Registered", Value: "15 Nov 2026, 08:00"}, {Key: "API deletions", Value: "Run by themselves"}, {Key: "Records", Value: "18,204"}},
		Endpoints: []Endpoint{
			{"Send a labelled message", "POST", "/v2/assistants/{assistant}/sessions/{session}/message", curl("-H 'X-Watson-Metadata: customer_id=abc' -H 'Content-Type: application/json' \\\n  -d '{\"input\":{\"text\":\"Hello\"}}' \\\n  '" + url + "/v2/assistants/$A/sessions/$S/message?version=2024-08-25'")},
			{"List logs by customer ID", "GET", "/v2/assistants/{assistant}/logs", curl("'" + url + "/v2/assistants/$A/logs?version=2024-08-25&filter=customer_id::abc'")},
			{"Delete by customer ID", "DELETE", "/v2/user_data", curl("-X DELETE '" + url + "/v2/user_data?version=2024-08-25&customer_id=abc'")},
		},
		Coverage: LabelSegs(17_892, 272, 40, false), Unreachable: 40, Labelled: "98 % of 18,204 records are labelled",
		Unlabelled: []UnlabelledRow{{"Message", 300, minute(22, 9, 0)}, {"Imported log entry", 12, minute(20, 9, 0)}},
		Keys: []KeyRow{
			{1, "qk_4f2a91c0", "Web chat", "ingest, logs", minute(22, 11, 3), minute(30, 0, 0), finishedKey("Live"), true}, {2, "qk_77b01d3e", "Nightly deletion", "erase", minute(21, 2, 0), Moment{}, State{"soon", "hourglass", "Expires soon"}, true},
			{3, "qk_09ac55f1", "Old web chat", "ingest", Moment{}, minute(1, 0, 0), State{"", "ban", "Revoked"}, false},
		},
		NewKey: NewKey{Ingest: true, Logs: true}, Policies: madePolicies(),
	}
}

func madePolicies() []ServicePolicy {
	return []ServicePolicy{
		{Name: "unlabelled", Label: "Messages without a customer ID", Now: "Flagged", Next: "Allowed", From: minute(23, 11, 3), Options: []Option{
			{Value: "refused", Label: "Refused", Hint: "Answered with 400 and how to label; nothing is stored"}, {Value: "flagged", Label: "Flagged", Hint: "Stored, counted, and shown as a risk"},
			{Value: "allowed", Label: "Allowed", Hint: "Stored and counted, and not shown as a risk", Selected: true}}},
		{Name: "deletion", Label: "Deletions by API", Now: "Run by themselves", Options: []Option{
			{Value: "approval", Label: "An officer approves first"}, {Value: "automatic", Label: "Run by themselves", Selected: true}}},
	}
}

func finishedKey(word string) State { return State{"ok", "key", lang.Word(word)} }

func freshService() Service {
	v := madeService()
	v.Fresh = &FreshKey{Name: "Web chat 2", Secret: "qk_51d8e0aa_3mJ0n7cQx1yZ5bV8tR2kW9pL4sF6hG0dA1eU7iO3xYc"}
	return v
}

func TestService(t *testing.T) {
	render(t, "service", madeService())
	if page := render(t, "service_key", freshService()); strings.Count(page, freshService().Fresh.Secret) != 2 {
		t.Error("the key should stand once to read and once to copy")
	}
	read := madeService()
	read.Manage, read.Keys, read.Tolerated = false, nil, true
	render(t, "service_read", read)
	v := Service{Number: 5, Name: "sales-bot", Kind: "Assistant, hosted here", State: State{"ok", "circle-check", "Taking in"}, Labelled: "No records yet", Manage: true}
	v.NewKey = NewKey{Name: "x", NameErr: "Two keys of this name are live.", ScopeErr: "Tick at least one.", Expires: "2020-01-01", ExpiresErr: "This day is over.", Error: "No key was made."}
	v.Policies = madePolicies()
	v.Policies[1].Error = "Choose one of these."
	render(t, "service_refused", v)
}

// TestLinkedService: what lies elsewhere has no labels, no keys and no address here, and its page claims none.
func TestLinkedService(t *testing.T) {
	v := Service{Number: 6, Name: "hotline voice", Kind: "Text to Speech", State: State{"", "external-link", "Linked"}, Linked: true,
		Facts: []KV{{Key: "Where", Value: "linked, eu-de"}, {Key: "Host", Value: "api.eu-de.text-to-speech.example", Mono: true}}}
	page := render(t, "service_linked", v)
	for _, no := range []string{"labels-h", "Keys", "Endpoints", "Policies"} {
		if strings.Contains(page, no) {
			t.Errorf("the page of a linked service speaks of %q", no)
		}
	}
}

func madeLink() *LinkForm {
	return &LinkForm{Way: "opendsr", Action: "/services/6/link", Test: "/services/6/test", Button: "Save", Fields: []Field{
		{Name: "url", Label: "Address", Value: "https://dsr.example.com/v2", Required: true, Mono: true, Hint: "All before /discovery"},
		{Name: "regulation", Label: "Requests are sent under", Type: "select", Value: "gdpr", Required: true, Options: []Option{{Value: "gdpr", Label: "GDPR"}, {Value: "ccpa", Label: "CCPA"}}},
		{Name: "headers", Label: "Headers", Type: "textarea", Error: "Another host gets no credential that was given for this one; give its own."},
		{Name: "inside", Label: "It lies inside", Type: "checkbox", Value: "yes", Checked: true},
	}}
}

// TestLinkForms: how a linked service is reached, with what a test of the connection found.
func TestLinkForms(t *testing.T) {
	f := madeLink()
	f.Findings = []LinkFinding{{State{"ok", "circle-check", "Works"}, "Way there", "It answers over TLS."}, {State{"over", "alert-triangle", "Wrong"}, "Fingerprint", "It is another than the one that you confirmed."},
		{State{"soon", "eye-off", "Look"}, "Not checked", "Whether it takes a request."}}
	render(t, "newservice_link", NewService{Link: f, LinkKind: "OpenDSR processor"})
	v := Service{Number: 6, Name: "Acme", Kind: "OpenDSR processor", State: State{"risk", "alert-triangle", "Last call failed"}, Linked: true, Link: madeLink(),
		Remove: &Confirm{Words: "remove link", Button: "Remove link", Typed: "remove", Error: "Type the words exactly as they stand: remove link"},
		Facts:  []KV{{Key: "Last call that did not", Value: "22 Nov 2026, 10:00. " + PartWords("certificate")}}}
	render(t, "service_link", v)
	render(t, "service_byhand", Service{Number: 7, Name: "Paper", Kind: "By hand", State: State{"", "external-link", "Linked"}, Linked: true, ByHand: true, Instructions: "Look in the cellar.\nShred it."})
}

func TestNewService(t *testing.T) {
	render(t, "newservice", NewService{Ways: []LinkWay{{"OpenDSR processor", "Gets a request", "/services/new?link=opendsr"}, {"By hand", "A task for a person", "/services/new?link=manual"}}})
	render(t, "newservice_refused", NewService{Kind: "assistant", NameErr: "Give it a name.", Error: "No service was added."})
}

func TestKeysPage(t *testing.T) {
	v := Keys{Manage: true, Curl: `curl -u "apikey:KEY" "https://q.example/api/tickets"`, DSR: "https://q.example/opendsr/v2", Rows: []DeskKeyRow{
		{KeyRow{2, "qk_77b01d3e", "Web form", "tickets", minute(21, 2, 0), Moment{}, finishedKey("In use"), true}, minute(15, 8, 0), "Adam Roth"},
		{KeyRow{1, "qk_4f2a91c0", "Shop, OpenDSR", "tickets", minute(20, 2, 0), minute(30, 0, 0), State{"erased", "ban", "Revoked"}, false}, minute(14, 8, 0), "On the command line"}}}
	render(t, "keys", v)
	fresh := v
	fresh.Fresh = &FreshKey{Name: "Web form 2", Secret: "qk_51d8e0aa_3mJ0n7cQx1yZ5bV8tR2kW9pL4sF6hG0dA1eU7iO3xYc"}
	fresh.NewKey = NewKey{Name: "x", NameErr: "Give it a name.", Expires: "2020-01-01", ExpiresErr: "This day has passed."}
	got := render(t, "keys_fresh", fresh)
	for _, want := range []string{fresh.Fresh.Secret, "shown this once", "Give it a name."} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not there", want)
		}
	}
	read := Keys{Curl: v.Curl}
	got = render(t, "keys_read", read)
	if !strings.Contains(got, "No keys yet") || !strings.Contains(got, "Not switched on") {
		t.Error("an empty page does not say what it lacks")
	}
	if strings.Contains(got, `action="/keys"`) {
		t.Error("who may not is offered to make a key")
	}
}
