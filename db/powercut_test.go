package db_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/disk/disktest"
	"quittance/db/erasure"
	"quittance/db/page"
)

// cuts is how many power cuts the accept path goes through, seeds how often each operation of the recipe is cut and failed; the long run
// does more.
var cuts, seeds = 1000, 1

// failing is the disk of all tests here, made once: SQLite keeps what it was told of until the process ends.
var failing = sync.OnceValues(func() (*disktest.Disk, error) { return disktest.New("failing") })

// every is which of many cases are taken: each one, or a few under the race detector, which is slow here and has little to see.
func every(all int) int {
	if testing.Short() {
		return all
	}
	return 1
}

func failingDisk(t *testing.T) *disktest.Disk {
	t.Helper()
	d, err := failing()
	if err != nil {
		t.Fatal(err)
	}
	d.Fail(0)
	d.Room(-1)
	return d
}

func on(d *disktest.Disk) db.Option {
	return db.WithFiles("failing", func(path string) (db.File, error) { return d.Open(path) })
}

func openOn(t *testing.T, dir string, o ...db.Option) *db.Store {
	t.Helper()
	s, err := db.Open(ctx, dir, o...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func shut(t *testing.T, s *db.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// quick is a folder in memory where there is such a place: what is rebuilt thousands of times need not wait for a real disk.
func quick(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "quittance")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// base makes a folder of a store that was closed.
func base(t *testing.T, fill func(*db.Store)) disktest.Folder {
	t.Helper()
	dir := quick(t)
	s := openOn(t, dir)
	fill(s)
	shut(t, s)
	return folder(t, dir)
}

func folder(t *testing.T, dir string) disktest.Folder {
	t.Helper()
	f, err := disktest.ReadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// fresh puts a folder into one of its own.
func fresh(t *testing.T, f disktest.Folder) string {
	t.Helper()
	dir := quick(t)
	if err := f.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// accepted is a deletion that was answered for after so many operations of the disk.
type accepted struct {
	number int64
	after  int
}

// acceptWorkload files deletions between messages and batches, and says when each was answered.
func acceptWorkload(t *testing.T, d *disktest.Disk, s *db.Store, service int64) (out []accepted) {
	for i := range 60 {
		dbtest.Ingest(t, s, dbtest.Message(t, service, s.Now(), fmt.Sprintf("message %d", i), fmt.Sprintf("c%d", i%7)))
		e, err := s.AcceptErasure(ctx, key, service, dbtest.ID(t, fmt.Sprintf("c%d", i%5)))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, accepted{e.Number, d.Len()})
		if i%20 == 19 {
			if _, err := runner(s).Run(ctx, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// What was answered for is in the database and in the ledger, whenever the power goes and whatever the disk makes of what was not synced
// (law L1).
func TestPowerCutsOnTheAcceptPath(t *testing.T) {
	d := failingDisk(t)
	before := base(t, func(s *db.Store) { dbtest.Service(t, s, "one") })
	d.Record() // before it is opened: that writes too
	s := openOn(t, fresh(t, before), on(d))
	answered := acceptWorkload(t, d, s, 1)
	ops := d.Stop()
	shut(t, s)
	r := rand.New(rand.NewPCG(1, uint64(cuts)))
	lost := 0
	for i := 0; i < cuts; i += every(20) {
		at, loss := r.IntN(len(ops)+1), disktest.Loss(i)%disktest.Losses
		dir := fresh(t, disktest.Cut(before, ops[:at], loss, r))
		lost += lostAfter(t, dir, answered, at)
		if i%50 == 0 {
			whole(t, dir)
		}
		if t.Failed() {
			t.Fatalf("cut %d, after operation %d of %d, loss %d", i, at, len(ops), loss)
		}
		os.RemoveAll(dir)
	}
	t.Logf("%d cuts over %d operations, %d deletions: %d lost", cuts, len(ops), len(answered), lost)
}

// lostAfter looks for each deletion that was answered before a cut.
func lostAfter(t *testing.T, dir string, answered []accepted, at int) (lost int) {
	t.Helper()
	ledger, err := os.ReadFile(filepath.Join(dir, "ledger"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	there := map[int64]bool{}
	d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "quittance.db")+"?vfs=quittancefailing")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Query("SELECT number FROM erasure WHERE deadline IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		there[n] = true
	}
	for _, a := range answered {
		if a.after > at {
			break
		}
		if !there[a.number] || !bytes.Contains(ledger, fmt.Appendf(nil, `"erasure":%d,`, a.number)) {
			lost++
			t.Errorf("deletion %d was answered for and is lost: in the database %v", a.number, there[a.number])
		}
	}
	return lost
}

// whole opens what a cut left as the next start does.
func whole(t *testing.T, dir string) {
	t.Helper()
	s := openOn(t, dir)
	defer shut(t, s)
	if report, err := s.VerifyAudit(ctx); err != nil || !report.Intact() {
		t.Errorf("the audit trail after a cut: %v, %+v", err, report.Findings)
	}
}

// canary is a text that cannot be compressed and that stands nowhere else.
func canary(r *rand.Rand) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	var b strings.Builder
	for range 24 {
		b.WriteByte(letters[r.IntN(len(letters))])
	}
	return b.String()
}

// doomedStore is a small store with canaries in records that are to be erased, among others that are to stay.
func doomedStore(t *testing.T) (disktest.Folder, []string) {
	var canaries []string
	r := rand.New(rand.NewPCG(7, 7))
	f := base(t, func(s *db.Store) {
		dbtest.Service(t, s, "one")
		for i := range 12 {
			c := canary(r)
			canaries = append(canaries, c)
			text := c
			if i%5 == 0 {
				text = strings.Repeat(c, 400) // longer than a page
			}
			dbtest.Ingest(t, s, dbtest.Message(t, 1, s.Now(), text, "anna"), dbtest.Message(t, 1, s.Now(), "stays", "ben"))
		}
		if _, err := s.AcceptErasure(ctx, key, 1, dbtest.ID(t, "anna")); err != nil {
			t.Fatal(err)
		}
	})
	return f, canaries
}

// clean checks what a batch that ended has left in a folder whose store is closed.
func clean(t *testing.T, dir string, canaries []string) {
	t.Helper()
	needles := page.NewNeedles(canaries)
	for name, raw := range folder(t, dir) {
		if n := needles.Windows(raw); n > 0 {
			t.Errorf("%d windows of what was erased stand in %s", n, name)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "quittance.db"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := page.SurveyFile(bytes.NewReader(raw), int64(len(raw)), nil)
	if err != nil || v.Slack > 0 || v.Malformed > 0 {
		t.Errorf("the structure of the database: %d bytes that nobody owns, %d pages malformed, %v", v.Slack, v.Malformed, err)
	}
}

// recovered runs again what a fault broke off, until nothing is to be done, and checks how it came out.
func recovered(t *testing.T, dir string, canaries []string) {
	t.Helper()
	s := openOn(t, dir)
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	ended(t, s)
	shut(t, s)
	clean(t, dir, canaries)
}

func ended(t *testing.T, s *db.Store) {
	t.Helper()
	e, err := s.Erasure(ctx, 1)
	if err != nil || e.State != erasure.Done {
		t.Errorf("the request is %s, %v", e.State, err)
	}
	if r, _, err := s.Receipt(ctx, 1); err != nil || r.Parts[0].Before != 12 || r.Parts[0].After != 0 {
		t.Errorf("receipt %+v, %v", r, err)
	}
	if left := len(records(t, s, "anna")); left != 0 || len(records(t, s, "ben")) != 12 {
		t.Errorf("anna has %d records, ben %d", left, len(records(t, s, "ben")))
	}
	if report, err := s.VerifyAudit(ctx); err != nil || !report.Intact() {
		t.Errorf("the audit trail: %v, %+v", err, report.Findings)
	}
}

// Wherever the power goes while a batch runs, running again ends it, and nothing is left in any file.
func TestRecipeCutAnywhere(t *testing.T) {
	d := failingDisk(t)
	before, canaries := doomedStore(t)
	d.Record() // before it is opened: that writes too
	s := openOn(t, fresh(t, before), on(d))
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	ended(t, s)
	shut(t, s)
	ops := d.Stop()
	r := rand.New(rand.NewPCG(3, 3))
	for at := 0; at < len(ops)*seeds; at += every(21) {
		at, loss := at%len(ops), disktest.Loss(at+at/len(ops))%disktest.Losses
		dir := fresh(t, disktest.Cut(before, ops[:at], loss, r))
		recovered(t, dir, canaries)
		if t.Failed() {
			t.Fatalf("after a cut before operation %d of %d (%+v), loss %d", at, len(ops), ops[at].Kind, loss)
		}
		os.RemoveAll(dir)
	}
	t.Logf("%d operations, each cut", len(ops))
}

// Whichever read, write or sync fails while a batch runs, running again ends it, and nothing is left in any file.
func TestRecipeWithAFailingOperation(t *testing.T) {
	d := failingDisk(t)
	before, canaries := doomedStore(t)
	for n := 1; ; n += every(21) {
		dir := fresh(t, before)
		clock := dbtest.NewClock()
		s := openOn(t, dir, on(d), db.WithClock(clock.Now))
		clock.Pass(time.Since(clock.Now()))
		d.Fail(n)
		_, failed := runner(s).Run(ctx, true)
		struck := d.Count() >= n
		d.Fail(0)
		if !struck {
			shut(t, s)
			t.Logf("%d operations failed one at a time", (n-1)/every(21))
			return
		}
		clock.Pass(time.Hour) // what could not be verified waits some minutes
		if _, err := runner(s).Run(ctx, true); err != nil {
			t.Fatalf("running again after operation %d failed (%v): %v", n, failed, err)
		}
		ended(t, s)
		shut(t, s)
		clean(t, dir, canaries)
		if t.Failed() {
			t.Fatalf("after operation %d failed: %v", n, failed)
		}
		os.RemoveAll(dir)
	}
}

// On a disk that becomes full anywhere on the way a deletion is accepted or honestly refused, a batch waits, and all that was accepted is
// erased once there is room.
func TestFullDisk(t *testing.T) {
	d := failingDisk(t)
	before, canaries := doomedStore(t)
	refused := 0
	for room := int64(0); ; room += int64(6000 * every(9)) {
		dir := fresh(t, before)
		s := openOn(t, dir, on(d))
		d.Room(room)
		e, err := s.AcceptErasure(ctx, key, 1, dbtest.ID(t, "ben"))
		if err != nil && !errors.Is(err, db.ErrFull) {
			t.Errorf("with %d bytes: %v", room, err)
		}
		_, broken := runner(s).Run(ctx, true)
		d.Room(-1)
		if _, err := runner(s).Run(ctx, true); err != nil {
			t.Fatalf("with room again, after %d bytes (%v): %v", room, broken, err)
		}
		if got, state := s.Erasure(ctx, e.Number); err == nil && (state != nil || got.State != erasure.Done) {
			t.Errorf("with %d bytes it was accepted, and is %s, %v", room, got.State, state)
		}
		if report, err := s.VerifyAudit(ctx); err != nil || !report.Intact() {
			t.Errorf("the audit trail: %v, %+v", err, report.Findings)
		}
		shut(t, s)
		clean(t, dir, canaries)
		if t.Failed() {
			t.Fatalf("with %d bytes: %v", room, broken)
		}
		os.RemoveAll(dir)
		if err == nil && broken == nil {
			break
		}
		refused++
	}
	if refused < 10/every(9) {
		t.Errorf("only %d sizes were too small", refused)
	}
}
