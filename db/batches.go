package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// Batch is one run of the local recipe over many erasures.
type Batch struct {
	Number   int64
	State    erasure.BatchState
	Opened   time.Time
	Deadline time.Time // of the oldest request in it
	Started  time.Time
	Ended    time.Time
	Requests int64
	Records  int64
	Erased   int64
	Swept    bool // all that it found is removed; its requests are being verified
	Pause
}

// BatchService is how far a batch is at one service.
type BatchService struct{ Service, Records, Erased int64 }

// BatchMinute is how much a batch erased in one minute.
type BatchMinute struct {
	Minute time.Time
	Erased int64
}

var _ erasure.Store = (*Store)(nil)

// Claim implements erasure.Store. What people have asked for does not wait for a retention run that rests.
func (s *Store) Claim(ctx context.Context, early bool) (batch int64, err error) {
	if err := s.purgeStopped(ctx); err != nil {
		return 0, err
	}
	if err := s.expireHolds(ctx); err != nil {
		return 0, fmt.Errorf("ending the holds whose day has come: %w", err)
	}
	idle, err := s.idle(ctx, early)
	if err != nil || idle {
		return 0, err
	}
	var state erasure.BatchState
	err = s.writeChunk(ctx, audit.System, func(t *tx) error {
		err := t.row("SELECT number, state FROM batch WHERE "+atWork+" ORDER BY state DESC LIMIT 1").Scan(&batch, &state)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		batch, err = t.openBatch(early)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("opening a batch: %w", err)
	}
	return batch, haltOf(state)
}

// atWork are the batches that keep the next one waiting. A retention run that rests is none of them.
const atWork = "(state = 'running' OR state = 'paused' AND number NOT IN (SELECT batch FROM batch_retention))"

// idle looks with a reader first, so that a loop with nothing to do writes nothing.
func (s *Store) idle(ctx context.Context, early bool) (bool, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM batch WHERE "+atWork+") + (SELECT count(*) FROM erasure WHERE "+due+")", early, ms(s.Now()), ms(s.Now())).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking for scheduled erasures: %w", err)
	}
	return n == 0, nil
}

// due are the requests that a batch takes: those past their cancel window, or all that are scheduled when the operator does not want
// to wait, and those of which something remained, some time after the last try.
const due = "(state = 'scheduled' AND (? OR runs_from <= ?) OR state = 'partial' AND runs_from <= ?)"

// batchRequests is erasure.BatchRequests, fewer in a test.
var batchRequests = erasure.BatchRequests

// next are the requests that one batch takes of them: the nearest deadline first, and what was tried already after what was not.
const next = "(SELECT number FROM erasure WHERE " + due + " ORDER BY state = 'partial', deadline, number LIMIT ?)"

func (t *tx) openBatch(early bool) (int64, error) {
	var requests int64
	var deadline sql.NullInt64
	err := t.row("SELECT count(*), min(deadline) FROM erasure WHERE number IN "+next, early, ms(t.now), ms(t.now), batchRequests).Scan(&requests, &deadline)
	if err != nil || requests == 0 {
		return 0, err
	}
	var batch int64
	err = t.row("INSERT INTO batch (state, opened, deadline, started, requests, records) VALUES ('running', ?, ?, ?, ?, 0) RETURNING number",
		ms(t.now), deadline, ms(t.now), requests).Scan(&batch)
	if err != nil {
		return 0, err
	}
	if early {
		if err := t.forced(batch); err != nil {
			return 0, err
		}
	}
	// Scheduled and partial may go to running: erasure.Moves. The condition is that of the count, in the same transaction.
	err = t.exec("UPDATE erasure SET state = 'running', batch = ? WHERE number IN "+next, batch, early, ms(t.now), ms(t.now), batchRequests)
	if err == nil { // one with nothing but the drill's requests is counted nowhere
		err = t.exec("UPDATE batch SET drill = 1 WHERE number = ? AND NOT EXISTS (SELECT 1 FROM erasure WHERE batch = ? AND drill = 0)", batch, batch)
	}
	if err != nil {
		return 0, err
	}
	if err := t.note(audit.BatchOpened, audit.ObjectOf(audit.KindBatch, batch), map[string]int64{audit.CountErasures: requests}); err != nil {
		return 0, err
	}
	return batch, t.note(audit.BatchStarted, audit.ObjectOf(audit.KindBatch, batch), nil)
}

// forced writes down that the operator did not wait for the cancel windows.
func (t *tx) forced(batch int64) error {
	by := t.by
	t.by = audit.Operator
	defer func() { t.by = by }()
	return t.note(audit.BatchForced, audit.ObjectOf(audit.KindBatch, batch), nil)
}

// Doomed implements erasure.Store. It counts what each request finds the first time it looks, so that the receipt can say what was
// there before; after a crash the counts stand and only what remains is listed.
func (s *Store) Doomed(ctx context.Context, batch int64) ([]int64, error) {
	past, err := s.Expiries(ctx, batch)
	if err != nil {
		return nil, err
	}
	if len(past) > 0 {
		return s.expired(ctx, batch, past)
	}
	requests, err := s.Erasures(ctx, ErasureQuery{Batch: batch, States: []erasure.State{erasure.Running}, Limit: -1})
	if err != nil {
		return nil, err
	}
	services := map[int64]int64{} // record → service, each record once, however many requests cover it
	var counted []census
	for _, e := range requests {
		if e.Unreadable {
			continue // nothing can be found under it; its verification says so
		}
		c, err := s.census(ctx, e, services)
		if err != nil {
			return nil, err
		}
		counted = append(counted, c)
	}
	for part := range slices.Chunk(counted, erasure.ChunkRecords) {
		if err := s.writeChunk(ctx, audit.System, func(t *tx) error { return t.count(batch, part) }); err != nil {
			return nil, fmt.Errorf("counting what is to be erased: %w", err)
		}
	}
	err = s.writeChunk(ctx, audit.System, func(t *tx) error { return t.countServices(batch, services) })
	return slices.Sorted(maps.Keys(services)), err
}

// census is what a request found at each service.
type census struct {
	erasure int64
	fresh   bool // not counted before
	found   map[int64]int64
}

func (s *Store) census(ctx context.Context, e Erasure, services map[int64]int64) (census, error) {
	c := census{erasure: e.Number, fresh: e.Started.IsZero(), found: map[int64]int64{}}
	k, err := s.anyKept(ctx)
	if err != nil {
		return c, err
	}
	kept := "0"
	if k.held {
		kept = keptLabel
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT l.record, l.service, `+kept+` FROM label l WHERE l.customer = (SELECT number FROM customer WHERE name = ?)
		AND coalesce(l.seq, l.record) <= ? AND l.service IN (SELECT service FROM part WHERE erasure = ? AND excluded IS NULL)`, e.Subject, e.Cutoff, e.Number)
	err = each(rows, err, func() error {
		var record, service int64
		var held bool
		err := rows.Scan(&record, &service, &held)
		if c.found[service]++; !held {
			services[record] = service
		}
		return err
	})
	if err != nil {
		return c, fmt.Errorf("listing what request %d covers: %w", e.Number, err)
	}
	return c, nil
}

func (t *tx) count(batch int64, counted []census) error {
	for _, c := range counted {
		var sum int64
		if !c.fresh {
			if err := t.note(audit.ErasureStarted, audit.ObjectOf(audit.KindErasure, c.erasure), nil); err != nil {
				return err
			}
			continue
		}
		if err := t.exec("UPDATE part SET found = 0 WHERE erasure = ? AND excluded IS NULL", c.erasure); err != nil {
			return err
		}
		for service, n := range c.found {
			sum += n
			if err := t.exec("UPDATE part SET found = ?, changed = ? WHERE erasure = ? AND service = ?", n, ms(t.now), c.erasure, service); err != nil {
				return err
			}
		}
		if err := t.exec("UPDATE erasure SET started = ?, found = ? WHERE number = ?", ms(t.now), sum, c.erasure); err != nil {
			return err
		}
		if err := t.note(audit.ErasureStarted, audit.ObjectOf(audit.KindErasure, c.erasure), map[string]int64{audit.CountRecords: sum}); err != nil {
			return err
		}
	}
	return nil
}

// countServices keeps how much a batch has to erase at each service: what it finds at first, not what is left after a crash.
func (t *tx) countServices(batch int64, services map[int64]int64) error {
	sums := map[int64]int64{}
	for _, service := range services {
		sums[service]++
	}
	for service, n := range sums {
		if err := t.exec("INSERT INTO batch_service (batch, service, records) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", batch, service, n); err != nil {
			return fmt.Errorf("summing up the batch by service: %w", err)
		}
	}
	t.touch(audit.ObjectOf(audit.KindBatch, batch))
	return t.exec("UPDATE batch SET records = (SELECT coalesce(sum(records), 0) FROM batch_service WHERE batch = ?) WHERE number = ?", batch, batch)
}

// Erased implements erasure.Store.
func (s *Store) Erased(ctx context.Context, batch int64) error {
	if err := s.destroyCases(ctx, batch); err != nil {
		return err
	}
	return s.unlessHalted(ctx, batch, func(t *tx) error {
		n, err := t.change("UPDATE erasure SET state = 'verifying' WHERE batch = ? AND state = 'running'", batch)
		if err == nil {
			err = t.exec("UPDATE batch SET swept = coalesce(swept, ?) WHERE number = ?", ms(t.now), batch)
		}
		if err != nil || n == 0 {
			return err
		}
		return t.note(audit.BatchErased, audit.ObjectOf(audit.KindBatch, batch), map[string]int64{audit.CountErasures: n})
	})
}

// Finish implements erasure.Store. The customer IDs on the requests, which their end has let go of, are wiped as the records were; only then
// is the batch done.
func (s *Store) Finish(ctx context.Context, batch int64) error {
	if err := errors.Join(s.endExpiry(ctx, batch), s.endDisposals(ctx, batch)); err != nil {
		return err
	}
	err := s.writeChunk(ctx, audit.System, func(t *tx) error { return t.settleAll(batch) })
	if err != nil {
		return err
	}
	if err := s.wipeLog(ctx); err != nil {
		return err
	}
	defer s.refill() // the batch may have needed it
	return s.finish(ctx, batch)
}

func (s *Store) finish(ctx context.Context, batch int64) error {
	return s.writeChunk(ctx, audit.System, func(t *tx) error {
		var erased int64
		err := t.row(`UPDATE batch SET state = 'done', ended = ? WHERE number = ? AND state = 'running'
			AND NOT EXISTS (SELECT 1 FROM erasure WHERE batch = batch.number AND (state = 'running' OR `+unverified+`)) RETURNING erased`, ms(t.now), batch).Scan(&erased)
		if err != nil {
			return fmt.Errorf("ending batch %d: %w", batch, found(err))
		}
		return t.note(audit.BatchDone, audit.ObjectOf(audit.KindBatch, batch), map[string]int64{audit.CountRecords: erased})
	})
}

// settleAll settles what a batch has taken up and nothing here has to verify: requests whose only parts are at linked services.
func (t *tx) settleAll(batch int64) error {
	open, err := scanned[int64](t.rows("SELECT number FROM erasure WHERE batch = ? AND state = 'verifying' AND NOT ("+unverified+") ORDER BY number", batch))
	if err != nil {
		return fmt.Errorf("looking for requests that nothing here verifies: %w", err)
	}
	for _, number := range open {
		e, err := t.request(number)
		if err != nil {
			return err
		}
		if err := t.settle(e); err != nil {
			return fmt.Errorf("settling request %d: %w", number, err)
		}
	}
	return nil
}

const batchColumns = `SELECT number, state, opened, deadline, started, ended, requests, records, erased, swept IS NOT NULL, coalesce(pause, ''), paused,
	coalesce(paused_by, ''), coalesce(cleared_by, ''), coalesce(weighed, 0), coalesce(bound, 0), coalesce(stock, 0) FROM batch `

func scanBatch(row scanner) (Batch, error) {
	var b Batch
	var opened, deadline int64
	var started, ended, paused sql.NullInt64
	err := row.Scan(&b.Number, &b.State, &opened, &deadline, &started, &ended, &b.Requests, &b.Records, &b.Erased, &b.Swept, &b.Why, &paused,
		&b.By, &b.ClearedBy, &b.Weighed, &b.Bound, &b.Stock)
	b.Opened, b.Deadline, b.Started, b.Ended, b.Since = at(opened), at(deadline), when(started), when(ended), when(paused)
	return b, found(err)
}

// Batch reads one batch.
func (s *Store) Batch(ctx context.Context, number int64) (Batch, error) {
	return scanBatch(s.readers.QueryRowContext(ctx, batchColumns+"WHERE number = ?", number))
}

// Batches lists batches, newest first. before is the number of the last one of the page before, 0 for the first page.
func (s *Store) Batches(ctx context.Context, before int64, limit int) ([]Batch, error) {
	rows, err := s.readers.QueryContext(ctx, batchColumns+"WHERE drill = 0 AND (? = 0 OR number < ?) ORDER BY number DESC LIMIT ?", before, before, limit)
	var out []Batch
	err = each(rows, err, func() error {
		b, err := scanBatch(rows)
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing batches: %w", err)
	}
	return out, nil
}

// BatchServices tells how far a batch is at each service.
func (s *Store) BatchServices(ctx context.Context, number int64) ([]BatchService, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT service, records, erased FROM batch_service WHERE batch = ? ORDER BY service", number)
	var out []BatchService
	err = each(rows, err, func() error {
		var b BatchService
		err := rows.Scan(&b.Service, &b.Records, &b.Erased)
		out = append(out, b)
		return err
	})
	return out, err
}

// BatchMinutes tells how fast a batch went.
func (s *Store) BatchMinutes(ctx context.Context, number int64) ([]BatchMinute, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT minute, erased FROM batch_minute WHERE batch = ? ORDER BY minute", number)
	var out []BatchMinute
	err = each(rows, err, func() error {
		var m int64
		var b BatchMinute
		err := rows.Scan(&m, &b.Erased)
		b.Minute = time.Unix(m*60, 0).UTC()
		out = append(out, b)
		return err
	})
	return out, err
}
