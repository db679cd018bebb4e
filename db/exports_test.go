package db_test

import (
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// TestExportSpan: the rows of an export are fixed before it is written down, and are what its entry counts.
func TestExportSpan(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now)) // entry 0
	first := clock.Now()
	for range 3 { // entries 1 to 3, an hour apart
		clock.Pass(time.Hour)
		dbtest.Service(t, s, clock.Now().String())
	}
	for _, tt := range []struct {
		from, to           time.Time
		start, end, counts int64
	}{
		{end: 4, counts: 4},
		{from: first, to: first.Add(time.Hour), end: 1, counts: 1},
		{from: first.Add(time.Hour), to: first.Add(3 * time.Hour), start: 1, end: 3, counts: 2},
		{from: first.Add(30 * time.Minute), start: 1, end: 4, counts: 3},
		{from: first.Add(9 * time.Hour), start: -1},
		{to: first, end: 0},
		{from: first.Add(2 * time.Hour), to: first.Add(time.Hour), start: 2, end: 1},
	} {
		size, _, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if tt.start < 0 { // after all that there is
			tt.start = size
		}
		if tt.to.IsZero() {
			tt.end, tt.counts = size, size-tt.start
		}
		e, span, err := s.SubmitExport(t.Context(), 1, db.NewExport{What: db.ExportAudit, Format: "csv", From: tt.from, To: tt.to})
		if err != nil || span.First != tt.start || span.End != tt.end || span.Rows != tt.counts || e.Rows != span.Rows {
			t.Errorf("from %s to %s: %+v (%v), want %+v", tt.from, tt.to, span, err, tt)
		}
		var n int64
		for from := int64(0); ; n++ {
			page, err := s.ExportedEntries(t.Context(), span, from, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			from = page[0].Number + 1
		}
		if n != span.Rows {
			t.Errorf("from %s to %s: %d entries come, %d were counted", tt.from, tt.to, n, span.Rows)
		}
		noted, err := s.AuditEntry(t.Context(), e.Entry)
		if err != nil || noted.Event != audit.ExportMade || noted.Object != audit.ObjectOf(audit.KindExport, e.Number) {
			t.Errorf("its entry is %+v (%v)", noted, err)
		}
	}
	list, err := s.Exports(t.Context(), 0, 3)
	if err != nil || len(list) != 3 || list[0].Number != 7 || list[2].Number != 5 || list[0].Entry == 0 {
		t.Errorf("the list is %+v (%v)", list, err)
	}
	if _, _, err := s.SubmitExport(t.Context(), 1, db.NewExport{What: "people", Format: "csv"}); err == nil {
		t.Error("an export of people was written down")
	}
}
