package handlers

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// holdStates say where a hold stands.
var holdStates = map[erasure.HoldState]views.State{
	erasure.HoldActive:  {Tone: "held", Word: "In force"},
	erasure.HoldLifting: {Tone: "soon", Icon: "clock", Word: "In force, end asked for"},
	erasure.HoldLifted:  {Tone: "erased", Icon: "circle-minus", Word: "Lifted"},
	erasure.HoldExpired: {Tone: "erased", Icon: "clock", Word: "Expired"},
}

func holdState(h db.Hold) views.State { return holdStates[h.State] }

func (s *Server) holdOf(r *http.Request) (db.Hold, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.Hold{}, err
	}
	return s.store.Hold(r.Context(), number)
}

// hold is the page of a hold or a restriction.
func (s *Server) hold(r *http.Request) (templ.Component, error) {
	h, err := s.holdOf(r)
	if err != nil {
		return nil, err
	}
	return s.holdPage(r, h)
}

func (s *Server) holdPage(r *http.Request, h db.Hold) (views.Hold, error) {
	v := views.Hold{Number: h.Number, Kind: holdKind(h), State: holdState(h), Sentence: s.holdSentence(r, h), Due: h.ReviewDue(s.store.Now()), Facts: s.holdFacts(r, h),
		NoteGone: h.State.Ended()}
	if who(r).May(auth.Hold) { // an officer wrote it about a person
		v.Note = h.Note
	}
	kept, err := s.store.KeptBy(r.Context(), h.Number)
	if err != nil {
		return v, err
	}
	for _, k := range kept {
		v.Keeps = append(v.Keeps, target(r, k, h.State.Ended()))
	}
	if v.Facts, err = s.forTicket(r, v.Facts, string(h.Kind), h.Number); err != nil {
		return v, err
	}
	if v.Waits, err = s.waitsFor(r, h); err != nil {
		return v, err
	}
	s.offerHold(r, h, &v)
	v.History, err = s.history(r, audit.ObjectOf(audit.KindHold, h.Number))
	return v, err
}

func (s *Server) holdSentence(r *http.Request, h db.Hold) lang.Word {
	switch {
	case h.State == erasure.HoldLifted:
		return lang.Said("Lifted on {text}. It keeps nothing any more.", "text", lang.Moment(moment(r, h.Ended).Text))
	case h.State == erasure.HoldExpired:
		return "Ended on the day that two officers set. It keeps nothing any more."
	case h.Kind == erasure.Restriction:
		return "The records are stored and nothing else, until it is lifted with notice to the person."
	case h.State == erasure.HoldLifting:
		return "Its end is asked for. It goes on until another officer confirms."
	case h.Expires():
		return lang.Said("It keeps records from erasure until {expiry}, or until two officers lift it.", "expiry", lang.Moment(dayOf(r, h.Expiry)))
	}
	return "It keeps records from erasure until two officers lift it."
}

func (s *Server) holdFacts(r *http.Request, h db.Hold) []views.KV {
	names := s.names(r)
	facts := []views.KV{{Key: "Ground", Value: views.WordsOf(h.Ground)}, {Key: "Placed", Value: lang.Said("{text}, {placedby}", "text", lang.Moment(moment(r, h.Placed).Text), "placedby", names.actor(h.PlacedBy))}}
	add := func(key, value lang.Word) { facts = append(facts, views.KV{Key: key, Value: value}) }
	if h.Custodian != "" && who(r).May(auth.Hold) {
		add("Custodian", lang.Raw(h.Custodian))
	}
	if !h.Review.IsZero() && !h.State.Ended() {
		add("Review", lang.Moment(dayOf(r, h.Review)))
	}
	switch {
	case h.Expires():
		add("Last day", lang.Said("{expiry}, confirmed by {expiryby}", "expiry", lang.Moment(dayOf(r, h.Expiry)), "expiryby", names.actor(h.ExpiryBy)))
	case !h.Expiry.IsZero():
		add("Last day", lang.Said("{expiry}, not confirmed: it ends nothing", "expiry", lang.Moment(dayOf(r, h.Expiry))))
	}
	if h.AskedBy != "" {
		add("End asked for", lang.Said("{text}, {askedby}", "text", lang.Moment(moment(r, h.Asked).Text), "askedby", names.actor(h.AskedBy)))
	}
	if !h.Informed.IsZero() {
		add("Person told", lang.Said("{informed}, {channel}", "informed", lang.Moment(dayOf(r, h.Informed)), "channel", views.ChannelWords(h.Channel)))
	}
	if !h.Ended.IsZero() {
		add("Ended", lang.Said("{text}, {endedby}", "text", lang.Moment(moment(r, h.Ended).Text), "endedby", names.actor(h.EndedBy)))
	}
	return facts
}

// target is one thing that a hold keeps: by customer ID only to those who may search.
func target(r *http.Request, k db.Kept, ended bool) views.HoldTarget {
	search := who(r).May(auth.Search)
	switch {
	case k.Record > 0 && search && k.RecordThere:
		return views.HoldTarget{Subject: views.SubjectRef{Text: lang.Said("Record {record}", "record", decimal(k.Record)), Href: recordHref(k.Record)}}
	case k.Record > 0 && !k.RecordThere:
		return views.HoldTarget{Subject: views.SubjectRef{Text: lang.Said("Record {record}", "record", decimal(k.Record))}, Sub: "Erased since"}
	case k.Record > 0:
		return views.HoldTarget{Subject: views.SubjectRef{Text: lang.Said("Record {record}", "record", decimal(k.Record))}}
	case ended:
		return views.HoldTarget{Subject: views.SubjectRef{Text: lang.Said("ref {reference}", "reference", views.Short(k.Reference)), Reference: true}, Sub: "Kept nothing since its end"}
	case search:
		return views.HoldTarget{Subject: views.SubjectRef{Text: lang.Raw(k.ID), Href: subjectHref(k.Ref)}, Sub: lang.Said("{records} now", "records", lang.Counted(k.Records, "1 record", "{n} records"))}
	}
	return views.HoldTarget{Subject: views.SubjectRef{Text: lang.Said("ref {reference}", "reference", views.Short(k.Reference)), Reference: true}, Sub: lang.Said("{records} now", "records", lang.Counted(k.Records, "1 record", "{n} records"))}
}

// waitsFor lists the erasures that wait for the end of a hold.
func (s *Server) waitsFor(r *http.Request, h db.Hold) (out []views.Link, err error) {
	if h.State.Ended() {
		return nil, nil
	}
	list, err := s.store.Erasures(r.Context(), db.ErasureQuery{States: []erasure.State{erasure.Partial}, Limit: pageRows})
	for _, e := range list {
		lines, err := s.store.Held(r.Context(), e)
		if err != nil {
			return nil, err
		}
		lines = slices.DeleteFunc(lines, func(l erasure.HeldLine) bool { return l.Hold != h.Number })
		if n := erasure.HeldRecords(lines); n > 0 {
			out = append(out, views.Link{Text: lang.Said("Erasure {number}", "number", decimal(e.Number)), Href: erasureHref(e.Number), Sub: lang.Counted(n, "1 record", "{n} records")})
		}
	}
	return out, err
}

// offerHold adds the forms that this person may send now.
func (s *Server) offerHold(r *http.Request, h db.Hold, v *views.Hold) {
	me := who(r).Actor()
	if !who(r).May(auth.Hold) || h.State.Ended() {
		return
	}
	v.Review = &views.Review{}
	if h.Kind == erasure.Restriction {
		v.Release = &views.Release{}
		return
	}
	if !h.Expiry.IsZero() && h.ExpiryBy == "" && h.Expiry.After(s.store.Now()) && h.PlacedBy != me {
		v.Confirm = dayOf(r, h.Expiry)
	}
	v.Ask = h.State == erasure.HoldActive
	v.Keep = h.State == erasure.HoldLifting
	v.Lift = v.Keep && h.AskedBy != me
	if v.Keep && !v.Lift {
		v.Barred = "You asked for its end, so another officer has to confirm it."
	}
}

// confirmHold is the second officer's word on its last day.
func (s *Server) confirmHold(r *http.Request) (string, error) {
	return s.actOnHold(r, "Confirmed: it ends on that day.", func(h db.Hold) error { return s.store.ConfirmExpiry(r.Context(), who(r).Actor(), h.Number) })
}

func (s *Server) askHold(r *http.Request) (string, error) {
	return s.actOnHold(r, "Another officer has to confirm. Until then it goes on.", func(h db.Hold) error { return s.store.AskLift(r.Context(), who(r).Actor(), h.Number) })
}

func (s *Server) keepHold(r *http.Request) (string, error) {
	return s.actOnHold(r, "It stays.", func(h db.Hold) error { return s.store.KeepHold(r.Context(), who(r).Actor(), h.Number) })
}

// liftHold is the second pair of eyes: whoever asked for the end does not confirm it.
func (s *Server) liftHold(r *http.Request) (string, error) {
	return s.actOnHold(r, "Lifted. What waited for it goes on with the next batch.", func(h db.Hold) error { return s.store.LiftHold(r.Context(), who(r).Actor(), h.Number) })
}

func (s *Server) actOnHold(r *http.Request, done lang.Word, act func(db.Hold) error) (string, error) {
	h, err := s.holdOf(r)
	if err == nil {
		err = act(h)
	}
	if err != nil {
		return "", err
	}
	notify(r, "ok", done)
	return holdHref(h.Number), nil
}

// reviewHold says that it stays, and when to look again.
func (s *Server) reviewHold(r *http.Request) (string, error) {
	typed := text(r, "review")
	day, wrong := s.comingDay(r, typed)
	return s.actOnHold(r, "It stays.", func(h db.Hold) error {
		if wrong == "" || h.State.Ended() {
			return s.store.ReviewHold(r.Context(), who(r).Actor(), h.Number, day)
		}
		v, err := s.holdPage(r, h)
		if err != nil {
			return err
		}
		v.Review = &views.Review{On: typed, Error: wrong}
		return refused{v}
	})
}

// releaseHold lifts a restriction after the person was told (Art. 18(3)).
func (s *Server) releaseHold(r *http.Request) (string, error) {
	return s.actOnHold(r, "Lifted. What waited for it goes on with the next batch.", func(h db.Hold) error {
		if h.State.Ended() || h.Kind != erasure.Restriction {
			return db.ErrMoved
		}
		f := views.Release{On: text(r, "informed"), Channel: text(r, "channel")}
		day, wrong := dateOf(r, f.On)
		if f.OnErr = wrong; wrong == "" {
			f.OnErr = toldBefore(day, s.store.Now())
		}
		if !slices.Contains(erasure.Channels, f.Channel) {
			f.ChannelErr = "Say how the person was told."
		}
		if f.OnErr+f.ChannelErr == "" {
			return s.store.LiftRestriction(r.Context(), who(r).Actor(), h.Number, db.Notice{On: day, Channel: f.Channel})
		}
		v, err := s.holdPage(r, h)
		if err != nil {
			return err
		}
		v.Release = &f
		return refused{v}
	})
}
