package views

import (
	"math"
	"strconv"

	"quittance/views/lang"
)

// DrillPoint is one drill that has ended, as the plot of drills shows it.
type DrillPoint struct {
	Number  int64
	Day     string    // "22 Nov"
	Outcome string    // of DrillOutcomes
	Took    lang.Word // "12.3 s"; "" where it was cut off, which says nothing of how long it took
	Seconds float64
}

// drillFills are the colours of the columns. What is not well bears a sign above its column too, for those who do not see the colour.
var drillFills = map[string]string{"passed": "f-ok", "failed": "f-over", "blind": "f-over"}

// drillsInMinutes is from when on seconds are too small a measure.
const drillsInMinutes = 180

// drillPlot is the drawing of DrillPoints, oldest first.
type drillPlot struct {
	Title   lang.Word // with the unit
	Axis    axis
	Columns []column
	Signs   []sign
	Labels  []label
}

// sign stands above a column, or on the ground where there is none.
type sign struct {
	X, Y, Text string
	Title      lang.Word
}

func newDrillPlot(all []DrillPoint) drillPlot {
	largest := 0.0
	for _, d := range all {
		largest = math.Max(largest, d.Seconds)
	}
	per := 1.0
	p := drillPlot{Title: "How long each took, in seconds", Labels: labelsOf(len(all), func(i int) string { return all[i].Day })}
	if largest >= drillsInMinutes {
		p.Title, per = "How long each took, in minutes", 60
	}
	p.Axis = newAxis(largest / per)
	wide := math.Min((plotRight-plotLeft)/float64(len(all))*.6, 28)
	for i, d := range all {
		p.add(d, slot(i, len(all)), wide, p.Axis.y(d.Seconds/per))
	}
	return p
}

// add draws one drill: a column, and a sign where it is not well.
func (p *drillPlot) add(d DrillPoint, x, wide, y float64) {
	title := lang.Said("Drill {number}, {day}: {word}", "number", strconv.FormatInt(d.Number, 10), "day", lang.Moment(d.Day), "word", DrillOutcomes[d.Outcome].Word)
	if d.Took != "" {
		title = lang.InRow([]lang.Word{title, d.Took})
		p.Columns = append(p.Columns, column{drillFills[d.Outcome], coordinate(x - wide/2), coordinate(y), coordinate(wide), coordinate(plotBottom - y), title})
	}
	switch {
	case d.Took == "":
		p.Signs = append(p.Signs, sign{coordinate(x), coordinate(plotBottom - 3), "!", title})
	case d.Outcome != "passed":
		p.Signs = append(p.Signs, sign{coordinate(x), coordinate(y - 3), "×", title})
	}
}

// spokenDrills is the plot in a sentence.
func spokenDrills(all []DrillPoint) lang.Word {
	passed, longest := int64(0), DrillPoint{}
	for _, d := range all {
		if d.Outcome == "passed" {
			passed++
		}
		if d.Seconds >= longest.Seconds {
			longest = d
		}
	}
	gaps := []any{"from", lang.Moment(all[0].Day), "to", lang.Moment(all[len(all)-1].Day), "all", lang.Counted(int64(len(all)), "1 drill", "{n} drills"), "passed", lang.Figure(passed)}
	if longest.Took == "" {
		return lang.Said("How long drills took, {from} to {to}: {all}, {passed} passed. The table below has each.", gaps...)
	}
	return lang.Said("How long drills took, {from} to {to}: {all}, {passed} passed, the longest took {took}. The table below has each.", append(gaps, "took", longest.Took)...)
}
