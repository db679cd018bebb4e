package db

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"modernc.org/sqlite"
)

// Holding is what one service holds of one kind under a customer ID.
type Holding struct {
	Service int64
	Kind    Kind
	Records int64
	Shared  int64 // of them, how many bear other customer IDs too
	First   time.Time
	Last    time.Time
	Written Written
}

// Written tells records by when they were written: since a moment, since an earlier one, and before that. HoldingsSince counts them.
type Written struct{ Recent, Newer, Older int64 }

// Holdings counts a data subject's records by service and kind. It reads the label table only.
func (s *Store) Holdings(ctx context.Context, q RecordQuery) ([]Holding, error) {
	return s.holdings(ctx, q, never, never)
}

// HoldingsSince is Holdings that also counts what was written since a moment, and since an earlier one.
func (s *Store) HoldingsSince(ctx context.Context, q RecordQuery, since, before time.Time) ([]Holding, error) {
	return s.holdings(ctx, q, ms(since), ms(before))
}

func (s *Store) holdings(ctx context.Context, q RecordQuery, since, before int64) ([]Holding, error) {
	where, args := q.labelWhere()
	with, all := q.with()
	return holdings(s.readers.QueryContext(ctx, with+holdingsSQL+where, append(append(all, since, before), args...)...))
}

// never is a moment since which nothing was written.
const never = math.MaxInt64

// holdingsSQL counts the labels l that the condition behind it names, for HoldingsSince and its two moments. A loud customer has many thousands: GROUP BY
// would sort them first, which takes three times as long as to read them.
const holdingsSQL = "SELECT holdings(l.service, l.kind, l.others, l.time, ?, ?) FROM label l WHERE "

func holdings(rows *sql.Rows, err error) (out []Holding, _ error) {
	err = each(rows, err, func() error {
		var list []byte
		if err := rows.Scan(&list); err != nil {
			return err
		}
		var counts []holdingCount
		err := json.Unmarshal(list, &counts)
		for _, c := range counts {
			out = append(out, Holding{Service: c.Service, Kind: Kind(c.Kind), Records: c.Records, Shared: c.Shared, First: at(c.First), Last: at(c.Last),
				Written: Written{Recent: c.Recent, Newer: c.Newer, Older: c.Records - c.Newer}})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting records: %w", err)
	}
	return out, nil
}

// holdingCount is a Holding as the engine counts it, times in ms since 1970.
type holdingCount struct{ Service, Kind, Records, Shared, First, Last, Recent, Newer int64 }

// holdingCounter is the function holdings of holdingsSQL: its value is a JSON list of holdingCount, by service and kind.
type holdingCounter []holdingCount

func init() {
	sqlite.MustRegisterFunction("holdings", &sqlite.FunctionImpl{NArgs: 6, Deterministic: true, MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) {
		return new(holdingCounter), nil
	}})
}

// Step counts one label.
func (h *holdingCounter) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	var n [6]int64
	for i, a := range args {
		n[i], _ = a.(int64)
	}
	service, kind, others, time, since, before := n[0], n[1], n[2], n[3], n[4], n[5]
	c := h.of(service, kind)
	if c.Records == 0 {
		c.First, c.Last = time, time
	}
	c.Records++
	c.First, c.Last = min(c.First, time), max(c.Last, time)
	c.Shared += btoi(others > 0)
	c.Recent += btoi(time >= since)
	c.Newer += btoi(time >= before)
	return nil
}

// of finds the line of a service and kind. There are few of them, and labels that follow each other are mostly of the same.
func (h *holdingCounter) of(service, kind int64) *holdingCount {
	for i := range *h {
		if c := &(*h)[i]; c.Service == service && c.Kind == kind {
			return c
		}
	}
	*h = append(*h, holdingCount{Service: service, Kind: kind})
	return &(*h)[len(*h)-1]
}

// WindowInverse is never called: nobody counts over a window.
func (h *holdingCounter) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return errors.New("holdings does not count over a window")
}

// WindowValue gives the list.
func (h *holdingCounter) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	slices.SortFunc(*h, func(a, b holdingCount) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Kind, b.Kind))
	})
	list, err := json.Marshal(*h)
	return string(list), err
}

// Final has nothing to let go of.
func (h *holdingCounter) Final(*sqlite.FunctionContext) {}
