// Package logfile takes exports of Watson Assistant's logs in: NDJSON, plain or compressed. It knows how a line is read, how a file is cut into steps
// that are stored one by one, and how one that stopped is taken up again. What a record is and what stays erased is the business of package db.
package logfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"quittance/db"
	"quittance/db/audit"
)

// Import is one file on its way into one service.
type Import struct {
	Store   *db.Store
	By      audit.Actor
	Service int64
	ID      []byte                  // by which the file is known again; nil = by how its text begins
	Open    func() (*Source, error) // called once more where the file is not the one that was interrupted

	Refused func([]Refusal) error // keeps what is not taken in; nil = nobody keeps it
	Came    func(bytes int64)     // so much of the file as it lies there is stored, or refused; may be nil
	Over    func()                // nothing more is read of the file, and its end is about to be written down; may be nil
	Polite  bool                  // leave the writer to others for as long as it was taken

	source *Source
	at     db.Import
}

// Refusal is a line that was not taken in.
type Refusal struct {
	Line   int64
	Code   string // "" for what is to stay erased
	Reason string
	Text   string // personal data; "" where the line was too long, no text, or is to stay erased
}

// Begin opens the file and goes to where an earlier import of the same text stopped, or stays at the beginning. The state says that it runs from then
// on: Run or an end has to follow. resumed is the line after which it goes on, 0 from the first.
func (i *Import) Begin(ctx context.Context) (at db.Import, resumed int64, err error) {
	if i.source, err = i.Open(); err != nil {
		return at, 0, err
	}
	if i.ID == nil {
		i.ID, err = i.source.head(i.Store.ImportHash())
	}
	if err == nil {
		i.at, err = i.place(ctx)
	}
	if err != nil {
		i.close()
		return at, 0, err
	}
	return i.at, i.at.Line, nil
}

func (i *Import) close() {
	if i.source != nil {
		i.source.Close()
	}
}

// Source is the file that Begin opened.
func (i *Import) Source() *Source { return i.source }

// place finds where to begin. If the file does not begin with what was taken in, it is read anew from its first line: what is known is counted, not
// stored twice.
func (i *Import) place(ctx context.Context) (db.Import, error) {
	m, err := i.Store.UnfinishedImport(ctx, i.Service, i.ID)
	switch {
	case errors.Is(err, db.ErrNotFound):
	case err != nil:
		return m, err
	case i.source.skip(m.Offset, m.Line, m.Digest):
		return i.Store.ResumeImport(ctx, i.By, m, max(i.source.Size, 0))
	default:
		i.source.Close()
		if i.source, err = i.Open(); err != nil {
			return m, err
		}
	}
	return i.Store.StartImport(ctx, i.By, i.Service, i.ID, max(i.source.Size, 0))
}

// Run takes the file in and writes down how that ended. It is called once, after Begin.
func (i *Import) Run(ctx context.Context) (db.Import, error) {
	err := i.stream(ctx)
	how := endOf(ctx, err)
	i.close()
	if i.Over != nil {
		i.Over()
	}
	return i.at, errors.Join(err, i.Store.EndImport(context.WithoutCancel(ctx), i.By, i.at, how))
}

// Abandon ends, in place of Run, what was only begun.
func (i *Import) Abandon(ctx context.Context) error {
	defer i.close()
	return i.Store.EndImport(context.WithoutCancel(ctx), i.By, i.at, db.ImportCut)
}

// endOf is how an import ends that ended with an error.
func endOf(ctx context.Context, err error) db.ImportState {
	switch {
	case err == nil:
		return db.ImportDone
	case errors.Is(err, db.ErrFull):
		return db.ImportFull
	case ctx.Err() != nil:
		return db.ImportCut
	}
	return db.ImportBroken
}

// chunk is a run of lines that is stored in one transaction.
type chunk struct {
	text  []byte
	lines []piece

	// How far the file is behind it.
	offset, line, read int64
	digest             []byte

	// What a worker made of it.
	done    chan struct{}
	numbers []int64 // line of each record
	records db.Prepared
	refused []Refusal
}

// stream moves a file through: one goroutine reads lines, some parse and compress them, and this one hands them to the writer in the order of
// the file. What is under way is bounded, so that memory stays flat whatever the file's length.
func (i *Import) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	queue, work := make(chan *chunk, 2), make(chan *chunk)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() { i.parseAll(work) })
	}
	failed := make(chan error, 1)
	workers.Go(func() { failed <- i.source.readAll(ctx, queue, work) })
	defer workers.Wait() // after cancel: nobody reads a file that is closed
	defer cancel()
	for {
		select {
		case c, ok := <-queue:
			if !ok {
				return <-failed
			}
			<-c.done
			if err := i.step(ctx, c); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// step stores a chunk, tells how far that is, and gives way.
func (i *Import) step(ctx context.Context, c *chunk) error {
	began := time.Now()
	if err := i.take(ctx, c); err != nil {
		return err
	}
	if i.Came != nil {
		i.Came(c.read)
	}
	if i.Polite {
		return giveWay(ctx, time.Since(began))
	}
	return nil
}

// giveWay leaves the writer to others for a while.
func giveWay(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(min(d, time.Second))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// readAll cuts a file into chunks until it ends or ctx does.
func (s *Source) readAll(ctx context.Context, queue, work chan<- *chunk) error {
	defer close(work)
	defer close(queue)
	for more := true; more; {
		c := &chunk{done: make(chan struct{})}
		var err error
		more, err = s.fill(c)
		for _, to := range []chan<- *chunk{queue, work} {
			select {
			case to <- c:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err != nil {
			return &Unreadable{fmt.Errorf("reading: %w", err)}
		}
	}
	return nil
}

func (i *Import) parseAll(work <-chan *chunk) {
	for c := range work {
		i.parseChunk(c)
		close(c.done)
	}
}

func (i *Import) parseChunk(c *chunk) {
	records := make([]db.NewRecord, 0, len(c.lines))
	for _, p := range c.lines {
		line := c.text[p.from:p.to]
		if p.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // a byte order mark, which RFC 8259, section 8.1, lets us ignore
		}
		r, err := db.NewRecord{}, p.fault
		if err == nil {
			r, err = ParseEntry(bytes.TrimSpace(line), i.Service)
		}
		if err != nil {
			c.refused = append(c.refused, refuse(p, line, err))
			continue
		}
		records, c.numbers = append(records, r), append(c.numbers, p.number)
	}
	c.records = i.Store.PrepareImport(records)
	for _, v := range c.refused {
		c.records.Refused = append(c.records.Refused, db.ImportFault{Line: v.Line, Code: v.Code})
	}
}

func refuse(p piece, line []byte, err error) Refusal {
	if p.open {
		err = errHalfLine
	}
	v := Refusal{Line: p.number, Code: codeOf(err), Reason: err.Error()}
	if utf8.Valid(line) {
		v.Text = strings.TrimRight(string(line), "\r\n")
	}
	return v
}

// take stores a chunk with how far this is. What is refused is kept first: a crash between the two is taken up before them, and taken out again.
func (i *Import) take(ctx context.Context, c *chunk) error {
	if err := i.keep(c.refused); err != nil {
		return err
	}
	next := i.at
	next.Offset, next.Line, next.Came, next.Digest, next.Rejected = c.offset, c.line, c.read, c.digest, next.Rejected+int64(len(c.refused))
	next, out, err := i.Store.TakeImport(ctx, next, c.records)
	if err != nil {
		return err
	}
	i.at = next
	return i.keep(stayErased(c, out))
}

func (i *Import) keep(lines []Refusal) error {
	if i.Refused == nil || len(lines) == 0 {
		return nil
	}
	return i.Refused(lines)
}

// stayErased are the lines that were not taken in because their customer was erased since. Their text is kept nowhere.
func stayErased(c *chunk, out []db.Outcome) (again []Refusal) {
	for n, o := range out {
		if o == db.Erased {
			again = append(again, Refusal{Line: c.numbers[n], Reason: "an erasure of its customer ID was accepted after it"})
		}
	}
	return again
}
