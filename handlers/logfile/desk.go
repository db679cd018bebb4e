package logfile

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"

	"quittance/db"
	"quittance/db/audit"
)

// ErrBusy is returned while the desk has a file in hand.
var ErrBusy = errors.New("another file is being imported")

// Desk takes the files of the console in, one at a time and in the background, so that whoever sent one can leave and come back.
type Desk struct {
	store *db.Store
	log   *slog.Logger
	ctx   context.Context
	stop  context.CancelFunc
	room  sync.WaitGroup

	mu   sync.Mutex
	hand *inHand // nil = nothing
}

// inHand is the file that is being taken in.
type inHand struct {
	number int64 // of the import; 0 = it has not begun
	stop   context.CancelFunc
	laid   chan struct{} // closed when the desk is free again
}

// NewDesk opens a desk. Whoever opened it closes it, before the store.
func NewDesk(store *db.Store, log *slog.Logger) *Desk {
	d := &Desk{store: store, log: log}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// Close cuts short what is in hand, and returns when that is written down.
func (d *Desk) Close() {
	d.stop()
	d.room.Wait()
}

// Wait returns when nothing is in hand.
func (d *Desk) Wait() { d.room.Wait() }

// Busy tells whether a file is in hand.
func (d *Desk) Busy() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hand != nil
}

// Take begins the import of an upload, or takes one up, and returns its number; the rest happens in the background. The upload is the desk's from then on,
// also where this fails. ErrBusy, db.ErrImporting; *Unreadable for a file that is not what it seems.
func (d *Desk) Take(ctx context.Context, by audit.Actor, service int64, upload *db.Spool) (int64, error) {
	run, stop := context.WithCancel(d.ctx)
	hand := &inHand{stop: stop, laid: make(chan struct{})}
	if !d.pick(hand) {
		stop()
		return 0, errors.Join(ErrBusy, upload.Close())
	}
	in := d.of(by, service, upload)
	in.Over = func() { upload.Close(); d.lay() }
	at, _, err := in.Begin(ctx)
	if err != nil {
		in.Over()
		return 0, err
	}
	d.begun(at.Number)
	d.room.Go(func() { d.run(run, in) })
	return at.Number, nil
}

func (d *Desk) pick(hand *inHand) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hand != nil {
		return false
	}
	d.hand = hand
	return true
}

func (d *Desk) begun(number int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hand.number = number
}

// lay frees the desk.
func (d *Desk) lay() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hand.stop()
	close(d.hand.laid)
	d.hand = nil
}

// Drop lays an import down that was cancelled, and waits for that or for ctx. One that is not in hand is none of the desk's.
func (d *Desk) Drop(ctx context.Context, number int64) {
	d.mu.Lock()
	hand := d.hand
	if hand == nil || hand.number != number {
		d.mu.Unlock()
		return
	}
	hand.stop()
	d.mu.Unlock()
	select {
	case <-hand.laid:
	case <-ctx.Done():
	}
}

// of is the import of an upload. What has become a record is forgotten there: no erasure would find it (law L3).
func (d *Desk) of(by audit.Actor, service int64, upload *db.Spool) *Import {
	return &Import{Store: d.store, By: by, Service: service, Polite: true, Came: upload.Forget, Open: func() (*Source, error) {
		return NewSource("the upload", io.NewSectionReader(upload, 0, upload.Size()), upload.Size(), d.store.ImportHash())
	}}
}

// run takes the file in. What became of it stands on its page; the log says only what nobody expects.
func (d *Desk) run(ctx context.Context, in *Import) {
	m, err := in.Run(ctx)
	var unreadable *Unreadable
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, db.ErrCancelled) && !errors.Is(err, db.ErrFull) && !errors.As(err, &unreadable) {
		d.log.Error("an import ended early", "import", m.Number, "err", err)
	}
}
