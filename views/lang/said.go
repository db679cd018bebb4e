package lang

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Word may be made before anybody knows who will read it: a sentence with what stands in its gaps, a count, a number. It then holds both
// between two control characters, and is said by T like any other. Such words can be joined and can stand in each other's gaps.
const (
	begins, ends, next = '\x02', '\x03', '\x1f'

	rawly, saying, counting, figuring, lasting, listing, dating, within = "r", "s", "c", "f", "d", "l", "m", "i"
	pointed, weighing, opening                                          = "p", "b", "o"
)

var unmarked = strings.NewReplacer(string(begins), "", string(ends), "", string(next), "")

func pack(kind string, parts ...string) Word {
	return Word(string(begins) + kind + strings.Join(parts, string(next)) + string(ends))
}

// Raw is what stands as it is in every language: a name, a file's name, what somebody typed.
func Raw(text string) Word {
	if text == "" {
		return ""
	}
	return pack(rawly, unmarked.Replace(text))
}

// Said is a sentence and what stands in its gaps: names and values by turns. A Word among the values is said in the reader's language too, a
// number is written in it, and a string stands as it is. Said("Opened {when}.", "when", "09:14").
func Said(w Word, gaps ...any) Word {
	return pack(saying, append([]string{string(w)}, packed(gaps)...)...)
}

// Counted is Count for a reader who is not known yet.
func Counted[N int | int64](n N, one One, many Many, gaps ...any) Word {
	return pack(counting, append([]string{strconv.FormatInt(int64(n), 10), string(one), string(many)}, packed(gaps)...)...)
}

// Figure is Number for a reader who is not known yet, Lasting is Span, Listed is List.
func Figure[N int | int64](n N) Word { return pack(figuring, strconv.FormatInt(int64(n), 10)) }

// Lasting is a duration, in the two largest units that matter.
func Lasting(d time.Duration) Word { return pack(lasting, strconv.FormatInt(int64(d), 10)) }

// Fraction is Decimal for a reader who is not known yet, Size is Bytes.
func Fraction(x float64, decimals int) Word {
	return pack(pointed, strconv.FormatFloat(x, 'f', decimals, 64))
}

// Size is a number of bytes in powers of 1000.
func Size(n int64) Word { return pack(weighing, strconv.FormatInt(n, 10)) }

// Moment is a time as English writes it ("2 Jan 2006, 15:04" and the other forms of dates), for a reader who is not known yet. No time is no word.
func Moment(text string) Word {
	if text == "" {
		return ""
	}
	return pack(dating, unmarked.Replace(text))
}

// Listed joins words the way a sentence does; strings among them stand as they are.
func Listed[S ~string](words []S) Word {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = packedOne(any(w))
	}
	return pack(listing, parts...)
}

// Inside is Lower for a reader who is not known yet.
func Inside(w Word) Word { return pack(within, string(w)) }

// Opening is a word at the beginning of a sentence: it is said with a capital, in every language.
func Opening(w Word) Word { return pack(opening, string(w)) }

// InRow puts words beside each other, with commas between them and no "and".
func InRow(words []Word) (row Word) {
	for i, w := range words {
		if i > 0 {
			row += Raw(", ")
		}
		row += w
	}
	return row
}

func packed(gaps []any) []string {
	out := make([]string, len(gaps))
	for i, g := range gaps {
		if i%2 == 0 {
			out[i] = fmt.Sprint(g) // a name
			continue
		}
		out[i] = packedOne(g)
	}
	return out
}

func packedOne(g any) string {
	switch g := g.(type) {
	case Word:
		return string(g)
	case int:
		return string(Figure(g))
	case int64:
		return string(Figure(g))
	case time.Duration:
		return string(Lasting(g))
	}
	return string(Raw(fmt.Sprint(g)))
}

// deferred says a Word that holds what was made before its reader was known.
func deferred(ctx context.Context, text string) string {
	var out strings.Builder
	for text != "" {
		at := strings.IndexRune(text, begins)
		if at < 0 {
			at = len(text)
		}
		if at > 0 {
			out.WriteString(T(ctx, Word(text[:at])))
			text = text[at:]
			continue
		}
		end := closing(text)
		out.WriteString(unpacked(ctx, text[1:2], parted(text[2:end])))
		text = text[min(end+1, len(text)):]
	}
	return out.String()
}

// closing is where what begins at the start of the text ends.
func closing(text string) int {
	depth := 0
	for i, r := range text {
		switch r {
		case begins:
			depth++
		case ends:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// parted cuts at the separators that are not inside something else.
func parted(text string) (out []string) {
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == begins:
			depth++
		case r == ends:
			depth--
		case r == next && depth == 0:
			out, from = append(out, text[from:i]), i+1
		}
	}
	return append(out, text[from:])
}

func unpacked(ctx context.Context, kind string, parts []string) string {
	switch kind {
	case saying:
		return Say(ctx, Word(parts[0]), spoken(ctx, parts[1:])...)
	case counting:
		return Count(ctx, number(parts[0]), One(parts[1]), Many(parts[2]), spoken(ctx, parts[3:])...)
	case figuring:
		return Number(ctx, number(parts[0]))
	case lasting:
		return Span(ctx, time.Duration(number(parts[0])))
	case pointed:
		return strings.Replace(parts[0], ".", points[Of(ctx)], 1)
	case weighing:
		return Bytes(ctx, number(parts[0]))
	case dating:
		return Dated(ctx, parts[0])
	case within:
		return Lower(ctx, Word(parts[0]))
	case opening:
		return capital(T(ctx, Word(parts[0])))
	case listing:
		words := make([]string, len(parts))
		for i, p := range parts {
			words[i] = T(ctx, Word(p))
		}
		return List(ctx, words)
	}
	return parts[0]
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // this package wrote it
	return n
}

func spoken(ctx context.Context, gaps []string) []string {
	out := make([]string, len(gaps))
	for i, g := range gaps {
		if out[i] = g; i%2 == 1 {
			out[i] = T(ctx, Word(g))
		}
	}
	return out
}
