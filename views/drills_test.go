package views

import (
	"slices"
	"strings"
	"testing"

	"quittance/views/lang"
)

// drillWays is what each way of looking found, as most nights.
func drillWays(over map[string]DrillWay) (out []DrillWay) {
	for _, path := range []string{"records", "labels", "search", "files"} {
		w, ok := over[path]
		if !ok {
			w = DrillWay{Planted: 12, Before: 12, State: DrillOutcomes["passed"]}
		}
		w.Name = string(DrillPaths[path])
		out = append(out, w)
	}
	return out
}

func sampleDrill(outcome string, ways []DrillWay) Drill {
	return Drill{Number: 1204, State: DrillOutcomes[outcome], Sentence: "What the outcome means.", Running: outcome == "running", Ways: ways,
		Facts:   []KV{{Key: "Started by", Value: "The system"}, {Key: "Erased by", Value: "Batch 4", Href: "/batches/4"}},
		History: []Event{{What: "The drill was started", Sub: "The system", When: minute(22, 3, 1)}}}
}

func TestDrills(t *testing.T) {
	row := func(n int64, outcome, took, by string) DrillRow {
		return DrillRow{Number: n, State: DrillOutcomes[outcome], Started: minute(22, 3, 1), Took: lang.Word(took), By: lang.Word(by)}
	}
	render(t, "drills", Drills{Sentence: "What a drill is.", Start: true, Pager: Pager{From: 1, To: 5, Total: 5}, Rows: []DrillRow{
		row(1204, "running", "", "Rita Lind"), row(1203, "passed", "12.3 s", "The system"), row(1202, "failed", "11.9 s", "The system"),
		row(1201, "blind", "12.1 s", "The system"), row(1200, "broken", "", "An operator")}, Points: madePoints()})
	render(t, "drills_empty", Drills{Sentence: "What a drill is.", Empty: Empty{"No drill has run yet", "The first one runs some minutes after the server was started."}})
}

// madePoints are four nights, of which one drill passed.
func madePoints() []DrillPoint {
	return []DrillPoint{{1200, "19 Nov", "broken", "", 0}, {1201, "20 Nov", "blind", "12.1 s", 12.1}, {1202, "21 Nov", "failed", "11.9 s", 11.9}, {1203, "22 Nov", "passed", "12.3 s", 12.3}}
}

// TestDrillPlot: each drill that has ended is drawn once, as high as it took, and what is not well bears a sign as well as a colour.
func TestDrillPlot(t *testing.T) {
	p := newDrillPlot(madePoints())
	if p.Title != "How long each took, in seconds" || len(p.Columns) != 3 || len(p.Signs) != 3 || len(p.Labels) != 4 {
		t.Fatalf("%+v", p)
	}
	if p.Columns[0].Class != "f-over" || p.Columns[1].Class != "f-over" || p.Columns[2].Class != "f-ok" || lang.T(t.Context(), p.Columns[2].Title) != "Drill 1203, 22 Nov: Passed, 12.3 s" {
		t.Errorf("%+v", p.Columns)
	}
	if p.Signs[0].Text != "!" || lang.T(t.Context(), p.Signs[0].Title) != "Drill 1200, 19 Nov: Cut off" || p.Signs[1].Text != "×" || p.Signs[1].X != coordinate(slot(1, 4)) {
		t.Errorf("%+v", p.Signs)
	}
	if mid := p.Columns[1]; mid.X != coordinate(slot(2, 4)-28./2) || mid.Width != "28" && mid.Width != coordinate(28) {
		t.Errorf("the third of four stands at %s, %s wide", mid.X, mid.Width)
	}
	if want := coordinate((plotBottom - plotTop) * 12.3 / p.Axis.Top); p.Columns[2].Height != want || p.Axis.Top < 12.3 || p.Axis.Top > 20 {
		t.Errorf("12.3 s are %s high of an axis up to %g, want %s", p.Columns[2].Height, p.Axis.Top, want)
	}
	if words := lang.T(t.Context(), spokenDrills(madePoints())); words != "How long drills took, 19 Nov to 22 Nov: 4 drills, 1 passed, the longest took 12.3 s. The table below has each." {
		t.Error(words)
	}
	if words := lang.T(t.Context(), spokenDrills(slices.Concat(madePoints(), madePoints()[1:3]))); !strings.Contains(words, "6 drills, 1 passed, the longest took 12.3 s.") {
		t.Error(words)
	}
	if long := newDrillPlot([]DrillPoint{{1, "22 Nov", "passed", "10 min", 600}}); long.Title != "How long each took, in minutes" || long.Axis.Top != 12 && long.Axis.Top != 10 ||
		long.Columns[0].Height != coordinate((plotBottom-plotTop)*10/long.Axis.Top) {
		t.Errorf("ten minutes: %s, up to %g, %+v", long.Title, long.Axis.Top, long.Columns)
	}
	for outcome := range DrillOutcomes { // a column without a colour would be black
		if outcome != "running" && outcome != "broken" && drillFills[outcome] == "" {
			t.Errorf("%s has no colour", outcome)
		}
	}
}

func TestDrill(t *testing.T) {
	render(t, "drill", sampleDrill("passed", drillWays(nil)))
	render(t, "drill_failed", sampleDrill("failed", drillWays(map[string]DrillWay{"files": {Planted: 23, Before: 23, After: 1, State: DrillOutcomes["failed"]}})))
	render(t, "drill_blind", sampleDrill("blind", drillWays(map[string]DrillWay{"search": {Planted: 6, Before: 4, State: DrillOutcomes["blind"]}})))
	render(t, "drill_running", sampleDrill("running", nil))
}
