package clock_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, where the machine has none

	"quittance/db/clock"
)

func day(t testing.TB, s string) clock.Date {
	t.Helper()
	if s == "" {
		return clock.Date{}
	}
	d, err := clock.ParseDate(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func place(t testing.TB, code string) clock.Place {
	t.Helper()
	country, region, _ := strings.Cut(code, "-")
	p, ok := clock.PlaceOf(country, region)
	if !ok {
		t.Fatalf("no place %s", code)
	}
	return p
}

func of(t testing.TB, c clock.Case) clock.Clock {
	t.Helper()
	k, err := clock.Of(c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// law.md, "Some test vectors"; timer is what a program that counts 30 days would have said.
func TestVectors(t *testing.T) {
	for _, v := range []struct{ received, due, extended, timer, ccpa, ccpaMost string }{
		{"2026-01-31", "2026-03-02", "2026-04-30", "2026-03-02", "2026-03-17", "2026-05-01"},
		{"2028-01-31", "2028-02-29", "2028-05-02", "2028-03-01", "2028-03-16", "2028-04-30"},
		{"2026-03-05", "2026-04-07", "2026-06-05", "2026-04-04", "2026-04-19", "2026-06-03"},
		{"2025-11-30", "2025-12-30", "2026-03-02", "2025-12-30", "2026-01-14", "2026-02-28"},
	} {
		received := day(t, v.received)
		eu := of(t, clock.Case{Regime: clock.EU, Place: place(t, "DE"), Received: received})
		us := of(t, clock.Case{Regime: clock.CCPA, Received: received})
		for _, c := range []struct {
			what, want string
			got        clock.Date
		}{
			{"due", v.due, eu.Due}, {"notice", v.due, eu.NoticeBy}, {"refusal", v.due, eu.RefuseBy}, {"extended", v.extended, eu.ExtendedDue},
			{"timer", v.timer, received.AddDays(30)}, {"ccpa", v.ccpa, us.Due}, {"ccpa extended", v.ccpaMost, us.ExtendedDue},
		} {
			if c.got.String() != c.want {
				t.Errorf("received %s: %s is %s, want %s", v.received, c.what, c.got, c.want)
			}
		}
	}
}

func TestDates(t *testing.T) {
	for _, v := range []struct {
		regime                         clock.Regime
		place, received, due, extended string
		acknowledge                    string
	}{
		{clock.EU, "DE", "2024-01-31", "2024-02-29", "2024-04-30", ""},
		{clock.EU, "DE", "2023-01-29", "2023-02-28", "2023-05-02", ""}, // 29 April is a Saturday, 1 May a holiday
		{clock.EU, "DE", "2026-05-31", "2026-06-30", "2026-08-31", ""}, // the 31st of a month of 30 days
		{clock.EU, "DE", "2026-02-28", "2026-03-30", "2026-05-28", ""}, // the 28th, not the last day of March; and over the change of time
		{clock.EU, "DE", "2026-09-25", "2026-10-26", "2026-12-28", ""}, // over the end of summer time; then Christmas on a Friday
		{clock.EU, "DE", "2026-11-25", "2026-12-28", "2027-02-25", ""}, // Christmas on Friday and Saturday
		{clock.EU, "DE", "2025-12-01", "2026-01-02", "2026-03-02", ""}, // New Year
		{clock.EU, "DE", "2026-09-06", "2026-10-06", "2026-12-07", ""},
		{clock.EU, "DE-BY", "2026-07-15", "2026-08-17", "2026-10-15", ""}, // Assumption on a Saturday
		{clock.EU, "DE-BY", "2027-09-01", "2027-10-01", "2027-12-01", ""},
		{clock.EU, "DE-BY", "2026-12-06", "2027-01-07", "2027-03-08", ""}, // Epiphany in Bavaria
		{clock.EU, "DE-BE", "2026-12-06", "2027-01-06", "2027-03-09", ""}, // not in Berlin, which keeps 8 March
		{clock.EU, "FR", "2026-06-14", "2026-07-15", "2026-09-14", ""},
		{clock.EU, "BG", "2026-04-06", "2026-05-07", "2026-07-06", ""},     // 6 May
		{clock.EU, "GR", "2026-03-13", "2026-04-14", "2026-06-15", ""},     // Orthodox Easter Monday
		{clock.EU, "SE", "2026-11-24", "2026-12-24", "2027-02-24", ""},     // Christmas Eve is no public holiday
		{clock.EU, "DK", "2026-05-05", "2026-06-05", "2026-08-05", ""},     // nor is Constitution Day
		{clock.EU, "PT", "2026-03-10", "2026-04-10", "2026-06-10", ""},     // no table: Portugal Day does not count
		{clock.EU, "XX", "2026-11-26", "2026-12-28", "2027-02-26", ""},     // weekends only
		{clock.UK, "GB", "2025-09-03", "2025-10-03", "2025-12-03", ""},     // the ICO's example: 3 September, 3 October
		{clock.UK, "GB", "2026-03-06", "2026-04-07", "2026-06-08", ""},     // Easter Monday
		{clock.UK, "GB-SCT", "2026-03-06", "2026-04-06", "2026-06-08", ""}, // no holiday in Scotland
		{clock.UK, "GB-SCT", "2026-10-30", "2026-12-01", "2027-02-01", ""}, // Saint Andrew's Day; 30 January is a Saturday
		{clock.UK, "GB-NIR", "2026-06-12", "2026-07-14", "2026-09-14", ""}, // 12 July is a Sunday, Monday stands in
		{clock.UK, "GB", "2021-11-25", "2021-12-29", "2022-02-25", ""},     // Christmas on a Saturday: 27 and 28 December stand in
		{clock.UK, "", "2026-01-31", "2026-03-02", "2026-04-30", ""},
		{clock.CCPA, "", "2026-01-31", "2026-03-17", "2026-05-01", "2026-02-13"},
		{clock.CCPA, "US", "2026-06-27", "2026-08-11", "2026-09-25", "2026-07-13"}, // 4 July on a Saturday, kept on Friday
		{clock.CCPA, "DE", "2027-12-20", "2028-02-03", "2028-03-19", "2028-01-05"}, // Christmas is kept on Friday, New Year on Friday 31 December; ends on a Saturday all the same
	} {
		c := clock.Case{Regime: v.regime, Received: day(t, v.received)}
		if v.place != "" {
			c.Place = place(t, v.place)
		}
		k := of(t, c)
		if k.Due.String() != v.due || k.ExtendedDue.String() != v.extended || k.Acknowledge.String() != v.acknowledge {
			t.Errorf("%s %s received %s: due %s, extended %s, acknowledge %s; want %s, %s, %s", v.regime, v.place, v.received,
				k.Due, k.ExtendedDue, k.Acknowledge, v.due, v.extended, v.acknowledge)
		}
	}
}

// The day of receipt is a day where the request came in.
func TestDayOfReceipt(t *testing.T) {
	at := time.Date(2026, 1, 31, 23, 30, 0, 0, time.UTC)
	for code, want := range map[string]string{"DE": "2026-02-01", "GB": "2026-01-31", "US": "2026-01-31", "GR": "2026-02-01", "XX": "2026-01-31"} {
		zone, err := place(t, code).Zone()
		if err != nil {
			t.Fatal(err)
		}
		if got := clock.DateIn(at, zone).String(); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	for _, code := range clock.Countries() {
		for _, region := range clock.Regions(code) {
			if name := place(t, code+"-"+region).Name(); strings.HasSuffix(name, ", ") {
				t.Errorf("%s-%s has no name", code, region)
			}
		}
		if _, err := place(t, code).Zone(); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestSentences(t *testing.T) {
	k := of(t, clock.Case{Regime: clock.EU, Place: place(t, "DE"), Received: day(t, "2026-03-05")})
	said := sentences(k)
	for _, want := range []string{
		"One month of receipt (Art. 12(3) GDPR): 5 April 2026.",
		"5 April 2026 is Easter Sunday and Monday is a public holiday (Ostermontag); the period ends with the last hour of the next working day (Reg. 1182/71 Art. 3(4)): 7 April 2026.",
		"A refusal must be sent, with its reasons and the ways to complain, within the first month; no extension moves it (Art. 12(4) GDPR): 7 April 2026.",
		"With two further months, three months of receipt (Art. 12(3) GDPR): 5 June 2026.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not among\n%s", want, said)
		}
	}
	if said := sentences(of(t, clock.Case{Regime: clock.EU, Place: place(t, "PT"), Received: day(t, "2026-03-05")})); !strings.Contains(said, "Weekends only: no holiday table for PT.") {
		t.Error(said)
	}
}

// What stands beside the deadline is the working of the date that counts, and no other.
func TestBehind(t *testing.T) {
	c := clock.Case{Regime: clock.UK, Received: day(t, "2026-06-01"), Pauses: []clock.Pause{{From: day(t, "2026-06-10"), To: day(t, "2026-06-13"), For: clock.Fee}}}
	if k := of(t, c); strings.Join(behind(k), " ") != "One month of receipt, on the corresponding date (Art. 12A UK GDPR): 2026-07-01. "+
		"The period stood still for 3 days from 2026-06-10, while the person was asked (Art. 12A UK GDPR): 2026-07-04. "+
		"2026-07-04 is a Saturday; the period ends with the last hour of the next working day (ICO guidance on time limits): 2026-07-06." || len(k.Stood) != 1 {
		t.Errorf("%q, %v", behind(k), k.Stood)
	}
	c.Extended, c.Pauses = true, nil
	if k := of(t, c); strings.Join(behind(k), " ") != "With two further months, three months from the start date (Art. 12A UK GDPR): 2026-09-01." || k.Stood != nil {
		t.Errorf("%q, %v", behind(k), k.Stood)
	}
}

func sentences(k clock.Clock) string {
	var b strings.Builder
	for _, s := range k.Steps {
		b.WriteString(s.String() + "\n")
	}
	return b.String()
}

func TestStepForMachines(t *testing.T) {
	k := of(t, clock.Case{Regime: clock.EU, Place: place(t, "DE"), Received: day(t, "2026-01-31")})
	out, err := json.Marshal(k.Steps[2])
	want := `{"rule":"roll","from":"2026-02-28","date":"2026-03-02","sentence":"28 February 2026 is a Saturday; the period ends with the last hour of the next working day (Reg. 1182/71 Art. 3(4)): 2 March 2026.","source":"Reg. 1182/71 Art. 3(4)"}`
	if err != nil || string(out) != want {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
}

func TestPauses(t *testing.T) {
	pause := func(from, to string, why clock.Reason) clock.Pause {
		return clock.Pause{From: day(t, from), To: day(t, to), For: why}
	}
	for name, v := range map[string]struct {
		regime         clock.Regime
		policy         bool
		pauses         []clock.Pause
		due, otherwise string
	}{
		"UK stands still":         {clock.UK, false, []clock.Pause{pause("2026-06-10", "2026-06-17", clock.Identity)}, "2026-07-08", ""},
		"UK, for a fee":           {clock.UK, false, []clock.Pause{pause("2026-06-10", "2026-06-17", clock.Fee)}, "2026-07-08", ""},
		"CCPA never":              {clock.CCPA, true, []clock.Pause{pause("2026-06-10", "2026-06-17", clock.Identity)}, "2026-07-16", ""},
		"EU by policy":            {clock.EU, true, []clock.Pause{pause("2026-06-10", "2026-06-17", clock.Identity)}, "2026-07-08", "2026-07-01"},
		"EU not by policy":        {clock.EU, false, []clock.Pause{pause("2026-06-10", "2026-06-17", clock.Identity)}, "2026-07-01", "2026-07-08"},
		"EU not for a fee":        {clock.EU, true, []clock.Pause{pause("2026-06-10", "2026-06-17", clock.Fee)}, "2026-07-01", ""},
		"answered the same day":   {clock.UK, false, []clock.Pause{pause("2026-06-10", "2026-06-10", clock.Identity)}, "2026-07-01", ""},
		"two that overlap":        {clock.UK, false, []clock.Pause{pause("2026-06-12", "2026-06-17", clock.Fee), pause("2026-06-10", "2026-06-14", clock.Identity)}, "2026-07-08", ""},
		"two, apart":              {clock.UK, false, []clock.Pause{pause("2026-06-10", "2026-06-11", clock.Fee), pause("2026-06-15", "2026-06-17", clock.Identity)}, "2026-07-06", ""},
		"after the end":           {clock.UK, false, []clock.Pause{pause("2026-07-02", "2026-07-09", clock.Identity)}, "2026-07-01", ""},
		"on the last day":         {clock.UK, false, []clock.Pause{pause("2026-07-01", "2026-07-09", clock.Identity)}, "2026-07-09", ""},
		"from the day of receipt": {clock.UK, false, []clock.Pause{pause("2026-06-01", "2026-06-03", clock.Identity)}, "2026-07-03", ""},
	} {
		k := of(t, clock.Case{Regime: v.regime, EUPause: v.policy, Received: day(t, "2026-06-01"), Pauses: v.pauses})
		if k.Due.String() != v.due || k.Otherwise.String() != v.otherwise {
			t.Errorf("%s: due %s, otherwise %q; want %s, %q", name, k.Due, k.Otherwise, v.due, v.otherwise)
		}
	}
}

// A pause in the second month moves the extended date, and no date of the first month.
func TestPauseAfterNotice(t *testing.T) {
	k := of(t, clock.Case{Regime: clock.UK, Received: day(t, "2026-06-01"), Extended: true, Notified: day(t, "2026-06-20"),
		Pauses: []clock.Pause{{From: day(t, "2026-07-13"), To: day(t, "2026-07-15"), For: clock.Clarification}}})
	if k.NoticeBy.String() != "2026-07-01" || k.RefuseBy.String() != "2026-07-01" || k.Deadline().String() != "2026-09-03" {
		t.Errorf("notice %s, refusal %s, deadline %s", k.NoticeBy, k.RefuseBy, k.Deadline())
	}
}

func TestStates(t *testing.T) {
	open := []clock.Pause{{From: day(t, "2026-06-10"), For: clock.Identity}}
	for name, v := range map[string]struct {
		c        clock.Case
		state    clock.State
		left     int
		deadline string
	}{
		"no today":           {clock.Case{}, clock.Unknown, 0, "2026-07-01"},
		"running":            {clock.Case{Today: day(t, "2026-06-23")}, clock.Running, 8, "2026-07-01"},
		"due soon":           {clock.Case{Today: day(t, "2026-06-24")}, clock.DueSoon, 7, "2026-07-01"},
		"on the last day":    {clock.Case{Today: day(t, "2026-07-01")}, clock.DueSoon, 0, "2026-07-01"},
		"overdue":            {clock.Case{Today: day(t, "2026-07-02")}, clock.Overdue, -1, "2026-07-01"},
		"extended":           {clock.Case{Today: day(t, "2026-07-02"), Extended: true, Notified: day(t, "2026-07-01")}, clock.Running, 61, "2026-09-01"},
		"extended, no date":  {clock.Case{Today: day(t, "2026-07-02"), Extended: true}, clock.Running, 61, "2026-09-01"},
		"late notice":        {clock.Case{Today: day(t, "2026-07-03"), Extended: true, Notified: day(t, "2026-07-02")}, clock.LateNotice, -2, "2026-07-01"},
		"paused":             {clock.Case{Today: day(t, "2026-06-20"), Pauses: open}, clock.Paused, 23, "2026-07-13"}, // 11 July is a Saturday
		"paused for months":  {clock.Case{Today: day(t, "2026-10-20"), Pauses: open}, clock.Paused, 21, "2026-11-10"},
		"ended in time":      {clock.Case{Today: day(t, "2026-08-20"), Ended: day(t, "2026-07-01")}, clock.EndedInTime, 0, "2026-07-01"},
		"ended late":         {clock.Case{Today: day(t, "2026-08-20"), Ended: day(t, "2026-07-02")}, clock.EndedLate, -1, "2026-07-01"},
		"ended in the pause": {clock.Case{Today: day(t, "2026-08-20"), Ended: day(t, "2026-06-12"), Pauses: open}, clock.EndedInTime, 21, "2026-07-03"},
	} {
		v.c.Regime, v.c.Received = clock.UK, day(t, "2026-06-01")
		k := of(t, v.c)
		if k.State != v.state || k.DaysLeft != v.left || k.Deadline().String() != v.deadline {
			t.Errorf("%s: %q, %d days, %s; want %q, %d, %s", name, k.State, k.DaysLeft, k.Deadline(), v.state, v.left, v.deadline)
		}
	}
}

func TestNoClock(t *testing.T) {
	june := day(t, "2026-06-01")
	for _, v := range []struct {
		c    clock.Case
		want error
	}{
		{clock.Case{Regime: "lgpd", Received: june}, clock.ErrRegime},
		{clock.Case{Regime: clock.EU}, clock.ErrReceived},
		{clock.Case{Regime: clock.UK, Received: june, Pauses: []clock.Pause{{From: day(t, "2026-05-31")}}}, clock.ErrPauses},
		{clock.Case{Regime: clock.UK, Received: june, Pauses: []clock.Pause{{From: day(t, "2026-06-03"), To: day(t, "2026-06-02")}}}, clock.ErrPauses},
		{clock.Case{Regime: clock.UK, Received: june, Notified: day(t, "2026-05-31")}, clock.ErrNotified},
		{clock.Case{Regime: clock.UK, Received: june, Ended: day(t, "2026-05-31")}, clock.ErrEnded},
	} {
		if _, err := clock.Of(v.c); !errors.Is(err, v.want) {
			t.Errorf("%+v: %v, want %v", v.c, err, v.want)
		}
	}
	for _, code := range []string{"", "D", "DEU", "D3", "DE-XX", "FR-BY", "XX-BY"} {
		country, region, _ := strings.Cut(code, "-")
		if _, ok := clock.PlaceOf(country, region); ok {
			t.Errorf("%q is a place", code)
		}
	}
	for _, s := range []string{"", "2026-02-29", "31.01.2026", "1899-12-31", "2200-01-01", "2026-1-31"} {
		if _, err := clock.ParseDate(s); err == nil {
			t.Errorf("%q is a date", s)
		}
	}
}

func TestAll(t *testing.T) {
	for _, v := range []struct{ place, dues, notes string }{
		{"DE", "2026-04-07 2026-04-07 2026-04-19", "DE GB US"},
		{"GB-SCT", "2026-04-06 2026-04-06 2026-04-19", " GB-SCT US"}, // no country of the EU is named: weekends only
		{"US", "2026-04-06 2026-04-07 2026-04-19", " GB US"},
	} {
		all, err := clock.All(clock.Case{Place: place(t, v.place), Received: day(t, "2026-03-05")})
		if err != nil {
			t.Fatal(err)
		}
		var dues, places []string
		for _, k := range all {
			dues, places = append(dues, k.Due.String()), append(places, k.Place.Code())
		}
		if strings.Join(dues, " ") != v.dues || strings.Join(places, " ") != v.notes {
			t.Errorf("%s: %v at %v", v.place, dues, places)
		}
	}
}

func behind(k clock.Clock) (out []string) {
	for _, s := range k.Behind() {
		out = append(out, s.Sentence(clock.Date.String))
	}
	return out
}
