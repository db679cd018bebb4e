package db_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/disk/disktest"
	"quittance/db/label"
	"quittance/db/page"
)

// planted is how many canaries of each layout there are, of six; the long run plants more.
var planted = 250

// copied reads the files of a store that is open, through another process: opening the database file in this one would drop SQLite's locks
// (erase-and-prove.md, fact 6).
func copied(t *testing.T, dir string) disktest.Folder {
	t.Helper()
	to := quick(t)
	if out, err := exec.Command("cp", "-r", dir+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("copying: %v: %s", err, out)
	}
	return folder(t, to)
}

// plant stores canaries in each way that the store keeps what a customer said, between records that stay, and returns them, those that
// were changed before, and the customer IDs to erase.
func plant(t *testing.T, s *db.Store, service db.Service) (canaries, changed, ids []string) {
	r := rand.New(rand.NewPCG(11, 11))
	next := func() string {
		c := canary(r)
		canaries = append(canaries, c)
		return c
	}
	filler := func(n int) string {
		var b bytes.Buffer
		for b.Len() < n {
			b.WriteString(canary(r))
		}
		return b.String()
	}
	ids = []string{"victim_0", "victim_1", "victim_2"}
	for i := range planted {
		victim := dbtest.ID(t, ids[i%3])
		own := next() // the ID itself
		ids = append(ids, own)
		chat, err := s.CreateChat(ctx, key, service.Number, "a1")
		if err != nil {
			t.Fatal(err)
		}
		spoken := dbtest.Message(t, service.Number, s.Now(), next(), victim.String())
		spoken.Session = chat.ID
		_, err = s.Ingest(ctx, key, []db.NewRecord{spoken}, &db.ChatTurn{ID: chat.ID, Turns: 1, Context: []byte(`{"context":"` + next() + `"}`)})
		if err != nil {
			t.Fatal(err)
		}
		item := fmt.Sprintf("d%d", i)
		long := next() + filler(3000+r.IntN(12000))
		dbtest.Ingest(t, s,
			dbtest.Message(t, service.Number, s.Now(), "of its own ID", own),
			dbtest.Message(t, service.Number, s.Now(), long, victim.String()),
			dbtest.Message(t, service.Number, s.Now(), next(), "stays", victim.String(), fmt.Sprint("stays too ", i)),
			dbtest.Message(t, service.Number, s.Now(), filler(100+r.IntN(2000)), fmt.Sprint("stays ", i%50)),
			document(service, s.Now(), item, next()+" and "+filler(200), victim))
		if i%4 == 0 { // changed before it is erased: the first version goes too, and may have been written over by now
			last := len(canaries) - 1
			changed = append(changed, canaries[last])
			canaries[last] = canary(r)
			if _, _, err := s.ReplaceItem(ctx, key, document(service, s.Now(), item, canaries[last], victim)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return canaries, changed, ids
}

// Of 1,500 texts that were planted in every layout and then erased, no window of eight bytes is left in any file of the data directory,
// and no byte of the database is nobody's; nor when messages come in meanwhile and afterwards (law L3).
func TestNoBytesLeft(t *testing.T) {
	if testing.Short() {
		planted = 40
	}
	dir := quick(t)
	s := openOn(t, dir)
	service := dbtest.Service(t, s, "one")
	dbtest.NoBreaker(t, s)
	canaries, changed, ids := plant(t, s, service)
	missing := len(canaries) - seenIn(copied(t, dir), canaries)
	if missing > 0 || len(canaries) < 1500*planted/250 {
		t.Fatalf("the test does not test: %d of %d canaries cannot be found before", missing, len(canaries))
	}
	canaries = append(canaries, changed...)
	for _, id := range ids {
		if _, err := s.AcceptErasure(ctx, key, service.Number, dbtest.ID(t, id)); err != nil {
			t.Fatal(err)
		}
	}
	sealed := sealedCopies(t, s, ids)
	stop := busy(t, s, service)
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	stop()
	nothingLeft(t, copied(t, dir), canaries)
	nothingLeft(t, copied(t, dir), sealed)
	r := rand.New(rand.NewPCG(12, 12))
	for range 300 { // new IDs lie beside the erased ones in their index: its pages go into the log as they are in memory
		dbtest.Ingest(t, s, dbtest.Message(t, service.Number, s.Now(), "afterwards", canary(r)))
	}
	nothingLeft(t, copied(t, dir), canaries)
	shut(t, s)
	nothingLeft(t, folder(t, dir), canaries)
	clean(t, dir, canaries)
	t.Logf("%d canaries, %d windows", len(canaries), len(canaries)*17)
}

// sealedCopies are the customer IDs that are kept, sealed, for as long as their requests and searches are open.
func sealedCopies(t *testing.T, s *db.Store, ids []string) (sealed []string) {
	for _, id := range ids[:40] {
		if _, err := s.SubmitSearch(ctx, 1, id); err != nil {
			t.Fatal(err)
		}
	}
	listed, err := label.ReadLines(strings.Join(ids[:40], "\n"), false)
	if err == nil {
		_, err = s.KeepList(ctx, 1, strings.Join(ids[:40], "\n"), false, listed.Valid)
	}
	if err != nil {
		t.Fatal(err)
	}
	to := quick(t)
	if err := copied(t, s.Dir()).Write(to); err != nil {
		t.Fatal(err)
	}
	d, err := sql.Open("sqlite", "file:"+filepath.Join(to, "quittance.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	sealed = append(sealed, texts(t, d, "SELECT subject FROM erasure UNION ALL SELECT query FROM search UNION ALL SELECT list FROM bulk")...)
	if len(sealed) != len(ids)+41 {
		t.Fatalf("%d sealed copies", len(sealed))
	}
	return sealed
}

// busy keeps messages coming in and lists being read until it is stopped.
func busy(t *testing.T, s *db.Store, service db.Service) (stop func()) {
	ending, done := make(chan struct{}), make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		for i := 0; ; i++ {
			select {
			case <-ending:
				return
			default:
			}
			m := dbtest.Message(dying{t}, service.Number, time.Now(), fmt.Sprint("meanwhile ", i), fmt.Sprint("stays ", i%50))
			if _, err := s.Ingest(ctx, audit.System, []db.NewRecord{m}, nil); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			select {
			case <-ending:
				return
			default:
			}
			if _, _, err := s.Records(ctx, db.RecordQuery{Subject: "stays", Limit: 50}); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	return func() { close(ending); <-done; <-done }
}

func seenIn(files disktest.Folder, canaries []string) (seen int) {
	found := map[int]bool{}
	needles := page.NewNeedles(canaries)
	for _, raw := range files {
		needles.EachWindow(raw, func(_, value int) { found[value] = true })
	}
	return len(found)
}

func nothingLeft(t *testing.T, files disktest.Folder, canaries []string) {
	t.Helper()
	needles := page.NewNeedles(append(lower(canaries), canaries...))
	for name, raw := range files {
		if n := needles.Windows(raw); n > 0 {
			t.Errorf("%d windows of what was erased stand in %s", n, name)
		}
	}
}

// lower is how the full-text index keeps words.
func lower(words []string) (out []string) {
	for _, w := range words {
		out = append(out, strings.ToLower(w))
	}
	return out
}
