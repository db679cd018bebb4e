package db

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"quittance/db/audit"
	"quittance/db/filter"
	"quittance/db/label"
)

// Each ID of a list is told to be known, erased, like others, or none of it, in the order of the list; and no table is read from end to end.
func TestStandings(t *testing.T) {
	h := openHouse(t)
	v := h.service()
	for _, id := range []string{"anna", "ANNA", "gone"} {
		h.says(v.Number, id)
	}
	gone, err := label.Parse(label.Assistant, "gone")
	if err == nil {
		_, err = h.AcceptErasure(h.ctx, "key/1", v.Number, gone)
	}
	sub, _, asked := h.SubjectOf(h.ctx, parsed("anna"))
	var proposed int64
	if err == nil && asked == nil { // what is only proposed erases nobody
		proposed, asked = h.SubmitErasure(h.ctx, "user/1", Proposal{Subject: sub.Ref, Ground: "17-1-b"})
	}
	err = errors.Join(err, asked)
	if err != nil {
		t.Fatal(err)
	}
	l, err := label.ReadLines("nobody\ngone\nanna\nAnna\n", false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Standings(h.ctx, l.Valid)
	want := []Standing{{}, {Known: true, Erased: true}, {Known: true, Similar: true}, {Similar: true}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v %v, want %+v", got, err, want)
	}
	// The ledger may know of an erasure that the database, an older one that was restored, does not; of one that both know the database decides.
	for id, number := range map[string]int64{"lost": 99, "anna": proposed} {
		h.writer.ledger.remember(ledgerLine{Version: ledgerVersion, Erasure: number, Ref: hex.EncodeToString(h.keys.reference(id)), Accepted: h.Now()})
	}
	l, err = label.ReadLines("anna\nlost\nnobody\n", false)
	if err == nil {
		got, err = h.Standings(h.ctx, l.Valid)
	}
	if want := []Standing{{Known: true, Similar: true}, {Erased: true}, {}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("with the ledger %+v %v, want %+v", got, err, want)
	}
	for _, step := range h.plan(standingSQL, "[]") {
		if strings.Contains(step, "SCAN") && !strings.HasPrefix(step, "SCAN j ") {
			t.Errorf("a table is read from end to end: %s", step)
		}
	}
}

// A list that is looked up is its maker's, and written down as an access that counts its IDs.
func TestSearchList(t *testing.T) {
	h := openHouse(t)
	one := h.user("a@q.example", RoleSupport)
	l, _ := label.ReadLines("anna\nben\nanna\n", false)
	token, err := h.SearchList(h.ctx, one.Number, "anna\nben\nanna\n", l.Valid)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := h.List(h.ctx, one.Number, token); err != nil || len(back.Valid) != 2 || len(back.Repeats) != 1 {
		t.Errorf("%+v %v", back, err)
	}
	if _, err := h.List(h.ctx, one.Number+1, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
	if e := h.lastEntry(); e.Event != audit.ListSearched || !strings.Contains(string(e.Data), `"labels":2`) || !strings.HasPrefix(string(e.Object), "access/") {
		t.Errorf("%+v", e)
	}
	if err := h.write(h.ctx, audit.System, func(t *tx) error { return t.forgetLists("ben") }); err != nil {
		t.Fatal(err)
	}
	if _, err := h.List(h.ctx, one.Number, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("after an erasure of one of its IDs: %v", err)
	}
}

// A filter of the search is kept sealed, names no person, is its owner's until it is shared, and goes with an ID that it mentions.
func TestSavedSearches(t *testing.T) {
	h := openHouse(t)
	one, other := h.user("a@q.example", RoleSupport), h.user("b@q.example", RoleSupport)
	save := func(name, text string, shared bool) error {
		return h.SaveSearch(h.ctx, one.Number, SavedSearch{Name: name, Filter: text, Shared: shared})
	}
	var wrong *filter.Error
	if err := save("x", "nonsense::a", false); !errors.As(err, &wrong) {
		t.Errorf("what cannot be asked: %v", err)
	}
	for _, text := range []string{"customer_id::a", "language::en,customer_id::a*", "session_id::s", "language::en|(response.context.conversation_id::c)", "request.context.global.system.user_id::u", "response.context.global.system.user_id::u"} {
		if err := save("x", text, false); !errors.Is(err, ErrFilterPerson) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := save(" ", "language::en", false); !errors.Is(err, ErrFilterName) {
		t.Errorf("without a name: %v", err)
	}
	for _, f := range []SavedSearch{{Name: "English", Filter: "language::en"}, {Name: "About her", Filter: `request.input.text:"I am Cust_anna"`, Shared: true}, {Name: "for cust_anna", Filter: "language::de"}} {
		if err := save(f.Name, f.Filter, f.Shared); err != nil {
			t.Fatal(err)
		}
	}
	mine, err := h.SavedSearches(h.ctx, one.Number)
	if err != nil || len(mine) != 3 || mine[0].Name != "English" || mine[0].Filter != "language::en" || mine[0].Shared || !mine[1].Shared {
		t.Fatalf("%+v %v", mine, err)
	}
	raw, err := scanned[[]byte](h.readers.QueryContext(h.ctx, "SELECT query FROM saved_filter"))
	if err != nil || len(raw) != 3 || strings.Contains(string(slices.Concat(raw...)), "anna") {
		t.Errorf("a question lies open: %q %v", raw, err)
	}
	if e := h.lastEntry(); e.Event != audit.FilterSaved {
		t.Errorf("kept for oneself: %s", e.Event)
	}
	theirs, err := h.SavedSearches(h.ctx, other.Number)
	if err != nil || len(theirs) != 1 || theirs[0].Name != "About her" || theirs[0].User != one.Number {
		t.Errorf("another one sees %+v %v", theirs, err)
	}
	if _, err := h.SavedSearch(h.ctx, other.Number, mine[0].Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := h.ChangeSearch(h.ctx, other.Number, SavedSearch{Number: mine[1].Number, Name: "Mine"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's renamed: %v", err)
	}
	if err := h.ChangeSearch(h.ctx, one.Number, SavedSearch{Number: mine[0].Number, Name: "All English", Shared: true}); err != nil {
		t.Fatal(err)
	}
	if e := h.lastEntry(); e.Event != audit.FilterShared {
		t.Errorf("shared: %s", e.Event)
	}
	if err := h.ChangeSearch(h.ctx, one.Number, SavedSearch{Number: mine[0].Number, Name: "All English", Shared: true}); err != nil {
		t.Fatal(err)
	}
	if e := h.lastEntry(); e.Event != audit.FilterChanged {
		t.Errorf("shared already: %s", e.Event)
	}
	if v, err := h.SavedSearch(h.ctx, other.Number, mine[0].Number); err != nil || v.Name != "All English" || v.Filter != "language::en" {
		t.Errorf("%+v %v", v, err)
	}
	if list, err := h.SavedFilters(h.ctx, one.Number); err != nil || len(list) != 0 {
		t.Errorf("they stand in the auditor's room: %+v %v", list, err)
	}
	if err := h.RemoveFilter(h.ctx, one.Number, mine[0].Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed as a filter of the trail: %v", err)
	}
	if err := h.RemoveSearch(h.ctx, other.Number, mine[2].Number, true); !errors.Is(err, ErrNotFound) {
		t.Errorf("one that is not shared, by an officer: %v", err)
	}
	if err := h.SaveSearch(h.ctx, other.Number, SavedSearch{Name: "Their own", Filter: "language::fr"}); err != nil {
		t.Fatal(err)
	}
	if list, err := h.SavedSearches(h.ctx, other.Number); err != nil || len(list) != 3 || list[0].Name != "Their own" {
		t.Errorf("one's own do not stand first: %+v %v", list, err)
	}
	if err := h.RemoveSearch(h.ctx, other.Number, mine[0].Number, false); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed by somebody else: %v", err)
	}
	if err := h.write(h.ctx, audit.System, func(t *tx) error { return t.forgetFilters("cust_anna") }); err != nil {
		t.Fatal(err)
	}
	if left, err := h.SavedSearches(h.ctx, one.Number); err != nil || len(left) != 1 || left[0].Name != "All English" {
		t.Errorf("after her erasure: %+v %v", left, err)
	}
	if err := h.RemoveSearch(h.ctx, other.Number, mine[0].Number, true); err != nil {
		t.Errorf("a shared one, by an officer: %v", err)
	}
	for range MaxFilters {
		if err := save("one of many", "language::fr", false); err != nil {
			t.Fatal(err)
		}
	}
	if err := save("one too many", "language::fr", false); !errors.Is(err, ErrFilters) {
		t.Errorf("%v", err)
	}
	if err := h.SaveFilter(h.ctx, one.Number, SavedFilter{Name: "of the trail"}); err != nil {
		t.Errorf("those of the trail are counted apart: %v", err)
	}
}
