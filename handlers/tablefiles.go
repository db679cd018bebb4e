package handlers

import (
	"net/http"
	"strings"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views/lang"
)

// table is a table of the console that can be taken along as CSV. Routes, the words of the step-up, the button below the table and the audit
// entry all come from here, so that a new table is one line.
type table struct {
	number int64 // in the audit trail: it never changes its meaning
	path   string
	needs  auth.Permission
	words  lang.Word // "export …", at the step-up
	head   []string
	rows   func(*Server, *http.Request, func(...string) error) error
}

// tables are all of them but those that are a file of their own: records, lists, retention, coverage and statistics.
var tables = []table{
	{1, "/erasures", auth.Export, "the list of erasures", exportColumns["erasures"], (*Server).erasureLines},
	{2, "/batches", auth.Export, "the list of batches", []string{"batch", "state", "requests", "records", "erased", "opened (UTC)", "started (UTC)", "due (UTC)", "ended (UTC)", "paused for"}, (*Server).batchLines},
	{3, "/holds", auth.Export, "the list of holds", exportColumns["holds"], (*Server).holdLines},
	{4, "/services", auth.Export, "the list of services", []string{"service", "name", "kind", "hosting", "region", "records", "unlabelled", "opted out", "deletion", "unlabelled messages", "created (UTC)", "removed (UTC)"}, (*Server).serviceLines},
	{5, "/services/keys", auth.Services, "the list of API keys", []string{"key", "id", "service", "name", "scopes", "created (UTC)", "expires (UTC)", "last used (UTC)", "revoked (UTC)"}, (*Server).keyLines},
	{6, "/users", auth.Users, "the list of accounts", []string{"account", "name", "e-mail", "provider", "roles", "created (UTC)", "last sign-in (UTC)", "disabled (UTC)"}, (*Server).userLines},
	{7, "/audit", auth.Export, "entries of the audit trail", []string{"entry", "time (UTC)", "actor", "event", "object", "leaf hash"}, (*Server).entryLines},
	{8, "/checks", auth.Export, "the list of checks", []string{"check", "state", "actor", "first", "last", "entries under the head", "root hash", "findings", "started (UTC)", "ended (UTC)"}, (*Server).checkLines},
	{9, "/samples", auth.Export, "the list of samples", []string{"sample", "kind", "size", "frame", "actor", "seed hash", "seed", "committed (UTC)", "drawn (UTC)"}, (*Server).sampleLines},
	{10, "/drills", auth.Export, "the list of drills", []string{"drill", "outcome", "actor", "batch", "planted", "found before", "found after", "started (UTC)", "ended (UTC)"}, (*Server).drillLines},
	{11, "/backups", auth.Export, "the list of backups", []string{"backup", "started (UTC)", "made (UTC)", "key destroyed at (UTC)", "key destroyed (UTC)", "bytes", "sha-256", "entries", "ledger lines", "copies of the key"}, (*Server).backupLines},
	{12, "/exports", auth.Export, "the list of exports", []string{"export", "what", "format", "rows", "account", "made (UTC)", "entry"}, (*Server).exportLines},
	{13, "/policies", auth.Export, "the policies of the house", []string{"policy", "in force", "next", "from (UTC)"}, (*Server).policyLines},
	{14, "/casefiles", auth.Export, "the list of case files that are due", []string{"ticket", "right", "regime", "state", "ended (UTC)", "listed (UTC)", "kept"}, (*Server).caseLines},
	{15, "/tickets", auth.Export, "the list of tickets", []string{"ticket", "right", "regime", "region", "country", "channel", "received", "state", "assigned", "due (UTC)", "extended (UTC)", "ended (UTC)", "refused for", "merged into"}, (*Server).ticketLines},
	{16, "/imports", auth.Export, "the list of imports", []string{"import", "service", "state", "actor", "lines", "records", "known", "suppressed", "refused", "bytes", "started (UTC)", "ended (UTC)"}, (*Server).importLines},
	{17, "/sessions", auth.Own, "the list of your sessions", []string{"session", "browser", "signed in (UTC)", "last request (UTC)", "ends (UTC)"}, (*Server).sessionLines},
	{18, "/webhooks", auth.Services, "the list of webhooks", []string{"webhook", "host", "told of", "actor", "added (UTC)", "ended (UTC)", "ended by the receiver"}, (*Server).webhookLines},
}

func (t table) pattern() string { return "POST " + t.path + "/csv" }

// tableRoutes is a route for each table.
func (s *Server) tableRoutes() (out []route) {
	for _, t := range tables {
		out = append(out, again(route{t.pattern(), t.needs, s.tableCSV(t), false}))
	}
	return out
}

// tableCSV sends a table, all of its pages and with the filter of its address, or has it made in the background where it may be long; it is written
// down before the first line leaves.
func (s *Server) tableCSV(t table) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if grown, ok := longTables[t.path]; ok && wantsLater(r) && r.URL.Query().Get("of") == "" { // what a search found is short, and cannot be asked for again
			s.tableLater(w, r, t, grown)
			return
		}
		err := s.readable(r, t)
		if err == nil {
			n := t.noted()
			err = s.store.Note(r.Context(), who(r).Actor(), n.Event, "", n.Counts)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if err := s.writeTable(w, r, t); err != nil {
			s.cutShort(r, err, "a CSV of a table", "table", t.path)
		}
	}
}

// noted is what the trail says of the file.
func (t table) noted() db.Noted {
	if t.path == "/tickets" { // which had a file of its own before
		return db.Noted{Event: audit.TicketsExported}
	}
	return db.Noted{Event: audit.TableExported, Counts: map[string]int64{audit.CountTable: t.number}}
}

// file is what it is called.
func (t table) file() string { return strings.ReplaceAll(t.path[1:], "/", "-") + ".csv" }

// writeTable streams a table.
func (s *Server) writeTable(w http.ResponseWriter, r *http.Request, t table) error {
	out, n := newCSV(w, t.file()), 0
	out.Row(t.head...)
	err := t.rows(s, r, func(cells ...string) error {
		err := out.Row(cells...)
		if n++; err == nil && n%exportedPage == 0 {
			err = passed(r, exportedPage)
		}
		return err
	})
	if err == nil {
		err = passed(r, n%exportedPage)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// files are the tables that this person may take along, by the page that they stand on, for the buttons below them.
func (s *Server) files(r *http.Request) map[string]string {
	out := map[string]string{}
	for _, t := range tables {
		if who(r).May(t.needs) {
			out[t.path] = t.path + "/csv"
		}
		if r.URL.Path == t.path && r.URL.RawQuery != "" && out[t.path] != "" {
			out[t.path] += "?" + r.URL.RawQuery // the filter; a page's own place in the list is not looked at
		}
	}
	return out
}

// tableNumbered is a table by its number in the trail; without a path where there is none.
func tableNumbered(number int64) table {
	for _, t := range tables {
		if t.number == number {
			return t
		}
	}
	return table{}
}

// tableWords name the tables where an audit entry counts their number.
func tableWords(number int64) lang.Word { return tableNumbered(number).words }

// eachPage reads a list from its beginning, page by page, until a page is not full.
func eachPage[T any](read func(last *T, limit int) ([]T, error), row func(T) error) error {
	var last *T
	for {
		page, err := read(last, exportedPage)
		if err != nil {
			return err
		}
		for _, v := range page {
			if err := row(v); err != nil {
				return err
			}
		}
		if len(page) < exportedPage {
			return nil
		}
		last = &page[len(page)-1]
	}
}

// from is the number of what a list goes on behind; 0 = its beginning.
func from[T any](last *T, number func(T) int64) int64 {
	if last == nil {
		return 0
	}
	return number(*last)
}
