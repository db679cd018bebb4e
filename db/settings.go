package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"quittance/db/audit"
)

// DefaultCancelWindow is how long an approved erasure can be withdrawn before a batch takes it, where nothing else was set.
const DefaultCancelWindow = 15 * time.Minute

// InitPolicy sets the policies of a new store from the flags of its first serve. Later flags change nothing: from then on a policy is
// changed in the console, where loosening it waits and is written down (law L6). It returns the window that is in force.
func (s *Store) InitPolicy(ctx context.Context, cancelWindow time.Duration) (time.Duration, error) {
	var kept time.Duration
	err := s.write(ctx, audit.Operator, func(t *tx) error {
		n, err := t.change("INSERT INTO setting (key, value, changed) VALUES ('cancel-window', ?, ?) ON CONFLICT DO NOTHING", cancelWindow.String(), ms(t.now))
		if err != nil {
			return fmt.Errorf("keeping the cancel window: %w", err)
		}
		if kept, err = t.duration("cancel-window", DefaultCancelWindow); err != nil || n == 0 {
			return err
		}
		return t.note(audit.PolicyChanged, "", nil)
	})
	return kept, err
}

func (t *tx) duration(key string, otherwise time.Duration) (time.Duration, error) {
	var v string
	err := t.row("SELECT CASE WHEN effective <= ? THEN next ELSE value END FROM setting WHERE key = ?", ms(t.now), key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return otherwise, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the setting %s: %w", key, err)
	}
	return time.ParseDuration(v)
}
