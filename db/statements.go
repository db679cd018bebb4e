package db

import (
	"context"
	"fmt"

	"quittance/db/answer"
	"quittance/db/audit"
)

// statementsSQL are the newest of each code, up to a number.
const statementsSQL = "SELECT s.code, s.number, s.text FROM statement s WHERE s.number IN (SELECT max(number) FROM statement WHERE number <= ? GROUP BY code) AND s.text <> ''"

// newest stands for the newest statements where a number of one is asked for.
const newest = int64(1) << 62

// Statements lists what the house states under Art. 15(1) and (2), in their order. upTo is the number that an answer keeps; 0 = as it is now.
func (s *Store) Statements(ctx context.Context, upTo int64) ([]answer.Statement, error) {
	if upTo == 0 {
		upTo = newest
	}
	by := map[string]answer.Statement{}
	rows, err := s.readers.QueryContext(ctx, statementsSQL, upTo)
	err = each(rows, err, func() error {
		var v answer.Statement
		err := rows.Scan(&v.Code, &v.Version, &v.Text)
		by[v.Code] = v
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the statements: %w", err)
	}
	var out []answer.Statement
	for _, t := range answer.Statements {
		if v, ok := by[t.Code]; ok {
			out = append(out, v)
		}
	}
	return out, nil
}

// StatementFits tells whether a statement is text, and not too long.
func StatementFits(text string) bool { return words(text, MaxStatement) }

// SetStatement words a statement anew; "" takes it away. Answers that are released keep what they were given with.
func (s *Store) SetStatement(ctx context.Context, by audit.Actor, code, text string) error {
	n := answer.StatementNumber(code)
	if n == 0 || !words(text, MaxStatement) {
		return ErrStatement
	}
	return s.write(ctx, by, func(t *tx) error {
		if err := t.exec("INSERT INTO statement (code, text, made, actor) VALUES (?, ?, ?, ?)", code, text, ms(t.now), string(t.by)); err != nil {
			return fmt.Errorf("keeping a statement: %w", err)
		}
		return t.noteWith(audit.StatementSet, "", map[string]int64{audit.CountKind: n}, map[string]string{audit.CommitDigest: hexHash(text)})
	})
}

// gaps counts the statements that are missing, and gives the number of the newest.
func (t *tx) gaps() (missing int, upTo int64, err error) {
	have, err := scanned[string](t.rows("SELECT code FROM ("+statementsSQL+")", newest))
	if err != nil {
		return 0, 0, err
	}
	err = t.row("SELECT coalesce(max(number), 0) FROM statement").Scan(&upTo)
	return len(answer.Statements) - len(have), upTo, err
}
