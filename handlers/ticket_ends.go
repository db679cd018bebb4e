package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/db/ticket"
	"quittance/views/lang"
)

func (s *Server) extendTicket(r *http.Request) (string, error) {
	e := db.Extension{Why: text(r, "why"), Reasons: text(r, "reasons")}
	return s.onTicket(r, "extend", func(v db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
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
	return s.onTicket(r, "refuse", func(v db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
		code(wrong, ticket.RefusalsOf(v.Right), "reason", text(r, "reason"))
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
	return s.onTicket(r, "answer", func(v db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
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
