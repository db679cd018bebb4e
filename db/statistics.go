package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"quittance/db/erasure"
)

// ErasureDay is what happened to erasures on one day. The times are from submitted to confirmed, of those that were done on the day.
type ErasureDay struct {
	Day           time.Time // its beginning
	Filed         int64
	Ended         int64 // done, refused or withdrawn
	Done          int64
	P50, P95, Max time.Duration
}

// ErasureDays counts the last days up to now, oldest first, as days go in a time zone.
func (s *Store) ErasureDays(ctx context.Context, days int, zone *time.Location) ([]ErasureDay, error) {
	out := calendar(s.Now().In(zone), days)
	first := ms(out[0].Day)
	rows, err := s.readers.QueryContext(ctx, "SELECT state, proposed, ended FROM erasure WHERE drill = 0 AND (proposed >= ? OR ended >= ?)", first, first)
	took := make([][]time.Duration, days)
	err = each(rows, err, func() error {
		var state erasure.State
		var proposed int64
		var ended sql.NullInt64
		if err := rows.Scan(&state, &proposed, &ended); err != nil {
			return err
		}
		if i := dayIn(out, at(proposed)); i >= 0 {
			out[i].Filed++
		}
		if i := dayIn(out, when(ended)); i >= 0 {
			out[i].Ended++
			if state == erasure.Done {
				took[i] = append(took[i], when(ended).Sub(at(proposed)))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting erasures by day: %w", err)
	}
	for i := range out {
		out[i].measure(took[i])
	}
	return out, nil
}

// calendar is the last n days, today last. A day has 23 or 25 hours where the clocks change.
func calendar(now time.Time, n int) []ErasureDay {
	out := make([]ErasureDay, n)
	y, m, d := now.Date()
	for i := range out {
		out[i].Day = time.Date(y, m, d-n+1+i, 0, 0, 0, 0, now.Location())
	}
	return out
}

// dayIn finds the day of a time, -1 when it lies before the first.
func dayIn(days []ErasureDay, t time.Time) int {
	i, exact := slices.BinarySearchFunc(days, t, func(d ErasureDay, t time.Time) int { return d.Day.Compare(t) })
	if exact {
		return i
	}
	return i - 1
}

func (d *ErasureDay) measure(took []time.Duration) {
	if d.Done = int64(len(took)); d.Done == 0 {
		return
	}
	slices.Sort(took)
	d.P50, d.P95, d.Max = percentile(took, 50), percentile(took, 95), took[len(took)-1]
}

// percentile is the nearest rank: the smallest value that at least p in a hundred do not exceed. sorted is not empty.
func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[(len(sorted)*p+99)/100-1]
}

// ServiceUse is how a service is used.
type ServiceUse struct {
	Newest time.Time // time of its newest record; zero = none
	Keys   int64     // live keys
}

// ServiceUses tells it for all services.
func (s *Store) ServiceUses(ctx context.Context) (map[int64]ServiceUse, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT number, (SELECT max(time) FROM record WHERE service = number),
		(SELECT count(*) FROM api_key k WHERE k.service = service.number AND revoked IS NULL AND (expires IS NULL OR expires > ?)) FROM service`, ms(s.Now()))
	out := map[int64]ServiceUse{}
	err = each(rows, err, func() error {
		var n int64
		var newest sql.NullInt64
		var u ServiceUse
		err := rows.Scan(&n, &newest, &u.Keys)
		u.Newest = when(newest)
		out[n] = u
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading how services are used: %w", err)
	}
	return out, nil
}

// Unlabelled counts the records of one kind that bear no customer ID.
type Unlabelled struct {
	Kind   Kind
	Count  int64
	Newest time.Time
}

// UnlabelledOf counts what a service holds without a customer ID, by kind.
func (s *Store) UnlabelledOf(ctx context.Context, service int64) ([]Unlabelled, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT kind, count(*), max(time) FROM label WHERE customer = 0 AND service = ? GROUP BY kind ORDER BY kind", service)
	var out []Unlabelled
	err = each(rows, err, func() error {
		var u Unlabelled
		var newest int64
		err := rows.Scan(&u.Kind, &u.Count, &newest)
		u.Newest = at(newest)
		out = append(out, u)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting unlabelled records: %w", err)
	}
	return out, nil
}

// SessionOwner is whose session a number names. ErrNotFound for a visitor's.
func (s *Store) SessionOwner(ctx context.Context, number int64) (int64, error) {
	var user int64
	err := s.readers.QueryRowContext(ctx, "SELECT user FROM web_session WHERE number = ? AND user IS NOT NULL", number).Scan(&user)
	return user, found(err)
}
