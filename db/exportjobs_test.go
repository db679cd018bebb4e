package db_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// improving asks for a file with records in it.
var improving = db.NewExport{What: db.ExportImprovement, Format: "ndjson"}

// begunExport begins an export of a person and writes some of its file.
func begunExport(t *testing.T, s *db.Store, user int64, n db.NewExport) (db.Export, *db.Made) {
	t.Helper()
	e, _, made, err := s.StartExport(t.Context(), user, n)
	if err == nil {
		_, err = made.Write([]byte("what ada said"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return e, made
}

// madeExport is begunExport, to its end.
func madeExport(t *testing.T, s *db.Store, user int64, n db.NewExport) (db.Export, *db.Made) {
	t.Helper()
	e, made := begunExport(t, s, user, n)
	if err := s.FinishExport(t.Context(), e, made, 1); err != nil {
		t.Fatal(err)
	}
	return e, made
}

// jobOf reads how an export stands, and looks that there is a file of it exactly where there should be one.
func jobOf(t *testing.T, s *db.Store, e db.Export, made *db.Made) db.ExportJob {
	t.Helper()
	j, err := s.ExportJob(t.Context(), e.Number)
	if err != nil {
		t.Fatal(err)
	}
	_, err = made.ReadAt(make([]byte, 4), 0)
	if live := j.State == db.ExportMaking || j.State == db.ExportReady; live != (err == nil) || !live && (!errors.Is(err, db.ErrForgotten) || made.Size() != 0) {
		t.Errorf("export %d is %s, and reading its file: %v", e.Number, j.State, err)
	}
	return j
}

func countNoted(t *testing.T, s *db.Store, event audit.Event, want int64) {
	t.Helper()
	if n, err := s.CountAudit(t.Context(), db.AuditQuery{Event: string(event)}); err != nil || n != want {
		t.Errorf("%d entries of %s, want %d (%v)", n, event, want, err)
	}
}

// TestExportJob: a file is fetched by whoever asked for it and by nobody else, with its hash in the trail, for one hour.
func TestExportJob(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	e, made := begunExport(t, s, 7, db.NewExport{What: db.ExportRecords, Format: "csv", Rows: 3})
	if _, _, err := s.FetchExport(t.Context(), 7, e.Number); !errors.Is(err, db.ErrFileGone) {
		t.Errorf("half a file is fetched: %v", err)
	}
	if err := s.KeepExport(t.Context(), e.Number, 2, 13); err != nil {
		t.Error(err)
	}
	if j := jobOf(t, s, e, made); j.State != db.ExportMaking || j.Done != 2 || j.Bytes != 13 || j.Total != 3 || !j.Until().IsZero() {
		t.Errorf("%+v", j)
	}
	if n, err := s.ExportInHand(t.Context(), 7); err != nil || n != e.Number {
		t.Errorf("%d is in hand, %v", n, err)
	}
	if err := s.FinishExport(t.Context(), e, made, 3); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepExport(t.Context(), e.Number, 9, 99); !errors.Is(err, db.ErrCancelled) {
		t.Errorf("a whole file goes on: %v", err)
	}
	if _, _, err := s.FetchExport(t.Context(), 8, e.Number); !errors.Is(err, db.ErrNotYours) {
		t.Errorf("somebody else fetches it: %v", err)
	}
	clock.Pass(time.Hour - time.Millisecond)
	if err := s.ExpireExports(t.Context()); err != nil {
		t.Fatal(err)
	}
	j, got, err := s.FetchExport(t.Context(), 7, e.Number)
	if err != nil || got != made || j.Bytes != 13 {
		t.Fatalf("%+v, %v", j, err)
	}
	entries, err := s.AuditEntries(t.Context(), db.AuditQuery{Event: string(audit.ExportFetched), Limit: 2})
	if err != nil || len(entries) != 1 {
		t.Fatal(len(entries), err)
	}
	fetch := entries[0]
	if sum := sha256.Sum256([]byte("what ada said")); fetch.Actor != "user/7" || !strings.Contains(string(fetch.Data), `"file":"`+hex.EncodeToString(sum[:])+`"`) || !strings.Contains(string(fetch.Data), `"records":3`) {
		t.Errorf("%s by %s", fetch.Data, fetch.Actor)
	}
	countNoted(t, s, audit.RecordsExported, 1)
	clock.Pass(time.Millisecond)
	if _, _, err := s.FetchExport(t.Context(), 7, e.Number); !errors.Is(err, db.ErrFileGone) {
		t.Errorf("after its hour: %v", err)
	}
	if err := s.ExpireExports(t.Context()); err != nil {
		t.Fatal(err)
	}
	if j := jobOf(t, s, e, made); j.State != db.ExportExpired || j.Fetches != 1 || j.Gone.IsZero() {
		t.Errorf("%+v", j)
	}
	set, _ := madeExport(t, s, 7, improving)
	if finish := lastEntry(t, s); finish.Event != audit.ExportFinished || finish.Counts[audit.CountRecords] != set.Rows || len(finish.Counts) != 2 {
		t.Errorf("%+v", finish)
	}
	if _, there := lastEntry(t, s).Counts[audit.CountLooked]; there {
		t.Error("what was looked at stands where what was written should")
	}
	for event, want := range map[audit.Event]int64{audit.ExportStarted: 2, audit.ExportFinished: 2, audit.ExportFetched: 1, audit.ExportDropped: 1, audit.ExportMade: 0} {
		countNoted(t, s, event, want)
	}
	dbtest.Agrees(t, s)
}

// TestExportEnds: how an export ends before its time, made or half made: its file is gone once that is answered, and the entry is there.
func TestExportEnds(t *testing.T) {
	end := map[string]struct {
		act          func(*db.Store, db.Export) error
		making, made db.ExportState
		event        audit.Event
	}{
		"cancel":  {func(s *db.Store, e db.Export) error { return s.CancelExport(t.Context(), 7, e.Number) }, db.ExportCancelled, db.ExportDiscarded, audit.ExportCancelled},
		"restart": {func(s *db.Store, e db.Export) error { return s.CutExports(t.Context()) }, db.ExportCut, db.ExportCut, audit.ExportFailed},
		"failure": {func(s *db.Store, e db.Export) error {
			return s.StopExport(t.Context(), e.Number, db.ExportFailed, db.WhyLarge)
		}, db.ExportFailed, db.ExportReady, audit.ExportFailed},
	}
	for name, tt := range end {
		s := dbtest.Open(t)
		for i, want := range []db.ExportState{tt.making, tt.made} {
			begin := []func(*testing.T, *db.Store, int64, db.NewExport) (db.Export, *db.Made){begunExport, madeExport}[i]
			e, made := begin(t, s, 7, improving)
			if err := s.CancelExport(t.Context(), 8, e.Number); !errors.Is(err, db.ErrNotYours) {
				t.Errorf("%s: somebody else ends it: %v", name, err)
			}
			if err := tt.act(s, e); err != nil {
				t.Error(name, err)
			}
			if j := jobOf(t, s, e, made); j.State != want {
				t.Errorf("%s: %+v", name, j)
			}
			if want == db.ExportReady {
				continue
			}
			if j := jobOf(t, s, e, made); j.Gone.IsZero() == (i == 1) {
				t.Errorf("%s: a file that was whole is gone since %v", name, j.Gone)
			}
			if _, err := made.Write([]byte("more")); !errors.Is(err, db.ErrForgotten) {
				t.Errorf("%s: its file grows: %v", name, err)
			}
			if err := errors.Join(s.FinishExport(t.Context(), e, made, 1), tt.act(s, e)); err != nil && !errors.Is(err, db.ErrMoved) {
				t.Errorf("%s: %v", name, err)
			}
			if j := jobOf(t, s, e, made); j.State != want {
				t.Errorf("%s, and then its end: %+v", name, j)
			}
			countNoted(t, s, tt.event, int64(i+1))
		}
	}
}

// TestExportDropped (laws L3, L5): a file with records goes with what may remove or restrict what stands in it, made or half made; one without
// stays. While a batch runs none is begun.
func TestExportDropped(t *testing.T) {
	acts := map[string]struct {
		act func(*testing.T, *db.Store)
		why string
	}{
		"batch": {func(t *testing.T, s *db.Store) {
			if n, err := s.Claim(t.Context(), true); err != nil || n == 0 {
				t.Fatal(n, err)
			}
			if _, _, _, err := s.StartExport(t.Context(), 9, improving); !errors.Is(err, db.ErrErasing) {
				t.Errorf("an export is begun while a batch runs: %v", err)
			}
		}, db.WhyBatch},
		"hold": {func(t *testing.T, s *db.Store) {
			hold(t, s, db.NewHold{Kind: erasure.LegalHold, Subject: subject(t, s, "ada").Ref, Ground: "17-3-b"})
		}, db.WhyKept},
		"restriction": {func(t *testing.T, s *db.Store) {
			hold(t, s, db.NewHold{Kind: erasure.Restriction, Subject: subject(t, s, "ada").Ref, Ground: "18-1-a"})
		}, db.WhyKept},
	}
	for name, tt := range acts {
		t.Run(name, func(t *testing.T) {
			s := dbtest.Open(t)
			svc := dbtest.Service(t, s, "a")
			dbtest.Ingest(t, s, dbtest.Message(t, svc.Number, time.Now(), "hello", "ada"))
			if _, err := s.AcceptErasure(t.Context(), key, svc.Number, dbtest.ID(t, "ada")); err != nil {
				t.Fatal(err)
			}
			half, halfMade := begunExport(t, s, 7, improving)
			done, doneMade := madeExport(t, s, 8, db.NewExport{What: db.ExportRecords, Format: "csv"})
			other, otherMade := madeExport(t, s, 8, db.NewExport{What: db.ExportAudit, Format: "csv"})
			tt.act(t, s)
			for _, got := range []db.ExportJob{jobOf(t, s, half, halfMade), jobOf(t, s, done, doneMade)} {
				if got.State != db.ExportDropped || got.Why != tt.why {
					t.Errorf("%+v", got)
				}
			}
			if j := jobOf(t, s, other, otherMade); j.State != db.ExportReady {
				t.Errorf("the audit trail went too: %+v", j)
			}
			countNoted(t, s, audit.ExportDropped, 2)
			if err := s.CancelExport(t.Context(), 7, half.Number); !errors.Is(err, db.ErrMoved) {
				t.Error(err)
			}
			dbtest.Agrees(t, s)
		})
	}
}

// TestExportsBounded: one at a time for each person, three in all, sixteen files; none where there is no room.
func TestExportsBounded(t *testing.T) {
	var left atomic.Int64
	left.Store(1 << 40)
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now), db.WithFree(func(string) (int64, error) { return left.Load(), nil }))
	s.SetLowWater(1 << 20)
	begin := func(user int64) error { _, _, _, err := s.StartExport(t.Context(), user, improving); return err }
	for user, want := range []error{nil, nil, nil, db.ErrExports} {
		if err := begin(int64(user + 1)); !errors.Is(err, want) {
			t.Errorf("person %d: %v", user+1, err)
		}
	}
	if err := begin(1); !errors.Is(err, db.ErrExporting) {
		t.Errorf("two of one person: %v", err)
	}
	if err := s.CutExports(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 16 {
		madeExport(t, s, 1, improving)
	}
	if err := begin(1); !errors.Is(err, db.ErrExports) {
		t.Errorf("a seventeenth file: %v", err)
	}
	clock.Pass(time.Hour)
	if err := s.ExpireExports(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, made := begunExport(t, s, 1, improving)
	db.BoundMade(t, 20)
	if _, err := made.Write([]byte("more than fits")); !errors.Is(err, db.ErrLarge) {
		t.Errorf("a file that is too large: %v", err)
	}
	left.Store(1)
	clock.Pass(2 * time.Second)
	if _, err := made.Write([]byte("m")); !errors.Is(err, db.ErrLow) {
		t.Errorf("a disk without room: %v", err)
	}
	if err := begin(2); !errors.Is(err, db.ErrLow) {
		t.Errorf("a disk without room: %v", err)
	}
}
