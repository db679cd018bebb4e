package audit

import (
	"cmp"
	"slices"
	"time"
)

// RequestFact is all that statistics need of one request by a person: nothing of the person.
type RequestFact struct {
	Right   string // article of the GDPR: "17"
	Via     string // how it came: "console", "api", "bulk", "retention"
	Outcome string // "open", "done", "partial", "refused", "withdrawn"
	Ground  string // of a refusal; else ""
	Filed   time.Time
	Ended   time.Time // zero = not yet
}

// StatLine counts the requests that were filed in one month (UTC) and are alike in everything else. The times are from filed to ended, in whole
// seconds, of those that have ended.
type StatLine struct {
	Month    string `json:"month"` // 2026-03
	Right    string `json:"right"`
	Via      string `json:"via"`
	Outcome  string `json:"outcome"`
	Ground   string `json:"ground,omitempty"`
	Requests int64  `json:"requests"`
	Ended    int64  `json:"ended"`
	Median   int64  `json:"median_s"`
	Mean     int64  `json:"mean_s"`
	Longest  int64  `json:"longest_s"`
}

// Tally counts requests as they come, whatever their order.
type Tally struct {
	lines map[StatLine]*[]int64 // by what they are alike in: seconds of those that ended, -1 of the others
}

// Add counts one request.
func (t *Tally) Add(f RequestFact) {
	if t.lines == nil {
		t.lines = map[StatLine]*[]int64{}
	}
	key := StatLine{Month: f.Filed.UTC().Format("2006-01"), Right: f.Right, Via: f.Via, Outcome: f.Outcome, Ground: f.Ground}
	took := int64(-1)
	if !f.Ended.IsZero() {
		took = int64(f.Ended.Sub(f.Filed) / time.Second)
	}
	if t.lines[key] == nil {
		t.lines[key] = new([]int64)
	}
	*t.lines[key] = append(*t.lines[key], took)
}

// Lines gives what was counted, the oldest month first.
func (t *Tally) Lines() []StatLine {
	out := make([]StatLine, 0, len(t.lines))
	for line, took := range t.lines {
		out = append(out, line.measured(*took))
	}
	slices.SortFunc(out, func(a, b StatLine) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Via, b.Via), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Ground, b.Ground))
	})
	return out
}

// Together counts lines as one, whatever month they are of: total counts, and times over all that have ended.
func (t *Tally) Together(like func(StatLine) bool) StatLine {
	var all []int64
	for line, took := range t.lines {
		if like(line) {
			all = append(all, *took...)
		}
	}
	return StatLine{}.measured(all)
}

func (l StatLine) measured(took []int64) StatLine {
	l.Requests = int64(len(took))
	ended := slices.DeleteFunc(slices.Sorted(slices.Values(took)), func(s int64) bool { return s < 0 })
	if l.Ended = int64(len(ended)); l.Ended == 0 {
		return l
	}
	var sum int64
	for _, s := range ended {
		sum += s
	}
	// The median of an even number is the lower of the two in the middle: a time that a request really took.
	l.Median, l.Mean, l.Longest = ended[(len(ended)-1)/2], sum/l.Ended, ended[len(ended)-1]
	return l
}
