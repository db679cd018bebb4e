package handlers

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// tenses say in which tense a manifest is told.
var tenses = map[erasure.State]views.Tense{erasure.Proposed: views.Planned, erasure.Scheduled: views.Planned, erasure.Running: views.Underway,
	erasure.Verifying: views.Checked, erasure.Partial: views.Past, erasure.Done: views.Past, erasure.Refused: views.Never, erasure.Withdrawn: views.Never}

// manifest is what an erasure will do, for the form and for the page of the request.
func (s *Server) manifest(r *http.Request, m erasure.Manifest, services map[int64]db.Service) views.Manifest {
	v := views.Manifest{Erase: m.Records(), Shared: m.Shared(), Kept: keptRows(m.Kept, services),
		CutOff: views.CutOff{Seq: m.Cutoff, Taken: moment(r, m.Taken), Age: lang.Ago(s.store.Now().Sub(m.Taken))}}
	unlabelled := map[int64]int64{}
	for _, k := range m.Kept {
		if k.Why == erasure.WhyUnlabelled {
			unlabelled[k.Service] = k.Records
		}
	}
	for _, line := range m.Go {
		svc, row := services[line.Service], views.ManifestRow{Kind: kindCode(line.Kind), Href: serviceHref(line.Service), Erase: line.Records}
		row.Service, row.Where, row.When = svc.Name, kindName(svc.Kind), between(dayOf(r, time.UnixMilli(line.First)), dayOf(r, time.UnixMilli(line.Last)))
		if line.Kind == db.Message.String() && unlabelled[line.Service] > 0 {
			row.Unreachable, row.Why = unlabelled[line.Service], "Not labelled, in the same conversations."
			v.Unreachable += row.Unreachable
		}
		v.Rows = append(v.Rows, row)
	}
	heldManifest(&v, m)
	for _, n := range m.Calls {
		svc := services[n]
		v.Rows = append(v.Rows, views.ManifestRow{Service: svc.Name, Where: kindName(svc.Kind), Href: serviceHref(n), Called: true, Why: callWordsOf(svc)})
	}
	for _, st := range m.Stay {
		svc := services[st.Service]
		v.Stay += st.Records
		v.Rows = append(v.Rows, views.ManifestRow{Service: svc.Name, Where: kindName(svc.Kind), Href: serviceHref(st.Service), Stay: st.Records, Why: views.WordsOf(st.Why)})
	}
	return v
}

// requestManifest is that of a request: with its hash, in the tense of its state, and while it is open with what came in since.
func (s *Server) requestManifest(r *http.Request, e db.Erasure, services map[int64]db.Service) (v views.Manifest, later int64, err error) {
	came, err := s.store.Later(r.Context(), e)
	if err != nil {
		return v, 0, err
	}
	for _, k := range came {
		later += k.Records
	}
	m := e.Manifest
	m.Kept = append(came, m.Kept...)
	v = s.manifest(r, m, services)
	v.Hash, v.Tense = e.ManifestHash, tenses[e.State]
	return v, later, nil
}

// callWords is what an erasure can promise of a service elsewhere (law L2).
const callWords lang.Word = "Linked, not counted here."

// taskWords is the same of a service that nothing calls.
const taskWords lang.Word = "A task for a person, not counted here."

func callDetail(v db.Service) lang.Word {
	if v.Kind == db.Manual {
		return "a person erases there, nothing is counted"
	}
	return "it will be called, nothing is counted there"
}

func callWordsOf(v db.Service) lang.Word {
	if v.Kind == db.Manual {
		return taskWords
	}
	return callWords
}

// keptRows gathers what stays by its reason.
func keptRows(kept []erasure.Kept, services map[int64]db.Service) (out []views.KeptRow) {
	for _, why := range erasure.Whys {
		row := views.KeptRow{Words: views.KeepOf(why).Words, Source: views.KeepOf(why).Source}
		for _, k := range kept {
			if k.Why == why {
				row.Where = append(row.Where, keptWhere(k, services[k.Service].Name))
			}
		}
		if row.Where != nil {
			out = append(out, row)
		}
	}
	return out
}

func keptWhere(k erasure.Kept, name string) lang.Word {
	switch {
	case k.Records == 0:
		return lang.Raw(name)
	case k.Least:
		return lang.Counted(k.Records, "{name}: at least 1 record", "{name}: at least {n} records", "name", name)
	}
	return lang.Counted(k.Records, "{name}: 1 record", "{name}: {n} records", "name", name)
}

// kindCode turns the word that a manifest keeps into the one that a page shows.
func kindCode(word string) lang.Word {
	for k, shown := range recordKinds {
		if k.String() == word {
			return shown
		}
	}
	return lang.Raw(word)
}

// changeRows says in what one manifest differs from another.
func changeRows(changes []erasure.Change, services map[int64]db.Service) (out []views.ChangeRow) {
	for _, c := range changes {
		svc := services[c.Service]
		row := views.ChangeRow{Service: svc.Name, Where: whereHeld(svc), Kind: kindCode(c.Kind), Href: serviceHref(c.Service),
			Was: lang.Figure(c.Was), Now: lang.Figure(c.Now), What: changeWords(c)}
		if c.Called {
			row.Was, row.Now = "not called", "called"
		}
		if c.Dropped {
			row.Was, row.Now = "called", "not called"
		}
		out = append(out, row)
	}
	return out
}

func changeWords(c erasure.Change) lang.Word {
	switch {
	case c.Called:
		return "Linked meanwhile"
	case c.Dropped:
		return "Removed meanwhile"
	}
	var words []lang.Word
	switch {
	case c.Was == 0:
		words = append(words, lang.Counted(c.Now, "New: 1 record", "New: {n} records"))
	case c.Now > c.Was:
		words = append(words, lang.Counted(c.Now-c.Was, "1 more record", "{n} more records"))
	case c.Now < c.Was:
		words = append(words, lang.Counted(c.Was-c.Now, "1 record fewer", "{n} records fewer"))
	}
	switch {
	case c.NowShared > c.WasShared:
		words = append(words, lang.Counted(c.NowShared-c.WasShared, "1 more bears other IDs too", "{n} more bear other IDs too"))
	case c.NowShared < c.WasShared && c.Now > 0:
		words = append(words, lang.Counted(c.WasShared-c.NowShared, "1 fewer bears other IDs", "{n} fewer bear other IDs"))
	}
	return lang.Listed(words)
}

// lapsed is the page of a request whose approval has lapsed: what has changed, and what to do. The form to approve it stays where the manifest
// on the page is one that can be approved.
func (s *Server) lapsed(r *http.Request, e db.Erasure, l *db.Lapsed) error {
	e, err := s.store.Erasure(r.Context(), e.Number)
	if err != nil {
		return err
	}
	v, err := s.erasurePage(r, e)
	if err != nil {
		return err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return err
	}
	v.Push, v.Changed = "", nil // a push would bring the page without its news
	v.Lapsed = &views.Changes{Title: "The manifest has changed", Lapsed: true, Rows: changeRows(l.Changes, services), Lead: lapseWords(l, e)}
	for _, sub := range l.Joined {
		if who(r).May(auth.Search) {
			v.Lapsed.Joined = append(v.Lapsed.Joined, views.SubjectRef{Text: lang.Raw(sub.ID), Href: subjectHref(sub.Ref)})
		}
	}
	for _, n := range l.Parted {
		v.Lapsed.Parted = append(v.Lapsed.Parted, views.Link{Text: lang.Said("Erasure {n}", "n", n), Href: erasureHref(n)})
	}
	if !l.Replaced {
		v.Approve = nil
		v.Lapsed.Refresh, v.Lapsed.Button = erasureHref(l.Erasure)+"/refresh", refreshWords(e)
	}
	return refused{v}
}

func refreshWords(e db.Erasure) lang.Word {
	if e.Origin != "console" {
		return "Count again"
	}
	return "Take a new cut-off"
}

// lapseWords say why an approval does not stand and what comes next.
func lapseWords(l *db.Lapsed, e db.Erasure) lang.Word {
	words := lapseCause(l, e)
	switch {
	case l.Replaced:
		return words
	case e.Origin != "console":
		return lang.Said("{words} Have it counted again, read the new manifest, then approve.", "words", words)
	}
	return lang.Said("{words} It needs a new cut-off. Whoever takes it becomes the proposer, so somebody else has to approve it then.", "words", words)
}

// lapseCause names the erasure where it is another one than that of the page.
func lapseCause(l *db.Lapsed, e db.Erasure) lang.Word {
	own, number := l.Erasure == e.Number, decimal(l.Erasure)
	switch {
	case l.Replaced && own:
		return "The manifest of this erasure was taken anew after you read it. The one below is the new one: read it, then approve."
	case l.Replaced:
		return lang.Said("The manifest of erasure {number} was taken anew after you read it. The one below is the new one: read it, then approve.", "number", number)
	case errors.Is(l, db.ErrAliases) && own:
		return "The data subject of this erasure has changed: an ID was joined with it or parted from it after this was proposed."
	case errors.Is(l, db.ErrAliases):
		return lang.Said("The data subject of erasure {number} has changed: an ID was joined with it or parted from it after this was proposed.", "number", number)
	case errors.Is(l, db.ErrLinked) && own:
		return "A service was linked meanwhile, and this erasure would not call it."
	case errors.Is(l, db.ErrLinked):
		return lang.Said("A service was linked meanwhile, and erasure {number} would not call it.", "number", number)
	case own:
		return "More comes under this erasure than its manifest shows."
	}
	return lang.Said("More comes under erasure {number} than its manifest shows.", "number", number)
}

// changed is what a new cut-off has changed in the manifest of a request that waits, nil where it has always had this one.
func (s *Server) changed(r *http.Request, e db.Erasure, services map[int64]db.Service) (*views.Changes, error) {
	if e.State != erasure.Proposed {
		return nil, nil
	}
	before, err := s.store.Previous(r.Context(), e.Number)
	if err != nil || before == nil {
		return nil, err
	}
	v, age := &views.Changes{Title: "Changed since the manifest before", Rows: changeRows(before.Changes(e.Manifest), services)}, lang.Ago(s.store.Now().Sub(before.Taken))
	if v.Lead = lang.Said("That one was taken {age}.", "age", age); len(v.Rows) == 0 {
		v.Lead = lang.Said("That one was taken {age}. It showed the same.", "age", age)
	}
	return v, nil
}

// differences say in what two IDs differ.
var differences = map[label.Difference]lang.Word{label.InEncoding: "percent-encoding", label.InForm: "Unicode form", label.InCase: "letter case",
	label.InSpaces: "blanks or plus signs", label.InDashes: "dashes", label.InPrefix: "the prefix of an integration", label.InZeros: "leading zeros"}

// nearMisses are the IDs that are like one and are not it, but for some that the page names already.
func (s *Server) nearMisses(r *http.Request, raw string, named []string) ([]views.NearMiss, error) {
	id, err := label.Parse(label.Assistant, raw)
	if err != nil {
		return nil, err
	}
	list, more, err := s.store.NearMisses(r.Context(), id)
	var out []views.NearMiss
	for _, n := range list {
		if !slices.Contains(named, n.ID) {
			out = append(out, views.NearMiss{ID: n.ID, Href: subjectHref(n.Ref), How: differs(n.Differs), Records: n.Records})
		}
	}
	if more {
		out = append(out, views.NearMiss{})
	}
	return out, err
}

func differs(in []label.Difference) lang.Word {
	if len(in) == 0 {
		return "written in another way"
	}
	words := make([]lang.Word, len(in))
	for i, d := range in {
		words[i] = differences[d]
	}
	return lang.Said("differs in {words}", "words", lang.Listed(words))
}
