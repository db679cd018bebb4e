package lang

import (
	"context"
	"testing"
	"time"
)

var german = With(context.Background(), German)

// english is the context of somebody who chose nothing.
var english = context.Background()

func init() {
	said[German]["Opened {when} by {whom}."] = "Von {whom} geöffnet, {when}."
	said[German]["state|Open"] = "offen"
}

func TestSay(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{T(english, "Never said before"), "Never said before"},
		{T(german, "Never said before"), "Never said before"},
		{T(english, "state|Open"), "Open"},
		{T(german, "state|Open"), "offen"},
		{T(german, "verb|Open"), "Open"},
		{Say(english, "Opened {when} by {whom}.", "when", "at noon", "whom", "{when}"), "Opened at noon by {when}."},
		{Say(german, "Opened {when} by {whom}.", "when", "mittags", "whom", "Rita"), "Von Rita geöffnet, mittags."},
		{Count(english, 1, "1 day", "{n} days"), "1 day"},
		{Count(english, 0, "1 day", "{n} days"), "0 days"},
		{Count(english, 7440, "1 day", "{n} days"), "7,440 days"},
		{Count(german, 1, "1 day", "{n} days"), "1 Tag"},
		{Count(german, 7440, "1 day", "{n} days"), "7.440 Tage"},
		{Count(german, 2, "1 of {all}", "{n} of {all}", "all", "3"), "2 of 3"},
		{List(english, []string{"a", "b", "c"}), "a, b and c"},
		{List(german, []string{"a", "b", "c"}), "a, b und c"},
		{List(german, []string{"a"}), "a"},
		{List(german, nil), ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestFormats(t *testing.T) {
	at := time.Date(2026, time.March, 2, 9, 5, 7, 0, time.UTC)
	for _, c := range []struct {
		got, want string
	}{
		{Number(english, -1234567), "-1,234,567"},
		{Number(german, -1234567), "-1.234.567"},
		{Number(german, 999), "999"},
		{Decimal(english, 1234.56, 1), "1234.6"},
		{Decimal(german, 0.25, 2), "0,25"},
		{Date(english, at), "2 Mar 2026"},
		{Date(german, at), "2. März 2026"},
		{Minute(german, at), "2. März 2026, 09:05"},
		{Second(english, at), "2 Mar 2026, 09:05:07"},
		{Span(english, -time.Second), "0 s"},
		{Span(english, 59*time.Second), "59 s"},
		{Span(german, 59*time.Minute), "59 min"},
		{Span(german, 47*time.Hour+12*time.Minute), "47 h 12 min"},
		{Span(german, 49*time.Hour), "2 Tage"},
		{Dated(english, "2 Mar 2026, 09:05"), "2 Mar 2026, 09:05"},
		{Dated(german, "2 Mar 2026, 09:05"), "2. März 2026, 09:05"},
		{Dated(german, "2 Jan 2026, 09:05:07"), "2. Jan. 2026, 09:05:07"},
		{Dated(german, "2 January 2026, 09:05 UTC"), "2. Januar 2026, 09:05 UTC"},
		{Dated(german, "12 Oct 2026"), "12. Okt. 2026"},
		{Dated(german, "2 January 2026"), "2. Januar 2026"},
		{Dated(german, "2 Jan"), "2. Jan."},
		{Dated(german, "28 December"), "28. Dezember"},
		{Dated(german, "Jan 2026"), "Jan. 2026"},
		{Dated(german, "January 2026"), "Januar 2026"},
		{Dated(german, "Jan 26"), "Jan. 26"},
		{Dated(german, "Monday, 2 March 2026"), "Montag, 2. März 2026"},
		{Dated(german, "a day, 2 March"), "a day, 2 March"},
		{T(english, Ago(12*time.Minute)), "12 min ago"},
		{T(english, Ago(49*time.Hour)), "2 days ago"},
		{T(german, Ago(12*time.Minute)), "vor 12 min"},
		{T(german, Ago(72*time.Hour)), "vor 3 Tagen"},
		{T(german, Said("{x} s, {size}", "x", Fraction(12.34, 1), "size", Size(1_250_000))), "12,3 s, 1,2 MB"},
		{T(english, Fraction(12.34, 1)), "12.3"},
		{T(german, Moment("")), ""},
		{T(german, Opening("{n} and more")), "{n} and more"},
		{T(english, Opening("état")), "État"},
		{T(german, Opening(Ago(72*time.Hour))), "Vor 3 Tagen"},
		{T(german, Opening("")), ""},
		{Bytes(german, 999), "999 B"},
		{Bytes(german, 1_250_000), "1,2 MB"},
		{Bytes(english, 2_000_000_000_000_000), "2000.0 TB"},
		{Percent(1, 1000), "1 %"},
		{Percent(999, 1000), "99 %"},
		{Percent(0, 0), "0 %"},
		{Percent(3, 3), "100 %"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestKnown(t *testing.T) {
	for code, want := range map[string]Language{"de": German, "en": English, "": English, "fr": English} {
		if got := Known(code); got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
	}
}
