package connect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/handlers/opendsr"
	"quittance/handlers/watson"
)

const (
	// processorAnswer bounds what a processor may say.
	processorAnswer = 64 << 10
	// knownFor is how long what a processor says of itself is believed before it is asked again.
	knownFor = time.Hour
	// longestWait is how long a processor has to complete a request: with the month of Art. 12(3) gone, a person has to ask.
	longestWait = 30 * 24 * time.Hour
)

// CallbackPath is where processors tell what became of a request; the word of the part follows.
const CallbackPath = "/opendsr/callbacks/"

// Processor is the line to a processor that speaks OpenDSR 2.0. Nothing that it says of a request is believed unless it is signed with the
// certificate whose fingerprint an administrator has confirmed.
type Processor struct {
	store     *db.Store
	call      *watson.Plain
	service   db.Service
	header    http.Header
	callbacks string

	mu    sync.Mutex
	known *known
}

// known is what a processor says of itself.
type known struct {
	at          time.Time
	format      string // of the controller's customer ID
	version     string
	certificate *x509.Certificate
}

// NewProcessor makes the line to a processor.
func NewProcessor(ctx context.Context, store *db.Store, v db.Service, pacer *watson.Pacer) (*Processor, error) {
	if err := CheckURL(v.URL, v.Inside); err != nil {
		return nil, err
	}
	h, err := headersOf(ctx, store, v)
	if err != nil {
		return nil, err
	}
	return &Processor{store: store, call: watson.NewPlain(NewClient(Options{Inside: v.Inside, Unbounded: true}), pacer), service: v, header: h}, nil
}

// ask makes a call below the processor's address, or at a whole one.
func (p *Processor) ask(ctx context.Context, method, address string, body []byte, credentials bool) (watson.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil || check(r.URL, p.service.Inside) != nil {
		return watson.Answer{}, &watson.CallError{Outcome: watson.Refused, Code: "address"}
	}
	if credentials {
		for name, values := range p.header {
			r.Header[name] = values
		}
	}
	r.Header.Set("Accept", "application/json")
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	return p.call.Call(ctx, r, processorAnswer)
}

// know asks the processor what it is, unless that was asked a short time ago. A certificate that is not the one that was confirmed is a refusal:
// somebody has to look at it.
func (p *Processor) know(ctx context.Context) (known, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.store.Now()
	if p.known != nil && now.Sub(p.known.at) < knownFor {
		return *p.known, p.known.valid(now)
	}
	d, err := p.discover(ctx)
	if err != nil {
		return known{}, before(err)
	}
	k := known{at: now, version: d.APIVersion}
	if k.format = formatOf(d); k.format == "" || !slices.Contains(d.Types, opendsr.TypeErasure) {
		return known{}, &watson.CallError{Outcome: watson.Refused, Code: "unsupported"}
	}
	if k.certificate, _, err = p.fetch(ctx, d.Certificate); err != nil {
		return known{}, before(err)
	}
	if opendsr.Fingerprint(k.certificate) != p.service.Link.Fingerprint {
		return known{}, &watson.CallError{Outcome: watson.Refused, Code: "certificate"}
	}
	if err := k.valid(now); err != nil {
		return known{}, err
	}
	p.known = &k
	return k, nil
}

func (k known) valid(now time.Time) error {
	if now.Before(k.certificate.NotBefore) || now.After(k.certificate.NotAfter) {
		return &watson.CallError{Outcome: watson.Refused, Code: "certificate"}
	}
	return nil
}

// doubt forgets what is known: a signature that does not fit may be the mark of a new certificate.
func (p *Processor) doubt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known = nil
}

// before says of a question that went wrong before the request itself was sent that nothing was asked for yet.
func before(err error) error {
	var call *watson.CallError
	if errors.As(err, &call) && call.Outcome == watson.Unknown {
		return &watson.CallError{Outcome: watson.Later, Code: call.Code, Status: call.Status, RetryAfter: call.RetryAfter}
	}
	return err
}

func (p *Processor) discover(ctx context.Context) (d opendsr.Discovery, err error) {
	a, err := p.ask(ctx, http.MethodGet, p.service.URL+"/discovery", nil, true)
	if err == nil {
		err = p.call.Refusal(a)
	}
	if err == nil && (a.Cut || json.Unmarshal(a.Body, &d) != nil) {
		err = &watson.CallError{Outcome: watson.Refused, Code: "malformed", Status: a.Status}
	}
	return d, err
}

// fetch gets the certificate, which lies at the processor's own domain. No credentials go there.
func (p *Processor) fetch(ctx context.Context, address string) (*x509.Certificate, []*x509.Certificate, error) {
	u, err := url.Parse(address)
	if err != nil || !p.ownHost(u.Hostname()) || u.User != nil {
		return nil, nil, &watson.CallError{Outcome: watson.Refused, Code: "certificate"}
	}
	a, err := p.ask(ctx, http.MethodGet, address, nil, false)
	if err == nil {
		err = p.call.Refusal(a)
	}
	if err != nil {
		return nil, nil, err
	}
	leaf, chain, err := opendsr.ParseCertificate(a.Body)
	if err != nil || a.Cut {
		return nil, nil, &watson.CallError{Outcome: watson.Refused, Code: "certificate", Status: a.Status}
	}
	return leaf, chain, nil
}

func (p *Processor) ownHost(host string) bool {
	u, err := url.Parse(p.service.URL)
	host = strings.ToLower(host)
	return err == nil && (host == strings.ToLower(u.Hostname()) || host == p.service.Link.Domain || strings.HasSuffix(host, "."+p.service.Link.Domain))
}

// formatOf is how the processor takes customer IDs: as they are where it can, since a hash of one it may never have made.
func formatOf(d opendsr.Discovery) string {
	for _, format := range []string{opendsr.FormatRaw, opendsr.FormatSHA256} {
		if slices.Contains(d.Identities, opendsr.SupportedIdentity{Type: opendsr.IdentityController, Format: format}) {
			return format
		}
	}
	return ""
}

// signed tells whether an answer of the processor is its own. It stands before all reading of it.
func (p *Processor) signed(k known, h http.Header, body []byte) error {
	if err := opendsr.Verify(k.certificate, p.service.Link.Domain, h, body); err != nil {
		p.doubt()
		return &watson.CallError{Outcome: watson.Unknown, Code: "signature"}
	}
	return nil
}

func (p *Processor) erase(ctx context.Context, part db.LinkedPart, note func() error) (string, error) {
	k, err := p.know(ctx)
	if err == nil {
		err = p.call.Turn(ctx)
	}
	if err == nil {
		err = note()
	}
	if err != nil {
		return "", err
	}
	call, err := p.store.PartCall(context.WithoutCancel(ctx), part.Erasure, part.Service.Number)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(p.request(k, part, call))
	if err != nil {
		return "", &watson.CallError{Outcome: watson.Refused, Code: "unwritable"}
	}
	a, err := p.ask(ctx, http.MethodPost, p.service.URL+"/requests", body, true)
	if err != nil {
		return "", err
	}
	return "", p.received(k, a, call)
}

func (p *Processor) request(k known, part db.LinkedPart, call db.PartCall) opendsr.Request {
	id := opendsr.Identity{Type: opendsr.IdentityController, Value: part.Subject, Format: k.format}
	if k.format == opendsr.FormatSHA256 {
		sum := sha256.Sum256([]byte(part.Subject))
		id.Value = hex.EncodeToString(sum[:])
	}
	r := opendsr.Request{Regulation: p.service.Link.Regulation, ID: call.Request, Type: opendsr.TypeErasure, Identities: []opendsr.Identity{id},
		Submitted: part.Asked.UTC().Truncate(time.Second), APIVersion: k.version}
	if p.callbacks != "" {
		r.CallbackURL = []string{p.callbacks + CallbackPath + call.Token}
	}
	return r
}

// received reads the answer to a request. Refusals need no signature: to believe one costs nothing but a person's look.
func (p *Processor) received(k known, a watson.Answer, call db.PartCall) error {
	if err := p.call.Refusal(a); err != nil {
		return err
	}
	if err := p.signed(k, a.Header, a.Body); err != nil {
		return err
	}
	var got opendsr.Received
	if a.Cut || json.Unmarshal(a.Body, &got) != nil || got.ID != call.Request {
		return &watson.CallError{Outcome: watson.Unknown, Code: "malformed", Status: a.Status}
	}
	return nil
}

// look asks for the status of the request.
func (p *Processor) look(ctx context.Context, part db.LinkedPart, since time.Duration) (verdict, error) {
	call, err := p.store.PartCall(ctx, part.Erasure, part.Service.Number)
	if err != nil {
		return verdict{}, err
	}
	if p.call.TurnToLook(ctx) != nil {
		return waits(since), nil
	}
	k, err := p.know(ctx)
	if err != nil {
		return waits(since), nil
	}
	a, err := p.ask(ctx, http.MethodGet, p.service.URL+"/requests/"+call.Request, nil, true)
	if err != nil || p.call.Refusal(a) != nil || a.Cut || p.signed(k, a.Header, a.Body) != nil {
		return waits(since), nil
	}
	var s opendsr.Status
	if json.Unmarshal(a.Body, &s) != nil || s.ID != call.Request {
		return waits(since), nil
	}
	return says(s, since), nil
}

// says is what a signed status means. "completed" is the processor's word and no more: it is attested, not confirmed, because nobody has looked
// whether anything is left (law L8). A request that was cancelled there is a person's matter.
func says(s opendsr.Status, since time.Duration) verdict {
	switch s.Status {
	case opendsr.Completed:
		return verdict{to: erasure.Attested, code: erasure.CodeSigned}
	case opendsr.Cancelled:
		return verdict{to: erasure.ByHand, code: erasure.CodeCancelled}
	}
	return waits(since)
}

// waits asks again, ever more seldom, until the processor has had its time.
func waits(since time.Duration) verdict {
	switch {
	case since > longestWait:
		return verdict{to: erasure.ByHand, code: erasure.CodeOverdue}
	case since > 24*time.Hour:
		return lookAgain(6 * time.Hour)
	}
	return lookAgain(nextLook(since))
}

// Errors of a callback.
var (
	ErrForged      = errors.New("this is not signed by the processor that was asked")
	ErrMisdirected = errors.New("this is about another request")
)

// Heard takes a callback: its signature is checked before anything of it is read. ErrForged, ErrMisdirected, or trouble of our own.
func (p *Processor) Heard(ctx context.Context, part db.LinkedPart, call db.PartCall, own string, h http.Header, body []byte) error {
	k, err := p.know(ctx)
	if err != nil {
		return errors.Join(ErrForged, err) // what cannot be checked is not believed; the processor comes again, and is asked
	}
	if opendsr.Verify(k.certificate, p.service.Link.Domain, h, body) != nil {
		return ErrForged
	}
	var s opendsr.Status
	if json.Unmarshal(body, &s) != nil || s.ID != call.Request || s.CallbackURL != own+CallbackPath+call.Token {
		return ErrMisdirected
	}
	v := says(s, 0)
	return p.store.Hear(context.WithoutCancel(ctx), part.Erasure, part.Service.Number, db.PartMove{To: v.to, Code: v.code, Again: p.store.Now().Add(max(v.wait, nextLook(0)))})
}
