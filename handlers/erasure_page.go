package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// erasurePage fills the page of a request: what it will do or did, where it stands, and what this person may do now.
func (s *Server) erasurePage(r *http.Request, e db.Erasure) (views.Erasure, error) {
	services, err := s.servicesByNumber(r)
	if err != nil {
		return views.Erasure{}, err
	}
	parts, err := s.store.Parts(r.Context(), e.Number)
	if err != nil {
		return views.Erasure{}, err
	}
	history, err := s.history(r, audit.ObjectOf(audit.KindErasure, e.Number))
	if err != nil {
		return views.Erasure{}, err
	}
	manifest, later, err := s.requestManifest(r, e, services)
	if err != nil {
		return views.Erasure{}, err
	}
	now := s.store.Now()
	v := views.Erasure{Number: e.Number, Records: e.Manifest.Records(), Subject: subjectOf(r, e), State: stateOf(e.State), Next: s.next(r, e, now),
		Updated: now.In(zoneOf(r)).Format("15:04:05"), Steps: erasureSteps(r, e), Manifest: manifest,
		Parts: s.parts(r, parts, services, e), Facts: s.erasureFacts(r, e), History: history, NoteGone: e.State.Ended() && e.Origin == "console"}
	v.Facts = append(v.Facts, skillFacts(e, parts, services)...)
	if v.Facts, err = s.forTicket(r, v.Facts, ticket.LinkErasure, e.Number); err != nil {
		return v, err
	}
	beside, err := s.sameRun(r, e)
	if err != nil {
		return v, err
	}
	v.Facts = append(v.Facts, beside...)
	kin, err := s.kinFacts(r, e)
	if err != nil {
		return v, err
	}
	v.Facts = append(v.Facts, kin...)
	if who(r).May(auth.Search) {
		v.Note = e.Note
	}
	if !e.State.Ended() {
		v.Push = erasureHref(e.Number) + "/live"
	}
	if !e.Deadline.IsZero() && !e.State.Ended() {
		ruler := views.HourRuler(e.Deadline.Add(-erasure.Period), now, e.Deadline, zoneOf(r), clockSays(e))
		v.Clock = &ruler
	}
	if e.State == erasure.Scheduled && e.RunsFrom.After(now) {
		v.Window = &views.Window{Ends: moment(r, e.RunsFrom), Left: lang.Said("{left} left", "left", lang.Lasting(e.RunsFrom.Sub(now)))}
	}
	lines, err := s.store.Held(r.Context(), e)
	if err != nil {
		return v, err
	}
	v.Held = s.heldRows(r, lines, services)
	if e.State == erasure.Partial && e.RunsFrom.IsZero() && len(lines) > 0 {
		v.Next = lang.Counted(erasure.HeldRecords(lines), "What lies here is erased and confirmed, bar 1 record that a hold or a restriction keeps. The request goes on by itself when that has ended.",
			"What lies here is erased and confirmed, bar {n} records that a hold or a restriction keeps. The request goes on by itself when that has ended.")
	}
	if _, _, err := s.store.Receipt(r.Context(), e.Number); err == nil {
		v.Receipt = erasureHref(e.Number) + "/receipt"
	}
	if e.State == erasure.Refused {
		v.Refused = &views.Refused{Ground: views.WordsOf(e.Refusal), By: lastActor(history), When: moment(r, e.Ended)}
		if who(r).May(auth.Search) { // an officer wrote it about a person
			v.Refused.Explanation, v.Refused.Authority = e.Told.Explanation, e.Told.Authority
		}
	}
	together, err := s.store.Together(r.Context(), e.Number)
	if err != nil {
		return v, err
	}
	v.Together = siblings(r, e, together)
	s.offer(r, e, &v, together)
	attesting(r, &v, parts, services, e)
	if err := s.attested(r, &v, parts, e); err != nil {
		return v, err
	}
	if v.Withdraw != nil {
		v.Withdraw.Gone = goneOf(e, parts)
	}
	if v.Approve != nil {
		v.Approve.Later = later
	}
	if v.Changed, err = s.changed(r, e, services); err != nil {
		return v, err
	}
	if v.Beside, err = s.beside(r, e); err != nil {
		return v, err
	}
	return v, s.nearOf(r, e, together, &v)
}

// nearOf adds the similar IDs to the page of a request that waits, for those who may search, and no link to a data subject of whom nothing is
// here.
func (s *Server) nearOf(r *http.Request, e db.Erasure, beside []db.Erasure, v *views.Erasure) (err error) {
	if v.Subject.Href == "" {
		return nil
	}
	if _, err := s.store.Subject(r.Context(), e.SubjectRef); errors.Is(err, db.ErrNotFound) {
		v.Subject.Href = ""
	} else if err != nil {
		return err
	}
	if e.State != erasure.Proposed {
		return nil
	}
	named := []string{e.Subject}
	for _, b := range beside {
		named = append(named, b.Subject)
	}
	if v.Beside != nil {
		named = append(named, v.Beside.ID)
	}
	v.Near, err = s.nearMisses(r, e.Subject, named)
	return err
}

// sameRun names the other requests for the same ID that ran in the same batch: their records were walked once, and each has its own cut-off and
// receipt.
func (s *Server) sameRun(r *http.Request, e db.Erasure) ([]views.KV, error) {
	numbers, err := s.store.SameRun(r.Context(), e)
	var out []views.KV
	for _, n := range numbers {
		out = append(out, views.KV{Key: "In the same run, for the same ID", Value: lang.Said("Erasure {n}", "n", decimal(n)), Href: erasureHref(n)})
	}
	return out, err
}

// goneOf is how many records of a request were erased before its batch was stopped.
func goneOf(e db.Erasure, parts []db.Part) (n int64) {
	if e.Started.IsZero() {
		return 0
	}
	for _, p := range parts {
		if p.Excluded == "" {
			n += p.Erased
		}
	}
	return n
}

// beside is the ID that a deletion by API may have meant: named only to those who may search.
func (s *Server) beside(r *http.Request, e db.Erasure) (*views.Beside, error) {
	sub, n, err := s.store.Sibling(r.Context(), e)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	v := &views.Beside{Records: n}
	if who(r).May(auth.Search) {
		v.ID = sub.ID
	}
	if who(r).May(auth.Propose) {
		v.Propose = "/erasures/new?subject=" + string(sub.Ref)
	}
	return v, err
}

// offer adds the forms that this person may send now.
func (s *Server) offer(r *http.Request, e db.Erasure, v *views.Erasure, beside []db.Erasure) {
	id := who(r)
	if mayWithdraw(id, e) && e.State.May(erasure.Withdrawn) {
		v.Withdraw = &views.Withdrawal{}
	}
	if e.State != erasure.Proposed {
		return
	}
	v.Refresh, v.Recount = id.May(auth.Propose), e.Origin != "console"
	switch {
	case !id.May(auth.Approve):
		v.Barred = "A compliance officer decides on this."
	case id.Actor() == e.Proposer:
		v.Barred = "You proposed this, so a second officer has to decide on it."
	default:
		v.Approve = approval(e, v.Manifest.CutOff.Age, beside)
		v.Refuse = &views.Refusal{}
	}
}

// next says in one sentence what happens next, or how it ended.
func (s *Server) next(r *http.Request, e db.Erasure, now time.Time) lang.Word {
	switch e.State {
	case erasure.Proposed:
		if e.Origin == "api" {
			return apiWaits(r, e, now)
		}
		return "Nothing is erased until a second person approves it."
	case erasure.Scheduled:
		if gone := s.goneBefore(r, e); gone > 0 && e.RunsFrom.After(now) {
			return lang.Counted(gone, "Its batch was stopped after 1 record of it was erased. The next batch takes up the others, after {format}.",
				"Its batch was stopped after {n} records of it were erased. The next batch takes up the others, after {format}.", "format", e.RunsFrom.In(zoneOf(r)).Format("15:04"))
		}
		if e.RunsFrom.After(now) {
			return lang.Said("The batch loop takes it after the cancel window, at {format} or soon after.", "format", e.RunsFrom.In(zoneOf(r)).Format("15:04"))
		}
		return lang.Said("The cancel window is over; the next batch takes it, within {batchevery}. It can be withdrawn until then.", "batchevery", lang.Lasting(s.conf.BatchEvery))
	case erasure.Running:
		if b, err := s.store.Batch(r.Context(), e.Batch); err == nil && b.State == erasure.BatchPaused {
			return "Its batch is paused. Nothing more of it is erased until somebody lets the batch go on or stops it."
		}
		return "Its records are being removed."
	case erasure.Verifying:
		return s.verifying(r, e)
	case erasure.Done:
		return s.ended(r, e)
	case erasure.Partial:
		if e.RunsFrom.IsZero() {
			return "What lies here is erased and confirmed. A person has to see to what is open elsewhere."
		}
		return lang.Counted(e.Remaining, "1 record remains. A batch takes it up again after {format}.", "{n} records remain. A batch takes it up again after {format}.", "format", e.RunsFrom.In(zoneOf(r)).Format("15:04"))
	case erasure.Refused:
		return "Refused. Nothing was erased."
	}
	if gone := s.goneBefore(r, e); gone > 0 {
		return lang.Counted(gone, "Withdrawn after its batch was stopped. 1 record of it was erased before, and cannot come back; the others stay.",
			"Withdrawn after its batch was stopped. {n} records of it were erased before, and cannot come back; the others stay.")
	}
	return "Withdrawn. Nothing was erased."
}

func (s *Server) goneBefore(r *http.Request, e db.Erasure) int64 {
	if e.Started.IsZero() {
		return 0
	}
	parts, err := s.store.Parts(r.Context(), e.Number)
	if err != nil {
		return 0
	}
	return goneOf(e, parts)
}

// apiWaits is what the policy "an officer approves first" means for a deletion that an application filed: its clock runs, and nothing happens
// by itself when it is over.
func apiWaits(r *http.Request, e db.Erasure, now time.Time) lang.Word {
	text := lang.Moment(moment(r, e.Deadline).Text)
	if now.After(e.Deadline) {
		return lang.Said("An application filed it, and the policy of its service asks for an officer first. Its 24 hours run since then and ended on {text}: it is late, and waits all the same. Nothing is erased until an officer approves it.", "text", text)
	}
	return lang.Said("An application filed it, and the policy of its service asks for an officer first. Its 24 hours run since then and end on {text}. If nobody has decided by then it is shown as late and goes on waiting; it is never carried out by itself.", "text", text)
}

// ended says how a request ended. What a service elsewhere only accepted is not confirmed by anybody (law L8).
func (s *Server) ended(r *http.Request, e db.Erasure) lang.Word {
	var unknown int64
	parts, err := s.store.Parts(r.Context(), e.Number)
	for _, p := range parts {
		if p.Excluded == "" && p.State != erasure.Confirmed {
			unknown++
		}
	}
	at := lang.Moment(moment(r, e.Ended).Text)
	if unknown > 0 || err != nil {
		return lang.Counted(max(unknown, 1), "What lies here: erased and confirmed on {text}. The customer ID is gone from this request too. What 1 linked service did stands below; nobody has confirmed it.",
			"What lies here: erased and confirmed on {text}. The customer ID is gone from this request too. What {n} linked services did stands below; nobody has confirmed it.", "text", at)
	}
	return lang.Said("Erased and confirmed on {text}. The customer ID is gone from this request too.", "text", at)
}

// verifying says what a request in this state waits for: its own verification, or a service elsewhere.
func (s *Server) verifying(r *http.Request, e db.Erasure) lang.Word {
	parts, err := s.store.Parts(r.Context(), e.Number)
	if err != nil {
		return ""
	}
	var elsewhere int64
	for _, p := range parts {
		if p.Excluded == "" && !p.Linked && p.State != erasure.Confirmed {
			return "Its records are removed; every door is asked again whether anything is left."
		}
		if p.Excluded == "" && p.Linked && !p.State.Ended() {
			elsewhere++
		}
	}
	return lang.Counted(elsewhere, "What lies here is erased and confirmed. 1 linked service has not confirmed yet.",
		"What lies here is erased and confirmed. {n} linked services have not confirmed yet.")
}

// clockSays is what the 24 hours count from: acceptance for a key's request, approval for a person's.
func clockSays(e db.Erasure) lang.Word {
	if e.Origin == "api" {
		return "Due {format}, {hours} hours after acceptance"
	}
	return "Due {format}, {hours} hours after approval"
}

// erasureSteps draws the way of a request from its states.
func erasureSteps(r *http.Request, e db.Erasure) []views.Step {
	if e.State == erasure.Refused || e.State == erasure.Withdrawn {
		return []views.Step{{Label: "Proposed", Sub: moment(r, e.Proposed).Text, State: "done"}, {Label: stateWord(e.State), Sub: moment(r, e.Ended).Text, State: "now"}}
	}
	way := []struct {
		state erasure.State
		label lang.Word
		at    time.Time
	}{{erasure.Proposed, "Proposed", e.Proposed}, {erasure.Scheduled, "Approved", e.Approved}, {erasure.Running, "Erasing", e.Started},
		{erasure.Verifying, "Verified", e.Ended}, {erasure.Done, "Done", e.Ended}}
	out := make([]views.Step, len(way))
	now := stepOf(e.State)
	for i, w := range way {
		out[i] = views.Step{Label: w.label, State: "next"}
		if !w.at.IsZero() {
			out[i].Sub = moment(r, w.at).Text
		}
		switch {
		case i < now || e.State == erasure.Done:
			out[i].State = "done"
		case i == now:
			out[i].State = "now"
		}
	}
	return out
}

func stepOf(s erasure.State) int {
	return map[erasure.State]int{erasure.Proposed: 0, erasure.Scheduled: 1, erasure.Running: 2, erasure.Verifying: 3, erasure.Partial: 3, erasure.Done: 4}[s]
}

func (s *Server) parts(r *http.Request, parts []db.Part, services map[int64]db.Service, e db.Erasure) []views.Part {
	var out []views.Part
	for _, p := range parts {
		if p.Excluded != "" {
			continue
		}
		svc, w := services[p.Service], partWords[p.State]
		v := views.Part{Service: svc.Name, Where: whereHeld(svc), Href: serviceHref(p.Service), State: w.state, Meaning: w.meaning, Records: p.Found, When: moment(r, p.Changed)}
		if p.Linked {
			out = append(out, linkedPart(r, v, p, svc, e))
			continue
		}
		if p.State == erasure.Waiting && e.State == erasure.Running {
			v.State, v.Meaning = views.State{Tone: "run", Word: "Erasing"}, "Its records are being removed, chunk by chunk."
		}
		v.Bar = []views.Seg{{Tone: "ok", Label: "Erased", Count: p.Erased}, {Tone: "held", Label: "Held", Count: p.Held}, {Tone: "over", Label: "Remaining", Count: p.Remaining - p.Held}, {Tone: "wait", Label: "Waiting", Count: max(p.Found-p.Erased-p.Remaining, 0)}}
		out = append(out, v)
	}
	return out
}

// What "confirmed" means of an Assistant elsewhere, where only the names under which messages went there from here can be asked for, and of a
// service that is asked at an address of its own.
const (
	askedAgain  lang.Word = "Asked again under each name (assistant, environment, workspace) that messages went to from here, and nothing is left from before our last accepted call."
	lookedAgain lang.Word = "Asked again at the address that tells whether anything is left, and it says that nothing is."
)

// confirmedWords say it with the time of our last accepted call, where that is known.
func confirmedWords(r *http.Request, kind label.Kind, accepted time.Time) lang.Word {
	at := lang.Moment(moment(r, accepted).Text)
	switch {
	case kind == db.HTTP && at == "":
		return lookedAgain
	case kind == db.HTTP:
		return lang.Said("Asked again at the address that tells whether anything is left, and it says that nothing is, {accepted}.", "accepted", at)
	case at == "":
		return askedAgain
	}
	return lang.Said("Asked again under each name (assistant, environment, workspace) that messages went to from here, and nothing is left from before our last accepted call, {accepted}.", "accepted", at)
}

// linkedPart says how far a service elsewhere is: one bar, because nothing is counted there, and what went wrong at last.
func linkedPart(r *http.Request, v views.Part, p db.Part, svc db.Service, e db.Erasure) views.Part {
	v.Linked = true
	v.Bar = []views.Seg{{Tone: v.State.Tone, Label: v.State.Word, Count: 1}}
	if p.State == erasure.Waiting {
		if v.Meaning = "It has not been called yet."; svc.Kind == db.Manual {
			v.Meaning = "It becomes a person's task when the erasure runs."
		}
	}
	if p.State == erasure.Confirmed {
		v.Meaning = confirmedWords(r, svc.Kind, p.Accepted)
	}
	if p.Code != "" {
		v.Meaning = views.PartWords(p.Code)
	}
	v.Attempts = attempts(r, p)
	mayTry := who(r).May(auth.Propose) && p.Code != erasure.CodeManual && (p.State == erasure.Failed || p.State == erasure.ByHand)
	if mayTry && slices.Contains([]erasure.State{erasure.Running, erasure.Verifying, erasure.Partial}, e.State) {
		v.Retry = fmt.Sprintf("%s/parts/%d/retry", erasureHref(e.Number), p.Service)
	}
	return v
}

// attempts counts the calls, names those that were repeated after an outcome that nobody knows, and says when the next one is.
func attempts(r *http.Request, p db.Part) lang.Word {
	if p.Attempts == 0 || p.Attempts == 1 && p.State != erasure.Failed {
		return ""
	}
	words := lang.Counted(p.Attempts, "1 call", "{n} calls")
	if p.Repeats > 0 {
		words += lang.Said(", {repeats} of them repeated after an unknown outcome: that moved its cut-off", "repeats", lang.Figure(p.Repeats))
	}
	if p.State == erasure.Failed && !p.NextTry.IsZero() {
		words += lang.Said("; next at {format}", "format", p.NextTry.In(zoneOf(r)).Format("15:04"))
	}
	return words
}

// retryPart tries a linked service again, now.
func (s *Server) retryPart(r *http.Request) (string, error) {
	number, service, err := pathPart(r)
	if err != nil {
		return "", err
	}
	if err := s.store.RetryPart(r.Context(), who(r).Actor(), number, service); err != nil {
		return "", err
	}
	notify(r, "ok", "The service is called again now.")
	return erasureHref(number), nil
}

func (s *Server) erasureFacts(r *http.Request, e db.Erasure) []views.KV {
	names := s.names(r)
	facts := []views.KV{{Key: "Ground", Value: groundWords(e.Ground)}, {Key: "Proposed by", Value: names.actor(e.Proposer)}}
	if e.Approver != "" {
		facts = append(facts, views.KV{Key: "Approved by", Value: names.actor(e.Approver)})
	}
	if !e.Deadline.IsZero() {
		facts = append(facts, views.KV{Key: "Due", Value: lang.Moment(moment(r, e.Deadline).Text)})
	}
	if e.Batch != 0 {
		facts = append(facts, views.KV{Key: "Batch", Value: lang.Raw(fmt.Sprint(e.Batch)), Href: batchHref(e.Batch)})
	}
	return append(facts, views.KV{Key: "Reference", Value: lang.Raw(e.Reference), Mono: true, Copy: true})
}

func lastActor(history []views.Event) lang.Word {
	if len(history) == 0 {
		return ""
	}
	return history[0].Sub
}
