package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"quittance/db/audit"
)

// groupRows is how many stored rows one commit may gather. More gain little and make the queue wait.
const groupRows = 2000

// gatherFor is how long a group waits, at most, to become as large as the one before it: a fraction of what a commit of many takes.
const gatherFor = 2 * time.Millisecond

// writer is the one place that changes the database. Ingest and the acceptance of deletions stand in one first-in-first-out queue
// (law L2); whatever waits there is committed together and each is answered only after that commit. The chunks of an erasure batch
// have a queue of their own and take turns with the groups, so that neither starves.
type writer struct {
	s      *Store
	db     *sql.DB
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt
	queue  chan *op
	chunks chan *op
	done   chan struct{}
	mu     sync.RWMutex // held for reading while an op is handed in, so that close never closes under a sender
	closed bool

	// What the writer knows by heart. All of it is thrown away and read anew when a transaction does not come through.
	tree      *audit.Tree
	seq       int64
	customers map[string]interned
	ledger    *ledger
	last      int  // how many the group before held
	stale     bool // a transaction did not come through
	drops     bool // the file of an export has to go with this transaction
}

// op is one change that waits for its turn.
type op struct {
	ctx  context.Context
	by   audit.Actor
	rows int
	safe bool // it can fail only with the disk, so it needs no savepoint
	take bool // it takes data in: the disk reserve is not for it
	run  func(*tx) error
	bare func(*sql.Conn) error // instead of run: outside any transaction, alone
	err  error
	done chan struct{}

	accepts bool // it accepted a deletion, which may be answered only when the ledger has it too
}

var errClosed = errors.New("the store is closed")

func startWriter(ctx context.Context, s *Store, db *sql.DB) (*writer, error) {
	if err := s.loadSigning(); err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening the writing connection: %w", err)
	}
	w := &writer{s: s, db: db, conn: conn, stmts: map[string]*sql.Stmt{},
		queue: make(chan *op, 4096), chunks: make(chan *op), done: make(chan struct{})}
	if err := w.start(ctx); err != nil {
		close(w.done)
		return nil, errors.Join(err, w.close())
	}
	go w.loop()
	return w, nil
}

func (w *writer) start(ctx context.Context) (err error) {
	if err := w.recall(ctx); err != nil {
		return err
	}
	if err := w.checkHead(ctx); err != nil {
		return err
	}
	if w.ledger, err = openLedger(ledgerPath(w.s.dir), w.s.openFile); err != nil {
		return err
	}
	if err := w.catchUp(ctx); err != nil {
		return err
	}
	return w.s.openCopy()
}

// write runs one change in its turn and returns after it is on the disk, or has failed. An answer of nil means committed with
// synchronous=FULL (law L1). The change runs on the writer's goroutine: one that calls write itself would wait for itself for ever.
func (s *Store) write(ctx context.Context, by audit.Actor, run func(*tx) error) error {
	return s.writer.do(&op{ctx: ctx, by: by, rows: 1, run: run}, s.writer.queue)
}

// writeChunk is write for the batch: a transaction of its own, which takes turns with the groups of the queue.
func (s *Store) writeChunk(ctx context.Context, by audit.Actor, run func(*tx) error) error {
	return s.writer.do(&op{ctx: ctx, by: by, rows: 1, safe: true, run: run}, s.writer.chunks)
}

// take is do for what takes data in: refused well before the disk is full, so that erasures always have room (erase-and-prove.md, fact 8).
func (s *Store) take(o *op) error {
	if err := s.room.take(); err != nil {
		return err
	}
	o.take = true
	return s.writer.do(o, s.writer.queue)
}

func (w *writer) do(o *op, queue chan *op) error {
	o.done = make(chan struct{})
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	select {
	case queue <- o:
		w.mu.RUnlock()
	case <-o.ctx.Done():
		w.mu.RUnlock()
		return o.ctx.Err()
	}
	<-o.done
	return o.err
}

func (w *writer) close() error {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
	// SQLite keeps a connection half open while it has statements, and then never takes its log in.
	for _, st := range w.stmts {
		st.Close()
	}
	err := errors.Join(w.conn.Close(), w.db.Close())
	if w.ledger != nil {
		err = errors.Join(err, w.ledger.file.Close(), w.s.copy.close())
	}
	return err
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case o, open := <-w.queue:
			if !open {
				return
			}
			w.commit(w.gather(o))
			w.turn()
		case o := <-w.chunks:
			w.commit([]*op{o})
		}
	}
}

// turn lets one waiting chunk of a batch pass between two groups.
func (w *writer) turn() {
	select {
	case o := <-w.chunks:
		w.commit([]*op{o})
	default:
	}
}

// gather takes what already waits, in order, up to a bound. After a group of many it waits a moment for as many to come again: otherwise
// whoever is answered first and asks again is committed alone, and all the others wait for that. One caller alone never waits.
func (w *writer) gather(first *op) []*op {
	group, rows := []*op{first}, first.rows
	defer func() { w.last = len(group) }()
	late := time.NewTimer(gatherFor)
	defer late.Stop()
	for rows < groupRows {
		o := w.next(len(group) < w.last, late.C)
		if o == nil {
			break
		}
		group, rows = append(group, o), rows+o.rows
	}
	return group
}

// next takes what waits already or, if it is worth waiting, what comes in time; nil = nothing, or the queue is closed.
func (w *writer) next(worth bool, late <-chan time.Time) *op {
	select {
	case o := <-w.queue:
		return o
	default:
	}
	if !worth {
		return nil
	}
	select {
	case o := <-w.queue:
		return o
	case <-late:
		return nil
	}
}

// commit runs a group and answers it. What meets a full disk and takes nothing in is run once more with the disk reserve.
func (w *writer) commit(group []*op) {
	w.attempt(group)
	if short := slices.DeleteFunc(slices.Clone(group), (*op).content); len(short) > 0 && w.s.room.release() {
		w.attempt(short)
	}
	for _, o := range group {
		close(o.done)
	}
}

// content tells that more room would change nothing.
func (o *op) content() bool { return o.take || !errors.Is(o.err, ErrFull) }

// attempt runs a group in one transaction. A change that fails is taken back alone; when the commit itself fails, none of the group happened.
func (w *writer) attempt(group []*op) {
	if o := group[0]; o.bare != nil {
		o.err = full(o.bare(w.conn))
		return
	}
	err := full(w.transaction(group))
	for _, o := range group {
		// A disk that was full for one change may have taken the whole transaction back, which then cannot be told from any other failure.
		if o.err = full(o.err); err != nil && errors.Is(o.err, ErrFull) && !errors.Is(err, ErrFull) {
			err = errors.Join(ErrFull, err)
		}
	}
	if err == nil {
		return
	}
	w.conn.ExecContext(context.Background(), "ROLLBACK") // it may have been rolled back already
	w.stale = true
	w.s.forget() // a commit that is said to have failed may have come through
	if w.drops {
		w.s.shelf.retain(nil)
		w.drops = false
	}
	for _, o := range group {
		if o.err == nil {
			o.err = err
		}
	}
}

func (w *writer) transaction(group []*op) error {
	if err := w.refresh(); err != nil {
		return err
	}
	t := &tx{ctx: context.Background(), w: w, s: w.s, now: w.s.Now(), seq: w.seq}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	for _, o := range group {
		if o.err = o.ctx.Err(); o.err != nil {
			continue // whoever asked has gone before the turn came
		}
		t.by = o.by
		before := len(t.accepted)
		if err := t.step(o); err != nil {
			return err
		}
		o.accepts = len(t.accepted) > before
	}
	if err := t.finish(); err != nil {
		return err
	}
	if err := t.exec("COMMIT"); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	w.tree.Settle()
	if t.changes {
		w.s.forget()
	}
	if w.drops {
		w.clearShelf(t)
	}
	w.s.changed.tell(t.touched)
	w.enter(t.accepted, group)
	if t.head != "" {
		w.s.pin.Load().moved(t.head, w.ledger.head)
	}
	return nil
}

// enter writes the ledger after the commit. If that fails, only those who would have been told "accepted" are told the error: the
// request stands in the database, and the next start brings the ledger up to it.
func (w *writer) enter(lines []ledgerLine, group []*op) {
	err := full(w.ledger.write(lines))
	if errors.Is(err, ErrFull) && w.s.room.release() {
		err = w.ledger.write(nil) // what it owes
	}
	w.s.copy.write(w.s, lines, err == nil)
	for _, o := range group {
		if err != nil && o.accepts && o.err == nil {
			o.err = err
		}
	}
}

// full says in our own words that the disk has no room.
func full(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) {
		return errors.Join(ErrFull, err)
	}
	return err
}

// damaged says in our own words that a page is not as it was written.
func damaged(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_IOERR_DATA && !errors.Is(err, ErrDamaged) {
		return errors.Join(ErrDamaged, err)
	}
	return err
}

// refresh reads anew what a failed transaction has spoilt, before anything is built on it: a number or a leaf that was rolled back must
// not be counted as given.
func (w *writer) refresh() error {
	if !w.stale {
		return nil
	}
	if err := w.recall(context.Background()); err != nil {
		return err
	}
	w.stale = false
	return nil
}

// step runs one change. A safe one needs no savepoint: if it fails, the whole group has failed.
func (t *tx) step(o *op) error {
	if o.safe {
		return o.run(t)
	}
	if err := t.exec("SAVEPOINT change"); err != nil {
		return fmt.Errorf("setting a savepoint: %w", err)
	}
	kept, mark, seq := *t, t.w.tree.Mark(), t.w.seq
	kept.tallies, kept.senders = maps.Clone(t.tallies), maps.Clone(t.senders) // what the change counts goes back with it
	if o.err = o.run(t); o.err == nil {
		return t.exec("RELEASE change")
	}
	*t, t.w.seq = kept, seq
	t.w.tree.Reset(mark)
	clear(t.w.customers)
	if err := t.exec("ROLLBACK TO change"); err != nil {
		return fmt.Errorf("taking a change back: %w", err)
	}
	if err := t.exec("RELEASE change"); err != nil {
		return fmt.Errorf("taking a change back: %w", err)
	}
	return nil
}

// recall reads anew what the writer keeps in memory, within the open transaction if there is one.
func (w *writer) recall(ctx context.Context) error {
	w.customers = map[string]interned{}
	t := &tx{ctx: ctx, w: w, s: w.s}
	if err := t.row("SELECT seq FROM sequence WHERE only = 1").Scan(&w.seq); err != nil {
		return fmt.Errorf("reading the last number given: %w", err)
	}
	var size, last int64
	err := t.row("SELECT number + 1, time FROM leaf ORDER BY number DESC LIMIT 1").Scan(&size, &last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the end of the audit trail: %w", err)
	}
	w.tree = audit.NewTree(size, at(last), hashes{t})
	return nil
}

// checkHead refuses to go on signing a trail whose stored hashes do not give the head that was signed last.
func (w *writer) checkHead(ctx context.Context) error {
	t := &tx{ctx: ctx, w: w, s: w.s}
	var text string
	err := t.row("SELECT note FROM head WHERE only = 1").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) && w.tree.Size() == 0 {
		return w.neverUsed(t)
	}
	if err != nil {
		return fmt.Errorf("reading the head of the audit trail: %w", err)
	}
	signed, err := audit.OpenCheckpoint([]byte(text), w.s.Verifiers()...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTampered, err)
	}
	root, err := w.tree.Root()
	if err != nil || signed.Size != w.tree.Size() || signed.Root != root {
		return ErrTampered
	}
	return nil
}

// neverUsed tells a new store from one whose trail was emptied.
func (w *writer) neverUsed(t *tx) error {
	var used bool
	err := t.row("SELECT (SELECT seq FROM sequence WHERE only = 1) > 0 OR EXISTS (SELECT 1 FROM service) OR EXISTS (SELECT 1 FROM user)").Scan(&used)
	if err != nil {
		return fmt.Errorf("looking whether the store is new: %w", err)
	}
	if used {
		return ErrTampered
	}
	return nil
}
