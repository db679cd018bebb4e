package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/static"
)

// submitPack sends an inspection pack: of the requests that were filed in a time, or of those that a sample drew.
func (s *Server) submitPack(w http.ResponseWriter, r *http.Request, n db.NewExport) {
	sample := max(0, numberOr(text(r, "sample"), 0))
	export, pack, err := s.store.SubmitPack(r.Context(), who(r).User.Number, n, sample)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	attach(w, "application/zip", pack.Name())
	if err := pack.Write(r.Context(), w, static.Verifier); err != nil {
		s.cutShort(r, err, "an inspection pack", "export", export.Number)
	}
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
