package db

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"quittance/db/audit"
	"quittance/db/ticket"
)

// What can be exported: nothing that holds personal data.
const (
	ExportAudit     = "audit"     // the audit trail, leaf by leaf
	ExportErasures  = "erasures"  // requests by their reference
	ExportHolds     = "holds"     // holds and restrictions, by reference and without what was written beside them
	ExportRetention = "retention" // how long what is kept, as it is set when it is asked for

	ExportStatistics = "statistics" // requests by right, way, outcome and month
	ExportTickets    = "tickets"    // tickets by month, right and outcome
	ExportCCPA       = "ccpa"       // the yearly metrics of 11 CCR §7102(a)(1)
	ExportCoverage   = "coverage"   // how much is labelled, by service and day
	ExportTable      = "table"      // a table of the console, as its page has it; only in the background, else it is no export but a page
)

// ExportBundle is the format of an export that can be checked by itself: the whole audit trail with the receipts under one signed head.
const ExportBundle = "bundle"

// Export is a file that was asked for. The file is not kept, or only until it is fetched (ExportJob).
type Export struct {
	Number int64
	User   int64
	What   string // ExportAudit, ExportErasures, …
	Format string // "csv" or "json"; of the audit trail also "ndjson" and ExportBundle; of ExportPack only ExportZip
	Rows   int64
	Made   time.Time
	Entry  int64 // number of its audit entry

	State       ExportState // of one that is made in the background; "" = it was sent at once
	Total, Done int64       // of such a one: rows to look at, 0 = not known, and those it has looked at
	About       int64       // of such a one: the number of the table, or of the sample that drew a pack's requests; 0 = of neither
}

// NewExport describes an export. From is inclusive, To exclusive; zero = no bound.
type NewExport struct {
	What, Format string
	From, To     time.Time
	Tickets      TicketStatsQuery // of ExportTickets and ExportCCPA, instead of From and To
	Rows         int64            // of ExportRecords and ExportTable: how many there are, as far as that is known
	About        int64            // of ExportTable the number of the table, of ExportPack the sample; 0 = the requests filed between From and To
	Filter       string           // of ExportTable: its filter as an address has it, without a word that somebody typed
}

// Span is the fixed set of rows of an export: those with First <= number < End. It is taken before the export is written down, so that
// what the file holds is what the audit entry counts, and the entry itself is not in it.
type Span struct {
	First, End int64
	From, To   time.Time
	Rows       int64
	head       string // of the audit trail, signed; as it was when the span was taken
	lines      []audit.StatLine
	months     []ticket.MonthLine
	years      []ticket.YearMetric
	days       []DayTally
	pack       *Pack
}

// Head is the signed head of the audit trail that an export of it goes with.
func (v Span) Head() string { return v.head }

// Statistics are the lines of an export of statistics.
func (v Span) Statistics() []audit.StatLine { return v.lines }

// TicketMonths are the lines of an export of tickets by month.
func (v Span) TicketMonths() []ticket.MonthLine { return v.months }

// TicketYears are the lines of an export of the metrics of 11 CCR §7102.
func (v Span) TicketYears() []ticket.YearMetric { return v.years }

// SubmitExport writes down that a person exports, before the first byte leaves.
func (s *Store) SubmitExport(ctx context.Context, user int64, n NewExport) (Export, Span, error) {
	span, err := s.exportSpan(ctx, n)
	if err != nil {
		return Export{}, Span{}, fmt.Errorf("measuring an export: %w", err)
	}
	var e Export
	err = s.write(ctx, exporter(user), func(t *tx) error {
		if err := span.gather(t); err != nil {
			return err
		}
		e, err = t.keepExport(user, n, span.Rows, audit.ExportMade)
		return err
	})
	return e, span.of(e), err
}

// gather reads what has to be read in the transaction that writes the export down.
func (v *Span) gather(t *tx) error {
	if v.pack == nil {
		return nil
	}
	err := v.pack.gather(t)
	v.Rows = int64(len(v.pack.requests))
	return err
}

// of is the span of an export that was written down.
func (v Span) of(e Export) Span {
	if v.pack != nil {
		v.pack.export = e
	}
	return v
}

// total is how many rows are gone through until the file is whole, where they are not those that it counts; 0 = not known.
func (v Span) total(n NewExport) int64 {
	switch {
	case v.pack != nil:
		return v.pack.pieces()
	case n.Format == ExportBundle:
		return v.End
	}
	return v.Rows
}

func (t *tx) keepExport(user int64, n NewExport, count int64, event audit.Event) (Export, error) {
	e := Export{User: user, What: n.What, Format: n.Format, Rows: count, Made: t.now}
	err := t.row("INSERT INTO export (user, what, format, rows, made) VALUES (?, ?, ?, ?, ?) RETURNING number", user, n.What, n.Format, count, ms(t.now)).Scan(&e.Number)
	if err != nil {
		return e, fmt.Errorf("writing down an export: %w", err)
	}
	e.Entry = t.w.tree.Size()
	counts := map[string]int64{exportCounts[n.What]: count}
	if n.What == ExportTable {
		counts[audit.CountTable] = n.About
	}
	return e, t.note(event, audit.ObjectOf(audit.KindExport, e.Number), counts)
}

// exporter is who exports: a person, or with 0 the operator at the command line.
func exporter(user int64) audit.Actor {
	if user == 0 {
		return audit.Operator
	}
	return audit.ActorOf("user", user)
}

// exportCounts names what the audit entry of an export counts.
var exportCounts = map[string]string{ExportAudit: audit.CountEntries, ExportErasures: audit.CountErasures, ExportHolds: audit.CountHolds, ExportRetention: audit.CountEntries,
	ExportPack: audit.CountErasures, ExportStatistics: audit.CountEntries, ExportCoverage: audit.CountEntries, ExportTickets: audit.CountEntries, ExportCCPA: audit.CountEntries, ExportImprovement: audit.CountLooked, ExportRecords: audit.CountRecords, ExportTable: audit.CountEntries}

func (s *Store) exportSpan(ctx context.Context, n NewExport) (Span, error) {
	switch n.What {
	case ExportAudit:
		return s.auditSpan(ctx, n)
	case ExportHolds:
		return s.holdSpan(ctx, n)
	case ExportErasures:
		return s.erasureSpan(ctx, n)
	case ExportImprovement:
		return s.improvementSpan(ctx, n)
	case ExportRecords, ExportTable:
		return Span{Rows: n.Rows}, nil
	case ExportPack:
		return s.packSpan(ctx, n)
	case ExportRetention:
		all, err := s.Retentions(ctx, 0)
		return Span{Rows: int64(len(all))}, err
	case ExportStatistics:
		return s.statisticsSpan(ctx, n)
	case ExportTickets, ExportCCPA:
		return s.ticketSpan(ctx, n)
	case ExportCoverage:
		return s.coverageSpan(ctx, n)
	}
	return Span{}, errors.New("nothing of this name is exported")
}

// Coverage are the lines of an export of how much is labelled.
func (v Span) Coverage() []DayTally { return v.days }

// auditSpan finds the range by number: numbers have no gap and times never go back, so each bound is found in some twenty reads however
// long the trail is.
func (s *Store) auditSpan(ctx context.Context, n NewExport) (Span, error) {
	size, head, err := s.Head(ctx)
	if err != nil {
		return Span{}, err
	}
	v := Span{End: size, head: head}
	if !n.From.IsZero() {
		v.First, err = s.firstEntrySince(ctx, n.From, size)
	}
	if err == nil && !n.To.IsZero() {
		v.End, err = s.firstEntrySince(ctx, n.To, size)
	}
	v.Rows = max(0, v.End-v.First)
	return v, err
}

// firstEntrySince is the number of the first entry at or after a time, size when there is none.
func (s *Store) firstEntrySince(ctx context.Context, since time.Time, size int64) (int64, error) {
	var failure error
	n := sort.Search(int(size), func(i int) bool {
		e, err := s.AuditEntry(ctx, int64(i))
		if err != nil && failure == nil {
			failure = err
		}
		return !e.Time.Before(since)
	})
	return int64(n), failure
}

func (s *Store) erasureSpan(ctx context.Context, n NewExport) (Span, error) {
	v := Span{First: 1, From: n.From, To: n.To}
	if err := s.readers.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) + 1 FROM erasure").Scan(&v.End); err != nil {
		return v, err
	}
	where, args := v.where()
	return v, s.readers.QueryRowContext(ctx, "SELECT count(*) FROM erasure WHERE "+where, args...).Scan(&v.Rows)
}

func (v Span) where() (string, []any) {
	where, args := v.among("proposed")
	return where + " AND drill = 0", args
}

// among is the condition on number and on a column of times.
func (v Span) among(when string) (string, []any) {
	where, args := "number >= ? AND number < ?", []any{v.First, v.End}
	if !v.From.IsZero() {
		where, args = where+" AND "+when+" >= ?", append(args, ms(v.From))
	}
	if !v.To.IsZero() {
		where, args = where+" AND "+when+" < ?", append(args, ms(v.To))
	}
	return where, args
}

func (s *Store) holdSpan(ctx context.Context, n NewExport) (Span, error) {
	v := Span{First: 1, From: n.From, To: n.To}
	if err := s.readers.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) + 1 FROM hold").Scan(&v.End); err != nil {
		return v, err
	}
	where, args := v.among("placed")
	return v, s.readers.QueryRowContext(ctx, "SELECT count(*) FROM hold WHERE "+where, args...).Scan(&v.Rows)
}

func (s *Store) statisticsSpan(ctx context.Context, n NewExport) (Span, error) {
	v := Span{From: n.From, To: n.To}
	if v.To.IsZero() {
		v.To = s.Now().Add(time.Millisecond)
	}
	tally, err := s.RightStatistics(ctx, v.From, v.To)
	if err == nil {
		v.lines = tally.Lines()
	}
	v.Rows = int64(len(v.lines))
	return v, err
}

// ExportedHolds reads the next page of an export of holds, oldest first, from a number on, without what was written beside them. An empty page
// is the end.
func (s *Store) ExportedHolds(ctx context.Context, v Span, from int64, limit int) ([]Hold, error) {
	v.First = max(from, v.First)
	where, args := v.among("placed")
	out, err := s.holds(s.readers.QueryContext(ctx, holdColumns+"WHERE "+where+" ORDER BY number LIMIT ?", append(args, limit)...))
	for i := range out {
		out[i].Custodian, out[i].Note = "", ""
	}
	return out, err
}

// ExportedEntries reads the next page of an export of the audit trail, from a number on. An empty page is the end.
func (s *Store) ExportedEntries(ctx context.Context, v Span, from int64, limit int) ([]AuditEntry, error) {
	if v.Rows == 0 {
		return nil, nil
	}
	return s.AuditEntries(ctx, AuditQuery{Oldest: true, Least: max(from, v.First), Before: v.End, Limit: limit})
}

// ExportedErasures reads the next page of an export of erasures, oldest first, from a number on. An empty page is the end. Requests
// come as they may leave the house: by their reference, without the customer ID and what was written about the person.
func (s *Store) ExportedErasures(ctx context.Context, v Span, from int64, limit int) ([]Erasure, error) {
	v.First = max(from, v.First)
	where, args := v.where()
	rows, err := s.readers.QueryContext(ctx, erasureColumns+"WHERE "+where+" ORDER BY number LIMIT ?", append(args, limit)...)
	var out []Erasure
	err = each(rows, err, func() error {
		e, err := s.keys.scanErasure(rows)
		e.Subject, e.SubjectRef, e.Note, e.Told = "", "", "", Told{}
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading erasures to export: %w", err)
	}
	return out, nil
}

// Exports lists what was exported, newest first. before is the number of the last one of the page before, 0 for the first page.
func (s *Store) Exports(ctx context.Context, before int64, limit int) ([]Export, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT e.number, e.user, e.what, e.format, e.rows, e.made,
		coalesce((SELECT min(l.number) FROM leaf l WHERE l.object = 'export/' || e.number AND l.object <> ''), 0),
		coalesce(j.state, ''), coalesce(j.total, 0), coalesce(j.done, 0), coalesce(j.about, 0)
		FROM export e LEFT JOIN export_job j ON j.export = e.number WHERE ? = 0 OR e.number < ? ORDER BY e.number DESC LIMIT ?`, before, before, limit)
	var out []Export
	err = each(rows, err, func() error {
		var e Export
		var made int64
		err := rows.Scan(&e.Number, &e.User, &e.What, &e.Format, &e.Rows, &made, &e.Entry, &e.State, &e.Total, &e.Done, &e.About)
		e.Made = at(made)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing exports: %w", err)
	}
	return out, nil
}
