package db_test

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/letter"
	"quittance/db/ticket"
)

const months24 = 732 * day // no month is longer than 31 days, and two years have at most 731

// listed are the tickets on the list of those that nobody has proposed.
func (d *desk) listed() (out []int64) {
	d.t.Helper()
	if _, err := d.ListCases(ctx); err != nil {
		d.t.Fatal(err)
	}
	all, err := d.CaseFiles(ctx, 0, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, v := range all {
		out = append(out, v.Ticket.Number)
	}
	return out
}

// ended is a ticket that was answered now.
func (d *desk) ended(ids ...string) int64 {
	d.t.Helper()
	n := d.open(ticket.Access, ids...)
	must(d.t, d.AnswerTicket(ctx, officer, n, ""))
	return n
}

// A case file is listed when its time after the end is over, and never before; under the CCPA not before 24 months, whatever was chosen.
func TestCasesAreListed(t *testing.T) {
	d := openDesk(t)
	open, first := d.open(ticket.Access, "anna"), d.ended("berta")
	california, err := d.SubmitTicket(ctx, support, db.NewTicket{Right: ticket.Access, Regime: ticket.CCPA, Region: "non-eu", Channel: "web", Received: d.clock.Now()})
	must(t, err, d.AnswerTicket(ctx, officer, california, ""))
	d.clock.Pass(729 * day)
	if got := d.listed(); len(got) != 0 {
		t.Errorf("a day before two years: %v", got)
	}
	if l, err := d.SetLimit(ctx, officer, db.LimitCases, 12); err != nil || !l.Waits(d.clock.Now()) {
		t.Fatalf("a shorter time destroys more and waits: %+v, %v", l, err)
	}
	if got := d.listed(); len(got) != 0 {
		t.Errorf("at once: %v", got)
	}
	d.clock.Pass(day)
	if got := d.listed(); !slices.Equal(got, []int64{first}) {
		t.Errorf("after 12 months %v, want that of the EU alone", got)
	}
	if l, err := d.SetLimit(ctx, officer, db.LimitCases, 36); err != nil || l.Waits(d.clock.Now()) {
		t.Fatalf("a longer time holds at once: %+v, %v", l, err)
	}
	if got := d.listed(); len(got) != 0 {
		t.Errorf("after it was made longer: %v", got)
	}
	must(t, d.AnswerTicket(ctx, officer, open, ""))
	if db.CaseMonths(ticket.CCPA, 6) != 24 || db.CaseMonths(ticket.UK, 6) != 6 || db.CaseMonths(ticket.CCPA, 30) != 30 {
		t.Error("months of the CCPA")
	}
}

// A right can have a time of its own, shorter or longer than the house's; the list says by which one a case file is on it.
func TestCasesAreListedByRight(t *testing.T) {
	d := openDesk(t)
	end := func(n db.NewTicket) int64 {
		n.Region, n.Channel, n.Received = "eu", "web", d.clock.Now()
		number, err := d.SubmitTicket(ctx, support, n)
		must(t, err, d.WithdrawTicket(ctx, officer, number))
		return number
	}
	access, objection := end(db.NewTicket{Right: ticket.Access, Regime: ticket.EU}), end(db.NewTicket{Right: ticket.Objection, Regime: ticket.UK})
	california, longer := end(db.NewTicket{Right: ticket.Objection, Regime: ticket.CCPA}), end(db.NewTicket{Right: ticket.Rectification, Regime: ticket.CCPA})
	for r, months := range map[ticket.Right]int64{ticket.Objection: 6, ticket.Rectification: 30} {
		_, err := d.SetLimit(ctx, officer, db.LimitCasesOf(r), months)
		must(t, err)
	}
	schedules := func(want map[int64]string) {
		t.Helper()
		got := map[int64]string{}
		d.listed()
		all, err := d.CaseFiles(ctx, 0, 100)
		must(t, err)
		for _, v := range all {
			got[v.Ticket.Number] = fmt.Sprint(v.Schedule, " ", v.Months)
		}
		if !maps.Equal(got, want) {
			t.Errorf("listed are %v, want %v", got, want)
		}
	}
	d.clock.Pass(180 * day)
	schedules(nil)
	d.clock.Pass(5 * day)
	schedules(map[int64]string{objection: "right 6"})
	d.clock.Pass(months24 - 185*day)
	schedules(map[int64]string{objection: "right 6", access: "all 24", california: "ccpa 24"})
	d.clock.Pass(190 * day)
	schedules(map[int64]string{objection: "right 6", access: "all 24", california: "ccpa 24", longer: "right 30"})
	_, err := d.SetLimit(ctx, officer, db.LimitCasesOf(ticket.Objection), 240)
	must(t, err)
	schedules(map[int64]string{access: "all 24", longer: "right 30"})
}

// One officer proposes, another approves, and the night's batch destroys; what a hold keeps stays and is listed again.
func TestDisposal(t *testing.T) {
	d := openDesk(t)
	dbtest.Ingest(t, d.Store, dbtest.Message(t, d.service, d.clock.Now(), "one", "held"))
	a, held, again := d.ended("anna"), d.ended("held"), d.ended("carla")
	hold(t, d.Store, db.NewHold{Subject: subject(t, d.Store, "held").Ref})
	d.clock.Pass(months24)
	if got := d.listed(); len(got) != 3 {
		t.Fatal(got)
	}
	run(t, d.Store)
	if b, err := runner(d.Store).Expire(ctx); b != 0 || err != nil {
		t.Errorf("the night destroyed what nobody had approved: batch %d, %v", b, err)
	}
	if _, err := d.ProposeDisposal(ctx, officer, []int64{a, 99}); !errors.Is(err, db.ErrCases) {
		t.Errorf("one that is not listed: %v", err)
	}
	n, err := d.ProposeDisposal(ctx, officer, []int64{again, a, held})
	must(t, err)
	if got := d.listed(); len(got) != 0 {
		t.Errorf("what is proposed is offered again: %v", got)
	}
	if o, there := occasion(t, d.Store, db.DisposalWaits); !there || !slices.Equal(o.Not, []string{string(officer)}) || o.Object != audit.ObjectOf(audit.KindDisposal, n) {
		t.Errorf("who proposed it is asked to approve it: %+v %v", o, there)
	}
	for want, err := range map[error]error{db.ErrFourEyes: d.ApproveDisposal(ctx, officer, n, 3), db.ErrLapsed: d.ApproveDisposal(ctx, colleague, n, 2)} {
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	must(t, d.ApproveDisposal(ctx, colleague, n, 3), d.ReopenTicket(ctx, officer, again))
	if err := d.ApproveDisposal(ctx, colleague, n, 2); !errors.Is(err, db.ErrMoved) {
		t.Errorf("approved twice: %v", err)
	}
	batch, err := runner(d.Store).Expire(ctx)
	if err != nil || batch == 0 {
		t.Fatal(batch, err)
	}
	v := d.ticket(a)
	if !v.Destroyed || v.People.Person.Name != "" || d.ids(a) != "" || v.State != ticket.Answered || v.Day != "2026-03-02" {
		t.Errorf("%+v", v)
	}
	if v := d.ticket(held); v.Destroyed || v.People.Person.Name == "" || d.ids(held) != "held" {
		t.Errorf("what is held was destroyed: %+v", v)
	}
	if v := d.ticket(again); v.Destroyed || v.People.Person.Name == "" {
		t.Errorf("what was taken up again was destroyed: %+v", v)
	}
	all, err := d.Disposals(ctx, batch)
	if err != nil || len(all) != 1 || all[0].Cases != 2 || all[0].Held != 1 || all[0].Ended.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	if leaf := d.leaf(audit.CasesDestroyed); leaf.Counts[audit.CountTickets] != 1 || leaf.Counts[audit.CountHeld] != 1 {
		t.Errorf("%+v", leaf)
	}
	if got := d.listed(); !slices.Equal(got, []int64{held}) {
		t.Errorf("listed again: %v", got)
	}
	for _, err := range []error{d.ReopenTicket(ctx, officer, a), d.WithdrawDisposal(ctx, officer, n), lost(d.KeepLetter(ctx, officer, a, d.sent(letter.Completion, "x")))} {
		if !errors.Is(err, db.ErrMoved) {
			t.Errorf("after the destruction: %v", err)
		}
	}
	n, err = d.ProposeDisposal(ctx, officer, []int64{held})
	must(t, err, d.ApproveDisposal(ctx, colleague, n, 1))
	if b, err := runner(d.Store).Expire(ctx); b != 0 || err != nil {
		t.Errorf("a batch for what is all held: %d, %v", b, err)
	}
	must(t, d.WithdrawDisposal(ctx, colleague, n))
	if got := d.listed(); !slices.Equal(got, []int64{held}) {
		t.Errorf("taken back: %v", got)
	}
}

// leaf is the one entry of an event.
func (d *desk) leaf(event audit.Event) audit.Entry {
	d.t.Helper()
	entries, err := d.AuditEntries(ctx, db.AuditQuery{Event: string(event), Limit: 2})
	if err != nil || len(entries) != 1 {
		d.t.Fatalf("%d entries, %v", len(entries), err)
	}
	leaf, err := audit.Parse(entries[0].Data)
	if err != nil {
		d.t.Fatal(err)
	}
	return leaf
}

func lost(_ int64, err error) error { return err }

// A disposal that is crashed at any step is taken up and comes out the same.
func TestDisposalCrashedAtEachStep(t *testing.T) {
	for at := 1; ; at++ {
		d := openDesk(t)
		var all []int64
		for i := range 7 { // more than one chunk
			all = append(all, d.ended(fmt.Sprint("id", i)))
		}
		d.clock.Pass(months24)
		d.listed()
		n, err := d.ProposeDisposal(ctx, officer, all)
		must(t, err, d.ApproveDisposal(ctx, colleague, n, 7))
		c := &crashing{Store: d.Store, at: at, after: at%2 == 0}
		if _, err := erasure.NewRunner(c, discard).Expire(ctx); err == nil && c.steps < at {
			return
		} else if !errors.Is(err, errCrash) {
			t.Fatalf("step %d: %v", at, err)
		}
		run(t, d.Store)
		if _, err := runner(d.Store).Expire(ctx); err != nil {
			t.Fatal(err)
		}
		got, err := d.Disposals(ctx, 0)
		if err != nil || len(got) != 1 || got[0].Ended.IsZero() || got[0].Cases != 7 || got[0].Held != 0 || !d.ticket(all[6]).Destroyed {
			t.Errorf("step %d: %+v, %v", at, got, err)
		}
	}
}

// Whatever hangs on a ticket and may name somebody goes with its case file: a new table has to say whether it does.
func TestCaseTables(t *testing.T) {
	stays := []string{"ticket", "ticket_link", "ticket_pause", "case_due", "answer", "intake", "dsr"} // numbers, codes and days
	d := raw(t, dbtest.Open(t))
	for _, name := range texts(t, d, `SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f."table" = 'ticket'`) {
		if !slices.Contains(db.CaseTables(), name) && !slices.Contains(stays, name) {
			t.Errorf("%s hangs on tickets: say in caseTables that it goes with a case file, or here that it holds nothing personal", name)
		}
	}
}

// texts reads a column of a database.
func texts(t *testing.T, d *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := d.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// raw opens a copy of a store's database beside it.
func raw(t *testing.T, s *db.Store) *sql.DB {
	t.Helper()
	to := quick(t)
	if err := copied(t, s.Dir()).Write(to); err != nil {
		t.Fatal(err)
	}
	d, err := sql.Open("sqlite", "file:"+filepath.Join(to, "quittance.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Of everything that a case file held sealed no byte is left in any file, and the trail still proves all that was done (law L3).
func TestNoBytesOfACaseLeft(t *testing.T) {
	clock := dbtest.NewClock()
	dir := quick(t)
	d := &desk{Store: openOn(t, dir, db.WithClock(clock.Now)), t: t, clock: clock}
	r := rand.New(rand.NewPCG(21, 21))
	var all []int64
	var words []string
	word := func() string { words = append(words, canary(r)); return words[len(words)-1] }
	for i := range 12 {
		n := d.open(ticket.Access, word(), word())
		must(t, d.VerifyIdentity(ctx, support, n, db.TicketIdentity{Method: "questions", Level: "high", Checked: word()}),
			d.AddTicketNote(ctx, support, n, word()),
			d.AttachToTicket(ctx, support, n, word(), "text/plain", []byte(strings.Repeat(word(), 400*(i+1)))),
			d.ExtendTicket(ctx, support, n, db.Extension{Why: "number", Reasons: word(), On: clock.Now()}),
			lost(d.KeepLetter(ctx, support, n, d.sent(letter.Extension, strings.Repeat(word(), 40)))),
			d.PrepareAnswer(ctx, support, n, "de"),
			d.Redact(ctx, support, n, answer.Redaction{Words: word(), Reason: "other-person"}),
			d.RefuseTicket(ctx, officer, n, "12-2", db.Told{Explanation: word(), Authority: word()}))
		all = append(all, n)
	}
	stays := d.open(ticket.Access, "stays")
	sealed := sealedOf(t, d.Store)
	if len(sealed) != 12*12 {
		t.Fatalf("%d sealed values", len(sealed))
	}
	clock.Pass(months24)
	d.listed()
	n, err := d.ProposeDisposal(ctx, officer, all)
	must(t, err, d.ApproveDisposal(ctx, colleague, n, 12))
	if _, err := runner(d.Store).Expire(ctx); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, copied(t, dir), append(sealed, words...))
	if report, err := d.VerifyAudit(ctx); err != nil || !report.OK() {
		t.Errorf("the trail does not verify: %+v, %v", report, err)
	}
	if d.ticket(stays).People.Person.Name != "Anna Berg" || d.ids(stays) != "stays" {
		t.Error("another case file was touched")
	}
	shut(t, d.Store)
	clean(t, dir, append(sealed, words...))
}

// sealedOf are the values of every sealed column of the case files of ended tickets.
func sealedOf(t *testing.T, s *db.Store) (sealed []string) {
	t.Helper()
	for _, v := range texts(t, raw(t, s), `SELECT sealed FROM ticket_subject WHERE ticket <= 12 UNION ALL SELECT sealed FROM ticket_identity UNION ALL SELECT sealed FROM ticket_note WHERE ticket <= 12
		UNION ALL SELECT name FROM ticket_attachment UNION ALL SELECT sealed FROM ticket_attachment UNION ALL SELECT sealed FROM letter UNION ALL SELECT sealed FROM answer_redaction
		UNION ALL SELECT people FROM ticket WHERE ended IS NOT NULL UNION ALL SELECT extended_why FROM ticket WHERE ended IS NOT NULL UNION ALL SELECT told FROM ticket WHERE ended IS NOT NULL`) {
		if len(v) > 200 {
			v = v[:200] // windows of it are enough
		}
		sealed = append(sealed, v)
	}
	return sealed
}
