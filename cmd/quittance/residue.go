package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"quittance/db"
)

// leftover is where a value was found, for machines. It names the line of the list, never what stands there.
type leftover struct {
	File   string `json:"file"`
	Page   int64  `json:"page,omitempty"`
	Offset int64  `json:"offset"`
	Record int64  `json:"record,omitempty"`
	Kind   string `json:"kind"`
	Line   int    `json:"line"`
}

// residueFound is what the search found, for machines.
type residueFound struct {
	Clean     bool       `json:"clean"`
	Files     int        `json:"files"`
	Bytes     int64      `json:"bytes"`
	Hits      []leftover `json:"hits"`
	Lines     []int      `json:"lines"` // of the list that were found, all of them
	More      int64      `json:"more"`
	Slack     int64      `json:"slack"`
	Pages     int64      `json:"pages"`
	Free      int64      `json:"free_pages"`
	Malformed int64      `json:"malformed"`
}

func residueCommand(fs *flag.FlagSet) action {
	list := fs.String("customer-id-file", "", "the `FILE` with what to look for, one a line; - for standard input")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if *list == "" || len(c.args) > 0 {
			return misuse("give what to look for with -customer-id-file")
		}
		values, lines, err := c.values(*list)
		if err != nil {
			return err
		}
		found, err := db.FindResidue(ctx, c.dir, values)
		if err != nil {
			return err
		}
		out := told(found, lines)
		if err := c.print(*asJSON, out, out.words); err != nil {
			return err
		}
		if !out.Clean {
			return errors.New("something is left")
		}
		return nil
	}
}

// values reads the list: what stands on each line that is not empty, and which line that is.
func (c *call) values(name string) (values []string, lines []int, err error) {
	in := c.in
	if name != "-" {
		f, err := os.Open(c.path(name))
		if err != nil {
			return nil, nil, fmt.Errorf("opening the list: %w", err)
		}
		defer f.Close()
		in = f
	}
	scan := bufio.NewScanner(in)
	for line := 1; scan.Scan(); line++ {
		if v := strings.TrimSuffix(scan.Text(), "\r"); v != "" {
			values, lines = append(values, v), append(lines, line)
		}
	}
	if err := scan.Err(); err != nil {
		return nil, nil, fmt.Errorf("reading the list: %w", err)
	}
	if len(values) == 0 {
		return nil, nil, errors.New("the list is empty")
	}
	return values, lines, nil
}

func told(r db.Residue, lines []int) residueFound {
	out := residueFound{Clean: r.Clean(), Files: r.Files, Bytes: r.Bytes, Hits: []leftover{}, Lines: []int{}, More: r.More, Slack: r.Slack, Pages: r.Pages, Free: r.Free, Malformed: r.Malformed}
	for _, h := range r.Hits {
		out.Hits = append(out.Hits, leftover{h.File, h.Page, h.Offset, h.Record, h.Place, lines[h.Value]})
	}
	for v := range r.Found {
		out.Lines = append(out.Lines, lines[v])
	}
	slices.Sort(out.Lines)
	return out
}

func (r residueFound) words(w io.Writer) {
	for _, h := range r.Hits {
		switch {
		case h.Record > 0:
			fmt.Fprintf(w, "%s: record %d (%s): line %d\n", h.File, h.Record, h.Kind, h.Line)
		case h.Page > 0:
			fmt.Fprintf(w, "%s: page %d, offset %d (%s): line %d\n", h.File, h.Page, h.Offset, h.Kind, h.Line)
		default:
			fmt.Fprintf(w, "%s: offset %d (%s): line %d\n", h.File, h.Offset, h.Kind, h.Line)
		}
	}
	if r.More > 0 {
		fmt.Fprintf(w, "and %d more\n", r.More)
	}
	fmt.Fprintf(w, "%d hits. %d files, %d bytes looked at; %d pages, %d of them free; %d bytes that no live row owns are not zero.\n",
		int64(len(r.Hits))+r.More, r.Files, r.Bytes, r.Pages, r.Free, r.Slack)
	if r.Malformed > 0 {
		fmt.Fprintf(w, "%d pages are not as SQLite's file format says.\n", r.Malformed)
	}
}
