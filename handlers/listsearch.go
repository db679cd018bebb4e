package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// searchedLines bounds a list that is looked up. Each line is several questions, and a page that is read line by line is no way to read more.
const searchedLines = 1000

// submitListSearch keeps a list of customer IDs that somebody looks up, so that no address has to carry it (law L10).
func (s *Server) submitListSearch(r *http.Request) (string, error) {
	raw := r.PostFormValue("ids")
	l, err := label.ReadLines(raw, false)
	box := views.ListBox{Text: strings.ToValidUTF8(raw, "\ufffd")}
	switch {
	case errors.Is(err, label.ErrLong) || err == nil && len(l.Valid)+len(l.Repeats)+len(l.Faults) > searchedLines:
		box.Error = "A list that is looked up has at most 1,000 lines. Split it. A list to be erased may have 10,000."
	case err != nil:
		return "", err
	case len(l.Valid) == 0:
		box.Error = nothingValid(l)
	}
	if box.Error != "" {
		return "", s.refusedSearch(r, func(v *views.Search) { v.List = box })
	}
	token, err := s.store.SearchList(r.Context(), who(r).User.Number, raw, l.Valid)
	return foundHref(token), err
}

func listHref(token string) string { return "/lists/" + token }

func foundHref(token string) string { return listHref(token) + "/found" }

// foundList is a list with what is known of each of its IDs.
type foundList struct {
	lines     label.Lines
	standings []db.Standing // of lines.Valid
}

func (s *Server) foundList(r *http.Request) (l foundList, err error) {
	if l.lines, err = s.store.List(r.Context(), who(r).User.Number, r.PathValue("token")); err != nil {
		return l, err
	}
	if len(l.lines.Valid) > searchedLines {
		return l, db.ErrNotFound // it was typed to be erased, and is looked at there
	}
	l.standings, err = s.store.Standings(r.Context(), l.lines.Valid)
	return l, err
}

// shows are the parts of a list that can be shown alone, by the word that stands in the address.
var shows = []struct {
	word  string
	label lang.Word
	is    func(db.Standing) bool
}{
	{"", "All", func(db.Standing) bool { return true }},
	{"known", "Known here", func(v db.Standing) bool { return v.Known }},
	{"unknown", "Not known here", func(v db.Standing) bool { return !v.Known }},
	{"erased", "Erased before", func(v db.Standing) bool { return v.Erased }},
	{"similar", "With similar IDs", func(v db.Standing) bool { return v.Similar }},
}

// among are the places in the list of the lines that a part has.
func (l foundList) among(is func(db.Standing) bool) (out []int) {
	for i, v := range l.standings {
		if is(v) {
			out = append(out, i)
		}
	}
	return out
}

// found shows what a search for each ID of a list would find, a page at a time.
func (s *Server) found(r *http.Request) (templ.Component, error) {
	l, err := s.foundList(r)
	if err != nil {
		return nil, err
	}
	services, err := s.servicesByNumber(r)
	if err != nil {
		return nil, err
	}
	token := r.PathValue("token")
	v := views.ListSearch{Lines: l.sorted(), Services: hosted(services), AskedAt: moment(r, s.store.Now()), Elsewhere: linkedNames(services)}
	chosen := 0
	for i, part := range shows {
		n := len(l.among(part.is))
		if part.word != "" && part.word == r.URL.Query().Get("show") {
			chosen = i
		}
		v.Tabs = append(v.Tabs, views.Tab{Label: part.label, Href: foundAt(token, part.word, 0), Count: int64(n)})
	}
	v.Tabs[chosen].Current = true
	page, pager := l.page(shows[chosen].word, l.among(shows[chosen].is), numberOr(r.URL.Query().Get("after"), 0), token)
	v.Pager = pager
	for _, i := range page {
		row, err := s.foundRow(r, l.lines.Valid[i], l.standings[i], services)
		if err != nil {
			return nil, err
		}
		v.Rows = append(v.Rows, row.FoundRow)
	}
	if who(r).May(auth.Propose) {
		v.EraseHref = listHref(token)
	}
	if who(r).May(auth.ExportRecords) {
		v.CSVAction = listHref(token) + "/csv"
	}
	return v, nil
}

// foundAt is the address of a part of a list ("" = all of it) behind a line (0 = from its beginning).
func foundAt(token, show string, after int) string {
	q := url.Values{}
	if show != "" {
		q.Set("show", show)
	}
	if after > 0 {
		q.Set("after", decimal(int64(after)))
	}
	return withQuery(foundHref(token), q)
}

// sorted is what each line is, as the page of a list to be erased shows it.
func (l foundList) sorted() (v views.IDList) {
	for i, line := range l.lines.Valid {
		if l.standings[i].Known {
			v.Known++
		} else {
			v.Unknown = append(v.Unknown, line.ID.String())
		}
	}
	v.Repeats, v.Faults = sortedOut(l.lines)
	return v
}

// sortedOut are the lines of a list that name no further ID, ready to read.
func sortedOut(l label.Lines) (repeats []views.ListRepeat, faults []views.ListFault) {
	for _, d := range l.Repeats {
		repeats = append(repeats, views.ListRepeat{Line: int64(d.Number), First: int64(d.First)})
	}
	for _, f := range l.Faults {
		faults = append(faults, views.ListFault{Line: int64(f.Number), Text: f.Short(), Why: lang.Said("A customer ID {reason}.", "reason", fromBelow(f.Err.Reason))})
	}
	return repeats, faults
}

// page are the places behind a line of the list, as many as a page has. The addresses of its neighbours carry numbers of lines.
func (l foundList) page(show string, among []int, after int64, token string) ([]int, views.Pager) {
	from, ok := slices.BinarySearchFunc(among, after, func(i int, line int64) int { return l.lines.Valid[i].Number - int(line) })
	if ok {
		from++
	}
	to := min(from+pageRecords, len(among))
	p := views.Pager{From: int64(min(from+1, to)), To: int64(to), Total: int64(len(among))}
	href := func(last int) string {
		if last < 0 {
			return foundAt(token, show, 0)
		}
		return foundAt(token, show, l.lines.Valid[among[last]].Number)
	}
	if to < len(among) {
		p.Older = href(to - 1)
	}
	if from > 0 {
		p.Newer = href(from - pageRecords - 1)
	}
	return among[from:to], p
}

// foundID is one line with what a file says of it.
type foundID struct {
	views.FoundRow
	ref  string
	held []db.Holding
	past []db.PastErasure
}

// foundRow looks one ID up as a search for it does, but for the linked services: a list would ask them a thousand times.
func (s *Server) foundRow(r *http.Request, line label.Line, st db.Standing, services map[int64]db.Service) (f foundID, err error) {
	id := line.ID.String()
	f.FoundRow = views.FoundRow{Line: int64(line.Number), ID: id, State: views.State{Tone: "wait", Icon: "circle-minus", Word: "Not known here"}}
	ids, err := s.idsOf(r, id)
	if err != nil {
		return f, err
	}
	if st.Known {
		if err := s.foundKnown(r, line.ID, ids, &f); err != nil {
			return f, err
		}
	}
	named := make([]string, len(ids))
	for i, own := range ids {
		named[i] = own.String()
	}
	if st.Similar {
		if f.Near, err = s.nearMisses(r, id, named); err != nil {
			return f, err
		}
	}
	if st.Erased {
		a, err := s.store.WasErased(r.Context(), line.ID)
		if err != nil {
			return f, err
		}
		f.past, f.Past = a.Erasures, pastWords(r, a, services)
	}
	return f, nil
}

// foundKnown adds what is held under an ID that records here bear, and under those of the same person.
func (s *Server) foundKnown(r *http.Request, id label.ID, ids []label.ID, f *foundID) error {
	sub, ok, err := s.store.SubjectOf(r.Context(), id)
	if err != nil || !ok {
		return err
	}
	f.ref, f.Href = string(sub.Ref), subjectHref(sub.Ref)
	f.held, err = s.store.Holdings(r.Context(), db.RecordQuery{Subject: sub.ID, Person: len(ids) > 1})
	if err != nil || len(f.held) == 0 {
		return err
	}
	first, last := span(f.held)
	f.Records, f.Where = total(f.held), lang.Said("{held}, {first}", "held", lang.Counted(servicesOf(f.held), "1 service", "{n} services"), "first", between(dayOf(r, first), dayOf(r, last)))
	if len(ids) > 1 {
		f.Where = lang.Said("under {ids} IDs of one person, {where}", "ids", lang.Figure(int64(len(ids))), "where", f.Where)
	}
	f.State, err = s.foundState(r, ids)
	return err
}

func servicesOf(held []db.Holding) int64 {
	seen := map[int64]bool{}
	for _, h := range held {
		seen[h.Service] = true
	}
	return int64(len(seen))
}

// foundState is what matters most of a data subject: a restriction, a hold, an open erasure.
func (s *Server) foundState(r *http.Request, ids []label.ID) (views.State, error) {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	holds, frozen, err := s.subjectHolds(r, texts)
	switch {
	case err != nil || frozen:
		return frozenState, err
	case len(holds) > 0:
		return heldState, nil
	}
	open, err := s.erasuresOf(r, texts, openStates, 1)
	if len(open) > 0 {
		return pendingState, err
	}
	return views.State{Tone: "ok", Icon: "tag", Word: "Known here"}, err
}

// foundCSV streams what is known of each line, by its number and by reference: no ID stands in the file. It is written down before the first
// line leaves.
func (s *Server) foundCSV(w http.ResponseWriter, r *http.Request) {
	l, err := s.foundList(r)
	var services map[int64]db.Service
	if err == nil {
		services, err = s.servicesByNumber(r)
	}
	if err == nil {
		_, err = s.store.Access(r.Context(), who(r).User.Number, "export", 0, "list as CSV", audit.ListExported, map[string]int64{audit.CountLabels: int64(len(l.lines.Valid))})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := newCSV(w, "list.csv")
	out.Row("line", "result", "reference", "records", "services", "first written (UTC)", "last written (UTC)", "erasures accepted", "similar IDs")
	for i, line := range l.lines.Valid {
		f, err := s.foundRow(r, line, l.standings[i], services)
		if err != nil {
			s.cutShort(r, err, "a CSV of a list")
		}
		out.Row(f.cells()...)
	}
	for _, d := range l.lines.Repeats {
		out.Row(decimal(int64(d.Number)), "repeats line "+decimal(int64(d.First)), "", "", "", "", "", "", "")
	}
	for _, d := range l.lines.Faults {
		out.Row(decimal(int64(d.Number)), "no customer ID", "", "", "", "", "", "", "")
	}
	out.Flush()
}

func (f foundID) cells() []string {
	var numbers []string
	for _, e := range f.past {
		numbers = append(numbers, decimal(e.Number))
	}
	cells := []string{decimal(f.Line), strings.ToLower(lang.InEnglish(f.State.Word)), f.ref, decimal(f.Records), decimal(servicesOf(f.held)), "", "", strings.Join(numbers, " "), decimal(int64(len(f.Near)))}
	if len(f.held) > 0 {
		first, last := span(f.held)
		cells[5], cells[6] = stampOf(first), stampOf(last)
	}
	return cells
}
