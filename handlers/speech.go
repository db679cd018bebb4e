package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/db/mask"
	"quittance/views"
)

// speechFacts are about a record of speech. Its session is the number of the transaction under which the application got its answer.
func speechFacts(r *http.Request, rec db.Record) []views.KV {
	by := "Model"
	if rec.Kind == db.Synthesis {
		by = "Voice"
	}
	chosen := rec.Container
	if chosen == "" {
		chosen = "the instance's default"
	}
	return []views.KV{
		{Key: "Request", Value: views.SecondOf(rec.Time, zoneOf(r)).Text},
		{Key: "Response", Value: views.SecondOf(rec.Answered, zoneOf(r)).Text},
		{Key: "Language", Value: rec.Language},
		{Key: by, Value: mask.Redact(chosen), Mono: rec.Container != ""},
		{Key: "Transaction", Value: rec.Session, Mono: true},
		{Key: "Audio", Value: "Passed through, not kept"},
	}
}
