package watson

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"quittance/db"
)

// TestQuery: what is asked for, in which shape it comes, and in which order.
func TestQuery(t *testing.T) {
	s := openLibrary(t)
	s.add("a", "Parcels are refunded within 14 days.", `{"author":"Ann Lee","year":2020,"tags":[{"name":"x","n":1},{"name":"y"}]}`, "ann")
	s.add("b", "Parcels, parcels and parcels.", `{"author":"Bob","year":2021}`)
	s.must(202, s.send("/v1/environments/e1/collections/c2/documents/c"+v1, "c.json", "application/json", `{"id":"mine","title":"Parcel","text":["one parcel","two"],"deep":{"a":[{"b":1},{"b":2}]},"html":"<b>hidden</b>"}`, ""), nil)
	s.must(202, s.send("/v1/environments/e2/collections/c1/documents/z"+v1, "z.txt", "", "Parcels of others", ""), nil)
	for body, want := range map[string]string{
		`{"natural_language_query":"parcels"}`:                               "2 b a",
		`{"natural_language_query":"parcels","count":1}`:                     "2 b",
		`{"natural_language_query":"parcels","count":1,"offset":1}`:          "2 a",
		`{"natural_language_query":"parcels","count":0}`:                     "2 ",
		`{"natural_language_query":"parcels","offset":5}`:                    "2 ",
		`{"natural_language_query":"parcels","filter":"metadata.year<2021"}`: "1 a",
		`{"query":"metadata.author:ann"}`:                                    "1 a",
		`{"query":"parcels","sort":"metadata.year"}`:                         "2 a b",
		`{"query":"parcels","sort":["-metadata.year"]}`:                      "2 b a",
		`{"filter":"customer_id::ann"}`:                                      "1 a",
		`{"filter":"extracted_metadata.filename::\"a.txt\""}`:                "1 a",
		`{}`:                              "2 a b",
		``:                                "2 a b",
		`{"natural_language_query":"?!"}`: "0 ",
		`{"aggregation":"","similar":false,"deduplicate":false,"spelling_suggestions":true}`: "2 a b",
	} {
		if a := s.asked(body); fmt.Sprint(a.Matching, " ", a.ids()) != want {
			t.Errorf("%s: %d %s, want %s", body, a.Matching, a.ids(), want)
		}
	}
	for returned, want := range map[string]string{
		`"title,metadata.author"`:          `{"id":"a","metadata":{"author":"Ann Lee"}}`,
		`["metadata.tags.name","nothing"]`: `{"id":"a","metadata":{"tags":[{"name":"x"},{"name":"y"}]}}`,
		`["text"]`:                         `{"id":"a","text":"Parcels are refunded within 14 days."}`,
		`[]`:                               ``,
	} {
		a := s.asked(`{"query":"id::a","return":` + returned + `}`)
		delete(a.Results[0], "result_metadata")
		delete(a.Results[0], "collection_id")
		if got, _ := json.Marshal(a.Results[0]); want != "" && !sameJSON(t, string(got), want) || want == "" && len(a.Results[0]) != 4 {
			t.Errorf("return %s: %s", returned, got)
		}
	}
	var several answered
	s.must(200, s.post("/v1/environments/e1/query"+v1, `{"natural_language_query":"parcel","collection_ids":"c1, c2"}`), &several)
	if several.Matching != 3 || !strings.Contains(several.ids(), "c") {
		t.Errorf("of two collections: %+v", several.ids())
	}
	if one, _ := json.Marshal(several.Results); strings.Contains(string(one), "mine") || !strings.Contains(string(one), `"one parcel"`) {
		t.Errorf("a document's own id stands in the place of ours: %s", one)
	}
	s.must(200, s.post("/v1/environments/e1/query"+v1, `{"query":"hidden","collection_ids":"c2"}`), &several)
	if several.Matching != 0 {
		t.Error("html is searched")
	}
	s.must(200, s.post("/v2/projects/e1/query"+v2, `{"query":"parcel","collection_ids":["c2"]}`), &several)
	if several.ids() != "c" {
		t.Errorf("of a project: %s", several.ids())
	}
	s.must(200, s.post("/v2/projects/e1/query"+v2, `{"query":"parcel"}`), &several)
	if several.Matching != 3 {
		t.Errorf("all of a project: %s", several.ids())
	}
	for path, want := range map[string]string{
		inV1 + "/query" + v1 + "&natural_language_query=" + url.QueryEscape("parcels?") + "&count=1&passages=true&return=text": "b",
		"/v1/environments/e1/query" + v1 + "&collection_ids=c2&query=parcel&sort=%2Btitle":                                     "c",
	} {
		var a answered
		if s.must(200, s.get(path), &a); a.ids() != want {
			t.Errorf("%s: %s", path, a.ids())
		}
	}
}

// TestPassages: stretches of the text around the words of the question, with offsets that are right.
func TestPassages(t *testing.T) {
	s := openLibrary(t)
	text := strings.Repeat("Nothing to see here, ", 60) + "end. Über parcels: a refund takes time. Parcels are refunded quickly. Then " + strings.Repeat("more words follow ", 80) + "and a refund at last."
	s.add("long", text, "")
	s.add("short", "No refund.", `{"parcel":"refund"}`)
	a := s.asked(`{"natural_language_query":"refund of parcels","passages":true,"passages.characters":100,"passages.count":3}`)
	if len(a.Passages) != 3 {
		t.Fatalf("%+v", a.Passages)
	}
	runes := []rune(text)
	for i, p := range a.Passages {
		if p.DocumentID == "long" && string(runes[p.Begin:p.End]) != p.Text || p.Field != "text" || len(p.Text) > 210 {
			t.Errorf("passage %d: %+v", i, p)
		}
	}
	if best := a.Passages[0].Text; best != "Über parcels: a refund takes time. Parcels are refunded quickly." {
		t.Errorf("the best is %q", best)
	}
	if a := s.asked(`{"natural_language_query":"refund"}`); a.Passages != nil {
		t.Error("passages come unasked")
	}
	if a := s.asked(`{"natural_language_query":"notthere","passages":true}`); a.Passages == nil || len(a.Passages) > 0 {
		t.Errorf("none found: %+v", a.Passages)
	}
	var of answered
	body := `{"natural_language_query":"refund of parcels","passages":{"enabled":true,"max_per_document":2,"characters":100},"highlight":true,"return":["title"]}`
	s.must(200, s.post("/v2/projects/e1/query"+v2, body), &of)
	var beside []passage
	if err := json.Unmarshal(of.Results[0]["document_passages"], &beside); err != nil || len(beside) != 2 || beside[0].DocumentID != "" || of.Passages != nil || of.Results[0]["highlight"] != nil {
		t.Errorf("beside the result: %s", of.Results[0])
	}
	s.must(200, s.post("/v2/projects/e1/query"+v2, strings.Replace(body, `"enabled":true`, `"enabled":true,"per_document":false`, 1)), &of)
	if len(of.Passages) == 0 || of.Passages[0].Collection != "c1" {
		t.Errorf("in a list: %+v", of.Passages)
	}
	var marks map[string][]string
	if err := json.Unmarshal(of.Results[0]["highlight"], &marks); err != nil || len(marks["text"]) == 0 || !strings.Contains(strings.Join(marks["text"], ""), "<em>refund</em>") {
		t.Errorf("highlight: %s", of.Results[0]["highlight"])
	}
}

// TestQueryRefusals: a parameter that would change the answer and does not is refused by its name; so is what cannot be read.
func TestQueryRefusals(t *testing.T) {
	s := openLibrary(t)
	for body, says := range map[string]string{
		`{"aggregation":"term(secret)"}`:                                 "aggregation is not supported",
		`{"similar":true}`:                                               "similar is not supported",
		`{"similar.document_ids":"secret"}`:                              "similar is not supported",
		`{"bias":"secret"}`:                                              "bias is not supported",
		`{"deduplicate.field":"secret"}`:                                 "deduplicate is not supported",
		`{"query":"secret","natural_language_query":"b"}`:                "not both",
		`{"query":"(secret"}`:                                            "The parameter query is not valid at byte 7",
		`{"filter":"text::secret"}`:                                      "is not valid at byte 0: the text is searched",
		`{"filter":"secret~1"}`:                                          "The parameter filter is not valid at byte 6",
		`{"natural_language_query":"` + strings.Repeat("ü", 2049) + `"}`: "2048 characters",
		`{"count":-1}`:                                                   "count and offset",
		`{"count":9999,"offset":2}`:                                      "count and offset",
		`{"offset":9223372036854775807,"count":1}`:                       "count and offset",
		`{"count":"ten"}`:                                                `"path":"count"`,
		`{"return":{"a":1}}`:                                             "list of at most 50 names",
		`{"return":"` + strings.Repeat("a,", 51) + `"}`:                  "list of at most 50 names",
		`{"sort":"text"}`:                                                "the text of documents is none",
		`{"natural_language_query":"a","passages":true,"passages.count":101}`:       "passages.count is 1 to 100",
		`{"natural_language_query":"a","passages":true,"passages.characters":10}`:   "passages.characters 50 to 2000",
		`{"natural_language_query":"a","passages":true,"passages.fields":"secret"}`: "text and title only",
		`{"natural_language_query":{"secret":1}}`:                                   `"path":"natural_language_query"`,
		`["secret"]`: "must be a JSON object",
	} {
		status, answer, _ := s.do(s.post(jsonQuery, body))
		if status != 400 || !strings.Contains(answer, says) || strings.Contains(answer, "secret") {
			t.Errorf("%.60s: %d %s", body, status, answer)
		}
	}
	for body, says := range map[string]string{
		`{"table_results":{"enabled":true}}`: "table_results", `{"suggested_refinements":{"enabled":true}}`: "suggested_refinements", `{"similar":{"enabled":true}}`: "similar",
		`{"passages":{"enabled":true,"find_answers":true}}`: "passages.find_answers", `{"collection_ids":["a/b"]}`: "collection_ids",
		`{"passages":{"enabled":true,"max_per_document":0},"natural_language_query":"a"}`: "max_per_document",
	} {
		if status, answer, _ := s.do(s.post("/v2/projects/p1/query"+v2, body)); status != 400 || !strings.Contains(answer, says) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	for path, says := range map[string]string{
		"/v1/environments/e1/query" + v1 + "&query=a": "names them in collection_ids", inV1 + "/query" + v1 + "&passages=maybe": "passages must be true or false",
		inV1 + "/query" + v1 + "&count=ten": "count must be a whole number", inV1 + "/query" + v1 + "&query=a&query=b": "more than once",
		"/v1/logs" + v1 + "&count=x": "count and offset", "/v1/logs" + v1 + "&filter=query_id::x": "query_id cannot be asked", "/v1/logs" + v1 + "&sort=text": "sort",
		inV2 + "/documents" + v2 + "&count=10001": "count", inV2 + "/documents" + v2 + "&has_notices=2": "has_notices",
	} {
		if status, answer, _ := s.do(s.get(path)); status != 400 || !strings.Contains(answer, says) {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	if n, err := s.store.Seq(t.Context()); n != 0 || err != nil {
		t.Errorf("%d records were stored of what was refused (%v)", n, err)
	}
	if s.log.Len() > 0 {
		t.Errorf("refusals made errors inside: %s", s.log)
	}
}

// TestQueryBounds: an answer is bounded, and says how to ask for less.
func TestQueryBounds(t *testing.T) {
	s := openLibrary(t)
	for i := range 3 {
		s.add(fmt.Sprint("d", i), "word "+strings.Repeat("x", maxPageBytes/2-100), "")
	}
	status, body, _ := s.do(s.post(jsonQuery, `{"query":"word"}`, "X-Watson-Logging-Opt-Out: true"))
	if status != 400 || !strings.Contains(body, "larger than 16 MiB") {
		t.Errorf("%d %.200s", status, body)
	}
	if a := s.asked(`{"query":"word","return":["metadata"]}`); a.ids() != "d0 d1 d2" {
		t.Errorf("without their texts: %s", a.ids())
	}
	var details struct{ Notices []notice }
	s.must(200, s.get("/v2/projects/e1/collections/c1/documents/d0"+v2), &details)
	if len(details.Notices) != 1 || details.Notices[0].ID != "index_limit" {
		t.Errorf("a text that is cut in the index has the notices %+v", details.Notices)
	}
	if n, _ := s.store.CountItems(t.Context(), db.ItemQuery{Service: s.callers["shelf"].Service, Kinds: []db.Kind{db.Query}}); n != 0 {
		t.Errorf("%d queries were kept that are none in natural language", n)
	}
}

// FuzzQuestion asks anything in natural language and in the query language: the answer is one or a plain refusal, and never an error inside.
func FuzzQuestion(f *testing.F) {
	for _, seed := range []string{`where is my parcel?`, `"a phrase" and more`, `NEAR(a b)`, `a:b`, `title:"x`, "\x00", "\xff", `*`, `"`, `a* OR -b`, `(((`, `metadata.x>5`} {
		f.Add(seed)
	}
	s := openLibrary(f)
	s.add("a", "where is my parcel", `{"x":5}`)
	door := s.server.Config.Handler
	f.Fuzz(func(t *testing.T, text string) {
		quoted, _ := json.Marshal(text)
		for _, param := range []string{"natural_language_query", "query", "filter"} {
			r := httptest.NewRequest("POST", s.base+jsonQuery, strings.NewReader(`{"`+param+`":`+string(quoted)+`,"passages":true,"highlight":true}`))
			r.SetBasicAuth("apikey", "shelf")
			r.Header.Set("X-Watson-Logging-Opt-Out", "true")
			w := httptest.NewRecorder()
			if door.ServeHTTP(w, r); w.Code != 200 && w.Code != 400 || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%s %q: %d %s", param, text, w.Code, w.Body)
			}
		}
	})
}
