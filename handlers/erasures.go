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
	"quittance/db/erasure"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// pageRows is how many rows a list of requests, batches or entries shows.
const pageRows = 50

// erasures lists requests by what can still happen to them.
func (s *Server) erasures(r *http.Request) (templ.Component, error) {
	counts, err := s.store.CountErasures(r.Context())
	if err != nil {
		return nil, err
	}
	tab := tabOf(r.URL.Query().Get("state"))
	list, err := s.store.Erasures(r.Context(), db.ErasureQuery{States: tab.states, Before: before(r), Limit: pageRows + 1})
	if err != nil {
		return nil, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	v := views.Erasures{Find: who(r).May(auth.Search), Bulk: who(r).May(auth.Propose), Tabs: tabs(counts, tab), Rows: s.erasureRows(r, list),
		Empty: views.Empty{Title: "No erasures here", Detail: "An erasure is proposed from the page of a data subject, or filed by an application through the API."}}
	v.Pager = listPager("/erasures?state="+tab.code, before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	return v, nil
}

// tab is one way to look at the list of requests.
type tab struct {
	code   string
	label  lang.Word
	states []erasure.State
}

var erasureTabs = []tab{
	{"", "All", nil},
	{"proposed", "Proposed", []erasure.State{erasure.Proposed}},
	{"scheduled", "Scheduled", []erasure.State{erasure.Scheduled}},
	{"running", "tab|Running", []erasure.State{erasure.Running, erasure.Verifying}},
	{"partial", "Partly done", []erasure.State{erasure.Partial}},
	{"done", "Done", []erasure.State{erasure.Done}},
	{"refused", "Refused", []erasure.State{erasure.Refused}},
	{"withdrawn", "Withdrawn", []erasure.State{erasure.Withdrawn}},
}

func tabOf(code string) tab {
	for _, t := range erasureTabs {
		if t.code == code {
			return t
		}
	}
	return erasureTabs[0]
}

func tabs(counts map[erasure.State]int64, current tab) []views.Tab {
	var out []views.Tab
	for _, t := range erasureTabs {
		var n int64
		for state, k := range counts {
			if t.states == nil || slices.Contains(t.states, state) {
				n += k
			}
		}
		href := "/erasures"
		if t.code != "" {
			href += "?state=" + t.code
		}
		out = append(out, views.Tab{Label: t.label, Href: href, Count: n, Current: t.code == current.code})
	}
	return out
}

// listPager leads through a list that is ordered by number, newest first. There is no way to the page before but the browser's.
func listPager(base string, from, n int64, more bool, last func() int64) views.Pager {
	var p views.Pager
	if from > 0 {
		p.Newer = base
	}
	if more && n > 0 {
		p.Older = base + "&before=" + strconv.FormatInt(last(), 10)
	}
	return p
}

func (s *Server) erasureRows(r *http.Request, list []db.Erasure) []views.ErasureRow {
	names, now := s.names(r), s.store.Now()
	out := make([]views.ErasureRow, len(list))
	for i, e := range list {
		out[i] = views.ErasureRow{Number: e.Number, Subject: subjectOf(r, e), State: stateOf(e.State), Ground: groundWords(e.Ground), ProposedBy: names.actor(e.Proposer),
			Records: e.Manifest.Records(), Proposed: moment(r, e.Proposed), Due: moment(r, e.Deadline), DueIn: dueIn(e, now)}
	}
	return out
}

// subjectOf names the person of a request: by customer ID only to those who may search, and only while the request is open.
func subjectOf(r *http.Request, e db.Erasure) views.SubjectRef {
	if e.Subject != "" && who(r).May(auth.Search) {
		return views.SubjectRef{Text: lang.Raw(e.Subject), Href: subjectHref(e.SubjectRef)}
	}
	return views.SubjectRef{Text: lang.Said("ref {reference}", "reference", views.Short(e.Reference)), Reference: true}
}

func groundWords(code string) lang.Word {
	if code == erasure.GroundAPI {
		return "Filed through the API"
	}
	return views.WordsOf(code)
}

// dueIn is how much of the 24 hours is left, "" when they do not run.
func dueIn(e db.Erasure, now time.Time) lang.Word {
	if e.Deadline.IsZero() || e.State.Ended() {
		return ""
	}
	if left := e.Deadline.Sub(now); left >= 0 {
		return lang.Said("in {left}", "left", lang.Lasting(left))
	}
	return lang.Said("{deadline} late", "deadline", lang.Lasting(now.Sub(e.Deadline)))
}

// newErasure shows what an erasure would take, before it is proposed.
func (s *Server) newErasure(r *http.Request) (templ.Component, error) {
	return s.erasureForm(r, db.Ref(r.URL.Query().Get("subject")))
}

func (s *Server) erasureForm(r *http.Request, ref db.Ref) (views.NewErasure, error) {
	sub, m, err := s.store.Impact(r.Context(), ref)
	if err != nil {
		return views.NewErasure{}, err
	}
	v := views.NewErasure{Token: string(ref), Action: "/erasures", Subject: views.SubjectRef{Text: lang.Raw(sub.ID), Href: subjectHref(ref)}}
	return v, s.fillForm(r, sub.ID, m, &v)
}

// newErasureOf is the form for the ID of a search: nothing here need bear it. The address says which search, never which ID (law L10).
func (s *Server) newErasureOf(r *http.Request) (templ.Component, error) { return s.searchedForm(r) }

func (s *Server) searchedForm(r *http.Request) (views.NewErasure, error) {
	token := r.PathValue("token")
	id, err := s.store.SearchedID(r.Context(), who(r).User.Number, token)
	if err != nil {
		return views.NewErasure{}, err
	}
	m, err := s.store.ImpactOf(r.Context(), id)
	if err != nil {
		return views.NewErasure{}, err
	}
	v := views.NewErasure{Action: "/searches/" + token + "/erasure", Elsewhere: m.Records() == 0, Subject: views.SubjectRef{Text: lang.Raw(id.String()), Href: "/searches/" + token}}
	if m.Records() == 0 && len(m.Calls) == 0 {
		return v, problem{http.StatusConflict, "There is nothing to erase", "No record here bears this ID, and no linked service could be called."}
	}
	return v, s.fillForm(r, id.String(), m, &v)
}

// fillForm adds what an erasure of an ID would take, what it would not, and whom it can leave out.
func (s *Server) fillForm(r *http.Request, id string, m erasure.Manifest, v *views.NewErasure) error {
	services, err := s.servicesByNumber(r)
	if err != nil {
		return err
	}
	v.Manifest, v.Approval = s.manifest(r, m, services), "A compliance officer other than you has to approve it. The cut-off is taken anew when you propose it."
	seen := map[int64]int64{}
	for _, line := range m.Go {
		seen[line.Service] += line.Records
	}
	if err := s.alsoErased(r, id, v, seen); err != nil {
		return err
	}
	for _, n := range sortedKeys(seen) {
		v.Services = append(v.Services, views.ServiceChoice{ID: strconv.FormatInt(n, 10), Name: services[n].Name, Detail: lang.Said("{kind}, {seen}", "kind", kindName(services[n].Kind), "seen", lang.Counted(seen[n], "1 record", "{n} records")), Ticked: true})
	}
	for _, n := range m.Calls {
		v.Services = append(v.Services, views.ServiceChoice{ID: strconv.FormatInt(n, 10), Name: services[n].Name, Detail: lang.Said("{kind}, linked: {services}", "kind", kindName(services[n].Kind), "services", callDetail(services[n])), Ticked: true})
	}
	v.Similar, err = s.nearMisses(r, id, alsoIDs(v.Also))
	return err
}

func alsoIDs(also []views.AlsoErased) (out []string) {
	for _, a := range also {
		out = append(out, lang.InEnglish(a.Subject.Text))
	}
	return out
}

// submitErasure proposes.
func (s *Server) submitErasure(r *http.Request) (string, error) {
	ref := db.Ref(text(r, "subject"))
	v, err := s.erasureForm(r, ref)
	if err != nil {
		return "", err
	}
	return s.propose(r, v, func(p db.Proposal) (int64, error) {
		p.Subject = ref
		return s.store.SubmitErasure(r.Context(), who(r).Actor(), p)
	})
}

// submitErasureOf proposes an erasure of the ID of a search.
func (s *Server) submitErasureOf(r *http.Request) (string, error) {
	v, err := s.searchedForm(r)
	if err != nil {
		return "", err
	}
	return s.propose(r, v, func(p db.Proposal) (int64, error) {
		return s.store.SubmitErasureOf(r.Context(), who(r).Actor(), who(r).User.Number, r.PathValue("token"), p)
	})
}

// propose reads the form and sends on to the request that was made of it.
func (s *Server) propose(r *http.Request, v views.NewErasure, submit func(db.Proposal) (int64, error)) (string, error) {
	p := db.Proposal{Ground: text(r, "reason"), Note: text(r, "note"), Without: map[int64]string{}}
	if !s.readProposal(r, &v, &p) {
		return "", refused{v}
	}
	number, err := submit(p)
	if err != nil {
		return "", err
	}
	words := lang.Said("Erasure {number} is proposed. A second person has to approve it.", "number", decimal(number))
	if len(v.Also) > 0 {
		words = lang.Said("Erasure {number} is proposed, and one for each other ID of the person. A second person has to approve them.", "number", decimal(number))
	}
	notify(r, "ok", words)
	return erasureHref(number), nil
}

// noteLength bounds the note to the officer, in bytes.
const noteLength = 2000

// readProposal reads the form into a proposal, or into the page with what is wrong beside each field.
func (s *Server) readProposal(r *http.Request, v *views.NewErasure, p *db.Proposal) (ok bool) {
	v.Ground, v.Note, ok = p.Ground, p.Note, true
	if !slices.Contains(erasure.Grounds, p.Ground) {
		v.GroundErr, ok = "Choose the ground on which the person asks.", false
	}
	if len(p.Note) > noteLength {
		v.NoteErr, ok = "Keep the note under 2,000 characters.", false
	}
	ticked, left := r.PostForm["service"], 0
	for i := range v.Services {
		c := &v.Services[i]
		if c.Ticked = slices.Contains(ticked, c.ID); c.Ticked {
			left++
			continue
		}
		c.Reason = text(r, "why-"+c.ID)
		if !slices.Contains(erasure.Stays, c.Reason) {
			c.Error, ok = "Say why this service is left out.", false
		}
		n, _ := strconv.ParseInt(c.ID, 10, 64)
		p.Without[n] = c.Reason
	}
	if left == 0 {
		v.ServiceErr, ok = "Leave at least one service in.", false
	}
	return ok
}

func serviceHref(n int64) string { return "/services/" + strconv.FormatInt(n, 10) }

func (s *Server) erasureOf(r *http.Request) (db.Erasure, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.Erasure{}, err
	}
	return s.store.Erasure(r.Context(), number)
}

// erasure is the page of one request, whatever its state.
func (s *Server) erasure(r *http.Request) (templ.Component, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return nil, err
	}
	return s.erasurePage(r, e)
}

// approveErasure is the second pair of eyes. The words have to be typed, and the hash is the one that stood on the page.
func (s *Server) approveErasure(r *http.Request) (string, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return "", err
	}
	v, err := s.erasurePage(r, e)
	if err != nil {
		return "", err
	}
	if v.Approve != nil && !typedAs(r, text(r, "confirm"), v.Approve.Confirm.Words) {
		v.Approve.Confirm.Typed = r.PostFormValue("confirm")
		v.Approve.Confirm.Error = mistyped(v.Approve.Confirm.Words)
		return "", refused{v}
	}
	read := db.Read{e.Number: text(r, "hash")}
	for _, with := range r.PostForm["with"] {
		number, hash, _ := strings.Cut(with, ":")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return "", db.ErrNotFound
		}
		read[n] = hash
	}
	err = s.store.ApproveErasures(r.Context(), who(r).Actor(), read)
	var lapsed *db.Lapsed
	if errors.As(err, &lapsed) {
		return "", s.lapsed(r, e, lapsed)
	}
	if err != nil {
		return "", err
	}
	notify(r, "ok", "Approved. It can be withdrawn until the cancel window ends.")
	return erasureHref(e.Number), nil
}

// refuseErasure says no, with what Art. 12(4) makes us tell the person.
func (s *Server) refuseErasure(r *http.Request) (string, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return "", err
	}
	v, err := s.erasurePage(r, e)
	if err != nil {
		return "", err
	}
	if v.Refuse == nil {
		return "", s.notNow(r, e)
	}
	told := readRefusal(r, v.Refuse)
	if v.Refuse.Open {
		return "", refused{v}
	}
	if err := s.store.RefuseErasure(r.Context(), who(r).Actor(), e.Number, v.Refuse.Ground, told); err != nil {
		return "", err
	}
	notify(r, "", "Refused. Tell the person within one month of their request (Art. 12(4)).")
	return erasureHref(e.Number), nil
}

// notNow is why a form that the page does not offer was sent all the same.
func (s *Server) notNow(r *http.Request, e db.Erasure) error {
	if e.State == erasure.Proposed && e.Proposer == who(r).Actor() {
		return db.ErrFourEyes
	}
	return db.ErrMoved
}

// readRefusal reads the form; Open says that something is wrong with it.
func readRefusal(r *http.Request, v *views.Refusal) db.Told {
	v.Ground, v.Explanation, v.Authority = text(r, "reason"), text(r, "explanation"), text(r, "authority")
	told := r.PostForm["told"]
	v.Complaint, v.Remedy = slices.Contains(told, "complaint"), slices.Contains(told, "remedy")
	if !slices.Contains(erasure.Refusals, v.Ground) {
		v.GroundErr = "Choose the ground of the refusal."
	}
	if v.Explanation == "" || len(v.Explanation) > noteLength {
		v.ExplanationErr = "Give the reasons in a few plain sentences (Art. 12(4))."
	}
	if v.Authority == "" || len(v.Authority) > noteLength {
		v.AuthorityErr = "Name the supervisory authority that the person can complain to."
	}
	if !v.Complaint || !v.Remedy {
		v.ToldErr = "The person must be told of both (Art. 12(4))."
	}
	v.Open = v.GroundErr+v.ExplanationErr+v.AuthorityErr+v.ToldErr != ""
	return db.Told{Explanation: v.Explanation, Authority: v.Authority, Complaint: v.Complaint, Remedy: v.Remedy}
}

func (s *Server) refreshErasure(r *http.Request) (string, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return "", err
	}
	if err := s.store.RefreshErasure(r.Context(), who(r).Actor(), e.Number); err != nil {
		return "", err
	}
	words := lang.Word("A new cut-off was taken. The manifest below is the one to approve.")
	if e.Origin != "console" {
		words = "Counted again, up to the cut-off of its acceptance. The manifest below is the one to approve."
	}
	notify(r, "ok", words)
	return erasureHref(e.Number), nil
}

// withdrawErasure takes a request back: whoever proposed it, or an officer.
func (s *Server) withdrawErasure(r *http.Request) (string, error) {
	e, err := s.erasureOf(r)
	if err != nil {
		return "", err
	}
	if !mayWithdraw(who(r), e) {
		return "", problem{http.StatusForbidden, "This is not yours to withdraw", "Whoever proposed an erasure, or an officer, can withdraw it."}
	}
	if err := s.store.WithdrawErasure(r.Context(), who(r).Actor(), e.Number); err != nil {
		return "", err
	}
	if gone := s.goneBefore(r, e); gone > 0 {
		notify(r, "", lang.Counted(gone, "Withdrawn. 1 record of it was erased before; the others stay.", "Withdrawn. {n} records of it were erased before; the others stay."))
		return erasureHref(e.Number), nil
	}
	notify(r, "", "Withdrawn. Nothing was erased.")
	return erasureHref(e.Number), nil
}

func mayWithdraw(id auth.Identity, e db.Erasure) bool {
	return id.May(auth.Approve) || id.May(auth.Propose) && id.Actor() == e.Proposer
}
