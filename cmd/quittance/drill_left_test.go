package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
)

// A drill that is killed anywhere leaves what it had sent in until then; the next one erases that first, calls the killed one cut off, and passes.
func TestDrillAfterAKilledOne(t *testing.T) {
	t.Setenv("TEST_AS_QUITTANCE", "1")
	for _, doors := range []int{1, 11, 100} { // one conversation; a collection without an ID; all
		dir := filepath.Join(t.TempDir(), "data")
		madeStore(t, dir)
		canaries := killedDrill(t, dir, doors)
		got := as[drillTold](t, must(t, "", "drill", "-data", dir, "-json"))
		if got.Drill != 2 || got.Outcome != db.DrillPassed {
			t.Errorf("killed after %d doors: %+v", doors, got)
		}
		must(t, strings.Join(canaries, "\n")+"\n", "residue", "-customer-id-file", "-", "-data", dir)
		s, err := db.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := s.Drill(t.Context(), 1); err != nil || d.Outcome != db.DrillBroken {
			t.Errorf("the killed drill is %s, %v", d.Outcome, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		os.RemoveAll(dir)
	}
}

// killedDrill sends in until so many doors have answered, and tells what was made up.
func killedDrill(t *testing.T, dir string, doors int) []string {
	t.Helper()
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &call{dir: dir, store: s, house: newHouse(s)}
	p, err := c.newPlay(t.Context())
	if err == nil {
		_, err = s.StartDrill(t.Context(), audit.System)
	}
	if err != nil {
		t.Fatal(err)
	}
	door := p.door
	p.door = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if doors--; doors < 0 {
			http.Error(w, "killed", http.StatusTeapot)
			return
		}
		door.ServeHTTP(w, r)
	})
	sent := p.send(t.Context())
	if err := s.Close(); err != nil || (sent == nil) != (doors > 0) {
		t.Fatal(sent, err)
	}
	return p.canaries
}
