package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"quittance/db/audit"
)

// ErrImporting is returned while a file is being imported already.
var ErrImporting = errors.New("this file is being imported already")

// ErrCancelled is returned to an import that somebody has cancelled.
var ErrCancelled = errors.New("the import was cancelled")

// maxFaults is of how many lines the number and the code are kept; all of them are counted.
const maxFaults = 1000

// ImportFault is a line that was not taken in. Code is a word of a closed list, never one of the line.
type ImportFault struct {
	Line int64
	Code string
}

// keepFaults keeps the first of them.
func (t *tx) keepFaults(number int64, faults []ImportFault) error {
	if len(faults) == 0 {
		return nil
	}
	var have int
	if err := t.row("SELECT count(*) FROM import_fault WHERE import = ?", number).Scan(&have); err != nil {
		return err
	}
	for _, f := range faults[:min(len(faults), maxFaults-have)] {
		if err := t.exec("INSERT OR REPLACE INTO import_fault (import, line, code) VALUES (?, ?, ?)", number, f.Line, f.Code); err != nil {
			return err
		}
	}
	return nil
}

// ImportFaults lists the first lines of an import that were not taken in, in the order of the file.
func (s *Store) ImportFaults(ctx context.Context, number int64, limit int) (out []ImportFault, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT line, code FROM import_fault WHERE import = ? ORDER BY line LIMIT ?", number, limit)
	err = each(rows, err, func() error {
		var f ImportFault
		err := rows.Scan(&f.Line, &f.Code)
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing refused lines of an import: %w", err)
	}
	return out, nil
}

// Imports lists imports, newest first, without those of the drill. before is the number of the last one of the page before, 0 for the first page.
func (s *Store) Imports(ctx context.Context, before int64, limit int) (out []Import, err error) {
	rows, err := s.readers.QueryContext(ctx, importColumns+"WHERE (? = 0 OR number < ?) AND NOT service "+ofDrill+" ORDER BY number DESC LIMIT ?", before, before, limit)
	err = each(rows, err, func() error {
		m, err := scanImport(rows)
		out = append(out, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing imports: %w", err)
	}
	return out, nil
}

// Import reads one import. ErrNotFound.
func (s *Store) Import(ctx context.Context, number int64) (Import, error) {
	return scanImport(s.readers.QueryRowContext(ctx, importColumns+"WHERE number = ?", number))
}

// CancelImport stops an import that runs: from its commit on, no record of it comes in. ErrMoved when it no longer runs.
func (s *Store) CancelImport(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		return t.moveImport(number, ImportCancelled, sql.NullInt64{}, "'running'")
	})
}

// DiscardImport says that an import that stopped is not taken up. What it stored stays; a file that begins like it is read from its first line.
// ErrMoved when it runs or has ended.
func (s *Store) DiscardImport(ctx context.Context, by audit.Actor, number int64) error {
	return s.write(ctx, by, func(t *tx) error {
		return t.moveImport(number, ImportDiscarded, sql.NullInt64{Int64: ms(t.now), Valid: true}, "'cut', 'cancelled', 'full', 'broken'")
	})
}

// importMoves are the events of what people do with an import.
var importMoves = map[ImportState]audit.Event{ImportCancelled: audit.ImportCancelled, ImportDiscarded: audit.ImportDiscarded}

func (t *tx) moveImport(number int64, to ImportState, ended sql.NullInt64, from string) error {
	m, err := scanImport(t.row(importColumns+"WHERE number = ?", number))
	if err != nil {
		return err
	}
	n, err := t.change("UPDATE import SET state = ?, ended = ? WHERE number = ? AND state IN ("+from+")", string(to), ended, number)
	if err != nil {
		return fmt.Errorf("changing an import: %w", err)
	}
	if n == 0 {
		return ErrMoved
	}
	return t.note(importMoves[to], audit.ObjectOf(audit.KindImport, number), m.noted())
}

// CutImports says of each import that is called running that it was cut short. Only a process that has just taken the data directory may call it:
// nothing can run then.
func (s *Store) CutImports(ctx context.Context) error {
	cut, err := s.runningImports(ctx)
	if err != nil {
		return err
	}
	for _, m := range cut {
		if err := s.EndImport(ctx, audit.System, m, ImportCut); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) runningImports(ctx context.Context) (out []Import, err error) {
	rows, err := s.readers.QueryContext(ctx, importColumns+"WHERE state = 'running'")
	err = each(rows, err, func() error {
		m, err := scanImport(rows)
		out = append(out, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for imports that were cut short: %w", err)
	}
	return out, nil
}
