package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"quittance/db/label"
)

// Subject is a data subject: all that is held under one customer ID.
type Subject struct {
	ID  string
	Ref Ref
}

// Subject finds the data subject that a reference stands for. ErrNotFound after the last record has gone.
func (s *Store) Subject(ctx context.Context, ref Ref) (Subject, error) {
	raw, err := ref.raw()
	if err != nil {
		return Subject{}, err
	}
	sub := Subject{Ref: ref}
	err = s.readers.QueryRowContext(ctx, "SELECT name FROM customer WHERE ref = ?", raw).Scan(&sub.ID)
	return sub, found(err)
}

// SubjectOf finds the data subject of an ID. ok is false where no record bears it.
func (s *Store) SubjectOf(ctx context.Context, id label.ID) (sub Subject, ok bool, err error) {
	var n int64
	err = s.readers.QueryRowContext(ctx, "SELECT number FROM customer WHERE name = ?", id.String()).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return Subject{}, false, nil
	}
	return Subject{ID: id.String(), Ref: refOf(s.keys.subject(id))}, err == nil, err
}

// RecordQuery asks for the records of one data subject, newest first.
type RecordQuery struct {
	Subject  string // customer ID; "" asks for records without a label
	Person   bool   // of the ID and its aliases, each record once
	Services []int64
	Kinds    []Kind
	Since    time.Time // inclusive
	Until    time.Time // exclusive
	UpTo     int64     // highest seq; 0 = all
	Narrow
	Before Place // the last record of the page before
	After  Place // the first record of the page after, to go back
	Limit  int
}

// labelWhere is the condition on a label l.
func (q RecordQuery) labelWhere() (string, []any) {
	where, args := q.labelOnly()
	q.narrow(func(cond string, values ...any) { where, args = where+" AND "+cond, append(args, values...) })
	return where, args
}

// labelOnly is the condition by whose a label is, where and when, without what Narrow asks.
func (q RecordQuery) labelOnly() (string, []any) {
	where, args := []string{"l.customer = 0"}, []any(nil)
	if q.Subject != "" && q.Person {
		where = []string{personWhere} // the ID stands in with
	} else if q.Subject != "" {
		where, args = []string{"l.customer = (SELECT number FROM customer WHERE name = ?)"}, []any{q.Subject}
	}
	add := func(cond string, values ...any) { where, args = append(where, cond), append(args, values...) }
	if len(q.Services) > 0 {
		add("l.service IN ("+marks(len(q.Services))+")", anys(q.Services)...)
	}
	if len(q.Kinds) > 0 {
		add("l.kind IN ("+marks(len(q.Kinds))+")", anys(q.Kinds)...)
	}
	if !q.Since.IsZero() {
		add("l.time >= ?", ms(q.Since))
	}
	if !q.Until.IsZero() {
		add("l.time < ?", ms(q.Until))
	}
	if q.UpTo > 0 {
		add("coalesce(l.seq, l.record) <= ?", q.UpTo)
	}
	return strings.Join(where, " AND "), args
}

// personWhere is the condition for the records of a data subject under all of its IDs. One that bears several of them is listed under the
// first: the label table is asked for the others by its key.
const personWhere = `l.customer IN (SELECT number FROM person) AND NOT EXISTS (SELECT 1 FROM label o WHERE o.customer IN (SELECT number FROM person)
	AND o.customer < l.customer AND o.time = l.time AND o.record = l.record)`

// personWith stands before a question that uses personWhere. The IDs of a data subject are few.
const personWith = `WITH own AS (SELECT number FROM customer WHERE name = ?), person AS (SELECT number FROM own UNION
	SELECT customer FROM alias WHERE person = (SELECT person FROM alias WHERE customer = (SELECT number FROM own))) `

// with is what stands before the question, and its argument.
func (q RecordQuery) with() (string, []any) {
	if q.Person && q.Subject != "" {
		return personWith, []any{q.Subject}
	}
	return "", nil
}

// marks is a list of n parameters.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys[T any](in []T) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}

// Records lists one page of a data subject's records, without bodies, and tells whether more follow in the direction asked.
// The page is always newest first, also when it was reached by going back.
func (s *Store) Records(ctx context.Context, q RecordQuery) ([]Record, bool, error) {
	where, args := q.labelWhere()
	way := "DESC"
	switch {
	case q.Before != (Place{}):
		where, args = where+" AND (l.time, l.record) < (?, ?)", append(args, q.Before.Time, q.Before.Seq)
	case q.After != (Place{}):
		where, args, way = where+" AND (l.time, l.record) > (?, ?)", append(args, q.After.Time, q.After.Seq), "ASC"
	}
	with, person := q.with()
	query := with + "SELECT " + recordColumns + " FROM label l JOIN record r ON r.seq = l.record WHERE " + where +
		" ORDER BY l.time " + way + ", l.record " + way + " LIMIT ?"
	rows, err := s.readers.QueryContext(ctx, query, append(append(person, args...), q.Limit+1)...)
	var out []Record
	err = each(rows, err, func() error {
		r, err := scanRecord(rows)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("listing records: %w", err)
	}
	more := len(out) > q.Limit
	out = out[:min(len(out), q.Limit)]
	if way == "ASC" {
		reverse(out)
	}
	return out, more, nil
}

func reverse(rs []Record) {
	for i, j := 0, len(rs)-1; i < j; i, j = i+1, j-1 {
		rs[i], rs[j] = rs[j], rs[i]
	}
}

// Consultation is one time that a record was shown unmasked.
type Consultation struct {
	Number, User, Record int64
	Purpose              string
	At                   time.Time
}

// consultationsSQL asks each record of a data subject, which are its own, and not each consultation there ever was.
const consultationsSQL = personWith + `SELECT number, user, record, purpose, at, count(*) OVER () FROM (SELECT DISTINCT a.number, a.user, a.record, a.purpose, a.at
	FROM label l CROSS JOIN access a ON a.record = l.record WHERE l.customer IN (SELECT number FROM person) AND a.act = 'reveal') ORDER BY number DESC LIMIT ?`

// Consultations lists the newest times that records of a data subject, aliases included, were shown unmasked, and tells how often they were in all, for the
// answer to "who looked at my data" (CJEU C-579/21).
func (s *Store) Consultations(ctx context.Context, id string, limit int) (out []Consultation, total int64, err error) {
	rows, err := s.readers.QueryContext(ctx, consultationsSQL, id, limit)
	err = each(rows, err, func() error {
		var c Consultation
		var when int64
		err := rows.Scan(&c.Number, &c.User, &c.Record, &c.Purpose, &when, &total)
		c.At = at(when)
		out = append(out, c)
		return err
	})
	return out, total, err
}
