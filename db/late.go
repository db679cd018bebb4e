package db

import (
	"context"
	"fmt"

	"quittance/db/audit"
)

// lateSQL finds open requests whose 24 hours are over and of which the trail does not say so yet.
const lateSQL = `SELECT number FROM erasure WHERE state IN ` + stillOpen + ` AND deadline < ?
	AND NOT EXISTS (SELECT 1 FROM leaf WHERE object <> '' AND object = 'erasure/' || erasure.number AND event = 'erasure.late') LIMIT 1000`

// TellLate writes into the trail which requests have passed their 24 hours: once each, whatever they wait for. Nothing is done about them; one
// that waits for an officer goes on waiting. It returns how many there were.
func (s *Store) TellLate(ctx context.Context) (told int, err error) {
	late, err := scanned[int64](s.readers.QueryContext(ctx, lateSQL, ms(s.Now())))
	if err != nil || len(late) == 0 {
		return 0, err
	}
	err = s.writeChunk(ctx, audit.System, func(t *tx) error {
		late, err := scanned[int64](t.rows(lateSQL, ms(t.now))) // one may have ended meanwhile
		for _, number := range late {
			if err == nil {
				err = t.note(audit.ErasureLate, audit.ObjectOf(audit.KindErasure, number), nil)
			}
		}
		told = len(late)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("writing down which requests are late: %w", err)
	}
	return told, nil
}
