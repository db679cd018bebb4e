package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// Impact counts what an erasure of a data subject would take now, and gives the cut-off up to which it counted. Nothing is written.
func (s *Store) Impact(ctx context.Context, ref Ref) (Subject, erasure.Manifest, error) {
	sub, err := s.Subject(ctx, ref)
	if err != nil {
		return sub, erasure.Manifest{}, err
	}
	m, err := s.impactOf(ctx, sub.ID)
	return sub, m, err
}

// ImpactOf is Impact for an ID that no record here need bear: linked services may hold it.
func (s *Store) ImpactOf(ctx context.Context, id label.ID) (erasure.Manifest, error) {
	return s.impactOf(ctx, id.String())
}

func (s *Store) impactOf(ctx context.Context, id string) (m erasure.Manifest, err error) {
	cutoff, err := s.Seq(ctx)
	if err != nil {
		return m, fmt.Errorf("reading the cut-off: %w", err)
	}
	held, err := s.Holdings(ctx, RecordQuery{Subject: id, UpTo: cutoff})
	if err != nil {
		return m, err
	}
	m = erasure.NewManifest(cutoff, s.Now(), lines(held, nil), nil)
	if m.Calls, err = scanned[int64](s.readers.QueryContext(ctx, linkedSQL)); err != nil {
		return m, fmt.Errorf("listing linked services: %w", err)
	}
	if m.Held, err = s.Held(ctx, Erasure{Subject: id, Cutoff: cutoff}); err != nil {
		return m, err
	}
	var customer int64
	err = s.readers.QueryRowContext(ctx, "SELECT coalesce(min(number), 0) FROM customer WHERE name = ?", id).Scan(&customer)
	if err == nil {
		m.Kept, err = kept(s.ask(ctx), reach{customer: customer, manifest: m})
	}
	return m, err
}

// linkedSQL lists the linked services that an erasure from the console calls.
const linkedSQL = "SELECT number FROM service WHERE hosting = 'linked' AND removed IS NULL ORDER BY number"

// calls are the linked services that an erasure reaches: from the console all of them but those left out, by API the one that the hosted
// service passes its messages on to. Nobody else is called for an application's deletion: it speaks for its one instance.
func (t *tx) calls(service any, without map[int64]string) (out []int64, err error) {
	if service != nil {
		return scanned[int64](t.rows("SELECT number FROM service WHERE gateway = ? AND removed IS NULL", service))
	}
	all, err := scanned[int64](t.rows(linkedSQL))
	for _, n := range all {
		if without[n] == "" {
			out = append(out, n)
		}
	}
	return out, err
}

// manifestOf counts what a request for a customer takes, up to the last number given. held may be that of all services: a request by API
// takes what its one service has of it.
func (t *tx) manifestOf(customer int64, held []Holding, service any, without map[int64]string) (erasure.Manifest, error) {
	return t.manifestUpTo(t.w.seq, customer, held, service, without)
}

func (t *tx) manifestUpTo(cutoff, customer int64, held []Holding, service any, without map[int64]string) (erasure.Manifest, error) {
	own := slices.DeleteFunc(slices.Clone(held), func(h Holding) bool { return service != nil && h.Service != service })
	m := erasure.NewManifest(cutoff, t.now, lines(own, without), stays(own, without))
	var err error
	if m.Calls, err = t.calls(service, without); err != nil {
		return m, fmt.Errorf("listing linked services: %w", err)
	}
	m.Kept, err = kept(t.rows, reach{customer: customer, manifest: m, beyond: beyond(held, service)})
	if err != nil {
		return m, err
	}
	only, _ := service.(int64)
	waits, err := t.heldOf(customer, m.Cutoff, only)
	m.Held = included(waits, without)
	return m, err
}

func lines(held []Holding, without map[int64]string) []erasure.Line {
	out := []erasure.Line{}
	for _, h := range held {
		if without[h.Service] == "" {
			out = append(out, erasure.Line{Service: h.Service, Kind: h.Kind.String(), Records: h.Records, Shared: h.Shared, First: ms(h.First), Last: ms(h.Last)})
		}
	}
	return out
}

func stays(held []Holding, without map[int64]string) []erasure.Stay {
	n := map[int64]int64{}
	for _, h := range held {
		n[h.Service] += h.Records
	}
	var out []erasure.Stay
	for service, why := range without {
		if why != "" {
			out = append(out, erasure.Stay{Service: service, Records: n[service], Why: why})
		}
	}
	return out
}

// Proposal is what a person asks for in the console.
type Proposal struct {
	Subject Ref
	Ground  string           // code of erasure.Grounds
	Note    string           // to the approver; sealed, erased with the request
	Without map[int64]string // services left out, and the code of erasure.Stays

	bulk int64 // the list that it is proposed with
}

// SubmitErasure proposes an erasure, and one beside it for each alias of the subject; it returns the number of the first. The cut-off and
// the manifest are taken in the request's own turn in the queue (law L2).
func (s *Store) SubmitErasure(ctx context.Context, by audit.Actor, p Proposal) (number int64, err error) {
	raw, err := p.Subject.raw()
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, by, func(t *tx) error {
		var k known
		if err := t.row("SELECT number, name FROM customer WHERE ref = ?", raw).Scan(&k.number, &k.name); err != nil {
			return found(err)
		}
		others, err := t.person(k.number)
		if err != nil {
			return err
		}
		number, err = t.proposeAll(append([]known{k}, others...), p)
		return err
	})
	return number, err
}

// SubmitErasureOf proposes an erasure of the customer ID that a person searched for, whether it is known here or not: linked services may hold
// what this store does not. The ID comes from the search that is kept sealed, so that no address has to carry it (law L10).
func (s *Store) SubmitErasureOf(ctx context.Context, by audit.Actor, user int64, token string, p Proposal) (number int64, err error) {
	id, err := s.SearchedID(ctx, user, token)
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, by, func(t *tx) error {
		k := known{name: id.String()}
		if k.number, err = t.numberOf(k.name); err != nil {
			return err
		}
		others, err := t.person(k.number)
		if err != nil {
			return err
		}
		number, err = t.proposeAll(append([]known{k}, others...), p)
		return err
	})
	return number, err
}

// proposeAll proposes the same for all IDs of a person and returns the number of the first request. Where the services that were left out are
// all that know an ID, the request of another one is the first.
func (t *tx) proposeAll(ids []known, p Proposal) (int64, error) {
	for i, k := range ids {
		number, fresh, err := t.proposeFor(k, p)
		if errors.Is(err, ErrNoSubject) {
			continue
		}
		if err != nil || !fresh {
			return number, err
		}
		return number, t.proposeBeside(Erasure{Number: number}, ids[i+1:], p)
	}
	return 0, ErrNoSubject
}

// proposeFor proposes an erasure of one ID; one that was proposed a moment ago is not fresh. ErrNoSubject where it would take nothing and
// call nobody.
func (t *tx) proposeFor(k known, p Proposal) (number int64, fresh bool, err error) {
	held, err := t.heldBy(k.number, t.w.seq)
	if err != nil {
		return 0, false, err
	}
	m, err := t.manifestOf(k.number, held, nil, p.Without)
	if err != nil {
		return 0, false, err
	}
	if m.Records() == 0 && len(m.Calls) == 0 {
		return 0, false, ErrNoSubject
	}
	if p.bulk == 0 {
		if number, err = t.again(k.name, p, m); err != nil || number != 0 {
			return number, false, err
		}
	}
	note := salted(p.Note)
	if number, err = t.propose(k.name, p.Ground, note, "console", nil, m); err != nil {
		return 0, false, err
	}
	return number, true, t.noteWith(audit.ErasureProposed, audit.ObjectOf(audit.KindErasure, number), t.manifestCounts(m), t.commitments(m, note))
}

// twice is how soon after a proposal the same one counts as a second click and not as a second request.
const twice = 10 * time.Second

// again finds the proposal that the same person made a moment ago, 0 where there is none.
func (t *tx) again(name string, p Proposal, m erasure.Manifest) (int64, error) {
	e, err := t.s.keys.scanErasure(t.row(erasureColumns+"WHERE ref = ? AND +state = 'proposed' AND proposer = ? AND ground = ? AND proposed > ? ORDER BY number DESC LIMIT 1",
		t.s.keys.reference(name), string(t.by), p.Ground, ms(t.now.Add(-twice))))
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking for the same proposal: %w", err)
	}
	if e.Note != p.Note || !slices.Equal(e.Manifest.Go, m.Go) || !slices.Equal(e.Manifest.Stay, m.Stay) || !slices.Equal(e.Manifest.Calls, m.Calls) {
		return 0, nil // they went back and asked for something else
	}
	return e.Number, nil
}

func (t *tx) holdings(customer, cutoff, service int64) ([]Holding, error) {
	return holdings(t.rows(holdingsSQL+"l.customer = ? AND coalesce(l.seq, l.record) <= ? AND (? = 0 OR l.service = ?)",
		never, never, customer, cutoff, service, service))
}

// heldBy is what all services hold of a customer; nothing of 0, which no record bears, though those without an ID are kept under it.
func (t *tx) heldBy(customer, cutoff int64) ([]Holding, error) {
	if customer == 0 {
		return nil, nil
	}
	return t.holdings(customer, cutoff, 0)
}

// propose writes the request and its parts, in state proposed.
func (t *tx) propose(name, ground string, note []byte, origin string, service any, m erasure.Manifest) (int64, error) {
	var number int64
	err := t.row(`INSERT INTO erasure (state, origin, service, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number`,
		string(erasure.Proposed), origin, service, t.s.keys.reference(name), ground, m.Cutoff, string(t.by), string(m.JSON()), m.Hash(), ms(t.now)).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("writing down the erasure: %w", err)
	}
	var sealed any
	if note != nil {
		sealed = t.s.keys.seal("erasure note", number, note)
	}
	if err := t.exec("UPDATE erasure SET subject = ?, note = ? WHERE number = ?", t.s.keys.seal("erasure subject", number, []byte(name)), sealed, number); err != nil {
		return 0, fmt.Errorf("sealing the erasure's subject: %w", err)
	}
	return number, t.proposeParts(number, service, m)
}

// proposeParts makes a part for each service that the request covers, and keeps those that were left out with their reason.
func (t *tx) proposeParts(number int64, service any, m erasure.Manifest) error {
	for _, svc := range m.Calls {
		if err := t.part(number, svc, 0, nil); err != nil {
			return err
		}
	}
	if service != nil {
		return t.part(number, service.(int64), m.Records(), nil)
	}
	n, order := map[int64]int64{}, []int64{}
	for _, l := range m.Go {
		if _, ok := n[l.Service]; !ok {
			order = append(order, l.Service)
		}
		n[l.Service] += l.Records
	}
	for _, svc := range order {
		if err := t.part(number, svc, n[svc], nil); err != nil {
			return err
		}
	}
	for _, st := range m.Stay {
		if err := t.part(number, st.Service, st.Records, st.Why); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) part(number, service, found int64, excluded any) error {
	err := t.exec("INSERT INTO part (erasure, service, state, excluded, found, changed) VALUES (?, ?, 'waiting', ?, ?, ?)", number, service, excluded, found, ms(t.now))
	if err != nil {
		return fmt.Errorf("writing down a part of the erasure: %w", err)
	}
	return nil
}

func (t *tx) manifestCounts(m erasure.Manifest) map[string]int64 {
	return map[string]int64{audit.CountRecords: m.Records(), audit.CountShared: m.Shared(), audit.CountCutoff: m.Cutoff}
}

// noteSalt is how many random bytes stand before a note, so that a short one cannot be guessed from its hash in the trail. They are
// sealed and destroyed with it.
const noteSalt = 16

// salted puts the salt before a note; no note is nil.
func salted(note string) []byte {
	if note == "" {
		return nil
	}
	return append(secret()[:noteSalt:noteSalt], note...)
}

// commitments stand for what is not written into the trail.
func (t *tx) commitments(m erasure.Manifest, note []byte) map[string]string {
	out := committed(note)
	out[audit.CommitManifest] = m.Hash()
	return out
}

// committed stands for a salted note; none stands for no note.
func committed(note []byte) map[string]string {
	out := map[string]string{}
	if note != nil {
		sum := sha256.Sum256(note)
		out[audit.CommitNote] = hex.EncodeToString(sum[:])
	}
	return out
}

// reference is the keyed hash of a customer ID under K2: what stays on an ended request.
func (k *keys) reference(name string) []byte { return mac(k.K2, []byte("ledger"), []byte(name))[:16] }

// AcceptErasure takes a deletion that a key files for its one instance. It returns after the commit: only then may the door answer
// 202 (law L1). Where the service's policy is approval, the request stays proposed while the 24 hours run. An ID that nothing bears
// is accepted too, and ends without effect.
func (s *Store) AcceptErasure(ctx context.Context, by audit.Actor, service int64, id label.ID) (Erasure, error) {
	return s.AcceptErasureBeside(ctx, by, service, id, label.ID{})
}

// AcceptErasureBeside is AcceptErasure with an ID that may have been meant and is not included: where nothing bears the one and the
// service holds the other, the request remembers it, so that its page can say so. The zero ID is none.
func (s *Store) AcceptErasureBeside(ctx context.Context, by audit.Actor, service int64, id, sibling label.ID) (Erasure, error) {
	var number int64
	err := s.write(ctx, by, func(t *tx) (err error) {
		number, err = t.acceptErasure(service, id.String(), sibling)
		return err
	})
	if err != nil {
		return Erasure{}, err
	}
	return s.Erasure(ctx, number)
}

func (t *tx) acceptErasure(service int64, id string, sibling label.ID) (number int64, _ error) {
	deletion, err := t.deletionPolicy(service)
	if err != nil {
		return 0, err
	}
	customer, err := t.numberOf(id)
	if err != nil {
		return 0, err
	}
	held, err := t.heldBy(customer, t.w.seq)
	if err != nil {
		return 0, err
	}
	m, err := t.manifestOf(customer, held, service, nil)
	if err != nil {
		return 0, err
	}
	if number, err = t.propose(id, erasure.GroundAPI, nil, "api", service, m); err != nil {
		return 0, err
	}
	if err := t.exec("UPDATE erasure SET deadline = ?, drill = (SELECT drill FROM service WHERE number = ?) WHERE number = ?", ms(t.now.Add(erasure.Period)), service, number); err != nil {
		return 0, fmt.Errorf("setting the deadline: %w", err)
	}
	if m.Records() == 0 && !sibling.IsZero() {
		if err := t.noteSibling(number, service, sibling); err != nil {
			return 0, err
		}
	}
	if err := t.noteWith(audit.ErasureAccepted, audit.ObjectOf(audit.KindErasure, number), t.manifestCounts(m), t.commitments(m, nil)); err != nil {
		return 0, err
	}
	if deletion == DeletionApproval {
		return number, t.enter(number)
	}
	return number, t.schedule(number, nil)
}

// schedule puts a request into its cancel window, from where a batch takes it.
func (t *tx) schedule(number int64, approver any) error {
	if err := t.move(number, erasure.Scheduled); err != nil {
		return err
	}
	window, err := t.duration("cancel-window", DefaultCancelWindow)
	if err != nil {
		return err
	}
	// Nobody withdraws a request of the drill, so it waits for nobody.
	err = t.exec("UPDATE erasure SET approver = ?, approved = ?, runs_from = CASE drill WHEN 1 THEN ? ELSE ? END, deadline = coalesce(deadline, ?) WHERE number = ?",
		approver, ms(t.now), ms(t.now), ms(t.now.Add(window)), ms(t.now.Add(erasure.Period)), number)
	if err != nil {
		return fmt.Errorf("scheduling the erasure: %w", err)
	}
	if err := t.note(audit.ErasureScheduled, audit.ObjectOf(audit.KindErasure, number), nil); err != nil {
		return err
	}
	return t.enter(number)
}

// move changes the state of a request if erasure.Moves allows it, else ErrMoved: somebody was faster.
func (t *tx) move(number int64, next erasure.State) error {
	var now erasure.State
	if err := t.row("SELECT state FROM erasure WHERE number = ?", number).Scan(&now); err != nil {
		return found(err)
	}
	if !now.May(next) {
		return ErrMoved
	}
	if err := t.exec("UPDATE erasure SET state = ? WHERE number = ?", string(next), number); err != nil {
		return fmt.Errorf("moving the erasure: %w", err)
	}
	return nil
}
