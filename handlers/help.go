package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"quittance/views"
)

// help explains the words, the states and the shortcuts.
func (s *Server) help(*http.Request) (templ.Component, error) { return views.Help{}, nil }
