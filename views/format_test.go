package views

import (
	"context"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, where the machine has none

	"quittance/views/lang"
)

func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"30 min": lang.InEnglish(Hours(.5)), "3.4 h": lang.InEnglish(Hours(3.42)),
		"0123456789ab": Short("0123456789abcdef"), "abc": Short("abc"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPercentNeverRoundsToAllOrNothing(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{0, 0, "0 %"}, {0, 5, "0 %"}, {5, 5, "100 %"}, {1, 10000, "1 %"}, {9999, 10000, "99 %"}, {1, 2, "50 %"}} {
		if got := Percent(c.part, c.whole); got != c.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestMoments(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 23, 42, 7, 0, time.UTC)
	m := MomentOf(at, berlin)
	if m.Text != "22 Nov 2026, 00:42" || m.UTC != "2026-11-21T23:42:07Z" || lang.InEnglish(m.titleUTC()) != "2026-11-21 23:42:07 UTC" {
		t.Errorf("MomentOf gives %+v, title %q", m, m.titleUTC())
	}
	if m.date() != "22 Nov 2026" || m.clock() != "00:42" {
		t.Errorf("in two: %q and %q", m.date(), m.clock())
	}
	if s := SecondOf(at, berlin); s.Text != "22 Nov 2026, 00:42:07" {
		t.Errorf("SecondOf gives %q", s.Text)
	}
	if (MomentOf(time.Time{}, berlin) != Moment{}) || (SecondOf(time.Time{}, berlin) != Moment{}) {
		t.Error("the zero time is not the zero Moment")
	}
}

func TestPagerSentence(t *testing.T) {
	for want, p := range map[string]Pager{
		"1 to 50 of 1,327": {From: 1, To: 50, Total: 1327}, "51 to 100": {From: 51, To: 100, Total: -1}, "": {}, "1,327 in all": {Total: 1327},
	} {
		if got := lang.InEnglish(p.sentence(context.Background())); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFieldsAreDescribed(t *testing.T) {
	f := Field{Name: "q", Hint: "h", Error: "e", MaxLength: 9, Autocomplete: "off"}
	got := map[string]any{}
	for _, a := range f.described() {
		got[a.Key] = a.Value
	}
	if got["aria-describedby"] != "f-q-hint f-q-err" || got["aria-invalid"] != "true" || got["maxlength"] != "9" || got["autocomplete"] != "off" {
		t.Errorf("described by %v", got)
	}
	if len((Field{Name: "q"}).described()) != 0 {
		t.Error("a bare field has attributes it does not need")
	}
}

func TestHiddenWords(t *testing.T) {
	if hiddenWord("iban") != "IBAN" || lang.InEnglish(hiddenWord("phone")) != "phone" || strings.Contains(string(hiddenWord("date_of_birth")), "_") {
		t.Error("a kind of masked text is not a word")
	}
}
