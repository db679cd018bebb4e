package db

import (
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
)

// A check goes on beside whoever asked, is kept with who and when and what it found, and stands in the trail.
func TestChecks(t *testing.T) {
	h := openHouse(t)
	for range 30 {
		if err := h.Note(h.ctx, audit.System, audit.PolicyChanged, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	check := func(first, last int64) TrailCheck {
		t.Helper()
		n, done, err := h.StartCheck(h.ctx, audit.ActorOf("user", 3), first, last)
		if err != nil {
			t.Fatal(err)
		}
		<-done
		c, err := h.Check(h.ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := check(0, -1); c.State != "done" || c.Findings != 0 || !c.Whole() || c.Actor != "user/3" || c.Size != 31 || c.Ended.IsZero() || c.Root == "" {
		t.Errorf("the whole trail: %+v", c)
	}
	if c := check(4, 9); c.Findings != 0 || c.Whole() || c.First != 4 || c.Last != 9 || c.Size != 32 {
		t.Errorf("a range: %+v", c)
	}
	noted, err := h.AuditEntries(h.ctx, AuditQuery{Event: string(audit.LogChecked), Limit: 5})
	if err != nil || len(noted) != 2 || noted[0].Object != "check/2" || noted[0].Actor != "user/3" || !strings.Contains(string(noted[0].Data), `"findings":0,"from":4`) {
		t.Errorf("%+v %v", noted, err)
	}
	if _, _, err := h.StartCheck(h.ctx, audit.System, 5, 900); err != ErrNotFound {
		t.Errorf("entries that are not there: %v", err)
	}
	if err := h.write(h.ctx, audit.System, func(t *tx) error {
		if err := t.exec("DROP TRIGGER leaf_fixed"); err != nil {
			return err
		}
		return t.exec("UPDATE leaf SET data = replace(data, 'policy.changed', 'policy.scheduled') WHERE number = 6")
	}); err != nil {
		t.Fatal(err)
	}
	if c := check(0, -1); c.Findings == 0 || len(c.Answer.Findings) == 0 || !strings.Contains(strings.Join(c.Answer.Findings, " "), "Entry 6") {
		t.Errorf("an altered entry: %+v", c)
	}
	if c := check(4, 9); c.Findings == 0 {
		t.Errorf("an altered entry in the range: %+v", c)
	}
	if c := check(10, 20); c.Findings != 0 {
		t.Errorf("a range beside it: %+v", c)
	}
	if list, err := h.Checks(h.ctx, 0, 2); err != nil || len(list) != 2 || list[0].Number != 5 {
		t.Errorf("%+v %v", list, err)
	}
}

// The filters of a person are theirs; one whose name holds a customer ID goes with the ID, and lies sealed until then.
func TestSavedFilters(t *testing.T) {
	h := openHouse(t)
	one, other := h.user("a@q.example", RoleAuditor), h.user("b@q.example", RoleAuditor)
	save := func(user int64, name string) error {
		return h.SaveFilter(h.ctx, user, SavedFilter{Name: name, Act: "erasure.refused", From: "2026-03-01"})
	}
	for _, name := range []string{"Refusals", "About CUST_anna ", strings.Repeat("ü", MaxFilterName)} {
		if err := save(one.Number, name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"", " ", strings.Repeat("ü", MaxFilterName+1), "a\x00b", "\xff"} {
		if err := save(one.Number, name); err != ErrFilterName {
			t.Errorf("%q: %v", name, err)
		}
	}
	list, err := h.SavedFilters(h.ctx, one.Number)
	if err != nil || len(list) != 3 || list[1].Name != "About CUST_anna" || list[0].Act != "erasure.refused" || list[0].From != "2026-03-01" {
		t.Fatalf("%+v %v", list, err)
	}
	if raw, err := scanned[[]byte](h.readers.QueryContext(h.ctx, "SELECT name FROM saved_filter")); err != nil || strings.Contains(string(raw[1]), "CUST") {
		t.Errorf("a name lies open: %q %v", raw, err)
	}
	if err := h.RemoveFilter(h.ctx, other.Number, list[0].Number); err != ErrNotFound {
		t.Errorf("somebody else's: %v", err)
	}
	if err := h.write(h.ctx, audit.System, func(t *tx) error { return t.forgetFilters("cust_anna") }); err != nil {
		t.Fatal(err)
	}
	if left, err := h.SavedFilters(h.ctx, one.Number); err != nil || len(left) != 2 || left[1].Name == "About CUST_anna" {
		t.Errorf("after its erasure: %+v %v", left, err)
	}
	for range MaxFilters - 2 {
		if err := save(one.Number, "more"); err != nil {
			t.Fatal(err)
		}
	}
	if err := save(one.Number, "one too many"); err != ErrFilters {
		t.Errorf("%v", err)
	}
	if err := h.RemoveFilter(h.ctx, one.Number, list[0].Number); err != nil {
		t.Error(err)
	}
}

// Requests are counted by right, way, outcome and month.
func TestRightStatistics(t *testing.T) {
	h := openHouse(t)
	insert := func(state, origin, bulk, refusal string, filed time.Time, took time.Duration) {
		t.Helper()
		err := h.write(h.ctx, audit.System, func(t *tx) error {
			var ended any
			if took > 0 {
				ended = ms(filed.Add(took))
			}
			return t.exec(`INSERT INTO erasure (state, origin, ref, ground, cutoff, proposer, manifest, manifest_hash, proposed, ended, refusal, bulk)
				VALUES (?, ?, x'00', '17-1-b', 0, 'user/1', '{}', '', ?, ?, nullif(?, ''), nullif(?, ''))`, state, origin, ms(filed), ended, refusal, bulk)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.write(h.ctx, audit.System, func(t *tx) error {
		return t.exec("INSERT INTO bulk (number, token, user, state, csv, created, expires) VALUES (4, 't', 1, 'proposed', 0, 0, 0)")
	}); err != nil {
		t.Fatal(err)
	}
	march := h.now
	insert("done", "console", "", "", march, time.Hour)
	insert("done", "console", "", "", march, 3*time.Hour)
	insert("done", "console", "", "", march, 2*time.Hour)
	insert("refused", "api", "", "17-3-e", march, time.Minute)
	insert("running", "console", "4", "", march.AddDate(0, 1, 0), 0)
	insert("done", "console", "", "", march.AddDate(0, -3, 0), time.Hour)
	tally, err := h.RightStatistics(h.ctx, march.AddDate(0, -1, 0), march.AddDate(0, 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	lines := tally.Lines()
	want := []audit.StatLine{
		{Month: "2026-03", Right: "17", Via: "api", Outcome: "refused", Ground: "17-3-e", Requests: 1, Ended: 1, Median: 60, Mean: 60, Longest: 60},
		{Month: "2026-03", Right: "17", Via: "console", Outcome: "done", Requests: 3, Ended: 3, Median: 7200, Mean: 7200, Longest: 10800},
		{Month: "2026-04", Right: "17", Via: "bulk", Outcome: "open", Requests: 1},
	}
	if len(lines) != len(want) || lines[0] != want[0] || lines[1] != want[1] || lines[2] != want[2] {
		t.Errorf("%+v", lines)
	}
	if err := h.write(h.ctx, audit.System, func(t *tx) error { return t.exec("DELETE FROM erasure") }); err != nil {
		t.Fatal(err) // the trail tells of none of them
	}
	if all := tally.Together(func(audit.StatLine) bool { return true }); all.Requests != 5 || all.Ended != 4 || all.Median != 3600 {
		t.Errorf("together: %+v", all)
	}
}
