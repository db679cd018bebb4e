package connect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/watson"
)

// line is the way to one linked service: what a kind of service knows beyond the common course of a part.
type line interface {
	// erase asks the service to erase. note is called when its turn has come and before the call leaves; its error, given back as it is, keeps
	// the call from leaving. Nil means accepted. A code says that the service states more than that: it has erased. Errors that are of the
	// service are *watson.CallError.
	erase(ctx context.Context, p db.LinkedPart, note func() error) (code string, err error)
	// look asks what became of what was accepted some time ago. Its error is trouble on our own side.
	look(ctx context.Context, p db.LinkedPart, since time.Duration) (verdict, error)
}

// verdict is where a part goes after a look: to Accepted when it is to be looked at again, after wait.
type verdict struct {
	to   erasure.PartState
	code string
	wait time.Duration
}

func lookAgain(wait time.Duration) verdict { return verdict{to: erasure.Accepted, wait: wait} }

// left is that something older than our call is still there: within its time a service may have that.
func left(since time.Duration) verdict {
	if since > unobservableAfter {
		return verdict{to: erasure.Failed, code: erasure.CodeRemains}
	}
	return lookAgain(nextLook(since))
}

// untold is that nobody can tell, which is said when the service's time is over. What can be asked is asked until then.
func untold(since time.Duration, askable bool) verdict {
	switch {
	case since > unobservableAfter:
		return verdict{to: erasure.Unobservable, code: erasure.CodeUnobservable}
	case askable:
		return lookAgain(nextLook(since))
	}
	return lookAgain(unobservableAfter - since + time.Second)
}

// NewLine makes the line to a linked service of any kind, with the credential that the store keeps sealed.
func (r *Runner) newLine(ctx context.Context, v db.Service) (line, error) {
	switch v.Kind {
	case db.HTTP:
		return newPlain(ctx, r.Store, v, watson.NewPacer(r.limits(v)))
	case db.OpenDSR:
		p, err := NewProcessor(ctx, r.Store, v, watson.NewPacer(r.limits(v)))
		if err == nil {
			p.callbacks = r.Callbacks
		}
		return p, err
	}
	make := r.Client
	if make == nil {
		make = func(ctx context.Context, v db.Service) (*watson.Client, error) {
			return newInstance(ctx, r.Store, v, r.pacer(v))
		}
	}
	c, err := make(ctx, v)
	return instanceLine{r.Store, c}, err
}

// otherLimits are for services that document none: one call in two seconds is no burden to anybody.
var otherLimits = watson.Limits{Deletions: watson.Rate{Calls: 30, In: time.Minute}, Listings: watson.Rate{Calls: 30, In: time.Minute}}

func (r *Runner) limits(v db.Service) watson.Limits {
	if r.Limits == (watson.Limits{}) && (v.Kind == db.HTTP || v.Kind == db.OpenDSR) {
		return otherLimits
	}
	return r.Limits
}

// pacer is the one of the address, which look-ups share; with limits of its own (tests), a runner paces apart.
func (r *Runner) pacer(v db.Service) *watson.Pacer {
	if r.Limits == (watson.Limits{}) {
		return pacerOf(v.URL)
	}
	return watson.NewPacer(r.limits(v))
}

// line is the one line to a service, so that its calls are paced together; a service that was changed gets a new one.
func (r *Runner) line(ctx context.Context, v db.Service) (line, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.lines[v.Number]; ok && c.revision == v.Revision {
		return c.line, nil
	}
	c, err := r.newLine(ctx, v)
	if err == nil {
		r.lines[v.Number] = kept{v.Revision, c}
	}
	return c, err
}

// instanceLine is the line to a Watson instance, of ours or of IBM's.
type instanceLine struct {
	store  *db.Store
	client *watson.Client
}

func (l instanceLine) erase(ctx context.Context, p db.LinkedPart, note func() error) (string, error) {
	id, err := label.Parse(p.Service.Kind, p.Subject)
	if err != nil {
		return "", &watson.CallError{Outcome: watson.Refused, Code: "id"}
	}
	_, err = l.client.DeleteUserDataAfter(ctx, id, note)
	return "", err
}

// headersOf reads a sealed credential of a service that is no Watson instance: "Name: value", one a line.
func headersOf(ctx context.Context, store *db.Store, v db.Service) (http.Header, error) {
	raw, err := store.Credential(ctx, v.Number)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, fmt.Errorf("reading a credential: %w", err)
	}
	return ParseHeaders(string(raw))
}

// ErrHeaders is returned for header lines that are none.
var ErrHeaders = errors.New("headers are written one a line, as in Authorization: Bearer …; those that belong to the connection are not taken")

// ours are the headers that HTTP itself sets, or that would change what is sent.
var ours = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Te", "Upgrade", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Expect", "Content-Encoding", "User-Agent"}

// ParseHeaders reads header lines. Its error repeats nothing of them.
func ParseHeaders(text string) (http.Header, error) {
	h := http.Header{}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name, value = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) || value == "" || slices.Contains(ours, name) || len(h) >= 20 {
			return nil, ErrHeaders
		}
		h.Add(name, value)
	}
	return h, nil
}
