package handlers

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"quittance/views/lang"
)

// Whatever page a story shows to a person is asked for once more, in German: what the console says in English there, though it can say it in German,
// fails the story. Sentences that wait for their German are left out; those that have it are all held against the page.

// needles are pieces of four words and more of what German says otherwise, by their first four. A piece that stands in what waits for its German too
// tells nothing yet.
var needles = func() map[string][]string {
	out, waits := map[string][]string{}, strings.Join(lang.Waiting(lang.German), "\n")
	for english, german := range lang.Sentences(lang.German) {
		if english == german {
			continue
		}
		for i, piece := range gaps.Split(english, -1) {
			words := strings.Fields(piece)
			if i > 0 && len(words) > 0 && !strings.HasPrefix(piece, " ") {
				words = words[1:] // the end of what stands in the gap
			}
			if len(words) < needleWords+1 {
				continue
			}
			needle := strings.Join(words[:len(words)-1], " ") // the last word bears what ends the sentence
			if first := strings.Join(words[:needleWords], " "); !strings.Contains(german, needle) && !strings.Contains(waits, needle) {
				out[first] = append(out[first], needle)
			}
		}
	}
	return out
}()

const needleWords = 4

var (
	gaps    = regexp.MustCompile(`\{\w+\}|</?\d>`)
	figures = regexp.MustCompile(`\d+|[0-9a-f]{8,}`)
)

// englishIn lists what a page in German says in English.
func englishIn(text string) (out []string) {
	words := strings.Fields(text)
	whole := strings.Join(words, " ")
	for i := range max(0, len(words)-needleWords+1) {
		for _, n := range needles[strings.Join(words[i:i+needleWords], " ")] {
			if strings.Contains(whole, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// inGerman asks for the page that a person has just seen, if none like it was looked at before. A file is in English for whoever gets it, and to
// ask linked services once more would be an act of its own.
func (s *story) inGerman(a *asked, got page) error {
	kind, file := got.header.Get("Content-Type"), got.header.Get("Content-Disposition") != ""
	if s.who == nil || file || strings.HasSuffix(a.path, "/elsewhere") || a.method != http.MethodGet || a.frames > 0 || got.status != http.StatusOK || !strings.HasPrefix(kind, "text/html") {
		return nil
	}
	like := figures.ReplaceAllString(a.path+visible(got), "0")
	if s.german[like] {
		return nil
	}
	s.german[like] = true
	req, err := http.NewRequestWithContext(context.Background(), a.method, s.h.url+a.path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Language", "de")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, said := range englishIn(visible(s.who.do(req))) {
		s.english = append(s.english, a.path+": "+said)
	}
	return nil
}

// The search for English finds it: a sentence that has its German.
func TestEnglishIsFound(t *testing.T) {
	for text, want := range map[string]int{
		"Vorher. Nobody can bring them back from here. Danach":                                          0,
		"No service is registered yet. An administrator adds one under Services.":                       1,
		"Noch ist kein Dienst angelegt. Die Verwaltung fügt unter „Dienste“ einen hinzu.":               0,
		"Angehalten 3 erasures is never carried out by itself at noon, since then and end on Thursday.": 0,
	} {
		if got := englishIn(text); len(got) != want {
			t.Errorf("%q: %q, want %d", text, got, want)
		}
	}
}
