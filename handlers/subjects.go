package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
)

// subject shows everything that is held under one customer ID.
func (s *Server) subject(r *http.Request) (templ.Component, error) {
	sub, err := s.store.Subject(r.Context(), db.Ref(r.PathValue("ref")))
	if err != nil {
		return nil, err
	}
	return s.subjectPage(r, sub)
}

func (s *Server) subjectPage(r *http.Request, sub db.Subject) (v views.Subject, err error) {
	l, err := s.heldUnder(r, sub.ID, s.store.Now())
	if err != nil {
		return v, err
	}
	requests, err := s.erasuresOf(r, l.ids(), nil, 50)
	if err != nil {
		return v, err
	}
	consultations, looks, err := s.consultations(r, sub.ID)
	if err != nil {
		return v, err
	}
	origins, err := s.origins(r, sub.ID)
	if err != nil {
		return v, err
	}
	v = views.Subject{ID: sub.ID, Ref: string(sub.Ref), Sentence: lang.Said("{held}. {sentence}", "held", lang.Counted(total(l.held), "1 record", "{n} records"), "sentence", l.sentence(r)), Total: total(l.held),
		Consultations: consultations, Looks: looks, States: l.states(), Services: l.byService(r), Facts: s.subjectFacts(r, sub, l, looks, origins), Timeline: subjectTimeline(r, l, requests),
		Elsewhere: linkedNames(l.services), RecordsHref: subjectHref(sub.Ref) + "/records", Erasures: s.subjectErasures(r, requests)}
	if len(v.Elsewhere) > 0 {
		v.AskHref, v.AskNow = subjectHref(sub.Ref)+"/elsewhere", true
	}
	if who(r).May(auth.Propose) {
		v.EraseHref = "/erasures/new?subject=" + string(sub.Ref)
	}
	if who(r).May(auth.Work) {
		v.TicketHref = "/tickets/new?subject=" + string(sub.Ref)
		tickets, err := s.store.TicketsOf(r.Context(), sub.ID)
		if err != nil {
			return v, err
		}
		v.Tickets = ticketRefs(tickets, 0)
	}
	if who(r).May(auth.Hold) {
		v.HoldHref = "/holds/new?subject=" + string(sub.Ref)
		v.FreezeHref = "/holds/new?kind=restriction&subject=" + string(sub.Ref)
	}
	var frozen bool
	if v.Holds, frozen, err = s.subjectHolds(r, l.ids()); err != nil {
		return v, err
	}
	v.Aliases = s.aliasRows(r, l)
	if v.Returned, err = s.returnedNote(r, sub); err != nil {
		return v, err
	}
	if frozen { // who else they may be would have to be read out of their records
		return v, nil
	}
	if v.Candidates, err = s.candidateRows(r, l, origins); err != nil {
		return v, err
	}
	named := l.ids()
	for _, c := range v.Candidates {
		named = append(named, c.ID)
	}
	v.Near, err = s.nearMisses(r, sub.ID, named)
	return v, err
}

// subjectRecords is the list of a data subject's records, under its reference instead of a search.
func (s *Server) subjectRecords(r *http.Request) (templ.Component, error) {
	sub, err := s.store.Subject(r.Context(), db.Ref(r.PathValue("ref")))
	if err != nil {
		return nil, err
	}
	return s.results(r, sub.ID)
}

func (l listing) byService(r *http.Request) []views.SubjectService {
	by := map[int64]db.Holding{}
	for _, h := range l.held {
		sum, ok := by[h.Service]
		if !ok {
			sum = db.Holding{Service: h.Service, First: h.First, Last: h.Last}
		}
		sum.Records, sum.First, sum.Last = sum.Records+h.Records, earlier(sum.First, h.First), later(sum.Last, h.Last)
		by[h.Service] = sum
	}
	var out []views.SubjectService
	for _, n := range sortedKeys(by) {
		h, svc := by[n], l.services[n]
		waiting := min(l.waiting(n), h.Records) // a record that bears two of the IDs is covered twice
		out = append(out, views.SubjectService{Service: kindName(svc.Kind), Instance: place(svc), Href: subjectHref(l.subject.Ref) + "/records?" + url.Values{"service": {strconv.FormatInt(n, 10)}}.Encode(),
			Records: h.Records, First: moment(r, h.First), Last: moment(r, h.Last),
			States: []views.Seg{{Tone: "ok", Label: "Labelled", Count: h.Records - waiting}, {Tone: "run", Label: "Erasure pending", Count: waiting}}})
	}
	return out
}

// waiting is how many records of a service the open requests cover.
func (l listing) waiting(service int64) int64 {
	return l.widest(func(e db.Erasure) (n int64) {
		for _, line := range e.Manifest.Go {
			if line.Service == service {
				n += line.Records
			}
		}
		return n
	})
}

// widest counts with the widest open request of each ID.
func (l listing) widest(count func(db.Erasure) int64) (sum int64) {
	most := map[string]int64{}
	for _, e := range l.erasures {
		most[e.Subject] = max(most[e.Subject], count(e))
	}
	for _, n := range most {
		sum += n
	}
	return sum
}

// shownConsultations is how many of them the page of a data subject lists.
const shownConsultations = 20

// consultations are when records of a data subject were shown unmasked, by whom and what for.
func (s *Server) consultations(r *http.Request, id string) (out []views.Consultation, total int64, err error) {
	list, total, err := s.store.Consultations(r.Context(), id, shownConsultations)
	if err != nil {
		return nil, 0, err
	}
	names := s.names(r)
	for _, c := range list {
		out = append(out, views.Consultation{Record: c.Record, Href: recordHref(c.Record), By: names.actor(userActor(c.User)), Purpose: purposeWords(c.Purpose), When: moment(r, c.At)})
	}
	return out, total, nil
}

func (s *Server) subjectFacts(r *http.Request, sub db.Subject, l listing, looks int64, origins []watson.Origin) []views.KV {
	facts := []views.KV{{Key: "Reference", Value: lang.Raw(string(sub.Ref)), Mono: true}, {Key: "Looked at in clear", Value: lang.Counted(looks, "1 time", "{n} times")}}
	var shared int64
	for _, h := range l.held {
		shared += h.Shared
	}
	if shared > 0 {
		facts = append(facts, views.KV{Key: "Also bear other IDs", Value: lang.Counted(shared, "1 record", "{n} records")})
	}
	if words := through(sub.ID, origins); words != "" {
		facts = append(facts, views.KV{Key: "Came in through", Value: words})
	}
	return facts
}

func (s *Server) subjectErasures(r *http.Request, requests []db.Erasure) []views.SubjectErasure {
	names := s.names(r)
	var out []views.SubjectErasure
	for _, e := range requests {
		out = append(out, views.SubjectErasure{Number: e.Number, Href: erasureHref(e.Number), By: names.actor(e.Proposer), Filed: moment(r, e.Proposed), State: stateOf(e.State)})
	}
	return out
}

func subjectTimeline(r *http.Request, l listing, requests []db.Erasure) []views.Event {
	var out []views.Event
	for _, e := range requests {
		out = append(out, views.Event{When: moment(r, e.Proposed), What: lang.Said("Erasure {number}, {state}", "number", lang.Figure(e.Number), "state", stateWord(e.State)), Sub: lang.Counted(e.Manifest.Records(), "1 record", "{n} records"), Href: erasureHref(e.Number)})
	}
	if len(l.held) == 0 {
		return out
	}
	first, last := span(l.held)
	return append(out, views.Event{When: moment(r, last), What: "Newest record"}, views.Event{When: moment(r, first), What: "Oldest record"})
}

func subjectHref(ref db.Ref) string { return "/subjects/" + url.PathEscape(string(ref)) }

func sortedKeys[K interface{ ~int | ~int64 }, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
