package db_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

// small is a reserve for tests.
const small = 2 << 20

// On a disk that became full a deletion is accepted and carried out with the reserve, at once and to its end, while nothing is taken in. A
// disk that has room again has its reserve again.
func TestReserveErasesOnAFullDisk(t *testing.T) {
	d := failingDisk(t)
	before, canaries := doomedStore(t)
	free := int64(1 << 30)
	for room := int64(0); room <= 120_000; room += int64(20_000 * every(3)) {
		dir := fresh(t, before)
		s := openOn(t, dir, on(d), db.WithFree(func(string) (int64, error) { return free, nil }))
		if err := s.KeepReserve(small); err != nil {
			t.Fatal(err)
		}
		free = 0
		s.SetLowWater(0) // as if somebody else had filled the disk since it was looked at
		d.Room(room)
		for range 40 {
			if _, err := s.Ingest(ctx, key, []db.NewRecord{dbtest.Message(t, 1, s.Now(), "one more", "carl")}, nil); errors.Is(err, db.ErrFull) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if v, _ := s.Space(); v.Reserve != small {
			t.Fatalf("with %d bytes: taking in has used the reserve", room)
		}
		e, err := s.AcceptErasure(ctx, key, 1, dbtest.ID(t, "ben"))
		if err != nil {
			t.Fatalf("with %d bytes: a deletion was refused: %v", room, err)
		}
		if _, err := runner(s).Run(ctx, true); err != nil {
			t.Fatalf("with %d bytes: %v", room, err)
		}
		if got, err := s.Erasure(ctx, e.Number); err != nil || got.State != erasure.Done {
			t.Errorf("with %d bytes: the erasure is %s, %v", room, got.State, err)
		}
		d.Room(-1)
		free = 1 << 30
		if err := s.KeepReserve(small); err != nil {
			t.Fatal(err)
		}
		if v, _ := s.Space(); v.Reserve != small {
			t.Error("the reserve is not there again")
		}
		shut(t, s)
		clean(t, dir, canaries)
		os.RemoveAll(dir)
		if t.Failed() {
			t.FailNow()
		}
	}
}

// The reserve takes room on the disk: it is no hole, and nothing that a file system makes smaller.
func TestReserveIsRoom(t *testing.T) {
	dir := t.TempDir()
	s := openOn(t, dir)
	defer shut(t, s)
	if err := s.KeepReserve(small + 123); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "reserve"))
	if err != nil || len(raw) != small+123 {
		t.Fatal(len(raw), err)
	}
	for block := range slices.Chunk(raw, 4096) {
		if bytes.Count(block, []byte{0}) > len(block)/8+8 {
			t.Fatal("a block of the reserve is not noise")
		}
	}
}

// A disk without room for a reserve is no reason not to start.
func TestReserveWithoutRoom(t *testing.T) {
	s := openOn(t, t.TempDir(), db.WithFree(func(string) (int64, error) { return small, nil }))
	defer shut(t, s)
	if err := s.KeepReserve(small); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Space(); err != nil || v.Reserve != 0 || v.Wanted != small {
		t.Errorf("%+v, %v", v, err)
	}
}

// Below the low-water mark every way in is closed and every way out is open. Free space is looked at once a second, however many ask.
func TestLowWater(t *testing.T) {
	files := byte(0)
	clock, asked, free := dbtest.NewClock(), 0, int64(db.DefaultLowWater)
	s := openOn(t, t.TempDir(), db.WithClock(clock.Now), db.WithFree(func(string) (int64, error) { asked++; return free, nil }))
	defer shut(t, s)
	v := dbtest.Service(t, s, "one")
	library, err := s.AddService(ctx, audit.Operator, label.Discovery, "library", "")
	if err != nil {
		t.Fatal(err)
	}
	chat, err := s.CreateChat(ctx, key, v.Number, "a1")
	if err != nil {
		t.Fatal(err)
	}
	doc := document(library, s.Now(), "d1", "a text", dbtest.ID(t, "anna"))
	ways := map[string]func() error{
		"ingest": func() error {
			_, err := s.Ingest(ctx, key, []db.NewRecord{dbtest.Message(t, v.Number, s.Now(), "hello", "anna")}, nil)
			return err
		},
		"turn": func() error {
			_, err := s.Ingest(ctx, key, []db.NewRecord{dbtest.Message(t, v.Number, s.Now(), "hello", "anna")}, &db.ChatTurn{ID: chat.ID, Turns: 1})
			return err
		},
		"conversation": func() error { _, err := s.CreateChat(ctx, key, v.Number, "a1"); return err },
		"replace":      func() error { _, _, err := s.ReplaceItem(ctx, key, doc); return err },
		"label": func() error {
			_, err := s.LabelItems(ctx, key, db.ItemQuery{Service: library.Number, Kinds: []db.Kind{db.Document}}, []label.ID{dbtest.ID(t, "ben")})
			return err
		},
		"upload": func() error {
			p, err := s.Spool()
			if err == nil {
				err = p.Close()
			}
			return err
		},
		"import": func() error {
			files++ // one that is being imported is not begun again
			m, err := s.StartImport(ctx, audit.Operator, v.Number, []byte{files}, 0)
			if err != nil {
				return err
			}
			r := dbtest.Message(t, v.Number, s.Now(), "hello", "anna")
			r.LogID = "l1"
			_, _, err = s.TakeImport(ctx, m, s.PrepareImport([]db.NewRecord{r}))
			return err
		},
	}
	for _, low := range []bool{false, true} {
		if low {
			free--
			clock.Pass(time.Second)
		}
		asked = 0
		for _, name := range []string{"ingest", "turn", "conversation", "replace", "label", "upload", "import"} {
			if err := ways[name](); low != errors.Is(err, db.ErrLow) || low != errors.Is(err, db.ErrFull) || !low && err != nil {
				t.Errorf("%s, low %v: %v", name, low, err)
			}
		}
		if asked > 1 {
			t.Errorf("free space was looked at %d times in one second", asked)
		}
	}
	e, err := s.AcceptErasure(ctx, key, v.Number, dbtest.ID(t, "anna"))
	if err == nil {
		_, err = runner(s).Run(ctx, true)
	}
	if got, state := s.Erasure(ctx, e.Number); err != nil || state != nil || got.State != erasure.Done {
		t.Errorf("below the mark an erasure is %s: %v", got.State, errors.Join(err, state))
	}
}
