package db_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// TestWebhooksBounded: there are twenty at a time, and one that ended makes room.
func TestWebhooksBounded(t *testing.T) {
	s := dbtest.Open(t)
	add := func() error {
		_, _, err := s.AddWebhook(t.Context(), support, "https://hooks.example/x", []string{db.GroupWaiting, "nonsense"})
		return err
	}
	for range db.MaxWebhooks {
		if err := add(); err != nil {
			t.Fatal(err)
		}
	}
	if err := add(); !errors.Is(err, db.ErrWebhooks) {
		t.Errorf("one more: %v", err)
	}
	if err := errors.Join(s.EndWebhook(t.Context(), support, 7, false), add()); err != nil {
		t.Error(err)
	}
	countNoted(t, s, audit.WebhookAdded, db.MaxWebhooks+1)
	countNoted(t, s, audit.WebhookRemoved, 1)
	all, err := s.Webhooks(t.Context())
	if err != nil || len(all) != db.MaxWebhooks || slices.ContainsFunc(all, func(v db.Webhook) bool { return v.Number == 7 || !slices.Equal(v.Wants, []string{db.GroupWaiting}) }) {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestEndedWebhookHearsNothing: with a webhook goes what it was still to be told; one that wanted no more stays on the list, and is told nothing.
func TestEndedWebhookHearsNothing(t *testing.T) {
	s := dbtest.Open(t)
	svc := dbtest.Service(t, s, "one").Number
	dbtest.Ingest(t, s, dbtest.Message(t, svc, s.Now(), "hello", "ada"))
	if _, _, err := s.AddWebhook(t.Context(), support, "https://hooks.example/x?token=secret", []string{db.GroupWaiting}); err != nil {
		t.Fatal(err)
	}
	proposed(t, s, "ada")
	note := func() {
		t.Helper()
		err := s.NoteOccasions(t.Context(), false, func(db.User, db.What) bool { return true })
		if err = errors.Join(err, s.PutOut(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	note()
	due, err := s.DuePosts(t.Context())
	if err != nil || len(due) != 1 || due[0].Webhook != 1 || due[0].News[0].What != db.ErasureWaits {
		t.Fatalf("%+v, %v", due, err)
	}
	if err := s.EndWebhook(t.Context(), audit.System, 1, true); err != nil {
		t.Fatal(err)
	}
	note()
	if due, err = s.DuePosts(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("it is told still: %+v, %v", due, err)
	}
	if how, err := s.WebhookState(t.Context(), 1); err != nil || how.Waiting != 0 {
		t.Errorf("%+v, %v", how, err)
	}
	if _, _, err := s.WebhookCall(t.Context(), 1); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("it can be called still: %v", err)
	}
	if heard, err := s.Listeners(t.Context(), true); err != nil || len(heard) != 0 {
		t.Errorf("it listens still: %+v, %v", heard, err)
	}
	if all, err := s.Webhooks(t.Context()); err != nil || len(all) != 1 || !all[0].Gone {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestHowPostsGo: the problem of a way out is the newest, none once something was taken after it, and what was given up counts for a week.
func TestHowPostsGo(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	svc := dbtest.Service(t, s, "one").Number
	if _, _, err := s.AddWebhook(t.Context(), support, "https://hooks.example/x", []string{db.GroupWaiting}); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		outcome, problem string
		want             db.PostState
	}{
		{db.PostGivenUp, "status 503", db.PostState{GivenUp: 1, Problem: "status 503"}},
		{db.PostSent, "", db.PostState{GivenUp: 1}},
		{db.PostGivenUp, "unreachable", db.PostState{GivenUp: 2, Problem: "unreachable"}},
	} {
		id := string(rune('a' + i))
		dbtest.Ingest(t, s, dbtest.Message(t, svc, clock.Now(), "hello", id))
		proposed(t, s, id)
		err := s.NoteOccasions(t.Context(), false, func(db.User, db.What) bool { return true })
		if err = errors.Join(err, s.PutOut(t.Context())); err != nil {
			t.Fatal(err)
		}
		clock.Pass(time.Minute)
		if err := s.EndPost(t.Context(), int64(i+1), c.outcome, c.problem); err != nil {
			t.Fatal(err)
		}
		how, err := s.WebhookState(t.Context(), 1)
		if how.Sent = (time.Time{}); err != nil || how != c.want {
			t.Errorf("after post %d: %+v, want %+v (%v)", i+1, how, c.want, err)
		}
	}
	clock.Pass(8 * 24 * time.Hour)
	if how, err := s.WebhookState(t.Context(), 1); err != nil || how.GivenUp != 0 {
		t.Errorf("after a week: %+v, %v", how, err)
	}
}

// TestWishes: each change of what a person wants of the console has its entry, and what was so already is written nowhere.
func TestWishes(t *testing.T) {
	s := dbtest.Open(t)
	u, err := s.AddUser(t.Context(), audit.Operator, db.NewUser{Email: "o@q.example", Roles: []string{db.RoleOfficer}})
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range []db.Wishes{{Mail: []string{db.GroupDue}}, {Mail: []string{db.GroupDue}, Language: "de"}, {Mail: []string{db.GroupDue}, Language: "de", Keyless: true}, {}} {
		for range 2 {
			if err := s.SetWishes(t.Context(), u.Number, w); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.User(t.Context(), u.Number)
		if err != nil || !slices.Equal(got.Mail, w.Mail) || got.Language != w.Language || got.Keyless != w.Keyless {
			t.Errorf("%+v is kept as %+v (%v)", w, got, err)
		}
		countNoted(t, s, audit.UserChanged, int64(i+1))
	}
}
