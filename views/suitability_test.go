package views

import (
	"strings"
	"testing"
)

// madeSuitability is an Assistant with much against it, which moves to another.
func madeSuitability() Suitability {
	return Suitability{Number: 4, Name: "returns-bot", Sentence: "4 rules speak against it.", Route: "non-eu", Manage: true,
		Findings: []SuitFinding{{"created", "unsuitable"}, {"preview", "risk"}, {"search-skill", "mind"}, {"learning", "mind"}, {"health", "unknown"}, {"training", "unseen"}, {"migrated", "suits"}, {"queries", "apart"}},
		Facts:    []KV{{Key: "Made on", Value: "2018-04-16"}, {Key: "Plan", Value: "Standard"}, {Key: "In use", Value: "Preview link and Slack"}},
		Begun:    "2018-04-16", Plan: []Option{{Label: "Not known"}, {Value: "standard", Label: "Standard", Selected: true}}, Migrated: []Option{{Label: "Not known", Selected: true}, {Value: "yes", Label: "Yes"}},
		Centre:   []Option{{Label: "Not known"}, {Value: "london", Label: "London (eu-gb)", Selected: true}},
		Features: []Choice{{Value: "beta", Label: "Beta or experimental features"}}, Integrations: []Choice{{Value: "preview", Label: "Preview link", Ticked: true}}, Uses: []Choice{{Value: "health", Label: "Health data (HIPAA)"}},
		Move:       &ServiceMove{Successor: 2, Name: "sales-bot", Started: minute(20, 9, 0), OldKeys: 2, LastUsed: minute(22, 11, 3)},
		Successors: []Option{{Value: "2", Label: "sales-bot"}, {Value: "5", Label: "hr-bot"}},
	}
}

func TestSuitabilityPage(t *testing.T) {
	v := madeSuitability()
	if page := render(t, "suitability", v); strings.Contains(page, "so that erasures include it. On the page of") {
		t.Error("a search skill that is linked here is told to be linked")
	}
	v.BegunErr, v.Err = "Give the day on which the instance was made, no later than today.", "Choose from what is offered."
	v.Move, v.SuccessorErr, v.Route = nil, "Choose another service in use, of the same kind.", ""
	render(t, "suitability_refused", v)
}

// TestSuitabilityRead: who may not change anything gets no form, and is told who can say what is missing.
func TestSuitabilityRead(t *testing.T) {
	v := madeSuitability()
	v.Manage, v.Route = false, "eu"
	v.Move.HasKey, v.Move.Revoked, v.Move.Linked, v.Move.NewLinked, v.Move.Over, v.Move.Ended = true, true, true, true, true, minute(22, 12, 0)
	page := render(t, "suitability_read", v)
	if strings.Contains(page, "/services/4/move") || strings.Contains(page, `name="begun"`) || !strings.Contains(page, "An administrator has to say what it is.") {
		t.Error("a form is offered to somebody who may not send it, or nobody is named who can")
	}
}

// TestMoveSteps: what is open of a move leads to where it is done.
func TestMoveSteps(t *testing.T) {
	v := madeSuitability()
	v.Move.LastUsed = Moment{}
	if page := render(t, "suitability_unused", v); !strings.Contains(page, "None has been used yet.") || !strings.Contains(page, `href="/services/2#new-key"`) || !strings.Contains(page, `href="/services/4#keys"`) {
		t.Error("an open step does not lead on")
	}
	v.Move.Linked, v.Move.HasKey = true, true
	if page := render(t, "suitability_linked", v); !strings.Contains(page, "It is revoked at IBM") || strings.Contains(page, "The move is done") {
		t.Error("the key of a linked service is not asked for, or the move is called done")
	}
}
