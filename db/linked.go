package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// ErrAddress is returned for the address of a linked service that is none.
var ErrAddress = errors.New("the address of a linked service is https://… without a user, a query or a fragment; http:// only for one inside")

// NewLinked describes a service whose data lies elsewhere.
type NewLinked struct {
	Kind       label.Kind
	Name       string
	Region     string
	URL        string // the instance's address, what IBM's clients call serviceUrl
	Inside     bool
	Credential []byte      // API key of a Watson instance, headers of the others as "Name: value" lines; sealed, and shown never again
	Link       Link        // of kinds that are no Watson instance
	Gateway    int64       // the hosted Assistant that passes its messages on to it; 0 = none
	Policies   NewPolicies // of the hosted one
}

// AddLinked registers a linked service. ErrName, ErrTaken, ErrAddress.
func (s *Store) AddLinked(ctx context.Context, by audit.Actor, n NewLinked) (Service, error) {
	svc, err := n.service()
	if err != nil {
		return Service{}, err
	}
	err = s.write(ctx, by, func(t *tx) error { return t.insertLinked(&svc, n.Credential) })
	return svc, err
}

// AddGateway registers a hosted service together with the linked one that it passes on to, which gets the hosted one's name with
// "(upstream)" behind it, and its region.
func (s *Store) AddGateway(ctx context.Context, by audit.Actor, kind label.Kind, name, region string, n NewLinked) (hosted, linked Service, err error) {
	n.Kind, n.Name, n.Region = kind, strings.TrimSpace(name)+" (upstream)", region
	if linked, err = n.service(); err != nil {
		return Service{}, Service{}, err
	}
	if err := n.Policies.Check(); err != nil {
		return Service{}, Service{}, err
	}
	hosted = Service{GUID: uuid.NewString(), Kind: kind, Hosting: "hosted", Name: strings.TrimSpace(name), Region: linked.Region}
	n.Policies.begin(&hosted)
	if hosted.Name == "" {
		return Service{}, Service{}, ErrName
	}
	err = s.write(ctx, by, func(t *tx) error {
		if err := t.insertService(&hosted); err != nil {
			return err
		}
		linked.Gateway = hosted.Number
		err := t.insertLinked(&linked, n.Credential)
		hosted.Upstream = linked.Number
		return err
	})
	return hosted, linked, err
}

// service checks what was given.
func (n NewLinked) service() (Service, error) {
	v := Service{GUID: uuid.NewString(), Kind: n.Kind, Hosting: "linked", Name: strings.TrimSpace(n.Name), Region: strings.TrimSpace(n.Region),
		URL: strings.TrimRight(strings.TrimSpace(n.URL), "/"), Inside: n.Inside, Gateway: n.Gateway}
	NewPolicies{}.begin(&v)
	if v.Name == "" || !VisibleName(v.Name) || !VisibleName(v.Region) {
		return v, ErrName
	}
	u, err := n.address(&v)
	if err != nil {
		return v, err
	}
	if v.Link = n.Link; !slices.Contains(OtherKinds(), n.Kind) {
		v.Link = Link{}
	}
	return v, v.Link.check(n.Kind, u)
}

// address reads where the service lies. A task for a person lies nowhere.
func (n NewLinked) address(v *Service) (*url.URL, error) {
	if n.Kind == Manual {
		v.URL, v.Inside = "", false
		return nil, nil
	}
	u, err := parseTemplate(v.URL)
	if err != nil || u.RawQuery != "" && n.Kind != HTTP || u.Scheme != "https" && !n.Inside || len(n.Credential) > maxCredential {
		return nil, ErrAddress
	}
	return u, nil
}

// maxCredential bounds a credential in bytes.
const maxCredential = 8 << 10

func (t *tx) insertLinked(v *Service, credential []byte) error {
	if err := t.insertService(v); err != nil {
		return err
	}
	v.Revision = 1
	return t.keepLink(*v, credential)
}

// keepLink writes how a linked service is spoken to; a nil credential leaves the one that is there.
func (t *tx) keepLink(v Service, credential []byte) error {
	var sealed any
	if credential != nil {
		sealed = t.s.keys.seal(purposeCredential, v.Number, credential)
	}
	settings := ""
	if slices.Contains(OtherKinds(), v.Kind) {
		settings = v.Link.json()
	}
	err := t.exec("UPDATE service SET url = ?, inside = ?, settings = ?, credential = coalesce(?, credential), revision = revision + 1 WHERE number = ?",
		v.URL, v.Inside, settings, sealed, v.Number)
	if err != nil {
		return fmt.Errorf("keeping how a linked service is called: %w", err)
	}
	return nil
}

const purposeCredential = "service credential"

// Credential reads the API key of a linked service.
func (s *Store) Credential(ctx context.Context, service int64) ([]byte, error) {
	var sealed []byte
	if err := s.readers.QueryRowContext(ctx, "SELECT credential FROM service WHERE number = ? AND credential IS NOT NULL", service).Scan(&sealed); err != nil {
		return nil, found(err)
	}
	return s.keys.open(purposeCredential, service, sealed)
}

// Upstream is the linked service that a hosted one passes on to. ErrNotFound where it passes on nothing.
func (s *Store) Upstream(ctx context.Context, hosted int64) (Service, error) {
	return scanService(s.readers.QueryRowContext(ctx, serviceColumns+"WHERE gateway = ? AND removed IS NULL", hosted))
}

// Container is a name under which messages went to a linked Assistant.
type Container struct {
	V1   bool
	Name string
}

// NoteContainer keeps that messages of a container went to a linked service, so that its logs can be asked for them. It is asked for each
// message, so it looks before it writes.
func (s *Store) NoteContainer(ctx context.Context, service int64, c Container) error {
	var known bool
	err := s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM service_container WHERE service = ? AND v1 = ? AND name = ?)", service, c.V1, c.Name).Scan(&known)
	if err != nil || known {
		return err
	}
	return s.write(ctx, audit.System, func(t *tx) error {
		n, err := t.change("INSERT INTO service_container (service, v1, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", service, c.V1, c.Name)
		if err != nil || n == 0 {
			return err
		}
		return t.note(audit.ServiceReached, "", map[string]int64{audit.CountService: service}) // no object: the service is what it was
	})
}

// Containers lists the names under which messages went to a linked service.
func (s *Store) Containers(ctx context.Context, service int64) (out []Container, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT v1, name FROM service_container WHERE service = ? ORDER BY v1, name", service)
	err = each(rows, err, func() error {
		var c Container
		err := rows.Scan(&c.V1, &c.Name)
		out = append(out, c)
		return err
	})
	return out, err
}

// LinkedPart is a part of an erasure at a linked service, with what is needed to carry it on.
type LinkedPart struct {
	Erasure int64
	Subject string    // customer ID
	Asked   time.Time // when the erasure was asked for
	Service Service
	Part
}

// DueParts lists the parts at linked services for which something is to be done now: those that wait, those that a crash has left without
// an answer, and those whose next try has come. A request inside its cancel window has none: until it runs it can be withdrawn. Nor has one
// whose sealed ID does not open: nobody can be called for it, and nothing can be said of it.
func (s *Store) DueParts(ctx context.Context) ([]LinkedPart, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT e.number, p.service FROM "+openParts+" AND (p.state IN ('waiting','sent') OR p.state IN ('failed','accepted') AND p.next_try <= ?) ORDER BY e.deadline, e.number", ms(s.Now()))
	var out []LinkedPart
	err = each(rows, err, func() error {
		var p LinkedPart
		err := rows.Scan(&p.Erasure, &p.Part.Service)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for calls to linked services: %w", err)
	}
	for i := range out {
		if err := s.fillPart(ctx, &out[i]); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(out, func(p LinkedPart) bool { return p.Subject == "" }), nil
}

const openParts = `part p JOIN erasure e ON e.number = p.erasure JOIN service v ON v.number = p.service
	WHERE v.hosting = 'linked' AND p.excluded IS NULL AND e.state IN ('running','verifying','partial')` + notHalted

func (s *Store) fillPart(ctx context.Context, p *LinkedPart) error {
	e, err := s.Erasure(ctx, p.Erasure)
	if err != nil {
		return err
	}
	p.Subject, p.Asked = e.Subject, e.Proposed
	if p.Service, err = s.Service(ctx, p.Part.Service); err != nil {
		return err
	}
	parts, err := s.Parts(ctx, p.Erasure)
	for _, q := range parts {
		if q.Service == p.Part.Service {
			p.Part = q
		}
	}
	return err
}

// NextPart is when the next part at a linked service becomes due; zero = none waits for a time.
func (s *Store) NextPart(ctx context.Context) (time.Time, error) {
	var next *int64
	err := s.readers.QueryRowContext(ctx, "SELECT min(p.next_try) FROM "+openParts+" AND p.state IN ('failed','accepted')").Scan(&next)
	if err != nil || next == nil {
		return time.Time{}, err
	}
	return at(*next), nil
}

// PartMove is one step of a part at a linked service.
type PartMove struct {
	To    erasure.PartState
	Code  string    // of erasure.PartCodes; "" = nothing went wrong
	Again time.Time // when to try or to ask again; zero = not by itself
}

// MovePart takes a part one step on: before a call to sent (or to held, where a hold keeps the ID: ErrMoved too), after it to what came of it. ErrMoved where erasure.PartMoves does not allow it:
// somebody was faster. When it was the last part that was open, the request has ended, with its receipt.
func (s *Store) MovePart(ctx context.Context, by audit.Actor, number, service int64, m PartMove) error {
	held := false
	err := s.write(ctx, by, func(t *tx) error {
		var now erasure.PartState
		var code string
		err := t.row("SELECT state, coalesce(code, '') FROM part WHERE erasure = ? AND service = ? AND excluded IS NULL", number, service).Scan(&now, &code)
		if err != nil {
			return found(err)
		}
		if now == erasure.Accepted && m.To == erasure.Accepted {
			return t.exec("UPDATE part SET next_try = ? WHERE erasure = ? AND service = ?", orNull(m.Again), number, service)
		}
		if !now.May(m.To) {
			return ErrMoved
		}
		if m.To == erasure.Sent {
			if held, err = t.holdPart(number, service, now); held || err != nil {
				return err
			}
		}
		repeat := m.To == erasure.Sent && (now == erasure.Sent || code == erasure.CodeUnknown || code == erasure.CodeCertificate)
		if m.To == erasure.Sent {
			if err := t.nameCall(number, service); err != nil {
				return err
			}
		}
		return t.movePartOn(number, service, m, repeat)
	})
	if err == nil && held {
		return ErrMoved // it waits for the end of a hold, and whoever wanted to call does not
	}
	return err
}

// movePartOn moves a part, and settles its request where nothing more goes on by itself.
func (t *tx) movePartOn(number, service int64, m PartMove, repeat bool) error {
	if err := t.movePart(number, service, m, repeat); err != nil {
		return err
	}
	if !m.To.Rests() {
		return nil
	}
	e, err := t.request(number)
	if err != nil {
		return err
	}
	return t.settleLinked(e)
}

// RetryPart says that a part which failed or waits for a person is to be tried now. ErrMoved where there is nothing to try again.
func (s *Store) RetryPart(ctx context.Context, by audit.Actor, number, service int64) error {
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change(`UPDATE part SET state = CASE state WHEN 'by hand' THEN 'waiting' ELSE state END, next_try = ?, changed = ?
			WHERE erasure = ? AND service = ? AND excluded IS NULL AND state IN ('failed','by hand')
			AND (SELECT hosting FROM service WHERE number = part.service) = 'linked'`, ms(t.now), ms(t.now), number, service)
		if err != nil {
			return fmt.Errorf("trying a part again: %w", err)
		}
		if n == 0 {
			return ErrMoved
		}
		return t.note(audit.PartRetried, audit.ObjectOf(audit.KindErasure, number), map[string]int64{audit.CountService: service})
	})
}

// settleLinked settles a request whose batch has done its work here; before that the batch's own verification does. One that was given back by a
// stopped batch, and perhaps withdrawn, keeps what the service answers and is not ended by it.
func (t *tx) settleLinked(e Erasure) error {
	var open bool
	err := t.row("SELECT count(*) FROM erasure WHERE number = ? AND (state IN ('running','scheduled','withdrawn') OR "+unverified+")", e.Number).Scan(&open)
	if err != nil || open {
		return err
	}
	return t.settle(e)
}

func (t *tx) movePart(number, service int64, m PartMove, repeat bool) error {
	sent, accepted := any(nil), any(nil)
	switch m.To {
	case erasure.Sent:
		sent = ms(t.now)
	case erasure.Accepted:
		accepted = ms(t.now)
	}
	var code any
	if m.Code != "" {
		code = m.Code
	}
	err := t.exec(`UPDATE part SET state = ?, code = ?, next_try = ?, attempts = attempts + ?, repeats = repeats + ?, sent = coalesce(?, sent),
		accepted = coalesce(?, accepted), changed = ? WHERE erasure = ? AND service = ?`,
		string(m.To), code, orNull(m.Again), btoi(m.To == erasure.Sent), btoi(repeat), sent, accepted, ms(t.now), number, service)
	if err != nil {
		return fmt.Errorf("moving a part: %w", err)
	}
	if err := t.health(service, m); err != nil {
		return err
	}
	event := partEvents[m.To]
	switch {
	case repeat:
		event = audit.PartRepeated
	case m.Code == erasure.CodeManual:
		event = audit.PartTask
	}
	return t.note(event, audit.ObjectOf(audit.KindErasure, number), map[string]int64{audit.CountService: service})
}

var partEvents = map[erasure.PartState]audit.Event{erasure.Sent: audit.PartSent, erasure.Accepted: audit.PartAccepted, erasure.Confirmed: audit.PartConfirmed,
	erasure.Unobservable: audit.PartUnobservable, erasure.Failed: audit.PartFailed, erasure.ByHand: audit.PartByHand, erasure.Attested: audit.PartStated}
