package db

import (
	"context"
	"fmt"
	"time"
)

// Counted is how many records fit a query. More says that only the newest TraitRecords of those to look at were looked at, so there may be others.
type Counted struct {
	Records int64
	More    bool
}

const countSQL = "SELECT coalesce(sum(%s), 0), count(*) FROM (SELECT * FROM label l WHERE %s ORDER BY l.time DESC, l.record DESC LIMIT ?) l"

// Count counts the records that a query asks for, whatever its page. Whose they are, where and when is asked first; of what fits that, at most so many
// of the newest are asked what they are.
func (s *Store) Count(ctx context.Context, q RecordQuery) (out Counted, err error) {
	cond, condArgs := "1", []any(nil)
	q.narrow(func(c string, values ...any) { cond, condArgs = cond+" AND "+c, append(condArgs, values...) })
	where, args := q.labelOnly()
	with, all := q.with()
	all = append(append(append(all, condArgs...), args...), TraitRecords+1)
	var seen int64
	err = s.readers.QueryRowContext(ctx, with+fmt.Sprintf(countSQL, cond, where), all...).Scan(&out.Records, &seen)
	if err != nil {
		return out, fmt.Errorf("counting records: %w", err)
	}
	out.More = seen > TraitRecords
	out.Records = min(out.Records, TraitRecords)
	return out, nil
}

// Day is a day, somewhere, on which records were written. AtLeast says that more of it may be there, which nobody looked at.
type Day struct {
	Date    string // "2006-01-02"
	Start   time.Time
	Records int64
	AtLeast bool
}

// Days are the newest days on which records were written, the newest first, and what was written before the last of them.
type Days struct {
	Days  []Day
	Older Counted
}

const daysSQL = "SELECT l.time FROM label l WHERE %s ORDER BY l.time DESC, l.record DESC LIMIT ?"

// DaysOf lists the newest days in a zone on which records of a query were written, whatever its page, at most so many days. It reads the newest
// TraitRecords of the label table, and as many again of what is older.
func (s *Store) DaysOf(ctx context.Context, q RecordQuery, zone *time.Location, most int) (out Days, err error) {
	where, args := q.labelWhere()
	with, all := q.with()
	rows, err := s.readers.QueryContext(ctx, with+fmt.Sprintf(daysSQL, where), append(append(all, args...), TraitRecords+1)...)
	seen, over := 0, false
	err = each(rows, err, func() error {
		var t int64
		err := rows.Scan(&t)
		if seen++; seen > TraitRecords || over {
			return err
		}
		over = !out.add(at(t), zone, most)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("counting records by day: %w", err)
	}
	if seen <= TraitRecords && !over {
		return out, nil
	}
	last := &out.Days[len(out.Days)-1]
	last.AtLeast = !over
	q.Until = last.Start
	out.Older, err = s.Count(ctx, q)
	return out, err
}

// add counts a record, which is not newer than those before it; false where it belongs to a day more than are listed.
func (d *Days) add(t time.Time, zone *time.Location, most int) bool {
	if n := len(d.Days); n == 0 || t.Before(d.Days[n-1].Start) {
		if n == most {
			return false
		}
		y, m, day := t.In(zone).Date()
		d.Days = append(d.Days, Day{Date: t.In(zone).Format(time.DateOnly), Start: time.Date(y, m, day, 0, 0, 0, 0, zone)})
	}
	d.Days[len(d.Days)-1].Records++
	return true
}
