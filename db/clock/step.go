package clock

import (
	"encoding/json"
	"strings"
)

// Rule names a step for machines.
type Rule string

// The rules, in the order in which they are applied.
const (
	RuleReceived    Rule = "received"
	RuleWeekends    Rule = "weekends-only"
	RuleAcknowledge Rule = "acknowledge"
	RuleMonth       Rule = "period"
	RulePause       Rule = "pause"
	RuleRoll        Rule = "roll"
	RuleNotice      Rule = "notice"
	RuleRefuse      Rule = "refuse"
	RuleExtend      Rule = "extended-period"
	RuleLate        Rule = "late-notice"
	RuleOtherwise   Rule = "otherwise"
)

// Step is one step of the working: a rule, the date that it gave, and where it is written.
type Step struct {
	Rule   Rule
	From   Date // RuleRoll: the day that is no working day; RulePause: the first day of the pause
	Date   Date
	Days   int // RulePause: how many days stood still
	Source string
	says   string            // with {from} for From, and names in braces for gaps
	gaps   map[string]string // what stands there, in English
	bare   bool              // a remark that gives no date
}

// Says is the step in English without its date and its source: a sentence with names in braces, and what stands there. "{from}" is From.
func (s Step) Says() (sentence string, gaps map[string]string) { return s.says, s.gaps }

// Bare tells a remark, which gives no date.
func (s Step) Bare() bool { return s.bare }

// Sentence says the step in English, its dates as the reader writes them: "One month of receipt (Art. 12(3) GDPR): 5 April 2026."
func (s Step) Sentence(write func(Date) string) string {
	out := s.says
	for name, words := range s.gaps {
		out = strings.ReplaceAll(out, "{"+name+"}", words)
	}
	if strings.Contains(out, "{from}") {
		out = strings.ReplaceAll(out, "{from}", write(s.From))
	}
	if s.Source != "" {
		out += " (" + s.Source + ")"
	}
	if s.bare {
		return out + "."
	}
	return out + ": " + write(s.Date) + "."
}

// String says the step with its dates in English.
func (s Step) String() string { return s.Sentence(Date.Long) }

// MarshalJSON gives the step for machines, its sentence beside it.
func (s Step) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Rule     Rule   `json:"rule"`
		From     Date   `json:"from,omitzero"`
		Date     Date   `json:"date"`
		Days     int    `json:"days,omitempty"`
		Sentence string `json:"sentence"`
		Source   string `json:"source,omitempty"`
	}{s.Rule, s.From, s.Date, s.Days, s.String(), s.Source})
}
