package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// Expiry is what one batch takes of one kind of record of a service because its retention is over. Both bounds are those of when the batch
// began, so that running again after a crash takes the same.
type Expiry struct {
	Service   int64
	Kind      Kind
	Before    time.Time // records that bear an earlier time …
	Cutoff    int64     // … and were here when it began
	Found     int64     // how many there were; -1 = not counted yet
	Remaining int64     // likewise when it was asked again
}

const expiryColumns = "SELECT service, kind, before, cutoff, coalesce(found, -1), coalesce(remaining, -1) FROM batch_retention WHERE batch = ? ORDER BY service, kind"

func scanExpiries(rows *sql.Rows, err error) (out []Expiry, _ error) {
	err = each(rows, err, func() error {
		var e Expiry
		var before int64
		err := rows.Scan(&e.Service, &e.Kind, &before, &e.Cutoff, &e.Found, &e.Remaining)
		e.Before = at(before)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what a batch takes for retention: %w", err)
	}
	return out, nil
}

// Expiries lists what a batch takes for retention; none = it runs for requests.
func (s *Store) Expiries(ctx context.Context, batch int64) ([]Expiry, error) {
	return scanExpiries(s.readers.QueryContext(ctx, expiryColumns, batch))
}

// LastExpiry is the newest batch that ran for retention. ErrNotFound before the first.
func (s *Store) LastExpiry(ctx context.Context) (Batch, error) {
	return scanBatch(s.readers.QueryRowContext(ctx, batchColumns+"WHERE number = (SELECT max(batch) FROM batch_retention)"))
}

// ClaimExpired implements erasure.Store. It waits for a batch that is on its way, its own or another, and takes up nothing: Claim does.
func (s *Store) ClaimExpired(ctx context.Context) (batch int64, err error) {
	err = s.writeChunk(ctx, audit.System, func(t *tx) error {
		var busy bool
		if err := t.row("SELECT EXISTS (SELECT 1 FROM batch WHERE state IN ('open','running','paused'))").Scan(&busy); err != nil || busy {
			return err
		}
		past, err := t.past()
		if err != nil {
			return err
		}
		disposals, err := scanned[int64](t.rows(claimableSQL))
		if err != nil || len(past)+len(disposals) == 0 {
			return err
		}
		if batch, err = t.openExpiry(past); err != nil {
			return err
		}
		return t.claimDisposals(batch, disposals)
	})
	if err != nil {
		return 0, fmt.Errorf("opening a batch for retention: %w", err)
	}
	return batch, nil
}

// past is what holds now and has something to take: what a hold or a restriction keeps opens no batch, or there would be one every night.
func (t *tx) past() ([]Expiry, error) {
	rules, err := t.inForce()
	if err != nil {
		return nil, err
	}
	k, err := t.anyKept()
	var out []Expiry
	for _, r := range rules {
		e := Expiry{Service: r.Service, Kind: r.Kind, Before: Before(t.now, r.At(t.now)), Cutoff: t.w.seq}
		var any bool
		if err := t.row("SELECT EXISTS ("+freeSQL(r.Kind, k)+")", e.args()...).Scan(&any); err != nil {
			return nil, err
		}
		if any {
			out = append(out, e)
		}
	}
	return out, err
}

// expiredSQL lists the records of an Expiry; the condition on the kind is that of the index that answers it.
func expiredSQL(kind Kind) string {
	if kind == Message {
		return "SELECT r.seq FROM record r WHERE r.service = ? AND r.time < ? AND r.seq <= ? AND r.kind = 1"
	}
	return fmt.Sprintf("SELECT r.seq FROM record r WHERE r.service = ? AND r.time < ? AND r.seq <= ? AND r.kind = %d AND r.kind > 1", int(kind))
}

// freeSQL is expiredSQL without what a hold or a restriction keeps (law L5).
func freeSQL(kind Kind, k anyKept) string {
	if !k.held {
		return expiredSQL(kind)
	}
	return expiredSQL(kind) + " AND NOT " + keptRecord
}

func (e Expiry) args() []any { return []any{e.Service, ms(e.Before), e.Cutoff} }

// openExpiry opens a batch whose deadline is that of a deletion: nobody waits for it, but nothing has a reason to take longer.
func (t *tx) openExpiry(past []Expiry) (batch int64, err error) {
	err = t.row("INSERT INTO batch (state, opened, deadline, started, requests, records) VALUES ('running', ?, ?, ?, 0, 0) RETURNING number",
		ms(t.now), ms(t.now.Add(erasure.Period)), ms(t.now)).Scan(&batch)
	if err != nil {
		return 0, err
	}
	for _, e := range past {
		err := t.exec("INSERT INTO batch_retention (batch, service, kind, before, cutoff) VALUES (?, ?, ?, ?, ?)", batch, e.Service, int(e.Kind), ms(e.Before), e.Cutoff)
		if err != nil {
			return 0, err
		}
	}
	object := audit.ObjectOf(audit.KindBatch, batch)
	if err := t.note(audit.BatchOpened, object, map[string]int64{audit.CountErasures: 0}); err != nil {
		return 0, err
	}
	return batch, t.note(audit.BatchStarted, object, nil)
}

// expired lists what a batch for retention has yet to take, in record order, and counts it the first time. What is kept is found and not
// taken: neither the breaker nor the batch's own count goes by it.
func (s *Store) expired(ctx context.Context, batch int64, past []Expiry) (all []int64, err error) {
	k, err := s.anyKept(ctx)
	if err != nil {
		return nil, err
	}
	free := make([]int64, len(past))
	for i, e := range past {
		seqs, err := scanned[int64](s.readers.QueryContext(ctx, freeSQL(e.Kind, k), e.args()...))
		if err != nil {
			return nil, fmt.Errorf("listing what is past its retention: %w", err)
		}
		if past[i].Found, err = s.left(ctx, e); err != nil {
			return nil, err
		}
		free[i], all = int64(len(seqs)), append(all, seqs...)
	}
	slices.Sort(all)
	return all, s.writeChunk(ctx, audit.System, func(t *tx) error { return t.countExpired(batch, past, free) })
}

// countExpired keeps what a batch finds at first, not what is left after a crash; free is how much of each it takes.
func (t *tx) countExpired(batch int64, past []Expiry, free []int64) error {
	for i, e := range past {
		fresh, err := t.change("UPDATE batch_retention SET found = ? WHERE batch = ? AND service = ? AND kind = ? AND found IS NULL", e.Found, batch, e.Service, int(e.Kind))
		if err == nil && fresh > 0 {
			err = t.exec("INSERT INTO batch_service (batch, service, records) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET records = records + excluded.records", batch, e.Service, free[i])
		}
		if err != nil {
			return fmt.Errorf("counting what is past its retention: %w", err)
		}
	}
	t.touch(audit.ObjectOf(audit.KindBatch, batch))
	return t.exec("UPDATE batch SET records = (SELECT coalesce(sum(records), 0) FROM batch_service WHERE batch = ?) WHERE number = ?", batch, batch)
}

// endExpiry asks again, when the bytes are gone, what is left of what a batch took for retention, and writes down how it came out. What
// is left is what a hold or a restriction keeps.
func (s *Store) endExpiry(ctx context.Context, batch int64) error {
	past, err := s.Expiries(ctx, batch)
	if err != nil || len(past) == 0 {
		return err
	}
	for i := range past {
		if past[i].Remaining, err = s.left(ctx, past[i]); err != nil {
			return err
		}
	}
	return s.writeChunk(ctx, audit.System, func(t *tx) error {
		for _, e := range past {
			if err := t.endExpiry(batch, e); err != nil {
				return fmt.Errorf("ending a batch for retention: %w", err)
			}
		}
		return nil
	})
}

// left counts what still stands, by the index on times and not by the numbers that the deletion worked through.
func (s *Store) left(ctx context.Context, e Expiry) (n int64, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT count(*) FROM ("+expiredSQL(e.Kind)+")", e.args()...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("asking again for what was past its retention: %w", err)
	}
	return n, nil
}

func (t *tx) endExpiry(batch int64, e Expiry) error {
	fresh, err := t.change("UPDATE batch_retention SET remaining = ? WHERE batch = ? AND service = ? AND kind = ? AND remaining IS NULL", e.Remaining, batch, e.Service, int(e.Kind))
	if err != nil || fresh == 0 {
		return err
	}
	return t.note(audit.RetentionRan, audit.ObjectOf(audit.KindBatch, batch), map[string]int64{audit.CountService: e.Service, audit.CountKind: int64(e.Kind),
		audit.CountRecords: e.Found - e.Remaining, audit.CountHeld: e.Remaining})
}
