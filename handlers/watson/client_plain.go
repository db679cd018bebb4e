package watson

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Plain calls a service that is no Watson instance, one call at a time. It is paced, bounded and judged as a Client is, and its errors are the
// same: of what was sent and answered they hold nothing.
type Plain struct {
	out      http.RoundTripper
	pacer    *Pacer
	patience time.Duration
}

// Answer is what came back: as much of the body as was wanted. Cut says that the rest of it did not come, or was too long.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Cut    bool
}

// NewPlain makes one; h leads out (connect.NewClient with Unbounded), and the pacer is the service's.
func NewPlain(h *http.Client, p *Pacer) *Plain { return &Plain{wayOut(h), p, patience} }

// Turn waits until the service may be called to erase.
func (p *Plain) Turn(ctx context.Context) error { return p.pacer.deletions.wait(ctx) }

// TurnToLook waits until it may be asked.
func (p *Plain) TurnToLook(ctx context.Context) error { return p.pacer.listings.wait(ctx) }

// Call sends a request and reads up to most bytes of its answer. An error, a *CallError, says that no answer came.
func (p *Plain) Call(ctx context.Context, r *http.Request, most int64) (Answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.patience, errPatience)
	defer cancel()
	r.Header.Set("User-Agent", userAgent)
	res, err := send(p.out, r.WithContext(ctx))
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	cut := err != nil || int64(len(body)) > most
	return Answer{res.StatusCode, res.Header, body[:min(int64(len(body)), most)], cut}, nil
}

// Refusal judges an answer; nil = success. A service that says when to come again is left alone until then.
func (p *Plain) Refusal(a Answer) error {
	if err := refusalOf(a.Status, a.Header, nil); err != nil {
		p.pacer.deletions.hold(err)
		return err
	}
	return nil
}

// WebPage tells a page for people, which may stand in the place of a service that nobody has heard.
func (a Answer) WebPage() bool { return webPage(a.Body) }
