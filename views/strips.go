package views

import (
	"fmt"
	"math"
	"quittance/views/lang"
	"strings"
)

// A strip is a small field of columns by month: one line of several that share their scale, so that they can be compared.
const (
	stripTop, stripBottom = 10.0, 44.0
	stripLeast            = 2 // a month with one request can be seen beside one with a thousand
)

// MonthCounts are the requests of one right by month.
type MonthCounts struct {
	Name    lang.Word
	Article lang.Word
	Months  []DayCount // as long as those of the others
}

// totals counts all months.
func (m MonthCounts) totals() (received, closed int64) {
	for _, d := range m.Months {
		received, closed = received+d.Filed, closed+d.Ended
	}
	return received, closed
}

// says is the strip in a sentence.
func (m MonthCounts) says() lang.Word {
	received, closed := m.totals()
	return lang.Said("{received} received, {closed} closed", "received", lang.Figure(received), "closed", lang.Figure(closed))
}

// strips are the drawing of several MonthCounts.
type strips struct {
	Top    int64 // the figure at the upper line, the same for all
	Labels []label
	Rows   []strip
}

// strip is one row: the columns of what came and of what ended, each kind as one path.
type strip struct {
	MonthCounts
	Filed, Ended string
}

func newStrips(all []MonthCounts) strips {
	var largest int64 = 1
	for _, m := range all {
		for _, d := range m.Months {
			largest = max(largest, d.Filed, d.Ended)
		}
	}
	months := all[0].Months
	out := strips{Top: largest, Labels: labelsOf(len(months), func(i int) string { return months[i].Day })}
	for _, m := range all {
		out.Rows = append(out.Rows, strip{m, columnsPath(m.Months, largest, -1, func(d DayCount) int64 { return d.Filed }), columnsPath(m.Months, largest, 1, func(d DayCount) int64 { return d.Ended })})
	}
	return out
}

// columnsPath draws a column for each month that has any, left (-1) or right (1) of its middle, in whole units: a page has 8 kB for all it says.
func columnsPath(months []DayCount, largest int64, side float64, pick func(DayCount) int64) string {
	wide := math.Min(math.Floor((plotRight-plotLeft)/float64(len(months))*.36), 18)
	var out strings.Builder
	for i, d := range months {
		n := pick(d)
		if n == 0 {
			continue
		}
		x := math.Round(slot(i, len(months)) + side)
		high := math.Max(math.Round((stripBottom-stripTop)*float64(n)/float64(largest)), stripLeast)
		fmt.Fprintf(&out, "M%g %gv%gh%gV%gz", x, stripBottom, -high, side*wide, stripBottom)
	}
	return out.String()
}
