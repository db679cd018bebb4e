package handlers

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/clock"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/views"
	"quittance/views/lang"
)

// newTicket is the form that takes a request in, with what is usual chosen. The address may name a data subject by its opaque reference, whose
// ID stands in the field then.
func (s *Server) newTicket(r *http.Request) (templ.Component, error) {
	usual := map[string]string{"channel": "phone", "regime": ticket.EU, "region": "eu", "country": "DE", "mine": "yes", "received": clock.DateIn(s.store.Now(), zoneOf(r)).String()}
	if right := r.URL.Query().Get("right"); slices.Contains(ticket.Rights, ticket.Right(right)) {
		usual["right"] = right
	}
	v := ticketForm(func(name string) string { return usual[name] })
	if ref := r.URL.Query().Get("subject"); ref != "" {
		sub, err := s.store.Subject(r.Context(), db.Ref(ref))
		if err != nil {
			return nil, err
		}
		v.IDs.Value = sub.ID
	}
	return v, nil
}

// ticketForm is the form with what was typed.
func ticketForm(typed func(string) string) views.NewTicket {
	pick := func(name string, label lang.Word, list []views.Coded, first, hint lang.Word) views.Field {
		return views.Field{Name: name, Label: label, Type: "select", Value: typed(name), Required: true, Hint: hint, Options: views.Choices(list, typed(name), first)}
	}
	line := func(name string, label, hint lang.Word) views.Field {
		return views.Field{Name: name, Label: label, Value: typed(name), Hint: hint, MaxLength: db.MaxTicketName, Autocomplete: "off"}
	}
	v := views.NewTicket{
		Right:    pick("right", "They ask for", views.Rights, "Choose one", ""),
		Channel:  pick("channel", "channel|By", views.TicketChannels, "", ""),
		Received: views.Field{Name: "received", Label: "Received on", Type: "date", Value: typed("received"), Required: true, Hint: "The day on which it reached us, wherever in the house."},
		Regime:   pick("regime", "Law", views.Regimes, "", ""),
		Country:  views.Field{Name: "country", Label: "Country of the controller", Type: "select", Value: typed("country"), Required: true, Hint: "Whose public holidays count.", Options: clockPlaces()},
		Region:   pick("region", "Where the person is", views.Regions, "", "Decides which support route the ticket takes."),
		IDs:      views.Field{Name: "ids", Label: "Customer IDs, one on each line", Type: "textarea", Value: typed("ids"), Mono: true, Hint: "At most 50. They can be added later."},
		Name:     line("name", "Name", ""), Contact: line("contact", "How to reach them", "Kept sealed, seen by those who work on tickets."),
		Relation:  views.Field{Name: "relation", Label: "Who asks for them", Type: "select", Value: typed("relation"), Options: views.Choices(views.Relations, typed("relation"), "They ask themselves")},
		AgentName: line("agent", "Name of who asks", ""), AgentContact: line("agent-contact", "How to reach who asks", ""),
		Note: views.Field{Name: "note", Label: "Note for colleagues", Type: "textarea", Value: typed("note"), Hint: "Sealed, never in the audit trail, can be erased."},
	}
	v.Mine, v.Anyway = typed("mine") == "yes", typed("anyway") == "yes"
	return v
}

// submitTicket opens it. What may be here already is shown once.
func (s *Server) submitTicket(r *http.Request) (string, error) {
	v := ticketForm(func(name string) string { return strings.ToValidUTF8(text(r, name), "\ufffd") })
	n := s.readTicket(r, &v)
	if v.Wrong() {
		return "", refused{v}
	}
	if !v.Anyway {
		same, err := s.store.DuplicatesOf(r.Context(), n)
		if err != nil {
			return "", err
		}
		if v.Same = ticketRefs(same, 0); len(same) > 0 {
			return "", refused{v}
		}
	}
	number, err := s.store.SubmitTicket(r.Context(), who(r).Actor(), n)
	if err != nil {
		return "", err
	}
	notify(r, "ok", lang.Said("Ticket {number} is open.", "number", decimal(number)))
	return ticketHref(number), nil
}

// readTicket reads the form into a ticket, or into the page with what is wrong beside each field.
func (s *Server) readTicket(r *http.Request, v *views.NewTicket) (n db.NewTicket) {
	n = db.NewTicket{Right: ticket.Right(v.Right.Value), Regime: v.Regime.Value, Region: v.Region.Value, Channel: v.Channel.Value, Relation: v.Relation.Value, Note: text(r, "note"),
		People: db.TicketPeople{Person: db.TicketPerson{Name: text(r, "name"), Contact: text(r, "contact")}, Agent: db.TicketPerson{Name: text(r, "agent"), Contact: text(r, "agent-contact")}}}
	oneOf(&v.Right, ticket.Rights, n.Right, "Choose what they ask for.")
	oneOf(&v.Regime, ticket.Regimes, n.Regime, "Choose the law.")
	oneOf(&v.Region, ticket.Regions, n.Region, "Choose where the person is.")
	oneOf(&v.Channel, ticket.Channels, n.Channel, "Choose how it came.")
	if n.Relation != "" {
		oneOf(&v.Relation, ticket.Relations, n.Relation, "Choose who asks for them.")
	} else if n.People.Agent != (db.TicketPerson{}) {
		v.Relation.Error = "Choose what they are to the person."
	}
	n.Country, n.Division, _ = strings.Cut(v.Country.Value, "-")
	if !slices.ContainsFunc(clockPlaces(), func(o views.Option) bool { return o.Value == v.Country.Value }) {
		v.Country.Error = "Choose a country of the list."
	}
	for _, f := range []*views.Field{&v.Name, &v.Contact, &v.AgentName, &v.AgentContact} {
		if len(f.Value) > db.MaxTicketName || !plain(text(r, f.Name), db.MaxTicketName) {
			f.Error = "Keep it under 200 characters of plain text."
		}
	}
	if !plain(n.Note, db.MaxTicketNote) {
		v.Note.Error = "Keep the note under 4,000 characters of plain text."
	}
	if v.Country.Error == "" {
		n.Day = v.Received.Value
		n.Received, v.Received.Error = s.pastDay(db.Ticket{Country: n.Country, Division: n.Division, Regime: n.Regime}.Zone(), v.Received.Value)
	}
	n.IDs, v.IDs.Error = idsOf(r.PostFormValue("ids"))
	if v.Mine {
		n.Assignee = who(r).User.Number
	}
	return n
}

func oneOf[T comparable](f *views.Field, list []T, code T, words lang.Word) {
	if !slices.Contains(list, code) {
		f.Error = words
	}
}

// pastDay reads a day that has come, in a zone: noon of it, or now where that is still to come.
func (s *Server) pastDay(zone *time.Location, text string) (time.Time, lang.Word) {
	day, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil || day.Year() < 2000 {
		return time.Time{}, "Write a day as year, month and day: 2026-03-31."
	}
	now := s.store.Now()
	if day.After(now) {
		return time.Time{}, "This day has not come yet."
	}
	return earlier(day.Add(12*time.Hour), now), ""
}

// idsOf reads customer IDs, one on each line. What is wrong is named by its line and never repeated.
func idsOf(typed string) ([]label.ID, lang.Word) {
	if strings.TrimSpace(typed) == "" {
		return nil, ""
	}
	l, err := label.ReadLines(typed, false)
	switch {
	case err != nil || len(l.Valid) > db.MaxTicketIDs:
		return nil, "A ticket is about at most 50 customer IDs. Open another one for the rest."
	case len(l.Faults) > 0:
		return nil, nothingFaulty(l)
	}
	out := make([]label.ID, len(l.Valid))
	for i, line := range l.Valid {
		out[i] = line.ID
	}
	return out, ""
}

// nothingFaulty names the first three lines that are no customer ID.
func nothingFaulty(l label.Lines) (words lang.Word) {
	for i, f := range l.Faults {
		if i == 3 {
			return words + lang.Counted(len(l.Faults)-3, " There is 1 more such line.", " There are {n} more such lines.")
		}
		if i > 0 {
			words += lang.Raw(" ")
		}
		words += lang.Said("Line {number} {reason}.", "number", decimal(int64(f.Number)), "reason", fromBelow(f.Err.Reason))
	}
	return words
}

// ticketRefs names tickets on another page; into is the number of the ticket that they could take in, 0 = none.
func ticketRefs(list []db.Ticket, from int64) (out []views.TicketRef) {
	for _, v := range list {
		ref := views.TicketRef{Number: v.Number, Right: rightName(v.Right), Sub: lang.Said("Received on {text}, {ticketchannels}", "text", lang.Moment(dayMoment(v).Text), "ticketchannels", views.CodeWords(views.TicketChannels, v.Channel)), State: ticketStates[v.State]}
		if from != 0 && !v.State.Ended() {
			ref.Act = ticketHref(from) + "/merge"
		}
		out = append(out, ref)
	}
	return out
}
