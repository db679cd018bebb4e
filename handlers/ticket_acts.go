package handlers

import (
	"net/http"
	"slices"
	"strings"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
)

// ticketNext says how a ticket stands, and gives the one thing to do now.
func (s *Server) ticketNext(r *http.Request, d desk, v *views.Ticket) {
	v.Sentence = ticketSentence(d)
	if !v.Private || d.State.Ended() {
		return
	}
	me, officer := who(r).User.Number, who(r).May(auth.Release)
	switch {
	case d.Assignee == 0:
		v.Next = &views.TicketNext{Label: "Take this ticket", Post: ticketHref(d.Number) + "/assign", Name: "user", Value: decimal(me)}
	case d.State == ticket.Waiting && waitsForWhat(d) == ticket.ForIdentity:
		v.Next = &views.TicketNext{Label: "Write down who they are", Href: "#verify"}
	case d.State == ticket.Waiting:
		v.Next = &views.TicketNext{Label: "The person has answered", Post: ticketHref(d.Number) + "/resume"}
	case len(d.identities) == 0:
		v.Next = &views.TicketNext{Label: "Write down who they are", Href: "#verify"}
	case d.Right.Erases() && toErase(d):
		v.Next = &views.TicketNext{Label: "Propose the erasure", Href: "#erase"}
	case d.Right.Erases() && len(d.erasures) > 0 && openErasure(d) != 0:
		v.Next = &views.TicketNext{Label: "Open erasure " + decimal(openErasure(d)), Href: erasureHref(openErasure(d))}
	case unrestricted(d) && officer:
		v.Next = &views.TicketNext{Label: "Restrict", Href: "#restrict"}
	case v.Answer != "":
		v.Next = &views.TicketNext{Label: v.Answer, Href: accessHref(d.Number, "")}
	case officer:
		v.Next = &views.TicketNext{Label: "Close as answered", Href: "#answer"}
	}
	for i := range v.Acts { // the form of the next step is open, also for a browser that opens none by its address
		if v.Next != nil && v.Next.Href == "#"+v.Acts[i].ID {
			v.Acts[i].Open = true
		}
	}
}

func waitsForWhat(d desk) string {
	if n := len(d.pauses); n > 0 && d.pauses[n-1].Ended.IsZero() {
		return d.pauses[n-1].Why
	}
	return ""
}

func ticketSentence(d desk) string {
	switch {
	case d.State == ticket.Merged:
		return "It came twice: ticket " + decimal(d.MergedInto) + " goes on for both."
	case d.State == ticket.Answered && d.Right.Erases():
		return "Its erasures have ended. Send the receipt to the person, and say when you did (Art. 12(3))."
	case d.State == ticket.Answered && len(restrictions(d)) > 0:
		return "The person has the answer. The restriction goes on until an officer lifts it, with notice to the person (Art. 18(3))."
	case d.State == ticket.Abandoned:
		return "The person did not give what it needed. It can be taken up again."
	case d.State.Ended():
		return "It is over. It can be taken up again."
	case d.State == ticket.Waiting && d.Stands:
		return "The person was asked, and the clock stands until they answer."
	case d.State == ticket.Waiting:
		return "The person was asked. The clock runs on meanwhile."
	case d.Assignee == 0:
		return "Nobody works on it yet."
	case len(d.identities) == 0:
		return "Next: make sure who asks, or write down why there is no doubt."
	case d.Right.Erases() && toErase(d):
		return "Next: propose the erasure. A second person approves it, and the ticket is answered with its receipt."
	case d.Right.Erases() && openErasure(d) != 0:
		return "Its erasure is on the way. The ticket is answered by itself with the last receipt."
	case unrestricted(d):
		return "Next: an officer restricts the data subject."
	case len(restrictions(d)) > 0:
		return "The data subject is restricted. Next: tell the person, then an officer closes the ticket; the restriction goes on until it is lifted."
	}
	return "Next: answer the person, then an officer closes the ticket."
}

// toErase tells whether an ID of the ticket has no erasure that is done or on its way, and was not found to bear nothing.
func toErase(d desk) bool {
	return slices.ContainsFunc(d.subjects, func(sub db.TicketSubject) bool {
		return sub.ID != "" && sub.Nothing.IsZero() && !slices.ContainsFunc(d.erasures, func(e db.Erasure) bool {
			return e.Reference == sub.Reference && e.State != erasure.Refused && e.State != erasure.Withdrawn
		})
	})
}

func openErasure(d desk) int64 {
	for _, e := range d.erasures {
		if !e.State.Ended() {
			return e.Number
		}
	}
	return 0
}

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
		Fields: []views.Field{{Name: "user", Label: "To", Type: "select", Value: decimal(d.Assignee), Options: workers}}})
	add(open, views.TicketAct{ID: "link", Title: "Link with an erasure, hold, restriction or export…", Action: at("links"), Button: "Link", Variant: "outline",
		Fields: []views.Field{{Name: "kind", Label: "What", Type: "select", Required: true, Options: views.Choices(views.TicketLinks, "", "Choose one")}, {Name: "object", Label: "Its number", Required: true, MaxLength: 12}}})
	add(open && officer, refuseAct(at("refuse")))
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
		Lead: "Once, and only if the person is told, with reasons, by " + dayWords(d.clock.NoticeBy) + ". It would then be due on " + dayWords(d.clock.ExtendedDue) + ". The extension letter does this by itself when you keep it.",
		Fields: []views.Field{
			{Name: "why", Label: "Reason", Type: "select", Required: true, Options: views.Choices(views.Extensions, "", "Choose one")},
			{Name: "reasons", Label: "What the person was told", Type: "textarea", Required: true, Hint: "Kept sealed with the ticket; its hash stands in the audit trail."},
			{Name: "told", Label: "The person was told on", Type: "date", Required: true},
		}}
}

func refuseAct(action string) views.TicketAct {
	return views.TicketAct{ID: "refuse", Title: "Refuse…", Action: action, Button: "Refuse", Variant: "danger",
		Lead: "Art. 12(4): the person is told within a month, with the reasons, that they can complain to an authority and go to court. The refusal letter does this by itself when you keep it.",
		Fields: []views.Field{
			{Name: "reason", Label: "Ground", Type: "select", Required: true, Options: views.CodedOptions(views.TicketRefusals, "")},
			{Name: "explanation", Label: "Reasons, as the person is told", Type: "textarea", Required: true},
			{Name: "authority", Label: "Authority that they can complain to", Required: true, MaxLength: db.MaxTicketName},
			{Name: "complaint", Label: "They were told that they can complain to it", Type: "checkbox", Value: "yes", Required: true},
			{Name: "remedy", Label: "They were told that they can go to court", Type: "checkbox", Value: "yes", Required: true},
		}}
}

// ticketWorkers are those whom a ticket can be given to.
func (s *Server) ticketWorkers(r *http.Request) ([]views.Option, error) {
	all, err := s.store.TicketWorkers(r.Context())
	out := []views.Option{{Value: "0", Label: "Nobody"}}
	for _, u := range all {
		out = append(out, views.Option{Value: decimal(u.Number), Label: u.Name})
	}
	return out, err
}

// refuseTicketForm is the page of a ticket with a form that was not accepted: what was typed stands in it, and what is wrong beside each field.
func (s *Server) refuseTicketForm(r *http.Request, v db.Ticket, id string, wrong map[string]string) error {
	page, err := s.ticketPage(r, v)
	if err != nil {
		return err
	}
	for i := range page.Acts {
		a := &page.Acts[i]
		if a.ID != id {
			a.Open = false
			continue
		}
		a.Open, a.FileErr = true, wrong["file"]
		for j := range a.Fields {
			f := &a.Fields[j]
			f.Error = wrong[f.Name]
			if typed := strings.ToValidUTF8(text(r, f.Name), "\ufffd"); f.Type == "checkbox" {
				f.Checked = typed == f.Value
			} else {
				f.Value = typed
			}
		}
		return refused{page}
	}
	return db.ErrMoved // it is not offered any more
}

// onTicket does something to the ticket of the path and says so on its page. What of the form is wrong comes back beside its fields.
func (s *Server) onTicket(r *http.Request, id string, read func(db.Ticket) map[string]string, act func(db.Ticket) error, words string) (string, error) {
	v, err := s.ticketOf(r)
	if err != nil {
		return "", err
	}
	if read != nil {
		if wrong := read(v); len(wrong) > 0 {
			return "", s.refuseTicketForm(r, v, id, wrong)
		}
	}
	if err := act(v); err != nil {
		return "", err
	}
	notify(r, "ok", words)
	return ticketHref(v.Number), nil
}

func (s *Server) assignTicket(r *http.Request) (string, error) {
	user := numberOr(text(r, "user"), -1)
	next, err := s.onTicket(r, "assign", nil, func(v db.Ticket) error {
		return s.store.AssignTicket(r.Context(), who(r).Actor(), v.Number, user)
	}, "It is theirs now.")
	if user == who(r).User.Number && err == nil {
		notify(r, "ok", "It is yours now.")
	}
	return next, err
}

// code reads one of a closed list.
func code[T ~string](wrong map[string]string, list []T, name, typed string) {
	if !slices.Contains(list, T(typed)) {
		wrong[name] = "Choose one of these."
	}
}

// prose reads what the person is told, or colleagues are.
func prose(wrong map[string]string, name, typed string, required bool) {
	if required && typed == "" {
		wrong[name] = "Write it down."
	}
	if !plain(typed, db.MaxTicketNote) {
		wrong[name] = "Keep it under 4,000 characters of plain text."
	}
}

func (s *Server) askPerson(r *http.Request) (string, error) {
	return s.onTicket(r, "ask", func(db.Ticket) map[string]string {
		wrong := map[string]string{}
		code(wrong, ticket.Pauses, "why", text(r, "why"))
		return wrong
	}, func(v db.Ticket) error {
		return s.store.AskPerson(r.Context(), who(r).Actor(), v.Number, text(r, "why"))
	}, "It waits for the person.")
}

func (s *Server) resumeTicket(r *http.Request) (string, error) {
	return s.onTicket(r, "resume", nil, func(v db.Ticket) error { return s.store.ResumeTicket(r.Context(), who(r).Actor(), v.Number) }, "It goes on.")
}

func (s *Server) verifyIdentity(r *http.Request) (string, error) {
	c := db.TicketIdentity{Method: text(r, "method"), Level: text(r, "level"), Checked: text(r, "checked")}
	return s.onTicket(r, "verify", func(db.Ticket) map[string]string {
		wrong := map[string]string{}
		code(wrong, ticket.Methods, "method", c.Method)
		code(wrong, ticket.Levels, "level", c.Level)
		prose(wrong, "checked", c.Checked, false)
		return wrong
	}, func(v db.Ticket) error { return s.store.VerifyIdentity(r.Context(), who(r).Actor(), v.Number, c) }, "Written down, with your name.")
}

func (s *Server) extendTicket(r *http.Request) (string, error) {
	e := db.Extension{Why: text(r, "why"), Reasons: text(r, "reasons")}
	return s.onTicket(r, "extend", func(v db.Ticket) map[string]string {
		wrong := map[string]string{}
		code(wrong, ticket.Extensions, "why", e.Why)
		prose(wrong, "reasons", e.Reasons, true)
		day, err := s.pastDay(v.Zone(), text(r, "told"))
		if e.On = day; err == "" && day.Format("2006-01-02") < v.Day {
			err = "This is before the request was received."
		}
		if err == "" && !v.NoticeBy.IsZero() && day.After(v.NoticeBy) {
			err = "By then the first month had passed: an extension of which the person is told later does not hold (Art. 12(3))."
		}
		if err != "" {
			wrong["told"] = err
		}
		return wrong
	}, func(v db.Ticket) error { return s.store.ExtendTicket(r.Context(), who(r).Actor(), v.Number, e) }, "Extended.")
}

func (s *Server) refuseTicket(r *http.Request) (string, error) {
	told := db.Told{Explanation: text(r, "explanation"), Authority: text(r, "authority"), Complaint: text(r, "complaint") == "yes", Remedy: text(r, "remedy") == "yes"}
	return s.onTicket(r, "refuse", func(db.Ticket) map[string]string {
		wrong := map[string]string{}
		code(wrong, ticket.Refusals, "reason", text(r, "reason"))
		prose(wrong, "explanation", told.Explanation, true)
		if told.Authority == "" || !plain(told.Authority, db.MaxTicketName) {
			wrong["authority"] = "Name it, in at most 200 characters."
		}
		for name, ok := range map[string]bool{"complaint": told.Complaint, "remedy": told.Remedy} {
			if !ok {
				wrong[name] = "Art. 12(4): the person must be told of it."
			}
		}
		return wrong
	}, func(v db.Ticket) error {
		return s.store.RefuseTicket(r.Context(), who(r).Actor(), v.Number, text(r, "reason"), told)
	}, "Refused.")
}

func (s *Server) answerTicket(r *http.Request) (string, error) {
	outcome := text(r, "outcome")
	return s.onTicket(r, "answer", func(v db.Ticket) map[string]string {
		wrong := map[string]string{}
		if all := ticket.OutcomesOf(v.Right); len(all) > 0 {
			code(wrong, all, "outcome", outcome)
		} else {
			outcome = ""
		}
		return wrong
	}, func(v db.Ticket) error { return s.store.AnswerTicket(r.Context(), who(r).Actor(), v.Number, outcome) }, "Answered.")
}

func (s *Server) withdrawTicket(r *http.Request) (string, error) {
	return s.onTicket(r, "withdraw", nil, func(v db.Ticket) error { return s.store.WithdrawTicket(r.Context(), who(r).Actor(), v.Number) }, "Closed as withdrawn.")
}

func (s *Server) abandonTicket(r *http.Request) (string, error) {
	return s.onTicket(r, "abandon", nil, func(v db.Ticket) error { return s.store.AbandonTicket(r.Context(), who(r).Actor(), v.Number) }, "Closed as abandoned.")
}

func (s *Server) reopenTicket(r *http.Request) (string, error) {
	return s.onTicket(r, "reopen", nil, func(v db.Ticket) error { return s.store.ReopenTicket(r.Context(), who(r).Actor(), v.Number) }, "It goes on.")
}

// mergeTicket ends a ticket in favour of the one that came before it.
func (s *Server) mergeTicket(r *http.Request) (string, error) {
	into := numberOr(text(r, "into"), 0)
	next, err := s.onTicket(r, "merge", nil, func(v db.Ticket) error { return s.store.MergeTicket(r.Context(), who(r).Actor(), v.Number, into) }, "Merged: this one goes on for both.")
	if err != nil {
		return next, err
	}
	return ticketHref(into), nil
}

// addTicketID takes an ID that was typed, or an alias by its opaque reference, which a person confirms by adding it.
func (s *Server) addTicketID(r *http.Request) (string, error) {
	var id label.ID
	alias := text(r, "subject") != ""
	if alias {
		sub, err := s.store.Subject(r.Context(), db.Ref(text(r, "subject")))
		if err != nil {
			return "", err
		}
		if id, err = label.Parse(label.Assistant, sub.ID); err != nil {
			return "", err
		}
	}
	return s.onTicket(r, "add-id", func(db.Ticket) map[string]string {
		if alias {
			return nil
		}
		ids, wrong := idsOf(r.PostFormValue("id"))
		switch {
		case wrong != "":
			return map[string]string{"id": wrong}
		case len(ids) != 1:
			return map[string]string{"id": "Give one customer ID."}
		}
		id = ids[0]
		return nil
	}, func(v db.Ticket) error { return s.store.AddTicketID(r.Context(), who(r).Actor(), v.Number, id, alias) }, "Added.")
}

func (s *Server) addTicketNote(r *http.Request) (string, error) {
	note := text(r, "note")
	return s.onTicket(r, "note", func(db.Ticket) map[string]string {
		wrong := map[string]string{}
		prose(wrong, "note", note, true)
		return wrong
	}, func(v db.Ticket) error { return s.store.AddTicketNote(r.Context(), who(r).Actor(), v.Number, note) }, "The note is kept.")
}

func (s *Server) eraseTicketNote(r *http.Request) (string, error) {
	return s.eraseOnTicket(r, "note", s.store.EraseTicketNote, "The note is erased. Who wrote it, when, and its hash stay.")
}

func (s *Server) linkTicket(r *http.Request) (string, error) {
	kind, object := text(r, "kind"), numberOr(text(r, "object"), 0)
	return s.onTicket(r, "link", func(v db.Ticket) map[string]string {
		wrong := map[string]string{}
		code(wrong, ticket.Links, "kind", kind)
		if len(wrong) == 0 && !s.store.Linkable(r.Context(), kind, object) {
			wrong["object"] = "There is none of this number."
		}
		return wrong
	}, func(v db.Ticket) error {
		return s.store.LinkTicket(r.Context(), who(r).Actor(), v.Number, kind, object)
	}, "Linked.")
}

// eraseForTicket proposes the erasures of a ticket.
func (s *Server) eraseForTicket(r *http.Request) (string, error) {
	p := db.Proposal{Ground: text(r, "reason"), Note: text(r, "note")}
	return s.onTicket(r, "erase", func(v db.Ticket) map[string]string {
		wrong := map[string]string{}
		code(wrong, erasure.Grounds, "reason", p.Ground)
		if !plain(p.Note, noteLength) {
			wrong["note"] = "Keep the note under 2,000 characters."
		}
		return wrong
	}, func(v db.Ticket) error {
		return s.store.SubmitTicketErasures(r.Context(), who(r).Actor(), v.Number, p)
	}, "Proposed. A second person has to approve.")
}
