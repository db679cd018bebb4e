package db

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"iter"
	"slices"
	"strconv"
	"sync"

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
	outside.Checkpoints = append(slices.Clip(outside.Checkpoints), s.pinned()...)
	// The bounds are read first: what is written meanwhile belongs to the next check.
	size, head, err := s.Head(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	return s.verifyUnder(ctx, size, head, outside)
}

// verifyUnder checks what stands under a head.
func (s *Store) verifyUnder(ctx context.Context, size int64, head string, outside audit.Outside) (audit.Report, error) {
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

// verifyPage is how many rows one read of the check takes, verifyChunk how many where they come in one piece: a row costs more than what stands
// in it.
const (
	verifyPage  = 1000
	verifyChunk = 4096
)

// piece is what one read gave: some items, or an error.
type piece[T any] struct {
	items []T
	err   error
}

// ahead reads each chunk while the one before is worked on. read is given where a chunk begins.
func ahead[T any](ctx context.Context, first, size int64, read func(ctx context.Context, from, to int64) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		chunks := make(chan piece[T], 1)
		var done sync.WaitGroup
		done.Go(func() {
			defer close(chunks)
			for from := first; from < size && ctx.Err() == nil; from += verifyChunk {
				items, err := read(ctx, from, min(from+verifyChunk, size))
				select {
				case chunks <- piece[T]{items, err}:
				case <-ctx.Done():
				}
				if err != nil {
					return
				}
			}
		})
		defer done.Wait()
		defer stop()
		for c := range chunks {
			for _, item := range c.items {
				if !yield(item, nil) {
					return
				}
			}
			if c.err != nil {
				var none T
				yield(none, c.err)
				return
			}
		}
		if err := ctx.Err(); err != nil { // the caller's: the reading was cut off, and the end is not the end
			var none T
			yield(none, err)
		}
	}
}

func (s *Store) storedLeaves(ctx context.Context, size int64) iter.Seq2[audit.StoredLeaf, error] {
	return s.leavesBetween(ctx, 0, size)
}

// leavesBetween gives the leaves from a number on, up to a bound.
func (s *Store) leavesBetween(ctx context.Context, first, size int64) iter.Seq2[audit.StoredLeaf, error] {
	return ahead(ctx, first, size, s.leafLines)
}

// leafLines reads leaves in one piece, a line for each. No column that is as it was written holds a blank or the end of a line: one that does is
// read row by row, so that nothing can hide beside it.
func (s *Store) leafLines(ctx context.Context, from, to int64) ([]audit.StoredLeaf, error) {
	var n int64
	var text []byte
	err := s.readers.QueryRowContext(ctx, `SELECT count(*), coalesce(group_concat(number || ' ' || time || ' ' || actor || ' ' || event || ' ' || object || ' ' || data, char(10)), '')
		FROM (SELECT * FROM leaf WHERE number >= ? AND number < ? ORDER BY number)`, from, to).Scan(&n, &text)
	if err != nil {
		return nil, damaged(err)
	}
	out := make([]audit.StoredLeaf, 0, n)
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte{10})
		leaf, ok := leafLine(line)
		if !ok {
			return s.leafRows(ctx, from, to)
		}
		out, text = append(out, leaf), rest
	}
	if int64(len(out)) != n {
		return s.leafRows(ctx, from, to)
	}
	return out, nil
}

func leafLine(line []byte) (audit.StoredLeaf, bool) {
	f := bytes.SplitN(line, []byte{' '}, 6)
	if len(f) != 6 {
		return audit.StoredLeaf{}, false
	}
	number, err1 := strconv.ParseInt(string(f[0]), 10, 64)
	t, err2 := strconv.ParseInt(string(f[1]), 10, 64)
	shown := &audit.Entry{Number: number, Time: at(t), Actor: audit.Actor(f[2]), Event: audit.Event(f[3]), Object: audit.Object(f[4])}
	return audit.StoredLeaf{Number: number, Data: f[5], Shown: shown}, err1 == nil && err2 == nil
}

func (s *Store) leafRows(ctx context.Context, from, to int64) (out []audit.StoredLeaf, _ error) {
	entries, err := s.AuditEntries(ctx, AuditQuery{Oldest: true, Least: from, Before: to, Limit: verifyChunk})
	for _, e := range entries {
		out = append(out, audit.StoredLeaf{Number: e.Number, Data: e.Data, Shown: &audit.Entry{Number: e.Number, Time: e.Time, Actor: e.Actor, Event: e.Event, Object: e.Object}})
	}
	return out, err
}

func (s *Store) storedHashes(ctx context.Context, size int64) iter.Seq2[tlog.Hash, error] {
	return ahead(ctx, 0, tlog.StoredHashCount(size), s.hashesBetween)
}

// hashesBetween reads hashes in one piece. Those that are not 32 bytes long, which the table allows none to be, are told apart by their sum only
// if all of them are: the comparison with what is recomputed notices the rest.
func (s *Store) hashesBetween(ctx context.Context, from, to int64) ([]tlog.Hash, error) {
	var n int
	var text []byte
	err := s.readers.QueryRowContext(ctx, "SELECT count(*), coalesce(group_concat(hex(hash), ''), '') FROM (SELECT hash FROM hash WHERE number >= ? AND number < ? ORDER BY number)", from, to).Scan(&n, &text)
	if err != nil {
		return nil, damaged(err)
	}
	out := make([]tlog.Hash, n)
	if len(text) != 2*len(tlog.Hash{})*n {
		return out, nil // zeros: none of them is the hash of anything
	}
	for i := range out {
		if _, err := hex.Decode(out[i][:], text[64*i:64*(i+1)]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// storedReceipts gives the bodies of receipts in the order of the entries that commit to them.
func (s *Store) storedReceipts(ctx context.Context, size int64) iter.Seq2[audit.StoredReceipt, error] {
	return s.receiptsBetween(ctx, 0, size)
}

func (s *Store) receiptsBetween(ctx context.Context, first, size int64) iter.Seq2[audit.StoredReceipt, error] {
	return pagesFrom(s, ctx, "SELECT entry, data FROM receipt WHERE entry >= ? AND entry < ? ORDER BY entry LIMIT ?", first, size, func(entry int64, body []byte) audit.StoredReceipt {
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
	return pagesFrom(s, ctx, query, 0, below, make)
}

func pagesFrom[T any](s *Store, ctx context.Context, query string, first, below int64, make func(number int64, raw []byte) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for from := first; ; {
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
