package handlers

import (
	"net/http"
	"slices"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/letter"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// Art. 18 on a ticket's page: an officer restricts whom it is about, and lifts it there with notice (Art. 18(3)), which may be long after the
// ticket was answered.

// restrictions of a ticket that are in force.
func restrictions(d desk) []db.Hold {
	return slices.DeleteFunc(slices.Clone(d.holds), func(h db.Hold) bool { return h.Kind != erasure.Restriction || h.State.Ended() })
}

// unrestricted tells whether a ticket's next step is to restrict: nothing of it was placed yet.
func unrestricted(d desk) bool {
	return d.Right == ticket.Restriction && !slices.ContainsFunc(d.holds, func(h db.Hold) bool { return h.Kind == erasure.Restriction })
}

// restrictActs are the forms that place a restriction and lift it, for an officer.
func (s *Server) restrictActs(r *http.Request, d desk) (out []views.TicketAct, err error) {
	if !who(r).May(auth.Hold) {
		return nil, nil
	}
	active := restrictions(d)
	if d.Right == ticket.Restriction && !d.State.Ended() && d.Forgot.IsZero() && len(active) == 0 {
		out = append(out, restrictAct(ticketHref(d.Number)+"/restrictions", d))
	}
	if len(active) == 0 || d.Destroyed {
		return out, nil
	}
	told, err := s.toldOfLifting(r, d)
	for _, h := range active {
		out = append(out, liftAct(d, h, told))
	}
	return out, err
}

func restrictAct(action string, d desk) views.TicketAct {
	a := views.TicketAct{ID: "restrict", Title: "Restrict…", Action: action, Button: lang.Counted(len(d.subjects), "Restrict 1 customer ID", "Restrict {n} customer IDs"), Variant: "outline",
		Lead: "All that is stored under the customer IDs above, and the aliases of each that somebody has confirmed, is kept and nothing else is done with it: not read, not learnt from, not erased (Art. 18(2)). Of an ID under which nothing is stored yet, what comes in is kept so from its first record.",
		Fields: []views.Field{{Name: "reason", Label: "Ground", Type: "select", Required: true, Options: views.CodedOptions(views.RestrictionGrounds, "")},
			{Name: "note", Label: "Reason", Type: "textarea", Hint: "Kept sealed, seen by officers, erased with the end."},
			{Name: "review", Label: "Look at it again on", Type: "date", Hint: "A reminder. It ends nothing."}}}
	if len(d.subjects) == 0 {
		a.Button, a.Lead = "Restrict", "Add the customer ID first: without one nobody can be restricted."
	}
	return a
}

// notice is that the person was told, as far as a letter of the ticket says so.
type notice struct {
	day     string
	channel string
}

// letterChannels are by what a letter reached the person, in the words of a restriction.
var letterChannels = map[string]string{"post": "letter", "mail": "email", "handed-over": "in-person"}

func (s *Server) toldOfLifting(r *http.Request, d desk) (n notice, err error) {
	all, err := s.store.Letters(r.Context(), d.Number)
	for _, l := range all {
		if l.Kind == letter.Lifting {
			n = notice{l.Day, letterChannels[l.Way]}
		}
	}
	return n, err
}

func liftAct(d desk, h db.Hold, told notice) views.TicketAct {
	a := views.TicketAct{ID: "lift-" + decimal(h.Number), Title: lang.Said("Lift restriction {number}…", "number", decimal(h.Number)), Action: ticketHref(d.Number) + "/restrictions/" + decimal(h.Number) + "/release",
		Button: "Lift the restriction", Variant: "outline", Lead: "The person is told before it ends (Art. 18(3)). What waited for it goes on with the next batch.",
		Also: views.Link{Text: "Write the letter that tells them", Href: ticketHref(d.Number) + "/letters/new?kind=" + string(letter.Lifting) + "&language=en"},
		Fields: []views.Field{{Name: "informed", Label: "The person was told on", Type: "date", Required: true, Value: told.day},
			{Name: "channel", Label: "channel|By", Type: "select", Required: true, Value: told.channel, Options: views.Choices(views.Channels, told.channel, "Choose one")}}}
	if !slices.Contains(letter.Of(d.Regime), letter.Lifting) {
		a.Also = views.Link{}
	}
	if told.day != "" {
		a.Also = views.Link{}
		a.Lead += lang.Said(" The letter of {day} has told them.", "day", lang.Moment(dayText(told.day)))
	}
	return a
}

// restrictTicket restricts whom a ticket is about.
func (s *Server) restrictTicket(r *http.Request) (string, error) {
	n := db.NewHold{Ground: text(r, "reason"), Note: text(r, "note")}
	return s.onTicket(r, "restrict", func(v db.Ticket) map[string]lang.Word {
		n.Ticket = v.Number
		wrong := map[string]lang.Word{}
		code(wrong, erasure.HoldGrounds[erasure.Restriction], "reason", n.Ground)
		if !plain(n.Note, noteLength) {
			wrong["note"] = "Keep the reason under 2,000 characters of plain text."
		}
		var late lang.Word
		if n.Review, late = s.comingDay(r, text(r, "review")); late != "" {
			wrong["review"] = late
		}
		if subjects, err := s.store.TicketSubjects(r.Context(), v.Number); err == nil && len(subjects) == 0 {
			wrong["reason"] = "There is no customer ID on this ticket. Add one, then restrict it."
		}
		return wrong
	}, func(v db.Ticket) error {
		_, err := s.store.RestrictForTicket(r.Context(), who(r).Actor(), n)
		return err
	}, "Restricted from now on. Tell the person.")
}

// releaseForTicket lifts a restriction of a ticket after the person was told.
func (s *Server) releaseForTicket(r *http.Request) (string, error) {
	number, err := pathNumber(r, "hold")
	if err != nil {
		return "", err
	}
	var on time.Time
	channel := text(r, "channel")
	return s.onTicket(r, "lift-"+decimal(number), func(v db.Ticket) map[string]lang.Word {
		wrong := map[string]lang.Word{}
		var bad lang.Word
		if on, bad = dateOf(r, text(r, "informed")); bad == "" {
			bad = toldBefore(on, s.store.Now())
		}
		if bad != "" {
			wrong["informed"] = bad
		}
		code(wrong, erasure.Channels, "channel", channel)
		return wrong
	}, func(v db.Ticket) error {
		links, err := s.store.TicketLinks(r.Context(), v.Number)
		if err == nil && !slices.ContainsFunc(links, func(l db.TicketLink) bool { return l.Kind == ticket.LinkRestriction && l.Number == number }) {
			err = db.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.store.LiftRestriction(r.Context(), who(r).Actor(), number, db.Notice{On: on, Channel: channel})
	}, "Lifted. What waited for it goes on with the next batch.")
}

// toldBefore says what is wrong with the day on which a person was told that a restriction ends; "" = nothing.
func toldBefore(day, now time.Time) lang.Word {
	switch {
	case day.IsZero():
		return "Say on which day the person was told (Art. 18(3))."
	case day.After(now):
		return "This day has not come: the person is told before the restriction ends (Art. 18(3))."
	}
	return ""
}
