package db_test

import (
	"errors"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/filter"
)

// TestSearchesGoWithTheID: an erasure takes the searches for its ID and the filters that mention it, whoever made them, and no others; a day takes all.
func TestSearchesGoWithTheID(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one")
	dbtest.Ingest(t, s, dbtest.Message(t, v.Number, clock.Now(), "hello", "anna-7", "ben"))
	gone, kept := map[string]int64{}, map[string]int64{}
	keep := func(into map[string]int64, token string, err error, user int64) {
		if err != nil {
			t.Fatal(err)
		}
		into[token] = user
	}
	for _, user := range []int64{1, 2} {
		for text, into := range map[string]map[string]int64{
			`customer_id::anna-7`: gone, `customer_id::!(x|anna-7)`: gone, `request.input.text:"I am Anna-7"`: gone, `customer_id::anna*`: gone, `customer_id::anna-8~1`: gone,
			`customer_id::ben`: kept, `customer_id::a*`: kept, `language::en`: kept,
		} {
			token, err := s.SubmitFilter(ctx, user, text)
			keep(into, token, err, user)
		}
		token, err := s.SubmitSearch(ctx, user, "anna-7")
		keep(gone, token, err, user)
		token, err = s.SubmitSearch(ctx, user, "ben")
		keep(kept, token, err, user)
	}
	for token, user := range gone {
		if q, err := s.Search(ctx, user, token); err != nil || q.Text == "" {
			t.Fatalf("before: %v", err)
		}
	}
	if _, err := s.AcceptErasure(ctx, key, v.Number, dbtest.ID(t, "anna-7")); err != nil {
		t.Fatal(err)
	}
	if _, err := runner(s).Run(ctx, true); err != nil {
		t.Fatal(err)
	}
	for token, user := range gone {
		if q, err := s.Search(ctx, user, token); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a search for %q is left (%v)", q.Text, err)
		}
	}
	for token, user := range kept {
		q, err := s.Search(ctx, user, token)
		if err != nil {
			t.Errorf("a search of somebody else went too: %v", err)
		}
		if _, err := s.Search(ctx, user+1, token); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a search for %q opens for another person: %v", q.Text, err)
		}
	}
	clock.Pass(24 * time.Hour)
	for token, user := range kept {
		if _, err := s.Search(ctx, user, token); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("after a day: %v", err)
		}
	}
}

// TestFilterRefusedIsNotKept: what cannot be asked is an error with its place.
func TestFilterRefusedIsNotKept(t *testing.T) {
	s := dbtest.Open(t)
	for text, pos := range map[string]int{``: 0, `customer_id::`: 13, `language::en,nonsense::a`: 13, `language::e*`: 10} {
		token, err := s.SubmitFilter(ctx, 1, text)
		var fault *filter.Error
		if !errors.As(err, &fault) || fault.Pos != pos || token != "" {
			t.Errorf("%s: %q, %v", text, token, err)
		}
	}
}
