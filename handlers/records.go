package handlers

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/mask"
	"quittance/handlers/auth"
	"quittance/views"
)

// revealSeconds is how long a record stands in clear on the screen.
const revealSeconds = 60

// purposes are the reasons for which somebody may look behind the bars. They are codes, for they stand in the list of consultations
// that the data subject may ask for (CJEU C-579/21).
var purposes = []views.Option{
	{Value: "", Label: "Choose a purpose"},
	{Value: "access-request", Label: "Answer a request for access (Art. 15)"},
	{Value: "erasure-request", Label: "Check an erasure request (Art. 17)"},
	{Value: "identity-check", Label: "Check who the person is (Art. 12(6))"},
	{Value: "support-case", Label: "Help the person with their case"},
	{Value: "incident", Label: "Look into a security incident (Art. 33)"},
}

func (s *Server) record(r *http.Request) (templ.Component, error) {
	rec, err := s.recordOf(r)
	if err != nil {
		return nil, err
	}
	return s.recordPage(r, rec)
}

func (s *Server) recordOf(r *http.Request) (db.Record, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.Record{}, err
	}
	return s.store.Record(r.Context(), number)
}

// revealRecord shows a record in clear, after it was written down who looks and what for.
func (s *Server) revealRecord(r *http.Request) (templ.Component, error) {
	rec, err := s.recordOf(r)
	if err != nil {
		return nil, err
	}
	page, err := s.recordPage(r, rec)
	if err != nil {
		return nil, err
	}
	purpose := text(r, "purpose")
	words := purposeWords(purpose)
	if words == "" {
		page.Error = "Say what for: the person may ask who looked at their data and why."
		return nil, refused{page}
	}
	number, err := s.store.Access(r.Context(), who(r).User.Number, "reveal", rec.Seq, purpose, audit.RecordRevealed, nil)
	if err != nil {
		return nil, err
	}
	if page.Body, err = bodyFields(shownBody(rec), mask.Clear); err != nil {
		return nil, err
	}
	page.Revealed = &views.Revealed{Seconds: revealSeconds, Purpose: words, Back: recordHref(rec.Seq), Entry: "Access " + views.Number(number)}
	if who(r).May(auth.Audit) {
		page.Revealed.EntryHref = "/audit?object=" + fmt.Sprintf("access%%2F%d", number)
	}
	return page, nil
}

func purposeWords(code string) string {
	for _, p := range purposes {
		if p.Value == code && code != "" {
			return p.Label
		}
	}
	return ""
}

func (s *Server) recordPage(r *http.Request, rec db.Record) (views.Record, error) {
	svc, err := s.store.Service(r.Context(), rec.Service)
	if err != nil {
		return views.Record{}, err
	}
	labels, err := s.store.Labels(r.Context(), rec.Seq)
	if err != nil {
		return views.Record{}, err
	}
	body, err := bodyFields(shownBody(rec), mask.JSON)
	if err != nil {
		return views.Record{}, err
	}
	v := views.Record{Number: rec.Seq, Service: kindName(svc.Kind), Kind: kindWord(rec.Kind), Instance: place(svc), Written: moment(r, rec.Time), Body: body,
		Unlabelled: !rec.Labelled, LearningOut: rec.OptOut, Facts: recordFacts(r, rec), Digest: views.State{Tone: "ok", Word: "Unchanged since it was stored (digest)"},
		CanReveal: who(r).May(auth.Reveal), Purposes: purposes, Purpose: text(r, "purpose"), State: pending{}.state(rec)}
	for i, l := range labels {
		if i == 0 {
			v.SubjectHref = subjectHref(l.Ref)
		}
		v.Labels = append(v.Labels, views.RecordLabel{ID: l.ID, Href: subjectHref(l.Ref), Seq: rec.Seq, Since: moment(r, rec.Time)})
	}
	return v, nil
}

// recordFacts say where a record comes from. An application chooses its session and assistant IDs, so they are masked like text.
func recordFacts(r *http.Request, rec db.Record) []views.KV {
	switch rec.Kind {
	case db.Query, db.Event, db.Document:
		return discoveryFacts(r, rec)
	}
	way := "Watson API, Assistant v2"
	if rec.V1 {
		way = "Watson API, Assistant v1"
	}
	if rec.Imported {
		way = "Imported from a log file"
	}
	facts := []views.KV{
		{Key: "Came in by", Value: way},
		{Key: "Number (seq)", Value: views.Number(rec.Seq)},
		{Key: "Request", Value: views.SecondOf(rec.Time, zoneOf(r)).Text},
		{Key: "Response", Value: views.SecondOf(rec.Answered, zoneOf(r)).Text},
		{Key: "Language", Value: rec.Language},
		{Key: "Assistant", Value: mask.Redact(rec.Container), Mono: true},
		{Key: "Session", Value: mask.Redact(rec.Session), Mono: true},
	}
	return facts
}

// bodyFields is the body of a record as rows: masked before it leaves this side (mask.JSON), or as it was sent (mask.Clear).
func bodyFields(body []byte, read func([]byte) ([]mask.Field, error)) ([]views.BodyField, error) {
	fields, err := read(body)
	if err != nil {
		return nil, fmt.Errorf("reading the body of a record: %w", err)
	}
	out := make([]views.BodyField, len(fields))
	for i, f := range fields {
		out[i] = views.BodyField{Path: f.Path, Pieces: pieces(f.Pieces)}
	}
	return out, nil
}

func recordHref(seq int64) string { return "/records/" + strconv.FormatInt(seq, 10) }
