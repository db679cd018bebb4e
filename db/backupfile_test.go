package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// No copy of a backup's data is left that could be read without its key, and none of its key after its time.
func TestBackupIsSealedAndExpires(t *testing.T) {
	now := time.Now()
	h := newSafe(t, db.WithClock(func() time.Time { return now }))
	h.ingest(50, "anna_canary_7c1f")
	b := h.backup()
	raw, err := os.ReadFile(h.file)
	if err != nil || bytes.Contains(raw, []byte("canary")) || !bytes.HasPrefix(raw, []byte("age-encryption.org/v1")) {
		t.Errorf("%d bytes, %v: not sealed", len(raw), err)
	}
	if info, err := os.Stat(h.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	h.erase("anna_canary_7c1f")
	h.clean("anna_canary_7c1f")
	own := filepath.Join(h.dir, "backup-keys", "1.key")
	if _, err := os.Stat(own); err != nil {
		t.Error(err)
	}
	if last, err := h.LastOpening(ctx, now); err != nil || !last.Equal(b.Expires) {
		t.Errorf("%v, %v", last, err)
	}
	now = b.Expires
	if err := h.ExpireBackups(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(own); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the key is there: %v", err)
	}
	if last, err := h.LastOpening(ctx, now); err != nil || !last.IsZero() {
		t.Errorf("%v, %v", last, err)
	}
	entries, err := h.AuditEntries(ctx, db.AuditQuery{Event: string(audit.BackupExpired), Limit: 5})
	if err != nil || len(entries) != 1 || entries[0].Object != "backup/1" {
		t.Errorf("%v, %v", entries, err)
	}
	h.lose()
	if _, err := h.restore(nil, db.WithClock(func() time.Time { return now })); !errors.Is(err, db.ErrExpiredBackup) {
		t.Errorf("an expired backup: %v", err)
	}
}

// What a backup refuses, and that nothing is left of one that fails.
func TestBackupRefusals(t *testing.T) {
	h := newSafe(t)
	if err := os.WriteFile(h.file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	other := h.file + "2"
	for _, c := range []struct {
		name string
		ctx  context.Context
		n    db.NewBackup
		want error
	}{
		{"for longer than 30 days", ctx, db.NewBackup{Path: other, Keep: db.MaxKeep + 1}, db.ErrKeep},
		{"for no time", ctx, db.NewBackup{Path: other}, db.ErrKeep},
		{"over a file", ctx, db.NewBackup{Path: h.file, Keep: db.MaxKeep}, db.ErrThere},
		{"over a key", ctx, db.NewBackup{Path: other, KeyFile: h.file, Keep: db.MaxKeep}, db.ErrThere},
		{"into nowhere", ctx, db.NewBackup{Path: filepath.Join(h.dir, "none", "b"), KeyFile: h.key, Keep: db.MaxKeep}, fs.ErrNotExist},
		{"broken off", ctx, db.NewBackup{Path: other, KeyFile: h.key, Keep: db.MaxKeep, Alone: func(context.Context, func() error) error { return ended.Err() }}, context.Canceled},
	} {
		if _, err := h.Backup(c.ctx, audit.Operator, c.n); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, path := range []string{other, other + ".part", h.key, filepath.Join(h.dir, "backup-keys", "1.key"), filepath.Join(h.dir, "backup-keys", "2.key")} {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", filepath.Base(path), err)
		}
	}
	all, err := h.Backups(ctx, 0, 10)
	if err != nil || len(all) != 2 || all[0].Destroyed.IsZero() || !all[0].Made.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
}

// A backup that was cut short or altered anywhere restores nothing.
func TestDamagedBackup(t *testing.T) {
	h := newSafe(t)
	h.ingest(40, "anna")
	h.backup()
	h.lose()
	whole, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 24 {
		bad := bytes.Clone(whole)
		if at := len(whole) * i / 24; i%2 == 0 {
			bad = bad[:at]
		} else {
			bad[at] ^= 1
		}
		if err := os.WriteFile(h.file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := h.restore(nil); err == nil {
			t.Fatalf("change %d of the backup was not noticed", i)
		}
		if _, err := db.Open(ctx, h.dir); !errors.Is(err, db.ErrRestoring) {
			t.Fatalf("change %d: %v", i, err)
		}
	}
	if err := os.WriteFile(h.file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.restore(nil); err != nil {
		t.Errorf("the whole one: %v", err)
	}
}

// A backup is of one moment, whatever is written meanwhile.
func TestBackupBesideIngest(t *testing.T) {
	h := newSafe(t)
	h.ingest(500, "anna")
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				done <- n
				return
			default:
				h.ingest(1, fmt.Sprintf("b%d", n))
			}
		}
	}()
	b := h.backup()
	close(stop)
	if <-done == 0 {
		t.Error("nothing was written meanwhile")
	}
	h.lose()
	r, err := h.restore(nil)
	if err != nil || r.Records < 500 || r.Size != b.Checkpoint {
		t.Fatalf("%+v, %v", r, err)
	}
	h.open()
	report, err := h.VerifyAudit(ctx)
	if err != nil || !report.OK() || h.count("anna") != 500 {
		t.Errorf("%+v, %v, anna has %d", report.Findings, err, h.count("anna"))
	}
}

// A week without a backup is an alarm, where some were made; so is a key that outlives its time.
func TestBackupAlarms(t *testing.T) {
	clock := dbtest.NewClock()
	h := newSafe(t, db.WithClock(clock.Now))
	kinds := func() (out []db.AlarmKind) {
		t.Helper()
		all, err := h.Alarms(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if a.Kind != db.AlarmDrillOld { // nobody runs the drill here
				out = append(out, a.Kind)
			}
		}
		return out
	}
	clock.Pass(30 * 24 * time.Hour)
	if k := kinds(); len(k) != 0 {
		t.Errorf("without any backup: %v", k)
	}
	h.backup()
	clock.Pass(8 * 24 * time.Hour)
	if k := kinds(); !slices.Equal(k, []db.AlarmKind{db.AlarmBackup}) {
		t.Errorf("after 8 days: %v", k)
	}
	clock.Pass(23 * 24 * time.Hour)
	if k := kinds(); !slices.Equal(k, []db.AlarmKind{db.AlarmBackupKey, db.AlarmBackup}) {
		t.Errorf("after 31 days: %v", k)
	}
	if err := h.ExpireBackups(ctx); err != nil {
		t.Fatal(err)
	}
	if k := kinds(); !slices.Equal(k, []db.AlarmKind{db.AlarmBackup}) {
		t.Errorf("when it is destroyed: %v", k)
	}
}
