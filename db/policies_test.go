package db_test

import (
	"errors"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
)

// chosen reads what a service chose about unlabelled messages, as a door reads it.
func chosen(t *testing.T, s *db.Store, guid string) db.Policy {
	t.Helper()
	v, err := s.ServiceByGUID(t.Context(), guid)
	if err != nil {
		t.Fatal(err)
	}
	return v.Unlabelled
}

// Law L6: what is tighter holds at once, what is looser after a day, and can be taken back until then.
func TestPolicyLoosensAfterADay(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one")
	for i, step := range []struct {
		choose    string
		pass      time.Duration
		now, next string
		entry     audit.Event // the newest about the service
	}{
		{"", 0, "flagged", "", audit.ServiceAdded},
		{"flagged", 0, "flagged", "", audit.ServiceAdded},   // as it is: no change, no entry
		{"refused", 0, "refused", "", audit.ServiceChanged}, // tighter
		{"allowed", 0, "refused", "allowed", audit.PolicyScheduled},
		{"allowed", time.Hour, "refused", "allowed", audit.PolicyScheduled}, // again: the day runs on
		{"", 23*time.Hour - time.Millisecond, "refused", "allowed", audit.PolicyScheduled},
		{"", time.Millisecond, "allowed", "", audit.PolicyScheduled},
		{"flagged", 0, "flagged", "", audit.ServiceChanged},
		{"allowed", 0, "flagged", "allowed", audit.PolicyScheduled},
		{"flagged", 0, "flagged", "", audit.ServiceChanged}, // taken back
		{"", 25 * time.Hour, "flagged", "", audit.ServiceChanged},
	} {
		clock.Pass(step.pass)
		if step.choose != "" {
			if _, err := s.SetPolicy(t.Context(), audit.Operator, v.Number, db.PolicyUnlabelled, step.choose); err != nil {
				t.Fatalf("step %d: %v", i, err)
			}
		}
		p := chosen(t, s, v.GUID)
		if p.At(s.Now()) != step.now || p.Waiting(s.Now()) != step.next {
			t.Errorf("step %d: %q now and %q later, want %q and %q", i, p.At(s.Now()), p.Waiting(s.Now()), step.now, step.next)
		}
		entries, err := s.AuditEntries(t.Context(), db.AuditQuery{Object: audit.ObjectOf(audit.KindService, v.Number), Limit: 1})
		if err != nil || entries[0].Event != step.entry {
			t.Errorf("step %d: the newest entry is %s (%v), want %s", i, entries[0].Event, err, step.entry)
		}
	}
}

// An entry says which policy went from what to what.
func TestPolicyEntry(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	if _, err := s.SetPolicy(t.Context(), audit.Operator, v.Number, db.PolicyDeletion, db.DeletionApproval); err != nil {
		t.Fatal(err)
	}
	entries, err := s.AuditEntries(t.Context(), db.AuditQuery{Event: string(audit.ServiceChanged), Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := audit.Parse(entries[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	name, before := db.PolicyOf(leaf.Counts[audit.CountPolicy], leaf.Counts[audit.CountBefore])
	_, after := db.PolicyOf(leaf.Counts[audit.CountPolicy], leaf.Counts[audit.CountAfter])
	if name != db.PolicyDeletion || before != db.DeletionAutomatic || after != db.DeletionApproval {
		t.Errorf("the entry says %s from %s to %s", name, before, after)
	}
	if name, _ := db.PolicyOf(99, 1); name != "" {
		t.Error("a policy of a newer program has a name")
	}
}

func TestPolicyRefused(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	set := func(service int64, name, value string) error {
		_, err := s.SetPolicy(t.Context(), audit.Operator, service, name, value)
		return err
	}
	if err := set(v.Number, "unlabelled", "whatever"); !errors.Is(err, db.ErrPolicy) {
		t.Error(err)
	}
	if err := set(v.Number, "weather", "fine"); !errors.Is(err, db.ErrPolicy) {
		t.Error(err)
	}
	if err := set(99, "unlabelled", "refused"); !errors.Is(err, db.ErrNotFound) {
		t.Error(err)
	}
	if err := s.RemoveService(t.Context(), audit.Operator, v.Number); err != nil {
		t.Fatal(err)
	}
	if err := set(v.Number, "unlabelled", "refused"); !errors.Is(err, db.ErrMoved) {
		t.Error(err)
	}
	if _, err := s.AddServiceWith(t.Context(), audit.Operator, label.Assistant, "two", "", db.NewPolicies{Unlabelled: "whatever"}); !errors.Is(err, db.ErrPolicy) {
		t.Error(err)
	}
}

// The policy on deletions holds from the moment that it says, also for requests that come through the API.
func TestDeletionPolicyWaits(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v, err := s.AddServiceWith(t.Context(), audit.Operator, label.Assistant, "one", "", db.NewPolicies{Unlabelled: "flagged", Deletion: "approval"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetPolicy(t.Context(), audit.Operator, v.Number, db.PolicyDeletion, db.DeletionAutomatic); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"proposed", "scheduled"} {
		e, err := s.AcceptErasure(t.Context(), "key/1", v.Number, dbtest.ID(t, "anna"))
		if err != nil || string(e.State) != want {
			t.Errorf("it is %s (%v), want %s", e.State, err, want)
		}
		clock.Pass(db.Loosening)
	}
}
