package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/clock"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

func ticketHref(number int64) string { return "/tickets/" + decimal(number) }

// ticketStates say where a ticket stands.
var ticketStates = map[ticket.State]views.State{
	ticket.Open:       {Tone: "wait", Word: "Open"},
	ticket.InProgress: {Tone: "run", Word: "In progress"},
	ticket.Waiting:    {Tone: "held", Icon: "hourglass", Word: "Waits for the person"},
	ticket.Extended:   {Tone: "run", Icon: "clock", Word: "Extended"},
	ticket.Answered:   {Tone: "ok", Word: "Answered"},
	ticket.Refused:    {Tone: "erased", Icon: "circle-minus", Word: "Refused"},
	ticket.Withdrawn:  {Tone: "erased", Icon: "circle-minus", Word: "Withdrawn"},
	ticket.Abandoned:  {Tone: "erased", Icon: "circle-minus", Word: "Abandoned"},
	ticket.Merged:     {Tone: "erased", Icon: "circle-minus", Word: "Merged"},
}

// rightName and rightArticle say what a person asks for.
func rightName(r ticket.Right) lang.Word    { return views.CodeWords(views.Rights, string(r)) }
func rightArticle(r ticket.Right) lang.Word { return views.CodeArticle(views.Rights, string(r)) }

// civilCode is where the California Consumer Privacy Act has a right; restriction and objection have no counterpart there.
var civilCode = map[ticket.Right]lang.Word{
	ticket.Access: "Civ. Code 1798.110", ticket.Rectification: "Civ. Code 1798.106", ticket.Erasure: "Civ. Code 1798.105", ticket.Portability: "Civ. Code 1798.130",
}

// articleOf is where the law that a ticket goes by has its right, "" where it has none.
func articleOf(v db.Ticket) lang.Word {
	if v.Regime == ticket.CCPA {
		return civilCode[v.Right]
	}
	return rightArticle(v.Right)
}

// inRow puts the words beside each other that there are.
func inRow(words ...lang.Word) lang.Word {
	return lang.InRow(slices.DeleteFunc(words, func(w lang.Word) bool { return w == "" }))
}

// tickets lists requests of persons by when they are due.
func (s *Server) tickets(r *http.Request) (templ.Component, error) {
	l, err := s.ticketListOf(r)
	if err != nil {
		return nil, err
	}
	return s.ticketsPage(r, l)
}

func (s *Server) ticketsPage(r *http.Request, l ticketList) (v views.Tickets, err error) {
	counts, err := s.store.CountTickets(r.Context(), who(r).User.Number)
	if err != nil {
		return v, err
	}
	choices, err := s.store.ChooseTickets(r.Context(), l.q)
	if err != nil {
		return v, err
	}
	list, err := s.store.Tickets(r.Context(), l.q)
	if err != nil {
		return v, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	v = views.Tickets{Tabs: l.tabs(r, counts), View: l.show, New: who(r).May(auth.Work), IDs: who(r).May(auth.Search), Aside: l.q.View == db.TicketsAside,
		Found: l.found, Of: l.about.Get("of"), Rows: s.ticketRows(r, list), Pager: views.Pager{Total: -1}}
	v.Filters = s.ticketFilters(r, l, choices)
	v.Clear, v.Empty = l.clear(), l.empty(v.Filters)
	if more {
		v.Pager.Older = l.href("/tickets", l.show, db.PlaceOfTicket(list[len(list)-1]))
	}
	if l.q.After != (db.TicketPlace{}) {
		v.Pager.Newer = l.href("/tickets", l.show, db.TicketPlace{})
	}
	return v, nil
}

func (s *Server) ticketRows(r *http.Request, list []db.Ticket) []views.TicketRow {
	names, now := s.names(r), s.store.Now()
	out := make([]views.TicketRow, len(list))
	for i, v := range list {
		out[i] = views.TicketRow{Number: v.Number, Right: rightName(v.Right), Law: inRow(articleOf(v), views.CodeWords(views.Regimes, v.Regime)), State: ticketStates[v.State], Received: dayMoment(v),
			Channel: views.CodeWords(views.TicketChannels, v.Channel), Ended: v.State.Ended()}
		if v.Assignee != 0 {
			out[i].Assignee = names.user(v.Assignee)
		}
		dueOf(&out[i], v, now)
	}
	return out
}

// dueOf says how much of its time a ticket has left.
func dueOf(row *views.TicketRow, v db.Ticket, now time.Time) {
	if v.State.Ended() {
		row.Due, row.Left = views.MomentOf(v.Ended, v.Zone()), "ended"
		return
	}
	row.Due = views.Moment{Text: v.Due.In(v.Zone()).Format("2 Jan 2006"), UTC: v.Due.UTC().Format(time.RFC3339)}
	row.Used = min(1, max(0, float64(now.Sub(v.Received))/float64(max(1, v.Due.Sub(v.Received)))))
	left := clock.DateIn(now, v.Zone()).Days(clock.DateIn(v.Due, v.Zone()))
	switch days := lang.Counted(int64(max(left, -left)), "1 day", "{n} days"); {
	case v.Stands:
		row.Left = "the clock stands"
	case left < 0:
		row.Left, row.Tone = lang.Said("{days} late", "days", days), "over"
	case left == 0:
		row.Left, row.Tone = "due today", "soon"
	case left <= 7:
		row.Left, row.Tone = lang.Said("{days} left", "days", days), "soon"
	default:
		row.Left = lang.Said("{days} left", "days", days)
	}
}

// dayMoment is the day on which a ticket was received, where that was.
func dayMoment(v db.Ticket) views.Moment {
	day, err := time.Parse(time.DateOnly, v.Day)
	if err != nil {
		return views.Moment{Text: v.Day}
	}
	return views.Moment{Text: day.Format("2 Jan 2006"), UTC: v.Day}
}

// ticketLines are the tickets of a list without anything personal.
func (s *Server) ticketLines(r *http.Request, row func(...string) error) error {
	l, err := s.ticketListOf(r)
	if err != nil {
		return err
	}
	l.q.After = db.TicketPlace{}
	return eachPage(func(last *db.Ticket, limit int) ([]db.Ticket, error) {
		if l.q.Limit = limit; last != nil {
			l.q.After = db.PlaceOfTicket(*last)
		}
		return s.store.Tickets(r.Context(), l.q)
	}, func(v db.Ticket) error {
		return row(decimal(v.Number), string(v.Right), v.Regime, v.Region, v.Country, v.Channel, v.Day, string(v.State), strconv.FormatBool(v.Assignee != 0), stampOf(v.Due), stampOf(v.Extended),
			stampOf(v.Ended), v.Ground, orNothing(v.MergedInto))
	})
}
