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

	"golang.org/x/mod/sumdb/note"

	"quittance/db/audit"
)

// verified is what a check found, for machines.
type verified struct {
	OK          bool       `json:"ok"`
	Entries     int64      `json:"entries"`
	From        time.Time  `json:"from"`
	To          time.Time  `json:"to"`
	Root        string     `json:"root"`
	Checkpoints int64      `json:"checkpoints"`
	Anchored    bool       `json:"anchored"`
	Anchor      string     `json:"anchor"`
	Cosigned    []cosigned `json:"cosigned"`
	Epochs      []epoch    `json:"epochs"`
	Findings    []finding  `json:"findings"`
	More        int        `json:"more"`
}

// cosigned is that a witness has seen the log up to a number of entries.
type cosigned struct {
	Witness string    `json:"witness"`
	Time    time.Time `json:"time"`
	Entries int64     `json:"entries"`
	Words   string    `json:"words"`
}

func listedCosigned(all []audit.Cosignature) []cosigned {
	out := []cosigned{}
	for _, c := range all {
		out = append(out, cosigned{c.Witness, c.Time, c.Size, c.Words()})
	}
	return out
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

// fromOutside are the flags for what the checker has from elsewhere.
type fromOutside struct {
	keys, old, witnesses []string
}

func (o *fromOutside) flags(fs *flag.FlagSet) {
	fs.Func("key", "the public `KEY` of the audit trail as you have it from elsewhere, NAME+HASH+KEY; may be repeated, and then no other counts", func(s string) error {
		o.keys = append(o.keys, s)
		return nil
	})
	fs.Func("witness-key", "the public `KEY` of a witness, as you have it from elsewhere, NAME+HASH+KEY: tells what it has cosigned; may be repeated", listFlag(&o.witnesses))
	fs.Func("old", "a `FILE` with a checkpoint that you kept; may be repeated", func(s string) error {
		o.old = append(o.old, s)
		return nil
	})
}

// read opens what the flags name. A key or a file that is none is a mistake of the caller's, and no finding.
func (o *fromOutside) read(c *call) (out audit.Outside, err error) {
	for _, k := range o.keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return out, errors.New("what stands behind -key is no public key of an audit trail")
		}
		out.Keys = append(out.Keys, v)
	}
	for _, k := range o.witnesses {
		w, err := audit.ParseWitness(k)
		if err != nil {
			return out, errors.New("what stands behind -witness-key is no public key of a witness")
		}
		out.Witnesses = append(out.Witnesses, w)
	}
	for _, name := range o.old {
		raw, err := readBounded(c.path(name), maxCheckpoint)
		if err != nil {
			return out, fmt.Errorf("reading a checkpoint: %w", err)
		}
		out.Checkpoints = append(out.Checkpoints, raw)
	}
	return out, nil
}

func verifyCommand(fs *flag.FlagSet) action {
	asJSON := fs.Bool("json", false, "print JSON")
	var from fromOutside
	from.flags(fs)
	return func(ctx context.Context, c *call) error {
		outside, err := from.read(c)
		if err != nil {
			return err
		}
		if c.store == nil {
			return c.verifyFile(ctx, outside, *asJSON)
		}
		report, err := c.store.VerifyAgainst(ctx, outside)
		if err != nil {
			return fmt.Errorf("reading the audit trail: %w", err)
		}
		return c.verdict(*asJSON, report.OK(), findings(report), func(w io.Writer) { tell(w, report) })
	}
}

// verdict prints what a check found; the exit code is 0 only if all holds.
func (c *call) verdict(asJSON, ok bool, v any, words func(io.Writer)) error {
	if err := c.print(asJSON, v, words); err != nil {
		return err
	}
	if !ok {
		return errors.New("not everything holds")
	}
	return nil
}

// there refuses a path that holds no data: opening a store makes one where there is none, and what was just made always verifies.
func there(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return errors.New("this is no data directory")
	}
	if _, err := os.Stat(filepath.Join(dir, "quittance.db")); err != nil {
		return fmt.Errorf("%s holds no quittance.db", dir)
	}
	return nil
}

func findings(r audit.Report) verified {
	v := verified{OK: r.OK(), Entries: r.Size, From: r.From, To: r.To, Root: hex.EncodeToString(r.Root[:]), Checkpoints: r.Checkpoints,
		Anchored: r.Anchored, Anchor: r.Anchor, Cosigned: listedCosigned(r.Cosigned), Epochs: []epoch{}, More: r.More}
	for _, e := range r.Epochs {
		out := epoch{Entry: e.Number, Time: e.Time, Words: e.Words()}
		if e.Pinned >= 0 {
			out.Pinned = &e.Pinned
		}
		v.Epochs = append(v.Epochs, out)
	}
	v.Findings = listedFindings(r.Findings)
	return v
}

func listedFindings(all []audit.Finding) []finding {
	list := []finding{}
	for _, f := range all {
		out := finding{Kind: string(f.Kind), Words: f.Words}
		if f.Number >= 0 {
			out.Entry = &f.Number
		}
		list = append(list, out)
	}
	return list
}

func tell(w io.Writer, r audit.Report) {
	fmt.Fprintln(w, r.Summary())
	for _, v := range r.Cosigned {
		fmt.Fprintln(w, v.Words())
	}
	for _, e := range r.Epochs {
		fmt.Fprintln(w, e.Words())
	}
	tellEach(w, r.Findings)
	if r.More > 0 {
		fmt.Fprintf(w, "and %d more\n", r.More)
	}
}

func tellEach(w io.Writer, all []audit.Finding) {
	for _, f := range all {
		fmt.Fprintf(w, "%s: %s\n", f.Kind, f.Words)
	}
}
