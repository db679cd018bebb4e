package watson

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

func sameJSON(t testing.TB, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

// packed is a body as clients with enableGzipCompression send it.
func packed(body string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	z.Write([]byte(body))
	z.Close()
	return b.String()
}

func seqsOf(h *house, id string) []int64 {
	h.t.Helper()
	rs, _, err := h.store.Records(h.t.Context(), db.RecordQuery{Subject: id, Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	out := make([]int64, len(rs))
	for i, r := range rs {
		out[len(rs)-1-i] = r.Seq
	}
	return out
}

// TestBadInput: rubbish gets a clear refusal in the right shape, and leaves nothing behind.
func TestBadInput(t *testing.T) {
	h := open(t)
	const v = "?version=2020-04-01"
	stateless, v1, logs, del := "POST /v2/assistants/a1/message"+v, "POST /v1/workspaces/w1/message"+v, "GET /v2/assistants/a1/logs"+v, "DELETE /v2/user_data"+v
	deep := func(n int) string {
		return `{"context":` + strings.Repeat(`{"a":`, n-1) + `1` + strings.Repeat(`}`, n-1) + `}`
	}
	for _, tt := range []struct {
		name string
		ask  ask
		want int
		says string
	}{
		{"no version", ask{line: "POST /v2/assistants/a1/message", body: `{}`}, 400, "version"},
		{"version is no date", ask{line: "POST /v2/assistants/a1/message?version=latest", body: `{}`}, 400, "version"},
		{"version is no real date", ask{line: "GET /v2/assistants/a1/logs?version=2020-02-31"}, 400, "version"},
		{"version twice", ask{line: "GET /v2/assistants/a1/logs?version=2020-02-01&version=2020-02-02"}, 400, "more than once"},
		{"half an escape in the query", ask{line: logs + "&filter=%E"}, 400, "not well formed"},
		{"semicolon in the query", ask{line: logs + "&a;b"}, 400, "not well formed"},

		{"half JSON", ask{line: stateless, body: `{"input":{"text":"hel`}, 400, "not whole"},
		{"no JSON", ask{line: stateless, body: `input=hello`, header: []string{jsonHeader}}, 400, "must be a JSON object"},
		{"no JSON inside", ask{line: stateless, body: `{"input":{text:1}}`}, 400, "not valid JSON"},
		{"two bodies", ask{line: stateless, body: `{}{}`}, 400, "not valid JSON"},
		{"an array", ask{line: stateless, body: `[]`}, 400, "must be a JSON object"},
		{"null", ask{line: stateless, body: `null`}, 400, "must be a JSON object"},
		{"invalid UTF-8", ask{line: stateless, body: "{\"input\":{\"text\":\"M\xfcller\"}}"}, 400, "not valid JSON in UTF-8"},
		{"half a surrogate pair", ask{line: stateless, body: `{"input":{"text":"\ud800"}}`}, 400, "not valid JSON in UTF-8"},
		{"the same name twice", ask{line: stateless, body: `{"input":{"text":"a","text":"b"}}`}, 400, "twice"},
		{"33 levels", ask{line: stateless, body: deep(33)}, 400, "32 levels"},
		{"100,000 levels", ask{line: stateless, body: deep(100_000)}, 400, "32 levels"},
		{"too long", ask{line: stateless, body: `{"input":{"text":"` + strings.Repeat("a", maxBody) + `"}}`}, 413, "1 MiB"},
		{"a form", ask{line: stateless, body: `a=b`, header: []string{"Content-Type: application/x-www-form-urlencoded"}}, 415, "application/json"},
		{"another character set", ask{line: stateless, body: `{}`, header: []string{"Content-Type: application/json; charset=latin1"}}, 415, "UTF-8"},
		{"compressed otherwise", ask{line: stateless, body: "\x1f\x8b", header: []string{"Content-Encoding: br"}}, 415, "application/json"},
		{"compressed twice", ask{line: stateless, body: packed(packed(`{}`)), header: []string{"Content-Encoding: gzip, gzip"}}, 415, "application/json"},
		{"compressed in one of two headers", ask{line: stateless, body: packed(`{}`), header: []string{"Content-Encoding: gzip", "Content-Encoding: br"}}, 415, "application/json"},
		{"half a gzip", ask{line: stateless, body: packed(`{"input":{}}`)[:15], header: []string{"Content-Encoding: gzip"}}, 400, "not the gzip"},
		{"no gzip", ask{line: stateless, body: `{}`, header: []string{"Content-Encoding: gzip"}}, 400, "not the gzip"},
		{"a bomb", ask{line: stateless, body: packed(strings.Repeat(" ", 100*maxBody)), header: []string{"Content-Encoding: gzip"}}, 413, "1 MiB"},
		{"rubbish in a gzip", ask{line: stateless, body: packed(`{}{}`), header: []string{"Content-Encoding: gzip"}}, 400, "not valid JSON"},
		{"a form in a gzip", ask{line: stateless, body: packed(`a=b`), header: []string{"Content-Encoding: gzip", "Content-Type: application/x-www-form-urlencoded"}}, 415, "application/json"},
		{"a broken content type", ask{line: stateless, body: `{}`, header: []string{"Content-Type: ;"}}, 415, "application/json"},

		{"input is a text", ask{line: stateless, body: `{"input":"hello"}`}, 400, `"path":"input"`},
		{"text is a number", ask{line: stateless, body: `{"input":{"text":4711}}`}, 400, `"path":"input.text"`},
		{"intents are no list", ask{line: stateless, body: `{"input":{"intents":{}}}`}, 400, `"path":"input.intents"`},
		{"an option is a text", ask{line: stateless, body: `{"input":{"options":{"export":"yes"}}}`}, 400, `"path":"input.options.export"`},
		{"unknown type of message", ask{line: stateless, body: `{"input":{"message_type":"voice"}}`}, 400, "message_type"},
		{"a line break in the text", ask{line: stateless, body: `{"input":{"text":"a\nb"}}`}, 400, "newline"},
		{"a tab in the text, v1", ask{line: v1, body: `{"input":{"text":"a\tb"}}`}, 400, "tab"},
		{"context is a list", ask{line: stateless, body: `{"context":[]}`}, 400, `"path":"context"`},
		{"turn count is a text", ask{line: stateless, body: `{"context":{"global":{"system":{"turn_count":"x"}}}}`}, 400, `"path":"context.global.system.turn_count"`},
		{"context too large", ask{line: stateless, body: `{"context":{"a":"` + strings.Repeat("a", maxContextSent) + `"}}`}, 400, "250 KB"},
		{"context too large, v1", ask{line: v1, body: `{"context":{"a":"` + strings.Repeat("a", maxContextSent) + `"}}`}, 400, "250 KB"},
		{"session name too long", ask{line: stateless, body: `{"context":{"global":{"session_id":"` + strings.Repeat("a", 300) + `"}}}`}, 400, "session_id"},
		{"conversation with a slash", ask{line: v1, body: `{"context":{"conversation_id":"a/b"}}`}, 400, "conversation_id"},
		{"illegal assistant", ask{line: "POST /v2/assistants/a%2Fb/message" + v, body: `{}`}, 400, "assistantid"},
		{"illegal workspace", ask{line: "GET /v1/workspaces/%00/logs" + v}, 400, "URL workspaceid parameter is not a valid GUID."},

		{"label without ID", ask{line: stateless, body: `{}`, header: []string{"X-Watson-Metadata: customer_id="}}, 400, "customer_id"},
		{"label with another field", ask{line: stateless, body: `{}`, header: []string{"X-Watson-Metadata: id=abc"}}, 400, "only have the field"},
		{"label with '='", ask{line: v1, body: `{}`, header: []string{"X-Watson-Metadata: customer_id=a=b"}}, 400, "second '='"},
		{"empty label", ask{line: stateless, body: `{}`, header: []string{"X-Watson-Metadata: "}}, 400, "is empty"},
		{"label in Latin-1", ask{line: stateless, body: `{}`, header: []string{"X-Watson-Metadata: customer_id=M\xfcller"}}, 400, "UTF-8"},

		{"page_limit 0", ask{line: logs + "&page_limit=0"}, 400, "page_limit"},
		{"page_limit below 0", ask{line: logs + "&page_limit=-5"}, 400, "page_limit"},
		{"page_limit is a word", ask{line: logs + "&page_limit=all"}, 400, "page_limit"},
		{"page_limit in hexadecimal", ask{line: logs + "&page_limit=0x10"}, 400, "page_limit"},
		{"page_limit absurd", ask{line: logs + "&page_limit=99999999999999999999999"}, 200, `"pagination":{}`},
		{"page_limit of the wild", ask{line: logs + "&page_limit=500000"}, 200, `"pagination":{}`},
		{"unknown sort", ask{line: logs + "&sort=log_id"}, 400, "sort"},
		{"filter ends early", ask{line: logs + "&filter=customer_id%3A%3A"}, 400, "Invalid query request"},
		{"filter on an unknown field", ask{line: logs + "&filter=nonsense%3A%3Aa"}, 400, "byte 0"},
		{"filter too long", ask{line: logs + "&filter=customer_id%3A%3A" + strings.Repeat("a", 5000)}, 400, "byte"},
		{"cursor made up", ask{line: logs + "&cursor=abc"}, 400, "cursor is not valid"},
		{"cursor not even base64", ask{line: logs + "&cursor=%21%21"}, 400, "cursor is not valid"},
		{"all logs without filter", ask{line: "GET /v1/logs" + v}, 400, "filter must contain"},

		{"deletion without ID", ask{line: del}, 400, "customer_id"},
		{"deletion with an empty ID", ask{line: del + "&customer_id="}, 400, "customer_id"},
		{"deletion of two IDs", ask{line: del + "&customer_id=a&customer_id=b"}, 400, "more than once"},
		{"deletion with ';'", ask{line: del + "&customer_id=a%3Bb"}, 400, "';' or '='"},
		{"deletion with a + that means a space", ask{line: del + "&customer_id=+4915"}, 400, "space"},
		{"deletion in Latin-1", ask{line: del + "&customer_id=M%FCller"}, 400, "UTF-8"},

		{"unknown path", ask{line: "GET /v3/nothing" + v}, 404, "Resource not found"},
		{"the instance alone", ask{line: "GET "}, 404, "Resource not found"},
		{"wrong method", ask{line: "GET /v2/user_data" + v}, 405, "Method not allowed"},
		{"unknown session", ask{line: "POST /v2/assistants/a1/sessions/s1/message" + v, body: `{}`}, 404, "Invalid Session"},
		{"ending an unknown session", ask{line: "DELETE /v2/assistants/a1/sessions/s1" + v}, 404, "Invalid Session"},
		{"too many", ask{line: logs, key: "flood"}, 429, "Rate limit exceeded"},
	} {
		status, body, _ := h.do(tt.ask)
		if status != tt.want || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d %.300s, want %d and %q", tt.name, status, body, tt.want, tt.says)
		}
		if strings.Contains(body, "ller") || strings.Contains(body, "4711") || strings.Contains(body, "4915") {
			t.Errorf("%s: the answer repeats what was sent: %s", tt.name, body)
		}
	}
	if n, err := h.store.Seq(t.Context()); n != 0 || err != nil {
		t.Errorf("%d records were stored of rubbish (%v)", n, err)
	}
	if h.log.Len() > 0 {
		t.Errorf("rubbish made errors inside: %s", h.log)
	}
}

// TestEdges are bodies that are just good enough.
func TestEdges(t *testing.T) {
	h := open(t)
	for name, a := range map[string]ask{
		"no body":                {},
		"32 levels":              {body: `{"context":{"a":` + strings.Repeat(`[`, 30) + strings.Repeat(`]`, 30) + `}}`},
		"null everywhere":        {body: `{"input":null,"context":null,"user_id":null}`},
		"unknown fields":         {body: `{"input":{"text":"a","later":{"x":[1]}},"new_thing":1}`},
		"JSON with a charset":    {body: `{}`, header: []string{"Content-Type: application/json; charset=UTF-8"}},
		"node6 and its no body":  {header: []string{jsonHeader}},
		"brackets in a text":     {body: `{"input":{"text":"` + strings.Repeat(`[{\"`, 100) + `"}}`},
		"NUL and other controls": {body: `{"input":{"text":"a\u0000\u001bb"}}`},
		"blanks in the label":    {body: `{}`, header: []string{"X-Watson-Metadata: customer_id=a; customer_id=b"}},
	} {
		a.line = "POST /v2/assistants/a1/message?version=2020-04-01"
		if status, body, _ := h.do(a); status != 200 {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if _, body, _ := h.do(ask{line: "GET /v2/assistants/a1/logs?version=2020-04-01"}); !strings.Contains(body, `"later":{"x":[1]}`) || !strings.Contains(body, `"new_thing":1`) {
		t.Error("fields that the contract does not name are lost")
	}
}

// TestTruncated: a body that breaks off leaves nothing behind.
func TestTruncated(t *testing.T) {
	h := open(t)
	conn, err := net.Dial("tcp", h.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := h.request(ask{line: "POST /v2/assistants/a1/message?version=2020-04-01"})
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: 500\r\n\r\n{}", r.URL.RequestURI(), r.Header.Get("Authorization"))
	conn.(*net.TCPConn).CloseWrite()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != 400 || !json.Valid(body) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if n, err := h.store.Seq(t.Context()); n != 0 || err != nil {
		t.Errorf("%d records were stored (%v)", n, err)
	}
}

// TestWhoMay: nobody without a key learns what exists, and a key does what it is for in its own instance.
func TestWhoMay(t *testing.T) {
	h := open(t)
	other := dbtest.Service(t, h.store, "Other bot")
	v := "?version=2020-04-01"
	for _, tt := range []struct {
		name, line, key string
		want            int
		body            string
	}{
		{"wrong key", "GET /v2/assistants/a1/logs" + v, "wrong", 401, `{"trace":"T","error":"Unauthorized","more_info":"https://cloud.ibm.com/docs/watson?topic=watson-authorization-error","code":401}`},
		{"wrong key, unknown instance", "GET /instances/nowhere/v2/assistants/a1/logs" + v, "wrong", 401, `{"trace":"T","error":"Unauthorized","more_info":"https://cloud.ibm.com/docs/watson?topic=watson-authorization-error","code":401}`},
		{"good key, unknown instance", "GET /instances/nowhere/v2/assistants/a1/logs" + v, "all", 404, `{"error":"Resource not found","code":404}`},
		{"good key, somebody else's instance", "GET " + Prefix + other.GUID + "/v2/assistants/a1/logs" + v, "all", 404, `{"error":"Resource not found","code":404}`},
		{"ingest may not list", "GET /v2/assistants/a1/logs" + v, ScopeIngest, 403, `{"trace":"T","error":"Forbidden","more_info":"https://cloud.ibm.com/docs/watson?topic=watson-forbidden-error","code":403}`},
		{"ingest may not erase", "DELETE /v2/user_data" + v + "&customer_id=a", ScopeIngest, 403, ""},
		{"logs may not send", "POST /v2/assistants/a1/message" + v, ScopeLogs, 403, ""},
		{"logs may not open sessions", "POST /v2/assistants/a1/sessions" + v, ScopeLogs, 403, ""},
		{"erase may not list", "GET /v1/workspaces/w1/logs" + v, ScopeErase, 403, ""},
		{"ingest may send", "POST /v1/workspaces/w1/message" + v, ScopeIngest, 200, ""},
		{"logs may list", "GET /v2/assistants/a1/logs" + v, ScopeLogs, 200, ""},
		{"erase may erase", "DELETE /v1/user_data" + v + "&customer_id=a", ScopeErase, 202, ""},
	} {
		status, body, header := h.do(ask{line: tt.line, key: tt.key})
		if status != tt.want || tt.body != "" && !sameJSON(t, still(body), tt.body) {
			t.Errorf("%s: %d %s", tt.name, status, body)
		}
		if challenge := header.Values("WWW-Authenticate"); (len(challenge) > 0) != (status == 401) {
			t.Errorf("%s: WWW-Authenticate is %v", tt.name, challenge)
		}
	}
	if _, _, header := h.do(ask{line: "PUT /v2/assistants/a1/logs"}); header.Get("Allow") != "GET" {
		t.Errorf("Allow is %q", header.Get("Allow"))
	}
	_, _, header := h.do(ask{line: "GET /v1/logs", key: "flood"})
	reset := strconv.FormatInt(h.clock.Now().Add(1500*time.Millisecond).Unix(), 10)
	for name, want := range map[string]string{"Retry-After": "2", "X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestSessionsApart: a session is one assistant's of one instance.
func TestSessionsApart(t *testing.T) {
	h := open(t)
	other := Prefix + h.add("assistant", "other")
	var s Session
	h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01"}, &s)
	for _, a := range []ask{
		{line: "POST /v2/assistants/a2/sessions/" + s.SessionID + "/message?version=2020-04-01"},
		{line: "POST " + other + "/v2/assistants/a1/sessions/" + s.SessionID + "/message?version=2020-04-01", key: "other"},
		{line: "DELETE /v2/assistants/a2/sessions/" + s.SessionID + "?version=2020-04-01"},
		{line: "DELETE " + other + "/v2/assistants/a1/sessions/" + s.SessionID + "?version=2020-04-01", key: "other"},
	} {
		if status, body, _ := h.do(a); status != 404 || body != `{"error":"Invalid Session","code":404}` {
			t.Errorf("%s: %d %s", a.line, status, body)
		}
	}
	h.clock.Pass(59 * time.Minute)
	h.must(200, ask{line: "POST /v2/assistants/a1/sessions/" + s.SessionID + "/message?version=2020-04-01"}, nil)
}

// TestStoreGone: what the store cannot answer is 503 and never a success, and the log says so without saying who it was about.
func TestStoreGone(t *testing.T) {
	h := open(t)
	store, err := db.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.server.Config.Handler = New(store, Options{Authenticate: h.authenticate, Log: slog.New(slog.NewTextHandler(h.log, nil))})
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, a := range []ask{message("planted", labelled("planted")), {line: "DELETE /v2/user_data?version=2020-04-01&customer_id=planted"}} {
		if status, body, _ := h.do(a); status != 503 || body != `{"error":"Service Unavailable","code":503}` {
			t.Errorf("%s: %d %s", a.line, status, body)
		}
	}
	if log := h.log.String(); strings.Count(log, "level=ERROR") != 2 || strings.Contains(log, "planted") {
		t.Errorf("the log is %s", log)
	}
}
