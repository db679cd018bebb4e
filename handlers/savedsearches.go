package handlers

import (
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/filter"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// useSavedSearch asks a saved filter. It is a search like any other: written down, and its maker's for a day.
func (s *Server) useSavedSearch(r *http.Request) (string, error) {
	v, err := s.store.SavedSearch(r.Context(), who(r).User.Number, numberOr(r.PostFormValue("saved"), 0))
	if err != nil {
		return "", err
	}
	return s.submitFilter(r, v.Filter)
}

// saveSearch keeps the filter of a search under a name.
func (s *Server) saveSearch(r *http.Request) (string, error) {
	asked, err := s.store.Search(r.Context(), who(r).User.Number, r.PathValue("token"))
	if err == nil && asked.Filter == nil {
		err = db.ErrNotFound // a customer ID is not kept
	}
	if err != nil {
		return "", err
	}
	saved := db.SavedSearch{Name: text(r, "name"), Filter: asked.Text, Shared: r.PostFormValue("shared") == "yes"}
	err = s.store.SaveSearch(r.Context(), who(r).User.Number, saved)
	if why := searchErrors(err); why != "" {
		page, err := s.matches(r, asked)
		if err != nil {
			return "", err
		}
		return "", refused{withSave(page, saved, why)}
	}
	if err == nil {
		notify(r, "ok", "The filter is saved. It stands on the page of the search.")
	}
	return "/searches/" + r.PathValue("token"), err
}

func withSave(page templ.Component, saved db.SavedSearch, why lang.Word) templ.Component {
	v, ok := page.(views.Matches)
	if !ok {
		return page
	}
	v.Save = views.SaveSearch{Name: saved.Name, Shared: saved.Shared, Error: why}
	return v
}

func searchErrors(err error) lang.Word {
	if errors.Is(err, db.ErrFilterPerson) {
		return "A saved filter names no person: leave out customer IDs, user IDs and conversations, and type them when you use it."
	}
	return filterErrors(err)
}

// changeSearch renames one of the person's own, and shares it or takes it back.
func (s *Server) changeSearch(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	v := db.SavedSearch{Number: number, Name: text(r, "name"), Shared: r.PostFormValue("shared") == "yes"}
	err = s.store.ChangeSearch(r.Context(), who(r).User.Number, v)
	if why := searchErrors(err); why != "" {
		return "", s.refusedSearch(r, func(page *views.Search) { nameRefused(page.Saved, v, why) })
	}
	return "/search", err
}

func nameRefused(all []views.SavedSearch, v db.SavedSearch, why lang.Word) {
	for i := range all {
		if all[i].Number == v.Number {
			all[i].Save = views.SaveSearch{Name: v.Name, Shared: v.Shared, Error: why}
		}
	}
}

// removeSearch removes one of the person's own; an officer also removes what others share, because whoever shared it may have left.
func (s *Server) removeSearch(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err == nil {
		err = s.store.RemoveSearch(r.Context(), who(r).User.Number, number, who(r).May(auth.Approve))
	}
	return "/search", err
}

// savedSearches are the person's own filters, and those that others share.
func (s *Server) savedSearches(r *http.Request) (out []views.SavedSearch, err error) {
	all, err := s.store.SavedSearches(r.Context(), who(r).User.Number)
	names := s.names(r)
	for _, f := range all {
		v := views.SavedSearch{Number: f.Number, Name: f.Name, Filter: f.Filter, Shared: f.Shared, Own: f.User == who(r).User.Number}
		v.Save = views.SaveSearch{Name: f.Name, Shared: f.Shared}
		if v.Remove = v.Own || who(r).May(auth.Approve); !v.Own {
			v.By = names.actor(userActor(f.User))
		}
		out = append(out, v)
	}
	return out, err
}

// languages are those that Watson Assistant knows; what records bear is not looked through.
var languages = []string{"ar", "cs", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt-br", "zh-cn", "zh-tw"}

// filterFields are what a filter can ask, with values that can be offered: closed lists and days, nothing out of records (law L10).
func (s *Server) filterFields(r *http.Request) []views.FilterField {
	return filterFieldsOf(db.FilterFields(), s.daysBack(r))
}

func filterFieldsOf(in []db.FilterField, days []string) (out []views.FilterField) {
	for _, f := range in {
		v := views.FilterField{Name: f.Name, Operators: f.Operators, Below: filterFieldsOf(f.Below, days)}
		switch {
		case f.Type == filter.Time:
			v.Values = days
		case f.Name == "language":
			v.Values = languages
		case f.Name == "confidence":
			v.Values = []string{"0.5", "0.8", "0.9"}
		}
		out = append(out, v)
	}
	return out
}

// daysBack are today, a week ago, a month ago and New Year.
func (s *Server) daysBack(r *http.Request) (out []string) {
	now := s.store.Now()
	for _, days := range []int{0, 7, 30} {
		out = append(out, midnight(r, now, days).Format(time.DateOnly))
	}
	return append(out, now.In(zoneOf(r)).Format("2006")+"-01-01")
}
