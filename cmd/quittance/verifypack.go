package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"quittance/db/audit"
)

// checkedPack is what the check of an inspection pack found, for machines: that of the trail in it, and what is in it beside.
type checkedPack struct {
	verified
	Pack     int64  `json:"pack"`     // number of the export
	Manifest string `json:"manifest"` // its SHA-256
	Sample   int64  `json:"sample"`   // 0 = of no sample
	Requests int64  `json:"requests"`
	Receipts int64  `json:"receipts"`
}

func (c *call) verifyPack(ctx context.Context, f *os.File, outside audit.Outside, asJSON bool) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading an inspection pack: %w", err)
	}
	r, err := audit.CheckPack(ctx, f, info.Size(), outside)
	if err != nil {
		return err
	}
	out := checkedPack{findings(r.Report), r.Manifest.Export, r.Sum, r.Manifest.Scope.Sample, r.Requests, r.Receipts}
	return c.verdict(asJSON, r.OK(), out, func(w io.Writer) { tellPack(w, r) })
}

func tellPack(w io.Writer, r audit.PackReport) {
	of := ""
	if r.Manifest.Scope.Sample > 0 {
		of = fmt.Sprintf(" of sample %d", r.Manifest.Scope.Sample)
	}
	fmt.Fprintf(w, "Inspection pack%s, export %d: %d requests, %d receipts, %d files.\n", of, r.Manifest.Export, r.Requests, r.Receipts, len(r.Manifest.Files))
	tell(w, r.Report)
	fmt.Fprintf(w, "SHA-256 of its manifest, which the entry export.sealed of export %d holds: %s\n", r.Manifest.Export, r.Sum)
}

// checkedProof is what the check of the proof of one entry found, for machines.
type checkedProof struct {
	OK       bool      `json:"ok"`
	Entry    int64     `json:"entry"`
	Event    string    `json:"event"`
	Entries  int64     `json:"entries"` // under the checkpoint; -1 = it could not be opened
	Root     string    `json:"root"`
	Anchored bool      `json:"anchored"`
	Anchor   string    `json:"anchor"`
	Findings []finding `json:"findings"`
}

func (c *call) verifyProof(outside audit.Outside, asJSON bool) error {
	raw, err := readBounded(c.dir, audit.MaxProof)
	if err != nil {
		return fmt.Errorf("reading a proof: %w", err)
	}
	r, err := audit.CheckEntryProof(raw, outside)
	if err != nil {
		return err
	}
	out := checkedProof{r.OK(), r.Entry.Number, string(r.Entry.Event), r.Head.Size, hex.EncodeToString(r.Head.Root[:]), r.Anchored, r.Anchor, listedFindings(r.Findings)}
	return c.verdict(asJSON, r.OK(), out, func(w io.Writer) { tellProof(w, r) })
}

func tellProof(w io.Writer, r audit.ProofReport) {
	if !r.OK() {
		fmt.Fprintf(w, "The proof does not hold. %s\n", r.Anchor)
		tellEach(w, r.Findings)
		return
	}
	fmt.Fprintf(w, "Entry %d, of %s: %s It stands in a log of %d entries. %s\n", r.Entry.Number, r.Entry.Time.Format("2 January 2006, 15:04:05 UTC"), r.Entry.Event.Sentence(), r.Head.Size, r.Anchor)
}
