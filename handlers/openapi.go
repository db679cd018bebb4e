package handlers

import (
	_ "embed"
	"net/http"
)

// openAPI describes the API that applications use: the Watson API of the hosted services, tokens, and the two questions of whoever runs
// the server. It is kept by hand; tests hold it against the doors themselves, in both directions.
//
//go:embed openapi.json
var openAPI []byte

// describe gives the description to anybody: nothing in it is anybody's.
func (s *Server) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write(openAPI)
}
