package handlers

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

var improving = db.NewExport{What: db.ExportImprovement, Format: formatLines}

// TestExportLive: an export that is made is pushed with its rate and the time left, and for the last time when it ends; another one waits for it.
func TestExportLive(t *testing.T) {
	h := openHouse(t, nil)
	me, officer := h.people[db.RoleOfficer].Number, h.signIn(db.RoleOfficer)
	e, _, made, err := h.store.StartExport(t.Context(), me, db.NewExport{What: db.ExportRecords, Format: "csv", Rows: 4000})
	if err != nil {
		t.Fatal(err)
	}
	officer.get("/exports/1").wants(t, 200, "Reading the first rows.", `hx-sse:connect="/exports/1/live"`, `<noscript><meta http-equiv="refresh"`, "/exports/1/cancel", "Records of a customer ID")
	h.clock.Pass(10 * time.Second)
	if err := h.store.KeepExport(t.Context(), e.Number, 1000, 20); err != nil {
		t.Fatal(err)
	}
	officer.get("/exports/1").wants(t, 200, "1,000 rows gone through", "100 rows a second; about 30 s left.")
	officer.get("/exports").wants(t, 200, `hx-sse:connect="/exports/live"`, "Being made")
	officer.post("/exports", "what", "audit", "format", "csv", "later", "1").wants(t, 409, "An export of yours is being made", `href="/exports/1"`)
	officer.post("/exports/1/file").wants(t, 410, "It is not whole yet")
	if got := h.signIn(db.RoleAuditor).get("/exports/1").wants(t, 200, "Being made"); strings.Contains(got.body, "/exports/1/cancel") {
		t.Error("somebody else is offered to cancel it")
	}
	officer.post("/exports/1/cancel").leads(t, "/exports/1")
	h.noted(audit.ExportCancelled, h.people[db.RoleOfficer].Actor(), "export/1")
	if _, err := made.Write([]byte("more")); err == nil {
		t.Error("its file grows")
	}
	if got := officer.get("/exports/1").wants(t, 200, "Cancelled"); strings.Contains(got.body, "what=records") {
		t.Error("it is asked for anew where no records of a customer can be asked for")
	}
	officer.get("/exports/1/live").wants(t, 200, "Cancelled", "event: end")
	officer.get("/exports/live").wants(t, 200, "Cancelled", "event: end")
}

// TestExportDesk: a stop in the middle is said, and nothing of the file is left; what no longer runs goes on when the desk is opened anew.
func TestExportDesk(t *testing.T) {
	h := openHouse(t, nil)
	begun, halt := make(chan struct{}), make(chan struct{})
	slow := func(w http.ResponseWriter, r *http.Request, _ db.Export, _ db.Span) error {
		io.WriteString(w, "what ada said")
		close(begun)
		select {
		case <-halt:
		case <-r.Context().Done():
		}
		return passed(r, 1)
	}
	asked := httptest.NewRequest(http.MethodPost, "/exports", nil)
	number, err := h.exports.take(asked, improving, slow)
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	h.exports.Close()
	if j, err := h.store.ExportJob(t.Context(), number); err != nil || j.State != db.ExportCut {
		t.Errorf("%+v, %v", j, err)
	}
	h.signIn(db.RoleOfficer).get("/exports/1").wants(t, 200, "Cut short", "cut short by a stop of the program")

	again := NewExportDesk(h.store, nil)
	t.Cleanup(again.Close)
	begun = make(chan struct{})
	if number, err = again.take(asked, improving, slow); err != nil {
		t.Fatal(err)
	}
	<-begun
	hold := db.NewHold{Kind: erasure.LegalHold, Ground: "17-3-e", Records: dbtest.Ingest(t, h.store, dbtest.Message(t, dbtest.Service(t, h.store, "bot").Number, h.store.Now(), "x", "ada"))}
	if _, err := h.store.PlaceHold(t.Context(), audit.ActorOf("user", 99), hold); err != nil {
		t.Fatal(err)
	}
	close(halt)
	again.Wait()
	if j, err := h.store.ExportJob(t.Context(), number); err != nil || j.State != db.ExportDropped || j.Why != db.WhyKept {
		t.Errorf("%+v, %v", j, err)
	}
}

// TestExportFailsFor: why a file could not be made is kept where it is something that people can do something about.
func TestExportFailsFor(t *testing.T) {
	h := openHouse(t, nil)
	for failure, want := range map[error]string{db.ErrLarge: db.WhyLarge, db.ErrLow: db.WhyRoom, errors.New("no one knows"): ""} {
		number, err := h.exports.take(httptest.NewRequest(http.MethodPost, "/exports", nil), improving, func(http.ResponseWriter, *http.Request, db.Export, db.Span) error { return failure })
		if err != nil {
			t.Fatal(err)
		}
		h.exports.Wait()
		if j, err := h.store.ExportJob(t.Context(), number); err != nil || j.State != db.ExportFailed || j.Why != want {
			t.Errorf("%v: %s for %q, want %q (%v)", failure, j.State, j.Why, want, err)
		}
	}
}

// TestExportAfterTheRole: whoever may not export records any more cannot fetch the file of some that they asked for.
func TestExportAfterTheRole(t *testing.T) {
	h := openHouse(t, nil)
	officer, me := h.signIn(db.RoleOfficer), h.people[db.RoleOfficer]
	officer.post("/exports", "what", "improvement", "format", "ndjson", "later", "1").leads(t, "/exports/1")
	h.exports.Wait()
	officer.get("/exports/1").wants(t, 200, "Fetch the file")
	if err := h.store.SetRoles(t.Context(), audit.Operator, me.Number, []string{db.RoleAuditor}); err != nil {
		t.Fatal(err)
	}
	officer = h.signInAs(me.Email)
	if got := officer.get("/exports/1").wants(t, 200, "Ready"); strings.Contains(got.body, "Fetch the file") {
		t.Error("it is offered still")
	}
	officer.post("/exports/1/file").wants(t, 403, "Only an officer exports what people said.")
}

// TestExportSame: the file that is made in the background is, byte by byte, the one that is sent at once; that of a search too.
func TestExportSame(t *testing.T) {
	h := openHouse(t, nil)
	svc, officer := dbtest.Service(t, h.store, "bot").Number, h.signIn(db.RoleOfficer)
	var records []db.NewRecord
	for range 1200 {
		records = append(records, dbtest.Message(t, svc, h.store.Now(), "call 0170 1234567", "ada"))
	}
	dbtest.Ingest(t, h.store, records...)
	search := officer.post("/search", "q", "ada").next()
	officer.get(search).wants(t, 200, "CSV in the background")
	now := officer.post(search+"/csv").wants(t, 200)
	at := officer.post(search+"/csv", "later", "1").leads(t, "/exports/1").next()
	h.exports.Wait()
	if got := officer.get(at).wants(t, 200, "1,200"); strings.Contains(got.body, "ada") {
		t.Error("the page names the customer")
	}
	got := officer.post(at+"/file").wants(t, 200)
	if got.body != now.body || strings.Count(got.body, "\n") != 1201 || strings.Contains(got.body, "0170") {
		t.Errorf("%d bytes now, %d in the background", len(now.body), len(got.body))
	}
	h.noted(audit.ExportFetched, h.people[db.RoleOfficer].Actor(), "export/1")
	set := officer.post("/exports", "what", "improvement", "format", "ndjson").wants(t, 200)
	officer.post("/exports", "what", "improvement", "format", "ndjson", "later", "1").leads(t, "/exports/3")
	h.exports.Wait()
	if got := officer.post("/exports/3/file").wants(t, 200); got.body != set.body || !bytes.Contains([]byte(got.body), []byte(`"lines":1200`)) {
		t.Errorf("%.200s", got.body)
	}
	if n, err := h.store.CountAudit(t.Context(), db.AuditQuery{Event: string(audit.RecordsExported)}); err != nil || n != 2 {
		t.Errorf("%d entries say that records were exported: %v", n, err)
	}
}

// TestExportCounted: what is made in the background counts up to what it was to go through, whatever is in it; an export of a table counts what is in
// its file, though rows came while it was made.
func TestExportCounted(t *testing.T) {
	h := openHouse(t, nil)
	officer := h.signIn(db.RoleOfficer)
	for range 2100 {
		if err := h.store.Note(t.Context(), audit.Operator, audit.TableExported, "", map[string]int64{audit.CountTable: 1}); err != nil {
			t.Fatal(err)
		}
	}
	forms := [][]string{{"/exports", "what", "pack", "format", "zip"}, {"/exports", "what", "audit", "format", "bundle"}, {"/audit/csv"}, {"/tickets/csv"}, {"/holds/csv"}, {"/erasures/csv"}}
	for i, form := range forms {
		officer.post(form[0], append(form[1:], "later", "1")...).leads(t, exportHref(int64(i+1)))
		h.exports.Wait()
		j, err := h.store.ExportJob(t.Context(), int64(i+1))
		if err != nil || j.State != db.ExportReady || j.Done < j.Total || i < 3 && j.Total < 2100 {
			t.Errorf("%v: %s, %d of %d, %v", form, j.State, j.Done, j.Total, err)
		}
		if lines := int64(strings.Count(officer.post(exportHref(int64(i+1))+"/file").wants(t, 200).body, "\n")); j.What == db.ExportTable && lines != j.Rows+1 {
			t.Errorf("%v: %d lines for %d rows", form, lines, j.Rows)
		}
	}
}

// TestExportOfTableCut: the file of a table that a stop of the program cut short is begun once more with one button, with its filter. Whoever may
// not have the table any more does not get its file.
func TestExportOfTableCut(t *testing.T) {
	h := openHouse(t, nil)
	me, officer := h.people[db.RoleOfficer].Number, h.signIn(db.RoleOfficer)
	start := func(about int64) *db.Made {
		t.Helper()
		e, _, made, err := h.store.StartExport(t.Context(), me, db.NewExport{What: db.ExportTable, Format: "csv", About: about, Filter: "act=export&from=2026-03-01", Rows: 100000})
		if err == nil {
			err = h.store.FinishExport(t.Context(), e, made, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	start(6) // the accounts, which are an administrator's
	officer.post("/exports/1/file").wants(t, 403, "Whoever may not take this table along")
	start(7)
	if err := h.store.CutExports(t.Context()); err != nil {
		t.Fatal(err)
	}
	officer.get("/exports/2").wants(t, 200, "Cut short", "cut short by a stop of the program", `action="/audit/csv?act=export&amp;from=2026-03-01"`, "Make it again")
	officer.post("/audit/csv?act=export&from=2026-03-01", "later", "1").leads(t, "/exports/3")
}

// TestExportOfFoundTickets: what a search found is sent at once, whatever was asked: its word ends with it, so it could not be made again as it was.
func TestExportOfFoundTickets(t *testing.T) {
	h := openHouse(t, nil)
	officer := h.signIn(db.RoleOfficer)
	word, err := h.store.SubmitSearch(t.Context(), h.people[db.RoleOfficer].Number, "cust_1")
	if err != nil {
		t.Fatal(err)
	}
	officer.post("/tickets/csv?of="+word, "later", "1").wants(t, 200, "ticket,right,regime")
	if list, err := h.store.Exports(t.Context(), 0, 1); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestTableFilter: what is kept of an address are codes, numbers and days, nothing that somebody typed.
func TestTableFilter(t *testing.T) {
	for address, want := range map[string]string{
		"/erasures?state=done&batch=4&before=9": "batch=4&state=done",
		"/erasures?state=anna@x.de&batch=anna":  "",
		"/holds?show=due":                       "show=due",
		"/holds?show=anna":                      "",
		"/audit?act=erasure&actor=user/3&object=erasure/7&from=2026-03-01":                                      "act=erasure&actor=user%2F3&from=2026-03-01&object=erasure%2F7",
		"/audit?act=anna@x.de&past=50":                                                                          "",
		"/audit?act=erasure&actor=anna@x.de":                                                                    "",
		"/tickets?show=ended&right=access&due=7d&with=me&law=eu-gdpr&state=":                                    "due=7d&law=eu-gdpr&right=access&show=ended&with=me",
		"/tickets?show=anna&right=anna&due=anna&with=anna&law=anna&of=anna&state=anna&channel=anna&region=anna": "",
	} {
		r := httptest.NewRequest(http.MethodPost, address, nil)
		if got := longTables[r.URL.Path].filter(r).Encode(); got != want {
			t.Errorf("%s keeps %q, want %q", address, got, want)
		}
	}
}

// TestExportSentences: each state and each cause has its sentence.
func TestExportSentences(t *testing.T) {
	for _, state := range stateConstants(t)["db.ExportState"] {
		for _, why := range []string{"", db.WhyBatch, db.WhyKept, db.WhyReplaced, db.WhyRoom, db.WhyLarge} {
			if dropped := state == string(db.ExportDropped); dropped == (why == "") || why != "" && !dropped && state != string(db.ExportFailed) {
				continue
			}
			if exportSentence(httptest.NewRequest("GET", "/", nil), db.ExportJob{State: db.ExportState(state), Why: why}) == "" {
				t.Errorf("nothing is said of %s %s", state, why)
			}
		}
	}
}
