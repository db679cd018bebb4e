package watson

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"quittance/db/label"
)

const (
	maxPassed = 1 << 20 // bytes of an answer that is passed on whole (security.md, "Outbound")
	// maxStream bounds an answer that is passed on as it comes: audio, or the transcript of hours.
	maxStream = 100 << 20
	// streamPatience is how long nothing may move in either direction. Speech to Text answers only when it has heard all, so it is more than for
	// other calls.
	streamPatience = time.Minute
)

// loggingOptOut is the header that keeps a query out of Discovery's log.
const loggingOptOut = "X-Watson-Logging-Opt-Out"

// passedOn are the headers of a request that reach the instance, and passedBack those of its answer that come back. Credentials and cookies are
// in neither: the caller's are for us, ours are for the instance.
var (
	passedOn   = []string{label.Header, optOut, loggingOptOut, "Content-Type", "Accept"}
	passedBack = []string{"Content-Type", "X-Global-Transaction-Id", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
)

// PassRequest is somebody's request that is passed on to the instance.
type PassRequest struct {
	Method string
	Path   string      // below the instance, escaped: "v2/assistants/…"
	Query  string      // as it came
	Header http.Header // labels, opt-outs, types go on, value for value as they came; the rest stays here
	Body   []byte      // nil = none; Stream takes it from elsewhere
}

// Response is the instance's answer, of whatever status.
type Response struct {
	Status int
	Header http.Header // types, transaction, limits
	Body   []byte
}

// Pass passes a request on and reads the whole answer. An answer that refuses is an answer; an error is a *CallError: no answer, none that is
// whole, or one that points elsewhere. Nothing is tried again, except with a new token after a 401: a message is no repeatable thing.
func (c *Client) Pass(ctx context.Context, p PassRequest) (Response, error) {
	r, err := c.passing(ctx, p, p.Body)
	if err != nil {
		return Response{}, err
	}
	got, err := c.whole(ctx, r, maxPassed)
	if err != nil {
		return Response{}, err
	}
	if e := elsewhere(got.Status, got.Header); e != nil {
		return Response{}, e
	}
	if got.cut != nil {
		return Response{}, got.cut
	}
	return Response{got.Status, pick(got.Header, passedBack), got.Body}, nil
}

// passing makes the request.
func (c *Client) passing(ctx context.Context, p PassRequest, body []byte) (*http.Request, error) {
	r, err := c.request(ctx, p.Method, p.Path, p.Query, body)
	if err != nil {
		return nil, err
	}
	for name, values := range pick(p.Header, passedOn) {
		for _, v := range values {
			if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return nil, &CallError{Outcome: Refused, Code: "request"}
			}
		}
		r.Header[name] = values
	}
	return r, nil
}

func pick(h http.Header, names []string) http.Header {
	out := http.Header{}
	for _, name := range names {
		name = http.CanonicalHeaderKey(name)
		if v := h.Values(name); len(v) > 0 {
			out[name] = v
		}
	}
	return out
}

func elsewhere(status int, h http.Header) *CallError {
	if status >= 300 && status < 400 {
		return refusalOf(status, h, nil)
	}
	return nil
}

// Streamed is an answer that is still coming. Whoever has it closes its body.
type Streamed struct {
	Status int
	Header http.Header
	Body   io.ReadCloser
}

// Stream passes a request on whose body comes from a reader, of a length that is known or -1, and gives the answer back as it comes. It ends
// when nothing has moved for a minute. Its body cannot be sent twice: where a token may have run out, the 401 is the answer.
func (c *Client) Stream(ctx context.Context, p PassRequest, body io.Reader, length int64) (*Streamed, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &stream{ctx: ctx, cancel: cancel}
	s.timer = time.AfterFunc(streamPatience, func() { cancel(errPatience) })
	res, err := s.send(c, p, body, length)
	if err != nil {
		s.end()
		return nil, err
	}
	s.from, s.left = res.Body, maxStream
	return &Streamed{res.StatusCode, pick(res.Header, passedBack), s}, nil
}

// stream is the body of an answer, and the watch over both directions.
type stream struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	from   io.ReadCloser
	left   int64
	mu     sync.Mutex
	timer  *time.Timer
	ended  bool
}

func (s *stream) send(c *Client, p PassRequest, body io.Reader, length int64) (*http.Response, error) {
	r, err := c.passing(s.ctx, p, nil)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Body, r.ContentLength = io.NopCloser(&moving{body, s}), length
	}
	res, err := c.exchange(r)
	if err != nil {
		return nil, err
	}
	if e := elsewhere(res.StatusCode, res.Header); e != nil {
		res.Body.Close()
		return nil, e
	}
	return res, nil
}

// moving is a body on its way to the instance.
type moving struct {
	from io.Reader
	s    *stream
}

// Read implements io.Reader.
func (m *moving) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.s.moved()
	return n, err
}

// moved begins to wait anew.
func (s *stream) moved() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.timer.Reset(streamPatience)
	}
}

func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.timer.Stop()
	s.cancel(nil)
}

// Read implements io.Reader; its errors are io.EOF or *CallError.
func (s *stream) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, &CallError{Outcome: Unknown, Code: "too-large"}
	}
	n, err := s.from.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	s.moved()
	if err != nil && !errors.Is(err, io.EOF) {
		err = lost(s.ctx, err, true)
	}
	return n, err
}

// Close implements io.Closer.
func (s *stream) Close() error {
	defer s.end()
	return s.from.Close()
}
