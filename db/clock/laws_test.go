package clock_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db/clock"
)

var someday = rapid.Custom(func(t *rapid.T) clock.Date {
	return clock.NewDate(2000, 1, 1).AddDays(rapid.IntRange(0, 36500).Draw(t, "day"))
})

func anyPlace(t *rapid.T, r clock.Regime) clock.Place {
	code, region := "GB", ""
	if r != clock.UK {
		code = rapid.SampledFrom(slices.DeleteFunc(clock.Countries(), func(c string) bool { return c == "GB" || c == "US" })).Draw(t, "country")
	}
	if regions := clock.Regions(code); len(regions) > 0 {
		region = rapid.SampledFrom(append(regions, "")).Draw(t, "region")
	}
	p, _ := clock.PlaceOf(code, region)
	return p
}

func anyPauses(t *rapid.T, received clock.Date) (out []clock.Pause) {
	for range rapid.IntRange(0, 3).Draw(t, "pauses") {
		from := received.AddDays(rapid.IntRange(0, 120).Draw(t, "from"))
		out = append(out, clock.Pause{From: from, To: from.AddDays(rapid.IntRange(0, 40).Draw(t, "days")), For: clock.Identity})
	}
	return out
}

func anyCase(t *rapid.T) clock.Case {
	c := clock.Case{Regime: rapid.SampledFrom(clock.Regimes()).Draw(t, "regime"), Received: someday.Draw(t, "received"), EUPause: rapid.Bool().Draw(t, "policy")}
	c.Place, c.Pauses = anyPlace(t, c.Regime), anyPauses(t, c.Received)
	return c
}

// What holds of every case, whatever the law, the country and the pauses.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCase(t)
		k, err := clock.Of(c)
		if err != nil {
			t.Fatal(err)
		}
		if !k.Due.After(c.Received) || k.ExtendedDue.Before(k.Due) || k.NoticeBy != k.Due || k.RefuseBy != k.Due {
			t.Fatalf("received %s: due %s, extended %s, notice %s, refusal %s", c.Received, k.Due, k.ExtendedDue, k.NoticeBy, k.RefuseBy)
		}
		if c.Regime != clock.CCPA && (!k.Place.Workday(k.Due) || !k.Place.Workday(k.ExtendedDue)) {
			t.Fatalf("%s or %s is no working day in %s", k.Due, k.ExtendedDue, k.Place.Code())
		}
		without := c
		without.Pauses = nil
		bare, err := clock.Of(without)
		if err != nil || k.Due.Before(bare.Due) || k.ExtendedDue.Before(bare.ExtendedDue) {
			t.Fatalf("the pauses %v make %s, %s earlier: %s, %s", c.Pauses, bare.Due, bare.ExtendedDue, k.Due, k.ExtendedDue)
		}
		more := c
		more.Pauses = append(slices.Clone(c.Pauses), anyPauses(t, c.Received)...)
		if after, err := clock.Of(more); err != nil || after.Due.Before(k.Due) || after.ExtendedDue.Before(k.ExtendedDue) {
			t.Fatalf("more pauses than %v, %v, make %s earlier: %s", c.Pauses, more.Pauses, k.Due, after.Due)
		}
	})
}

// Who asks later is never answered earlier.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCase(t)
		later := c
		later.Received = c.Received.AddDays(rapid.IntRange(0, 40).Draw(t, "later"))
		later.Pauses = anyPauses(t, later.Received)
		c.Pauses = later.Pauses
		a, err := clock.Of(c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := clock.Of(later)
		if err != nil {
			t.Fatal(err)
		}
		if b.Due.Before(a.Due) || b.ExtendedDue.Before(a.ExtendedDue) || b.Acknowledge.Before(a.Acknowledge) {
			t.Fatalf("received %s: due %s, extended %s; received %s: due %s, extended %s", c.Received, a.Due, a.ExtendedDue, later.Received, b.Due, b.ExtendedDue)
		}
	})
}

// The extended date is three months from receipt, then rolled; two months on from the rolled date would often be later.
func TestExtensionIsFromReceipt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCase(t)
		c.Pauses = nil
		k, err := clock.Of(c)
		if err != nil {
			t.Fatal(err)
		}
		want := c.Received.AddDays(90)
		if c.Regime != clock.CCPA {
			for want = c.Received.AddMonths(3); !k.Place.Workday(want); want = want.AddDays(1) {
			}
		}
		if k.ExtendedDue != want {
			t.Fatalf("received %s: extended %s, want %s", c.Received, k.ExtendedDue, want)
		}
	})
}

// Another way to the same dates: a walk, day by day, that shares with the package nothing but the list of holidays.
func TestWalk(t *testing.T) {
	random := rand.New(rand.NewPCG(1182, 71))
	places := map[clock.Regime][]string{clock.EU: {"DE", "DE-BY", "FR", "IE", "PL", "GR", "PT"}, clock.UK: {"GB", "GB-SCT", "GB-NIR"}, clock.CCPA: {"US"}}
	for range 10_000 {
		c := clock.Case{Regime: clock.Regimes()[random.IntN(3)], EUPause: true, Received: clock.NewDate(2000, 1, 1).AddDays(random.IntN(36500))}
		codes := places[c.Regime]
		c.Place = place(t, codes[random.IntN(len(codes))])
		for range random.IntN(3) {
			from := c.Received.AddDays(random.IntN(120))
			c.Pauses = append(c.Pauses, clock.Pause{From: from, To: from.AddDays(random.IntN(30)), For: clock.Identity})
		}
		k := of(t, c)
		if due, most := walk(c, 1), walk(c, 3); k.Due.String() != due || k.ExtendedDue.String() != most {
			t.Fatalf("%s %s received %s, pauses %v: due %s, extended %s; walked %s, %s", c.Regime, c.Place.Code(), c.Received, c.Pauses, k.Due, k.ExtendedDue, due, most)
		}
	}
}

// walk goes from the day of receipt, one day at a time.
func walk(c clock.Case, months int) string {
	at, _ := time.Parse(time.DateOnly, c.Received.String())
	for left := length(c, at, months); ; at = at.AddDate(0, 0, 1) {
		switch {
		case stands(c, at):
		case left > 0:
			left--
		case c.Regime == clock.CCPA || c.Place.Workday(clock.NewDate(at.Date())):
			return at.Format(time.DateOnly)
		}
	}
}

// length is how many days a period has that runs through: 45 each under the CCPA, else from a date to the same date months later.
func length(c clock.Case, at time.Time, months int) (days int) {
	if c.Regime == clock.CCPA {
		return map[int]int{1: 45, 3: 90}[months]
	}
	for d := at; ; d = d.AddDate(0, 0, 1) {
		ahead := (d.Year()-at.Year())*12 + int(d.Month()-at.Month())
		lastOfMonth := d.AddDate(0, 0, 1).Month() != d.Month()
		if ahead == months && (d.Day() == at.Day() || lastOfMonth) {
			return days
		}
		days++
	}
}

func stands(c clock.Case, at time.Time) bool {
	return c.Regime != clock.CCPA && slices.ContainsFunc(c.Pauses, func(p clock.Pause) bool {
		d := at.Format(time.DateOnly)
		return p.From.String() <= d && d < p.To.String()
	})
}
