package handlers

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

func TestAudit(t *testing.T) {
	h := openHouse(t, nil)
	dbtest.Service(t, h.store, "support-bot")
	auditor := h.signIn("auditor")
	auditor.get("/audit").wants(t, http.StatusOK, "Auditor Person", "user/3", "A service was added.", `href="/services/1"`, "Somebody signed in.", `href="/exports"`)
	all := auditor.get("/audit")
	if strings.Contains(all.body, `href="/users/`) {
		t.Error("an auditor is led to accounts, which they may not open")
	}
	h.signIn("admin").get("/audit?act=user.added").wants(t, http.StatusOK, `href="/users/3"`)
	only := auditor.get("/audit?object=service%2F1&actor=operator&from=2026-03-02&to=2026-03-02").wants(t, http.StatusOK, "A service was added.", "1 to 1 of 1", `value="service/1"`)
	if strings.Contains(only.body, "<td class=\"means\">Somebody signed in.") {
		t.Error("the filter lets other entries through")
	}
	auditor.get("/audit?from=2026-03-03").wants(t, http.StatusOK, "Nothing in the audit trail matches this filter.")
	for query, sentence := range map[string]string{
		"actor=bob": "Write an actor as it stands", "object=thing": "Write an object as it stands", "from=yesterday": "year, month and day",
		"from=2026-03-02&to=2026-03-01": "This day lies before the first one.",
	} {
		auditor.get("/audit?"+query).wants(t, http.StatusUnprocessableEntity, sentence)
	}
}

// link finds the address behind a link of the pager: "prev" leads to newer entries, "next" to older ones.
func link(body, rel string) string {
	m := regexp.MustCompile(`<a class="pg" href="([^"]+)" rel="` + rel + `"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

var rowForm = regexp.MustCompile(`data-row[^>]* href="/audit/(\d+)"`)

func rows(body string) string {
	var out []string
	for _, m := range rowForm.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return strings.Join(out, " ")
}

// TestAuditPages walks the trail to its beginning and back: no entry is missed, none is shown twice.
func TestAuditPages(t *testing.T) {
	h := openHouse(t, nil)
	for range 100 {
		if err := h.store.Note(t.Context(), audit.System, audit.PolicyChanged, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	auditor := h.signIn("auditor") // entry 105: the trail's beginning, 4 accounts, 100 notes, this sign-in
	first := auditor.get("/audit").wants(t, http.StatusOK, "1 to 40 of 106")
	second := auditor.get(link(first.body, "next")).wants(t, http.StatusOK, "41 to 80 of 106")
	third := auditor.get(link(second.body, "next")).wants(t, http.StatusOK, "81 to 106 of 106")
	want := make([]string, 106)
	for i := range want {
		want[i] = fmt.Sprint(105 - i)
	}
	if got := rows(first.body) + " " + rows(second.body) + " " + rows(third.body); got != strings.Join(want, " ") {
		t.Errorf("the pages show %s", got)
	}
	if link(third.body, "next") != "" || link(first.body, "prev") != "" {
		t.Error("a page leads beyond the ends")
	}
	back := auditor.get(link(third.body, "prev")).wants(t, http.StatusOK, "41 to 80 of 106")
	top := auditor.get(link(back.body, "prev")).wants(t, http.StatusOK, "1 to 40 of 106")
	if rows(back.body) != rows(second.body) || rows(top.body) != rows(first.body) || link(top.body, "prev") != "" {
		t.Error("the way back shows other pages than the way there")
	}
}

func TestAuditEntry(t *testing.T) {
	h := openHouse(t, nil)
	auditor := h.signIn("auditor")
	auditor.get("/audit/0").wants(t, http.StatusOK, "The audit trail was begun.", "log.created", `href="/audit/1"`)
	e, _ := h.store.AuditEntry(t.Context(), 2)
	hash := e.Hash()
	auditor.get("/audit/2").wants(t, http.StatusOK, "A user was added.", "Compliance officer", hex.EncodeToString(hash[:]), "quittance-", `href="/audit/1"`, `href="/audit/3"`)
	for _, path := range []string{"/audit/999", "/audit/-1", "/audit/x"} {
		auditor.get(path).wants(t, http.StatusNotFound)
	}
}

func TestVerifyAudit(t *testing.T) {
	h := openHouse(t, nil)
	auditor := h.signIn("auditor")
	size, _, _ := h.store.Head(t.Context())
	auditor.get(auditor.post("/audit/verify").next()).wants(t, http.StatusOK, "The log is whole", fmt.Sprintf("Entries 0 to %d", size-1), "signed with quittance-")
}

// file reads an answer that must be a file of this name.
func (p page) file(t *testing.T, name string) string {
	t.Helper()
	if got := p.header.Get("Content-Disposition"); p.status != http.StatusOK || got != "attachment; filename="+name {
		t.Fatalf("%d %q: %s", p.status, got, p.body)
	}
	return p.body
}

func TestExportAudit(t *testing.T) {
	h := openHouse(t, nil)
	h.clock.Pass(24 * time.Hour)
	dbtest.Service(t, h.store, "support-bot")
	auditor := h.signIn("auditor") // entry 6
	auditor.get("/exports").wants(t, http.StatusOK, "Nothing was exported yet")
	table, err := csv.NewReader(strings.NewReader(auditor.post("/exports", "what", "audit", "format", "csv").file(t, "quittance-audit-2026-03-03.csv"))).ReadAll()
	if err != nil || len(table) != 9 || table[8][3] != "checkpoint" || !strings.HasPrefix(table[8][6], "quittance-") || strings.Join(table[0], " ") != "number time actor event object hash leaf" || table[6][3] != "service.added" {
		t.Errorf("%v: %v", err, table)
	}
	h.noted(audit.ExportMade, h.people["auditor"].Actor(), "export/1")

	var out struct {
		Export, Rows    int64
		Key, Checkpoint string
		Entries         []struct {
			Number int64
			Hash   string
			Leaf   json.RawMessage
		}
	}
	body := auditor.post("/exports", "what", "audit", "format", "json", "from", "2026-03-03", "to", "2026-03-03").file(t, "quittance-audit-2026-03-03.json")
	if err := json.Unmarshal([]byte(body), &out); err != nil || out.Export != 2 || out.Rows != 3 || len(out.Entries) != 3 || out.Entries[0].Number != 5 {
		t.Fatalf("%v: %s", err, body)
	}
	for _, e := range out.Entries {
		if hash := tlog.RecordHash(e.Leaf); hex.EncodeToString(hash[:]) != e.Hash {
			t.Errorf("entry %d does not give its hash: %s", e.Number, e.Leaf)
		}
	}
	auditor.get("/exports").wants(t, http.StatusOK, "Audit trail", "Auditor Person", `href="/audit/7"`, `href="/audit/8"`)
}

func TestExportErasures(t *testing.T) {
	h := openHouse(t, nil)
	svc := dbtest.Service(t, h.store, "support-bot")
	dbtest.Ingest(t, h.store, dbtest.Message(t, svc.Number, h.store.Now(), "hello", "planted-id-77"))
	e, err := h.store.AcceptErasure(t.Context(), audit.ActorOf("key", 1), svc.Number, dbtest.ID(t, "planted-id-77"))
	if err != nil {
		t.Fatal(err)
	}
	officer := h.signIn("officer")
	body := officer.post("/exports", "what", "erasures", "format", "csv").file(t, "quittance-erasures-2026-03-02.csv")
	table, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(table) != 2 || table[1][1] != e.Reference || table[1][2] != "scheduled" || table[1][10] != "1" || strings.Contains(body, "planted") {
		t.Errorf("%v: %s", err, body)
	}
	body = officer.post("/exports", "what", "erasures", "format", "json").file(t, "quittance-erasures-2026-03-02.json")
	var out struct{ Entries []map[string]any }
	if err := json.Unmarshal([]byte(body), &out); err != nil || len(out.Entries) != 1 || out.Entries[0]["records"] != 1.0 || out.Entries[0]["service"] != 1.0 || strings.Contains(body, "planted") {
		t.Errorf("%v: %s", err, body)
	}
	if got := officer.post("/exports", "what", "erasures", "format", "json", "to", "2026-03-01").file(t, "quittance-erasures-2026-03-02.json"); !json.Valid([]byte(got)) || strings.Contains(got, "reference") {
		t.Errorf("an empty export: %s", got)
	}
}

func TestExportRefused(t *testing.T) {
	h := openHouse(t, nil)
	b := h.signIn("officer")
	b.post("/exports").wants(t, http.StatusUnprocessableEntity, "Choose what to export.", "Choose a format.")
	b.post("/exports", "what", "people", "format", "xml", "from", "1", "to", "2").wants(t, http.StatusUnprocessableEntity, "Choose what to export.", "year, month and day", `value="1"`)
	b.post("/exports", "what", "audit", "format", "csv", "from", "2026-03-02", "to", "2026-03-01").wants(t, http.StatusUnprocessableEntity, "This day lies before the first one.")
	if list, _ := h.store.Exports(t.Context(), 0, 10); len(list) != 0 {
		t.Errorf("a refused export was written down: %+v", list)
	}
}

// TestExportPages: what spans several reads of the store comes through whole and in order.
func TestExportPages(t *testing.T) {
	h := openHouse(t, nil)
	done := make(chan error, 8)
	for range 8 {
		go func() {
			var err error
			for i := 0; i < exportedPage*3/10 && err == nil; i++ {
				err = h.store.Note(context.Background(), audit.System, audit.PolicyChanged, "", nil)
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	body := h.signIn("auditor").post("/exports", "what", "audit", "format", "csv").file(t, "quittance-audit-2026-03-02.csv")
	table, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(table) != 1+1+4+exportedPage*24/10+1+1 {
		t.Fatalf("%d rows: %v", len(table), err)
	}
	for i, row := range table[1 : len(table)-1] {
		if row[0] != fmt.Sprint(i) {
			t.Fatalf("row %d holds entry %s", i, row[0])
		}
	}
}

// TestCSV: no cell is a formula, in any of its writings.
func TestCSV(t *testing.T) {
	w := httptest.NewRecorder()
	c := newCSV(w, `Grüße "x".csv`)
	c.Row("=1+1", "+1", "-1", "@a", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠a", "plain", "a=b", "", "\xff")
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(strings.NewReader(w.Body.String())).Read()
	if err != nil {
		t.Fatal(err)
	}
	for i, cell := range cells {
		if guarded := strings.HasPrefix(cell, "'"); guarded != (i < 11) {
			t.Errorf("cell %d is %q", i, cell)
		}
	}
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%20%22x%22.csv` {
		t.Errorf("Content-Disposition %q", got)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("=cmd|' /C calc'!A0", "a,b\"c\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		w := httptest.NewRecorder()
		c := newCSV(w, "x.csv")
		if err := c.Row("first", a, b); err != nil {
			t.Fatal(err)
		}
		c.Flush()
		cells, err := csv.NewReader(strings.NewReader(w.Body.String())).Read()
		if err != nil || len(cells) != 3 {
			t.Fatalf("%q and %q do not come back: %v %q", a, b, err, cells)
		}
		for _, cell := range cells[1:] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
				t.Errorf("%q begins a formula", cell)
			}
		}
	})
}

// TestTrailPagerCountsAsFarAsItKnows: what was looked for is counted up to a bound and says so, what the numbers of the entries tell is told exactly.
func TestTrailPagerCountsAsFarAsItKnows(t *testing.T) {
	entries, most := []db.AuditEntry{{Number: 9}}, int64(db.CountedEntries)
	for name, c := range map[string]struct {
		query   db.AuditQuery
		total   int64
		shown   int64
		atLeast bool
	}{
		"all entries":         {db.AuditQuery{}, most + 500, most + 500, false},
		"an event, exactly":   {db.AuditQuery{Event: "logs.read"}, most, most, false},
		"an event, and more":  {db.AuditQuery{Event: "logs.read"}, most + 1, most, true},
		"an actor, and more":  {db.AuditQuery{Actor: "user/1"}, most + 1, most, true},
		"an object, and more": {db.AuditQuery{Object: "key/1"}, most + 1, most, true},
	} {
		p := trailFilter{query: c.query, below: -1, after: -1}.pager(entries, true, c.total)
		if p.Total != c.shown || p.AtLeast != c.atLeast || p.From != 1 || p.To != 1 {
			t.Errorf("%s: %+v, want %d in all, more than that %v", name, p, c.shown, c.atLeast)
		}
	}
}
