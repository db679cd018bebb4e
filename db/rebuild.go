package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
)

// AlarmDiffers is a request, a batch or a hold whose row is not what the audit trail says of it.
const AlarmDiffers AlarmKind = "differs"

// Difference is a row of the tables that is not what the audit trail says. Its words name numbers and states, and nobody (law L10).
type Difference struct {
	Object audit.Object
	Words  string // a sentence
}

// Rebuilt is the outcome of a rebuild check.
type Rebuilt struct {
	Requests    int64 // whose state was recomputed
	Entries     int64 // of the trail that were read for it
	Differences []Difference
	More        int64 // differences beyond those
	Took        time.Duration
}

// Bad is how many differences there are.
func (r Rebuilt) Bad() int64 { return int64(len(r.Differences)) + r.More }

// maxDifferences bounds the list; what goes beyond is counted.
const maxDifferences = 100

// rebuildPage is how many rows one step compares, in one reader's transaction: a snapshot, so that what is written meanwhile is no difference.
const rebuildPage = 200

// Rebuild recomputes the state of every request, batch and hold from the audit trail alone, and compares it with the tables. It reads by indexes,
// some hundred rows at a time, and never on the writing connection; what it remembers does not grow with the trail.
func (s *Store) Rebuild(ctx context.Context) (Rebuilt, error) {
	began := time.Now()
	var out Rebuilt
	for _, c := range comparisons {
		if err := s.rebuildTable(ctx, c, &out); err != nil {
			return out, fmt.Errorf("recomputing the tables from the audit trail: %w", err)
		}
	}
	if err := s.rebuildEnds(ctx, &out); err != nil {
		return out, fmt.Errorf("looking for the end of the audit trail: %w", err)
	}
	if err := s.rebuildLedger(ctx, &out); err != nil {
		return out, fmt.Errorf("holding the ledger against the tables: %w", err)
	}
	if err := s.rebuildTally(ctx, &out); err != nil {
		return out, fmt.Errorf("counting the tickets anew: %w", err)
	}
	out.Took = time.Since(began)
	return out, nil
}

// rebuildTally counts all tickets by kind, and holds the tally that lists and statistics are counted from against that.
func (s *Store) rebuildTally(ctx context.Context, out *Rebuilt) error {
	const kind = "over, stands, right, state, regime, region, channel, assignee, due, day"
	const anew = "SELECT " + kind + ", count(*) FROM ticket_kind GROUP BY " + kind
	const kept = "SELECT " + kind + ", n FROM ticket_tally"
	var differ bool
	err := s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT * FROM ("+anew+" EXCEPT "+kept+")) OR EXISTS (SELECT * FROM ("+kept+" EXCEPT "+anew+"))").Scan(&differ)
	if err == nil && differ {
		out.Differences = append(out.Differences, Difference{Words: "The tally of the tickets, which lists and statistics are counted from, is not what the tickets are."})
	}
	return damaged(err)
}

// rebuildEnds looks for what lies beyond the signed end of the trail: the check of the trail reads up to there.
func (s *Store) rebuildEnds(ctx context.Context, out *Rebuilt) error {
	var size, leaf, hash, checkpoint, least int64
	err := s.readers.QueryRowContext(ctx, `SELECT (SELECT size FROM head), (SELECT max(number) FROM leaf), (SELECT max(number) FROM hash), (SELECT coalesce(max(size), 0) FROM checkpoint),
		min((SELECT min(number) FROM leaf), (SELECT min(number) FROM hash), (SELECT coalesce(min(size), 0) FROM checkpoint))`).Scan(&size, &leaf, &hash, &checkpoint, &least)
	if err == nil && (leaf != size-1 || hash != tlog.StoredHashCount(size)-1 || checkpoint > size || least < 0) {
		out.Differences = append(out.Differences, Difference{Words: "Beyond the signed end of the audit trail there are entries, hashes or checkpoints."})
	}
	return damaged(err)
}

// comparison is how the rows of one table are held against the trail.
type comparison struct {
	kind  audit.Kind
	table string
	page  func(*rebuild, []int64) error
}

var comparisons = []comparison{
	{audit.KindErasure, "erasure", (*rebuild).erasures}, {audit.KindBatch, "batch", (*rebuild).batches}, {audit.KindHold, "hold", (*rebuild).holds},
}

// rebuild is one step: a snapshot, and what of the trail its rows have in common.
type rebuild struct {
	ctx context.Context
	tx  querier
	out *Rebuilt

	restored []int64 // entries at which a restore took up a backup
	holdsEnd int64   // the last entry at which a hold or a restriction ended, -1 = none did
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *Store) rebuildTable(ctx context.Context, c comparison, out *Rebuilt) error {
	for last := int64(-1 << 62); ; {
		var numbers []int64
		err := s.rebuildStep(ctx, out, func(r *rebuild) (err error) {
			numbers, err = scanned[int64](r.tx.QueryContext(ctx, "SELECT number FROM "+c.table+" WHERE number > ? ORDER BY number LIMIT ?", last, rebuildPage))
			if err == nil && len(numbers) > 0 {
				err = c.page(r, numbers)
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(numbers) < rebuildPage {
			break
		}
		last = numbers[len(numbers)-1]
	}
	return s.rebuildStep(ctx, out, func(r *rebuild) error { return r.missing(c) })
}

func (s *Store) rebuildStep(ctx context.Context, out *Rebuilt, step func(*rebuild) error) error {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	r := &rebuild{ctx: ctx, tx: tx, out: out}
	if err := r.common(); err != nil {
		return damaged(err)
	}
	return step(r)
}

// common reads what the rows have in common.
func (r *rebuild) common() (err error) {
	if r.restored, err = scanned[int64](r.tx.QueryContext(r.ctx, "SELECT number FROM leaf WHERE event = ? ORDER BY number", string(audit.LogRestored))); err != nil {
		return err
	}
	return r.tx.QueryRowContext(r.ctx, "SELECT coalesce(max(number), -1) FROM leaf WHERE event IN (?, ?, ?)",
		string(audit.HoldLifted), string(audit.HoldExpired), string(audit.RestrictionLifted)).Scan(&r.holdsEnd)
}

// missing looks for what the trail names and the table does not have.
func (r *rebuild) missing(c comparison) error {
	prefix := string(c.kind) + "/" // '0' follows '/' in ASCII
	gone, err := scanned[string](r.tx.QueryContext(r.ctx, "SELECT DISTINCT object FROM leaf WHERE object <> '' AND object > ? AND object < ? AND CAST(substr(object, ?) AS INTEGER) NOT IN (SELECT number FROM "+
		c.table+") LIMIT ?", prefix, string(c.kind)+"0", len(prefix)+1, maxDifferences+1))
	for _, object := range gone {
		r.differ(audit.Object(object), "The trail tells of it, and the table does not have it.")
	}
	return err
}

// differ writes down a difference; the words follow the name of the object.
func (r *rebuild) differ(object audit.Object, words string, args ...any) {
	differ(r.out, object, words, args...)
}

func differ(out *Rebuilt, object audit.Object, words string, args ...any) {
	if len(out.Differences) == maxDifferences {
		out.More++
		return
	}
	kind, n, _ := object.Split()
	words = fmt.Sprintf("%s %d is not as the trail has it. ", rebuildNames[kind], n) + fmt.Sprintf(words, args...)
	out.Differences = append(out.Differences, Difference{object, words})
}

var rebuildNames = map[audit.Kind]string{audit.KindErasure: "Erasure", audit.KindBatch: "Batch", audit.KindHold: "Hold"}

// entries gives what the trail says of some objects of a kind, each in the order in which it was written.
func (r *rebuild) entries(kind audit.Kind, numbers []int64, see func(number int64, e audit.Entry)) error {
	objects := make([]string, len(numbers))
	for i, n := range numbers {
		objects[i] = string(audit.ObjectOf(kind, n))
	}
	list, err := json.Marshal(objects)
	if err != nil {
		return err
	}
	rows, err := r.tx.QueryContext(r.ctx, "SELECT object, data FROM leaf WHERE object <> '' AND object IN (SELECT value FROM json_each(?)) ORDER BY object, number", string(list))
	return each(rows, err, func() error {
		var object audit.Object
		var data []byte
		if err := rows.Scan(&object, &data); err != nil {
			return err
		}
		r.out.Entries++
		e, err := audit.Parse(data)
		if _, n, ok := object.Split(); ok && err == nil && e.Object == object {
			see(n, e)
			return nil
		}
		r.differ(object, "One of its entries cannot be read.")
		return nil
	})
}

// restoredBetween tells whether a restore lies between two entries.
func (r *rebuild) restoredBetween(from, to int64) bool {
	for _, n := range r.restored {
		if from < n && n < to {
			return true
		}
	}
	return false
}

// RebuildAndTell is the nightly check: its outcome stands in the trail, and a difference is an alarm until a later check finds none.
func (s *Store) RebuildAndTell(ctx context.Context) (Rebuilt, error) {
	out, err := s.Rebuild(ctx)
	if err != nil {
		return out, err
	}
	counts := map[string]int64{audit.CountErasures: out.Requests, audit.CountBad: out.Bad()}
	if out.Bad() == 0 {
		return out, s.Note(ctx, audit.System, audit.StateAgrees, "", counts)
	}
	return out, s.Note(ctx, audit.System, audit.StateDiffers, out.Differences[0].Object, counts)
}

// differsAlarm reads how the last check came out.
func (s *Store) differsAlarm(ctx context.Context) ([]Alarm, error) {
	var bad, good int64
	const last = "coalesce((SELECT number FROM leaf WHERE event = ? ORDER BY number DESC LIMIT 1), -1)"
	err := s.readers.QueryRowContext(ctx, "SELECT "+last+", "+last, string(audit.StateDiffers), string(audit.StateAgrees)).Scan(&bad, &good)
	if err != nil || bad <= good {
		return nil, err
	}
	stored, err := s.AuditEntry(ctx, bad)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	leaf, err := audit.Parse(stored.Data)
	if err != nil {
		return nil, fmt.Errorf("reading what the rebuild check found: %w", err)
	}
	return []Alarm{{Kind: AlarmDiffers, Object: leaf.Object, Since: leaf.Time, Count: leaf.Counts[audit.CountBad]}}, nil
}
