package handlers

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"quittance/db"
)

// formatLines is JSON with an entry on each line: after a head line, and before the checkpoint.
const formatLines = "ndjson"

var mediaTypes = map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json", formatLines: "application/x-ndjson", db.ExportBundle: "application/x-ndjson", db.ExportZip: "application/zip"}

var trailColumns = []string{"number", "time", "actor", "event", "object", "hash", "leaf"}

// WriteTrail writes an export of the audit trail as CSV, JSON or NDJSON, page by page, with the signed head that it goes with. A CSV has it as its
// last row, whose event is "checkpoint".
func WriteTrail(ctx context.Context, w io.Writer, store *db.Store, e db.Export, span db.Span) error {
	out, err := trailFile(w, store.AuditKey(), e, span)
	if err != nil {
		return err
	}
	for from := int64(0); ; {
		page, err := store.ExportedEntries(ctx, span, from, exportedPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return out.end()
		}
		for _, e := range page {
			if err := out.row(exportedEntry(e)); err != nil {
				return err
			}
		}
		if err := passedOf(ctx, len(page)); err != nil {
			return err
		}
		from = page[len(page)-1].Number + 1
	}
}

// trailFile begins the file.
func trailFile(w io.Writer, key string, e db.Export, span db.Span) (exportFile, error) {
	head := exportHead{Export: e.Number, What: e.What, Made: stampOf(e.Made), Rows: e.Rows, Key: key, Checkpoint: span.Head()}
	switch e.Format {
	case "csv":
		c := csv.NewWriter(w)
		c.UseCRLF = true
		out := trailCSV{csvFile{&csvWriter{c}}, head}
		return out, out.Row(trailColumns...)
	case formatLines:
		out := &linesFile{bufio.NewWriter(w), head.Checkpoint}
		head.Checkpoint = ""
		return out, out.line(head)
	}
	out := &jsonFile{w: bufio.NewWriter(w)}
	return out, out.begin(head)
}

// trailCSV is a CSV that ends with the checkpoint.
type trailCSV struct {
	csvFile
	head exportHead
}

func (f trailCSV) end() error {
	if err := f.Row("", f.head.Made, "", "checkpoint", "", f.head.Key, f.head.Checkpoint); err != nil {
		return err
	}
	return f.csvFile.end()
}

// linesFile is NDJSON.
type linesFile struct {
	w          *bufio.Writer
	checkpoint string
}

func (f *linesFile) line(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f.w.Write(raw)
	return f.w.WriteByte('\n')
}

func (f *linesFile) row(_ []string, value any) error { return f.line(value) }

func (f *linesFile) end() error {
	if err := f.line(map[string]string{"checkpoint": f.checkpoint}); err != nil {
		return err
	}
	return f.w.Flush()
}

// entryRow is an audit entry in a JSON file. Leaf holds the very bytes that were hashed: canonical JSON needs no escaping, so they come
// through as they are.
type entryRow struct {
	Number int64           `json:"number"`
	Hash   string          `json:"hash"`
	Leaf   json.RawMessage `json:"leaf"`
}

func exportedEntry(e db.AuditEntry) ([]string, any) {
	sum := e.Hash()
	hash := hex.EncodeToString(sum[:])
	cells := []string{decimal(e.Number), e.Time.Format(time.RFC3339Nano), string(e.Actor), string(e.Event), string(e.Object), hash, string(e.Data)}
	return cells, entryRow{Number: e.Number, Hash: hash, Leaf: e.Data}
}
