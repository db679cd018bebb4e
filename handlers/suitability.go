package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// suitability is what IBM's documents say of one service, by what is known of it.
func (s *Server) suitability(r *http.Request) (templ.Component, error) {
	return s.suitabilityPage(r, nil)
}

// suitabilityPage is the page of a service, with what was typed in place of what is kept where typed is not nil.
func (s *Server) suitabilityPage(r *http.Request, typed *db.Profile) (v views.Suitability, err error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return v, err
	}
	svc, err := s.store.Service(r.Context(), number)
	if err != nil || svc.Drill || !db.IsWatson(svc.Kind) {
		return v, errors.Join(db.ErrNotFound, err)
	}
	p, err := s.store.Profile(r.Context(), number)
	if err != nil {
		return v, err
	}
	v = views.Suitability{Number: number, Name: svc.Name, Route: p.InEU(), Manage: who(r).May(auth.Services) && svc.Removed.IsZero(), Facts: profileFacts(p)}
	against := int64(0)
	for _, f := range p.Suitability() {
		v.Findings = append(v.Findings, views.SuitFinding{Code: f.Code, Verdict: string(f.Verdict)})
		if f.Verdict == db.Unsuitable || f.Verdict == db.Risky {
			against++
		}
	}
	v.Sentence = suitSentence(against, p.Answered)
	if typed != nil {
		p = *typed
	}
	profileForm(&v, p)
	return v, s.moveOf(r, svc, &v)
}

func suitSentence(against int64, answered bool) lang.Word {
	switch {
	case against > 0:
		return lang.Counted(against, "1 rule speaks against it.", "{n} rules speak against it.")
	case !answered:
		return "Nobody has said yet what it is: made when, where, with what switched on. Until then little can be found."
	}
	return "Nothing that is known of it speaks against it."
}

var yesNo = []views.Coded{{Code: "yes", Words: "Yes"}, {Code: "no", Words: "No"}}

// profileForm fills the form.
func profileForm(v *views.Suitability, p db.Profile) {
	v.Begun, v.Centre = p.Begun, views.Choices(views.DataCentres, p.Centre, "Not known")
	v.Migrated = views.Choices(yesNo, p.Migrated, "Not known")
	v.Plan = []views.Option{{Label: "Not known"}}
	for _, plan := range db.Plans {
		v.Plan = append(v.Plan, views.Option{Value: plan, Label: planWords[plan], Selected: plan == p.Plan})
	}
	lists := map[string]*[]views.Choice{"features": &v.Features, "integrations": &v.Integrations, "uses": &v.Uses}
	for _, tick := range db.Ticks {
		words := views.SuitTicks[tick]
		list := lists[words.List]
		*list = append(*list, views.Choice{Value: tick, Label: words.Words, Ticked: p.Has(tick)})
	}
}

func profileFacts(p db.Profile) []views.KV {
	known := func(words lang.Word) lang.Word {
		if words == "" {
			return "Not known"
		}
		return words
	}
	var ticks []lang.Word
	for _, t := range p.Ticks {
		ticks = append(ticks, views.SuitTicks[t].Words)
	}
	return []views.KV{{Key: "Made on", Value: known(lang.Raw(p.Begun))}, {Key: "Migrated by 1 October 2018", Value: known(views.CodeWords(yesNo, p.Migrated))}, {Key: "Plan", Value: known(planWords[p.Plan])},
		{Key: "Region and data centre", Value: known(views.CodeWords(views.DataCentres, p.Centre))}, {Key: "In use", Value: known(lang.Listed(ticks))}}
}

// moveOf adds how far the move of a service is, and what can take its place.
func (s *Server) moveOf(r *http.Request, svc db.Service, v *views.Suitability) error {
	all, err := s.store.Services(r.Context())
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, o := range all {
		names[o.Number] = o.Name
		if o.Kind == svc.Kind && o.Number != svc.Number && o.Removed.IsZero() {
			v.Successors = append(v.Successors, views.Option{Value: decimal(o.Number), Label: lang.Raw(o.Name)})
		}
	}
	m, err := s.store.Move(r.Context(), svc.Number)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v.Move = &views.ServiceMove{Successor: m.Successor, Name: names[m.Successor], HasKey: m.HasKey(), Revoked: m.KeysRevoked(), Linked: m.Linked, NewLinked: m.NewLinked, Over: !m.Ended.IsZero(),
		OldKeys: m.OldKeys, Started: moment(r, m.Started), Ended: moment(r, m.Ended)}
	keys, err := s.store.KeysOf(r.Context(), svc.Number)
	var last db.APIKey
	for _, k := range keys {
		if k.Live(s.store.Now()) && k.LastUsed.After(last.LastUsed) {
			last = k
		}
	}
	v.Move.LastUsed = moment(r, last.LastUsed)
	return err
}

// submitSuitability keeps what is known of a service.
func (s *Server) submitSuitability(r *http.Request) (string, error) {
	p := db.Profile{Begun: text(r, "begun"), Migrated: text(r, "migrated"), Plan: text(r, "plan"), Centre: text(r, "centre"), Ticks: r.PostForm["tick"]}
	page, err := s.suitabilityPage(r, &p)
	if err != nil {
		return "", err
	}
	if !page.Manage {
		return "", db.ErrMoved // the service was removed meanwhile
	}
	err = s.store.SetProfile(r.Context(), who(r).Actor(), page.Number, p)
	if page.BegunErr, page.Err = said(err, db.ErrProfileDay), said(err, db.ErrProfile); cmp.Or(page.BegunErr, page.Err) != "" {
		return "", refused{page}
	}
	notify(r, "ok", "Saved. The findings below go by it.")
	return suitabilityHref(page.Number), err
}

func suitabilityHref(number int64) string { return serviceHref(number) + "/suitability" }

// submitMove takes the move of a service a step on.
func (s *Server) submitMove(r *http.Request) (string, error) {
	page, err := s.suitabilityPage(r, nil)
	if err != nil {
		return "", err
	}
	if !page.Manage {
		return "", db.ErrMoved
	}
	by := who(r).Actor()
	switch text(r, "step") {
	case "begin":
		err = s.beginMove(r, page)
	case "revoked":
		err = s.store.KeyRevokedThere(r.Context(), by, page.Number)
	case "end":
		err = s.store.EndMove(r.Context(), by, page.Number)
	case "drop":
		err = s.store.DropMove(r.Context(), by, page.Number)
	default:
		page.SuccessorErr = "Choose one of the steps on this page."
		return "", refused{page}
	}
	if errors.Is(err, db.ErrMoving) {
		err = problem{http.StatusConflict, "A step of the move is still open", "The new service needs a key, and the old keys have to be revoked."}
	}
	return suitabilityHref(page.Number) + "#move", err
}

func (s *Server) beginMove(r *http.Request, page views.Suitability) error {
	i := slices.IndexFunc(page.Successors, func(o views.Option) bool { return o.Value == text(r, "successor") })
	if i < 0 {
		page.SuccessorErr = sayIt(db.ErrSuccessor)
		return refused{page}
	}
	successor, err := strconv.ParseInt(page.Successors[i].Value, 10, 64)
	if err != nil {
		return err
	}
	return s.store.BeginMove(r.Context(), who(r).Actor(), page.Number, successor)
}

// queueFacts are what of erasures is on its way to a linked service, and when it is called next.
func queueFacts(r *http.Request, q db.Queue) (facts []views.KV) {
	add := func(key lang.Word, n int64, words lang.Word) {
		if n > 0 {
			facts = append(facts, views.KV{Key: key, Value: lang.Counted(n, "1 part", "{n} parts") + words})
		}
	}
	add("Not sent yet", q.Waiting, "")
	add("Called again", q.Trying, lang.Counted(q.Tries, ", after 1 call at most", ", after {n} calls at most"))
	add("Accepted, not confirmed", q.Unconfirmed, "")
	add("Waiting for a person", q.ByHand, "")
	add("Ended without anybody able to look", q.Unobserved, "")
	if !q.Next.IsZero() {
		facts = append(facts, views.KV{Key: "Next call", Value: lang.Moment(moment(r, q.Next).Text)})
	}
	return facts
}
