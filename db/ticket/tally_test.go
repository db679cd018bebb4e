package ticket

import (
	"reflect"
	"slices"
	"testing"
)

func TestMedianAndMean(t *testing.T) {
	for _, c := range []struct {
		days         []int
		median, mean float64
		p95, longest int
	}{
		{nil, 0, 0, 0, 0},
		{[]int{0}, 0, 0, 0, 0},
		{[]int{7}, 7, 7, 7, 7},
		{[]int{3, 4}, 3.5, 3.5, 4, 4},
		{[]int{30, 1, 2}, 2, 11, 30, 30},
		{[]int{1, 2, 3, 94}, 2.5, 25, 94, 94},
		{[]int{1, 1, 2}, 1, 1.3, 2, 2},
		{[]int{1, 2, 2}, 2, 1.7, 2, 2},
		{[]int{0, 0, 0, 1}, 0, 0.3, 1, 1}, // 0.25: halves go upwards
		{[]int{20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 10.5, 10.5, 19, 20},
	} {
		var facts []Fact
		for _, d := range c.days {
			facts = append(facts, Fact{Outcome: Fulfilled, Days: d})
		}
		got := Total(facts, func(Fact) bool { return true })
		if got.Median != c.median || got.Mean != c.mean || got.P95 != c.p95 || got.Longest != c.longest || got.Answered != int64(len(c.days)) {
			t.Errorf("%v: median %g, mean %g, p95 %d, longest %d of %d", c.days, got.Median, got.Mean, got.P95, got.Longest, got.Answered)
		}
	}
}

// A fact of several tickets counts as they would one by one.
func TestFactsThatAreAlike(t *testing.T) {
	alike := []Fact{{Outcome: Fulfilled, Days: 3, Late: true, More: 2}, {Outcome: Denied, Days: 9, Extended: true, Stood: true, More: 1}, {Outcome: Pending, More: 4}, {Outcome: Twice, More: 6}, {Outcome: Fulfilled, Days: 40}}
	var each []Fact
	for _, f := range alike {
		n := int(1 + f.More)
		f.More = 0
		each = append(each, slices.Repeat([]Fact{f}, n)...)
	}
	all := func(Fact) bool { return true }
	if got, want := Total(alike, all), Total(each, all); !reflect.DeepEqual(got, want) || got.Tickets != 11 || got.Answered != 6 {
		t.Errorf("together %+v, one by one %+v", got, want)
	}
}

// Each state has one outcome, and only what is over without an answer to a question about the person is unverified.
func TestOutcomes(t *testing.T) {
	for state := range Moves {
		if o := OutcomeOf(state, false, ""); !slices.Contains(Counted, o) || state.Ended() == (o == Pending) {
			t.Errorf("%s counts as %q", state, o)
		}
	}
	for _, c := range []struct {
		state State
		kept  bool
		asked string
		want  Outcome
	}{{Answered, false, ForIdentity, Fulfilled}, {Answered, true, "", InPart}, {Refused, false, ForIdentity, Denied}, {Abandoned, false, ForIdentity, Unverified},
		{Abandoned, false, ForFee, GivenUp}, {Withdrawn, false, ForIdentity, TakenBack}, {Waiting, false, ForIdentity, Pending}} {
		if got := OutcomeOf(c.state, c.kept, c.asked); got != c.want {
			t.Errorf("%s, asked %q: %s, want %s", c.state, c.asked, got, c.want)
		}
	}
}

func TestPeriod(t *testing.T) {
	p := Period{"2026-01-31", "2026-02-28"}
	for day, want := range map[string]bool{"": false, "2026-01-30": false, "2026-01-31": true, "2026-02-28": true, "2026-03-01": false} {
		if p.Has(day) != want {
			t.Errorf("%q: %v", day, !want)
		}
	}
	if (Period{}).Has("") || !(Period{}).Has("1999-01-01") {
		t.Error("a period without bounds")
	}
}

// A request stands under the month in which it came and under that in which it ended; one that came twice stands nowhere. What was done
// tells answers of one month apart.
func TestMonths(t *testing.T) {
	facts := []Fact{
		{Right: Erasure, Regime: EU, Outcome: Fulfilled, Received: "2026-01-31", Ended: "2026-02-03", Days: 3},
		{Right: Erasure, Regime: EU, Outcome: Twice, Received: "2026-01-31", Ended: "2026-02-01", Days: 1},
		{Right: Access, Regime: UK, Outcome: Denied, Ground: "12-2", Received: "2026-02-01", Ended: "2026-02-02", Days: 1},
		{Right: Access, Regime: UK, Outcome: Pending, Received: "2026-03-01"},
		{Right: Objection, Regime: UK, Outcome: Fulfilled, Done: "21-3", Received: "2026-03-01"},
		{Right: Objection, Regime: UK, Outcome: Fulfilled, Done: "21-1", Received: "2026-03-02"},
	}
	var got []Line
	for _, l := range Months(facts, Period{From: "2026-02-01"}) {
		if l.Sum.Tickets != 1 {
			t.Errorf("%+v counts %d", l.Line, l.Sum.Tickets)
		}
		got = append(got, l.Line)
	}
	want := []Line{{ByReceipt, "2026-02", UK, Access, Denied, "12-2", ""}, {ByReceipt, "2026-03", UK, Access, Pending, "", ""},
		{ByReceipt, "2026-03", UK, Objection, Fulfilled, "", "21-1"}, {ByReceipt, "2026-03", UK, Objection, Fulfilled, "", "21-3"},
		{ByEnd, "2026-02", EU, Erasure, Fulfilled, "", ""}, {ByEnd, "2026-02", UK, Access, Denied, "12-2", ""}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

// A deletion of images is a request to delete, portability one to know; a restriction is none of the metrics, and other laws have none.
func TestYearly(t *testing.T) {
	facts := []Fact{
		{Right: Erasure, Regime: CCPA, Outcome: Fulfilled, Received: "2025-12-31", Days: 4},
		{Right: Images, Regime: CCPA, Outcome: InPart, Received: "2025-01-01", Days: 7},
		{Right: Erasure, Regime: CCPA, Outcome: Denied, Ground: "12-2", Received: "2025-05-05", Days: 45},
		{Right: Erasure, Regime: CCPA, Outcome: Twice, Received: "2025-05-05"},
		{Right: Portability, Regime: CCPA, Outcome: Unverified, Received: "2025-05-05", Days: 90},
		{Right: Restriction, Regime: CCPA, Outcome: Fulfilled, Received: "2025-05-05", Days: 1},
		{Right: Access, Regime: CCPA, Outcome: Pending, Received: "2026-01-01"},
		{Right: Erasure, Regime: EU, Outcome: Fulfilled, Received: "2024-05-05", Days: 1},
		{Right: Erasure, Regime: CCPA, Outcome: Fulfilled, Received: "2023-05-05", Ended: "2025-01-02", Days: 600},
	}
	got := Yearly(facts, Period{From: "2024-01-01"})
	if len(got) != 6 || got[0].Year != "2025" || got[0].Metric.Code != "delete" || got[5].Year != "2026" || got[5].Metric.Code != "know" {
		t.Fatalf("%+v", got)
	}
	if d := got[0]; d.Sum.Tickets != 3 || d.Complied() != 2 || d.Sum.By[InPart] != 1 || d.Sum.By[Denied] != 1 || d.NotVerifiable != 1 || d.Sum.Median != 7 || d.Sum.Mean != 18.7 {
		t.Errorf("delete: %+v", d)
	}
	if k := got[2]; k.Sum.Tickets != 1 || k.Sum.By[Unverified] != 1 || k.Sum.Answered != 0 || k.Sum.Median != 0 {
		t.Errorf("know: %+v", k)
	}
	if c := got[1]; c.Sum.Tickets != 0 || c.Complied() != 0 {
		t.Errorf("correct: %+v", c)
	}
}
