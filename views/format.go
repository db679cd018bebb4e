package views

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/views/lang"
)

// MomentOf writes a time in a zone; the zero time gives the zero Moment.
func MomentOf(t time.Time, zone *time.Location) Moment {
	if t.IsZero() {
		return Moment{}
	}
	return Moment{
		Text: t.In(zone).Format("2 Jan 2006, 15:04"),
		UTC:  t.UTC().Format(time.RFC3339),
	}
}

// SecondOf is MomentOf to the second, for audit entries and receipts.
func SecondOf(t time.Time, zone *time.Location) Moment {
	m := MomentOf(t, zone)
	if !t.IsZero() {
		m.Text = t.In(zone).Format("2 Jan 2006, 15:04:05")
	}
	return m
}

// Short is the beginning of a hash, enough to tell two apart by eye.
func Short(hash string) string {
	if len(hash) <= 12 {
		return hash
	}
	return hash[:12]
}

// Percent writes a share without a decimal that it does not deserve; what is
// not quite all is never "100 %", what is not quite nothing never "0 %".
func Percent(part, whole int64) string {
	switch {
	case whole == 0 || part == 0:
		return "0 %"
	case part == whole:
		return "100 %"
	}
	share := math.Round(100 * float64(part) / float64(whole))
	return fmt.Sprintf("%.0f %%", min(max(share, 1), 99))
}

func (m Moment) titleUTC() lang.Word {
	t, err := time.Parse(time.RFC3339, m.UTC)
	if err != nil {
		return lang.Raw(m.UTC)
	}
	return lang.Said("{format} UTC", "format", t.UTC().Format("2006-01-02 15:04:05"))
}

func (m Moment) date() string  { date, _, _ := strings.Cut(m.Text, ", "); return date }
func (m Moment) clock() string { _, clock, _ := strings.Cut(m.Text, ", "); return clock }

// sentence says where in the list the page stands; of a list in which nobody counted that, only how long it is, if that is known.
func (p Pager) sentence(ctx context.Context) lang.Word {
	switch {
	case p.To == 0 && p.Total > 0 && p.AtLeast:
		return lang.Said("At least {n} in all", "n", lang.Figure(p.Total))
	case p.To == 0 && p.Total > 0:
		return lang.Said("{n} in all", "n", lang.Figure(p.Total))
	case p.To == 0:
		return ""
	case p.Total < 0:
		return lang.Said("{from} to {to}", "from", lang.Figure(p.From), "to", lang.Figure(p.To))
	case p.AtLeast:
		return lang.Said("{from} to {to} of more than {total}", "from", lang.Figure(p.From), "to", lang.Figure(p.To), "total", lang.Figure(p.Total))
	}
	return lang.Said("{from} to {to} of {total}", "from", lang.Figure(p.From), "to", lang.Figure(p.To), "total", lang.Figure(p.Total))
}

func titleOf(h Head) lang.Word {
	if h.Title == "" {
		return "Quittance"
	}
	return lang.Said("{title} · Quittance", "title", h.Title)
}

func schemeOf(theme string) string {
	if theme == "" {
		return "light dark"
	}
	return theme
}

// currentIf and stepIf give aria-current its value; "false" is the same as
// leaving it out (WAI-ARIA 1.2, aria-current).
// moving is the head of a page that is pushed while something on it moves; without script it is asked for again after so many seconds.
func (h Head) moving(push string, seconds int) Head {
	if push != "" {
		h.Live, h.Refresh = true, seconds
	}
	return h
}

// currentPage marks the link to the page that is open, currentStep the step that is taken now; what is not so bears no mark, and each page is lighter.
func currentPage(here bool) templ.Attributes        { return only("aria-current", "page", here) }
func currentStep(here bool) templ.Attributes        { return only("aria-current", "step", here) }
func classIf(name string, so bool) templ.Attributes { return only("class", name, so) }

func only(name, value string, so bool) templ.Attributes {
	if !so {
		return nil
	}
	return templ.Attributes{name: value}
}

func yesNo(b bool) string { return strconv.FormatBool(b) }

var noticeIcons = map[string]string{"ok": "circle-check", "risk": "alert-triangle", "over": "alert-triangle"}

func noticeIcon(tone string) string {
	if name, ok := noticeIcons[tone]; ok {
		return name
	}
	return "info-circle"
}

var stateIcons = map[string]string{
	"ok": "circle-check", "run": "loader-2", "wait": "clock", "held": "lock", "soon": "hourglass",
	"over": "circle-x", "risk": "alert-triangle", "erased": "eraser", "": "circle-minus",
}

// stateIcon is the icon a state names, or the usual one of its tone.
func stateIcon(s State) string {
	if s.Icon != "" {
		return s.Icon
	}
	return stateIcons[s.Tone]
}

// hiddenWords are the kinds of the detectors.
var hiddenWords = map[string]lang.Word{
	"email": "masked|email", "phone": "masked|phone", "card": "masked|card", "address": "masked|address", "name": "masked|name", "secret": "masked|secret", "number": "masked|number", "health": "masked|health",
	"iban": "IBAN", "ip": "IP address", "national_id": "national ID", "date_of_birth": "date of birth",
	"customer_id": "customer ID", "user_id": "user ID", "omitted": "left out, too long",
}

// hiddenWord names what a bar hides.
func hiddenWord(kind string) lang.Word {
	if word, ok := hiddenWords[kind]; ok {
		return word
	}
	return lang.Raw(kind)
}

func (f Field) id() string {
	if f.Form != "" {
		return "f-" + f.Form + "-" + f.Name
	}
	return "f-" + f.Name
}

// value is what a choice sends; where it reads the same, the browser sends what it reads.
func (o Option) value(ctx context.Context) templ.Attributes {
	return only("value", o.Value, o.Value != t(ctx, o.Label))
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) checkValue() string {
	if f.Value == "" {
		return "yes"
	}
	return f.Value
}

// described ties hint and error to the control and carries what is only there
// when it is set.
func (f Field) described() templ.OrderedAttributes {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-err")
	}
	var attrs templ.OrderedAttributes
	add := func(key, value string) {
		if value != "" {
			attrs = append(attrs, templ.KeyValue[string, any]{Key: key, Value: value})
		}
	}
	add("aria-describedby", strings.Join(ids, " "))
	add("autocomplete", f.Autocomplete)
	if f.Error != "" {
		add("aria-invalid", "true")
	}
	if f.MaxLength > 0 {
		add("maxlength", strconv.Itoa(f.MaxLength))
	}
	return attrs
}

// idClass is how a heading shows a customer ID: one that is as long as a token would fill the screen in the size of a heading.
func idClass(id string) string {
	if len(id) > 80 {
		return "mono sm"
	}
	return "mono"
}
