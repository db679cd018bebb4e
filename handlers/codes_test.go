package handlers

import (
	"slices"
	"testing"

	"quittance/db/erasure"
	"quittance/views"
)

// The codes are the law's (db/erasure), their words are the face's (views): neither list may grow without the other.
func TestCodesHaveWords(t *testing.T) {
	for name, lists := range map[string]struct {
		codes []string
		words []views.Coded
	}{"grounds": {erasure.Grounds, views.Grounds}, "refusals": {erasure.Refusals, views.Refusals}, "stays": {erasure.Stays, views.Stays},
		"holds": {erasure.HoldGrounds[erasure.LegalHold], views.HoldGrounds}, "restrictions": {erasure.HoldGrounds[erasure.Restriction], views.RestrictionGrounds},
		"channels": {erasure.Channels, views.Channels}} {
		var shown []string
		for _, w := range lists.words {
			shown = append(shown, w.Code)
		}
		if !slices.Equal(slices.Sorted(slices.Values(lists.codes)), slices.Sorted(slices.Values(shown))) {
			t.Errorf("%s: the store takes %v, the page shows %v", name, lists.codes, shown)
		}
	}
}
