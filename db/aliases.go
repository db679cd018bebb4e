package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
)

// Evidence is by what two customer IDs were proposed to belong to one data subject. Its place in the list is its number in the audit
// trail: new ones go to the end.
type Evidence string

// The kinds of evidence, the strongest first.
const (
	SameUser    Evidence = "user"    // a message of one names the other as its user_id
	SameTail    Evidence = "tail"    // they differ only by the prefix of an integration
	SameSession Evidence = "session" // one conversation bears both
)

var evidences = []Evidence{SameUser, SameTail, SameSession}

// Alias is another customer ID of a data subject, as a person confirmed it.
type Alias struct {
	Subject
	Records   int64
	Evidence  Evidence
	Confirmed time.Time
	By        audit.Actor
}

// Aliases lists the other customer IDs of a data subject, in the order in which they came to it; none for an ID that nobody has joined.
func (s *Store) Aliases(ctx context.Context, id string) ([]Alias, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT c.name, c.ref, (SELECT count(*) FROM label l WHERE l.customer = c.number), a.evidence, a.confirmed, a.actor
		FROM alias a JOIN customer c ON c.number = a.customer
		WHERE a.person = (SELECT person FROM alias WHERE customer = (SELECT number FROM customer WHERE name = ?)) AND c.name <> ? ORDER BY a.confirmed, c.number`, id, id)
	var out []Alias
	err = each(rows, err, func() error {
		var a Alias
		var ref []byte
		var confirmed int64
		err := rows.Scan(&a.ID, &ref, &a.Records, &a.Evidence, &confirmed, &a.By)
		a.Ref, a.Confirmed = refOf(ref), at(confirmed)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing aliases: %w", err)
	}
	return out, nil
}

// JoinAlias writes down that a person confirmed two customer IDs to belong to one data subject. What each of them was joined with before
// comes along. ErrNotFound where one has no record any more; ErrMoved where they are joined already.
func (s *Store) JoinAlias(ctx context.Context, by audit.Actor, one, other Ref, evidence Evidence) error {
	if !slices.Contains(evidences, evidence) {
		return ErrNotFound
	}
	return s.write(ctx, by, func(t *tx) error {
		a, err := t.customerOf(one)
		if err != nil {
			return err
		}
		b, err := t.customerOf(other)
		if err != nil {
			return err
		}
		if err := t.joinCustomers(a, b, evidence); err != nil {
			return err
		}
		return t.note(audit.AliasConfirmed, "", map[string]int64{audit.CountReason: int64(slices.Index(evidences, evidence) + 1)})
	})
}

func (t *tx) customerOf(ref Ref) (number int64, err error) {
	raw, err := ref.raw()
	if err != nil {
		return 0, err
	}
	return number, found(t.row("SELECT number FROM customer WHERE ref = ?", raw).Scan(&number))
}

// personOf is the number that the aliases of a customer share, 0 where nobody has joined it.
func (t *tx) personOf(customer int64) (person int64, err error) {
	err = t.row("SELECT person FROM alias WHERE customer = ?", customer).Scan(&person)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return person, err
}

func (t *tx) joinCustomers(a, b int64, evidence Evidence) error {
	one, err := t.personOf(a)
	if err != nil {
		return err
	}
	other, err := t.personOf(b)
	if err != nil {
		return err
	}
	if a == b || one != 0 && one == other {
		return ErrMoved
	}
	into := one
	if one == 0 {
		if into = other; other == 0 {
			if err := t.row("SELECT coalesce(max(person), 0) + 1 FROM alias").Scan(&into); err != nil {
				return err
			}
		}
	}
	for _, customer := range []int64{a, b} {
		err := t.exec("INSERT INTO alias (customer, person, evidence, confirmed, actor) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			customer, into, string(evidence), ms(t.now), string(t.by))
		if err != nil {
			return fmt.Errorf("joining customer IDs: %w", err)
		}
	}
	if other != 0 && other != into {
		if err := t.exec("UPDATE alias SET person = ? WHERE person = ?", into, other); err != nil {
			return fmt.Errorf("joining customer IDs: %w", err)
		}
	}
	return t.keepAlias(into)
}

// UndoAlias takes a customer ID from the others of its data subject again. ErrMoved where it is not joined.
func (s *Store) UndoAlias(ctx context.Context, by audit.Actor, ref Ref) error {
	return s.write(ctx, by, func(t *tx) error {
		customer, err := t.customerOf(ref)
		if err != nil {
			return err
		}
		n, err := t.change("DELETE FROM alias WHERE customer = ?", customer)
		if err != nil {
			return fmt.Errorf("parting customer IDs: %w", err)
		}
		if n == 0 {
			return ErrMoved
		}
		return t.note(audit.AliasUndone, "", nil)
	})
}
