package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"quittance/db/audit"
	"quittance/db/ticket"
)

// Limit is a policy of the whole house that is a number: the one in force, and the looser one that waits for its time (law L6).
type Limit struct {
	Name      string
	Set, Next int64
	From      time.Time // when Next comes into force; zero = nothing waits
}

// At is the number that is in force at a time.
func (l Limit) At(now time.Time) int64 {
	if l.From.IsZero() || now.Before(l.From) {
		return l.Set
	}
	return l.Next
}

// Waits tells whether a looser number will come into force.
func (l Limit) Waits(now time.Time) bool { return !l.From.IsZero() && now.Before(l.From) }

// The names of the limits: the key of their settings.
const (
	LimitWindow = "cancel-window"  // seconds in which an approved erasure can be withdrawn
	LimitShare  = "breaker-share"  // per cent of all records that a batch may erase
	LimitTimes  = "breaker-factor" // times the median of the last batches that a batch may erase
	LimitFloor  = "breaker-floor"  // records that a batch may erase whatever the two say
	LimitCases  = "case-months"    // months for which the case file of an ended ticket is kept
	LimitPause  = "eu-pause"       // 1: under the EU GDPR the clock of a ticket stands while the person is asked; 0: it runs
)

// LimitCasesOf is the name of the limit that says it for tickets of one right; 0 = as LimitCases says.
func LimitCasesOf(r ticket.Right) string { return LimitCases + "-" + string(r) }

// limit is one line of the table. Its place is its number in the audit trail, counted on from limitNumbers: new ones go to the end.
type limit struct {
	name               string
	usual, least, most int64
	lowIsTight         bool   // a lower number is the tighter one
	follows            string // the limit that holds where this one is 0
}

var limits = [...]limit{
	{LimitWindow, int64(DefaultCancelWindow / time.Second), 0, 12 * 3600, false, ""},
	{LimitShare, 5, 1, 100, true, ""},
	{LimitTimes, 10, 1, 1000, true, ""},
	{LimitFloor, 1000, 0, 100_000_000, true, ""},
	{LimitPause, 0, 0, 1, true, ""},
	{LimitCases, 24, 1, 240, false, ""},
	{LimitCasesOf(ticket.Access), 0, 0, 240, false, LimitCases},
	{LimitCasesOf(ticket.Rectification), 0, 0, 240, false, LimitCases},
	{LimitCasesOf(ticket.Erasure), 0, 0, 240, false, LimitCases},
	{LimitCasesOf(ticket.Restriction), 0, 0, 240, false, LimitCases},
	{LimitCasesOf(ticket.Portability), 0, 0, 240, false, LimitCases},
	{LimitCasesOf(ticket.Objection), 0, 0, 240, false, LimitCases},
	{LimitCasesOf(ticket.Images), 0, 0, 240, false, LimitCases},
}

// limitNumbers is the number before the first limit: those below are the policies of services.
const limitNumbers = 50

// LimitBounds are the least and the most that a limit can be set to. ok is false where there is no such limit.
func LimitBounds(name string) (least, most int64, ok bool) {
	n := limitIndex(name)
	if n < 0 {
		return 0, 0, false
	}
	return limits[n].least, limits[n].most, true
}

// LimitOf names the limit that an audit entry means by its number, "" for none.
func LimitOf(number int64) string {
	if n := number - limitNumbers - 1; n >= 0 && int(n) < len(limits) {
		return limits[n].name
	}
	return ""
}

func limitIndex(name string) int {
	return slices.IndexFunc(limits[:], func(l limit) bool { return l.name == name })
}

// Limits lists the limits of the house.
func (s *Store) Limits(ctx context.Context) ([]Limit, error) {
	out := make([]Limit, len(limits))
	for i, l := range limits {
		var err error
		if out[i], err = l.scan(s.readers.QueryRowContext(ctx, settingSQL, l.name)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const settingSQL = "SELECT value, next, effective FROM setting WHERE key = ?"

func (t *tx) limit(name string) (Limit, error) {
	return limits[limitIndex(name)].scan(t.row(settingSQL, name))
}

// scan reads a limit; one that nobody has set is the usual one.
func (l limit) scan(row scanner) (Limit, error) {
	out := Limit{Name: l.name, Set: l.usual}
	var set string
	var next sql.NullString
	var from sql.NullInt64
	err := row.Scan(&set, &next, &from)
	if errors.Is(err, sql.ErrNoRows) {
		return out, nil
	}
	if err == nil {
		out.Set, err = l.number(set)
	}
	if err == nil && next.Valid {
		out.From = when(from)
		out.Next, err = l.number(next.String)
	}
	if err != nil {
		return out, fmt.Errorf("reading the setting %s: %w", l.name, err)
	}
	return out, nil
}

// number and text: the cancel window is kept as a duration, because a first serve may set one that is no whole number of seconds.
func (l limit) number(text string) (int64, error) {
	if l.name == LimitWindow {
		d, err := time.ParseDuration(text)
		return int64(d / time.Second), err
	}
	return strconv.ParseInt(text, 10, 64)
}

func (l limit) text(n int64) string {
	if l.name == LimitWindow {
		return (time.Duration(n) * time.Second).String()
	}
	return strconv.FormatInt(n, 10)
}

// SetLimit chooses a limit. What is tighter than now is in force when it returns, and takes back what waited; what is looser waits for a day.
// ErrPolicy for a limit that does not exist, or a number out of its bounds.
func (s *Store) SetLimit(ctx context.Context, by audit.Actor, name string, value int64) (out Limit, err error) {
	n := limitIndex(name)
	if n < 0 || value < limits[n].least || value > limits[n].most {
		return out, ErrPolicy
	}
	err = s.write(ctx, by, func(t *tx) (err error) {
		out, err = t.setLimit(n, value)
		return err
	})
	return out, err
}

func (t *tx) setLimit(n int, value int64) (Limit, error) {
	l := limits[n]
	was, err := t.limit(l.name)
	if err != nil {
		return was, err
	}
	now := was.At(t.now)
	if value == now && !was.Waits(t.now) || was.Waits(t.now) && value == was.Next {
		return was, nil // it is so already, or will be
	}
	order, err := t.compareLimit(l, value, now)
	if err != nil {
		return was, err
	}
	next, event := Limit{Name: l.name, Set: value}, audit.PolicyChanged
	if order > 0 == l.lowIsTight && order != 0 {
		next, event = Limit{Name: l.name, Set: now, Next: value, From: t.now.Add(Loosening)}, audit.PolicyScheduled
	}
	if err := t.keepLimit(l, next); err != nil {
		return was, err
	}
	return next, t.note(event, audit.ObjectOf(audit.KindPolicy, int64(limitNumbers+n+1)), map[string]int64{
		audit.CountPolicy: int64(limitNumbers + n + 1), audit.CountBefore: now, audit.CountAfter: value})
}

// compareLimit compares two values of a limit by what they come to. One that is to follow another counts as the loosest that the other is or
// will be: it must not get round the day that a looser one waits.
func (t *tx) compareLimit(l limit, value, now int64) (int, error) {
	if l.follows == "" || value != 0 && now != 0 {
		return cmp.Compare(value, now), nil
	}
	base, err := t.limit(l.follows)
	if err != nil {
		return 0, err
	}
	if now == 0 {
		now = base.At(t.now)
	}
	if value == 0 {
		value = base.At(t.now)
		if base.Waits(t.now) {
			value = min(value, base.Next)
		}
	}
	return cmp.Compare(value, now), nil
}

func (t *tx) keepLimit(l limit, v Limit) error {
	var next any
	if !v.From.IsZero() {
		next = l.text(v.Next)
	}
	err := t.exec(`INSERT INTO setting (key, value, changed, next, effective) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET value = excluded.value, changed = excluded.changed, next = excluded.next, effective = excluded.effective`,
		l.name, l.text(v.Set), ms(t.now), next, orNull(v.From))
	if err != nil {
		return fmt.Errorf("setting a limit: %w", err)
	}
	return nil
}

// InitLimits sets limits of a new store from the flags of its first serve, as InitPolicy sets the cancel window: what is set already stays.
func (s *Store) InitLimits(ctx context.Context, first map[string]int64) error {
	for name, value := range first {
		if least, most, ok := LimitBounds(name); !ok || value < least || value > most {
			return fmt.Errorf("the limit %s: %w; it is a number from %d to %d", name, ErrPolicy, least, most)
		}
	}
	return s.write(ctx, audit.Operator, func(t *tx) error {
		for n, l := range limits {
			value, given := first[l.name]
			if !given {
				continue
			}
			set, err := t.change("INSERT INTO setting (key, value, changed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", l.name, l.text(value), ms(t.now))
			if err != nil {
				return fmt.Errorf("keeping a limit: %w", err)
			}
			if set == 0 {
				continue
			}
			number := int64(limitNumbers + n + 1)
			if err := t.note(audit.PolicyChanged, audit.ObjectOf(audit.KindPolicy, number), map[string]int64{audit.CountPolicy: number, audit.CountBefore: l.usual, audit.CountAfter: value}); err != nil {
				return err
			}
		}
		return nil
	})
}
