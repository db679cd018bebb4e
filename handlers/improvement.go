package handlers

import (
	"bufio"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/mask"
	"quittance/handlers/auth"
	"quittance/views"
)

// refuseImprovement: the improvement set has bodies, though masked, so it is for those who may export records; and it is no table.
func refuseImprovement(r *http.Request, n db.NewExport, page *views.Exports) {
	switch set := n.What == db.ExportImprovement; {
	case set && !who(r).May(auth.ExportRecords):
		page.WhatErr = "Only an officer exports what people said."
	case set && n.Format != formatLines:
		page.FormatErr = "The improvement set comes as NDJSON."
	}
}

// saying is one line of the set: nothing in it leads back to a person or to a record, and its number is this file's alone.
type saying struct {
	N        int64         `json:"n"`
	Day      string        `json:"day"`
	Language string        `json:"language"`
	Said     string        `json:"said"`
	Answered []string      `json:"answered"`
	Intents  []heardIntent `json:"intents"`
}

type heardIntent struct {
	Intent     string  `json:"intent"`
	Confidence float64 `json:"confidence"`
}

// setEnd is the last line. A file without it was cut off.
type setEnd struct {
	Lines   int64            `json:"lines"`
	LeftOut map[string]int64 `json:"left_out"`
}

// improvement is a set on its way.
type improvement struct {
	*Server
	r       *http.Request
	premium map[int64]bool          // services whose plan is excluded from learning
	pending map[string][]db.Covered // by open erasures, by customer ID
	sums    db.Improvement
	out     *json.Encoder
}

// sendImprovement streams the set page by page. What keeps a record back is asked for each page when it is sent, not when the export began.
func (s *Server) sendImprovement(w http.ResponseWriter, r *http.Request, e db.Export, span db.Span) error {
	set, err := s.improvementOf(r)
	if err != nil {
		return err
	}
	attach(w, "application/x-ndjson", exportName(e))
	file := bufio.NewWriter(w)
	set.out = json.NewEncoder(file)
	set.out.SetEscapeHTML(false)
	for from := int64(0); ; {
		page, err := s.store.ExportedRecords(r.Context(), span, from, exportedPage)
		if err == nil && len(page) > 0 {
			err = set.write(page)
		}
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		if err := passed(r, len(page)); err != nil {
			return err
		}
		from = page[len(page)-1].Seq + 1
	}
	v := set.sums
	if err := s.store.EndImprovement(r.Context(), e, v); err != nil {
		return err
	}
	err = set.out.Encode(setEnd{v.Records, map[string]int64{"opted_out": v.OptedOut, "plan": v.Premium, "held_or_restricted": v.Held, "erasure_pending": v.Pending, "no_message": v.Other}})
	if err != nil {
		return err
	}
	return file.Flush()
}

func (s *Server) improvementOf(r *http.Request) (*improvement, error) {
	v := &improvement{Server: s, r: r, premium: map[int64]bool{}}
	services, err := s.store.Services(r.Context())
	for _, svc := range services {
		if err != nil {
			return nil, err
		}
		var plan string
		plan, err = s.store.Plan(r.Context(), svc.Number)
		v.premium[svc.Number] = db.LearnsNothing(plan)
	}
	if err != nil {
		return nil, err
	}
	var open []db.Erasure
	for last := int64(0); ; last = open[len(open)-1].Number {
		page, err := s.store.Erasures(r.Context(), db.ErasureQuery{States: openStates, Before: last, Limit: exportedPage})
		if err != nil {
			return nil, err
		}
		if open = append(open, page...); len(page) < exportedPage {
			break
		}
	}
	v.pending = map[string][]db.Covered{}
	for _, c := range pendingOf(open) {
		v.pending[c.Subject] = append(v.pending[c.Subject], c)
	}
	return v, nil
}

func (v *improvement) write(page []db.Record) error {
	kept, err := v.keepers(v.r, page)
	if err != nil {
		return err
	}
	labels, err := v.labels(v.r, page)
	if err != nil {
		return err
	}
	for _, rec := range page {
		if _, held := kept[rec.Seq]; held {
			v.sums.Held++
			continue
		}
		if err := v.one(rec, labels[rec.Seq]); err != nil {
			return err
		}
	}
	return nil
}

// one writes a record, or counts why it is left out.
func (v *improvement) one(rec db.Record, labels []db.Label) error {
	line := sayingOf(rec, labels)
	switch {
	case rec.OptOut:
		v.sums.OptedOut++
	case v.premium[rec.Service]:
		v.sums.Premium++
	case v.isPending(rec, labels):
		v.sums.Pending++
	case line.Said == "":
		v.sums.Other++
	default:
		v.sums.Records++
		line.N = v.sums.Records
		return v.out.Encode(line)
	}
	return nil
}

func (v *improvement) isPending(rec db.Record, labels []db.Label) bool {
	return slices.ContainsFunc(labels, func(l db.Label) bool { return awaits(v.pending[l.ID], rec, labels) })
}

// logBody is what an improvement needs of a log entry of either version.
type logBody struct {
	Request struct {
		Input struct{ Text string }
	}
	Response struct {
		Intents []heardIntent
		Output  struct {
			Intents []heardIntent
			Text    json.RawMessage
			Generic []struct{ Text string }
		}
	}
}

// sayingOf is what was said in a message, masked; without words for anything else. The IDs of the record are taken out, in capitals or not: people
// write them into what they say.
func sayingOf(rec db.Record, labels []db.Label) saying {
	ids := spelled(idsIn(map[int64][]db.Label{rec.Seq: labels}))
	var body logBody
	line := saying{Day: rec.Time.UTC().Format(time.DateOnly), Language: spoken(rec), Answered: []string{}, Intents: []heardIntent{}}
	if rec.Kind != db.Message || json.Unmarshal(rec.Body, &body) != nil {
		return line
	}
	line.Said = anonymous(body.Request.Input.Text, ids)
	for _, g := range body.Response.Output.Generic {
		if g.Text != "" {
			line.Answered = append(line.Answered, anonymous(g.Text, ids))
		}
	}
	var texts []string
	if len(line.Answered) == 0 && json.Unmarshal(body.Response.Output.Text, &texts) == nil {
		for _, text := range texts {
			line.Answered = append(line.Answered, anonymous(text, ids))
		}
	}
	for _, i := range append(body.Response.Output.Intents, body.Response.Intents...) {
		line.Intents = append(line.Intents, heardIntent{anonymous(i.Intent, ids), i.Confidence})
	}
	return line
}

// spelled finds customer IDs in a text; nil finds nothing. One may begin another, so the longest comes first: nothing of it is left. What is shorter than three
// bytes stands in half of all words.
func spelled(ids []string) *regexp.Regexp {
	slices.SortStableFunc(ids, func(a, b string) int { return len(b) - len(a) })
	var quoted []string
	for _, id := range ids {
		if len(id) > 2 {
			quoted = append(quoted, regexp.QuoteMeta(id))
		}
	}
	if quoted == nil {
		return nil
	}
	return regexp.MustCompile("(?i)" + strings.Join(quoted, "|"))
}

func anonymous(text string, ids *regexp.Regexp) string {
	if ids != nil {
		text = ids.ReplaceAllLiteralString(text, "[customer id]")
	}
	return mask.Redact(text)
}
