package db_test

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func customers(t *testing.T, raw []string) (out []label.ID) {
	for _, v := range raw {
		out = append(out, dbtest.ID(t, v))
	}
	return out
}

// propose proposes the erasure of an ID and gives the requests of its person.
func (p *people) propose(id string) []db.Erasure {
	p.Helper()
	n, err := p.s.SubmitErasure(p.Context(), "user/1", db.Proposal{Subject: p.ref(id), Ground: "17-1-b", Note: "by phone"})
	if err != nil {
		p.Fatal(err)
	}
	return p.together(n)
}

func (p *people) together(number int64) []db.Erasure {
	p.Helper()
	list, err := p.s.Together(p.Context(), number)
	if err != nil {
		p.Fatal(err)
	}
	if len(list) == 0 {
		e, err := p.s.Erasure(p.Context(), number)
		if err != nil {
			p.Fatal(err)
		}
		list = []db.Erasure{e}
	}
	return list
}

func read(list []db.Erasure) db.Read {
	out := db.Read{}
	for _, e := range list {
		if e.State == erasure.Proposed {
			out[e.Number] = e.ManifestHash
		}
	}
	return out
}

func subjects(list []db.Erasure) (out []string) {
	for _, e := range list {
		out = append(out, e.Subject)
	}
	return out
}

// A person with aliases is erased by one request for each ID, proposed in one step and approved together; then nothing is left of any.
func TestErasedTogether(t *testing.T) {
	p := openPeople(t)
	p.says("s", "a")
	p.says("s", "b")
	p.says("s", "b", "x")
	p.says("s", "c")
	p.join("a", "b")
	p.join("a", "c")
	list := p.propose("b")
	if got := subjects(list); !slices.Equal(got, []string{"b", "a", "c"}) {
		t.Fatalf("requests for %v", got)
	}
	for _, e := range list {
		if e.Note != "by phone" || e.Cutoff != 4 || e.Proposer != "user/1" {
			t.Errorf("request %d: %+v", e.Number, e)
		}
	}
	if again := p.propose("b"); len(again) != 3 || again[0].Number != list[0].Number {
		t.Error("a second click made more requests")
	}
	half := read(list)
	half[list[2].Number] = "not what was read"
	if err := p.s.ApproveErasures(t.Context(), "user/2", half); !errors.Is(err, db.ErrLapsed) {
		t.Errorf("one manifest unread: %v", err)
	}
	if err := p.s.ApproveErasures(t.Context(), "user/1", read(list)); !errors.Is(err, db.ErrFourEyes) {
		t.Errorf("by the proposer: %v", err)
	}
	for _, e := range p.together(list[0].Number) {
		if e.State != erasure.Proposed {
			t.Fatalf("request %d is %s after approvals that failed", e.Number, e.State)
		}
	}
	if err := p.s.ApproveErasures(t.Context(), "user/2", read(list)); err != nil {
		t.Fatal(err)
	}
	p.run()
	for _, e := range p.together(list[0].Number) {
		if e.State != erasure.Done || e.Remaining != 0 {
			t.Errorf("request %d is %s", e.Number, e.State)
		}
	}
	for _, id := range []string{"a", "b", "c", "x"} {
		if _, ok, err := p.s.SubjectOf(t.Context(), dbtest.ID(t, id)); ok || err != nil {
			t.Errorf("%s is still there (%v)", id, err)
		}
	}
}

// An approval lapses when an alias was joined or parted since; a new cut-off brings the requests in line.
func TestAliasLapses(t *testing.T) {
	p := openPeople(t)
	for _, id := range []string{"a", "b", "c"} {
		p.says("s", id)
	}
	p.join("a", "b")
	list := p.propose("a")
	p.join("a", "c")
	lapsed := func(what string) {
		t.Helper()
		if err := p.s.ApproveErasures(t.Context(), "user/2", read(p.together(list[0].Number))); !errors.Is(err, db.ErrAliases) {
			t.Errorf("%s: %v", what, err)
		}
	}
	lapsed("joined since")
	refresh := func(number int64, want ...string) {
		t.Helper()
		if err := p.s.RefreshErasure(t.Context(), "user/1", number); err != nil {
			t.Fatal(err)
		}
		if got := subjects(p.together(number)); !slices.Equal(got, want) {
			t.Errorf("after a new cut-off the requests are for %v, want %v", got, want)
		}
	}
	refresh(list[0].Number, "a", "b", "c")
	if err := p.s.UndoAlias(t.Context(), "user/1", p.ref("b")); err != nil {
		t.Fatal(err)
	}
	lapsed("parted since")
	refresh(list[0].Number, "a", "c")
	if got := subjects(p.together(list[1].Number)); !slices.Equal(got, []string{"b"}) {
		t.Errorf("the parted one is beside %v", got)
	}
	// what goes meanwhile by another request is no change of the person
	p.erase("c")
	if err := p.s.ApproveErasures(t.Context(), "user/2", read(p.together(list[0].Number))); err != nil {
		t.Errorf("an alias that is gone: %v", err)
	}
}

// A request that an application files is about its one ID: aliases are no business of it.
func TestAliasAndAPI(t *testing.T) {
	p := openPeople(t)
	p.says("s", "a")
	p.says("s", "b")
	if _, err := p.s.SetPolicy(t.Context(), "user/9", p.service.Number, db.PolicyDeletion, db.DeletionApproval); err != nil {
		t.Fatal(err)
	}
	e, err := p.s.AcceptErasure(t.Context(), "key/1", p.service.Number, dbtest.ID(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	p.join("a", "b")
	if err := p.s.ApproveErasure(t.Context(), "user/2", e.Number, e.ManifestHash); err != nil {
		t.Error(err)
	}
	if n := len(p.together(e.Number)); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// A request that is parted from the others by its own new cut-off leaves them as they were: they are still about one person.
func TestPartedByItself(t *testing.T) {
	p := openPeople(t)
	for _, id := range []string{"a", "b", "c", "d"} {
		p.says("s", id)
	}
	p.join("a", "b")
	p.join("a", "c")
	list := p.propose("a")
	if err := p.s.UndoAlias(t.Context(), "user/1", p.ref("c")); err != nil {
		t.Fatal(err)
	}
	if err := p.s.RefreshErasure(t.Context(), "user/1", list[2].Number); err != nil {
		t.Fatal(err)
	}
	if got := subjects(p.together(list[0].Number)); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("those who stay are %v", got)
	}
	p.join("c", "d") // the parted one gets others of its own
	if err := p.s.RefreshErasure(t.Context(), "user/1", list[2].Number); err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]string{{"a", "b"}, {"c", "d"}} {
		n := list[0].Number
		if want[0] == "c" {
			n = list[2].Number
		}
		if got := subjects(p.together(n)); !slices.Equal(got, want) {
			t.Errorf("requests for %v, want %v", got, want)
		}
		if err := p.s.ApproveErasures(t.Context(), "user/2", read(p.together(n))); err != nil {
			t.Errorf("%v: %v", want, err)
		}
	}
}

// Where the services that are left out are all that know the ID which was asked for, its aliases are proposed all the same.
func TestOnlyAnAlias(t *testing.T) {
	p := openPeople(t)
	p.says("s", "a")
	other := dbtest.Service(t, p.s, "two")
	dbtest.Ingest(t, p.s, dbtest.Message(t, other.Number, p.s.Now(), "hello", "b"))
	p.join("a", "b")
	without := func(services ...int64) db.Proposal {
		out := db.Proposal{Subject: p.ref("a"), Ground: "17-1-b", Without: map[int64]string{}}
		for _, n := range services {
			out.Without[n] = "not-asked"
		}
		return out
	}
	if _, err := p.s.SubmitErasure(t.Context(), "user/1", without(p.service.Number, other.Number)); !errors.Is(err, db.ErrNoSubject) {
		t.Errorf("nothing to erase: %v", err)
	}
	n, err := p.s.SubmitErasure(t.Context(), "user/1", without(p.service.Number))
	if err != nil {
		t.Fatal(err)
	}
	list := p.together(n)
	if got := subjects(list); !slices.Equal(got, []string{"b"}) {
		t.Fatalf("requests for %v", got)
	}
	if err := p.s.ApproveErasures(t.Context(), "user/2", read(list)); err != nil {
		t.Error(err)
	}
}

// A service that is linked after the proposal would not be called: the approval lapses, and a new cut-off takes it in, also when the last
// record here has gone meanwhile.
func TestLinkedSince(t *testing.T) {
	p := openPeople(t)
	p.says("s", "a")
	link := func(name string) db.Service {
		t.Helper()
		v, err := p.s.AddLinked(t.Context(), "user/9", db.NewLinked{Kind: label.Assistant, Name: name, URL: "https://example.com/" + name, Credential: []byte("key")})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	one := link("one elsewhere")
	p.says("s") // without an ID: never of anybody's erasure
	list := p.propose("a")
	two := link("two elsewhere")
	if err := p.s.ApproveErasures(t.Context(), "user/2", read(list)); !errors.Is(err, db.ErrLinked) {
		t.Errorf("linked since: %v", err)
	}
	if _, err := p.s.AcceptErasure(t.Context(), "key/1", p.service.Number, dbtest.ID(t, "a")); err != nil {
		t.Fatal(err)
	}
	p.run()
	if err := p.s.RefreshErasure(t.Context(), "user/1", list[0].Number); err != nil {
		t.Fatal(err)
	}
	list = p.together(list[0].Number)
	if m := list[0].Manifest; !slices.Equal(m.Calls, []int64{one.Number, two.Number}) || m.Records() != 0 {
		t.Errorf("after a new cut-off it takes %d records and calls %v", m.Records(), m.Calls)
	}
	if err := p.s.RemoveService(t.Context(), "user/9", one.Number); err != nil {
		t.Fatal(err)
	}
	if err := p.s.ApproveErasures(t.Context(), "user/2", read(list)); err != nil {
		t.Errorf("a service that was removed since: %v", err)
	}
}
