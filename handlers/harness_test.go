package handlers

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/handlers/auth"
	"quittance/handlers/connect"
	"quittance/handlers/logfile"
)

// house is the whole console over a real store and a real connection, with one local account for each role.
type house struct {
	t      testing.TB
	store  *db.Store
	clock  *dbtest.Clock
	url    string
	people map[string]db.User // by role

	imports *logfile.Desk
	exports *ExportDesk
}

// password is everybody's.
const password = "correct horse battery"

// hashed is hashed once for all tests: hashing is slow on purpose.
var hashed = func() string {
	h, err := auth.HashPassword(password)
	if err != nil {
		panic(err)
	}
	return h
}()

// openHouse opens the doors. change may be nil; it sees the configuration before they open.
func openHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	return openHouseWith(t, change)
}

// openHouseWith is openHouse over a store that is opened in a way of its own.
func openHouseWith(t *testing.T, change func(*Config), opts ...db.Option) *house {
	t.Helper()
	h := &house{t: t, clock: dbtest.NewClock(), people: map[string]db.User{}}
	h.store = dbtest.Open(t, append(opts, db.WithClock(h.clock.Now))...)
	server := httptest.NewUnstartedServer(nil)
	h.url = "http://" + server.Listener.Addr().String()
	conf := Config{Store: h.store, Auth: auth.Config{PublicURL: h.url, LocalAccounts: true}, BatchEvery: 15 * time.Minute, CancelWindow: 15 * time.Minute, LookupTime: 2 * time.Second,
		NextNight: func(now time.Time) time.Time { return now.Truncate(24 * time.Hour).Add(27 * time.Hour) }}
	conf.Drill = h.drilled
	h.imports = logfile.NewDesk(h.store, slog.New(slog.DiscardHandler))
	t.Cleanup(h.imports.Close)
	conf.Imports = h.imports
	h.exports = NewExportDesk(h.store, nil)
	t.Cleanup(h.exports.Close)
	conf.Exports = h.exports
	conf.Notifier = &connect.Notifier{Inside: true}
	if change != nil {
		change(&conf)
	}
	var err error
	if server.Config.Handler, err = New(conf); err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(server.Close)
	for _, role := range db.Roles() {
		h.people[role] = h.person(role+"@q.example", strings.ToUpper(role[:1])+role[1:]+" Person", role)
	}
	return h
}

// drilled stands for the program's own drill, which needs a process of its own: it is begun and ended as that one is.
func (h *house) drilled(by audit.Actor) (int64, error) {
	d, err := h.store.StartDrill(context.Background(), by)
	if err != nil {
		return 0, err
	}
	for _, path := range db.DrillPaths {
		d.Paths = append(d.Paths, db.DrillPath{Path: path, Planted: 2, Before: 2})
	}
	d.Judge()
	return d.Number, h.store.EndDrill(context.Background(), &d)
}

// person makes a local account.
func (h *house) person(email, name string, roles ...string) db.User {
	h.t.Helper()
	u, err := h.store.AddUser(context.Background(), audit.Operator, db.NewUser{Email: email, Name: name, Roles: roles, Password: hashed})
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// browser is one person's browser. It goes nowhere by itself: a redirect is an answer.
type browser struct {
	t    testing.TB
	url  string
	http *http.Client
}

// page is an answer, read to its end.
type page struct {
	status int
	header http.Header
	body   string
}

// next is where a 303 leads, without the host.
func (p page) next() string { return p.header.Get("Location") }

// visitor is a browser that has not signed in.
func (h *house) visitor() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: h.t, url: h.url, http: &http.Client{Jar: jar, CheckRedirect: stay}}
}

// signIn is the browser of the person with a role, just signed in.
func (h *house) signIn(role string) *browser {
	h.t.Helper()
	return h.signInAs(h.people[role].Email)
}

func (h *house) signInAs(email string) *browser {
	h.t.Helper()
	b := h.visitor()
	if got := b.post("/signin", "email", email, "password", password); got.status != http.StatusSeeOther {
		h.t.Fatalf("signing in as %s: %d %s", email, got.status, got.body)
	}
	return b
}

// get asks for a page the way a browser does.
func (b *browser) get(path string) page {
	b.t.Helper()
	return b.send(http.MethodGet, path, nil)
}

// post sends a form of our own pages: names and values in turn.
func (b *browser) post(path string, fields ...string) page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.send(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (b *browser) send(method, path string, body io.Reader) page {
	b.t.Helper()
	req, err := http.NewRequest(method, b.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if body != nil {
		req.Header.Set("Origin", b.url)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.do(req)
}

// unsaid are the characters by which package lang marks what it says later. A page that holds one wrote a word without saying it.
const unsaid = "\x02\x03\x1f"

func (b *browser) do(req *http.Request) page {
	b.t.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatalf("%s %s: reading the answer: %v", req.Method, req.URL.Path, err)
	}
	if at := bytes.IndexAny(body, unsaid); at >= 0 && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		b.t.Errorf("%s %s: a word of the page was written and not said: %q", req.Method, req.URL.Path, body[max(0, at-80):min(len(body), at+80)])
	}
	return page{res.StatusCode, res.Header, string(body)}
}

// wants fails unless the answer has a status and holds all of some texts.
func (p page) wants(t *testing.T, status int, texts ...string) page {
	t.Helper()
	if p.status != status {
		t.Errorf("status %d, want %d; it leads to %q and says:\n%s", p.status, status, p.next(), p.body)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Errorf("the page lacks %q:\n%s", text, p.body)
		}
	}
	return p
}

// leads fails unless the answer sends on to a path.
func (p page) leads(t *testing.T, path string) page {
	t.Helper()
	if p.status != http.StatusSeeOther || p.next() != path {
		t.Errorf("it leads to %q with status %d, want %q with 303: %s", p.next(), p.status, path, p.body)
	}
	return p
}

// noted fails unless the newest entry of an event is about an object, and was made by somebody.
func (h *house) noted(event audit.Event, by audit.Actor, object audit.Object) {
	h.t.Helper()
	entries, err := h.store.AuditEntries(context.Background(), db.AuditQuery{Event: string(event), Limit: 1})
	if err != nil || len(entries) == 0 || entries[0].Actor != by || entries[0].Object != object {
		h.t.Errorf("the newest entry of %s is %+v (%v), want one by %s about %q", event, entries, err, by, object)
	}
}
