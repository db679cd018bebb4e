package watson

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"quittance/db"
)

// How many calls one upstream gets at a time. A recognition holds a connection for as long as somebody speaks.
const (
	callsAtOnce   = 64
	streamsAtOnce = 16
)

// knownContainers bounds what is remembered of an upstream; the store knows them all.
const knownContainers = 10_000

// Upstream is an instance elsewhere that hosted services pass calls on to, with what the house remembers of it while it runs.
type Upstream struct {
	client         *Client
	number         int64 // of the linked service
	calls, streams chan struct{}

	mu         sync.Mutex
	last       Passage
	containers map[db.Container]bool
}

// NewUpstream makes one for the linked service of a number.
func NewUpstream(client *Client, number int64) *Upstream {
	return &Upstream{client: client, number: number, calls: make(chan struct{}, callsAtOnce), streams: make(chan struct{}, streamsAtOnce),
		containers: map[db.Container]bool{}}
}

// Passage is how calls to an upstream go.
type Passage struct {
	At      time.Time // of the last one that ended; zero = none since the start
	Code    string    // why it had no answer, as in CallError; "" = it had one
	Refused int64     // how many since the start were refused because our credentials are not good
}

// Sentence says what was wrong with it, in words for a page; "" = nothing.
func (p Passage) Sentence() string { return sentences[p.Code] }

// Last tells how the last call went.
func (u *Upstream) Last() Passage {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.last
}

// ended remembers how a call went. Only what its operator can mend is a fault: that a service refuses a message is its answer.
func (u *Upstream) ended(at time.Time, err *CallError) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last.At, u.last.Code = at, ""
	if err != nil {
		if u.last.Code = err.Code; err.Code == "unauthorized" || err.Code == "forbidden" {
			u.last.Refused++
		}
	}
}

// enter takes one of the places, which leave gives back.
func enter(c *call, places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	default:
		c.head.Set("Retry-After", "1")
		return nil, &apiError{status: http.StatusServiceUnavailable, message: "As many calls as may be are on their way to the instance behind this one; come again in a second"}
	}
}

// note keeps under which name messages went to the instance, so that its logs can be asked for them.
func (u *Upstream) note(ctx context.Context, store *db.Store, c db.Container) error {
	u.mu.Lock()
	known := u.containers[c]
	u.mu.Unlock()
	if known {
		return nil
	}
	if err := store.NoteContainer(ctx, u.number, c); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.containers) >= knownContainers {
		clear(u.containers)
	}
	u.containers[c] = true
	return nil
}

// upstream is what the call's service passes on to.
func (s *server) upstream(c *call) (*Upstream, error) {
	if s.o.Upstream == nil {
		return nil, errors.New("this server passes nothing on")
	}
	return s.o.Upstream(c.Context(), c.service.Upstream)
}

// pass asks the instance behind a gateway what was asked here, with the same path, query, labels and opt-outs. What it answers, a refusal too, is
// an answer; an error says why there is none that can be given on. The caller may hang up meanwhile: what has been sent is waited for, so that what
// comes back is kept.
func (s *server) pass(c *call, u *Upstream) (Response, *CallError) {
	res, err := u.client.Pass(context.WithoutCancel(c.Context()), c.passRequest())
	failure := fault(res, err)
	u.ended(s.store.Now(), failure)
	if failure != nil {
		s.o.Log.Warn("an upstream gave no answer", "transaction", c.trace, "route", c.Pattern, "service", u.number, "reason", failure.Code)
		return Response{}, failure
	}
	c.headersOf(res.Header)
	return res, nil
}

func (c *call) passRequest() PassRequest {
	p := PassRequest{Method: c.Method, Path: c.below(), Query: c.URL.RawQuery, Header: c.Header}
	if len(c.sentJSON) > 0 {
		p.Body = c.sentJSON
	}
	return p
}

// below is the path below the instance, as it came.
func (c *call) below() string {
	return c.URL.EscapedPath()[len(Prefix)+len(c.service.GUID)+1:]
}

// fault tells what is no answer to whoever asked. 401 and 403 are about our credentials at the instance: given on, they would say that the caller's
// are wrong.
func fault(res Response, err error) *CallError {
	var failed *CallError
	switch {
	case errors.As(err, &failed):
		return failed
	case err != nil:
		return &CallError{Outcome: Unknown, Code: "no-answer"}
	case res.Status == http.StatusUnauthorized || res.Status == http.StatusForbidden:
		return &CallError{Outcome: Refused, Code: refusals[res.Status], Status: res.Status}
	case res.success() && len(res.Body) > 0 && decode(res.Body, new(struct{})) != nil:
		return malformed(res.Status)
	}
	return nil
}

func malformed(status int) *CallError {
	return &CallError{Outcome: Unknown, Code: "malformed", Status: status}
}

func (r Response) success() bool { return r.Status >= 200 && r.Status < 300 }

// upstreamTransaction is how the instance calls the exchange; X-Global-Transaction-Id is how we do.
const upstreamTransaction = "X-Upstream-Transaction-Id"

// headersOf gives on what the instance says about limits, and its number for the call.
func (c *call) headersOf(h http.Header) {
	for _, name := range []string{"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		name = http.CanonicalHeaderKey(name)
		if v := h.Values(name); len(v) > 0 {
			c.head[name] = v
		}
	}
	if id := transactionOf(h); id != "" {
		c.head.Set(upstreamTransaction, id)
	}
}

// unanswered is what the caller hears when the instance gave no answer. Whether it took the message in is not known where it was sent.
func unanswered(e *CallError) *apiError {
	switch {
	case e.Code == "unauthorized" || e.Code == "forbidden" || e.Code == "iam-refused":
		return &apiError{status: http.StatusBadGateway, message: "The instance behind this one does not take the credentials that an administrator gave for it; yours are good"}
	case e.Code == "request":
		return &apiError{status: http.StatusBadRequest, message: "The request cannot be passed on as it is written"}
	case e.Code == "timeout":
		return &apiError{status: http.StatusGatewayTimeout, message: "The instance behind this one did not answer in time; it may have taken the request in"}
	case e.Outcome == Unknown:
		return &apiError{status: http.StatusBadGateway, message: "The instance behind this one gave no answer that can be given on, and may have taken the request in: " + sentences[e.Code]}
	}
	return &apiError{status: http.StatusBadGateway, message: "The instance behind this one gave no answer: " + sentences[e.Code]}
}

// given is an answer of the instance as the caller gets it. An error that is not JSON is put into JSON: clients of the newest kind lose the status
// of any other (watson-api.md, section 10).
func (c *call) given(res Response) (answer, error) {
	switch {
	case res.success() && len(res.Body) == 0:
		return empty, nil
	case res.success() || decode(res.Body, new(struct{})) == nil && len(res.Body) > 0:
		return answer{status: res.Status, body: res.Body}, nil
	}
	return answerJSON(res.Status, c.errorBody(&apiError{status: res.Status, message: "The instance behind this one refused the request"}))
}
