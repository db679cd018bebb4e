package views

import (
	"fmt"
	"math"
	"quittance/views/lang"
	"strings"
)

// The plots are drawn in a box of 560 by 200 units; the field in it leaves
// room for the figures at the left and the days below.
const (
	plotLeft, plotRight = 40.0, 548.0
	plotTop, plotBottom = 14.0, 168.0
)

// measure is what times are drawn in: the limit that they are held against, what stands at its line, and how one is written.
type measure struct {
	Limit float64
	Word  lang.Word
	Write func(float64) lang.Word
}

// inHours holds erasures against what is promised: 24 hours.
var inHours = measure{24, "24 h", Hours}

// axis maps figures from 0 to Top onto the height of the field.
type axis struct {
	Top   float64
	Ticks []tick
}

// tick is one line of the grid with its figure.
type tick struct{ Y, TextY, Text string }

// newAxis picks a round top above the largest figure, with four steps at most.
func newAxis(largest float64) axis {
	step := roundStep(largest / 4)
	a := axis{Top: step * math.Max(math.Ceil(largest/step), 1)}
	for v := 0.0; v <= a.Top+step/2; v += step {
		y := a.y(v)
		a.Ticks = append(a.Ticks, tick{coordinate(y), coordinate(y + 4), fmt.Sprintf("%g", v)})
	}
	return a
}

// roundStep is the next of 1, 2, 5, 10, 20, 50, … at or above v.
func roundStep(v float64) float64 {
	if v <= 1 {
		return 1
	}
	size := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*size {
			return m * size
		}
	}
	return 10 * size
}

func (a axis) y(v float64) float64 { return plotBottom - (plotBottom-plotTop)*v/a.Top }

// slot is where the i-th of n days stands, in the middle of its share.
func slot(i, n int) float64 {
	return plotLeft + (plotRight-plotLeft)*(float64(i)+.5)/float64(n)
}

// mark is a figure on a line, with what a pointer reads.
type mark struct {
	X, Y  string
	Title lang.Word
}

// line is one measure over the days: runs of days without a gap, and the marks.
type line struct {
	Class string
	Runs  []string // points of a polyline
	Marks []mark
}

// lineOf draws what pick reads from the days on which something ended.
func (m measure) lineOf(days []DayTimes, a axis, class string, name lang.Word, pick func(DayTimes) float64) line {
	l := line{Class: class}
	var run []string
	for i, d := range days {
		if d.Count == 0 {
			l.Runs, run = endRun(l.Runs, run), nil
			continue
		}
		x, y := coordinate(slot(i, len(days))), coordinate(a.y(pick(d)))
		run = append(run, x+","+y)
		l.Marks = append(l.Marks, mark{x, y, lang.Said("{day}, {name}: {d}", "day", lang.Moment(d.Day), "name", name, "d", m.Write(pick(d)))})
	}
	l.Runs = endRun(l.Runs, run)
	return l
}

// endRun keeps a run that is a line; a single day is its mark alone.
func endRun(runs, run []string) []string {
	if len(run) > 1 {
		runs = append(runs, strings.Join(run, " "))
	}
	return runs
}

// Hours writes a time in hours the way the tables do: "12 min", "3.4 h".
func Hours(h float64) lang.Word {
	if h < 1 {
		return lang.Said("{minutes} min", "minutes", lang.Fraction(h*60, 0))
	}
	return lang.Said("{hours} h", "hours", lang.Fraction(h, 1))
}

// timesPlot is the drawing of DayTimes.
type timesPlot struct {
	Axis          axis
	Lines         []line
	Limit, LimitT string // y of the line of the limit and of its words
	LimitWord     lang.Word
	Labels        []label
}

// label is a word below the field.
type label struct{ X, Text string }

func (m measure) plot(days []DayTimes) timesPlot {
	largest := m.Limit
	for _, d := range days {
		largest = math.Max(largest, d.Max)
	}
	a := newAxis(largest)
	return timesPlot{
		Axis: a, Labels: labelsOf(len(days), func(i int) string { return days[i].Day }),
		Limit: coordinate(a.y(m.Limit)), LimitT: coordinate(a.y(m.Limit) + 13), LimitWord: m.Word,
		Lines: []line{
			m.lineOf(days, a, "3", "longest", func(d DayTimes) float64 { return d.Max }),
			m.lineOf(days, a, "2", "p95", func(d DayTimes) float64 { return d.P95 }),
			m.lineOf(days, a, "", "p50", func(d DayTimes) float64 { return d.P50 }),
		},
	}
}

// labelsOf names about six of the days, always the first and the last.
func labelsOf(n int, name func(int) string) []label {
	every := max((n+5)/6, 1)
	var all []label
	for i := n - 1; i >= 0; i -= every {
		all = append(all, label{coordinate(slot(i, n)), name(i)})
	}
	return all
}

// column is one bar of a day.
type column struct {
	Class, X, Y, Width, Height string
	Title                      lang.Word
}

// daysPlot is the drawing of DayCount.
type daysPlot struct {
	Axis    axis
	Columns []column
	Labels  []label
}

func newDaysPlot(days []DayCount) daysPlot {
	var largest int64
	for _, d := range days {
		largest = max(largest, d.Filed, d.Ended)
	}
	p := daysPlot{Axis: newAxis(float64(largest)), Labels: labelsOf(len(days), func(i int) string { return days[i].Day })}
	wide := math.Min((plotRight-plotLeft)/float64(len(days))*.36, 22)
	for i, d := range days {
		x := slot(i, len(days))
		p.Columns = append(p.Columns,
			p.Axis.column("f-wait", x-wide-.5, wide, d.Filed, lang.Said("{day}, filed: {count}", "day", lang.Moment(d.Day), "count", d.Filed)),
			p.Axis.column("f-ok", x+.5, wide, d.Ended, lang.Said("{day}, ended: {count}", "day", lang.Moment(d.Day), "count", d.Ended)))
	}
	return p
}

func (a axis) column(class string, x, width float64, count int64, title lang.Word) column {
	y := a.y(float64(count))
	return column{class, coordinate(x), coordinate(y), coordinate(width), coordinate(plotBottom - y), title}
}

// spokenTimes is the plot in a sentence.
func spokenTimes(days []DayTimes) lang.Word {
	var count int64
	longest := 0.0
	for _, d := range days {
		count, longest = count+d.Count, math.Max(longest, d.Max)
	}
	return lang.Said("Hours from submitted to confirmed, {day} to {day2}: {count}, the longest took {longest}. The table below has each day.", "day", lang.Moment(days[0].Day), "day2", lang.Moment(days[len(days)-1].Day), "count", lang.Counted(count, "1 erasure", "{n} erasures"), "longest", Hours(longest))
}

func spokenDays(days []DayCount) lang.Word {
	var filed, ended int64
	for _, d := range days {
		filed, ended = filed+d.Filed, ended+d.Ended
	}
	return lang.Said("Erasures each day, {day} to {day2}: {filed} filed, {ended} ended. The table below has each day.", "day", lang.Moment(days[0].Day), "day2", lang.Moment(days[len(days)-1].Day), "filed", lang.Figure(filed), "ended", lang.Figure(ended))
}

// anyTimes: a plot without a figure would be an empty field.
func anyTimes(days []DayTimes) bool {
	for _, d := range days {
		if d.Count > 0 {
			return true
		}
	}
	return false
}

func anyDays(days []DayCount) bool {
	for _, d := range days {
		if d.Filed+d.Ended > 0 {
			return true
		}
	}
	return false
}
