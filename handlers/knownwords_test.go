package handlers

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/ticket"
	"quittance/views/lang"
)

// TestTrailWords: what package audit says of each event is a word of the console, and no other sentence is kept for it.
func TestTrailWords(t *testing.T) {
	var said []lang.Word
	for _, e := range audit.Events() {
		said = append(said, lang.Word(e.Sentence))
		if !slices.Contains(trail, lang.Word(e.Sentence)) {
			t.Errorf("%s is said in English only: %q", e.Event, e.Sentence)
		}
	}
	for _, w := range trail {
		if !slices.Contains(said, w) {
			t.Errorf("no event is said so any more: %q", w)
		}
	}
}

// TestWordsFromBelow: what is kept here as a word of a package that knows no language still stands there, piece by piece. A sentence that was worded
// anew there would be said in English only, and nobody would notice.
func TestWordsFromBelow(t *testing.T) {
	source := sourceOf(t, "../db", "auth", "connect", "watson")
	for day := range 7 {
		source += time.Weekday(day).String()
	}
	between := regexp.MustCompile(`\{\w+\}`)
	for _, w := range slices.Concat(below, mends, stepWords) {
		for _, piece := range between.Split(string(w), -1) {
			if piece = strings.Trim(piece, " .,:;()?"); piece != "" && !strings.Contains(source, piece) && !strings.Contains(source, strings.ReplaceAll(piece, `"`, `\"`)) {
				t.Errorf("%q: nobody says %q", w, piece)
			}
		}
	}
}

// sourceOf is the code below some folders, without its tests.
func sourceOf(t *testing.T, folders ...string) string {
	t.Helper()
	var all strings.Builder
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			all.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// TestArticleOf: a right stands where the law has it that the ticket goes by, and nowhere where that law has none.
func TestArticleOf(t *testing.T) {
	for _, c := range []struct {
		regime string
		right  ticket.Right
		want   lang.Word
	}{{ticket.EU, ticket.Access, "Art. 15"}, {ticket.UK, ticket.Objection, "Art. 21"}, {ticket.CCPA, ticket.Access, "Civ. Code 1798.110"}, {ticket.CCPA, ticket.Objection, ""}} {
		var v db.Ticket
		v.Regime, v.Right = c.regime, c.right
		if got := articleOf(v); got != c.want {
			t.Errorf("%s under %s: %q, want %q", c.right, c.regime, got, c.want)
		}
	}
	if got := lang.T(t.Context(), inRow("CCPA", "")); got != "CCPA" {
		t.Errorf("%q", got)
	}
}

// TestFilterWords: each reason for which package filter refuses a text is a word of the console, so that nobody reads half a sentence in English. The
// reasons are read where they stand, because most of them take a particular mistake to be seen.
func TestFilterWords(t *testing.T) {
	reason := regexp.MustCompile("(?:&Error\\{[^\"`\n]*|fail\\((?:fmt\\.Sprintf\\()?|unknownField = )(\"[^\"]*\"|`[^`]*`)")
	found := reason.FindAllStringSubmatch(sourceOf(t, "../db/filter"), -1)
	if len(found) < 25 {
		t.Fatalf("only %d reasons were found in the code", len(found))
	}
	filled := strings.NewReplacer("%d", "7", "%c", ")")
	for _, f := range found {
		text := filled.Replace(f[1][1 : len(f[1])-1])
		if german := lang.T(lang.With(t.Context(), lang.German), fromBelow(text)); german == text || strings.Contains(german, "value") {
			t.Errorf("%q is %q in German", text, german)
		}
	}
}
