package handlers

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"quittance/db"
	"quittance/views/lang"
)

// Nothing of a form is kept that is secret, that confirms, or that names what it was kept as; where nothing else is left, the form is not kept.
func TestTyped(t *testing.T) {
	form := url.Values{}
	for _, name := range []string{"step-up", "password", "credential", "headers", "confirm", "kept-form"} {
		form.Set(name, "secret")
		if got := typed(form); got != nil {
			t.Errorf("with %s: kept is %v", name, got)
		}
	}
	form.Set("note", "long")
	if got := typed(form); len(got) != 1 || got.Get("note") != "long" {
		t.Errorf("kept is %v, want the note alone", got)
	}
}

// However long a list is, a file has each of its rows once, in order.
func TestEachPage(t *testing.T) {
	for _, n := range []int{0, 1, exportedPage - 1, exportedPage, exportedPage + 1, 2 * exportedPage, 2*exportedPage + 3} {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		var got []int
		err := eachPage(func(last *int, limit int) ([]int, error) {
			first := 0
			if last != nil {
				first = *last + 1
			}
			if len(got) > n {
				t.Fatalf("of %d rows it has read %d", n, len(got))
			}
			return all[first:min(n, first+limit)], nil
		}, func(v int) error {
			got = append(got, v)
			return nil
		})
		if err != nil || !slices.Equal(got, all) {
			t.Errorf("of %d rows the file has %d, %v", n, len(got), err)
		}
	}
}

// A file that cannot be read or written to its end says so: a short one is not taken for a whole one.
func TestEachPageFails(t *testing.T) {
	broken := errors.New("broken")
	read := func(*int, int) ([]int, error) { return []int{1}, nil }
	if err := eachPage(read, func(int) error { return broken }); err != broken {
		t.Errorf("a row that cannot be written: %v", err)
	}
	read = func(*int, int) ([]int, error) { return nil, broken }
	if err := eachPage(read, func(int) error { return nil }); err != broken {
		t.Errorf("a page that cannot be read: %v", err)
	}
}

// Below the first entry of the trail there is nothing: its number is 0, and a page below it does not begin at the top again.
func TestAuditBelowTheFirst(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	b := h.signIn(db.RoleAuditor)
	b.get("/audit?before=0").wants(t, 200, "There are no entries on this page of the trail.")
	b.get("/audit?before=1").wants(t, 200, "/audit/0")
}

// What an application wrote into the field of the language stands in no address unless it looks like a language.
func TestLanguageFacet(t *testing.T) {
	l := listing{traits: db.Traits{Languages: map[string]int64{"en": 3, "pt-BR": 2, "": 1, "anna@mail.example": 1, "de-customer": 1}, Held: 4, More: true}}
	got := l.traitFacets(filters{base: "/x", language: "en", states: []string{"optout"}})
	if len(got) != 2 || len(got[0].Options) != 2 || len(got[1].Options) != 2 {
		t.Fatalf("%+v", got)
	}
	held, en, brazil := got[0].Options[0], got[1].Options[0], got[1].Options[1]
	if held.Label != "Held" || held.Count != 4 || !held.AtLeast || held.On || held.Href != "/x?language=en&state=optout&state=held" {
		t.Errorf("%+v", held)
	}
	if out := got[0].Options[1]; !out.On || out.Count != 0 || out.Href != "/x?language=en" {
		t.Errorf("%+v", out)
	}
	if !en.On || en.Href != "/x?state=optout" || lang.T(t.Context(), brazil.Label) != "pt-BR" || brazil.Href != "/x?language=pt-BR&state=optout" {
		t.Errorf("%+v %+v", en, brazil)
	}
}
