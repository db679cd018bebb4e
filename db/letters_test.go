package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/letter"
	"quittance/db/ticket"
)

func (d *desk) letters(number int64) []db.Letter {
	d.t.Helper()
	all, err := d.Letters(ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// sent is a letter of today.
func (d *desk) sent(kind letter.Kind, text string) db.NewLetter {
	return db.NewLetter{Kind: kind, Language: "de", Way: "post", Day: d.clock.Now().Format(time.DateOnly), Text: text}
}

// A letter is kept sealed; its trail has a salted hash and no word of it, and it goes with the ticket's IDs.
func TestLetter(t *testing.T) {
	d := openDesk(t)
	n := d.open(ticket.Access, "anna")
	kept, err := d.KeepLetter(ctx, support, n, d.sent(letter.Acknowledgement, "Guten Tag Anna Berg"))
	if err != nil {
		t.Fatal(err)
	}
	v := d.letters(n)[0]
	if v.Number != kept || v.Text != "Guten Tag Anna Berg" || v.Language != "de" || v.Way != "post" || v.Day != "2026-03-02" || v.By != support || len(v.Hash) != 64 {
		t.Errorf("%+v", v)
	}
	if v, err := d.Letter(ctx, n, kept); err != nil || v.Text == "" {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := d.Letter(ctx, n+1, kept); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("by another ticket: %v", err)
	}
	if leaf := d.leaf(audit.LetterSent); leaf.Commits[audit.CommitNote] != v.Hash || leaf.Counts[audit.CountLetter] != 1 {
		t.Errorf("%+v", leaf)
	}
	if d.ticket(n).State != ticket.Open {
		t.Error("an acknowledgement moved the ticket")
	}
	for name, bad := range map[string]func(*db.NewLetter){
		"kind": func(l *db.NewLetter) { l.Kind = "poem" }, "language": func(l *db.NewLetter) { l.Language = "fr" }, "way": func(l *db.NewLetter) { l.Way = "pigeon" },
		"empty": func(l *db.NewLetter) { l.Text = "" }, "long": func(l *db.NewLetter) { l.Text = strings.Repeat("x", db.MaxLetter+1) }, "no text": func(l *db.NewLetter) { l.Text = "\xff" },
		"before": func(l *db.NewLetter) { l.Day = "2026-03-01" }, "to come": func(l *db.NewLetter) { l.Day = "2026-03-03" }, "no day": func(l *db.NewLetter) { l.Day = "soon" },
	} {
		l := d.sent(letter.Acknowledgement, "text")
		bad(&l)
		if _, err := d.KeepLetter(ctx, support, n, l); !errors.Is(err, db.ErrLetter) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a law says of sending a letter happens with it, or neither does.
func TestLettersAct(t *testing.T) {
	d := openDesk(t)
	n := d.open(ticket.Access, "anna")
	ask := d.sent(letter.Identity, "who are you")
	ask.Ask = true
	extend := d.sent(letter.Extension, "we need more time")
	extend.Extend = &db.Extension{Why: "number", Reasons: "there are many", On: d.clock.Now()}
	refuse := d.sent(letter.Refusal, "no")
	refuse.Refuse, refuse.Told = "12-5-excessive", db.Told{Explanation: "again", Authority: "the BfDI", Complaint: true, Remedy: true}
	closing := d.sent(letter.Completion, "here it is")
	closing.Close = true
	for _, step := range []struct {
		letter db.NewLetter
		state  ticket.State
	}{{ask, ticket.Waiting}, {extend, ticket.Waiting}, {refuse, ticket.Refused}} {
		if _, err := d.KeepLetter(ctx, officer, n, step.letter); err != nil || d.ticket(n).State != step.state {
			t.Fatalf("%s: %s, %v", step.letter.Kind, d.ticket(n).State, err)
		}
	}
	v := d.ticket(n)
	if v.Extension != "number" || v.Reasons != "there are many" || v.Told.Authority != "the BfDI" || v.Ground != "12-5-excessive" {
		t.Errorf("%+v", v)
	}
	if _, err := d.KeepLetter(ctx, officer, n, extend); !errors.Is(err, db.ErrMoved) || len(d.letters(n)) != 3 {
		t.Errorf("what could not be done left a letter: %v, %d letters", err, len(d.letters(n)))
	}
	if got, want := d.events(n), "opened noted waiting letter.sent extended letter.sent refused letter.sent"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	other := d.open(ticket.Access, "berta")
	if _, err := d.KeepLetter(ctx, officer, other, closing); err != nil || d.ticket(other).State != ticket.Answered {
		t.Errorf("%s, %v", d.ticket(other).State, err)
	}
	if _, err := d.KeepLetter(ctx, officer, other, d.sent(letter.Recipients, "they had it")); err != nil {
		t.Errorf("a letter after the end: %v", err)
	}
	wrong := refuse
	wrong.Refuse = "because"
	if _, err := d.KeepLetter(ctx, officer, d.open(ticket.Access, "carla"), wrong); !errors.Is(err, db.ErrTicketCode) {
		t.Errorf("a ground of no list: %v", err)
	}
}

// What was written before the end of an erasure goes with it; what is written to the person afterwards goes 30 days after the end.
func TestLettersGoWithTheErasure(t *testing.T) {
	d := openDesk(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "one", "anna"))
	n := d.open(ticket.Erasure, "anna")
	if _, err := d.KeepLetter(ctx, support, n, d.sent(letter.Acknowledgement, "Dear Anna")); err != nil {
		t.Fatal(err)
	}
	must(t, d.SubmitTicketErasures(ctx, support, n, db.Proposal{Ground: "17-1-b"}))
	links, err := d.TicketLinks(ctx, n)
	if err != nil || len(links) != 1 {
		t.Fatal(links, err)
	}
	e, err := d.Erasure(ctx, links[0].Number)
	must(t, err, d.ApproveErasure(ctx, officer, e.Number, e.ManifestHash))
	d.clock.Pass(time.Hour)
	run(t, d.Store)
	if _, err := d.KeepLetter(ctx, support, n, d.sent(letter.Erased, "Dear Anna, it is done")); err != nil {
		t.Fatal(err)
	}
	if all := d.letters(n); d.ticket(n).State != ticket.Answered || all[0].Text != "" || all[0].Hash == "" || all[1].Text == "" {
		t.Errorf("%s, %+v", d.ticket(n).State, all)
	}
	d.clock.Pass(30*24*time.Hour + time.Hour)
	if gone, err := d.ForgetTicketPeople(ctx); err != nil || gone != 1 || d.letters(n)[1].Text != "" {
		t.Errorf("%d, %v, %+v", gone, err, d.letters(n))
	}
	if gone, err := d.ForgetTicketPeople(ctx); err != nil || gone != 0 {
		t.Errorf("again: %d, %v", gone, err)
	}
}

// The texts: a version for each change, back to what the house came with, and no field that is not of the list.
func TestLetterTexts(t *testing.T) {
	d := openDesk(t)
	name := letter.NameOf(letter.Refusal, "de", ticket.EU)
	text := func() db.LetterText {
		t.Helper()
		v, err := d.LetterText(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := text(); !v.Default || v.Text != letter.Default(letter.Refusal, "de", ticket.EU) {
		t.Errorf("%+v", v)
	}
	for _, s := range []string{"Nein, {{requester}}.", ""} {
		if err := d.SetLetterText(ctx, officer, name, s); err != nil {
			t.Fatal(err)
		}
		changed, err := d.ChangedLetters(ctx)
		if v := text(); err != nil || v.Default != (s == "") || v.By != officer || len(changed) != map[bool]int{true: 0, false: 1}[s == ""] {
			t.Errorf("%+v, %v, %v", v, changed, err)
		}
	}
	var at *letter.FieldError
	if err := d.SetLetterText(ctx, officer, name, "{{nobody}}"); !errors.As(err, &at) {
		t.Errorf("an unknown field: %v", err)
	}
	for name, s := range map[string]string{"refusal fr eu-gdpr": "x", letter.Letterhead: strings.Repeat("x", db.MaxLetter+1)} {
		if err := d.SetLetterText(ctx, officer, name, s); !errors.Is(err, db.ErrLetterText) {
			t.Errorf("%s: %v", name, err)
		}
	}
	all, err := d.LetterVersions(ctx, name)
	if err != nil || len(all) != 2 || all[1].Text != "Nein, {{requester}}." || !all[0].Default {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := d.LetterText(ctx, "poem"); !errors.Is(err, db.ErrNotFound) {
		t.Error(err)
	}
}
