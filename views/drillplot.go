package views

import (
	"fmt"
	"math"
)

// DrillPoint is one drill that has ended, as the plot of drills shows it.
type DrillPoint struct {
	Number  int64
	Day     string // "22 Nov"
	Outcome string // of DrillOutcomes
	Took    string // "12.3 s"; "" where it was cut off, which says nothing of how long it took
	Seconds float64
}

// drillFills are the colours of the columns. What is not well bears a sign above its column too, for those who do not see the colour.
var drillFills = map[string]string{"passed": "f-ok", "failed": "f-over", "blind": "f-over"}

// drillsInMinutes is from when on seconds are too small a measure.
const drillsInMinutes = 180

// drillPlot is the drawing of DrillPoints, oldest first.
type drillPlot struct {
	Unit    string // "seconds"
	Axis    axis
	Columns []column
	Signs   []sign
	Labels  []label
}

// sign stands above a column, or on the ground where there is none.
type sign struct{ X, Y, Text, Title string }

func newDrillPlot(all []DrillPoint) drillPlot {
	largest := 0.0
	for _, d := range all {
		largest = math.Max(largest, d.Seconds)
	}
	per := 1.0
	p := drillPlot{Unit: "seconds", Labels: labelsOf(len(all), func(i int) string { return all[i].Day })}
	if largest >= drillsInMinutes {
		p.Unit, per = "minutes", 60
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
	title := fmt.Sprintf("Drill %d, %s: %s", d.Number, d.Day, DrillOutcomes[d.Outcome].Word)
	if d.Took != "" {
		title += ", " + d.Took
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
func spokenDrills(all []DrillPoint) string {
	passed, longest := int64(0), DrillPoint{}
	for _, d := range all {
		if d.Outcome == "passed" {
			passed++
		}
		if d.Seconds >= longest.Seconds {
			longest = d
		}
	}
	words := fmt.Sprintf("How long drills took, %s to %s: %s, %s passed", all[0].Day, all[len(all)-1].Day, Count(int64(len(all)), "drill", "drills"), Number(passed))
	if longest.Took != "" {
		words += ", the longest took " + longest.Took
	}
	return words + ". The table below has each."
}
