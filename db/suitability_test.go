package db_test

import (
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/label"
)

// TestSuitability breaks each rule, from a service against which nothing speaks, and by that no other rule says more than before unless it is named.
func TestSuitability(t *testing.T) {
	tick := func(names ...string) func(*db.Profile) { return func(p *db.Profile) { p.Ticks = names } }
	broken := map[string]bool{}
	for _, c := range []struct {
		code string
		kind label.Kind
		set  func(*db.Profile)
		want db.Verdict
		also string // the other rules that then say more, by their order
	}{
		{"created", label.Assistant, func(p *db.Profile) { p.Begun, p.Migrated = "2018-05-21", "yes" }, db.Unsuitable, ""},
		{"migrated", label.Assistant, func(p *db.Profile) { p.Begun, p.Migrated = "2018-05-21", "no" }, db.Unsuitable, "created"},
		{"beta", label.Assistant, tick(db.TickBeta), db.Unsuitable, ""},
		{"preview", label.Assistant, tick(db.TickPreview), db.Risky, ""},
		{"facebook", label.Assistant, tick(db.TickFacebook), db.Risky, ""},
		{"search-skill", label.Assistant, tick(db.TickSearchSkill), db.Risky, ""},
		{"search-skill", label.Assistant, func(p *db.Profile) { p.Searches = true }, db.Mind, ""},
		{"webhooks", label.Assistant, tick(db.TickWebhook), db.Risky, ""},
		{"webhooks", label.Assistant, tick(db.TickLogWebhook), db.Risky, ""},
		{"phone", label.Assistant, tick(db.TickPhone), db.Risky, ""},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Centre = []string{db.TickHealth}, "frankfurt" }, db.Unsuitable, ""},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Plan = []string{db.TickHealth}, "plus" }, db.Unsuitable, "learning"},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Begun = []string{db.TickHealth}, "2019-03-31" }, db.Unsuitable, ""},
		{"health", label.Assistant, func(p *db.Profile) { p.Ticks, p.Centre = []string{db.TickHealth}, "" }, db.Unknown, "support"},
		{"training", label.Assistant, tick(db.TickPersonalized), db.Risky, ""},
		{"learning", label.Assistant, func(p *db.Profile) { p.Plan = "plus" }, db.Mind, ""},
		{"processed-images", label.VisualRecognition, tick(db.TickDedicated), db.Risky, ""},
		{"support", label.Assistant, func(p *db.Profile) { p.Centre = "" }, db.Unknown, ""},
		{"several-ids", label.Assistant, tick(db.TickSeveralIDs), db.Risky, ""},
		{"queries", label.Discovery, func(*db.Profile) {}, db.Mind, ""},
		{"search-skill", label.Assistant, func(p *db.Profile) { p.Ticks, p.Searches = []string{db.TickSearchSkill}, true }, db.Mind, ""},
		{"preview", label.Assistant, func(p *db.Profile) { p.Unreachable = 3 }, db.Risky, "facebook"},                            // through one of the two
		{"preview", label.Assistant, func(p *db.Profile) { p.Ticks, p.Unreachable = []string{db.TickPreview}, 3 }, db.Risky, ""}, // which explains it
		{"facebook", label.Assistant, func(p *db.Profile) { p.Ticks, p.Unreachable = []string{db.TickFacebook}, 3 }, db.Risky, ""},
	} {
		p := suits(c.kind)
		before := verdicts(p)
		c.set(&p)
		after := verdicts(p)
		if got := after[c.code]; got != c.want || got == before[c.code] && c.code != "queries" {
			t.Errorf("%s of %+v: %s after %s, want %s", c.code, p, got, before[c.code], c.want)
		}
		var also []string
		for _, r := range db.Rules {
			if r.Code != c.code && after[r.Code] != before[r.Code] && after[r.Code] != db.Suits && after[r.Code] != db.Apart {
				also = append(also, r.Code)
			}
		}
		if got := strings.Join(also, " "); got != c.also {
			t.Errorf("%s of %+v moves %q too, want %q", c.code, p, got, c.also)
		}
		broken[c.code] = true
	}
	for _, r := range db.Rules {
		if !broken[r.Code] {
			t.Errorf("nothing breaks the rule %s", r.Code)
		}
	}
}

// TestFirstDays: the days on which IBM began belong to the time after.
func TestFirstDays(t *testing.T) {
	p := suits(label.Assistant)
	p.Begun = "2018-05-22"
	if v := verdicts(p); v["created"] != db.Suits || v["migrated"] != db.Apart {
		t.Errorf("made on the first day of labels: %s, migrated %s", v["created"], v["migrated"])
	}
	p.Begun, p.Ticks = "2019-04-01", []string{db.TickHealth}
	if v := verdicts(p)["health"]; v != db.Suits {
		t.Errorf("made on the first day for health data: %s", v)
	}
}

// TestApart: whatever is known, a rule about one kind of service says nothing of another.
func TestApart(t *testing.T) {
	const assistants = "preview facebook search-skill webhooks phone training"
	for kind, want := range map[label.Kind]string{label.Assistant: "processed-images queries", label.Discovery: assistants + " processed-images",
		label.VisualRecognition: assistants + " queries", label.SpeechToText: assistants + " processed-images queries"} {
		p := suits(kind)
		p.Begun, p.Migrated, p.Ticks, p.Searches, p.Unreachable = "2018-01-01", "no", db.Ticks, true, 1
		var apart []string
		for _, r := range db.Rules {
			if verdicts(p)[r.Code] == db.Apart {
				apart = append(apart, r.Code)
			}
		}
		if got := strings.Join(apart, " "); got != want {
			t.Errorf("%s: %q stand apart, want %q", kind, got, want)
		}
	}
}

// suits is a service against which nothing speaks.
func suits(kind label.Kind) db.Profile {
	return db.Profile{Kind: kind, Answered: true, Begun: "2020-01-01", Plan: "premium", Centre: "washington"}
}

func verdicts(p db.Profile) map[string]db.Verdict {
	out := map[string]db.Verdict{}
	for _, f := range p.Suitability() {
		out[f.Code] = f.Verdict
	}
	return out
}

// TestHealth: IBM names Premium in Washington DC for each service, and of an Assistant Enterprise in Dallas too, by now.
func TestHealth(t *testing.T) {
	for _, c := range []struct {
		kind         label.Kind
		plan, centre string
		want         db.Verdict
	}{
		{label.Assistant, "premium", "washington", db.Suits}, {label.Assistant, "premium", "dallas", db.Unsuitable},
		{label.Assistant, "enterprise", "dallas", db.Suits}, {label.Assistant, "isolation", "washington", db.Suits}, {label.Assistant, "enterprise", "frankfurt", db.Unsuitable},
		{label.Assistant, "", "dallas", db.Unknown}, {label.SpeechToText, "", "dallas", db.Unsuitable}, {label.SpeechToText, "", "washington", db.Unknown},
		{label.SpeechToText, "enterprise", "washington", db.Unsuitable}, {label.SpeechToText, "premium", "washington", db.Suits}, {label.Assistant, "lite", "", db.Unsuitable},
	} {
		p := suits(c.kind)
		p.Plan, p.Centre, p.Ticks = c.plan, c.centre, []string{db.TickHealth}
		if got := verdicts(p)["health"]; got != c.want {
			t.Errorf("%s on %q in %q: %s, want %s", c.kind, c.plan, c.centre, got, c.want)
		}
	}
}

// TestGravestFirst: the list begins with what speaks against a service, and keeps the order of the rules among those of one verdict.
func TestGravestFirst(t *testing.T) {
	p := suits(label.Assistant)
	p.Ticks, p.Plan = []string{db.TickSeveralIDs, db.TickPreview, db.TickBeta}, ""
	var got []string
	for _, f := range p.Suitability() {
		got = append(got, string(f.Verdict)+":"+f.Code)
	}
	want := "unsuitable:beta risk:preview risk:several-ids mind:support unknown:learning unseen:training " +
		"suits:created suits:facebook suits:search-skill suits:webhooks suits:phone apart:migrated apart:health apart:processed-images apart:queries"
	if all := strings.Join(got, " "); all != want {
		t.Errorf("%s\nwant %s", all, want)
	}
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
