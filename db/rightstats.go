package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"quittance/db/audit"
)

// rightSources say for each right of a person where its requests lie. Each row: how it came, its outcome, the ground of a refusal, when it was
// filed and when it ended. A right that is handled here later is one line more.
var rightSources = []struct{ right, query string }{
	{"17", `SELECT CASE WHEN bulk IS NULL THEN origin ELSE 'bulk' END, CASE WHEN state IN ('done','partial','refused','withdrawn') THEN state ELSE 'open' END,
		coalesce(refusal, ''), proposed, ended FROM erasure WHERE drill = 0 AND proposed >= ? AND proposed < ?`},
	// What is past its retention is erased without a person's asking (Art. 5(1)(e)); each run is a batch.
	{"5(1)(e)", `SELECT 'retention', CASE state WHEN 'done' THEN 'done' WHEN 'stopped' THEN 'withdrawn' ELSE 'open' END, '', opened, ended FROM batch b
		WHERE drill = 0 AND opened >= ? AND opened < ? AND EXISTS (SELECT 1 FROM batch_retention r WHERE r.batch = b.number)`},
}

// RightStatistics counts the requests that were filed between two times: from is inclusive, to exclusive.
func (s *Store) RightStatistics(ctx context.Context, from, to time.Time) (*audit.Tally, error) {
	out := new(audit.Tally)
	for _, source := range rightSources {
		rows, err := s.readers.QueryContext(ctx, source.query, ms(from), ms(to))
		err = each(rows, err, func() error {
			f := audit.RequestFact{Right: source.right}
			var filed int64
			var ended sql.NullInt64
			err := rows.Scan(&f.Via, &f.Outcome, &f.Ground, &filed, &ended)
			f.Filed, f.Ended = at(filed), when(ended)
			out.Add(f)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("counting requests by right: %w", err)
		}
	}
	return out, nil
}
