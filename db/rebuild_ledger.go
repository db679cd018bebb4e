package db

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// rebuildLedger holds the lines of the ledger against the rows of the requests that they are about, which were held against the trail. The file is
// read before the rows: a line is written after the commit of what it says, so that each has its row by then.
func (s *Store) rebuildLedger(ctx context.Context, out *Rebuilt) error {
	if s.ledgerMoved {
		out.Differences = append(out.Differences, Difference{Words: "The erasure ledger is not how it was pinned: lines were changed, moved or taken away before the last start."})
	}
	f, err := s.openFile(ledgerPath(s.dir))
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	seen := map[ledgerEntry]bool{}
	var lines []ledgerLine
	_, err = parseLedger(raw[:bytes.LastIndexByte(raw, '\n')+1], func(v ledgerLine, _ []byte) {
		if e := v.entry(); seen[e] || e.end && !seen[ledgerEntry{e.erasure, false}] {
			differ(out, audit.ObjectOf(audit.KindErasure, v.Erasure), "The ledger tells of it twice, or of its end before its acceptance.")
		}
		seen[v.entry()] = true
		lines = append(lines, v)
	})
	if err != nil {
		out.Differences = append(out.Differences, Difference{Words: "The erasure ledger cannot be read to its end."})
		return nil
	}
	for part := range slices.Chunk(lines, rebuildPage) {
		if err := s.rebuildStep(ctx, out, func(r *rebuild) error { return r.ledger(part) }); err != nil {
			return err
		}
	}
	return nil
}

// ledgerRow is a request as far as the ledger repeats it.
type ledgerRow struct {
	Ref      string
	Cutoff   int64
	Accepted int64
	Origin   string
	Ground   string
	State    erasure.State
	Services []int64
}

func (r *rebuild) ledger(lines []ledgerLine) error {
	numbers := make([]int64, len(lines))
	for i, v := range lines {
		numbers[i] = v.Erasure
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	by := map[int64]ledgerRow{}
	rows, err := r.tx.QueryContext(r.ctx, `SELECT number, lower(hex(ref)), cutoff, coalesce(deadline, 0) - ?, origin, ground, state,
		(SELECT json_group_array(service ORDER BY service) FROM part WHERE erasure = number AND excluded IS NULL) FROM erasure WHERE number IN (SELECT value FROM json_each(?))`, erasure.Period.Milliseconds(), string(list))
	err = each(rows, err, func() error {
		var number int64
		var v ledgerRow
		var services []byte
		err := rows.Scan(&number, &v.Ref, &v.Cutoff, &v.Accepted, &v.Origin, &v.Ground, &v.State, &services)
		by[number] = v
		if err == nil {
			err = json.Unmarshal(services, &v.Services)
		}
		by[number] = v
		return err
	})
	for _, v := range lines {
		row, there := by[v.Erasure]
		object := audit.ObjectOf(audit.KindErasure, v.Erasure)
		switch {
		case !there:
			r.differ(object, "The ledger tells of it, and the table does not have it.")
		case v.End != "" && v.End != row.State:
			r.differ(object, "The ledger says that it is %s, and the table that it is %s.", v.End, row.State)
		case v.End == "" && !r.same(v, row):
			r.differ(object, "Its line in the ledger is not what the table says.")
		}
	}
	return err
}

// same compares an acceptance. Lines of version 1 say less; what a restore could not find again of the services is not in the table.
func (r *rebuild) same(v ledgerLine, row ledgerRow) bool {
	if v.Ref != row.Ref || v.Cutoff != row.Cutoff {
		return false
	}
	return v.Version < ledgerVersion || len(r.restored) > 0 || ms(v.Accepted) == row.Accepted && v.Origin == row.Origin && v.Ground == row.Ground && slices.Equal(v.Services, row.Services)
}

// pinnedLedger tells whether the ledger still begins as it was pinned. The pin is never ahead of it.
func (s *Store) pinnedLedger(pinned LedgerHead) (bool, error) {
	if pinned.Lines == 0 {
		return true, nil
	}
	raw, err := os.ReadFile(ledgerPath(s.dir))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil // it lies elsewhere: a disk of a test
	}
	if err != nil {
		return false, fmt.Errorf("reading the ledger: %w", err)
	}
	var at LedgerHead
	reached := false
	_, err = parseLedger(raw[:bytes.LastIndexByte(raw, '\n')+1], func(_ ledgerLine, line []byte) {
		at = at.next(line)
		reached = reached || at == pinned
	})
	return reached && err == nil, nil
}
