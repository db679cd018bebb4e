package handlers

import (
	"net/http"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// offerHalts says why a batch rests and what a pause means, and offers to officers what they may do about it.
func (s *Server) offerHalts(r *http.Request, b db.Batch, v *views.Batch) error {
	s.sayRest(r, b, v)
	if b.Swept || !b.Ended.IsZero() {
		return nil
	}
	stakes, err := s.store.BatchStakes(r.Context(), b)
	if err != nil {
		return err
	}
	v.Stakes = stakesOf(r, stakes, s.store.Now())
	if !who(r).May(auth.Approve) {
		return nil
	}
	v.Stop, v.Pause = true, b.State == erasure.BatchRunning
	if b.State != erasure.BatchPaused {
		return nil
	}
	if !b.Tripped() {
		v.Resume = true
		return nil
	}
	may, err := s.store.MayClear(r.Context(), who(r).Actor(), b.Number)
	if may {
		v.Clear = &views.Confirm{Words: eraseWords(b.Weighed), Button: lang.Counted(b.Weighed, "1 record", "{n} records")}
	} else {
		v.Barred = "You approved an erasure of this batch, so an officer who approved none of them has to let it go on. You can stop it."
	}
	return err
}

func (s *Server) sayRest(r *http.Request, b db.Batch, v *views.Batch) {
	switch {
	case b.State == erasure.BatchPaused && b.Tripped():
		v.Breaker = breakerWords(b)
	case b.State == erasure.BatchPaused:
		v.Rests = lang.Said("Paused by {by} on {text}. No other batch starts until it goes on or is stopped.", "by", s.names(r).actor(b.By), "text", lang.Moment(moment(r, b.Since).Text))
	case b.State == erasure.BatchStopped && b.Erased == 0:
		v.Rests = "Stopped before anything was erased. Its requests went back to “Scheduled”. A request that runs again is shown with its new batch."
	case b.State == erasure.BatchStopped:
		v.Rests = lang.Counted(b.Erased, "Stopped after 1 record was erased; it cannot come back. Its other requests went back to “Scheduled”. A request that runs again is shown with its new batch.",
			"Stopped after {n} records were erased; they cannot come back. Its other requests went back to “Scheduled”. A request that runs again is shown with its new batch.")
	}
}

// breakerWords says which rule a batch was too large for.
func breakerWords(b db.Batch) lang.Word {
	if b.Why == db.PauseShare {
		return lang.Counted(b.Weighed, "It would erase 1 record, {share} of all {stock}; the limit is {bound}. Nothing was erased. An officer who approved none of its requests lets it go on or stops it; no other batch starts until then.",
			"It would erase {n} records, {share} of all {stock}; the limit is {bound}. Nothing was erased. An officer who approved none of its requests lets it go on or stops it; no other batch starts until then.",
			"share", views.Percent(b.Weighed, b.Stock), "stock", b.Stock, "bound", b.Bound)
	}
	return lang.Counted(b.Weighed, "It would erase 1 record, far more than batches usually do; the limit is {bound}. Nothing was erased. An officer who approved none of its requests lets it go on or stops it; no other batch starts until then.",
		"It would erase {n} records, far more than batches usually do; the limit is {bound}. Nothing was erased. An officer who approved none of its requests lets it go on or stops it; no other batch starts until then.", "bound", b.Bound)
}

// pauses are the lengths for which a page says what a pause would cost.
var pauses = []time.Duration{time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}

func stakesOf(r *http.Request, st db.Stakes, now time.Time) *views.Stakes {
	v := &views.Stakes{Facts: []views.KV{{Key: "Erased, and cannot come back", Value: lang.Counted(st.Gone, "1 record", "{n} records")}, {Key: "Not erased yet", Value: lang.Counted(st.Left, "1 record", "{n} records")},
		{Key: "Requests that are not finished", Value: lang.Figure(int64(len(st.Deadlines)))}}}
	if len(st.Deadlines) > 0 {
		v.Facts = append(v.Facts, views.KV{Key: "The first of them is due", Value: lang.Moment(moment(r, st.Deadlines[0]).Text)})
	}
	if len(st.Behind) > 0 {
		v.Facts = append(v.Facts, views.KV{Key: "Requests that wait behind it", Value: lang.Figure(int64(len(st.Behind)))})
	}
	if st.Called > 0 {
		v.Facts = append(v.Facts, views.KV{Key: "Linked services called already, which no stop takes back", Value: lang.Figure(st.Called)})
	}
	for _, d := range pauses {
		v.Late = append(v.Late, views.LateUntil{Until: moment(r, now.Add(d)), In: lang.Said("in {hours} h", "hours", int(d.Hours())), Late: st.Late(now.Add(d)), Open: int64(len(st.Deadlines) + len(st.Behind))})
	}
	return v
}

func (s *Server) pauseBatch(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err == nil {
		err = s.store.PauseBatch(r.Context(), who(r).Actor(), number)
	}
	if err != nil {
		return "", err
	}
	notify(r, "", "Paused. Nothing is erased until it goes on or is stopped.")
	return batchHref(number), nil
}

// resumeBatch lets a batch go on. After the breaker the words have to be typed: they say how much will go.
func (s *Server) resumeBatch(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	v, err := s.batchPage(r, number)
	if err != nil {
		return "", err
	}
	if v.Clear != nil && !typedAs(r, text(r, "confirm"), v.Clear.Words) {
		v.Clear.Typed, v.Clear.Error = r.PostFormValue("confirm"), mistyped(v.Clear.Words)
		return "", refused{v}
	}
	if err := s.store.ResumeBatch(r.Context(), who(r).Actor(), number); err != nil {
		return "", err
	}
	notify(r, "ok", "It goes on.")
	return batchHref(number), nil
}

func (s *Server) stopBatch(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err == nil {
		err = s.store.StopBatch(r.Context(), who(r).Actor(), number)
	}
	if err != nil {
		return "", err
	}
	notify(r, "", "Stopped. Requests that were not finished are scheduled again; withdraw those that must not run.")
	return batchHref(number), nil
}
