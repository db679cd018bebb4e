package handlers

import (
	"slices"
	"testing"

	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/views"
	"quittance/views/lang"
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
		"pauses": {ticket.Pauses, views.Pauses}, "methods": {ticket.Methods, views.Methods}, "levels": {ticket.Levels, views.Levels}, "links": {ticket.Links, views.TicketLinks}, "outcomes": {ticket.Outcomes, views.Outcomes}} {
		var shown []string
		for _, w := range lists.words {
			shown = append(shown, w.Code)
		}
		if !slices.Equal(lists.codes, shown) {
			t.Errorf("%s: the store takes %v, the page shows %v", name, lists.codes, shown)
		}
	}
	for _, right := range ticket.Rights {
		var shown []string
		for _, c := range views.OutcomesOf(string(right)) {
			shown = append(shown, c.Code)
		}
		if !slices.Equal(ticket.OutcomesOf(right), shown) {
			t.Errorf("%s: the store takes the outcomes %v, the page shows %v", right, ticket.OutcomesOf(right), shown)
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

// The kind in an audit entry is a kind of record only where the entry is about records; elsewhere it is the place of a code in its own list.
func TestCodedCounts(t *testing.T) {
	for i, c := range views.TicketLinks {
		got := countKVs(audit.TicketLinked, map[string]int64{audit.CountKind: int64(i + 1), audit.CountLink: 7})
		if want := []views.KV{{Key: "Linked with", Value: lang.Said("{ticketlinks} {counts}", "ticketlinks", c.Words, "counts", "7")}}; !slices.Equal(got, want) {
			t.Errorf("%v, not %v", got, want)
		}
	}
	for _, st := range answer.Statements {
		got := countKVs(audit.StatementSet, map[string]int64{audit.CountKind: answer.StatementNumber(st.Code)})
		if want := []views.KV{{Key: "Statement", Value: lang.Raw(st.Title + ", " + st.Article)}}; len(got) != 1 || lang.InEnglish(got[0].Value) != lang.InEnglish(want[0].Value) {
			t.Errorf("%v, not %v", got, want)
		}
	}
	if got := countKVs(audit.TicketLinked, map[string]int64{audit.CountKind: 99, audit.CountLink: 7}); len(got) != 2 {
		t.Errorf("a kind of a newer program reads %v", got)
	}
	if got := countKVs(audit.RetentionChanged, map[string]int64{audit.CountKind: 1}); len(got) != 1 || got[0].Key != "Kind" {
		t.Errorf("a kind of record reads %v", got)
	}
}
