package ticket

import (
	"cmp"
	"slices"
	"strings"
)

// What a line of the monthly statistics is counted by: a request stands once under the month in which it came, and once under that in which it ended.
const (
	ByReceipt = "received"
	ByEnd     = "closed"
)

// Line counts the tickets of one month that are alike.
type Line struct {
	CountedBy string // ByReceipt or ByEnd; never to be added up
	Month     string // 2026-03
	Regime    string
	Right     Right
	Outcome   Outcome
	Ground    string // of a refusal; else ""
	Done      string // of Outcomes; else ""
}

// MonthLine is a Line with what it counts.
type MonthLine struct {
	Line
	Sum Sum
}

// Months counts the tickets of a period by month, right and outcome. Those that were merged into another one are in no line.
func Months(facts []Fact, p Period) (out []MonthLine) {
	for by, day := range map[string]func(Fact) string{ByReceipt: func(f Fact) string { return f.Received }, ByEnd: func(f Fact) string { return f.Ended }} {
		lines := Group(facts, func(f Fact) (Line, bool) {
			on := day(f)
			if !p.Has(on) || f.Outcome == Twice {
				return Line{}, false
			}
			return Line{by, on[:7], f.Regime, f.Right, f.Outcome, f.Ground, f.Done}, true
		})
		for line, sum := range lines {
			out = append(out, MonthLine{line, sum})
		}
	}
	slices.SortFunc(out, func(a, b MonthLine) int { return a.compare(b.Line) })
	return out
}

// compare puts what came before what ended, then goes by month and by the order of the lists.
func (l Line) compare(m Line) int {
	return cmp.Or(-strings.Compare(l.CountedBy, m.CountedBy), cmp.Compare(l.Month, m.Month), cmp.Compare(slices.Index(Regimes, l.Regime), slices.Index(Regimes, m.Regime)),
		cmp.Compare(slices.Index(Rights, l.Right), slices.Index(Rights, m.Right)), cmp.Compare(slices.Index(Counted, l.Outcome), slices.Index(Counted, m.Outcome)), cmp.Compare(l.Ground, m.Ground), cmp.Compare(slices.Index(Outcomes, l.Done), slices.Index(Outcomes, m.Done)))
}

// Metric is a kind of request that 11 CCR §7102(a)(1) wants counted, and the rights of ours that are one. What it calls requests to opt out of
// sale or sharing, and to limit, is not taken in as tickets here.
type Metric struct {
	Code   string
	Letter string // of the paragraph: "A"
	Rights []Right
}

// Metrics is the closed list.
var Metrics = []Metric{{"delete", "A", []Right{Erasure, Images}}, {"correct", "B", []Right{Rectification}}, {"know", "C", []Right{Access, Portability}}}

// MetricOf names the metric of a right under the CCPA, "" where it has none.
func MetricOf(r Right) string {
	i := slices.IndexFunc(Metrics, func(m Metric) bool { return slices.Contains(m.Rights, r) })
	if i < 0 {
		return ""
	}
	return Metrics[i].Code
}

// YearMetric counts one metric of one calendar year: the requests under the CCPA that were received in it, as they stand.
type YearMetric struct {
	Year   string
	Metric Metric
	Sum    Sum
	// NotVerifiable are the refusals because the person could not be identified (Art. 12(2)).
	NotVerifiable int64
}

// Complied counts what 11 CCR §7102(a)(1) calls complied with in whole or in part.
func (m YearMetric) Complied() int64 { return m.Sum.By[Fulfilled] + m.Sum.By[InPart] }

// Yearly counts the metrics of each year of a period in which any request under the CCPA was received, the oldest year first. A year with one
// metric has all of them, since none is also a number.
func Yearly(facts []Fact, p Period) (out []YearMetric) {
	type key struct{ year, metric string }
	ccpa := func(f Fact) bool { return f.Regime == CCPA && f.Outcome != Twice && p.Has(f.Received) }
	years := map[string]bool{}
	sums := Group(facts, func(f Fact) (key, bool) {
		years[f.Received[:4]] = years[f.Received[:4]] || ccpa(f)
		return key{f.Received[:4], MetricOf(f.Right)}, ccpa(f)
	})
	unknown := Group(facts, func(f Fact) (key, bool) {
		return key{f.Received[:4], MetricOf(f.Right)}, ccpa(f) && f.Ground == "12-2"
	})
	for _, year := range sortedYears(years) {
		for _, m := range Metrics {
			k := key{year, m.Code}
			out = append(out, YearMetric{year, m, sums[k], unknown[k].Tickets})
		}
	}
	return out
}

func sortedYears(any map[string]bool) (out []string) {
	for year, is := range any {
		if is {
			out = append(out, year)
		}
	}
	slices.Sort(out)
	return out
}
