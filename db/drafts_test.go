package db

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
)

// TestDrafts: a form lies sealed, few of them, for a day, and for one person in one browser.
func TestDrafts(t *testing.T) {
	h := openHouse(t)
	rita, bo := h.user("rita@example.com", RoleSupport).Number, h.user("bo@example.com", RoleSupport).Number
	form := DraftForm{Action: "/erasures", Page: "/erasures/new", Fields: url.Values{"note": {"about cust_anna"}}}
	first, token, err := h.KeepDraft(h.ctx, rita, "", form)
	if err != nil || len(token) != 43 {
		t.Fatal(token, err)
	}
	if raw, err := scanned[[]byte](h.readers.QueryContext(h.ctx, "SELECT sealed FROM draft")); err != nil || len(raw) != 1 || bytes.Contains(raw[0], []byte("anna")) {
		t.Errorf("it lies open: %q %v", raw, err)
	}
	if got, err := h.Draft(h.ctx, rita, token, first); err != nil || got.Fields.Get("note") != "about cust_anna" || got.Page != form.Page || got.Action != form.Action {
		t.Errorf("%+v %v", got, err)
	}
	for name, err := range map[string]error{"another person": second(h.Draft(h.ctx, bo, token, first)), "another browser": second(h.Draft(h.ctx, rita, newToken(), first)),
		"no token": second(h.Draft(h.ctx, rita, "", first))} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := h.KeepDraft(h.ctx, rita, token, DraftForm{Fields: url.Values{"a": {strings.Repeat("x", MaxDraft)}}}); !errors.Is(err, ErrDraftLong) {
		t.Errorf("%v", err)
	}
	bos, bosToken, err := h.KeepDraft(h.ctx, bo, "", form)
	if err != nil {
		t.Fatal(err)
	}
	for range draftsEach {
		if _, again, err := h.KeepDraft(h.ctx, rita, token, form); err != nil || again != token {
			t.Fatal(again, err)
		}
	}
	list, err := h.Drafts(h.ctx, rita, token)
	if err != nil || len(list) != draftsEach || list[0].Number <= list[1].Number {
		t.Errorf("%+v %v", list, err)
	}
	if err := second(h.Draft(h.ctx, rita, token, first)); !errors.Is(err, ErrNotFound) {
		t.Errorf("the oldest has not made room: %v", err)
	}
	if err := second(h.Draft(h.ctx, bo, bosToken, bos)); err != nil {
		t.Errorf("somebody else's made room for it: %v", err)
	}
	h.pass(DraftLife)
	if err := second(h.Draft(h.ctx, rita, token, list[0].Number)); !errors.Is(err, ErrExpired) {
		t.Errorf("after a day: %v", err)
	}
	if err := h.ForgetDrafts(h.ctx); err != nil || h.kept("draft") != 0 {
		t.Errorf("after a night %d are left, %v", h.kept("draft"), err)
	}
}

func second[T any](_ T, err error) error { return err }

// kept counts the rows of a table.
func (h *house) kept(table string) (n int) {
	h.t.Helper()
	if err := h.readers.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// TestDraftsGoWithTheID: law L3. A form that mentions an erased ID goes, and one that cannot be opened.
func TestDraftsGoWithTheID(t *testing.T) {
	h := openHouse(t)
	rita := h.user("rita@example.com", RoleSupport).Number
	for _, text := range []string{"about CUST_anna, again", "about nobody", "torn"} {
		if _, _, err := h.KeepDraft(h.ctx, rita, "", DraftForm{Fields: url.Values{"note": {text}}}); err != nil {
			t.Fatal(err)
		}
	}
	err := h.write(h.ctx, audit.System, func(t *tx) error {
		if err := t.exec("UPDATE draft SET sealed = x'00' WHERE number = 3"); err != nil {
			return err
		}
		return t.forgetDrafts("cust_anna")
	})
	if err != nil || h.kept("draft") != 1 {
		t.Errorf("%d are left, %v", h.kept("draft"), err)
	}
}

// TestErasureTakesDrafts: law L3. When the erasure of an ID has come to its end, no form that it stands in is left, and the others are.
func TestErasureTakesDrafts(t *testing.T) {
	h := openHouse(t)
	v, rita := h.service(), h.user("rita@example.com", RoleSupport).Number
	h.says(v.Number, "anna")
	for _, text := range []string{"about Anna, again", "about nobody"} {
		if _, _, err := h.KeepDraft(h.ctx, rita, "", DraftForm{Fields: url.Values{"note": {text}}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.AcceptErasure(h.ctx, "key/1", v.Number, parsed("anna")); err != nil {
		t.Fatal(err)
	}
	h.runAll()
	left, err := scanned[int64](h.readers.QueryContext(h.ctx, "SELECT number FROM draft"))
	if err != nil || !slices.Equal(left, []int64{2}) {
		t.Errorf("left are %v (%v), want that about nobody", left, err)
	}
}

// TestDraftDropped: it goes by its owner's hand in the browser that sent it, and by nobody else's.
func TestDraftDropped(t *testing.T) {
	h := openHouse(t)
	rita, bo := h.user("rita@example.com", RoleSupport).Number, h.user("bo@example.com", RoleSupport).Number
	number, token, err := h.KeepDraft(h.ctx, rita, "", DraftForm{Fields: url.Values{"note": {"long"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who   string
		user  int64
		token string
		left  int
	}{{"another person", bo, token, 1}, {"another browser", rita, newToken(), 1}, {"its owner", rita, token, 0}} {
		if err := h.DropDraft(h.ctx, c.user, c.token, number); err != nil || h.kept("draft") != c.left {
			t.Errorf("dropped by %s: %d left (%v), want %d", c.who, h.kept("draft"), err, c.left)
		}
	}
}

// TestDraftsListed: a browser lists its own only, those of its person, and none whose day is over.
func TestDraftsListed(t *testing.T) {
	h := openHouse(t)
	rita, bo := h.user("rita@example.com", RoleSupport).Number, h.user("bo@example.com", RoleSupport).Number
	_, token, err := h.KeepDraft(h.ctx, rita, "", DraftForm{Fields: url.Values{"note": {"long"}}})
	if err != nil {
		t.Fatal(err)
	}
	lists := func(user int64, token string, want int) {
		t.Helper()
		if all, err := h.Drafts(h.ctx, user, token); err != nil || len(all) != want {
			t.Errorf("%d are listed (%v), want %d", len(all), err, want)
		}
	}
	lists(rita, token, 1)
	lists(rita, newToken(), 0)
	lists(bo, token, 0)
	h.pass(DraftLife)
	lists(rita, token, 0)
}

// TestEndedSession: for a day after the longest that a session lives it is known whose it was, and of nobody who may not come back.
func TestEndedSession(t *testing.T) {
	h := openHouse(t)
	rita, bo := h.user("rita@example.com", RoleSupport), h.user("bo@example.com", RoleSupport)
	token, v := h.signIn(rita)
	is := func(want int64, wantErr error) {
		t.Helper()
		if got, err := h.EndedSession(h.ctx, token); got != want || !errors.Is(err, wantErr) {
			t.Errorf("%d %v, want %d %v", got, err, want, wantErr)
		}
	}
	is(0, ErrNotFound)
	if err := h.SaveSession(h.ctx, v.Number, []byte("carried")); err != nil {
		t.Fatal(err)
	}
	h.pass(SessionIdle)
	is(rita.Number, nil)
	h.pass(SessionAbsolute)
	h.signIn(bo)
	is(rita.Number, nil)
	if raw, err := scanned[[]byte](h.readers.QueryContext(h.ctx, "SELECT data FROM web_session WHERE number = ?", v.Number)); err != nil || len(raw) != 1 || len(raw[0]) != 0 {
		t.Errorf("what it carried is still there: %q %v", raw, err)
	}
	h.pass(DraftLife - SessionIdle - time.Second)
	is(rita.Number, nil)
	if err := h.Disable(h.ctx, bo.Actor(), rita.Number); err != nil {
		t.Fatal(err)
	}
	is(0, ErrNotFound)
	if err := h.Enable(h.ctx, bo.Actor(), rita.Number); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Second)
	is(0, ErrNotFound)
}
