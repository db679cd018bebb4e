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

// The watchdog: what stands still longer than it should. It is read from what is stored, like all alarms.
const (
	AlarmPaused  AlarmKind = "paused"   // a batch rests, and everything behind it
	AlarmStill   AlarmKind = "still"    // a batch runs and gets nowhere
	AlarmUntaken AlarmKind = "untaken"  // scheduled erasures that no batch takes
	AlarmSilent  AlarmKind = "silent"   // a linked service has calls that are due, and none is made
	AlarmByHand  AlarmKind = "by-hand"  // parts that wait for a person, for long
	AlarmRisk    AlarmKind = "risk"     // erasures whose 24 hours will not be enough
	AlarmCalls   AlarmKind = "too-many" // calls to a linked service that will not all leave in time
)

const (
	stillAfter   = 10 * time.Minute // a chunk takes a fraction of a second, the longest wait for readers half a minute
	untakenAfter = time.Hour        // batches look for work each quarter of an hour, unless somebody chose otherwise
	silentAfter  = time.Hour        // a call has ten seconds
	byHandAfter  = 7 * 24 * time.Hour
	riskWithin   = 2 * time.Hour    // what is accepted is erased within half an hour; this close to its end something is wrong
	callEvery    = 15 * time.Second // deletions to one linked service (watson-api.md, section 1: 4 a minute)
)

func (s *Store) pausedBatches(ctx context.Context) ([]Alarm, error) {
	return s.alarms(ctx, AlarmPaused, audit.KindBatch, `SELECT number, paused, (SELECT count(*) FROM erasure e WHERE e.state = 'running' AND e.batch = batch.number OR e.state = 'scheduled')
		FROM batch WHERE state = 'paused'`)
}

// stillBatches looks when a batch last wrote anything: records that it erased, requests that it ended.
func (s *Store) stillBatches(ctx context.Context) ([]Alarm, error) {
	return s.alarms(ctx, AlarmStill, audit.KindBatch, `SELECT number, moved, 0 FROM (SELECT number, max(started, coalesce(swept, 0),
		coalesce((SELECT max(minute + 1) * 60000 FROM batch_minute WHERE batch = number), 0),
		coalesce((SELECT max(p.changed) FROM erasure e JOIN part p ON p.erasure = e.number WHERE e.batch = batch.number), 0)) AS moved
		FROM batch WHERE state = 'running') WHERE moved < ?`, ms(s.Now().Add(-stillAfter)))
}

func (s *Store) untakenErasures(ctx context.Context) ([]Alarm, error) {
	return s.alarms(ctx, AlarmUntaken, audit.KindErasure, `SELECT number, min(runs_from), count(*) FROM erasure WHERE state = 'scheduled' AND runs_from < ?
		AND NOT EXISTS (SELECT 1 FROM batch WHERE state = 'paused')`, ms(s.Now().Add(-untakenAfter)))
}

// silentServices looks for linked services with calls that have been due for long, none of whose open parts has moved since.
func (s *Store) silentServices(ctx context.Context) ([]Alarm, error) {
	since := ms(s.Now().Add(-silentAfter))
	return s.alarms(ctx, AlarmSilent, audit.KindService, `SELECT p.service, max(p.changed), sum(p.state IN ('waiting','sent') OR p.state IN ('failed','accepted') AND p.next_try < ?1)
		FROM `+openParts+` GROUP BY p.service
		HAVING max(p.changed) < ?1 AND max(p.state IN ('waiting','sent') OR p.state IN ('failed','accepted') AND p.next_try < ?1)`, since)
}

func (s *Store) longByHand(ctx context.Context) ([]Alarm, error) {
	return s.alarms(ctx, AlarmByHand, audit.KindErasure, `SELECT e.number, min(p.changed), count(*) FROM `+openParts+` AND p.state = 'by hand' AND p.changed < ?`, ms(s.Now().Add(-byHandAfter)))
}

// riskyErasures are those of which nothing, or not all, is erased here, and whose time is nearly over. What waits elsewhere is riskyCalls'.
func (s *Store) riskyErasures(ctx context.Context) ([]Alarm, error) {
	now := s.Now()
	return s.alarms(ctx, AlarmRisk, audit.KindErasure, `SELECT number, min(deadline), count(*) FROM erasure WHERE state IN ('proposed','scheduled','running') AND deadline BETWEEN ? AND ?`,
		ms(now), ms(now.Add(riskWithin)))
}

// alarms reads rows of a number, a time and a count as alarms of one kind. An aggregate over nothing is no alarm.
func (s *Store) alarms(ctx context.Context, kind AlarmKind, about audit.Kind, query string, args ...any) ([]Alarm, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	var out []Alarm
	err = each(rows, err, func() error {
		var number, since, count sql.NullInt64
		err := rows.Scan(&number, &since, &count)
		if number.Valid {
			out = append(out, Alarm{Kind: kind, Object: audit.ObjectOf(about, number.Int64), Since: when(since), Count: count.Int64})
		}
		return err
	})
	return out, err
}

// call is a deletion that has yet to be accepted by a linked service.
type call struct {
	service  int64
	from     time.Time // not before
	deadline time.Time
}

// riskyCalls projects when the calls to each linked service will leave: at the pace that the service bears, those with the nearest deadline
// first (design.md, section 5). What is late already is told by lateErasures.
func (s *Store) riskyCalls(ctx context.Context) ([]Alarm, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT p.service, p.next_try, e.deadline FROM "+openParts+" AND p.state IN ('waiting','sent','failed') AND e.deadline IS NOT NULL ORDER BY p.service, e.deadline, e.number")
	var calls []call
	err = each(rows, err, func() error {
		var c call
		var from sql.NullInt64
		var deadline int64
		err := rows.Scan(&c.service, &from, &deadline)
		c.from, c.deadline = when(from), at(deadline)
		calls = append(calls, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("projecting calls to linked services: %w", err)
	}
	return tooMany(calls, s.Now()), nil
}

// tooMany tells for each service how many calls will not leave in time. calls are in the order in which they leave.
func tooMany(calls []call, now time.Time) (out []Alarm) {
	for len(calls) > 0 {
		n := slices.IndexFunc(calls, func(c call) bool { return c.service != calls[0].service })
		if n < 0 {
			n = len(calls)
		}
		a := Alarm{Kind: AlarmCalls, Object: audit.ObjectOf(audit.KindService, calls[0].service)}
		leaves := now
		for _, c := range calls[:n] {
			if c.from.After(leaves) {
				leaves = c.from
			}
			leaves = leaves.Add(callEvery)
			if c.deadline.After(now) && leaves.After(c.deadline) {
				a.Count++
				if a.Since.IsZero() {
					a.Since = c.deadline.Add(-erasure.Period)
				}
			}
		}
		if a.Count > 0 {
			out = append(out, a)
		}
		calls = calls[n:]
	}
	return out
}
