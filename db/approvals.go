package db

import (
	"context"
	"encoding/json"
	"fmt"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// ApproveErasure is the second pair of eyes (law L6). hash is the manifest that the approver read: if more came under the request
// since, the approval lapses with ErrLapsed, if an alias was joined or parted with ErrAliases, if a service was linked with ErrLinked, each
// in a *Lapsed that says what has changed, and nothing is scheduled.
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
		return t.replaced(e)
	}
	if err := t.unchanged(e); err != nil {
		return err
	}
	if err := t.noteWith(audit.ErasureApproved, audit.ObjectOf(audit.KindErasure, number), t.manifestCounts(e.Manifest), map[string]string{audit.CommitManifest: hash}); err != nil {
		return err
	}
	return t.schedule(number, string(t.by))
}

// RefreshErasure takes a new cut-off and a new manifest for a request that waits and those beside it, so that what arrived meanwhile and who
// was joined meanwhile is covered. Whoever asks for it becomes the proposer: they set what is erased, so somebody else has to approve it.
// A request that an application filed keeps its cut-off and its proposer (law L2): it is only counted again.
func (s *Store) RefreshErasure(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		e, err := t.request(number)
		if err != nil {
			return err
		}
		if e.State != erasure.Proposed {
			return ErrMoved
		}
		if e.Origin != "console" {
			return t.recount(e)
		}
		return t.refreshTogether(e)
	})
}

func (t *tx) refresh(e Erasure) error {
	if err := t.atRest(e.Number); err != nil {
		return err
	}
	customer, err := t.numberOf(e.Subject)
	if err != nil {
		return err
	}
	held, err := t.heldBy(customer, t.w.seq)
	if err != nil {
		return err
	}
	m, err := t.manifestOf(customer, held, nil, e.without())
	if err != nil {
		return err
	}
	if customer == 0 && len(m.Calls) == 0 {
		return ErrNotFound // its last record has gone meanwhile
	}
	if err := t.exec("UPDATE erasure SET proposed = ?, proposer = ? WHERE number = ?", ms(t.now), string(t.by), e.Number); err != nil {
		return fmt.Errorf("taking a new cut-off: %w", err)
	}
	return t.replace(e, nil, m)
}

func (t *tx) recount(e Erasure) error {
	customer, err := t.numberOf(e.Subject)
	if err != nil {
		return err
	}
	held, err := t.heldBy(customer, e.Cutoff)
	if err != nil {
		return err
	}
	m, err := t.manifestUpTo(e.Cutoff, customer, held, e.Service, nil)
	if err != nil {
		return err
	}
	return t.replace(e, e.Service, m)
}

// replace gives a request another manifest, and keeps the one before beside it, so that an approver sees what has changed.
func (t *tx) replace(e Erasure, service any, m erasure.Manifest) error {
	err := t.exec("UPDATE erasure SET cutoff = ?, previous = manifest, manifest = ?, manifest_hash = ? WHERE number = ?", m.Cutoff, string(m.JSON()), m.Hash(), e.Number)
	if err == nil {
		err = t.exec("DELETE FROM part WHERE erasure = ?", e.Number)
	}
	if err == nil {
		err = t.proposeParts(e.Number, service, m)
	}
	if err != nil {
		return fmt.Errorf("replacing a manifest: %w", err)
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
	t.enterEnd(e.Number, state)
	return t.note(event, audit.ObjectOf(audit.KindErasure, e.Number), nil)
}
