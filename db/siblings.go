package db

import (
	"context"
	"fmt"

	"quittance/db/label"
)

// noteSibling remembers an ID beside a request if the service holds records of it. Only its keyed hash is kept, and it goes when the ID goes
// (the trigger customer_gone): it is shown for as long as the store knows the ID anyhow.
func (t *tx) noteSibling(number, service int64, sibling label.ID) error {
	customer, err := t.numberOf(sibling.String())
	if err != nil || customer == 0 {
		return err
	}
	if held, err := t.holdings(customer, t.w.seq, service); err != nil || len(held) == 0 {
		return err
	}
	if err := t.exec("UPDATE erasure SET sibling = ? WHERE number = ?", t.s.keys.subject(sibling), number); err != nil {
		return fmt.Errorf("keeping the ID beside the request: %w", err)
	}
	return nil
}

// Sibling is the ID that a request did not name and may have meant, with how many records its service holds of it now. ErrNotFound where
// there is none, or none any more.
func (s *Store) Sibling(ctx context.Context, e Erasure) (sub Subject, records int64, err error) {
	var ref []byte
	err = s.readers.QueryRowContext(ctx, "SELECT c.name, c.ref FROM erasure e JOIN customer c ON c.ref = e.sibling WHERE e.number = ?", e.Number).Scan(&sub.ID, &ref)
	if err != nil {
		return sub, 0, found(err)
	}
	sub.Ref = refOf(ref)
	held, err := s.Holdings(ctx, RecordQuery{Subject: sub.ID, Services: []int64{e.Service}})
	for _, h := range held {
		records += h.Records
	}
	if err == nil && records == 0 {
		err = ErrNotFound // its records lie in other services: this request had nothing to do with them
	}
	return sub, records, err
}
