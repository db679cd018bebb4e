package main_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/handlers"
	"quittance/handlers/auth"
)

// TestConfirmInBrowser lets five minutes go by, which only a clock of our own can do, and makes an administrator show who they are again
// before somebody is added. What was filled in before goes on.
func TestConfirmInBrowser(t *testing.T) {
	t.Parallel()
	clock := dbtest.NewClock()
	store := dbtest.Open(t, db.WithClock(clock.Now))
	admin := account{Email: "admin@demo.example", Password: "correct horse battery staple"}
	hash, err := auth.HashPassword(admin.Password)
	if err == nil {
		_, err = store.AddUser(context.Background(), audit.Operator, db.NewUser{Email: admin.Email, Name: "Ada", Roles: []string{db.RoleAdmin}, Password: hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	origin := "http://" + server.Listener.Addr().String()
	server.Config.Handler = doors(t, handlers.Config{Store: store, Auth: auth.Config{PublicURL: origin, LocalAccounts: true}})
	server.Start()
	t.Cleanup(server.Close)
	p := openBrowser(t).person(t, origin)
	p.signIn(admin)
	p.visit("/users/new")
	clock.Pass(auth.StepUpAge + time.Second)
	for field, value := range map[string]string{"email": "new@demo.example", "name": "Nora New", "password": "a password for Nora"} {
		p.fill(`form[action="/users"] [name=`+field+`]`, value)
	}
	p.act(press(`[name=role][value=support]`))
	p.click(`form[action="/users"] .acts button`, http.StatusUnauthorized)
	p.reads("Confirm it is you", "To add a person, sign in again")
	p.inspect("step-up")
	p.fill("[name=step-up]", "not this one")
	p.click("form.form button", http.StatusUnauthorized)
	p.inspect("step-up refused")
	p.fill("[name=step-up]", admin.Password)
	p.click("form.form button", http.StatusOK)
	p.reads("Nora New", "new@demo.example")
}

func doors(t *testing.T, conf handlers.Config) http.Handler {
	t.Helper()
	h, err := handlers.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
