package main_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// file is what the export form answers with, in this session.
type file struct {
	Status            int
	Type, Disposition string
	Body              string
}

func export(p *tab, what, format string) file {
	p.t.Helper()
	p.visit("/exports")
	f := eval[file](p, fmt.Sprintf(`fetch("/exports", {method: "POST", body: new URLSearchParams({what: %q, format: %q})}).then(async r => (
		{Status: r.status, Type: r.headers.get("Content-Type"), Disposition: r.headers.get("Content-Disposition"), Body: await r.text()}))`, what, format))
	if f.Status != 200 || !strings.Contains(f.Disposition, "quittance-"+what+"-") || !strings.Contains(f.Type, format) {
		p.fatal("exporting %s as %s: %d, %s, %s: %.300s", what, format, f.Status, f.Type, f.Disposition, f.Body)
	}
	for _, secret := range []string{customer, customerEmail} {
		if strings.Contains(f.Body, secret) {
			p.fatal("the export of %s as %s holds %q", what, format, secret)
		}
	}
	return f
}

// exportTrail takes the audit trail along twice; both files hold every step, numbered without a gap.
func exportTrail(p *tab, number int64) {
	p.t.Helper()
	object := fmt.Sprintf("erasure/%d", number)
	rows := table(p, export(p, "audit", "csv").Body)
	if last := rows[len(rows)-1]; last["event"] != "checkpoint" || last["leaf"] == "" {
		p.fatal("the trail ends with %q and not with its checkpoint", last["event"])
	}
	rows = rows[:len(rows)-1]
	var inCSV []string
	for i, r := range rows {
		if r["number"] != strconv.Itoa(i) {
			p.fatal("line %d of the trail is entry %s", i, r["number"])
		}
		if r["object"] == object && slices.Contains(steps, r["event"]) {
			inCSV = append(inCSV, r["event"])
		}
	}
	var whole struct {
		Rows       int
		Checkpoint string
		Entries    []struct {
			Number int
			Leaf   struct{ Event, Object string }
		}
	}
	decode(p, export(p, "audit", "json").Body, &whole)
	var inJSON []string
	for _, e := range whole.Entries {
		if e.Leaf.Object == object && slices.Contains(steps, e.Leaf.Event) {
			inJSON = append(inJSON, e.Leaf.Event)
		}
	}
	if !slices.Equal(inCSV, steps) || !slices.Equal(inJSON, steps) {
		p.fatal("of erasure %d the CSV holds %q and the JSON %q, want %q", number, inCSV, inJSON, steps)
	}
	if whole.Rows != len(whole.Entries) || len(whole.Entries) <= len(rows) || whole.Checkpoint == "" {
		p.fatal("the JSON says %d rows and holds %d, after %d in the CSV", whole.Rows, len(whole.Entries), len(rows))
	}
}

// exportErasures takes the requests along: the one that was proposed here and the one that the application filed.
func exportErasures(p *tab, proposed, filed int64) {
	p.t.Helper()
	var whole struct{ Entries []map[string]any }
	decode(p, export(p, "erasures", "json").Body, &whole)
	rows := table(p, export(p, "erasures", "csv").Body)
	if len(rows) != len(whole.Entries) {
		p.fatal("%d erasures in the CSV, %d in the JSON", len(rows), len(whole.Entries))
	}
	for number, want := range map[int64]map[string]string{
		proposed: {"state": "done", "origin": "console", "ground": "17-1-b", "records": "4", "found": "4", "remaining": "0"},
		filed:    {"state": "done", "origin": "api", "records": "1", "remaining": "0"},
	} {
		i := slices.IndexFunc(rows, func(r map[string]string) bool { return r["number"] == strconv.FormatInt(number, 10) })
		if i < 0 {
			p.fatal("erasure %d is not in the CSV", number)
		}
		for column, value := range want {
			if inJSON := fmt.Sprint(whole.Entries[i][column]); rows[i][column] != value || inJSON != value {
				p.fatal("erasure %d, %s: %q in the CSV, %q in the JSON, want %q", number, column, rows[i][column], inJSON, value)
			}
		}
		if ended, err := time.Parse(time.RFC3339Nano, rows[i]["ended"]); err != nil || time.Since(ended) > time.Hour {
			p.fatal("erasure %d ended %q", number, rows[i]["ended"])
		}
	}
}

// table reads a CSV file into rows by column.
func table(p *tab, text string) (rows []map[string]string) {
	p.t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) < 2 {
		p.fatal("reading the CSV: %v, %d lines", err, len(lines))
	}
	for _, l := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = l[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func decode(p *tab, text string, into any) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		p.fatal("reading the JSON: %v", err)
	}
}
