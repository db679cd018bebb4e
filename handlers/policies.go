package handlers

import (
	"maps"
	"net/http"
	"slices"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/views"
	"quittance/views/lang"
)

// choice is one choice of a policy in words: as it stands among facts, and what it does.
type choice struct{ word, hint lang.Word }

// policyText is how a policy and its choices read.
type policyText struct {
	label   lang.Word
	choices map[string]choice
}

var policyTexts = map[string]policyText{
	db.PolicyUnlabelled: {"Messages without a customer ID", map[string]choice{
		db.UnlabelledRefused: {"Refused", "Answered with 400 and how to label; nothing is stored"},
		db.UnlabelledFlagged: {"Flagged", "Stored, counted, and shown as a risk"},
		db.UnlabelledAllowed: {"Allowed", "Stored and counted, and not shown as a risk"},
	}},
	db.PolicyDeletion: {"Deletions by API", map[string]choice{
		db.DeletionApproval:  {"An officer approves first", "The 24 hours run while it waits; when they are over it is shown as late and waits on"},
		db.DeletionAutomatic: {"Run by themselves", "After the cancel window, as IBM's services do"},
	}},
}

// servicePolicies lists the policies of a hosted service. Only an Assistant takes messages; what a linked one does is set where it lies.
func (s *Server) servicePolicies(r *http.Request, v db.Service) []views.ServicePolicy {
	var out []views.ServicePolicy
	if v.Linked() {
		return nil
	}
	if v.Kind == label.Assistant {
		out = append(out, s.servicePolicy(r, db.PolicyUnlabelled, v.Unlabelled))
	}
	return append(out, s.servicePolicy(r, db.PolicyDeletion, v.Deletion))
}

// servicePolicy is one policy. What waits is ticked, so that saving another one leaves it alone.
func (s *Server) servicePolicy(r *http.Request, name string, p db.Policy) views.ServicePolicy {
	text, now := policyTexts[name], s.store.Now()
	out := views.ServicePolicy{Name: name, Label: text.label, Now: text.choices[p.At(now)].word}
	chosen := p.At(now)
	if next := p.Waiting(now); next != "" {
		chosen, out.Next, out.From = next, text.choices[next].word, moment(r, p.From)
	}
	for _, value := range db.PolicyChoices(name) {
		c := text.choices[value]
		out.Options = append(out.Options, views.Option{Value: value, Label: c.word, Hint: c.hint, Selected: value == chosen})
	}
	return out
}

// submitPolicies chooses. Each policy is a change of its own: what is tighter holds at once, what is looser after a day (law L6).
func (s *Server) submitPolicies(r *http.Request) (string, error) {
	page, err := s.servicePage(r)
	if err != nil {
		return "", err
	}
	if !page.Manage {
		return "", db.ErrMoved // the service was removed meanwhile
	}
	if len(page.Policies) == 0 {
		return "", db.ErrNotFound
	}
	for i := range page.Policies {
		p := &page.Policies[i]
		if !slices.Contains(db.PolicyChoices(p.Name), text(r, p.Name)) {
			p.Error = "Choose one of these."
			return "", refused{page}
		}
	}
	waits := false
	for _, p := range page.Policies {
		set, err := s.store.SetPolicy(r.Context(), who(r).Actor(), page.Number, p.Name, text(r, p.Name))
		if err != nil {
			return "", err
		}
		waits = waits || set.Waiting(s.store.Now()) != ""
	}
	notify(r, "ok", policyNotice(waits))
	return serviceHref(page.Number), nil
}

func policyNotice(waits bool) lang.Word {
	if waits {
		return "Saved. What is looser takes effect after 24 hours."
	}
	return "Saved, and in force."
}

// countKVs are the numbers of an audit entry as facts; those of a policy are read as its words, and a kind as that which the event speaks of.
func countKVs(event audit.Event, counts map[string]int64) []views.KV {
	if event == audit.TicketLinked || event == audit.StatementSet || event == audit.TicketAnswered {
		return codedKVs(event, counts)
	}
	out, rest := policyKVs(counts)
	more, rest := retentionKVs(rest)
	out = append(out, more...)
	for _, name := range sortedNames(rest) {
		out = append(out, countKV(name, rest[name]))
	}
	return out
}

// codedKVs are the numbers of an event whose kind is the place of a code in a list of its own, and no kind of record.
func codedKVs(event audit.Event, counts map[string]int64) (out []views.KV) {
	n := int(counts[audit.CountKind])
	switch {
	case event == audit.TicketLinked && n > 0 && n <= len(ticket.Links):
		return []views.KV{{Key: "Linked with", Value: lang.Said("{ticketlinks} {counts}", "ticketlinks", views.CodeWords(views.TicketLinks, ticket.Links[n-1]), "counts", decimal(counts[audit.CountLink]))}}
	case event == audit.StatementSet && n > 0 && n <= len(answer.Statements):
		return []views.KV{{Key: "Statement", Value: statementName(answer.Statements[n-1])}}
	}
	if n = int(counts[audit.CountReason]); event == audit.TicketAnswered && n > 0 && n <= len(ticket.Outcomes) {
		return []views.KV{{Key: "What was done", Value: views.CodeWords(views.Outcomes, ticket.Outcomes[n-1])}}
	}
	for _, name := range sortedNames(counts) { // a code of a newer program
		out = append(out, countKV(name, counts[name]))
	}
	return out
}

func policyKVs(counts map[string]int64) (out []views.KV, rest map[string]int64) {
	name, before := db.PolicyOf(counts[audit.CountPolicy], counts[audit.CountBefore])
	_, after := db.PolicyOf(counts[audit.CountPolicy], counts[audit.CountAfter])
	house := db.LimitOf(counts[audit.CountPolicy])
	if name == "" && house == "" {
		return nil, counts
	}
	rest = maps.Clone(counts)
	for _, n := range []string{audit.CountPolicy, audit.CountBefore, audit.CountAfter} {
		delete(rest, n)
	}
	if house != "" {
		return limitKVs(house, counts[audit.CountBefore], counts[audit.CountAfter]), rest
	}
	t := policyTexts[name]
	return []views.KV{{Key: "Policy", Value: t.label}, {Key: "Before", Value: t.choices[before].word}, {Key: "After", Value: t.choices[after].word}}, rest
}
