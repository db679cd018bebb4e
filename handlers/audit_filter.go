package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/views"
	"quittance/views/lang"
)

// trailFilter is what the address of the audit trail asks for: as it is shown, and as the store is asked.
type trailFilter struct {
	shown views.AuditFilter
	query db.AuditQuery
	below int64 // a page further down: entries below this number; -1 = not asked for
	after int64 // the page before: entries above this number; -1 = not asked for
	past  int64 // how many entries of the list stand on newer pages
}

var actorForm = regexp.MustCompile(`^(operator|system|visitor|(user|key)/[1-9][0-9]{0,8})$`)

func trailFilterOf(r *http.Request) trailFilter { return trailFilterFrom(r, r.URL.Query()) }

// trailFilterFrom reads a filter from an address or a form.
func trailFilterFrom(r *http.Request, q url.Values) trailFilter {
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	v := views.AuditFilter{Actor: get("actor"), Act: get("act"), Object: get("object"), From: get("from"), To: get("to")}
	v.On = v.Actor+v.Act+v.Object+v.From+v.To != ""
	v.Acts = actOptions(v.Act)
	if v.Actor != "" && !actorForm.MatchString(v.Actor) {
		v.ActorErr = "Write an actor as it stands in the trail: user/3, key/12, operator, system or visitor."
	}
	if _, _, ok := audit.Object(v.Object).Split(); v.Object != "" && !ok {
		v.ObjectErr = "Write an object as it stands in the trail: erasure/7 or service/2."
	}
	f := trailFilter{query: db.AuditQuery{Actor: audit.Actor(v.Actor), Event: knownAct(v.Act), Object: audit.Object(v.Object)}}
	f.query.From, f.query.To, v.FromErr, v.ToErr = days(r, v.From, v.To)
	f.shown, f.below, f.after, f.past = v, numberOr(q.Get("before"), -1), numberOr(q.Get("after"), -1), max(0, numberOr(q.Get("past"), 0))
	return f
}

// knownAct is an event of the closed list, or the first word of some; anything else would stand in an address and find nothing.
func knownAct(act string) string {
	for _, e := range audit.Events() {
		if word, _, _ := strings.Cut(string(e.Event), "."); act == string(e.Event) || act == word {
			return act
		}
	}
	return ""
}

// actOptions is the closed list of events, with one choice for all. They are called by their codes, as in the files: a hundred sentences
// would weigh more than all the rest of the page, and each row has its own.
func actOptions(chosen string) []views.Option {
	out := []views.Option{{Label: "All acts", Selected: chosen == ""}}
	for _, e := range audit.Events() {
		out = append(out, views.Option{Value: string(e.Event), Label: lang.Raw(string(e.Event)), Selected: chosen == string(e.Event)})
	}
	return out
}

// days reads a range of days in the reader's zone; the last day is meant too, so the end is the midnight after it.
func days(r *http.Request, from, to string) (since, until time.Time, fromErr, toErr lang.Word) {
	since, fromErr = dateOf(r, from)
	until, toErr = dateOf(r, to)
	if until.IsZero() {
		return since, until, fromErr, toErr
	}
	if until.Before(since) {
		toErr = "This day lies before the first one."
	}
	return since, until.AddDate(0, 0, 1), fromErr, toErr
}

// dateOf reads a day as the beginning of it in the reader's zone; "" is the zero time.
func dateOf(r *http.Request, text string) (time.Time, lang.Word) {
	if text == "" {
		return time.Time{}, ""
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zoneOf(r))
	if err != nil || day.Year() < 2000 || day.Year() > 9998 {
		return time.Time{}, "Write a day as year, month and day: 2026-03-31."
	}
	return day, ""
}

// numberOr reads a whole number, or gives the other one.
func numberOr(digits string, otherwise int64) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

func (f trailFilter) wrong() bool {
	return f.shown.ActorErr != "" || f.shown.ObjectErr != "" || f.shown.FromErr != "" || f.shown.ToErr != ""
}

func (f trailFilter) nothing() lang.Word {
	if f.shown.On {
		return "Nothing in the audit trail matches this filter. Clear it to see all entries."
	}
	return "There are no entries on this page of the trail."
}

// pager leads to the pages beside this one. The addresses carry entry numbers, and how many entries were passed on the way.
func (f trailFilter) pager(entries []db.AuditEntry, more bool, total int64) views.Pager {
	n := int64(len(entries))
	p := views.Pager{Total: total}
	if f.looksFor() && total > db.CountedEntries {
		p.Total, p.AtLeast = db.CountedEntries, true
	}
	if n == 0 {
		return p
	}
	p.From, p.To = f.past+1, f.past+n
	back, start := f.after >= 0, f.after < 0 && f.below < 0
	if back || more {
		p.Older = f.href("before", entries[n-1].Number, f.past+n)
	}
	if !start && (!back || more) {
		p.Newer = f.href("after", entries[0].Number, max(0, f.past-pageEntries))
	}
	return p
}

// looksFor tells that entries have to be looked for, by more than their day.
func (f trailFilter) looksFor() bool {
	return f.query.Actor != "" || f.query.Event != "" || f.query.Object != ""
}

// href is the address of the same list, elsewhere in it.
func (f trailFilter) href(way string, number, past int64) string {
	q := url.Values{way: {strconv.FormatInt(number, 10)}}
	for name, value := range map[string]string{"actor": f.shown.Actor, "act": f.shown.Act, "object": f.shown.Object, "from": f.shown.From, "to": f.shown.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if past > 0 {
		q.Set("past", strconv.FormatInt(past, 10))
	}
	return "/audit?" + q.Encode()
}
