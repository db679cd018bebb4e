package views

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"quittance/views/lang"
)

func madeMonth() Ruler {
	r := Ruler{Lead: "22 days left", Sub: "Due 7 Apr 2026", Label: "22 days left. Received 5 Mar 2026, due 7 Apr 2026.", Name: "Deadline under the EU GDPR",
		Used: 11. / 33, Soon: 26. / 33, Start: "5 Mar 2026", Due: "Due 7 Apr 2026", Today: true,
		Bands: []Band{{"pause", 5. / 33, 8. / 33, "Stood still from 10 Mar 2026 to 13 Mar 2026"}, {"more", 30. / 33, 1, "Extension, from 4 Apr 2026"}},
		Says:  []lang.Word{"One month of receipt (Art. 12(3) GDPR): 5 Apr 2026."}}
	for n := 1; n < 33; n++ {
		t := Tick{At: float64(n) / 33}
		if n%7 == 0 {
			t.Label = "12 Mar"
		}
		r.Ticks = append(r.Ticks, t)
	}
	return r
}

func TestLegalClockPage(t *testing.T) {
	form := LegalClock{
		Received: Field{Name: "received", Label: "Received", Type: "date", Value: "2026-03-05", Required: true},
		Country:  Field{Name: "country", Label: "Country", Type: "select", Value: "DE", Required: true, Options: []Option{{Value: "DE", Label: "Germany"}, {Value: "DE-BY", Label: "Germany, BY"}}},
		Asked:    Field{Name: "asked", Label: "Person asked", Type: "date"},
		Answered: Field{Name: "answered", Label: "Person answered", Type: "date"},
		Extended: Field{Name: "extended", Label: "Extended", Type: "checkbox", Value: "yes"},
	}
	render(t, "clock_form", form)
	full := form
	full.Laws = []LawClock{{ID: "eu-gdpr", Name: "EU GDPR", Ruler: madeMonth(), Working: []lang.Word{"One month of receipt (Art. 12(3) GDPR): 5 Apr 2026."}}, {ID: "ccpa", Name: "CCPA"}}
	full.Rows = []LawRow{{"Answer", []lang.Word{"7 Apr 2026", "19 Apr 2026"}}}
	page := render(t, "clock", full)
	for _, want := range []string{`>Today<`, `aria-label="Deadline under the EU GDPR"`, `class="f-held"`, `Stood still from 10 Mar 2026 to 13 Mar 2026`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	form.Received.Value, form.Received.Error = "x", "Give a date of the years 1900 to 2199."
	render(t, "clock_refused", form)
}

// A ruler without a day of its own, as beside a case that has ended, shows no mark of today.
func TestRulerEnded(t *testing.T) {
	r := madeMonth()
	r.Ended, r.Lead, r.Label = true, "Ended in time", "Ended in time."
	page := render(t, "ruler_ended", templ.Component(deadlineRuler(r)))
	if strings.Contains(page, ">Today<") || !strings.Contains(page, ">Due 7 Apr 2026<") {
		t.Error("an ended case shows today, or no due date")
	}
}

// Late is red with a word on every width, as on the list and on the overview, and the due mark stands where today would lie beyond the ruler.
func TestRulerLate(t *testing.T) {
	r := madeMonth()
	r.Late, r.Used, r.Lead = true, 1, "8 days late"
	page := render(t, "ruler_late", templ.Component(deadlineRuler(r)))
	for _, want := range []string{`class="st over"`, `class="used f-over"`, `<rect class="f-over" width="1000.0"`, ">Due 7 Apr 2026<"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, ">Today<") {
		t.Error("a day beyond the ruler is marked on it")
	}
	due := time.Date(2026, 4, 7, 12, 0, 0, 0, time.UTC)
	for now, late := range map[time.Time]bool{due: false, due.Add(time.Second): true} {
		if got := HourRuler(due.Add(-24*time.Hour), now, due, time.UTC, "approval").Late; got != late {
			t.Errorf("at %v late is %v, want %v", now, got, late)
		}
	}
}
