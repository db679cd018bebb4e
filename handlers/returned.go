package handlers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// returnedState marks a record that came in under an erased ID.
var returnedState = views.State{Tone: "risk", Word: "Returned after erasure"}

// returnedNote is what came in under an ID after an erasure of it, with what this person may do about it; nil for nothing.
func (s *Server) returnedNote(r *http.Request, sub db.Subject) (*views.Returned, error) {
	ret, err := s.store.Returned(r.Context(), sub.ID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	v := &views.Returned{Records: ret.Records, Erasure: ret.Erasure, Ended: moment(r, ret.Ended), Open: ret.FollowUp, AskGround: asksGround(ret)}
	if who(r).May(auth.Propose) && ret.FollowUp == 0 {
		v.Erase = subjectHref(sub.Ref) + "/returned/erase"
	}
	if who(r).May(auth.Approve) {
		v.Dismiss = subjectHref(sub.Ref) + "/returned/dismiss"
	}
	return v, err
}

func asksGround(ret db.Return) bool { return !slices.Contains(erasure.Grounds, ret.Ground) }

// followUp proposes to erase what came in after an erasure.
func (s *Server) followUp(r *http.Request) (string, error) {
	ref, ground := db.Ref(r.PathValue("ref")), text(r, "reason")
	if ground != "" && !slices.Contains(erasure.Grounds, ground) {
		return "", s.returnRefused(r, ref, func(v *views.Returned) { v.GroundErr = "Choose the ground on which the person asks." })
	}
	number, err := s.store.FollowUp(r.Context(), who(r).Actor(), ref, ground)
	if errors.Is(err, db.ErrGround) {
		return "", s.returnRefused(r, ref, func(v *views.Returned) { v.GroundErr = "Choose the ground on which the person asks." })
	}
	if err != nil {
		return "", err
	}
	notify(r, "ok", "A follow-up is proposed, with a new cut-off. A second person has to approve it.")
	return erasureHref(number), nil
}

// dismissReturn says that what came in is meant to be there.
func (s *Server) dismissReturn(r *http.Request) (string, error) {
	ref, why := db.Ref(r.PathValue("ref")), text(r, "why")
	if !slices.Contains(erasure.Dismissals, why) {
		return "", s.returnRefused(r, ref, func(v *views.Returned) { v.Reason, v.ReasonErr = why, "Choose why it is meant to be there." })
	}
	if err := s.store.DismissReturn(r.Context(), who(r).Actor(), ref, why); err != nil {
		return "", err
	}
	notify(r, "ok", "The flag is taken away. What comes in from now on is not flagged either, until another erasure has ended.")
	return subjectHref(ref), nil
}

// returnRefused is the page of the data subject with what is wrong beside the field.
func (s *Server) returnRefused(r *http.Request, ref db.Ref, mark func(*views.Returned)) error {
	sub, err := s.store.Subject(r.Context(), ref)
	if err != nil {
		return err
	}
	v, err := s.subjectPage(r, sub)
	if err != nil {
		return err
	}
	if v.Returned == nil {
		return db.ErrNotFound
	}
	mark(v.Returned)
	return refused{v}
}

// homeReturned lists of whom something came in after an erasure, for those who may look for data subjects; others see the alarm.
func (s *Server) homeReturned(r *http.Request, v *views.Home) error {
	if !who(r).May(auth.Search) {
		return nil
	}
	list, total, err := s.store.Returns(r.Context(), homeRows)
	v.ReturnedAll = total
	for _, ret := range list {
		row := views.ReturnedRow{Subject: views.SubjectRef{Text: lang.Raw(ret.Subject.ID), Href: subjectHref(ret.Subject.Ref)}, Records: ret.Records, Erasure: ret.Erasure,
			Ended: moment(r, ret.Ended), Open: ret.FollowUp}
		if !asksGround(ret) {
			row.Erase = subjectHref(ret.Subject.Ref) + "/returned/erase"
		}
		v.Returned = append(v.Returned, row)
	}
	return err
}

// wasErased answers whether an ID was erased, on the page of the search itself: the ID stands in no address and is kept nowhere.
func (s *Server) wasErased(r *http.Request) (templ.Component, error) {
	raw := text(r, "id")
	id, err := label.Parse(label.Assistant, raw)
	if err != nil {
		return nil, s.refusedSearch(r, func(v *views.Search) {
			v.Erased = views.WasErased{ID: r.PostFormValue("id"), Error: sentence(err)}
		})
	}
	a, err := s.store.Asked(r.Context(), who(r).User.Number, id)
	if err != nil {
		return nil, err
	}
	past, err := s.pastErasures(r, a)
	if err != nil {
		return nil, err
	}
	v, err := s.emptySearch(r)
	v.Erased = views.WasErased{ID: raw, Asked: true, Past: past, Since: moment(r, a.Since)}
	return v, err
}

func ended(r *http.Request, e db.PastErasure) lang.Word {
	if e.Ended.IsZero() {
		return " and has not finished"
	}
	return lang.Said(" and finished on {text}", "text", lang.Moment(moment(r, e.Ended).Text))
}

// pastErasures are the accepted erasures of an ID, a sentence for each.
func (s *Server) pastErasures(r *http.Request, a db.Answer) ([]views.PastErasure, error) {
	services, err := s.servicesByNumber(r)
	return pastWords(r, a, services), err
}

func pastWords(r *http.Request, a db.Answer, services map[int64]db.Service) (out []views.PastErasure) {
	for _, e := range a.Erasures {
		p := views.PastErasure{Number: e.Number, Words: lang.Said("An erasure of this ID was accepted on {text}", "text", lang.Moment(moment(r, e.Accepted).Text))}
		if e.Service != 0 {
			p.Words = lang.Said("An erasure of this ID at {name} was accepted on {text}", "name", services[e.Service].Name, "text", lang.Moment(moment(r, e.Accepted).Text))
		}
		if e.State != "" {
			p.Href = erasureHref(e.Number)
			p.Words += ended(r, e)
		}
		out = append(out, p)
	}
	return out
}

// kinFacts lead to what a request belongs to: its list, the erasure that it follows up, the one that follows it up.
func (s *Server) kinFacts(r *http.Request, e db.Erasure) (out []views.KV, err error) {
	k, err := s.store.Kin(r.Context(), e.Number)
	if err != nil {
		return nil, err
	}
	if k.Bulk != 0 {
		out = append(out, views.KV{Key: "List", Value: lang.Raw(decimal(k.Bulk)), Href: bulkHref(k.Bulk)})
	}
	if k.Follows != 0 {
		out = append(out, views.KV{Key: "Follows up", Value: lang.Said("Erasure {follows}", "follows", decimal(k.Follows)), Href: erasureHref(k.Follows)})
	}
	if k.Followed != 0 {
		out = append(out, views.KV{Key: "Followed up by", Value: lang.Said("Erasure {followed}", "followed", decimal(k.Followed)), Href: erasureHref(k.Followed)})
	}
	return out, nil
}
