package handlers

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

func accessHref(n int64, rest string) string { return ticketHref(n) + "/access" + rest }

// answerSection is what a ticket's page says of its answer.
func (s *Server) answerSection(r *http.Request, k db.Ticket) (templ.Component, error) {
	if k.Right != ticket.Access && k.Right != ticket.Portability || !who(r).May(auth.Work) {
		return nil, nil
	}
	a, err := s.store.TicketAnswer(r.Context(), k.Number)
	if errors.Is(err, db.ErrNotFound) {
		return views.AnswerPanel{Href: accessHref(k.Number, ""), Sentence: "No answer is prepared yet.", Link: "Prepare the answer"}, nil
	}
	return views.AnswerPanel{Href: accessHref(k.Number, ""), Sentence: answerSentence(a), State: answerWords[a.State()], Link: "To the answer"}, err
}

// answerWords say how far an answer has come.
var answerWords = map[db.AnswerState]views.State{
	db.AnswerNone:     {Icon: "hourglass", Word: "Not prepared"},
	db.AnswerPrepared: {Tone: "run", Icon: "hourglass", Word: "Prepared"},
	db.AnswerReleased: {Tone: "run", Icon: "hourglass", Word: "Released"},
	db.AnswerSent:     {Tone: "ok", Word: "Sent"},
	db.AnswerErased:   {Icon: "lock", Word: "Ended by an erasure"},
}

// wayWords say what has become of one way in which an answer was given out.
var wayWords = map[db.WayState]views.State{
	db.WayOpen:      {Tone: "run", Icon: "hourglass", Word: "Not fetched yet"},
	db.WayFetched:   {Tone: "ok", Word: "Fetched"},
	db.WayTakenBack: {Icon: "lock", Word: "Taken back"},
	db.WayExpired:   {Icon: "lock", Word: "Expired"},
}

func answerSentence(a db.TicketAnswer) lang.Word {
	switch {
	case a.Why == "erased":
		return "An erasure of the person has ended it. Nothing of it can be fetched any more."
	case a.Number > 0 && a.Records == 0:
		return bareSentence(a)
	case !a.Sent.IsZero():
		return lang.Counted(a.Records, "1 record was sent to the person.", "{n} records were sent to the person.")
	case !a.Released.IsZero():
		return lang.Counted(a.Records, "1 record was released. Give the answer to the person.", "{n} records were released. Give the answer to the person.")
	case a.Number > 0:
		return lang.Counted(a.Records, "1 record is prepared. Look through it; an officer who neither prepared nor redacted it releases it.",
			"{n} records are prepared. Look through them; an officer who neither prepared nor redacted them releases them.")
	}
	return "Nothing is prepared yet."
}

// bareSentence is about an answer without a record: that nothing is stored is an answer too (Art. 15(1), "whether or not").
func bareSentence(a db.TicketAnswer) lang.Word {
	switch {
	case !a.Sent.IsZero():
		return "Nothing is stored under the customer IDs of the ticket, and the answer says so. It was sent to the person."
	case !a.Released.IsZero():
		return "Nothing is stored under the customer IDs of the ticket, and the answer says so. It was released. Give it to the person."
	}
	return "Nothing is stored under the customer IDs of the ticket, and the answer says so. An officer who did not prepare it releases it."
}

// answerPage is the page of a ticket's answer.
func (s *Server) answerPage(r *http.Request) (v views.Answer, a db.TicketAnswer, err error) {
	k, err := s.ticketOf(r)
	if err != nil {
		return v, a, err
	}
	if k.Right != ticket.Access && k.Right != ticket.Portability {
		return v, a, db.ErrNotFound
	}
	a, err = s.store.TicketAnswer(r.Context(), k.Number)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return v, a, err
	}
	v = views.Answer{Ticket: k.Number, State: answerWords[a.State()], Sentence: answerSentence(a)}
	if !k.State.Ended() && k.Forgot.IsZero() {
		if v.Prepare = "Prepare the answer"; a.Number > 0 {
			v.Prepare = "Prepare it anew, with a new cut-off"
		}
	}
	if v.Language, err = s.answerLanguage(r, k, a); err != nil || a.Number == 0 {
		return v, a, err
	}
	if v.History, err = s.history(r, audit.ObjectOf(audit.KindAnswer, a.Number)); err == nil && a.Ended.IsZero() {
		err = s.openAnswer(r, k, a, &v)
	}
	return v, a, err
}

// answerLanguage is the language that is proposed for an answer: that of the one before, or of the last letter to the person.
func (s *Server) answerLanguage(r *http.Request, k db.Ticket, a db.TicketAnswer) (string, error) {
	if a.Number > 0 {
		return a.Language, nil
	}
	letters, err := s.store.Letters(r.Context(), k.Number)
	if err != nil || len(letters) == 0 {
		return answer.Languages[0], err
	}
	return letters[len(letters)-1].Language, nil
}

// openAnswer adds what there is to do on an answer that has not ended.
func (s *Server) openAnswer(r *http.Request, k db.Ticket, a db.TicketAnswer, v *views.Answer) error {
	left, now, err := s.store.Tally(r.Context(), a)
	if err != nil {
		return err
	}
	for _, l := range left {
		v.Left = append(v.Left, views.KV{Key: reasonWords[l.Reason], Value: lang.Counted(l.Count, "1 place", "{n} places")})
	}
	names := s.names(r)
	v.Facts = []views.KV{{Key: "Cut-off", Value: lang.Moment(moment(r, a.Prepared).Text)}, {Key: "Records", Value: lang.Figure(now)}, {Key: "Language", Value: views.CodeWords(views.LetterLanguages, a.Language)}, {Key: "Prepared by", Value: names.actor(a.PreparedBy)}, {Key: "Statements", Value: "What the house states", Href: statementsHref(a.Language, 0)}}
	if !a.Released.IsZero() {
		v.Facts = append(v.Facts, views.KV{Key: "Released by", Value: names.actor(a.ReleasedBy)})
	}
	if a.Gaps {
		v.Facts = append(v.Facts, views.KV{Key: "Decided", Value: "Released without the statements that were missing"})
	}
	if k.Right == ticket.Access {
		if v.Gaps, err = s.missing(r, a); err != nil {
			return err
		}
	}
	if v.Restricted, err = s.answerFrozen(r, k.Number); err != nil {
		return err
	}
	redactions, err := s.store.Redactions(r.Context(), a.Number)
	for _, d := range redactions {
		v.Redactions = append(v.Redactions, redactionRow(d, names.actor(d.By), a.Released.IsZero()))
	}
	if err != nil {
		return err
	}
	self := who(r).Actor()
	v.Bare = now == 0
	v.Review = a.Released.IsZero() && !v.Bare && (!v.Restricted || who(r).May(auth.Hold))
	v.Release = a.Released.IsZero() && who(r).May(auth.Release) && a.PreparedBy != self && a.ChangedBy != self
	if a.Released.IsZero() && !v.Release {
		v.ReleaseNote = "An officer who neither prepared it nor redacted it last releases it."
	}
	v.Out = !a.Released.IsZero() && who(r).May(auth.Release)
	if v.Controller, err = s.store.FromController(r.Context(), k.Number); err != nil {
		return err
	}
	return s.answerWays(r, a, v)
}

func redactionRow(d db.AnswerRedaction, by lang.Word, open bool) views.AnswerRedactionRow {
	row := views.AnswerRedactionRow{Number: d.Number, What: lang.Raw("“" + d.Words + "”"), Where: "in all records", Why: reasonWords[d.Reason], By: by, Remove: open}
	if d.Record > 0 {
		row.Where = lang.Said("in record {record}", "record", decimal(d.Record))
	}
	switch {
	case d.Whole():
		row.What = "The whole record"
	case d.Field != "":
		row.What = lang.Said("Field {field}", "field", d.Field)
	}
	return row
}

func (s *Server) missing(r *http.Request, a db.TicketAnswer) ([]views.KV, error) {
	gaps, err := s.store.AnswerGaps(r.Context(), a)
	if err != nil {
		return nil, err
	}
	services, err := s.store.Services(r.Context())
	return gapRows(gaps, a.Language, services), err
}

func (s *Server) answerFrozen(r *http.Request, number int64) (bool, error) {
	subjects, err := s.store.TicketSubjects(r.Context(), number)
	if err != nil {
		return false, err
	}
	var ids []string
	for _, sub := range subjects {
		if sub.ID != "" {
			ids = append(ids, sub.ID)
		}
	}
	_, frozen, err := s.subjectHolds(r, ids)
	return frozen, err
}

func (s *Server) answerWays(r *http.Request, a db.TicketAnswer, v *views.Answer) error {
	ways, err := s.store.AnswerWays(r.Context(), a.Number)
	v.Send = len(ways) > 0 && a.Sent.IsZero()
	v.Anew = v.Controller
	for _, w := range ways {
		row := views.AnswerWayRow{Kind: "Link", Sub: lang.Said("made {text}, {by}", "text", lang.Moment(moment(r, w.Made).Text), "by", s.names(r).actor(w.By)), State: wayWords[w.State(s.store.Now())]}
		if w.Kind == db.ByPassphrase {
			row.Kind = "File with a passphrase"
		}
		if w.Controller {
			row.Kind = "Address for the controller, over OpenDSR"
		}
		switch w.State(s.store.Now()) {
		case db.WayFetched:
			row.State.Word = lang.Said("Fetched {text}", "text", lang.Moment(moment(r, w.Fetched).Text))
		case db.WayOpen:
			v.Anew = v.Anew && !w.Controller
		}
		v.Ways = append(v.Ways, row)
	}
	return err
}

func (s *Server) ticketAnswer(r *http.Request) (templ.Component, error) {
	v, _, err := s.answerPage(r)
	return v, err
}

func (s *Server) prepareAnswer(r *http.Request) (string, error) {
	v, _, err := s.answerPage(r)
	if err != nil {
		return "", err
	}
	err = s.store.PrepareAnswer(r.Context(), who(r).Actor(), v.Ticket, orElse(text(r, "language"), v.Language))
	if v.Error = said(err, db.ErrNoAnswer, db.ErrLanguage); v.Error != "" {
		return "", refused{v}
	}
	return accessHref(v.Ticket, ""), err
}

func (s *Server) releaseAnswer(r *http.Request) (string, error) {
	v, _, err := s.answerPage(r)
	if err != nil {
		return "", err
	}
	err = s.store.ReleaseAnswer(r.Context(), who(r).Actor(), v.Ticket, text(r, "without") == "yes")
	if v.Error = said(err, db.ErrGaps); v.Error != "" {
		return "", refused{v}
	}
	return accessHref(v.Ticket, ""), err
}

// controllerAnswer makes a released answer ready anew for the controller that asked for it.
func (s *Server) controllerAnswer(r *http.Request) (string, error) {
	v, _, err := s.answerPage(r)
	if err == nil {
		err = s.store.LinkControllers(r.Context(), who(r).Actor(), v.Ticket)
	}
	if err == nil {
		notify(r, "ok", "It is ready for the controller.")
	}
	return accessHref(v.Ticket, ""), err
}

func (s *Server) sentAnswer(r *http.Request) (string, error) {
	v, _, err := s.answerPage(r)
	if err == nil {
		err = s.store.SendAnswer(r.Context(), who(r).Actor(), v.Ticket)
	}
	return ticketHref(v.Ticket), err
}
