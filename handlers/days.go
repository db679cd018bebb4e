package handlers

import (
	"net/url"
	"slices"
	"time"

	"quittance/db"
	"quittance/views"
	"quittance/views/lang"
)

// shownDays is how many days a list of records offers at once.
const shownDays = 14

// onDays reads the days of an address, which are those of where the reader is; what is none counts as none.
func (f *filters) onDays(q url.Values, zone *time.Location) {
	if day, err := time.ParseInLocation(time.DateOnly, q.Get("day"), zone); err == nil {
		f.day = q.Get("day")
		f.within(day, day.AddDate(0, 0, 1))
	}
	if day, err := time.ParseInLocation(time.DateOnly, q.Get("until"), zone); err == nil {
		f.olderDay, f.daysUntil = q.Get("until"), day
		f.within(f.since, day)
	}
}

// within narrows the time that a list is about.
func (f *filters) within(since, until time.Time) {
	f.since = later(f.since, since)
	if f.until.IsZero() || until.Before(f.until) {
		f.until = until
	}
}

// days puts them into an address.
func (f filters) days(q url.Values) {
	if f.day != "" {
		q.Set("day", f.day)
	}
	if f.olderDay != "" {
		q.Set("until", f.olderDay)
	}
}

// asksRecords tells whether what fits the filters is to be counted: what the facets of service, kind and time counted does not tell it.
func (f filters) asksRecords() bool {
	return f.day != "" || f.olderDay != "" || f.language != "" || len(f.states) > 0
}

// fit sums up what fits the filters of service, kind and time.
func (f filters) fit(held []db.Holding) (n int64) {
	of := func(h db.Holding) int64 { return h.Records }
	for _, w := range writtenWords {
		if w.value == f.written {
			of = func(h db.Holding) int64 { return w.of(h.Written) }
		}
	}
	for _, h := range held {
		if (len(f.services) == 0 || slices.Contains(f.services, h.Service)) && (len(f.kinds) == 0 || slices.Contains(f.kinds, h.Kind)) {
			n += of(h)
		}
	}
	return n
}

// dayFacet offers the newest days on which records were written, and the days before those.
func (l listing) dayFacet(f filters) []views.Facet {
	if len(l.days.Days) == 0 {
		return nil
	}
	facet := views.Facet{Name: "Day"}
	for _, d := range l.days.Days {
		facet.Options = append(facet.Options, views.FacetOption{Label: lang.Moment(writtenDay(d.Date)), Href: f.toggle("day", d.Date), Count: d.Records, AtLeast: d.AtLeast, On: f.day == d.Date})
	}
	if older := l.days.Older; older.Records > 0 {
		last := l.days.Days[len(l.days.Days)-1].Date
		facet.Options = append(facet.Options, views.FacetOption{Label: beforeDay(last), Href: f.olderThan(last), Count: older.Records, AtLeast: older.More})
	}
	return []views.Facet{facet}
}

// writtenDay is a day as people read it.
func writtenDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 Jan 2006")
}

func beforeDay(day string) lang.Word {
	return lang.Said("Before {day}", "day", lang.Moment(writtenDay(day)))
}

// olderThan is the address of what was written before a day, of whatever day that is.
func (f filters) olderThan(day string) string {
	return f.href(func(q url.Values) {
		q.Del("day")
		q.Set("until", day)
	})
}

func (f filters) dayChips() (out []views.Chip) {
	if f.day != "" {
		out = append(out, views.Chip{Text: lang.Moment(writtenDay(f.day)), OffHref: f.toggle("day", f.day)})
	}
	if f.olderDay != "" {
		out = append(out, views.Chip{Text: beforeDay(f.olderDay), OffHref: f.href(func(q url.Values) { q.Del("until") })})
	}
	return out
}
