package label

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Difference is in what two IDs differ that are alike.
type Difference string

// In what IDs are told apart that people, keyboards and programs take for the same.
const (
	InEncoding Difference = "encoding" // one is percent-encoded
	InForm     Difference = "form"     // composed and decomposed letters, full width, ligatures: Unicode's NFC, NFD and NFKC
	InCase     Difference = "case"     // upper and lower case
	InSpaces   Difference = "spaces"   // blanks, a + that an address reads as one, characters that are not seen
	InDashes   Difference = "dashes"   // hyphens and underscores: Visual Recognition takes no hyphen, so applications write one for the other
	InPrefix   Difference = "prefix"   // what an integration puts before its own ID
	InZeros    Difference = "zeros"    // zeros before a number
)

// Differences are all that there are, in the order in which they are folded.
var Differences = []Difference{InEncoding, InForm, InCase, InSpaces, InDashes, InPrefix, InZeros}

var folds = map[Difference]func(string) string{
	InEncoding: percentDecoded, InForm: norm.NFKC.String, InCase: foldCase, InSpaces: withoutSpaces, InDashes: oneDash, InPrefix: withoutPrefix, InZeros: withoutZeros,
}

// FoldRules says by which rules Fold folds: whoever keeps what it made has to make it anew when they change.
const FoldRules = "1"

// Fold makes one text of all IDs that differ only in what the list above says. It decides nothing: an erasure is of exactly the ID that it
// names, and what folds to the same is shown beside it, because it may be the same person (near miss).
func Fold(id ID) string { return fold(id.s, "") }

// foldRounds bounds how often one fold may open the way for another, as an encoded percent sign does.
const foldRounds = 4

func fold(s string, without Difference) string {
	for range foldRounds {
		next := s
		for _, d := range Differences {
			if d != without {
				next = folds[d](next)
			}
		}
		if next == s {
			break
		}
		s = next
	}
	return s
}

// Differ tells in what two IDs differ that fold to the same: in one thing alone, or in each that cannot be left out.
func Differ(a, b ID) (out []Difference) {
	for _, d := range Differences {
		if folds[d](a.s) == folds[d](b.s) {
			return []Difference{d}
		}
	}
	for _, d := range Differences {
		if fold(a.s, d) != fold(b.s, d) {
			out = append(out, d)
		}
	}
	return out
}

// percentDecoded reads %41 as A and leaves alone what is no encoding, or none of UTF-8.
func percentDecoded(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0 {
			out = append(out, byte(hex(s[i+1])<<4|hex(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	if !utf8.Valid(out) {
		return s
	}
	return string(out)
}

// hex is the value of a hexadecimal digit, -1 where it is none.
func hex(c byte) int { return strings.IndexByte("0123456789abcdef", lower(c)) }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func foldCase(s string) string {
	if strings.IndexFunc(s, func(c rune) bool { return c >= utf8.RuneSelf }) < 0 {
		return strings.ToLower(s)
	}
	return cases.Fold().String(s)
}

// withoutSpaces drops what takes no place on the screen, or nothing but place. The + is among it: in an address it is a blank.
func withoutSpaces(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '+' || unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, s)
}

func oneDash(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Pd, c) {
			return '_'
		}
		return c
	}, s)
}

// withoutPrefix takes away the prefixes of all integrations: what stands behind them may be the same person elsewhere.
func withoutPrefix(s string) string {
	for i := 0; i < len(integrations); i++ {
		if rest, ok := strings.CutPrefix(s, integrations[i].name+"_"); ok && rest != "" {
			s, i = rest, -1
		}
	}
	return s
}

// withoutZeros takes the zeros away that stand before another digit and after none.
func withoutZeros(s string) string {
	if !strings.Contains(s, "0") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i, c := range []byte(s) {
		if c == '0' && i+1 < len(s) && digit(s[i+1]) && (len(out) == 0 || !digit(out[len(out)-1])) {
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
