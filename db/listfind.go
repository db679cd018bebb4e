package db

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"quittance/db/audit"
	"quittance/db/label"
)

// SearchList is KeepList for somebody who looks the IDs of a list up. That they did is written down as an access, like a search for one ID.
func (s *Store) SearchList(ctx context.Context, user int64, text string, ids []label.Line) (token string, err error) {
	token = rand.Text()
	refs, err := s.keys.listRefs(ids)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, audit.ActorOf("user", user), func(t *tx) error {
		if _, err := t.keepList(token, user, text, false, refs); err != nil {
			return err
		}
		var number int64
		err := t.row("INSERT INTO access (user, act, purpose, at) VALUES (?, 'search', 'search', ?) RETURNING number", user, ms(t.now)).Scan(&number)
		if err != nil {
			return fmt.Errorf("writing down a search: %w", err)
		}
		return t.note(audit.ListSearched, audit.ObjectOf(audit.KindAccess, number), map[string]int64{audit.CountLabels: int64(len(ids))})
	})
	return token, err
}

// Standing says of an ID of a list what a search for it alone would find.
type Standing struct {
	Known   bool // a record here bears it
	Erased  bool // an erasure of it was accepted
	Similar bool // other IDs differ from it only in what label.Fold folds
}

const standingSQL = `SELECT EXISTS (SELECT 1 FROM customer c WHERE c.name = j.value->>'name'),
	EXISTS (SELECT 1 FROM erasure WHERE ref = unhex(j.value->>'ref') AND ` + accepted + ` IS NOT NULL),
	EXISTS (SELECT 1 FROM customer n WHERE n.folded = unhex(j.value->>'folded') AND n.name <> j.value->>'name')
	FROM json_each(?) j ORDER BY j.key`

// Standings tells for all IDs of a list, in its order, in one question. It is as many looks into indexes as there are IDs, however many records
// there are.
func (s *Store) Standings(ctx context.Context, ids []label.Line) ([]Standing, error) {
	type asked struct {
		Name   string `json:"name"`
		Ref    string `json:"ref"`
		Folded string `json:"folded"`
	}
	all := make([]asked, len(ids))
	for i, l := range ids {
		all[i] = asked{l.ID.String(), hex.EncodeToString(s.keys.reference(l.ID.String())), hex.EncodeToString(s.keys.folded(l.ID))}
	}
	list, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	out := make([]Standing, 0, len(ids))
	rows, err := s.readers.QueryContext(ctx, standingSQL, string(list))
	err = each(rows, err, func() error {
		var v Standing
		err := rows.Scan(&v.Known, &v.Erased, &v.Similar)
		out = append(out, v)
		return err
	})
	for i := 0; err == nil && i < len(out); i++ {
		if !out[i].Erased {
			out[i].Erased, err = s.onlyInLedger(ctx, all[i].Ref)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("looking up the IDs of a list: %w", err)
	}
	return out, nil
}

// onlyInLedger tells whether the ledger remembers an accepted erasure that the database, an older one that was restored, does not know.
func (s *Store) onlyInLedger(ctx context.Context, ref string) (bool, error) {
	for _, v := range s.writer.ledger.about(ref) {
		if _, err := s.Erasure(ctx, v.number); errors.Is(err, ErrNotFound) {
			return true, nil
		} else if err != nil {
			return false, err
		}
	}
	return false, nil
}
