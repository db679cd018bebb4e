package db

import (
	"context"
	"fmt"
	"slices"

	"quittance/db/audit"
)

// The destruction of case files, by the steps of a batch: in chunks while it may run, then the purge of the bytes, and then it is asked again.

// caseChunk is how many case files one transaction destroys: each may hold 200 MiB of attachments.
const caseChunk = 5

// caseTables hold what goes with a case file; each names its ticket. A test compares them with what the schema knows.
var caseTables = []string{"ticket_subject", "ticket_identity", "ticket_note", "ticket_attachment", "letter"}

// claimDisposals gives a batch what two officers have decided, unless everything of it is kept: that would open a batch every night.
const claimableSQL = `SELECT d.number FROM disposal d WHERE d.approved IS NOT NULL AND d.ended IS NULL AND d.withdrawn IS NULL
	AND (d.batch IS NULL OR (SELECT state FROM batch WHERE number = d.batch) = 'stopped')
	AND EXISTS (SELECT 1 FROM case_due c JOIN ticket k ON k.number = c.ticket WHERE c.disposal = d.number AND k.destroyed IS NULL AND NOT ` + caseKept + `) ORDER BY d.number`

func (t *tx) claimDisposals(batch int64, numbers []int64) error {
	for _, n := range numbers {
		err := t.exec("UPDATE disposal SET batch = ?, found = (SELECT count(*) FROM case_due WHERE disposal = disposal.number) WHERE number = ?", batch, n)
		if err != nil {
			return fmt.Errorf("taking up a disposal: %w", err)
		}
	}
	return nil
}

// doomedCases lists the case files that a batch has yet to destroy. A hold is looked for again in each chunk's transaction (law L5).
const doomedCases = `SELECT k.number FROM disposal d JOIN case_due c ON c.disposal = d.number JOIN ticket k ON k.number = c.ticket
	WHERE d.batch = ? AND d.ended IS NULL AND k.ended IS NOT NULL AND k.destroyed IS NULL AND NOT ` + caseKept + ` ORDER BY k.number LIMIT ?`

// destroyCases destroys the case files of a batch, chunk by chunk; after a crash it goes on with those that are left.
func (s *Store) destroyCases(ctx context.Context, batch int64) error {
	for more := true; more; {
		err := s.unlessHalted(ctx, batch, func(t *tx) error {
			due, err := scanned[int64](t.rows(doomedCases, batch, caseChunk))
			more = len(due) > 0
			for _, number := range due {
				if err == nil {
					err = t.destroyCase(number)
				}
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("destroying case files: %w", err)
		}
	}
	return nil
}

// destroyCase removes what a case file holds. The row of the ticket stays, with nothing personal in it: statistics and links need it, and
// so does the proof that the request was answered.
func (t *tx) destroyCase(number int64) error {
	if err := t.endAnswer(number, "erased"); err != nil { // its row stays: numbers and days
		return err
	}
	counts := map[string]int64{}
	for _, table := range caseTables {
		n, err := t.change("DELETE FROM "+table+" WHERE ticket = ?", number)
		if err != nil {
			return err
		}
		counts[audit.CountRecords] += n
	}
	err := t.exec("UPDATE ticket SET people = NULL, extended_why = NULL, told = NULL, forgot = coalesce(forgot, ?), destroyed = ? WHERE number = ?", ms(t.now), ms(t.now), number)
	if err != nil {
		return err
	}
	return t.noteTicket(audit.CaseDestroyed, number, counts, nil)
}

// endDisposals asks again, when the bytes are gone, what is left of the case files, and writes down how it came out. What a hold keeps is
// listed for review again.
func (s *Store) endDisposals(ctx context.Context, batch int64) error {
	all, err := s.Disposals(ctx, batch)
	if err != nil || len(all) == 0 {
		return err
	}
	return s.writeChunk(ctx, audit.System, func(t *tx) error {
		for _, d := range all {
			if err := t.endDisposal(d); err != nil {
				return fmt.Errorf("ending a disposal: %w", err)
			}
		}
		return nil
	})
}

func (t *tx) endDisposal(d Disposal) error {
	if !d.Ended.IsZero() {
		return nil
	}
	left, err := t.casesLeft(d.Number)
	if err != nil {
		return err
	}
	gone := int64(0)
	if err := t.row("SELECT count(*) FROM case_due c JOIN ticket k ON k.number = c.ticket WHERE c.disposal = ? AND k.destroyed IS NOT NULL", d.Number).Scan(&gone); err != nil {
		return err
	}
	err = t.exec("UPDATE disposal SET ended = ?, found = ?, held = ? WHERE number = ?", ms(t.now), gone+left, left, d.Number)
	if err == nil {
		err = t.exec("UPDATE case_due SET disposal = NULL WHERE disposal = ? AND ticket IN (SELECT number FROM ticket WHERE destroyed IS NULL)", d.Number)
	}
	if err != nil {
		return err
	}
	return t.note(audit.CasesDestroyed, audit.ObjectOf(audit.KindDisposal, d.Number), map[string]int64{audit.CountTickets: gone, audit.CountHeld: left})
}

// casesLeft counts the case files of which something is left, by the tables and not by what the destruction has marked.
func (t *tx) casesLeft(disposal int64) (left int64, err error) {
	any := "k.people IS NOT NULL OR k.extended_why IS NOT NULL OR k.told IS NOT NULL OR k.destroyed IS NULL" +
		" OR EXISTS (SELECT 1 FROM answer a JOIN answer_redaction r ON r.answer = a.number WHERE a.ticket = k.number AND r.sealed IS NOT NULL)"
	for _, table := range caseTables {
		any += " OR EXISTS (SELECT 1 FROM " + table + " WHERE ticket = k.number)"
	}
	err = t.row("SELECT count(*) FROM case_due c JOIN ticket k ON k.number = c.ticket WHERE c.disposal = ? AND ("+any+")", disposal).Scan(&left)
	return left, err
}

// CaseTables lists the tables that go with a case file.
func CaseTables() []string { return slices.Clone(caseTables) }
