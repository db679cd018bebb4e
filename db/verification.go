package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/filter"
)

// unverified are requests that have not been asked about yet at some service that is hosted here. Their parts elsewhere go their own way.
const unverified = `state = 'verifying' AND EXISTS (SELECT 1 FROM part p JOIN service v ON v.number = p.service
	WHERE p.erasure = erasure.number AND p.excluded IS NULL AND v.hosting = 'hosted' AND p.state NOT IN ('confirmed','held'))`

// Unverified implements erasure.Store.
func (s *Store) Unverified(ctx context.Context, batch int64) ([]int64, error) {
	out, err := scanned[int64](s.readers.QueryContext(ctx, "SELECT number FROM erasure WHERE batch = ? AND "+unverified+" ORDER BY deadline, number", batch))
	if err != nil {
		return nil, fmt.Errorf("listing requests to be verified: %w", err)
	}
	return out, nil
}

// Verify implements erasure.Store. What remains is asked for at the doors that others use: the log listing of the API and the record
// list of the console, not the list of record numbers that the deletion worked through (law L8).
func (s *Store) Verify(ctx context.Context, numbers []int64) error {
	found := make([]outcome, len(numbers))
	var failures []error
	for i, n := range numbers {
		var err error
		if found[i], err = s.outcome(ctx, n); err != nil {
			// One request that cannot be asked about must not keep the others waiting: it rests as partly done, and is tried again.
			found[i] = outcome{erasure: Erasure{Number: n}, unknown: true}
			failures = append(failures, fmt.Errorf("verifying request %d: %w", n, err))
		}
	}
	err := s.writeChunk(ctx, audit.System, func(t *tx) error {
		for _, o := range found {
			if err := t.endAs(o); err != nil {
				return fmt.Errorf("ending request %d: %w", o.erasure.Number, err)
			}
		}
		return nil
	})
	return errors.Join(append(failures, err)...)
}

func (t *tx) endAs(o outcome) error {
	if o.unknown {
		o.erasure.Unreadable = true
		return t.endPartial(o.erasure, 0)
	}
	return t.end(o.erasure, slices.Clone(o.parts))
}

// outcome is a request with what was found of it at each service.
type outcome struct {
	erasure Erasure
	parts   []Part
	unknown bool // it could not be asked about
}

func (s *Store) outcome(ctx context.Context, number int64) (o outcome, err error) {
	if o.erasure, err = s.Erasure(ctx, number); err != nil {
		return o, err
	}
	if o.erasure.Unreadable {
		return o, ErrCorrupt
	}
	if o.parts, err = s.Parts(ctx, number); err != nil {
		return o, err
	}
	for i := range o.parts {
		if o.parts[i].Excluded != "" || o.parts[i].Linked || o.parts[i].State == erasure.Confirmed {
			continue
		}
		if o.parts[i].Remaining, err = s.remaining(ctx, o.erasure, o.parts[i].Service); err != nil {
			return o, err
		}
	}
	return o, nil
}

// remaining counts what the doors still show of a request's subject at one service, up to the cut-off; the worst answer counts.
func (s *Store) remaining(ctx context.Context, e Erasure, service int64) (int64, error) {
	if e.Cutoff == 0 {
		return 0, nil // accepted before the first record; to the queries below 0 would mean "no bound"
	}
	held, err := s.Holdings(ctx, RecordQuery{Subject: e.Subject, Services: []int64{service}, UpTo: e.Cutoff})
	if err != nil {
		return 0, err
	}
	var n int64
	for _, h := range held {
		n += h.Records
	}
	listed, _, err := s.Records(ctx, RecordQuery{Subject: e.Subject, Services: []int64{service}, UpTo: e.Cutoff, Limit: 1})
	if err != nil {
		return 0, err
	}
	logged, _, err := s.Logs(ctx, LogQuery{Service: service, Both: true, Filter: filter.Is("customer_id", e.Subject), Limit: 1, UpTo: e.Cutoff})
	if err != nil {
		return 0, err
	}
	return max(n, int64(len(listed)), int64(len(logged))), nil
}

// end writes how a request came out at the services that are hosted here, in one transaction; where nothing is left to do elsewhere either,
// it has come to its end.
func (t *tx) end(e Erasure, parts []Part) error {
	var before, after, held int64
	for i := range parts {
		if parts[i].Excluded != "" || parts[i].Linked {
			continue
		}
		if err := t.holdBack(e, &parts[i]); err != nil {
			return err
		}
		before, after, held = before+parts[i].Found, after+parts[i].Remaining-parts[i].Held, held+parts[i].Held
		if err := t.endPart(e.Number, &parts[i]); err != nil {
			return err
		}
	}
	object := audit.ObjectOf(audit.KindErasure, e.Number)
	counts := map[string]int64{audit.CountRecords: before, audit.CountRemaining: after}
	if held > 0 {
		counts[audit.CountHeld] = held
	}
	if err := t.note(audit.ErasureVerified, object, counts); err != nil {
		return err
	}
	if after > 0 {
		return t.endPartial(e, after)
	}
	return t.settle(e)
}

// holdBack counts what a hold or a restriction keeps of a part, in the transaction that ends it: one that has ended since it was asked about
// has left something that is tried again, and nothing that waits.
func (t *tx) holdBack(e Erasure, p *Part) error {
	p.Held = 0
	if p.Remaining == 0 || p.State == erasure.Confirmed {
		return nil
	}
	lines, err := t.held(e.Subject, e.Cutoff, p.Service)
	p.Held = min(erasure.HeldRecords(lines), p.Remaining)
	return err
}

// settle looks at all parts of a request after one of them has moved: when all have ended it is done, with its receipt; when one is held, or
// the others wait for a person, it is partly done; else it goes on. Only a request that is done lets go of its customer ID.
func (t *tx) settle(e Erasure) error {
	parts, err := t.parts(e.Number)
	if err != nil {
		return err
	}
	ended, rest, held := true, true, false
	for _, p := range parts {
		if p.Excluded == "" {
			ended, rest, held = ended && p.State.Ended(), rest && p.State.Rests(), held || p.State == erasure.Held
		}
	}
	switch {
	case ended:
		return t.done(e, parts)
	case held && e.State == erasure.Verifying:
		return t.endHeld(e, parts)
	case rest && e.State == erasure.Verifying:
		return t.endPartial(e, 0)
	}
	return nil
}

func (t *tx) done(e Erasure, parts []Part) error {
	if err := t.move(e.Number, erasure.Done); err != nil {
		return err
	}
	if err := t.forget(e); err != nil {
		return err
	}
	if err := t.recheckEnded(e); err != nil {
		return err
	}
	t.enterEnd(e.Number, erasure.Done)
	return t.receipt(e, parts, nil)
}

// endHeld lets a request rest until the hold or the restriction ends that keeps the rest of it. What was erased has its receipt now.
func (t *tx) endHeld(e Erasure, parts []Part) error {
	if err := t.move(e.Number, erasure.Partial); err != nil {
		return err
	}
	lines, err := t.held(e.Subject, e.Cutoff, e.Service)
	if err != nil {
		return err
	}
	lines = append([]erasure.HeldLine{}, included(lines, e.without())...) // not nil: it waits, even where the last hold has just gone
	n := erasure.HeldRecords(lines)
	if err := t.exec("UPDATE erasure SET remaining = ?, runs_from = NULL WHERE number = ?", n, e.Number); err != nil {
		return fmt.Errorf("keeping what is held: %w", err)
	}
	return t.receipt(e, parts, lines)
}

func (t *tx) endPart(number int64, p *Part) error {
	if p.State == erasure.Confirmed {
		return nil
	}
	next := erasure.Confirmed
	switch {
	case p.Remaining > p.Held:
		next = erasure.Failed
	case p.Held > 0:
		next = erasure.Held
	}
	if p.State != next && !p.State.May(next) {
		return ErrMoved
	}
	p.State, p.Erased = next, p.Found-p.Remaining
	err := t.exec("UPDATE part SET state = ?, erased = ?, remaining = ?, held = ?, changed = ? WHERE erasure = ? AND service = ?",
		string(p.State), p.Erased, p.Remaining, p.Held, ms(t.now), number, p.Service)
	if err != nil {
		return fmt.Errorf("ending a part: %w", err)
	}
	return nil
}

// retryAfter is how long a request of which something remained waits for the next batch.
const retryAfter = 15 * time.Minute

func (t *tx) endPartial(e Erasure, remaining int64) error {
	if err := t.move(e.Number, erasure.Partial); err != nil {
		return err
	}
	again := t.now.Add(retryAfter)
	if remaining == 0 && !e.Unreadable {
		again = time.Time{} // what is open waits for a person, not for a batch
	}
	if err := t.exec("UPDATE erasure SET remaining = ?, runs_from = ? WHERE number = ?", remaining, orNull(again), e.Number); err != nil {
		return fmt.Errorf("keeping what remains: %w", err)
	}
	return t.note(audit.ErasurePartial, audit.ObjectOf(audit.KindErasure, e.Number), map[string]int64{audit.CountRemaining: remaining})
}

// forget removes the customer ID from what the house kept in order to carry out the request.
func (t *tx) forget(e Erasure) error {
	err := t.exec("UPDATE erasure SET subject = NULL, note = NULL, ended = ?, remaining = 0 WHERE number = ?", ms(t.now), e.Number)
	if err == nil {
		err = t.forgetSearches(e.Subject)
	}
	if err == nil {
		err = t.forgetLists(e.Subject)
	}
	if err == nil {
		err = t.forgetFilters(e.Subject)
	}
	if err == nil {
		err = t.forgetDrafts(e.Subject)
	}
	if err == nil {
		err = t.settleTickets(e.Number)
	}
	if err == nil {
		err = t.forgetTickets(e)
	}
	if err != nil {
		return fmt.Errorf("removing the customer ID from the request: %w", err)
	}
	return nil
}

// receipt writes the audit entry of how a request came out, and keeps the receipt that it commits to. A receipt amends the one before, which
// stays as it is; where nothing has changed since, there is nothing to amend.
func (t *tx) receipt(e Erasure, parts []Part, held []erasure.HeldLine) error {
	r := erasure.Receipt{Erasure: e.Number, Ground: e.Ground, Origin: e.Origin, Manifest: e.ManifestHash, Cutoff: e.Cutoff, Proposed: e.Proposed,
		Approved: e.Approved, Started: e.Started, Ended: t.now, Deadline: e.Deadline, Held: held}
	said, err := scanAttestations(t.rows(attestationSQL, e.Number))
	if err != nil {
		return fmt.Errorf("reading attestations for the receipt: %w", err)
	}
	for _, p := range parts {
		if p.Excluded != "" {
			continue
		}
		name, err := t.serviceName(p.Service)
		if err != nil {
			return err
		}
		r.Parts = append(r.Parts, erasure.ReceiptPart{Service: p.Service, Name: name, Before: p.Found, After: p.Remaining, Held: p.Held, State: p.State,
			Linked: p.Linked, Accepted: p.Accepted, Repeats: p.Repeats, Code: p.Code,
			Attested: erasure.DayOf(said[p.Service].Done), By: string(said[p.Service].By), Evidence: said[p.Service].Hash})
	}
	last, err := t.lastReceipt(e.Number)
	if err != nil {
		return err
	}
	if last != nil {
		if r.Amendment, r.Subject = last.Amendment+1, last.Subject; last.Same(r) {
			return t.noteOutcome(e, held, nil)
		}
	}
	if err := t.completed(e, &r); err != nil {
		return err
	}
	return t.keepReceipt(e, r)
}

// completed adds to a receipt what it states beside its parts: whom it is about, what was left out, and what backups may still hold.
func (t *tx) completed(e Erasure, r *erasure.Receipt) (err error) {
	if r.Subject, err = t.committed(e, r.Subject); err != nil {
		return err
	}
	for _, stay := range e.Manifest.Stay {
		if stay.Name, err = t.serviceName(stay.Service); err != nil {
			return err
		}
		r.Stay = append(r.Stay, stay)
	}
	r.Backups = new(erasure.Backups)
	if r.Backups.Until, err = lastOpening(t.row(lastOpeningSQL, ms(t.now))); err != nil {
		return fmt.Errorf("looking for backups for the receipt: %w", err)
	}
	return nil
}

func (t *tx) serviceName(number int64) (name string, err error) {
	if err := t.row("SELECT name FROM service WHERE number = ?", number).Scan(&name); err != nil {
		return "", fmt.Errorf("naming a service on the receipt: %w", err)
	}
	return name, nil
}

// noteOutcome is the entry of a request that has ended, or of which a hold keeps the rest.
func (t *tx) noteOutcome(e Erasure, held []erasure.HeldLine, commits map[string]string) error {
	event, counts := audit.ErasureDone, map[string]int64{audit.CountRecords: e.Found}
	if held != nil {
		event, counts = audit.ErasureHeld, map[string]int64{audit.CountHeld: erasure.HeldRecords(held)}
	}
	return t.noteWith(event, audit.ObjectOf(audit.KindErasure, e.Number), counts, commits)
}

// lastReceipt is nil where there is none yet.
func (t *tx) lastReceipt(number int64) (*erasure.Receipt, error) {
	var data string
	err := found(t.row("SELECT data FROM receipt WHERE erasure = ? ORDER BY amendment DESC LIMIT 1", number).Scan(&data))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	last := new(erasure.Receipt)
	if err == nil {
		err = json.Unmarshal([]byte(data), last)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the last receipt: %w", err)
	}
	return last, nil
}

func (t *tx) keepReceipt(e Erasure, r erasure.Receipt) error {
	data, err := json.Marshal(r)
	if err == nil {
		err = t.noteOutcome(e, r.Held, map[string]string{audit.CommitReceipt: audit.Commitment(data)})
	}
	if err == nil {
		err = t.exec("INSERT INTO receipt (erasure, amendment, made, entry, data) VALUES (?, ?, ?, ?, ?)", r.Erasure, r.Amendment, ms(t.now), t.w.tree.Size()-1, string(data))
	}
	if err != nil {
		return fmt.Errorf("keeping the receipt: %w", err)
	}
	return nil
}
