package watson

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

// TestGatewayRefusals: what the instance refuses is refused here in its words and kept with the message; the gateway's own troubles are no answer of it,
// and the entry says so.
func TestGatewayRefusals(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   int
		body   string // "" = a sentence of ours
		state  string
		reason string
	}{
		{"bad request", says(400, `{"error":"no such field","code":400}`), 400, `{"error":"no such field","code":400}`, passedAnswered, ""},
		{"unknown", says(404, `{"error":"Resource not found","code":404}`), 404, `{"error":"Resource not found","code":404}`, passedAnswered, ""},
		{"too many", says(429, `Rate limit exceeded`, "Content-Type", "text/plain", "Retry-After", "7", "X-RateLimit-Remaining", "0"), 429, "", passedAnswered, ""},
		{"its own trouble", says(500, `{"error":"Internal Server Error","code":500}`), 500, `{"error":"Internal Server Error","code":500}`, passedAnswered, ""},
		{"credentials", says(401, `{"error":"Unauthorized","code":401}`), 502, "", passedUnanswered, "unauthorized"},
		{"permission", says(403, `{"error":"Forbidden","code":403}`), 502, "", passedUnanswered, "forbidden"},
		{"redirect", says(302, ``, "Location", "http://127.0.0.1:1/"), 502, "", passedUnanswered, "redirect"},
		{"garbage", says(200, `<html>sign in</html>`), 502, "", passedUnanswered, "malformed"},
		{"wrong types", says(200, `{"output":[]}`), 502, "", passedUnanswered, "malformed"},
		{"nothing", says(200, ``), 502, "", passedUnanswered, "malformed"},
		{"twice the same name", says(200, `{"output":{},"output":{}}`), 502, "", passedUnanswered, "malformed"},
		{"huge", says(200, `{"output":{"generic":[]},"x":"`+strings.Repeat("x", maxPassed)+`"}`), 502, "", passedUnanswered, "too-large"},
		{"reset", func(w http.ResponseWriter, _ *http.Request) { cut(w, "") }, 502, "", passedUnanswered, "no-answer"},
		{"half", func(w http.ResponseWriter, _ *http.Request) {
			cut(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"output\"")
		}, 502, "", passedUnanswered, "no-answer"},
		{"slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 504, "", passedUnanswered, "timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t)
			if h.patience = 5 * time.Second; tt.want == 504 {
				h.patience = 50 * time.Millisecond
			}
			url, asked := fake(t, tt.answer)
			g := h.gate(label.Assistant, url)
			status, body, head := h.do(g.ask(stateless, `{"input":{"text":"hi"}}`, labelled("anna")))
			var e struct {
				Error string
				Code  int
			}
			if status != tt.want || json.Unmarshal([]byte(body), &e) != nil || e.Code != tt.want || e.Error == "" || tt.body != "" && body != tt.body {
				t.Errorf("%d %s", status, body)
			}
			if tt.want == 429 && (head.Get("Retry-After") != "7" || head.Get("X-RateLimit-Remaining") != "0") {
				t.Errorf("it does not say when to come again: %v", head)
			}
			if len(asked) != 1 {
				t.Errorf("the instance was asked %d times", len(asked))
			}
			if r, passed, e := g.entry(); passed.State != tt.state || passed.Reason != tt.reason || r.Customer != "anna" || string(e.Response) != string(silence) {
				t.Errorf("kept %+v %s", passed, e.Response)
			}
			if _, passed, _ := g.entry(); tt.body != "" && (string(passed.Body) != tt.body || passed.Status != tt.want) {
				t.Errorf("of the refusal is kept %+v", passed)
			}
			last, refused := g.health(), tt.reason == "unauthorized" || tt.reason == "forbidden"
			if last.At.IsZero() || (last.Refused == 1) != refused || (last.Sentence() != "") != (tt.reason != "" && tt.name != "wrong types" && tt.name != "nothing") {
				t.Errorf("it remembers %+v", last)
			}
			var l logs
			h.must(200, g.ask("GET /v2/assistants/a1/logs?version=2024-08-25&filter=customer_id::anna", ""), &l)
			h.must(200, g.ask("GET /v1/logs?version=2024-08-25&filter=language::en,request.context.system.assistant_id::a1", ""), &l)
		})
	}
}

func (g *gate) health() Passage {
	u, err := g.upstream(g.t.Context(), g.linked.Number)
	if err != nil {
		g.t.Fatal(err)
	}
	return u.Last()
}

// cut writes what is given and ends the connection.
func cut(w http.ResponseWriter, text string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		io.WriteString(conn, text)
		conn.Close()
	}
}

func TestGatewayUnreachable(t *testing.T) {
	h := open(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	l.Close()
	g := h.gate(label.Assistant, url)
	status, body, _ := h.do(g.ask(stateless, `{"input":{"text":"hi"}}`, labelled("anna")))
	if _, passed, _ := g.entry(); status != 502 || passed.Reason != "unreachable" || !strings.Contains(body, "cannot be reached") {
		t.Errorf("%d %s %+v", status, body, passed)
	}
}

// TestGatewayHangUp: a caller that hangs up does not keep the answer from the record.
func TestGatewayHangUp(t *testing.T) {
	h := open(t)
	here, on, gone := make(chan struct{}), make(chan struct{}), make(chan struct{})
	url, _ := fake(t, func(w http.ResponseWriter, r *http.Request) {
		here <- struct{}{}
		<-on
		says(200, theirs)(w, r)
	})
	g := h.gate(label.Assistant, url)
	kept, stop := h.store.Watch(func(o string) bool { return o == string(audit.ObjectOf(audit.KindService, g.hosted.Number)) })
	defer stop()
	noticed, doors := make(chan struct{}), h.server.Config.Handler
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		context.AfterFunc(r.Context(), func() { close(noticed) })
		doors.ServeHTTP(w, r)
	})
	ctx, hangUp := context.WithCancel(t.Context())
	go func() {
		defer close(gone)
		if res, err := h.server.Client().Do(h.request(g.ask(stateless, `{}`)).WithContext(ctx)); err == nil {
			res.Body.Close()
		}
	}()
	<-here
	<-kept
	hangUp()
	<-gone
	<-noticed
	on <- struct{}{}
	<-kept
	if _, passed, _ := g.entry(); passed.State != passedAnswered {
		t.Errorf("kept %+v", passed)
	}
}

// TestGatewayRefusesFirst: what is refused here never reaches the instance, and is not kept.
func TestGatewayRefusesFirst(t *testing.T) {
	h := open(t)
	url, asked := fake(t, says(200, theirs))
	g := h.gate(label.Assistant, url)
	for _, a := range []ask{
		g.ask(stateless, `{"input":{"text":"hi"}}`, "X-Watson-Metadata: customer_id=a=b"),
		g.ask(stateless, `{"input":{"text":"two\nlines"}}`),
		g.ask(stateless, `{"input":`),
		g.ask("POST /v1/workspaces/w1/message?version=2021-11-27", `{"context":[]}`),
		g.ask("POST /v2/assistants/a1/message", `{}`),
	} {
		h.must(400, a, nil)
	}
	if h.records(g.hosted) != 0 || len(asked) != 0 {
		t.Errorf("%d records, %d calls", h.records(g.hosted), len(asked))
	}
}

// TestGatewayIsBounded: no more calls than may be are on their way at a time; the next one is told to come again, before anything is kept of it.
func TestGatewayIsBounded(t *testing.T) {
	h := open(t)
	url, _ := fake(t, says(200, theirs))
	g := h.gate(label.Assistant, url)
	u, err := h.upstream(t.Context(), g.linked.Number)
	if err != nil {
		t.Fatal(err)
	}
	for range callsAtOnce {
		u.calls <- struct{}{}
	}
	if status, _, head := h.do(g.ask(stateless, `{}`)); status != 503 || head.Get("Retry-After") != "1" || h.records(g.hosted) != 0 {
		t.Errorf("%d %v", status, head)
	}
	<-u.calls
	h.must(200, g.ask(stateless, `{}`), nil)
}
