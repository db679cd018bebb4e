package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers/logfile"
)

// taken is what became of the lines of all files, empty ones not counted.
type taken struct {
	Lines      int64 `json:"lines"`
	Stored     int64 `json:"stored"`
	Known      int64 `json:"known"`
	Rejected   int64 `json:"rejected"`
	Suppressed int64 `json:"suppressed"` // erased since, and not stored again
	Unlabelled int64 `json:"unlabelled"` // of those stored
}

func (t *taken) add(n db.ImportCounts) {
	t.Lines += n.Stored + n.Known + n.Rejected + n.Suppressed
	t.Stored, t.Known, t.Rejected, t.Suppressed, t.Unlabelled = t.Stored+n.Stored, t.Known+n.Known, t.Rejected+n.Rejected, t.Suppressed+n.Suppressed, t.Unlabelled+n.Unlabelled
}

func importCommand(fs *flag.FlagSet) action {
	service := fs.String("service", "", "`ID`, number or name of the service that the entries belong to")
	reject := fs.String("reject", "", "`file` for the lines that are not taken in, with the reason; it holds personal data")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if *service == "" || len(c.args) == 0 {
			return misuse("say with -service where the entries belong, and name the files, or - for standard input")
		}
		svc, err := c.importable(ctx, *service)
		if err != nil {
			return err
		}
		i := &importing{call: c, service: svc, reasons: map[string]int64{}}
		if *reject != "" {
			i.rejects.path = c.path(*reject)
		}
		err = errors.Join(i.all(ctx), i.rejects.close())
		if err != nil {
			return err
		}
		return c.print(*asJSON, i.total, i.words)
	}
}

// importable finds the service and refuses one that takes no log entries.
func (c *call) importable(ctx context.Context, id string) (db.Service, error) {
	svc, err := c.service(ctx, id)
	switch {
	case err != nil:
		return svc, err
	case svc.Kind != label.Assistant || svc.Hosting != "hosted":
		return svc, errors.New("log entries belong to a hosted Assistant service; this one is none")
	case !svc.Removed.IsZero():
		return svc, errors.New("this service is removed")
	}
	return svc, nil
}

// importing is one run of the command.
type importing struct {
	*call
	service db.Service
	rejects rejects
	total   taken
	reasons map[string]int64
}

func (i *importing) words(w io.Writer) {
	t := i.total
	fmt.Fprintf(w, "%d lines: %d stored, %d known already, %d rejected, %d suppressed because they were erased; %d of those stored have no customer ID.\n",
		t.Lines, t.Stored, t.Known, t.Rejected, t.Suppressed, t.Unlabelled)
	for _, reason := range sortedKeys(i.reasons) {
		fmt.Fprintf(w, "  rejected: %s (%d)\n", reason, i.reasons[reason])
	}
}

func sortedKeys(m map[string]int64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (i *importing) all(ctx context.Context) error {
	if i.house.conf == nil { // no server runs here, so nothing of an earlier command does
		if err := i.store.CutImports(ctx); err != nil {
			return err
		}
	}
	for _, name := range i.args {
		m, err := i.file(ctx, name)
		if err != nil {
			return fmt.Errorf("importing %s stopped after line %d and can be run again to go on: %w", name, m.Line, err)
		}
		i.total.add(m.ImportCounts)
	}
	return nil
}

// file takes one file in, from where an earlier run of it stopped. Standard input is never taken up: it cannot be read twice.
func (i *importing) file(ctx context.Context, name string) (db.Import, error) {
	in := &logfile.Import{Store: i.store, By: audit.Operator, Service: i.service.Number, Open: func() (*logfile.Source, error) { return i.open(name) },
		Refused: func(lines []logfile.Refusal) error { return i.refuse(name, lines) }}
	if name == "-" {
		in.ID = []byte(rand.Text())
	}
	m, after, err := in.Begin(ctx)
	if err != nil {
		return m, err
	}
	if after > 0 {
		fmt.Fprintf(i.err, "Going on with %s after line %d.\n", name, after)
	}
	if err := i.rejects.begin(name, after); err != nil {
		return m, errors.Join(err, in.Abandon(ctx))
	}
	bar := i.progress(in.Source())
	defer bar.end()
	in.Came = bar.at
	return in.Run(ctx)
}

// refuse writes down what is not taken in.
func (i *importing) refuse(name string, lines []logfile.Refusal) error {
	out := make([]rejected, 0, len(lines))
	for _, v := range lines {
		out = append(out, rejected{File: name, Line: v.Line, Reason: v.Reason, Text: v.Text})
		if v.Code != "" {
			i.reasons[v.Reason]++
		}
	}
	return i.rejects.write(out)
}

// open opens a file of the command line, "-" for standard input.
func (i *importing) open(name string) (*logfile.Source, error) {
	if name == "-" {
		return logfile.NewSource(name, i.in, -1, i.store.ImportHash())
	}
	f, err := openRegular(i.path(name))
	if err != nil {
		return nil, err
	}
	size := int64(-1)
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	return logfile.NewSource(name, f, size, i.store.ImportHash(), func() { f.Close() })
}

// openRegular refuses pipes and devices: they cannot be read again, and their names mean nothing to a server.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file; give - and send it by standard input", path)
	}
	return os.Open(path)
}
