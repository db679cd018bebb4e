package views

import (
	"context"
	"quittance/views/lang"
	"strconv"
	"strings"
)

// bar is one rectangle of a SegBar in a box of 1000 by 10.
type bar struct {
	Tone     string
	Title    lang.Word
	X, Width string
}

const (
	barRoom  = 1000.0
	barGap   = 2.0
	barLeast = 4.0 // a share above zero can be seen
)

// barsOf lays the shares side by side. Small shares get the least width that
// can be seen; the others give way in proportion.
func barsOf(segs []Seg) []bar {
	var shown []Seg
	var total int64
	for _, s := range segs {
		if s.Count > 0 {
			shown, total = append(shown, s), total+s.Count
		}
	}
	room := barRoom - barGap*float64(max(len(shown)-1, 0)) - barLeast*float64(len(shown))
	bars, x := make([]bar, 0, len(shown)), 0.0
	for _, s := range shown {
		width := barLeast + room*float64(s.Count)/float64(total)
		bars = append(bars, bar{s.Tone, lang.Said("{label}: {count}", "label", s.Label, "count", lang.Figure(s.Count)), coordinate(x), coordinate(width)})
		x += width + barGap
	}
	return bars
}

// spoken is the bar in words: "Records by state: 281 labelled, 22 on hold".
func spoken(ctx context.Context, label lang.Word, segs []Seg) string {
	var parts []string
	for _, s := range segs {
		if s.Count > 0 {
			parts = append(parts, lang.Number(ctx, s.Count)+" "+lang.Lower(ctx, s.Label))
		}
	}
	if len(parts) == 0 {
		parts = []string{t(ctx, "none yet")}
	}
	return t(ctx, label) + ": " + strings.Join(parts, ", ")
}

// coordinate writes a length for SVG, to a tenth.
func coordinate(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
