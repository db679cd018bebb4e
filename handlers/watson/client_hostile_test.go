package watson

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quittance/db/label"
)

// hostile is a server that does what its test wants, over pipes: in a bubble of synctest its slowness costs no time.
type hostile struct {
	t      testing.TB
	mu     sync.Mutex
	asked  []string // "METHOD /path?query" of each request
	credit []string // Authorization of each
	when   []time.Time
	act    func(n int, r *http.Request, c net.Conn) (open bool) // n counts from 1
	idle   *http.Transport
}

func newHostile(t testing.TB, act func(n int, r *http.Request, c net.Conn) bool) *hostile {
	h := &hostile{t: t, act: act}
	h.idle = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go h.serve(theirs)
		return ours, nil
	}}
	t.Cleanup(h.idle.CloseIdleConnections)
	return h
}

// always sends the same bytes and ends the connection.
func always(t testing.TB, bytes string) *hostile {
	return newHostile(t, func(_ int, _ *http.Request, c net.Conn) bool { io.WriteString(c, bytes); return false })
}

func (h *hostile) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, r.Body)
		if !h.act(h.note(r), r, c) {
			return
		}
	}
}

func (h *hostile) note(r *http.Request) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, r.Method+" "+r.RequestURI)
	h.credit = append(h.credit, r.Header.Get("Authorization"))
	h.when = append(h.when, time.Now())
	return len(h.asked)
}

func (h *hostile) client(change ...func(*ClientOptions)) *Client {
	h.t.Helper()
	o := ClientOptions{URL: "http://watson.example/instances/1", Kind: label.Assistant, Auth: APIKey("key"), HTTP: &http.Client{Transport: h.idle}, Pacer: NewPacer(unpaced)}
	for _, f := range change {
		f(&o)
	}
	c, err := NewClient(o)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// say is an answer in HTTP, the last one of its connection.
func say(status int, body string, headers ...string) string {
	lines := append(headers, "Connection: close", fmt.Sprintf("Content-Length: %d", len(body)))
	return fmt.Sprintf("HTTP/1.1 %d X\r\n%s\r\n\r\n%s", status, strings.Join(lines, "\r\n"), body)
}

const (
	isJSON  = "Content-Type: application/json"
	planted = "planted@example.com" // what no error may say, in the address of each call and in each answer
)

// TestHostileDeletions: whatever comes back, the outcome is what is known, and the error says nothing of the person.
func TestHostileDeletions(t *testing.T) {
	huge := strings.Repeat("x", 2<<20)
	for name, tt := range map[string]struct {
		bytes   string
		outcome Outcome // "" = accepted
		code    string
		after   time.Duration
	}{
		"202 with an object":      {say(202, `{}`, isJSON), "", "", 0},
		"200 without a body":      {say(200, ``), "", "", 0},
		"202 without a body":      {say(202, ``, isJSON), "", "", 0},
		"204":                     {"HTTP/1.1 204 No Content\r\n\r\n", "", "", 0},
		"200 in plain text":       {say(200, `OK `+planted, "Content-Type: text/plain"), "", "", 0},
		"200 with broken JSON":    {say(200, `{"a":`, isJSON), "", "", 0},
		"202 with a wrong type":   {say(202, `{}`, "Content-Type: text/html"), "", "", 0},
		"202, cut off":            {"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n{", "", "", 0},
		"202, huge":               {say(202, huge), "", "", 0},
		"200, a page for people":  {say(200, "\n<!DOCTYPE html><p>"+planted, "Content-Type: text/html"), Unknown, "web-page", 0},
		"429 in plain text":       {say(429, `Rate limit exceeded`, "Content-Type: text/plain"), Later, "rate-limit", time.Minute},
		"429, seconds":            {say(429, `Rate limit exceeded`, "Retry-After: 7"), Later, "rate-limit", 7 * time.Second},
		"429, a date":             {say(429, ``, "Retry-After: Sat, 01 Jan 2000 00:00:40 GMT"), Later, "rate-limit", 40 * time.Second},
		"429, a date gone by":     {say(429, ``, "Retry-After: Fri, 31 Dec 1999 00:00:00 GMT"), Later, "rate-limit", time.Minute},
		"429, a year":             {say(429, ``, "Retry-After: 31536000"), Later, "rate-limit", time.Hour},
		"429, beyond numbers":     {say(429, ``, "Retry-After: 99999999999999999999"), Later, "rate-limit", time.Minute},
		"429, rubbish":            {say(429, ``, "Retry-After: "+planted), Later, "rate-limit", time.Minute},
		"429, X-RateLimit":        {say(429, ``, "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 946684830"), Later, "rate-limit", 30 * time.Second},
		"503":                     {say(503, `{"error":"`+planted+`"}`, isJSON, "Retry-After: 120"), Later, "unavailable", 2 * time.Minute},
		"500":                     {say(500, `{"error":"`+planted+`","code":500}`, isJSON), Later, "server", 0},
		"501":                     {say(501, ``), Refused, "refused", 0},
		"502 in HTML":             {say(502, `<html>`+planted, "Content-Type: text/html"), Unknown, "gateway", 0},
		"504":                     {say(504, ``), Unknown, "gateway", 0},
		"400, Assistant":          {say(400, `{"error":"`+planted+` is wrong","code":400}`, isJSON), Refused, "bad-request", 0},
		"400, VR v3":              {say(400, `{"error":{"code":400,"description":"`+planted+`","error_id":"input_error"}}`, isJSON), Refused, "input-error", 0},
		"400, VR v4":              {say(400, `{"errors":[{"code":"missing_field","message":"`+planted+`"}],"trace":"1"}`, isJSON), Refused, "missing-field", 0},
		"400, a code of theirs":   {say(400, `{"errors":[{"code":"`+planted+`"}]}`, isJSON), Refused, "bad-request", 0},
		"400, wrong types":        {say(400, `{"error":[1],"errors":{"code":5},"message":7}`, isJSON), Refused, "bad-request", 0},
		"400, broken":             {say(400, `{"error":"`+planted, isJSON), Refused, "bad-request", 0},
		"400, deep":               {say(400, strings.Repeat(`[`, 60000), isJSON), Refused, "bad-request", 0},
		"400, cut off":            {"HTTP/1.1 400 X\r\nContent-Length: 100\r\n\r\n{", Refused, "bad-request", 0},
		"401, gateway":            {say(401, `{"trace":"1","error":"Unauthorized","code":401,"more_info":"x"}`, isJSON), Refused, "unauthorized", 0},
		"403":                     {say(403, ``, "X-Global-Transaction-Id: "+planted), Refused, "forbidden", 0},
		"404":                     {say(404, `{"error":"Resource not found","code":404}`, isJSON), Refused, "not-found", 0},
		"404, huge":               {say(404, huge), Refused, "not-found", 0},
		"410":                     {say(410, ``), Refused, "refused", 0},
		"a redirect":              {say(307, ``, "Location: http://other.example/?"+planted), Refused, "redirect", 0},
		"a redirect to nowhere":   {say(302, ``, "Location: ://"+planted), Refused, "redirect", 0},
		"a redirect without goal": {say(301, ``), Refused, "redirect", 0},
		"nothing":                 {"", Unknown, "no-answer", 0},
		"half a status line":      {"HTTP/1.", Unknown, "no-answer", 0},
		"no HTTP":                 {planted + "\r\n\r\n", Unknown, "no-answer", 0},
		"a broken header":         {"HTTP/1.1 202 OK\r\n" + planted + "\r\n\r\n", Unknown, "no-answer", 0},
		"endless headers":         {"HTTP/1.1 202 OK\r\nA: " + strings.Repeat("x", 11<<20), Unknown, "no-answer", 0},
		"a status of its own":     {"HTTP/1.1 999 " + planted + "\r\nContent-Length: 0\r\n\r\n", Later, "server", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := always(t, tt.bytes)
			id, err := label.Parse(label.Assistant, planted)
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.client().DeleteUserData(t.Context(), id)
			if tt.outcome == "" {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			} else {
				known(t, name, err, tt.outcome, tt.code, tt.after)
			}
			if len(h.asked) != 1 || h.asked[0] != "DELETE /instances/1/v2/user_data?customer_id=planted%40example.com&version=2024-08-25" {
				t.Errorf("%s: asked for %q", name, h.asked)
			}
		})
	}
}

// TestQueryOfADeletion: an ID arrives as it is, whichever way a service reads '+'.
func TestQueryOfADeletion(t *testing.T) {
	for id, want := range map[string]string{"a b+c&d#e%f/": "a%20b%2Bc%26d%23e%25f%2F", "客_x": "%E5%AE%A2_x", "\u0085x": "", "a?b": "a%3Fb"} {
		synctest.Test(t, func(t *testing.T) {
			h := always(t, say(202, ``, "X-Global-Transaction-Id: 0af7651916cd43dd8448eb211c80319c"))
			speech := h.client(func(o *ClientOptions) { o.Kind = label.SpeechToText })
			if err := deletes(id)(speech); want != "" && (err != nil || h.asked[0] != "DELETE /instances/1/v1/user_data?customer_id="+want) || want == "" && (err == nil || len(h.asked) != 0) {
				t.Errorf("%q: %v, %q", id, err, h.asked)
			}
		})
	}
}

// known holds an error against what should be known.
func known(t *testing.T, name string, err error, outcome Outcome, code string, after time.Duration) {
	t.Helper()
	var e *CallError
	if !errors.As(err, &e) || e.Outcome != outcome || e.Code != code || e.RetryAfter != after || sentences[e.Code] == "" {
		t.Errorf("%s: %#v, want %s %s after %v", name, err, outcome, code, after)
	}
	if said := fmt.Sprintf("%v %+v %#v", err, e, e); strings.Contains(said, "planted") || strings.Contains(said, "example") {
		t.Errorf("%s: the error says %s", name, said)
	}
}

// TestHostileSlowness: no answer, or one that comes drop by drop, is waited for ten seconds, and what was sent is not known to be undone.
func TestHostileSlowness(t *testing.T) {
	never := func(_ int, _ *http.Request, c net.Conn) bool { c.Read(make([]byte, 1)); return false }
	drip := func(first string) func(int, *http.Request, net.Conn) bool {
		return func(_ int, _ *http.Request, c net.Conn) bool {
			_, err := io.WriteString(c, first)
			for err == nil {
				time.Sleep(3 * time.Second)
				_, err = io.WriteString(c, " ")
			}
			return false
		}
	}
	for name, tt := range map[string]struct {
		act  func(int, *http.Request, net.Conn) bool
		do   func(*Client) error
		code string // "" = no error
		took time.Duration
	}{
		"a deletion, never":         {never, deletes("a"), "timeout", 10 * time.Second},
		"a deletion, dripping head": {drip("HTTP/1.1 202 "), deletes("a"), "timeout", 10 * time.Second},
		"a deletion, dripping body": {drip("HTTP/1.1 202 OK\r\nContent-Length: 1000\r\n\r\n"), deletes("a"), "", 10 * time.Second},
		"a message, never":          {never, passes, "timeout", 10 * time.Second},
		"a message, dripping":       {drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"), passes, "timeout", 10 * time.Second},
		"a listing, dripping":       {drip("HTTP/1.1 200 OK\r\n\r\n{\"logs\":["), lists(LogQuery{Assistant: "a"}), "timeout", 60 * time.Second},
		"a stream, never":           {never, streams, "timeout", time.Minute},
		"a stream that stands still": {func(_ int, r *http.Request, c net.Conn) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nab")
			return never(0, r, c)
		}, streams, "timeout", time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			err := tt.do(newHostile(t, tt.act).client())
			if took := time.Since(begun); took != tt.took {
				t.Errorf("%s took %v, want %v", name, took, tt.took)
			}
			var e *CallError
			if codeOf(err) != tt.code || errors.As(err, &e) && e.Outcome != Unknown {
				t.Errorf("%s: %#v", name, err)
			}
			time.Sleep(time.Minute) // until the server has noticed
		})
	}
}

func passes(c *Client) error {
	_, err := c.Pass(context.Background(), PassRequest{Method: "POST", Path: "v2/assistants/a/message", Query: "version=2024-08-25", Body: []byte(`{}`)})
	return err
}

func streams(c *Client) error {
	s, err := c.Stream(context.Background(), PassRequest{Method: "POST", Path: "v1/recognize"}, strings.NewReader("audio"), 5)
	if err != nil {
		return err
	}
	defer s.Body.Close()
	_, err = io.Copy(io.Discard, s.Body)
	return err
}

// TestCallerGivesUp: the caller's own end is its own, and not the service's failure.
func TestCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHostile(t, func(_ int, _ *http.Request, c net.Conn) bool { c.Read(make([]byte, 1)); return false })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		id, _ := label.Parse(label.Assistant, "a")
		_, err := h.client().DeleteUserData(ctx, id)
		var e *CallError
		if !errors.As(err, &e) || e.Code != "gave-up" || e.Outcome != Unknown || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%#v", err)
		}
		synctest.Wait() // until the server has noticed
		done, end := context.WithCancel(t.Context())
		end()
		if _, err := h.client().DeleteUserData(done, id); codeOf(err) != "gave-up" || !errors.Is(err, context.Canceled) || len(h.asked) != 1 {
			t.Errorf("ended before it began: %#v, %d calls", err, len(h.asked))
		}
	})
}

// TestHostileNetwork is over real sockets: what is known when nobody listens, when the connection is reset, when TLS does not hold.
func TestHostileNetwork(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reset := func(first string) {
		c, err := l.Accept()
		if err != nil {
			return
		}
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, first)
		c.(*net.TCPConn).SetLinger(0) // the close becomes a reset
		c.Close()
	}
	at := func(url string, dial func(context.Context, string, string) (net.Conn, error)) *Client {
		o := ClientOptions{URL: url, Kind: label.Assistant, Auth: APIKey("k"), Pacer: NewPacer(unpaced), HTTP: &http.Client{Transport: &http.Transport{DialContext: dial}}}
		c, err := NewClient(o)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for first, want := range map[string]string{"": "no-answer", "HTTP/1.1 2": "no-answer"} {
		go reset(first)
		known(t, "reset after "+first, deletes(planted)(at("http://"+l.Addr().String(), nil)), Unknown, want, 0)
	}
	go reset("no TLS at all\r\n\r\n")
	known(t, "no TLS", deletes(planted)(at("https://"+l.Addr().String(), nil)), Later, "tls", 0)
	l.Close()
	known(t, "nobody listens", deletes(planted)(at("http://"+l.Addr().String(), nil)), Later, "unreachable", 0)
	for code, err := range map[string]error{"dns": &net.DNSError{Name: planted}, "address": barred{}, "unreachable": errors.New(planted)} {
		outcome := Later
		if code == "address" {
			outcome = Refused
		}
		known(t, code, deletes(planted)(at("http://x", func(context.Context, string, string) (net.Conn, error) { return nil, err })), outcome, code, 0)
	}
}

// barred is how connect's guard refuses.
type barred struct{}

func (barred) Error() string   { return planted }
func (barred) Permanent() bool { return true }

// TestHostileListings: a listing ends without an error only if it has ended.
func TestHostileListings(t *testing.T) {
	const entry = `{"log_id":"1","customer_id":"planted"}`
	page := func(logs, pagination string) string {
		return say(200, `{"logs":[`+logs+`],"pagination":`+pagination+`}`, isJSON)
	}
	for name, tt := range map[string]struct {
		pages   []string // one for each request; the last again and again
		entries int
		code    string // "" = it has ended
		asked   int
	}{
		"empty":                    {[]string{page("", `{}`)}, 0, "", 1},
		"one":                      {[]string{page(entry, `{}`)}, 1, "", 1},
		"two pages":                {[]string{page(entry, `{"next_cursor":"c"}`), page(entry, `{"next_url":"/x"}`)}, 2, "malformed", 2},
		"next_cursor is null":      {[]string{page(entry, `{"next_cursor":null,"matched":3}`)}, 1, "", 1},
		"pagination is null":       {[]string{page(entry, `null`)}, 1, "", 1},
		"no pagination":            {[]string{say(200, `{"logs":[]}`)}, 0, "", 1},
		"a cursor in the URL only": {[]string{page(entry, `{"next_url":"https://other.example/x?cursor=c"}`), page(entry, `{}`)}, 2, "", 2},
		"order and strangers":      {[]string{say(200, `{"x":[{"logs":1}],"pagination":{},"logs":[`+entry+`],"y":null}`)}, 1, "", 1},
		"a name twice in an entry": {[]string{page(`{"log_id":"1","a":1,"a":2}`, `{}`)}, 1, "", 1},
		"a wrong content type":     {[]string{say(200, `{"logs":[],"pagination":{}}`, "Content-Type: text/html")}, 0, "", 1},

		"an error with status 200": {[]string{say(200, `{"error":"planted","code":500}`, isJSON)}, 0, "malformed", 1},
		"an empty object":          {[]string{say(200, `{}`, isJSON)}, 0, "malformed", 1},
		"logs is null":             {[]string{say(200, `{"logs":null,"pagination":{}}`, isJSON)}, 0, "malformed", 1},
		"logs is an object":        {[]string{say(200, `{"logs":{},"pagination":{}}`, isJSON)}, 0, "malformed", 1},
		"an entry is a number":     {[]string{page(entry+`,1`, `{}`)}, 1, "malformed", 1},
		"a log_id is a number":     {[]string{page(`{"log_id":1}`, `{}`)}, 0, "malformed", 1},
		"pagination is a list":     {[]string{page(entry, `[]`)}, 1, "malformed", 1},
		"an array":                 {[]string{say(200, `[]`, isJSON)}, 0, "malformed", 1},
		"not JSON":                 {[]string{say(200, `planted`, isJSON)}, 0, "malformed", 1},
		"HTML":                     {[]string{say(200, `<html>planted`)}, 0, "malformed", 1},
		"no body":                  {[]string{say(200, ``, isJSON)}, 0, "malformed", 1},
		"204":                      {[]string{"HTTP/1.1 204 X\r\n\r\n"}, 0, "malformed", 3},
		"two objects":              {[]string{say(200, `{"logs":[],"pagination":{}}{}`)}, 0, "malformed", 1},
		"invalid UTF-8":            {[]string{page("{\"a\":\"\xff\"}", `{}`)}, 0, "malformed", 1},
		"deep":                     {[]string{page(`{"a":`+strings.Repeat(`[`, 20000), `{}`)}, 0, "malformed", 1},
		"half an object":           {[]string{say(200, `{"logs":[`+entry+`,{"log_id`)}, 1, "no-answer", 1},
		"cut off":                  {[]string{"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"logs\":[" + entry}, 1, "no-answer", 1},
		"cut off after its end":    {[]string{"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"logs\":[" + entry + "]}"}, 1, "no-answer", 1},
		"a huge entry":             {[]string{page(entry+`,{"a":"`+strings.Repeat("x", 2*mostEntry)+`"}`, `{}`)}, 1, "too-large", 1},
		"a huge stranger":          {[]string{say(200, `{"x":"`+strings.Repeat("x", 2*mostEntry)+`","logs":[]}`)}, 0, "too-large", 1},

		"the same cursor again":  {[]string{page(entry, `{"next_cursor":"c"}`)}, 2, "cursor-loop", 2},
		"a circle of three":      {[]string{page(entry, `{"next_cursor":"a"}`), page(entry, `{"next_cursor":"b"}`), page(entry, `{"next_cursor":"c"}`), page(entry, `{"next_cursor":"a"}`), page(entry, `{"next_cursor":"b"}`), page(entry, `{"next_cursor":"c"}`), page(entry, `{"next_cursor":"a"}`), page(entry, `{"next_cursor":"b"}`)}, 6, "cursor-loop", 6},
		"a cursor that has died": {[]string{page(entry, `{"next_cursor":"c"}`), say(400, `{"error":"planted"}`)}, 1, "cursor", 2},
		"a wrong request":        {[]string{say(400, `{"error":"Analytics Service Error: Invalid query request"}`)}, 0, "invalid-query", 1},
		"500, then all is well":  {[]string{say(500, `planted`), page(entry, `{}`)}, 1, "", 2},
		"500, 502, then well":    {[]string{say(500, ``), say(502, `<html>`), page(entry, `{}`)}, 1, "", 3},
		"500 for ever":           {[]string{say(500, ``)}, 0, "server", 3},
		"nothing, then well":     {[]string{"", page(entry, `{}`)}, 1, "", 2},
		"500 at a cursor":        {[]string{page(entry, `{"next_cursor":"c"}`), say(503, ``, "Retry-After: 20"), page(entry, `{}`)}, 2, "", 3},
		"429, soon":              {[]string{say(429, `Rate limit exceeded`, "Retry-After: 5"), page(entry, `{}`)}, 1, "", 2},
		"429, not soon":          {[]string{say(429, `Rate limit exceeded`, "Retry-After: 600")}, 0, "rate-limit", 1},
		"a redirect":             {[]string{say(302, ``, "Location: http://other.example/")}, 0, "redirect", 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHostile(t, func(n int, _ *http.Request, c net.Conn) bool {
				io.WriteString(c, tt.pages[min(n, len(tt.pages))-1])
				return false
			})
			n, last := 0, error(nil)
			for _, err := range h.client().Logs(t.Context(), LogQuery{Assistant: "a"}) {
				if last = err; err == nil {
					n++
				}
			}
			if n != tt.entries || codeOf(last) != tt.code || (last == nil) != (tt.code == "") || len(h.asked) != tt.asked {
				t.Errorf("%s: %d entries in %d requests, %#v", name, n, len(h.asked), last)
			}
			if last != nil && strings.Contains(fmt.Sprintf("%+v %#v", last, last), "planted") {
				t.Errorf("%s: the error says %v", name, last)
			}
		})
	}
}

// TestNewCursorsForEver: pages without an entry, each with a cursor of its own, are not followed for ever.
func TestNewCursorsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHostile(t, func(n int, _ *http.Request, c net.Conn) bool {
			io.WriteString(c, say(200, fmt.Sprintf(`{"logs":[],"pagination":{"next_cursor":"%d"}}`, n)))
			return true
		})
		if err := lists(LogQuery{Workspace: "w"})(h.client()); codeOf(err) != "cursor-loop" || len(h.asked) != emptyPages {
			t.Errorf("%v after %d pages", err, len(h.asked))
		}
		if want := "GET /instances/1/v1/workspaces/w/logs?cursor=1&sort=request_timestamp&version=2021-11-27"; h.asked[1] != want {
			t.Errorf("asked for %s", h.asked[1])
		}
	})
}

// TestSlowReader: whoever thinks for a minute about each entry is not taken for a slow service.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		entry := `{"log_id":"1","x":"` + strings.Repeat("x", 1<<10) + `"}`
		h := always(t, say(200, `{"logs":[`+strings.Repeat(entry+`,`, 99)+entry+`],"pagination":{}}`))
		n := 0
		for _, err := range h.client().Logs(t.Context(), LogQuery{Assistant: "a"}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			time.Sleep(time.Minute)
		}
		if n != 100 {
			t.Errorf("%d entries", n)
		}
	})
}

// TestRedirectKeepsSecrets: nobody is asked at the other address, so nobody there gets the credentials, even if the caller's own client would follow.
func TestRedirectKeepsSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(t, say(307, ``, "Location: http://other.example/instances/1"))
		for name, do := range map[string]func(*Client) error{"delete": deletes("a"), "list": lists(LogQuery{Assistant: "a"}), "pass": passes, "stream": streams} {
			h.asked = nil
			if err := do(h.client()); codeOf(err) != "redirect" || len(h.asked) != 1 {
				t.Errorf("%s: %v, %q", name, err, h.asked)
			}
		}
	})
}
