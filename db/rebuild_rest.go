package db

import (
	"encoding/json"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// maybeMS is 0 for no time, as a column that is NULL reads.
func maybeMS(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return ms(t)
}

// batches compares a page of batches.
func (r *rebuild) batches(numbers []int64) error {
	says := map[int64]*toldBatch{}
	for _, n := range numbers {
		says[n] = newToldBatch()
	}
	if err := r.entries(audit.KindBatch, numbers, func(n int64, e audit.Entry) { says[n].see(e) }); err != nil {
		return err
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	rows, err := r.tx.QueryContext(r.ctx, "SELECT number, state, requests, erased FROM batch WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number", string(list))
	return each(rows, err, func() error {
		var number, requests, erased int64
		var state erasure.BatchState
		err := rows.Scan(&number, &state, &requests, &erased)
		r.batch(audit.ObjectOf(audit.KindBatch, number), says[number], state, requests, erased)
		return err
	})
}

func (r *rebuild) batch(object audit.Object, v *toldBatch, state erasure.BatchState, requests, erased int64) {
	switch {
	case v.opened < 0:
		r.differ(object, "The table has it, and the trail tells of no such batch.")
	case state != v.state:
		r.differ(object, "The table says that it is %s, and the trail that it is %s.", state, v.state)
	case requests != v.requests || v.ended >= 0 && erased != v.erased:
		r.differ(object, "The count of its requests or of what it erased was changed.")
	}
}

// holds compares a page of holds and restrictions.
func (r *rebuild) holds(numbers []int64) error {
	says := map[int64]*toldHold{}
	for _, n := range numbers {
		says[n] = new(toldHold)
	}
	if err := r.entries(audit.KindHold, numbers, func(n int64, e audit.Entry) { says[n].see(e) }); err != nil {
		return err
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	rows, err := r.tx.QueryContext(r.ctx, `SELECT number, kind, state, ground, placed_by, coalesce(expiry_by, ''), coalesce(asked_by, ''), coalesce(ended_by, '')
		FROM hold WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number`, string(list))
	return each(rows, err, func() error {
		var number int64
		var h toldHold
		err := rows.Scan(&number, &h.kind, &h.state, &h.ground, &h.placedBy, &h.expiryBy, &h.askedBy, &h.ender)
		r.hold(audit.ObjectOf(audit.KindHold, number), *says[number], h)
		return err
	})
}

func (r *rebuild) hold(object audit.Object, says, row toldHold) {
	switch {
	case says.state == "":
		r.differ(object, "The table has it, and the trail tells of no such hold.")
	case says.state != row.state:
		r.differ(object, "The table says that it is %s, and the trail that it is %s.", row.state, says.state)
	case says != row:
		r.differ(object, "Its kind, its ground or who placed, confirmed or ended it was changed.")
	}
}
