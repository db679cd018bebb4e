package db_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// backupChild makes a backup of a data directory, or restores one, until it is killed.
func backupChild(job string) {
	word := strings.Fields(job)
	h := &safe{t: nil, dir: word[1], file: word[2], key: word[2] + ".key", copy: word[2] + ".ledger", pin: word[2] + ".pin"}
	fmt.Println("begun")
	var err error
	if word[0] == "backup" {
		err = h.makeBackup()
	} else {
		err = h.bringBack()
	}
	fmt.Println("ended", err)
}

func (h *safe) makeBackup() error {
	s, err := db.Open(ctx, h.dir)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Backup(ctx, audit.Operator, db.NewBackup{Path: h.file, KeyFile: h.key, Keep: db.MaxKeep})
	return err
}

func (h *safe) bringBack() error {
	k, err := db.ReadBackupKey(h.key)
	if err != nil {
		return err
	}
	_, err = db.Restore(ctx, h.dir, db.NewRestore{File: h.file, Key: k, Ledgers: []string{h.copy}, Pin: func(string) string { return h.pin }})
	return err
}

// killed runs a child and kills it after a time, if it has not ended by itself; then it tells so.
func killed(t *testing.T, job string, after time.Duration) (ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "QUITTANCE_BACKUP_JOB="+job)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch line := lines.Text(); {
		case line == "begun":
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		case line == "ended <nil>":
			ended = true
		default:
			t.Errorf("the process failed: %s", line)
		}
	}
	cmd.Wait()
	return ended
}

// A backup that is killed leaves no text of a record outside the database, no key, and no file that could be taken for a backup.
func TestKilledBackup(t *testing.T) {
	h := newSafe(t)
	h.ingest(3000, "anna_canary_7c1f")
	h.Close()
	broken, most := 0, 250*time.Millisecond
	for round := range 12 {
		file := filepath.Join(t.TempDir(), fmt.Sprint("backup", round))
		if killed(t, "backup "+h.dir+" "+file, rand.N(most)) {
			most /= 2 // this machine is faster than the test thought
			continue
		}
		broken++
		if raw, err := os.ReadFile(file + ".part"); err == nil && bytes.Contains(raw, []byte("canary")) {
			t.Fatal("what was written of the backup can be read")
		}
		h.open()
		if left, _ := filepath.Glob(filepath.Join(h.dir, "copy-*")); len(left) > 0 {
			t.Fatalf("copies are left: %v", left)
		}
		all, err := h.Backups(ctx, 0, 1)
		if err != nil || len(all) > 0 && all[0].Made.IsZero() && all[0].Destroyed.IsZero() {
			t.Fatalf("%+v, %v", all, err)
		}
		if len(all) > 0 && all[0].Made.IsZero() {
			if _, err := os.Stat(filepath.Join(h.dir, "backup-keys", fmt.Sprintf("%d.key", all[0].Number))); !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("its key is left: %v", err)
			}
		}
		h.Close()
	}
	if broken < 3 {
		t.Errorf("only %d backups were broken off: the test did not test", broken)
	}
}

// A restore that is killed at any moment leaves nothing that can be opened; run again, it does all of its work.
func TestKilledRestore(t *testing.T) {
	h := newSafe(t)
	dbtest.NoBreaker(t, h.Store)
	h.ingest(1500, "anna_canary_7c1f")
	h.ingest(500, "ben")
	h.backup()
	e := h.erase("anna_canary_7c1f")
	h.lose()
	for from, to := range map[string]string{h.key: h.file + ".key", h.copy: h.file + ".ledger", h.pin: h.file + ".pin"} {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	outside := keep(t, h.file+".ledger", h.file+".pin")
	broken, most := 0, 250*time.Millisecond
	for range 12 {
		ended := killed(t, "restore "+h.dir+" "+h.file, rand.N(most))
		s, err := db.Open(ctx, h.dir)
		if err == nil {
			s.Close()
			ended = true // or it was killed after its end
		}
		if ended && broken > 0 {
			break
		}
		if ended {
			most /= 2 // this machine is faster than the test thought
			outside(h.dir)
			continue
		}
		broken++
		if _, marked := os.Stat(filepath.Join(h.dir, "restoring")); marked == nil && !errors.Is(err, db.ErrRestoring) {
			t.Fatal(err)
		} else if marked != nil {
			if _, there := os.Stat(filepath.Join(h.dir, "quittance.db")); there == nil {
				t.Fatal("there is a database and no mark")
			}
		}
	}
	_, marked := os.Stat(filepath.Join(h.dir, "restoring"))
	if _, there := os.Stat(filepath.Join(h.dir, "quittance.db")); marked == nil || there != nil {
		if err := h.bringBackHere(); err != nil {
			t.Fatal(err)
		}
	}
	if broken < 1 {
		t.Error("no restore was broken off: the test did not test")
	}
	h.pin, h.copy = h.file+".pin", h.file+".ledger"
	h.clean("anna_canary_7c1f")
	h.open()
	if now, err := h.Erasure(ctx, e.Number); err != nil || now.State != "done" || h.count("ben") != 500 || h.count("anna_canary_7c1f") != 0 {
		t.Errorf("%+v, %v", now, err)
	}
	if report, err := h.VerifyAudit(ctx); err != nil || !report.OK() || len(report.Epochs) != 1 || report.Epochs[0].Pinned <= report.Epochs[0].Number {
		t.Errorf("%+v, %v", report, err)
	}
}

// keep reads files and returns what puts them back and takes a restored directory away.
func keep(t *testing.T, paths ...string) func(restored string) {
	kept := map[string][]byte{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kept[path] = raw
	}
	return func(restored string) {
		t.Helper()
		if err := os.RemoveAll(restored); err != nil {
			t.Fatal(err)
		}
		for path, raw := range kept {
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (h *safe) bringBackHere() error {
	other := *h
	other.key, other.copy, other.pin = h.file+".key", h.file+".ledger", h.file+".pin"
	return other.bringBack()
}
