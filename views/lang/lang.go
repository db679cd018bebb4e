// Package lang says the console's words in the language that the reader chose. The English sentence is the key, as it is for gettext: it stands
// where it is used, so that a page can be read, and its translations stand in files beside this one (de/*.json). Constants of
// the types here are the console's vocabulary: the compiler knows them, and a test finds each that a language lacks.
package lang

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// Language is a language of the console, as BCP 47 names it.
type Language string

// The languages of the console.
const (
	English Language = "en"
	German  Language = "de"
)

// Named is a language with its name in itself.
type Named struct {
	Language Language
	Name     string
}

// Languages lists the languages that the console can be read in.
var Languages = []Named{{English, "English"}, {German, "Deutsch"}}

// Offered lists those that can be chosen: English, and each language into which all is translated. What waits for its translation stands in
// missing/<language>.json; while anything does, nobody reads half a page in each of two languages.
func Offered() (out []Named) {
	for _, n := range Languages {
		if len(waiting[n.Language]) == 0 {
			out = append(out, n)
		}
	}
	return out
}

// Known is the language that a code names, English for what is none.
func Known(code string) Language {
	if Language(code) == German {
		return German
	}
	return English
}

// Word is something that the console says, in English: a word or whole sentences. In braces stand the names of its gaps, "Opened {when}."
type Word string

// One and Many are the two forms of something that is counted: "1 record" and "{n} records". Many is the key.
type (
	One  string
	Many string
)

// separator stands between the context of a word and the word, where one English word means several things: "verb|Open" is what one does with a
// door, "state|Open" how it stands. Neither is said with its context.
const separator = "|"

type languageKey struct{}

// Sentences are the words of a language that have one form, by their English: for tests that hold a page against them.
func Sentences(l Language) map[string]string { return maps.Clone(said[l]) }

// Waiting are the words that a language lacks, by their English.
func Waiting(l Language) []string { return slices.Collect(maps.Keys(waiting[l])) }

// With gives a context the reader's language.
func With(ctx context.Context, l Language) context.Context {
	return context.WithValue(ctx, languageKey{}, l)
}

// Of is the reader's language, English where nobody chose one.
func Of(ctx context.Context) Language {
	if l, ok := ctx.Value(languageKey{}).(Language); ok {
		return l
	}
	return English
}

// T says a word. What no file translates is said in English.
func T(ctx context.Context, w Word) string {
	if strings.ContainsRune(string(w), begins) {
		return deferred(ctx, string(w))
	}
	if text, ok := said[Of(ctx)][string(w)]; ok {
		return text
	}
	return withoutContext(string(w))
}

// withoutContext leaves the context of a word away: small letters before the separator. Any other bar is part of what is said.
func withoutContext(word string) string {
	context, plain, ok := strings.Cut(word, separator)
	if !ok || plain == "" || strings.TrimLeft(context, "abcdefghijklmnopqrstuvwxyz") != "" {
		return word
	}
	return plain
}

// Say says a sentence and fills its gaps: names and what stands there, by turns. Say(ctx, "Opened {when}.", "when", "at noon").
func Say(ctx context.Context, w Word, gaps ...string) string { return fill(T(ctx, w), gaps) }

// Count says how many: one for 1, else many with the number in its gap {n}. More gaps are filled as Say does.
func Count(ctx context.Context, n int64, one One, many Many, gaps ...string) string {
	text, err := localizers[Of(ctx)].Localize(&i18n.LocalizeConfig{
		DefaultMessage: &i18n.Message{ID: string(many), One: string(one), Other: string(many)},
		PluralCount:    n, TemplateParser: template.IdentityParser{},
	})
	if err != nil { // a file that lacks a form; the test of the files finds it first
		text = string(many)
	}
	return fill(text, append(gaps, "n", Number(ctx, n)))
}

func fill(text string, gaps []string) string {
	if len(gaps) == 0 || !strings.Contains(text, "{") {
		return text
	}
	named := make([]string, len(gaps))
	for i := 0; i+1 < len(gaps); i += 2 {
		named[i], named[i+1] = "{"+gaps[i]+"}", gaps[i+1]
	}
	return strings.NewReplacer(named...).Replace(text)
}

//go:embed de/*.json missing/*.json
var files embed.FS

// waiting are the keys that a language lacks, as a file to be filled in.
var waiting = loadWaiting()

func loadWaiting() map[Language]map[string]form {
	out := map[Language]map[string]form{}
	for _, n := range Languages[1:] {
		raw, err := files.ReadFile("missing/" + string(n.Language) + ".json")
		var all map[string]form
		if err == nil {
			err = json.Unmarshal(raw, &all)
		}
		if err != nil {
			panic(fmt.Errorf("reading what %s lacks: %w", n.Name, err)) // it is part of the program
		}
		out[n.Language] = all
	}
	return out
}

// said are the words of each language that have one form; localizers know those that have several.
var said, localizers = load()

func load() (map[Language]map[string]string, map[Language]*i18n.Localizer) {
	bundle := i18n.NewBundle(language.English)
	words := map[Language]map[string]string{}
	for _, l := range Languages {
		words[l.Language] = map[string]string{}
		names, _ := fs.Glob(files, string(l.Language)+"/*.json")
		for _, name := range names {
			if err := loadFile(bundle, l.Language, name, words[l.Language]); err != nil {
				panic(fmt.Errorf("reading %s: %w", path.Base(name), err)) // it is part of the program
			}
		}
	}
	found := map[Language]*i18n.Localizer{}
	for _, l := range Languages {
		found[l.Language] = i18n.NewLocalizer(bundle, string(l.Language))
	}
	return words, found
}

// form is what a file holds of one key: how it is said, of what is counted for one and for many.
type form struct{ One, Other string }

// UnmarshalJSON implements json.Unmarshaler: what has one form is a string.
func (f *form) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &f.Other)
	}
	type plain form
	return json.Unmarshal(raw, (*plain)(f))
}

// loadFile reads a file by itself: go-i18n's own format takes keys such as "Hash" and "Other" for words of its own.
func loadFile(bundle *i18n.Bundle, l Language, name string, words map[string]string) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var all map[string]form
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	for key, f := range all {
		if f.One == "" {
			words[key] = f.Other
		} else if err := bundle.AddMessages(language.Make(string(l)), &i18n.Message{ID: key, One: f.One, Other: f.Other}); err != nil {
			return err
		}
	}
	return nil
}
