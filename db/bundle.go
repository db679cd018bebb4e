package db

import (
	"context"
	"fmt"
	"io"

	"quittance/db/audit"
)

// AuditBundle is the trail up to one head, ready to be written as a file. The bounds are read once: what is written to the store meanwhile is not
// in it, however long the file takes.
type AuditBundle struct {
	s    *Store
	key  string
	head string
	Size int64 // entries
}

// AuditBundle takes the newest head.
func (s *Store) AuditBundle(ctx context.Context) (AuditBundle, error) {
	g := s.signing.Load()
	size, head, err := s.Head(ctx)
	if err != nil {
		return AuditBundle{}, fmt.Errorf("reading the head of the audit trail: %w", err)
	}
	return AuditBundle{s: s, key: g.public, head: head, Size: size}, nil
}

// Write writes the bundle in pages, at constant memory.
func (b AuditBundle) Write(ctx context.Context, w io.Writer) error {
	return audit.WriteBundle(w, b.s.signing.Load().origin, b.key, audit.Bundle{Leaves: b.s.storedLeaves(ctx, b.Size), Receipts: b.s.storedReceipts(ctx, b.Size)}, []byte(b.head))
}
