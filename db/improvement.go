package db

import (
	"context"
	"fmt"

	"quittance/db/audit"
)

// ExportImprovement is what people said, masked, for whoever improves a service with it: without what was opted out of learning.
const ExportImprovement = "improvement"

// Improvement counts what went into an improvement set, and what was left out and why. What is left out for several reasons counts for the
// first of them.
type Improvement struct {
	Records  int64 // written
	OptedOut int64 // sent with X-Watson-Learning-Opt-Out
	Premium  int64 // of services whose plan is excluded from learning
	Held     int64 // kept by a hold or a restriction: stored for that and for nothing else (Art. 17(3), 18(2))
	Pending  int64 // an erasure was asked for that covers it
	Other    int64 // no message, or one without words
}

// LearnsNothing tells of the plans whose data IBM does not learn from (Assistant, "Information security": "Premium", and "Enterprise" since).
func LearnsNothing(plan string) bool {
	return plan == "premium" || plan == "enterprise" || plan == "isolation"
}

// improvementSpan counts, by the days' sums, what is to be looked at.
func (s *Store) improvementSpan(ctx context.Context, n NewExport) (Span, error) {
	v := Span{First: 1, From: n.From, To: n.To}
	if err := s.readers.QueryRowContext(ctx, "SELECT seq + 1 FROM sequence WHERE only = 1").Scan(&v.End); err != nil {
		return v, err
	}
	where, args := "NOT service "+ofDrill, []any{}
	if !v.From.IsZero() {
		where, args = where+" AND day >= ?", append(args, day(v.From))
	}
	if !v.To.IsZero() {
		where, args = where+" AND day < ?", append(args, day(v.To)+1)
	}
	return v, s.readers.QueryRowContext(ctx, "SELECT coalesce(sum(records), 0) FROM tally WHERE "+where, args...).Scan(&v.Rows)
}

// ExportedRecords reads the next page of records, whole, in the order in which they came, from a number on. An empty page is the end.
func (s *Store) ExportedRecords(ctx context.Context, v Span, from int64, limit int) (out []Record, err error) {
	where, args := "r.seq >= ? AND r.seq < ? AND NOT r.service "+ofDrill, []any{max(from, v.First), v.End}
	if !v.From.IsZero() {
		where, args = where+" AND r.time >= ?", append(args, ms(v.From))
	}
	if !v.To.IsZero() {
		where, args = where+" AND r.time < ?", append(args, ms(v.To))
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT "+recordColumns+", r.body, r.digest FROM record r WHERE "+where+" ORDER BY r.seq LIMIT ?", append(args, limit)...)
	err = each(rows, err, func() error {
		r, err := s.scanWhole(rows)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading records to export: %w", err)
	}
	return out, nil
}

// EndImprovement writes down how an improvement set came out. That it was made is in the trail since before its first byte.
func (s *Store) EndImprovement(ctx context.Context, e Export, v Improvement) error {
	return s.write(ctx, audit.ActorOf("user", e.User), func(t *tx) error {
		if err := t.exec("UPDATE export SET rows = ? WHERE number = ?", v.Records, e.Number); err != nil {
			return fmt.Errorf("writing down the end of an export: %w", err)
		}
		return t.note(audit.ExportEnded, audit.ObjectOf(audit.KindExport, e.Number), map[string]int64{audit.CountRecords: v.Records, audit.CountOptedOut: v.OptedOut,
			audit.CountPremium: v.Premium, audit.CountHeld: v.Held, audit.CountPending: v.Pending, audit.CountOther: v.Other})
	})
}
