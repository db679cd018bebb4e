package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// bulkChunk is how many requests of a list one transaction makes or moves: some tens of milliseconds.
const bulkChunk = 50

// bulkPatience is how long whoever asks for a step waits for it; what is not done by then goes on behind them.
const bulkPatience = 10 * time.Second

// ListProposal is what a person asks for a list.
type ListProposal struct {
	Ground string
	Note   string // likewise for each of its requests
	Linked bool   // call linked services for IDs that are not known here
}

// ProposeList proposes the erasure of all IDs of a list that the person typed, with one request for each; the aliases of an ID get theirs,
// like everywhere. It returns when all have one, or some time later while that goes on.
func (s *Store) ProposeList(ctx context.Context, user int64, token string, p ListProposal) (number int64, err error) {
	by := audit.ActorOf("user", user)
	err = s.write(ctx, by, func(t *tx) error {
		err := t.row("SELECT number FROM bulk WHERE token = ? AND user = ? AND state = 'list' AND expires > ?", token, user, ms(t.now)).Scan(&number)
		if err != nil {
			return found(err)
		}
		var note any
		if p.Note != "" {
			note = s.keys.seal("bulk note", number, []byte(p.Note))
		}
		err = t.exec("UPDATE bulk SET state = 'collecting', ground = ?, note = ?, linked = ?, proposer = ?, mover = ? WHERE number = ?", p.Ground, note, p.Linked, string(by), string(by), number)
		if err != nil {
			return fmt.Errorf("proposing a list: %w", err)
		}
		return t.note(audit.BulkProposed, audit.ObjectOf(audit.KindBulk, number), nil)
	})
	if err != nil {
		return 0, err
	}
	return number, s.carryFor(number)
}

// ApproveBulk approves all requests of a list that wait. hash is over the manifests that the approver read (BulkSums): ErrLapsed when it is
// not that of now. The decision is on the disk when it returns; what it means for each request is carried out chunk by chunk, after a crash
// too, and each is in the ledger before its chunk is answered for. A request that changed since stays proposed, and is counted.
func (s *Store) ApproveBulk(ctx context.Context, by audit.Actor, number int64, hash string) error {
	return s.decide(ctx, by, number, erasure.BulkApproving, func(t *tx, b Bulk) error {
		now, n, err := waitingHash(t.rows(waitingSQL, number))
		switch {
		case err != nil:
			return err
		case b.Proposer == by:
			return ErrFourEyes
		case now != hash || n == 0:
			return ErrLapsed
		}
		if err := t.exec("UPDATE bulk SET approver = ? WHERE number = ?", string(by), number); err != nil {
			return fmt.Errorf("approving a list: %w", err)
		}
		return t.noteWith(audit.BulkApproved, audit.ObjectOf(audit.KindBulk, number), map[string]int64{audit.CountErasures: n}, map[string]string{audit.CommitManifest: hash})
	})
}

// RefuseBulk refuses all requests of a list that wait, as RefuseErasure does one.
func (s *Store) RefuseBulk(ctx context.Context, by audit.Actor, number int64, ground string, told Told) error {
	raw, err := json.Marshal(told)
	if err != nil {
		return err
	}
	return s.decide(ctx, by, number, erasure.BulkRefusing, func(t *tx, b Bulk) error {
		if b.Proposer == by {
			return ErrFourEyes
		}
		if err := t.exec("UPDATE bulk SET refusal = ?, told = ? WHERE number = ?", ground, s.keys.seal("bulk told", number, raw), number); err != nil {
			return fmt.Errorf("refusing a list: %w", err)
		}
		return t.note(audit.BulkRefused, audit.ObjectOf(audit.KindBulk, number), nil)
	})
}

// WithdrawBulk takes all requests of a list back that do not run yet.
func (s *Store) WithdrawBulk(ctx context.Context, by audit.Actor, number int64) error {
	return s.decide(ctx, by, number, erasure.BulkWithdrawing, func(t *tx, b Bulk) error {
		return t.note(audit.BulkWithdrawn, audit.ObjectOf(audit.KindBulk, number), nil)
	})
}

// decide writes a decision down and sets out to carry it out.
func (s *Store) decide(ctx context.Context, by audit.Actor, number int64, next erasure.BulkState, mark func(*tx, Bulk) error) error {
	err := s.write(ctx, by, func(t *tx) error {
		b, err := t.bulk(number)
		if err != nil {
			return err
		}
		if !b.State.May(next) {
			return ErrMoved
		}
		if err := mark(t, b); err != nil {
			return err
		}
		return t.exec("UPDATE bulk SET state = ?, mover = ?, decided = ?, done = 0, skipped = 0 WHERE number = ?", string(next), string(by), ms(t.now), number)
	})
	if err != nil {
		return err
	}
	return s.carryFor(number)
}

// carryFor carries a step out in the background and waits for it as long as a person would.
func (s *Store) carryFor(number int64) error {
	done := make(chan error, 1)
	s.keeping.Add(1)
	go func() {
		defer s.keeping.Done()
		done <- s.carry(number)
	}()
	wait := time.NewTimer(bulkPatience)
	defer wait.Stop()
	select {
	case err := <-done:
		return err
	case <-wait.C:
		return nil
	}
}

// takeUpBulks goes on with the steps that a crash or the end of the process has cut off.
func (s *Store) takeUpBulks() {
	open, err := scanned[int64](s.readers.QueryContext(context.Background(), "SELECT number FROM bulk WHERE state IN ('collecting','approving','refusing','withdrawing') ORDER BY number"))
	for _, number := range open {
		if err == nil {
			err = s.carry(number)
		}
	}
}

// carry takes a list through its step, one transaction for each chunk. What is done stands on the list in the same transaction.
func (s *Store) carry(number int64) error {
	ctx := context.Background()
	b, err := s.Bulk(ctx, number)
	if err != nil {
		return err
	}
	var ids []label.Line
	if b.State == erasure.BulkCollecting {
		if ids, err = s.listed(ctx, number); err != nil {
			return err
		}
	}
	for {
		select {
		case <-s.ending:
			return errClosed // the next start goes on
		default:
		}
		err := s.write(ctx, b.mover, func(t *tx) error { return t.bulkStep(number, ids) })
		if errors.Is(err, errBulkDone) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("going on with list %d: %w", number, err)
		}
	}
}

func (s *Store) listed(ctx context.Context, number int64) ([]label.Line, error) {
	var sealed []byte
	var csv bool
	if err := s.readers.QueryRowContext(ctx, "SELECT list, csv FROM bulk WHERE number = ?", number).Scan(&sealed, &csv); err != nil {
		return nil, found(err)
	}
	l, err := s.keys.openList(number, sealed, csv)
	return l.Valid, err
}

// bulkStep does one chunk of what the list is at; errBulkDone when it rests.
func (t *tx) bulkStep(number int64, ids []label.Line) error {
	b, err := t.bulk(number)
	if err != nil {
		return err
	}
	t.by = b.mover // of this step: whoever carries the list out may have set out with the one before
	t.touch(audit.ObjectOf(audit.KindBulk, number))
	switch b.State {
	case erasure.BulkCollecting:
		return t.collect(b, ids)
	case erasure.BulkApproving, erasure.BulkRefusing, erasure.BulkWithdrawing:
		return t.carryOut(b)
	}
	return errBulkDone
}

// collect proposes the next IDs of a list. With the last one the list itself is let go of.
func (t *tx) collect(b Bulk, ids []label.Line) error {
	next := min(b.Done+bulkChunk, int64(len(ids)))
	for _, l := range ids[min(b.Done, next):next] {
		proposed, err := t.proposeLine(b, l.ID.String())
		if err != nil {
			return err
		}
		b.Skipped += btoi(!proposed)
	}
	if err := t.exec("UPDATE bulk SET done = ?, skipped = ? WHERE number = ?", next, b.Skipped, b.Number); err != nil {
		return fmt.Errorf("keeping how far a list is: %w", err)
	}
	if next < int64(len(ids)) {
		return nil
	}
	err := t.exec(`UPDATE bulk SET state = CASE WHEN EXISTS (SELECT 1 FROM erasure WHERE bulk = ?1) THEN 'proposed' ELSE 'withdrawn' END,
		list = NULL, note = NULL, proposed = ?2 WHERE number = ?1`, b.Number, ms(t.now))
	if err == nil {
		err = t.exec("DELETE FROM bulk_ref WHERE bulk = ?", b.Number)
	}
	if err != nil {
		return fmt.Errorf("ending a list: %w", err)
	}
	return nil
}

// proposeLine gives an ID its request, and the aliases of the same person theirs, unless they have one of this list.
func (t *tx) proposeLine(b Bulk, name string) (bool, error) {
	number, err := t.numberOf(name)
	if err != nil || number == 0 && !b.Linked {
		return false, err
	}
	first, err := t.member(b, known{number, name})
	if err != nil || first == 0 || number == 0 {
		return first != 0, err
	}
	others, err := t.person(number)
	if err != nil {
		return true, err
	}
	for _, k := range others {
		other, err := t.member(b, k)
		if err == nil && other != 0 {
			err = t.keepTogether(first, other)
		}
		if err != nil {
			return true, err
		}
	}
	return true, nil
}

// member is the request of an ID on a list, which is made if it has none; 0 where nothing would be erased and nobody called.
func (t *tx) member(b Bulk, k known) (number int64, err error) {
	err = t.row("SELECT coalesce(max(number), 0) FROM erasure INDEXED BY erasure_ref WHERE ref = ? AND bulk = ?", t.s.keys.reference(k.name), b.Number).Scan(&number)
	if err != nil || number != 0 {
		return number, err
	}
	number, _, err = t.proposeFor(k, Proposal{Ground: b.Ground, Note: b.note, bulk: b.Number})
	if errors.Is(err, ErrNoSubject) {
		return 0, nil
	}
	if err == nil {
		err = t.exec("UPDATE erasure SET bulk = ? WHERE number = ?", b.Number, number)
	}
	return number, err
}

// carryOut moves the next requests of a list as it was decided. Those that do not allow it any more are left as they are, and counted.
func (t *tx) carryOut(b Bulk) error {
	open := "+state = 'proposed'" // by the list's own index
	if b.State == erasure.BulkWithdrawing {
		open = "+state IN ('proposed','scheduled')"
	}
	next, err := t.s.keys.scanErasures(t.rows(erasureColumns+"WHERE bulk = ? AND number > ? AND "+open+" ORDER BY number LIMIT ?", b.Number, b.Done, bulkChunk))
	if err != nil {
		return err
	}
	for _, e := range next {
		err := t.carryOne(b, e)
		switch {
		case errors.Is(err, ErrLapsed), errors.Is(err, ErrAliases), errors.Is(err, ErrLinked), errors.Is(err, ErrFourEyes), errors.Is(err, ErrMoved):
			b.Skipped++ // nothing was written for it
		case err != nil:
			return err
		}
		b.Done = e.Number
	}
	if err := t.exec("UPDATE bulk SET done = ?, skipped = ? WHERE number = ?", b.Done, b.Skipped, b.Number); err != nil {
		return fmt.Errorf("keeping how far a list is: %w", err)
	}
	if len(next) == bulkChunk {
		return nil
	}
	return t.endStep(b)
}

func (t *tx) carryOne(b Bulk, e Erasure) error {
	switch b.State {
	case erasure.BulkApproving:
		return t.approve(e.Number, e.ManifestHash)
	case erasure.BulkRefusing:
		if e.Proposer == t.by {
			return ErrFourEyes
		}
		if err := t.drop(e, erasure.Refused, b.Refusal, audit.ErasureRefused); err != nil {
			return err
		}
		return t.tell(e.Number, b.told)
	}
	return t.drop(e, erasure.Withdrawn, nil, audit.ErasureWithdrawn)
}

// endStep is when all requests of a list were looked at. Where some still wait, the list waits with them.
func (t *tx) endStep(b Bulk) error {
	var waiting, going bool
	err := t.row(`SELECT EXISTS (SELECT 1 FROM erasure WHERE bulk = ?1 AND +state = 'proposed'),
		EXISTS (SELECT 1 FROM erasure WHERE bulk = ?1 AND state NOT IN ('proposed','refused','withdrawn'))`, b.Number).Scan(&waiting, &going)
	if err != nil {
		return err
	}
	next := map[erasure.BulkState]erasure.BulkState{erasure.BulkApproving: erasure.BulkApproved, erasure.BulkRefusing: erasure.BulkRefused, erasure.BulkWithdrawing: erasure.BulkWithdrawn}[b.State]
	switch {
	case waiting && b.State != erasure.BulkWithdrawing:
		next = erasure.BulkProposed
	case going && b.State == erasure.BulkWithdrawing:
		next = erasure.BulkApproved // what runs already goes on
	}
	if err := t.exec("UPDATE bulk SET state = ?, told = NULL WHERE number = ?", string(next), b.Number); err != nil {
		return fmt.Errorf("ending a step of a list: %w", err)
	}
	return nil
}
