package main

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"quittance/db/audit"
)

// verified is what a check found, for machines.
type verified struct {
	OK          bool      `json:"ok"`
	Entries     int64     `json:"entries"`
	From        time.Time `json:"from"`
	To          time.Time `json:"to"`
	Root        string    `json:"root"`
	Checkpoints int64     `json:"checkpoints"`
	Anchored    bool      `json:"anchored"`
	Anchor      string    `json:"anchor"`
	Epochs      []epoch   `json:"epochs"`
	Findings    []finding `json:"findings"`
	More        int       `json:"more"`
}

// epoch is a restore.
type epoch struct {
	Entry  int64     `json:"entry"`
	Time   time.Time `json:"time"`
	Pinned *int64    `json:"pinned"` // null = no pin was at hand
	Words  string    `json:"words"`
}

type finding struct {
	Kind  string `json:"kind"`
	Entry *int64 `json:"entry"` // null = about none in particular
	Words string `json:"words"`
}

func verifyCommand(fs *flag.FlagSet) action {
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		report, err := c.store.VerifyAudit(ctx)
		if err != nil {
			return fmt.Errorf("reading the audit trail: %w", err)
		}
		if err := c.print(*asJSON, findings(report), func(w io.Writer) { tell(w, report) }); err != nil {
			return err
		}
		if !report.OK() {
			return errors.New("not everything holds")
		}
		return nil
	}
}

// there refuses a path that holds no data: opening a store makes one where there is none, and what was just made always verifies.
func there(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return errors.New("this is no data directory; what else can be checked offline comes with signed receipts")
	}
	if _, err := os.Stat(filepath.Join(dir, "quittance.db")); err != nil {
		return fmt.Errorf("%s holds no quittance.db", dir)
	}
	return nil
}

func findings(r audit.Report) verified {
	v := verified{OK: r.OK(), Entries: r.Size, From: r.From, To: r.To, Root: hex.EncodeToString(r.Root[:]), Checkpoints: r.Checkpoints,
		Anchored: r.Anchored, Anchor: r.Anchor, Epochs: []epoch{}, Findings: []finding{}, More: r.More}
	for _, e := range r.Epochs {
		out := epoch{Entry: e.Number, Time: e.Time, Words: e.Words()}
		if e.Pinned >= 0 {
			out.Pinned = &e.Pinned
		}
		v.Epochs = append(v.Epochs, out)
	}
	for _, f := range r.Findings {
		out := finding{Kind: string(f.Kind), Words: f.Words}
		if f.Number >= 0 {
			out.Entry = &f.Number
		}
		v.Findings = append(v.Findings, out)
	}
	return v
}

func tell(w io.Writer, r audit.Report) {
	fmt.Fprintln(w, r.Summary())
	for _, e := range r.Epochs {
		fmt.Fprintln(w, e.Words())
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "%s: %s\n", f.Kind, f.Words)
	}
	if r.More > 0 {
		fmt.Fprintf(w, "and %d more\n", r.More)
	}
}
