package handlers

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/connect"
	"quittance/views"
	"quittance/views/lang"
)

// searchElsewhere asks linked services what a search asked here.
func (s *Server) searchElsewhere(r *http.Request) (templ.Component, error) {
	q, err := s.store.Search(r.Context(), who(r).User.Number, r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	if q.Filter != nil {
		return nil, db.ErrNotFound // they are asked for customer IDs
	}
	return s.elsewhere(r, q.Text, "/searches/"+r.PathValue("token"))
}

// subjectElsewhere asks linked services for a data subject.
func (s *Server) subjectElsewhere(r *http.Request) (templ.Component, error) {
	sub, err := s.store.Subject(r.Context(), db.Ref(r.PathValue("ref")))
	if err != nil {
		return nil, err
	}
	return s.elsewhere(r, sub.ID, subjectHref(sub.Ref))
}

// elsewhere asks at the moment, writes down who was asked, and shows what was said: a part of the page that asks, or a page where there is no
// script. Nothing of it is stored (law L9).
func (s *Server) elsewhere(r *http.Request, id, back string) (templ.Component, error) {
	ids, err := s.idsOf(r, id)
	if err != nil {
		return nil, err
	}
	if frozen, err := s.frozen(r, ids); err != nil || frozen {
		return views.Elsewhere{Part: r.Header.Get("HX-Request") != "", Back: back, Again: back + "/elsewhere", ID: id, AskedAt: moment(r, s.store.Now()),
			Told: "A restriction (Art. 18) freezes this data subject: linked services are not asked."}, err
	}
	linked, err := s.linkedInUse(r)
	if err != nil {
		return nil, err
	}
	held, err := s.store.Holdings(r.Context(), db.RecordQuery{Subject: id, Person: len(ids) > 1})
	if err != nil {
		return nil, err
	}
	found := s.lookup.Ask(r.Context(), linked, ids)
	if err := s.noteAsked(r, found); err != nil {
		return nil, err
	}
	v := views.Elsewhere{Part: r.Header.Get("HX-Request") != "", Back: back, Again: back + "/elsewhere", ID: id, AskedAt: moment(r, s.store.Now()), Here: total(held), Told: told(found, total(held))}
	for _, f := range found {
		v.Answers = append(v.Answers, elsewhereAnswer(r, f))
	}
	return v, nil
}

// idsOf are an ID and those that somebody confirmed to be the same person.
func (s *Server) idsOf(r *http.Request, id string) ([]label.ID, error) {
	aliases, err := s.store.Aliases(r.Context(), id)
	if err != nil {
		return nil, err
	}
	texts := []string{id}
	for _, a := range aliases {
		texts = append(texts, a.ID)
	}
	var ids []label.ID
	for _, text := range texts {
		parsed, err := label.Parse(label.Assistant, text)
		if err != nil {
			return nil, err
		}
		ids = append(ids, parsed)
	}
	return ids, nil
}

func (s *Server) linkedInUse(r *http.Request) ([]db.Service, error) {
	all, err := s.store.Services(r.Context())
	return slices.DeleteFunc(all, func(v db.Service) bool { return !v.Linked() || !v.Removed.IsZero() }), err
}

// noteAsked writes down which services were called; one that cannot be asked was not.
func (s *Server) noteAsked(r *http.Request, found []connect.Finding) error {
	var asked []db.LinkedAnswer
	for _, f := range found {
		if f.Askable() {
			asked = append(asked, db.LinkedAnswer{Service: f.Service.Number, Heard: f.Code == "", Entries: f.Entries})
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return s.store.AskLinked(r.Context(), who(r).User.Number, asked)
}

// told says what all of it comes to. "No records" is said only when every service answered (law L11).
func told(found []connect.Finding, here int64) lang.Word {
	var silent, mute []string
	var entries int64
	for _, f := range found {
		entries += f.Entries
		switch {
		case !f.Askable():
			mute = append(mute, f.Service.Name)
		case f.Code != "":
			silent = append(silent, f.Service.Name)
		}
	}
	words := lang.Word("")
	switch {
	case entries == 0 && here == 0 && len(silent)+len(mute) == 0:
		return "No records: every service answered, those here and the linked ones, and none holds anything under this ID."
	case entries == 0 && len(silent)+len(mute) == 0:
		return "Every linked service answered, and none holds anything under this ID."
	case entries == 0 && len(silent)+len(mute) < len(found):
		words = "Those that answered hold nothing under this ID. "
	case entries > 0:
		words = "Something is held elsewhere. It is not on this page's lists; an erasure is passed on to every linked service. "
	}
	if len(silent) > 0 {
		words += lang.Said("No answer: {silent}. ", "silent", lang.Listed(silent))
	}
	if len(mute) > 0 {
		words += lang.Said("Cannot be asked: {mute}. ", "mute", lang.Listed(mute))
	}
	if len(silent)+len(mute) > 0 {
		words += "So this is not the whole answer."
	}
	return words
}

// notHeard are the codes of package connect in words; a call's own are callSaid's. The seconds are connect.LookupTime.
var notHeard = map[string]lang.Word{
	connect.CodeKind:   "It cannot be asked: services of this kind do not tell what they hold of a customer.",
	connect.CodePlaces: "It cannot be asked: no message went there from here, so none of its assistants, environments and workspaces is known.",
	connect.CodeSlow:   "It did not answer within 3 seconds.",
	connect.CodeOwn:    "It could not be called: its address or its credential has to be looked at by an administrator.",
}

// findingWords say what a service answered that was asked just now.
var findingWords = map[connect.FindingState]views.State{
	connect.FindingMute:   {Tone: "risk", Icon: "hand-stop", Word: "Cannot be asked"},
	connect.FindingSilent: {Tone: "over", Icon: "alert-triangle", Word: "No answer"},
	connect.FindingHolds:  {Tone: "run", Icon: "external-link", Word: "Holds entries"},
	connect.FindingEmpty:  {Tone: "ok", Word: "service|Answered"},
}

func elsewhereAnswer(r *http.Request, f connect.Finding) views.ElsewhereAnswer {
	a := views.ElsewhereAnswer{Name: f.Service.Name, Where: whereHeld(f.Service), Href: serviceHref(f.Service.Number), State: findingWords[f.State()], Words: foundWords(r, f)}
	for _, l := range f.Latest {
		a.Latest = append(a.Latest, views.ElsewhereSaid{At: moment(r, l.At), Text: preview(l.Text)})
	}
	return a
}

func foundWords(r *http.Request, f connect.Finding) lang.Word {
	words := lang.Word("")
	switch {
	case f.Entries > 0 && f.More:
		words = lang.Counted(f.Entries, "1 entry and more", "{n} entries and more")
	case f.Entries > 0:
		words = lang.Counted(f.Entries, "1 entry", "{n} entries")
	case f.Code == "":
		return "Nothing under this ID, at each name (assistant, environment, workspace) that messages went to from here."
	}
	if words != "" && !f.Newest.IsZero() {
		words += lang.Said(", the newest of {text}", "text", lang.Moment(moment(r, f.Newest).Text))
	}
	if f.Code == "" {
		return lang.Said("{words}.", "words", words)
	}
	why := notHeard[f.Code]
	if why == "" {
		why = lang.Said("No whole answer: {code}.", "code", callSaid(f.Code))
	}
	if words != "" {
		why = lang.Said("{words} until it broke off. {why}", "words", words, "why", why)
	}
	return why
}
