package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// breaker is what a batch is weighed against (design.md, section 5).
type breaker struct {
	stock  int64 // all records that are held, with those that the batch has removed
	median int64 // records of an ordinary batch; 0 = there was none
	share  int64 // per cent
	times  int64
	floor  int64
}

// medianOf is how many batches tell what is ordinary.
const medianOf = 30

// trips tells why a batch of a size needs a second person, and the bound that it is above; "" = it does not. The floor holds for both rules:
// in a small store one customer is more than 5 %, and after a quiet month two are ten times the usual.
func (b breaker) trips(size int64) (why string, bound int64) {
	if bound = max(b.floor, b.stock*b.share/100); size > bound {
		return PauseShare, bound
	}
	if bound = max(b.floor, b.median*b.times); b.median > 0 && size > bound {
		return PauseMedian, bound
	}
	return "", 0
}

// Weigh implements erasure.Store.
func (s *Store) Weigh(ctx context.Context, batch, records int64) error {
	tripped := false
	err := s.unlessHalted(ctx, batch, func(t *tx) (err error) {
		tripped, err = t.weigh(batch, records)
		return err
	})
	if err == nil && tripped {
		return erasure.ErrPaused
	}
	return err
}

// weigh allows a batch what it would erase, or pauses it. What was allowed once is not weighed again: after a crash it goes on.
func (t *tx) weigh(batch, left int64) (tripped bool, err error) {
	var erased int64
	var allowed sql.NullInt64
	if err := t.row("SELECT erased, allowed FROM batch WHERE number = ?", batch).Scan(&erased, &allowed); err != nil {
		return false, fmt.Errorf("weighing batch %d: %w", batch, err)
	}
	size := erased + left
	if allowed.Valid && size <= allowed.Int64 {
		return false, nil
	}
	b, err := t.breaker(erased)
	if err != nil {
		return false, fmt.Errorf("weighing batch %d: %w", batch, err)
	}
	if why, bound := b.trips(size); why != "" {
		return true, t.trip(batch, size, why, bound, b.stock)
	}
	if err := t.exec("UPDATE batch SET allowed = ? WHERE number = ?", size, batch); err != nil {
		return false, fmt.Errorf("weighing batch %d: %w", batch, err)
	}
	return false, t.touchRequests(batch)
}

func (t *tx) trip(batch, size int64, why string, bound, stock int64) error {
	err := t.exec("UPDATE batch SET state = 'paused', pause = ?, paused = ?, paused_by = ?, weighed = ?, bound = ?, stock = ? WHERE number = ?",
		why, ms(t.now), string(t.by), size, bound, stock, batch)
	if err != nil {
		return fmt.Errorf("pausing batch %d: %w", batch, err)
	}
	if err := t.touchRequests(batch); err != nil {
		return err
	}
	return t.note(audit.BatchPaused, audit.ObjectOf(audit.KindBatch, batch), map[string]int64{audit.CountRecords: size, audit.CountLimit: bound})
}

func (t *tx) breaker(erased int64) (b breaker, err error) {
	for name, to := range map[string]*int64{LimitShare: &b.share, LimitTimes: &b.times, LimitFloor: &b.floor} {
		l, err := t.limit(name)
		if err != nil {
			return b, err
		}
		*to = l.At(t.now)
	}
	if err := t.row("SELECT coalesce(sum(records), 0) FROM tally").Scan(&b.stock); err != nil {
		return b, err
	}
	b.stock += erased
	// A batch that found nothing says nothing about what is ordinary.
	sizes, err := scanned[int64](t.rows("SELECT records FROM batch WHERE state = 'done' AND records > 0 AND requests > 0 AND drill = 0 ORDER BY number DESC LIMIT ?", medianOf))
	if len(sizes) > 0 {
		slices.Sort(sizes)
		b.median = (sizes[(len(sizes)-1)/2] + sizes[len(sizes)/2] + 1) / 2
	}
	return b, err
}
