package letter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db/ticket"
)

// sample is a value for every field.
func sample(language, regime string) Values {
	v := Values{}
	for _, f := range Fields {
		v[f] = "value of " + f
	}
	v["ground"], v["law"] = GroundWords("17-3-b", language, regime), Law(language, regime)
	return v
}

// Each kind of each regime has its text in each language, its fields can be read, and filled it lacks nothing that a law wants.
func TestDefaults(t *testing.T) {
	for _, language := range Languages {
		for _, regime := range ticket.Regimes {
			for _, kind := range Of(regime) {
				name := language + " " + string(kind) + " " + regime
				text := Default(kind, language, regime)
				out, err := Render(text, sample(language, regime))
				if text == "" || err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if err := Whole(out); err != nil {
					t.Errorf("%s is not whole: %v", name, err)
				}
				if lacks := Missing(kind, regime, out, sample(language, regime)); len(lacks) > 0 {
					t.Errorf("%s lacks %s", name, lacks[0].Says)
				}
				if regime == ccpa && (strings.Contains(out, "GDPR") || strings.Contains(out, "DSGVO")) {
					t.Errorf("%s names another law", name)
				}
				for _, field := range []string{"{{requester}}", "{{ticket}}", "{{house}}", "{{today}}", "{{contact}}"} {
					if !strings.Contains(text, field) {
						t.Errorf("%s is without %s", name, field)
					}
				}
			}
		}
	}
	if len(Of(ccpa)) != len(Kinds)-2 || Default(Lifting, "en", ccpa) != "" || Default(Refusal, "fr", uk) != "" {
		t.Error("a text that no law asks for, or in a language that there is none in")
	}
}

// What is cut out of a text is named, each part by itself.
func TestMissing(t *testing.T) {
	for _, c := range []struct {
		kind        Kind
		regime, cut string
		language    string
		lacks       []string
	}{
		{Refusal, ticket.EU, "You can seek a judicial remedy: you can bring the matter before a court.", "en", []string{"court"}},
		{Refusal, ticket.EU, "gerichtlichen Rechtsbehelf einlegen, also vor Gericht gehen", "de", []string{"court"}},
		{Refusal, ticket.EU, "{{authority}}", "en", []string{"authority"}},
		{Refusal, ticket.EU, "{{reasons}}", "de", []string{"reasons"}},
		{Refusal, uk, "You can complain to us", "en", []string{"house"}},
		{Refusal, ccpa, "{{reasons}}", "en", []string{"reasons"}},
		{Extension, ticket.EU, "{{extended_due}}", "en", []string{"until"}},
		{Extension, ccpa, "{{reasons}}", "de", []string{"reasons"}},
		{Identity, uk, "{{reasons}}", "en", []string{"need"}},
		{Acknowledgement, ccpa, "{{due}}", "en", []string{"expect"}},
		{Erased, ticket.EU, "{{receipt}}", "de", []string{"receipt"}},
		{Lifting, ticket.EU, "{{lifted}}", "en", []string{"lifted"}},
		{Recipients, uk, "{{recipients}}", "de", []string{"recipients"}},
		{Acknowledgement, ticket.EU, "{{due}}", "en", nil},
	} {
		text := strings.ReplaceAll(Default(c.kind, c.language, c.regime), c.cut, "")
		out, err := Render(text, sample(c.language, c.regime))
		if err != nil {
			t.Fatal(err)
		}
		var lacks []string
		for _, p := range Missing(c.kind, c.regime, out, sample(c.language, c.regime)) {
			lacks = append(lacks, p.Code)
		}
		if !slices.Equal(lacks, c.lacks) {
			t.Errorf("%s, %s without %q lacks %v, want %v", c.kind, c.regime, c.cut, lacks, c.lacks)
		}
	}
	if lacks := Missing(Extension, ticket.EU, "because of\n  the   Number", Values{"reasons": "Because of the number"}); len(lacks) != 1 || lacks[0].Code != "until" {
		t.Errorf("lines that are broken otherwise: %+v", lacks)
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Dear {{requester}},\n{{ ticket }}", ""},
		{"a { b } } {", ""},
		{"Dear {{name}}", "line 1, character 6: there is no such field; choose one of the list"},
		{"one\nzwölf {{due", "line 2, character 7: this field is not closed; write }} after its name"},
		{"{{.Ticket.Erase}}", "line 1, character 1: there is no such field; choose one of the list"},
		{"{{}}", "line 1, character 1: there is no such field; choose one of the list"},
	} {
		var at *FieldError
		switch err := Check(c.text); {
		case c.want == "" && err != nil, c.want != "" && (!errors.As(err, &at) || at.Error() != c.want):
			t.Errorf("%q: %v", c.text, err)
		}
	}
	out, err := Render("{{requester}} {{ due }}", Values{"requester": "{{due}}", "due": ""})
	if out != "{{due}} {{due}}" || err != nil {
		t.Errorf("a value is no field, and a field without one stays: %q, %v", out, err)
	}
	if err := Whole("Dear you,\n  {{due}}"); err == nil || err.Error() != "line 2, character 3: nobody has filled this field; write what belongs there" {
		t.Errorf("a field that nobody filled: %v", err)
	}
}

func TestWords(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for _, c := range [][3]string{{"en", ticket.EU, "2 March 2026"}, {"en", ticket.UK, "2 March 2026"}, {"en", ccpa, "March 2, 2026"}, {"de", ccpa, "2. März 2026"}, {"de", ticket.EU, "2. März 2026"}} {
		if got := Day(day, c[0], c[1]); got != c[2] {
			t.Errorf("%s, %s: %q", c[0], c[1], got)
		}
	}
	if Day(time.Time{}, "en", uk) != "" || Law("de", ticket.EU) != "DSGVO" || Law("de", uk) != "UK GDPR" || Law("en", ccpa) != "CCPA" {
		t.Error("no day, or the name of a law")
	}
	for _, language := range Languages {
		for _, r := range ticket.Rights {
			if RightWords(r, language) == "" {
				t.Errorf("%s has no words for %s", language, r)
			}
		}
		for _, code := range ticket.Refusals {
			if GroundWords(code, language, ticket.EU) == "" || strings.Contains(GroundWords(code, language, ccpa), "Art.") {
				t.Errorf("%s has no words for %s, or cites the GDPR under the CCPA", language, code)
			}
		}
	}
}

// Whatever somebody types: it is read or refused with a place inside it, and what was read renders to what it was, if no value is known.
func FuzzFields(f *testing.F) {
	for _, s := range []string{"{{due}}", "{{", "}}{{due}}", "ä{{x}}", "{{{due}}}", "\n\n{{ticket"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := Render(text, nil)
		var at *FieldError
		if errors.As(err, &at) {
			if at.Line < 1 || at.Column < 1 || at.Line > strings.Count(text, "\n")+1 {
				t.Errorf("no place in the text: %v", err)
			}
			return
		}
		if again, err := Render(out, nil); err != nil || again != out {
			t.Errorf("%q renders to %q, and that to %q, %v", text, out, again, err)
		}
	})
}
