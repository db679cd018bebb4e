package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"quittance/db"
	"quittance/views"
	"quittance/views/lang"
)

// saveFilter keeps the filter of the trail that is shown, under a name of the person's own.
func (s *Server) saveFilter(r *http.Request) (string, error) {
	f := trailFilterFrom(r, r.PostForm)
	if f.wrong() || !f.shown.On {
		page, err := s.trail(r, f)
		if err != nil {
			return "", err
		}
		return "", refused{page}
	}
	saved := db.SavedFilter{Name: text(r, "name"), Actor: f.shown.Actor, Act: f.query.Event, Object: f.shown.Object, From: f.shown.From, Till: f.shown.To}
	err := s.store.SaveFilter(r.Context(), who(r).User.Number, saved)
	if why := filterErrors(err); why != "" {
		page, err := s.trail(r, f)
		if err != nil {
			return "", err
		}
		page.Save, page.SaveErr = saved.Name, why
		return "", refused{page}
	}
	return savedHref(saved), err
}

func filterErrors(err error) lang.Word {
	switch {
	case errors.Is(err, db.ErrFilterName):
		return "Give it a name of 1 to 60 visible characters."
	case errors.Is(err, db.ErrFilters):
		return "You have 20 saved filters. Remove one first."
	}
	return ""
}

// removeFilter removes one of the person's own.
func (s *Server) removeFilter(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err == nil {
		err = s.store.RemoveFilter(r.Context(), who(r).User.Number, number)
	}
	return "/audit", err
}

func savedHref(f db.SavedFilter) string {
	q := url.Values{}
	for name, value := range map[string]string{"actor": f.Actor, "act": f.Act, "object": f.Object, "from": f.From, "to": f.Till} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/audit?" + q.Encode()
}

// savedFilters are the person's own, for the page of the trail.
func (s *Server) savedFilters(r *http.Request) (out []views.SavedFilter, err error) {
	all, err := s.store.SavedFilters(r.Context(), who(r).User.Number)
	for _, f := range all {
		out = append(out, views.SavedFilter{Number: f.Number, Name: f.Name, Href: savedHref(f)})
	}
	return out, err
}
