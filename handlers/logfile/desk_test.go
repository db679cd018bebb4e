package logfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

var by = audit.ActorOf("user", 1)

// entries are n entries from a number on, of ten customers.
func entries(from, n int) []byte {
	var out bytes.Buffer
	for i := from; i < from+n; i++ {
		line := strings.Replace(goodEntry, `"L1"`, fmt.Sprintf(`"L%d"`, i), 1)
		fmt.Fprintln(&out, strings.Replace(line, "cust 1", fmt.Sprint("cust ", i%10), 1))
	}
	return out.Bytes()
}

func uploaded(t *testing.T, s *db.Store, text []byte) *db.Spool {
	t.Helper()
	p, err := s.Spool()
	if err == nil {
		_, err = p.Write(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// desk is one over a store with an Assistant.
func desk(t *testing.T, opts ...db.Option) (*Desk, *db.Store, int64) {
	t.Helper()
	s := dbtest.Open(t, opts...)
	d := NewDesk(s, slog.New(slog.DiscardHandler))
	t.Cleanup(d.Close)
	return d, s, dbtest.Service(t, s, "bot").Number
}

func stands(t *testing.T, s *db.Store, number int64) db.Import {
	t.Helper()
	m, err := s.Import(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// amid waits until an import has stored its first step, and does something then.
func amid(t *testing.T, s *db.Store, start func() int64, do func(number int64)) int64 {
	t.Helper()
	changed, stop := s.Watch(func(o string) bool { return strings.HasPrefix(o, "import/") })
	defer stop()
	number := start()
	for stands(t, s, number).Line == 0 {
		<-changed
	}
	do(number)
	return number
}

func begin(t *testing.T, d *Desk, service int64, p *db.Spool) int64 {
	t.Helper()
	n, err := d.Take(t.Context(), by, service, p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestDeskCutShort: a stop in the middle is said, nothing of the upload is left, and the same file goes on where it stopped: nothing is stored twice.
func TestDeskCutShort(t *testing.T) {
	d, s, svc := desk(t)
	const n = 40000
	text, spool := entries(0, n), (*db.Spool)(nil)
	number := amid(t, s, func() int64 {
		spool = uploaded(t, s, text)
		return begin(t, d, svc, spool)
	}, func(int64) { d.Close() })
	m := stands(t, s, number)
	if m.State != db.ImportCut || m.Line == 0 || m.Line >= n || m.Stored != m.Line || m.Bytes != int64(len(text)) || m.Came == 0 {
		t.Fatalf("%+v", m)
	}
	if _, err := spool.ReadAt(make([]byte, 1), m.Bytes-1); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("the upload can still be read: %v", err)
	}
	again := NewDesk(s, slog.New(slog.DiscardHandler))
	if got := begin(t, again, svc, uploaded(t, s, text)); got != number {
		t.Errorf("import %d goes on as %d", number, got)
	}
	again.Wait()
	m = stands(t, s, number)
	if m.State != db.ImportDone || m.Stored != n || m.Known != 0 || m.Came != m.Bytes || m.Run.Line == 0 {
		t.Errorf("%+v", m)
	}
	tallies, err := s.Tallies(t.Context())
	if err != nil || tallies[svc].Records != n {
		t.Errorf("%d records, %v", tallies[svc].Records, err)
	}
}

// TestDeskForgets (law L3): what became a record can no longer be read from the upload, while the rest of it waits.
func TestDeskForgets(t *testing.T) {
	const segment = 64 << 10 // of a spool
	d, s, svc := desk(t)
	spool := uploaded(t, s, entries(0, 5000))
	defer spool.Close()
	in, steps := d.of(by, svc, spool), 0
	forget := in.Came
	in.Came = func(came int64) {
		forget(came)
		steps++
		for _, at := range []int64{0, came/segment*segment - 1} {
			if _, err := spool.ReadAt(make([]byte, 1), at); !errors.Is(err, db.ErrForgotten) {
				t.Errorf("byte %d of %d that came can still be read: %v", at, came, err)
			}
		}
	}
	if _, _, err := in.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, err := in.Run(t.Context()); err != nil || m.Stored != 5000 || steps < 5 {
		t.Errorf("%d steps, %+v, %v", steps, m, err)
	}
}

// TestDeskOne: one file at a time, a cancel that is answered, and a desk that is free afterwards.
func TestDeskOne(t *testing.T) {
	d, s, svc := desk(t)
	number := amid(t, s, func() int64 { return begin(t, d, svc, uploaded(t, s, entries(0, 40000))) }, func(number int64) {
		if _, err := d.Take(t.Context(), by, svc, uploaded(t, s, entries(0, 1))); !errors.Is(err, ErrBusy) || !d.Busy() {
			t.Errorf("a second file: %v", err)
		}
		if err := s.CancelImport(t.Context(), by, number); err != nil {
			t.Error(err)
		}
		d.Drop(t.Context(), number+1)
		if d.Drop(t.Context(), number); d.Busy() {
			t.Error("what was cancelled is still in hand")
		}
	})
	before := stands(t, s, number)
	d.Wait()
	if m := stands(t, s, number); m.State != db.ImportCancelled || m.Stored != before.Stored || d.Busy() {
		t.Errorf("%+v", m)
	}
}

// TestDeskEnds: how a file ends that is not what it seems.
func TestDeskEnds(t *testing.T) {
	d, s, svc := desk(t)
	for name, c := range map[string]struct {
		text    string
		state   db.ImportState
		refused int64
	}{
		"lines that are none": {"{}\nnonsense\n" + goodEntry + "\n", db.ImportDone, 2},
		"no lines at all":     {strings.Repeat("x", 65<<20), db.ImportBroken, 0},
	} {
		n := begin(t, d, svc, uploaded(t, s, []byte(c.text)))
		d.Wait()
		if m := stands(t, s, n); m.State != c.state || m.Rejected != c.refused {
			t.Errorf("%s: %+v", name, m)
		}
	}
	var unreadable *Unreadable
	if _, err := d.Take(t.Context(), by, svc, uploaded(t, s, []byte("\x1f\x8b\xff\xff"))); !errors.As(err, &unreadable) || d.Busy() {
		t.Errorf("a broken gzip: %v", err)
	}
	faults, err := s.ImportFaults(t.Context(), 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if f.Code != NoLogID && f.Code != NotJSON {
			t.Errorf("%+v", f)
		}
	}
}

// TestImportFull: when room runs out in the middle, the import ends as that at once, however much of the file is left.
func TestImportFull(t *testing.T) {
	var left atomic.Int64
	left.Store(1 << 40)
	clock := dbtest.NewClock()
	_, s, svc := desk(t, db.WithClock(clock.Now), db.WithFree(func(string) (int64, error) { return left.Load(), nil }))
	s.SetLowWater(1 << 20)
	in := &Import{Store: s, By: by, Service: svc, Open: func() (*Source, error) {
		text := entries(0, 20000)
		return NewSource("a", bytes.NewReader(text), int64(len(text)), s.ImportHash())
	}}
	in.Came = func(int64) { left.Store(1); clock.Pass(2 * time.Second) } // it is measured once a second
	if _, _, err := in.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := in.Run(context.Background())
	if !errors.Is(err, db.ErrLow) || stands(t, s, m.Number).State != db.ImportFull || m.Stored != 1000 {
		t.Errorf("%+v, %v", m, err)
	}
}
