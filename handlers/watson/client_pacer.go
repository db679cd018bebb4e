package watson

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how many calls may be made in a time, and how many of them at once; Burst 0 = one, so that calls are evenly apart.
type Rate struct {
	Calls int
	In    time.Duration
	Burst int
}

// Limits are how often an instance is called; a zero Rate is the default.
type Limits struct {
	Deletions Rate // of user_data
	Listings  Rate // of logs from their beginning
	Pages     Rate // of logs by cursor
}

// The limits that IBM documented for Assistant (watson-api.md section 1, "Rate limits"). Deletions are strictly 15 s apart: a bucket
// that lets four go at once and fills again meanwhile would let eight through in the first minute, and nobody waits for a deletion.
// Somebody waits for a listing, so ten of the forty may come at once.
var (
	defaultDeletions = Rate{4, time.Minute, 1}
	defaultListings  = Rate{40, 30 * time.Minute, 10}
	defaultPages     = Rate{120, time.Minute, 10}
)

// Pacer keeps the calls to one instance apart. Whoever holds several clients of an instance gives all of them the same one.
type Pacer struct{ deletions, listings, pages *pace }

// NewPacer makes one for one instance.
func NewPacer(l Limits) *Pacer {
	return &Pacer{newPace(l.Deletions, defaultDeletions), newPace(l.Listings, defaultListings), newPace(l.Pages, defaultPages)}
}

// pace is the limit of one kind of call.
type pace struct {
	limiter *rate.Limiter
	mu      sync.Mutex
	rests   time.Time // until when the service wants to be left alone
}

// newPace fills a bucket so slowly that a full one and what flows in meanwhile are together no more than the limit.
func newPace(r, byDefault Rate) *pace {
	if r == (Rate{}) {
		r = byDefault
	}
	burst := max(r.Burst, 1)
	every := (r.In/time.Duration(max(r.Calls-burst+1, 1)) + time.Microsecond - 1).Truncate(time.Microsecond) // never a little too fast
	return &pace{limiter: rate.NewLimiter(rate.Every(every), burst)}
}

// wait waits for its turn, or says at once that the turn comes too late for ctx.
func (p *pace) wait(ctx context.Context) error {
	if err := p.rest(ctx); err != nil {
		return err
	}
	now := time.Now()
	turn := p.limiter.ReserveN(now, 1)
	if err := sleep(ctx, turn.DelayFrom(now)); err != nil {
		turn.Cancel()
		return err
	}
	return p.rest(ctx)
}

// rest waits until the service may be called again, and once more if somebody was told another time meanwhile.
func (p *pace) rest(ctx context.Context) error {
	for {
		p.mu.Lock()
		left := time.Until(p.rests)
		p.mu.Unlock()
		if left <= 0 {
			return nil
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
}

// hold keeps all calls of this kind from a service that said when to come again.
func (p *pace) hold(e *CallError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(e.RetryAfter); e.RetryAfter > 0 && until.After(p.rests) {
		p.rests = until
	}
}

// sleep waits, unless ctx would end before: then it says at once how long it would have been.
func sleep(ctx context.Context, d time.Duration) error {
	if by, ok := ctx.Deadline(); ok && time.Until(by) < d {
		return &CallError{Outcome: Later, Code: "paced", RetryAfter: d}
	}
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return &CallError{Outcome: Later, Code: "gave-up", cause: ctx.Err()}
	}
}
