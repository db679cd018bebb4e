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
)

// Teller calls controllers back, over OpenDSR, about the requests that they sent us. What is to be told stands in the store, so a crash at any
// step is taken up again: a controller may hear a status twice, and never misses one that it could hear.
type Teller struct {
	store  *db.Store
	log    *slog.Logger
	domain string
	key    *rsa.PrivateKey
	client *http.Client
}

// NewTeller makes one that signs for a domain. Inside lets controllers lie in the operator's own network.
func NewTeller(store *db.Store, log *slog.Logger, domain string, key *rsa.PrivateKey, inside bool) *Teller {
	return &Teller{store: store, log: log, domain: domain, key: key, client: NewClient(Options{Inside: inside})}
}

// DSRStatus is a status with what the protocol has no words for, under our own domain.
type DSRStatus struct {
	opendsr.Status
	Extensions map[string]db.DSRDetail `json:"extensions,omitempty"`
}

// DSRStatusOf is how a request stands. What was erased is counted once it is completed: before, it is not the whole.
func DSRStatusOf(v db.DSR, controller, domain string) DSRStatus {
	s := opendsr.Status{ControllerID: controller, ID: v.Request, Status: v.Status, Expected: v.Expected.UTC().Truncate(time.Second)}
	if v.Status == opendsr.Completed && v.Type == opendsr.TypeErasure {
		s.ResultsCount = &v.Erased
	}
	return DSRStatus{s, map[string]db.DSRDetail{domain: v.DSRDetail}}
}

// Loop tells until ctx ends.
func (l *Teller) Loop(ctx context.Context) {
	changed, stop := l.store.Watch(func(object string) bool {
		return strings.HasPrefix(object, string(audit.KindTicket)+"/") || strings.HasPrefix(object, string(audit.KindErasure)+"/")
	})
	defer stop()
	for ctx.Err() == nil {
		more, err := l.Round(ctx)
		if err != nil && ctx.Err() == nil {
			l.log.Error("controllers were not told", "err", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-changed:
		case <-time.After(l.wait(ctx)):
		case <-ctx.Done():
		}
	}
}

func (l *Teller) wait(ctx context.Context) time.Duration {
	next, err := l.store.NextDSRCall(ctx)
	if err != nil || next.IsZero() {
		return idleRound
	}
	return min(max(next.Sub(l.store.Now()), time.Second), idleRound)
}

// Round tells each address the one status that is its next, and says whether there was any.
func (l *Teller) Round(ctx context.Context) (more bool, err error) {
	due, err := l.store.DueDSRCalls(ctx)
	for _, v := range due {
		if err := l.settle(context.WithoutCancel(ctx), v, l.tell(ctx, v)); err != nil || ctx.Err() != nil {
			return false, err
		}
	}
	return len(due) > 0, err
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
	s := DSRStatusOf(v.DSR, v.Controller, l.domain)
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
