package db_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// safe is a store with all that lies outside of it.
type safe struct {
	t              *testing.T
	dir, pin, copy string
	file, key      string
	*db.Store
}

// newSafe makes one with a service.
func newSafe(t *testing.T, opts ...db.Option) *safe {
	base := t.TempDir()
	h := &safe{t: t, dir: filepath.Join(base, "data"), pin: filepath.Join(base, "state", "pin"), copy: filepath.Join(base, "copy"), file: filepath.Join(base, "backup"), key: filepath.Join(base, "key")}
	h.open(opts...)
	dbtest.Service(t, h.Store, "one")
	return h
}

func (h *safe) open(opts ...db.Option) {
	h.t.Helper()
	var err error
	h.Store, err = db.Open(ctx, h.dir, append([]db.Option{db.WithPin(func(string) string { return h.pin }), db.WithLedgerCopy(h.copy)}, opts...)...)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { h.Store.Close() })
}

func (h *safe) ingest(n int, who string) []int64 {
	h.t.Helper()
	var records []db.NewRecord
	for i := range n {
		records = append(records, dbtest.Message(h.t, 1, time.Now(), fmt.Sprintf("%s says %d", who, i), who))
	}
	return dbtest.Ingest(h.t, h.Store, records...)
}

func (h *safe) erase(who string) db.Erasure {
	h.t.Helper()
	e, err := h.AcceptErasure(ctx, key, 1, dbtest.ID(h.t, who))
	if err == nil {
		_, err = runner(h.Store).Run(ctx, true)
	}
	if err == nil {
		e, err = h.Erasure(ctx, e.Number)
	}
	if err != nil || e.State != erasure.Done {
		h.t.Fatalf("%s, %v", e.State, err)
	}
	return e
}

func (h *safe) backup() db.Backup {
	h.t.Helper()
	b, err := h.Backup(ctx, audit.Operator, db.NewBackup{Path: h.file, KeyFile: h.key, Keep: db.MaxKeep, Alone: runner(h.Store).Alone})
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// lose ends the store and makes its data directory one that is not there.
func (h *safe) lose() {
	h.t.Helper()
	if err := h.Close(); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Rename(h.dir, h.dir+".lost"); err != nil {
		h.t.Fatal(err)
	}
}

func (h *safe) restore(change func(*db.NewRestore), opts ...db.Option) (db.Restored, error) {
	h.t.Helper()
	k, err := db.ReadBackupKey(h.key)
	if err != nil {
		h.t.Fatal(err)
	}
	n := db.NewRestore{File: h.file, Key: k, Ledgers: []string{h.copy}, Pin: func(string) string { return h.pin }}
	if change != nil {
		change(&n)
	}
	return db.Restore(ctx, h.dir, n, opts...)
}

func (h *safe) count(who string) int64 {
	h.t.Helper()
	held, err := h.Holdings(ctx, db.RecordQuery{Subject: who})
	if err != nil {
		h.t.Fatal(err)
	}
	var n int64
	for _, v := range held {
		n += v.Records
	}
	return n
}

// clean fails where a value stands in any file of the data directory.
func (h *safe) clean(values ...string) {
	h.t.Helper()
	left, err := db.FindResidue(ctx, h.dir, values)
	if err != nil || !left.Clean() {
		h.t.Errorf("left: %v, slack %d, malformed %d, %v", left.Hits, left.Slack, left.Malformed, err)
	}
}

// A restore brings back what was kept and erases again what was erased after the backup, to the last byte; numbers go on above every cut-off;
// the trail says what happened, and the pin is its own again.
func TestRestoreErasesAgain(t *testing.T) {
	h := newSafe(t)
	h.ingest(30, "anna_canary_7c1f")
	h.ingest(20, "ben")
	h.erase("ben")
	h.ingest(5, "carl")
	b := h.backup()
	if b.Bytes == 0 || b.Number != 1 || b.Copies != 1 {
		t.Errorf("%+v", b)
	}
	gone := h.erase("anna_canary_7c1f")
	h.ingest(3, "dora_after_backup")
	late := h.erase("dora_after_backup")
	_, old, err := h.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.lose()

	r, err := h.restore(nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Again[gone.Number] != 30 || len(r.Again) != 1 || r.Ended != 2 || r.Lost || r.NewKey == "" || r.Pinned <= r.Size {
		t.Errorf("%+v", r)
	}
	h.clean("anna_canary_7c1f", "dora_after_backup", "ben")
	h.open()
	if h.count("anna_canary_7c1f") != 0 || h.count("carl") != 5 {
		t.Errorf("anna has %d, carl %d", h.count("anna_canary_7c1f"), h.count("carl"))
	}
	for _, e := range []db.Erasure{gone, late} {
		now, err := h.Erasure(ctx, e.Number)
		if err != nil || now.State != erasure.Done || now.Subject != "" || now.Reference != e.Reference || now.Cutoff != e.Cutoff {
			t.Errorf("request %d: %+v, %v", e.Number, now, err)
		}
		rec, _, err := h.Receipt(ctx, e.Number)
		if err != nil || rec.Parts[0].After != 0 || rec.Parts[0].State != erasure.Confirmed {
			t.Errorf("receipt %d: %+v, %v", e.Number, rec, err)
		}
	}
	if seqs := h.ingest(1, "anna_canary_7c1f"); seqs[0] <= late.Cutoff {
		t.Errorf("number %d is under the cut-off %d", seqs[0], late.Cutoff)
	}
	h.intact([]byte(old))
}

// intact wants a whole trail that says where it was taken up from a backup, held against a checkpoint from before.
func (h *safe) intact(old []byte) {
	h.t.Helper()
	report, err := h.VerifyAudit(ctx, old)
	if err != nil || !report.OK() || len(report.Epochs) != 1 || !report.Epochs[0].Named || !strings.Contains(report.Epochs[0].Words(), "were pinned") && !strings.Contains(report.Epochs[0].Words(), "had been pinned") {
		h.t.Errorf("%s %+v %+v, %v", report.Summary(), report.Findings, report.Epochs, err)
	}
}

// Which ledger a restore takes: the newest, never one that is older than known, and none without a word about it.
func TestRestoreWantsTheNewestLedger(t *testing.T) {
	h := newSafe(t)
	h.ingest(4, "anna")
	h.backup()
	old, err := os.ReadFile(h.copy)
	if err != nil {
		t.Fatal(err)
	}
	h.erase("anna")
	h.lose()
	stale := filepath.Join(t.TempDir(), "stale")
	if err := os.WriteFile(stale, old, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*db.NewRestore)
		want   error
	}{
		{"none and no pin", func(n *db.NewRestore) { n.Ledgers, n.Pin = nil, nil }, db.ErrLedgerUnknown},
		{"an old one", func(n *db.NewRestore) { n.Ledgers = []string{stale} }, db.ErrLedgerOld},
		{"none, and the pin knows better", func(n *db.NewRestore) { n.Ledgers = nil }, db.ErrLedgerOld},
		{"an old one, and that is accepted", func(n *db.NewRestore) { n.Ledgers, n.AcceptLoss = []string{stale}, true }, nil},
	} {
		r, err := h.restore(c.change)
		if !errors.Is(err, c.want) {
			t.Fatalf("%s: %v", c.name, err)
		}
		if err == nil && (!r.Lost || len(r.Again) > 0) {
			t.Errorf("%s: %+v", c.name, r)
		}
		if err != nil {
			if _, err := db.Open(ctx, h.dir); !errors.Is(err, db.ErrRestoring) {
				t.Errorf("%s: after a refusal it opens: %v", c.name, err)
			}
			if _, err := os.Stat(filepath.Join(h.dir, "quittance.db")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: a database is left: %v", c.name, err)
			}
		}
	}
	os.Remove(h.copy)
	h.open()
	entries, err := h.AuditEntries(ctx, db.AuditQuery{Event: string(audit.LedgerLost), Limit: 5})
	if err != nil || len(entries) != 1 {
		t.Errorf("%d entries tell of the loss, %v", len(entries), err)
	}
	if h.count("anna") != 4 {
		t.Errorf("anna has %d: the test did not test", h.count("anna"))
	}
}

// What was withdrawn after the backup stays, and what was open goes on, with what the ledger still knows.
func TestRestoreGoesOn(t *testing.T) {
	h := newSafe(t)
	h.ingest(4, "anna")
	h.ingest(5, "ben")
	h.backup()
	withdrawn, err := h.AcceptErasure(ctx, key, 1, dbtest.ID(t, "anna"))
	if err == nil {
		err = h.WithdrawErasure(ctx, key, withdrawn.Number)
	}
	if err != nil {
		t.Fatal(err)
	}
	open, err := h.AcceptErasure(ctx, key, 1, dbtest.ID(t, "ben"))
	if err != nil {
		t.Fatal(err)
	}
	h.lose()
	r, err := h.restore(nil)
	if err != nil || r.Dropped != 1 || r.Goes != 1 || len(r.Again) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	h.open()
	if w, err := h.Erasure(ctx, withdrawn.Number); err != nil || w.State != erasure.Withdrawn || w.Subject != "" {
		t.Errorf("%+v, %v", w, err)
	}
	if o, err := h.Erasure(ctx, open.Number); err != nil || o.State != erasure.Scheduled || o.Subject != "ben" || !o.Deadline.Equal(open.Deadline) {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := runner(h.Store).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	if h.count("anna") != 4 || h.count("ben") != 0 {
		t.Errorf("anna has %d, ben %d", h.count("anna"), h.count("ben"))
	}
}

// Linked services: a request that was open calls once more, and that counts as a repeat; one that had ended calls nobody, and says that how it
// ended is not known here.
func TestRestoreAndLinkedServices(t *testing.T) {
	clock := dbtest.NewClock()
	h := newSafe(t, db.WithClock(clock.Now))
	hosted, linked := gateway(t, h.Store)
	for _, who := range []string{"anna", "ben"} {
		dbtest.Ingest(t, h.Store, dbtest.Message(t, hosted.Number, h.Now(), "hello", who))
	}
	h.backup()
	accept := func(who string) int64 {
		e, err := h.AcceptErasure(ctx, key, hosted.Number, dbtest.ID(t, who))
		if err == nil {
			_, err = runner(h.Store).Run(ctx, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		return e.Number
	}
	ended, open, unknown := accept("anna"), accept("ben"), accept("carl")
	for _, to := range []erasure.PartState{erasure.Sent, erasure.Accepted, erasure.Confirmed} {
		if err := h.MovePart(ctx, audit.System, ended, linked.Number, db.PartMove{To: to}); err != nil {
			t.Fatal(err)
		}
	}
	if state(t, h.Store, ended) != erasure.Done {
		t.Fatal("it has not ended")
	}
	h.lose()
	clock.Pass(time.Hour)
	if _, err := h.restore(nil, db.WithClock(clock.Now)); err != nil {
		t.Fatal(err)
	}
	h.open(db.WithClock(clock.Now))
	part := func(number int64) db.Part {
		parts, err := h.Parts(ctx, number)
		for _, p := range parts {
			if p.Linked {
				return p
			}
		}
		t.Fatalf("request %d has no linked part, %v", number, err)
		return db.Part{}
	}
	if p := part(ended); p.State != erasure.Unobservable || p.Code != erasure.CodeRestored || state(t, h.Store, ended) != erasure.Done {
		t.Errorf("ended: %+v", p)
	}
	if due, err := h.DueParts(ctx); err != nil || len(due) != 0 {
		t.Errorf("called before a hold could be placed again: %+v, %v", due, err)
	}
	clock.Pass(time.Hour)
	run(t, h.Store)
	due, err := h.DueParts(ctx)
	if err != nil || len(due) != 2 || due[0].Subject != "ben" || due[1].Subject != "carl" {
		t.Fatalf("%+v, %v", due, err)
	}
	for _, number := range []int64{open, unknown} {
		if err := h.MovePart(ctx, audit.System, number, linked.Number, db.PartMove{To: erasure.Sent}); err != nil {
			t.Fatal(err)
		}
		if p := part(number); p.Repeats != 1 {
			t.Errorf("request %d: %+v", number, p)
		}
	}
}
