package db

import (
	"context"
	"fmt"
)

// What the rail of each page counts. It is asked more often than anything else, so each question reads what it counts and no more, from an index alone.
const (
	dueTicketsSQL    = "SELECT count(*) FROM ticket WHERE ended IS NULL AND stands = 0 AND due < ?"
	dueHoldsSQL      = "SELECT count(*) FROM hold WHERE ended IS NULL AND review <= ?"
	countErasuresSQL = "SELECT state, count(*) FROM erasure WHERE drill = 0 GROUP BY state"
)

// DueTickets counts the running tickets that are due within 7 days, or overdue.
func (s *Store) DueTickets(ctx context.Context) (n int64, err error) {
	err = s.readers.QueryRowContext(ctx, dueTicketsSQL, ms(s.Now().Add(dueSoon))).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting tickets that are due: %w", err)
	}
	return n, nil
}

// DueHolds counts the holds and restrictions that are to be looked at again.
func (s *Store) DueHolds(ctx context.Context) (n int64, err error) {
	err = s.readers.QueryRowContext(ctx, dueHoldsSQL, ms(s.Now())).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting holds to be looked at: %w", err)
	}
	return n, nil
}
