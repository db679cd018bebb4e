package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"quittance/db"
)

// restored is what a restore did, for machines.
type restored struct {
	Backup   int64            `json:"backup"`
	Made     time.Time        `json:"made"`
	Entries  int64            `json:"entries"`
	Pinned   *int64           `json:"pinned"` // null = no pin was at hand
	Ledger   int64            `json:"ledger_lines"`
	Lost     bool             `json:"ledger_lost"`
	Again    map[string]int64 `json:"erased_again"` // request → records
	Ended    int64            `json:"ended"`
	Dropped  int64            `json:"dropped"`
	Open     int64            `json:"open"`
	Unknown  int64            `json:"unknown_parts"`
	Key      string           `json:"key"` // "" = the trail's key is the old one
	Warnings []string         `json:"warnings"`
}

func restoreCommand(fs *flag.FlagSet) action {
	var ledgers []string
	fs.Func("ledger", "newest `FILE` of the erasure ledger; may be given several times", func(s string) error {
		ledgers = append(ledgers, s)
		return nil
	})
	keyFile := fs.String("key-file", "", "`FILE` that holds the key of the backup")
	keys := fs.String("keys", "", "keys.json `FILE` of the old data directory, if it is at hand: the audit trail is then signed by its old key")
	loss := fs.Bool("accept-ledger-loss", false, "go on though the newest ledger is lost: what was erased since the backup may come back; the audit trail says so")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		name, err := c.one("backup")
		if err != nil {
			return err
		}
		if *keyFile == "" {
			return misuse("give the key of the backup with -key-file")
		}
		key, err := db.ReadBackupKey(c.path(*keyFile))
		if err != nil {
			return err
		}
		n := db.NewRestore{File: c.path(name), Key: key, Pin: c.pinOf, AcceptLoss: *loss, Log: func(s string) { fmt.Fprintln(c.err, s) }}
		for _, l := range append(ledgers, c.ledgerCopy) {
			if l != "" {
				n.Ledgers = append(n.Ledgers, c.path(l))
			}
		}
		if *keys != "" {
			n.Keys = c.path(*keys)
		}
		r, err := db.Restore(ctx, c.dir, n)
		if err != nil {
			return fmt.Errorf("restoring: %w", err)
		}
		out := toRestored(r)
		return c.print(*asJSON, out, out.words)
	}
}

func toRestored(r db.Restored) restored {
	out := restored{Backup: r.Number, Made: r.Made, Entries: r.Size, Ledger: r.Lines, Lost: r.Lost, Again: map[string]int64{}, Ended: r.Ended, Dropped: r.Dropped,
		Open: r.Goes, Unknown: r.Unfound, Key: r.NewKey, Warnings: append([]string{}, r.Warnings...)}
	if r.Pinned >= 0 {
		out.Pinned = &r.Pinned
	}
	for n, k := range r.Again {
		out.Again[fmt.Sprint(n)] = k
	}
	return out
}

func (r restored) words(w io.Writer) {
	fmt.Fprintf(w, "Backup %d of %s is restored: %d entries of the audit trail, and %d lines of the ledger were replayed.\n", r.Backup, r.Made.Format(time.RFC3339), r.Entries, r.Ledger)
	for _, n := range slices.Sorted(maps.Keys(r.Again)) {
		fmt.Fprintf(w, "Request %s: %d records erased again.\n", n, r.Again[n])
	}
	fmt.Fprintf(w, "Requests that had ended: %d. Refused or withdrawn: %d. Going on: %d.\n", r.Ended, r.Dropped, r.Open)
	if r.Unknown > 0 {
		fmt.Fprintf(w, "%d parts of requests are at services that the backup does not know; link them again and see to them by hand.\n", r.Unknown)
	}
	if r.Lost {
		fmt.Fprintln(w, "The ledger is older than known: what was erased since may be back. The audit trail says so.")
	}
	if r.Key != "" {
		fmt.Fprintf(w, "The audit trail is signed by a new key. Give it to your auditors:\n%s\n", r.Key)
	}
	for _, s := range r.Warnings {
		fmt.Fprintln(w, "Note:", s)
	}
	fmt.Fprintln(w, "Holds, API keys, accounts and settings are as they were in the backup: place again what was held since, and revoke and disable again what was, before you serve.")
}
