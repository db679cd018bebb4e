package db_test

import (
	"slices"
	"testing"

	"quittance/db"
	"quittance/db/label"
)

// TestSuitability breaks each rule once, from a service against which nothing speaks, and no other rule changes to worse by it unless it is named.
func TestSuitability(t *testing.T) {
	tick := func(names ...string) func(*db.Profile) { return func(p *db.Profile) { p.Ticks = names } }
	broken := map[string]bool{}
	for _, c := range []struct {
		code string
		kind label.Kind
		set  func(*db.Profile)
		want db.Verdict
	}{
		{"created", label.Assistant, func(p *db.Profile) { p.Begun, p.Migrated = "2018-05-21", "yes" }, db.Unsuitable},
		{"migrated", label.Assistant, func(p *db.Profile) { p.Begun, p.Migrated = "2018-05-21", "no" }, db.Unsuitable},
		{"beta", label.Assistant, tick(db.TickBeta), db.Unsuitable},
		{"preview", label.Assistant, tick(db.TickPreview), db.Risky},
		{"facebook", label.Assistant, tick(db.TickFacebook), db.Risky},
		{"search-skill", label.Assistant, tick(db.TickSearchSkill), db.Risky},
		{"search-skill", label.Assistant, func(p *db.Profile) { p.Searches = true }, db.Mind},
		{"webhooks", label.Assistant, tick(db.TickWebhook), db.Risky},
		{"webhooks", label.Assistant, tick(db.TickLogWebhook), db.Risky},
		{"phone", label.Assistant, tick(db.TickPhone), db.Risky},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Centre = []string{db.TickHealth}, "frankfurt" }, db.Unsuitable},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Plan = []string{db.TickHealth}, "plus" }, db.Unsuitable},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Begun = []string{db.TickHealth}, "2019-03-31" }, db.Unsuitable},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Centre = []string{db.TickHealth}, "" }, db.Unknown},
		{"training", label.Assistant, tick(db.TickPersonalized), db.Risky},
		{"learning", label.Assistant, func(p *db.Profile) { p.Plan = "plus" }, db.Mind},
		{"processed-images", label.VisualRecognition, tick(db.TickDedicated), db.Risky},
		{"support", label.Assistant, func(p *db.Profile) { p.Centre = "" }, db.Unknown},
		{"several-ids", label.Assistant, tick(db.TickSeveralIDs), db.Risky},
		{"queries", label.Discovery, func(*db.Profile) {}, db.Mind},
		{"preview", label.Assistant, func(p *db.Profile) { p.Unreachable = 3 }, db.Risky},
	} {
		p := db.Profile{Kind: c.kind, Answered: true, Begun: "2020-01-01", Plan: "premium", Centre: "washington"}
		before := verdictOf(p, c.code)
		c.set(&p)
		if got := verdictOf(p, c.code); got != c.want || got == before && c.code != "queries" {
			t.Errorf("%s of %+v: %s after %s, want %s", c.code, p, got, before, c.want)
		}
		broken[c.code] = true
	}
	for _, r := range db.Rules {
		if !broken[r.Code] {
			t.Errorf("nothing breaks the rule %s", r.Code)
		}
	}
}

func verdictOf(p db.Profile, code string) db.Verdict {
	all := p.Suitability()
	return all[slices.IndexFunc(all, func(f db.Finding) bool { return f.Code == code })].Verdict
}

// TestUnanswered: nobody has said anything, so nothing suits but what cannot apply; the support route is not guessed.
func TestUnanswered(t *testing.T) {
	p := db.Profile{Kind: label.Assistant}
	for _, f := range p.Suitability() {
		if f.Verdict != db.Unknown && f.Verdict != db.Unseen && f.Verdict != db.Apart {
			t.Errorf("%s says %s of a service nobody knows", f.Code, f.Verdict)
		}
	}
	for centre, want := range map[string]string{"": "", "frankfurt": "eu", "london": "non-eu", "dallas": "non-eu"} {
		if got := (db.Profile{Centre: centre}).InEU(); got != want {
			t.Errorf("%s takes the route %q", centre, got)
		}
	}
}
