package handlers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quittance/db"
)

// exportFile is a file while it is being written: a row has cells for a spreadsheet and a value for a program.
type exportFile interface {
	row(cells []string, value any) error
	end() error
}

// exportColumns head the CSV files. They are called what the members of the JSON files are called.
var exportColumns = map[string][]string{
	db.ExportStatistics: {"month", "right", "via", "outcome", "ground", "requests", "ended", "median_s", "mean_s", "longest_s"},
	db.ExportTickets:    {"counted_by", "month", "regime", "right", "outcome", "ground", "done", "tickets", "in_time", "late", "extended", "median_days", "mean_days", "longest_days"},
	db.ExportCCPA: {"year", "requests_to", "received", "complied", "complied_in_part", "denied", "denied_not_verifiable", "withdrawn", "unverified", "abandoned", "open",
		"median_days", "mean_days", "source"},
	db.ExportErasures: {"number", "reference", "state", "origin", "service", "ground", "refusal", "proposer", "approver", "cutoff", "records", "found", "remaining",
		"proposed", "approved", "deadline", "started", "ended", "batch", "manifest"},
	db.ExportHolds: {"number", "kind", "state", "ground", "references", "records", "placed", "placed_by", "review", "expiry", "expiry_confirmed_by",
		"end_asked", "end_asked_by", "person_informed", "channel", "ended", "ended_by"},
	db.ExportCoverage:  {"service", "name", "day", "labelled", "unlabelled", "not_erasable_by_id"},
	db.ExportRetention: {"service", "name", "kind", "days", "waiting", "waits_until", "proposer", "approver"},
}

func exportName(e db.Export) string {
	switch e.What {
	case db.ExportPack:
		return db.PackName(e)
	case db.ExportTable:
		return tableNumbered(e.About).file()
	}
	return fmt.Sprintf("quittance-%s-%s.%s", e.What, e.Made.Format(time.DateOnly), e.Format)
}

// exportFile begins the file that an export was asked for as.
func (s *Server) exportFile(w http.ResponseWriter, r *http.Request, e db.Export) (exportFile, error) {
	name := exportName(e)
	if e.Format == "csv" {
		out := csvFile{newCSV(w, name)}
		return out, out.Row(exportColumns[e.What]...)
	}
	_, head, err := s.store.Head(r.Context())
	if err != nil {
		return nil, err
	}
	attach(w, "application/json", name)
	out := &jsonFile{w: bufio.NewWriter(w)}
	return out, out.begin(exportHead{Export: e.Number, What: e.What, Made: stampOf(e.Made), Rows: e.Rows, Key: s.store.AuditKey(), Checkpoint: head})
}

type csvFile struct{ *csvWriter }

func (f csvFile) row(cells []string, _ any) error { return f.Row(cells...) }

func (f csvFile) end() error { return f.Flush() }

// exportHead stands before the rows of a JSON file. With the checkpoint and its key the rows of an audit trail can be checked elsewhere.
type exportHead struct {
	Export     int64  `json:"export"`
	What       string `json:"what"`
	Made       string `json:"made"`
	Rows       int64  `json:"rows"`
	Key        string `json:"key"`
	Checkpoint string `json:"checkpoint,omitempty"`
}

// jsonFile writes one object with the head's members and the rows as its last member, "entries".
type jsonFile struct {
	w     *bufio.Writer
	after bool // a row stands before this one
}

func (f *jsonFile) begin(head exportHead) error {
	raw, err := json.Marshal(head)
	if err != nil {
		return err
	}
	f.w.Write(raw[:len(raw)-1])
	_, err = f.w.WriteString(",\"entries\":[\n")
	return err
}

func (f *jsonFile) row(_ []string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if f.after {
		f.w.WriteString(",\n")
	}
	f.after = true
	_, err = f.w.Write(raw)
	return err
}

func (f *jsonFile) end() error {
	f.w.WriteString("\n]}\n")
	return f.w.Flush()
}

// erasureCells are a request in the order of exportColumns: by its reference, never by the customer ID.
func erasureCells(e db.Erasure) []string {
	return []string{decimal(e.Number), e.Reference, string(e.State), e.Origin, orNothing(e.Service), e.Ground, e.Refusal, string(e.Proposer), string(e.Approver),
		decimal(e.Cutoff), decimal(e.Manifest.Records()), decimal(e.Found), decimal(e.Remaining), stampOf(e.Proposed), stampOf(e.Approved), stampOf(e.Deadline),
		stampOf(e.Started), stampOf(e.Ended), orNothing(e.Batch), e.ManifestHash}
}

// holdCells are a hold in the order of exportColumns: by the references of the IDs that it keeps, never by the IDs.
func holdCells(h db.Hold, kept []db.Kept) []string {
	var refs []string
	for _, k := range kept {
		if k.Record == 0 {
			refs = append(refs, k.Reference)
		}
	}
	return []string{decimal(h.Number), string(h.Kind), string(h.State), h.Ground, strings.Join(refs, " "), decimal(h.Records), stampOf(h.Placed), string(h.PlacedBy), stampOf(h.Review),
		stampOf(h.Expiry), string(h.ExpiryBy), stampOf(h.Asked), string(h.AskedBy), stampOf(h.Informed), h.Channel, stampOf(h.Ended), string(h.EndedBy)}
}

func exportedHold(h db.Hold, kept []db.Kept) ([]string, any) {
	return exported(db.ExportHolds, holdCells(h, kept))
}

// exportNumbers are the columns that are numbers in a JSON file.
var exportNumbers = []string{"number", "service", "labelled", "unlabelled", "not_erasable_by_id", "cutoff", "records", "found", "remaining", "batch", "tickets", "in_time", "late", "extended",
	"median_days", "mean_days", "longest_days", "received", "complied", "complied_in_part", "denied", "denied_not_verifiable", "withdrawn", "unverified", "abandoned", "open"}

func exportedErasure(e db.Erasure) ([]string, any) {
	return exported(db.ExportErasures, erasureCells(e))
}

// exported is a row as it stands in either format.
func exported(what string, cells []string) ([]string, any) {
	value := make(map[string]any, len(cells))
	for i, name := range exportColumns[what] {
		switch {
		case cells[i] == "":
		case slices.Contains(exportNumbers, name):
			value[name] = json.Number(cells[i])
		default:
			value[name] = cells[i]
		}
	}
	return cells, value
}

// exportedRetention is one line of how long what is kept, in the order of exportColumns.
func exportedRetention(v db.Retention, name string, now time.Time) ([]string, any) {
	cells := []string{decimal(v.Service), name, v.Kind.String(), orNothing(int64(v.At(now))), "", "", "", ""}
	if next := v.Waiting(now); next > 0 {
		cells = append(cells[:4], decimal(int64(next)), stampOf(v.From), string(v.Proposer), string(v.Approver))
	}
	value := map[string]any{}
	for i, column := range exportColumns[db.ExportRetention] {
		switch {
		case cells[i] == "":
		case column == "service" || column == "days" || column == "waiting":
			value[column] = json.Number(cells[i])
		default:
			value[column] = cells[i]
		}
	}
	return cells, value
}

// stampOf is a time in a file, in UTC; "" when it has not come.
func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// orNothing writes the number of something that there may not be.
func orNothing(n int64) string {
	if n == 0 {
		return ""
	}
	return decimal(n)
}
