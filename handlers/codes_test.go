package handlers

import (
	"slices"
	"testing"

	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/views"
)

// The codes are the law's (db/erasure), their words are the face's (views): neither list may grow without the other.
func TestCodesHaveWords(t *testing.T) {
	for name, lists := range map[string]struct {
		codes []string
		words []views.Coded
	}{"grounds": {erasure.Grounds, views.Grounds}, "refusals": {erasure.Refusals, views.Refusals}, "stays": {erasure.Stays, views.Stays}, "dismissals": {erasure.Dismissals, views.Dismissals}, "ends": {erasure.EndCodes, views.Ends},
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

// So are those of tickets.
func TestTicketCodesHaveWords(t *testing.T) {
	var rights []string
	for _, r := range ticket.Rights {
		rights = append(rights, string(r))
	}
	for name, lists := range map[string]struct {
		codes []string
		words []views.Coded
	}{"rights": {rights, views.Rights}, "regimes": {ticket.Regimes, views.Regimes}, "regions": {ticket.Regions, views.Regions}, "channels": {ticket.Channels, views.TicketChannels},
		"relations": {ticket.Relations, views.Relations}, "extensions": {ticket.Extensions, views.Extensions}, "refusals": {ticket.Refusals, views.TicketRefusals},
		"pauses": {ticket.Pauses, views.Pauses}, "methods": {ticket.Methods, views.Methods}, "levels": {ticket.Levels, views.Levels}, "links": {ticket.Links, views.TicketLinks}} {
		var shown []string
		for _, w := range lists.words {
			shown = append(shown, w.Code)
		}
		if !slices.Equal(lists.codes, shown) {
			t.Errorf("%s: the store takes %v, the page shows %v", name, lists.codes, shown)
		}
	}
	for st := range ticket.Moves {
		if ticketStates[st].Word == "" {
			t.Errorf("the state %s has no word", st)
		}
	}
}

// Whatever stays has its sentence and the document behind it, in the order in which it is told; so has whatever tells two IDs apart.
func TestStaysHaveReasons(t *testing.T) {
	var shown []string
	for _, k := range views.Keeps {
		if shown = append(shown, k.Code); k.Words == "" || k.Source == "" {
			t.Errorf("%s has no words or no source", k.Code)
		}
	}
	if !slices.Equal(erasure.Whys, shown) {
		t.Errorf("the store says %v, the page %v", erasure.Whys, shown)
	}
	for _, d := range label.Differences {
		if differences[d] == "" {
			t.Errorf("the difference %q has no words", d)
		}
	}
}

// What can go wrong or be said at a linked service has a sentence each.
func TestPartCodesHaveWords(t *testing.T) {
	for _, code := range erasure.PartCodes {
		if views.PartCodes[code] == "" {
			t.Errorf("%s has no words", code)
		}
	}
	if len(views.PartCodes) != len(erasure.PartCodes) {
		t.Errorf("%d codes have words, there are %d", len(views.PartCodes), len(erasure.PartCodes))
	}
}
