package watson

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
)

// house is a real store behind a real server, with one Assistant.
type house struct {
	t       testing.TB
	store   *db.Store
	clock   *dbtest.Clock
	service db.Service
	server  *httptest.Server
	callers map[string]Caller // by the key in Basic apikey:KEY
	log     *strings.Builder

	patience time.Duration // with upstreams; 0 = as always
	behind   sync.Map      // number of a linked service → *Upstream
}

func open(t testing.TB) *house {
	h := &house{t: t, clock: dbtest.NewClock(), log: new(strings.Builder), callers: map[string]Caller{}}
	h.store = dbtest.Open(t, db.WithClock(h.clock.Now))
	h.service = dbtest.Service(t, h.store, "Support bot")
	h.callers["all"] = Caller{1, h.service.Number, []string{ScopeIngest, ScopeLogs, ScopeErase}}
	for i, scope := range []string{ScopeIngest, ScopeLogs, ScopeErase} {
		h.callers[scope] = Caller{int64(2 + i), h.service.Number, []string{scope}}
	}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	h.server = httptest.NewServer(New(h.store, Options{Authenticate: h.authenticate, Upstream: h.upstream, Log: log}))
	t.Cleanup(h.server.Close)
	return h
}

// authenticate stands for handlers/auth: the key is the password of the user apikey.
func (h *house) authenticate(r *http.Request) (Caller, error) {
	user, key, _ := r.BasicAuth()
	if key == "flood" {
		return Caller{}, RetryError{After: 1500 * time.Millisecond, Limit: 60}
	}
	c, ok := h.callers[key]
	if !ok || user != "apikey" {
		return Caller{}, ErrUnauthorized
	}
	return c, nil
}

// add registers a service of another kind with a key of its own, and tells its GUID.
func (h *house) add(kind label.Kind, key string) string {
	v, err := h.store.AddService(h.t.Context(), audit.Operator, kind, key, "eu-de")
	if err != nil {
		h.t.Fatal(err)
	}
	h.callers[key] = Caller{20, v.Number, []string{ScopeIngest, ScopeLogs, ScopeErase}}
	return v.GUID
}

// ask is one request: "METHOD path", where a path that does not begin with /instances lies under the Assistant's serviceUrl.
type ask struct {
	line   string
	header []string // "Name: value"
	body   string
	key    string // "" = all
}

func (h *house) request(a ask) *http.Request {
	method, path, _ := strings.Cut(a.line, " ")
	if !strings.HasPrefix(path, Prefix) {
		path = Prefix + h.service.GUID + path
	}
	r, err := http.NewRequest(method, h.server.URL+path, strings.NewReader(a.body))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, v := range a.header {
		name, value, _ := strings.Cut(v, ": ")
		r.Header.Add(name, value)
	}
	if a.key == "" {
		a.key = "all"
	}
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("apikey:"+a.key)))
	return r
}

// do sends a request and reads the answer, which is JSON with a transaction number whatever it says.
func (h *house) do(a ask) (status int, body string, header http.Header) {
	h.t.Helper()
	res, err := h.server.Client().Do(h.request(a))
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if !json.Valid(raw) || res.Header.Get("Content-Type") != "application/json" || res.Header.Get("X-Global-Transaction-Id") == "" {
		h.t.Errorf("%s: the answer is not JSON with a transaction number: %v %s", a.line, res.Header, raw)
	}
	return res.StatusCode, string(raw), res.Header
}

// must sends a request, demands a status and reads the answer.
func (h *house) must(status int, a ask, into any) {
	h.t.Helper()
	got, body, _ := h.do(a)
	if got != status {
		h.t.Fatalf("%s: %d %s, want %d", a.line, got, body, status)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		h.t.Fatal(err)
	}
}

const jsonHeader = "Content-Type: application/json"

func message(text string, header ...string) ask {
	b, _ := json.Marshal(map[string]any{"input": map[string]string{"text": text}})
	return ask{line: "POST /v2/assistants/a1/message?version=2020-04-01", header: append(header, jsonHeader), body: string(b)}
}

func labelled(ids ...string) string {
	return "X-Watson-Metadata: customer_id=" + strings.Join(ids, ";customer_id=")
}

// logs is the answer to a listing, as a client reads it.
type logs struct {
	Logs []struct {
		LogID      string `json:"log_id"`
		CustomerID string `json:"customer_id"`
		SessionID  string `json:"session_id"`
		Request    struct {
			Input struct {
				Text string `json:"text"`
			} `json:"input"`
			Context struct {
				ConversationID string `json:"conversation_id"`
			} `json:"context"`
		} `json:"request"`
		Response struct {
			Intents []Intent        `json:"intents"`
			Context json.RawMessage `json:"context"`
		} `json:"response"`
	} `json:"logs"`
	Pagination map[string]string `json:"pagination"`
}

func (l logs) texts() string {
	var out []string
	for _, e := range l.Logs {
		out = append(out, e.Request.Input.Text)
	}
	return strings.Join(out, " ")
}

// listed lists logs: path and query without version, filter separately and unescaped.
func (h *house) listed(path, filter string) logs {
	h.t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	var l logs
	h.must(200, ask{line: "GET " + path + sep + "version=2020-04-01&filter=" + url.QueryEscape(filter)}, &l)
	return l
}

var (
	uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	trace = regexp.MustCompile(`"trace":"[0-9a-f]{32}"`)
)

// still takes out of an answer what differs from run to run.
func still(body string) string {
	return trace.ReplaceAllString(uuids.ReplaceAllString(body, "UUID"), `"trace":"T"`)
}
