package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"quittance/db/audit"
)

// Sweep is one look at everything that is stored: each record against its digest and its labels, each page against its sum.
type Sweep struct {
	Number         int64
	Started, Ended time.Time
	Records, Pages int64 // looked at
	Bad            int64 // records that do not match
}

const (
	sweepRecords = 500  // at once: some milliseconds of a reader
	sweepPages   = 2000 // likewise
)

// SweepAll goes on with the sweep that was cut off, or begins one, and works to its end or to that of ctx, resting between two steps. Where it
// was is kept, so that no night's work is lost.
func (s *Store) SweepAll(ctx context.Context, rest time.Duration) (Sweep, error) {
	w, at, err := s.takeUpSweep(ctx)
	if err != nil {
		return w, fmt.Errorf("beginning a sweep: %w", err)
	}
	for _, step := range []func(context.Context, *Sweep, *sweepPlace) (bool, error){s.sweepRecords, s.sweepPages} {
		for more := true; more; {
			if more, err = step(ctx, &w, &at); err != nil {
				return w, fmt.Errorf("sweep %d: %w", w.Number, err)
			}
			select {
			case <-ctx.Done():
				return w, ctx.Err()
			case <-time.After(rest):
			}
		}
	}
	return w, s.endSweep(ctx, &w)
}

// sweepPlace is how far a sweep is.
type sweepPlace struct{ seq, page int64 }

const sweepColumns = "SELECT number, started, ended, records, bad, pages, seq, page FROM sweep "

func scanSweep(row scanner) (w Sweep, p sweepPlace, err error) {
	var started int64
	var ended sql.NullInt64
	err = row.Scan(&w.Number, &started, &ended, &w.Records, &w.Bad, &w.Pages, &p.seq, &p.page)
	w.Started, w.Ended = at(started), when(ended)
	return w, p, found(err)
}

// LastSweep is the newest sweep, whether it has ended or not. ErrNotFound before the first.
func (s *Store) LastSweep(ctx context.Context) (Sweep, error) {
	w, _, err := scanSweep(s.readers.QueryRowContext(ctx, sweepColumns+"ORDER BY number DESC LIMIT 1"))
	return w, err
}

func (s *Store) takeUpSweep(ctx context.Context) (w Sweep, p sweepPlace, err error) {
	err = s.write(ctx, audit.System, func(t *tx) error {
		w, p, err = scanSweep(t.row(sweepColumns + "WHERE ended IS NULL ORDER BY number DESC LIMIT 1"))
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		w = Sweep{Started: t.now}
		return t.row("INSERT INTO sweep (started) VALUES (?) RETURNING number", ms(t.now)).Scan(&w.Number)
	})
	return w, p, err
}

// sweepRecords looks at the next records. What cannot be read at all is as bad as what does not match.
func (s *Store) sweepRecords(ctx context.Context, w *Sweep, p *sweepPlace) (more bool, err error) {
	bad, last, n, err := s.checkRecords(ctx, p.seq, sweepRecords)
	if err != nil {
		if bad, last, n, err = s.checkOneByOne(ctx, p.seq); err != nil {
			return false, err
		}
	}
	if n == 0 {
		return false, nil
	}
	p.seq, w.Records, w.Bad = last, w.Records+n, w.Bad+int64(len(bad))
	return true, s.keepSweep(ctx, w, p, bad)
}

// sweepSQL counts beside each record the labels that it must have: one for each of its IDs, which repeats what the record is.
const sweepSQL = "SELECT " + recordColumns + ", r.body, r.digest, (SELECT count(*) FROM label l WHERE l.customer = r.customer AND " + faithful + `),
	(SELECT count(*) FROM record_label b WHERE b.record = r.seq AND NOT EXISTS (SELECT 1 FROM label l WHERE l.customer = b.customer AND ` + faithful + `))
	FROM record r WHERE r.seq > ? ORDER BY r.seq LIMIT ?`

// faithful is the condition that a label l is one of a record r and says of it what is so. The digest covers the record alone.
const faithful = `l.time = r.time AND l.record = r.seq AND l.service = r.service AND l.kind = r.kind AND l.language = r.language AND l.opted_out = ((r.flags & 2) <> 0)`

func (s *Store) checkRecords(ctx context.Context, after int64, limit int) (bad []int64, last, n int64, err error) {
	rows, err := s.readers.QueryContext(ctx, sweepSQL, after, limit)
	err = each(rows, err, func() error {
		var stored, digest []byte
		var own, lacking int64
		r, err := scanRecord(rows, &stored, &digest, &own, &lacking)
		if err != nil {
			return err
		}
		last, n = r.Seq, n+1
		if _, err := s.body(&r, stored, digest); err != nil || own != 1 || lacking != 0 {
			bad = append(bad, r.Seq)
		}
		return nil
	})
	return bad, last, n, err
}

// checkOneByOne goes over a stretch in which something cannot be read, and past it: the numbers of what stands on a damaged page are not known.
func (s *Store) checkOneByOne(ctx context.Context, after int64) (bad []int64, last, n int64, err error) {
	newest, err := s.Seq(ctx)
	if err != nil || after >= newest {
		return nil, after, 0, err
	}
	for last = after; last < min(after+sweepRecords, newest); {
		last++
		if err := ctx.Err(); err != nil {
			return nil, 0, 0, err
		}
		b, at, one, err := s.checkRecords(ctx, last-1, 1)
		switch {
		case err != nil:
			bad, n = append(bad, last), n+1
		case one == 0:
			return bad, newest, n, nil
		default:
			bad, last, n = append(bad, b...), at, n+1
		}
	}
	return bad, last, max(n, 1), nil
}

// sweepPages reads the next pages of the file, each of which is held against its sum on the way (package disk).
func (s *Store) sweepPages(ctx context.Context, w *Sweep, p *sweepPlace) (more bool, err error) {
	var count, n int64
	if err := s.readers.QueryRowContext(ctx, "PRAGMA page_count").Scan(&count); err != nil {
		return false, err
	}
	if p.page >= count {
		return false, nil
	}
	to := min(p.page+sweepPages, count)
	const query = "SELECT count(data) FROM sqlite_dbpage WHERE pgno = ?"
	for page := p.page + 1; page <= to && ctx.Err() == nil; page++ {
		if err := s.readers.QueryRowContext(ctx, query, page).Scan(&n); err != nil && !errors.Is(damaged(err), ErrDamaged) {
			return false, err
		}
	}
	w.Pages, p.page = w.Pages+to-p.page, to
	return true, s.keepSweep(ctx, w, p, nil)
}

func (s *Store) keepSweep(ctx context.Context, w *Sweep, p *sweepPlace, bad []int64) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		for _, n := range bad {
			if err := t.exec("INSERT INTO damaged (record, seen) VALUES (?, ?) ON CONFLICT (record) DO UPDATE SET seen = excluded.seen", n, w.Number); err != nil {
				return err
			}
		}
		return t.exec("UPDATE sweep SET seq = ?, page = ?, records = ?, bad = ?, pages = ? WHERE number = ?", p.seq, p.page, w.Records, w.Bad, w.Pages, w.Number)
	})
}

// endSweep forgets what is well again or gone, and writes down how it came out.
func (s *Store) endSweep(ctx context.Context, w *Sweep) error {
	return s.write(ctx, audit.System, func(t *tx) error {
		w.Ended = t.now
		if err := t.exec("DELETE FROM damaged WHERE seen < ?", w.Number); err != nil {
			return err
		}
		if err := t.exec("UPDATE sweep SET ended = ? WHERE number = ?", ms(t.now), w.Number); err != nil {
			return err
		}
		pages := int64(len(s.damagedPages()))
		event := audit.SweepDone
		if w.Bad > 0 || pages > 0 {
			event = audit.DigestBad
		}
		return t.note(event, "", map[string]int64{audit.CountRecords: w.Records, audit.CountBad: w.Bad, audit.CountPages: pages})
	})
}

// damagedPages are those that somebody came across since the store was opened.
func (s *Store) damagedPages() []uint32 { return s.vfs.Damaged(filepath.Join(s.dir, databaseName)) }

// Damaged is what is known to be damaged: records by their numbers, as many as a page shows, and how many pages of the file.
type Damaged struct {
	Records []int64
	Count   int64
	Pages   int64
}

// Damaged lists it. Records that were erased since are not among them.
func (s *Store) Damaged(ctx context.Context) (d Damaged, err error) {
	d.Pages = int64(len(s.damagedPages()))
	const still = " FROM damaged d WHERE EXISTS (SELECT 1 FROM record WHERE seq = d.record)"
	if err = s.readers.QueryRowContext(ctx, "SELECT count(*)"+still).Scan(&d.Count); err == nil && d.Count > 0 {
		d.Records, err = scanned[int64](s.readers.QueryContext(ctx, "SELECT d.record"+still+" ORDER BY d.record LIMIT 100"))
	}
	if err != nil {
		return d, fmt.Errorf("listing what is damaged: %w", err)
	}
	return d, nil
}
