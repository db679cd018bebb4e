package connect

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/watson"
)

// When to try again, and when to ask whether an accepted deletion was carried out.
const (
	firstAgain   = 30 * time.Second
	longestAgain = time.Hour
	// ownTrouble is how long a service is left alone after something went wrong on our side, such as a full disk.
	ownTrouble = 10 * time.Second
	// unobservableAfter is how long a service has to carry out what it accepted (watson-api.md, section 9). A little later nothing older than
	// our call may be left.
	unobservableAfter = 24*time.Hour + 15*time.Minute
)

// Runner carries erasures on at linked services, part by part. Each goes its own way: one service that does not answer keeps no other
// waiting. What is to be done stands in the store, so a crash at any step is taken up again: before a call the part is "sent", and a part
// that is found so without an answer is sent again, which the receipt names, because it moves that service's cut-off.
type Runner struct {
	Store *db.Store
	Log   *slog.Logger
	// Client makes the client of a Watson service; nil = NewInstance over the store's credential.
	Client func(ctx context.Context, v db.Service) (*watson.Client, error)
	// Limits are how often a service is called; zero = what its kind bears.
	Limits watson.Limits
	// Callbacks is the address of ours below which a processor can tell what became of a request; "" = it cannot reach us and is asked.
	Callbacks string
	// Hurry divides all waiting between tries and looks, for tests of whole houses; 0 = none.
	Hurry time.Duration

	mu    sync.Mutex
	busy  map[int64]bool // services with a call on its way
	lines map[int64]kept
}

// kept is a line and the revision of the service that it was made of.
type kept struct {
	revision int64
	line     line
}

// NewRunner makes a runner over a store.
func NewRunner(store *db.Store, log *slog.Logger) *Runner {
	return &Runner{Store: store, Log: log, busy: map[int64]bool{}, lines: map[int64]kept{}}
}

// Loop works until ctx ends, and returns when no call is on its way any more.
func (r *Runner) Loop(ctx context.Context) {
	changed, stop := r.Store.Watch(func(object string) bool { return strings.HasPrefix(object, string(audit.KindErasure)+"/") })
	defer stop()
	freed := make(chan struct{}, 1)
	var calls sync.WaitGroup
	defer calls.Wait()
	for {
		if _, err := r.Store.ForgetEvidence(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("evidence stays beyond its time", "err", err)
		}
		if _, err := r.Store.ForgetTicketPeople(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("names on tickets stay beyond their time", "err", err)
		}
		wait := r.round(ctx, &calls, freed)
		select {
		case <-changed:
		case <-freed:
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// idleRound is how long the loop sleeps at most: the store's clock need not be ours.
const idleRound = time.Minute

// round begins a call for each service that is free, and tells how long there is nothing more to do.
func (r *Runner) round(ctx context.Context, calls *sync.WaitGroup, freed chan<- struct{}) time.Duration {
	due, err := r.Store.DueParts(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("looking for calls to linked services", "err", err)
		}
		return idleRound
	}
	for _, p := range due {
		if !r.take(p.Service.Number) {
			continue
		}
		calls.Go(func() {
			r.step(ctx, p)
			r.leave(p.Service.Number)
			select {
			case freed <- struct{}{}:
			default:
			}
		})
	}
	next, err := r.Store.NextPart(ctx)
	if err != nil || next.IsZero() {
		return idleRound
	}
	return min(max(next.Sub(r.Store.Now()), time.Second), idleRound)
}

func (r *Runner) take(service int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[service] {
		return false
	}
	r.busy[service] = true
	return true
}

func (r *Runner) leave(service int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.busy, service)
}

// step takes one part one step on. What went wrong on our own side is logged, and the part is found again in a later round.
func (r *Runner) step(ctx context.Context, p db.LinkedPart) {
	var err error
	if p.State == erasure.Accepted {
		err = r.confirm(ctx, p)
	} else {
		err = r.send(ctx, p)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, db.ErrMoved) {
		r.Log.Error("a part at a linked service did not move on", "erasure", p.Erasure, "service", p.Service.Number, "err", err)
		select {
		case <-time.After(ownTrouble): // the same part is due still: without a rest it would be tried without an end
		case <-ctx.Done():
		}
	}
}

func (r *Runner) move(ctx context.Context, p db.LinkedPart, to erasure.PartState, code string, again time.Time) error {
	// What a service has answered is kept even while the house closes.
	return r.Store.MovePart(context.WithoutCancel(ctx), audit.System, p.Erasure, p.Service.Number, db.PartMove{To: to, Code: code, Again: again})
}

// send calls the service. The part is "sent" before the call leaves and not while it waits for its turn.
func (r *Runner) send(ctx context.Context, p db.LinkedPart) error {
	l, code, err := r.prepare(ctx, p)
	if err != nil {
		return err
	}
	if code == erasure.CodeImpossible {
		return r.move(ctx, p, erasure.Confirmed, code, time.Time{})
	}
	if code != "" {
		return r.byHand(ctx, p, code)
	}
	sent := false
	stated, err := l.erase(ctx, p, func() error {
		err := r.move(ctx, p, erasure.Sent, "", time.Time{})
		sent = err == nil
		return err
	})
	var call *watson.CallError
	switch {
	case ctx.Err() != nil && err != nil:
		return nil // the house closes: what stays "sent" is sent again, as a call whose outcome nobody knows
	case !sent && errors.As(err, &call):
		return r.unsent(ctx, p, call)
	case !sent:
		return err
	}
	p.Attempts++
	return r.answered(ctx, p, stated, err)
}

// unsent is a call that did not even leave: it cannot be written, or what has to be known before is not to be had now. It hides no earlier one whose
// outcome nobody knows.
func (r *Runner) unsent(ctx context.Context, p db.LinkedPart, call *watson.CallError) error {
	if call.Outcome == watson.Refused {
		return r.byHand(ctx, p, refusalCode(call))
	}
	code := laterCode(call)
	if p.State == erasure.Sent || p.Code == erasure.CodeUnknown {
		code = erasure.CodeUnknown
	}
	return r.move(ctx, p, erasure.Failed, code, r.again(p, call.RetryAfter))
}

// prepare finds the line for a part. A code says why there can be none.
func (r *Runner) prepare(ctx context.Context, p db.LinkedPart) (l line, code string, err error) {
	if !p.Service.Removed.IsZero() {
		return nil, erasure.CodeUnlinked, nil
	}
	if p.Service.Kind == db.Manual {
		return nil, erasure.CodeManual, nil
	}
	if _, err = label.Parse(db.IDRules(p.Service.Kind), p.Subject); err != nil {
		return nil, erasure.CodeImpossible, nil
	}
	if l, err = r.line(ctx, p.Service); err != nil {
		r.Log.Warn("a linked service cannot be called", "service", p.Service.Number, "err", err)
		return nil, erasure.CodeAddress, nil
	}
	return l, "", nil
}

// byHand gives a part to a person before it was sent.
func (r *Runner) byHand(ctx context.Context, p db.LinkedPart, code string) error {
	return r.move(ctx, p, erasure.ByHand, code, time.Time{})
}

// answered writes down what came of a call.
func (r *Runner) answered(ctx context.Context, p db.LinkedPart, stated string, err error) error {
	if err == nil && stated != "" {
		return r.Store.Hear(context.WithoutCancel(ctx), p.Erasure, p.Service.Number, db.PartMove{To: erasure.Attested, Code: stated})
	}
	if err == nil {
		return r.move(ctx, p, erasure.Accepted, "", r.Store.Now().Add(r.soon(nextLook(0))))
	}
	var call *watson.CallError
	if !errors.As(err, &call) {
		return r.move(ctx, p, erasure.Failed, erasure.CodeUnknown, r.again(p, 0))
	}
	switch call.Outcome {
	case watson.Refused:
		return r.move(ctx, p, erasure.ByHand, refusalCode(call), time.Time{})
	case watson.Later:
		return r.move(ctx, p, erasure.Failed, laterCode(call), r.again(p, call.RetryAfter))
	}
	if call.Code == "signature" {
		return r.move(ctx, p, erasure.Failed, erasure.CodeCertificate, r.again(p, call.RetryAfter))
	}
	return r.move(ctx, p, erasure.Failed, erasure.CodeUnknown, r.again(p, call.RetryAfter))
}

// ownCodes are refusals that are no answer of the service.
var ownCodes = map[string]string{"unwritable": erasure.CodeUnwritable, "certificate": erasure.CodeCertificate, "unsupported": erasure.CodeUnsupported}

func refusalCode(e *watson.CallError) string {
	if code := ownCodes[e.Code]; code != "" {
		return code
	}
	switch e.Status {
	case 401, 403:
		return erasure.CodeCredential
	case 0, 404:
		return erasure.CodeAddress
	}
	if e.Code == "redirect" {
		return erasure.CodeAddress
	}
	return erasure.CodeRejected
}

func laterCode(e *watson.CallError) string {
	switch {
	case e.Status == 429:
		return erasure.CodeTooMany
	case e.Status != 0:
		return erasure.CodeUnavailable
	}
	return erasure.CodeUnreachable
}

// again is when to try again: each time twice as late as before, up to an hour, with some chance in it so that many parts do not come back
// together, and never before the service wants it.
func (r *Runner) again(p db.LinkedPart, after time.Duration) time.Time {
	d := min(firstAgain<<min(p.Attempts, 10), longestAgain)
	d = r.soon(d/2 + rand.N(d/2))
	return r.Store.Now().Add(max(d, after))
}

func (r *Runner) soon(d time.Duration) time.Duration { return d / max(r.Hurry, 1) }

// nextLook is when to ask again whether an accepted deletion was carried out, by how long ago that was: real instances work through
// batches, and most are quick.
func nextLook(since time.Duration) time.Duration {
	switch {
	case since < 5*time.Minute:
		return time.Minute
	case since < time.Hour:
		return 5 * time.Minute
	}
	return time.Hour
}
