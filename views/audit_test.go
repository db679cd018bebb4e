package views

import (
	"strings"
	"testing"

	"quittance/views/lang"
)

func madeAudit() Audit {
	row := func(n int64, actor, code, act, object, href string) AuditRow {
		return AuditRow{n, minute(22, 11, 4), lang.Word(actor), code, lang.Word(act), object, href, madeHash}
	}
	return Audit{
		Filter: AuditFilter{Acts: []Option{{Value: "", Label: "All acts"}, {Value: "erasure.approved", Label: "Erasure approved"}}},
		Size:   88_345, Head: madeHash, Signed: minute(22, 11, 32), Verify: true, Export: "/exports",
		Rows: []AuditRow{
			row(88344, "system", "system", "Erasure finished: every part has ended.", "erasure/7", "/erasures/7"), row(88301, "Rita Lind", "user/2", "Erasure approved by another person than its proposer.", "erasure/7", "/erasures/7"),
			row(88299, "support-bot key", "key/12", "Records taken in: 128, in one commit.", "service/1", "/services/1"), row(88213, "Sam Ortiz", "user/3", "Erasure proposed.", "erasure/7", "/erasures/7"),
			row(88201, "Sam Ortiz", "user/3", "Record revealed for 60 seconds, with a purpose.", "access/31", ""), row(88200, "Mary Okafor", "user/5", "Signed in.", "", ""),
		},
		Pager: Pager{From: 1, To: 6, Total: 88_345, Older: "/audit?before=88200"},
	}
}

func filteredAudit() Audit {
	v := madeAudit()
	v.Filter.On, v.Filter.Actor, v.Filter.From, v.Filter.FromErr = true, "user/3", "2026-31-11", "Not a date: write 2026-11-31 as year, month, day."
	return v
}

func checkOf(findings ...lang.Word) Check {
	v := Check{Number: 4, State: State{Tone: "ok", Word: "Nothing found"}, Facts: []KV{{Key: "Asked for by", Value: "Mary Okafor"}}}
	v.Answer = &Verification{OK: len(findings) == 0, First: 1, Last: 88_345, Head: madeHash, KeyName: "quittance.example+1b5c9a02", Took: "212 ms", At: minute(22, 11, 40),
		Anchor: "Not anchored: no pin, old checkpoint or key from elsewhere was given, so a whole rollback cannot be seen from the inside.", Findings: findings,
		Whole: true, By: "Mary Okafor", Size: 88_346, Epochs: []string{"At entry 12 the store was restored."}}
	return v
}

func TestAudit(t *testing.T) {
	render(t, "audit", madeAudit())
	v := filteredAudit()
	v.Last = &CheckRow{4, State{Tone: "ok", Word: "Nothing found"}, "0 to 88,201", true, "212 ms", minute(22, 10, 1), "Mary Okafor"}
	v.Pager = Pager{From: 1, To: 6, Total: 10_000, AtLeast: true, Older: v.Pager.Older}
	v.Saved = []SavedFilter{{1, "Refusals", "/audit?act=erasure.refused"}}
	render(t, "audit_filtered", v)
	v.Filter.FromErr, v.SaveErr, v.Save = "", "Give it a name.", ""
	render(t, "audit_unsaved", v)
	if page := render(t, "check", checkOf()); !strings.Contains(page, "Not anchored") {
		t.Error("the answer does not say what it was not held against")
	}
	if page := render(t, "check_altered", checkOf("Entry 88213 does not have the hash that the head covers.", "Time runs back at entry 88214.")); strings.Contains(page, "The log is whole") {
		t.Error("an altered log is called whole")
	}
	render(t, "check_running", Check{Number: 5, Running: true, State: State{Tone: "run", Word: "Running"}})
	render(t, "checks", Checks{Newest: 88_344, Rows: []CheckRow{*v.Last}})
	render(t, "checks_refused", Checks{Newest: 5, From: "x", FromErr: "Write the number of an entry.", Empty: Empty{"Nobody has asked yet", "Each check stands here."}})
	render(t, "audit_empty", Audit{Filter: AuditFilter{On: true, Actor: "user/9"}, Empty: Empty{"No entries for this filter", "Asked 88,345 entries, 15 Nov to 22 Nov 2026."}})
}

func madeAuditEntry() AuditEntry {
	return AuditEntry{
		Number: 88_301, When: minute(22, 11, 4), Actor: "Rita Lind", Code: "user/2", Act: "Erasure approved by another person than its proposer.", Event: "erasure.approved",
		Object: "erasure/7", ObjectHref: "/erasures/7", Counts: []KV{{Key: "records", Value: "327"}, {Key: "services", Value: "5"}}, Commits: []Commitment{{Name: "manifest", Hash: madeHash, Where: "It stands on the page of the request.", Href: "/erasures/7"}},
		Hash: madeHash, Leaf: `{"v":1,"time":"2026-11-22T10:04:00.412Z","actor":"user/2","event":"erasure.approved","object":"erasure/7","counts":{"records":327,"services":5},"commits":{"manifest":"` + madeHash + `"}}`,
		Checkpoint: madeReceipt().Checkpoint, KeyName: "quittance.example+1b5c9a02", Older: "/audit/88300", Newer: "/audit/88302",
		Proof: EntryProof{Size: 88_345, Hashes: []string{"gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=", "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA="}, Href: "/audit/88301/proof", File: "quittance-entry-88301.tlog-proof", Key: "quittance.example+1b5c9a02+AbCd"},
	}
}

func TestAuditEntry(t *testing.T) {
	render(t, "auditentry", madeAuditEntry())
	v := madeAuditEntry()
	v.Object, v.ObjectHref, v.Counts, v.Commits, v.Newer = "", "", nil, nil, ""
	render(t, "auditentry_bare", v)
}

func madeExports() Exports {
	return Exports{May: true, What: "audit", Format: "csv", Pager: Pager{From: 1, To: 2, Total: 2}, Rows: []ExportRow{
		{2, "Audit trail", "CSV", "Mary Okafor", minute(22, 10, 2), 88_200, finished, 88_202, nil, false}, {1, "Erasures", "JSON", "Rita Lind", minute(21, 17, 55), 29, State{"over", "circle-x", "Broken off"}, 87_001, nil, false},
	}}
}

func TestExports(t *testing.T) {
	render(t, "exports", madeExports())
	v := madeExports()
	v.Later, v.Push = true, "/exports/live"
	v.Rows[0].State, v.Rows[0].Job, v.Rows[0].Bar = ExportStates["making"], true, []Seg{{"run", "Gone through", 60}, {"wait", "Waiting", 40}}
	render(t, "exports_making", v)
	v = madeExports()
	v.Rows, v.Empty = nil, Empty{"No exports yet", "Each one will stand here with its audit entry."}
	v.Records = true
	v.What, v.WhatErr, v.To, v.ToErr, v.Error = "", "Choose what to export.", "2026-01-01", "This is before the first day.", "Nothing was exported."
	render(t, "exports_refused", v)
}

func TestSamples(t *testing.T) {
	row := SampleRow{2, "All requests", 5, 120, State{Tone: "ok", Word: "Drawn"}, minute(22, 10, 0), "Mary Okafor"}
	render(t, "samples", Samples{May: true, Kinds: []Option{{Value: "all", Label: "All requests"}}, Rows: []SampleRow{row}})
	render(t, "samples_refused", Samples{May: true, Size: "9", SizeErr: "There are 3 to draw from.", Empty: Empty{"No sample yet", "Each stands here."}})
	v := Sample{Number: 2, Kind: "all requests filed between entries 0 and 90", Size: 1, Frame: 120, SeedHash: madeHash, May: true, State: State{Tone: "run", Word: "Committed"}}
	render(t, "sample_committed", v)
	v.Drawn, v.Pack, v.Seed, v.WordHash, v.Redraw, v.State = true, true, madeHash, madeHash, "sort | head -1", State{Tone: "ok", Word: "Drawn"}
	v.Rows = []SampledRow{{7, finished, "Art. 17(1)(b)", minute(21, 9, 0), minute(21, 9, 30), "/erasures/7/receipt"}}
	render(t, "sample", v)
}

func TestRights(t *testing.T) {
	line := RightLine{"Erasure, Art. 17", 12, 8, 1, 2, 1, 0, "41 min", "2.3 h", "19.0 h"}
	render(t, "rights", RightCounts{Period: "December 2025 to November 2026, by month of filing, in UTC", CSV: true, From: "2025-12-01", Lines: []RightLine{line}, Ways: []RightLine{line},
		Months: []RightMonth{{DayCount{"Nov 2026", 12, 11}, line}}, Grounds: []GroundLine{{"Art. 17(3)(e)", 2}}})
	render(t, "rights_empty", RightCounts{Period: "In UTC", Empty: Empty{"No request yet", "Requests are counted here."}})
}
