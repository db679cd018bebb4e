package connect

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/opendsr"
	"quittance/handlers/opendsr/dsrtest"
)

// shop is a service that is called as an administrator wrote it.
type shop struct {
	mu     sync.Mutex
	seen   []string // method, path and query as they came, body
	header http.Header
	answer func(http.ResponseWriter, *http.Request)
	looks  int // status of a look
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	answer, looks := s.answer, s.looks
	s.seen, s.header = append(s.seen, r.Method+" "+r.RequestURI+" "+string(body)), r.Header
	s.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/look"):
		w.WriteHeader(looks)
	case answer != nil:
		answer(w, r)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

func (s *shop) set(change func(*shop)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// plainLink is a link to a shop.
func plainLink(t *testing.T, s *shop, how db.Link) db.NewLinked {
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	if how.Look != "" {
		how.Look = server.URL + how.Look
	}
	if how.Method == "" {
		how.Method = "DELETE"
	}
	return db.NewLinked{Kind: db.HTTP, Name: "Shop", URL: server.URL + "/people/{customer_id}?who={customer_id}", Inside: true, Credential: []byte("X-Key: planted-secret"), Link: how}
}

// TestPlainIsCalled: the ID stands where the administrator wanted it, escaped for its place; the answer is accepted, and without a look nobody can confirm it.
func TestPlainIsCalled(t *testing.T) {
	there := &shop{}
	w := others(t, plainLink(t, there, db.Link{Method: "POST", Body: `{"person":{"id":"{customer_id}"},"n":[1,2.50,"x {customer_id}"]}`}))
	w.round()
	w.stands(0, erasure.Accepted, "")
	if want := `POST /people/anna%20smith?who=anna%20smith {"n":[1,2.50,"x anna smith"],"person":{"id":"anna smith"}}`; len(there.seen) != 1 || there.seen[0] != want {
		t.Errorf("%q, want %q", there.seen, want)
	}
	if there.header.Get("X-Key") != "planted-secret" || there.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", there.header)
	}
	clockPasses(w, 25*time.Hour)
	w.stands(0, erasure.Unobservable, erasure.CodeUnobservable)
}

// TestPlainIsLookedAt: with an address to look, it is confirmed when that says that nothing is there, and not before.
func TestPlainIsLookedAt(t *testing.T) {
	there := &shop{looks: 200}
	w := others(t, plainLink(t, there, db.Link{Look: "/look?id={customer_id}"}))
	w.round()
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Accepted, "")
	there.set(func(s *shop) { s.looks = 500 })
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Accepted, "")
	there.set(func(s *shop) { s.looks = 404 })
	clockPasses(w, time.Minute)
	w.stands(0, erasure.Confirmed, "")
	if last := there.seen[len(there.seen)-1]; last != "GET /look?id=anna%20smith " {
		t.Errorf("it looked by %q", last)
	}
	there = &shop{looks: 200}
	w = others(t, plainLink(t, there, db.Link{Look: "/look?id={customer_id}"}))
	w.round()
	clockPasses(w, 25*time.Hour)
	w.stands(0, erasure.Failed, erasure.CodeRemains)
}

// TestPlainAnswers: only a status that was declared means something, and "has erased" is the service's word, not a confirmation.
func TestPlainAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		state  erasure.PartState
		code   string
	}{
		"will erase":       {status(202), erasure.Accepted, ""},
		"has erased":       {status(200), erasure.Attested, erasure.CodeStated},
		"another success":  {status(206), erasure.Failed, erasure.CodeUnknown},
		"declared refusal": {status(410), erasure.Attested, erasure.CodeStated},
		"redirect":         {status(302, "Location", "/elsewhere"), erasure.ByHand, erasure.CodeAddress},
		"no credential":    {status(401), erasure.ByHand, erasure.CodeCredential},
		"too many":         {status(429, "Retry-After", "60"), erasure.Failed, erasure.CodeTooMany},
		"a sign-in page":   {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>sign in") }, erasure.Failed, erasure.CodeUnknown},
		"nothing":          {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, erasure.Failed, erasure.CodeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			w := others(t, plainLink(t, &shop{answer: c.answer}, db.Link{Accepted: []int{202}, Done: []int{200, 410}}))
			w.round()
			w.stands(0, c.state, c.code)
			if c.state == erasure.Attested && w.request().State != erasure.Done {
				t.Errorf("the request is %s", w.request().State)
			}
		})
	}
}

// TestManualWaits: nothing is called, and trying again changes nothing.
func TestManualWaits(t *testing.T) {
	w := others(t, db.NewLinked{Kind: db.Manual, Name: "Paper", Link: db.Link{Instructions: "Shred it."}})
	w.round()
	if p := w.stands(0, erasure.ByHand, erasure.CodeManual); p.Attempts != 0 || w.request().State != erasure.Partial {
		t.Errorf("%d attempts, the request is %s", p.Attempts, w.request().State)
	}
	if err := w.store.Attest(t.Context(), audit.ActorOf("user", 2), 1, w.links[0].Number, db.NewAttestation{Done: w.clock.Now(), Words: "Shredded."}); err != nil {
		t.Fatal(err)
	}
	w.stands(0, erasure.Attested, "")
	if w.request().State != erasure.Done {
		t.Errorf("the request is %s", w.request().State)
	}
}

// TestCrashAtEachStep: the house ends before a call, while it is on its way, after it was answered, and after it was accepted. Each time another one
// takes it up; only a call that may have arrived is a repeat, and at a processor a repeat is the same request.
func TestCrashAtEachStep(t *testing.T) {
	there, p := &shop{looks: 404}, dsrtest.Start(t)
	for name, link := range map[string]db.NewLinked{"http": plainLink(t, there, db.Link{Look: "/look/{customer_id}"}), "opendsr": openDSR(p)} {
		t.Run(name, func(t *testing.T) {
			w := others(t, link)
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			crashed := func(ctx context.Context) {
				var calls sync.WaitGroup
				w.run.round(ctx, &calls, make(chan struct{}, 1))
				calls.Wait()
				w.run = w.runner()
			}
			crashed(gone)
			w.stands(0, erasure.Waiting, "")

			ctx, crash := context.WithCancel(t.Context())
			hang := func(w http.ResponseWriter) { crash(); w.WriteHeader(http.StatusOK); panic(http.ErrAbortHandler) }
			there.set(func(s *shop) { s.answer = func(w http.ResponseWriter, _ *http.Request) { hang(w) } })
			p.Set(func(p *dsrtest.Processor) {
				p.Answers = func(http.ResponseWriter, []byte) bool { crash(); panic(http.ErrAbortHandler) }
			})
			crashed(ctx)
			before := w.stands(0, erasure.Sent, "")
			there.set(func(s *shop) { s.answer = nil })
			p.Set(func(p *dsrtest.Processor) { p.Answers = nil })
			w.round()
			if now := w.stands(0, erasure.Accepted, ""); before.Attempts != 1 || now.Attempts != 2 || now.Repeats != 1 {
				t.Errorf("%d and then %d attempts, %d repeats", before.Attempts, now.Attempts, now.Repeats)
			}
			if len(p.Received) == 2 && p.Received[0].ID != p.Received[1].ID {
				t.Error("a repeat is another request")
			}
			w.clock.Pass(time.Minute)
			crashed(gone)
			w.stands(0, erasure.Accepted, "")
			p.Set(func(p *dsrtest.Processor) { p.Status = opendsr.Completed })
			w.round()
			if got := w.request(); got.State != erasure.Done {
				t.Errorf("the request is %s", got.State)
			}
		})
	}
}

// TestHeaders: what may stand in a header that is kept sealed.
func TestHeaders(t *testing.T) {
	for text, want := range map[string]bool{"": true, "A: b": true, "Authorization: Bearer x\r\nX-B: c\n": true, "A: b: c": true, "A": false, "A:": false, ": b": false, "A b: c": false,
		"Host: evil.example": false, "content-length: 3": false, "Transfer-Encoding: chunked": false, "A: b\x00": false, "A: b\rC: d": false} {
		h, err := ParseHeaders(text)
		if (err == nil) != want {
			t.Errorf("%q: %v, %v", text, h, err)
		}
		if err != nil && strings.Contains(err.Error(), "evil") {
			t.Error("the refusal repeats what was typed")
		}
	}
}

// FuzzTemplate: an ID that is legal anywhere changes nothing of an address or a body but the place where it stands, and comes back from there as it was.
func FuzzTemplate(f *testing.F) {
	for _, id := range []string{"anna", "anna smith", "../x", "a/../b", `..\x`, ".", "..", "%2e%2e", "a?b#c&d+e", `"},"x":{"`, "ä€𝄞", "{customer_id}", "a@b:80", "//evil.example"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if _, err := label.Parse(label.Assistant, id); err != nil {
			return
		}
		u, err := fillAddress("https://shop.example/v1/{customer_id}/data?x=1&who={customer_id}&y=2", id)
		if err != nil {
			if !moves(id) {
				t.Errorf("it is not written, and moves nothing: %v", err)
			}
			return
		}
		q, err := url.ParseQuery(u.RawQuery)
		if u.Host != "shop.example" || u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Path != "/v1/"+id+"/data" || strings.Count(u.EscapedPath(), "/") != 3 ||
			err != nil || len(q) != 3 || q.Get("who") != id || q.Get("x") != "1" || q.Get("y") != "2" || strings.Contains(u.RawQuery, "+") {
			t.Errorf("%q is written as %s", id, u)
		}
		if joined := u.JoinPath(); joined.Path != u.Path && !strings.Contains(id, "/") {
			t.Errorf("%q leads on to %s", id, joined)
		}
		body, err := fillBody(`{"a":{"id":"{customer_id}","k":true},"b":["{customer_id}"]}`, id)
		var got struct {
			A struct {
				ID string
				K  bool
			}
			B []string
		}
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.DisallowUnknownFields()
		if err != nil || d.Decode(&got) != nil || got.A.ID != id || !got.A.K || len(got.B) != 1 || got.B[0] != id {
			t.Errorf("%q is written as %s, %v", id, body, err)
		}
	})
}
