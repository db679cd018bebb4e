package ticket

import (
	"math"
	"slices"
)

// Outcome is how a request stands in the statistics.
type Outcome string

// The outcomes. Merged requests are those that came twice: they are counted apart and never among the others.
const (
	Pending    Outcome = "open"
	Fulfilled  Outcome = "fulfilled"
	InPart     Outcome = "in part" // answered, and something was kept back
	Denied     Outcome = "refused"
	TakenBack  Outcome = "withdrawn"
	Unverified Outcome = "unverified" // abandoned: the person was asked who they are and did not say
	GivenUp    Outcome = "abandoned"  // abandoned for another reason
	Twice      Outcome = "merged"
)

// Counted is the closed list of outcomes, in the order in which they are shown.
var Counted = []Outcome{Pending, Fulfilled, InPart, Denied, TakenBack, Unverified, GivenUp, Twice}

// OutcomeOf says how a ticket counts: by its state, whether something was kept back from an answer, and what was asked for last.
func OutcomeOf(state State, keptBack bool, asked string) Outcome {
	switch {
	case state == Answered && keptBack:
		return InPart
	case state == Abandoned && asked == ForIdentity:
		return Unverified
	}
	return plainOutcomes[state]
}

var plainOutcomes = map[State]Outcome{Open: Pending, InProgress: Pending, Waiting: Pending, Extended: Pending, Answered: Fulfilled, Refused: Denied,
	Withdrawn: TakenBack, Abandoned: GivenUp, Merged: Twice}

// Fact is all that statistics need of one ticket, or of several that are alike: nothing of the person. Its days are those of the calendar where it was received.
type Fact struct {
	Right    Right
	Regime   string
	Outcome  Outcome
	Ground   string // of a refusal, of Refusals; else ""
	Done     string // what was done, of Outcomes, where a right can be answered in more than one way; else ""
	Received string // YYYY-MM-DD
	Ended    string // likewise; "" = not yet
	Days     int    // whole days from the one to the other; an answer on the day of receipt took 0
	Late     bool   // ended after the last day of its own clock, pauses and extension with it
	Extended bool
	Stood    bool  // its clock stood for some time
	More     int64 // further tickets that are alike in all this
}

// Answered tells whether the person got a substantive answer: what they asked for, a part of it, or a refusal with its reasons.
func (f Fact) Answered() bool {
	return f.Outcome == Fulfilled || f.Outcome == InPart || f.Outcome == Denied
}

// Period is from one day to another, both with it; "" is no bound.
type Period struct{ From, To string }

// Has tells whether a day lies in the period. "" lies in none.
func (p Period) Has(day string) bool {
	return day != "" && day >= p.From && (p.To == "" || day <= p.To)
}

// Sum counts tickets. The days are those of the answered ones.
type Sum struct {
	Tickets  int64 // without those that were merged into another one
	By       map[Outcome]int64
	Answered int64
	Late     int64 // of the answered ones, like the next two
	Extended int64
	Stood    int64
	Median   float64 // days; of an even number the middle of the two in the middle
	Mean     float64 // days, to a tenth
	P95      int     // days: the least that at least 95 in a hundred do not exceed
	Longest  int     // days
}

// InTime counts the answers that came in time.
func (s Sum) InTime() int64 { return s.Answered - s.Late }

// Group counts facts by what they are alike in. Facts that are left out by key's second result count nowhere.
func Group[K comparable](facts []Fact, key func(Fact) (K, bool)) map[K]Sum {
	groups := map[K]*heap{}
	for i := range facts {
		k, counts := key(facts[i])
		if !counts {
			continue
		}
		if groups[k] == nil {
			groups[k] = &heap{sum: Sum{By: map[Outcome]int64{}}}
		}
		groups[k].add(facts[i])
	}
	out := make(map[K]Sum, len(groups))
	for k, h := range groups {
		out[k] = h.measured()
	}
	return out
}

// Total counts all facts that like names.
func Total(facts []Fact, like func(Fact) bool) Sum {
	return Group(facts, func(f Fact) (struct{}, bool) { return struct{}{}, like(f) })[struct{}{}]
}

// heap is a Sum before it is measured.
type heap struct {
	sum  Sum
	days []int
}

func (h *heap) add(f Fact) {
	n := 1 + f.More
	h.sum.By[f.Outcome] += n
	if f.Outcome == Twice {
		return
	}
	h.sum.Tickets += n
	if !f.Answered() {
		return
	}
	h.days = append(h.days, slices.Repeat([]int{f.Days}, int(n))...)
	h.sum.Answered += n
	h.sum.Late += n * one(f.Late)
	h.sum.Extended += n * one(f.Extended)
	h.sum.Stood += n * one(f.Stood)
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func (h *heap) measured() Sum {
	if len(h.days) == 0 {
		return h.sum
	}
	slices.Sort(h.days)
	h.sum.Median, h.sum.Mean = Median(h.days), Mean(h.days)
	h.sum.P95, h.sum.Longest = h.days[(len(h.days)*95+99)/100-1], h.days[len(h.days)-1]
	return h.sum
}

// Median of days in order; 0 of none.
func Median(sorted []int) float64 {
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return float64(sorted[(n-1)/2]+sorted[n/2]) / 2
}

// Mean of days, to a tenth, halves upwards; 0 of none.
func Mean(days []int) float64 {
	if len(days) == 0 {
		return 0
	}
	sum := 0
	for _, d := range days {
		sum += d
	}
	return math.Round(float64(sum)*10/float64(len(days))) / 10
}
