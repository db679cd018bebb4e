package db

import (
	"context"
	"database/sql"
	"iter"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
)

// VerifyAudit checks the whole trail: every leaf against the tree, the tree against the signed heads. It reads in pages, so that it
// works beside writing and at constant memory. outside are checkpoints kept elsewhere, beside the pin; without any the answer says "not anchored".
func (s *Store) VerifyAudit(ctx context.Context, outside ...[]byte) (audit.Report, error) {
	return s.VerifyAgainst(ctx, audit.Outside{Checkpoints: outside})
}

// VerifyAgainst is VerifyAudit with keys from outside too: where there are any, those of the store count for nothing.
func (s *Store) VerifyAgainst(ctx context.Context, outside audit.Outside) (audit.Report, error) {
	if p := s.pin.Load(); p != nil {
		if kept, err := ReadPin(p.path); err == nil { // what is wrong with the pin is an alarm, and stops the next start
			outside.Checkpoints = append(slices.Clip(outside.Checkpoints), []byte(kept.Checkpoint))
		}
	}
	// The bounds are read first: what is written meanwhile belongs to the next check.
	size, head, err := s.Head(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	cosigned, witnesses, err := s.cosigned(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	if outside.Witnesses != nil {
		witnesses = outside.Witnesses
	}
	report := audit.Verify(ctx, audit.Bundle{Cosigned: cosigned, Witnesses: witnesses, Witnessed: outside.Witnesses != nil,

		Leaves: s.storedLeaves(ctx, size), Hashes: s.storedHashes(ctx, size), Receipts: s.storedReceipts(ctx, size), Checkpoints: s.storedHeads(ctx, size, head),
		Keys: s.Verifiers(), Chain: s.signing.Load().publics, OutsideKeys: outside.Keys, Outside: outside.Checkpoints, At: s.Now(),
	})
	return report, s.heldToTrail(ctx, &report)
}

// heldToTrail adds what of the tables is not what the trail says. A trail that is not itself is no measure for them.
func (s *Store) heldToTrail(ctx context.Context, report *audit.Report) error {
	if !report.Intact() {
		return nil
	}
	rebuilt, err := s.Rebuild(ctx)
	if err != nil {
		return err
	}
	for _, d := range rebuilt.Differences {
		report.Differ(d.Words, 0)
	}
	report.Differ("", rebuilt.More)
	return nil
}

// verifyPage is how many rows one read of the check takes.
const verifyPage = 1000

func (s *Store) storedLeaves(ctx context.Context, size int64) iter.Seq2[audit.StoredLeaf, error] {
	return func(yield func(audit.StoredLeaf, error) bool) {
		for from := int64(0); from < size; {
			entries, err := s.AuditEntries(ctx, AuditQuery{Oldest: true, Least: from, Before: size, Limit: verifyPage})
			if err != nil {
				yield(audit.StoredLeaf{}, err)
				return
			}
			if len(entries) == 0 {
				return // the end is missing: the check says so
			}
			for _, e := range entries {
				shown := audit.Entry{Number: e.Number, Time: e.Time, Actor: e.Actor, Event: e.Event, Object: e.Object}
				if !yield(audit.StoredLeaf{Number: e.Number, Data: e.Data, Shown: &shown}, nil) {
					return
				}
			}
			from = entries[len(entries)-1].Number + 1
		}
	}
}

func (s *Store) storedHashes(ctx context.Context, size int64) iter.Seq2[tlog.Hash, error] {
	last := tlog.StoredHashCount(size)
	return pages(s, ctx, "SELECT number, hash FROM hash WHERE number >= ? AND number < ? ORDER BY number LIMIT ?", last, func(_ int64, raw []byte) (h tlog.Hash) {
		copy(h[:], raw)
		return h
	})
}

// storedReceipts gives the bodies of receipts in the order of the entries that commit to them.
func (s *Store) storedReceipts(ctx context.Context, size int64) iter.Seq2[audit.StoredReceipt, error] {
	return pages(s, ctx, "SELECT entry, data FROM receipt WHERE entry >= ? AND entry < ? ORDER BY entry LIMIT ?", size, func(entry int64, body []byte) audit.StoredReceipt {
		return audit.StoredReceipt{Entry: entry, Body: body}
	})
}

// storedHeads gives the kept heads and, last, the newest one.
func (s *Store) storedHeads(ctx context.Context, size int64, head string) iter.Seq2[[]byte, error] {
	kept := pages(s, ctx, "SELECT size, note FROM checkpoint WHERE size >= ? AND size < ? ORDER BY size LIMIT ?", size, func(_ int64, raw []byte) []byte { return raw })
	return func(yield func([]byte, error) bool) {
		for text, err := range kept {
			if !yield(text, err) || err != nil {
				return
			}
		}
		yield([]byte(head), nil)
	}
}

// pages reads a table in order of its number, some rows at a time, up to a bound.
func pages[T any](s *Store, ctx context.Context, query string, below int64, make func(number int64, raw []byte) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for from := int64(0); ; {
			n := 0
			rows, err := s.readers.QueryContext(ctx, query, from, below, verifyPage)
			stop := false
			err = each(rows, err, func() error {
				var raw []byte
				if err := rows.Scan(&from, &raw); err != nil {
					return err
				}
				from, n = from+1, n+1
				if !yield(make(from-1, raw), nil) {
					stop = true
					return sql.ErrNoRows // ends the reading; nobody sees it
				}
				return nil
			})
			if stop || err == nil && n < verifyPage {
				return
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
		}
	}
}
