package db_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// people is a store with one Assistant, in which IDs can be joined.
type people struct {
	*testing.T
	s       *db.Store
	clock   *dbtest.Clock
	service db.Service
}

func openPeople(t *testing.T) *people {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	return &people{t, s, clock, dbtest.Service(t, s, "one")}
}

// says stores a message of a conversation under the IDs.
func (p *people) says(session string, ids ...string) {
	p.Helper()
	m := dbtest.Message(p.T, p.service.Number, p.s.Now(), "hello", ids...)
	m.Session = session
	dbtest.Ingest(p.T, p.s, m)
	p.clock.Pass(time.Second)
}

func (p *people) ref(id string) db.Ref {
	p.Helper()
	sub, ok, err := p.s.SubjectOf(context.Background(), dbtest.ID(p.T, id))
	if err != nil || !ok {
		p.Fatalf("%s: %v", id, err)
	}
	return sub.Ref
}

func (p *people) join(a, b string) {
	p.Helper()
	if err := p.s.JoinAlias(context.Background(), "user/1", p.ref(a), p.ref(b), db.SameTail); err != nil {
		p.Fatalf("joining %s and %s: %v", a, b, err)
	}
}

// aliases are those of an ID, in order of their names.
func (p *people) aliases(id string) string {
	p.Helper()
	list, err := p.s.Aliases(context.Background(), id)
	if err != nil {
		p.Fatal(err)
	}
	var out []string
	for _, a := range list {
		out = append(out, a.ID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestAliases(t *testing.T) {
	p := openPeople(t)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		p.says("s"+id, id)
	}
	p.join("a", "b")
	p.join("c", "d")
	p.join("d", "b") // two persons become one
	for id, want := range map[string]string{"a": "b c d", "b": "a c d", "c": "a b d", "d": "a b c", "e": ""} {
		if got := p.aliases(id); got != want {
			t.Errorf("the aliases of %s are %q, want %q", id, got, want)
		}
	}
	for _, pair := range [][2]string{{"a", "d"}, {"a", "a"}} {
		if err := p.s.JoinAlias(t.Context(), "user/1", p.ref(pair[0]), p.ref(pair[1]), db.SameTail); !errors.Is(err, db.ErrMoved) {
			t.Errorf("joining %v once more: %v", pair, err)
		}
	}
	if err := p.s.JoinAlias(t.Context(), "user/1", p.ref("a"), "s_nobody", db.SameTail); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("joining nobody: %v", err)
	}
	if err := p.s.JoinAlias(t.Context(), "user/1", p.ref("a"), p.ref("e"), "a feeling"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("joining without evidence: %v", err)
	}
	if err := p.s.UndoAlias(t.Context(), "user/2", p.ref("b")); err != nil {
		t.Fatal(err)
	}
	if p.aliases("a") != "c d" || p.aliases("b") != "" {
		t.Errorf("parted: a has %q, b has %q", p.aliases("a"), p.aliases("b"))
	}
	if err := p.s.UndoAlias(t.Context(), "user/2", p.ref("b")); !errors.Is(err, db.ErrMoved) {
		t.Errorf("parting once more: %v", err)
	}
	entries, err := p.s.AuditEntries(t.Context(), db.AuditQuery{Event: string(audit.AliasUndone), Limit: 1})
	if err != nil || len(entries) != 1 || entries[0].Actor != "user/2" || entries[0].Object != "" {
		t.Errorf("%+v %v", entries, err)
	}
}

// An alias goes with the last record of its ID, whichever way that goes, and what is left of two is none.
func TestAliasesGoWithTheirRecords(t *testing.T) {
	p := openPeople(t)
	for _, id := range []string{"a", "b", "c"} {
		p.says("s", id)
	}
	p.join("a", "b")
	p.join("b", "c")
	p.erase("b")
	if got := p.aliases("a"); got != "c" {
		t.Errorf("a has %q, want c: they were confirmed through b, and stay confirmed", got)
	}
	p.erase("c")
	p.says("s", "b")
	p.says("s", "c")
	if got := p.aliases("a") + p.aliases("b") + p.aliases("c"); got != "" {
		t.Errorf("IDs that came back are joined with %q", got)
	}
}

// erase deletes an ID by the API and runs the batch.
func (p *people) erase(id string) {
	p.Helper()
	if _, err := p.s.AcceptErasure(context.Background(), "key/1", p.service.Number, dbtest.ID(p.T, id)); err != nil {
		p.Fatal(err)
	}
	p.run()
}

func (p *people) run() {
	p.Helper()
	if _, err := erasure.NewRunner(p.s, quiet).Run(context.Background(), true); err != nil {
		p.Fatal(err)
	}
}

// The records of a person are those of all IDs, each once, in one order.
func TestRecordsOfAPerson(t *testing.T) {
	p := openPeople(t)
	p.says("s", "a")
	p.says("s", "b", "a")
	p.says("s", "c")
	p.says("s", "b")
	p.says("s", "x", "b")
	p.join("a", "b")
	ask := func(q db.RecordQuery) (seqs []int64) {
		t.Helper()
		q.Limit = 2
		for {
			page, more, err := p.s.Records(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				seqs = append(seqs, r.Seq)
			}
			if !more {
				return seqs
			}
			last := page[len(page)-1]
			q.Before = db.Place{Time: last.Time.UnixMilli(), Seq: last.Seq}
		}
	}
	for _, tt := range []struct {
		q    db.RecordQuery
		want []int64
	}{
		{db.RecordQuery{Subject: "a", Person: true}, []int64{5, 4, 2, 1}},
		{db.RecordQuery{Subject: "b", Person: true}, []int64{5, 4, 2, 1}},
		{db.RecordQuery{Subject: "a", Person: true, Services: []int64{p.service.Number}, UpTo: 4}, []int64{4, 2, 1}},
		{db.RecordQuery{Subject: "c", Person: true}, []int64{3}},
		{db.RecordQuery{Subject: "a"}, []int64{2, 1}},
		{db.RecordQuery{Subject: "nobody", Person: true}, nil},
	} {
		if got := ask(tt.q); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: records %v, want %v", tt.q, got, tt.want)
		}
		held, err := p.s.Holdings(t.Context(), tt.q)
		var n int64
		for _, h := range held {
			n += h.Records
		}
		by, werr := p.s.HoldingsSince(t.Context(), tt.q, p.s.Now(), p.s.Now().Add(-time.Hour))
		var newer, older int64
		for i, h := range by {
			newer, older = newer+h.Written.Newer, older+h.Written.Older
			if h.Written = (db.Written{}); i >= len(held) || h.Records != held[i].Records || h.Shared != held[i].Shared {
				t.Errorf("%+v: %+v by time, want %+v", tt.q, h, held)
			}
		}
		if err != nil || werr != nil || n != int64(len(tt.want)) || newer+older != n {
			t.Errorf("%+v: holdings of %d and %d (%v, %v), want %d", tt.q, n, newer+older, err, werr, len(tt.want))
		}
	}
}

func TestAliasCandidates(t *testing.T) {
	p := openPeople(t)
	p.says("s1", "cust_1")
	p.says("s2", "slack_cust_1")
	p.says("s3", "intercom_cust_1")
	p.says("s1", "friend")
	p.says("s4", "cust_1", "other")
	p.says("s5", "stranger")
	p.says("s6", "named")
	p.clock.Pass(2 * time.Hour)
	p.says("s1", "latecomer") // another conversation of the same name, long after
	got := func(id string, users ...string) string {
		t.Helper()
		ids := []string{}
		list, err := p.s.AliasCandidates(t.Context(), dbtest.ID(t, id), customers(t, users))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			ids = append(ids, string(c.Evidence)+":"+c.ID)
		}
		return strings.Join(ids, " ")
	}
	if got, want := got("cust_1", "named", "unknown"), "user:named tail:slack_cust_1 tail:intercom_cust_1 session:other session:friend"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got, want := got("slack_cust_1"), "tail:cust_1 tail:intercom_cust_1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	p.join("cust_1", "slack_cust_1")
	if got, want := got("slack_cust_1"), "tail:intercom_cust_1"; got != want {
		t.Errorf("once joined: %s, want %s", got, want)
	}
	if got := got("stranger"); got != "" {
		t.Errorf("a stranger may be %s", got)
	}
}

// Who looked at what of a person is told for all of its IDs, the newest first, each time once; what was looked at of others is not.
func TestConsultations(t *testing.T) {
	p, ctx := openPeople(t), t.Context()
	p.says("s1", "anna")
	p.says("s2", "anna", "slack_anna")
	p.says("s3", "slack_anna")
	p.says("s4", "ben")
	p.join("anna", "slack_anna")
	for _, record := range []int64{1, 4, 2, 3, 2} {
		if _, err := p.s.Reveal(ctx, 7, 1, record, "incident"); err != nil {
			t.Fatal(err)
		}
		p.clock.Pass(time.Minute)
	}
	for id, want := range map[string][]int64{"anna": {2, 3, 2, 1}, "slack_anna": {2, 3, 2, 1}, "ben": {4}, "nobody": nil} {
		for _, limit := range []int{9, 2} {
			list, total, err := p.s.Consultations(ctx, id, limit)
			var got []int64
			for _, c := range list {
				got = append(got, c.Record)
				if c.User != 7 || c.Purpose != "incident" || c.At.IsZero() {
					t.Errorf("%+v", c)
				}
			}
			if err != nil || !slices.Equal(got, want[:min(limit, len(want))]) || total != int64(len(want)) {
				t.Errorf("%s: %v of %d (%v), want %v", id, got, total, err, want)
			}
		}
	}
}
