package db

import (
	"context"
	"database/sql"
	"fmt"

	"quittance/db/audit"
	"quittance/db/label"
)

// NearMiss is a customer ID that is like another one and is not it: found, shown, and never included.
type NearMiss struct {
	Subject
	Records int64
	Differs []label.Difference
}

// nearMisses bounds how many are listed: whoever writes an ID in a thousand ways has shown what is to be seen in the first of them.
const nearMisses = 20

// NearMisses lists the customer IDs that differ from one only in what label.Fold folds, oldest first; more tells that there are others. It
// is one look into an index, however many customers there are. The ID itself need not be known here.
func (s *Store) NearMisses(ctx context.Context, id label.ID) (list []NearMiss, more bool, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT name, ref, (SELECT count(*) FROM label l WHERE l.customer = c.number) FROM customer c
		WHERE folded = ? AND name <> ? ORDER BY number LIMIT ?`, s.keys.folded(id), id.String(), nearMisses+1)
	err = each(rows, err, func() error {
		n, err := scanNearMiss(rows, id)
		if err == nil && n.Differs != nil {
			list = append(list, n)
		}
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("looking for similar customer IDs: %w", err)
	}
	return list[:min(len(list), nearMisses)], len(list) > nearMisses, nil
}

// scanNearMiss leaves Differs nil where two IDs have the same hash and are not alike.
func scanNearMiss(rows *sql.Rows, id label.ID) (n NearMiss, err error) {
	var ref []byte
	if err := rows.Scan(&n.ID, &ref, &n.Records); err != nil {
		return n, err
	}
	other, err := label.Parse(label.Assistant, n.ID)
	if err == nil && label.Fold(other) == label.Fold(id) {
		n.Ref, n.Differs = refOf(ref), append([]label.Difference{}, label.Differ(id, other)...)
	}
	return n, err
}

// folded stands for all IDs that fold to the same. It is short, because what it finds is compared again.
func (k *keys) folded(id label.ID) []byte {
	return mac(k.K1, []byte("folded"), []byte(label.Fold(id)))[:8]
}

const (
	// foldedKey says by which rules the IDs of the store are folded. Whoever gives the store another K1 empties it.
	foldedKey = "folded"
	// foldAtOnce is how many IDs one transaction folds: a few milliseconds.
	foldAtOnce = 500
)

// foldAll folds, once, the IDs of a store that an earlier version made or that were folded by other rules. It can be broken off and begun again.
func (s *Store) foldAll(ctx context.Context) error {
	done, err := s.Meta(ctx, foldedKey)
	if err != nil || done == label.FoldRules {
		return err
	}
	for last, more := int64(0), true; more; {
		err := s.writeChunk(ctx, audit.System, func(t *tx) (err error) {
			last, more, err = t.foldAfter(last)
			return err
		})
		if err != nil {
			return fmt.Errorf("folding the customer IDs of an earlier version: %w", err)
		}
	}
	return s.SetMeta(ctx, foldedKey, label.FoldRules)
}

func (t *tx) foldAfter(last int64) (int64, bool, error) {
	var page []known
	rows, err := t.rows("SELECT number, name FROM customer WHERE number > ? ORDER BY number LIMIT ?", last, foldAtOnce)
	err = each(rows, err, func() error {
		var k known
		err := rows.Scan(&k.number, &k.name)
		page = append(page, k)
		return err
	})
	for _, k := range page {
		if err != nil {
			break
		}
		var id label.ID
		if id, err = label.Parse(label.Assistant, k.name); err == nil {
			err = t.exec("UPDATE customer SET folded = ? WHERE number = ?", t.s.keys.folded(id), k.number)
		}
		last = k.number
	}
	return last, len(page) == foldAtOnce, err
}
