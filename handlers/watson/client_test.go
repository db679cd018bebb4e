package watson

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/filter"
	"quittance/db/label"
	"quittance/handlers/auth"

	"pgregory.net/rapid"
)

// unpaced lets tests call as often as they like.
var unpaced = Limits{Rate{1e6, time.Second, 1e5}, Rate{1e6, time.Second, 1e5}, Rate{1e6, time.Second, 1e5}}

// client calls the house's Assistant, or what the options name.
func (h *house) client(o ClientOptions) *Client {
	h.t.Helper()
	if o.URL == "" {
		o.URL = h.server.URL + Prefix + h.service.GUID + "/"
	}
	if o.Kind == "" {
		o.Kind = label.Assistant
	}
	if o.Auth == nil {
		o.Auth = APIKey("all")
	}
	if o.HTTP == nil {
		o.HTTP = h.server.Client()
	}
	o.Pacer = NewPacer(unpaced)
	c, err := NewClient(o)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// list takes a whole listing.
func list(t testing.TB, c *Client, q LogQuery) []Entry {
	t.Helper()
	var out []Entry
	for e, err := range c.Logs(t.Context(), q) {
		if err != nil {
			t.Fatalf("after %d entries: %v", len(out), err)
		}
		out = append(out, e)
	}
	return out
}

func textOf(t testing.TB, e Entry) string {
	t.Helper()
	var asked struct {
		Input struct {
			Text string `json:"text"`
		} `json:"input"`
	}
	if err := json.Unmarshal(e.Request, &asked); err != nil {
		t.Fatal(err)
	}
	return asked.Input.Text
}

// pass sends a message through the client as a gateway would.
func pass(t testing.TB, c *Client, path, body string, header http.Header) Response {
	t.Helper()
	header.Set("Content-Type", "application/json")
	r, err := c.Pass(t.Context(), PassRequest{Method: "POST", Path: path, Query: "version=2024-08-25", Header: header, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// codeOf is the code of a call's error, and "" for none.
func codeOf(err error) string {
	var e *CallError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// counted counts the requests that go through a client.
type counted struct {
	http.RoundTripper
	n int
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	return c.RoundTripper.RoundTrip(r)
}

// TestClientLives a customer's life on both sides of the wire: conversations, a log of several pages, a deletion, a batch, an empty log.
func TestClientLives(t *testing.T) {
	h := open(t)
	count := &counted{RoundTripper: h.server.Client().Transport}
	c := h.client(ClientOptions{HTTP: &http.Client{Transport: count}})
	const who = `Ann "the:one" a,b|c*~1 (+49) [x] \`
	opened := pass(t, c, "v2/assistants/a1/environments/e1/sessions", `{}`, http.Header{})
	var s Session
	if err := json.Unmarshal(opened.Body, &s); err != nil || opened.Status != 201 {
		t.Fatalf("%d %s (%v)", opened.Status, opened.Body, err)
	}
	turn := "v2/assistants/a1/environments/e1/sessions/" + s.SessionID + "/message"
	for i := range 25 {
		labels := http.Header{"X-Watson-Metadata": {"customer_id=" + who + ";customer_id=bob"}, "X-Watson-Learning-Opt-Out": {"true"}}
		if r := pass(t, c, turn, fmt.Sprintf(`{"input":{"text":"turn %02d"}}`, i), labels); r.Status != 200 || r.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		h.clock.Pass(time.Second)
	}
	pass(t, c, "v1/workspaces/w1/message", `{"input":{"text":"by v1"}}`, http.Header{"X-Watson-Metadata": {"customer_id=" + who}})
	pass(t, c, turn, `{"input":{"text":"nobody's"}}`, http.Header{})

	id := dbtest.ID(t, who)
	q := LogQuery{Assistant: "e1", Filter: FilterCustomer(id), PageLimit: 10}
	for _, q.NewestFirst = range []bool{false, true} {
		count.n = 0
		got := list(t, c, q)
		if len(got) != 25 || count.n != 3 {
			t.Fatalf("%d entries on %d pages", len(got), count.n)
		}
		if q.NewestFirst {
			slices.Reverse(got)
		}
		for i, e := range got {
			if textOf(t, e) != fmt.Sprintf("turn %02d", i) || e.CustomerID != who || e.AssistantID != "e1" || e.SessionID != s.SessionID ||
				e.LogID == "" || e.RequestTimestamp == "" || !json.Valid(e.Raw) || !strings.Contains(string(e.Raw), e.LogID) {
				t.Errorf("entry %d: %s", i, e.Raw)
			}
		}
	}
	for name, q := range map[string]LogQuery{
		"v1":                  {Workspace: "w1", Filter: FilterCustomer(id)},
		"v1, either":          {Workspace: "w1", Filter: FilterCustomer(dbtest.ID(t, "nobody"), id)},
		"all of v1":           {Filter: FilterAll(FilterIs("language", "en"), FilterIs("workspace_id", "w1"), FilterCustomer(id))},
		"both, by a span":     {Workspace: "w1", Filter: FilterAll(FilterCustomer(id, dbtest.ID(t, "bob")), "request_timestamp>=2026-01-01")},
		"v1 without a filter": {Workspace: "w1"},
	} {
		if got := list(t, c, q); len(got) != 1 || textOf(t, got[0]) != "by v1" || got[0].WorkspaceID != "w1" {
			t.Errorf("%s: %+v", name, got)
		}
	}

	a, err := c.DeleteUserData(t.Context(), id)
	if err != nil || a.Status != 202 || len(a.Transaction) != 32 {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := erasure.NewRunner(h.store, slog.New(slog.DiscardHandler)).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	q.Filter = FilterCustomer(id, dbtest.ID(t, "bob"))
	if left := append(list(t, c, q), list(t, c, LogQuery{Workspace: "w1"})...); len(left) != 0 {
		t.Errorf("%d entries are left", len(left))
	}
	if left := list(t, c, LogQuery{Assistant: "e1"}); len(left) != 1 || textOf(t, left[0]) != "nobody's" {
		t.Errorf("others' entries: %+v", left)
	}
}

// TestClientStops: whoever has seen enough gets no further page, and no error.
func TestClientStops(t *testing.T) {
	h := open(t)
	h.fill(30)
	count := &counted{RoundTripper: h.server.Client().Transport}
	n := 0
	for _, err := range h.client(ClientOptions{HTTP: &http.Client{Transport: count}}).Logs(t.Context(), LogQuery{Assistant: "a1", PageLimit: 10}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 15 {
			break
		}
	}
	if n != 15 || count.n != 2 {
		t.Errorf("%d entries, %d pages", n, count.n)
	}
}

// TestClientCursorDies: a listing that took too long breaks off and says so; begun again, it is whole.
func TestClientCursorDies(t *testing.T) {
	h := open(t)
	h.fill(5)
	c := h.client(ClientOptions{})
	q := LogQuery{Assistant: "a1", Filter: FilterIs("customer_id", "abc"), PageLimit: 2}
	n, last := 0, error(nil)
	for _, err := range c.Logs(t.Context(), q) {
		if last = err; err == nil {
			n++
			h.clock.Pass(3 * time.Minute)
		}
	}
	var e *CallError
	if !errors.As(last, &e) || e.Code != "cursor" || e.Outcome != Later || n != 2 {
		t.Errorf("%d entries, then %v", n, last)
	}
	if got := list(t, c, q); len(got) != 5 {
		t.Errorf("begun again: %d entries", len(got))
	}
}

// TestClientDeletes at every kind of service, by every version of its API, and reads each one's refusal.
func TestClientDeletes(t *testing.T) {
	h := open(t)
	at := map[label.Kind]string{label.Assistant: h.server.URL + Prefix + h.service.GUID}
	for _, kind := range []label.Kind{label.Discovery, label.VisualRecognition, label.SpeechToText, label.TextToSpeech} {
		at[kind] = h.server.URL + Prefix + h.add(kind, string(kind))
	}
	for _, tt := range []struct {
		kind         label.Kind
		api, version string
		status       int
	}{
		{label.Assistant, "", "", 202}, {label.Assistant, "v1", "", 202}, {label.Assistant, "v2", "2020-04-01", 202},
		{label.VisualRecognition, "", "", 202}, {label.VisualRecognition, "v3", "", 202}, {label.VisualRecognition, "v4", "", 202},
		{label.Discovery, "", "", 200}, {label.Discovery, "v1", "", 200}, {label.SpeechToText, "", "", 200}, {label.TextToSpeech, "", "", 200},
	} {
		key := APIKey(string(tt.kind))
		if tt.kind == label.Assistant {
			key = APIKey("all")
		}
		c := h.client(ClientOptions{URL: at[tt.kind], Kind: tt.kind, API: tt.api, Version: tt.version, Auth: key})
		a, err := c.DeleteUserData(t.Context(), dbtest.ID(t, "客_x"))
		if err != nil || a.Status != tt.status {
			t.Errorf("%s %s: %+v, %v", tt.kind, tt.api, a, err)
		}
		var e *CallError
		lost := h.client(ClientOptions{URL: at[tt.kind] + "x", Kind: tt.kind, API: tt.api, Auth: key})
		if _, err := lost.DeleteUserData(t.Context(), dbtest.ID(t, "a")); !errors.As(err, &e) || e.Outcome != Refused || e.Status != 404 || e.Code != "not-found" {
			t.Errorf("%s %s at a wrong address: %v", tt.kind, tt.api, err)
		}
	}
	ids, err := h.store.Erasures(t.Context(), db.ErasureQuery{Limit: 100})
	if err != nil || len(ids) != 10 {
		t.Fatalf("%d requests (%v)", len(ids), err)
	}
	for _, e := range ids {
		if e.Subject != "客_x" {
			t.Errorf("request %d is for %q", e.Number, e.Subject)
		}
	}
}

// TestClientRefused: what a service says no to, in each shape, is an outcome and a code of ours.
func TestClientRefused(t *testing.T) {
	h := open(t)
	for name, tt := range map[string]struct {
		auth    Auth
		do      func(*Client) error
		outcome Outcome
		code    string
	}{
		"wrong key":        {APIKey("wrong"), deletes("a"), Refused, "unauthorized"},
		"another scope":    {APIKey(ScopeIngest), deletes("a"), Refused, "forbidden"},
		"too many":         {APIKey("flood"), deletes("a"), Later, "rate-limit"},
		"a filter":         {APIKey("all"), lists(LogQuery{Assistant: "a1", Filter: "customer_id::("}), Refused, "invalid-query"},
		"no filter":        {APIKey("all"), lists(LogQuery{}), Refused, "bad-request"},
		"two logs at once": {APIKey("all"), lists(LogQuery{Assistant: "a", Workspace: "b"}), Refused, "request"},
		"a path for an ID": {APIKey("all"), lists(LogQuery{Assistant: "../../other/v1/workspaces/w1"}), Refused, "request"},
		"dots for an ID":   {APIKey("all"), lists(LogQuery{Assistant: ".."}), Refused, "request"},
	} {
		err := tt.do(h.client(ClientOptions{Auth: tt.auth}))
		var e *CallError
		if !errors.As(err, &e) || e.Outcome != tt.outcome || e.Code != tt.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	vr := h.client(ClientOptions{Kind: label.VisualRecognition})
	if err := deletes("a-b")(vr); codeOf(err) != "id" {
		t.Errorf("an ID that Visual Recognition cannot have: %v", err)
	}
}

func deletes(id string) func(*Client) error {
	return func(c *Client) error {
		parsed, err := label.Parse(label.Assistant, id)
		if err == nil {
			_, err = c.DeleteUserData(context.Background(), parsed)
		}
		return err
	}
}

func lists(q LogQuery) func(*Client) error {
	return func(c *Client) error {
		for _, err := range c.Logs(context.Background(), q) {
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// TestClientIAM: our own identity service gives tokens that our own API takes; one that has run out is replaced without anybody's doing.
func TestClientIAM(t *testing.T) {
	h := open(t)
	a, err := auth.New(h.store, auth.Config{PublicURL: h.server.URL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	full, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Service: h.service.Number, Name: "k", Scopes: []string{ScopeErase}})
	if err != nil {
		t.Fatal(err)
	}
	tokens := 0
	mux := http.NewServeMux()
	mux.Handle(Prefix, New(h.store, Options{Log: slog.New(slog.DiscardHandler), Authenticate: func(r *http.Request) (Caller, error) {
		k, err := a.Caller(r)
		return Caller{k.Number, k.Service, k.Scopes}, err
	}}))
	mux.HandleFunc("POST /identity/token", func(w http.ResponseWriter, r *http.Request) { tokens++; a.Token(w, r) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	client := func(key string) *Client {
		iam, err := NewIAM(s.URL+"/", key)
		if err != nil {
			t.Fatal(err)
		}
		return h.client(ClientOptions{URL: s.URL + Prefix + h.service.GUID, Auth: iam})
	}
	c := client(full)
	for range 3 {
		if err := deletes("abc")(c); err != nil {
			t.Fatal(err)
		}
	}
	if tokens != 1 {
		t.Errorf("%d tokens for three calls", tokens)
	}
	h.clock.Pass(61 * time.Minute) // for the service, the token is over
	if err := deletes("abc")(c); err != nil || tokens != 2 {
		t.Errorf("after an hour: %v, %d tokens", err, tokens)
	}
	if err := deletes("abc")(client("wrong")); codeOf(err) != "iam-refused" {
		t.Errorf("a wrong key: %v", err)
	}
}

// TestFilters: a filter of ours is read back as what was meant, whatever the values hold.
func TestFilters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.StringMatching(`[^\x00-\x1f\x7f]{0,12}`), 1, 4).Draw(t, "values")
		values[0] = rapid.StringMatching(`[ -~]{1,12}`).Draw(t, "plain")
		text := FilterAll(FilterIs("language", "en"), FilterIs("customer_id", values[0], values[1:]...))
		e, err := filter.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		want := slices.Clone(values)
		slices.Sort(want)
		got, only := filter.Equals(e, "customer_id")
		slices.Sort(got)
		if want = slices.Compact(want); !slices.Contains(want, "") && (!only || !slices.Equal(got, want)) {
			t.Fatalf("%s demands %q, not %q", text, got, want)
		}
	})
	for want, got := range map[string]string{
		`customer_id::abc`:   FilterIs("customer_id", "abc"),
		`customer_id::""`:    FilterIs("customer_id", ""),
		`customer_id::a\:b`:  FilterIs("customer_id", "a:b"),
		`(a::x|a::y),b::z`:   FilterAll(FilterIs("a", "x", "y"), FilterIs("b", "z")),
		`customer_id::a\|b`:  FilterIs("customer_id", "a|b"),
		`customer_id::sl\*k`: FilterIs("customer_id", "sl*k"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestNewClient: what cannot work is refused at once, without repeating it.
func TestNewClient(t *testing.T) {
	good := ClientOptions{URL: "https://planted.example/instances/1", Kind: label.Assistant, Auth: APIKey("planted"), HTTP: http.DefaultClient}
	for name, change := range map[string]func(*ClientOptions){
		"no address":       func(o *ClientOptions) { o.URL = "" },
		"no scheme":        func(o *ClientOptions) { o.URL = "planted.example" },
		"another scheme":   func(o *ClientOptions) { o.URL = "ftp://planted.example" },
		"a user":           func(o *ClientOptions) { o.URL = "https://u:planted@x.example" },
		"a query":          func(o *ClientOptions) { o.URL += "?planted" },
		"control":          func(o *ClientOptions) { o.URL += "\r\nplanted" },
		"no kind":          func(o *ClientOptions) { o.Kind = "" },
		"an unknown kind":  func(o *ClientOptions) { o.Kind = "planted" },
		"another's API":    func(o *ClientOptions) { o.API = "v3" },
		"no date":          func(o *ClientOptions) { o.Version = "planted" },
		"no credentials":   func(o *ClientOptions) { o.Auth = nil },
		"no way out":       func(o *ClientOptions) { o.HTTP = nil },
		"":                 func(*ClientOptions) {},
		"v1 of Discovery":  func(o *ClientOptions) { o.Kind, o.API = label.Discovery, "v1" },
		"speech by a date": func(o *ClientOptions) { o.Kind, o.Version = label.SpeechToText, "2020-01-01" },
	} {
		o := good
		change(&o)
		_, err := NewClient(o)
		works := slices.Contains([]string{"", "v1 of Discovery", "speech by a date"}, name)
		if (err == nil) != works || err != nil && strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := NewClient(good)
	iam, err2 := NewIAM("https://iam.cloud.ibm.com", "planted-key")
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "client", c, "auth", c.auth, "iam", iam)
	for _, v := range []any{c, *c, good, c.auth, iam} {
		fmt.Fprintf(&log, "%v %+v %#v %s", v, v, v, v)
	}
	basic := *c.auth.(*basic).value
	if strings.Contains(log.String(), basic) || strings.Contains(log.String(), "planted-key") {
		t.Errorf("credentials are shown: %s", &log)
	}
}
