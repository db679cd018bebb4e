package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// Why a batch is paused. The first two are the breaker's.
const (
	PauseShare  = "share"  // it would erase too large a share of all records
	PauseMedian = "median" // it would erase far more than batches usually do
	PausePerson = "person"
)

// Pause is why and since when a batch rests; of one that went on, why it did at last.
type Pause struct {
	Why       string // "" = it was never paused
	Since     time.Time
	By        audit.Actor
	ClearedBy audit.Actor // who let it go on after the breaker
	Weighed   int64       // records that it would have erased, as the breaker saw it
	Bound     int64       // the bound that they were above
	Stock     int64       // all records that were held then
}

// Tripped tells whether the breaker paused it: then only somebody who approved none of its requests lets it go on.
func (p Pause) Tripped() bool { return p.Why == PauseShare || p.Why == PauseMedian }

// notHalted keeps calls to linked services back while a batch is paused, and until it was weighed: what the breaker or a person keeps from
// being erased here must not go elsewhere.
const notHalted = ` AND NOT (e.state = 'running' AND EXISTS (SELECT 1 FROM batch b WHERE b.number = e.batch AND (b.state = 'paused' OR b.allowed IS NULL)))`

func haltOf(state erasure.BatchState) error {
	switch state {
	case erasure.BatchPaused:
		return erasure.ErrPaused
	case erasure.BatchStopped:
		return erasure.ErrStopped
	}
	return nil
}

// unlessHalted is writeChunk for a step that must not be taken once the batch is paused or stopped. It looks in the step's own transaction, so
// that nothing is removed after the answer to whoever paused it.
func (s *Store) unlessHalted(ctx context.Context, batch int64, run func(*tx) error) error {
	var halt error
	err := s.writeChunk(ctx, audit.System, func(t *tx) error {
		var state erasure.BatchState
		if err := t.row("SELECT state FROM batch WHERE number = ?", batch).Scan(&state); err != nil {
			return fmt.Errorf("looking whether batch %d goes on: %w", batch, found(err))
		}
		if halt = haltOf(state); halt != nil {
			return nil
		}
		return run(t)
	})
	if err != nil {
		return err
	}
	return halt
}

// PauseBatch keeps a batch from removing any more, from the moment it returns. ErrMoved where it has removed all already, or rests.
func (s *Store) PauseBatch(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		var erased, records int64
		err := t.row("UPDATE batch SET state = 'paused', pause = ?, paused = ?, paused_by = ? WHERE number = ? AND state = 'running' AND swept IS NULL RETURNING erased, records",
			PausePerson, ms(t.now), string(by), number).Scan(&erased, &records)
		if err != nil {
			return t.batchMoved(number, err)
		}
		if err := t.touchRequests(number); err != nil {
			return err
		}
		return t.note(audit.BatchPaused, audit.ObjectOf(audit.KindBatch, number), map[string]int64{audit.CountRecords: erased, audit.CountRemaining: max(records-erased, 0)})
	})
}

// batchMoved tells a batch that is not there from one that is not where it was.
func (t *tx) batchMoved(number int64, err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := t.row("SELECT number FROM batch WHERE number = ?", number).Scan(&number); err != nil {
		return found(err)
	}
	return ErrMoved
}

// ResumeBatch lets a paused batch go on. ErrMoved where it does not rest; ErrBreaker where the breaker paused it and whoever asks approved one of
// its requests, or is nobody who signed in (law L6).
func (s *Store) ResumeBatch(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		b, err := scanBatch(t.row(batchColumns+"WHERE number = ?", number))
		if err != nil {
			return err
		}
		if b.State != erasure.BatchPaused {
			return ErrMoved
		}
		if b.Tripped() {
			if err := t.clear(b); err != nil {
				return err
			}
		} else if err := t.exec("UPDATE batch SET state = 'running', paused = NULL WHERE number = ?", number); err != nil {
			return fmt.Errorf("letting a batch go on: %w", err)
		}
		if err := t.touchRequests(number); err != nil {
			return err
		}
		return t.note(audit.BatchResumed, audit.ObjectOf(audit.KindBatch, number), map[string]int64{audit.CountRecords: b.Erased, audit.CountRemaining: max(b.Records-b.Erased, 0)})
	})
}

// clear is the second pair of eyes after the breaker: it allows what was weighed, and no more.
func (t *tx) clear(b Batch) error {
	may, err := mayClear(t.row(mayClearSQL, b.Number, string(t.by)), t.by)
	if err != nil {
		return err
	}
	if !may {
		return ErrBreaker
	}
	if err := t.exec("UPDATE batch SET state = 'running', paused = NULL, cleared_by = ?, allowed = weighed WHERE number = ?", string(t.by), b.Number); err != nil {
		return fmt.Errorf("letting a batch go on after the breaker: %w", err)
	}
	return nil
}

const mayClearSQL = "SELECT NOT EXISTS (SELECT 1 FROM erasure WHERE batch = ? AND approver = ?)"

func mayClear(row scanner, by audit.Actor) (bool, error) {
	var may bool
	if err := row.Scan(&may); err != nil {
		return false, fmt.Errorf("looking who approved what a batch holds: %w", err)
	}
	return may && by != audit.Operator && by != audit.System, nil
}

// MayClear tells whether somebody approved none of a batch's requests.
func (s *Store) MayClear(ctx context.Context, by audit.Actor, number int64) (bool, error) {
	return mayClear(s.readers.QueryRowContext(ctx, mayClearSQL, number, string(by)), by)
}

// touchRequests tells those who watch the requests of a batch that it rests or goes on: their pages, which may have been opened before a batch
// took them, and the runner of linked services.
func (t *tx) touchRequests(batch int64) error {
	all, err := scanned[int64](t.rows("SELECT number FROM erasure WHERE batch = ? AND state = 'running'", batch))
	for _, n := range all {
		t.touch(audit.ObjectOf(audit.KindErasure, n))
	}
	return err
}

// stoppedWindow is how long, at least, the requests of a stopped batch can be withdrawn before the next one takes them: whoever stops a
// batch has seen something wrong with it, and needs time to say what.
const stoppedWindow = time.Hour

// StopBatch ends a batch before its end. What it has removed stays removed; its requests that it has not finished go back to scheduled, with their
// cut-offs and deadlines, and can be withdrawn. ErrMoved where it has removed all already, or has ended.
func (s *Store) StopBatch(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error { return t.stopBatch(number) })
}

// stopRunning stops the batches that have not removed all yet.
func (t *tx) stopRunning() error {
	open, err := scanned[int64](t.rows("SELECT number FROM batch WHERE state IN ('running','paused') AND swept IS NULL"))
	for _, number := range open {
		if err == nil {
			err = t.stopBatch(number)
		}
	}
	return err
}

func (t *tx) stopBatch(number int64) error {
	var erased, records int64
	err := t.row("UPDATE batch SET state = 'stopped', paused = NULL, ended = ? WHERE number = ? AND state IN ('running','paused') AND swept IS NULL RETURNING erased, records",
		ms(t.now), number).Scan(&erased, &records)
	if err != nil {
		return t.batchMoved(number, err)
	}
	back, err := t.giveBack(number)
	if err != nil {
		return fmt.Errorf("giving back the requests of a stopped batch: %w", err)
	}
	return t.note(audit.BatchStopped, audit.ObjectOf(audit.KindBatch, number), map[string]int64{audit.CountErasures: back, audit.CountRecords: erased, audit.CountRemaining: max(records-erased, 0)})
}

// giveBack puts the requests of a stopped batch back among those that wait, and returns how many.
func (t *tx) giveBack(batch int64) (int64, error) {
	open, err := t.s.keys.scanErasures(t.rows(erasureColumns+"WHERE batch = ? AND state = 'running' ORDER BY number", batch))
	if err != nil {
		return 0, err
	}
	window, err := t.duration(LimitWindow, DefaultCancelWindow)
	if err != nil {
		return 0, err
	}
	from := ms(t.now.Add(max(window, stoppedWindow)))
	for _, e := range open {
		left, err := t.countLeft(e)
		if err != nil {
			return 0, err
		}
		if err := t.move(e.Number, erasure.Scheduled); err != nil {
			return 0, err
		}
		if err := t.exec("UPDATE erasure SET runs_from = ? WHERE number = ?", from, e.Number); err != nil {
			return 0, err
		}
		if err := t.note(audit.ErasureScheduled, audit.ObjectOf(audit.KindErasure, e.Number), map[string]int64{audit.CountRemaining: left}); err != nil {
			return 0, err
		}
	}
	return int64(len(open)), nil
}

// countLeft keeps how much of a request was erased at each service when its batch was stopped, and returns what is left. It can be withdrawn now,
// and must not say then that nothing was erased.
func (t *tx) countLeft(e Erasure) (int64, error) {
	if e.Started.IsZero() || e.Unreadable {
		return e.Manifest.Records(), nil // nothing was counted yet, so nothing is gone
	}
	parts, err := t.parts(e.Number)
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, p := range parts {
		if p.Excluded != "" || p.Linked {
			continue
		}
		var left int64
		err := t.row("SELECT count(*) FROM label WHERE customer = (SELECT number FROM customer WHERE name = ?) AND coalesce(seq, record) <= ? AND service = ?", e.Subject, e.Cutoff, p.Service).Scan(&left)
		if err != nil {
			return 0, err
		}
		if err := t.exec("UPDATE part SET erased = ?, remaining = ?, changed = ? WHERE erasure = ? AND service = ?", max(p.Found-left, 0), left, ms(t.now), e.Number, p.Service); err != nil {
			return 0, err
		}
		sum += left
	}
	return sum, nil
}

// purgeStopped sees to the bytes of what stopped batches had removed (law L3). It is asked before each batch, so that a crash leaves none out.
func (s *Store) purgeStopped(ctx context.Context) error {
	stopped, err := scanned[int64](s.readers.QueryContext(ctx, "SELECT number FROM batch WHERE state = 'stopped' AND purged IS NULL"))
	if err != nil {
		return fmt.Errorf("looking for stopped batches: %w", err)
	}
	for _, number := range stopped {
		if err := s.Purge(ctx, number); err != nil {
			return err
		}
		err := s.writeChunk(ctx, audit.System, func(t *tx) error { return t.exec("UPDATE batch SET purged = ? WHERE number = ?", ms(t.now), number) })
		if err != nil {
			return fmt.Errorf("keeping that a stopped batch is purged: %w", err)
		}
	}
	return nil
}

// Stakes are what pausing or stopping a batch means, in numbers.
type Stakes struct {
	Gone      int64       // records that are erased and cannot come back
	Left      int64       // records that are not
	Deadlines []time.Time // of the batch's requests that are not finished, the nearest first
	Behind    []time.Time // of the scheduled requests that wait for its end, likewise
	Called    int64       // parts at linked services that were called already, and cannot be taken back
}

// Late is how many requests would be late if nothing were erased until a time.
func (s Stakes) Late(until time.Time) (n int64) {
	for _, list := range [][]time.Time{s.Deadlines, s.Behind} {
		for _, d := range list {
			if d.Before(until) {
				n++
			}
		}
	}
	return n
}

// BatchStakes counts them.
func (s *Store) BatchStakes(ctx context.Context, b Batch) (out Stakes, err error) {
	out.Gone, out.Left = b.Erased, max(b.Records-b.Erased, 0)
	if out.Deadlines, err = s.deadlines(ctx, "batch = ? AND state = 'running'", b.Number); err != nil {
		return out, err
	}
	if out.Behind, err = s.deadlines(ctx, "state = 'scheduled'"); err != nil {
		return out, err
	}
	err = s.readers.QueryRowContext(ctx, `SELECT count(*) FROM erasure e JOIN part p ON p.erasure = e.number WHERE e.batch = ? AND e.state = 'running' AND p.attempts > 0`, b.Number).Scan(&out.Called)
	if err != nil {
		return out, fmt.Errorf("counting calls of a batch: %w", err)
	}
	return out, nil
}

func (s *Store) deadlines(ctx context.Context, where string, args ...any) ([]time.Time, error) {
	raw, err := scanned[sql.NullInt64](s.readers.QueryContext(ctx, "SELECT deadline FROM erasure WHERE "+where+" ORDER BY deadline", args...))
	if err != nil {
		return nil, fmt.Errorf("listing deadlines: %w", err)
	}
	out := make([]time.Time, len(raw))
	for i, r := range raw {
		out[i] = when(r)
	}
	return out, nil
}

// SameRun lists the other requests for the ID of a request that were carried out in the same batch. Each has its own cut-off and receipt.
func (s *Store) SameRun(ctx context.Context, e Erasure) ([]int64, error) {
	if e.Batch == 0 {
		return nil, nil
	}
	out, err := scanned[int64](s.readers.QueryContext(ctx, "SELECT number FROM erasure WHERE batch = ?1 AND ref = (SELECT ref FROM erasure WHERE number = ?2) AND number <> ?2 ORDER BY number LIMIT 10", e.Batch, e.Number))
	if err != nil {
		return nil, fmt.Errorf("listing the requests of the same run: %w", err)
	}
	return out, nil
}
