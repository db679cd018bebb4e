package handlers

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/letter"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// The bridge to a ticket's page (ticket_page.go).

// ticketLetters lists the letters of a ticket.
func (s *Server) ticketLetters(r *http.Request, v db.Ticket) (templ.Component, error) {
	all, err := s.store.Letters(r.Context(), v.Number)
	if err != nil {
		return nil, err
	}
	out, names := views.Letters{}, s.names(r)
	for _, l := range all {
		row := views.LetterRow{Name: views.CodeWords(views.LetterKinds, string(l.Kind)), Sub: sentWords(l, names)}
		switch {
		case l.Text == "":
			row.Sub += "; erased, its hash stays in the audit trail"
		case who(r).May(auth.Work):
			row.Href = letterHref(l)
		}
		out.Rows = append(out.Rows, row)
	}
	if who(r).May(auth.Work) && v.State != ticket.Merged && !v.Destroyed {
		out.New = ticketHref(v.Number) + "/letters/new"
	}
	return out, nil
}

func letterHref(l db.Letter) string {
	return ticketHref(l.Ticket) + "/letters/" + decimal(l.Number)
}

func sentWords(l db.Letter, names *names) lang.Word {
	return lang.Said("{letterways}, {day}, {letterlanguages}; kept by {by}", "letterways", views.CodeWords(views.LetterWays, l.Way), "day", lang.Moment(dayText(l.Day)), "letterlanguages", views.CodeWords(views.LetterLanguages, l.Language), "by", names.actor(l.By))
}

func dayText(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 Jan 2006")
}

func (s *Server) letterOf(r *http.Request) (v db.Ticket, l db.Letter, err error) {
	if v, err = s.ticketOf(r); err != nil {
		return v, l, err
	}
	n, err := pathNumber(r, "letter")
	if err == nil {
		l, err = s.store.Letter(r.Context(), v.Number, n)
	}
	return v, l, err
}

// letter is one that was sent, ready to be printed.
func (s *Server) letter(r *http.Request) (templ.Component, error) {
	v, l, err := s.letterOf(r)
	if err != nil {
		return nil, err
	}
	head, err := s.store.LetterText(r.Context(), letter.Letterhead)
	p := v.People.Person
	if v.People.Agent.Name != "" {
		p = v.People.Agent
	}
	page := views.Letter{Ticket: v.Number, Number: l.Number, Name: views.CodeWords(views.LetterKinds, string(l.Kind)), Sent: lang.Said("Sent: {l}", "l", sentWords(l, s.names(r))), Hash: l.Hash,
		Sheet: sheetOf(l.Text, l.Language, head.Text, p.Name+"\n"+p.Contact)}
	if l.Lacks > 0 {
		page.Lacks = lang.Counted(l.Lacks, "When it was kept, 1 part that the law wants could not be found in it; whoever sent it said that it says so in other words.",
			"When it was kept, {n} parts that the law wants could not be found in it; whoever sent it said that it says so in other words.")
	}
	return page, err
}

// sheetOf is a letter on its paper: the first line of its text is the subject.
func sheetOf(text, language, head, to string) views.LetterSheet {
	subject, rest, _ := strings.Cut(text, "\n")
	return views.LetterSheet{Head: letterLines(head), To: letterLines(to), Subject: subject, Text: strings.TrimSpace(rest), Language: language}
}

func letterLines(s string) (out []string) {
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// letterFile hands a letter out as text, and it is written down who fetched it.
func (s *Server) letterFile(w http.ResponseWriter, r *http.Request) {
	v, l, err := s.letterOf(r)
	if err == nil {
		err = s.store.Note(r.Context(), who(r).Actor(), audit.TicketFetched, audit.ObjectOf(audit.KindTicket, v.Number), map[string]int64{audit.CountBytes: int64(len(l.Text))})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	attach(w, "text/plain; charset=utf-8", "ticket-"+decimal(v.Number)+"-"+string(l.Kind)+".txt")
	w.Write([]byte(l.Text + "\n"))
}
