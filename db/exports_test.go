package db_test

import (
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
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

// TestImprovementSpan: an improvement set is made of the records of whole days, without those of drills and what comes in meanwhile, and the trail
// says what was left out of it.
func TestImprovementSpan(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "a").Number
	drills, err := s.DrillServices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	next := day.AddDate(0, 0, 1)
	var inside []int64
	for _, when := range []time.Time{day.Add(-time.Millisecond), day, next.Add(-time.Millisecond), next} {
		inside = append(inside, dbtest.Ingest(t, s, dbtest.Message(t, svc, when, "hello"))...)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, drills[label.Assistant].Number, day, "a drill"))
	e, span, err := s.SubmitExport(t.Context(), 1, db.NewExport{What: db.ExportImprovement, Format: "ndjson", From: day, To: next})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, svc, day, "after it began"))
	page, err := s.ExportedRecords(t.Context(), span, 0, 10)
	if err != nil || len(page) != 2 || page[0].Seq != inside[1] || page[1].Seq != inside[2] {
		t.Errorf("%+v, %v", page, err)
	}
	if _, all, err := s.SubmitExport(t.Context(), 1, db.NewExport{What: db.ExportImprovement, Format: "ndjson"}); err != nil || all.Rows != 5 {
		t.Errorf("%d rows are looked at, %v", all.Rows, err)
	}
	v := db.Improvement{Records: 1, OptedOut: 2, Premium: 3, Held: 4, Pending: 5, Other: 6}
	if err := s.EndImprovement(t.Context(), e, v); err != nil {
		t.Fatal(err)
	}
	entries, err := s.AuditEntries(t.Context(), db.AuditQuery{Limit: 1})
	if err != nil || entries[0].Event != audit.ExportEnded {
		t.Fatal(entries, err)
	}
	noted, err := audit.Parse(entries[0].Data)
	for name, want := range map[string]int64{audit.CountRecords: 1, audit.CountOptedOut: 2, audit.CountPremium: 3, audit.CountHeld: 4, audit.CountPending: 5, audit.CountOther: 6} {
		if noted.Counts[name] != want {
			t.Errorf("%s: %d, want %d (%v)", name, noted.Counts[name], want, err)
		}
	}
}

// TestLearnsNothing: IBM learns from none of the plans that it excludes, and from the others.
func TestLearnsNothing(t *testing.T) {
	for _, plan := range append([]string{""}, db.Plans...) {
		want := map[string]bool{"premium": true, "enterprise": true, "isolation": true}[plan]
		if got := db.LearnsNothing(plan); got != want {
			t.Errorf("%q: %v", plan, got)
		}
	}
}

// TestExportedNamesNobody (law L10): requests and holds leave the house without the person, without what was written about them and without drills;
// the first moment of a span belongs to it, and the last does not.
func TestExportedNamesNobody(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "a").Number
	drills, err := s.DrillServices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, s, dbtest.Message(t, svc, clock.Now(), "hello", "ada"), dbtest.Message(t, drills[label.Assistant].Number, clock.Now(), "hello", "ada"))
	ada := subject(t, s, "ada").Ref
	if _, err := s.SubmitErasure(t.Context(), support, db.Proposal{Subject: ada, Ground: "17-1-b", Note: "ada called"}); err != nil {
		t.Fatal(err)
	}
	accept(t, s, drills[label.Assistant].Number, "ada")
	hold(t, s, db.NewHold{Kind: erasure.LegalHold, Subject: ada, Ground: "17-3-e", Custodian: "C. Cole", Note: "ada sues"})
	now := clock.Now()
	for _, c := range []struct {
		from, to time.Time
		want     int
	}{{want: 1}, {from: now, want: 1}, {from: now.Add(time.Millisecond)}, {to: now}, {to: now.Add(time.Millisecond), want: 1}} {
		_, span, err := s.SubmitExport(t.Context(), 1, db.NewExport{What: db.ExportErasures, Format: "csv", From: c.from, To: c.to})
		if err != nil {
			t.Fatal(err)
		}
		requests, err := s.ExportedErasures(t.Context(), span, 0, 10)
		if err != nil || len(requests) != c.want || span.Rows != int64(c.want) {
			t.Errorf("from %v to %v: %d requests of %d, want %d (%v)", c.from, c.to, len(requests), span.Rows, c.want, err)
		}
		for _, e := range requests {
			if e.Subject != "" || e.SubjectRef != "" || e.Note != "" || e.Told != (db.Told{}) {
				t.Errorf("%+v", e)
			}
		}
	}
	_, span, err := s.SubmitExport(t.Context(), 1, db.NewExport{What: db.ExportHolds, Format: "csv"})
	if err != nil {
		t.Fatal(err)
	}
	if holds, err := s.ExportedHolds(t.Context(), span, 0, 10); err != nil || len(holds) != 1 || holds[0].Custodian != "" || holds[0].Note != "" {
		t.Errorf("%+v, %v", holds, err)
	}
}

// TestCoverageLeavesOut: drills are nobody's coverage, days of which nothing is left are no days, and who sends without labels is listed for the days
// that are asked for, with how many more there are.
func TestCoverageLeavesOut(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "a").Number
	drills, err := s.DrillServices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	sent := func(service int64, when time.Time, container string, ids ...string) db.NewRecord {
		r := dbtest.Message(t, service, when, "hello", ids...)
		r.Container = container
		return r
	}
	dbtest.Ingest(t, s, sent(svc, day, "shop"), sent(svc, day, "shop"), sent(svc, day, "desk"), sent(svc, day.AddDate(0, 0, -9), "old"), sent(drills[label.Assistant].Number, day, "drill"),
		sent(svc, day.AddDate(0, 0, 1), "shop", "ada"))
	accept(t, s, svc, "ada")
	run(t, s)
	days, err := s.Coverage(t.Context(), day.AddDate(0, 0, -1), day.AddDate(0, 0, 1))
	if err != nil || len(days) != 1 || days[0].Service != svc || days[0].Records != 3 {
		t.Errorf("%+v, %v", days, err)
	}
	for limit, want := range map[int]int64{1: 1, 5: 0} {
		list, more, err := s.Senders(t.Context(), 0, day, day, limit)
		if err != nil || len(list) != min(limit, 2) || list[0].Container != "shop" || list[0].Records != 2 || more != want {
			t.Errorf("%+v and %d more, %v", list, more, err)
		}
	}
}
