package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/static"
)

// sendPack sends an inspection pack.
func (s *Server) sendPack(w http.ResponseWriter, r *http.Request, e db.Export, span db.Span) error {
	attach(w, mediaTypes[db.ExportZip], exportName(e))
	return span.Pack(func(rows int) error { return passed(r, rows) }).Write(r.Context(), w, static.Verifier)
}

// sendStatistics sends requests by right, way, outcome and month.
func (s *Server) sendStatistics(_ *http.Request, span db.Span, out exportFile) error {
	for _, l := range span.Statistics() {
		cells := []string{l.Month, l.Right, l.Via, l.Outcome, l.Ground, decimal(l.Requests), decimal(l.Ended), decimal(l.Median), decimal(l.Mean), decimal(l.Longest)}
		if err := out.row(cells, l); err != nil {
			return err
		}
	}
	return nil
}
