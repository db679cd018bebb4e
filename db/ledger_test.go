package db_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
)

// The ledger holds the ID of a request only sealed and only while it is open, says how it ended, and its copy is the same.
func TestLedgerForgets(t *testing.T) {
	h := newSafe(t)
	h.ingest(2, "anna_canary_7c1f")
	done := h.erase("anna_canary_7c1f")
	open, err := h.AcceptErasure(ctx, key, 1, dbtest.ID(t, "ben"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile(filepath.Join(h.dir, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(own)), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], `"id":"....`) || !strings.Contains(lines[1], `"end":"done"`) || strings.Contains(lines[2], `"id":"....`) || !strings.Contains(lines[2], `"id":"`) {
		t.Errorf("requests %d and %d:\n%s", done.Number, open.Number, own)
	}
	if bytes.Contains(own, []byte("canary")) {
		t.Error("an ID stands in it")
	}
	if other, err := os.ReadFile(h.copy); err != nil || !bytes.Equal(own, other) {
		t.Errorf("the copy differs, %v:\n%s", err, other)
	}
}

// A copy that lacks lines is caught up, one that cannot be written keeps nobody waiting and is an alarm, and one that knows more than the
// ledger stops the start: the data directory was set back.
func TestLedgerCopy(t *testing.T) {
	h := newSafe(t)
	h.erase("anna")
	h.Close()
	own, err := os.ReadFile(filepath.Join(h.dir, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	short := own[:bytes.IndexByte(own, '\n')+1]
	if err := os.WriteFile(h.copy, append(bytes.Clone(short), "torn"...), 0o600); err != nil {
		t.Fatal(err)
	}
	h.open()
	if other, err := os.ReadFile(h.copy); err != nil || !bytes.Equal(own, other) {
		t.Errorf("it was not caught up, %v:\n%s", err, other)
	}
	h.Close()

	if err := os.WriteFile(filepath.Join(h.dir, "ledger"), short, 0o600); err != nil {
		t.Fatal(err)
	}
	ahead := append(bytes.Clone(own), strings.Replace(string(short), `"erasure":1`, `"erasure":7`, 1)...)
	if err := os.WriteFile(h.copy, ahead, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(ctx, h.dir, db.WithLedgerCopy(h.copy)); !errors.Is(err, db.ErrLedgerCopy) {
		t.Errorf("a copy that knows more: %v", err)
	}

	h.copy = filepath.Join(t.TempDir(), "disk", "copy") // there is no such folder
	h.open()
	h.erase("ben")
	if a, err := h.Alarms(ctx); err != nil || len(a) != 1 || a[0].Kind != db.AlarmLedgerCopy {
		t.Errorf("%v, %v", a, err)
	}
	if err := os.Mkdir(filepath.Dir(h.copy), 0o700); err != nil {
		t.Fatal(err)
	}
	h.erase("carl")
	if a, err := h.Alarms(ctx); err != nil || len(a) != 0 {
		t.Errorf("%v, %v", a, err)
	}
	own, err1 := os.ReadFile(filepath.Join(h.dir, "ledger"))
	other, err2 := os.ReadFile(h.copy)
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(own, other) {
		t.Errorf("%v\n%s\n%s", err, own, other)
	}
}
