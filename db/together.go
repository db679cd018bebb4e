package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// A data subject with aliases is erased by one request for each of its IDs, proposed in one step: services elsewhere take one ID a call, and
// each ID has its own manifest, cut-off, receipt and line in the ledger. What belongs together is approved together.

// known is a customer ID with its number.
type known struct {
	number int64
	name   string
}

// person lists the aliases of a customer, without itself.
func (t *tx) person(customer int64) (out []known, err error) {
	rows, err := t.rows(`SELECT c.number, c.name FROM alias a JOIN customer c ON c.number = a.customer
		WHERE a.person = (SELECT person FROM alias WHERE customer = ?) AND a.customer <> ? ORDER BY a.confirmed, c.number`, customer, customer)
	err = each(rows, err, func() error {
		var k known
		err := rows.Scan(&k.number, &k.name)
		out = append(out, k)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing aliases: %w", err)
	}
	return out, nil
}

// proposeBeside proposes the same for other IDs as a request does, and keeps all of them together. An ID of which nothing would be erased,
// and for which nobody would be called, gets no request.
func (t *tx) proposeBeside(e Erasure, others []known, p Proposal) error {
	for _, k := range others {
		number, _, err := t.proposeFor(k, p)
		if errors.Is(err, ErrNoSubject) {
			continue
		}
		if err != nil {
			return err
		}
		if err := t.keepTogether(e.Number, number); err != nil {
			return err
		}
	}
	return nil
}

// keepTogether gives a request what it shares with those beside another one.
func (t *tx) keepTogether(one, other int64) error {
	err := t.exec("UPDATE erasure SET together = coalesce((SELECT together FROM erasure WHERE number = ?), "+unshared+") WHERE number IN (?, ?)", one, one, other)
	if err != nil {
		return fmt.Errorf("keeping requests together: %w", err)
	}
	return nil
}

// takeApart takes requests from those beside them. Several of them stay together among themselves: they may still be about one person.
func (t *tx) takeApart(parted []int64) error {
	if len(parted) == 0 {
		return nil
	}
	err := t.exec("UPDATE erasure SET together = NULL WHERE number = ?", parted[0])
	for _, number := range parted[1:] {
		if err == nil {
			err = t.keepTogether(parted[0], number)
		}
	}
	if err != nil {
		return fmt.Errorf("taking requests apart: %w", err)
	}
	return nil
}

// unshared is a number that no requests share. It is none of a request, which may have left those that it once was the first of.
const unshared = "(SELECT min(coalesce(min(together), 0), 0) - 1 FROM erasure)"

// Together lists the requests that were proposed in one step with another one, itself included, by number; none for one that stands alone.
func (s *Store) Together(ctx context.Context, number int64) ([]Erasure, error) {
	return s.keys.scanErasures(s.readers.QueryContext(ctx, erasureColumns+togetherWhere, number))
}

const togetherWhere = "WHERE together = (SELECT together FROM erasure WHERE number = ?) ORDER BY number"

func (t *tx) together(number int64) ([]Erasure, error) {
	return t.s.keys.scanErasures(t.rows(erasureColumns+togetherWhere, number))
}

// Read is what an approver read: the hash of the manifest of each request.
type Read map[int64]string

// ApproveErasures approves all of some requests or none; each as ApproveErasure does.
func (s *Store) ApproveErasures(ctx context.Context, by audit.Actor, read Read) error {
	return s.write(ctx, by, func(t *tx) error {
		for _, number := range slices.Sorted(maps.Keys(read)) {
			if err := t.approve(number, read[number]); err != nil {
				return err
			}
		}
		return nil
	})
}

// aliasChange finds the aliases that have no request beside this one though one would be proposed, and the waiting requests beside it whose
// ID is an alias no longer. An ID whose last record has gone meanwhile is no change. What an application files is about its one ID.
func (t *tx) aliasChange(e Erasure) (joined []known, parted []int64, err error) {
	customer, err := t.numberOf(e.Subject)
	if err != nil || customer == 0 || e.Origin != "console" {
		return nil, nil, err
	}
	aliases, err := t.person(customer)
	if err != nil {
		return nil, nil, err
	}
	beside, err := t.together(e.Number)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range aliases {
		ref := hex.EncodeToString(t.s.keys.reference(k.name))
		if slices.ContainsFunc(beside, func(b Erasure) bool { return b.Reference == ref }) {
			continue
		}
		due, err := t.covers(e, k.number)
		if err != nil {
			return nil, nil, err
		}
		if due {
			joined = append(joined, k)
		}
	}
	for _, b := range beside {
		if b.State != erasure.Proposed || b.Subject == e.Subject || slices.ContainsFunc(aliases, func(k known) bool { return k.name == b.Subject }) {
			continue
		}
		n, err := t.numberOf(b.Subject)
		if err != nil {
			return nil, nil, err
		}
		if n != 0 {
			parted = append(parted, b.Number)
		}
	}
	return joined, parted, nil
}

// numberOf is the number of a customer ID, 0 where no record bears it.
func (t *tx) numberOf(name string) (n int64, err error) {
	err = t.row("SELECT number FROM customer WHERE name = ?", name).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// covers tells whether a request like this one would take anything of a customer, or call anybody for it.
func (t *tx) covers(e Erasure, customer int64) (bool, error) {
	if len(e.Manifest.Calls) > 0 {
		return true, nil
	}
	held, err := t.holdings(customer, e.Cutoff, 0)
	return len(lines(held, e.without())) > 0, err
}

// without are the services that the proposer left out, and why.
func (e Erasure) without() map[int64]string {
	out := map[int64]string{}
	for _, st := range e.Manifest.Stay {
		out[st.Service] = st.Why
	}
	return out
}

// refreshTogether takes a new cut-off for a request and those beside it, and brings them in line with the aliases of the subject: who was
// joined since gets a request too, and the request of one who was parted is beside it no longer.
func (t *tx) refreshTogether(e Erasure) error {
	beside, err := t.together(e.Number)
	if err != nil {
		return err
	}
	for _, b := range beside {
		if b.Number == e.Number || b.State != erasure.Proposed {
			continue
		}
		if err := t.refresh(b); err != nil && !errors.Is(err, ErrNotFound) { // its last record has gone meanwhile
			return err
		}
	}
	if err := t.refresh(e); err != nil {
		return err
	}
	if e, err = t.request(e.Number); err != nil {
		return err
	}
	joined, parted, err := t.aliasChange(e)
	if err != nil {
		return err
	}
	if err := t.takeApart(parted); err != nil {
		return err
	}
	if err := t.proposeBeside(e, joined, Proposal{Ground: e.Ground, Note: e.Note, Without: e.without()}); err != nil {
		return err
	}
	return t.linkBeside(e.Number)
}
