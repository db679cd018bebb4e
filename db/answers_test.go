package db_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/ticket"
)

var (
	preparer = audit.ActorOf("user", 1)
	releaser = audit.ActorOf("user", 2)
)

// prepared is a desk with a ticket about anna, whose answer is prepared: two messages, one of which berta is on too.
func prepared(t *testing.T) (*desk, int64) {
	d := openDesk(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "Hello, I am Anna; my friend Bob Canary sits here", "anna"),
		dbtest.Message(t, d.service, d.clock.Now(), "ours, says BERTA-7", "anna", "berta-7"), dbtest.Message(t, d.service, d.clock.Now(), "of carl", "carl"))
	n := d.open(ticket.Access, "anna")
	if err := d.PrepareAnswer(ctx, preparer, n, "en"); err != nil {
		t.Fatal(err)
	}
	return d, n
}

func (d *desk) answer(n int64) db.TicketAnswer {
	d.t.Helper()
	a, err := d.TicketAnswer(ctx, n)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// opened reads all files of an answer.
func opened(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

// What is redacted is in no file of the answer, nor are the IDs of others, nor what came after the cut-off; and each is counted.
func TestAnswerLeavesOut(t *testing.T) {
	d, n := prepared(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "later", "anna"))
	if err := d.Redact(ctx, preparer, n, answer.Redaction{Words: "bob canary", Reason: "other-person"}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	made, err := d.WriteAnswer(ctx, &out, d.answer(n))
	if err != nil || made.Records != 2 {
		t.Fatal(made, err)
	}
	files := opened(t, out.Bytes())
	for name, text := range files {
		for _, gone := range []string{"Canary", "canary", "berta-7", "BERTA-7", "of carl", "later"} {
			if strings.Contains(text, gone) {
				t.Errorf("%s holds %q", name, gone)
			}
		}
	}
	for name, want := range map[string]string{"data.json": "I am Anna", "index.html": "left out: data of another person", "data-message.csv": "[left out: customer ID of another person]", "manifest.json": "data.json"} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s does not hold %q:\n%s", name, want, files[name])
		}
	}
	if left, _, err := d.Tally(ctx, d.answer(n)); err != nil || len(left) != 2 || left[0] != (answer.Redacted{Reason: answer.OtherID, Count: 1}) || left[1].Count != 1 {
		t.Error(left, err)
	}
	if r, err := answer.Check(bytes.NewReader(out.Bytes()), int64(out.Len()), d.Verifiers()...); err != nil || !r.OK() || !r.Anchored {
		t.Error(r.Findings, err)
	}
	if r, err := answer.Check(bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil || !r.OK() || r.Anchored {
		t.Error("without a key from elsewhere:", r.Findings, err)
	}
}

// Whoever prepared an answer, or redacted it last, does not release it; the database itself says so too (law L6).
func TestAnswerFourEyes(t *testing.T) {
	d, n := prepared(t)
	if err := d.ReleaseAnswer(ctx, preparer, n, true); !errors.Is(err, db.ErrReleaser) {
		t.Error("its preparer:", err)
	}
	if err := d.Redact(ctx, releaser, n, answer.Redaction{Words: "Bob", Reason: "other-person"}); err != nil {
		t.Fatal(err)
	}
	if err := d.ReleaseAnswer(ctx, releaser, n, true); !errors.Is(err, db.ErrReleaser) {
		t.Error("who redacted it:", err)
	}
	third := audit.ActorOf("user", 3)
	if err := d.ReleaseAnswer(ctx, third, n, false); !errors.Is(err, db.ErrGaps) {
		t.Error("with gaps:", err)
	}
	for who, want := range map[audit.Actor]int{preparer: 0, releaser: 0, third: 1} {
		if waits, err := d.AnswersToRelease(ctx, who, 9); err != nil || len(waits) != want {
			t.Errorf("%s may release %d answers (%v), want %d", who, len(waits), err, want)
		}
	}
	if err := d.ReleaseAnswer(ctx, third, n, true); err != nil {
		t.Error(err)
	}
	if waits, err := d.AnswersToRelease(ctx, third, 9); err != nil || len(waits) != 0 {
		t.Error("released, it waits still:", waits, err)
	}
	if err := d.Redact(ctx, preparer, n, answer.Redaction{Words: "Anna", Reason: "other-person"}); !errors.Is(err, db.ErrMoved) {
		t.Error("redacted after its release:", err)
	}
}

// A link serves once, and counts only when the last byte is sent; one that is too old, or of an answer that an erasure ended, serves nobody.
func TestAnswerFetchedOnce(t *testing.T) {
	d, n := prepared(t)
	if err := d.ReleaseAnswer(ctx, releaser, n, true); err != nil {
		t.Fatal(err)
	}
	secret, _, err := d.OpenWay(ctx, releaser, n, db.ByLink)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the line broke")
	if err := d.FetchAnswer(ctx, audit.Visitor, db.ByLink, secret, io.Discard, func() error { return broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := d.FetchAnswer(ctx, audit.Visitor, db.ByLink, secret, &out, func() error { return nil }); err != nil {
		t.Fatal("after a broken line:", err)
	}
	if opened(t, out.Bytes())["data.json"] == "" {
		t.Error("it holds no data")
	}
	if err := d.FetchAnswer(ctx, audit.Visitor, db.ByLink, secret, io.Discard, func() error { return nil }); !errors.Is(err, db.ErrNotFound) {
		t.Error("twice:", err)
	}
	if ways, err := d.AnswerWays(ctx, d.answer(n).Number); err != nil || len(ways) != 1 || ways[0].Fetched.IsZero() {
		t.Error(ways, err)
	}
	old, _, err := d.OpenWay(ctx, releaser, n, db.ByLink)
	if err != nil {
		t.Fatal(err)
	}
	d.clock.Pass(8 * 24 * time.Hour)
	if _, err := d.AnswerOf(ctx, db.ByLink, old); !errors.Is(err, db.ErrNotFound) {
		t.Error("too old:", err)
	}
}

// What was redacted goes over to the answer that is prepared anew, with who did it, and is gone from the one before; said twice it is kept once.
func TestAnswerPreparedAnew(t *testing.T) {
	d, n := prepared(t)
	bob := answer.Redaction{Words: "Bob", Reason: "other-person"}
	must(t, d.Redact(ctx, releaser, n, bob), d.Redact(ctx, preparer, n, bob))
	first := d.answer(n).Number
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "later", "anna"))
	must(t, d.PrepareAnswer(ctx, preparer, n, "de"))
	a := d.answer(n)
	if a.Records != 3 || a.Language != "de" || a.Number == first {
		t.Errorf("%+v", a)
	}
	left, err := d.Redactions(ctx, a.Number)
	if err != nil || len(left) != 1 || left[0].Redaction != bob || left[0].By != releaser {
		t.Errorf("%+v, %v", left, err)
	}
	if before, err := d.Redactions(ctx, first); err != nil || len(before) != 0 {
		t.Error("the one before keeps", before, err)
	}
	if err := d.Unredact(ctx, preparer, n, left[0].Number+1); !errors.Is(err, db.ErrNotFound) {
		t.Error("what is not left out was put back:", err)
	}
}

// Law L2: a record of before the cut-off that got the ID's label after it is not in the answer; it is in the one that is prepared anew.
func TestAnswerLeavesLateLabelsOut(t *testing.T) {
	d := openDesk(t)
	says(t, d.Store, d.service, "s1", "anna")
	lead := says(t, d.Store, d.service, "s1")
	n := d.open(ticket.Access, "anna")
	must(t, d.PrepareAnswer(ctx, preparer, n, "en"))
	repaired(t, d.Store, lead, "anna")
	if _, data := d.pageOf(n); len(data["records"].([]any)) != 1 || d.answer(n).Records != 1 {
		t.Errorf("%d prepared, given %v", d.answer(n).Records, data["records"])
	}
	must(t, d.PrepareAnswer(ctx, preparer, n, "en"))
	if _, data := d.pageOf(n); len(data["records"].([]any)) != 2 || d.answer(n).Records != 2 {
		t.Errorf("anew: %d prepared, given %v", d.answer(n).Records, data["records"])
	}
}

// An answer is sent once, and not before there is a way to fetch it.
func TestAnswerSentOnce(t *testing.T) {
	d, n := prepared(t)
	must(t, d.ReleaseAnswer(ctx, releaser, n, true))
	if err := d.SendAnswer(ctx, releaser, n); !errors.Is(err, db.ErrMoved) {
		t.Error("without a way to fetch it:", err)
	}
	_, _, err := d.OpenWay(ctx, releaser, n, db.ByLink)
	must(t, err, d.SendAnswer(ctx, releaser, n))
	sent := d.answer(n).Sent
	d.clock.Pass(time.Hour)
	if err := d.SendAnswer(ctx, releaser, n); !errors.Is(err, db.ErrMoved) || !d.answer(n).Sent.Equal(sent) {
		t.Error("sent twice:", err, d.answer(n).Sent)
	}
	must(t, d.ReopenTicket(ctx, support, n))
	if err := d.SendAnswer(ctx, releaser, n); !errors.Is(err, db.ErrMoved) || !d.answer(n).Sent.Equal(sent) {
		t.Error("sent twice, the ticket taken up again:", err, d.answer(n).Sent)
	}
}

// What says too little, or of nothing, leaves nothing out.
func TestRedactionRefused(t *testing.T) {
	d, n := prepared(t)
	for _, r := range []answer.Redaction{{Words: "B", Reason: "other-person"}, {Words: " b ", Reason: "other-person"}, {Words: "Bob", Reason: "because"}, {Words: "Bob", Field: "/text", Reason: "other-person"},
		{Field: "/text", Reason: "other-person"}, {Reason: "other-person"}, {Record: -1, Reason: "other-person"}, {Words: strings.Repeat("b", db.MaxRedacted+1), Reason: "other-person"}} {
		if err := d.Redact(ctx, preparer, n, r); !errors.Is(err, db.ErrRedaction) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if left, err := d.Redactions(ctx, d.answer(n).Number); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
}

// Redactions are counted over all that were made, and one is put back on its own answer alone.
func TestRedactionsBounded(t *testing.T) {
	d, n := prepared(t)
	all := make([]answer.Redaction, db.MaxRedactions)
	for i := range all {
		all[i] = answer.Redaction{Words: fmt.Sprintf("word %d", i), Reason: "other-person"}
	}
	if err := d.Redact(ctx, preparer, n, all[1:]...); err != nil {
		t.Fatal(err)
	}
	if err := d.Redact(ctx, preparer, n, all[0], answer.Redaction{Words: "one more", Reason: "other-person"}); !errors.Is(err, db.ErrRedaction) {
		t.Errorf("one too many: %v", err)
	}
	other := d.open(ticket.Access, "carl")
	if err := d.PrepareAnswer(ctx, preparer, other, "en"); err != nil {
		t.Fatal(err)
	}
	if err := d.Unredact(ctx, preparer, other, 1); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("put back through another ticket: %v", err)
	}
	if left, err := d.Redactions(ctx, d.answer(n).Number); err != nil || len(left) != db.MaxRedactions-1 {
		t.Error(len(left), err)
	}
}

// With a passphrase the file is encrypted to it.
func TestAnswerByPassphrase(t *testing.T) {
	d, n := prepared(t)
	if err := d.ReleaseAnswer(ctx, releaser, n, true); err != nil {
		t.Fatal(err)
	}
	phrase, _, err := d.OpenWay(ctx, releaser, n, db.ByPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := d.FetchAnswer(ctx, releaser, db.ByPassphrase, phrase, &out, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	id, err := age.NewScryptIdentity(phrase)
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(&out, id)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil || !strings.Contains(opened(t, raw)["data.json"], "I am Anna") {
		t.Error(err)
	}
}

// What the house states stays with a released answer as it was then, whatever is worded later; sending it answers the ticket.
func TestAnswerStatements(t *testing.T) {
	d, n := prepared(t)
	for _, s := range answer.Statements {
		if err := d.SetStatement(ctx, releaser, answer.Statement{Code: s.Code, Language: "en", Text: "first " + s.Code}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.ReleaseAnswer(ctx, releaser, n, false); err != nil {
		t.Fatal("without gaps:", err)
	}
	if err := d.SetStatement(ctx, releaser, answer.Statement{Code: "source", Language: "en", Text: "second"}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := d.WriteAnswer(ctx, &out, d.answer(n)); err != nil {
		t.Fatal(err)
	}
	page := opened(t, out.Bytes())["index.html"]
	if !strings.Contains(page, "first source") || strings.Contains(page, "second") {
		t.Error("it does not keep its version")
	}
	if err := d.SendAnswer(ctx, releaser, n); !errors.Is(err, db.ErrMoved) {
		t.Error("sent without a way:", err)
	}
	if _, _, err := d.OpenWay(ctx, releaser, n, db.ByLink); err != nil {
		t.Fatal(err)
	}
	if err := d.SendAnswer(ctx, releaser, n); err != nil {
		t.Fatal(err)
	}
	if v, err := d.Ticket(ctx, n); err != nil || v.State != ticket.Answered {
		t.Error(v.State, err)
	}
	if err := d.SendAnswer(ctx, releaser, n); !errors.Is(err, db.ErrMoved) {
		t.Error("sent twice:", err)
	}
	if err := d.PrepareAnswer(ctx, preparer, n, "en"); !errors.Is(err, db.ErrNoAnswer) {
		t.Error("prepared after the ticket's end:", err)
	}
}

// An erasure of the person ends their answer: its link leads nowhere, and what was redacted is gone (law L3).
func TestAnswerEndsWithErasure(t *testing.T) {
	d, n := prepared(t)
	if err := d.Redact(ctx, preparer, n, answer.Redaction{Words: "Bob", Reason: "other-person"}); err != nil {
		t.Fatal(err)
	}
	if err := d.ReleaseAnswer(ctx, releaser, n, true); err != nil {
		t.Fatal(err)
	}
	secret, _, err := d.OpenWay(ctx, releaser, n, db.ByLink)
	if err != nil {
		t.Fatal(err)
	}
	d.eraseAnna()
	if a := d.answer(n); a.Why != "erased" {
		t.Errorf("it goes on: %+v", a)
	}
	if _, err := d.AnswerOf(ctx, db.ByLink, secret); !errors.Is(err, db.ErrNotFound) {
		t.Error("its link still leads somewhere:", err)
	}
	if left, err := d.Redactions(ctx, d.answer(n).Number); err != nil || len(left) != 0 {
		t.Error("its redactions stay:", left, err)
	}
}

// eraseAnna carries a request for erasure out to its end.
func (d *desk) eraseAnna() {
	d.t.Helper()
	n := d.open(ticket.Erasure, "anna")
	must(d.t, d.SubmitTicketErasures(ctx, support, n, db.Proposal{Ground: "17-1-b"}))
	links, err := d.TicketLinks(ctx, n)
	must(d.t, err)
	e, err := d.Erasure(ctx, links[0].Number)
	must(d.t, err)
	must(d.t, d.ApproveErasures(ctx, officer, db.Read{e.Number: e.ManifestHash}))
	d.clock.Pass(time.Hour)
	run(d.t, d.Store)
}
