package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

const (
	pageTalks   = 40 // conversations that a page looks at, and as many again where it finds none
	talkPages   = 10 // … up to so many times
	pageRepairs = 10
)

// talkQuery reads which conversations are asked for. Numbers and days stand in the address, never an ID.
func talkQuery(r *http.Request) db.TalkQuery {
	q := db.TalkQuery{Before: placeOf(r.URL.Query().Get("before")), Limit: pageTalks}
	if n := numbers(r.URL.Query()["service"]); len(n) > 0 {
		q.Service = n[0]
	}
	if day, err := time.Parse(time.DateOnly, r.URL.Query().Get("day")); err == nil {
		q.Until = day.AddDate(0, 0, 1)
	}
	return q
}

// conversations lists those in which messages bear no ID and others do.
func (s *Server) conversations(r *http.Request) (templ.Component, error) {
	q := talkQuery(r)
	page, err := s.talks(r, q)
	if err != nil {
		return nil, err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return nil, err
	}
	v := views.Conversations{Scope: talkScope(q, services), Looked: lookedAt(r, page), May: who(r).May(auth.Repair),
		Empty: views.Empty{Title: "Nothing to repair among these", Detail: "Where a message bears no ID and another of its conversation does, the two will stand here. Looked for the others 24 hours before and after."}}
	for _, t := range page.Talks {
		v.Rows = append(v.Rows, s.talkRow(r, t, services))
	}
	if page.Next != (db.Place{}) {
		next := r.URL.Query()
		next.Set("before", placeText(page.Next))
		v.Older = "/coverage/conversations?" + next.Encode()
	}
	v.Repairs, err = s.repairRows(r, services)
	return v, err
}

// talks looks further back where none of the newest can be labelled, some way: a page of nothing helps nobody.
func (s *Server) talks(r *http.Request, q db.TalkQuery) (all db.TalkPage, err error) {
	for range talkPages {
		page, err := s.store.Talks(r.Context(), q)
		if err != nil {
			return all, err
		}
		page.Alone += all.Alone
		if all = page; len(all.Talks) > 0 || all.Next == (db.Place{}) {
			break
		}
		q.Before = all.Next
	}
	return all, nil
}

func talkScope(q db.TalkQuery, services map[int64]db.Service) lang.Word {
	scope := lang.Word("All services")
	if v, ok := services[q.Service]; ok {
		scope = lang.Raw(v.Name)
	}
	if !q.Until.IsZero() {
		scope = lang.Said("{scope}, up to {day}", "scope", scope, "day", lang.Moment(q.Until.AddDate(0, 0, -1).Format("2 January 2006")))
	}
	return scope
}

// lookedAt says what was looked at: a page that found little must not look as if there were nothing.
func lookedAt(r *http.Request, p db.TalkPage) lang.Word {
	looked := int64(len(p.Talks)) + p.Alone
	if looked == 0 {
		return "No conversation has an unlabelled message."
	}
	return lang.Said("Looked at {looked}, back to {text}. In {talks} another message bears an ID; in {alone} none does.", "looked", lang.Counted(looked, "1 conversation with unlabelled messages", "{n} conversations with unlabelled messages"), "text", lang.Moment(moment(r, p.Oldest).Text), "talks", lang.Figure(int64(len(p.Talks))), "alone", lang.Figure(p.Alone))
}

func (s *Server) talkRow(r *http.Request, t db.Talk, services map[int64]db.Service) views.ConversationRow {
	row := views.ConversationRow{Lead: t.Lead, Service: services[t.Service].Name, Records: t.Records, Unreachable: t.Unreachable, Span: lasted(r, t.First, t.Last), Said: preview(t.Said)}
	for _, b := range t.Bearers {
		row.Bearers = append(row.Bearers, s.bearerRow(r, t, b))
	}
	return row
}

func lasted(r *http.Request, first, last time.Time) lang.Word {
	zone := zoneOf(r)
	from, to := lang.Moment(moment(r, first).Text), lang.Moment(moment(r, last).Text)
	switch {
	case from == to:
		return from
	case first.In(zone).Format(time.DateOnly) == last.In(zone).Format(time.DateOnly):
		return lang.Said("{from} to {format}", "from", from, "format", last.In(zone).Format("15:04"))
	}
	return lang.Said("{from} to {to}", "from", from, "to", to)
}

// bearerRow says what speaks for an ID, and what hangs on it. Of a restricted person the ID is not shown: nothing is done with it.
func (s *Server) bearerRow(r *http.Request, t db.Talk, b db.Bearer) views.BearerRow {
	row := views.BearerRow{Evidence: lang.Said("{messages}, {first}", "messages", lang.Counted(b.Messages, "1 message of this conversation bears it", "{n} messages of this conversation bear it"), "first", lasted(r, b.First, b.Last))}
	if row.Frozen = b.Frozen; b.Frozen {
		return row
	}
	row.ID, row.Href, row.Value = b.Subject.ID, subjectHref(b.Subject.Ref), decimal(t.Lead)+"."+string(b.Subject.Ref)
	if b.Late != 0 {
		row.Notes = append(row.Notes, lang.Said("Erasure {late} of this ID would have taken these messages, had they borne it. Labelled now, they are flagged as returned after erasure, and a follow-up erasure can be proposed.", "late", b.Late))
	}
	for _, n := range b.Waits {
		row.Notes = append(row.Notes, lang.Said("Erasure {n} waits for this ID. Its cut-off lies before this label, so it does not take these messages: take a new cut-off, or ask again.", "n", n))
	}
	if b.Held {
		row.Notes = append(row.Notes, "A hold keeps what bears this ID: it will keep these messages too.")
	}
	return row
}

func (s *Server) repairRows(r *http.Request, services map[int64]db.Service) (out []views.RepairRow, err error) {
	list, err := s.store.Repairs(r.Context(), pageRepairs)
	names := s.names(r)
	for _, p := range list {
		row := views.RepairRow{Number: p.Number, Service: services[p.Service].Name, Records: p.Records, By: names.actor(p.By), Made: moment(r, p.Made), Several: p.Several,
			State: views.State{Tone: "ok", Word: "Labelled"}}
		switch {
		case !p.Undone.IsZero():
			row.State = views.State{Tone: "erased", Icon: "ban", Word: "Taken back"}
		case p.Left < p.Records:
			row.State = views.State{Tone: "erased", Word: "Erased since"}
		case who(r).May(auth.Repair):
			row.Undo = "/coverage/repairs/" + decimal(p.Number) + "/undo"
		}
		out = append(out, row)
	}
	return out, err
}

// picksOf reads which conversations get whose label: "123.ref", each conversation once.
func picksOf(values []string) (out []db.Pick, err error) {
	for _, v := range values {
		lead, ref, _ := strings.Cut(v, ".")
		n, wrong := strconv.ParseInt(lead, 10, 64)
		if wrong != nil || ref == "" || slices.ContainsFunc(out, func(p db.Pick) bool { return p.Lead == n }) {
			return nil, db.ErrRepair
		}
		out = append(out, db.Pick{Lead: n, Ref: db.Ref(ref)})
	}
	return out, nil
}

// repairPreview shows what a repair would do before anybody confirms it (law L7).
func (s *Server) repairPreview(r *http.Request) (templ.Component, error) {
	return s.repairPage(r, r.URL.Query()["pick"])
}

func (s *Server) repairPage(r *http.Request, values []string) (v views.RepairPreview, err error) {
	picks, err := picksOf(values)
	if err != nil {
		return v, err
	}
	plan, err := s.store.PlanRepair(r.Context(), picks)
	if err != nil {
		return v, err
	}
	services, err := s.servicesByNumber(r)
	v = views.RepairPreview{Records: plan.Records, Picks: values, Hash: plan.Hash, Late: plan.Late, Conversations: int64(len(plan.Talks))}
	for _, t := range plan.Talks {
		row := s.talkRow(r, t.Talk, services)
		for i := range row.Bearers {
			row.Bearers[i].Chosen = row.Bearers[i].Value == decimal(t.Lead)+"."+string(t.Chosen.Subject.Ref)
		}
		v.Rows = append(v.Rows, row)
	}
	return v, err
}

// submitRepair labels what was shown. Where anything has changed since, it is shown again.
func (s *Server) submitRepair(r *http.Request) (string, error) {
	values := r.PostForm["pick"]
	picks, err := picksOf(values)
	if err != nil {
		return "", err
	}
	done, err := s.store.RepairLabels(r.Context(), who(r).Actor(), picks, text(r, "hash"), text(r, "late") == "yes")
	switch {
	case errors.Is(err, db.ErrLapsed):
		return "", s.repairAgain(r, values, func(v *views.RepairPreview) {
			v.Error = "Something has changed since you read it: a message came in, or a request. This is what it would do now."
		})
	case errors.Is(err, db.ErrLateLabel):
		return "", s.repairAgain(r, values, func(v *views.RepairPreview) { v.LateErr = "Say that you mean it, or leave these conversations out." })
	case err != nil:
		return "", err
	}
	notify(r, "ok", repairedWords(done))
	return "/coverage/conversations", nil
}

func repairedWords(done db.Repaired) lang.Word {
	words := lang.Counted(done.Talks, "{messages}, in 1 conversation.", "{messages}, in {n} conversations.", "messages", lang.Counted(done.Records, "1 message is labelled", "{n} messages are labelled"))
	if done.Late > 0 {
		words += " What an erasure would have taken is flagged on its data subject’s page, where a follow-up is proposed."
	}
	return words
}

// repairAgain is the refusal that shows the preview anew.
func (s *Server) repairAgain(r *http.Request, values []string, say func(*views.RepairPreview)) error {
	v, err := s.repairPage(r, values)
	if err != nil {
		return err
	}
	say(&v)
	return refused{v}
}

// undoRepair takes the labels of one repair back.
func (s *Server) undoRepair(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	if err := s.store.UndoRepair(r.Context(), who(r).Actor(), number); err != nil {
		return "", err
	}
	notify(r, "ok", lang.Said("Repair {number} is taken back: its messages bear no customer ID again.", "number", decimal(number)))
	return "/coverage/conversations", nil
}
