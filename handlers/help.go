package handlers

import (
	"net/http"
	"net/url"
	"strings"

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
	return views.HelpPage{Name: name, Shut: s.shut(r)}, nil
}

// shut are the pages that the guides lead to and this person may not open, as the table of routes has it.
func (s *Server) shut(r *http.Request) map[string]bool {
	shut := map[string]bool{}
	for _, v := range s.routes() {
		if path, ok := strings.CutPrefix(v.pattern, "GET  "); ok && !who(r).May(v.needs) {
			shut[path] = true
		}
	}
	return shut
}

// opens tells whether this person may open the page of an address.
func (s *Server) opens(r *http.Request, address string) bool {
	u, err := url.Parse(address)
	return err == nil && !s.shut(r)[u.Path]
}

// findHelp looks through the help. Nothing is kept, and what was typed stands in no address (law L10).
func (s *Server) findHelp(r *http.Request) (templ.Component, error) {
	return views.HelpFind(r.Context(), text(r, "find")), nil
}
