package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"quittance/db/answer"
	"quittance/db/audit"
)

// AnswerRedaction is a redaction with who made it.
type AnswerRedaction struct {
	answer.Redaction
	Number int64
	By     audit.Actor
}

const redactionSQL = "SELECT number, answer, actor, sealed FROM answer_redaction WHERE answer = ? AND sealed IS NOT NULL ORDER BY number"

func (k *keys) scanRedactions(rows *sql.Rows, err error) (out []AnswerRedaction, _ error) {
	err = each(rows, err, func() error {
		var v AnswerRedaction
		var a int64
		var sealed []byte
		if err := rows.Scan(&v.Number, &a, &v.By, &sealed); err != nil {
			return err
		}
		plain, err := k.open("answer redaction", v.Number, sealed)
		if err == nil {
			err = json.Unmarshal(plain, &v.Redaction)
		}
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what is left out of an answer: %w", err)
	}
	return out, nil
}

// Redactions lists what is left out of an answer.
func (s *Store) Redactions(ctx context.Context, number int64) ([]AnswerRedaction, error) {
	return s.keys.scanRedactions(s.readers.QueryContext(ctx, redactionSQL, number))
}

// openRedactions are those of the answer of a ticket that has not ended.
func (t *tx) openRedactions(number int64) ([]AnswerRedaction, error) {
	return t.s.keys.scanRedactions(t.rows("SELECT number, answer, actor, sealed FROM answer_redaction WHERE answer = (SELECT number FROM answer WHERE ticket = ? AND ended IS NULL) AND sealed IS NOT NULL ORDER BY number", number))
}

func (t *tx) keepRedaction(a int64, r answer.Redaction, by audit.Actor) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var n int64
	err = t.row("INSERT INTO answer_redaction (answer, reason, made, actor) VALUES (?, ?, ?, ?) RETURNING number", a, r.Reason, ms(t.now), string(by)).Scan(&n)
	if err == nil {
		err = t.exec("UPDATE answer_redaction SET sealed = ? WHERE number = ?", t.s.keys.seal("answer redaction", n, raw), n)
	}
	if err != nil {
		return fmt.Errorf("keeping a redaction: %w", err)
	}
	return nil
}

func redactable(r answer.Redaction) bool {
	switch {
	case !slices.Contains(answer.ReasonCodes, r.Reason), r.Record < 0, !words(r.Words, MaxRedacted), !words(r.Field, MaxRedacted):
		return false
	case r.Words != "":
		return len(strings.TrimSpace(r.Words)) >= 2 && r.Field == ""
	}
	return r.Record > 0
}

// Redact leaves something of somebody else out of a ticket's answer, as long as it is not released.
func (s *Store) Redact(ctx context.Context, by audit.Actor, number int64, all ...answer.Redaction) error {
	for _, r := range all {
		if !redactable(r) {
			return ErrRedaction
		}
	}
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.openAnswer(number, false)
		if err != nil {
			return err
		}
		before, err := t.openRedactions(number)
		if err == nil && len(before)+len(all) > MaxRedactions {
			err = ErrRedaction
		}
		if err != nil {
			return err
		}
		for _, r := range all {
			if slices.ContainsFunc(before, func(b AnswerRedaction) bool { return b.Redaction == r }) {
				continue
			}
			if err := t.keepRedaction(v.Number, r, t.by); err != nil {
				return err
			}
		}
		return t.answerChanged(v.Number, audit.AnswerRedacted)
	})
}

// Unredact puts something back.
func (s *Store) Unredact(ctx context.Context, by audit.Actor, number, redaction int64) error {
	return s.write(ctx, by, func(t *tx) error {
		v, err := t.openAnswer(number, false)
		if err != nil {
			return err
		}
		n, err := t.change("DELETE FROM answer_redaction WHERE number = ? AND answer = ?", redaction, v.Number)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return t.answerChanged(v.Number, audit.AnswerRestored)
	})
}

func (t *tx) answerChanged(a int64, event audit.Event) error {
	if err := t.exec("UPDATE answer SET changed_by = ? WHERE number = ?", string(t.by), a); err != nil {
		return err
	}
	return t.noteAnswer(event, a, nil)
}
