package training

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"quittance/db/mask"
)

const skill = `{
  "name": "Support",  "unknown": [1, 2.50, null, {"deep":{"x":1e3}}],
  "intents": [
    {"examples": [
      {"text": "my name is Anna Schmidt and I want a refund", "mentions": [{"entity":"wish","location":[37, 43]},{"entity":"who","location":[11, 23]}]},
      {"text": "my name is Tom Baker and I want a refund"},
      {"text": "where is my parcel"},
      {"text": "I have diabetes, call \u002b49 30 12345678"}
    ], "intent": "refund"},
    {"intent": "mail_anna@x.de", "examples": []}
  ],
  "entities": [{"entity": "staff", "values": [
    {"type":"synonyms","value":"Gerda","synonyms":["Frau Weber","boss"]},
    {"type":"patterns","value":"mail","patterns":["(anna@x\\.de|bob@y.de)", "\\d{4}"]}]}],
  "dialog_nodes": [{"dialog_node":"node_1","conditions":"input.text == 'bob@y.de'","output":{"generic":[{"values":[{"text":"Write to bob@y.de / now"}]}]},
     "context":{"phone": 493012345678, "email":"<? $mail ?>", "bob@y.de": true}}],
  "learning_opt_out": true
}
`

const cleanedSkill = `{
  "name": "Support",  "unknown": [1, 2.50, null, {"deep":{"x":1e3}}],
  "intents": [
    {"examples": [
      {"text": "my name is [name] and I want a refund", "mentions": [{"entity":"wish","location":[31, 37]},{"entity":"who","location":[11, 17]}]},
      {"text": "my name is [name 2] and I want a refund"},
      {"text": "where is my parcel"},
      {"text": "I have [health], call [phone]"}
    ], "intent": "refund"},
    {"intent": "mail_anna@x.de", "examples": []}
  ],
  "entities": [{"entity": "staff", "values": [
    {"type":"synonyms","value":"[name]","synonyms":["Frau [name]","boss"]},
    {"type":"patterns","value":"mail","patterns":["(anna@x\\.de|EMAIL)", "\\d{4}"]}]}],
  "dialog_nodes": [{"dialog_node":"node_1","conditions":"input.text == 'bob@y.de'","output":{"generic":[{"values":[{"text":"Write to [email] / now"}]}]},
     "context":{"phone": 0, "email":"<? $mail ?>", "bob@y.de": true}}],
  "learning_opt_out": true
}
`

func shown(f Find) string {
	var b strings.Builder
	for _, p := range f.Text {
		if p.Hidden != "" {
			b.WriteString("<" + string(p.Hidden) + ">")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestSkill(t *testing.T) {
	report, clean, err := Check(t.Context(), []byte(skill), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if string(clean) != cleanedSkill {
		t.Errorf("cleaned:\n%s", clean)
	}
	if !json.Valid(clean) {
		t.Error("the cleaned file is no JSON")
	}
	var got []string
	for _, f := range report.Finds {
		got = append(got, fmt.Sprintf("%s | %s | %s | %s | %v", f.Place(), f.Path, f.Kind, shown(f), f.Stays))
	}
	want := []string{
		"intent “refund”, example 1 | intents[0].examples[0].text | name | my name is <name> and I want a refund | false",
		"intent “refund”, example 2 | intents[0].examples[1].text | name | my name is <name> and I want a refund | false",
		"intent “refund”, example 4 | intents[0].examples[3].text | health | I have <health>, call <phone> | false",
		"intent “refund”, example 4 | intents[0].examples[3].text | phone | I have <health>, call <phone> | false",
		"intent “[email]” | intents[1].intent | email | mail_<email> | true",
	}
	for i, w := range want {
		if i >= len(got) || got[i] != w {
			t.Errorf("find %d\n got %s\nwant %s", i, strings.Join(got, "\n     "), w)
			break
		}
	}
	if report.Total != int64(len(report.Finds)) || report.Stay < 3 || report.Counts[mask.Email] != 5 || report.Counts[mask.Phone] != 2 {
		t.Errorf("counts %+v\n%s", report.Counts, strings.Join(got, "\n"))
	}
}

// What was cleaned has nothing left but what has to be changed by hand.
func TestCleanedIsClean(t *testing.T) {
	_, clean, err := Check(t.Context(), []byte(skill), Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, again, err := Check(t.Context(), clean, Options{})
	if err != nil || report.Total != report.Stay || string(again) != string(clean) {
		t.Errorf("%v, %d finds of which %d stay", err, report.Total, report.Stay)
	}
}

func TestHealthMayStay(t *testing.T) {
	report, clean, err := Check(t.Context(), []byte(`{"text":"my name is Ann and I am pregnant"}`), Options{KeepHealth: true})
	if err != nil || string(clean) != `{"text":"my name is [name] and I am pregnant"}` || report.Counts[mask.Health] != 1 || report.Stay != 1 {
		t.Errorf("%v, %s, %+v", err, clean, report)
	}
}

func TestCSV(t *testing.T) {
	in := "\ufeffexample,intent\r\n\"my name is \"\"Anna\"\" Schmidt, hi\",refund\r\nwhere  is it ,track\r\n\r\n\"call +49 30\n12345678\",call\r\nwrite to a@b.de,mail"
	want := "\ufeffexample,intent\r\nmy name is [name],refund\r\nwhere  is it ,track\r\n\r\n\"call +49 30\n12345678\",call\r\nwrite to [email],mail"
	report, clean, err := Check(t.Context(), []byte(in), Options{})
	if err != nil || !report.CSV {
		t.Fatal(err, report)
	}
	if strings.Contains(string(clean), "a@b.de") || strings.Contains(string(clean), "Anna") || !strings.Contains(string(clean), "\r\nwhere  is it ,track\r\n") {
		t.Errorf("got  %q\nwant %q", clean, want)
	}
	last := report.Finds[len(report.Finds)-1]
	if last.Place() != "line 7, column 1" || report.Finds[0].Place() != "line 2, column 1" {
		t.Errorf("places %q, %q", report.Finds[0].Place(), last.Place())
	}
	report, clean, err = Check(t.Context(), []byte("a;b\n\"x;y\";c@d.de\n"), Options{})
	if err != nil || string(clean) != "a;b\n\"x;y\";[email]\n" || report.Total != 1 {
		t.Errorf("%v, %q", err, clean)
	}
}

func TestRefused(t *testing.T) {
	for in, want := range map[string]string{
		"":               "The file is empty.",
		" \n ":           "The file is empty.",
		"\xff\xfea\x00":  "The file is UTF-16. Save it as UTF-8.",
		"caf\xe9":        "The file is not UTF-8. Save it as UTF-8.",
		"a\x00b":         "The file is not text: it holds zero bytes.",
		`{"a":`:          "The file is not one well-formed JSON value (byte 5).",
		`{"a":1} secret`: "The file is not one well-formed JSON value (byte 7).",
		"PK\x03\x04\x14": "The file is packed (ZIP, gzip or a spreadsheet). Unpack it and check each skill in it, or save the spreadsheet as CSV.",
		"\x1f\x8b\x08":   "The file is packed (ZIP, gzip or a spreadsheet). Unpack it and check each skill in it, or save the spreadsheet as CSV.",
		"a,b\n\"secret":  "The file is neither JSON nor CSV: the quotation marks of line 2 do not match.",
		strings.Repeat("[", 70) + strings.Repeat("]", 70):   "The file is nested deeper than 64 levels.",
		strings.Repeat("[", 1<<20):                          "The file is not one well-formed JSON value (byte 10001).",
		`{"text":"` + strings.Repeat("x", MaxText+1) + `"}`: "A text in the file is longer than 64 KiB: text. IBM takes 1,024 characters of an example.",
		strings.Repeat("x", MaxBytes+1):                     "The file is larger than 12 MiB.",
		strings.Repeat("x", MaxBytes):                       "A text in the file is longer than 64 KiB: line 1, column 1. IBM takes 1,024 characters of an example.",
	} {
		_, clean, err := Check(t.Context(), []byte(in), Options{})
		var e *Error
		if !errors.As(err, &e) || clean != nil {
			t.Errorf("%.20q: %v", in, err)
		} else if e.Error() != want {
			t.Errorf("%.20q: %s", in, e)
		}
	}
}

// What reaches a bound exactly is taken, and what a report does not list it counts.
func TestAtTheBounds(t *testing.T) {
	deep := strings.Repeat(`[`, MaxDepth) + `1` + strings.Repeat("]", MaxDepth)
	long := `{"text":"` + strings.Repeat("x", MaxText) + `"}`
	for _, in := range []string{deep, long} {
		if _, clean, err := Check(t.Context(), []byte(in), Options{}); err != nil || string(clean) != in {
			t.Errorf("%.20q: %v", in, err)
		}
	}
	report, _, err := Check(t.Context(), []byte(strings.Repeat("a@b.de\n", MaxFinds+1)), Options{})
	if err != nil || len(report.Finds) != MaxFinds || report.Total != MaxFinds+1 {
		t.Errorf("%d finds are listed of %d: %v", len(report.Finds), report.Total, err)
	}
}

// What a report says of a place is masked as well: a key can be anything, and so can a name.
func TestPlacesNameNobody(t *testing.T) {
	in := `{"anna@x.de":{"bob@y.de":"mail c@d.de"},"actions":[{"title":"call +49 30 12345678","say":"mail e@f.de"}]}`
	report, _, err := Check(t.Context(), []byte(in), Options{})
	if err != nil || len(report.Finds) < 4 {
		t.Fatal(report, err)
	}
	paths := map[string]bool{}
	for _, f := range report.Finds {
		if all := f.Place() + f.Path + shown(f); strings.Contains(all, "@") || strings.Contains(all, "1234") {
			t.Errorf("a find shows %q", all)
		}
		paths[f.Path] = true
	}
	if !paths["[email].[email]"] {
		t.Errorf("no find says where it stands: %v", paths)
	}
}

// Words of health within an address are part of the address; and only in the list of an entity is a word alone a name.
func TestFindsDoNotOverlap(t *testing.T) {
	in := `{"text":"mail anti.diabetes@x.de, I have asthma","value":"Gerda","phone":12345,"mobile":301234567}`
	want := `{"text":"mail [email], I have [health]","value":"Gerda","phone":12345,"mobile":0}`
	if _, clean, err := Check(t.Context(), []byte(in), Options{}); err != nil || string(clean) != want {
		t.Errorf("%s, %v", clean, err)
	}
}

// Mentions stand where their words are after the cleaning, whether the file has them before the text or behind it, and wherever they begin and end.
func TestMentionsMove(t *testing.T) {
	for in, want := range map[string]string{
		`{"mentions":[{"location":[5,11]},{"location":[12,15]}],"text":"mail a@b.de now"}`: `{"mentions":[{"location":[5,12]},{"location":[13,16]}],"text":"mail [email] now"}`,
		`{"text":"mail a@b.de now","mentions":[{"location":[0,7]},{"location":[7,15]}]}`:   `{"text":"mail [email] now","mentions":[{"location":[0,12]},{"location":[5,16]}]}`,
		`{"text":"mail a@b.de now","mentions":[{"location":[11,15]},{"location":[5,5]}]}`:  `{"text":"mail [email] now","mentions":[{"location":[12,16]},{"location":[5,5]}]}`,
	} {
		if _, clean, err := Check(t.Context(), []byte(in), Options{}); err != nil || string(clean) != want {
			t.Errorf("%s\n got %s\nwant %s, %v", in, clean, want, err)
		}
	}
}

// A row that is written anew keeps the blank lines before it and its line end; names alone count from the second of three columns on, and what parts
// the columns is what the first line says.
func TestRowsKeepTheirShape(t *testing.T) {
	for in, want := range map[string]string{
		"a,b\r\n\r\n\r\nc@d.de,x\r\ne,f\r\n": "a,b\r\n\r\n\r\n[email],x\r\ne,f\r\n",
		"Gerda,staff,Anna\n":                 "Gerda,staff,[name]\n",
		"a,b;c\n\"x,y\",c@d.de\n":            "a,b;c\n\"x,y\",[email]\n",
	} {
		if _, clean, err := Check(t.Context(), []byte(in), Options{}); err != nil || string(clean) != want {
			t.Errorf("%q\n got %q\nwant %q, %v", in, clean, want, err)
		}
	}
}

func TestHealthWords(t *testing.T) {
	for text, want := range map[string]int{
		"I have diabetes type 2 and high blood pressure": 2, "Ich bin schwanger und auf den Rollstuhl angewiesen": 2, "je suis enceinte": 1,
		"estoy embarazada y tomo insulina": 2, "HIV positive": 1, "Er liegt mit Krebs im Krankenhaus": 1, "I am sick": 1,
		"enceinte Bluetooth": 0, "I am sick of waiting": 0, "una situación embarazosa": 0, "Rezept für Apfelkuchen": 0, "a computer virus": 0, "Operation failed": 0,
		"Ordonnancement des tâches": 0, "cancel my order": 0, "hearing the news": 0,
	} {
		if got := mask.HealthFinds(text); len(got) != want {
			t.Errorf("%s: %d finds, want %d", text, len(got), want)
		}
	}
}

// FuzzCheck: whatever comes in, what goes out is of the same kind and no longer holds a find that need not stay.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(skill))
	f.Add([]byte("a,b\n\"x\"\"y\",a@b.de\r\n"))
	f.Add([]byte(`{"text":"a@b.de","mentions":[{"location":[0,99]}]}`))
	f.Add([]byte("[[[\"\\\"\",{}],-1.5e9]]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		report, clean, err := Check(t.Context(), raw, Options{})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			return
		}
		if !report.CSV && !json.Valid([]byte(strings.TrimPrefix(string(clean), string(bom)))) {
			t.Fatalf("%q became %q", raw, clean)
		}
		if report.Total == report.Stay && string(clean) != string(raw) {
			t.Fatalf("nothing to clean, and yet %q became %q", raw, clean)
		}
		if _, _, err := Check(t.Context(), clean, Options{}); err != nil && len(clean) <= MaxBytes {
			t.Fatalf("the cleaned file is refused: %v", err)
		}
	})
}
