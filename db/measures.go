package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"quittance/db/erasure"
)

// Measures are figures for an operator's own monitoring: counts, times and sizes, and nothing that names anybody (law L10).
type Measures struct {
	OldestPending time.Duration // since the acceptance of the oldest request that has not ended; 0 = none is open
	Lag           Lag
	Erasures      map[erasure.State]int64
	Batches       map[erasure.BatchState]int64
	Parts         []PartMeasure // of requests that have not ended
	Alarms        map[AlarmKind]int64
	Posts         map[[2]string]int64 // notifications by way and outcome (Store.PostCounts)
	Queue         int                 // changes that wait for their turn to be written
	Taken         int64               // records taken in since the store was made
	Held          int64               // records that are held
	Unlabelled    int64               // of them, without a customer ID
	Database      int64               // bytes
	Log           int64               // bytes of the write-ahead log
	Space         Space
	BadRecords    int64 // that the last sweep found damaged
	BadPages      int64 // that anybody came across since the start
	Drill         Drill // the last one that has ended; Number 0 = none has
}

// Lag is how long requests took from submitted to confirmed, of those that were done in the last 24 hours.
type Lag struct {
	Done          int64
	P50, P95, Max time.Duration
}

// PartMeasure counts parts in a state at services of a kind.
type PartMeasure struct {
	State   erasure.PartState
	Kind    string // of the service
	Hosting string
	Count   int64
}

// Measure takes them. It reads by indexes and sums that are kept anyway, so that asking often costs little.
func (s *Store) Measure(ctx context.Context) (Measures, error) {
	m := Measures{Erasures: map[erasure.State]int64{}, Batches: map[erasure.BatchState]int64{}, Alarms: map[AlarmKind]int64{}, Queue: len(s.writer.queue)}
	for _, take := range []func(context.Context, *Measures) error{s.measureRequests, s.measureLag, s.measureParts, s.measureRecords, s.measureAlarms, s.measureUpkeep} {
		if err := take(ctx, &m); err != nil {
			return m, fmt.Errorf("taking measures: %w", err)
		}
	}
	var err error
	if m.Posts, err = s.PostCounts(ctx); err != nil {
		return m, fmt.Errorf("taking measures: %w", err)
	}
	return m, s.measureDisk(&m)
}

func (s *Store) measureRequests(ctx context.Context, m *Measures) (err error) {
	if m.Erasures, err = s.CountErasures(ctx); err != nil {
		return err
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT state, count(*) FROM batch WHERE drill = 0 GROUP BY state")
	err = each(rows, err, func() error {
		var state erasure.BatchState
		var n int64
		err := rows.Scan(&state, &n)
		m.Batches[state] = n
		return err
	})
	if err != nil {
		return err
	}
	var oldest *int64
	err = s.readers.QueryRowContext(ctx, "SELECT min(deadline) FROM erasure WHERE state IN "+stillOpen+" AND drill = 0").Scan(&oldest)
	if oldest != nil {
		m.OldestPending = max(s.Now().Sub(at(*oldest).Add(-erasure.Period)), 0)
	}
	return err
}

func (s *Store) measureLag(ctx context.Context, m *Measures) error {
	took, err := scanned[int64](s.readers.QueryContext(ctx, "SELECT ended - proposed FROM erasure WHERE ended >= ? AND state = 'done' AND drill = 0", ms(s.Now().Add(-24*time.Hour))))
	if err != nil || len(took) == 0 {
		return err
	}
	sorted := make([]time.Duration, len(took))
	for i, n := range took {
		sorted[i] = time.Duration(n) * time.Millisecond
	}
	slices.Sort(sorted)
	m.Lag = Lag{Done: int64(len(sorted)), P50: percentile(sorted, 50), P95: percentile(sorted, 95), Max: sorted[len(sorted)-1]}
	return nil
}

func (s *Store) measureParts(ctx context.Context, m *Measures) error {
	rows, err := s.readers.QueryContext(ctx, `SELECT p.state, v.kind, v.hosting, count(*) FROM erasure e JOIN part p ON p.erasure = e.number JOIN service v ON v.number = p.service
		WHERE e.state IN `+stillOpen+` AND e.drill = 0 AND p.excluded IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)
	return each(rows, err, func() error {
		var p PartMeasure
		err := rows.Scan(&p.State, &p.Kind, &p.Hosting, &p.Count)
		m.Parts = append(m.Parts, p)
		return err
	})
}

func (s *Store) measureRecords(ctx context.Context, m *Measures) error {
	return s.readers.QueryRowContext(ctx, "SELECT (SELECT seq FROM sequence WHERE only = 1), coalesce(sum(records), 0), coalesce(sum(unlabelled), 0) FROM tally").Scan(&m.Taken, &m.Held, &m.Unlabelled)
}

func (s *Store) measureAlarms(ctx context.Context, m *Measures) error {
	all, err := s.Alarms(ctx)
	for _, a := range all {
		m.Alarms[a.Kind]++
	}
	return err
}

func (s *Store) measureDisk(m *Measures) error {
	for name, to := range map[string]*int64{"quittance.db": &m.Database, "quittance.db-wal": &m.Log} {
		info, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("measuring the files of the store: %w", err)
		}
		if err == nil {
			*to = info.Size()
		}
	}
	var err error
	m.Space, err = s.Space()
	return err
}

// measureUpkeep tells how the last sweep and the last drill came out.
func (s *Store) measureUpkeep(ctx context.Context, m *Measures) error {
	hurt, err := s.Damaged(ctx)
	if err != nil {
		return err
	}
	m.BadRecords, m.BadPages = hurt.Count, hurt.Pages
	m.Drill, err = scanDrill(s.readers.QueryRowContext(ctx, drillColumns+"WHERE outcome <> 'running' ORDER BY number DESC LIMIT 1"))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
