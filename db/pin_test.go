package db_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// copyDir copies the files of a data directory, as somebody with a shell does.
func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"keys.json", "ledger"} {
		if err := os.Chmod(filepath.Join(to, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A data directory that was set back as a whole does not open, nor one that grew anew since; the newest one does.
func TestPinNoticesRollback(t *testing.T) {
	h := newSafe(t)
	h.ingest(3, "anna")
	h.Close()
	early := filepath.Join(t.TempDir(), "early")
	copyDir(t, h.dir, early)
	h.open()
	h.ingest(3, "ben")
	h.Close()
	late := filepath.Join(t.TempDir(), "late")
	copyDir(t, h.dir, late)

	pinned := db.WithPin(func(string) string { return h.pin })
	copyDir(t, early, h.dir)
	if _, err := db.Open(ctx, h.dir, pinned); !errors.Is(err, db.ErrSetBack) {
		t.Errorf("set back: %v", err)
	}
	other, err := db.Open(ctx, h.dir) // without a pin nothing is noticed
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		dbtest.Ingest(t, other, dbtest.Message(t, 1, time.Now(), "x", "carl"))
	}
	other.Close()
	if _, err := db.Open(ctx, h.dir, pinned); !errors.Is(err, db.ErrPin) {
		t.Errorf("grown anew: %v", err)
	}
	copyDir(t, late, h.dir)
	s, err := db.Open(ctx, h.dir, pinned)
	if err != nil {
		t.Fatalf("the newest: %v", err)
	}
	s.Close()
}

// The pin is never ahead of what is committed, is brought up at the end, and is not written over when somebody else has changed it.
func TestPinFollows(t *testing.T) {
	h := newSafe(t)
	for range 20 {
		h.ingest(1, "anna")
		p, err := db.ReadPin(h.pin)
		if errors.Is(err, os.ErrNotExist) {
			continue // not yet
		}
		size, _, herr := h.Head(ctx)
		c, cerr := audit.OpenCheckpoint([]byte(p.Checkpoint), h.Verifiers()...)
		if err := errors.Join(err, herr, cerr); err != nil || c.Size > size {
			t.Fatalf("pin %d, trail %d, %v", c.Size, size, err)
		}
	}
	_, head, err := h.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.Close()
	if p, err := db.ReadPin(h.pin); err != nil || p.Checkpoint != head {
		t.Errorf("the pin is not the last head: %v", err)
	}
	h.open()
	if err := h.CheckPin(); err != nil {
		t.Errorf("the pin that is right: %v", err)
	}
	raw, err := os.ReadFile(h.pin)
	if err == nil {
		err = os.WriteFile(h.pin, append(raw, '\n'), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := h.CheckPin(); !errors.Is(err, db.ErrPin) {
		t.Errorf("a pin that somebody changed: %v", err)
	}
	if a, err := h.Alarms(ctx); err != nil || len(a) != 1 || a[0].Kind != db.AlarmPin {
		t.Errorf("%v, %v", a, err)
	}
	h.ingest(1, "anna")
	h.Close()
	if now, err := os.ReadFile(h.pin); err != nil || !bytes.Equal(now, append(raw, '\n')) {
		t.Errorf("it was written over: %v", err)
	}
}

// A ledger that is not how it was pinned is an alarm from the start on: the pin is made anew, and the trail remembers.
func TestPinNoticesTheLedger(t *testing.T) {
	h := newSafe(t)
	h.ingest(1, "anna")
	h.ingest(1, "ben")
	h.erase("anna")
	h.erase("ben")
	h.Close()
	path := filepath.Join(h.dir, "ledger")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(raw, []byte("\n"))
	if err := errors.Join(os.WriteFile(path, rest, 0o600), os.Remove(h.copy)); err != nil { // a copy would notice it by itself
		t.Fatal(err)
	}
	h.open()
	h.Close()
	h.open()
	if a, err := h.Alarms(ctx); err != nil || len(a) != 1 || a[0].Kind != db.AlarmDiffers {
		t.Errorf("%v, %v", a, err)
	}
}

// A pin that cannot be read stops the start; one that is missing is made anew, and the trail says so.
func TestPinMissing(t *testing.T) {
	h := newSafe(t)
	h.Close()
	if err := os.WriteFile(h.pin, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(ctx, h.dir, db.WithPin(func(string) string { return h.pin })); !errors.Is(err, db.ErrPinUnreadable) {
		t.Errorf("unreadable: %v", err)
	}
	os.Remove(h.pin)
	h.open()
	entries, err := h.AuditEntries(ctx, db.AuditQuery{Event: string(audit.LogPinned), Limit: 5})
	if err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// Whoever knows only the old key can follow for as long as both sign; then the old one is gone from the key file, and the trail is whole.
func TestRotateKey(t *testing.T) {
	now := time.Now()
	h := newSafe(t, db.WithClock(func() time.Time { return now }))
	before := h.AuditKey()
	if err := h.RotateKey(ctx, audit.Operator, db.Overlap); err != nil {
		t.Fatal(err)
	}
	if err := h.RotateKey(ctx, audit.Operator, db.Overlap); !errors.Is(err, db.ErrOverlap) {
		t.Errorf("twice: %v", err)
	}
	signed := func(public string) bool {
		v, err := note.NewVerifier(public)
		if err != nil {
			t.Fatal(err)
		}
		_, text, err := h.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, err = audit.OpenCheckpoint([]byte(text), v)
		return err == nil
	}
	if h.AuditKey() == before || !signed(before) || !signed(h.AuditKey()) {
		t.Error("both keys are to sign")
	}
	now = now.Add(db.Overlap)
	h.ingest(1, "anna")
	if signed(before) || !signed(h.AuditKey()) {
		t.Error("the old key signs on")
	}
	if err := h.RetireKeys(ctx); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(h.dir, "keys.json"))
	if err != nil || bytes.Count(raw, []byte("PRIVATE+KEY")) != 1 {
		t.Errorf("%d secret keys in the key file, %v", bytes.Count(raw, []byte("PRIVATE+KEY")), err)
	}
	h.Close()
	h.open(db.WithClock(func() time.Time { return now }))
	if report, err := h.VerifyAudit(ctx); err != nil || !report.OK() || !report.Anchored {
		t.Errorf("%+v, %v", report, err)
	}
	follows := func(public string) audit.Report {
		v, err := note.NewVerifier(public)
		if err != nil {
			t.Fatal(err)
		}
		report, err := h.VerifyAgainst(ctx, audit.Outside{Keys: []note.Verifier{v}})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	if report := follows(before); !report.OK() || !report.Anchored {
		t.Errorf("whoever knows the old key cannot follow: %+v", report.Findings)
	}
	if report := follows(h.AuditKey()); !report.OK() || !report.Anchored {
		t.Errorf("whoever knows the new key cannot look back: %+v", report.Findings)
	}
	name, _, _ := strings.Cut(before, "+")
	_, stranger, err := audit.NewSigner(name)
	if err != nil {
		t.Fatal(err)
	}
	if report := follows(stranger); report.OK() {
		t.Error("a key that never signed was followed")
	}
}
