package watson

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
)

// logLines are the entries of the query log that a filter finds.
func (s *library) logLines(filter string) (lines []map[string]any) {
	s.t.Helper()
	var l struct {
		Matching int              `json:"matching_results"`
		Results  []map[string]any `json:"results"`
	}
	s.must(200, s.get("/v1/logs"+v1+"&count=100&filter="+url.QueryEscape(filter)), &l)
	if l.Matching != len(l.Results) {
		s.t.Errorf("%d entries of %d", len(l.Results), l.Matching)
	}
	return l.Results
}

func (s *library) click(token, id string, header ...string) ask {
	return s.post("/v1/events"+v1, `{"type":"click","data":{"environment_id":"e1","session_token":"`+token+`","collection_id":"c1","document_id":"`+id+`","display_rank":1}}`, header...)
}

// TestQueryLog: which queries are kept, with which labels, and how they are listed with the events.
func TestQueryLog(t *testing.T) {
	s := openLibrary(t)
	s.add("a", "Parcels are refunded.", "", "ann")
	ben := s.asked(`{"natural_language_query":"refund of parcels","passages":true,"count":3}`, labelled("ben"))
	s.asked(`{"query":"parcels","passages":true}`, labelled("ben", "cem"))
	s.asked(`{"query":"parcels"}`, labelled("ben"))                                                       // neither natural language nor passages
	s.asked(`{"natural_language_query":"not logged"}`, labelled("ben"), "X-Watson-Logging-Opt-Out: true") // asked not to
	s.asked(`{"natural_language_query":"refund of parcels"}`)
	s.must(200, s.post("/v2/projects/p1/query"+v2, `{"natural_language_query":"v2 logs nothing"}`, labelled("ben")), nil)
	s.must(201, s.click(ben.Token, "a"), nil)
	s.must(201, s.click(ben.Token, "a", labelled("dora")), nil)
	s.must(201, s.click("1_unknown", "a"), nil)
	for filter, want := range map[string]int{"": 6, "document_type::query": 3, "event_type::click": 3, "customer_id::ben": 3, "customer_id::cem": 1, "customer_id::dora": 1,
		"customer_id::!ben": 3, "session_token::" + ben.Token: 3, "natural_language_query:refund": 2, "refund": 2, "parcel": 0, "environment_id::e1": 6,
		"collection_id::other": 0, "display_rank>=1": 3, "document_id::a,document_type::event": 3, "created_timestamp>=2026-03-02,created_timestamp<2026-03-03": 6, "created_timestamp<2026-03-02": 0} {
		if got := s.logLines(filter); len(got) != want {
			t.Errorf("%s: %d entries, want %d", filter, len(got), want)
		}
	}
	lines := s.logLines("session_token::" + ben.Token + ",customer_id::ben")
	got, _ := json.Marshal(lines)
	want := `[{"environment_id":"e1","collection_id":"c1","document_type":"event","event_type":"click","result_type":"document","document_id":"a","display_rank":1,` +
		`"client_timestamp":"2026-03-02T09:00:00.000Z","created_timestamp":"2026-03-02T09:00:00.000Z","session_token":"TOKEN","customer_id":"ben","query_id":"QUERY"},` +
		`{"environment_id":"e1","collection_id":"c1","document_type":"query","event_type":"query","natural_language_query":"refund of parcels",` +
		`"document_results":{"results":[{"position":1,"document_id":"a","score":1,"collection_id":"c1"}],"count":1},` +
		`"created_timestamp":"2026-03-02T09:00:00.000Z","session_token":"TOKEN","customer_id":"ben","query_id":"QUERY"}]`
	if len(lines) == 2 && lines[0]["document_type"] == "query" { // of one moment
		lines[0], lines[1] = lines[1], lines[0]
		got, _ = json.Marshal(lines)
	}
	if !sameJSON(t, stillMore(string(got)), want) {
		t.Errorf("got %s", stillMore(string(got)))
	}
	same := map[any]bool{}
	for _, l := range s.logLines("natural_language_query:refund") {
		same[l["query_id"]] = true
	}
	if len(same) != 1 {
		t.Errorf("one question has the query IDs %v", same)
	}
	for body, says := range map[string]string{
		`{"type":"view","data":{}}`: "type must be click", `{"type":"click"}`: "data needs", `{"type":"click","data":{"environment_id":"e1","session_token":"s","collection_id":"c1","document_id":"a/b"}}`: "data needs",
		`{"type":"click","data":{"environment_id":"e1","session_token":"s","collection_id":"c1","document_id":"a","client_timestamp":"now"}}`: "client_timestamp must be a time",
	} {
		if status, answer, _ := s.do(s.post("/v1/events"+v1, body)); status != 400 || !strings.Contains(answer, says) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
}

// TestDocumentLabels: the header beats the metadata, and Discovery's rules hold for both ("Labeling data").
func TestDocumentLabels(t *testing.T) {
	s := openLibrary(t)
	long := strings.Repeat("ü", 256)
	for i, tt := range []struct {
		metadata string
		header   string
		want     string // the labels, or what the refusal says
		status   int
	}{
		{``, ``, ``, 202},
		{`{"customer_id":"meta"}`, ``, `meta`, 202},
		{`{"customer_id":"meta"}`, `customer_id=head`, `head`, 202},
		{`{"customer_id":"meta"}`, `customer_id=head;customer_id=two`, `head two`, 202},
		{`{"customer_id":"meta"}`, `other=1`, `meta`, 202},
		{`{"customer_id":"meta"}`, `customer_id= `, `meta`, 202},
		{`{"customer_id":"  "}`, ``, ``, 202},
		{`{"customer_id":null}`, ``, ``, 202},
		{`{"customer_id":"` + long + `"}`, ``, long, 202},
		{`{"customer_id":"` + long + `x"}`, ``, `256 characters`, 400},
		{`{"customer_id":"a;b"}`, ``, `';' or '='`, 400},
		{`{"customer_id":" a"}`, ``, `space`, 400},
		{`{"customer_id":4711}`, ``, `must be a text`, 400},
		{`{"customer_id":"a","customer_id":"b"}`, ``, `twice`, 400},
		{`{"customer_id":"meta"`, ``, `The part metadata is not whole`, 400},
		{`["meta"]`, ``, `The part metadata must be a JSON object`, 400},
		{`{"a":` + strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40) + `}`, ``, `32 levels`, 400},
		{`{}`, `customer_id=a=b`, `second '='`, 400},
		{`{}`, `customer_id=` + strings.Repeat("a", 5000), `too long`, 400},
	} {
		var header []string
		if tt.header != "" {
			header = []string{"X-Watson-Metadata: " + tt.header}
		}
		id := fmt.Sprint("d", i)
		status, body, _ := s.do(s.send(inV1+"/documents/"+id+v1, "a.txt", "", "words", tt.metadata, header...))
		if status != tt.status || status == 400 && (!strings.Contains(body, tt.want) || strings.Contains(body, "4711")) {
			t.Errorf("%d: %d %s", i, status, body)
		}
		if status != 202 {
			continue
		}
		rec, _, err := s.store.Items(t.Context(), db.ItemQuery{Service: s.callers["shelf"].Service, Kinds: []db.Kind{db.Document}, Item: id, Bodies: true})
		if err != nil {
			t.Fatal(err)
		}
		bears, err := s.store.Labels(t.Context(), rec[0].Seq)
		var names []string
		for _, b := range bears {
			names = append(names, b.ID)
		}
		if got := strings.Join(names, " "); err != nil || got != tt.want {
			t.Errorf("%d: labelled %q, %v", i, got, err)
		}
		if strings.Contains(tt.want, "head") && strings.Contains(string(rec[0].Body), "meta\"") {
			t.Errorf("%d: a customer ID that is no label is kept: %s", i, rec[0].Body)
		}
	}
}

// TestErasedFromShelf: by API, a customer's documents, queries and events go with all their labels, and no word of them stays in the files; those
// of others stay (laws L2 and L3).
func TestErasedFromShelf(t *testing.T) {
	s := openLibrary(t)
	s.add("a", "annasecretword parcels", `{"author":"annasecretauthor"}`, "ann")
	s.add("both", "annasecretshared", "", "ben", "ann")
	s.must(202, s.send(inV1+"/documents/pdf"+v1, "annasecretname.pdf", "application/pdf", "%PDF-1.7\x00annasecretbytes", `{"customer_id":"ann","subject":"annasecretsubject"}`), nil)
	s.add("b", "benswordremains parcels", "", "ben")
	asked := s.asked(`{"natural_language_query":"annasecretquestion parcels"}`, labelled("ann"))
	s.must(201, s.click(asked.Token, "a"), nil)
	s.asked(`{"natural_language_query":"bensquestionremains parcels"}`, labelled("ben"))
	on := func(word string) bool { return exec.Command("grep", "-rqaF", word, s.store.Dir()).Run() == nil }
	if !on("annasecretword") || !on("annasecretsubject") {
		t.Fatal("the words are not in the files before the erasure: the test would prove nothing")
	}
	s.must(200, s.drop("/v1/user_data"+v1+"&customer_id=ann"), nil)
	s.add("later", "annacomesback", "", "ann")
	if _, err := erasure.NewRunner(s.store, nil).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if on("annasecret") {
		t.Error("words of erased records are in the files")
	}
	if !on("benswordremains") || !on("bensquestionremains") {
		t.Error("words of others have gone")
	}
	if a := s.asked(`{"query":"parcels|annacomesback|annasecretshared"}`); a.ids() != "b later" && a.ids() != "later b" {
		t.Errorf("documents %s are left", a.ids())
	}
	if n := len(s.logLines("")); n != 1 {
		t.Errorf("%d queries and events are left", n)
	}
	e, err := s.store.Erasure(t.Context(), 1)
	if err != nil || e.State != erasure.Done || e.Found != 5 {
		t.Errorf("the request is %s and found %d records, %v", e.State, e.Found, err)
	}
}

// TestShelfScopes: a query reads what is stored and needs logs, whatever it also keeps.
func TestShelfScopes(t *testing.T) {
	s := openLibrary(t)
	s.add("a", "words", "")
	for _, r := range routes {
		if r.kind != label.Discovery || r.path[len(r.path)-1] == "user_data" {
			continue
		}
		path := inBraces.ReplaceAllString("/"+strings.Join(r.path, "/"), "x") + v2
		for _, scope := range []string{ScopeIngest, ScopeLogs, ScopeErase} {
			status, body, _ := s.do(ask{line: r.method + " " + s.base + path, key: "library " + scope})
			if (status == 403) != (scope != r.scope) {
				t.Errorf("%s %s with %s: %d %s", r.method, path, scope, status, body)
			}
		}
	}
}
