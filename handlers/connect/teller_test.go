package connect

import (
	"context"
	"encoding/json"
	"fmt"
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
	"quittance/db/ticket"
	"quittance/handlers/opendsr/dsrtest"
)

// listener is a controller that is called back: it says whom it was told about, and answers when it is let.
type listener struct {
	url   string
	heard chan DSRStatus

	mu      sync.Mutex
	waiting chan struct{} // nil = it answers at once
	at, top int           // calls on their way, and the most there were at a time
	status  int
}

func listen(t *testing.T) *listener {
	l := &listener{heard: make(chan DSRStatus, 100), status: http.StatusOK}
	s := httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	l.url = s.URL + "/told"
	return l
}

func (l *listener) serve(w http.ResponseWriter, r *http.Request) {
	var s DSRStatus
	json.NewDecoder(r.Body).Decode(&s)
	l.mu.Lock()
	l.at++
	l.top = max(l.top, l.at)
	waiting, status := l.waiting, l.status
	l.mu.Unlock()
	l.heard <- s
	if waiting != nil {
		select {
		case <-waiting:
		case <-r.Context().Done():
		}
	}
	l.mu.Lock()
	l.at--
	l.mu.Unlock()
	w.WriteHeader(status)
}

// next waits for the next call.
func (l *listener) next(t *testing.T, why string) DSRStatus {
	t.Helper()
	select {
	case s := <-l.heard:
		return s
	case <-time.After(time.Minute):
		t.Fatal(why)
		panic("unreachable")
	}
}

// asks files requests of one controller, each with an address to call back.
func asks(t *testing.T, s *db.Store, name string, l *listener, n int) db.APIKey {
	t.Helper()
	_, key, err := s.AddKey(t.Context(), audit.Operator, db.NewKey{Name: name, Scopes: []string{db.ScopeTickets}})
	for i := 0; i < n && err == nil; i++ {
		f := db.DSRFiling{Request: fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), Type: "access", Callbacks: []string{l.url}}
		f.Key, f.Asked = key, []byte("{}")
		f.NewTicket = db.NewTicket{Right: ticket.Access, Regime: ticket.EU, Region: "eu", Channel: "opendsr", Received: s.Now()}
		f.IDs = append(f.IDs, dbtest.ID(t, "anna"))
		_, err = s.FileDSR(t.Context(), f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newTeller(s *db.Store) *Teller {
	return NewTeller(s, slog.New(slog.DiscardHandler), Controllers{Domain: "dsr.example", Key: dsrtest.Stranger(), Results: "http://q/", Inside: true})
}

// TestTellerHung: a controller that takes calls and does not answer keeps no other waiting, however many statuses wait for it, and has one call
// at a time; once it answers it hears the rest, in their order.
func TestTellerHung(t *testing.T) {
	s := dbtest.Open(t)
	hung, well := listen(t), listen(t)
	hung.waiting = make(chan struct{})
	asks(t, s, "hung", hung, 30)
	asks(t, s, "well", well, 3)
	ctx, stop := context.WithCancel(t.Context())
	var loop sync.WaitGroup
	loop.Go(func() { newTeller(s).Loop(ctx) })
	hung.next(t, "the hung controller was not called")
	for i := range 3 {
		if v := well.next(t, "a controller waits for one that does not answer"); !strings.HasPrefix(v.ID, fmt.Sprintf("%08d", i)) || v.Status.Status != "pending" {
			t.Errorf("the %d. status is %+v", i, v)
		}
	}
	asks(t, s, "late", well, 1)
	well.next(t, "a controller that comes later waits for one that does not answer")
	close(hung.waiting)
	for range 29 {
		hung.next(t, "it answers, and is not called again")
	}
	stop()
	loop.Wait()
	if hung.top != 1 || well.top > 2 { // two controllers listen there
		t.Errorf("a controller had %d calls at a time, another %d", hung.top, well.top)
	}
}

// TestTellerBounded: so many controllers at a time, and no more.
func TestTellerBounded(t *testing.T) {
	s := dbtest.Open(t)
	l := listen(t)
	l.waiting = make(chan struct{})
	for i := range tellsAtOnce + 5 {
		asks(t, s, fmt.Sprint("controller ", i), l, 1)
	}
	teller := newTeller(s)
	var round sync.WaitGroup
	round.Go(func() {
		if more, err := teller.Round(t.Context()); !more || err != nil {
			t.Error(more, err)
		}
	})
	for range tellsAtOnce {
		l.next(t, "there is room for one more")
	}
	close(l.waiting)
	round.Wait()
	if l.top != tellsAtOnce || len(l.heard) != 0 {
		t.Errorf("%d at a time, and %d more", l.top, len(l.heard))
	}
	if _, err := teller.Round(t.Context()); err != nil || len(l.heard) != 5 {
		t.Errorf("then %d: %v", len(l.heard), err)
	}
}

// TestTellerBackoff: a status that was not taken comes again, later each time and never at once; what one address does not take keeps back no
// other of the same controller.
func TestTellerBackoff(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	l := listen(t)
	l.status = http.StatusServiceUnavailable
	asks(t, s, "down", l, 2)
	teller := newTeller(s)
	round := func() int {
		for more := true; more; {
			var err error
			if more, err = teller.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		n := len(l.heard)
		for range n {
			<-l.heard
		}
		return n
	}
	if n := round(); n != 2 {
		t.Errorf("called %d times at first", n)
	}
	for _, wait := range []time.Duration{firstTell, 2 * firstTell, 4 * firstTell} {
		clock.Pass(wait - time.Second)
		if n := round(); n != 0 {
			t.Errorf("called %d times before %s", n, wait)
		}
		clock.Pass(time.Second)
		if n := round(); n != 2 {
			t.Errorf("called %d times after %s", n, wait)
		}
	}
	next, err := s.NextDSRCall(t.Context())
	if err != nil || !next.Equal(clock.Now().Add(8*firstTell)) {
		t.Error("the next one:", next, err)
	}
}
