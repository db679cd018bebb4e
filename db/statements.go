package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"quittance/db/answer"
	"quittance/db/audit"
)

// statementsSQL are the newest of each code, language and service, up to a number.
const statementsSQL = `SELECT s.code, s.number, s.language, coalesce(s.service, 0), s.instead, s.text FROM statement s
	WHERE s.number IN (SELECT max(number) FROM statement WHERE number <= ? GROUP BY code, language, service) AND s.text <> '' ORDER BY s.code, s.service, s.language`

// newest stands for the newest statements where a number of one is asked for.
const newest = int64(1) << 62

// Statements lists what the house and its services state under Art. 15(1) and (2), in all languages, in the order of the articles. upTo is the
// number that an answer keeps; 0 = as it is now.
func (s *Store) Statements(ctx context.Context, upTo int64) ([]answer.Statement, error) {
	if upTo == 0 {
		upTo = newest
	}
	return scanStatements(s.readers.QueryContext(ctx, statementsSQL, upTo))
}

func scanStatements(rows *sql.Rows, err error) (out []answer.Statement, _ error) {
	err = each(rows, err, func() error {
		var v answer.Statement
		err := rows.Scan(&v.Code, &v.Version, &v.Language, &v.Of, &v.Instead, &v.Text)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the statements: %w", err)
	}
	slices.SortStableFunc(out, func(a, b answer.Statement) int {
		return int(answer.StatementNumber(a.Code) - answer.StatementNumber(b.Code))
	})
	return out, nil
}

// StatementFits tells whether a statement is text, and not too long.
func StatementFits(text string) bool { return words(text, MaxStatement) }

// SetStatement words a statement anew: its code, language, text, and of a service its number and whether it stands instead of the house's; the text
// "" takes it away. Answers that are released keep what they were given with.
func (s *Store) SetStatement(ctx context.Context, by audit.Actor, v answer.Statement) error {
	n := answer.StatementNumber(v.Code)
	if n == 0 || !words(v.Text, MaxStatement) || !slices.Contains(answer.Languages, v.Language) || v.Instead && v.Of == 0 {
		return ErrStatement
	}
	return s.write(ctx, by, func(t *tx) error {
		counts := map[string]int64{audit.CountKind: n}
		if v.Of > 0 {
			if err := t.row("SELECT number FROM service WHERE number = ?", v.Of).Scan(&v.Of); err != nil {
				return found(err)
			}
			counts[audit.CountService] = v.Of
		}
		err := t.exec("INSERT INTO statement (code, language, service, instead, text, made, actor) VALUES (?, ?, nullif(?, 0), ?, ?, ?, ?)", v.Code, v.Language, v.Of, v.Instead, v.Text, ms(t.now), string(t.by))
		if err != nil {
			return fmt.Errorf("keeping a statement: %w", err)
		}
		return t.noteWith(audit.StatementSet, "", counts, map[string]string{audit.CommitDigest: hexHash(v.Text)})
	})
}

// AnswerGaps lists the statements that an answer is without: nothing is stated, or only in another language. Of a released answer they are those
// that it was released without.
func (s *Store) AnswerGaps(ctx context.Context, v TicketAnswer) ([]answer.Gap, error) {
	a, err := s.answering(ctx, v)
	if err != nil {
		return nil, err
	}
	have, err := s.Statements(ctx, v.UpTo)
	if err != nil {
		return nil, err
	}
	_, gaps := answer.Choose(have, v.Language, a.of)
	return gaps, nil
}

// gaps counts the statements that are missing for an answer about services, and gives the number of the newest.
func (t *tx) gaps(language string, of map[int64]string) (missing int, upTo int64, err error) {
	have, err := scanStatements(t.rows(statementsSQL, newest))
	if err != nil {
		return 0, 0, err
	}
	_, gaps := answer.Choose(have, language, of)
	err = t.row("SELECT coalesce(max(number), 0) FROM statement").Scan(&upTo)
	return len(gaps), upTo, err
}
