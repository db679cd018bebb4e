package filter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/spanish"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// stemmers are Snowball's, for those of Watson Assistant's languages that it knows. Czech, Japanese, Korean and Chinese have none.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"ar": arabic.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fr": french.Stem, "it": italian.Stem, "nl": dutch.Stem,
	"pt": portuguese.Stem,
}

const (
	maxStem  = 64      // bytes of a word that is stemmed: longer ones are no words of a language
	maxStems = 1 << 16 // stems that are kept
)

// reader reads texts for their words, and keeps what comes again: the last text, and stems.
type reader struct {
	fold  cases.Caser
	stems map[stemOf]string
	last  reading
}

type stemOf struct{ language, word string }

// reading is a text as : looks at it.
type reading struct {
	text   string
	folded string
	words  []string // runs of letters, digits and marks
	chunks []string // runs without blanks; nil = not split yet
}

func newReader() *reader { return &reader{fold: cases.Fold(), stems: map[stemOf]string{}} }

// folded is a text without the difference of upper and lower case, composed (Unicode NFC), and with one apostrophe for both.
func (d *reader) folded(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(d.fold.String(strings.ReplaceAll(s, "’", "'")))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (d *reader) read(text string) *reading {
	if d.last.text != text || d.last.words == nil {
		folded := d.folded(text)
		d.last = reading{text: text, folded: folded, words: strings.FieldsFunc(folded, isNoWord)}
	}
	return &d.last
}

func (r *reading) tokens(chunks bool) []string {
	if !chunks {
		return r.words
	}
	if r.chunks == nil {
		r.chunks = strings.Fields(r.folded)
	}
	return r.chunks
}

func isWord(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsNumber(c) || unicode.IsMark(c) || c == '_'
}
func isNoWord(c rune) bool { return !isWord(c) }

// unspaced are the scripts that put no spaces between words, or put endings to them without one (Hangul).
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func isUnspaced(c rune) bool { return c >= utf8.RuneSelf && unicode.In(c, unspaced...) }

// stem is what the grammatical variants of a word have in common, the word itself where its language has no stemmer.
func (d *reader) stem(language, word string) string {
	language, _, _ = strings.Cut(language, "-")
	stemmer := stemmers[language]
	if stemmer == nil || len(word) > maxStem {
		return word
	}
	key := stemOf{language, word}
	if s, ok := d.stems[key]; ok {
		return s
	}
	env := snowballstem.NewEnv(word)
	stemmer(env)
	if len(d.stems) >= maxStems {
		clear(d.stems)
	}
	d.stems[strictly(key)] = env.Current()
	return env.Current()
}

// strictly copies the word, which is part of a whole text that need not be kept for it.
func strictly(k stemOf) stemOf { return stemOf{k.language, strings.Clone(k.word)} }

// contains is what : asks of a text, whatever is upper or lower case in either:
//
//   - Words without quotes: they stand in the text one after the other, each as it is or as a grammatical variant of the record's language
//     (words with the same Snowball stem; in languages without a stemmer only as it is). Words are runs of letters, digits and marks.
//   - A phrase, a value with other characters such as ! or -, and a value in a script without spaces between words (Chinese, Japanese,
//     Korean, Thai …): it stands in the text as it is. A word at its ends is not the part of a longer one, except in such a script.
//   - With *, the value's words are patterns, each for a whole word; with ~1 or ~2, as many words of the text as the value has are that
//     close to it. In scripts without spaces both are looked for anywhere.
func (d *reader) contains(t term) func(value, language string) bool {
	parts := make([]string, len(t.parts))
	for i, part := range t.parts {
		parts[i] = d.folded(part)
	}
	whole := strings.Join(parts, "")
	chunks := strings.ContainsFunc(whole, func(c rune) bool { return isNoWord(c) && !unicode.IsSpace(c) })
	anywhere := strings.ContainsFunc(whole, isUnspaced)
	switch {
	case len(parts) > 1 && anywhere:
		parts = slices.Concat([]string{""}, parts, []string{""})
		return func(value, _ string) bool { return wild(parts, d.read(value).folded) }
	case len(parts) > 1:
		return d.pattern(parts, chunks)
	case t.edits > 0:
		return d.close(whole, t.edits, chunks, anywhere)
	case t.phrase || chunks || anywhere || strings.TrimFunc(whole, unicode.IsSpace) == "":
		return func(value, _ string) bool { return stands(whole, d.read(value).folded) }
	}
	return d.variants(strings.Fields(whole))
}

// variants finds words in a row.
func (d *reader) variants(words []string) func(value, language string) bool {
	return func(value, language string) bool {
		return inRow(d.read(value).words, len(words), func(i int, word string) bool {
			return word == words[i] || d.stem(language, word) == d.stem(language, words[i])
		})
	}
}

// pattern finds words, or runs without blanks, that fit patterns in a row.
func (d *reader) pattern(parts []string, chunks bool) func(value, language string) bool {
	patterns := perWord(parts)
	return func(value, _ string) bool {
		return inRow(d.read(value).tokens(chunks), len(patterns), func(i int, word string) bool { return wild(patterns[i], word) })
	}
}

// perWord cuts a pattern, given as the texts between its wildcards, where it has blanks. NUL, which no filter has, stands for the wildcard.
func perWord(parts []string) (patterns [][]string) {
	for _, word := range strings.Fields(strings.Join(parts, "\x00")) {
		patterns = append(patterns, strings.Split(word, "\x00"))
	}
	return patterns
}

// inRow tells whether n words stand one after the other of which each is right for its place.
func inRow(words []string, n int, right func(i int, word string) bool) bool {
	for from := 0; from+n <= len(words); from++ {
		i := 0
		for i < n && right(i, words[from+i]) {
			i++
		}
		if i == n {
			return true
		}
	}
	return false
}

// stands tells whether a text holds another as it is, and not a part of its words.
func stands(part, text string) bool {
	if part == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(part)
	last, _ := utf8.DecodeLastRuneInString(part)
	for from := 0; ; {
		i := strings.Index(text[from:], part)
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(part)
		before, _ := utf8.DecodeLastRuneInString(text[:begin])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !(begin > 0 && joined(before, first)) && !(end < len(text) && joined(last, after)) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[begin:])
		from = begin + size
	}
}

// joined tells whether two characters beside each other are of one word.
func joined(a, b rune) bool { return isWord(a) && isWord(b) && !isUnspaced(a) && !isUnspaced(b) }
