package handlers

import (
	"net/http"
	"slices"
	"strings"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/views/lang"
)

// refuseTicketForm is the page of a ticket with a form that was not accepted: what was typed stands in it, and what is wrong beside each field.
func (s *Server) refuseTicketForm(r *http.Request, v db.Ticket, id string, wrong map[string]lang.Word) error {
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
func (s *Server) onTicket(r *http.Request, id string, read func(db.Ticket) map[string]lang.Word, act func(db.Ticket) error, words lang.Word) (string, error) {
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
func code[T ~string](wrong map[string]lang.Word, list []T, name, typed string) {
	if !slices.Contains(list, T(typed)) {
		wrong[name] = "Choose one of these."
	}
}

// prose reads what the person is told, or colleagues are.
func prose(wrong map[string]lang.Word, name, typed string, required bool) {
	if required && typed == "" {
		wrong[name] = "Write it down."
	}
	if !plain(typed, db.MaxTicketNote) {
		wrong[name] = "Keep it under 4,000 characters of plain text."
	}
}

func (s *Server) askPerson(r *http.Request) (string, error) {
	return s.onTicket(r, "ask", func(db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
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
	return s.onTicket(r, "verify", func(db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
		code(wrong, ticket.Methods, "method", c.Method)
		code(wrong, ticket.Levels, "level", c.Level)
		prose(wrong, "checked", c.Checked, false)
		return wrong
	}, func(v db.Ticket) error { return s.store.VerifyIdentity(r.Context(), who(r).Actor(), v.Number, c) }, "Written down, with your name.")
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
	return s.onTicket(r, "add-id", func(db.Ticket) map[string]lang.Word {
		if alias {
			return nil
		}
		ids, wrong := idsOf(r.PostFormValue("id"))
		switch {
		case wrong != "":
			return map[string]lang.Word{"id": wrong}
		case len(ids) != 1:
			return map[string]lang.Word{"id": "Give one customer ID."}
		}
		id = ids[0]
		return nil
	}, func(v db.Ticket) error { return s.store.AddTicketID(r.Context(), who(r).Actor(), v.Number, id, alias) }, "Added.")
}

func (s *Server) addTicketNote(r *http.Request) (string, error) {
	note := text(r, "note")
	return s.onTicket(r, "note", func(db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
		prose(wrong, "note", note, true)
		return wrong
	}, func(v db.Ticket) error { return s.store.AddTicketNote(r.Context(), who(r).Actor(), v.Number, note) }, "The note is kept.")
}

func (s *Server) eraseTicketNote(r *http.Request) (string, error) {
	return s.eraseOnTicket(r, "note", s.store.EraseTicketNote, "The note is erased. Who wrote it, when, and its hash stay.")
}

func (s *Server) linkTicket(r *http.Request) (string, error) {
	kind, object := text(r, "kind"), numberOr(text(r, "object"), 0)
	return s.onTicket(r, "link", func(v db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
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
	return s.onTicket(r, "erase", func(v db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
		code(wrong, erasure.Grounds, "reason", p.Ground)
		if !plain(p.Note, noteLength) {
			wrong["note"] = "Keep the note under 2,000 characters."
		}
		return wrong
	}, func(v db.Ticket) error {
		return s.store.SubmitTicketErasures(r.Context(), who(r).Actor(), v.Number, p)
	}, "Proposed. A second person has to approve.")
}
