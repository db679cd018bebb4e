package db

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"quittance/db/audit"
)

// SaltKept is how long the salt of a receipt stays here after its request has ended (design.md, section 4, "Keys").
const SaltKept = evidenceKept

const purposeSalt = "receipt salt"

// saltStep is how many salts one transaction destroys.
const saltStep = 1000

// committed is the commitment of a new receipt to the customer ID of its request. Amendments keep the first one's, so that one salt opens all of
// them. "" where the ID is not known any more: a restore ends again what only the ledger knows, and the ledger has no ID.
func (t *tx) committed(e Erasure, before string) (string, error) {
	if before != "" || e.Subject == "" {
		return before, nil
	}
	salt := secret()
	err := t.exec("INSERT INTO receipt_salt (erasure, sealed) VALUES (?, ?) ON CONFLICT (erasure) DO UPDATE SET sealed = excluded.sealed",
		e.Number, t.s.keys.seal(purposeSalt, e.Number, salt))
	if err != nil {
		return "", fmt.Errorf("keeping the salt of a receipt: %w", err)
	}
	return audit.SubjectCommitment(salt, []byte(e.Subject)), nil
}

// HasSalt tells whether the salt of a request's receipt is still kept here.
func (s *Store) HasSalt(ctx context.Context, number int64) (kept bool, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM receipt_salt WHERE erasure = ?)", number).Scan(&kept)
	return kept, err
}

// Salt gives out the salt of a request's receipt, in hex, and writes down that somebody has it now. ErrNotFound where there is none any more.
func (s *Store) Salt(ctx context.Context, by audit.Actor, number int64) (salt string, err error) {
	err = s.write(ctx, by, func(t *tx) error {
		var sealed []byte
		if err := found(t.row("SELECT sealed FROM receipt_salt WHERE erasure = ?", number).Scan(&sealed)); err != nil {
			return err
		}
		plain, err := t.s.keys.open(purposeSalt, number, sealed)
		if err != nil {
			return errors.Join(ErrCorrupt, err)
		}
		salt = hex.EncodeToString(plain)
		return t.note(audit.SaltShown, audit.ObjectOf(audit.KindErasure, number), nil)
	})
	if err != nil {
		return "", err
	}
	return salt, nil
}

// ForgetSalts destroys the salts of requests that ended 30 days ago, and tells of how many.
func (s *Store) ForgetSalts(ctx context.Context) (n int64, err error) {
	old := ms(s.Now().Add(-SaltKept))
	for {
		var due bool
		err := s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM receipt_salt r JOIN erasure e ON e.number = r.erasure WHERE e.ended <= ?)", old).Scan(&due)
		if err != nil || !due {
			return n, err
		}
		gone, err := s.forgetSalts(ctx, old)
		if err != nil {
			return n, fmt.Errorf("destroying salts of receipts: %w", err)
		}
		n += gone
	}
}

func (s *Store) forgetSalts(ctx context.Context, old int64) (n int64, err error) {
	return n, s.write(ctx, audit.System, func(t *tx) error {
		n, err = t.change(`DELETE FROM receipt_salt WHERE erasure IN
			(SELECT r.erasure FROM receipt_salt r JOIN erasure e ON e.number = r.erasure WHERE e.ended <= ? LIMIT ?)`, old, saltStep)
		if err != nil || n == 0 {
			return err
		}
		return t.note(audit.SaltsDestroyed, "", map[string]int64{audit.CountErasures: n})
	})
}
