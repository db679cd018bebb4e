package handlers

import (
	"net/http"
	"slices"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// ticketActs are the forms that this person may send now.
func (s *Server) ticketActs(r *http.Request, d desk, v *views.Ticket) error {
	if !v.Private {
		return nil
	}
	officer, open, at := who(r).May(auth.Release), !d.State.Ended(), func(act string) string { return ticketHref(d.Number) + "/" + act }
	add := func(may bool, a views.TicketAct) {
		if may {
			v.Acts = append(v.Acts, a)
		}
	}
	workers, err := s.ticketWorkers(r)
	if err != nil {
		return err
	}
	empty := !d.Forgot.IsZero()
	add(open && !empty, verifyAct(at("identity")))
	add(open && d.State != ticket.Waiting, askAct(at("ask")))
	add(d.State == ticket.Waiting, views.TicketAct{ID: "resume", Title: "The person has answered…", Action: at("resume"), Button: "Go on with it", Variant: "outline", Lead: "The ticket goes on, and so does its clock if it stood."})
	add(open && d.Right.Erases() && toErase(d), eraseAct(at("erasures")))
	frozen, err := s.restrictActs(r, d)
	if err != nil {
		return err
	}
	v.Acts = append(v.Acts, frozen...)
	add(open && officer && openErasure(d) == 0, answerAct(at("answer"), d))
	add(open && d.Extension == "", extendAct(at("extend"), d))
	add(!empty && d.State != ticket.Merged, views.TicketAct{ID: "note", Title: "Write a note…", Action: at("notes"), Button: "Keep the note", Variant: "outline",
		Fields: []views.Field{{Name: "note", Label: "Note", Type: "textarea", Required: true, Hint: "Sealed, for colleagues only. It never stands in the audit trail and can be erased."}}})
	add(!empty && d.State != ticket.Merged, views.TicketAct{ID: "attach", Title: "Attach a file…", Action: at("files"), Button: "Attach", Variant: "outline", File: true,
		Lead: "At most 10 MiB and 20 files: PDF, picture, text, office document or archive. What shows a person’s document of identity does not belong here."})
	add(open, views.TicketAct{ID: "add-id", Title: "Add a customer ID…", Action: at("ids"), Button: "Add", Variant: "outline", Fields: []views.Field{{Name: "id", Label: "Customer ID", Mono: true, Required: true, Autocomplete: "off"}}})
	add(open, views.TicketAct{ID: "assign", Title: "Assign…", Action: at("assign"), Button: "Assign", Variant: "outline",
		Fields: []views.Field{{Name: "user", Label: "assign|To", Type: "select", Value: decimal(d.Assignee), Options: workers}}})
	add(open, views.TicketAct{ID: "link", Title: "Link with an erasure, hold, restriction or export…", Action: at("links"), Button: "verb|Link", Variant: "outline",
		Fields: []views.Field{{Name: "kind", Label: "What", Type: "select", Required: true, Options: views.Choices(views.TicketLinks, "", "Choose one")}, {Name: "object", Label: "Its number", Required: true, MaxLength: 12}}})
	add(open && officer, refuseAct(at("refuse"), d.Right))
	add(open, views.TicketAct{ID: "withdraw", Title: "The person took it back…", Action: at("withdraw"), Button: "Close as withdrawn", Variant: "outline", Lead: "Nothing more is done for it. It can be taken up again."})
	add(open, views.TicketAct{ID: "abandon", Title: "The person does not answer…", Action: at("abandon"), Button: "Close as abandoned", Variant: "outline", Lead: "Close it only where nothing can be done without what they were asked for. It can be taken up again."})
	add(!open && d.State != ticket.Merged && !d.Destroyed, views.TicketAct{ID: "reopen", Title: "Take it up again…", Action: at("reopen"), Button: "Reopen", Variant: "outline", Lead: "Its clock still counts from the day of receipt."})
	return nil
}

func verifyAct(action string) views.TicketAct {
	return views.TicketAct{ID: "verify", Title: "Write down who they are…", Action: action, Button: "Write it down", Variant: "outline",
		Lead: "Say how it was checked and what was checked, not what the document showed: no copy of it is kept, and none is taken here (recital 64).",
		Fields: []views.Field{
			{Name: "method", Label: "How", Type: "select", Required: true, Options: views.Choices(views.Methods, "", "Choose one")},
			{Name: "level", Label: "How sure that makes us", Type: "select", Required: true, Options: views.Choices(views.Levels, "", "Choose one")},
			{Name: "checked", Label: "What was checked", Type: "textarea", Hint: "Such as “the last three orders”. No numbers of documents."},
		}}
}

func askAct(action string) views.TicketAct {
	return views.TicketAct{ID: "ask", Title: "Ask the person…", Action: action, Button: "It waits for the person", Variant: "outline",
		Lead:   "The clock stands meanwhile only where the law allows it: under the UK GDPR, and under the EU GDPR if the house’s policy says so; never under the CCPA. The identity request does this by itself when you keep it.",
		Fields: []views.Field{{Name: "why", Label: "We ask for", Type: "select", Required: true, Options: views.Choices(views.Pauses, "", "Choose one")}}}
}

func eraseAct(action string) views.TicketAct {
	return views.TicketAct{ID: "erase", Title: "Propose the erasure…", Action: action, Button: "Propose the erasure", Variant: "outline",
		Lead: "One request for each customer ID above and for each confirmed alias, at every service that knows it. Nothing is erased until a second person has read each manifest and approved it.",
		Fields: []views.Field{{Name: "reason", Label: "Ground", Type: "select", Required: true, Options: views.CodedOptions(views.Grounds, "")},
			{Name: "note", Label: "Note to the approver", Type: "textarea", Hint: "Sealed, erased with the request."}}}
}

func answerAct(action string, d desk) views.TicketAct {
	a := views.TicketAct{ID: "answer", Title: "Close as answered…", Action: action, Button: "Close as answered", Variant: "outline", Lead: "The person has the answer. It can be taken up again."}
	if all := views.OutcomesOf(string(d.Right)); len(all) > 0 {
		a.Fields = []views.Field{{Name: "outcome", Label: "What was done", Type: "select", Required: true, Options: views.CodedOptions(all, ""), Hint: "If nothing is done, refuse it instead: the person has to be told why (Art. 12(4))."}}
	}
	if d.Right.Erases() {
		a.Lead = "With an erasure the ticket is answered by itself. Close it by hand only where nothing is held under its IDs, and the person was told so."
	}
	return a
}

func extendAct(action string, d desk) views.TicketAct {
	return views.TicketAct{ID: "extend", Title: "Extend…", Action: action, Button: "Extend", Variant: "outline",
		Lead: lang.Said("Once, and only if the person is told, with reasons, by {noticeby}. It would then be due on {extendeddue}. The extension letter does this by itself when you keep it.", "noticeby", lang.Moment(dayWords(d.clock.NoticeBy)), "extendeddue", lang.Moment(dayWords(d.clock.ExtendedDue))),
		Fields: []views.Field{
			{Name: "why", Label: "Reason", Type: "select", Required: true, Options: views.Choices(views.Extensions, "", "Choose one")},
			{Name: "reasons", Label: "What the person was told", Type: "textarea", Required: true, Hint: "Kept sealed with the ticket; its hash stands in the audit trail."},
			{Name: "told", Label: "The person was told on", Type: "date", Required: true},
		}}
}

func refuseAct(action string, right ticket.Right) views.TicketAct {
	return views.TicketAct{ID: "refuse", Title: "Refuse…", Action: action, Button: "Refuse", Variant: "danger",
		Lead: "Art. 12(4): the person is told within a month, with the reasons, that they can complain to an authority and go to court. The refusal letter does this by itself when you keep it.",
		Fields: []views.Field{
			{Name: "reason", Label: "Ground", Type: "select", Required: true, Options: refusalOptions(right, "")},
			{Name: "explanation", Label: "Reasons, as the person is told", Type: "textarea", Required: true},
			{Name: "authority", Label: "Authority that they can complain to", Required: true, MaxLength: db.MaxTicketName},
			{Name: "complaint", Label: "They were told that they can complain to it", Type: "checkbox", Value: "yes", Required: true},
			{Name: "remedy", Label: "They were told that they can go to court", Type: "checkbox", Value: "yes", Required: true},
		}}
}

// refusalOptions are the grounds on which a request by right can be refused.
func refusalOptions(right ticket.Right, chosen string) []views.Option {
	var fit []views.Coded
	for _, c := range views.TicketRefusals {
		if slices.Contains(ticket.RefusalsOf(right), c.Code) {
			fit = append(fit, c)
		}
	}
	return views.CodedOptions(fit, chosen)
}

// ticketWorkers are those whom a ticket can be given to.
func (s *Server) ticketWorkers(r *http.Request) ([]views.Option, error) {
	all, err := s.store.TicketWorkers(r.Context())
	out := []views.Option{{Value: "0", Label: "Nobody"}}
	for _, u := range all {
		out = append(out, views.Option{Value: decimal(u.Number), Label: lang.Raw(u.Name)})
	}
	return out, err
}
