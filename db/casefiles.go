package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/audit"
	"quittance/db/ticket"
)

// CaseMonthsCCPA is how long 11 CCR 7101 wants the record of a request kept, whatever the house has chosen: 24 months.
const CaseMonthsCCPA = 24

// CaseMonths is for how many months the case file of an ended ticket of a regime is kept, where the house keeps them for so many.
func CaseMonths(regime string, months int64) int64 {
	if regime == ticket.CCPA {
		return max(months, CaseMonthsCCPA)
	}
	return months
}

// ErrCases is returned for a list of case files of which one is not due, or is proposed already.
var ErrCases = errors.New("only case files that are listed for review can be destroyed")

// CaseFile is an ended ticket whose time is over.
type CaseFile struct {
	Ticket   Ticket
	Listed   time.Time
	Disposal int64  // by which its destruction was proposed; 0 = nobody has
	Held     bool   // a hold, a restriction or an erasure that has not ended keeps it
	Months   int64  // for which it was kept when it was listed, 0 = listed before that was written down
	Schedule string // by which: ScheduleAll, ScheduleRight or ScheduleCCPA
}

// Disposal is the destruction of case files: proposed by one officer, approved by another, carried out by a batch.
type Disposal struct {
	Number    int64
	Proposed  time.Time
	Proposer  audit.Actor
	Approved  time.Time
	Approver  audit.Actor
	Withdrawn time.Time
	Batch     int64
	Cases     int64 // that it is about
	Held      int64 // of them, what was kept when it ran
	Ended     time.Time
}

// caseKept is the condition on a ticket k whose case file is needed for longer (law L5): a live hold or restriction on it or on one of its
// IDs, or an erasure of it that has not ended.
const caseKept = `(EXISTS (SELECT 1 FROM ticket_link l JOIN hold h ON h.number = l.object WHERE l.ticket = k.number AND l.kind IN ('hold','restriction') AND h.ended IS NULL)
	OR EXISTS (SELECT 1 FROM ticket_link l JOIN erasure e ON e.number = l.object WHERE l.ticket = k.number AND l.kind = 'erasure' AND e.ended IS NULL)
	OR EXISTS (SELECT 1 FROM ticket_subject s JOIN kept p ON p.ref = s.ref AND p.live = 1 WHERE s.ticket = k.number))`

// The schedules by which a case file is kept.
const (
	ScheduleAll   = "all"   // that of the house
	ScheduleRight = "right" // that of its right
	ScheduleCCPA  = "ccpa"  // the floor of 11 CCR 7101, where the house keeps for less
)

// caseSchedule is for how many months the case files of one right are kept, under the CCPA or not.
type caseSchedule struct {
	right  ticket.Right
	ccpa   bool
	months int64
	name   string
}

// caseSchedules are all of them, as they are in force.
func (t *tx) caseSchedules() (out []caseSchedule, err error) {
	all, err := t.limit(LimitCases)
	if err != nil {
		return nil, err
	}
	for _, r := range ticket.Rights {
		own, err := t.limit(LimitCasesOf(r))
		if err != nil {
			return nil, err
		}
		v := caseSchedule{right: r, months: all.At(t.now), name: ScheduleAll}
		if n := own.At(t.now); n != 0 {
			v.months, v.name = n, ScheduleRight
		}
		ccpa := v
		if ccpa.ccpa, ccpa.months = true, CaseMonths(ticket.CCPA, v.months); ccpa.months != v.months {
			ccpa.name = ScheduleCCPA
		}
		out = append(out, v, ccpa)
	}
	return out, nil
}

// caseOf is the condition on a ticket k that a schedule is about, and caseOver that its time is over by it.
const (
	caseOf   = "k.right = ? AND (k.regime = 'ccpa') = ?"
	caseOver = "k.ended IS NOT NULL AND k.destroyed IS NULL AND k.ended <= ?"
)

// listCases brings the list of one schedule up to date and tells how many are new on it.
func (t *tx) listCases(v caseSchedule) (int64, error) {
	of, bound := []any{string(v.right), v.ccpa}, ms(t.now.AddDate(0, -int(v.months), 0))
	err := t.exec("DELETE FROM case_due WHERE disposal IS NULL AND ticket IN (SELECT k.number FROM ticket k WHERE "+caseOf+" AND NOT ("+caseOver+"))", append(of, bound)...)
	if err == nil {
		err = t.exec("UPDATE case_due SET months = ?, schedule = ? WHERE disposal IS NULL AND ticket IN (SELECT k.number FROM ticket k WHERE "+caseOf+")", append([]any{v.months, v.name}, of...)...)
	}
	if err != nil {
		return 0, err
	}
	return t.change("INSERT INTO case_due (ticket, listed, months, schedule) SELECT k.number, ?, ?, ? FROM ticket k WHERE "+caseOf+" AND "+caseOver+" ON CONFLICT DO NOTHING",
		append(append([]any{ms(t.now), v.months, v.name}, of...), bound)...)
}

// ListCases puts what is due on the list that an officer reviews, takes off it what is not due any more, and tells how many are new.
func (s *Store) ListCases(ctx context.Context) (n int64, err error) {
	err = s.write(ctx, audit.System, func(t *tx) error {
		all, err := t.caseSchedules()
		for _, v := range all {
			var fresh int64
			if err == nil {
				fresh, err = t.listCases(v)
			}
			n += fresh
		}
		if err != nil {
			return fmt.Errorf("listing case files whose time is over: %w", err)
		}
		if n == 0 {
			return nil
		}
		return t.note(audit.CasesListed, "", map[string]int64{audit.CountTickets: n})
	})
	return n, err
}

// unlistCase takes a ticket that is taken up again off every list, also one that was approved.
func (t *tx) unlistCase(number int64) error {
	if err := t.exec("DELETE FROM case_due WHERE ticket = ?", number); err != nil {
		return fmt.Errorf("taking a case file off the list: %w", err)
	}
	return nil
}

// CaseFiles lists what is to be reviewed, the oldest end first; disposal 0 = what nobody has proposed yet.
func (s *Store) CaseFiles(ctx context.Context, disposal int64, limit int) (out []CaseFile, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT k.number, d.listed, coalesce(d.disposal, 0), coalesce(d.months, 0), coalesce(d.schedule, ''), `+caseKept+` FROM case_due d JOIN ticket k ON k.number = d.ticket
		WHERE coalesce(d.disposal, 0) = ? AND (d.disposal IS NOT NULL OR k.destroyed IS NULL) ORDER BY k.ended, k.number LIMIT ?`, disposal, limit)
	err = each(rows, err, func() error {
		var v CaseFile
		var listed int64
		err := rows.Scan(&v.Ticket.Number, &listed, &v.Disposal, &v.Months, &v.Schedule, &v.Held)
		v.Listed = at(listed)
		out = append(out, v)
		return err
	})
	for i := range out {
		if err == nil {
			out[i].Ticket, err = s.Ticket(ctx, out[i].Ticket.Number)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listing case files whose time is over: %w", err)
	}
	return out, nil
}

const disposalColumns = `SELECT d.number, d.proposed, d.proposer, d.approved, coalesce(d.approver, ''), d.withdrawn, coalesce(d.batch, 0), d.ended, coalesce(d.held, 0),
	coalesce(d.found, (SELECT count(*) FROM case_due c WHERE c.disposal = d.number)) FROM disposal d `

func scanDisposal(row scanner) (Disposal, error) {
	var v Disposal
	var proposed int64
	var approved, withdrawn, ended sql.NullInt64
	err := row.Scan(&v.Number, &proposed, &v.Proposer, &approved, &v.Approver, &withdrawn, &v.Batch, &ended, &v.Held, &v.Cases)
	v.Proposed, v.Approved, v.Withdrawn, v.Ended = at(proposed), when(approved), when(withdrawn), when(ended)
	return v, found(err)
}

// Disposals lists the newest of them, or with a batch those that it carried out.
func (s *Store) Disposals(ctx context.Context, batch int64) (out []Disposal, err error) {
	rows, err := s.readers.QueryContext(ctx, disposalColumns+"WHERE ? IN (0, d.batch) ORDER BY d.number DESC LIMIT 50", batch)
	err = each(rows, err, func() error {
		v, err := scanDisposal(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing disposals: %w", err)
	}
	return out, nil
}

// ProposeDisposal proposes the destruction of case files that are listed. ErrCases.
func (s *Store) ProposeDisposal(ctx context.Context, by audit.Actor, tickets []int64) (number int64, err error) {
	tickets = slices.Compact(slices.Sorted(slices.Values(tickets)))
	if len(tickets) == 0 {
		return 0, ErrCases
	}
	err = s.write(ctx, by, func(t *tx) error {
		if err := t.row("INSERT INTO disposal (proposed, proposer) VALUES (?, ?) RETURNING number", ms(t.now), string(t.by)).Scan(&number); err != nil {
			return fmt.Errorf("proposing a disposal: %w", err)
		}
		for _, k := range tickets {
			n, err := t.change("UPDATE case_due SET disposal = ? WHERE ticket = ? AND disposal IS NULL", number, k)
			if err != nil {
				return fmt.Errorf("proposing a disposal: %w", err)
			}
			if n == 0 {
				return ErrCases
			}
		}
		return t.note(audit.CasesProposed, audit.ObjectOf(audit.KindDisposal, number), map[string]int64{audit.CountTickets: int64(len(tickets))})
	})
	return number, err
}

func (t *tx) openDisposal(number int64) (Disposal, error) {
	d, err := scanDisposal(t.row(disposalColumns+"WHERE d.number = ?", number))
	if err == nil && (!d.Withdrawn.IsZero() || !d.Ended.IsZero() || d.Batch != 0) {
		err = ErrMoved
	}
	return d, err
}

// ApproveDisposal is the second pair of eyes (law L6); cases is how many the approver was shown. ErrFourEyes, ErrLapsed, ErrMoved.
func (s *Store) ApproveDisposal(ctx context.Context, by audit.Actor, number, cases int64) error {
	return s.write(ctx, by, func(t *tx) error {
		d, err := t.openDisposal(number)
		switch {
		case err != nil:
			return err
		case !d.Approved.IsZero():
			return ErrMoved
		case d.Proposer == by:
			return ErrFourEyes
		case d.Cases != cases:
			return ErrLapsed
		}
		if err := t.exec("UPDATE disposal SET approved = ?, approver = ? WHERE number = ?", ms(t.now), string(t.by), number); err != nil {
			return fmt.Errorf("approving a disposal: %w", err)
		}
		return t.note(audit.CasesApproved, audit.ObjectOf(audit.KindDisposal, number), map[string]int64{audit.CountTickets: d.Cases})
	})
}

// WithdrawDisposal takes a disposal back before a batch has taken it up, or refuses it: what it was about is listed again.
func (s *Store) WithdrawDisposal(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		d, err := t.openDisposal(number)
		if err != nil {
			return err
		}
		err = t.exec("UPDATE disposal SET withdrawn = ?, found = ? WHERE number = ?", ms(t.now), d.Cases, number)
		if err == nil {
			err = t.exec("UPDATE case_due SET disposal = NULL WHERE disposal = ?", number)
		}
		if err != nil {
			return fmt.Errorf("taking a disposal back: %w", err)
		}
		return t.note(audit.CasesWithdrawn, audit.ObjectOf(audit.KindDisposal, number), map[string]int64{audit.CountTickets: d.Cases})
	})
}
