package handlers

import (
	"slices"
	"testing"

	"quittance/db"
	"quittance/db/label"
	"quittance/views"
)

// everyProfile gives profiles in which each rule can say all that it ever says.
func everyProfile(yield func(db.Profile)) {
	for _, kind := range []label.Kind{label.Assistant, label.Discovery, label.VisualRecognition, label.SpeechToText, label.TextToSpeech} {
		for _, ticks := range append([]string{""}, db.Ticks...) {
			for _, begun := range []string{"", "2018-05-21", "2020-01-01"} {
				for _, migrated := range []string{"", "yes", "no"} {
					for _, plan := range []string{"", "lite", "premium"} {
						for _, rest := range []db.Profile{{}, {Answered: true}, {Answered: true, Centre: "washington", Searches: true}, {Centre: "frankfurt", Unreachable: 1}} {
							rest.Kind, rest.Begun, rest.Migrated, rest.Plan = kind, begun, migrated, plan
							if ticks != "" {
								rest.Ticks = []string{ticks}
							}
							yield(rest)
						}
					}
				}
			}
		}
	}
}

// TestSuitabilityOfDrills: a service that drills are made of is no service of anybody's.
func TestSuitabilityOfDrills(t *testing.T) {
	h := openHouse(t, nil)
	drills, err := h.store.DrillServices(t.Context())
	if err != nil || len(drills) == 0 {
		t.Fatal(drills, err)
	}
	b := h.signIn(db.RoleAdmin)
	for _, v := range drills {
		b.get(suitabilityHref(v.Number)).wants(t, 404)
	}
}

// TestSuitabilityWords: whatever a rule says is said in words with a source and with what to do, and no word is there that no rule comes to.
func TestSuitabilityWords(t *testing.T) {
	said := map[string]bool{}
	everyProfile(func(p db.Profile) {
		for _, f := range p.Suitability() {
			said[f.Code+" "+string(f.Verdict)] = true
		}
	})
	worded := 0
	for _, rule := range db.Rules {
		words, ok := views.SuitRules[rule.Code]
		if !ok || words.About == "" || words.Source == "" {
			t.Errorf("the rule %s has no words", rule.Code)
		}
		for _, verdict := range db.Verdicts {
			quiet := slices.Contains([]db.Verdict{db.Unknown, db.Suits, db.Apart}, verdict)
			todo := words.Do[string(verdict)]
			if comes := said[rule.Code+" "+string(verdict)] && !quiet; comes != (todo != "") {
				t.Errorf("%s says %s: %t, and what to do then is %q", rule.Code, verdict, comes, todo)
			}
			if todo != "" {
				worded++
			}
		}
	}
	if worded < len(db.Rules) || len(views.SuitRules) != len(db.Rules) {
		t.Errorf("%d rules, %d with words, %d things to do", len(db.Rules), len(views.SuitRules), worded)
	}
}

// TestProfileWords: each verdict, tick, data centre and plan has its words, and no words are left over.
func TestProfileWords(t *testing.T) {
	for _, v := range db.Verdicts {
		if views.SuitVerdicts[string(v)].Word == "" {
			t.Errorf("the verdict %s has no word", v)
		}
	}
	groups := []string{"features", "integrations", "uses"}
	for _, tick := range db.Ticks {
		if words := views.SuitTicks[tick]; words.Words == "" || !slices.Contains(groups, words.List) {
			t.Errorf("the tick %s has no words, or stands in no list of the form", tick)
		}
	}
	var centres []string
	for _, c := range views.DataCentres {
		if centres = append(centres, c.Code); c.Words == "" {
			t.Errorf("the data centre %s has no words", c.Code)
		}
	}
	if !slices.Equal(centres, db.Centres) || len(views.SuitTicks) != len(db.Ticks) || len(views.SuitVerdicts) != len(db.Verdicts) {
		t.Errorf("centres %v, %d ticks, %d verdicts", centres, len(views.SuitTicks), len(views.SuitVerdicts))
	}
	for _, plan := range db.Plans {
		if planWords[plan] == "" {
			t.Errorf("the plan %s has no words", plan)
		}
	}
	if len(planWords) != len(db.Plans) {
		t.Errorf("%d plans, words of %d", len(db.Plans), len(planWords))
	}
}
