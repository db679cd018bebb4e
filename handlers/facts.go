package handlers

import (
	"bytes"
	"net/http"
	"strconv"

	"quittance/db"
	"quittance/db/mask"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
)

// recordFacts say where a record comes from. An application chooses its IDs and the names of its files, so they are masked like text.
func recordFacts(r *http.Request, rec db.Record) []views.KV {
	facts := []views.KV{{Key: "Came in by", Value: cameInBy(rec)}, {Key: "Number (seq)", Value: lang.Figure(rec.Seq)}}
	switch rec.Kind {
	case db.Message:
		return append(facts, messageFacts(r, rec)...)
	case db.Query, db.Event, db.Document:
		return discoveryFacts(r, rec)
	case db.Transcript, db.Synthesis:
		return append(facts, speechFacts(r, rec)...)
	}
	facts = append(facts, views.KV{Key: "Received", Value: lang.Moment(views.SecondOf(rec.Time, zoneOf(r)).Text)})
	if rec.Kind == db.Image {
		return append(facts, pictureFacts(rec)...)
	}
	return append(facts, placeFacts(rec)...)
}

// ways are the doors that records of a kind come in by.
var ways = map[db.Kind]lang.Word{db.Classifier: "Watson API, Visual Recognition v3", db.Collection: "Watson API, Visual Recognition v4",
	db.Transcript: "Watson API, Speech to Text", db.Synthesis: "Watson API, Text to Speech"}

func cameInBy(rec db.Record) lang.Word {
	switch {
	case rec.Imported:
		return "Imported from a log file"
	case rec.Kind == db.Message && rec.V1:
		return "Watson API, Assistant v1"
	case rec.Kind == db.Message:
		return "Watson API, Assistant v2"
	case rec.Kind == db.Image && !ofCollection(rec):
		return ways[db.Classifier]
	case rec.Kind == db.Image:
		return ways[db.Collection]
	}
	return ways[rec.Kind]
}

// ofCollection tells an image of a collection from the example of a classifier.
func ofCollection(rec db.Record) bool {
	_, p, _, err := db.SplitPicture(rec.Body)
	return err == nil && p.Class == "" && !p.Negative
}

func messageFacts(r *http.Request, rec db.Record) []views.KV {
	facts := []views.KV{
		{Key: "call|Request", Value: lang.Moment(views.SecondOf(rec.Time, zoneOf(r)).Text)},
		{Key: "Response", Value: lang.Moment(views.SecondOf(rec.Answered, zoneOf(r)).Text)},
		{Key: "Language", Value: lang.Raw(mask.Redact(rec.Language))},
		{Key: "Assistant", Value: lang.Raw(mask.Redact(rec.Container)), Mono: true},
	}
	if rec.Session != "" { // a message of v2 can go without one
		facts = append(facts, views.KV{Key: "Session", Value: lang.Raw(mask.Redact(rec.Session)), Mono: true})
	}
	return facts
}

// placeFacts say what a record is about: our own IDs.
func placeFacts(rec db.Record) (facts []views.KV) {
	if rec.Container != "" {
		facts = append(facts, views.KV{Key: containerWord(rec), Value: lang.Raw(mask.Redact(rec.Container)), Mono: true})
	}
	if rec.Session != "" {
		facts = append(facts, views.KV{Key: "Item", Value: lang.Raw(mask.Redact(rec.Session)), Mono: true})
	}
	return facts
}

func containerWord(rec db.Record) lang.Word {
	switch {
	case rec.Kind == db.Collection, rec.Kind == db.Image && ofCollection(rec):
		return "Collection"
	case rec.Kind == db.Image, rec.Kind == db.Classifier:
		return "Classifier"
	}
	return "Belongs to"
}

func pictureFacts(rec db.Record) []views.KV {
	_, p, _, err := db.SplitPicture(rec.Body)
	if err != nil {
		return nil // the page says that the record is damaged before it comes here
	}
	facts := []views.KV{{Key: "Picture", Value: lang.Said("{picturetypes}, {size}", "picturetypes", pictureTypes[p.Type], "size", pictureSize(p))},
		{Key: "Dimensions", Value: lang.Said("{width} × {height} pixels", "width", strconv.Itoa(p.Width), "height", strconv.Itoa(p.Height))}}
	for _, f := range []views.KV{{Key: "Example of class", Value: lang.Raw(mask.Redact(p.Class))}, {Key: "File name", Value: lang.Raw(mask.Redact(p.File)), Mono: true},
		{Key: "From archive", Value: lang.Raw(mask.Redact(p.Archive)), Mono: true}} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	if p.Negative {
		facts = append(facts, views.KV{Key: "Example of", Value: "None of the classes"})
	}
	return append(facts, placeFacts(rec)...)
}

// pictureSize writes how large a picture is.
func pictureSize(p db.Picture) lang.Word {
	switch n := int64(p.Bytes); {
	case n < 1000:
		return lang.Counted(n, "1 byte", "{n} bytes")
	case n < 1_000_000:
		return lang.Said("{size} kB", "size", decimal((n+500)/1000))
	}
	return lang.Said("{size} MB", "size", lang.Fraction(float64(p.Bytes)/1e6, 1))
}

// shownBody is what of a record's body a page shows as text: of a picture what is known of it, of a document neither the bytes of a file
// nor more than the beginning of long texts.
func shownBody(rec db.Record) []byte {
	switch rec.Kind {
	case db.Image:
		line, _, _ := bytes.Cut(rec.Body, []byte("\n"))
		return line
	case db.Document:
		return watson.ShownDocument(rec.Body)
	}
	return rec.Body
}
