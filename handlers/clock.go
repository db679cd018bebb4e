package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"quittance/db/clock"
	"quittance/views"
	"quittance/views/lang"
)

// legalClock shows by when a request must be answered under each law. It reads and keeps nothing, and its address has only dates.
func (s *Server) legalClock(r *http.Request) (templ.Component, error) {
	v := clockForm(r)
	if !r.URL.Query().Has("received") {
		v.Received.Value = clock.DateIn(s.store.Now(), zoneOf(r)).String()
		return v, nil
	}
	c, ok := clockCase(&v)
	if !ok {
		return nil, refused{v}
	}
	c.Extended = v.Extended.Checked
	if zone, err := c.Place.Zone(); err == nil && c.Place.Name() != "" {
		c.Today = clock.DateIn(s.store.Now(), zone)
	}
	all, err := clock.All(c)
	if err != nil {
		v.Asked.Error = sayIt(err)
		return nil, refused{v}
	}
	for _, k := range all {
		v.Laws = append(v.Laws, lawClock(k, c))
	}
	v.Rows = lawRows(all)
	return v, nil
}

// clockForm is the form as it was sent.
func clockForm(r *http.Request) views.LegalClock {
	q := r.URL.Query()
	date := func(name string, label lang.Word) views.Field {
		return views.Field{Name: name, Label: label, Type: "date", Value: q.Get(name)}
	}
	v := views.LegalClock{Received: date("received", "Received"), Asked: date("asked", "Person asked"), Answered: date("answered", "Person answered")}
	v.Received.Required = true
	v.Asked.Hint, v.Answered.Hint = "For identification", "The pause ends"
	v.Country = views.Field{Name: "country", Label: "Country", Type: "select", Value: q.Get("country"), Required: true, Hint: "Of the controller", Options: byName(r, clockPlaces())}
	if v.Country.Value == "" {
		v.Country.Value = "DE"
	}
	v.Extended = views.Field{Name: "extended", Label: "Extended", Type: "checkbox", Value: "yes", Checked: q.Get("extended") == "yes"}
	return v
}

// clockPlaces offers every country that has a line in the clock's table, with its regions.
func clockPlaces() (out []views.Option) {
	for _, code := range clock.Countries() {
		out = append(out, views.Option{Value: code, Label: countryWords[code]})
		for _, region := range clock.Regions(code) {
			part, _ := clock.PlaceOf(code, region)
			out = append(out, views.Option{Value: part.Code(), Label: placeName(part)})
		}
	}
	return out
}

// byName sorts choices by their names in the reader's language.
func byName(r *http.Request, all []views.Option) []views.Option {
	name := func(o views.Option) string { return withoutUmlauts.Replace(lang.T(r.Context(), o.Label)) }
	slices.SortStableFunc(all, func(a, b views.Option) int { return strings.Compare(name(a), name(b)) })
	return all
}

// withoutUmlauts writes names as German sorts them (DIN 5007-1).
var withoutUmlauts = strings.NewReplacer("Ä", "A", "Ö", "O", "Ü", "U", "ä", "a", "ö", "o", "ü", "u", "ß", "ss")

// clockCase reads the form. What is wrong stands beside its field.
func clockCase(v *views.LegalClock) (c clock.Case, ok bool) {
	country, region, _ := strings.Cut(v.Country.Value, "-")
	if c.Place, ok = clock.PlaceOf(country, region); !ok {
		v.Country.Error = "Choose a country of the list."
	}
	c.Received, ok = dateField(&v.Received, ok)
	if v.Asked.Value == "" && v.Answered.Value == "" {
		return c, ok
	}
	p := clock.Pause{For: clock.Identity}
	p.From, ok = dateField(&v.Asked, ok)
	if v.Answered.Value != "" {
		p.To, ok = dateField(&v.Answered, ok)
	}
	c.Pauses = []clock.Pause{p}
	return c, ok
}

// dateField reads a date; ok says whether it and all before it could be read.
func dateField(f *views.Field, ok bool) (clock.Date, bool) {
	d, err := clock.ParseDate(f.Value)
	if err != nil {
		f.Error = "Give a date of the years 1900 to 2199."
		return clock.Date{}, false
	}
	return d, ok
}

// lawRows are the dates of the laws side by side.
func lawRows(all []clock.Clock) []views.LawRow {
	rows := []views.LawRow{{Name: "Confirm receipt"}, {Name: "Answer"}, {Name: "Tell of an extension, with reasons"}, {Name: "Refuse, with reasons"}, {Name: "Answer, if extended"}, {Name: "The last day, if pauses count otherwise"}}
	for _, k := range all {
		for i, d := range []clock.Date{k.Acknowledge, k.Due, k.NoticeBy, k.RefuseBy, k.ExtendedDue, k.Otherwise} {
			rows[i].Dates = append(rows[i].Dates, lang.Moment(dayWords(d)))
		}
	}
	return slices.DeleteFunc(rows, func(r views.LawRow) bool {
		return !slices.ContainsFunc(r.Dates, func(d lang.Word) bool { return d != lang.Moment(noDay) })
	})
}

// noDay stands where a law has no such date.
const noDay = "–"

// dayWords writes a date as all pages do.
func dayWords(d clock.Date) string {
	if d.IsZero() {
		return noDay
	}
	return d.Format("2 Jan 2006")
}

func lawClock(k clock.Clock, c clock.Case) views.LawClock {
	v := views.LawClock{ID: string(k.Regime), Name: views.CodeWords(views.Regimes, string(k.Regime)), Ruler: rulerOf(k, c.Today)}
	v.Ruler.Says = nil // the whole working stands below
	for _, s := range k.Steps {
		v.Working = append(v.Working, stepSaid(k.Place, s))
	}
	return v
}

// rulerOf draws a legal clock: from the day of receipt to the deadline, with today, the last week, the pauses and the extension. Tickets show it too.
func rulerOf(k clock.Clock, today clock.Date) views.Ruler {
	last := k.Deadline()
	u := rule{k.Received, float64(k.Received.Days(last))}
	v := views.Ruler{Name: lang.Said("Deadline under the {name}", "name", views.CodeWords(views.Regimes, string(k.Regime))), Today: true, Ended: today.IsZero() || !k.Ended.IsZero() || today.Before(k.Received),
		Soon: u.at(last.AddDays(-7)), Start: dayWords(k.Received), Due: lang.Said("Due {last}", "last", lang.Moment(dayWords(last))), Ticks: u.ticks(), Bands: u.bands(k), Says: stepsSaid(k)}
	if at := k.Ended; !at.IsZero() {
		v.Used = u.at(at)
	} else if !today.IsZero() {
		v.Used = u.at(today)
	}
	v.Lead, v.Sub, v.Late = leadOf(k), v.Due, !v.Ended && last.Before(today)
	if k.Extended {
		v.Sub = lang.Said("Due {last}, extended", "last", lang.Moment(dayWords(last)))
	}
	v.Label = lang.Said("{lead}. Received {start}, due {last}.", "lead", v.Lead, "start", lang.Moment(v.Start), "last", lang.Moment(dayWords(last)))
	return v
}

// leadOf is how the case stands, in a few words.
func leadOf(k clock.Clock) lang.Word {
	days := lang.Counted(int64(max(k.DaysLeft, -k.DaysLeft)), "1 day", "{n} days")
	switch k.State {
	case clock.Unknown:
		return lang.Moment(dayWords(k.Deadline()))
	case clock.EndedInTime:
		return "Ended in time"
	case clock.EndedLate:
		return lang.Said("Ended {days} late", "days", days)
	case clock.Paused:
		return lang.Said("Paused, {days} left", "days", days)
	}
	switch {
	case k.DaysLeft < 0:
		return lang.Said("{days} late", "days", days)
	case k.DaysLeft == 0:
		return "Due today"
	}
	return lang.Said("{days} left", "days", days)
}

// rule measures days on a ruler.
type rule struct {
	start clock.Date
	whole float64
}

// at is the place of a day, from 0 to 1.
func (u rule) at(d clock.Date) float64 {
	return min(1, max(0, float64(u.start.Days(d))/u.whole))
}

// ticks marks the days, or the weeks where there would be too many days, and labels some six of them.
func (u rule) ticks() (out []views.Tick) {
	step := 1
	if u.whole > 130 {
		step = 7
	}
	labels := 7 * max(1, int(u.whole)/7/6)
	for n := step; n < int(u.whole); n += step {
		t := views.Tick{At: float64(n) / u.whole}
		if n%labels == 0 && u.whole-float64(n) > u.whole/24 {
			t.Label = u.start.AddDays(n).Format("2 Jan")
		}
		out = append(out, t)
	}
	return out
}

func (u rule) bands(k clock.Clock) (out []views.Band) {
	for _, s := range k.Stood {
		out = append(out, views.Band{Kind: "pause", At: u.at(s.From), Ends: u.at(s.To), Label: lang.Said("Stood still from {from} to {to}", "from", lang.Moment(dayWords(s.From)), "to", lang.Moment(dayWords(s.To)))})
	}
	if k.Extended {
		out = append(out, views.Band{Kind: "more", At: u.at(k.Due), Ends: 1, Label: lang.Said("Extension, from {due}", "due", lang.Moment(dayWords(k.Due)))})
	}
	return out
}
