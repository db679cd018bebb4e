package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
)

// Pin is what is kept outside the data directory, so that a data directory that was set back as a whole is noticed: the newest signed head
// of the audit trail, and how far the ledger had come.
type Pin struct {
	Version    int        `json:"v"`
	Store      string     `json:"store"`
	Checkpoint string     `json:"checkpoint"` // signed, a C2SP tlog-checkpoint
	Ledger     LedgerHead `json:"ledger"`
}

// The errors of the pin. Each says what to do.
var (
	// ErrSetBack is returned by Open for a database that is older than its pin.
	ErrSetBack = errors.New("the database is older than its pin: it was set back, or an old copy of it was put in its place. Put the newest database back, or restore a backup with 'quittance restore', which alone may move the pin")
	// ErrPin is returned by Open for a database that is not the one that was pinned.
	ErrPin = errors.New("the database does not continue what was pinned: its audit trail was altered or grew anew, or the pin belongs to another data directory. Tell your auditor; put the newest database back, restore a backup with 'quittance restore', or name the right pin with -pin")
	// ErrPinUnreadable is returned by Open for a pin that is none.
	ErrPinUnreadable = errors.New("the pin cannot be read; put it back from where you keep copies of it, or move it away and tell your auditor why")
)

// AlarmPin is a pin that somebody else changed or that cannot be written.
const AlarmPin AlarmKind = "pin"

// WithPin keeps the pin in the file that a function names, given the store's ID.
func WithPin(path func(store string) string) Option { return func(s *Store) { s.pinPath = path } }

// pinEvery is how long the pin may lag behind the trail: it is written beside the commits, never before them, and at most so often.
const pinEvery = time.Second

// pinner writes the pin. It may lag; it is never ahead, since it is told only of what was committed.
type pinner struct {
	s     *Store
	path  string
	store string

	mu    sync.Mutex
	next  Pin    // to be written
	last  []byte // what the file holds, as far as we know
	wake  chan struct{}
	ended chan struct{}
	wrong error // since when and why it does not go on
	since time.Time
	file  sync.Mutex // held while the file is written or looked at; taken before mu
}

// ReadPin reads a pin. fs.ErrNotExist where there is none.
func ReadPin(path string) (Pin, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Pin{}, err
	}
	return parsePin(raw)
}

func parsePin(raw []byte) (Pin, error) {
	var p Pin
	if err := json.Unmarshal(raw, &p); err != nil || p.Version != 1 || p.Checkpoint == "" {
		return Pin{}, ErrPinUnreadable
	}
	return p, nil
}

// startPin holds the database against its pin, and makes the pin where there is none.
func (s *Store) startPin(ctx context.Context, id string) error {
	if s.pinPath == nil {
		return nil
	}
	path := s.pinPath(id)
	if path == "" {
		return nil
	}
	p := &pinner{s: s, path: path, store: id, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	raw, err := os.ReadFile(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return errors.Join(ErrPinUnreadable, err)
	}
	if !fresh {
		if err := s.holdAgainst(raw); err != nil {
			return err
		}
		kept, err := parsePin(raw)
		if err != nil {
			return err
		}
		same, err := s.pinnedLedger(kept.Ledger)
		if err != nil {
			return err
		}
		s.ledgerMoved = !same && !s.restoring
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the folder of the pin (-pin names another file, -pin none keeps no pin): %w", err)
	}
	p.last = raw
	s.pin.Store(p)
	go p.loop()
	if s.ledgerMoved { // the pin is made anew from here on: what it said stands in the trail
		if err := s.Note(ctx, audit.System, audit.StateDiffers, "", map[string]int64{audit.CountBad: 1}); err != nil {
			return err
		}
	}
	if fresh && s.writer.tree.Size() > 1 { // else the store is new, and has said so
		return s.Note(ctx, audit.System, audit.LogPinned, "", nil)
	}
	return s.writer.do(&op{ctx: ctx, by: audit.System, bare: s.tellPin}, s.writer.chunks)
}

// holdAgainst checks that the trail goes on from what a pin says.
func (s *Store) holdAgainst(raw []byte) error {
	p, err := parsePin(raw)
	if err != nil {
		return err
	}
	pinned, err := audit.OpenCheckpoint([]byte(p.Checkpoint), s.Verifiers()...)
	if err != nil {
		return ErrPin
	}
	size, _, err := s.Head(context.Background())
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if pinned.Size > size {
		return ErrSetBack
	}
	root, err := tlog.TreeHash(pinned.Size, s.hashReader())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPin, err)
	}
	if root != pinned.Root {
		return ErrPin
	}
	return nil
}

// hashReader reads the stored hashes through a reader's connection.
func (s *Store) hashReader() tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, n := range indexes {
			var raw []byte
			if err := s.readers.QueryRowContext(context.Background(), "SELECT hash FROM hash WHERE number = ?", n).Scan(&raw); err != nil {
				return nil, fmt.Errorf("reading hash %d of the audit tree: %w", n, err)
			}
			copy(out[i][:], raw)
		}
		return out, nil
	})
}

// moved tells the pin of a commit. It costs the commit nothing but this.
func (p *pinner) moved(checkpoint string, ledger LedgerHead) {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.next = Pin{1, p.store, checkpoint, ledger}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *pinner) loop() {
	defer close(p.ended)
	for open := true; open; {
		select {
		case <-p.wake:
		case <-p.s.pinEnd:
			open = false
		}
		p.write()
		if !open {
			return
		}
		select {
		case <-time.After(pinEvery):
		case <-p.s.pinEnd:
		}
	}
}

// write writes the pin, unless somebody else has changed it: then it stays as it is, for whoever looks into that.
func (p *pinner) write() {
	p.file.Lock()
	defer p.file.Unlock()
	p.mu.Lock()
	next, last := p.next, p.last
	p.mu.Unlock()
	if next.Version == 0 {
		return
	}
	raw, err := json.MarshalIndent(next, "", "  ")
	if err == nil && string(raw) == string(last) {
		return
	}
	if err == nil {
		err = p.same(last)
	}
	if err == nil {
		err = writeSecret(p.path, raw)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.last = raw
	}
	p.trouble(err)
}

// trouble remembers since when something is wrong. The caller holds mu.
func (p *pinner) trouble(err error) {
	if err != nil && p.wrong == nil {
		p.since = p.s.Now()
	}
	p.wrong = err
}

// same looks whether the file is what we left there. Two processes on two copies of one data directory would write it in turn.
func (p *pinner) same(last []byte) error {
	now, err := os.ReadFile(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && last == nil:
		return nil
	case err != nil:
		return err
	case string(now) != string(last):
		return ErrPin
	}
	return nil
}

// CheckPin holds the stored trail against the pin as it lies there now (each hour, and when asked).
func (s *Store) CheckPin() error {
	p := s.pin.Load()
	if p == nil {
		return nil
	}
	p.file.Lock() // nobody writes it meanwhile
	defer p.file.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	raw, err := os.ReadFile(p.path)
	if errors.Is(err, fs.ErrNotExist) && p.last == nil {
		return nil // it was not written yet
	}
	if err == nil {
		err = p.same(p.last)
	}
	if err == nil {
		err = s.holdAgainst(raw)
	}
	p.trouble(err)
	return err
}

// tellPin tells the pin the head as it is, on the writer's goroutine.
func (s *Store) tellPin(c *sql.Conn) error {
	var text string
	if err := c.QueryRowContext(context.Background(), "SELECT note FROM head WHERE only = 1").Scan(&text); err != nil {
		return fmt.Errorf("reading the head of the audit trail: %w", err)
	}
	s.pin.Load().moved(text, s.writer.ledger.head)
	return nil
}

// endPin writes the pin a last time.
func (s *Store) endPin() {
	close(s.pinEnd)
	if p := s.pin.Load(); p != nil {
		<-p.ended
	}
}

func (s *Store) pinAlarm(context.Context) ([]Alarm, error) {
	p := s.pin.Load()
	if p == nil {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrong == nil {
		return nil, nil
	}
	return []Alarm{{Kind: AlarmPin, Since: p.since}}, nil
}
