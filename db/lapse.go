package db

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"quittance/db/erasure"
)

// Lapsed says why an approval does not stand, and what has changed since the manifest that was read. errors.Is finds its reasons in it:
// ErrLapsed, ErrAliases, ErrLinked.
type Lapsed struct {
	Erasure  int64 // of several that were approved together, the one that has changed
	Replaced bool  // its manifest was replaced by a new one, which can be approved once it was read
	Changes  []erasure.Change
	Joined   []Subject // IDs that became aliases since
	Parted   []int64   // requests beside it whose IDs are aliases no longer
	reasons  []error
}

// Error is the first reason.
func (l *Lapsed) Error() string { return l.reasons[0].Error() }

// Unwrap gives the reasons.
func (l *Lapsed) Unwrap() []error { return l.reasons }

// replaced is for an approver who read a manifest that is the request's no longer.
func (t *tx) replaced(e Erasure) error {
	l := &Lapsed{Erasure: e.Number, Replaced: true, reasons: []error{ErrLapsed}}
	before, err := previous(t.row("SELECT previous FROM erasure WHERE number = ?", e.Number))
	if err != nil {
		return err
	}
	if before != nil {
		l.Changes = before.Changes(e.Manifest)
	}
	return l
}

// unchanged checks that no more comes under a request than its manifest shows: no record, no other person's ID on one, no service that was
// linked since, no ID that was joined since; and that none was parted, which would go for no reason. What shrank is no change.
func (t *tx) unchanged(e Erasure) error {
	now, err := t.manifestNow(e)
	if err != nil {
		return err
	}
	l := &Lapsed{Erasure: e.Number, Changes: e.Manifest.Changes(now)}
	joined, parted, err := t.aliasChange(e)
	if err != nil {
		return err
	}
	l.Parted = parted
	for _, k := range joined {
		l.Joined = append(l.Joined, Subject{ID: k.name, Ref: refOf(mac(t.s.keys.K1, []byte("subject"), []byte(k.name))[:10])})
	}
	if len(joined)+len(parted) > 0 {
		l.reasons = append(l.reasons, ErrAliases)
	}
	if slices.ContainsFunc(l.Changes, func(c erasure.Change) bool { return c.Called }) {
		l.reasons = append(l.reasons, ErrLinked)
	}
	if slices.ContainsFunc(l.Changes, func(c erasure.Change) bool { return !c.Called && c.Grew() }) {
		l.reasons = append(l.reasons, ErrLapsed)
	}
	if l.reasons == nil {
		return nil
	}
	return l
}

// manifestNow counts again what a request takes up to its own cut-off. What an application files reaches what it reached when it was accepted.
func (t *tx) manifestNow(e Erasure) (now erasure.Manifest, err error) {
	now.Calls = e.Manifest.Calls
	if e.Origin == "console" {
		if now.Calls, err = t.calls(nil, e.without()); err != nil {
			return now, fmt.Errorf("listing linked services: %w", err)
		}
	}
	customer, err := t.numberOf(e.Subject)
	if err != nil || customer == 0 {
		return now, err
	}
	held, err := t.holdings(customer, e.Cutoff, e.Service)
	now.Go = lines(held, e.without())
	return now, err
}

// previous reads the manifest before a request's own, nil where there is none.
func previous(row scanner) (*erasure.Manifest, error) {
	var text sql.NullString
	if err := row.Scan(&text); err != nil || !text.Valid {
		return nil, found(err)
	}
	m := new(erasure.Manifest)
	if err := json.Unmarshal([]byte(text.String), m); err != nil {
		return nil, errors.Join(ErrCorrupt, err)
	}
	return m, nil
}
