package watson

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

// upstream stands for what handlers does with connect: it makes the client of a linked service from what the store knows of it.
func (h *house) upstream(ctx context.Context, linked int64) (*Upstream, error) {
	if u, ok := h.behind.Load(linked); ok {
		return u.(*Upstream), nil
	}
	v, err := h.store.Service(ctx, linked)
	if err != nil {
		return nil, err
	}
	credential, err := h.store.Credential(ctx, linked)
	if err != nil {
		return nil, err
	}
	client, err := NewClient(ClientOptions{URL: v.URL, Kind: v.Kind, Auth: APIKey(string(credential)), HTTP: &http.Client{Transport: new(http.Transport)}, Patience: h.patience})
	if err != nil {
		return nil, err
	}
	u, _ := h.behind.LoadOrStore(linked, NewUpstream(client, linked))
	return u.(*Upstream), nil
}

// passesOn adds a service that passes on to an address, with the key "gate".
func (h *house) passesOn(kind label.Kind, url, credential string) (hosted, linked db.Service) {
	h.t.Helper()
	hosted, linked, err := h.store.AddGateway(h.t.Context(), audit.Operator, kind, "Gate", "eu-de", db.NewLinked{URL: url, Inside: true, Credential: []byte(credential)})
	if err != nil {
		h.t.Fatal(err)
	}
	h.callers["gate"] = Caller{30, hosted.Number, []string{ScopeIngest, ScopeLogs, ScopeErase}}
	return hosted, linked
}

// seen is what a fake instance was asked.
type seen struct {
	method, uri, body string
	header            http.Header
}

// fake is an instance that writes down what it is asked and answers with answer.
func fake(t *testing.T, answer http.HandlerFunc) (url string, asked chan seen) {
	asked = make(chan seen, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked <- seen{r.Method, r.RequestURI, string(body), r.Header}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/instances/theirs", asked
}

// says answers with a status and a body, under the instance's own transaction number.
func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Global-Transaction-Id", "cafe-01")
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

const theirs = `{"output":{"intents":[{"intent":"order","confidence":0.9}],"entities":[],"generic":[{"response_type":"text","text":"It is on its way."}]},` +
	`"context":{"global":{"session_id":"their-session","system":{"turn_count":1,"locale":"de-de"}}},"user_id":"u"}`

// gate is a gateway before an instance, asked with its key.
type gate struct {
	*house
	hosted, linked db.Service
}

func (h *house) gate(kind label.Kind, url string) *gate {
	hosted, linked := h.passesOn(kind, url, "their-key")
	return &gate{h, hosted, linked}
}

func (g *gate) ask(line, body string, header ...string) ask {
	method, path, _ := strings.Cut(line, " ")
	return ask{line: method + " " + Prefix + g.hosted.GUID + path, header: append(header, jsonHeader), body: body, key: "gate"}
}

// entry is the newest record of the gateway with what its entry says of the instance.
func (g *gate) entry() (db.Record, Passed, jsonEntry) {
	g.t.Helper()
	last, _, err := g.store.Logs(g.t.Context(), db.LogQuery{Service: g.hosted.Number, Both: true, Limit: 1})
	if err != nil || len(last) != 1 {
		g.t.Fatalf("%d records, %v", len(last), err)
	}
	var e jsonEntry
	if err := json.Unmarshal(last[0].Body, &e); err != nil || e.Upstream == nil {
		g.t.Fatalf("%s, %v", last[0].Body, err)
	}
	return last[0], *e.Upstream, e
}

type jsonEntry struct {
	Request, Response json.RawMessage
	Session           string  `json:"session_id"`
	Upstream          *Passed `json:"upstream"`
}

const stateless = "POST /v2/assistants/a1/message?version=2024-08-25&extra=1"

// TestGatewayPassesOn: every door of messages reaches the same path and query at the instance with the labels as they came and with the gateway's
// credentials, answers with what came, and keeps both.
func TestGatewayPassesOn(t *testing.T) {
	const said = `{"input":{"text":"Where is it?"}}`
	const v1 = `{"input":{"text":"Where is it?"},"intents":[],"entities":[],"context":{"conversation_id":"their-session"},"output":{"generic":[],"text":[],"log_messages":[]},"user_id":"u"}`
	for _, tt := range []struct {
		line, answer string
		container    db.Container
	}{
		{stateless, theirs, db.Container{Name: "a1"}},
		{"POST /v2/assistants/a1/environments/e1/message?version=2024-08-25", theirs, db.Container{Name: "e1"}},
		{"POST /v1/workspaces/w1/message?version=2021-11-27&nodes_visited_details=true", v1, db.Container{V1: true, Name: "w1"}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			h := open(t)
			url, asked := fake(t, says(200, tt.answer))
			g := h.gate(label.Assistant, url)
			status, body, head := h.do(g.ask(tt.line, said, "X-Watson-Metadata: customer_id=anna; customer_id=ben", optOut+": true", "Cookie: a=b"))
			if status != 200 || body != tt.answer || head.Get(upstreamTransaction) != "cafe-01" || head.Get("X-Global-Transaction-Id") == "cafe-01" {
				t.Errorf("%d %s %v", status, body, head)
			}
			got := <-asked
			user, key, _ := (&http.Request{Header: got.header}).BasicAuth()
			_, path, _ := strings.Cut(tt.line, " ")
			if got.method != "POST" || got.uri != "/instances/theirs"+path || got.body != said || user+":"+key != "apikey:their-key" ||
				got.header.Get(label.Header) != "customer_id=anna; customer_id=ben" || got.header.Get(optOut) != "true" || got.header.Get("Cookie") != "" {
				t.Errorf("the instance was asked %+v", got)
			}
			r, passed, e := g.entry()
			if r.Text != "Where is it?" || r.Session != "their-session" || !r.Several || r.Customer != "anna" || !r.OptOut || r.Container != tt.container.Name {
				t.Errorf("kept %+v", r)
			}
			if passed.State != passedAnswered || passed.Status != 200 || passed.Transaction != "cafe-01" || string(e.Request) != said || string(e.Response) != tt.answer {
				t.Errorf("kept %+v %s %s", passed, e.Request, e.Response)
			}
			if names, err := h.store.Containers(t.Context(), g.linked.Number); err != nil || len(names) != 1 || names[0] != tt.container {
				t.Errorf("the logs will be asked for %v, %v", names, err)
			}
		})
	}
}

// TestGatewaySession: a conversation bears the instance's name. It ends on both sides, and does not go on after its records were erased.
func TestGatewaySession(t *testing.T) {
	h := open(t)
	reply := says(201, `{"session_id":"s-1"}`)
	url, asked := fake(t, func(w http.ResponseWriter, r *http.Request) { reply(w, r) })
	g := h.gate(label.Assistant, url)
	sessions, turn := "/v2/assistants/a1/environments/e1/sessions", "/v2/assistants/a1/environments/e1/sessions/s-1"
	var opened Session
	h.must(201, g.ask("POST "+sessions+"?version=2024-08-25", ""), &opened)
	if got := <-asked; got.body != "" || opened.SessionID != "s-1" {
		t.Errorf("%+v %+v", got, opened)
	}
	reply = says(200, theirs)
	h.must(200, g.ask("POST "+turn+"/message?version=2024-08-25", `{"input":{"text":"hi"}}`, labelled("anna")), nil)
	if got := <-asked; got.uri != "/instances/theirs"+turn+"/message?version=2024-08-25" {
		t.Errorf("%+v", got)
	}
	if r, _, e := g.entry(); r.Session != "s-1" || e.Session != "s-1" {
		t.Errorf("the entry names %q and %q", r.Session, e.Session)
	}
	h.must(404, g.ask("POST /v2/assistants/a1/environments/e1/sessions/other/message?version=2024-08-25", `{}`), nil)
	eraseAll(t, h, g.hosted, "anna")
	h.must(404, g.ask("POST "+turn+"/message?version=2024-08-25", `{"input":{"text":"and now?"}}`), nil)
	if len(asked) != 0 {
		t.Errorf("the instance was asked %+v", <-asked)
	}
	reply = says(200, `{}`)
	h.must(200, g.ask("DELETE "+turn+"?version=2024-08-25", ""), nil)
	if got := <-asked; got.method != "DELETE" {
		t.Errorf("%+v", got)
	}
	// One that the instance has ended is forgotten here too.
	reply = says(201, `{"session_id":"s-2"}`)
	h.must(201, g.ask("POST "+sessions+"?version=2024-08-25", ""), nil)
	reply = says(404, `{"error":"Invalid Session","code":404}`)
	h.must(404, g.ask("POST "+sessions+"/s-2/message?version=2024-08-25", `{}`), nil)
	if _, err := h.store.Chat(t.Context(), g.hosted.Number, "e1", "s-2"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("it is still here: %v", err)
	}
}

// eraseAll runs an erasure of one ID in one service to its end here.
func eraseAll(t *testing.T, h *house, v db.Service, id string) db.Erasure {
	t.Helper()
	e, err := h.store.AcceptErasure(t.Context(), audit.System, v.Number, dbtest.ID(t, id))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(h.store, nil).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestGatewayKeepsFirst: while the instance has the message it is on the disk here, with its label. A deletion that runs meanwhile takes it, and what
// comes back is answered and not kept.
func TestGatewayKeepsFirst(t *testing.T) {
	h := open(t)
	here, on := make(chan struct{}), make(chan struct{})
	url, _ := fake(t, func(w http.ResponseWriter, r *http.Request) {
		here <- struct{}{}
		<-on
		says(200, theirs)(w, r)
	})
	g := h.gate(label.Assistant, url)
	status := make(chan int)
	send := func(text string) {
		got, body, _ := h.do(g.ask(stateless, `{"input":{"text":"`+text+`"}}`, labelled("anna")))
		if body != theirs {
			t.Errorf("answered %s", body)
		}
		status <- got
	}
	go send("first")
	<-here
	if r, passed, e := g.entry(); passed.State != passedSent || r.Customer != "anna" || r.Text != "first" || string(e.Response) != string(silence) {
		t.Errorf("before the answer: %+v %+v", r, passed)
	}
	eraseAll(t, h, g.hosted, "anna")
	on <- struct{}{}
	if got := <-status; got != 200 {
		t.Errorf("status %d", got)
	}
	if n := h.records(g.hosted); n != 0 {
		t.Errorf("%d records of an erased customer", n)
	}
	if strings.Contains(h.log.String(), "anna") || strings.Contains(h.log.String(), "level=ERROR") {
		t.Errorf("the log says %s", h.log)
	}
}

func (h *house) records(v db.Service) int64 {
	h.t.Helper()
	tallies, err := h.store.Tallies(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return tallies[v.Number].Records
}

// TestGatewayPolicy: where messages without a customer ID are refused, none of them reaches the instance, nor a Discovery service, nor is one kept.
func TestGatewayPolicy(t *testing.T) {
	h := open(t)
	url, asked := fake(t, says(200, theirs))
	g := h.gate(label.Assistant, url)
	ears, _, err := h.store.AddGateway(t.Context(), audit.Operator, label.SpeechToText, "Ears", "", db.NewLinked{URL: url, Inside: true, Credential: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	h.callers["ears"] = Caller{40, ears.Number, []string{ScopeIngest}}
	h.skilled(url, "projects/p1")
	for _, v := range []db.Service{g.hosted, ears, h.service} {
		if _, err := h.store.SetPolicy(t.Context(), audit.Operator, v.Number, db.PolicyUnlabelled, db.UnlabelledRefused); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range []ask{g.ask(stateless, `{}`), g.ask("POST /v1/workspaces/w1/message?version=2021-11-27", `{}`), searching("x"),
		{line: "POST " + Prefix + ears.GUID + "/v1/recognize", key: "ears", body: "RIFF"}} {
		if status, body, _ := h.do(a); status != 400 || !strings.Contains(body, label.Header) {
			t.Errorf("%s: %d %s", a.line, status, body)
		}
	}
	if len(asked) != 0 || h.records(g.hosted)+h.records(ears)+h.records(h.service) != 0 {
		t.Errorf("%d calls", len(asked))
	}
	h.must(200, g.ask(stateless, `{}`, labelled("anna")), nil)
}

// TestGatewayPreview: what comes from a channel that cannot label is counted as such, also after its answer has come.
func TestGatewayPreview(t *testing.T) {
	h := open(t)
	url, _ := fake(t, says(200, theirs))
	g := h.gate(label.Assistant, url)
	h.must(200, g.ask(stateless, `{"context":{"integrations":{"preview":{}}}}`), nil)
	if r, _, _ := g.entry(); !r.Unreachable {
		t.Errorf("kept %+v", r)
	}
}

// TestGatewayBeforeAnother: two houses, one the instance behind the other. A message fans out with its label; a deletion here has a part there.
func TestGatewayBeforeAnother(t *testing.T) {
	far, near := open(t), open(t)
	hosted, linked := near.passesOn(label.Assistant, far.server.URL+Prefix+far.service.GUID, "all")
	g := &gate{near, hosted, linked}
	var opened Session
	near.must(201, g.ask("POST /v2/assistants/a1/sessions?version=2024-08-25", `{}`), &opened)
	for i, line := range []string{"POST /v2/assistants/a1/sessions/" + opened.SessionID + "/message?version=2024-08-25", stateless, "POST /v1/workspaces/w1/message?version=2021-11-27"} {
		near.must(200, g.ask(line, fmt.Sprintf(`{"input":{"text":"message-%d"}}`, i), labelled("anna")), nil)
	}
	for _, h := range []struct {
		*house
		v   db.Service
		key string
	}{{far, far.service, "all"}, {near, hosted, "gate"}} {
		var v2, v1 logs
		h.must(200, ask{line: "GET " + Prefix + h.v.GUID + "/v2/assistants/a1/logs?version=2024-08-25&filter=customer_id::anna", key: h.key}, &v2)
		h.must(200, ask{line: "GET " + Prefix + h.v.GUID + "/v1/workspaces/w1/logs?version=2021-11-27&filter=customer_id::anna", key: h.key}, &v1)
		if v2.texts() != "message-0 message-1" || v1.texts() != "message-2" || v2.Logs[0].SessionID != opened.SessionID {
			t.Errorf("%q and %q", v2.texts(), v1.texts())
		}
	}
	e := eraseAll(t, near, hosted, "anna")
	if due, err := near.store.DueParts(t.Context()); err != nil || len(due) != 1 || due[0].Erasure != e.Number || due[0].Service.Number != linked.Number {
		t.Errorf("%+v, %v", due, err)
	}
	near.must(200, g.ask("DELETE /v2/assistants/a1/sessions/"+opened.SessionID+"?version=2024-08-25", ""), nil)
}

// TestGatewayKeepsToItsPath: a name that is a step to whoever tidies a path up goes nowhere, and stays nowhere: DELETE …/assistants/a1/sessions/..
// would be the deletion of the assistant, and a place of that name could never be asked for what it still holds.
func TestGatewayKeepsToItsPath(t *testing.T) {
	h := open(t)
	url, asked := fake(t, says(200, `{}`))
	g := h.gate(label.Assistant, url)
	for _, step := range []string{"%2e%2e", "%2E.", "%2e"} {
		for _, line := range []string{"DELETE /v2/assistants/a1/sessions/STEP", "POST /v2/assistants/STEP/sessions", "POST /v2/assistants/STEP/message",
			"POST /v2/assistants/a1/environments/STEP/sessions", "POST /v2/assistants/STEP/environments/e1/message", "POST /v1/workspaces/STEP/message"} {
			if got, body, _ := g.do(g.ask(strings.Replace(line, "STEP", step, 1)+"?version=2024-08-25", `{}`)); got != 400 {
				t.Errorf("%s with %s: %d %s", line, step, got, body)
			}
		}
	}
	if len(asked) > 0 {
		t.Errorf("passed on: %+v", <-asked)
	}
	if places, err := h.store.Containers(t.Context(), g.linked.Number); err != nil || len(places) > 0 || h.records(g.hosted) > 0 {
		t.Errorf("%d messages were kept, under %v (%v)", h.records(g.hosted), places, err)
	}
}
