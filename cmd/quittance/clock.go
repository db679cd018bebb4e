package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"quittance/db/clock"
)

// clockFlags is what the clock is asked about on the command line.
type clockFlags struct {
	regime, country, received, notified string
	extended, standing, asJSON          bool
	pauses                              []clock.Pause
}

func clockCommand(fs *flag.FlagSet) action {
	f := &clockFlags{}
	fs.StringVar(&f.regime, "regime", "", "the `LAW`: eu-gdpr, uk-gdpr or ccpa (default: each)")
	fs.StringVar(&f.country, "country", "", "the `COUNTRY` of the controller, whose public holidays count: two letters, and a region where they differ, as in DE-BY or GB-SCT")
	fs.StringVar(&f.received, "received", "", "the `DATE` on which the request came in; or a time with its zone, which becomes the date in that country")
	fs.BoolVar(&f.extended, "extended", false, "the period was extended, once")
	fs.StringVar(&f.notified, "notified", "", "the `DATE` on which the person was told of the extension (default: in time)")
	fs.Func("paused", "`FROM..TO`: the person was asked on one date and answered on the other; may be repeated", f.pause)
	fs.BoolVar(&f.standing, "eu-pause", false, "let the month of the EU GDPR stand still in a pause; authorities differ, the other date is told too")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
	return func(_ context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		clocks, err := f.clocks()
		if err != nil {
			return misuse("%s", err)
		}
		return c.print(f.asJSON, f.machine(clocks), func(w io.Writer) { f.words(w, clocks) })
	}
}

// pause reads FROM..TO. What it waits for does not change a date that we print, so a pause is one for identification.
func (f *clockFlags) pause(s string) error {
	from, to, ok := strings.Cut(s, "..")
	if !ok {
		return errors.New("a pause is written like 2026-02-03..2026-02-10")
	}
	p := clock.Pause{For: clock.Identity}
	var err error
	if p.From, err = clock.ParseDate(from); err == nil {
		p.To, err = clock.ParseDate(to)
	}
	f.pauses = append(f.pauses, p)
	return err
}

// clocks computes what was asked for. No error repeats what was typed.
func (f *clockFlags) clocks() ([]clock.Clock, error) {
	c, err := f.question()
	if err != nil {
		return nil, err
	}
	if f.regime == "" {
		return clock.All(c)
	}
	k, err := clock.Of(c)
	return []clock.Clock{k}, err
}

func (f *clockFlags) question() (c clock.Case, err error) {
	c = clock.Case{Regime: clock.Regime(f.regime), Pauses: f.pauses, EUPause: f.standing, Extended: f.extended || f.notified != ""}
	if f.country != "" {
		country, region, _ := strings.Cut(f.country, "-")
		var ok bool
		if c.Place, ok = clock.PlaceOf(country, region); !ok {
			return c, errors.New("a country is two letters, and a region one of those whose holidays are known, as in DE-BY")
		}
	}
	if c.Received, err = f.day(c.Place); err != nil {
		return c, err
	}
	if f.notified != "" {
		c.Notified, err = clock.ParseDate(f.notified)
	}
	return c, err
}

// day reads when the request came in.
func (f *clockFlags) day(p clock.Place) (clock.Date, error) {
	if f.received == "" {
		return clock.Date{}, errors.New("give the day of receipt with -received")
	}
	t, err := time.Parse(time.RFC3339, f.received)
	if err != nil {
		return clock.ParseDate(f.received)
	}
	if p.Name() == "" {
		return clock.Date{}, errors.New("a time becomes a date in a country: give -country")
	}
	zone, err := p.Zone()
	if err != nil {
		return clock.Date{}, err
	}
	return clock.ParseDate(clock.DateIn(t, zone).String())
}

// dates are a clock for machines. due is the date without an extension; extended_due is there when an extension holds.
type dates struct {
	Due         clock.Date   `json:"due"`
	NoticeBy    clock.Date   `json:"notice_by"`
	ExtendedDue *clock.Date  `json:"extended_due"`
	Steps       []clock.Step `json:"steps"`
}

func datesOf(k clock.Clock) dates {
	d := dates{Due: k.Due, NoticeBy: k.NoticeBy, Steps: k.Steps}
	if k.Extended {
		d.ExtendedDue = &k.ExtendedDue
	}
	return d
}

func (f *clockFlags) machine(clocks []clock.Clock) any {
	if f.regime != "" && len(clocks) == 1 {
		return datesOf(clocks[0])
	}
	all := map[clock.Regime]dates{}
	for _, k := range clocks {
		all[k.Regime] = datesOf(k)
	}
	return all
}

// words prints each clock with its working, and the dates side by side when there are several.
func (f *clockFlags) words(w io.Writer, clocks []clock.Clock) {
	if len(clocks) > 1 {
		sideBySide(w, clocks)
	}
	for _, k := range clocks {
		fmt.Fprintf(w, "%s: %s\n", k.Regime.Name(), deadline(k))
		for i, s := range k.Steps {
			fmt.Fprintf(w, "%3d. %s\n", i+1, s)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "Not legal advice: the rule and its source stand beside every date.")
}

func deadline(k clock.Clock) string {
	says := "due " + k.Deadline().Long()
	if k.Extended {
		says += ", extended"
	} else {
		says += "; if extended, with notice by " + k.NoticeBy.Long() + ": " + k.ExtendedDue.Long()
	}
	if !k.Otherwise.IsZero() {
		says += "; or " + k.Otherwise.Long() + ", see below"
	}
	return says
}

func sideBySide(w io.Writer, clocks []clock.Clock) {
	row := func(name string, cell func(clock.Clock) string) {
		fmt.Fprintf(w, "%-16s", name)
		for _, k := range clocks {
			fmt.Fprintf(w, "%-12s", cell(k))
		}
		fmt.Fprintln(w)
	}
	row("", func(k clock.Clock) string { return k.Regime.Name() })
	if slices.ContainsFunc(clocks, func(k clock.Clock) bool { return !k.Acknowledge.IsZero() }) {
		row("confirm by", func(k clock.Clock) string { return or(k.Acknowledge.String(), "-") })
	}
	row("due", func(k clock.Clock) string { return k.Due.String() })
	row("notice by", func(k clock.Clock) string { return k.NoticeBy.String() })
	row("if extended", func(k clock.Clock) string { return k.ExtendedDue.String() })
	fmt.Fprintln(w)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
