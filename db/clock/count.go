package clock

import (
	"slices"
	"strconv"
)

// bench is a clock at work.
type bench struct {
	Case
	law
	out Clock
}

func (b *bench) step(s ...Step) { b.out.Steps = append(b.out.Steps, s...) }

func (b *bench) receipt() {
	b.step(Step{Rule: RuleReceived, Date: b.Received, says: "Received, on the calendar of {where}; the days are counted from the next one on", gaps: map[string]string{"where": b.where()}, Source: b.eventDay()})
	if b.Regime == CCPA {
		b.confirmation()
		return
	}
	if !b.Place.HasHolidays() {
		b.step(Step{Rule: RuleWeekends, Date: b.Received, says: b.noTable(), gaps: map[string]string{"country": b.Place.code}, bare: true})
	}
}

func (b *bench) where() string {
	if b.Place.name == "" {
		return "no country in particular"
	}
	return b.Place.within()
}

func (b *bench) noTable() string {
	if b.Place.code == "" {
		return "Weekends only: no country of this law was named"
	}
	return "Weekends only: no holiday table for {country}"
}

func (b *bench) eventDay() string {
	switch b.Regime {
	case EU:
		return "Reg. 1182/71 Art. 3(1)"
	case UK:
		return "ICO guidance on time limits"
	}
	return "11 CCR §7021"
}

// confirmation is the CCPA's first date. The regulations do not define a business day; we take Monday to Friday without the federal holidays
// that California keeps, as they are observed: fewer days off than a state office has, so the date is never too late.
func (b *bench) confirmation() {
	d := b.Received
	for n := 0; n < 10; {
		if d = d.AddDays(1); b.Place.Workday(d) {
			n++
		}
	}
	b.out.Acknowledge = d
	b.step(Step{Rule: RuleAcknowledge, Date: d, says: "Receipt must be confirmed within 10 business days, which are Monday to Friday without public holidays", Source: "11 CCR §7021(a)"})
}

// first counts the first period, in which the answer, the notice of an extension and a refusal are all due.
func (b *bench) first() {
	c := b.count(b.law.first, RuleMonth, b.stands())
	b.step(c.steps...)
	b.out.Due, b.out.behind, b.out.Stood = c.end, c.steps, c.stood
	b.out.NoticeBy, b.out.RefuseBy = b.out.Due, b.out.Due
	b.step(Step{Rule: RuleNotice, Date: b.out.NoticeBy, says: "An extension must be told to the person, with its reasons, within the first period", Source: b.notice})
	b.step(Step{Rule: RuleRefuse, Date: b.out.RefuseBy, says: b.refusal(), Source: b.refuse})
}

func (b *bench) refusal() string {
	if b.Regime == CCPA {
		return "A refusal must be sent, with its reasons, within the same period"
	}
	return "A refusal must be sent, with its reasons and the ways to complain, within the first month; no extension moves it"
}

// extension counts the whole period from receipt and only then rolls it: never the first end, rolled, and two months more.
func (b *bench) extension() {
	c := b.count(b.most, RuleExtend, b.stands())
	b.step(c.steps...)
	b.out.ExtendedDue = c.end
	if !b.Case.Extended {
		return
	}
	if b.out.Extended = !b.Notified.After(b.out.NoticeBy); b.out.Extended {
		b.out.behind, b.out.Stood = c.steps, c.stood
	} else {
		b.step(Step{Rule: RuleLate, Date: b.Notified, says: "The person was told of the extension after the last day for it, so the extension does not hold", Source: b.notice})
	}
}

// otherwise shows the EU's deadline under the other policy, since national authorities differ.
func (b *bench) otherwise() {
	if b.Regime != EU || len(b.Pauses) == 0 {
		return
	}
	p := b.law.first
	if b.out.Extended {
		p = b.most
	}
	d := b.count(p, RuleOtherwise, !b.EUPause).end
	if d == b.out.Deadline() {
		return
	}
	b.out.Otherwise = d
	says := "National authorities differ: with a period that does not stand still"
	if !b.EUPause {
		says = "National authorities differ: with a period that stands still while the person is asked"
	}
	b.step(Step{Rule: RuleOtherwise, Date: d, says: says, Source: b.pause})
}

// counted is a period from receipt to its last day: how it was found, and which pauses moved it.
type counted struct {
	end   Date
	steps []Step
	stood []Pause
}

// stands says whether pauses move anything: always in the law that knows them, and in the EU by policy.
func (b *bench) stands() bool { return b.Regime != EU || b.EUPause }

// count finds the last day of a period: counted from receipt, moved by the pauses, rolled to a working day where the law rolls.
func (b *bench) count(p period, rule Rule, standing bool) (c counted) {
	c.end = p.after(b.Received)
	c.steps = []Step{{Rule: rule, Date: c.end, says: p.says, Source: b.month}}
	if standing {
		b.still(&c)
	}
	if b.roll == "" {
		return c
	}
	if to := b.Place.rolled(c.end); to != c.end {
		c.steps = append(c.steps, Step{Rule: RuleRoll, From: c.end, Date: to, says: "{from} is {why}; the period ends with the last hour of the next working day", gaps: map[string]string{"why": b.because(c.end, to)}, Source: b.roll})
		c.end = to
	}
	return c
}

// because says why a period does not end on the day it was counted to.
func (b *bench) because(from, to Date) string {
	says := b.Place.why(from)
	for d := from.AddDays(1); d.Before(to); d = d.AddDays(1) {
		if h := b.Place.Holiday(d); h != "" && !weekend(d) {
			says += " and " + d.Weekday().String() + " is a public holiday (" + h + ")"
		}
	}
	return says
}

// still moves the end of a period by the days that it stood still (package comment, "How a pause works").
func (b *bench) still(c *counted) {
	for _, p := range b.standing() {
		days := p.From.Days(p.To)
		if days == 0 || p.From.After(b.Place.rolledFor(b.Regime, c.end)) {
			continue
		}
		c.end = latest(c.end, p.From).AddDays(days)
		c.steps = append(c.steps, Step{Rule: RulePause, From: p.From, Date: c.end, Days: days, says: "The period stood still for {days} from {from}, while the person was asked", gaps: map[string]string{"days": dayCount(days)}, Source: b.pause})
		c.stood = append(c.stood, p)
	}
}

func (p Place) rolledFor(r Regime, d Date) Date {
	if laws[r].roll == "" {
		return d
	}
	return p.rolled(d)
}

// standing gives the pauses that the regime allows, in order and without overlaps. An open one reaches to today.
func (b *bench) standing() (out []Pause) {
	for _, p := range b.Pauses {
		if !slices.Contains(b.pauses, p.For) {
			continue
		}
		if p.To.IsZero() {
			p.To = latest(p.From, b.untilNow())
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(x, y Pause) int { return x.From.noon.Compare(y.From.noon) })
	return merged(out)
}

// untilNow is how far an open pause reaches: to the end of the case, or to today.
func (b *bench) untilNow() Date {
	if !b.Ended.IsZero() {
		return b.Ended
	}
	return b.Today
}

func merged(in []Pause) (out []Pause) {
	for _, p := range in {
		if n := len(out); n > 0 && !p.From.After(out[n-1].To) {
			out[n-1].To = latest(out[n-1].To, p.To)
			continue
		}
		out = append(out, p)
	}
	return out
}

func dayCount(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

// state says how the case stands today.
func (b *bench) state() {
	last := b.out.Deadline()
	switch {
	case !b.Ended.IsZero():
		b.out.DaysLeft, b.out.State = b.Ended.Days(last), EndedInTime
		if b.Ended.After(last) {
			b.out.State = EndedLate
		}
		return
	case b.Today.IsZero():
		return
	}
	b.out.DaysLeft = b.Today.Days(last)
	b.out.State = b.open()
}

func (b *bench) open() State {
	switch left := b.out.DaysLeft; {
	case b.Case.Extended && !b.out.Extended:
		return LateNotice
	case left < 0:
		return Overdue
	case b.waiting():
		return Paused
	case left <= soon:
		return DueSoon
	}
	return Running
}

// waiting says whether the period stands still today. A pause that began after the period had ended does not count: the case is overdue by then.
func (b *bench) waiting() bool {
	if b.Regime == EU && !b.EUPause {
		return false
	}
	return slices.ContainsFunc(b.standing(), func(p Pause) bool { return !b.Today.Before(p.From) && b.Today.Before(p.To) }) ||
		slices.ContainsFunc(b.Pauses, func(p Pause) bool {
			return p.To.IsZero() && slices.Contains(b.pauses, p.For) && !b.Today.Before(p.From)
		})
}
