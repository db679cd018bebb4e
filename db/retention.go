package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/label"
)

// Retention is how long one kind of record of a service is kept, by the time that the record bears. What destroys more than the choice in
// force is the looser one: it waits for a day (law L6), and for a second officer, who is shown what the first run will take.
type Retention struct {
	Service  int64
	Kind     Kind
	Chosen   bool        // somebody has said something about it
	Days     int         // 0 = kept until somebody erases it
	Wanted   int         // shorter than Days, chosen and perhaps not in force yet; 0 = nothing was
	Proposer audit.Actor // of Wanted
	Proposed time.Time
	From     time.Time   // Wanted is not in force before
	Approver audit.Actor // "" = nobody has approved Wanted
}

// At is how many days hold at a time; 0 = for ever.
func (r Retention) At(now time.Time) int {
	if r.Wanted != 0 && r.Waiting(now) == 0 {
		return r.Wanted
	}
	return r.Days
}

// Waiting is what was chosen and does not hold yet, 0 where nothing waits.
func (r Retention) Waiting(now time.Time) int {
	if r.Approver == "" || now.Before(r.From) {
		return r.Wanted
	}
	return 0
}

// Before is the time before which a record is past its retention of so many days.
func Before(now time.Time, days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }

// MaxRetention is the longest retention in days: a hundred years.
const MaxRetention = 36500

// ErrRetention is returned for a retention that cannot be.
var ErrRetention = errors.New("a retention is a whole number of days up to 36,500, of a kind of record that the service holds")

// Plans are the plans of a service, in the order in which they are offered.
var Plans = []string{"lite", "trial", "standard", "plus", "enterprise", "premium", "isolation"}

// planDays is how long IBM keeps an Assistant's logs under each plan (watson-api.md section 1, "Retention of Assistant logs").
var planDays = map[string]int{"lite": 7, "trial": 30, "standard": 30, "plus": 30, "enterprise": 30, "premium": 90, "isolation": 90}

// heldKinds are what a kind of service holds.
var heldKinds = map[label.Kind][]Kind{
	label.Assistant:         {Message},
	label.VisualRecognition: {Image, Classifier, Collection},
	label.Discovery:         {Query, Event, Document},
	label.SpeechToText:      {Transcript},
	label.TextToSpeech:      {Synthesis},
}

// DefaultRetention is what the plan of a service offers for a kind of record; 0 = nothing. Documents and training data are what a service
// works with, and go when somebody takes them away.
func DefaultRetention(plan string, kind Kind) int {
	switch kind {
	case Image, Classifier, Collection, Document:
		return 0
	}
	return planDays[plan]
}

const retentionColumns = `SELECT service, kind, days, coalesce(wanted, 0), coalesce(proposer, ''), proposed, starts, coalesce(approver, '') FROM retention `

func scanRetention(row scanner) (Retention, error) {
	r := Retention{Chosen: true}
	var proposed, starts sql.NullInt64
	err := row.Scan(&r.Service, &r.Kind, &r.Days, &r.Wanted, &r.Proposer, &proposed, &starts, &r.Approver)
	r.Proposed, r.From = when(proposed), when(starts)
	return r, err
}

func scanRetentions(rows *sql.Rows, err error) (out []Retention, _ error) {
	err = each(rows, err, func() error {
		r, err := scanRetention(rows)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is kept how long: %w", err)
	}
	return out, nil
}

// Retentions lists what is set for a hosted service, a line for each kind of record that it can hold, set or not; 0 = of all services.
func (s *Store) Retentions(ctx context.Context, service int64) ([]Retention, error) {
	set, err := scanRetentions(s.readers.QueryContext(ctx, retentionColumns+"WHERE ? IN (0, service)", service))
	if err != nil {
		return nil, err
	}
	all, err := s.Services(ctx)
	var out []Retention
	for _, v := range all {
		if v.Linked() || service != 0 && v.Number != service {
			continue
		}
		for _, k := range heldKinds[v.Kind] {
			out = append(out, retentionOf(set, v.Number, k))
		}
	}
	return out, err
}

func retentionOf(set []Retention, service int64, kind Kind) Retention {
	for _, r := range set {
		if r.Service == service && r.Kind == kind {
			return r
		}
	}
	return Retention{Service: service, Kind: kind}
}

// Plan is the plan that a service stands for, "" where nobody has said. SetProfile says it. It changes what is offered and nothing that holds.
func (s *Store) Plan(ctx context.Context, service int64) (plan string, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT plan FROM service WHERE number = ?", service).Scan(&plan)
	return plan, found(err)
}

// SetRetention chooses how many days a kind of record is kept; 0 = until it is erased. Longer than now holds when it returns, and takes back
// what waited; shorter waits. ErrRetention, ErrNotFound.
func (s *Store) SetRetention(ctx context.Context, by audit.Actor, service int64, kind Kind, days int) (out Retention, err error) {
	if days < 0 || days > MaxRetention {
		return out, ErrRetention
	}
	err = s.write(ctx, by, func(t *tx) error {
		was, err := t.retention(service, kind)
		if err != nil {
			return err
		}
		out, err = t.setRetention(was, days)
		return err
	})
	return out, err
}

// retention reads one, of a kind that the service holds.
func (t *tx) retention(service int64, kind Kind) (Retention, error) {
	var holds label.Kind
	err := t.row("SELECT kind FROM service WHERE number = ? AND hosting = 'hosted'", service).Scan(&holds)
	if err != nil {
		return Retention{}, found(err)
	}
	if !slices.Contains(heldKinds[holds], kind) {
		return Retention{}, ErrRetention
	}
	r, err := scanRetention(t.row(retentionColumns+"WHERE service = ? AND kind = ?", service, kind))
	if errors.Is(err, sql.ErrNoRows) {
		return Retention{Service: service, Kind: kind}, nil
	}
	return r, err
}

func (t *tx) setRetention(was Retention, days int) (Retention, error) {
	now := was.At(t.now)
	next, event := Retention{Service: was.Service, Kind: was.Kind, Chosen: true, Days: days}, audit.RetentionChanged
	if days != 0 && (now == 0 || days < now) {
		next.Days, next.Wanted, next.Proposer, next.Proposed, next.From = now, days, t.by, t.now, t.now.Add(Loosening)
		event = audit.RetentionProposed
	}
	if waits := was.Waiting(t.now); days == now && waits == 0 || days == waits && days != 0 {
		return was, nil // it is so already, or will be
	}
	err := t.exec(`INSERT INTO retention (service, kind, days, wanted, proposer, proposed, starts) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (service, kind) DO UPDATE SET days = excluded.days, wanted = excluded.wanted, proposer = excluded.proposer,
			proposed = excluded.proposed, starts = excluded.starts, approver = NULL`,
		next.Service, int(next.Kind), next.Days, orZero(next.Wanted), orNone(string(next.Proposer)), orNull(next.Proposed), orNull(next.From))
	if err != nil {
		return was, fmt.Errorf("setting a retention: %w", err)
	}
	return next, t.noteRetention(event, next, now, days, 0)
}

// orZero is NULL for 0.
func orZero(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func (t *tx) noteRetention(event audit.Event, r Retention, before, after int, due int64) error {
	counts := map[string]int64{audit.CountKind: int64(r.Kind), audit.CountBefore: int64(before), audit.CountAfter: int64(after)}
	if event == audit.RetentionApproved {
		counts[audit.CountRecords] = due
	}
	return t.note(event, audit.ObjectOf(audit.KindService, r.Service), counts)
}

// ApproveRetention is the second pair of eyes on what waits (law L6): days is what the approver read. The entry says how many records
// were due at that moment. ErrMoved, ErrFourEyes, and ErrLapsed where something else was chosen meanwhile.
func (s *Store) ApproveRetention(ctx context.Context, by audit.Actor, service int64, kind Kind, days int) error {
	return s.write(ctx, by, func(t *tx) error {
		r, err := t.retention(service, kind)
		if err != nil {
			return err
		}
		switch {
		case r.Wanted == 0 || r.Approver != "":
			return ErrMoved
		case r.Proposer == by:
			return ErrFourEyes
		case r.Wanted != days:
			return ErrLapsed
		}
		if err := t.exec("UPDATE retention SET approver = ? WHERE service = ? AND kind = ?", string(by), service, int(kind)); err != nil {
			return fmt.Errorf("approving a retention: %w", err)
		}
		due, err := scanDue(t.row(dueSQL(kind), service, ms(Before(t.now, days))))
		if err != nil {
			return err
		}
		return t.noteRetention(audit.RetentionApproved, r, r.Days, days, due.Records)
	})
}

// Due is what is past its retention.
type Due struct {
	Records int64
	Oldest  time.Time
}

// dueSQL counts by an index alone. All that a service with messages holds are messages, so their days have been counted: only those of the day
// that the time lies in are looked at one by one. ?1 is the service, ?2 the time.
func dueSQL(kind Kind) string {
	if kind == Message {
		return `SELECT (SELECT coalesce(sum(records), 0) FROM tally WHERE service = ?1 AND day < ?2 / 86400000)
			+ (SELECT count(*) FROM record WHERE service = ?1 AND time >= ?2 / 86400000 * 86400000 AND time < ?2),
			(SELECT min(time) FROM record WHERE service = ?1 AND time < ?2)`
	}
	return fmt.Sprintf("SELECT count(*), min(time) FROM record WHERE service = ? AND time < ? AND kind = %d AND kind > 1", int(kind))
}

func scanDue(row scanner) (Due, error) {
	var d Due
	var oldest sql.NullInt64
	err := row.Scan(&d.Records, &oldest)
	d.Oldest = when(oldest)
	if err != nil {
		return d, fmt.Errorf("counting what is past its retention: %w", err)
	}
	return d, nil
}

// Due counts the records of a kind from before a time. What a hold or a restriction keeps is among them.
func (s *Store) Due(ctx context.Context, service int64, kind Kind, before time.Time) (Due, error) {
	return scanDue(s.readers.QueryRowContext(ctx, dueSQL(kind), service, ms(before)))
}

// inForce lists what holds now, in the order of services and kinds.
func (t *tx) inForce() ([]Retention, error) {
	all, err := scanRetentions(t.rows(retentionColumns))
	all = slices.DeleteFunc(all, func(r Retention) bool { return r.At(t.now) == 0 })
	slices.SortFunc(all, func(a, b Retention) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Kind, b.Kind))
	})
	return all, err
}
