package handlers

import (
	"net/http"

	"quittance/db"
	"quittance/db/mask"
	"quittance/views"
	"quittance/views/lang"
)

// speechFacts are about a record of speech. Its session is the number of the transaction under which the application got its answer.
func speechFacts(r *http.Request, rec db.Record) []views.KV {
	by := lang.Word("Model")
	if rec.Kind == db.Synthesis {
		by = "Voice"
	}
	chosen := lang.Raw(mask.Redact(rec.Container))
	if chosen == "" {
		chosen = "the instance's default"
	}
	return []views.KV{
		{Key: "call|Request", Value: lang.Moment(views.SecondOf(rec.Time, zoneOf(r)).Text)},
		{Key: "Response", Value: lang.Moment(views.SecondOf(rec.Answered, zoneOf(r)).Text)},
		{Key: "Language", Value: lang.Raw(mask.Redact(rec.Language))},
		{Key: by, Value: chosen, Mono: rec.Container != ""},
		{Key: "Transaction", Value: lang.Raw(rec.Session), Mono: true},
		{Key: "Audio", Value: "Passed through, not kept"},
	}
}
