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
	"quittance/views/lang"
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
	v = views.Ticket{Number: k.Number, Right: rightName(k.Right), State: ticketStates[k.State], Private: who(r).May(auth.Work), Facts: s.ticketFacts(r, d)}
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
			row := views.TicketID{Subject: views.SubjectRef{Text: lang.Said("ref {reference}", "reference", views.Short(sub.Reference)), Reference: true}}
			if sub.ID == "" {
				row.Sub = "erased, or not readable"
			}
			v.IDs = append(v.IDs, row)
			continue
		}
		row := views.TicketID{Subject: views.SubjectRef{Text: lang.Raw(sub.ID)}}
		held, err := s.store.Holdings(r.Context(), db.RecordQuery{Subject: sub.ID})
		if err != nil {
			return err
		}
		if row.Sub = "no records here"; len(held) > 0 {
			services := map[int64]bool{}
			for _, h := range held {
				services[h.Service] = true
			}
			row.Sub = lang.Said("{held} in {services}", "held", lang.Counted(total(held), "1 record", "{n} records"), "services", lang.Counted(int64(len(services)), "1 service", "{n} services"))
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
		row := views.TicketAlias{Subject: views.SubjectRef{Text: lang.Raw(a.ID), Href: subjectHref(a.Ref)}, Token: string(a.Ref)}
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
	with := lang.Word("nobody")
	if d.Assignee != 0 {
		with = lang.Raw(names.user(d.Assignee))
	}
	facts := []views.KV{{Key: "Right", Value: inRow(rightName(d.Right), articleOf(d.Ticket))}, {Key: "Received", Value: lang.Said("{text}, {ticketchannels}", "text", lang.Moment(dayMoment(d.Ticket).Text), "ticketchannels", views.CodeWords(views.TicketChannels, d.Channel))},
		{Key: "Taken in", Value: lang.Said("{text}, {filedby}", "text", lang.Moment(moment(r, d.Filed).Text), "filedby", names.actor(d.FiledBy))}, {Key: "Law", Value: calendarWords(d.Ticket)},
		{Key: "Person is in", Value: views.CodeWords(views.Regions, d.Region)}, {Key: "With", Value: with}}
	add := func(key, value lang.Word) { facts = append(facts, views.KV{Key: key, Value: value}) }
	facts = append(facts, views.KV{Key: "Clock", Value: "The laws side by side", Href: "/clock?received=" + d.Day + "&country=" + countryCode(d.Ticket)})
	if !d.State.Ended() {
		for _, day := range []struct {
			key lang.Word
			on  clock.Date
		}{{"Confirm receipt by", d.clock.Acknowledge}, {"Refuse by", d.clock.RefuseBy}, {"Tell of an extension by", d.clock.NoticeBy}, {"If pauses count otherwise", d.clock.Otherwise}} {
			if !day.on.IsZero() {
				add(day.key, lang.Moment(dayWords(day.on)))
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
		add("Extended", lang.Said("{extensions}; told on {format}, {extendedby}", "extensions", views.CodeWords(views.Extensions, d.Extension), "format", lang.Moment(d.Extended.In(d.Zone()).Format("2 Jan 2006")), "extendedby", names.actor(d.ExtendedBy)))
	}
	if d.Ground != "" {
		add("Refused for", lang.Said("{ticketrefusals} ({ticketrefusals2})", "ticketrefusals", views.CodeWords(views.TicketRefusals, d.Ground), "ticketrefusals2", views.CodeArticle(views.TicketRefusals, d.Ground)))
	}
	if d.Outcome != "" {
		add("What was done", lang.Said("{outcomes} ({outcomes2})", "outcomes", views.CodeWords(views.Outcomes, d.Outcome), "outcomes2", views.CodeArticle(views.Outcomes, d.Outcome)))
	}
	if d.MergedInto != 0 {
		facts = append(facts, views.KV{Key: "Merged into", Value: lang.Said("Ticket {mergedinto}", "mergedinto", decimal(d.MergedInto)), Href: ticketHref(d.MergedInto)})
	}
	if !d.Ended.IsZero() {
		add("Ended", lang.Said("{text}, {endedby}", "text", lang.Moment(moment(r, d.Ended).Text), "endedby", names.actor(d.EndedBy)))
	}
	return facts
}

func countryCode(v db.Ticket) string {
	if v.Division != "" {
		return v.Country + "-" + v.Division
	}
	return v.Country
}

// calendarWords are the law that a ticket goes by, and the country whose calendar counts.
func calendarWords(v db.Ticket) lang.Word {
	law := views.CodeWords(views.Regimes, v.Regime)
	if v.Country == "" {
		return law
	}
	place, _ := clock.PlaceOf(v.Country, v.Division)
	return lang.InRow([]lang.Word{law, placeName(place)})
}

func pauseWords(r *http.Request, p db.TicketPause) lang.Word {
	why, began := views.CodeWords(views.Pauses, p.Why), lang.Moment(dayOf(r, p.Began))
	words := lang.Said("{why}, {began}, no answer yet", "why", why, "began", began)
	if !p.Ended.IsZero() {
		words = lang.Said("{why}, {began} to {ended}", "why", why, "began", began, "ended", lang.Moment(dayOf(r, p.Ended)))
	}
	if p.Stops {
		return lang.Said("{words}; the clock stood", "words", words)
	}
	return lang.Said("{words}; the clock ran on", "words", words)
}

// ticketPrivate adds what is personal, for those who work on tickets.
func (s *Server) ticketPrivate(r *http.Request, d desk, v *views.Ticket) error {
	if !v.Private {
		return nil
	}
	for _, kv := range []views.KV{{Key: "Name", Value: lang.Raw(d.People.Person.Name)}, {Key: "Contact", Value: lang.Raw(d.People.Person.Contact)}, {Key: "Asked for by", Value: lang.Raw(d.People.Agent.Name)},
		{Key: "Their contact", Value: lang.Raw(d.People.Agent.Contact)}, {Key: "Reasons told", Value: lang.Raw(d.Reasons)}} {
		if kv.Value != "" {
			v.People = append(v.People, kv)
		}
	}
	if d.Told.Explanation != "" {
		v.Told = []views.KV{{Key: "Reasons", Value: lang.Raw(d.Told.Explanation)}, {Key: "Authority", Value: lang.Raw(d.Told.Authority)}}
	}
	notes, err := s.store.TicketNotes(r.Context(), d.Number)
	if err != nil {
		return err
	}
	names := s.names(r)
	for _, n := range notes {
		row := views.TicketWords{Words: n.Words, By: lang.Said("{by}, {text}", "by", names.actor(n.By), "text", lang.Moment(moment(r, n.Made).Text)), Gone: n.Words == ""}
		if !row.Gone {
			row.Erase = ticketHref(d.Number) + "/notes/" + decimal(n.Number) + "/erase"
		}
		v.Notes = append(v.Notes, row)
	}
	files, err := s.store.TicketFiles(r.Context(), d.Number)
	for _, f := range files {
		row := views.TicketFileRow{Name: lang.Said("File {number}, erased", "number", decimal(f.Number)), Sub: lang.Said("{filewords}, {bytes}, {by}, {text}", "filewords", fileWords[f.Type], "bytes", lang.Size(f.Bytes), "by", names.actor(f.By), "text", lang.Moment(moment(r, f.Made).Text))}
		if !f.Erased {
			row.Name, row.Href = lang.Raw(f.Name), ticketHref(d.Number)+"/files/"+decimal(f.Number)
			row.Erase = row.Href + "/erase"
		}
		v.Files = append(v.Files, row)
	}
	return err
}

func (s *Server) ticketChecks(r *http.Request, d desk) (out []views.TicketCheck) {
	names := s.names(r)
	for _, c := range d.identities {
		row := views.TicketCheck{Method: views.CodeWords(views.Methods, c.Method), Level: views.CodeWords(views.Levels, c.Level), By: lang.Said("{by}, {text}", "by", names.actor(c.By), "text", lang.Moment(moment(r, c.Verified).Text))}
		if who(r).May(auth.Work) {
			row.Checked = c.Checked
		}
		out = append(out, row)
	}
	return out
}

func (s *Server) ticketLinkRows(r *http.Request, d desk) (out []views.TicketLinkRow) {
	for _, e := range d.erasures {
		row := views.TicketLinkRow{Text: lang.Said("Erasure {number}", "number", decimal(e.Number)), Href: erasureHref(e.Number), State: s.stateNow(r, e), Sub: erasureSub(e)}
		if e.State == erasure.Done {
			row.Href, row.Text = erasureHref(e.Number)+"/receipt", lang.Said("Receipt of erasure {number}", "number", decimal(e.Number))
		}
		out = append(out, row)
	}
	for _, h := range d.holds {
		out = append(out, views.TicketLinkRow{Text: lang.Said("{h} {number}", "h", holdKind(h), "number", decimal(h.Number)), Href: holdHref(h.Number), State: holdState(h), Sub: views.WordsOf(h.Ground)})
	}
	for _, l := range d.links {
		if l.Kind == ticket.LinkExport {
			out = append(out, views.TicketLinkRow{Text: lang.Said("Export {number}", "number", decimal(l.Number)), Sub: lang.Moment(moment(r, l.Made).Text)})
		}
	}
	return out
}

// erasureSub says in honest words what an erasure waits for (law L8).
func erasureSub(e db.Erasure) lang.Word {
	switch e.State {
	case erasure.Proposed:
		return lang.Counted(e.Manifest.Records(), "1 record; nothing is erased until a second person approves it", "{n} records; nothing is erased until a second person approves it")
	case erasure.Scheduled:
		return lang.Counted(e.Manifest.Records(), "1 record; it can still be withdrawn", "{n} records; it can still be withdrawn")
	case erasure.Partial:
		return "Some of it is not erased yet: look at its services"
	case erasure.Refused:
		return "It answers nothing: refuse the ticket, or propose again"
	case erasure.Withdrawn:
		return "It was taken back before it ran"
	case erasure.Done:
		return lang.Counted(e.Found, "1 record; every part has ended, and the receipt says how", "{n} records; every part has ended, and the receipt says how")
	}
	return lang.Counted(recordsOf(e), "1 record", "{n} records")
}

// forTicket adds to the facts of something the ticket that it carries out, for those who may see tickets.
func (s *Server) forTicket(r *http.Request, facts []views.KV, kind string, object int64) ([]views.KV, error) {
	if !who(r).May(auth.Tickets) {
		return facts, nil
	}
	tickets, err := s.store.LinkedTickets(r.Context(), kind, object)
	for _, n := range tickets {
		facts = append(facts, views.KV{Key: "For", Value: lang.Said("Ticket {n}", "n", decimal(n)), Href: ticketHref(n)})
	}
	return facts, err
}
