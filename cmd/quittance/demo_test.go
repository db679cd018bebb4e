package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
)

// smallDemo has all that the whole one has, with fewer people.
var smallDemo = demoSize{people: 150, records: 1800, former: 14, span: wholeDemo.span}

// TestDemo fills a directory and looks at what a person would find.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	var said bytes.Buffer
	begun := time.Now()
	accounts, err := fillDemo(t.Context(), dir, smallDemo, db.DefaultCancelWindow, &said, false)
	if err != nil {
		t.Fatal(err, said.String())
	}
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	t.Run("records", func(t *testing.T) { checkRecords(t, s) })
	t.Run("erasures", func(t *testing.T) { checkErasures(t, s) })
	t.Run("tickets", func(t *testing.T) { checkTickets(t, s) })
	t.Run("audit", func(t *testing.T) { checkTrail(t, s, begun) })
	t.Run("accounts", func(t *testing.T) { checkAccounts(t, s, accounts, dir) })
}

func checkRecords(t *testing.T, s *db.Store) {
	tallies, err := s.Tallies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var sum db.Tally
	library := int64(len(demoServices) + 1)
	held := len(demoLetters) + len(demoQuestions) // and one click for each question
	if got := tallies[library].Records; got != int64(held+len(demoQuestions)) || tallies[library].Unlabelled != 1 {
		t.Errorf("the library holds %+v, want %d records, one of them without a label", tallies[library], held+len(demoQuestions))
	}
	delete(tallies, library)
	services, err := s.Services(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range services {
		if v.Kind == label.VisualRecognition {
			pictures := tallies[v.Number]
			if delete(tallies, v.Number); pictures.Records != 1+demoImages+1+2*demoExamples || pictures.Unlabelled != 0 {
				t.Errorf("of pictures there are %+v", pictures)
			}
		}
	}
	for _, v := range tallies {
		sum = db.Tally{Records: sum.Records + v.Records, Unlabelled: sum.Unlabelled + v.Unlabelled, OptedOut: sum.OptedOut + v.OptedOut,
			Unreachable: sum.Unreachable + v.Unreachable}
	}
	const back = 1 // one record of somebody who was erased and came back
	if len(tallies) != 6 || sum.Records != int64(smallDemo.records+back) || sum.Unlabelled != sum.Records*4/100 || sum.Unreachable == 0 || sum.Unreachable > sum.Unlabelled/2 {
		t.Errorf("%d services hold %+v, want 6, %d and 4 %% without a label", len(tallies), sum, smallDemo.records)
	}
	if share := float64(sum.OptedOut) / float64(sum.Records); share < 0.04 || share > 0.25 {
		t.Errorf("%.2f of the records opted out, want about a tenth", share)
	}
	several, v1, sessions := 0, 0, map[string]bool{}
	w := newDemoWorld(demoSeed, smallDemo, time.Now())
	for i, p := range w.people {
		records, _, err := s.Records(t.Context(), db.RecordQuery{Subject: p.ids[0], Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		records = slices.DeleteFunc(records, func(r db.Record) bool { return r.Kind != db.Message })
		want := p.records * int(1-flag01(p.former))
		if i == smallDemo.people {
			want = back
		}
		if len(records) != want {
			t.Errorf("person %d (former: %v) has %d records, want %d", i, p.former, len(records), want)
		}
		for _, r := range records {
			several, v1 = several+int(flag01(r.Several)), v1+int(flag01(r.V1))
			sessions[r.Session] = true
		}
	}
	last, err := s.Seq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	for seq := int64(1); seq <= last; seq++ {
		r, err := s.Record(t.Context(), seq)
		if r.Kind == db.Image {
			_, _, _, err = db.SplitPicture(r.Body)
		} else if err == nil && !json.Valid(r.Body) {
			err = db.ErrCorrupt
		}
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			t.Fatalf("record %d cannot be read: %v", seq, err)
		}
		whole += int(flag01(err == nil && r.Kind == db.Message))
	}
	if whole != smallDemo.records+back {
		t.Errorf("%d records can be read, want %d", whole, smallDemo.records)
	}
	if list, _, err := s.Returns(t.Context(), 10); err != nil || len(list) != back || list[0].Records != back {
		t.Errorf("returned after erasure: %+v, %v", list, err)
	}
	if several == 0 || v1 == 0 || len(sessions) < 200 {
		t.Errorf("%d records with two IDs, %d of v1, %d conversations", several, v1, len(sessions))
	}
}

func flag01(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func checkErasures(t *testing.T, s *db.Store) {
	now := time.Now()
	list, err := s.Erasures(t.Context(), db.ErasureQuery{Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	n := map[erasure.State]int{}
	var known, api, told bool
	for _, e := range list {
		n[e.State]++
		known = known || e.Subject == "cust_8842" && e.State == erasure.Proposed
		api = api || e.Origin == "api" && e.State == erasure.Scheduled
		told = told || e.State == erasure.Refused && e.Told.Explanation != "" && e.Told.Complaint && e.Told.Remedy
		switch {
		case e.State == erasure.Scheduled && (e.RunsFrom.Before(now) || e.Deadline.Before(now)):
			t.Errorf("request %d is scheduled but its cancel window or its deadline is over", e.Number)
		case e.State == erasure.Done && e.Remaining > 0, e.State == erasure.Done && e.Subject != "":
			t.Errorf("request %d is done and is not", e.Number)
		}
	}
	if n[erasure.Proposed] < 5 || n[erasure.Scheduled] < 3 || n[erasure.Done] < smallDemo.former || n[erasure.Refused] < 3 || n[erasure.Withdrawn] < 2 ||
		n[erasure.Running]+n[erasure.Verifying]+n[erasure.Partial] > 0 {
		t.Errorf("requests by state: %v", n)
	}
	if !known || !api || !told {
		t.Errorf("of cust_8842 proposed: %v; by API scheduled: %v; refused with its reasons: %v", known, api, told)
	}
	days, err := s.ErasureDays(t.Context(), 10, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	busy := 0
	for _, d := range days {
		busy += int(flag01(d.Done > 0))
	}
	if busy < 5 {
		t.Errorf("erasures were done on %d of the last days", busy)
	}
}

func checkTrail(t *testing.T, s *db.Store, begun time.Time) {
	report, err := s.VerifyAudit(t.Context())
	if err != nil || !report.OK() {
		t.Errorf("the audit trail does not verify: %v %s", err, report.Summary())
	}
	if report.To.After(begun) || report.From.After(begun.Add(-smallDemo.span+time.Hour)) {
		t.Errorf("the audit trail goes from %v to %v", report.From, report.To)
	}
	var w = newDemoWorld(demoSeed, smallDemo, time.Now())
	entries, err := s.AuditEntries(t.Context(), db.AuditQuery{Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]bool{}
	for _, e := range entries {
		events[string(e.Event)] = true
		for _, p := range w.people {
			for _, secret := range append(slices.Clone(p.ids), p.values["email"], p.values["name"]) {
				if strings.Contains(string(e.Data), secret) {
					t.Fatalf("entry %d holds personal data", e.Number)
				}
			}
		}
	}
	if len(events) < 25 {
		t.Errorf("%d kinds of event: %v", len(events), events)
	}
}

func checkAccounts(t *testing.T, s *db.Store, accounts []demoAccount, dir string) {
	info, err := os.Stat(filepath.Join(dir, accountsFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v %v", accountsFile, info.Mode(), err)
	}
	kept, err := readAccounts(dir)
	if err != nil || !slices.Equal(kept, accounts) || len(kept) != 5 {
		t.Errorf("the accounts on file are not those that were made: %v", err)
	}
	for _, a := range accounts {
		u, err := s.UserByEmail(t.Context(), a.Email)
		if err != nil || !slices.Equal(u.Roles, []string{a.Role}) || len(a.Password) < 16 {
			t.Errorf("%s: %v %v", a.Email, u.Roles, err)
		}
	}
}

// TestDemoCutShort: what a killed start left is begun anew, and a directory that somebody uses is left alone.
func TestDemoCutShort(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	out := &writerFunc{func(p []byte) { cancel() }}
	if _, err := fillDemo(ctx, dir, smallDemo, time.Minute, out, false); !errors.Is(err, context.Canceled) {
		t.Fatalf("cut short in the middle: %v", err)
	}
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	state, _ := s.Meta(t.Context(), metaDemo)
	if n, _ := s.Seq(t.Context()); state != demoSeeding || n == 0 {
		t.Fatalf("state %q, %d records", state, n)
	}
	s.Close()
	if _, err := fillDemo(t.Context(), dir, smallDemo, time.Minute, &bytes.Buffer{}, false); err != nil {
		t.Fatal(err)
	}
}

type writerFunc struct{ f func([]byte) }

// Write implements io.Writer.
func (w *writerFunc) Write(p []byte) (int, error) { w.f(p); return len(p), nil }

// TestDemoInUse: made-up data never comes beside real data.
func TestDemoInUse(t *testing.T) {
	dir := t.TempDir()
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &call{dir: dir, store: s, err: &bytes.Buffer{}}
	if _, err := s.AddService(t.Context(), "operator", label.Assistant, "real", "eu-de"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.enterDemo(t.Context(), time.Minute); !errors.Is(err, errDemoInUse) {
		t.Errorf("in a directory with real data: %v", err)
	}
	if list, err := s.Services(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the real data: %v %v", list, err)
	}
	s.Close()
}

// TestDemoWorld: the same seed gives the same world, so that documents can name its people.
func TestDemoWorld(t *testing.T) {
	start := time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC)
	print := func() string {
		w := newDemoWorld(demoSeed, smallDemo, start)
		var out strings.Builder
		for _, s := range w.steps {
			json.NewEncoder(&out).Encode([]any{s.at, s.talk.ids, s.talk.service, s.talk.style, s.talk.turns[s.turn].text})
		}
		return out.String()
	}
	if a, b := print(), print(); a != b {
		t.Error("the same seed gave two worlds")
	}
	counts := []int{}
	for _, p := range newDemoWorld(demoSeed, wholeDemo, start).people[:wholeDemo.people] {
		counts = append(counts, p.records)
	}
	slices.Sort(counts)
	if median := counts[len(counts)/2]; median < 4 || median > 9 || counts[len(counts)-1] < 500 {
		t.Errorf("the median has %d records, the largest %d", median, counts[len(counts)-1])
	}
}
