package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"quittance/db"
	"quittance/db/mask"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
)

// discoveryFacts say where a document, a query or an event belongs. Applications choose the names, so they are masked like text.
func discoveryFacts(r *http.Request, rec db.Record) []views.KV {
	way := lang.Word("Watson API, Discovery v2")
	if rec.V1 {
		way = "Watson API, Discovery v1"
	}
	top := map[bool]lang.Word{true: "Environment", false: "Project"}[rec.V1]
	container, name, _ := strings.Cut(rec.Container, "/")
	collection := lang.Raw(mask.Redact(name))
	if name == "" {
		collection = "Several"
	}
	facts := []views.KV{
		{Key: "Came in by", Value: way},
		{Key: "Number (seq)", Value: lang.Figure(rec.Seq)},
		{Key: "Received", Value: lang.Moment(views.SecondOf(rec.Time, zoneOf(r)).Text)},
		{Key: top, Value: lang.Raw(mask.Redact(container)), Mono: true},
		{Key: "Collection", Value: collection, Mono: true},
	}
	if rec.Kind != db.Document { // its session token is masked in the body, so it does not stand here either
		return facts
	}
	return append(append(facts, views.KV{Key: "Document", Value: lang.Raw(mask.Redact(rec.Session)), Mono: true}), fileFacts(rec)...)
}

// fileFacts tell the type and the size of a document's file, and what of it the page leaves out.
func fileFacts(rec db.Record) []views.KV {
	f, err := watson.FileOf(rec.Body)
	if err != nil || f.Size == 0 {
		return nil
	}
	shown := lang.Said("Text, each to its first {showntext} KiB", "showntext", strconv.Itoa(watson.ShownText>>10))
	if f.Unread {
		shown = "Metadata; the file is kept and not read"
	}
	return []views.KV{{Key: "Type of file", Value: lang.Raw(f.Type)}, {Key: "Size of file", Value: lang.Said("{size} bytes", "size", lang.Figure(int64(f.Size)))}, {Key: "Shown", Value: shown}}
}
