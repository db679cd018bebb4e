package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/views"
)

// help leads to what the words, the states and the keys mean.
func (s *Server) help(*http.Request) (templ.Component, error) { return views.Help{}, nil }

// helpPage is one page of it.
func (s *Server) helpPage(r *http.Request) (templ.Component, error) {
	name := r.PathValue("page")
	if !views.HasHelpPage(name) {
		return nil, db.ErrNotFound
	}
	return views.HelpPage{Name: name}, nil
}

// findHelp looks through the help. Nothing is kept, and what was typed stands in no address (law L10).
func (s *Server) findHelp(r *http.Request) (templ.Component, error) {
	return views.HelpFind(r.Context(), text(r, "find")), nil
}
