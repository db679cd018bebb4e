package db_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/dbtest"
	"quittance/db/ticket"
)

// state words a statement, and wants it to be kept.
func (d *desk) state(v answer.Statement) {
	d.t.Helper()
	if err := d.SetStatement(ctx, releaser, v); err != nil {
		d.t.Fatal(err)
	}
}

// stateAll words all that the house states, in a language.
func (d *desk) stateAll(language string) {
	d.t.Helper()
	for _, s := range answer.Statements {
		d.state(answer.Statement{Code: s.Code, Language: language, Text: s.Code + " " + language})
	}
}

// pageOf is index.html of an answer as it would be fetched now.
func (d *desk) pageOf(n int64) (page string, data map[string]any) {
	d.t.Helper()
	var out bytes.Buffer
	if _, err := d.WriteAnswer(ctx, &out, d.answer(n)); err != nil {
		d.t.Fatal(err)
	}
	files := opened(d.t, out.Bytes())
	if err := json.Unmarshal([]byte(files["data.json"]), &data); err != nil {
		d.t.Fatal(err)
	}
	return files["index.html"], data
}

// An answer is put together in the language of the person, marks and readme too; a statement that is not there in it is a gap, and given in the
// other language.
func TestAnswerLanguage(t *testing.T) {
	d, n := prepared(t)
	if err := d.PrepareAnswer(ctx, preparer, n, "fr"); !errors.Is(err, db.ErrLanguage) {
		t.Error("in French:", err)
	}
	if err := d.PrepareAnswer(ctx, preparer, n, "de"); err != nil {
		t.Fatal(err)
	}
	d.stateAll("en")
	for _, s := range answer.Statements[1:] {
		d.state(answer.Statement{Code: s.Code, Language: "de", Text: "Deutsch " + s.Code})
	}
	if err := d.Redact(ctx, preparer, n, answer.Redaction{Words: "Bob Canary", Reason: "other-person"}); err != nil {
		t.Fatal(err)
	}
	gaps, err := d.AnswerGaps(ctx, d.answer(n))
	if err != nil || !slices.Equal(gaps, []answer.Gap{{Code: "controller", Only: "en"}}) {
		t.Error("gaps:", gaps, err)
	}
	if err := d.ReleaseAnswer(ctx, releaser, n, false); !errors.Is(err, db.ErrGaps) {
		t.Error("released with a text in English only:", err)
	}
	page, data := d.pageOf(n)
	for _, want := range []string{`lang="de"`, "Ihre Daten", "Deutsch purposes", "controller en", "[weggelassen: Daten einer anderen Person]"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "purposes en") || data["language"] != "de" {
		t.Error("it has both languages, or does not say which it is in:", data["language"])
	}
	d.state(answer.Statement{Code: "controller", Language: "de", Text: "Wir"})
	if err := d.ReleaseAnswer(ctx, releaser, n, false); err != nil {
		t.Error("without gaps:", err)
	}
}

// What a service states stands under its name, beside the house's words or instead of them; services of which nothing is in the answer are
// not asked, and a released answer keeps what it was given with.
func TestAnswerServiceStatements(t *testing.T) {
	d, n := prepared(t)
	other := dbtest.Service(t, d.Store, "of nobody here").Number
	eyes := dbtest.Service(t, d.Store, "eyes").Number
	dbtest.Ingest(t, d.Store, dbtest.Message(t, eyes, d.clock.Now(), "what I saw", "anna"))
	if err := d.PrepareAnswer(ctx, preparer, n, "en"); err != nil {
		t.Fatal(err)
	}
	for _, s := range answer.Statements {
		if s.Code != "source" {
			d.state(answer.Statement{Code: s.Code, Language: "en", Text: "house: " + s.Code})
		}
	}
	d.state(answer.Statement{Code: "source", Language: "en", Of: d.service, Text: "bot: source"})
	d.state(answer.Statement{Code: "purposes", Language: "en", Of: eyes, Instead: true, Text: "eyes: purposes"})
	d.state(answer.Statement{Code: "purposes", Language: "en", Of: other, Text: "nobody: purposes"})
	gaps, err := d.AnswerGaps(ctx, d.answer(n))
	if err != nil || !slices.Equal(gaps, []answer.Gap{{Code: "source", Service: "eyes"}}) {
		t.Error("gaps:", gaps, err)
	}
	if err := d.ReleaseAnswer(ctx, releaser, n, true); err != nil {
		t.Fatal(err)
	}
	d.state(answer.Statement{Code: "source", Language: "en", Of: eyes, Text: "eyes: source"})
	page, _ := d.pageOf(n)
	for _, want := range []string{"house: purposes", "For eyes, instead of the above:", "eyes: purposes", "For bot:", "bot: source"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "nobody: purposes") || strings.Contains(page, "eyes: source") {
		t.Error("it states what is not of it, or what was worded after its release")
	}
	if gaps, err := d.AnswerGaps(ctx, d.answer(n)); err != nil || len(gaps) != 1 {
		t.Error("the gaps of a released answer are those that it has:", gaps, err)
	}
}

// Which statements are refused.
func TestStatementRefused(t *testing.T) {
	d := openDesk(t)
	good := answer.Statement{Code: "source", Language: "de", Of: d.service, Instead: true, Text: "Von Ihnen."}
	for name, c := range map[string]struct {
		change func(*answer.Statement)
		want   error
	}{
		"a code":          {func(v *answer.Statement) { v.Code = "weather" }, db.ErrStatement},
		"a language":      {func(v *answer.Statement) { v.Language = "fr" }, db.ErrStatement},
		"too long":        {func(v *answer.Statement) { v.Text = strings.Repeat("x", db.MaxStatement+1) }, db.ErrStatement},
		"instead of it":   {func(v *answer.Statement) { v.Of = 0 }, db.ErrStatement},
		"no such service": {func(v *answer.Statement) { v.Of = 999 }, db.ErrNotFound},
	} {
		v := good
		if c.change(&v); !errors.Is(d.SetStatement(ctx, releaser, v), c.want) {
			t.Errorf("%s was not refused with %v", name, c.want)
		}
	}
	d.state(good)
	d.state(answer.Statement{Code: "source", Language: "de", Of: d.service})
	if all, err := d.Statements(ctx, 0); err != nil || len(all) != 0 {
		t.Error("what was taken away is still stated:", all, err)
	}
}

// The person is told to whom a gateway passed on what they said (CJEU C-154/21).
func TestAnswerNamesGateways(t *testing.T) {
	d := openDesk(t)
	hosted, linked := gateway(t, d.Store)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, hosted.Number, d.clock.Now(), "passed on", "anna"), dbtest.Message(t, d.service, d.clock.Now(), "stays here", "berta-7"))
	n, b := d.open(ticket.Access, "anna"), d.open(ticket.Access, "berta-7")
	for _, k := range []int64{n, b} {
		if err := d.PrepareAnswer(ctx, preparer, k, "en"); err != nil {
			t.Fatal(err)
		}
	}
	page, data := d.pageOf(n)
	if !strings.Contains(page, linked.Name) || !strings.Contains(page, "What was said here, passed on to be answered") {
		t.Error("the page does not name the instance behind the gateway")
	}
	got, _ := data["recipients"].([]any)
	if len(got) != 1 || got[0].(map[string]any)["what"] != answer.PassedOn || got[0].(map[string]any)["name"] != linked.Name {
		t.Error("data.json:", got)
	}
	if _, data := d.pageOf(b); data["recipients"] != nil {
		t.Error("of somebody else:", data["recipients"])
	}
}
