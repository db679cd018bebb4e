package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// batches lists the runs of the recipe, and what the next one will take.
func (s *Server) batches(r *http.Request) (templ.Component, error) { return s.batchesPage(r) }

func (s *Server) batchesPage(r *http.Request) (views.Batches, error) {
	list, err := s.store.Batches(r.Context(), before(r), pageRows+1)
	if err != nil {
		return views.Batches{}, err
	}
	counts, err := s.store.CountErasures(r.Context())
	if err != nil {
		return views.Batches{}, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	v := views.Batches{Waiting: s.waiting(counts[erasure.Scheduled]), Empty: views.Empty{Title: "No batches yet", Detail: "A batch opens when an approved erasure leaves its cancel window."}}
	moves := counts[erasure.Scheduled] > 0 // a batch will open by itself
	for _, b := range list {
		v.Rows = append(v.Rows, s.batchRow(r, b))
		moves = moves || b.Ended.IsZero()
	}
	v.Pager = listPager("/batches?", before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	if moves && before(r) == 0 {
		v.Push = "/batches/live"
	}
	return v, nil
}

func (s *Server) waiting(scheduled int64) lang.Word {
	if scheduled == 0 {
		return lang.Said("Nothing is scheduled. A batch looks for work every {batchevery}.", "batchevery", lang.Lasting(s.conf.BatchEvery))
	}
	return lang.Counted(scheduled, "1 erasure is scheduled. A batch looks for work every {batchevery} and takes what has left its cancel window.",
		"{n} erasures are scheduled. A batch looks for work every {batchevery} and takes what has left its cancel window.", "batchevery", lang.Lasting(s.conf.BatchEvery))
}

func (s *Server) batchRow(r *http.Request, b db.Batch) views.BatchRow {
	v := views.BatchRow{Number: b.Number, State: batchWords[b.State], Requests: b.Requests, Records: b.Records, Bar: batchBar(b.Records, b.Erased), Started: moment(r, b.Started), Due: moment(r, b.Deadline)}
	if !b.Ended.IsZero() {
		v.Took = took(b.Ended.Sub(b.Started))
	} else {
		v.DueIn = lang.Said("in {now}", "now", lang.Lasting(b.Deadline.Sub(s.store.Now())))
	}
	return v
}

// took is a duration that may be shorter than what Span tells apart.
func took(d time.Duration) lang.Word {
	if d < time.Minute {
		return lang.Said("{seconds} s", "seconds", lang.Fraction(d.Seconds(), 1))
	}
	return lang.Lasting(d)
}

func batchBar(records, erased int64) []views.Seg {
	return []views.Seg{{Tone: "ok", Label: "Erased", Count: erased}, {Tone: "wait", Label: "Waiting", Count: max(records-erased, 0)}}
}

func (s *Server) batch(r *http.Request) (templ.Component, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	return s.batchPage(r, number)
}

// batchPage fills the page of one run.
func (s *Server) batchPage(r *http.Request, number int64) (views.Batch, error) {
	b, err := s.store.Batch(r.Context(), number)
	if err != nil {
		return views.Batch{}, err
	}
	history, err := s.history(r, audit.ObjectOf(audit.KindBatch, number))
	if err != nil {
		return views.Batch{}, err
	}
	now := s.store.Now()
	v := views.Batch{Number: number, Records: b.Records, State: batchWords[b.State], Sentence: lang.Said("Opened {text}.", "text", lang.Moment(moment(r, b.Opened).Text)), Updated: now.In(zoneOf(r)).Format("15:04:05"), Steps: batchSteps(r, b),
		Lead: lang.Said("{erased} of {records} erased", "erased", lang.Figure(b.Erased), "records", lang.Counted(b.Records, "1 record", "{n} records")), Detail: batchDetail(b, now), Bar: batchBar(b.Records, b.Erased), History: history,
		Facts: []views.KV{{Key: "Requests", Value: lang.Figure(b.Requests)}, {Key: "Records", Value: lang.Figure(b.Records)}, {Key: "Due", Value: lang.Moment(moment(r, b.Deadline).Text)}}}
	if who(r).May(auth.Export) {
		v.CSV = "/erasures/csv?batch=" + decimal(number)
	}
	if b.Ended.IsZero() {
		v.Push = batchHref(number) + "/live"
		ruler := views.HourRuler(b.Deadline.Add(-erasure.Period), now, b.Deadline, zoneOf(r), "Due {format}, {hours} hours after acceptance")
		v.Clock = &ruler
	}
	if err := s.fillBatch(r, b, &v); err != nil {
		return v, err
	}
	return v, s.offerHalts(r, b, &v)
}

func (s *Server) fillBatch(r *http.Request, b db.Batch, v *views.Batch) error {
	services, err := s.servicesByNumber(r)
	if err != nil {
		return err
	}
	rows, err := s.store.BatchServices(r.Context(), b.Number)
	if err != nil {
		return err
	}
	expiries, err := s.retentionExpiries(r, b.Number, services)
	if err != nil {
		return err
	}
	if len(expiries) > 0 {
		v.Sentence = lang.Said("Opened {text}. It erases what is past its retention.", "text", lang.Moment(moment(r, b.Opened).Text))
		v.Facts = append(v.Facts[1:], expiries...) // it has no requests
	}
	for _, row := range rows {
		svc := services[row.Service]
		v.Services = append(v.Services, views.BatchService{Name: svc.Name, Where: whereHeld(svc), Href: serviceHref(row.Service), Bar: batchBar(row.Records, row.Erased), Erased: row.Erased, State: batchServiceState(b, row)})
	}
	requests, err := s.store.Erasures(r.Context(), db.ErasureQuery{Batch: b.Number, Limit: 200})
	if err != nil {
		return err
	}
	now := s.store.Now()
	for _, e := range requests {
		state := stateOf(e.State)
		if e.State == erasure.Running && b.State == erasure.BatchPaused {
			state = batchWords[b.State]
		}
		v.Requests = append(v.Requests, views.BatchRequest{Number: e.Number, Records: e.Found, State: state, Accepted: moment(r, e.Approved), Due: moment(r, e.Deadline), DueIn: dueIn(e, now)})
		if e.State == erasure.Partial {
			v.Failures = append(v.Failures, views.Failure{Request: e.Number, What: lang.Counted(e.Remaining, "1 record remains after verification.", "{n} records remain after verification.")})
		}
	}
	minutes, err := s.store.BatchMinutes(r.Context(), b.Number)
	v.Speed = speed(r, minutes)
	return err
}

func batchServiceState(b db.Batch, row db.BatchService) views.State {
	switch {
	case b.State == erasure.BatchDone:
		return partWords[erasure.Confirmed].state
	case b.State != erasure.BatchRunning:
		return batchWords[b.State]
	case row.Erased >= row.Records:
		return views.State{Tone: "run", Icon: "list-check", Word: "Verifying"}
	}
	return views.State{Tone: "run", Word: "Erasing"}
}

func batchSteps(r *http.Request, b db.Batch) []views.Step {
	out := []views.Step{{Label: "Opened", Sub: moment(r, b.Opened).Text, State: "done"}, {Label: "Erasing", State: "now"}, {Label: "Verifying", State: "next"}, {Label: "Done", State: "next"}}
	if !b.Started.IsZero() {
		out[1].Sub = moment(r, b.Started).Text
	}
	if b.Records > 0 && b.Erased >= b.Records {
		out[1].State, out[2].State = "done", "now"
	}
	switch b.State {
	case erasure.BatchPaused:
		out[1].Label = "Paused"
	case erasure.BatchStopped:
		return append(out[:1], views.Step{Label: "Erasing", Sub: out[1].Sub, State: "done"}, views.Step{Label: "Stopped", Sub: moment(r, b.Ended).Text, State: "now"})
	case erasure.BatchDone:
		out[1].State, out[2].State, out[3] = "done", "done", views.Step{Label: "Done", Sub: moment(r, b.Ended).Text, State: "done"}
	}
	return out
}

func batchDetail(b db.Batch, now time.Time) lang.Word {
	switch b.State {
	case erasure.BatchPaused:
		return "Nothing is erased while it is paused."
	case erasure.BatchStopped:
		return "Stopped; the others stay until their requests run again."
	}
	if !b.Ended.IsZero() {
		return lang.Said("In {started}.", "started", took(b.Ended.Sub(b.Started)))
	}
	passed := now.Sub(b.Started).Seconds()
	if b.Erased == 0 || passed <= 0 {
		return "Counting what is to be erased."
	}
	rate := float64(b.Erased) / passed
	return lang.Said("{rate} records a second; about {left} left.", "rate", lang.Figure(int64(rate)), "left", took(restTakes(b.Records-b.Erased, b.Erased, passed)))
}

// restTakes is how long the rest takes if it goes on as it went for so many seconds.
func restTakes(rest, done int64, passed float64) time.Duration {
	return time.Duration(float64(max(rest, 0)) / float64(done) * passed * float64(time.Second))
}

func speed(r *http.Request, minutes []db.BatchMinute) views.Speed {
	p := views.Speed{Every: "minute", Unit: "records", Words: "Records erased in each minute."}
	for _, m := range minutes {
		p.Points = append(p.Points, views.Point{Label: m.Minute.In(zoneOf(r)).Format("15:04"), Value: m.Erased})
	}
	return p
}
