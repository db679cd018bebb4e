package handlers

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
	"quittance/handlers/logfile"
	"quittance/views/lang"
)

// sendFile sends a form with a file, the service first.
func (b *browser) sendFile(service int64, text string) page {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("service", decimal(service))
	part, err := form.CreateFormFile("file", "a.ndjson")
	if err != nil {
		b.t.Fatal(err)
	}
	part.Write([]byte(text))
	form.Close()
	req, err := http.NewRequest(http.MethodPost, b.url+"/imports", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Origin", b.url)
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(req)
}

// cut is an import that a stop of the program cut short after its first line.
func (h *house) cut(service int64) db.Import {
	h.t.Helper()
	m, err := h.store.StartImport(h.t.Context(), audit.Operator, service, []byte("a"), 2000)
	if err == nil {
		m.Line, m.Offset, m.Came, m.Digest = 1, 10, 500, []byte{1}
		m, _, err = h.store.TakeImport(h.t.Context(), m, db.Prepared{})
	}
	if err == nil {
		err = h.store.CutImports(h.t.Context())
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// TestImportCutShort: whoever comes back reads that it was cut short, and can go on with the file or discard the import; others only read.
func TestImportCutShort(t *testing.T) {
	h := openHouse(t, nil)
	m := h.cut(dbtest.Service(t, h.store, "bot").Number)
	admin, officer := h.signIn(db.RoleAdmin), h.signIn(db.RoleOfficer)
	admin.get("/imports").wants(t, 200, "Cut short", "bot")
	admin.get("/imports/1").wants(t, 200, "cut short by a stop of the program", "Go on with this file", "500 B of 2.0 kB had come.", "Discard")
	if got := officer.get("/imports/1").wants(t, 200, "Cut short"); strings.Contains(got.body, "Go on with this file") || strings.Contains(got.body, "/discard") {
		t.Error("an officer is offered what only an administrator may do")
	}
	if err := h.store.RemoveService(t.Context(), audit.Operator, m.Service); err != nil {
		t.Fatal(err)
	}
	if got := admin.get("/imports/1").wants(t, 200, "Discard"); strings.Contains(got.body, "Go on with this file") {
		t.Error("a service that was removed could take it")
	}
	admin.post("/imports/1/discard").leads(t, "/imports/1")
	h.noted(audit.ImportDiscarded, h.people[db.RoleAdmin].Actor(), audit.ObjectOf(audit.KindImport, m.Number))
	if got := admin.get("/imports/1").wants(t, 200, "Discarded"); strings.Contains(got.body, "Go on with this file") {
		t.Error("a discarded import can go on")
	}
}

// TestImportLive: a running import is pushed with its rate and the time left, and for the last time when it ends; without script the page is asked for anew.
func TestImportLive(t *testing.T) {
	h := openHouse(t, nil)
	svc := dbtest.Service(t, h.store, "bot").Number
	m, err := h.store.StartImport(t.Context(), audit.Operator, svc, []byte("a"), 2000)
	if err != nil {
		t.Fatal(err)
	}
	admin := h.signIn(db.RoleAdmin)
	admin.get("/imports/1").wants(t, 200, "Reading the first lines.", `hx-sse:connect="/imports/1/live"`, `<noscript><meta http-equiv="refresh"`, "/imports/1/cancel")
	h.clock.Pass(10 * time.Second)
	m.Line, m.Offset, m.Came, m.Digest = 1000, 10, 500, []byte{1}
	if m, _, err = h.store.TakeImport(t.Context(), m, db.Prepared{}); err != nil {
		t.Fatal(err)
	}
	admin.get("/imports/1").wants(t, 200, "1,000 lines read", "100 lines a second; about 30 s left.")
	admin.get("/imports").wants(t, 200, `hx-sse:connect="/imports/live"`)
	admin.post("/imports/1/cancel").leads(t, "/imports/1")
	h.noted(audit.ImportCancelled, h.people[db.RoleAdmin].Actor(), "import/1")
	if _, _, err := h.store.TakeImport(t.Context(), m, db.Prepared{}); err == nil {
		t.Error("it goes on")
	}
	admin.get("/imports/1/live").wants(t, 200, "Cancelled", "event: end")
	admin.get("/imports/live").wants(t, 200, "Cancelled", "event: end")
}

// TestImportRoom: an upload for which there is no room is refused before its first byte is read, and one that cannot be unpacked after its last.
func TestImportRoom(t *testing.T) {
	var left atomic.Int64
	left.Store(1 << 40)
	h := openHouseWith(t, nil, db.WithFree(func(string) (int64, error) { return left.Load(), nil }))
	h.store.SetLowWater(1 << 20)
	svc, admin := dbtest.Service(t, h.store, "bot").Number, h.signIn(db.RoleAdmin)
	admin.sendFile(svc, "").wants(t, 422, "Choose a file.")
	admin.sendFile(svc, "\x1f\x8bbroken").wants(t, 422, "It cannot be unpacked")
	left.Store(1<<20 + 100)
	h.clock.Pass(2 * time.Second)
	admin.sendFile(svc, strings.Repeat("x", 1000)).wants(t, 507, "Too little of the disk is free")
	left.Store(1)
	h.clock.Pass(2 * time.Second)
	admin.get("/imports").wants(t, 200, "Too little of the disk is free, so nothing is taken in.")
	if list, err := h.store.Imports(t.Context(), 0, 10); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestFaultWords: each code of a refused line has its sentence.
func TestFaultWords(t *testing.T) {
	for _, code := range logfile.Codes {
		if faultWords[code] == "" {
			t.Errorf("nothing is said of %s", code)
		}
	}
	if len(faultWords) != len(logfile.Codes) {
		t.Error("something is said of what is no code")
	}
}

// TestImportSentences: each state has its sentence.
func TestImportSentences(t *testing.T) {
	for _, state := range stateConstants(t)["db.ImportState"] {
		if importSentences[db.ImportState(state)] == "" {
			t.Errorf("nothing is said of %s", state)
		}
	}
}

// TestImportRate: how fast it goes and how long it takes is that of this run, whatever came before it; the bar is never longer than the file.
func TestImportRate(t *testing.T) {
	began := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	m := db.Import{State: db.ImportRunning, Line: 1100, Came: 6000, Bytes: 10000}
	m.Run.Began, m.Run.Line, m.Run.Came = began, 1000, 2000
	if got := lang.T(t.Context(), importDetail(m, began.Add(10*time.Second))); got != "10 lines a second; about 10 s left." {
		t.Error(got)
	}
	m.Came = 12000 // it has grown since
	if bar := importBar(m); bar[0].Count != 10000 || bar[1].Count != 0 {
		t.Errorf("%+v", bar)
	}
}

// TestTakesLogs: log entries belong to a hosted Assistant in use that is not the drill's.
func TestTakesLogs(t *testing.T) {
	for name, change := range map[string]func(*db.Service){"of another kind": func(v *db.Service) { v.Kind = label.Discovery }, "elsewhere": func(v *db.Service) { v.Hosting = "linked" },
		"removed": func(v *db.Service) { v.Removed = time.Unix(1, 0) }, "of the drill": func(v *db.Service) { v.Drill = true }} {
		v := db.Service{Kind: label.Assistant, Hosting: "hosted"}
		if !takesLogs(v) {
			t.Fatal("a hosted Assistant takes none")
		}
		if change(&v); takesLogs(v) {
			t.Errorf("one %s takes log entries", name)
		}
	}
}
