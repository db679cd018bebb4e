package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"quittance/db/audit"
)

// ErrLedgerCopy is returned by Open when the copy of the ledger knows more than the ledger, or something else.
var ErrLedgerCopy = errors.New("the copy of the ledger is not how this ledger began: the data directory was set back, or the copy belongs to another one; restore a backup with this copy as -ledger, or name another file with -ledger-copy")

// AlarmLedgerCopy is a copy of the ledger that could not be written.
const AlarmLedgerCopy AlarmKind = "ledger-copy"

// WithLedgerCopy keeps a second ledger in a file, which should lie on another disk.
func WithLedgerCopy(path string) Option { return func(s *Store) { s.copyPath = path } }

// ledgerCopy is the ledger once more. It is written after the first and before the answer; what cannot be written there does not keep a
// deletion from being accepted (a disk that was taken out must not), it is an alarm, and is written with the next line or minute.
type ledgerCopy struct {
	path   string
	open   func(string) (File, error)
	first  string  // the ledger's path
	ledger *ledger // nil = it could not be opened yet
	behind atomic.Pointer[copyTrouble]
}

// copyTrouble is since when the copy lacks something.
type copyTrouble struct {
	since int64 // ms
	err   error
}

// openCopy brings the copy up to the ledger. One that cannot be opened is an alarm; one that knows more stops the start.
func (s *Store) openCopy() error {
	if s.copyPath == "" {
		return nil
	}
	s.copy = &ledgerCopy{path: s.copyPath, open: s.openFile, first: ledgerPath(s.dir)}
	err := s.copy.start()
	if errors.Is(err, ErrLedgerCopy) {
		return err
	}
	s.copy.note(s, err)
	return nil
}

func (c *ledgerCopy) note(s *Store, err error) {
	switch was := c.behind.Load(); {
	case err == nil:
		c.behind.Store(nil)
	case was == nil:
		c.behind.Store(&copyTrouble{ms(s.Now()), err})
	}
}

// start opens the copy once it is as long as the ledger.
func (c *ledgerCopy) start() (err error) {
	if err := c.bring(); err != nil {
		return err
	}
	c.ledger, err = openLedger(c.path, c.open)
	return err
}

// bring makes the copy what the ledger is: IDs that are gone there go here too.
func (c *ledgerCopy) bring() error {
	f, err := c.open(c.path)
	if err != nil {
		return fmt.Errorf("opening the copy of the ledger: %w", err)
	}
	defer f.Close()
	want, err := os.ReadFile(c.first)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	have, err := io.ReadAll(f)
	if err != nil {
		return fmt.Errorf("reading the copy of the ledger: %w", err)
	}
	whole := have[:bytes.LastIndexByte(have, '\n')+1]
	if !begins(want, whole) {
		return ErrLedgerCopy
	}
	if err := rewrite(f, have, whole, want); err != nil {
		return fmt.Errorf("writing the copy of the ledger: %w", err)
	}
	return nil
}

// rewrite writes only what differs: the ledger grows for as long as the store lives.
func rewrite(f File, have, whole, want []byte) error {
	if len(have) > len(whole) {
		if err := f.Truncate(int64(len(whole))); err != nil {
			return err
		}
	}
	if bytes.Equal(whole, want) {
		return nil
	}
	at := 0
	for at < len(whole) && whole[at] == want[at] {
		at++
	}
	if _, err := f.WriteAt(want[at:], int64(at)); err != nil {
		return err
	}
	return f.Sync()
}

// begins tells whether a ledger begins with another one, IDs apart.
func begins(long, short []byte) bool {
	if len(short) > len(long) || len(short) > 0 && short[len(short)-1] != '\n' {
		return false
	}
	for line := range bytes.Lines(short) {
		if !bytes.Equal(dotted(line), dotted(long[:len(line)])) {
			return false
		}
		long = long[len(line):]
	}
	return true
}

// write appends what was just written to the ledger, and what could not be written earlier. What the ledger itself still lacks waits: a copy
// is never ahead.
func (c *ledgerCopy) write(s *Store, lines []ledgerLine, entered bool) {
	switch {
	case c == nil || len(lines) == 0:
	case !entered && c.ledger != nil:
		c.ledger.owed = append(c.ledger.owed, lines...)
	default:
		c.again(s, lines)
	}
}

func (c *ledgerCopy) again(s *Store, lines []ledgerLine) {
	if c.ledger == nil {
		c.note(s, c.start()) // which reads what the ledger has
		return
	}
	c.note(s, c.ledger.write(lines))
}

func (c *ledgerCopy) close() error {
	if c == nil || c.ledger == nil {
		return nil
	}
	return c.ledger.file.Close()
}

// retryCopy tries again what could not be written to the copy, on the writer's goroutine.
func (s *Store) retryCopy(ctx context.Context) {
	if s.copy == nil || s.copy.behind.Load() == nil {
		return
	}
	s.writer.do(&op{ctx: ctx, by: audit.System, bare: func(*sql.Conn) error {
		s.copy.again(s, nil)
		return nil
	}}, s.writer.chunks)
}

func (s *Store) copyBehind(context.Context) ([]Alarm, error) {
	if s.copy == nil {
		return nil, nil
	}
	t := s.copy.behind.Load()
	if t == nil {
		return nil, nil
	}
	return []Alarm{{Kind: AlarmLedgerCopy, Since: at(t.since)}}, nil
}
