package handlers

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// drillSentence is what a drill is, for those who see one for the first time.
const drillSentence lang.Word = "Each night a made-up customer is sent in on every way, erased like anybody else, and looked for on every way and in every byte."

// drills lists the runs of the drill.
func (s *Server) drills(r *http.Request) (templ.Component, error) {
	list, err := s.store.Drills(r.Context(), before(r), pageRows+1)
	if err != nil {
		return nil, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	v := views.Drills{Sentence: drillSentence, Start: s.conf.Drill != nil && who(r).May(auth.Drill),
		Empty: views.Empty{Title: "No drill has run yet", Detail: "The first one runs some minutes after the server was started, later ones at night."}}
	v.Points = drillPoints(r, list)
	names := s.names(r)
	for _, d := range list {
		v.Rows = append(v.Rows, views.DrillRow{Number: d.Number, State: views.DrillOutcomes[string(d.Outcome)], Started: moment(r, d.Started), Took: drillTook(d), By: names.actor(d.Actor)})
	}
	v.Pager = listPager("/drills?", before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	return v, nil
}

// drillPoints are the drills of a list that have ended, oldest first.
func drillPoints(r *http.Request, list []db.Drill) (out []views.DrillPoint) {
	for _, d := range slices.Backward(list) {
		if d.Outcome == db.DrillRunning {
			continue
		}
		p := views.DrillPoint{Number: d.Number, Day: d.Started.In(zoneOf(r)).Format("2 Jan"), Outcome: string(d.Outcome), Took: drillTook(d)}
		if p.Took != "" {
			p.Seconds = d.Ended.Sub(d.Started).Seconds()
		}
		out = append(out, p)
	}
	return out
}

func drillHref(number int64) string { return "/drills/" + decimal(number) }

// drillTook is how long a drill took. One that was cut off is ended by the next, which says nothing of how long it took.
func drillTook(d db.Drill) lang.Word {
	if d.Ended.IsZero() || d.Outcome == db.DrillBroken {
		return ""
	}
	return took(d.Ended.Sub(d.Started))
}

// startDrill begins a drill, and leads to its page while it runs.
func (s *Server) startDrill(r *http.Request) (string, error) {
	if s.conf.Drill == nil {
		return "", problem{http.StatusServiceUnavailable, "No drill can be started here", "Run it at the command line: quittance drill."}
	}
	number, err := s.conf.Drill(who(r).Actor())
	if err != nil {
		return "", err
	}
	return drillHref(number), nil
}

// drill shows one run.
func (s *Server) drill(r *http.Request) (templ.Component, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	d, err := s.store.Drill(r.Context(), number)
	if err != nil {
		return nil, err
	}
	history, err := s.history(r, audit.ObjectOf(audit.KindDrill, number))
	if err != nil {
		return nil, err
	}
	v := views.Drill{Number: number, State: views.DrillOutcomes[string(d.Outcome)], Sentence: drillWords[d.Outcome], Running: d.Outcome == db.DrillRunning, History: history}
	for _, p := range d.Paths {
		v.Ways = append(v.Ways, views.DrillWay{Name: lang.T(r.Context(), views.DrillPaths[p.Path]), Planted: p.Planted, Before: p.Before, After: p.After, State: wayState(p)})
	}
	v.Facts = []views.KV{{Key: "Started", Value: lang.Moment(moment(r, d.Started).Text)}, {Key: "Started by", Value: s.names(r).actor(d.Actor)}}
	if !d.Ended.IsZero() {
		if took := drillTook(d); took != "" {
			v.Facts = append(v.Facts, views.KV{Key: "Took", Value: took})
		}
		v.Facts = append(v.Facts, views.KV{Key: "Bytes looked at", Value: lang.Figure(d.Bytes)},
			views.KV{Key: "Bytes that nobody owns and that are not zero", Value: lang.Figure(d.Slack)}, views.KV{Key: "Malformed pages", Value: lang.Figure(d.Malformed)})
	}
	if d.Batch > 0 {
		v.Facts = append(v.Facts, views.KV{Key: "Erased by", Value: lang.Said("Batch {batch}", "batch", lang.Figure(d.Batch)), Href: batchHref(d.Batch)})
	}
	return v, nil
}

// drillWords says what an outcome means.
var drillWords = map[db.DrillOutcome]lang.Word{
	db.DrillRunning: "It takes as long as reading the whole database twice. This page follows it.",
	db.DrillPassed:  "All that was sent in was found before its erasure, and nothing of it afterwards.",
	db.DrillFailed:  "Something of what was sent in is left, or was not erased. Tell an administrator now: what holds for a made-up customer holds for others.",
	db.DrillBlind:   "Something that was sent in could not be found before its erasure. So that it is not found afterwards says nothing: an administrator must look why.",
	db.DrillBroken:  "The server ended in the middle of it. The next drill erases what it left.",
}

func wayState(p db.DrillPath) views.State {
	switch {
	case p.After > 0:
		return views.DrillOutcomes[string(db.DrillFailed)]
	case p.Before < p.Planted || p.Planted == 0:
		return views.DrillOutcomes[string(db.DrillBlind)]
	}
	return views.DrillOutcomes[string(db.DrillPassed)]
}

// homeDrill is the last drill that ended, in a sentence.
func (s *Server) homeDrill(r *http.Request, v *views.Home) error {
	list, err := s.store.Drills(r.Context(), 0, 2)
	for _, d := range list {
		if d.Outcome == db.DrillRunning {
			continue
		}
		v.Drill = views.DrillRow{Number: d.Number, State: views.DrillOutcomes[string(d.Outcome)], Started: moment(r, d.Ended)}
		break
	}
	return err
}
