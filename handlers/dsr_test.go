package handlers

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/connect"
	"quittance/handlers/opendsr"
	"quittance/handlers/opendsr/dsrtest"
)

// controller is the other side: it believes nothing that is not signed with the certificate that our discovery names, and looks at the
// signature before it parses anything.
type controller struct {
	t        *testing.T
	house    string // our base address
	key      string
	callback string

	mu     sync.Mutex
	down   bool
	forged int
	told   []connect.DSRStatus
}

const dsrDomain = "dsr.q.example"

// asProcessor is a house as controllers see it.
func asProcessor(t *testing.T) *Processor {
	leaf := dsrtest.Certificate(t, dsrtest.Stranger(), dsrDomain, time.Now().Add(time.Hour))
	return &Processor{Domain: dsrDomain, Certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}), Key: dsrtest.Stranger(), Inside: true}
}

// openProcessor opens a house that controllers can send requests to, and one of them.
func openProcessor(t *testing.T) (*house, *controller, *connect.Teller) {
	h := openHouse(t, func(c *Config) { c.OpenDSR = asProcessor(t) })
	full, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Name: "controller", Scopes: []string{db.ScopeTickets}})
	if err != nil {
		t.Fatal(err)
	}
	c := &controller{t: t, house: h.url + DSRPath + "/v2", key: full}
	s := httptest.NewServer(http.HandlerFunc(c.hear))
	t.Cleanup(s.Close)
	c.callback = s.URL + "/told"
	return h, c, connect.NewTeller(h.store, slog.New(slog.DiscardHandler), connect.Controllers{Domain: dsrDomain, Key: dsrtest.Stranger(), Results: DSRResults(h.url), Inside: true})
}

func (c *controller) signed(h http.Header, body []byte) bool {
	res, err := http.Get(c.house + "/certificate.pem")
	if err != nil {
		return false
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	leaf, _, err := opendsr.ParseCertificate(raw)
	return err == nil && opendsr.Verify(leaf, dsrDomain, h, body) == nil
}

func (c *controller) hear(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.signed(r.Header, body) {
		c.forged++
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var s connect.DSRStatus
	if json.Unmarshal(body, &s) != nil || s.CallbackURL != c.callback {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if c.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	c.told = append(c.told, s)
}

// ask sends something and gives what came back, which is signed.
func (c *controller) ask(method, path, body string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequest(method, c.house+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.SetBasicAuth("apikey", c.key)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	got, _ := io.ReadAll(res.Body)
	if !c.signed(res.Header, got) {
		c.t.Errorf("%s %s is not signed", method, path)
	}
	return res.StatusCode, string(got)
}

func (c *controller) body(id, kind, customer string) string {
	b, _ := json.Marshal(opendsr.Request{Regulation: "gdpr", ID: id, Type: kind, Submitted: dbtest.NewClock().Now(), APIVersion: "2.0", CallbackURL: []string{c.callback},
		Identities: []opendsr.Identity{{Type: "email", Value: "anna@mail.example", Format: "raw"}, {Type: opendsr.IdentityController, Value: customer, Format: opendsr.FormatRaw}}})
	return string(b)
}

func (c *controller) heard() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, s := range c.told {
		out = append(out, s.Status.Status)
	}
	return strings.Join(out, " ")
}

// tell calls back until there is nothing more to say.
func tell(t *testing.T, l *connect.Teller) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = l.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	dsrOne = "a7551968-d5d6-44b2-9831-815ac9017798"
	dsrTwo = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff"
)

func runBatch(t *testing.T, s *db.Store) {
	t.Helper()
	if _, err := erasure.NewRunner(s, slog.New(slog.DiscardHandler)).RunAll(t.Context(), true); err != nil {
		t.Fatal(err)
	}
}

// TestDSRErasure: a controller's request becomes a ticket and a deletion for each instance, and the controller hears of each change.
func TestDSRErasure(t *testing.T) {
	h, c, l := openProcessor(t)
	dbtest.NoBreaker(t, h.store)
	one, two := dbtest.Service(t, h.store, "one"), dbtest.Service(t, h.store, "two")
	now := h.clock.Now()
	dbtest.Ingest(t, h.store, dbtest.Message(t, one.Number, now, "a", "anna"), dbtest.Message(t, one.Number, now, "b", "anna"), dbtest.Message(t, two.Number, now, "c", "anna"), dbtest.Message(t, two.Number, now, "d", "bert"))
	status, first := c.ask("POST", "/requests", c.body(dsrOne, "erasure", "anna"))
	var got dsrReceived
	if err := json.Unmarshal([]byte(first), &got); err != nil || status != http.StatusCreated || got.ID != dsrOne || !got.Expected.Equal(now.Add(24*time.Hour)) || got.ControllerID == "" || got.Encoded == "" {
		t.Fatalf("%d %s", status, first)
	}
	h.clock.Pass(time.Minute)
	if status, again := c.ask("POST", "/opengdpr_requests", c.body(dsrOne, "erasure", "anna")); status != http.StatusCreated || again != first {
		t.Errorf("the same request is answered otherwise: %d %s", status, again)
	}
	if status, answer := c.ask("POST", "/requests", c.body(dsrOne, "erasure", "bert")); status != http.StatusBadRequest || strings.Contains(answer, "bert") {
		t.Errorf("its UUID stands for another one: %d %s", status, answer)
	}
	links, err := h.store.TicketLinks(t.Context(), 1)
	if err != nil || len(links) != 2 {
		t.Fatal("the ticket has not two deletions:", links, err)
	}
	tell(t, l)
	h.clock.Pass(20 * time.Minute)
	runBatch(t, h.store)
	tell(t, l)
	if c.heard() != "pending in_progress completed" || c.forged != 0 {
		t.Fatalf("heard %q, %d forged", c.heard(), c.forged)
	}
	last := c.told[2]
	if last.ResultsCount == nil || *last.ResultsCount != 3 || last.Extensions[dsrDomain].State != "answered" || last.ID != dsrOne {
		t.Errorf("%+v", last)
	}
	if status, answer := c.ask("GET", "/opengdpr_requests/"+dsrOne, ""); status != http.StatusOK || !strings.Contains(answer, `"request_status":"completed"`) || !strings.Contains(answer, `"results_count":3`) {
		t.Errorf("%d %s", status, answer)
	}
	if status, _ := c.ask("DELETE", "/requests/"+dsrOne, ""); status != http.StatusBadRequest {
		t.Errorf("a completed request is cancelled: %d", status)
	}
}

// TestDSRCancel: while it is pending a request can be taken back, and its deletions with it.
func TestDSRCancel(t *testing.T) {
	h, c, l := openProcessor(t)
	dbtest.NoBreaker(t, h.store)
	one := dbtest.Service(t, h.store, "one")
	dbtest.Ingest(t, h.store, dbtest.Message(t, one.Number, h.clock.Now(), "a", "anna"))
	c.ask("POST", "/requests", c.body(dsrOne, "erasure", "anna"))
	if status, answer := c.ask("DELETE", "/requests/"+dsrOne, ""); status != http.StatusAccepted || !strings.Contains(answer, dsrOne) {
		t.Fatalf("%d %s", status, answer)
	}
	tell(t, l)
	h.clock.Pass(time.Hour)
	runBatch(t, h.store)
	if e, err := h.store.Erasure(t.Context(), 1); err != nil || e.State != erasure.Withdrawn || c.heard() != "pending cancelled" {
		t.Errorf("%v %v, heard %q", e.State, err, c.heard())
	}
	// What nobody bears is completed at once; access waits for somebody.
	c.ask("POST", "/requests", c.body(dsrTwo, "erasure", "nobody"))
	if _, answer := c.ask("GET", "/requests/"+dsrTwo, ""); !strings.Contains(answer, `"results_count":0`) {
		t.Error(answer)
	}
	status, answer := c.ask("POST", "/requests", c.body("11111111-1111-4111-8111-111111111111", "access", "anna"))
	if status != http.StatusCreated || !strings.Contains(answer, `"expected_completion_time":"2026-04-02T23:59:59Z"`) {
		t.Error(status, answer)
	}
	if err := h.store.AssignTicket(t.Context(), audit.Operator, 3, h.people[db.RoleSupport].Number); err != nil {
		t.Fatal(err)
	}
	if status, _ := c.ask("DELETE", "/requests/11111111-1111-4111-8111-111111111111", ""); status != http.StatusBadRequest {
		t.Error("a request that somebody works on is cancelled:", status)
	}
}

// TestDSRLinked: where a linked service stands by itself, nothing is said to be completed before an officer has approved an erasure everywhere.
func TestDSRLinked(t *testing.T) {
	h, c, l := openProcessor(t)
	if _, err := h.store.AddLinked(t.Context(), audit.Operator, db.NewLinked{Kind: label.Assistant, Name: "far", URL: "http://127.0.0.1:1/instances/1", Inside: true, Credential: []byte("k")}); err != nil {
		t.Fatal(err)
	}
	c.ask("POST", "/requests", c.body(dsrOne, "erasure", "anna"))
	tell(t, l)
	if e, err := h.store.Erasure(t.Context(), 1); err != nil || e.State != erasure.Proposed || e.Service != 0 || c.heard() != "pending" {
		t.Errorf("%v %v, heard %q", e.State, err, c.heard())
	}
}

// TestDSRRefused: what is not valid has the protocol's own error, which repeats nothing.
func TestDSRRefused(t *testing.T) {
	_, c, _ := openProcessor(t)
	good := c.body(dsrOne, "erasure", "secretive")
	for name, change := range map[string][2]string{
		"no regulation": {`"regulation":"gdpr"`, `"regulation":""`}, "a bad UUID": {dsrOne, "secret-7"}, "another type": {`"erasure"`, `"secret"`},
		"no identity of ours": {opendsr.IdentityController, "email"}, "a bad identity": {"secretive", `secret\nive`}, "an address with a query": {"/told", "/told?secret=1"},
		"no JSON": {"{", "secret"}, "a time to come": {"2026-03-02", "2027-03-02"},
	} {
		status, answer := c.ask("POST", "/requests", strings.Replace(good, change[0], change[1], 1))
		if status != http.StatusBadRequest || strings.Contains(answer, "secret") || !strings.Contains(answer, `{"error":{"code":400,"message":"The request is not valid.","errors":[{"domain":"Validation"`) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	c.key = "wrong"
	if status, _ := c.ask("POST", "/requests", good); status != http.StatusUnauthorized {
		t.Error("without a key:", status)
	}
	if status, answer := c.ask("GET", "/discovery", ""); status != http.StatusOK || !strings.Contains(answer, "/opendsr/v2/certificate.pem") {
		t.Error(status, answer)
	}
}

// TestDSRRestart: what was to be told when the program ended is told by the next one, in its order; a controller that is down is called again.
func TestDSRRestart(t *testing.T) {
	_, c, _ := openProcessor(t)
	clock, dir := dbtest.NewClock(), t.TempDir()
	s, err := db.Open(t.Context(), dir, db.WithClock(clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	dbtest.NoBreaker(t, s)
	one := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, one.Number, clock.Now(), "a", "anna"))
	_, key, err := s.AddKey(t.Context(), audit.Operator, db.NewKey{Name: "controller", Scopes: []string{db.ScopeTickets}})
	if err != nil {
		t.Fatal(err)
	}
	f := db.DSRFiling{Request: dsrOne, Type: "erasure", Callbacks: []string{c.callback}}
	f.Key, f.Asked = key, []byte("{}")
	f.NewTicket = db.NewTicket{Right: "erasure", Regime: "eu-gdpr", Region: "eu", Channel: "opendsr", Received: clock.Now()}
	f.IDs = append(f.IDs, dbtest.ID(t, "anna"))
	if _, err := s.FileDSR(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	c.down = true
	teller := func() *connect.Teller {
		return connect.NewTeller(s, slog.New(slog.DiscardHandler), connect.Controllers{Domain: dsrDomain, Key: dsrtest.Stranger(), Inside: true})
	}
	tell(t, teller())
	clock.Pass(16 * time.Minute)
	runBatch(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = db.Open(t.Context(), dir, db.WithClock(clock.Now)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c.down = false
	tell(t, teller())
	if c.heard() != "pending in_progress completed" {
		t.Errorf("heard %q", c.heard())
	}
	if due, err := s.NextDSRCall(t.Context()); err != nil || !due.IsZero() {
		t.Error("something is still to be told:", due, err)
	}
}

// fetch asks for results as a controller does, with nothing but the address.
func (c *controller) fetch(method, url string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	got, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(got)
}

// status is how a request stands, asked for.
func (c *controller) status(id string) (s connect.DSRStatus) {
	c.t.Helper()
	status, answer := c.ask("GET", "/requests/"+id, "")
	if err := json.Unmarshal([]byte(answer), &s); err != nil || status != http.StatusOK {
		c.t.Fatal(status, answer, err)
	}
	return s
}

// release prepares and releases the answer of a ticket, by two people.
func release(t *testing.T, s *db.Store, number int64) {
	t.Helper()
	if err := s.PrepareAnswer(t.Context(), audit.ActorOf("user", 1), number, "en"); err != nil {
		t.Fatal(err)
	}
	if err := s.ReleaseAnswer(t.Context(), audit.ActorOf("user", 2), number, true); err != nil {
		t.Fatal(err)
	}
}

// TestDSRAccess: nothing is to be fetched before an officer has released it; then the controller is told one address, which gives the answer
// once and ends by itself.
func TestDSRAccess(t *testing.T) {
	h, c, l := openProcessor(t)
	one := dbtest.Service(t, h.store, "one")
	dbtest.Ingest(t, h.store, dbtest.Message(t, one.Number, h.clock.Now(), "where is my parcel", "anna"), dbtest.Message(t, one.Number, h.clock.Now(), "b", "anna"))
	c.ask("POST", "/requests", c.body(dsrOne, "access", "anna"))
	if err := h.store.PrepareAnswer(t.Context(), audit.ActorOf("user", 1), 1, "en"); err != nil {
		t.Fatal(err)
	}
	if s := c.status(dsrOne); s.Status.Status != "in_progress" || s.ResultsURL != "" || s.ResultsCount != nil {
		t.Errorf("before it is released: %+v", s)
	}
	release(t, h.store, 1)
	tell(t, l)
	if c.heard() != "pending in_progress completed" {
		t.Fatalf("heard %q", c.heard())
	}
	told, asked := c.told[2], c.status(dsrOne)
	if told.ResultsURL == "" || told.ResultsURL != asked.ResultsURL || told.ResultsCount == nil || *told.ResultsCount != 2 || told.Extensions[dsrDomain].Results != "ready" {
		t.Fatalf("told %+v, asked %+v", told, asked)
	}
	if status, _ := c.fetch("HEAD", told.ResultsURL); status != http.StatusOK {
		t.Error("a HEAD:", status)
	}
	if status, zip := c.fetch("GET", told.ResultsURL); status != http.StatusOK || !strings.HasPrefix(zip, "PK") || !strings.Contains(zip, "data.json") {
		t.Fatalf("fetching: %d, %d bytes", status, len(zip))
	}
	if status, answer := c.fetch("GET", told.ResultsURL); status != http.StatusNotFound || !strings.Contains(answer, `{"error":{"code":404`) {
		t.Errorf("fetching twice: %d %s", status, answer)
	}
	if s := c.status(dsrOne); s.Status.Status != "completed" || s.ResultsURL != "" || s.Extensions[dsrDomain].Results != "fetched" {
		t.Errorf("after it was fetched: %+v", s)
	}
	var acts []string
	entries, err := h.store.AuditEntries(t.Context(), db.AuditQuery{Object: "answer/2", Oldest: true, Limit: 20})
	for _, e := range entries {
		acts = append(acts, string(e.Event))
	}
	if got := strings.Join(acts, " "); err != nil || got != "answer.prepared answer.released answer.linked answer.sent answer.begun answer.fetched" {
		t.Error("the trail of it:", got, err)
	}
}

// TestDSRResultsEnd: results that nobody fetches expire, and say so; an officer makes them ready anew. An erasure of the person ends them.
func TestDSRResultsEnd(t *testing.T) {
	h, c, _ := openProcessor(t)
	one := dbtest.Service(t, h.store, "one")
	dbtest.Ingest(t, h.store, dbtest.Message(t, one.Number, h.clock.Now(), "a", "anna"))
	c.ask("POST", "/requests", c.body(dsrOne, "portability", "anna"))
	release(t, h.store, 1)
	first := c.status(dsrOne).ResultsURL
	h.clock.Pass(7 * 24 * time.Hour)
	if s := c.status(dsrOne); first == "" || s.ResultsURL != "" || s.Extensions[dsrDomain].Results != "expired" || s.Status.Status != "completed" {
		t.Errorf("after a week: %+v", s)
	}
	if status, answer := c.fetch("GET", first); status != http.StatusNotFound || !strings.Contains(answer, "its time is over") {
		t.Errorf("after a week: %d %s", status, answer)
	}
	if err := h.store.LinkControllers(t.Context(), audit.ActorOf("user", 2), 1); err != nil {
		t.Fatal(err)
	}
	anew := c.status(dsrOne)
	if anew.ResultsURL == "" || anew.ResultsURL == first {
		t.Fatalf("made ready anew: %+v", anew)
	}
	if _, _, err := h.store.OpenWay(t.Context(), audit.ActorOf("user", 2), 1, db.ByPassphrase); err != nil {
		t.Fatal(err)
	}
	if s := c.status(dsrOne); s.ResultsURL != "" || s.Extensions[dsrDomain].Results != "ended" {
		t.Errorf("after another way took its place: %+v", s)
	}
}

// TestDSRMerged: a controller whose request was merged, and merged again, hears of the ticket that goes on, and gets an address of its own.
func TestDSRMerged(t *testing.T) {
	h, c, l := openProcessor(t)
	one := dbtest.Service(t, h.store, "one")
	dbtest.Ingest(t, h.store, dbtest.Message(t, one.Number, h.clock.Now(), "a", "anna"))
	open := func() {
		n := db.NewTicket{Right: "access", Regime: "eu-gdpr", Region: "eu", Channel: "phone", Received: h.clock.Now(), IDs: []label.ID{dbtest.ID(t, "anna")}}
		if _, err := h.store.SubmitTicket(t.Context(), audit.Operator, n); err != nil {
			t.Fatal(err)
		}
	}
	open()
	h.clock.Pass(time.Hour)
	open()
	h.clock.Pass(time.Hour)
	if status, answer := c.ask("POST", "/requests", strings.Replace(c.body(dsrOne, "access", "anna"), "2026-03-02T09", "2026-03-02T11", 1)); status != http.StatusCreated {
		t.Fatal(status, answer)
	}
	for _, m := range [][2]int64{{3, 2}, {2, 1}} {
		if err := h.store.MergeTicket(t.Context(), audit.Operator, m[0], m[1]); err != nil {
			t.Fatal(m, err)
		}
	}
	release(t, h.store, 1)
	tell(t, l)
	if c.heard() != "pending in_progress completed" || c.told[2].ResultsURL == "" {
		t.Errorf("heard %q: %+v", c.heard(), c.told)
	}
}

// TestDSRCancelLate: what has begun is not cancelled, and the answer says how it stands; a cancellation whose answer was lost can be asked again.
func TestDSRCancelLate(t *testing.T) {
	h, c, _ := openProcessor(t)
	dbtest.NoBreaker(t, h.store)
	one := dbtest.Service(t, h.store, "one")
	dbtest.Ingest(t, h.store, dbtest.Message(t, one.Number, h.clock.Now(), "a", "anna"), dbtest.Message(t, one.Number, h.clock.Now(), "b", "bert"))
	c.ask("POST", "/requests", c.body(dsrOne, "erasure", "anna"))
	c.ask("POST", "/requests", c.body(dsrTwo, "erasure", "bert"))
	for range 2 {
		if status, answer := c.ask("DELETE", "/requests/"+dsrTwo, ""); status != http.StatusAccepted || !strings.Contains(answer, dsrTwo) {
			t.Fatalf("%d %s", status, answer)
		}
	}
	h.clock.Pass(20 * time.Minute)
	if _, err := h.store.Claim(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if status, answer := c.ask("DELETE", "/requests/"+dsrOne, ""); status != http.StatusBadRequest || !strings.Contains(answer, "this one is in_progress") {
		t.Errorf("%d %s", status, answer)
	}
	if e, err := h.store.Erasure(t.Context(), 1); err != nil || e.State != erasure.Running {
		t.Errorf("a refused cancellation has changed the erasure: %v %v", e.State, err)
	}
	runBatch(t, h.store)
	if status, answer := c.ask("DELETE", "/requests/"+dsrOne, ""); status != http.StatusBadRequest || !strings.Contains(answer, "this one is completed") {
		t.Errorf("%d %s", status, answer)
	}
}
