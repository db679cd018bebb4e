package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"quittance/db/audit"
)

// Alarms about witnesses.
const (
	AlarmWitness   AlarmKind = "witness"   // no witness has cosigned the trail for a day
	AlarmUnwitness AlarmKind = "unwitness" // a witness refuses the trail: it has seen more of it, or something else
)

// Codes for why a witness cosigned nothing.
const (
	WitnessUnreachable  = "unreachable"  // it gave no answer, or one that it was out of order
	WitnessUnknown      = "unknown"      // it does not know this log or its key: whoever runs it has to add them
	WitnessAhead        = "ahead"        // it has cosigned more entries than there are: the trail was set back
	WitnessInconsistent = "inconsistent" // what it has cosigned is not how this trail began
	WitnessAnswer       = "answer"       // its answer holds no valid cosignature of the key that was named
)

// Witness is a witness of the trail and where it stands.
type Witness struct {
	Name   string
	Size   int64 // entries under the newest head that it has cosigned, as far as we know
	Since  time.Time
	Made   time.Time // of its newest cosignature, by its own clock; zero = there is none
	Code   string    // why it cosigned nothing at last; "" = it did
	Failed time.Time
	key    string
}

// SetWitnesses names the witnesses of the trail. What one of them has cosigned before stays.
func (s *Store) SetWitnesses(ctx context.Context, list []*audit.Witness) error {
	now, err := s.Witnesses(ctx)
	if err != nil || sameWitnesses(now, list) {
		return err
	}
	return s.write(ctx, audit.Operator, func(t *tx) error {
		named := map[string]bool{}
		for _, w := range list {
			named[w.Name()] = true
			err := t.exec("INSERT INTO witness (name, key, since) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET key = excluded.key", w.Name(), w.String(), ms(t.now))
			if err != nil {
				return fmt.Errorf("naming a witness: %w", err)
			}
		}
		for _, w := range now {
			if !named[w.Name] {
				if err := t.exec("DELETE FROM witness WHERE name = ?", w.Name); err != nil {
					return fmt.Errorf("forgetting a witness: %w", err)
				}
			}
		}
		return t.note(audit.LogWitnessed, "", map[string]int64{audit.CountServices: int64(len(list))})
	})
}

func sameWitnesses(now []Witness, list []*audit.Witness) bool {
	keys := map[string]bool{}
	for _, w := range now {
		keys[w.key] = true
	}
	for _, w := range list {
		if !keys[w.String()] {
			return false
		}
	}
	return len(now) == len(list)
}

// Witnesses lists them by name.
func (s *Store) Witnesses(ctx context.Context) (out []Witness, _ error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT name, key, size, since, code, coalesce(failed, 0), coalesce((SELECT max(made) FROM cosignature WHERE witness = witness.name), 0) FROM witness ORDER BY name`)
	err = each(rows, err, func() error {
		var w Witness
		var since, failed, made int64
		err := rows.Scan(&w.Name, &w.key, &w.Size, &since, &w.Code, &failed, &made)
		w.Since = at(since)
		if failed > 0 {
			w.Failed = at(failed)
		}
		if made > 0 {
			w.Made = at(made)
		}
		out = append(out, w)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing witnesses: %w", err)
	}
	return out, nil
}

// ErrAhead is returned where a witness has cosigned more entries than there are.
var ErrAhead = errors.New("the witness has cosigned more entries of the audit trail than there are: the data directory was set back")

// ForWitness is what a witness is sent: the newest head, and the proof that it grew out of the one of size old. ErrAhead where there is none.
func (s *Store) ForWitness(ctx context.Context, old int64) (body, checkpoint []byte, size int64, err error) {
	size, head, err := s.Head(ctx)
	switch {
	case err != nil:
		return nil, nil, 0, err
	case old > size:
		return nil, nil, 0, ErrAhead
	}
	proof, err := audit.ProveConsistency(old, size, storedTree{ctx, s})
	if err != nil {
		return nil, nil, 0, err
	}
	body, err = audit.AddCheckpoint(old, proof, []byte(head))
	return body, []byte(head), size, err
}

// KeepCosignature keeps what a witness has signed. The trail has no entry of it: one would be a new head, to be cosigned in its turn.
func (s *Store) KeepCosignature(ctx context.Context, msg []byte, c audit.Cosignature) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		err := t.exec("INSERT INTO cosignature (witness, size, made, note) VALUES (?, ?, ?, ?) ON CONFLICT (witness, size) DO UPDATE SET made = excluded.made, note = excluded.note",
			c.Witness, c.Size, ms(c.Time), string(msg))
		if err == nil {
			err = t.exec("UPDATE witness SET size = ?, code = '', failed = NULL WHERE name = ?", c.Size, c.Witness)
		}
		if err != nil {
			return fmt.Errorf("keeping a cosignature: %w", err)
		}
		return nil
	})
}

// WitnessFailed keeps why a witness cosigned nothing. A refusal that says something about the trail stands in it, once.
func (s *Store) WitnessFailed(ctx context.Context, name, code string) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		n, err := t.change("UPDATE witness SET code = ?, failed = ? WHERE name = ? AND code <> ?", code, ms(t.now), name, code)
		if err != nil {
			return fmt.Errorf("keeping why a witness refused: %w", err)
		}
		if n == 0 || code != WitnessAhead && code != WitnessInconsistent {
			return nil
		}
		return t.note(audit.LogUnwitnessed, "", nil)
	})
}

// unwitnessedFor is how long the trail may be without a cosignature.
const unwitnessedFor = 24 * time.Hour

func (s *Store) witnessAlarms(ctx context.Context) (out []Alarm, _ error) {
	all, err := s.Witnesses(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var newest time.Time
	for _, w := range all {
		if w.Code == WitnessAhead || w.Code == WitnessInconsistent {
			out = append(out, Alarm{Kind: AlarmUnwitness, Since: w.Failed})
		}
		for _, t := range []time.Time{w.Since, w.Made} {
			if t.After(newest) {
				newest = t
			}
		}
	}
	if s.Now().Sub(newest) > unwitnessedFor {
		out = append(out, Alarm{Kind: AlarmWitness, Since: newest})
	}
	return out, nil
}

// cosigned are the newest cosigned heads of each witness, with the keys under which the witnesses are known here.
func (s *Store) cosigned(ctx context.Context) (notes [][]byte, known []*audit.Witness, err error) {
	keys, err := scanned[string](s.readers.QueryContext(ctx, "SELECT key FROM witness ORDER BY name"))
	for _, key := range keys {
		w, err := audit.ParseWitness(key)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the key of a witness: %w", err)
		}
		known = append(known, w)
	}
	if err == nil {
		notes, err = scanned[[]byte](s.readers.QueryContext(ctx, "SELECT note FROM cosignature c WHERE size = (SELECT max(size) FROM cosignature WHERE witness = c.witness) ORDER BY size"))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading cosignatures: %w", err)
	}
	return notes, known, nil
}

// cosignedHead is the newest head that a witness has cosigned, if it covers an entry and the key that signs the trail now has signed it too; else
// the newest head.
func (s *Store) cosignedHead(ctx context.Context, entry int64, head []byte) []byte {
	notes, known, err := s.cosigned(ctx)
	v, keyErr := note.NewVerifier(s.AuditKey())
	if err != nil || keyErr != nil || len(notes) == 0 {
		return head
	}
	newest := notes[len(notes)-1]
	if c, err := audit.OpenCheckpoint(newest, v); err != nil || c.Size <= entry {
		return head
	}
	for _, other := range notes[:len(notes)-1] { // of other witnesses, over the same head
		if both, err := audit.AddCosignatures(newest, other, known); err == nil {
			newest = both
		}
	}
	return newest
}
