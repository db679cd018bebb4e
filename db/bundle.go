package db

import (
	"context"
	"fmt"
	"io"
	"iter"

	"quittance/db/audit"
)

// AuditBundle is the trail up to one head, ready to be written as a file. The bounds are read once: what is written to the store meanwhile is not
// in it, however long the file takes.
type AuditBundle struct {
	s    *Store
	head string
	Size int64 // entries

	passed func(rows int) error // nil = nobody watches
}

// AuditBundle takes the newest head.
func (s *Store) AuditBundle(ctx context.Context) (AuditBundle, error) {
	size, head, err := s.Head(ctx)
	if err != nil {
		return AuditBundle{}, fmt.Errorf("reading the head of the audit trail: %w", err)
	}
	return AuditBundle{s: s, head: head, Size: size}, nil
}

// BundleOf is the bundle of an export of the whole trail: it holds the entries that the entry of the export counts.
func (s *Store) BundleOf(v Span) AuditBundle { return AuditBundle{s: s, head: v.head, Size: v.End} }

// Watched tells of entries that were written, some at a time; an error of whoever watches ends the bundle.
func (b AuditBundle) Watched(passed func(rows int) error) AuditBundle {
	b.passed = passed
	return b
}

// watchedEach is how many entries are written before whoever watches is told of them.
const watchedEach = 1000

// leaves are the entries, with word to whoever watches.
func (b AuditBundle) leaves(ctx context.Context) iter.Seq2[audit.StoredLeaf, error] {
	all := b.s.storedLeaves(ctx, b.Size)
	if b.passed == nil {
		return all
	}
	return func(yield func(audit.StoredLeaf, error) bool) {
		n := 0
		for leaf, err := range all {
			if n++; err == nil && n == watchedEach {
				n, err = 0, b.passed(n)
			}
			if !yield(leaf, err) {
				return
			}
		}
		if err := b.passed(n); err != nil {
			yield(audit.StoredLeaf{}, err)
		}
	}
}

// Write writes the bundle in pages, at constant memory.
func (b AuditBundle) Write(ctx context.Context, w io.Writer) error {
	g := b.s.signing.Load()
	head, err := b.cosigned(ctx)
	if err != nil {
		return err
	}
	return audit.WriteBundle(w, g.origin, g.public, audit.Bundle{Leaves: b.leaves(ctx), Receipts: b.s.storedReceipts(ctx, b.Size)}, head)
}

// cosigned is the head with the cosignatures that there are of it. Whoever asked for the bundle asked for all entries, so an older head that
// witnesses have seen does not do in its place.
func (b AuditBundle) cosigned(ctx context.Context) ([]byte, error) {
	head := []byte(b.head)
	notes, known, err := b.s.cosigned(ctx)
	for _, other := range notes {
		if both, err := audit.AddCosignatures(head, other, known); err == nil { // else it is of another size
			head = both
		}
	}
	return head, err
}
