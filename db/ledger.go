package db

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"quittance/db/erasure"
)

// ledgerLine is one accepted erasure in the ledger: enough to erase again after a restore, and no customer ID.
type ledgerLine struct {
	Version  int       `json:"v"`
	Erasure  int64     `json:"erasure"`
	Ref      string    `json:"ref"` // keyed hash (K2) of the customer ID, hex
	Services []int64   `json:"services"`
	Cutoff   int64     `json:"cutoff"`
	Accepted time.Time `json:"accepted"`
}

// ledger is the second memory of what was accepted, in a file of its own beside the database: a line is fsynced there after the commit
// and before the answer (law L1). A line that a crash left out is appended at the next start.
type ledger struct {
	file  File
	known map[int64]bool
	end   int64        // of the last whole line
	owed  []ledgerLine // could not be written yet

	mu    sync.Mutex // of byRef: the writer adds, everybody asks
	byRef map[string][]acceptance
}

// File is what the ledger needs of a file.
type File interface {
	io.ReadCloser
	io.WriterAt
	Truncate(size int64) error
	Sync() error
}

func openFile(path string) (File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }

func openLedger(dir string, open func(string) (File, error)) (*ledger, error) {
	f, err := open(filepath.Join(dir, "ledger"))
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	l := &ledger{file: f, known: map[int64]bool{}}
	if err := l.read(); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// read learns which requests the ledger holds, and cuts off a last line that a crash tore: it was never answered for.
func (l *ledger) read() error {
	raw, err := io.ReadAll(l.file)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	whole := bytes.LastIndexByte(raw, '\n') + 1
	for i, line := range bytes.Split(bytes.TrimSuffix(raw[:whole], []byte("\n")), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var v ledgerLine
		if err := json.Unmarshal(line, &v); err != nil || v.Version != 1 {
			return fmt.Errorf("reading the ledger: line %d was altered, or written by a newer version", i+1)
		}
		l.learn(v)
	}
	if err := l.file.Truncate(int64(whole)); err != nil {
		return fmt.Errorf("mending the ledger: %w", err)
	}
	l.end = int64(whole)
	return nil
}

// write appends lines that are not there yet, and returns after they are on the disk. What a full disk refuses is owed until the
// next time.
func (l *ledger) write(lines []ledgerLine) error {
	l.owed = append(l.owed, lines...)
	var out []byte
	for _, v := range l.owed {
		if l.known[v.Erasure] {
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		out = append(append(out, raw...), '\n')
	}
	if err := l.append(out); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	for _, v := range l.owed {
		if !l.known[v.Erasure] {
			l.learn(v)
		}
	}
	l.owed = nil
	return nil
}

// append writes after the last whole line, whatever an earlier write left behind it.
func (l *ledger) append(out []byte) error {
	if len(out) == 0 {
		return nil
	}
	if err := l.file.Truncate(l.end); err != nil {
		return err
	}
	if _, err := l.file.WriteAt(out, l.end); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	l.end += int64(len(out))
	return nil
}

// enter keeps an accepted request for the ledger, which is written after the commit.
func (t *tx) enter(number int64) error {
	line, err := t.ledgerLine(number)
	t.accepted = append(t.accepted, line)
	return err
}

func (t *tx) ledgerLine(number int64) (ledgerLine, error) {
	v := ledgerLine{Version: 1, Erasure: number, Services: []int64{}}
	var accepted int64
	err := t.row("SELECT lower(hex(ref)), cutoff, deadline - ? FROM erasure WHERE number = ?", erasure.Period.Milliseconds(), number).Scan(&v.Ref, &v.Cutoff, &accepted)
	if err != nil {
		return v, fmt.Errorf("reading request %d for the ledger: %w", number, found(err))
	}
	v.Accepted = at(accepted)
	rows, err := t.rows("SELECT service FROM part WHERE erasure = ? AND excluded IS NULL ORDER BY service", number)
	err = each(rows, err, func() error {
		var n int64
		err := rows.Scan(&n)
		v.Services = append(v.Services, n)
		return err
	})
	return v, err
}

// catchUp appends what a crash between the commit and the ledger left out.
func (w *writer) catchUp(ctx context.Context) error {
	t := &tx{ctx: ctx, w: w, s: w.s}
	var missing []int64
	rows, err := t.rows("SELECT number FROM erasure WHERE deadline IS NOT NULL ORDER BY number")
	err = each(rows, err, func() error {
		var n int64
		err := rows.Scan(&n)
		if !w.ledger.known[n] {
			missing = append(missing, n)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for requests that the ledger lacks: %w", err)
	}
	var lines []ledgerLine
	for _, n := range missing {
		line, err := t.ledgerLine(n)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	return w.ledger.write(lines)
}
