package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// keptReads bounds how many read statements stay prepared. The house asks about a hundred different questions; those of free filters
// beyond that are prepared each time.
const keptReads = 256

// reads is the pool of readers with the statements that it has prepared. Preparing costs as much as answering a small question.
type reads struct {
	*sql.DB
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

func (r *reads) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.RLock()
	st, ok := r.stmts[query]
	full := len(r.stmts) >= keptReads
	r.mu.RUnlock()
	if ok || full {
		return st, nil
	}
	st, err := r.DB.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if earlier, ok := r.stmts[query]; ok { // somebody else was faster
		return earlier, st.Close()
	}
	r.stmts[query] = st
	return st, nil
}

// QueryContext is that of sql.DB, with the statement kept.
func (r *reads) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := r.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return r.DB.QueryContext(ctx, query, args...)
	}
	return st.QueryContext(ctx, args...)
}

// QueryRowContext is that of sql.DB, with the statement kept.
func (r *reads) QueryRowContext(ctx context.Context, query string, args ...any) scanner {
	st, err := r.prepared(ctx, query)
	if err != nil {
		return failed{err}
	}
	if st == nil {
		return r.DB.QueryRowContext(ctx, query, args...)
	}
	return st.QueryRowContext(ctx, args...)
}

// Close ends the statements before the connections that hold them.
func (r *reads) Close() error {
	var err error
	for _, st := range r.stmts {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, r.DB.Close())
}
