package handlers

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/clock"
	"quittance/db/erasure"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
)

func (s *Server) ticketOf(r *http.Request) (db.Ticket, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.Ticket{}, err
	}
	return s.store.Ticket(r.Context(), number)
}

// ticket is the page of one request of a person.
func (s *Server) ticket(r *http.Request) (templ.Component, error) {
	v, err := s.ticketOf(r)
	if err != nil {
		return nil, err
	}
	return s.ticketPage(r, v)
}

// ticketLive pushes what carries a ticket out after each change of it, until nothing of that moves.
func (s *Server) ticketLive(w http.ResponseWriter, r *http.Request) {
	v, err := s.ticketOf(r)
	var d desk
	if err == nil {
		d, err = s.desk(r, v)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	objects := []string{string(audit.ObjectOf(audit.KindTicket, v.Number))}
	for _, e := range d.erasures {
		objects = append(objects, string(audit.ObjectOf(audit.KindErasure, e.Number)))
	}
	s.push(w, r, objects, func() (templ.Component, bool, error) {
		now, err := s.store.Ticket(r.Context(), v.Number)
		if err != nil {
			return nil, false, err
		}
		page, err := s.ticketPage(r, now)
		return page.Live(), page.Push == "", err
	})
}

// desk is a ticket with all that its page is made of.
type desk struct {
	db.Ticket
	clock      clock.Clock
	subjects   []db.TicketSubject
	links      []db.TicketLink
	pauses     []db.TicketPause
	identities []db.TicketIdentity
	erasures   []db.Erasure
	holds      []db.Hold
}

func (s *Server) desk(r *http.Request, v db.Ticket) (d desk, err error) {
	d.Ticket = v
	ctx := r.Context()
	if d.subjects, err = s.store.TicketSubjects(ctx, v.Number); err != nil {
		return d, err
	}
	if d.links, err = s.store.TicketLinks(ctx, v.Number); err != nil {
		return d, err
	}
	if d.identities, err = s.store.TicketIdentities(ctx, v.Number); err != nil {
		return d, err
	}
	if d.pauses, err = s.store.TicketPauses(ctx, v.Number); err != nil {
		return d, err
	}
	if err := s.linked(r, &d); err != nil {
		return d, err
	}
	d.clock, err = db.TicketClock(v, d.pauses, s.store.Now())
	return d, err
}

// linked reads what carries a ticket out.
func (s *Server) linked(r *http.Request, d *desk) error {
	for _, l := range d.links {
		switch l.Kind {
		case ticket.LinkErasure:
			e, err := s.store.Erasure(r.Context(), l.Number)
			if err != nil {
				return err
			}
			d.erasures = append(d.erasures, e)
		case ticket.LinkHold, ticket.LinkRestriction:
			h, err := s.store.Hold(r.Context(), l.Number)
			if err != nil {
				return err
			}
			d.holds = append(d.holds, h)
		}
	}
	return nil
}

// ticketSections are what other parts of the house put on a ticket's page, in their order: the access answer, letters.
var ticketSections = []func(*Server, *http.Request, db.Ticket) (templ.Component, error){(*Server).answerSection, (*Server).ticketLetters}

func (s *Server) ticketPage(r *http.Request, k db.Ticket) (v views.Ticket, err error) {
	d, err := s.desk(r, k)
	if err != nil {
		return v, err
	}
	v = views.Ticket{Number: k.Number, Right: rightName(k.Right), Article: rightArticle(k.Right), State: ticketStates[k.State], Private: who(r).May(auth.Work), Facts: s.ticketFacts(r, d)}
	ruler := rulerOf(d.clock, clock.DateIn(s.store.Now(), k.Zone()))
	v.Clock = &ruler
	if !k.Forgot.IsZero() {
		v.Emptied = "The erasure of a customer ID of this ticket has ended. Its IDs, notes, files and letters are gone; their hashes stay in the audit trail. Names and contacts go 30 days after the ticket’s end, so that the answer can reach the person."
	}
	if k.Destroyed {
		v.Emptied = "Its time was over: its case file was destroyed. Its number, right, dates and outcome stay, and so do its erasures with their receipts, and the audit trail."
	}
	for _, part := range []func(*http.Request, desk, *views.Ticket) error{s.ticketIDs, s.ticketSame, s.ticketPrivate, s.ticketActs} {
		if err := part(r, d, &v); err != nil {
			return v, err
		}
	}
	if openErasure(d) != 0 {
		v.Push = ticketHref(k.Number) + "/live"
	}
	v.Links, v.Checks = s.ticketLinkRows(r, d), s.ticketChecks(r, d)
	for _, section := range ticketSections {
		part, err := section(s, r, k)
		if err != nil {
			return v, err
		}
		if part != nil {
			v.Sections = append(v.Sections, part)
		}
		if p, ok := part.(views.AnswerPanel); ok && len(d.subjects) > 0 {
			v.Answer = p.Link
		}
	}
	s.ticketNext(r, d, &v)
	if v.Guide, err = s.ticketGuide(r, d, v); err != nil {
		return v, err
	}
	v.History, err = s.history(r, audit.ObjectOf(audit.KindTicket, k.Number))
	return v, err
}

// ticketIDs names the customer IDs to those who may search, and others their references.
func (s *Server) ticketIDs(r *http.Request, d desk, v *views.Ticket) error {
	for _, sub := range d.subjects {
		if sub.ID == "" || !v.Private {
			row := views.TicketID{Subject: views.SubjectRef{Text: "ref " + views.Short(sub.Reference), Reference: true}}
			if sub.ID == "" {
				row.Sub = "erased, or not readable"
			}
			v.IDs = append(v.IDs, row)
			continue
		}
		row := views.TicketID{Subject: views.SubjectRef{Text: sub.ID}}
		held, err := s.store.Holdings(r.Context(), db.RecordQuery{Subject: sub.ID})
		if err != nil {
			return err
		}
		if row.Sub = "no records here"; len(held) > 0 {
			services := map[int64]bool{}
			for _, h := range held {
				services[h.Service] = true
			}
			row.Sub = views.Count(total(held), "record", "records") + " in " + views.Count(int64(len(services)), "service", "services")
			row.Subject.Href = subjectHref(sub.Ref)
		}
		v.IDs = append(v.IDs, row)
		if err := s.ticketAliases(r, d, sub, v); err != nil {
			return err
		}
	}
	return nil
}

// ticketAliases offers the IDs that somebody has confirmed to be the same person's.
func (s *Server) ticketAliases(r *http.Request, d desk, sub db.TicketSubject, v *views.Ticket) error {
	aliases, err := s.store.Aliases(r.Context(), sub.ID)
	for _, a := range aliases {
		if slices.ContainsFunc(d.subjects, func(o db.TicketSubject) bool { return o.ID == a.ID }) ||
			slices.ContainsFunc(v.Aliases, func(o views.TicketAlias) bool { return o.Token == string(a.Ref) }) {
			continue
		}
		row := views.TicketAlias{Subject: views.SubjectRef{Text: a.ID, Href: subjectHref(a.Ref)}, Token: string(a.Ref)}
		if !d.State.Ended() {
			row.Act = ticketHref(d.Number) + "/ids"
		}
		v.Aliases = append(v.Aliases, row)
	}
	return err
}

func (s *Server) ticketSame(r *http.Request, d desk, v *views.Ticket) error {
	same, err := s.store.Duplicates(r.Context(), d.Ticket)
	for _, o := range same {
		from := int64(0) // only the later one goes into the earlier
		if v.Private && !d.State.Ended() && !d.Received.Before(o.Received) {
			from = d.Number
		}
		v.Same = append(v.Same, ticketRefs([]db.Ticket{o}, from)...)
	}
	return err
}

func (s *Server) ticketFacts(r *http.Request, d desk) []views.KV {
	names := s.names(r)
	with := "nobody"
	if d.Assignee != 0 {
		with = names.user(d.Assignee)
	}
	facts := []views.KV{{Key: "Right", Value: rightName(d.Right) + ", " + rightArticle(d.Right)}, {Key: "Received", Value: dayMoment(d.Ticket).Text + ", " + views.CodeWords(views.TicketChannels, d.Channel)},
		{Key: "Taken in", Value: moment(r, d.Filed).Text + ", " + names.actor(d.FiledBy)}, {Key: "Law", Value: views.CodeWords(views.Regimes, d.Regime) + placeWords(d.Ticket)},
		{Key: "Person is in", Value: views.CodeWords(views.Regions, d.Region)}, {Key: "With", Value: with}}
	add := func(key, value string) { facts = append(facts, views.KV{Key: key, Value: value}) }
	facts = append(facts, views.KV{Key: "Clock", Value: "The laws side by side", Href: "/clock?received=" + d.Day + "&country=" + countryCode(d.Ticket)})
	if !d.State.Ended() {
		for _, day := range []struct {
			key string
			on  clock.Date
		}{{"Confirm receipt by", d.clock.Acknowledge}, {"Refuse by", d.clock.RefuseBy}, {"Tell of an extension by", d.clock.NoticeBy}, {"If pauses count otherwise", d.clock.Otherwise}} {
			if !day.on.IsZero() {
				add(day.key, dayWords(day.on))
			}
		}
	}
	if d.Relation != "" {
		add("On behalf", views.CodeWords(views.Relations, d.Relation))
	}
	for _, p := range d.pauses {
		add("Person asked", pauseWords(r, p))
	}
	if d.Extension != "" {
		add("Extended", views.CodeWords(views.Extensions, d.Extension)+"; told on "+d.Extended.In(d.Zone()).Format("2 Jan 2006")+", "+names.actor(d.ExtendedBy))
	}
	if d.Ground != "" {
		add("Refused for", views.CodeWords(views.TicketRefusals, d.Ground)+" ("+views.CodeArticle(views.TicketRefusals, d.Ground)+")")
	}
	if d.Outcome != "" {
		add("What was done", views.CodeWords(views.Outcomes, d.Outcome)+" ("+views.CodeArticle(views.Outcomes, d.Outcome)+")")
	}
	if d.MergedInto != 0 {
		facts = append(facts, views.KV{Key: "Merged into", Value: "Ticket " + decimal(d.MergedInto), Href: ticketHref(d.MergedInto)})
	}
	if !d.Ended.IsZero() {
		add("Ended", moment(r, d.Ended).Text+", "+names.actor(d.EndedBy))
	}
	return facts
}

func countryCode(v db.Ticket) string {
	if v.Division != "" {
		return v.Country + "-" + v.Division
	}
	return v.Country
}

func placeWords(v db.Ticket) string {
	if v.Country == "" {
		return ""
	}
	place, _ := clock.PlaceOf(v.Country, v.Division)
	return ", " + place.Name()
}

func pauseWords(r *http.Request, p db.TicketPause) string {
	words := views.CodeWords(views.Pauses, p.Why) + ", " + dayOf(r, p.Began)
	if p.Ended.IsZero() {
		words += ", no answer yet"
	} else {
		words += " to " + dayOf(r, p.Ended)
	}
	if p.Stops {
		return words + "; the clock stood"
	}
	return words + "; the clock ran on"
}

// ticketPrivate adds what is personal, for those who work on tickets.
func (s *Server) ticketPrivate(r *http.Request, d desk, v *views.Ticket) error {
	if !v.Private {
		return nil
	}
	for _, kv := range []views.KV{{Key: "Name", Value: d.People.Person.Name}, {Key: "Contact", Value: d.People.Person.Contact}, {Key: "Asked for by", Value: d.People.Agent.Name},
		{Key: "Their contact", Value: d.People.Agent.Contact}, {Key: "Reasons told", Value: d.Reasons}} {
		if kv.Value != "" {
			v.People = append(v.People, kv)
		}
	}
	if d.Told.Explanation != "" {
		v.Told = []views.KV{{Key: "Reasons", Value: d.Told.Explanation}, {Key: "Authority", Value: d.Told.Authority}}
	}
	notes, err := s.store.TicketNotes(r.Context(), d.Number)
	if err != nil {
		return err
	}
	names := s.names(r)
	for _, n := range notes {
		row := views.TicketWords{Words: n.Words, By: names.actor(n.By) + ", " + moment(r, n.Made).Text, Gone: n.Words == ""}
		if !row.Gone {
			row.Erase = ticketHref(d.Number) + "/notes/" + decimal(n.Number) + "/erase"
		}
		v.Notes = append(v.Notes, row)
	}
	files, err := s.store.TicketFiles(r.Context(), d.Number)
	for _, f := range files {
		row := views.TicketFileRow{Name: "File " + decimal(f.Number) + ", erased", Sub: fileWords[f.Type] + ", " + views.Bytes(f.Bytes) + ", " + names.actor(f.By) + ", " + moment(r, f.Made).Text}
		if !f.Erased {
			row.Name, row.Href = f.Name, ticketHref(d.Number)+"/files/"+decimal(f.Number)
			row.Erase = row.Href + "/erase"
		}
		v.Files = append(v.Files, row)
	}
	return err
}

func (s *Server) ticketChecks(r *http.Request, d desk) (out []views.TicketCheck) {
	names := s.names(r)
	for _, c := range d.identities {
		row := views.TicketCheck{Method: views.CodeWords(views.Methods, c.Method), Level: views.CodeWords(views.Levels, c.Level), By: names.actor(c.By) + ", " + moment(r, c.Verified).Text}
		if who(r).May(auth.Work) {
			row.Checked = c.Checked
		}
		out = append(out, row)
	}
	return out
}

func (s *Server) ticketLinkRows(r *http.Request, d desk) (out []views.TicketLinkRow) {
	for _, e := range d.erasures {
		row := views.TicketLinkRow{Text: "Erasure " + decimal(e.Number), Href: erasureHref(e.Number), State: s.stateNow(r, e), Sub: erasureSub(e)}
		if e.State == erasure.Done {
			row.Href, row.Text = erasureHref(e.Number)+"/receipt", "Receipt of erasure "+decimal(e.Number)
		}
		out = append(out, row)
	}
	for _, h := range d.holds {
		out = append(out, views.TicketLinkRow{Text: holdKind(h) + " " + decimal(h.Number), Href: holdHref(h.Number), State: holdState(h), Sub: views.WordsOf(h.Ground)})
	}
	for _, l := range d.links {
		if l.Kind == ticket.LinkExport {
			out = append(out, views.TicketLinkRow{Text: "Export " + decimal(l.Number), Sub: moment(r, l.Made).Text})
		}
	}
	return out
}

// erasureSub says in honest words what an erasure waits for (law L8).
func erasureSub(e db.Erasure) string {
	switch e.State {
	case erasure.Proposed:
		return views.Count(e.Manifest.Records(), "record", "records") + "; nothing is erased until a second person approves it"
	case erasure.Scheduled:
		return views.Count(e.Manifest.Records(), "record", "records") + "; it can still be withdrawn"
	case erasure.Partial:
		return "Some of it is not erased yet: look at its services"
	case erasure.Refused:
		return "It answers nothing: refuse the ticket, or propose again"
	case erasure.Withdrawn:
		return "It was taken back before it ran"
	case erasure.Done:
		return views.Count(e.Found, "record", "records") + "; every part has ended, and the receipt says how"
	}
	return views.Count(recordsOf(e), "record", "records")
}

// forTicket adds to the facts of something the ticket that it carries out, for those who may see tickets.
func (s *Server) forTicket(r *http.Request, facts []views.KV, kind string, object int64) ([]views.KV, error) {
	if !who(r).May(auth.Tickets) {
		return facts, nil
	}
	tickets, err := s.store.LinkedTickets(r.Context(), kind, object)
	for _, n := range tickets {
		facts = append(facts, views.KV{Key: "For", Value: "Ticket " + decimal(n), Href: ticketHref(n)})
	}
	return facts, err
}
