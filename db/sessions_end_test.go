package db_test

import (
	"errors"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

// Step-up of a session that was ended meanwhile does not start a new one.
func TestStepUpOfAnEndedSession(t *testing.T) {
	s := dbtest.Open(t)
	u, err := s.AddUser(ctx, support, db.NewUser{Email: "a@b.example", Roles: []string{db.RoleAdmin}})
	if err != nil {
		t.Fatal(err)
	}
	_, v, err := s.StartSession(ctx, db.NewSession{User: u.Number, AuthTime: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndSession(ctx, officer, u.Number, v.Number); err != nil {
		t.Fatal(err)
	}
	tok, _, err := s.StartSession(ctx, db.NewSession{User: u.Number, AuthTime: time.Now(), Replaces: v.Number, Confirms: true})
	if err == nil {
		_, err2 := s.SessionByToken(ctx, tok)
		t.Errorf("an ended session was revived by a step-up: %v", err2)
	}
}

// A logout token that names neither a session nor a person ends nothing.
func TestLogoutOfNobody(t *testing.T) {
	s := dbtest.Open(t)
	if n, err := s.EndProviderSessions(ctx, db.ProviderLogout{Issuer: "https://op.example", JTI: "1", Until: time.Now().Add(time.Hour)}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("%d sessions ended, %v", n, err)
	}
}
