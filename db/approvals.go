package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// ApproveErasure is the second pair of eyes (law L6). hash is the manifest that the approver read: if more came under the request
// since, the approval lapses with ErrLapsed, if an alias was joined or parted with ErrAliases, if a service was linked with ErrLinked, and
// nothing is scheduled.
func (s *Store) ApproveErasure(ctx context.Context, by audit.Actor, number int64, hash string) error {
	return s.ApproveErasures(ctx, by, Read{number: hash})
}

func (t *tx) approve(number int64, hash string) error {
	e, err := t.request(number)
	if err != nil {
		return err
	}
	switch {
	case e.State != erasure.Proposed:
		return ErrMoved
	case e.Proposer == t.by:
		return ErrFourEyes
	case e.ManifestHash != hash:
		return ErrLapsed
	}
	if err := errors.Join(t.unchanged(e), t.sameAliases(e)); err != nil {
		return err
	}
	if err := t.noteWith(audit.ErasureApproved, audit.ObjectOf(audit.KindErasure, number), t.manifestCounts(e.Manifest), map[string]string{audit.CommitManifest: hash}); err != nil {
		return err
	}
	return t.schedule(number, string(t.by))
}

// unchanged checks that no more comes under a request than its manifest shows: no record, and no service that was linked since.
func (t *tx) unchanged(e Erasure) error {
	if err := t.sameCalls(e); err != nil {
		return err
	}
	var customer int64
	err := t.row("SELECT number FROM customer WHERE name = ?", e.Subject).Scan(&customer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	held, err := t.holdings(customer, e.Cutoff, e.Service)
	if err != nil {
		return err
	}
	if e.Manifest.Grown(lines(held, e.without())) {
		return ErrLapsed
	}
	return nil
}

// sameCalls checks that no service was linked since which the proposer would have had to leave out with a reason. What an application files
// reaches what it reached when it was accepted.
func (t *tx) sameCalls(e Erasure) error {
	if e.Origin != "console" {
		return nil
	}
	now, err := t.calls(nil, e.without())
	if err != nil {
		return fmt.Errorf("listing linked services: %w", err)
	}
	for _, n := range now {
		if !slices.Contains(e.Manifest.Calls, n) {
			return ErrLinked
		}
	}
	return nil
}

// RefreshErasure takes a new cut-off and a new manifest for a request that waits and those beside it, so that what arrived meanwhile and who
// was joined meanwhile is covered. Whoever asks for it becomes the proposer: they set what is erased, so somebody else has to approve it.
func (s *Store) RefreshErasure(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		e, err := t.request(number)
		if err != nil {
			return err
		}
		if e.State != erasure.Proposed || e.Origin != "console" {
			return ErrMoved
		}
		return t.refreshTogether(e)
	})
}

func (t *tx) refresh(e Erasure) error {
	customer, err := t.numberOf(e.Subject)
	if err != nil {
		return err
	}
	var held []Holding
	if customer != 0 { // 0 would be those without an ID
		held, err = t.holdings(customer, t.w.seq, 0)
	}
	if err != nil {
		return err
	}
	m, err := t.manifestOf(e.Subject, held, nil, e.without())
	if err != nil {
		return err
	}
	if customer == 0 && len(m.Calls) == 0 {
		return ErrNotFound // its last record has gone meanwhile
	}
	err = t.exec("UPDATE erasure SET cutoff = ?, manifest = ?, manifest_hash = ?, proposed = ?, proposer = ? WHERE number = ?", m.Cutoff, string(m.JSON()), m.Hash(), ms(t.now), string(t.by), e.Number)
	if err == nil {
		err = t.exec("DELETE FROM part WHERE erasure = ?", e.Number)
	}
	if err == nil {
		err = t.proposeParts(e.Number, nil, m)
	}
	if err != nil {
		return fmt.Errorf("taking a new cut-off: %w", err)
	}
	return t.noteWith(audit.ErasureRefreshed, audit.ObjectOf(audit.KindErasure, e.Number), t.manifestCounts(m), t.commitments(m, nil))
}

// Told is what the person is told when nothing is done: the parts of Art. 12(4).
type Told struct {
	Explanation string `json:"explanation"`
	Authority   string `json:"authority"` // where to complain
	Complaint   bool   `json:"complaint"` // told of the right to complain
	Remedy      bool   `json:"remedy"`    // told of the way to a court
}

// RefuseErasure ends a proposed request with a code of erasure.Refusals. The proposer cannot refuse: that is WithdrawErasure.
func (s *Store) RefuseErasure(ctx context.Context, by audit.Actor, number int64, ground string, told Told) error {
	return s.write(ctx, by, func(t *tx) error {
		e, err := t.request(number)
		if err != nil {
			return err
		}
		if e.Proposer == by {
			return ErrFourEyes
		}
		if err := t.drop(e, erasure.Refused, ground, audit.ErasureRefused); err != nil {
			return err
		}
		return t.tell(number, told)
	})
}

// WithdrawErasure takes a request back before it runs.
func (s *Store) WithdrawErasure(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		e, err := t.request(number)
		if err != nil {
			return err
		}
		return t.drop(e, erasure.Withdrawn, nil, audit.ErasureWithdrawn)
	})
}

func (t *tx) tell(number int64, told Told) error {
	raw, err := json.Marshal(told)
	if err != nil {
		return err
	}
	if err := t.exec("UPDATE erasure SET refused = ? WHERE number = ?", t.s.keys.seal("erasure refusal", number, raw), number); err != nil {
		return fmt.Errorf("keeping what the person is told: %w", err)
	}
	return nil
}

// drop ends a request without effect. Its customer ID and note go at once, its reference stays.
func (t *tx) drop(e Erasure, state erasure.State, ground any, event audit.Event) error {
	if err := t.move(e.Number, state); err != nil {
		return err
	}
	if err := t.exec("UPDATE erasure SET subject = NULL, note = NULL, ended = ?, refusal = ? WHERE number = ?", ms(t.now), ground, e.Number); err != nil {
		return fmt.Errorf("ending the erasure: %w", err)
	}
	return t.note(event, audit.ObjectOf(audit.KindErasure, e.Number), nil)
}
