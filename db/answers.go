package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/ticket"
)

// Errors of answers.
var (
	ErrNoAnswer  = errors.New("only a ticket under Art. 15 or 20 that is not over and bears a customer ID is answered with data")
	ErrGaps      = errors.New("statements of Art. 15(1) are missing, or are not there in the language of the answer; write them, or say that the answer goes without them")
	ErrReleaser  = errors.New("whoever prepared an answer or redacted it last cannot release it; another officer must")
	ErrRedaction = errors.New("a redaction needs a reason of the list and a record, a field or at least two letters, at most 500")
	ErrLanguage  = errors.New("there are no words in this language; choose English or German")
	ErrStatement = errors.New("a statement has at most 8,000 characters")
)

// Bounds of what is written for an answer, in bytes.
const (
	MaxStatement  = 8000
	MaxRedacted   = 500
	MaxRedactions = 2000
)

// TicketAnswer is what a ticket is answered with. Its data is read anew each time (law L3).
type TicketAnswer struct {
	Number     int64
	Ticket     int64
	Cutoff     int64
	Records    int64 // when it was prepared
	Prepared   time.Time
	PreparedBy audit.Actor
	ChangedBy  audit.Actor
	Released   time.Time
	ReleasedBy audit.Actor
	Gaps       bool
	UpTo       int64 // the highest statement that it is given with; 0 = not released
	Sent       time.Time
	SentBy     audit.Actor
	Ended      time.Time
	Why        string // "erased" or "replaced"
	Language   string // of answer.Languages
}

// AnswerState is how far an answer has come.
type AnswerState string

// States of an answer.
const (
	AnswerNone     AnswerState = "not-prepared"
	AnswerPrepared AnswerState = "prepared"
	AnswerReleased AnswerState = "released"
	AnswerSent     AnswerState = "sent"
	AnswerErased   AnswerState = "ended" // its records were erased, and the copy with them
)

// State tells how far it has come; the zero answer is not prepared.
func (v TicketAnswer) State() AnswerState {
	switch {
	case v.Why == "erased":
		return AnswerErased
	case !v.Sent.IsZero():
		return AnswerSent
	case !v.Released.IsZero():
		return AnswerReleased
	case v.Number > 0:
		return AnswerPrepared
	}
	return AnswerNone
}

const answerSQL = `SELECT a.number, a.ticket, a.cutoff, a.records, a.prepared, a.prepared_by, a.changed_by, a.released, coalesce(a.released_by, ''), a.gaps, coalesce(a.upto, 0),
	a.sent, coalesce(a.sent_by, ''), a.ended, coalesce(a.why, ''), a.language FROM answer a `

func scanAnswer(row scanner) (v TicketAnswer, err error) {
	var prepared int64
	var released, sent, ended sql.NullInt64
	err = row.Scan(&v.Number, &v.Ticket, &v.Cutoff, &v.Records, &prepared, &v.PreparedBy, &v.ChangedBy, &released, &v.ReleasedBy, &v.Gaps, &v.UpTo, &sent, &v.SentBy, &ended, &v.Why, &v.Language)
	v.Prepared, v.Released, v.Sent, v.Ended = at(prepared), when(released), when(sent), when(ended)
	return v, found(err)
}

const lastAnswer = answerSQL + "WHERE a.ticket = ? ORDER BY a.number DESC LIMIT 1"

// TicketAnswer is the newest answer of a ticket.
func (s *Store) TicketAnswer(ctx context.Context, number int64) (TicketAnswer, error) {
	return scanAnswer(s.readers.QueryRowContext(ctx, lastAnswer, number))
}

// AnswersToRelease lists the answers that are prepared and that somebody may release who neither prepared nor redacted them last, the oldest first.
func (s *Store) AnswersToRelease(ctx context.Context, by audit.Actor, limit int) (out []TicketAnswer, err error) {
	rows, err := s.readers.QueryContext(ctx, answerSQL+`JOIN ticket k ON k.number = a.ticket WHERE a.released IS NULL AND a.ended IS NULL AND k.ended IS NULL
		AND a.prepared_by <> ?1 AND a.changed_by <> ?1 ORDER BY a.number LIMIT ?2`, string(by), limit)
	err = each(rows, err, func() error {
		v, err := scanAnswer(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the answers to be released: %w", err)
	}
	return out, nil
}

// openAnswer is the answer of a ticket that has not ended. released says whether it must have been released, or must not.
func (t *tx) openAnswer(number int64, released bool) (TicketAnswer, error) {
	v, err := scanAnswer(t.row(lastAnswer, number))
	if err == nil && (!v.Ended.IsZero() || v.Released.IsZero() == released) {
		err = ErrMoved
	}
	return v, err
}

func (t *tx) noteAnswer(event audit.Event, number int64, counts map[string]int64) error {
	return t.note(event, audit.ObjectOf(audit.KindAnswer, number), counts)
}

// ownSQL are the records that bear one of some IDs, up to a cut-off; a label that came later than it does not count (law L2).
const ownSQL = `SELECT DISTINCT l.record FROM label l WHERE l.customer IN (SELECT number FROM customer WHERE name IN (SELECT value FROM json_each(?)))
	AND l.record <= ? AND coalesce(l.seq, l.record) <= ?`

// PrepareAnswer takes a cut-off for a ticket's answer in a language of answer.Languages. One that it had before is ended, and what was redacted
// in it goes over.
func (s *Store) PrepareAnswer(ctx context.Context, by audit.Actor, number int64, language string) error {
	if !slices.Contains(answer.Languages, language) {
		return ErrLanguage
	}
	subjects, err := s.TicketSubjects(ctx, number)
	if err != nil {
		return err
	}
	list, err := json.Marshal(idsOf(subjects))
	if err != nil {
		return err
	}
	return s.write(ctx, by, func(t *tx) error { return t.prepareAnswer(number, string(list), language) })
}

func idsOf(subjects []TicketSubject) []string {
	out := []string{}
	for _, v := range subjects {
		if v.ID != "" {
			out = append(out, v.ID)
		}
	}
	return out
}

func (t *tx) prepareAnswer(number int64, ids, language string) error {
	v, err := t.ticket(number)
	if err != nil {
		return err
	}
	if v.Right != ticket.Access && v.Right != ticket.Portability || v.State.Ended() || !v.Forgot.IsZero() || ids == "[]" {
		return ErrNoAnswer
	}
	before, err := t.openRedactions(number)
	if err != nil {
		return err
	}
	if err := t.endAnswer(number, "replaced"); err != nil {
		return err
	}
	var a, records int64
	if err := t.row("SELECT count(*) FROM ("+ownSQL+")", ids, t.w.seq, t.w.seq).Scan(&records); err != nil {
		return fmt.Errorf("counting the records of an answer: %w", err)
	}
	err = t.row("INSERT INTO answer (ticket, cutoff, records, prepared, prepared_by, changed_by, language) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
		number, t.w.seq, records, ms(t.now), string(t.by), string(t.by), language).Scan(&a)
	if err != nil {
		return fmt.Errorf("preparing an answer: %w", err)
	}
	for _, r := range before {
		if err := t.keepRedaction(a, r.Redaction, r.By); err != nil {
			return err
		}
	}
	if err := t.begin(v); err != nil {
		return err
	}
	return t.noteAnswer(audit.AnswerPrepared, a, map[string]int64{audit.CountTicket: number, audit.CountRecords: records, audit.CountCutoff: t.w.seq})
}

// endAnswer ends the answer of a ticket, if there is one: its links lead nowhere, and what was redacted is erased.
func (t *tx) endAnswer(number int64, why string) error {
	open, err := scanned[int64](t.rows("SELECT number FROM answer WHERE ticket = ? AND ended IS NULL", number))
	if err != nil || len(open) == 0 {
		return err
	}
	err = t.exec("UPDATE answer SET ended = ?, why = ? WHERE number = ?", ms(t.now), why, open[0])
	if err == nil {
		err = t.endLinks(open[0])
	}
	if err == nil {
		err = t.exec("UPDATE answer_redaction SET sealed = NULL WHERE answer = ?", open[0])
	}
	if err != nil {
		return fmt.Errorf("ending an answer: %w", err)
	}
	return t.noteAnswer(audit.AnswerEnded, open[0], nil)
}

// ReleaseAnswer lets a ticket's answer out, by somebody who neither prepared it nor redacted it last (law L6). without says that it goes
// although statements are missing. Who asked over OpenDSR gets it at once.
func (s *Store) ReleaseAnswer(ctx context.Context, by audit.Actor, number int64, without bool) error {
	now, err := s.TicketAnswer(ctx, number)
	if err != nil {
		return err
	}
	of, err := s.answerServices(ctx, now)
	if err != nil {
		return err
	}
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.openAnswer(number, false)
		if err != nil {
			return err
		}
		if v.Number != now.Number {
			return ErrMoved // it was prepared anew meanwhile, of other records it may be
		}
		if v.PreparedBy == by || v.ChangedBy == by {
			return ErrReleaser
		}
		k, err := t.ticket(number)
		if err != nil {
			return err
		}
		gaps, upTo, err := t.gaps(v.Language, of)
		if err != nil {
			return err
		}
		gap := gaps > 0 && k.Right == ticket.Access
		if gap && !without {
			return ErrGaps
		}
		err = t.exec("UPDATE answer SET released = ?, released_by = ?, gaps = ?, upto = ? WHERE number = ?", ms(t.now), string(by), gap, upTo, v.Number)
		if err != nil {
			return fmt.Errorf("releasing an answer: %w", err)
		}
		if err := t.noteAnswer(audit.AnswerReleased, v.Number, map[string]int64{audit.CountTicket: number, audit.CountRecords: v.Records}); err != nil {
			return err
		}
		return t.handOver(v)
	})
}

// SendAnswer says that a released answer was sent, which answers the ticket: Art. 12(3) wants the information provided. Whether it was
// fetched is shown apart.
func (s *Store) SendAnswer(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.openAnswer(number, true)
		if err != nil {
			return err
		}
		var ways int
		if err := t.row("SELECT count(*) FROM answer_link WHERE answer = ?", v.Number).Scan(&ways); err != nil || ways == 0 || !v.Sent.IsZero() {
			return errors.Join(err, ErrMoved)
		}
		return t.sendAnswer(v)
	})
}
