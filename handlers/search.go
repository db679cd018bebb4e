package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"quittance/db/label"
	"quittance/db/mask"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// pageRecords is how many records a list shows.
const pageRecords = 50

func (s *Server) newSearch(r *http.Request) (templ.Component, error) { return s.emptySearch(r) }

// emptySearch is the page before anything is asked.
func (s *Server) emptySearch(r *http.Request) (v views.Search, err error) {
	v.Advanced.Fields = s.filterFields(r)
	v.Saved, err = s.savedSearches(r)
	return v, err
}

// refusedSearch is that page with what was typed and what is wrong with it.
func (s *Server) refusedSearch(r *http.Request, change func(*views.Search)) error {
	v, err := s.emptySearch(r)
	if err != nil {
		return err
	}
	change(&v)
	return refused{v}
}

// submitSearch keeps what was asked, so that the address does not have to carry it (law L10).
func (s *Server) submitSearch(r *http.Request) (string, error) {
	switch {
	case r.PostForm.Has("filter"):
		return s.submitFilter(r, text(r, "filter"))
	case r.PostForm.Has("ids"):
		return s.submitListSearch(r)
	case r.PostForm.Has("saved"):
		return s.useSavedSearch(r)
	}
	q := text(r, "q")
	if _, err := label.Parse(label.Assistant, q); err != nil {
		return "", s.refusedSearch(r, func(v *views.Search) { v.Query, v.Error = r.PostFormValue("q"), sentence(err) })
	}
	token, err := s.store.SubmitSearch(r.Context(), who(r).User.Number, q)
	return "/searches/" + token, err
}

// sentence is what is wrong with a customer ID, for beside the field.
func sentence(err error) lang.Word {
	var e *label.Error
	if errors.As(err, &e) {
		return lang.Said("A customer ID {reason}.", "reason", fromBelow(e.Reason))
	}
	return fromBelow(err.Error())
}

func (s *Server) search(r *http.Request) (templ.Component, error) {
	q, err := s.store.Search(r.Context(), who(r).User.Number, r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	if q.Filter != nil {
		return s.matches(r, q)
	}
	v, err := s.results(r, q.Text)
	if err != nil {
		return nil, err
	}
	v.Query = q.Text
	if v.Past, err = s.past(r, q.Text); err != nil {
		return nil, err
	}
	if v.Total == 0 && len(v.Elsewhere) > 0 && who(r).May(auth.Propose) {
		v.EraseHref = "/searches/" + r.PathValue("token") + "/erasure"
	}
	if who(r).May(auth.ExportRecords) {
		f := filtersOf(r, s.store.Now())
		v.CSVAction = f.base + "/csv" + f.query(nil)
		v.CSVLater = s.conf.Exports != nil && v.Total > longFile
	}
	return v, nil
}

// results is the list of what is held under an ID, with the filters of the address.
func (s *Server) results(r *http.Request, id string) (views.Search, error) {
	f := filtersOf(r, s.store.Now())
	l, err := s.listing(r, id, f)
	if err != nil {
		return views.Search{}, err
	}
	v := views.Search{Asked: true, ID: id, Total: total(l.held), Sentence: l.sentence(r), States: l.states(), Services: hosted(l.services), Elsewhere: linkedNames(l.services),
		AskedAt: moment(r, s.store.Now()), Facets: l.facets(f), Chips: f.chips(l), ClearHref: f.base, Rows: l.rows(r), Pager: l.pager(f), Requests: l.open()}
	if len(v.Elsewhere) > 0 {
		v.AskHref, v.AskNow = strings.TrimSuffix(f.base, "/records")+"/elsewhere", r.URL.RawQuery == ""
	}
	if l.exists {
		v.SubjectHref = subjectHref(l.subject.Ref)
	}
	v.Near, err = s.nearMisses(r, id, l.ids())
	return v, err
}

// past are the erasures of the ID that was searched for; the search itself is written down already.
func (s *Server) past(r *http.Request, raw string) ([]views.PastErasure, error) {
	id, err := label.Parse(label.Assistant, raw)
	if err != nil {
		return nil, err
	}
	a, err := s.store.WasErased(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return s.pastErasures(r, a)
}

// plainPreview is the preview where there are no bars: what is hidden is named in brackets.
func plainPreview(text string) string {
	var b strings.Builder
	for _, p := range mask.Preview(text, previewBytes) {
		if p.Hidden != "" {
			b.WriteString("[" + string(p.Hidden) + "]")
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}
