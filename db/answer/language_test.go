package answer

import (
	"bytes"
	"encoding/json"
	"flag"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// Each language has words for all that English has words for, with as many places in each sentence.
func TestLanguages(t *testing.T) {
	sameWords(t, english, german)
	sameWords(t, englishOut, germanOut)
	for _, s := range Statements {
		if english.titles[s.Code] != [2]string{s.Article, s.Title} {
			t.Errorf("%s is called otherwise in the console", s.Code)
		}
	}
	if m := Mark("trade-secret", "de"); m != "[weggelassen: Geschäftsgeheimnis]" {
		t.Error(m)
	}
	if m := Moment(time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC), "de"); m != "2. März 2026, 09:05 UTC" {
		t.Error(m)
	}
}

// sameWords compares two languages field by field.
func sameWords(t *testing.T, one, other any) {
	t.Helper()
	want, got := reflect.ValueOf(one), reflect.ValueOf(other)
	for i := range want.NumField() {
		name, w, g := want.Type().Field(i).Name, leaves(want.Field(i)), leaves(got.Field(i))
		if !slices.Equal(slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(g))) {
			t.Errorf("%s has other keys", name)
		}
		for k, words := range w {
			if g[k] == "" || words == "" || strings.Count(g[k], "%") != strings.Count(words, "%") {
				t.Errorf("%s %s: %q for %q", name, k, g[k], words)
			}
		}
	}
}

// leaves are the strings of a field by their place in it.
func leaves(v reflect.Value) map[string]string {
	out := map[string]string{}
	switch v.Kind() {
	case reflect.Map:
		for _, k := range v.MapKeys() {
			for at, words := range leaves(v.MapIndex(k)) {
				out[k.String()+"/"+at] = words
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			out[decimal(int64(i))] = v.Index(i).String()
		}
	default:
		out[""] = v.String()
	}
	return out
}

// What is stated: the house's words, those of a service beside or instead of them, and what is missing, by service and language.
func TestChoose(t *testing.T) {
	all := func(code string, of int64, language string, instead bool) Statement {
		return Statement{Code: code, Of: of, Language: language, Instead: instead, Text: code + " " + decimal(of) + " " + language}
	}
	two := map[int64]string{1: "bot", 2: "eyes"}
	for name, c := range map[string]struct {
		have     []Statement
		services map[int64]string
		texts    string
		gaps     []Gap // of purposes
	}{
		"nothing":                     {nil, two, "", []Gap{{Code: "purposes"}}},
		"the house":                   {[]Statement{all("purposes", 0, "en", false)}, two, "purposes 0 en", nil},
		"without records":             {[]Statement{all("purposes", 0, "en", false), all("purposes", 1, "en", true)}, nil, "purposes 0 en", nil},
		"beside":                      {[]Statement{all("purposes", 0, "en", false), all("purposes", 1, "en", false)}, two, "purposes 0 en, purposes 1 en", nil},
		"instead, of one":             {[]Statement{all("purposes", 0, "en", false), all("purposes", 1, "en", true)}, two, "purposes 0 en, purposes 1 en", nil},
		"instead, of all":             {[]Statement{all("purposes", 0, "en", false), all("purposes", 1, "en", true), all("purposes", 2, "en", true)}, two, "purposes 1 en, purposes 2 en", nil},
		"instead, of none that count": {[]Statement{all("purposes", 0, "en", false), all("purposes", 9, "en", true)}, two, "purposes 0 en", nil},
		"one service only":            {[]Statement{all("purposes", 1, "en", false)}, two, "purposes 1 en", []Gap{{Code: "purposes", Service: "eyes"}}},
		"German only":                 {[]Statement{all("purposes", 0, "de", false)}, two, "purposes 0 de", []Gap{{Code: "purposes", Only: "de"}}},
		"both":                        {[]Statement{all("purposes", 0, "de", false), all("purposes", 0, "en", false)}, two, "purposes 0 en", nil},
		"a service in German only": {[]Statement{all("purposes", 0, "en", false), all("purposes", 2, "de", false)}, two, "purposes 0 en, purposes 2 de",
			[]Gap{{Code: "purposes", Service: "eyes", Only: "de"}}},
	} {
		chosen, gaps := Choose(c.have, "en", c.services)
		var got []string
		for _, s := range chosen {
			got = append(got, s.Text)
		}
		gaps = slices.DeleteFunc(gaps, func(g Gap) bool { return g.Code != "purposes" })
		if strings.Join(got, ", ") != c.texts || !slices.Equal(gaps, c.gaps) {
			t.Errorf("%s: %q, gaps %v", name, got, gaps)
		}
	}
}

// sampleHead is an answer in which everything occurs that can.
func sampleHead(language string) Head {
	day := time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC)
	return Head{Answer: 7, Language: language, Made: day.AddDate(0, 0, 3), UpTo: day, IDs: []string{"cust_8842", "<b>anna"}, Restricted: true, Erased: 1,
		Statements: []Statement{{Code: "controller", Language: language, Text: "Example Ltd\nHigh Street 1"}, {Code: "purposes", Language: language, Text: "To help you."},
			{Code: "purposes", Language: language, Of: 1, Service: "support-bot", Text: "And to answer at night."}, {Code: "purposes", Language: "en", Of: 2, Service: "eyes", Instead: true, Text: "To see what is broken."}},
		Consultations: []Consultation{{day, "access-request", "officer,support"}},
		Recipients:    []Recipient{{"support-bot (upstream)", day, PassedOn}, {"Letter shop", day, ToldToErase}},
		Elsewhere:     []string{"Letter shop"}, Redactions: []Redacted{{"other-person", 2}, {OtherID, 1}}}
}

func sampleRecords() iter.Seq2[Record, error] {
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	message := map[string]any{"request": map[string]any{"input": map[string]any{"text": "Where is my parcel?\nIt was for " + Mark("other-person", "en")}},
		"response": map[string]any{"output": map[string]any{"generic": []any{map[string]any{"text": "On its way <now>."}}}}, "log_id": "7f", "count": json.Number("3")}
	return func(yield func(Record, error) bool) {
		_ = yield(Record{Number: 1, Service: "support-bot", Kind: "message", Time: day, Data: message}, nil) &&
			yield(Record{Number: 2, Service: "eyes", Kind: "image", Time: day, Image: []byte("picture"), Type: "image/png"}, nil) &&
			yield(Record{Number: 3, Service: "support-bot", Kind: "message", Time: day, Withheld: "confidential"}, nil)
	}
}

// The page that a person reads, in each language, as it was looked at: go test ./db/answer -update writes it anew.
func TestGoldenPages(t *testing.T) {
	for _, language := range Languages {
		var raw bytes.Buffer
		b := &book{head: sampleHead(language), text: in(language), records: sampleRecords, count: 3, pictures: 1}
		if err := b.write(&raw); err != nil {
			t.Fatal(err)
		}
		page := strings.Replace(raw.String(), pageStyle, "", 1)
		name := filepath.Join("testdata", "index."+language+".html")
		if *update {
			if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil || string(want) != page {
			t.Errorf("%s is not what is written now (%v):\n%s", name, err, page)
		}
	}
}
