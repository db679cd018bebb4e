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
