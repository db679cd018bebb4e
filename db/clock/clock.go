// Package clock is the legal clock: it computes by when a request of a data subject must be confirmed, extended, refused and answered
// under the EU GDPR, the UK GDPR and the CCPA, and says for every date which rule gave it and where that is written.
// It knows calendar days, public holidays and the three laws; it reads no clock itself, and which days and pauses a ticket has it leaves
// to others. It is not legal advice.
//
// How a pause works. While the period stands still no day of it passes: a pause from the 10th to the 17th moves its end by the seven days
// between the two, and a reply on the day of the question moves it by none. Days that two pauses share stand still once. A pause
// that begins after the period (rolled to a working day) has ended moves nothing. Then, and only then, the end is rolled to a working day.
// Read forward it is a walk from the day of receipt: a day in a pause is passed over, every other uses one day of the period up, and the
// walk stops on the first working day outside a pause on which the period is used up. So a pause never makes a date earlier, the end of an
// open pause is the earliest date there can be, and a later receipt never has an earlier date.
//
// The United Kingdom is kind to controllers: under Art. 12A(2) the month begins when the identification or the fee comes, and under 12A(6)
// both the day of a question about the scope and that of its answer are left out. We count every pause alike, as days that stood still:
// that is never later than what the law gives.
package clock

import (
	"errors"
	"slices"
)

// Regime is a law with a clock.
type Regime string

// The regimes.
const (
	EU   Regime = "eu-gdpr"
	UK   Regime = "uk-gdpr"
	CCPA Regime = "ccpa"
)

// Regimes lists them in the order in which they are shown side by side.
func Regimes() []Regime { return []Regime{EU, UK, CCPA} }

// Name is what the law is called.
func (r Regime) Name() string { return laws[r].name }

// Reason is what a pause waits for.
type Reason string

// The reasons.
const (
	Identity      Reason = "identity"      // Art. 12(6): reasonable doubts about who asks
	Clarification Reason = "clarification" // rec. 63: which data or processing is meant
	Fee           Reason = "fee"           // Art. 12(5): a fee that was asked for
)

// Pause is a time in which we wait for the person: from the day we asked to the day the answer came.
type Pause struct {
	From, To Date // To zero: the answer is still out
	For      Reason
}

// Case is what the clock is asked about.
type Case struct {
	Regime   Regime
	Place    Place   // the holidays; the CCPA counts business days with those of the United States whatever stands here
	Received Date    // DateIn of the instant and the place's zone
	Pauses   []Pause // none begins before Received
	// EUPause lets the EU's month stand still. The EDPB allows it and national authorities differ, so it is a policy, and Otherwise has the other date.
	EUPause  bool
	Extended bool
	Reason   string // for the extension; needed with it where the law asks for one, kept by the caller and not read here
	Notified Date   // when the person was told of the extension; zero with Extended: in time
	Ended    Date   // when the answer, or the refusal, went out
	Today    Date   // zero: no state is told, and an open pause moves nothing yet
}

// State is how a case stands.
type State string

// The states.
const (
	Unknown     State = "" // without Today
	Running     State = "running"
	Paused      State = "paused"
	DueSoon     State = "due soon" // 7 days or less
	Overdue     State = "overdue"
	LateNotice  State = "late notice" // the person was told of the extension too late: it does not hold
	EndedInTime State = "ended in time"
	EndedLate   State = "ended late"
)

// soon is how many days before the deadline a case is due soon.
const soon = 7

// Clock is the answer. Every date is the last day on which the act is still in time.
type Clock struct {
	Regime      Regime
	Place       Place
	Received    Date
	Acknowledge Date // by when receipt must be confirmed; zero where the law asks for no such thing
	NoticeBy    Date // by when the person must be told, with reasons, that it will take longer
	RefuseBy    Date // by when a refusal must be sent, with its reasons; no extension moves it under the GDPR
	Due         Date // the answer, without an extension
	ExtendedDue Date // the answer, with one
	Extended    bool // an extension holds
	Otherwise   Date // EU: the deadline under the other policy about pauses; zero when it is the same
	Ended       Date
	State       State
	DaysLeft    int // until Deadline; negative: so many days late
	Steps       []Step
	Stood       []Pause // what moved the deadline, without overlaps; an open pause ends today
	behind      []Step
}

// Behind is what the deadline rests on: the period, what it stood still, and why it ends on a later day.
func (c Clock) Behind() []Step { return c.behind }

// Deadline is the date that counts: ExtendedDue when an extension holds, else Due.
func (c Clock) Deadline() Date {
	if c.Extended {
		return c.ExtendedDue
	}
	return c.Due
}

// The cases that have no clock.
var (
	ErrRegime   = errors.New("the regime is eu-gdpr, uk-gdpr or ccpa")
	ErrReceived = errors.New("the day of receipt is missing")
	ErrPauses   = errors.New("a pause begins on the day of receipt or later, and ends on the day it begins or later")
	ErrNotified = errors.New("the person cannot have been told of the extension before the request was received")
	ErrEnded    = errors.New("the case cannot have ended before the request was received")
)

// law is what differs between the regimes.
type law struct {
	name, home                         string // home is the only country, "" = the EU and EEA
	first, most                        period
	month, roll, notice, refuse, pause string // sources
	pauses                             []Reason
}

// period is a length in months or in days.
type period struct {
	months, days int
	says         string
}

func (p period) after(d Date) Date { return d.AddMonths(p.months).AddDays(p.days) }

var laws = map[Regime]law{
	EU: {name: "EU GDPR",
		first: period{1, 0, "One month of receipt"}, most: period{3, 0, "With two further months, three months of receipt"},
		month: "Art. 12(3) GDPR", roll: "Reg. 1182/71 Art. 3(4)", notice: "Art. 12(3) GDPR", refuse: "Art. 12(4) GDPR",
		pause: "EDPB Guidelines 01/2022, section 5.3", pauses: []Reason{Identity, Clarification}},
	UK: {name: "UK GDPR", home: "GB",
		first: period{1, 0, "One month of receipt, on the corresponding date"}, most: period{3, 0, "With two further months, three months from the start date"},
		month: "Art. 12A UK GDPR", roll: "ICO guidance on time limits", notice: "Art. 12A UK GDPR", refuse: "Art. 12(4) UK GDPR",
		pause: "Art. 12A UK GDPR", pauses: []Reason{Identity, Clarification, Fee}},
	CCPA: {name: "CCPA", home: "US",
		first: period{0, 45, "45 calendar days of receipt, whatever verification takes"}, most: period{0, 90, "With 45 further days, 90 calendar days of receipt"},
		month: "11 CCR §7021(b)", notice: "11 CCR §7021(b)", refuse: "11 CCR §7021(b)"},
}

// Of computes the clock of a case.
func Of(c Case) (Clock, error) {
	if err := c.check(); err != nil {
		return Clock{}, err
	}
	c.Place = placeUnder(c.Regime, c.Place)
	b := &bench{Case: c, law: laws[c.Regime], out: Clock{Regime: c.Regime, Place: c.Place, Received: c.Received, Ended: c.Ended}}
	b.receipt()
	b.first()
	b.extension()
	b.otherwise()
	b.state()
	return b.out, nil
}

// All computes the clock under every regime, side by side, in the order of Regimes.
func All(c Case) ([]Clock, error) {
	var out []Clock
	for _, r := range Regimes() {
		c.Regime = r
		k, err := Of(c)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// placeUnder gives the place whose holidays count: the named one where it is one of the law, else the law's own. The EU has none of its
// own: under its law a place in the United Kingdom or the United States counts weekends only.
func placeUnder(r Regime, p Place) Place {
	home := laws[r].home
	switch {
	case home != "" && p.code != home:
		p, _ = PlaceOf(home, "")
	case home == "" && (p.code == "GB" || p.code == "US"):
		p = Place{}
	}
	return p
}

func (c Case) check() error {
	_, known := laws[c.Regime]
	switch {
	case !known:
		return ErrRegime
	case c.Received.IsZero():
		return ErrReceived
	case slices.ContainsFunc(c.Pauses, func(p Pause) bool { return p.From.Before(c.Received) || !p.To.IsZero() && p.To.Before(p.From) }):
		return ErrPauses
	case !c.Notified.IsZero() && c.Notified.Before(c.Received):
		return ErrNotified
	case !c.Ended.IsZero() && c.Ended.Before(c.Received):
		return ErrEnded
	}
	return nil
}
