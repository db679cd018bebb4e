package views

import (
	"strings"
	"testing"
	"time"

	"quittance/views/lang"
)

func madeBatch() Batch {
	clock := HourRuler(time.Date(2026, 11, 22, 4, 12, 0, 0, berlin), time.Date(2026, 11, 22, 4, 29, 10, 0, berlin), time.Date(2026, 11, 23, 4, 12, 0, 0, berlin), berlin, "Due {format}, {hours} hours after the oldest acceptance")
	service := func(name, where string, s State, done, left, failed int64) BatchService {
		return BatchService{Name: name, Where: lang.Word(where), Href: "/services/1", State: s, Erased: done, Failed: failed,
			Bar: []Seg{{"ok", "Erased", done}, {"over", "Failed", failed}, {"wait", "Waiting", left}}}
	}
	return Batch{
		Number: 4, Records: 7440, State: running, Push: "/batches/4/live", Updated: "04:29:10", Pause: true, Stop: true, Stakes: madeStakes(),
		Sentence: "Batch 4 for 3 requests, hosted data only. Linked services are asked beside it.",
		Clock:    &clock, Lead: "4,192 of 7,440 records erased", Detail: "56 %. At 244 a minute this ends about 04:43; then every service is asked again.",
		Steps: []Step{{"Open", "04:00", "done"}, {"Running", "since 04:12", "now"}, {"Verified", "", "next"}, {"Done", "", "next"}},
		Bar:   []Seg{{"ok", "Erased", 4192}, {"held", "Stays by hold", 22}, {"over", "Failed", 3}, {"wait", "Waiting", 3223}},
		Services: []BatchService{
			service("support-bot", "Assistant, hosted here", State{"ok", "circle-check", "Erased"}, 3040, 0, 0), service("kb-search", "Discovery, hosted here", State{"run", "loader-2", "Running"}, 1152, 800, 3),
			service("claims-photos", "Visual Recognition, hosted here", State{"wait", "clock", "Waiting"}, 0, 1810, 0), service("callcentre", "Speech to Text, hosted here", State{"wait", "clock", "Waiting"}, 0, 613, 0),
		},
		Requests: []BatchRequest{
			{6, 5209, running, minute(22, 4, 12), minute(23, 4, 12), "in 23 h 43 min"}, {7, 327, State{"wait", "clock", "Waiting"}, minute(22, 4, 20), minute(23, 4, 20), "in 23 h 51 min"}, {8, 1904, State{"wait", "clock", "Waiting"}, minute(22, 4, 25), minute(23, 4, 25), "in 23 h 56 min"},
		},
		Failures: []Failure{{6, "kb-search", "Discovery, hosted here", "3 documents were written to while they were erased. Next try 04:33.", "/erasures/6/parts/2/retry"}},
		Speed: Speed{Words: "Records erased each minute, 04:12 to 04:29. Between 180 and 300, now 244.", Every: "minute", Unit: "Records",
			Points: []Point{{"04:12", 210}, {"04:13", 232}, {"04:14", 261}, {"04:15", 249}, {"04:16", 218}, {"04:17", 241}, {"04:18", 288}, {"04:19", 300}, {"04:20", 287}, {"04:25", 180}, {"04:26", 222}, {"04:27", 239}, {"04:28", 251}, {"04:29", 244}}},
		Facts:   []KV{{Key: "Oldest acceptance", Value: "22 Nov 2026, 04:12"}, {Key: "Share of all records", Value: "1.9 %"}, {Key: "Chunks", Value: "42 of 75"}, {Key: "Audit entry", Value: "88301", Href: "/audit/88301", Mono: true}},
		History: []Event{{When: minute(22, 4, 12), What: "Started", Sub: "system, 3 requests", Href: "/audit/88301"}, {When: minute(22, 4, 0), What: "Opened", Sub: "system"}},
		CSV:     "/erasures/csv?batch=4",
	}
}

func madeStakes() *Stakes {
	return &Stakes{Facts: []KV{{Key: "Erased, and cannot come back", Value: "4,192 records"}, {Key: "Not erased yet", Value: "3,248 records"}},
		Late: []LateUntil{{minute(22, 5, 29), "in 1 h", 0, 3}, {minute(23, 4, 29), "in 24 h", 2, 3}}}
}

func pausedBatch() Batch {
	v := madeBatch()
	v.State, v.Pause, v.Push = State{"soon", "player-pause", "Paused"}, false, ""
	v.Clear = &Confirm{Words: "erase 7,440 records", Typed: "erase", Error: "Type the words exactly as they stand: erase 7,440 records", Button: "7,440 records"}
	v.Breaker = "It would erase 7.2 % of all records; the limit is 5 %. A second person has to let it go on."
	v.Failures, v.Speed = nil, Speed{}
	return v
}

func TestBatchPages(t *testing.T) {
	v := madeBatch()
	page, part := render(t, "batch", v), render(t, "batch_live", v.Live())
	if !strings.Contains(page, strings.TrimSpace(part)) {
		t.Error("what is pushed is not what the page shows: a morph would change it")
	}
	if page := render(t, "batch_paused", pausedBatch()); strings.Contains(page, "hx-sse:connect") {
		t.Error("a batch that does not move opens a stream")
	}
	v = pausedBatch()
	v.Breaker, v.Clear, v.Resume, v.Rests = "", nil, true, "Paused by Rita Lind on 22 Nov 2026, 04:29."
	render(t, "batch_rests", v)
	v.Resume, v.Barred, v.Stakes, v.Stop = false, "You approved an erasure of this batch.", nil, false
	render(t, "batch_barred", v)
}

func madeLimits() Limits {
	return Limits{Manage: true, Desk: true, Rows: []LimitRow{
		{Name: "case-months-objection", Label: "Case files: Objection", Right: true, Now: "36 months after the end of a ticket", Value: "36"},
		{Name: "case-months-access", Label: "Case files: Access", Right: true, Unset: true, Now: "As for all rights"},
		{Name: "cancel-window", Label: "Cancel window", Hint: "Longer is tighter.", Unit: "minutes", Now: "15 min", Next: "1 min", From: minute(23, 4, 12), Value: "1"},
		{Name: "breaker-share", Label: "A batch erases at most", Unit: "per cent of all records", Now: "5 % of all records", Value: "five", Error: "Give a number from 1 to 100."}}}
}

func TestLimits(t *testing.T) {
	render(t, "limits", madeLimits())
	v := madeLimits()
	v.Manage, v.Desk = false, false
	render(t, "limits_read", v)
}

func madeBatches() Batches {
	row := func(n int64, s State, done, left int64, took, due string) BatchRow {
		return BatchRow{n, s, 3, done + left, []Seg{{"ok", "Erased", done}, {"wait", "Waiting", left}}, minute(22, 4, 12), lang.Word(took), minute(23, 4, 12), lang.Word(due)}
	}
	return Batches{Waiting: "2 requests wait for the next batch, at 04:45.", Pager: Pager{From: 1, To: 3, Total: 3},
		Rows: []BatchRow{row(4, running, 4192, 3248, "", "in 23 h"), row(3, finished, 611, 0, "3 min", ""), row(2, State{"", "player-stop", "Stopped"}, 40, 200, "1 min", "")}}
}

func TestBatches(t *testing.T) {
	render(t, "batches", madeBatches())
	render(t, "batches_empty", Batches{Waiting: "No request waits.", Empty: Empty{"No batches yet", "A batch starts every 15 minutes when an approved request waits for it."}})
}

func TestSpeedGrid(t *testing.T) {
	for _, c := range []struct{ top, last int64 }{{0, 0}, {3, 3}, {7, 8}, {300, 300}, {301, 400}} {
		grid := Speed{Points: []Point{{"a", 0}, {"b", c.top}}}.grid()
		if got := grid[len(grid)-1]; got != c.last || len(grid) > 5 {
			t.Errorf("up to %d the grid is %v, want it to end at %d in four steps at most", c.top, grid, c.last)
		}
	}
}
