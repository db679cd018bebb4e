package db

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
)

// ErrUncommitted is returned for a receipt that no entry of the trail stands for: one of a version that did not sign receipts.
var ErrUncommitted = errors.New("this receipt was written before receipts were signed")

// NewestReceipt asks for the last amendment of a receipt, whichever that is.
const NewestReceipt = -1

// ReceiptFile puts a receipt of an erasure together as a file: its body, the entry that commits to it, and the proof that the entry stands under
// a head that a witness has cosigned, or else the newest. amendment is 0 for the first receipt. The file can be made anew at any time: its body and its entry stay, the head grows.
func (s *Store) ReceiptFile(ctx context.Context, number, amendment int64) (audit.Receipt, error) {
	var none audit.Receipt
	key := s.AuditKey()
	_, head, err := s.Head(ctx)
	if err != nil {
		return none, err
	}
	body, at, err := s.receiptBody(ctx, number, amendment)
	if err != nil {
		return none, err
	}
	entry, err := s.AuditEntry(ctx, at)
	if err != nil {
		return none, fmt.Errorf("reading the entry of a receipt: %w", err)
	}
	if parsed, err := audit.Parse(entry.Data); err != nil || parsed.Commits[audit.CommitReceipt] == "" {
		return none, errors.Join(ErrUncommitted, err)
	}
	return audit.NewReceipt(body, entry.Data, at, s.cosignedHead(ctx, at, []byte(head)), key, storedTree{ctx, s})
}

// receiptBody is what was hashed, byte by byte, and the number of the entry that commits to it.
func (s *Store) receiptBody(ctx context.Context, number, amendment int64) (body []byte, entry int64, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT data, entry FROM receipt WHERE erasure = ? AND (amendment = ? OR ? < 0) ORDER BY amendment DESC LIMIT 1",
		number, amendment, amendment).Scan(&body, &entry)
	return body, entry, found(err)
}

// storedTree reads the hashes of the audit tree beside writing: what is under a head that was read before never changes.
type storedTree struct {
	ctx context.Context
	s   *Store
}

// ReadHashes implements tlog.HashReader.
func (r storedTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		var raw []byte
		if err := r.s.readers.QueryRowContext(r.ctx, "SELECT hash FROM hash WHERE number = ?", n).Scan(&raw); err != nil {
			return nil, fmt.Errorf("reading hash %d of the audit tree: %w", n, err)
		}
		copy(out[i][:], raw)
	}
	return out, nil
}
