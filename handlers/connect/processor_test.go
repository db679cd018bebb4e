package connect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/handlers/opendsr"
	"quittance/handlers/opendsr/dsrtest"
	"quittance/handlers/watson"
)

// fast is no pace at all.
var fast = watson.Limits{Deletions: watson.Rate{Calls: 1000, In: time.Second, Burst: 100}, Listings: watson.Rate{Calls: 1000, In: time.Second, Burst: 100}}

// others opens a world with linked services that are no Watson instances.
func others(t *testing.T, links ...db.NewLinked) *world {
	w := open(t, "", nil...)
	return w.link(links...)
}

func openDSR(p *dsrtest.Processor) db.NewLinked {
	return db.NewLinked{Kind: db.OpenDSR, Name: "Processor", URL: p.URL, Inside: true, Credential: []byte("Authorization: Bearer planted-secret"), Link: db.Link{Regulation: "gdpr", Fingerprint: p.Fingerprint()}}
}

// TestProcessorIsAsked: one request under an ID of ours, signed answers, and "completed" is the processor's word and not a confirmation.
func TestProcessorIsAsked(t *testing.T) {
	p := dsrtest.Start(t)
	w := others(t, openDSR(p))
	w.round()
	w.stands(0, erasure.Accepted, "")
	got, n := p.Last()
	want := opendsr.Identity{Type: "controller_customer_id", Value: "anna smith", Format: "raw"}
	if n != 1 || got.Regulation != "gdpr" || got.Type != "erasure" || len(got.ID) != 36 || len(got.Identities) != 1 || got.Identities[0] != want || got.APIVersion != "2.0" || got.CallbackURL != nil {
		t.Errorf("%d requests, %+v", n, got)
	}
	if asked := w.request().Proposed.Truncate(time.Second); !got.Submitted.Equal(asked) {
		t.Errorf("submitted at %v, the person asked at %v", got.Submitted, asked)
	}
	if p.Headers[0].Get("Authorization") != "Bearer planted-secret" {
		t.Error("the credential did not go along")
	}
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Accepted, "")
	p.Set(func(p *dsrtest.Processor) { p.Status = opendsr.Completed })
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Attested, erasure.CodeSigned)
	if e := w.request(); e.State != erasure.Done || e.Subject != "" {
		t.Errorf("the request is %s", e.State)
	}
}

// TestProcessorTakesHashes: what a processor takes only hashed is hashed.
func TestProcessorTakesHashes(t *testing.T) {
	p := dsrtest.Start(t)
	p.Format = opendsr.FormatSHA256
	w := others(t, openDSR(p))
	w.round()
	sum := sha256.Sum256([]byte("anna smith"))
	if got, _ := p.Last(); got.Identities[0].Value != hex.EncodeToString(sum[:]) || got.Identities[0].Format != "sha256" {
		t.Errorf("%+v", got.Identities)
	}
	p.Format = "md5"
	w = others(t, openDSR(p))
	w.round()
	w.stands(0, erasure.ByHand, erasure.CodeUnsupported)
}

// TestProcessorRefuses: what a processor answers decides who acts next. A repeat is the same request there.
func TestProcessorRefuses(t *testing.T) {
	says := func(status int) func(http.ResponseWriter, []byte) bool {
		return func(w http.ResponseWriter, _ []byte) bool { w.WriteHeader(status); return true }
	}
	for name, c := range map[string]struct {
		answer  func(http.ResponseWriter, []byte) bool
		state   erasure.PartState
		code    string
		repeats int64
	}{
		"no credential": {says(401), erasure.ByHand, erasure.CodeCredential, 0},
		"wrong":         {says(400), erasure.ByHand, erasure.CodeRejected, 0},
		"old names":     {says(405), erasure.ByHand, erasure.CodeRejected, 0},
		"not now":       {says(503), erasure.Failed, erasure.CodeUnavailable, 0},
		"gateway":       {says(504), erasure.Failed, erasure.CodeUnknown, 1},
		"unsigned":      {says(201), erasure.Failed, erasure.CodeCertificate, 1},
		"huge": {func(w http.ResponseWriter, _ []byte) bool {
			w.WriteHeader(201)
			w.Write(make([]byte, 1<<20))
			return true
		}, erasure.Failed, erasure.CodeCertificate, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := dsrtest.Start(t)
			p.Answers = c.answer
			w := others(t, openDSR(p))
			w.round()
			w.stands(0, c.state, c.code)
			if c.state != erasure.Failed {
				return
			}
			p.Set(func(p *dsrtest.Processor) { p.Answers = nil })
			clockPasses(w, time.Minute)
			if part := w.stands(0, erasure.Accepted, ""); part.Attempts != 2 || part.Repeats != c.repeats {
				t.Errorf("%d attempts, %d repeats", part.Attempts, part.Repeats)
			}
			if len(p.Received) != 2 || p.Received[0].ID != p.Received[1].ID {
				t.Errorf("%d requests, of one ID: %v", len(p.Received), len(p.Received) == 2 && p.Received[0].ID == p.Received[1].ID)
			}
		})
	}
}

// TestProcessorIsPinned: another certificate, another key, another domain and one that has ended are noticed, before anything is sent where that can be.
func TestProcessorIsPinned(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*dsrtest.Processor)
		state  erasure.PartState
		sent   int
	}{
		"another certificate": {func(p *dsrtest.Processor) {
			p.Shows = dsrtest.Certificate(t, dsrtest.Stranger(), "127.0.0.1", time.Now().Add(time.Hour))
		}, erasure.ByHand, 0},
		"another key":    {func(p *dsrtest.Processor) { p.Signs = dsrtest.Stranger() }, erasure.Failed, 1},
		"another domain": {func(p *dsrtest.Processor) { p.Names = "evil.example" }, erasure.Failed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := dsrtest.Start(t)
			w := others(t, openDSR(p))
			p.Set(c.change)
			w.round()
			w.stands(0, c.state, erasure.CodeCertificate)
			if _, n := p.Last(); n != c.sent {
				t.Errorf("%d requests were sent", n)
			}
			if alarms, err := w.store.Alarms(t.Context()); err != nil || len(alarms) != 1 || alarms[0].Kind != db.AlarmLink || alarms[0].Object != audit.ObjectOf(audit.KindService, w.links[0].Number) {
				t.Errorf("%+v, %v", alarms, err)
			}
		})
	}
	p := dsrtest.Start(t)
	w := others(t, openDSR(p))
	w.clock.Pass(100 * 365 * 24 * time.Hour)
	w.round()
	w.stands(0, erasure.ByHand, erasure.CodeCertificate)
}

// TestProcessorRotates: a processor that signs with a new key after it accepted is not believed, and what is known of it is asked anew.
func TestProcessorRotates(t *testing.T) {
	p := dsrtest.Start(t)
	w := others(t, openDSR(p))
	w.round()
	p.Set(func(p *dsrtest.Processor) { p.Status, p.Signs = opendsr.Completed, dsrtest.Stranger() })
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Accepted, "")
	clockPasses(w, time.Minute)
	if p.Discovered != 2 {
		t.Errorf("it was asked %d times what it is", p.Discovered)
	}
	p.Set(func(p *dsrtest.Processor) { p.Signs = nil })
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Attested, erasure.CodeSigned)
}

// TestProcessorCancels: a cancelled request is a person's; tried again it is another one. One that is never completed is a person's in the end.
func TestProcessorCancels(t *testing.T) {
	p := dsrtest.Start(t)
	w := others(t, openDSR(p))
	w.round()
	p.Set(func(p *dsrtest.Processor) { p.Status = opendsr.Cancelled })
	clockPasses(w, time.Minute)
	w.stands(0, erasure.ByHand, erasure.CodeCancelled)
	p.Set(func(p *dsrtest.Processor) { p.Status = opendsr.InProgress })
	if err := w.store.RetryPart(t.Context(), audit.ActorOf("user", 1), 1, w.links[0].Number); err != nil {
		t.Fatal(err)
	}
	w.round()
	w.stands(0, erasure.Accepted, "")
	if p.Received[0].ID == p.Received[1].ID {
		t.Error("it asked again for what was cancelled, under the same ID")
	}
	clockPasses(w, 31*24*time.Hour)
	w.stands(0, erasure.ByHand, erasure.CodeOverdue)
}

// TestCallbacks: what a processor tells by itself is believed only signed, about its own request, at the address that was given to it; told twice it
// changes nothing.
func TestCallbacks(t *testing.T) {
	p, other := dsrtest.Start(t), dsrtest.Start(t)
	second := openDSR(other)
	second.Name = "Other"
	w := others(t, openDSR(p), second)
	door := callbackDoor(w)
	w.run.Callbacks = door.URL
	w.round()
	w.round()
	w.stands(0, erasure.Accepted, "")
	w.stands(1, erasure.Accepted, "")
	theirs, _ := other.Last()
	for name, c := range map[string]struct {
		set    func(*dsrtest.Processor)
		change func(*opendsr.Status, *string)
		status int
	}{
		"a stranger's key":        {func(p *dsrtest.Processor) { p.Signs = dsrtest.Stranger() }, nil, http.StatusForbidden},
		"another domain":          {func(p *dsrtest.Processor) { p.Names = "evil.example" }, nil, http.StatusForbidden},
		"another request":         {nil, func(s *opendsr.Status, _ *string) { s.ID = theirs.ID }, http.StatusBadRequest},
		"another address inside":  {nil, func(s *opendsr.Status, _ *string) { s.CallbackURL = theirs.CallbackURL[0] }, http.StatusBadRequest},
		"at another part's door":  {nil, func(_ *opendsr.Status, to *string) { *to = theirs.CallbackURL[0] }, http.StatusBadRequest},
		"at a door that is not":   {nil, func(_ *opendsr.Status, to *string) { *to += "x" }, http.StatusNotFound},
		"something still pending": {nil, func(s *opendsr.Status, _ *string) { s.Status = "pending" }, http.StatusOK},
	} {
		p.Set(func(p *dsrtest.Processor) { p.Signs, p.Names = nil, "" })
		if c.set != nil {
			p.Set(c.set)
		}
		if got := p.Tell(t, opendsr.Completed, c.change); got != c.status {
			t.Errorf("%s: %d, want %d", name, got, c.status)
		}
		w.stands(0, erasure.Accepted, "")
		w.stands(1, erasure.Accepted, "")
	}
	p.Set(func(p *dsrtest.Processor) { p.Signs, p.Names = nil, "" })
	own, _ := p.Last()
	if got := p.Post(t, own.CallbackURL[0], []byte("{")); got != http.StatusBadRequest {
		t.Errorf("a signed half of a body: %d", got)
	}
	for range 2 {
		if got := p.Tell(t, opendsr.Completed, nil); got != http.StatusOK {
			t.Errorf("completed: %d", got)
		}
		w.stands(0, erasure.Attested, erasure.CodeSigned)
	}
	if got := p.Tell(t, opendsr.Cancelled, nil); got != http.StatusOK {
		t.Errorf("what comes after the end: %d", got)
	}
	w.stands(0, erasure.Attested, erasure.CodeSigned)
}

// callbackDoor is a door as the console has it, without its limits.
func callbackDoor(w *world) *httptest.Server {
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		part, call, err := w.store.CalledBack(r.Context(), strings.TrimPrefix(r.URL.Path, CallbackPath))
		if err != nil {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		var body json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			body = []byte("{")
		}
		line, err := NewProcessor(r.Context(), w.store, part.Service, watson.NewPacer(watson.Limits{}))
		if err != nil {
			w.Error(err)
			return
		}
		switch err := line.Heard(r.Context(), part, call, s.URL, r.Header, body); err {
		case nil:
		case ErrForged:
			rw.WriteHeader(http.StatusForbidden)
		case ErrMisdirected:
			rw.WriteHeader(http.StatusBadRequest)
		default:
			rw.WriteHeader(http.StatusConflict)
		}
	}))
	w.Cleanup(s.Close)
	return s
}

// TestCallbackBeforeTheAnswer: a processor may be quicker with its word than with its answer; then the call has arrived. Before the call there is
// nobody who could speak.
func TestCallbackBeforeTheAnswer(t *testing.T) {
	p := dsrtest.Start(t)
	w := others(t, openDSR(p))
	part := db.PartMove{To: erasure.Attested, Code: erasure.CodeSigned}
	if err := w.store.Hear(t.Context(), 1, w.links[0].Number, part); err != db.ErrMoved {
		t.Errorf("completed before it was sent: %v", err)
	}
	arrived, ends := make(chan struct{}), make(chan struct{})
	p.Answers = func(http.ResponseWriter, []byte) bool { close(arrived); <-ends; return false }
	ctx, crash := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	w.run.round(ctx, &calls, make(chan struct{}, 1))
	<-arrived
	if err := w.store.Hear(t.Context(), 1, w.links[0].Number, part); err != nil {
		t.Fatal(err)
	}
	crash()
	close(ends)
	calls.Wait()
	w.stands(0, erasure.Attested, erasure.CodeSigned)
	w.run = w.runner()
	w.round()
	w.stands(0, erasure.Attested, erasure.CodeSigned)
}
