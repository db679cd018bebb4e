package connect

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/opendsr"
)

// How long a controller that does not listen is called again: about four days.
const (
	firstTell   = 30 * time.Second
	longestTell = 6 * time.Hour
	mostTells   = 24
	// tellsAtOnce bounds the calls that are on their way. A call ends after 10 s, whatever the other side does.
	tellsAtOnce = 16
)

// Teller calls controllers back, over OpenDSR, about the requests that they sent us. What is to be told stands in the store, so a crash at any
// step is taken up again: a controller may hear a status twice, and never misses one that it could hear. Each controller has one call at a time,
// and one that does not answer keeps no other waiting.
type Teller struct {
	store   *db.Store
	log     *slog.Logger
	domain  string
	results string
	key     *rsa.PrivateKey
	client  *http.Client
	slots   chan struct{}

	mu   sync.Mutex
	busy map[string]bool // controllers with a call on its way
}

// Controllers is how they know us, and how they may be reached.
type Controllers struct {
	Domain  string
	Key     *rsa.PrivateKey // that our certificate vouches for
	Results string          // base of the addresses at which answers are fetched; it ends in a slash
	Inside  bool            // they may lie in the operator's own network
}

// NewTeller makes one.
func NewTeller(store *db.Store, log *slog.Logger, c Controllers) *Teller {
	return &Teller{store: store, log: log, domain: c.Domain, results: c.Results, key: c.Key, client: NewClient(Options{Inside: c.Inside}),
		slots: make(chan struct{}, tellsAtOnce), busy: map[string]bool{}}
}

// DSRStatus is a status with what the protocol has no words for, under our own domain.
type DSRStatus struct {
	opendsr.Status
	Extensions map[string]DSRExtension `json:"extensions,omitempty"`
}

// DSRExtension is our own. Results is what has become of those of a request for access: ready, fetched, expired or ended.
type DSRExtension struct {
	db.DSRDetail
	Results string    `json:"results,omitempty"`
	Until   time.Time `json:"results_expire,omitzero"` // how long they can be fetched
}

// DSRStatusOf is how a request stands. What was erased is counted once it is completed: before, it is not the whole. results is the base of the
// address at which an answer is fetched, once; it is told for as long as it leads to something.
func DSRStatusOf(v db.DSR, controller, domain, results string) DSRStatus {
	s := opendsr.Status{ControllerID: controller, ID: v.Request, Status: v.Status, Expected: v.Expected.UTC().Truncate(time.Second)}
	more := DSRExtension{DSRDetail: v.DSRDetail}
	switch {
	case v.Status != opendsr.Completed:
	case v.Type == opendsr.TypeErasure:
		s.ResultsCount = &v.Erased
	case v.Results != nil:
		s.ResultsCount, more.Results = &v.Results.Records, v.Results.State
		if v.Results.State == db.ResultsReady {
			s.ResultsURL, more.Until = results+v.Results.Secret, v.Results.Expires.UTC().Truncate(time.Second)
		}
	}
	return DSRStatus{s, map[string]DSRExtension{domain: more}}
}

// Loop tells until ctx ends, and returns when no call is on its way any more.
func (l *Teller) Loop(ctx context.Context) {
	changed, stop := l.store.Watch(func(object string) bool {
		return strings.HasPrefix(object, string(audit.KindTicket)+"/") || strings.HasPrefix(object, string(audit.KindErasure)+"/")
	})
	defer stop()
	freed := make(chan struct{}, 1)
	var calls sync.WaitGroup
	defer calls.Wait()
	for ctx.Err() == nil {
		if _, err := l.begin(ctx, &calls, func(error) { signal(freed) }); err != nil && ctx.Err() == nil {
			l.log.Error("controllers were not told", "err", err)
		}
		select {
		case <-changed:
		case <-freed:
		case <-time.After(l.wait(ctx)):
		case <-ctx.Done():
		}
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (l *Teller) wait(ctx context.Context) time.Duration {
	next, err := l.store.NextDSRCall(ctx)
	if err != nil || next.IsZero() {
		return idleRound
	}
	return min(max(next.Sub(l.store.Now()), time.Second), idleRound)
}

// Round tells each controller the one status that is its next, waits for all of them, and says whether there was any.
func (l *Teller) Round(ctx context.Context) (more bool, err error) {
	var calls sync.WaitGroup
	ended := make(chan error, tellsAtOnce)
	n, err := l.begin(ctx, &calls, func(err error) { ended <- err })
	for range n {
		err = errors.Join(err, <-ended)
	}
	calls.Wait()
	return n > 0, err
}

// begin calls each controller that is due and free, as many as there is room for, and says how many that were. ended hears of each.
func (l *Teller) begin(ctx context.Context, calls *sync.WaitGroup, ended func(error)) (n int, err error) {
	due, err := l.store.DueDSRCalls(ctx)
	for _, v := range due {
		if !l.take(v.Controller) {
			continue
		}
		n++
		calls.Go(func() {
			err := l.settle(context.WithoutCancel(ctx), v, l.tell(ctx, v))
			if err != nil {
				l.log.Error("what came of a call to a controller was not written down", "ticket", v.Ticket, "err", err)
			}
			l.leave(v.Controller)
			ended(err)
		})
	}
	return n, err
}

// take is a controller's turn, if it has no call on its way and there is room for one more.
func (l *Teller) take(controller string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy[controller] {
		return false
	}
	select {
	case l.slots <- struct{}{}:
		l.busy[controller] = true
		return true
	default:
		return false
	}
}

func (l *Teller) leave(controller string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, controller)
	<-l.slots
}

// settle writes down what came of a call. An address that may not be called, or wants no more, is given up at once.
func (l *Teller) settle(ctx context.Context, v db.DSRCall, err error) error {
	var refusal *Refusal
	switch {
	case err == nil:
		return l.store.EndDSRCall(ctx, v.Number)
	case errors.As(err, &refusal), errors.Is(err, errGone), v.Tries+1 >= mostTells:
		l.log.Warn("a controller was not told and is called no more", "ticket", v.Ticket)
		return l.store.EndDSRCall(ctx, v.Number)
	}
	return l.store.DelayDSRCall(ctx, v.Number, l.store.Now().Add(backoff(v.Tries)))
}

var (
	errGone   = errors.New("the controller wants no more")
	errUnsaid = errors.New("the controller did not take it")
)

func (l *Teller) tell(ctx context.Context, v db.DSRCall) error {
	if CheckURL(v.URL, true) != nil { // what was sealed of it does not open
		return errGone
	}
	s := DSRStatusOf(v.DSR, v.Controller, l.domain, l.results)
	s.CallbackURL = v.URL
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.URL, bytes.NewReader(body))
	if err != nil {
		return errGone
	}
	r.Header.Set("Content-Type", "application/json")
	if err := opendsr.Sign(l.key, r.Header, l.domain, body); err != nil {
		return err
	}
	res, err := l.client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	switch {
	case res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusGone:
		return errGone
	}
	return errUnsaid
}
