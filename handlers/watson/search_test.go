package watson

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
)

const found = `{"matching_results":4,"results":[{"document_id":"d1","result_metadata":{"confidence":0.8},"title":"Delivery","document_passages":[{"passage_text":"Three days."}],"text":["long"]},` +
	`{"id":"d2","result_metadata":{"score":1.5},"text":"Two","extracted_metadata":{"title":"Returns"}},{"id":"d3"},{"id":"d4","title":7}]}`

// skilled links the house's Assistant to a Discovery service that lies elsewhere.
func (h *house) skilled(url, place string) db.Service {
	h.t.Helper()
	d, err := h.store.AddLinked(h.t.Context(), audit.Operator, db.NewLinked{Kind: label.Discovery, Name: "Letters", URL: url, Inside: true, Credential: []byte("their-key")})
	if err == nil {
		err = h.store.SetSearch(h.t.Context(), audit.Operator, h.service.Number, d.Number, place)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func searching(text string, header ...string) ask {
	b, _ := json.Marshal(map[string]any{"input": map[string]string{"text": text, "message_type": "search"}})
	return ask{line: "POST /v2/assistants/a1/message?version=2024-08-25", header: append(header, jsonHeader), body: string(b)}
}

type searched struct {
	Output struct {
		Generic []struct {
			Type       string         `json:"response_type"`
			Text       string         `json:"text"`
			Header     string         `json:"header"`
			Primary    []SearchResult `json:"primary_results"`
			Additional []SearchResult `json:"additional_results"`
		} `json:"generic"`
	} `json:"output"`
}

// TestSearchSkill: a message of the type search becomes a query under its customer IDs, and what was found is its answer; others do not.
func TestSearchSkill(t *testing.T) {
	for place, uri := range map[string]string{"projects/p1": "/instances/theirs/v2/projects/p1/query?version=2020-08-30",
		"environments/e1/collections/c1": "/instances/theirs/v1/environments/e1/collections/c1/query?version=2019-04-30"} {
		t.Run(place, func(t *testing.T) {
			h := open(t)
			url, asked := fake(t, says(200, found))
			h.skilled(url, place)
			var s searched
			h.must(200, searching("how long?", labelled("anna", "ben"), optOut+": true", loggingOptOut+": true"), &s)
			got := <-asked
			_, key, _ := basicAuth(got)
			if got.uri != uri || !strings.Contains(got.body, `"natural_language_query":"how long?"`) || got.header.Get(label.Header) != "customer_id=anna;customer_id=ben" ||
				got.header.Get(optOut) != "true" || got.header.Get(loggingOptOut) != "true" || key != "their-key" {
				t.Errorf("asked %+v", got)
			}
			g := s.Output.Generic
			if len(g) != 1 || g[0].Type != "search" || g[0].Header == "" || len(g[0].Primary) != 3 || len(g[0].Additional) != 1 ||
				g[0].Primary[0] != (SearchResult{"d1", SearchMetadata{0.8, 0}, "Delivery", "Three days.", ""}) || g[0].Primary[1] != (SearchResult{"d2", SearchMetadata{0, 1.5}, "Returns", "Two", ""}) {
				t.Errorf("answered %+v", g)
			}
			var session Session
			h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2024-08-25"}, &session)
			stateful := searching("and?", labelled("anna"))
			stateful.line = "POST /v2/assistants/a1/sessions/" + session.SessionID + "/message?version=2024-08-25"
			h.must(200, stateful, &s)
			<-asked
			half := strings.Repeat("x", maxContextKept*2/3)
			for i, status := range []int{200, 400} { // the second is too much for the conversation
				a := stateful
				b, _ := json.Marshal(map[string]any{"input": map[string]string{"text": "and then?", "message_type": "search"}, "context": map[string]any{"skills": map[string]string{strings.Repeat("k", i+1): half}}})
				if a.body = string(b); i == 0 {
					a.body = strings.Replace(a.body, `"search"`, `"text"`, 1)
				}
				h.must(status, a, nil)
			}
			for _, a := range []ask{message("plain", labelled("anna")), {line: "POST /v1/workspaces/w1/message?version=2021-11-27", body: `{"input":{"message_type":"search","text":"v1"}}`}} {
				h.must(200, a, nil)
			}
			refused := searching("x", "X-Watson-Metadata: customer_id=a=b")
			h.must(400, refused, nil)
			gone := stateful
			gone.line = "POST /v2/assistants/a1/sessions/none/message?version=2024-08-25"
			h.must(404, gone, nil)
			if len(asked) != 0 {
				t.Errorf("asked too much: %+v", <-asked)
			}
			if l := h.listed("/v2/assistants/a1/logs", "customer_id::anna"); l.texts() != "how long? and? and then? plain" {
				t.Errorf("kept %q", l.texts())
			}
		})
	}
}

func basicAuth(s seen) (user, key string, ok bool) {
	return (&http.Request{Header: s.header}).BasicAuth()
}

// TestSearchSkillFails: the message is kept and answered whatever becomes of the search.
func TestSearchSkillFails(t *testing.T) {
	for name, answer := range map[string]struct {
		status     int
		body, says string
	}{"nothing": {200, `{"matching_results":0,"results":[]}`, "found nothing"}, "refused": {404, `{"error":"x","code":404}`, "could not"}, "credentials": {401, `{}`, "could not"},
		"garbage": {200, `<html>`, "could not"}, "wrong types": {200, `{"results":{}}`, "could not"}} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			url, _ := fake(t, says(answer.status, answer.body))
			h.skilled(url, "projects/p1")
			var s searched
			h.must(200, searching("how long?", labelled("anna")), &s)
			if g := s.Output.Generic; len(g) != 1 || g[0].Type != "text" || !strings.Contains(g[0].Text, answer.says) {
				t.Errorf("answered %+v", g)
			}
			if h.records(h.service) != 1 || strings.Contains(h.log.String(), "anna") {
				t.Errorf("%d records; the log says %s", h.records(h.service), h.log)
			}
		})
	}
}

// TestSearchSkillErasure: a deletion at the Assistant's door reaches no Discovery service; one from the console is proposed for it too.
func TestSearchSkillErasure(t *testing.T) {
	h := open(t)
	url, _ := fake(t, says(200, found))
	d := h.skilled(url, "projects/p1")
	h.must(200, searching("how long?", labelled("anna")), nil)
	h.must(202, ask{line: "DELETE /v2/user_data?version=2024-08-25&customer_id=anna"}, nil)
	if parts, err := h.store.Parts(t.Context(), 1); err != nil || len(parts) != 1 || parts[0].Service != h.service.Number {
		t.Errorf("by API: %+v, %v", parts, err)
	}
	h.must(200, searching("and mine?", labelled("ben")), nil)
	ben, _, err := h.store.SubjectOf(t.Context(), dbtest.ID(t, "ben"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := h.store.SubmitErasure(t.Context(), audit.ActorOf("user", 1), db.Proposal{Subject: ben.Ref, Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := h.store.Parts(t.Context(), n)
	if err != nil || len(parts) != 2 || !slices.ContainsFunc(parts, func(p db.Part) bool { return p.Service == d.Number && p.Linked }) {
		t.Errorf("from the console: %+v, %v", parts, err)
	}
}

// TestSearchSkillHere: a Discovery service of this house is asked at its own door and keeps the query by its version's rules; a deletion at the
// Assistant's door leaves it there.
func TestSearchSkillHere(t *testing.T) {
	for place, queries := range map[string]int{"projects/p1": 0, "environments/e1/collections/c1": 1} {
		t.Run(place, func(t *testing.T) {
			s := openLibrary(t)
			s.add("d1", "Letters about delivery take three days", "")
			s.must(202, s.send(inV2+"/documents/d1"+v2, "a.txt", "text/plain", "Letters about delivery take three days", ""), nil)
			d := s.callers["shelf"].Service
			if err := s.store.SetSearch(t.Context(), audit.Operator, s.service.Number, d, place); err != nil {
				t.Fatal(err)
			}
			var got searched
			s.must(200, searching("delivery", labelled("anna")), &got)
			g := got.Output.Generic
			if len(g) != 1 || g[0].Type != "search" || len(g[0].Primary) != 1 || g[0].Primary[0].ID != "d1" || !strings.Contains(g[0].Primary[0].Body, "three days") {
				t.Errorf("answered %+v", g)
			}
			kept := func() int {
				n, err := s.store.CountItems(t.Context(), db.ItemQuery{Service: d, Kinds: []db.Kind{db.Query}})
				if err != nil {
					t.Fatal(err)
				}
				return int(n)
			}
			if n := kept(); n != queries {
				t.Errorf("%d queries are kept, want %d", n, queries)
			}
			eraseAll(t, s.house, s.service, "anna")
			if n := kept(); n != queries || s.records(s.service) != 0 {
				t.Errorf("after a deletion at the Assistant %d queries are left, want %d, and %d messages", n, queries, s.records(s.service))
			}
		})
	}
}
