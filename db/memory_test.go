package db_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

// After the answer to a revocation no request gets in any more, however many ask meanwhile and keep the key in memory.
func TestRevokedAtOnce(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	for range 20 {
		full, k, err := s.AddKey(t.Context(), audit.Operator, db.NewKey{Service: v.Number, Name: "k", Scopes: db.Scopes()})
		if err != nil {
			t.Fatal(err)
		}
		var revoked, late atomic.Bool
		var askers sync.WaitGroup
		for range 4 {
			askers.Go(func() {
				for end := false; !end; {
					end = revoked.Load() // read before asking: what is asked after the answer must be refused
					_, err := s.CheckKey(t.Context(), full)
					_, byNumber := s.LiveKey(t.Context(), k.Number)
					late.Store(late.Load() || end && (err == nil || byNumber == nil))
				}
			})
		}
		if err := s.RevokeKey(t.Context(), audit.Operator, k.Number); err != nil {
			t.Error(err)
		}
		revoked.Store(true)
		askers.Wait()
		if late.Load() {
			t.Fatal("a revoked key opened something")
		}
	}
}

// What else ends a key ends it in memory too: its time, and the end of its service.
func TestKeyEndsInMemory(t *testing.T) {
	clock := dbtest.NewClock()
	s := dbtest.Open(t, db.WithClock(clock.Now))
	v := dbtest.Service(t, s, "one")
	short, _, err := s.AddKey(t.Context(), audit.Operator, db.NewKey{Service: v.Number, Name: "short", Scopes: db.Scopes(), Expires: s.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	long, _, err := s.AddKey(t.Context(), audit.Operator, db.NewKey{Service: v.Number, Name: "long", Scopes: db.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	opens := func(full string) bool {
		_, err := s.CheckKey(t.Context(), full)
		if err != nil && !errors.Is(err, db.ErrKey) {
			t.Fatal(err)
		}
		return err == nil
	}
	if !opens(short) || !opens(long) {
		t.Fatal("new keys open nothing")
	}
	clock.Pass(time.Hour)
	if opens(short) || !opens(long) {
		t.Error("the time of a key is not kept in memory")
	}
	if err := s.RemoveService(t.Context(), audit.Operator, v.Number); err != nil {
		t.Fatal(err)
	}
	if opens(long) {
		t.Error("a key opens a service that was removed")
	}
	if got, err := s.ServiceByGUID(t.Context(), v.GUID); err != nil || got.Removed.IsZero() {
		t.Errorf("a removed service is in use in memory: %v", err)
	}
}

// A wrong secret is refused beside a key that is in memory.
func TestKeyInMemory(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	full, _, err := s.AddKey(t.Context(), audit.Operator, db.NewKey{Service: v.Number, Name: "k", Scopes: []string{db.ScopeLogs}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		k, err := s.CheckKey(t.Context(), full)
		if err != nil || !k.May(db.ScopeLogs) || k.May(db.ScopeErase) {
			t.Fatalf("%+v %v", k, err)
		}
		wrong := full[:len(full)-1] + string(full[len(full)-1]^1)
		if _, err := s.CheckKey(t.Context(), wrong); !errors.Is(err, db.ErrKey) {
			t.Errorf("a wrong secret: %v", err)
		}
	}
}
