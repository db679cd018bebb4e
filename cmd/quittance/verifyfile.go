package main

import (
	"archive/zip"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"quittance/db/answer"
	"quittance/db/audit"
)

// Files are checked by this process alone: no store is opened, no network is used, and nothing is believed but what is computed here.

// maxCheckpoint bounds a kept checkpoint, in bytes.
const maxCheckpoint = 64 << 10

// checkedReceipt is what the check of a receipt found, for machines.
type checkedReceipt struct {
	OK        bool       `json:"ok"`
	Erasure   int64      `json:"erasure"`
	Amendment int64      `json:"amendment"`
	Entry     int64      `json:"entry"`
	Time      time.Time  `json:"time"`
	Entries   int64      `json:"entries"` // under the checkpoint; -1 = it could not be opened
	Root      string     `json:"root"`
	Anchored  bool       `json:"anchored"`
	Anchor    string     `json:"anchor"`
	Cosigned  []cosigned `json:"cosigned"`
	About     *bool      `json:"about,omitempty"` // the customer ID that was given
	Findings  []finding  `json:"findings"`
}

var errNoReceipt = errors.New("a customer ID is looked for in a receipt, and this is none")

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// readBounded reads a file that must not be longer than this.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(raw)) > most {
		err = errors.New("it is too long")
	}
	return raw, err
}

// verifyFile checks a file for what it is.
func (c *call) verifyFile(ctx context.Context, outside audit.Outside, asJSON bool) error {
	f, err := os.Open(c.dir)
	if err != nil {
		return fmt.Errorf("opening what is to be checked: %w", err)
	}
	defer f.Close()
	start := make([]byte, 64)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
		return fmt.Errorf("reading what is to be checked: %w", err)
	}
	if audit.IsBundle(start[:n]) && outside.Claim != nil {
		return errNoReceipt
	}
	if audit.IsBundle(start[:n]) {
		report, err := checkBundle(ctx, c.dir, outside)
		if err != nil {
			return err
		}
		return c.verdict(asJSON, report.OK(), findings(report), func(w io.Writer) { tell(w, report) })
	}
	if audit.IsPack(start[:n]) {
		return c.verifyZip(ctx, f, outside, asJSON)
	}
	if audit.IsEntryProof(start[:n]) {
		return c.verifyProof(outside, asJSON)
	}
	report, err := checkReceipt(c.dir, outside)
	if err != nil {
		return fmt.Errorf("this is no data directory, no audit bundle, no inspection pack, no answer, no proof of an entry and no receipt that can be read: %w", err)
	}
	out := receiptFound(report)
	if outside.Claim != nil {
		out.About = &report.About
	}
	return c.verdict(asJSON, report.OK(), out, func(w io.Writer) { tellReceipt(w, report) })
}

// verifyZip tells an answer from an inspection pack by its manifest: both are a zip.
func (c *call) verifyZip(ctx context.Context, f *os.File, outside audit.Outside, asJSON bool) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading what is to be checked: %w", err)
	}
	if _, err := zip.NewReader(f, info.Size()); err != nil {
		return errors.New("this zip cannot be read to its end: it may have been cut short on its way")
	}
	if answer.IsAnswer(f, info.Size()) {
		return c.verifyAnswer(f, info.Size(), outside, asJSON)
	}
	return c.verifyPack(ctx, f, outside, asJSON)
}

func checkBundle(ctx context.Context, path string, outside audit.Outside) (audit.Report, error) {
	b, err := audit.OpenBundle(func() (io.ReadCloser, error) { return os.Open(path) })
	if err != nil {
		return audit.Report{}, err
	}
	b.OutsideKeys, b.Outside, b.Witnesses, b.Witnessed = outside.Keys, outside.Checkpoints, outside.Witnesses, len(outside.Witnesses) > 0
	return audit.Verify(ctx, b), nil
}

func checkReceipt(path string, outside audit.Outside) (audit.ReceiptReport, error) {
	raw, err := readBounded(path, audit.MaxReceipt)
	if err != nil {
		return audit.ReceiptReport{}, err
	}
	return audit.CheckReceipt(raw, outside)
}

func receiptFound(r audit.ReceiptReport) checkedReceipt {
	return checkedReceipt{OK: r.OK(), Erasure: r.Erasure, Amendment: r.Amendment, Entry: r.Entry.Number, Time: r.Entry.Time, Entries: r.Head.Size,
		Root: hex.EncodeToString(r.Head.Root[:]), Anchored: r.Anchored, Anchor: r.Anchor, Cosigned: listedCosigned(r.Cosigned), Findings: listedFindings(r.Findings)}
}

func tellReceipt(w io.Writer, r audit.ReceiptReport) {
	name := fmt.Sprintf("Receipt for erasure %d", r.Erasure)
	if r.Amendment > 0 {
		name += fmt.Sprintf(", amendment %d", r.Amendment)
	}
	if r.OK() {
		fmt.Fprintf(w, "%s: everything holds. Entry %d of %s says so in a log of %d entries. %s\n", name, r.Entry.Number,
			r.Entry.Time.Format("2 January 2006, 15:04 UTC"), r.Head.Size, r.Anchor)
		for _, v := range r.Cosigned {
			fmt.Fprintln(w, v.Words())
		}
		if r.About {
			fmt.Fprintln(w, "It is about the customer ID that was given.")
		}
		return
	}
	fmt.Fprintf(w, "%s does not hold. %s\n", name, r.Anchor)
	tellEach(w, r.Findings)
}
