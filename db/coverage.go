package db

import (
	"context"
	"fmt"
	"time"
)

// DayTally is how many records a service holds of one day: the day on which it received them, in UTC.
type DayTally struct {
	Service int64
	Day     time.Time // its beginning
	Tally
}

// Coverage lists the days of a span (both ends are in it) of which a service holds something, oldest first within each service. It reads
// counters only, so it is as fast over ten million records as over ten. Drills' own services are not among them.
func (s *Store) Coverage(ctx context.Context, from, to time.Time) (out []DayTally, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT service, day, records, unlabelled, opted_out, unreachable FROM tally
		WHERE day BETWEEN ? AND ? AND records > 0 AND NOT service `+ofDrill+` ORDER BY service, day`, day(from), day(to))
	err = each(rows, err, func() error {
		var v DayTally
		var n int64
		err := rows.Scan(&v.Service, &n, &v.Records, &v.Unlabelled, &v.OptedOut, &v.Unreachable)
		v.Day = dayStart(n)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading how much is labelled by day: %w", err)
	}
	return out, nil
}

// sameDate is the day of UTC that bears the date of a day elsewhere: who asks for the 5th gets the 5th, wherever they are.
func sameDate(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// coverageSpan takes the lines of an export: what they are when it is written down is what the file holds. Days of the export are days of UTC.
func (s *Store) coverageSpan(ctx context.Context, n NewExport) (v Span, err error) {
	last := s.Now()
	if !n.To.IsZero() {
		last = sameDate(n.To.Add(-time.Millisecond))
	}
	first := time.Unix(0, 0)
	if !n.From.IsZero() {
		first = sameDate(n.From)
	}
	v.days, err = s.Coverage(ctx, first, last)
	v.Rows = int64(len(v.days))
	return v, err
}

// Sender is who sent records without a customer ID, as far as the records tell.
type Sender struct {
	Service     int64
	Container   string // assistant, environment or workspace; of other kinds classifier, collection …
	Channel     string // as the context of the messages names it; "" = none that is known
	Key         int64  // number of the API key; 0 = an import, or not kept
	KeyName     string
	Records     int64     // in the span
	Unreachable int64     // of them, those of channels that cannot label
	First, Last time.Time // days of the first and the last of those that are held, in the span or not
}

// Senders lists who sent unlabelled records in a span of days, the largest first, and tells how many more there are than the limit.
// Container names are the applications' own: the reader treats them as data.
func (s *Store) Senders(ctx context.Context, service int64, from, to time.Time, limit int) (out []Sender, more int64, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT x.service, container, channel, x.key, coalesce(k.name, ''),
		sum(CASE WHEN day BETWEEN ? AND ? THEN x.records ELSE 0 END) AS n, sum(CASE WHEN day BETWEEN ? AND ? THEN x.unreachable ELSE 0 END), min(day), max(day), count(*) OVER ()
		FROM sender x LEFT JOIN api_key k ON k.number = x.key WHERE ? IN (0, x.service) AND NOT x.service `+ofDrill+`
		GROUP BY x.service, container, channel, x.key HAVING n > 0 ORDER BY n DESC, x.service, container, channel, x.key LIMIT ?`,
		day(from), day(to), day(from), day(to), service, limit)
	err = each(rows, err, func() error {
		var v Sender
		var first, last, all int64
		err := rows.Scan(&v.Service, &v.Container, &v.Channel, &v.Key, &v.KeyName, &v.Records, &v.Unreachable, &first, &last, &all)
		v.First, v.Last, more = dayStart(first), dayStart(last), all
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("reading who sends unlabelled data: %w", err)
	}
	return out, max(0, more-int64(len(out))), nil
}
