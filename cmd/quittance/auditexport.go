package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"quittance/db"
	"quittance/handlers"
	"quittance/static"
)

// exportFormats are what audit export writes.
var exportFormats = map[string]bool{"csv": true, "json": true, "ndjson": true, db.ExportBundle: true, db.ExportPack: true}

func auditExport(fs *flag.FlagSet) action {
	format := fs.String("format", "ndjson", "csv, json, ndjson, bundle (the whole trail with its receipts) or pack (an inspection pack)")
	from := fs.String("from", "", "first `DAY`, as in 2026-01-31, in UTC")
	to := fs.String("to", "", "last `DAY`")
	sample := fs.Int64("sample", 0, "`NUMBER` of a sample: a pack of what it drew")
	return func(ctx context.Context, c *call) error {
		name, err := c.one("file, or - for standard output")
		if err != nil {
			return err
		}
		n, err := newExport(*format, *from, *to)
		if err == nil && *sample != 0 && (*format != db.ExportPack || *sample < 0) {
			err = misuse("-sample is for a pack")
		}
		if err != nil {
			return err
		}
		return c.writing(name, func(w io.Writer) error { return c.exportTo(ctx, w, n, *sample) })
	}
}

func newExport(format, from, to string) (n db.NewExport, err error) {
	if !exportFormats[format] {
		return n, misuse("-format is csv, json, ndjson, bundle or pack")
	}
	if format == db.ExportBundle && from+to != "" {
		return n, misuse("a bundle holds the whole trail: leave -from and -to out")
	}
	n = db.NewExport{What: db.ExportAudit, Format: format}
	if n.From, err = dayFlag(from); err == nil {
		n.To, err = dayFlag(to)
	}
	if err != nil {
		return n, err
	}
	if !n.To.IsZero() {
		n.To = n.To.AddDate(0, 0, 1) // the last day is meant too
	}
	return n, nil
}

func dayFlag(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, misuse("write a day as year, month and day: 2026-03-31")
	}
	return day, nil
}

// exportTo writes down that the operator exports, and then exports.
func (c *call) exportTo(ctx context.Context, w io.Writer, n db.NewExport, sample int64) error {
	if n.Format == db.ExportPack {
		n.What, n.Format, n.About = db.ExportPack, db.ExportZip, sample
	}
	e, span, err := c.store.SubmitExport(ctx, 0, n)
	if err != nil {
		return err
	}
	if n.What == db.ExportPack {
		return span.Pack(nil).Write(ctx, w, static.Verifier)
	}
	if n.Format == db.ExportBundle {
		return c.store.BundleOf(span).Write(ctx, w)
	}
	return handlers.WriteTrail(ctx, w, c.store, e, span)
}

// writing gives a new file its name only when it is whole; "-" is standard output. What is there already is never written over.
func (c *call) writing(name string, write func(io.Writer) error) (err error) {
	if name == "-" {
		return write(c.out)
	}
	path := c.path(name)
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already", name)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".quittance-export-*")
	if err != nil {
		return fmt.Errorf("making the file: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Link(f.Name(), path) // fails where somebody made it meanwhile
	}
	if err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return os.Remove(f.Name())
}
