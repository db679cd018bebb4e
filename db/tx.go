package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
)

// tx is one transaction on the writing connection. It carries who acts and one reading of the clock, so that all that is written
// together bears the same time.
type tx struct {
	ctx      context.Context
	w        *writer
	s        *Store
	by       audit.Actor
	now      time.Time
	noted    int        // audit entries of this transaction
	beyond   bool       // among them one that is not about ingest
	seq      int64      // the last number given before this transaction
	taken    []ingested // records stored in this transaction, for their audit entries
	answered []ingested // likewise: records completed in it
	tallies  map[tallyKey][4]int64
	senders  map[sender][2]int64
	accepted []ledgerLine // deletions accepted in this transaction, for the ledger
	touched  []string     // what changed, for those who watch
	changes  bool         // a service or a key is not what it was
	head     string       // the signed head of the trail after this transaction, "" = as before
}

// stmt prepares a statement once for the life of the store. Every query given to a tx is a constant.
func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if st, ok := t.w.stmts[query]; ok {
		return st, nil
	}
	st, err := t.w.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	t.w.stmts[query] = st
	return st, nil
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.change(query, args...)
	return err
}

// change is exec that tells how many rows it touched.
func (t *tx) change(query string, args ...any) (int64, error) {
	st, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) row(query string, args ...any) scanner {
	st, err := t.stmt(query)
	if err != nil {
		return failed{err}
	}
	return st.QueryRowContext(t.ctx, args...)
}

func (t *tx) rows(query string, args ...any) (*sql.Rows, error) {
	st, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(t.ctx, args...)
}

type scanner interface{ Scan(...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

// found turns an empty answer into ErrNotFound.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return damaged(err)
}

// each runs f for every row and sees to it that the rows are closed and their error is read.
func each(rows *sql.Rows, err error, f func() error) error {
	if err != nil {
		return damaged(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(); err != nil {
			return err
		}
	}
	return damaged(rows.Err())
}

// scanned reads rows that have one column.
func scanned[T any](rows *sql.Rows, err error) (out []T, _ error) {
	err = each(rows, err, func() error {
		var v T
		err := rows.Scan(&v)
		out = append(out, v)
		return err
	})
	return out, err
}

// touch says that a page about this object is out of date once the transaction is committed.
func (t *tx) touch(object audit.Object) { t.touched = append(t.touched, string(object)) }

// note writes the audit entry of a change into the change's own transaction (law L4).
func (t *tx) note(event audit.Event, object audit.Object, counts map[string]int64) error {
	return t.noteWith(event, object, counts, nil)
}

// noteWith is note with commitments: hashes, in hex, of what is not written into the trail.
func (t *tx) noteWith(event audit.Event, object audit.Object, counts map[string]int64, commits map[string]string) error {
	if event != audit.RecordsIngested && event != audit.RecordsAnswered {
		t.beyond = true
	}
	leaf, err := t.w.tree.Append(audit.Entry{Time: t.now, Actor: t.by, Event: event, Object: object, Counts: counts, Commits: commits})
	if err != nil {
		return fmt.Errorf("writing the audit entry: %w", err)
	}
	err = t.exec("INSERT INTO leaf (number, time, actor, event, object, data) VALUES (?, ?, ?, ?, ?, ?)",
		leaf.Number, ms(leaf.Time), string(t.by), string(event), string(object), string(leaf.Data))
	if err != nil {
		return fmt.Errorf("writing the audit entry: %w", err)
	}
	for i, h := range leaf.Stored {
		if err := t.exec("INSERT INTO hash (number, hash) VALUES (?, ?)", leaf.FirstIndex+int64(i), h[:]); err != nil {
			return fmt.Errorf("writing the audit tree: %w", err)
		}
	}
	t.noted++
	t.changes = t.changes || changes(event, object)
	t.touch(object)
	return t.dropAfter(event)
}

// finish writes the entries about ingest and, if anything was noted, the signed head of the trail.
func (t *tx) finish() error {
	if err := t.writeTallies(); err != nil {
		return err
	}
	if err := t.writeSenders(); err != nil {
		return err
	}
	if err := t.noteIngest(); err != nil {
		return err
	}
	if t.w.seq != t.seq {
		if err := t.exec("UPDATE sequence SET seq = ? WHERE only = 1", t.w.seq); err != nil {
			return fmt.Errorf("keeping the last number given: %w", err)
		}
	}
	if t.noted == 0 {
		return nil
	}
	if err := t.putOutDSR(); err != nil {
		return err
	}
	root, err := t.w.tree.Root()
	if err != nil {
		return fmt.Errorf("computing the head of the audit trail: %w", err)
	}
	keys := t.s.signing.Load()
	text, err := audit.Sign(audit.Checkpoint{Origin: keys.origin, Size: t.w.tree.Size(), Root: root}, keys.signers(t.now)...)
	if err != nil {
		return fmt.Errorf("signing the head of the audit trail: %w", err)
	}
	t.head = string(text)
	if t.beyond {
		if err := t.exec("INSERT INTO checkpoint (size, note) VALUES (?, ?)", t.w.tree.Size(), string(text)); err != nil {
			return fmt.Errorf("keeping the head of the audit trail: %w", err)
		}
	}
	return t.exec("INSERT INTO head (only, size, note) VALUES (1, ?, ?) ON CONFLICT (only) DO UPDATE SET size = excluded.size, note = excluded.note",
		t.w.tree.Size(), string(text))
}

// hashes reads the stored hashes of the audit tree, for golang.org/x/mod/sumdb/tlog.
type hashes struct{ t *tx }

// ReadHashes implements tlog.HashReader.
func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		var raw []byte
		if err := h.t.row("SELECT hash FROM hash WHERE number = ?", n).Scan(&raw); err != nil {
			return nil, fmt.Errorf("reading hash %d of the audit tree: %w", n, err)
		}
		copy(out[i][:], raw)
	}
	return out, nil
}

// notifier tells those who watch an object that it has changed. It carries no data: who is told reads anew.
type notifier struct {
	mu       sync.Mutex
	watchers map[chan struct{}]func(string) bool
}

func (n *notifier) tell(objects []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for ch, wants := range n.watchers {
		for _, o := range objects {
			if !wants(o) {
				continue
			}
			select {
			case ch <- struct{}{}:
			default: // it has not yet looked at the last one
			}
			break
		}
	}
}

// Watch returns a channel that receives after each commit that touched an object for which wants is true, and a function that ends it.
// Several commits in quick succession may be told once.
func (s *Store) Watch(wants func(object string) bool) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	s.changed.mu.Lock()
	defer s.changed.mu.Unlock()
	if s.changed.watchers == nil {
		s.changed.watchers = map[chan struct{}]func(string) bool{}
	}
	s.changed.watchers[ch] = wants
	return ch, func() {
		s.changed.mu.Lock()
		defer s.changed.mu.Unlock()
		delete(s.changed.watchers, ch)
	}
}
