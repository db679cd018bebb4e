package db

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// PastErasure is what the house knows of one erasure of a customer ID.
type PastErasure struct {
	Number   int64
	State    erasure.State // "" = only the ledger knows of it: the database is older
	Service  int64         // the one that it covers; 0 = not only one
	Accepted time.Time     // by API when it was filed, in the console when it was approved
	Ended    time.Time     // zero = not yet
}

// Answer is what "was this ID erased?" comes to. Nothing else about the ID is known here once it has gone.
type Answer struct {
	Erasures []PastErasure // accepted ones, newest first
	Since    time.Time     // when the ledger begins: of what was before nothing is known
}

// Asked is Answer for somebody who asks it, which is written down as an access. The ID itself is kept nowhere: what is compared is its
// keyed hash (K2).
func (s *Store) Asked(ctx context.Context, user int64, id label.ID) (a Answer, err error) {
	err = s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		var number int64
		err := t.row("INSERT INTO access (user, act, purpose, at) VALUES (?, 'search', 'was it erased', ?) RETURNING number", user, ms(t.now)).Scan(&number)
		if err != nil {
			return fmt.Errorf("writing down a question: %w", err)
		}
		return t.note(audit.ErasureAsked, audit.ObjectOf(audit.KindAccess, number), nil)
	})
	if err != nil {
		return a, err
	}
	return s.WasErased(ctx, id)
}

// WasErased answers from the requests and from the ledger, which remembers what a database that was restored does not.
func (s *Store) WasErased(ctx context.Context, id label.ID) (a Answer, err error) {
	ref := s.keys.reference(id.String())
	if a.Since, err = s.ledgerBegins(ctx); err != nil {
		return a, err
	}
	list, err := s.keys.scanErasures(s.readers.QueryContext(ctx, erasureColumns+"WHERE ref = ? AND "+accepted+" IS NOT NULL ORDER BY number DESC", ref))
	if err != nil {
		return a, fmt.Errorf("looking for erasures of an ID: %w", err)
	}
	there := map[int64]bool{}
	for _, e := range list {
		there[e.Number] = true
		a.Erasures = append(a.Erasures, PastErasure{Number: e.Number, State: e.State, Service: e.Service, Accepted: e.accepted(), Ended: e.Ended})
	}
	for _, v := range s.writer.ledger.about(hex.EncodeToString(ref)) {
		_, err := s.Erasure(ctx, v.number) // one that was withdrawn is in the ledger too
		if errors.Is(err, ErrNotFound) && !there[v.number] {
			a.Erasures = append(a.Erasures, PastErasure{Number: v.number, Accepted: v.accepted})
		} else if err != nil {
			return a, err
		}
	}
	return a, nil
}

func (e Erasure) accepted() time.Time {
	if e.Origin == "api" {
		return e.Proposed
	}
	return e.Approved
}

// ledgerBegins is when the store was made: from then on each accepted erasure stands in the ledger.
func (s *Store) ledgerBegins(ctx context.Context) (time.Time, error) {
	var first int64
	err := s.readers.QueryRowContext(ctx, "SELECT time FROM leaf WHERE number = 0").Scan(&first)
	return at(first), err
}

// acceptance is what is remembered of a line of the ledger.
type acceptance struct {
	number   int64
	accepted time.Time
}

// remember keeps the acceptance that a line tells of by its reference, for those who ask whether an ID was erased.
func (l *ledger) remember(v ledgerLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v.entry().end {
		return
	}
	l.byRef[v.Ref] = append(l.byRef[v.Ref], acceptance{v.Erasure, v.Accepted})
}

// about gives the lines of a reference, oldest first.
func (l *ledger) about(ref string) []acceptance {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]acceptance(nil), l.byRef[ref]...)
}
