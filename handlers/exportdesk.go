package handlers

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"quittance/db"
)

// sweepEvery is how often the desk looks for files whose hour is over.
const sweepEvery = 10 * time.Second

// ExportDesk makes the files of exports in the background, so that whoever asked for one can leave and come back.
type ExportDesk struct {
	store *db.Store
	log   *slog.Logger
	ctx   context.Context
	stop  context.CancelFunc
	room  sync.WaitGroup // of the files that are made
	sweep sync.WaitGroup

	mu    sync.Mutex
	hands map[int64]context.CancelFunc // of what is made, by number
}

// NewExportDesk opens a desk. Whoever opened it closes it, before the store.
func NewExportDesk(store *db.Store, log *slog.Logger) *ExportDesk {
	d := &ExportDesk{store: store, log: orDiscard(log), hands: map[int64]context.CancelFunc{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.sweep.Go(d.sweeps)
	return d
}

// Close cuts short what is in hand, and returns when that is written down.
func (d *ExportDesk) Close() {
	d.stop()
	d.room.Wait()
	d.sweep.Wait()
}

// Wait returns when nothing is in hand.
func (d *ExportDesk) Wait() { d.room.Wait() }

// sweeps drops files whose hour is over, until the desk is closed.
func (d *ExportDesk) sweeps() {
	turn := time.NewTicker(sweepEvery)
	defer turn.Stop()
	for {
		select {
		case <-d.ctx.Done():
			return
		case <-turn.C:
			if err := d.store.ExpireExports(d.ctx); err != nil && d.ctx.Err() == nil {
				d.log.Error("dropping the files of exports", "err", err)
			}
		}
	}
}

// writeExport writes the file of an export as the answer to a request.
type writeExport func(http.ResponseWriter, *http.Request, db.Export, db.Span) error

// take begins an export and returns its number; the rest happens in the background, for whoever sent the request, as if they waited.
func (d *ExportDesk) take(r *http.Request, n db.NewExport, write writeExport) (int64, error) {
	e, span, made, err := d.store.StartExport(r.Context(), who(r).User.Number, n)
	if err != nil {
		return 0, err
	}
	// The request ends now; of its context only who asked is wanted.
	ctx, stop := context.WithCancel(context.WithoutCancel(r.Context()))
	m := &making{store: d.store, number: e.Number, file: made}
	r = r.Clone(context.WithValue(ctx, makingKey{}, m))
	cut := context.AfterFunc(d.ctx, stop)
	d.hold(e.Number, stop)
	d.room.Go(func() {
		defer cut()
		defer d.lay(e.Number)
		d.end(ctx, e, m, m.write(r, e, span, write))
	})
	return e.Number, nil
}

func (d *ExportDesk) hold(number int64, stop context.CancelFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hands[number] = stop
}

func (d *ExportDesk) lay(number int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hands[number]()
	delete(d.hands, number)
}

// drop stops what was cancelled. One that is not in hand is none of the desk's.
func (d *ExportDesk) drop(number int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if stop := d.hands[number]; stop != nil {
		stop()
	}
}

// end writes down how an export ended. What became of it stands on its page; the log says only what nobody expects.
func (d *ExportDesk) end(ctx context.Context, e db.Export, m *making, err error) {
	after := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		err = d.store.FinishExport(after, e, m.file, m.done)
	case errors.Is(err, db.ErrForgotten) || errors.Is(err, db.ErrCancelled): // its end is written down
		return
	case d.ctx.Err() != nil:
		err = d.store.StopExport(after, e.Number, db.ExportCut, "")
	case errors.Is(err, db.ErrLarge):
		err = d.store.StopExport(after, e.Number, db.ExportFailed, db.WhyLarge)
	case errors.Is(err, db.ErrFull):
		err = d.store.StopExport(after, e.Number, db.ExportFailed, db.WhyRoom)
	case ctx.Err() != nil:
		return // it was cancelled, which is written down
	default:
		err = errors.Join(err, d.store.StopExport(after, e.Number, db.ExportFailed, ""))
	}
	if err != nil {
		d.log.Error("an export ended early", "export", e.Number, "err", err)
	}
}

// making is a file on its way: what a handler writes as an answer goes into it. It is used by one goroutine.
type making struct {
	store  *db.Store
	number int64
	file   *db.Made
	header http.Header
	out    *bufio.Writer
	done   int64 // rows that were looked at
	told   time.Time
}

type makingKey struct{}

func (m *making) write(r *http.Request, e db.Export, span db.Span, write writeExport) error {
	m.header, m.out = http.Header{}, bufio.NewWriterSize(m.file, 64<<10)
	if err := write(m, r, e, span); err != nil {
		return err
	}
	return m.out.Flush()
}

// Header implements http.ResponseWriter. What it says is said again when the file is fetched.
func (m *making) Header() http.Header { return m.header }

// WriteHeader implements http.ResponseWriter.
func (m *making) WriteHeader(int) {}

// Write implements http.ResponseWriter.
func (m *making) Write(p []byte) (int, error) { return m.out.Write(p) }

// passed counts rows that went into an export, or were left out, and tells those who watch it at most once a second. One that is sent at once is
// watched by nobody.
func passed(r *http.Request, rows int) error { return passedOf(r.Context(), rows) }

func passedOf(ctx context.Context, rows int) error {
	m, ok := ctx.Value(makingKey{}).(*making)
	if !ok {
		return nil
	}
	m.done += int64(rows)
	if time.Since(m.told) < liveFrame {
		return nil
	}
	m.told = time.Now()
	return m.store.KeepExport(ctx, m.number, m.done, m.file.Size())
}
