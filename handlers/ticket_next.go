package handlers

import (
	"net/http"
	"slices"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
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
		v.Next = &views.TicketNext{Label: lang.Said("Open erasure {d}", "d", decimal(openErasure(d))), Href: erasureHref(openErasure(d))}
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

func ticketSentence(d desk) lang.Word {
	switch {
	case d.State == ticket.Merged:
		return lang.Said("It came twice: ticket {mergedinto} goes on for both.", "mergedinto", decimal(d.MergedInto))
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
