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

const (
	homeDays  = 14            // how far back the plots go
	homeRows  = 20            // how many lines a list of the overview has at most
	soonHours = 4 * time.Hour // how close a deadline is when it is marked: the last sixth of the 24 hours
)

// home is the overview: what is due, what waits for this person, what runs, and how it went.
func (s *Server) home(r *http.Request) (templ.Component, error) { return s.homePage(r) }

func (s *Server) homePage(r *http.Request) (views.Home, error) {
	v := views.Home{Now: moment(r, s.store.Now())}
	for _, part := range []func(*http.Request, *views.Home) error{s.homeAlarms, s.homeReturned, s.homeDue, s.homeForms, s.homeWaiting, s.homeHolds, s.homeTickets, s.homeBatches, s.homeDrill, s.homeCoverage, s.homeDays} {
		if err := part(r, &v); err != nil {
			return v, err
		}
	}
	if len(v.Due)+len(v.Batches) > 0 {
		v.Push = "/live"
	}
	return v, nil
}

func (s *Server) homeDue(r *http.Request, v *views.Home) error {
	open, err := s.store.Erasures(r.Context(), db.ErasureQuery{DueSoon: true, Limit: homeRows})
	for _, e := range open {
		left, tone := timeLeft(e.Deadline.Sub(s.store.Now()))
		v.Due = append(v.Due, views.DueErasure{Number: e.Number, Href: erasureHref(e.Number), State: s.stateNow(r, e), Accepted: moment(r, e.Deadline.Add(-erasure.Period)),
			Due: moment(r, e.Deadline), Left: left, Tone: tone, Records: recordsOf(e)})
	}
	return err
}

// stateNow is the state of an erasure, but for one whose batch rests: nothing of that is being erased.
func (s *Server) stateNow(r *http.Request, e db.Erasure) views.State {
	if e.State == erasure.Running {
		if b, err := s.store.Batch(r.Context(), e.Batch); err == nil && b.State == erasure.BatchPaused {
			return batchWords[b.State]
		}
	}
	return stateOf(e.State)
}

// timeLeft says how long there is until a deadline, and how close that is.
func timeLeft(left time.Duration) (words lang.Word, tone string) {
	switch {
	case left < 0:
		return lang.Said("late by {span}", "span", lang.Lasting(-left)), "over"
	case left < soonHours:
		return lang.Said("{left} left", "left", lang.Lasting(left)), "soon"
	}
	return lang.Said("{left} left", "left", lang.Lasting(left)), ""
}

// recordsOf is how many records an erasure covers: as its batch found them, or before that as its manifest counted them.
func recordsOf(e db.Erasure) int64 {
	if !e.Started.IsZero() {
		return e.Found
	}
	return e.Manifest.Records()
}

// homeWaiting lists what this person may decide: never what they proposed themselves.
func (s *Server) homeWaiting(r *http.Request, v *views.Home) error {
	if !who(r).May(auth.Approve) {
		return nil
	}
	proposed, err := s.store.Erasures(r.Context(), db.ErasureQuery{For: who(r).Actor(), Limit: homeRows})
	names := s.names(r)
	for _, e := range proposed {
		v.Waiting = append(v.Waiting, views.WaitingItem{What: lang.Said("Approve or refuse erasure {number}", "number", lang.Figure(e.Number)), Href: erasureHref(e.Number),
			Sub: s.waitsSub(names, e), Since: moment(r, e.Proposed)})
	}
	if err != nil {
		return err
	}
	lists, err := s.store.Bulks(r.Context(), homeRows)
	for _, b := range lists {
		if b.Proposer != who(r).Actor() {
			v.Waiting = append(v.Waiting, views.WaitingItem{What: lang.Said("Approve or refuse list {number}", "number", decimal(b.Number)), Href: bulkHref(b.Number),
				Sub: lang.Said("Proposed by {proposer}", "proposer", names.actor(b.Proposer)), Since: moment(r, b.Proposed)})
		}
	}
	if err != nil {
		return err
	}
	for _, part := range []func(*http.Request, *views.Home) error{s.homeAnswers, s.homeDisposals} {
		if err := part(r, v); err != nil {
			return err
		}
	}
	return s.homePaused(r, v)
}

// homeAnswers lists the answers that this person may release.
func (s *Server) homeAnswers(r *http.Request, v *views.Home) error {
	if !who(r).May(auth.Release) {
		return nil
	}
	prepared, err := s.store.AnswersToRelease(r.Context(), who(r).Actor(), homeRows)
	names := s.names(r)
	for _, a := range prepared {
		v.Waiting = append(v.Waiting, views.WaitingItem{What: lang.Said("Release the answer to ticket {ticket}", "ticket", decimal(a.Ticket)), Href: accessHref(a.Ticket, ""),
			Sub: lang.Said("Prepared by {preparedby}", "preparedby", names.actor(a.PreparedBy)), Since: moment(r, a.Prepared)})
	}
	return err
}

// homeDisposals lists the case files whose destruction somebody else has proposed.
func (s *Server) homeDisposals(r *http.Request, v *views.Home) error {
	if !who(r).May(auth.Retention) {
		return nil
	}
	all, err := s.store.Disposals(r.Context(), 0)
	names := s.names(r)
	for _, d := range all {
		if disposalWaits(d) && d.Proposer != who(r).Actor() {
			v.Waiting = append(v.Waiting, views.WaitingItem{What: lang.Said("Approve destroying {cases}", "cases", lang.Counted(d.Cases, "1 case file", "{n} case files")), Href: "/casefiles",
				Sub: lang.Said("Proposed by {proposer}", "proposer", names.actor(d.Proposer)), Since: moment(r, d.Proposed)})
		}
	}
	return err
}

// homePaused lists a batch that rests, for those who may let it go on. Only one can rest at a time, and it is among the newest.
func (s *Server) homePaused(r *http.Request, v *views.Home) error {
	batches, err := s.store.Batches(r.Context(), 0, homeRows)
	for _, b := range batches {
		if b.State != erasure.BatchPaused {
			continue
		}
		item := views.WaitingItem{What: lang.Said("Let batch {number} go on or stop it", "number", lang.Figure(b.Number)), Href: batchHref(b.Number), Sub: lang.Said("Paused by {by}", "by", s.names(r).actor(b.By)), Since: moment(r, b.Since)}
		if b.Tripped() {
			may, err := s.store.MayClear(r.Context(), who(r).Actor(), b.Number)
			if err != nil || !may {
				return err // somebody else has to decide
			}
			item.Sub = "Paused by the breaker"
		}
		v.Waiting = append([]views.WaitingItem{item}, v.Waiting...)
	}
	return err
}

// waitsSub says who asked, and how much is left of the 24 hours where they run while it waits.
func (s *Server) waitsSub(names *names, e db.Erasure) lang.Word {
	if e.Origin != "api" {
		return lang.Said("Proposed by {proposer}", "proposer", names.actor(e.Proposer))
	}
	left := e.Deadline.Sub(s.store.Now())
	words, _ := timeLeft(left)
	if left >= 0 {
		words += " of its 24 hours"
	}
	return lang.Said("Filed by {proposer}, {words}", "proposer", names.actor(e.Proposer), "words", words)
}

// homeTickets lists the tickets whose month ends, and those of this person.
func (s *Server) homeTickets(r *http.Request, v *views.Home) error {
	if !who(r).May(auth.Tickets) {
		return nil
	}
	out := &views.HomeTickets{Works: who(r).May(auth.Work)}
	for _, view := range []db.TicketView{db.TicketsOverdue, db.TicketsSoon} {
		list, err := s.store.Tickets(r.Context(), db.TicketQuery{View: view, Limit: homeRows})
		if err != nil {
			return err
		}
		out.Due = append(out.Due, s.ticketRows(r, list)...)
	}
	counts, err := s.store.CountTickets(r.Context(), who(r).User.Number)
	if err != nil {
		return err
	}
	out.Due = out.Due[:min(len(out.Due), homeRows)]
	out.More = counts.Overdue + counts.Soon - int64(len(out.Due))
	if out.Works {
		mine, err := s.store.Tickets(r.Context(), db.TicketQuery{Assignee: who(r).User.Number, Limit: homeRows})
		if err != nil {
			return err
		}
		out.Mine = s.ticketRows(r, mine)
	}
	v.Tickets = out
	return nil
}

func (s *Server) homeBatches(r *http.Request, v *views.Home) error {
	batches, err := s.store.Batches(r.Context(), 0, homeRows)
	for _, b := range batches {
		if b.State == erasure.BatchDone || b.State == erasure.BatchStopped {
			continue
		}
		v.Batches = append(v.Batches, views.RunningBatch{Number: b.Number, Href: batchHref(b.Number), State: batchWords[b.State], Segs: batchBar(b.Records, b.Erased),
			Sentence: lang.Said("{b}, {erased} of {records} erased", "b", batchFor(b), "erased", lang.Figure(b.Erased), "records", lang.Counted(b.Records, "1 record", "{n} records"))})
	}
	return err
}

// batchFor is what a batch runs for.
func batchFor(b db.Batch) lang.Word {
	if b.Requests == 0 {
		return "Retention"
	}
	return lang.Counted(b.Requests, "1 erasure", "{n} erasures")
}

func (s *Server) homeCoverage(r *http.Request, v *views.Home) error {
	services, err := s.store.Services(r.Context())
	if err != nil {
		return err
	}
	tallies, err := s.store.Tallies(r.Context())
	for _, svc := range services {
		if !svc.Removed.IsZero() || svc.Linked() { // what lies elsewhere is not counted
			continue
		}
		t := tallies[svc.Number]
		v.Coverage = append(v.Coverage, views.Coverage{Service: kindName(svc.Kind), Instance: place(svc), Href: serviceHref(svc.Number), Segs: coverage(t, s.tolerates(svc)), Sentence: coverageWords(t)})
	}
	return err
}

// coverage splits what a service holds by whether it bears a customer ID. What its policy allows is no risk, but it is counted; what came
// through a channel that cannot label is out of reach of any request by ID.
func coverage(t db.Tally, tolerated bool) []views.Seg {
	return views.LabelSegs(t.Records-t.Unlabelled, t.Unlabelled-t.Unreachable, t.Unreachable, tolerated)
}

// tolerates tells whether the policy of a service allows records without a customer ID.
func (s *Server) tolerates(v db.Service) bool {
	return v.Unlabelled.At(s.store.Now()) == db.UnlabelledAllowed
}

func coverageWords(t db.Tally) lang.Word {
	if t.Records == 0 {
		return "No records yet"
	}
	return lang.Said("{records} labelled", "records", views.Percent(t.Records-t.Unlabelled, t.Records))
}

// homeDays fills both plots. A refused or withdrawn erasure has ended, but has no time to its confirmation.
func (s *Server) homeDays(r *http.Request, v *views.Home) error {
	days, err := s.store.ErasureDays(r.Context(), homeDays, zoneOf(r))
	for _, d := range days {
		name := d.Day.Format("2 Jan")
		v.Times = append(v.Times, views.DayTimes{Day: name, P50: d.P50.Hours(), P95: d.P95.Hours(), Max: d.Max.Hours(), Count: d.Done})
		v.PerDay = append(v.PerDay, views.DayCount{Day: name, Filed: d.Filed, Ended: d.Ended})
	}
	return err
}

// userActor is the name of an account in the trail.
func userActor(number int64) audit.Actor { return audit.ActorOf("user", number) }
