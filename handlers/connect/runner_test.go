package connect

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/watson"
)

// elsewhere is a service that lies elsewhere. What it does with a deletion and with a listing is up to the test.
type elsewhere struct {
	mu      sync.Mutex
	deletes []string // the IDs, in order
	answer  http.HandlerFunc
	logs    string // the entries that it lists
}

func (e *elsewhere) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	answer, logs := e.answer, e.logs
	if r.Method == http.MethodDelete {
		e.deletes = append(e.deletes, r.URL.Query().Get("customer_id"))
	}
	e.mu.Unlock()
	switch {
	case r.Method == http.MethodDelete && answer != nil:
		answer(w, r)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusAccepted)
	default:
		fmt.Fprintf(w, `{"logs":[%s],"pagination":{}}`, logs)
	}
}

func (e *elsewhere) becomes(answer http.HandlerFunc, logs string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer, e.logs = answer, logs
}

func (e *elsewhere) calls() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.deletes)
}

// world is a store with linked services, and one erasure that calls all of them.
type world struct {
	*testing.T
	store *db.Store
	clock *dbtest.Clock
	links []db.Service
	run   *Runner
}

func open(t *testing.T, kind label.Kind, services ...http.Handler) *world {
	w := &world{T: t, clock: dbtest.NewClock()}
	w.store = dbtest.Open(t, db.WithClock(w.clock.Now))
	dbtest.Service(t, w.store, "Bot")
	var links []db.NewLinked
	for i, h := range services {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		links = append(links, db.NewLinked{Kind: kind, Name: fmt.Sprint("link ", i), URL: s.URL + "/instances/1", Inside: true, Credential: []byte("key")})
	}
	return w.link(links...)
}

// link links services, and approves an erasure that reaches them.
func (w *world) link(links ...db.NewLinked) *world {
	t := w.T
	if len(links) == 0 {
		return w
	}
	for _, n := range links {
		v, err := w.store.AddLinked(t.Context(), audit.Operator, n)
		if err != nil {
			t.Fatal(err)
		}
		w.links = append(w.links, v)
	}
	dbtest.Ingest(t, w.store, dbtest.Message(t, 1, w.store.Now(), "hello", "anna smith"))
	sub, _, err := w.store.SubjectOf(t.Context(), dbtest.ID(t, "anna smith"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.SubmitErasure(t.Context(), audit.ActorOf("user", 1), db.Proposal{Subject: sub.Ref, Ground: "17-1-b"}); err != nil {
		t.Fatal(err)
	}
	e, err := w.store.Erasure(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.ApproveErasure(t.Context(), audit.ActorOf("user", 2), 1, e.ManifestHash); err != nil {
		t.Fatal(err)
	}
	w.run = w.runner()
	w.round()
	if _, err := erasure.NewRunner(w.store, slog.New(slog.DiscardHandler)).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	return w
}

// runner is a new one, as after a restart; its calls are not paced.
func (w *world) runner() *Runner {
	r := NewRunner(w.store, slog.New(slog.DiscardHandler))
	r.Limits = fast
	r.Client = func(_ context.Context, v db.Service) (*watson.Client, error) {
		fast := watson.Rate{Calls: 1000, In: time.Second, Burst: 100}
		return watson.NewClient(watson.ClientOptions{URL: v.URL, Kind: v.Kind, Auth: watson.APIKey("key"), HTTP: NewClient(Options{Inside: true, Unbounded: true}),
			Pacer: watson.NewPacer(watson.Limits{Deletions: fast, Listings: fast, Pages: fast}), Patience: 5 * time.Second})
	}
	return r
}

// round lets the runner do what is due and waits for it.
func (w *world) round() {
	var calls sync.WaitGroup
	w.run.round(w.Context(), &calls, make(chan struct{}, 1))
	calls.Wait()
}

// stands fails unless the part at a linked service is in a state, and gives it back.
func (w *world) stands(link int, want erasure.PartState, code string) db.Part {
	w.Helper()
	parts, err := w.store.Parts(w.Context(), 1)
	if err != nil {
		w.Fatal(err)
	}
	for _, p := range parts {
		if p.Service == w.links[link].Number {
			if p.State != want || p.Code != code {
				w.Fatalf("the part is %s (%s), want %s (%s)", p.State, p.Code, want, code)
			}
			return p
		}
	}
	w.Fatal("there is no such part")
	return db.Part{}
}

func (w *world) request() db.Erasure {
	w.Helper()
	e, err := w.store.Erasure(w.Context(), 1)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// entry is what a listing shows of a message that was received at a time.
func entry(at time.Time) string {
	return fmt.Sprintf(`{"log_id":"1","request":{},"response":{},"request_timestamp":%q}`, at.Format(time.RFC3339Nano))
}

// TestAssistantIsConfirmed: sent, accepted and confirmed are three things. Confirmed is only what was asked again.
func TestAssistantIsConfirmed(t *testing.T) {
	there := &elsewhere{}
	w := open(t, label.Assistant, there)
	if there.calls() != 0 {
		t.Fatal("the service was called before the request ran: it could still have been withdrawn")
	}
	if err := w.store.NoteContainer(t.Context(), w.links[0].Number, db.Container{Name: "env-1"}); err != nil {
		t.Fatal(err)
	}
	there.becomes(nil, entry(w.clock.Now().Add(-time.Hour)))
	w.round()
	w.stands(0, erasure.Accepted, "")
	if there.deletes[0] != "anna smith" {
		t.Errorf("called with %q", there.deletes[0])
	}
	w.round()
	w.stands(0, erasure.Accepted, "")
	for range 3 {
		clockPasses(w, time.Minute)
		w.stands(0, erasure.Accepted, "") // it still lists what is older than the call
	}
	there.becomes(nil, entry(w.clock.Now().Add(time.Second))) // what came after the call is no matter of this request
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Confirmed, "")
	if e := w.request(); e.State != erasure.Done || e.Subject != "" {
		t.Errorf("the request is %s", e.State)
	}
	if n := there.calls(); n != 1 {
		t.Errorf("%d calls", n)
	}
}

func clockPasses(w *world, d time.Duration) {
	w.clock.Pass(d)
	w.round()
}

// TestWhatRemains: after 24 hours something older is still there. It is called again, and the receipt of a repeat does not hide it.
func TestWhatRemains(t *testing.T) {
	there := &elsewhere{}
	w := open(t, label.Assistant, there)
	if err := w.store.NoteContainer(t.Context(), w.links[0].Number, db.Container{V1: true, Name: "ws-1"}); err != nil {
		t.Fatal(err)
	}
	there.becomes(nil, entry(w.clock.Now().Add(-time.Hour)))
	w.round()
	clockPasses(w, 25*time.Hour)
	w.stands(0, erasure.Failed, erasure.CodeRemains)
	clockPasses(w, 2*time.Hour)
	if p := w.stands(0, erasure.Accepted, ""); p.Attempts != 2 || p.Repeats != 0 {
		t.Errorf("%d attempts, %d repeats", p.Attempts, p.Repeats)
	}
}

// TestUnobservable: a service that cannot be asked is never called confirmed.
func TestUnobservable(t *testing.T) {
	there := &elsewhere{}
	w := open(t, label.Discovery, there)
	w.round()
	w.stands(0, erasure.Accepted, "")
	clockPasses(w, 24*time.Hour)
	w.stands(0, erasure.Accepted, "")
	clockPasses(w, time.Hour)
	w.stands(0, erasure.Unobservable, erasure.CodeUnobservable)
	if e := w.request(); e.State != erasure.Done {
		t.Errorf("the request is %s", e.State)
	}
}

// TestRefusals: what a service answers decides who acts next: nobody, a later try, or a person.
func TestRefusals(t *testing.T) {
	reset := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		state  erasure.PartState
		code   string
		least  time.Duration // until the next try
	}{
		"no credential":  {status(401), erasure.ByHand, erasure.CodeCredential, 0},
		"forbidden":      {status(403), erasure.ByHand, erasure.CodeCredential, 0},
		"no such place":  {status(404), erasure.ByHand, erasure.CodeAddress, 0},
		"redirect":       {status(307, "Location", "https://elsewhere.example/"), erasure.ByHand, erasure.CodeAddress, 0},
		"wrong":          {status(400), erasure.ByHand, erasure.CodeRejected, 0},
		"too many":       {status(429, "Retry-After", "300"), erasure.Failed, erasure.CodeTooMany, 5 * time.Minute},
		"not now":        {status(503), erasure.Failed, erasure.CodeUnavailable, firstAgain},
		"broken":         {status(500), erasure.Failed, erasure.CodeUnavailable, firstAgain},
		"nothing heard":  {reset, erasure.Failed, erasure.CodeUnknown, firstAgain},
		"gateway's word": {status(504), erasure.Failed, erasure.CodeUnknown, firstAgain},
		"no body":        {status(204), erasure.Accepted, "", 0},
		"200":            {status(200), erasure.Accepted, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			there := &elsewhere{answer: c.answer}
			w := open(t, label.Assistant, there)
			w.round()
			p := w.stands(0, c.state, c.code)
			if wait := p.NextTry.Sub(w.clock.Now()); c.least > 0 && (wait < c.least || wait > 2*c.least) {
				t.Errorf("the next try is in %v", wait)
			}
			if c.state == erasure.ByHand && w.request().State != erasure.Partial {
				t.Errorf("the request is %s", w.request().State)
			}
			if c.state == erasure.Failed && c.code != erasure.CodeTooMany { // its client itself keeps the five minutes, by the clock on the wall
				there.becomes(nil, "")
				clockPasses(w, c.least*2)
				repeats := int64(0)
				if c.code == erasure.CodeUnknown {
					repeats = 1
				}
				if p := w.stands(0, erasure.Accepted, ""); p.Attempts != 2 || p.Repeats != repeats {
					t.Errorf("%d attempts, %d repeats", p.Attempts, p.Repeats)
				}
			}
		})
	}
}

// TestCrashAfterSending: the house closes while a call is on its way. What is found "sent" is sent again, and named.
func TestCrashAfterSending(t *testing.T) {
	arrived := make(chan struct{})
	there := &elsewhere{answer: func(_ http.ResponseWriter, r *http.Request) { close(arrived); <-r.Context().Done() }}
	w := open(t, label.Assistant, there)
	ctx, crash := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	w.run.round(ctx, &calls, make(chan struct{}, 1))
	<-arrived
	crash()
	calls.Wait()
	w.stands(0, erasure.Sent, "")
	there.becomes(nil, "")
	w.run = w.runner()
	w.round()
	if p := w.stands(0, erasure.Accepted, ""); p.Attempts != 2 || p.Repeats != 1 {
		t.Errorf("%d attempts, %d repeats", p.Attempts, p.Repeats)
	}
}

// TestOneDoesNotWaitForAnother: a service that does not answer keeps no other from being called, and is not called twice meanwhile.
func TestOneDoesNotWaitForAnother(t *testing.T) {
	hangs, ends := make(chan struct{}, 9), make(chan struct{})
	slow := &elsewhere{answer: func(w http.ResponseWriter, _ *http.Request) { hangs <- struct{}{}; <-ends; w.WriteHeader(202) }}
	quick := &elsewhere{}
	w := open(t, label.Assistant, slow, quick)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	changed, unwatch := w.store.Watch(func(string) bool { return true })
	defer unwatch()
	var loop sync.WaitGroup
	loop.Go(func() { w.run.Loop(ctx) })
	<-hangs
	deadline := time.After(30 * time.Second)
	for quick.calls() == 0 {
		select {
		case <-changed:
		case <-deadline:
			t.Fatal("the other service was not called")
		}
	}
	close(ends)
	for {
		parts, err := w.store.Parts(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if parts[1].State == erasure.Accepted && parts[2].State == erasure.Accepted {
			break
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("%+v", parts)
		}
	}
	stop()
	loop.Wait()
	if slow.calls() != 1 || quick.calls() != 1 {
		t.Errorf("%d and %d calls", slow.calls(), quick.calls())
	}
}

// TestImpossibleAndRemoved: a service that cannot hold the ID is not called, and one that is gone from here waits for a person.
func TestImpossibleAndRemoved(t *testing.T) {
	there := &elsewhere{}
	w := open(t, label.VisualRecognition, there) // its IDs have no blank
	w.round()
	w.stands(0, erasure.Confirmed, erasure.CodeImpossible)
	if there.calls() != 0 || w.request().State != erasure.Done {
		t.Errorf("%d calls, the request is %s", there.calls(), w.request().State)
	}
	w = open(t, label.Assistant, there)
	if err := w.store.RemoveService(t.Context(), audit.Operator, w.links[0].Number); err != nil {
		t.Fatal(err)
	}
	w.round()
	w.stands(0, erasure.ByHand, erasure.CodeUnlinked)
}

// TestAddressIsLookedAt: a part whose service lies at a forbidden address waits for a person and is not called.
func TestAddressIsLookedAt(t *testing.T) {
	there := &elsewhere{}
	w := open(t, label.Assistant, there)
	w.run.Client = func(ctx context.Context, v db.Service) (*watson.Client, error) {
		v.Inside = false
		return NewInstance(ctx, w.store, v)
	}
	w.round()
	w.stands(0, erasure.ByHand, erasure.CodeAddress)
	if there.calls() != 0 {
		t.Error("a private address was called")
	}
}
