package views

import (
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
		row(1201, "blind", "12.1 s", "The system"), row(1200, "broken", "2 min", "An operator")}})
	render(t, "drills_empty", Drills{Sentence: "What a drill is.", Empty: Empty{"No drill has run yet", "The first one runs some minutes after the server was started."}})
}

func TestDrill(t *testing.T) {
	render(t, "drill", sampleDrill("passed", drillWays(nil)))
	render(t, "drill_failed", sampleDrill("failed", drillWays(map[string]DrillWay{"files": {Planted: 23, Before: 23, After: 1, State: DrillOutcomes["failed"]}})))
	render(t, "drill_blind", sampleDrill("blind", drillWays(map[string]DrillWay{"search": {Planted: 6, Before: 4, State: DrillOutcomes["blind"]}})))
	render(t, "drill_running", sampleDrill("running", nil))
}
