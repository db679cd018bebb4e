package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

// pinNone is the value of -pin that keeps no pin.
const pinNone = "none"

// outside is what a store keeps outside its data directory.
func (c *call) outside() []db.Option {
	opts := []db.Option{db.WithPin(c.pinOf)}
	if c.ledgerCopy != "" {
		opts = append(opts, db.WithLedgerCopy(c.path(c.ledgerCopy)))
	}
	return opts
}

// pinOf is where the pin of a store lies, "" where there is none.
func (c *call) pinOf(store string) string {
	switch c.pin {
	case pinNone:
		return ""
	case "":
		if dir := stateDir(); dir != "" {
			return filepath.Join(dir, "quittance", store+".pin")
		}
		return ""
	}
	return c.path(c.pin)
}

// stateDir is where this account keeps state (XDG Base Directory Specification), "" where it has no home.
func stateDir() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "state")
}

// days is a flag that takes days too: 30d.
type days time.Duration

func (d *days) String() string { return strconv.Itoa(int(time.Duration(*d).Hours()/24)) + "d" }

// Set implements flag.Value.
func (d *days) Set(s string) error {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		k, err := strconv.Atoi(n)
		if err != nil || k < 0 || k > 10000 {
			return errors.New("give a number of days, such as 30d")
		}
		*d = days(time.Duration(k) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(s)
	*d = days(v)
	return err
}

// madeBackup is a backup for machines.
type madeBackup struct {
	Backup  int64     `json:"backup"`
	File    string    `json:"file"`
	Bytes   int64     `json:"bytes"`
	SHA256  string    `json:"sha256"`
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
	KeyFile string    `json:"key_file"`
	Entries int64     `json:"entries"`
	Ledger  int64     `json:"ledger_lines"`
	Carries []string  `json:"carries"`
	Without []string  `json:"without"`
}

func backupCommand(fs *flag.FlagSet) action {
	keep := days(db.MaxKeep)
	fs.Var(&keep, "keep", "how `LONG` the backup can be opened, at most 30d: then its key is destroyed, and what was erased meanwhile is gone from it too")
	keyFile := fs.String("key-file", "", "`FILE` for a copy of its key, on another disk than the data and the backup: without one, losing the data directory loses the backup")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		name, err := c.one("file for the backup")
		if err != nil {
			return err
		}
		n := db.NewBackup{Path: c.path(name), Keep: time.Duration(keep), Alone: c.house.runner.Alone}
		if *keyFile != "" {
			n.KeyFile = c.path(*keyFile)
		}
		b, err := c.store.Backup(ctx, audit.Operator, n)
		if err != nil {
			return err
		}
		out := madeBackup{b.Number, n.Path, b.Bytes, b.SHA256, b.Made, b.Expires, n.KeyFile, b.Checkpoint, b.Ledger, db.Carries(), db.Without()}
		return c.print(*asJSON, out, func(w io.Writer) { out.words(w, c.dir) })
	}
}

func (b madeBackup) words(w io.Writer, dir string) {
	fmt.Fprintf(w, "Backup %d: %s, %d bytes, SHA-256 %s.\n", b.Backup, b.File, b.Bytes, b.SHA256)
	fmt.Fprintf(w, "It holds %d entries of the audit trail and %d lines of the ledger. Keys in it: %s. Not in it: %s.\n", b.Entries, b.Ledger, strings.Join(b.Carries, ", "), strings.Join(b.Without, ", "))
	fmt.Fprintf(w, "Its key lies in %s and is destroyed at %s.\n", filepath.Join(dir, "backup-keys", strconv.FormatInt(b.Backup, 10)+".key"), b.Expires.Format(time.RFC3339))
	if b.KeyFile == "" {
		fmt.Fprintln(w, "There is no other copy of the key: if the data directory is lost, so is this backup. -key-file makes one.")
		return
	}
	fmt.Fprintf(w, "A copy of the key is in %s. Nobody but you can destroy it: do so by then, with every copy of it, or what is erased meanwhile can still be read.\n", b.KeyFile)
}

func rotateCommand(fs *flag.FlagSet) action {
	overlap := days(db.Overlap)
	fs.Var(&overlap, "overlap", "how `LONG` both keys sign, for whoever knows only the old one")
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		if time.Duration(overlap) < 0 || time.Duration(overlap) > 366*24*time.Hour {
			return misuse("-overlap is between 0d and 366d")
		}
		if err := c.store.RotateKey(ctx, audit.Operator, time.Duration(overlap)); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "The audit trail is signed by a new key. Give it to your auditors:\n%s\n", c.store.AuditKey())
		return nil
	}
}
