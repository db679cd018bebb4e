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

// Holding is what one service holds of one kind under a customer ID.
type Holding struct {
	Service int64
	Kind    Kind
	Records int64
	Shared  int64 // of them, how many bear other customer IDs too
	First   time.Time
	Last    time.Time
	Written Written
}

// Written tells records by when they were written: since a moment, since an earlier one, and before that. HoldingsSince counts them.
type Written struct{ Recent, Newer, Older int64 }

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

// labelOnly is the condition on the label table alone, without what is asked of records.
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

// Holdings counts a data subject's records by service and kind. It reads the label table only.
func (s *Store) Holdings(ctx context.Context, q RecordQuery) ([]Holding, error) {
	where, args := q.labelWhere()
	with, person := q.with()
	return holdings(s.readers.QueryContext(ctx, with+holdingsSQL+where+holdingsBy, append(person, args...)...))
}

const (
	holdingsSQL = "SELECT l.service, l.kind, count(*), sum(l.others > 0), min(l.time), max(l.time), 0, 0 FROM label l WHERE "
	holdingsBy  = " GROUP BY l.service, l.kind ORDER BY l.service, l.kind"

	// heldSinceSQL is holdingsSQL with how many were written since two moments: one pass for both, because a loud customer has many thousands.
	heldSinceSQL = "SELECT l.service, l.kind, count(*), sum(l.others > 0), min(l.time), max(l.time), sum(l.time >= ?), sum(l.time >= ?) FROM label l WHERE "
)

// HoldingsSince is Holdings that also counts what was written since a moment, and since an earlier one.
func (s *Store) HoldingsSince(ctx context.Context, q RecordQuery, since, before time.Time) ([]Holding, error) {
	where, args := q.labelWhere()
	with, all := q.with()
	all = append(append(all, ms(since), ms(before)), args...)
	return holdings(s.readers.QueryContext(ctx, with+heldSinceSQL+where+holdingsBy, all...))
}

func holdings(rows *sql.Rows, err error) ([]Holding, error) {
	var out []Holding
	err = each(rows, err, func() error {
		var h Holding
		var first, last int64
		err := rows.Scan(&h.Service, &h.Kind, &h.Records, &h.Shared, &first, &last, &h.Written.Recent, &h.Written.Newer)
		h.First, h.Last, h.Written.Older = at(first), at(last), h.Records-h.Written.Newer
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting records: %w", err)
	}
	return out, nil
}

// Consultations counts how often records of a data subject, aliases included, were revealed, for the answer to "who looked at my data"
// (CJEU C-579/21).
func (s *Store) Consultations(ctx context.Context, id string) (int64, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, personWith+`SELECT count(*) FROM access a WHERE a.act = 'reveal' AND a.record IN
		(SELECT record FROM label WHERE customer IN (SELECT number FROM person))`, id).Scan(&n)
	return n, err
}

// Consultation is one time that a record was shown unmasked.
type Consultation struct {
	Number, User, Record int64
	Purpose              string
	At                   time.Time
}

// LatestConsultations lists the newest times that records of a data subject, aliases included, were shown unmasked.
func (s *Store) LatestConsultations(ctx context.Context, id string, limit int) (out []Consultation, err error) {
	rows, err := s.readers.QueryContext(ctx, personWith+`SELECT a.number, a.user, a.record, a.purpose, a.at FROM access a WHERE a.act = 'reveal' AND a.record IN
		(SELECT record FROM label WHERE customer IN (SELECT number FROM person)) ORDER BY a.number DESC LIMIT ?`, id, limit)
	err = each(rows, err, func() error {
		var c Consultation
		var when int64
		err := rows.Scan(&c.Number, &c.User, &c.Record, &c.Purpose, &when)
		c.At = at(when)
		out = append(out, c)
		return err
	})
	return out, err
}
