package handlers

import (
	"testing"

	"quittance/db/clock"
	"quittance/views/lang"
)

func TestRulerOf(t *testing.T) {
	date := func(s string) clock.Date {
		d, err := clock.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	germany, _ := clock.PlaceOf("DE", "")
	for name, v := range map[string]struct {
		c     clock.Case
		lead  string
		used  float64
		bands int
		ended bool
	}{
		"running":      {clock.Case{Today: date("2026-06-11")}, "20 days left", 1. / 3, 0, false},
		"on the day":   {clock.Case{Today: date("2026-07-01")}, "Due today", 1, 0, false},
		"late":         {clock.Case{Today: date("2026-07-02")}, "1 day late", 1, 0, false},
		"no today":     {clock.Case{}, "1 Jul 2026", 0, 0, true},
		"before":       {clock.Case{Today: date("2026-05-20")}, "42 days left", 0, 0, true},
		"ended":        {clock.Case{Today: date("2026-08-01"), Ended: date("2026-06-16")}, "Ended in time", .5, 0, true},
		"ended late":   {clock.Case{Today: date("2026-08-01"), Ended: date("2026-07-03")}, "Ended 2 days late", 1, 0, true},
		"extended":     {clock.Case{Today: date("2026-06-24"), Extended: true}, "69 days left", 23. / 92, 1, false},
		"paused":       {clock.Case{Today: date("2026-06-08"), Pauses: []clock.Pause{{From: date("2026-06-02"), For: clock.Identity}}, EUPause: true}, "Paused, 29 days left", 7. / 36, 1, false},
		"paused still": {clock.Case{Today: date("2027-06-08"), Pauses: []clock.Pause{{From: date("2026-06-02"), For: clock.Identity}}, EUPause: true}, "Paused, 29 days left", 372. / 401, 1, false},
	} {
		v.c.Regime, v.c.Place, v.c.Received = clock.EU, germany, date("2026-06-01")
		k, err := clock.Of(v.c)
		if err != nil {
			t.Fatal(err)
		}
		r := rulerOf(k, v.c.Today)
		if lang.InEnglish(r.Lead) != v.lead || r.Used != v.used || len(r.Bands) != v.bands || r.Ended != v.ended || len(r.Says) == 0 {
			t.Errorf("%s: %q, %v, %d bands, ended %v; deadline %s", name, r.Lead, r.Used, len(r.Bands), r.Ended, k.Deadline())
		}
		if name == "extended" && (r.Bands[0].At != 30./92 || r.Bands[0].Ends != 1) {
			t.Errorf("the extension is drawn from %v to %v", r.Bands[0].At, r.Bands[0].Ends)
		}
		if len(r.Ticks) > 130 {
			t.Errorf("%s: %d ticks", name, len(r.Ticks))
		}
	}
}
