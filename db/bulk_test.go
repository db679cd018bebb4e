package db

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

const (
	lister  = audit.Actor("user/1")
	decider = audit.Actor("user/2")
)

// typed keeps a list as the console does, and gives its token.
func (h *house) typed(lines ...string) string {
	h.t.Helper()
	text := strings.Join(lines, "\n")
	l, err := label.ReadLines(text, false)
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := h.KeepList(h.ctx, 1, text, false, l.Valid)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *house) says(service int64, ids ...string) {
	h.t.Helper()
	r := NewRecord{Service: service, Kind: Message, Time: h.Now(), Answered: h.Now(), Text: "hello", Body: []byte(`{"a":"hello"}`)}
	for _, raw := range ids {
		id, err := label.Parse(label.Assistant, raw)
		if err != nil {
			h.t.Fatal(err)
		}
		r.Labels = append(r.Labels, id)
	}
	if _, err := h.Ingest(h.ctx, audit.System, []NewRecord{r}, nil); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) listed(token string, linked bool) int64 {
	h.t.Helper()
	n, err := h.ProposeList(h.ctx, 1, token, ListProposal{Ground: "17-1-b", Note: "by post", Linked: linked})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) sums(number int64) BulkSums {
	h.t.Helper()
	v, err := h.BulkSums(h.ctx, number)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

func (h *house) bulkIs(number int64, want erasure.BulkState) Bulk {
	h.t.Helper()
	b, err := h.Bulk(h.ctx, number)
	if err != nil || b.State != want {
		h.t.Fatalf("list %d is %q (%v), want %q", number, b.State, err, want)
	}
	return b
}

func (h *house) members(number int64) []Erasure {
	h.t.Helper()
	all, err := h.Erasures(h.ctx, ErasureQuery{Bulk: number, Limit: -1})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func (h *house) runAll() {
	h.t.Helper()
	if _, err := erasure.NewRunner(h.Store, slog.New(slog.DiscardHandler)).Run(h.ctx, true); err != nil {
		h.t.Fatal(err)
	}
}

// The whole way of a list: one request for each ID, one approval, one receipt each, and the list itself is let go of.
func TestBulk(t *testing.T) {
	h := openHouse(t)
	svc := h.service().Number
	h.says(svc, "ada")
	h.says(svc, "ada", "ben")
	h.says(svc, "cyd")
	token := h.typed("ada", "ben", "nobody", "ada", "a;b")
	l, err := h.List(h.ctx, 1, token)
	if err != nil || len(l.Valid) != 3 || len(l.Repeats) != 1 || len(l.Faults) != 1 {
		t.Fatalf("%+v, %v", l, err)
	}
	if _, err := h.List(h.ctx, 2, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's list: %v", err)
	}
	m, err := h.ListImpact(h.ctx, l.Valid)
	if err != nil || !m.Known["ada"] || m.Known["nobody"] || len(m.Go) != 1 || m.Go[0].Records != 3 || m.Go[0].Shared != 2 || m.Cutoff != 3 {
		t.Errorf("%+v, %v", m, err)
	}
	n := h.listed(token, false)
	h.bulkIs(n, erasure.BulkProposed)
	if _, err := h.List(h.ctx, 1, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("a list that was proposed: %v", err)
	}
	v := h.sums(n)
	if v.Requests != 2 || v.Waiting != 2 || v.Records != 3 || v.States[erasure.Proposed] != 2 || v.Go[0].Records != 3 {
		t.Errorf("%+v", v)
	}
	for _, e := range h.members(n) {
		if e.Note != "by post" || e.Proposer != lister || e.Ground != "17-1-b" {
			t.Errorf("%+v", e)
		}
	}
	if err := h.ApproveBulk(h.ctx, lister, n, v.Hash); !errors.Is(err, ErrFourEyes) {
		t.Errorf("approved by its proposer: %v", err)
	}
	if err := h.ApproveBulk(h.ctx, decider, n, "read nothing"); !errors.Is(err, ErrLapsed) {
		t.Errorf("approved unread: %v", err)
	}
	if err := h.ApproveBulk(h.ctx, decider, n, v.Hash); err != nil {
		t.Fatal(err)
	}
	h.bulkIs(n, erasure.BulkApproved)
	h.runAll()
	for _, e := range h.members(n) {
		if _, _, err := h.Receipt(h.ctx, e.Number); err != nil || e.State != erasure.Done {
			t.Errorf("request %d is %s: %v", e.Number, e.State, err)
		}
	}
	var kept int
	if err := h.readers.QueryRowContext(h.ctx, "SELECT count(list) + count(note) + count(told) + (SELECT count(*) FROM bulk_ref) FROM bulk").Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d things are kept of the list: %v", kept, err)
	}
	if held, err := h.Holdings(h.ctx, RecordQuery{Subject: "cyd"}); err != nil || len(held) != 1 {
		t.Errorf("somebody who is not on the list: %v, %v", held, err)
	}
}

// IDs that nothing here bears get a request where a linked service is called for them, and an alias gets one of its own.
func TestBulkReachesFurther(t *testing.T) {
	h := openHouse(t)
	svc := h.service().Number
	if _, err := h.AddLinked(h.ctx, audit.Operator, NewLinked{Kind: label.Assistant, Name: "elsewhere", URL: "https://a.example/", Credential: []byte("k")}); err != nil {
		t.Fatal(err)
	}
	h.says(svc, "ada")
	h.says(svc, "slack_ada")
	h.says(svc)
	refOf := func(id string) Ref {
		parsed, _ := label.Parse(label.Assistant, id)
		sub, _, err := h.SubjectOf(h.ctx, parsed)
		if err != nil {
			t.Fatal(err)
		}
		return sub.Ref
	}
	if err := h.JoinAlias(h.ctx, lister, refOf("ada"), refOf("slack_ada"), SameTail); err != nil {
		t.Fatal(err)
	}
	n := h.listed(h.typed("ada", "nobody"), true)
	var names []string
	for _, e := range h.members(n) {
		names = append(names, e.Subject)
		if e.Subject == "nobody" && e.Manifest.Records() != 0 {
			t.Errorf("an ID that is not known takes %d records: those without one?", e.Manifest.Records())
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"ada", "nobody", "slack_ada"}) {
		t.Errorf("requests for %v", names)
	}
	if err := h.ApproveBulk(h.ctx, decider, n, h.sums(n).Hash); err != nil {
		t.Fatal(err)
	}
	h.bulkIs(n, erasure.BulkApproved)
	without := h.listed(h.typed("nobody"), false)
	h.bulkIs(without, erasure.BulkWithdrawn)
}

// A request that is taken off the list lapses the approval of the rest, and one that changed after the decision waits for another.
func TestBulkOneByOne(t *testing.T) {
	h := openHouse(t)
	svc := h.service().Number
	for _, id := range []string{"ada", "ben", "cyd"} {
		h.says(svc, id)
	}
	n := h.listed(h.typed("ada", "ben", "cyd"), false)
	hash := h.sums(n).Hash
	all := h.members(n)
	if err := h.WithdrawErasure(h.ctx, lister, all[0].Number); err != nil {
		t.Fatal(err)
	}
	if err := h.ApproveBulk(h.ctx, decider, n, hash); !errors.Is(err, ErrLapsed) {
		t.Errorf("one is withdrawn: %v", err)
	}
	// Whoever refreshes is the proposer: this one is not theirs to approve.
	if err := h.RefreshErasure(h.ctx, decider, all[1].Number); err != nil {
		t.Fatal(err)
	}
	if err := h.ApproveBulk(h.ctx, decider, n, h.sums(n).Hash); err != nil {
		t.Fatal(err)
	}
	if b := h.bulkIs(n, erasure.BulkProposed); b.Skipped != 1 {
		t.Errorf("%d were skipped", b.Skipped)
	}
	if err := h.ApproveBulk(h.ctx, "user/3", n, h.sums(n).Hash); err != nil {
		t.Fatal(err)
	}
	h.bulkIs(n, erasure.BulkApproved)
	// In the cancel window all of it can be taken back.
	if err := h.WithdrawBulk(h.ctx, lister, n); err != nil {
		t.Fatal(err)
	}
	h.bulkIs(n, erasure.BulkWithdrawn)
	if v := h.sums(n); v.States[erasure.Withdrawn] != 3 {
		t.Errorf("%+v", v.States)
	}
	if err := h.WithdrawBulk(h.ctx, lister, n); !errors.Is(err, ErrMoved) {
		t.Errorf("withdrawn twice: %v", err)
	}
}

// While a list is being approved none of its requests takes a new cut-off: what is carried out is what was read.
func TestBulkAtRest(t *testing.T) {
	h := openHouse(t)
	h.says(h.service().Number, "ada")
	token := h.typed("ada")
	n := h.listed(token, false)
	h.begun("UPDATE bulk SET state = 'approving', approver = 'user/2', mover = 'user/2', done = 0 WHERE token = ?", token)
	if err := h.RefreshErasure(h.ctx, decider, h.members(n)[0].Number); !errors.Is(err, ErrMoved) {
		t.Errorf("refreshed meanwhile: %v", err)
	}
}

func TestBulkRefused(t *testing.T) {
	h := openHouse(t)
	h.says(h.service().Number, "ada")
	n := h.listed(h.typed("ada"), false)
	told := Told{Explanation: "a claim is pending", Authority: "the authority", Complaint: true, Remedy: true}
	if err := h.RefuseBulk(h.ctx, lister, n, "17-3-e", told); !errors.Is(err, ErrFourEyes) {
		t.Errorf("refused by its proposer: %v", err)
	}
	if err := h.RefuseBulk(h.ctx, decider, n, "17-3-e", told); err != nil {
		t.Fatal(err)
	}
	h.bulkIs(n, erasure.BulkRefused)
	if e := h.members(n)[0]; e.State != erasure.Refused || e.Told != told || e.Refusal != "17-3-e" || e.Subject != "" {
		t.Errorf("%+v", e)
	}
}

// A list goes with the first of its IDs that is erased, and after a day.
func TestListForgotten(t *testing.T) {
	h := openHouse(t)
	svc := h.service().Number
	h.says(svc, "ada")
	token, other := h.typed("zoe", "ada"), h.typed("zoe")
	ada, _ := label.Parse(label.Assistant, "ada")
	if _, err := h.AcceptErasure(h.ctx, "key/1", svc, ada); err != nil {
		t.Fatal(err)
	}
	h.runAll()
	if _, err := h.List(h.ctx, 1, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("a list that names an erased ID: %v", err)
	}
	if _, err := h.List(h.ctx, 1, other); err != nil {
		t.Errorf("a list that does not: %v", err)
	}
	h.pass(25 * time.Hour)
	if _, err := h.List(h.ctx, 1, other); !errors.Is(err, ErrNotFound) {
		t.Errorf("after a day: %v", err)
	}
	h.typed("yan")
	var n int
	if err := h.readers.QueryRowContext(h.ctx, "SELECT count(*) FROM bulk").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d lists are kept, %v", n, err)
	}
}

// Killed after any of its transactions, a list that is being proposed or approved is taken up by the next start: each ID has one request,
// each request its line in the ledger, and the decision stands (law L1).
func TestBulkKilled(t *testing.T) {
	const size = 2*bulkChunk + 20
	for kill := range 4 {
		dir := t.TempDir()
		h := &house{t: t, ctx: t.Context(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
		open := func() {
			t.Helper()
			s, err := Open(h.ctx, dir, WithClock(h.clock))
			if err != nil {
				t.Fatal(err)
			}
			h.Store = s
		}
		reopen := func() {
			t.Helper()
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
			open()
		}
		open()
		svc := h.service().Number
		var lines []string
		for i := range size {
			lines = append(lines, fmt.Sprint("c", i))
			h.says(svc, lines[i])
		}
		token := h.typed(lines...)
		number := h.begun("UPDATE bulk SET state = 'collecting', ground = '17-1-b', proposer = 'user/1', mover = 'user/1' WHERE token = ?", token)
		h.steps(number, kill)
		reopen()
		if err := h.carry(number); err != nil {
			t.Fatal(err)
		}
		h.bulkIs(number, erasure.BulkProposed)
		if v := h.sums(number); v.Requests != size || v.Records != size {
			t.Fatalf("killed after %d chunks: %d requests, %d records, want %d", kill, v.Requests, v.Records, size)
		}
		h.begun("UPDATE bulk SET state = 'approving', approver = 'user/2', mover = 'user/2', done = 0 WHERE token = ?", token)
		h.steps(number, kill)
		reopen()
		if err := h.carry(number); err != nil {
			t.Fatal(err)
		}
		if b := h.bulkIs(number, erasure.BulkApproved); b.Skipped != 0 {
			t.Errorf("%d were skipped", b.Skipped)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "ledger"))
		if n := bytes.Count(raw, []byte("\n")); err != nil || n != size {
			t.Errorf("killed after %d chunks: the ledger has %d lines (%v), want %d", kill, n, err, size)
		}
		for _, e := range h.members(number) {
			if e.State != erasure.Scheduled || e.Approver != decider {
				t.Errorf("request %d is %s, approved by %q", e.Number, e.State, e.Approver)
			}
		}
		if report, err := h.VerifyAudit(h.ctx); err != nil || !report.Intact() {
			t.Errorf("the audit trail: %+v, %v", report.Findings, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// begun writes a decision without carrying it out, as a kill right behind its commit leaves it.
func (h *house) begun(change, token string) (number int64) {
	h.t.Helper()
	err := h.write(h.ctx, lister, func(t *tx) error {
		if err := t.exec(change, token); err != nil {
			return err
		}
		return t.row("SELECT number FROM bulk WHERE token = ?", token).Scan(&number)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return number
}

// steps carries out so many chunks, as long as there are some.
func (h *house) steps(number int64, n int) {
	h.t.Helper()
	b, err := h.Bulk(h.ctx, number)
	var ids []label.Line
	if err == nil && b.State == erasure.BulkCollecting {
		ids, err = h.Store.listed(h.ctx, number)
	}
	for range n {
		if err == nil {
			err = h.write(h.ctx, b.mover, func(t *tx) error { return t.bulkStep(number, ids) })
		}
	}
	if err != nil && !errors.Is(err, errBulkDone) {
		h.t.Fatal(err)
	}
}

// TestOccasionsOfOthers (law L6): a list is told of once and not for each of its requests; whoever asked for something is not told to decide it.
func TestOccasionsOfOthers(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	h.says(v, "ada")
	h.says(v, "ben")
	sub, _, err := h.SubjectOf(h.ctx, parsed("ada"))
	if err != nil {
		t.Fatal(err)
	}
	held, err := h.PlaceHold(h.ctx, "user/3", NewHold{Kind: erasure.LegalHold, Ground: "17-3-e", Subject: sub.Ref, Custodian: "C. Cole", Review: h.Now().AddDate(0, 1, 0)})
	if err == nil {
		err = h.AskLift(h.ctx, "user/4", held)
	}
	if err == nil {
		_, err = h.SetRetention(h.ctx, "user/5", v, Message, 3)
	}
	if err != nil {
		t.Fatal(err)
	}
	list := h.listed(h.typed("ada", "ben"), false)
	all, err := h.Occasions(h.ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := map[What]Occasion{}
	for _, o := range all {
		got[o.What] = o
	}
	for what, want := range map[What]Occasion{BulkWaits: {Object: audit.ObjectOf(audit.KindBulk, list), Not: []string{"user/1"}},
		HoldWaits: {Object: audit.ObjectOf(audit.KindHold, held), Not: []string{"user/4"}}, RetentionWaits: {Object: audit.ObjectOf(audit.KindService, v), Not: []string{"user/5"}}} {
		if o := got[what]; o.Object != want.Object || !slices.Equal(o.Not, want.Not) {
			t.Errorf("%s: %+v, want %+v", what, o, want)
		}
	}
	if o, there := got[ErasureWaits]; there {
		t.Errorf("a request of the list is told of by itself: %+v", o)
	}
}
