package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/mask"
	"quittance/handlers/auth"
	"quittance/handlers/watson"
	"quittance/views"
	"quittance/views/lang"
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
	if !offersPart(page) {
		page.Error = "Choose one of these."
		return nil, refused{page}
	}
	if page.Frozen && !who(r).May(auth.Hold) {
		return nil, problem{http.StatusForbidden, frozenWords, "Its records are stored and nothing else. An officer may read one for a purpose."}
	}
	number, err := s.store.Reveal(r.Context(), who(r).User.Number, who(r).Session, rec.Seq, purpose)
	if err != nil {
		return nil, err
	}
	if page.Body, err = revealedBody(rec, page); err != nil {
		return nil, err
	}
	if page.Frozen {
		page.Facts = recordFacts(r, rec)
		if page.Picture, err = pictureOf(rec); err != nil {
			return nil, err
		}
	}
	if page.Picture != nil {
		page.Picture.Href = recordHref(rec.Seq) + "/picture"
	}
	page.Revealed = &views.Revealed{Seconds: revealSeconds, Purpose: words, Back: recordHref(rec.Seq), Entry: lang.Said("Access {number}", "number", lang.Figure(number))}
	if who(r).May(auth.Audit) {
		page.Revealed.EntryHref = "/audit?object=" + fmt.Sprintf("access%%2F%d", number)
	}
	return page, nil
}

// offersPart tells that the part asked for is one that the page offers: any other would show the whole record to who asked for less.
func offersPart(page views.Record) bool {
	return page.Part == "" || page.Part == "whole" || slices.ContainsFunc(page.Parts, func(o views.Option) bool { return o.Value == page.Part })
}

// revealedBody is the body in clear or, where one part of it was chosen, only that part.
func revealedBody(rec db.Record, page views.Record) ([]views.BodyField, error) {
	whole, err := bodyFields(shownBody(rec), mask.Clear)
	part, none := strconv.Atoi(page.Part)
	if err != nil || none != nil || page.Frozen || part < 0 || part >= len(whole) || len(page.Body) != len(whole) {
		return whole, err
	}
	page.Body[part] = whole[part]
	return page.Body, nil
}

// mostParts bounds the choice of what is revealed.
const mostParts = 40

// partsOf are the fields with a bar, to be revealed one at a time. A picture is one thing.
func partsOf(rec db.Record, body []views.BodyField) (out []views.Option) {
	for i, f := range body {
		if slices.ContainsFunc(f.Pieces, func(p views.Piece) bool { return p.Hidden != "" }) && len(out) < mostParts {
			out = append(out, views.Option{Value: strconv.Itoa(i), Label: lang.Said("Only {path}", "path", f.Path)})
		}
	}
	if len(out) < 2 || rec.Kind == db.Image {
		return nil
	}
	return append([]views.Option{{Value: "whole", Label: "The whole record"}}, out...)
}

// picture sends the picture of a record for as long as it is revealed, to whom it was revealed, in the session in which it was. That they
// look stands in the trail already.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) {
	number, err := pathNumber(r, "number")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	since, err := s.revealedFor(r, number)
	var revealed bool
	if err == nil {
		revealed, err = s.store.Revealed(r.Context(), who(r).User.Number, who(r).Session, number, since)
	}
	if err == nil && !revealed {
		err = db.ErrNotFound
	}
	var rec db.Record
	if err == nil {
		rec, err = s.store.Record(r.Context(), number)
	}
	if err == nil && rec.Kind != db.Image {
		err = db.ErrNotFound
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.sendPicture(w, r, rec)
}

// revealedFor is how far back a reveal of a record counts: a minute, and not to before a restriction (Art. 18), after which only an officer
// reads it, for a purpose that they give anew.
func (s *Server) revealedFor(r *http.Request, record int64) (time.Time, error) {
	since := s.store.Now().Add(-revealSeconds * time.Second)
	kept, err := s.store.Keepers(r.Context(), record)
	if err != nil || kept[record].Restriction == 0 {
		return since, err
	}
	h, err := s.store.Hold(r.Context(), kept[record].Restriction)
	if err == nil && !who(r).May(auth.Hold) {
		err = db.ErrNotFound
	}
	if h.Placed.After(since) {
		since = h.Placed
	}
	return since, err
}

// sendPicture sends the bytes as they came. Their type is one of three that a browser shows and does not run.
func (s *Server) sendPicture(w http.ResponseWriter, r *http.Request, rec db.Record) {
	_, p, raw, err := db.SplitPicture(rec.Body)
	if err == nil && pictureTypes[p.Type] == "" {
		err = db.ErrCorrupt
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", p.Type)
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.Write(raw)
}

// pictureTypes are the formats that Visual Recognition takes.
var pictureTypes = map[string]lang.Word{"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF"}

func purposeWords(code string) lang.Word {
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
	state, err := s.recordState(r, rec, svc, labels)
	if err != nil {
		return views.Record{}, err
	}
	v := views.Record{Number: rec.Seq, Service: kindName(svc.Kind), Kind: kindWord(rec.Kind), Instance: place(svc), Written: moment(r, rec.Time), Body: body,
		Unlabelled: !rec.Labelled && !s.tolerates(svc), LearningOut: rec.OptOut, Facts: recordFacts(r, rec), Digest: views.State{Tone: "ok", Word: "Unchanged since it was stored (digest)"},
		CanReveal: who(r).May(auth.Reveal), Purposes: purposes, Purpose: text(r, "purpose"), State: state}
	v.Parts, v.Part = partsOf(rec, body), text(r, "part")
	if v.Picture, err = pictureOf(rec); err != nil {
		return v, err
	}
	if rec.Unreachable {
		v.Unreachable = channelWords[watson.OriginOf(rec.Body).Channel]
	}
	for i, l := range labels {
		if i == 0 {
			v.SubjectHref = subjectHref(l.Ref)
		}
		v.Labels = append(v.Labels, views.RecordLabel{ID: l.ID, Href: subjectHref(l.Ref), Seq: l.Seq, Since: moment(r, rec.Time), Late: l.Seq != rec.Seq})
	}
	return v, s.recordHolds(r, rec, &v)
}

// pictureOf is what an image shows, behind its bar; nil for anything else.
func pictureOf(rec db.Record) (*views.Picture, error) {
	if rec.Kind != db.Image {
		return nil, nil
	}
	_, p, _, err := db.SplitPicture(rec.Body)
	return &views.Picture{Width: p.Width, Height: p.Height}, err
}

// channelWords name the channels that cannot label. Of an unlabelled record the web chat's name says the preview: the two share it, and the
// web chat always labels.
var channelWords = map[watson.Channel]lang.Word{watson.Preview: "the assistant preview", watson.WebChat: "the assistant preview", watson.Facebook: "the automatic Facebook integration"}

// recordState is what lists say of the record: an open erasure of any of its IDs covers it. Without a customer ID it is a risk, unless the
// policy of its service allows it.
func (s *Server) recordState(r *http.Request, rec db.Record, svc db.Service, labels []db.Label) (views.State, error) {
	for _, l := range labels {
		open, err := s.store.Erasures(r.Context(), db.ErasureQuery{Subject: l.ID, States: openStates, Limit: 20})
		if err != nil {
			return views.State{}, err
		}
		if awaits(pendingOf(open), rec, labels) {
			return pendingState, nil
		}
	}
	state := labelState(rec)
	if !rec.Labelled && s.tolerates(svc) {
		state.Tone, state.Icon = "", "circle-minus"
	}
	return state, nil
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
