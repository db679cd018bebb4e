package lang

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
)

// translators know how a language writes dates (CLDR). English is that of Britain: the day stands before the month.
var translators = map[Language]locales.Translator{English: en_GB.New(), German: de.New()}

// groups are what stands between groups of three digits, points what stands before decimals.
var (
	groups = map[Language]string{English: ",", German: "."}
	points = map[Language]string{English: ".", German: ","}
)

// Number writes a count in groups: "7,440", "7.440".
func Number(ctx context.Context, n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + groups[Of(ctx)] + digits[i:]
	}
	return sign + digits
}

// Decimal writes a number with so many decimals: "1.2", "1,2".
func Decimal(ctx context.Context, x float64, decimals int) string {
	return strings.Replace(strconv.FormatFloat(x, 'f', decimals, 64), ".", points[Of(ctx)], 1)
}

// Date writes a day: "2 Jan 2026", "2. Jan. 2026".
func Date(ctx context.Context, t time.Time) string {
	month := translators[Of(ctx)].MonthAbbreviated(t.Month())
	if Of(ctx) == German {
		return strconv.Itoa(t.Day()) + ". " + month + t.Format(" 2006")
	}
	return strconv.Itoa(t.Day()) + " " + month + t.Format(" 2006")
}

// Minute writes a time of a day: "2 Jan 2026, 15:04".
func Minute(ctx context.Context, t time.Time) string { return Date(ctx, t) + t.Format(", 15:04") }

// Second is Minute to the second.
func Second(ctx context.Context, t time.Time) string { return Date(ctx, t) + t.Format(", 15:04:05") }

// dates are the forms in which English writes a day or a month, and how German writes each.
var dates = []struct {
	english string
	german  func(m locales.Translator, t time.Time) string
}{
	{"2 Jan 2006", func(m locales.Translator, t time.Time) string {
		return t.Format("2. ") + m.MonthAbbreviated(t.Month()) + t.Format(" 2006")
	}},
	{"2 January 2006", func(m locales.Translator, t time.Time) string {
		return t.Format("2. ") + m.MonthWide(t.Month()) + t.Format(" 2006")
	}},
	{"2 Jan", func(m locales.Translator, t time.Time) string { return t.Format("2. ") + m.MonthAbbreviated(t.Month()) }},
	{"2 January", func(m locales.Translator, t time.Time) string { return t.Format("2. ") + m.MonthWide(t.Month()) }},
	{"Jan 2006", func(m locales.Translator, t time.Time) string {
		return m.MonthAbbreviated(t.Month()) + t.Format(" 2006")
	}},
	{"January 2006", func(m locales.Translator, t time.Time) string { return m.MonthWide(t.Month()) + t.Format(" 2006") }},
	{"Jan 06", func(m locales.Translator, t time.Time) string { return m.MonthAbbreviated(t.Month()) + t.Format(" 06") }},
	{"Monday, 2 January 2006", func(m locales.Translator, t time.Time) string {
		return m.WeekdayWide(t.Weekday()) + ", " + t.Format("2. ") + m.MonthWide(t.Month()) + t.Format(" 2006")
	}},
}

// clocks are what English may write behind a day.
var clocks = []string{"", ", 15:04", ", 15:04:05", ", 15:04 UTC", ", 15:04:05 UTC"}

// Dated writes a date, or a date and a time, that English has written already; what is neither stays as it is.
func Dated(ctx context.Context, text string) string {
	if Of(ctx) == English {
		return text
	}
	for _, d := range dates {
		for _, clock := range clocks {
			if at, err := time.Parse(d.english+clock, text); err == nil {
				return d.german(translators[German], at) + at.Format(clock)
			}
		}
	}
	return text
}

// Span writes a duration in the two largest units that matter: "3 h 12 min", "45 s", "2 days".
func Span(ctx context.Context, d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h " + strconv.Itoa(int(d.Minutes())%60) + " min"
	}
	return Count(ctx, int64(d.Hours())/24, "1 day", "{n} days")
}

// Ago is how long something is past: "12 min ago", "2 days ago".
func Ago(d time.Duration) Word {
	if d < 48*time.Hour {
		return Said("{span} ago", "span", Lasting(d))
	}
	return Counted(int64(d.Hours())/24, "1 day ago", "{n} days ago")
}

// Bytes writes a size in powers of 1000: "1.2 MB".
func Bytes(ctx context.Context, n int64) string {
	const units = "kMGT"
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	size, unit := float64(n)/1000, 0
	for size >= 1000 && unit < len(units)-1 {
		size, unit = size/1000, unit+1
	}
	return Decimal(ctx, size, 1) + " " + units[unit:unit+1] + "B"
}

// Percent writes a share without a decimal that it does not deserve; what is not quite all is never "100 %", what is not quite nothing never "0 %".
func Percent(part, whole int64) string {
	switch {
	case whole == 0 || part == 0:
		return "0 %"
	case part == whole:
		return "100 %"
	}
	share := math.Round(100 * float64(part) / float64(whole))
	return strconv.Itoa(int(min(max(share, 1), 99))) + " %"
}

// List joins words the way a sentence does: "a, b and c".
func List(ctx context.Context, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return Say(ctx, "{words} and {last}", "words", strings.Join(words[:last], ", "), "last", words[last])
}

// Lower says a word as it stands inside a sentence: in English without its capital. German nouns keep theirs.
func Lower(ctx context.Context, w Word) string {
	if Of(ctx) == English {
		return strings.ToLower(T(ctx, w))
	}
	return T(ctx, w)
}

// InEnglish says a word for machines: files, the API, the log.
func InEnglish(w Word) string { return T(context.Background(), w) }
