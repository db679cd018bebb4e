package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// ErasureDay is what happened to erasures on one day. The times are from submitted to confirmed, of those that were done on the day.
type ErasureDay struct {
	Day           time.Time // its beginning
	Filed         int64
	Ended         int64 // done, refused or withdrawn
	Done          int64
	P50, P95, Max time.Duration
}

// erasureDaysSQL counts by indexes what was filed and what ended between each two times of a list, and gathers how long each took that was done. The
// plus keeps SQLite from going by the state: after years most requests are done.
const erasureDaysSQL = `SELECT d.key, (SELECT count(*) FROM erasure WHERE drill = 0 AND proposed >= d.first AND proposed < d.next),
	(SELECT count(*) FROM erasure WHERE drill = 0 AND ended IS NOT NULL AND ended >= d.first AND ended < d.next),
	(SELECT json_group_array(ended - proposed) FROM erasure WHERE drill = 0 AND ended IS NOT NULL AND ended >= d.first AND ended < d.next AND +state = 'done')
	FROM (SELECT key, value ->> 0 AS first, value ->> 1 AS next FROM json_each(?)) d`

// ErasureDays counts the last days up to now, oldest first, as days go in a time zone.
func (s *Store) ErasureDays(ctx context.Context, days int, zone *time.Location) ([]ErasureDay, error) {
	out := calendar(s.Now().In(zone), days)
	rows, err := s.readers.QueryContext(ctx, erasureDaysSQL, boundsOf(out))
	err = each(rows, err, func() error {
		var i int
		var filed, ended int64
		var took []byte
		if err := rows.Scan(&i, &filed, &ended, &took); err != nil {
			return err
		}
		out[i].Filed, out[i].Ended = filed, ended
		return out[i].measure(took)
	})
	if err != nil {
		return nil, fmt.Errorf("counting erasures by day: %w", err)
	}
	return out, nil
}

// boundsOf is a JSON list of when each day begins and the next one does, in ms. Nothing lies after the last one.
func boundsOf(days []ErasureDay) string {
	out := make([]string, len(days))
	for i, d := range days {
		next := int64(math.MaxInt64)
		if i+1 < len(days) {
			next = ms(days[i+1].Day)
		}
		out[i] = fmt.Sprintf("[%d,%d]", ms(d.Day), next)
	}
	return "[" + strings.Join(out, ",") + "]"
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

// measure takes a JSON list of how many ms each took that was done.
func (d *ErasureDay) measure(list []byte) error {
	var took []int64
	if err := json.Unmarshal(list, &took); err != nil || len(took) == 0 {
		return err
	}
	slices.Sort(took)
	rank := func(p int) time.Duration { return time.Duration(percentile(took, p)) * time.Millisecond }
	d.Done, d.P50, d.P95, d.Max = int64(len(took)), rank(50), rank(95), rank(100)
	return nil
}

// percentile is the nearest rank: the smallest value that at least p in a hundred do not exceed. sorted is not empty.
func percentile[T any](sorted []T, p int) T {
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
