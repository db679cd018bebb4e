package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// taken is what became of the lines of all files, empty ones not counted.
type taken struct {
	Lines      int64 `json:"lines"`
	Stored     int64 `json:"stored"`
	Known      int64 `json:"known"`
	Rejected   int64 `json:"rejected"`
	Suppressed int64 `json:"suppressed"` // erased since, and not stored again
	Unlabelled int64 `json:"unlabelled"` // of those stored
}

func (t *taken) add(n db.ImportCounts) {
	t.Lines += n.Stored + n.Known + n.Rejected + n.Suppressed
	t.Stored, t.Known, t.Rejected, t.Suppressed, t.Unlabelled = t.Stored+n.Stored, t.Known+n.Known, t.Rejected+n.Rejected, t.Suppressed+n.Suppressed, t.Unlabelled+n.Unlabelled
}

func importCommand(fs *flag.FlagSet) action {
	service := fs.String("service", "", "`ID`, number or name of the service that the entries belong to")
	reject := fs.String("reject", "", "`file` for the lines that are not taken in, with the reason; it holds personal data")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if *service == "" || len(c.args) == 0 {
			return misuse("say with -service where the entries belong, and name the files, or - for standard input")
		}
		svc, err := c.importable(ctx, *service)
		if err != nil {
			return err
		}
		i := &importing{call: c, service: svc, reasons: map[string]int64{}}
		if *reject != "" {
			i.rejects.path = c.path(*reject)
		}
		err = errors.Join(i.all(ctx), i.rejects.close())
		if err != nil {
			return err
		}
		return c.print(*asJSON, i.total, i.words)
	}
}

// importable finds the service and refuses one that takes no log entries.
func (c *call) importable(ctx context.Context, id string) (db.Service, error) {
	svc, err := c.service(ctx, id)
	switch {
	case err != nil:
		return svc, err
	case svc.Kind != label.Assistant || svc.Hosting != "hosted":
		return svc, errors.New("log entries belong to a hosted Assistant service; this one is none")
	case !svc.Removed.IsZero():
		return svc, errors.New("this service is removed")
	}
	return svc, nil
}

// importing is one run of the command.
type importing struct {
	*call
	service db.Service
	rejects rejects
	total   taken
	reasons map[string]int64
}

func (i *importing) words(w io.Writer) {
	t := i.total
	fmt.Fprintf(w, "%d lines: %d stored, %d known already, %d rejected, %d suppressed because they were erased; %d of those stored have no customer ID.\n",
		t.Lines, t.Stored, t.Known, t.Rejected, t.Suppressed, t.Unlabelled)
	for _, reason := range sortedKeys(i.reasons) {
		fmt.Fprintf(w, "  rejected: %s (%d)\n", reason, i.reasons[reason])
	}
}

func sortedKeys(m map[string]int64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (i *importing) all(ctx context.Context) error {
	for _, name := range i.args {
		m, err := i.file(ctx, name)
		if err != nil {
			return fmt.Errorf("importing %s stopped after line %d and can be run again to go on: %w", name, m.Line, err)
		}
		i.total.add(m.ImportCounts)
	}
	return nil
}

// file takes one file in, from where an earlier run of it stopped.
func (i *importing) file(ctx context.Context, name string) (m db.Import, err error) {
	s, id, err := i.identify(name)
	if err != nil {
		return m, err
	}
	defer func() { s.close() }()
	if !i.house.begin(id) {
		return m, errors.New("this file is being imported already")
	}
	defer i.house.end(id)
	if m, s, err = i.place(ctx, s, id); err != nil {
		return m, err
	}
	if err := i.rejects.begin(name, m.Line); err != nil {
		return m, err
	}
	bar := i.progress(s)
	m, err = i.stream(ctx, s, m, bar)
	bar.end()
	return m, errors.Join(err, i.store.EndImport(context.WithoutCancel(ctx), audit.Operator, m, err == nil))
}

// identify opens a file and names it by service and beginning. Standard input is never taken up: it cannot be read twice.
func (i *importing) identify(name string) (*source, []byte, error) {
	s, err := i.open(name)
	if err != nil {
		return nil, nil, err
	}
	if name == "-" {
		return s, []byte(rand.Text()), nil
	}
	id, err := s.head(i.store.ImportHash())
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, id, nil
}

// place goes to where an earlier import of the same text stopped, or stays at the beginning. If the file does not begin with what was taken in,
// it is read anew from its first line: what is known is counted, not stored twice.
func (i *importing) place(ctx context.Context, s *source, id []byte) (db.Import, *source, error) {
	m, err := i.store.UnfinishedImport(ctx, i.service.Number, id)
	if err == nil {
		if s.skip(m.Offset, m.Line, m.Digest) {
			fmt.Fprintf(i.err, "Going on with %s after line %d.\n", s.name, m.Line)
			return m, s, i.store.ResumeImport(ctx, audit.Operator, m)
		}
		name := s.name
		s.close()
		if s, err = i.open(name); err != nil {
			return m, &source{}, err
		}
	} else if !errors.Is(err, db.ErrNotFound) {
		return m, s, err
	}
	m, err = i.store.StartImport(ctx, audit.Operator, i.service.Number, id)
	return m, s, err
}

func (h *house) begin(id []byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	busy := h.importing[string(id)]
	h.importing[string(id)] = true
	return !busy
}

func (h *house) end(id []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.importing, string(id))
}

// chunk is a run of lines that is stored in one transaction.
type chunk struct {
	file  string
	text  []byte
	lines []piece

	// How far the file is behind it.
	offset, line, read int64
	digest             []byte

	// What a worker made of it.
	done     chan struct{}
	numbers  []int64 // line of each record
	records  db.Prepared
	rejected []rejected
}

// stream moves a file through: one goroutine reads lines, some parse and compress them, and this one hands them to the writer in the order of
// the file. What is under way is bounded, so that memory stays flat whatever the file's length.
func (i *importing) stream(ctx context.Context, s *source, m db.Import, bar *bar) (db.Import, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue, work := make(chan *chunk, 2), make(chan *chunk)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() { i.parseAll(work) })
	}
	defer workers.Wait()
	failed := make(chan error, 1)
	go func() { failed <- readAll(ctx, s, queue, work) }()
	for {
		select {
		case c, ok := <-queue:
			if !ok {
				return m, <-failed
			}
			<-c.done
			var err error
			if m, err = i.take(ctx, m, c); err != nil {
				return m, err
			}
			bar.at(c.read)
		case <-ctx.Done():
			return m, ctx.Err()
		}
	}
}

// readAll cuts a file into chunks until it ends or ctx does.
func readAll(ctx context.Context, s *source, queue, work chan<- *chunk) error {
	defer close(work)
	defer close(queue)
	for more := true; more; {
		c := &chunk{file: s.name, done: make(chan struct{})}
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
			return fmt.Errorf("reading: %w", err)
		}
	}
	return nil
}

func (i *importing) parseAll(work <-chan *chunk) {
	for c := range work {
		i.parseChunk(c)
		close(c.done)
	}
}

func (i *importing) parseChunk(c *chunk) {
	records := make([]db.NewRecord, 0, len(c.lines))
	for _, p := range c.lines {
		line := c.text[p.from:p.to]
		if p.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // a byte order mark, which RFC 8259, section 8.1, lets us ignore
		}
		r, err := db.NewRecord{}, p.fault
		if err == nil {
			r, err = parseEntry(bytes.TrimSpace(line), i.service.Number)
		}
		if err != nil {
			c.rejected = append(c.rejected, refuse(p, line, c.file, err))
			continue
		}
		records, c.numbers = append(records, r), append(c.numbers, p.number)
	}
	c.records = i.store.PrepareImport(records)
}

func refuse(p piece, line []byte, file string, err error) rejected {
	if p.open {
		err = errHalfLine
	}
	v := rejected{File: file, Line: p.number, Reason: err.Error()}
	if utf8.Valid(line) {
		v.Text = strings.TrimRight(string(line), "\r\n")
	}
	return v
}

// take stores a chunk with how far this is. The rejects are written first: a crash between the two is taken up before them, and taken out again.
func (i *importing) take(ctx context.Context, m db.Import, c *chunk) (db.Import, error) {
	if err := i.rejects.write(c.rejected); err != nil {
		return m, err
	}
	next := m
	next.Offset, next.Line, next.Digest, next.Rejected = c.offset, c.line, c.digest, m.Rejected+int64(len(c.rejected))
	next, out, err := i.store.TakeImport(ctx, next, c.records)
	if err != nil {
		return m, err
	}
	for _, v := range c.rejected {
		i.reasons[v.Reason]++
	}
	return next, i.stayErased(c, out)
}

// stayErased writes down which lines were not taken in because their customer was erased since. Their text is kept nowhere.
func (i *importing) stayErased(c *chunk, out []db.Outcome) error {
	var again []rejected
	for n, o := range out {
		if o == db.Erased {
			again = append(again, rejected{File: c.file, Line: c.numbers[n], Reason: "an erasure of its customer ID was accepted after it"})
		}
	}
	return i.rejects.write(again)
}
