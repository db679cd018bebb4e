package views

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"quittance/views/lang"
)

// t says a word in the reader's language, say a sentence with gaps, count how many.
func t(ctx context.Context, w lang.Word) string { return lang.T(ctx, w) }

func say(ctx context.Context, w lang.Word, gaps ...string) string { return lang.Say(ctx, w, gaps...) }

func count(ctx context.Context, n int64, one lang.One, many lang.Many, gaps ...string) string {
	return lang.Count(ctx, n, one, many, gaps...)
}

// around puts what stands between <0> and </0> of a sentence, <1> and </1>, … into markup.
type around func(text string) templ.Component

// stretch is a part of a sentence: plain text, or the text inside a numbered mark.
type stretch struct {
	text string
	mark int // -1 = none
}

// stretches cuts a sentence at its marks. What is no whole mark is text.
func stretches(sentence string, marks int) (out []stretch) {
	for sentence != "" {
		begin, mark := len(sentence), -1
		for i := range marks {
			at := strings.Index(sentence, "<"+strconv.Itoa(i)+">")
			if at >= 0 && at < begin && strings.Contains(sentence[at:], "</"+strconv.Itoa(i)+">") {
				begin, mark = at, i
			}
		}
		if begin > 0 {
			out = append(out, stretch{sentence[:begin], -1})
		}
		if mark < 0 {
			return out
		}
		open := "<" + strconv.Itoa(mark) + ">"
		inside, rest, _ := strings.Cut(sentence[begin+len(open):], "</"+strconv.Itoa(mark)+">")
		out, sentence = append(out, stretch{inside, mark}), rest
	}
	return slices.Clip(out)
}
