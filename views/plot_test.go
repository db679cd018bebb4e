package views

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quittance/views/lang"
)

func units(t interface{ Fatal(...any) }, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Whatever the mix, the shares stand side by side in the box, and none that is
// above zero vanishes.
func TestBarsFillTheBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var segs []Seg
		shown := 0
		for i, n := range rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 0, 8).Draw(t, "counts") {
			segs = append(segs, Seg{Tone: "ok", Label: lang.Raw(strconv.Itoa(i)), Count: n})
			if n > 0 {
				shown++
			}
		}
		bars := barsOf(segs)
		if len(bars) != shown {
			t.Fatalf("%d bars for %d shares above zero", len(bars), shown)
		}
		end := 0.0
		for _, b := range bars {
			x, w := units(t, b.X), units(t, b.Width)
			if w < barLeast-.1 || x < end-.11 {
				t.Fatalf("a bar at %g is %g wide, the last one ended at %g", x, w, end)
			}
			end = x + w
		}
		if shown > 0 && (end < 999 || end > 1001) {
			t.Fatalf("the bars end at %g", end)
		}
	})
}

func TestSpokenBar(t *testing.T) {
	if got := spoken(context.Background(), "Records", sampleStates); got != "Records: 281 labelled, 14 erasure pending, 22 on hold, 4 two customer ids, 6 erased" {
		t.Error(got)
	}
	if got := spoken(context.Background(), "Records", nil); got != "Records: none yet" {
		t.Error(got)
	}
}

func TestAxisIsRound(t *testing.T) {
	for largest, want := range map[float64]string{0: "0 1", 3: "0 1 2 3", 24: "0 10 20 30", 7: "0 2 4 6 8", 400: "0 100 200 300 400", 401: "0 200 400 600"} {
		var got []string
		for _, tick := range newAxis(largest).Ticks {
			got = append(got, tick.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("up to %g the axis says %v, want %s", largest, got, want)
		}
	}
}

// A day on which nothing ended is a gap, not a zero.
func TestGapsInTheTimes(t *testing.T) {
	days := []DayTimes{{Day: "1", P50: 1, Count: 1}, {Day: "2", P50: 2, Count: 1}, {Day: "3"}, {Day: "4", P50: 30, Max: 30, Count: 1}}
	p := inHours.plot(days)
	median := p.Lines[2]
	if len(median.Runs) != 1 || len(median.Marks) != 3 {
		t.Errorf("%d runs and %d marks, want 1 and 3", len(median.Runs), len(median.Marks))
	}
	if p.Axis.Top < 30 {
		t.Errorf("30 hours do not fit below %g", p.Axis.Top)
	}
	if !strings.Contains(lang.InEnglish(spokenTimes(days)), "30.0 h") {
		t.Error(spokenTimes(days))
	}
}

func TestPlotLabels(t *testing.T) {
	for _, n := range []int{1, 2, 7, 14, 31} {
		labels := labelsOf(n, strconv.Itoa)
		if len(labels) == 0 || len(labels) > 7 || labels[0].Text != strconv.Itoa(n-1) {
			t.Errorf("%d days have the labels %v", n, labels)
		}
	}
}

func TestDaysWithoutErasures(t *testing.T) {
	if anyDays([]DayCount{{Day: "1"}}) || anyTimes([]DayTimes{{Day: "1"}}) || !anyDays([]DayCount{{"1", 1, 0}}) {
		t.Error("an empty plot is drawn, or a full one is not")
	}
	if p := newDaysPlot([]DayCount{{"1", 4, 2}}); len(p.Columns) != 2 || p.Columns[0].Height == p.Columns[1].Height {
		t.Errorf("the columns are %+v", p.Columns)
	}
}
