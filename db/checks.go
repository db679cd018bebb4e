package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"quittance/db/audit"
)

// TrailCheck is a check of the audit trail that somebody asked for.
type TrailCheck struct {
	Number         int64
	State          string // "running", "done", or "broken" by the end of the program
	Actor          audit.Actor
	First, Last    int64
	Size           int64  // entries under the head that it was held against
	Root, Key      string // of that head: hex, and the public key
	Started, Ended time.Time
	Took           time.Duration
	Findings       int64
	Answer         CheckAnswer
}

// CheckAnswer is what a check found, in sentences that repeat nothing of a leaf.
type CheckAnswer struct {
	Anchor   string   `json:"anchor"`
	Epochs   []string `json:"epochs,omitempty"`
	Findings []string `json:"findings,omitempty"`
}

// Whole tells whether the check began with the first entry and ended with the last one that there was.
func (c TrailCheck) Whole() bool { return c.First == 0 && c.Last == c.Size-1 }

// StartCheck checks the entries first to last of the trail, beside whoever waits: done is closed when the answer is kept. last < 0 means the
// newest. While one check runs, no second is begun, and its number is given instead. ErrNotFound for entries that are not there.
func (s *Store) StartCheck(ctx context.Context, by audit.Actor, first, last int64) (number int64, done <-chan struct{}, err error) {
	s.checking.Lock()
	defer s.checking.Unlock()
	if s.checked != nil {
		return s.checkNumber, s.checked, nil
	}
	size, head, err := s.Head(ctx)
	if err != nil {
		return 0, nil, err
	}
	if last < 0 {
		last = size - 1
	}
	if first < 0 || first > last || last >= size {
		return 0, nil, ErrNotFound
	}
	c := TrailCheck{Actor: by, First: first, Last: last, Size: size, Key: s.AuditKey()}
	if err := s.beginCheck(ctx, &c, head); err != nil {
		return 0, nil, err
	}
	end := make(chan struct{})
	s.checked, s.checkNumber = end, c.Number
	s.keeping.Go(func() { s.runCheck(c, []byte(head), end) })
	return c.Number, end, nil
}

func (s *Store) beginCheck(ctx context.Context, c *TrailCheck, head string) error {
	point, err := audit.OpenCheckpoint([]byte(head), s.Verifiers()...)
	if err != nil {
		return fmt.Errorf("reading the head of the audit trail: %w", err)
	}
	c.Root = hex.EncodeToString(point.Root[:])
	return s.write(ctx, c.Actor, func(t *tx) error {
		if err := t.exec("UPDATE trail_check SET state = 'broken', ended = ? WHERE state = 'running'", ms(t.now)); err != nil {
			return err
		}
		err := t.row("INSERT INTO trail_check (state, actor, first, last, size, root, key, started) VALUES ('running', ?, ?, ?, ?, ?, ?, ?) RETURNING number",
			string(c.Actor), c.First, c.Last, c.Size, c.Root, c.Key, ms(t.now)).Scan(&c.Number)
		if err != nil {
			return fmt.Errorf("beginning a check: %w", err)
		}
		return nil
	})
}

// runCheck ends with its store: the next check finds that it was cut off.
func (s *Store) runCheck(c TrailCheck, head []byte, end chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.ending:
			cancel()
		case <-ctx.Done():
		}
	}()
	report, err := s.check(ctx, c, head)
	if err == nil && ctx.Err() == nil {
		// What cannot be kept now is not kept: whoever asked sees that it still runs, and asks again.
		_ = s.endCheck(ctx, c, report)
	}
	s.checking.Lock()
	s.checked = nil
	s.checking.Unlock()
	close(end)
}

func (s *Store) check(ctx context.Context, c TrailCheck, head []byte) (audit.Report, error) {
	if c.Whole() {
		return s.verifyUnder(ctx, c.Size, string(head), audit.Outside{Checkpoints: s.pinned()})
	}
	b := audit.Bundle{Keys: s.Verifiers(), Outside: s.pinned(), At: s.Now()}
	b.Leaves = s.leavesBetween(ctx, c.First, c.Last+1)
	b.Receipts = s.receiptsBetween(ctx, c.First, c.Last+1)
	return audit.VerifyRange(ctx, b, audit.Range{First: c.First, Last: c.Last, Tree: storedTree{ctx, s}, Head: head}), nil
}

// pinned is the newest head that is kept outside the data directory, where there is one.
func (s *Store) pinned() [][]byte {
	p := s.pin.Load()
	if p == nil {
		return nil
	}
	kept, err := ReadPin(p.path)
	if err != nil {
		return nil // what is wrong with the pin is an alarm, and stops the next start
	}
	return [][]byte{[]byte(kept.Checkpoint)}
}

func (s *Store) endCheck(ctx context.Context, c TrailCheck, r audit.Report) error {
	a := CheckAnswer{Anchor: r.Anchor}
	for _, v := range r.Cosigned {
		a.Epochs = append(a.Epochs, v.Words())
	}
	for _, e := range r.Epochs {
		a.Epochs = append(a.Epochs, e.Words())
	}
	for _, f := range r.Findings {
		a.Findings = append(a.Findings, f.Words)
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	findings := int64(len(r.Findings) + r.More)
	return s.write(ctx, c.Actor, func(t *tx) error {
		if err := t.exec("UPDATE trail_check SET state = 'done', ended = ?, took = ?, findings = ?, answer = ? WHERE number = ?", ms(t.now), r.Took.Microseconds(), findings, string(raw), c.Number); err != nil {
			return fmt.Errorf("keeping what a check found: %w", err)
		}
		return t.note(audit.LogChecked, audit.ObjectOf(audit.KindCheck, c.Number), map[string]int64{audit.CountFrom: c.First, audit.CountTo: c.Last, audit.CountSize: c.Size, audit.CountFindings: findings})
	})
}

const checkColumns = "SELECT number, state, actor, first, last, size, root, key, started, ended, took, findings, answer FROM trail_check "

func scanCheck(row scanner) (c TrailCheck, err error) {
	var started, took int64
	var ended sql.NullInt64
	var answer string
	if err = row.Scan(&c.Number, &c.State, &c.Actor, &c.First, &c.Last, &c.Size, &c.Root, &c.Key, &started, &ended, &took, &c.Findings, &answer); err != nil {
		return c, found(err)
	}
	c.Started, c.Ended, c.Took = at(started), when(ended), time.Duration(took)*time.Microsecond
	if answer != "" {
		err = json.Unmarshal([]byte(answer), &c.Answer)
	}
	return c, err
}

// Check reads one check of the trail.
func (s *Store) Check(ctx context.Context, number int64) (TrailCheck, error) {
	return scanCheck(s.readers.QueryRowContext(ctx, checkColumns+"WHERE number = ?", number))
}

// Checks lists them, newest first. before is the number of the last one of the page before, 0 for the first page.
func (s *Store) Checks(ctx context.Context, before int64, limit int) (out []TrailCheck, err error) {
	rows, err := s.readers.QueryContext(ctx, checkColumns+"WHERE ? = 0 OR number < ? ORDER BY number DESC LIMIT ?", before, before, limit)
	err = each(rows, err, func() error {
		c, err := scanCheck(rows)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing checks: %w", err)
	}
	return out, nil
}
