package handlers

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

// The facet of days counts what its link shows, leads on to older days, is taken off by its chip, and the file holds what the list does.
func TestDayFacet(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	svc, end := dbtest.Service(t, h.store, "support-bot").Number, time.Date(2026, 2, 20, 22, 30, 0, 0, time.UTC)
	var in []db.NewRecord
	for i := range 16 {
		in = append(in, dbtest.Message(t, svc, end.AddDate(0, 0, -i), "hello", "anna"), dbtest.Message(t, svc, end.AddDate(0, 0, -i).Add(time.Hour), "bye", "anna"))
	}
	dbtest.Ingest(t, h.store, in...)
	officer := h.people[db.RoleOfficer]
	token, err := h.store.SubmitSearch(t.Context(), officer.Number, "anna")
	if err != nil {
		t.Fatal(err)
	}
	list, b := "/searches/"+token, h.signIn(db.RoleOfficer)
	seen := func(path string, rows int, has ...string) {
		t.Helper()
		p := b.get(path)
		_, table, _ := strings.Cut(p.body, "<tbody data-rows>")
		if got := strings.Count(table, "<tr>"); p.status != 200 || got != rows {
			t.Errorf("%s: %d, %d rows, want %d", path, p.status, got, rows)
		}
		for _, text := range has {
			if !strings.Contains(p.body, text) {
				t.Errorf("%s lacks %q", path, text)
			}
		}
	}
	seen(list, 32, "?day=2026-02-20", "?day=2026-02-07", "?until=2026-02-07", "Before 7 Feb 2026")
	seen(list+"?day=2026-02-20", 2, "Remove filter 20 Feb 2026", `href="`+list+`"`, "2 in all")
	seen(list+"?until=2026-02-07", 4, "Remove filter Before 7 Feb 2026", "?day=2026-02-06&amp;until=2026-02-07")
	seen(list+"?day=2026-02-06&until=2026-02-07", 2, "?until=2026-02-07")
	seen(list+"?day=2026-02-20&until=2026-02-07", 0, "No record fits these filters")
	seen(list+"?day=yesterday&until=2026-02-31", 32)
	b.post("/settings", "theme", "auto", "density", "normal", "zone", "Europe/Berlin").leads(t, "/settings")
	seen(list, 32, "?day=2026-02-21") // half past eleven at night in UTC
	seen(list+"?day=2026-02-21", 1)
	seen(list+"?day=2026-02-20", 2)
	if file := b.post(list + "/csv?day=2026-02-21"); strings.Count(file.body, "\n") != 2 {
		t.Errorf("the file of a day:\n%s", file.body)
	}
	f := filtersOf(httptest.NewRequest("GET", "/x?day=2026-02-20&written=older&language=en", nil), end.AddDate(0, 3, 0))
	if f.since != time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC) || f.until != f.since.AddDate(0, 0, 1) || f.query(nil) != "?day=2026-02-20&language=en&written=older" {
		t.Errorf("%+v %s", f, f.query(nil))
	}
}

// TestFiltersByHand: the link to older days leaves the day that was chosen, what fits is counted in the services and kinds that were chosen, and what
// is no language in an address asks for none.
func TestFiltersByHand(t *testing.T) {
	if got := (filters{base: "/x", day: "2026-02-20"}).olderThan("2026-02-07"); got != "/x?until=2026-02-07" {
		t.Error(got)
	}
	held := []db.Holding{{Service: 1, Kind: db.Message, Records: 2}, {Service: 1, Kind: db.Query, Records: 4}, {Service: 2, Kind: db.Message, Records: 8}}
	for _, c := range []struct {
		f    filters
		want int64
	}{{filters{}, 14}, {filters{services: []int64{1}}, 6}, {filters{kinds: []db.Kind{db.Message}}, 10}, {filters{services: []int64{2}, kinds: []db.Kind{db.Query}}, 0}} {
		if got := c.f.fit(held); got != c.want {
			t.Errorf("%+v: %d, want %d", c.f, got, c.want)
		}
	}
	if f := filtersOf(httptest.NewRequest("GET", "/x?language=anna@mail.example", nil), time.Now()); f.narrow().Language != "" || f.query(nil) != "" {
		t.Errorf("%+v", f)
	}
}

// TestCSVLines: lines end as RFC 4180 has them, and no cell begins what a spreadsheet would reckon with.
func TestCSVLines(t *testing.T) {
	w := httptest.NewRecorder()
	out := newCSV(w, "a.csv")
	if out.Row("a", "=1+1", "b c"); out.Flush() != nil || w.Body.String() != "a,'=1+1,b c\r\n" {
		t.Errorf("%q", w.Body)
	}
}

// TestHeatCell: the figure of a cell is rounded up, so that 0 says that all is labelled, and its colour goes by the twentieth and the quarter.
func TestHeatCell(t *testing.T) {
	for _, c := range []struct {
		records, unlabelled int64
		text                string
		level               int
	}{{0, 0, "–", 0}, {300, 0, "0", 1}, {300, 1, "1", 2}, {100, 4, "4", 2}, {100, 5, "5", 3}, {100, 24, "24", 3}, {100, 25, "25", 4}, {3, 3, "100", 4}} {
		if got := heatCell(db.Tally{Records: c.records, Unlabelled: c.unlabelled}); got.Text != c.text || got.Level != c.level {
			t.Errorf("%d of %d: %q, level %d", c.unlabelled, c.records, got.Text, got.Level)
		}
	}
}
