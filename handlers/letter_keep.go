package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/letter"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views/lang"
)

// closes: an officer may close the ticket with the letter that says it is done.
func closes(r *http.Request, d draft) bool {
	return (d.kind == letter.Completion || d.kind == letter.Erased) && !d.State.Ended() && who(r).May(auth.Release)
}

func does(r *http.Request, d draft) lang.Word {
	switch {
	case d.kind == letter.Identity && d.State.May(ticket.Waiting):
		return "With it the ticket waits for the person, from now on."
	case d.kind == letter.Extension && d.Extension == "" && !d.State.Ended():
		return lang.Said("With it the ticket is extended to {extendeddue}. It must have been sent by {noticeby}.", "extendeddue", lang.Moment(dayWords(d.clock.ExtendedDue)), "noticeby", lang.Moment(dayWords(d.clock.NoticeBy)))
	case d.kind == letter.Refusal && !d.State.Ended():
		return "With it the ticket is refused."
	}
	return ""
}

// keepLetter keeps a letter as it was sent, and does to the ticket what sending it does.
func (s *Server) keepLetter(r *http.Request) (string, error) {
	d, err := s.postedDraft(r)
	if err != nil {
		return "", err
	}
	if wrong := s.wrongAsks(d); len(wrong) > 0 {
		return "", refused{s.asksPage(d, wrong)}
	}
	typed := strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n"))
	lacks := letter.Missing(d.kind, d.Regime, typed, d.values)
	day, wrong := s.wrongSent(r, d, typed, lacks)
	if len(wrong) > 0 {
		return "", refused{s.sendPage(r, d, orElse(strings.ToValidUTF8(typed, "\ufffd"), " "), wrong)}
	}
	n := db.NewLetter{Kind: d.kind, Language: d.language, Way: text(r, "way"), Day: day.In(d.Zone()).Format(time.DateOnly), Text: typed, Lacks: int64(len(lacks))}
	d.acts(r, day, lacks, &n)
	kept, err := s.store.KeepLetter(r.Context(), who(r).Actor(), d.Number, n)
	if err != nil {
		return "", err
	}
	notify(r, "ok", "Kept with the ticket, as it was sent.")
	return ticketHref(d.Number) + "/letters/" + decimal(kept), nil
}

func (s *Server) wrongSent(r *http.Request, d draft, typed string, lacks []letter.Part) (time.Time, map[string]lang.Word) {
	wrong := map[string]lang.Word{}
	var field *letter.FieldError
	switch err := letter.Whole(typed); {
	case typed == "" || !plain(typed, db.MaxLetter):
		wrong["text"] = "Write the letter, in at most 20,000 characters of plain text."
	case errors.As(err, &field):
		wrong["text"] = sayIt(field)
	}
	code(wrong, letter.Ways, "way", text(r, "way"))
	day, err := s.pastDay(d.Zone(), text(r, "day"))
	switch {
	case err != "":
	case day.Format(time.DateOnly) < d.Day:
		err = "This is before the request was received."
	case d.kind == letter.Extension && d.Extension == "" && !d.NoticeBy.IsZero() && day.After(d.NoticeBy):
		err = "By then the first month had passed: an extension of which the person is told later does not hold (Art. 12(3))."
	}
	if err != "" {
		wrong["day"] = err
	}
	if len(lacks) > 0 && text(r, "anyway") != "yes" {
		wrong["anyway"] = "Put it into the text, or say that it is there in other words."
	}
	if outcome := text(r, "outcome"); closes(r, d) && outcome != "" {
		code(wrong, ticket.OutcomesOf(d.Right), "outcome", outcome)
	}
	return day, wrong
}

// acts says what sending a letter does to its ticket.
func (d draft) acts(r *http.Request, day time.Time, lacks []letter.Part, n *db.NewLetter) {
	lack := func(name string) bool {
		return slices.ContainsFunc(lacks, func(p letter.Part) bool { return p.Code == name })
	}
	switch {
	case d.kind == letter.Identity:
		n.Ask = d.State.May(ticket.Waiting)
	case d.kind == letter.Extension && d.Extension == "":
		n.Extend = &db.Extension{Why: d.given["why"], Reasons: d.given["reasons"], On: day}
	case d.kind == letter.Refusal && !d.State.Ended():
		n.Refuse = d.given["ground"]
		n.Told = db.Told{Explanation: d.given["reasons"], Authority: d.given["authority"], Complaint: !lack("authority") || text(r, "anyway") == "yes", Remedy: !lack("court") || text(r, "anyway") == "yes"}
	case closes(r, d):
		n.Outcome = text(r, "outcome")
		n.Close = n.Outcome != "" || text(r, "close") == "yes" && len(ticket.OutcomesOf(d.Right)) == 0
	}
}
