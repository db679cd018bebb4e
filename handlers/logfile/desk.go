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
	turn  sync.Mutex // one file
	room  sync.WaitGroup
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
	free := d.turn.TryLock()
	if free {
		d.turn.Unlock()
	}
	return !free
}

// Take begins the import of an upload, or takes one up, and returns its number; the rest happens in the background. The upload is the desk's from then on,
// also where this fails. ErrBusy, db.ErrImporting; *Unreadable for a file that is not what it seems.
func (d *Desk) Take(ctx context.Context, by audit.Actor, service int64, upload *db.Spool) (int64, error) {
	if !d.turn.TryLock() {
		return 0, errors.Join(ErrBusy, upload.Close())
	}
	in := d.of(by, service, upload)
	at, _, err := in.Begin(ctx)
	if err != nil {
		d.turn.Unlock()
		return 0, errors.Join(err, upload.Close())
	}
	d.room.Go(func() {
		defer d.turn.Unlock()
		defer upload.Close()
		d.run(in)
	})
	return at.Number, nil
}

// of is the import of an upload. What has become a record is forgotten there: no erasure would find it (law L3).
func (d *Desk) of(by audit.Actor, service int64, upload *db.Spool) *Import {
	return &Import{Store: d.store, By: by, Service: service, Polite: true, Came: upload.Forget, Open: func() (*Source, error) {
		return NewSource("the upload", io.NewSectionReader(upload, 0, upload.Size()), upload.Size(), d.store.ImportHash())
	}}
}

// run takes the file in. What became of it stands on its page; the log says only what nobody expects.
func (d *Desk) run(in *Import) {
	m, err := in.Run(d.ctx)
	var unreadable *Unreadable
	if err != nil && d.ctx.Err() == nil && !errors.Is(err, db.ErrCancelled) && !errors.As(err, &unreadable) {
		d.log.Error("an import ended early", "import", m.Number, "err", err)
	}
}
