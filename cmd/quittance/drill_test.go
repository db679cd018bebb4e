package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db"
)

// TestDrill: beside a running server a drill finds all that it sent in, and nothing of it afterwards; it is counted nowhere.
func TestDrill(t *testing.T) {
	t.Setenv("TEST_AS_QUITTANCE", "1") // for the process that looks into the files
	dir := filepath.Join(t.TempDir(), "data")
	serving(t, dir)
	for range 2 {
		r := quit(t, "", "drill", "-data", dir, "-json")
		got := as[drillTold](t, r.out)
		if r.code != 0 || got.Outcome != db.DrillPassed || got.Bytes == 0 || got.Slack != 0 || len(got.Paths) != len(db.DrillPaths) {
			t.Errorf("%+v", got)
		}
		for _, p := range got.Paths {
			if p.Planted == 0 || p.Before != p.Planted || p.After != 0 {
				t.Errorf("%+v", p)
			}
		}
	}
	if out := must(t, "", "service", "list", "-data", dir, "-json"); strings.Contains(out, "drill") {
		t.Errorf("the drill's services are listed: %s", out)
	}
	if out := must(t, "", "doctor", "-data", dir); !strings.Contains(out, "Drill 2 of") {
		t.Errorf("doctor does not tell of the last drill: %s", out)
	}
	if _, err := os.Stat(filepath.Join(dir, "reserve")); err != nil {
		t.Error("a server keeps no reserve:", err)
	}
}
