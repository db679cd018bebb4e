package auth

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

const (
	goodPassword = "a long enough password"
	chromium     = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)

// house is a console with nothing but its doors, over a real store and a clock that the test turns.
type house struct {
	*testing.T
	*Auth
	*dbtest.Clock
	store  *db.Store
	server *httptest.Server
	mu     sync.Mutex
	failed error // what Fail was given last
}

func openHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	h := &house{T: t, Clock: dbtest.NewClock()}
	var err error
	if h.store, err = db.Open(context.Background(), t.TempDir(), db.WithClock(h.Clock.Now)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() }) // its error is no matter: some tests close the store themselves
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.routes().ServeHTTP(w, r) }))
	t.Cleanup(h.server.Close)
	c := Config{PublicURL: h.server.URL, LocalAccounts: true, Fail: h.fail, Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&c)
	}
	if h.Auth, err = New(h.store, c); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) fail(w http.ResponseWriter, _ *http.Request, err error) {
	h.mu.Lock()
	h.failed = err
	h.mu.Unlock()
	http.Error(w, Sentence(err), Status(err))
}

func (h *house) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /signin", h.SignIn)
	mux.HandleFunc("GET /signin/oidc", h.OIDCStart)
	mux.HandleFunc("GET /signin/callback", h.OIDCCallback)
	mux.HandleFunc("POST /signout", h.SignOut)
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, string(IdentityOf(r.Context()).Actor()))
	})
	mux.HandleFunc("POST /confirm", func(w http.ResponseWriter, r *http.Request) {
		if err := h.ConfirmPassword(w, r, r.PostFormValue("password")); err != nil {
			h.fail(w, r, err)
		}
	})
	mux.HandleFunc("POST /say", func(w http.ResponseWriter, r *http.Request) { h.Say(w, r, Notice{Text: "Done."}) })
	mux.HandleFunc("GET /said", func(w http.ResponseWriter, r *http.Request) {
		n, _ := h.Said(w, r)
		io.WriteString(w, n.Text)
	})
	outer := http.NewServeMux()
	outer.Handle("/", h.Guard(h.Load(mux)))
	outer.HandleFunc("POST /signin/backchannel", h.BackChannel)
	outer.HandleFunc("POST /identity/token", h.Token)
	return outer
}

func (h *house) user(email string, roles ...string) db.User {
	h.Helper()
	hash, err := HashPassword(goodPassword)
	if err != nil {
		h.Fatal(err)
	}
	u, err := h.store.AddUser(h.Context(), audit.Operator, db.NewUser{Email: email, Roles: roles, Password: hash})
	if err != nil {
		h.Fatal(err)
	}
	return u
}

// browser is a client that keeps cookies and follows nothing.
type browser struct {
	*http.Client
	h     *house
	agent string
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{h: h, agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) send(r *http.Request) (*http.Response, string) {
	b.h.Helper()
	r.Header.Set("User-Agent", b.agent)
	resp, err := b.Do(r)
	if err != nil {
		b.h.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.h.Fatal(err)
	}
	return resp, string(body)
}

func (b *browser) get(path string) (*http.Response, string) {
	b.h.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.h.server.URL + path
	}
	r, err := http.NewRequest("GET", path, nil)
	if err != nil {
		b.h.Fatal(err)
	}
	return b.send(r)
}

func (b *browser) post(path string, form ...string) (*http.Response, string) {
	b.h.Helper()
	r := b.h.form(path, form...)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

// form makes a post of name, value, name, value …
func (h *house) form(path string, fields ...string) *http.Request {
	h.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequest("POST", h.server.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (b *browser) signIn(email string) {
	b.h.Helper()
	if resp, body := b.post("/signin", "email", email, "password", goodPassword); resp.StatusCode != http.StatusSeeOther {
		b.h.Fatalf("signing in: %d %s", resp.StatusCode, body)
	}
}

// is checks whom the console takes the browser for.
func (b *browser) is(want audit.Actor) {
	b.h.Helper()
	if _, got := b.get("/me"); got != string(want) {
		b.h.Errorf("the console sees %s, want %s", got, want)
	}
}

func (b *browser) cookie() string {
	u, _ := url.Parse(b.h.server.URL)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == cookiePlain {
			return c.Value
		}
	}
	return ""
}

func (b *browser) setCookie(value string) {
	u, _ := url.Parse(b.h.server.URL)
	b.Jar.SetCookies(u, []*http.Cookie{{Name: cookiePlain, Value: value, Path: "/"}})
}

// entries counts the audit entries of an event.
func (h *house) entries(event audit.Event) int64 {
	h.Helper()
	n, err := h.store.CountAudit(h.Context(), db.AuditQuery{Event: string(event)})
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func (h *house) lastError() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.failed
	h.failed = nil
	return err
}
