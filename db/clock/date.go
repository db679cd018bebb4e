package clock

import (
	"errors"
	"time"
)

// Date is a day of the calendar, without a time or a zone: what the law counts. The zero Date is none.
type Date struct {
	noon time.Time // in UTC, where every day has 24 hours
}

// ErrDate is a text that is no date.
var ErrDate = errors.New("a date is written like 2026-01-31")

// NewDate gives a date; days past the end of a month run on into the next one, as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date{time.Date(year, month, day, 12, 0, 0, 0, time.UTC)}
}

// ParseDate reads a date as YYYY-MM-DD, of the years 1900 to 2199: the Gregorian rules of Easter and the tables of holidays say nothing of others.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 {
		return Date{}, ErrDate
	}
	return NewDate(t.Date()), nil
}

// DateIn gives the day on which something happened where the clock of that zone hangs: a request at 23:30 UTC comes on the next day in Berlin.
func DateIn(t time.Time, zone *time.Location) Date {
	if t.IsZero() {
		return Date{}
	}
	return NewDate(t.In(zone).Date())
}

func (d Date) IsZero() bool          { return d.noon.IsZero() }
func (d Date) Before(e Date) bool    { return d.noon.Before(e.noon) }
func (d Date) After(e Date) bool     { return d.noon.After(e.noon) }
func (d Date) Weekday() time.Weekday { return d.noon.Weekday() }

// AddDays counts n days on: the day of the event is not counted (Reg. 1182/71 Art. 3(1)).
func (d Date) AddDays(n int) Date { return Date{d.noon.AddDate(0, 0, n)} }

// Days is how many days lie between two dates: 1 from one day to the next.
func (d Date) Days(until Date) int { return int(until.noon.Sub(d.noon) / (24 * time.Hour)) }

// AddMonths gives the same date n months on, and where that month has no such date its last day (Reg. 1182/71 Art. 3(2)(c)).
func (d Date) AddMonths(n int) Date {
	y, m, day := d.noon.Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 12, 0, 0, 0, time.UTC)
	return NewDate(last.Year(), last.Month(), min(day, last.Day()))
}

// Long writes a date in words: "5 April 2026".
func (d Date) Long() string { return d.noon.Format("2 January 2006") }

// Format writes a date by a layout of package time.
func (d Date) Format(layout string) string { return d.noon.Format(layout) }

// String writes a date as YYYY-MM-DD, and none as "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.noon.Format(time.DateOnly)
}

// MarshalText writes a date as String does, so that JSON holds YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d = Date{}
	if len(text) > 0 {
		*d, err = ParseDate(string(text))
	}
	return err
}

func latest(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}
