package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/filter"
	"quittance/db/label"
	"quittance/views"
	"quittance/views/lang"
)

// searchTime is how long one page of a filter may look for messages.
const searchTime = 3 * time.Second

// submitFilter keeps a filter over the messages of all services, so that the address does not have to carry it (law L10).
func (s *Server) submitFilter(r *http.Request, typed string) (string, error) {
	token, err := s.store.SubmitFilter(r.Context(), who(r).User.Number, typed)
	var wrong *filter.Error
	if errors.As(err, &wrong) {
		return "", s.refusedSearch(r, func(v *views.Search) {
			fields := v.Advanced.Fields
			v.Advanced = misread(typed, wrong)
			v.Advanced.Fields = fields
		})
	}
	return "/searches/" + token, err
}

// misread is the box with what was typed, cut at the place of the error. What is no text at all is shown as far as it is one.
func misread(typed string, e *filter.Error) views.Advanced {
	before, after := strings.ToValidUTF8(typed[:min(e.Pos, len(typed))], "\uFFFD"), strings.ToValidUTF8(typed[min(e.Pos, len(typed)):], "\uFFFD")
	_, size := utf8.DecodeRuneInString(after)
	place := lang.Word("At the end")
	if after != "" {
		place = lang.Said("At character {before}", "before", lang.Figure(int64(utf8.RuneCountInString(before)+1)))
	}
	return views.Advanced{Filter: before + after, Open: true, Error: lang.Said("{place}: {reason}.", "place", place, "reason", fromBelow(e.Reason)), Mend: mendWords(db.MendFilter(typed, e)), Before: before, At: after[:size], After: after[size:]}
}

// matches is one page of what a filter finds.
func (s *Server) matches(r *http.Request, asked db.Search) (templ.Component, error) {
	now := s.store.Now()
	f := filtersOf(r, now)
	l := listing{}
	var err error
	if l.services, err = s.servicesByNumber(r); err != nil {
		return nil, err
	}
	q := db.LogQuery{Filter: asked.Filter, Both: true, NoBody: true, Limit: pageRecords, After: f.before,
		Effort: &db.Effort{Until: time.Now().Add(searchTime), Rows: s.conf.SearchRows}}
	if f.after != (db.Place{}) {
		q.After, q.OldestFirst = f.after, true
	}
	l.records, l.more, err = s.store.Logs(r.Context(), q)
	var broad *db.TooBroad
	if err != nil && !errors.As(err, &broad) {
		return nil, err
	}
	if q.OldestFirst {
		slices.Reverse(l.records)
	}
	if err := s.pendingMatches(r, &l); err != nil {
		return nil, err
	}
	if l.keepers, err = s.keepers(r, l.records); err != nil {
		return nil, err
	}
	v := views.Matches{Box: views.Advanced{Filter: asked.Text, Fields: s.filterFields(r)}, Services: talking(l.services), AskedAt: moment(r, now), Rows: l.rows(r), Pager: l.pager(f)}
	v.Pager.Total = -1 // nobody counted
	if !db.AsksForPerson(asked.Filter) {
		v.SaveAction = "/searches/" + r.PathValue("token") + "/save"
	}
	if broad != nil {
		v.Reached, v.On = moment(r, time.UnixMilli(broad.Reached.Time)), f.on(q.OldestFirst, broad.Reached)
		further(&v.Pager, q.OldestFirst, v.On)
	}
	return v, nil
}

// pendingMatches reads the open requests for the IDs of a page of many people's records, so that each says what its own page says.
func (s *Server) pendingMatches(r *http.Request, l *listing) (err error) {
	if l.labels, err = s.labels(r, l.records); err != nil {
		return err
	}
	for _, id := range idsIn(l.labels) {
		list, err := s.store.Erasures(r.Context(), db.ErasureQuery{Subject: id, States: openStates, Limit: 20})
		if err != nil {
			return err
		}
		l.pending = append(l.pending, pendingOf(list)...)
	}
	return nil
}

// idsIn are the IDs of labels, each once.
func idsIn(labels map[int64][]db.Label) (ids []string) {
	for _, bears := range labels {
		for _, l := range bears {
			ids = append(ids, l.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// talking counts the services whose messages lie here: no other can be asked by a filter.
func talking(all map[int64]db.Service) (n int) {
	for _, v := range all {
		if v.Hosting == "hosted" && v.Kind == label.Assistant {
			n++
		}
	}
	return n
}

// hosted counts the services whose data lies here: no other is asked.
func hosted(all map[int64]db.Service) (n int) {
	for _, v := range all {
		if v.Hosting == "hosted" {
			n++
		}
	}
	return n
}

// linkedNames names the linked services: what they hold is not asked for with the page, and it says so (law L11).
func linkedNames(all map[int64]db.Service) (names []string) {
	for _, n := range sortedKeys(all) {
		if v := all[n]; v.Linked() && v.Removed.IsZero() {
			names = append(names, v.Name)
		}
	}
	return names
}

// further leads on from where the search stopped, and not from the last of what it found.
func further(p *views.Pager, newer bool, href string) {
	if newer {
		p.Newer = href
	} else {
		p.Older = href
	}
}

// on is the address of what lies behind a place.
func (f filters) on(newer bool, p db.Place) string {
	name := "before"
	if newer {
		name = "after"
	}
	return f.base + "?" + url.Values{name: {placeText(p)}}.Encode()
}
