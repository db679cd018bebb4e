package handlers

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/clock"
	"quittance/db/erasure"
	"quittance/db/letter"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// draft is a letter that is being written.
type draft struct {
	db.Ticket
	clock    clock.Clock
	kind     letter.Kind
	language string
	given    map[string]string // fields of the form: why, reasons, ground, authority, lifted, recipients
	values   letter.Values
	day      time.Time // on which the restriction ends
}

// letterAsks are the fields that a kind asks for before there is a text.
var letterAsks = map[letter.Kind][]string{
	letter.Identity:   {"reasons"},
	letter.Extension:  {"why", "reasons"},
	letter.Refusal:    {"ground", "reasons", "authority"},
	letter.Lifting:    {"lifted", "reasons"},
	letter.Recipients: {"recipients"},
}

// mayWrite tells whether somebody may send a kind of letter now: what refuses a ticket is an officer's.
func mayWrite(r *http.Request, v db.Ticket, k letter.Kind) bool {
	switch k {
	case letter.Refusal:
		return who(r).May(auth.Release) || v.State == ticket.Refused
	case letter.Extension:
		return !v.State.Ended()
	case letter.Lifting:
		return v.Right == ticket.Restriction
	case letter.Erased:
		return v.Right.Erases()
	case letter.Completion:
		return !v.Right.Erases()
	}
	return true
}

// newLetter offers the kinds, or begins one.
func (s *Server) newLetter(r *http.Request) (templ.Component, error) {
	v, err := s.ticketOf(r)
	if err == nil && (v.State == ticket.Merged || v.Destroyed) {
		err = db.ErrMoved
	}
	if err != nil {
		return nil, err
	}
	in := r.URL.Query()
	if in.Get("kind") != "" {
		return s.beginLetter(r, v, letter.Kind(in.Get("kind")), in.Get("language"))
	}
	page := views.NewLetter{Ticket: v.Number}
	for _, k := range letter.Of(v.Regime) {
		if !mayWrite(r, v, k) {
			continue
		}
		row := views.LetterKind{Name: views.CodeWords(views.LetterKinds, string(k)), Sub: views.CodeArticle(views.LetterKinds, string(k))}
		for _, l := range letter.Languages {
			row.In = append(row.In, views.PagerLink{Label: views.CodeWords(views.LetterLanguages, l), Href: ticketHref(v.Number) + "/letters/new?kind=" + string(k) + "&language=" + l})
		}
		page.Kinds = append(page.Kinds, row)
	}
	return page, nil
}

func (s *Server) beginLetter(r *http.Request, v db.Ticket, kind letter.Kind, language string) (templ.Component, error) {
	d, err := s.draftOf(r, v, kind, language)
	if err != nil {
		return nil, err
	}
	if len(letterAsks[kind]) > 0 {
		return s.asksPage(d, nil), nil
	}
	return s.textPage(r, d)
}

// draftOf reads what is known of a letter. A kind that cannot be written now is not there.
func (s *Server) draftOf(r *http.Request, v db.Ticket, kind letter.Kind, language string) (d draft, err error) {
	if !slices.Contains(letter.Of(v.Regime), kind) || !slices.Contains(letter.Languages, language) {
		return d, db.ErrNotFound
	}
	if !mayWrite(r, v, kind) {
		return d, problem{http.StatusConflict, "This letter cannot be sent now", "A refusal is an officer’s, and others do not fit what the ticket asks for or where it stands."}
	}
	d = draft{Ticket: v, kind: kind, language: language, given: map[string]string{}}
	pauses, err := s.store.TicketPauses(r.Context(), v.Number)
	if err != nil {
		return d, err
	}
	if d.clock, err = db.TicketClock(v, pauses, s.store.Now()); err != nil {
		return d, err
	}
	for _, name := range letterAsks[kind] {
		d.given[name] = strings.ReplaceAll(text(r, name), "\r\n", "\n")
	}
	return d, s.letterValues(r, &d)
}

// letterValues gives the fields their values, as far as they are known.
func (s *Server) letterValues(r *http.Request, d *draft) error {
	day := func(c clock.Date) string {
		if c.IsZero() {
			return ""
		}
		t, _ := time.Parse(time.DateOnly, c.String()) // it is one of its own
		return letter.Day(t, d.language, d.Regime)
	}
	house := map[string]string{}
	for _, name := range []string{letter.Letterhead, letter.Contact, letter.AuthorityOf(d.Regime)} {
		t, err := s.store.LetterText(r.Context(), name)
		if err != nil {
			return err
		}
		house[name] = t.Text
	}
	receipts, err := s.receiptsOf(r, d.Ticket)
	received, _ := clock.ParseDate(d.Day)
	name, _, _ := strings.Cut(house[letter.Letterhead], "\n")
	if d.given["authority"] == "" && slices.Contains(letterAsks[d.kind], "authority") {
		d.given["authority"] = house[letter.AuthorityOf(d.Regime)]
	}
	d.day, _ = time.ParseInLocation(time.DateOnly, d.given["lifted"], d.Zone())
	d.values = letter.Values{
		"requester": orElse(d.People.Agent.Name, d.People.Person.Name), "ticket": decimal(d.Number), "right": letter.RightWords(d.Right, d.language), "law": letter.Law(d.language, d.Regime),
		"received": day(received), "today": day(clock.DateIn(s.store.Now(), d.Zone())), "due": day(d.clock.Deadline()), "extended_due": day(d.clock.ExtendedDue),
		"reasons": d.given["reasons"], "ground": letter.GroundWords(d.given["ground"], d.language, d.Regime), "authority": orElse(d.given["authority"], house[letter.AuthorityOf(d.Regime)]),
		"receipt": strings.Join(receipts, ", "), "recipients": d.given["recipients"], "lifted": letter.Day(d.day, d.language, d.Regime), "house": strings.TrimSpace(name), "contact": house[letter.Contact],
	}
	return err
}

// receiptsOf are the numbers of the erasures of a ticket that are done.
func (s *Server) receiptsOf(r *http.Request, v db.Ticket) (out []string, err error) {
	links, err := s.store.TicketLinks(r.Context(), v.Number)
	for _, l := range links {
		if l.Kind != ticket.LinkErasure || err != nil {
			continue
		}
		var e db.Erasure
		if e, err = s.store.Erasure(r.Context(), l.Number); err == nil && e.State == erasure.Done {
			out = append(out, decimal(e.Number))
		}
	}
	return out, err
}

// draftLetter makes the text from what was asked for.
func (s *Server) draftLetter(r *http.Request) (templ.Component, error) {
	d, err := s.postedDraft(r)
	if err != nil {
		return nil, err
	}
	if wrong := s.wrongAsks(d); len(wrong) > 0 {
		return nil, refused{s.asksPage(d, wrong)}
	}
	return s.textPage(r, d)
}

func (s *Server) postedDraft(r *http.Request) (draft, error) {
	v, err := s.ticketOf(r)
	if err == nil && (v.State == ticket.Merged || v.Destroyed) {
		err = db.ErrMoved
	}
	if err != nil {
		return draft{}, err
	}
	return s.draftOf(r, v, letter.Kind(text(r, "kind")), text(r, "language"))
}

func (s *Server) wrongAsks(d draft) map[string]lang.Word {
	wrong := map[string]lang.Word{}
	for _, name := range letterAsks[d.kind] {
		switch typed := d.given[name]; name {
		case "why":
			code(wrong, ticket.Extensions, name, typed)
		case "ground":
			code(wrong, ticket.RefusalsOf(d.Right), name, typed)
		case "authority":
			if typed == "" || !plain(typed, db.MaxTicketName) {
				wrong[name] = "Name it, in at most 200 characters."
			}
		case "lifted":
			if d.day.IsZero() || d.day.Before(s.store.Now().Add(-24*time.Hour)) {
				wrong[name] = "Write a day that lies ahead: the person is told before it (Art. 18(3))."
			}
		default:
			prose(wrong, name, typed, true)
		}
	}
	return wrong
}

// letterField is a field that a kind asks for.
func letterField(right ticket.Right, name, typed string, wrong lang.Word) views.Field {
	f := views.Field{Name: name, Value: strings.ToValidUTF8(typed, "\ufffd"), Error: wrong, Required: true, Type: "textarea"}
	switch name {
	case "why":
		f.Label, f.Type, f.Options = "Reason in law", "select", views.Choices(views.Extensions, typed, "Choose one")
	case "ground":
		f.Label, f.Type, f.Options = "Ground", "select", refusalOptions(right, typed)
	case "authority":
		f.Label, f.Type, f.MaxLength = "Authority that they can complain to", "text", db.MaxTicketName
	case "lifted":
		f.Label, f.Type = "The restriction ends on", "date"
	case "recipients":
		f.Label, f.Hint = "Recipients", "One on each line, with what they were told."
	case "reasons":
		f.Label, f.Hint = "Reasons", "In the language of the letter, as the person will read them."
	}
	return f
}

func (s *Server) asksPage(d draft, wrong map[string]lang.Word) views.NewLetter {
	page := d.page()
	page.Carried = page.Carried[:2] // the rest is asked for
	for _, name := range letterAsks[d.kind] {
		page.Asks = append(page.Asks, letterField(d.Right, name, d.given[name], wrong[name]))
	}
	return page
}

func (d draft) page() views.NewLetter {
	v := views.NewLetter{Ticket: d.Number, Name: views.CodeWords(views.LetterKinds, string(d.kind)), Law: views.CodeArticle(views.LetterKinds, string(d.kind)),
		Carried: []views.Given{{Name: "kind", Value: string(d.kind)}, {Name: "language", Value: d.language}}}
	for _, name := range letterAsks[d.kind] {
		v.Carried = append(v.Carried, views.Given{Name: name, Value: d.given[name]})
	}
	return v
}

// textPage is the letter as the house would write it.
func (s *Server) textPage(r *http.Request, d draft) (templ.Component, error) {
	t, err := s.store.LetterText(r.Context(), letter.NameOf(d.kind, d.language, d.Regime))
	if err != nil {
		return nil, err
	}
	out, err := letter.Render(t.Text, d.values)
	if err != nil {
		return nil, err
	}
	return s.sendPage(r, d, out, nil), nil
}

// sendPage is the text with how it was sent. wrong is nil the first time.
func (s *Server) sendPage(r *http.Request, d draft, typed string, wrong map[string]lang.Word) views.NewLetter {
	page := d.page()
	page.Text, page.TextErr, page.Does = typed, wrong["text"], does(r, d)
	page.Lacks = lawWords(letter.Missing(d.kind, d.Regime, typed, d.values))
	page.SentWith = []views.Field{
		{Name: "way", Label: "How it was sent", Type: "select", Required: true, Error: wrong["way"], Options: views.Choices(views.LetterWays, text(r, "way"), "Choose one")},
		{Name: "day", Label: "On", Type: "date", Required: true, Error: wrong["day"], Value: orElse(text(r, "day"), s.store.Now().In(d.Zone()).Format(time.DateOnly))},
	}
	if all := views.OutcomesOf(string(d.Right)); closes(r, d) && len(all) > 0 {
		page.SentWith = append(page.SentWith, views.Field{Name: "outcome", Label: "Close the ticket with it: what was done", Type: "select", Options: views.Choices(all, text(r, "outcome"), "Leave the ticket open"), Error: wrong["outcome"]})
	} else if closes(r, d) {
		page.SentWith = append(page.SentWith, views.Field{Name: "close", Label: "Close the ticket as answered with it", Type: "checkbox", Value: "yes", Checked: wrong == nil || text(r, "close") == "yes"})
	}
	if len(page.Lacks) > 0 {
		page.SentWith = append(page.SentWith, views.Field{Name: "anyway", Label: "The letter says it in other words", Type: "checkbox", Value: "yes", Error: wrong["anyway"]})
	}
	return page
}

func lawWords(parts []letter.Part) (out []lang.Word) {
	for _, p := range parts {
		out = append(out, lang.Said("{says} ({source})", "says", lang.Opening(fromBelow(p.Says)), "source", fromBelow(p.Source)))
	}
	return out
}
