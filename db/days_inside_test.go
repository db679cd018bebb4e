package db

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// writes stores a message for each time, newest last, all of one customer.
func (h *house) writes(service int64, id string, times ...time.Time) {
	h.t.Helper()
	var in []NewRecord
	for i, when := range times {
		in = append(in, NewRecord{Service: service, Kind: Message, Time: when, Answered: when, Language: "en", OptOut: true, Container: "a1", Session: fmt.Sprint(i), Body: []byte(`{}`), Labels: []label.ID{parsed(id)}})
	}
	if _, err := h.Ingest(h.ctx, audit.System, in, nil); err != nil {
		h.t.Fatal(err)
	}
}

// Days are those of the reader's zone, and each counts what the list of that day shows, over the change of the clocks too.
func TestDaysOf(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	utc := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	h.writes(v, "anna", utc(2, 22, 59), utc(2, 23, 0), utc(3, 12, 0), utc(28, 22, 59), utc(28, 23, 0), utc(29, 21, 59), utc(29, 22, 0))
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		zone *time.Location
		most int
		want string
	}{
		{time.UTC, 9, "2026-03-29:2 2026-03-28:2 2026-03-03:1 2026-03-02:2 older 0"},
		{berlin, 9, "2026-03-30:1 2026-03-29:2 2026-03-28:1 2026-03-03:2 2026-03-02:1 older 0"},
		{berlin, 2, "2026-03-30:1 2026-03-29:2 older 4"},
	} {
		got, err := h.DaysOf(h.ctx, RecordQuery{Subject: "anna"}, tt.zone, tt.most)
		var words []string
		for _, d := range got.Days {
			words = append(words, fmt.Sprintf("%s:%d", d.Date, d.Records))
			page, _, perr := h.Records(h.ctx, RecordQuery{Subject: "anna", Since: d.Start, Until: d.Start.AddDate(0, 0, 1), Limit: 50})
			if perr != nil || int64(len(page)) != d.Records || d.AtLeast {
				t.Errorf("%s in %s: the list shows %d (%v), the facet %+v", d.Date, tt.zone, len(page), perr, d)
			}
		}
		if words = append(words, fmt.Sprint("older ", got.Older.Records)); err != nil || strings.Join(words, " ") != tt.want {
			t.Errorf("in %s at most %d: %s (%v), want %s", tt.zone, tt.most, strings.Join(words, " "), err, tt.want)
		}
	}
}

// Of a loud customer so many of the newest are counted, and what was not looked at is said: by the last day, by what is older, and by a count of what fits.
func TestDaysAndCountsAreBounded(t *testing.T) {
	h := openHouse(t)
	v, end := h.service().Number, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var times []time.Time
	for i := range 2*TraitRecords + 200 { // 800 on the newest day, 800 on the one before, 600 on the third
		times = append(times, end.Add(-time.Duration(i/800*24)*time.Hour-time.Duration(i%800+1)*time.Second))
	}
	h.writes(v, "anna", times[:1500]...)
	h.writes(v, "anna", times[1500:]...)
	all := RecordQuery{Subject: "anna"}
	got, err := h.DaysOf(h.ctx, all, time.UTC, 14)
	if err != nil || len(got.Days) != 2 || got.Days[0].AtLeast || got.Days[0].Records != 800 || !got.Days[1].AtLeast || got.Days[1].Records != 200 || got.Older != (Counted{Records: 600}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := h.DaysOf(h.ctx, all, time.UTC, 1); err != nil || got.Days[0].AtLeast || got.Older != (Counted{TraitRecords, true}) {
		t.Errorf("%+v, %v", got, err)
	}
	french, late := all, all
	french.Language, late.Until = "fr", end.AddDate(0, 0, -2)
	for _, tt := range []struct {
		q    RecordQuery
		want Counted
	}{{all, Counted{TraitRecords, true}}, {french, Counted{0, true}}, {late, Counted{600, false}}} {
		if got, err := h.Count(h.ctx, tt.q); err != nil || got != tt.want {
			t.Errorf("%+v: %+v, %v", tt.q, got, err)
		}
	}
}

// A restricted person's records are in the list, and nothing of what they say: no facet about that counts them, and no list narrowed by it shows them
// (Art. 18(2)). The records of others, and one that two people share, are no exception to either.
func TestFacetsOfRestricted(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	h.writes(v, "anna", h.Now())
	h.writes(v, "ben", h.Now())
	shared := NewRecord{Service: v, Kind: Message, Time: h.Now(), Answered: h.Now(), Language: "en", OptOut: true, Container: "a1", Session: "s", Body: []byte(`{}`), Labels: []label.ID{parsed("ben"), parsed("anna")}}
	if _, err := h.Ingest(h.ctx, audit.System, []NewRecord{shared}, nil); err != nil {
		t.Fatal(err)
	}
	sub, _, err := h.SubjectOf(h.ctx, parsed("anna"))
	if err == nil {
		_, err = h.PlaceHold(h.ctx, "user/1", NewHold{Kind: erasure.Restriction, Ground: "18-1-a", Subject: sub.Ref, Review: h.Now().AddDate(0, 1, 0)})
	}
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int64{"anna": 0, "ben": 1} {
		q := RecordQuery{Subject: id, Limit: 10}
		traits, err := h.TraitsOf(h.ctx, q)
		days, derr := h.DaysOf(h.ctx, q, time.UTC, 14)
		if err != nil || derr != nil || traits.Languages["en"] != want || traits.OptedOut != want || len(days.Days) != 1 || days.Days[0].Records != 2 {
			t.Errorf("%s: %+v (%v), %+v (%v)", id, traits, err, days, derr)
		}
		for _, n := range []Narrow{{Language: "en"}, {OptedOut: true}} {
			q.Narrow = n
			page, _, err := h.Records(h.ctx, q)
			count, cerr := h.Count(h.ctx, q)
			if err != nil || cerr != nil || int64(len(page)) != want || count.Records != want {
				t.Errorf("%s %+v: the list has %d (%v), counted %+v (%v), want %d", id, n, len(page), err, count, cerr, want)
			}
		}
	}
}
