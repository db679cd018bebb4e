package db

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"quittance/db/audit"
)

func TestAddUser(t *testing.T) {
	h := openHouse(t)
	u := h.user(" Rita@Example.COM ", RoleSupport, RoleOfficer, RoleSupport)
	if u.Email != "rita@example.com" || u.Name != "rita@example.com" || !slices.Equal(u.Roles, []string{"officer", "support"}) {
		t.Errorf("added %+v", u)
	}
	h.noted(audit.Operator, audit.UserAdded, u.object())
	if got, err := h.UserByEmail(h.ctx, "RITA@example.com"); err != nil || got.Number != u.Number {
		t.Errorf("UserByEmail: %+v, %v", got, err)
	}
	for _, c := range []struct {
		email string
		roles []string
		want  error
	}{
		{"Rita@example.com", []string{RoleAdmin}, ErrTaken},
		{"rita", []string{RoleAdmin}, ErrEmail},
		{"Rita <rita2@example.com>", []string{RoleAdmin}, ErrEmail},
		{"", []string{RoleAdmin}, ErrEmail},
		{strings.Repeat("a", 260) + "@example.com", []string{RoleAdmin}, ErrEmail},
		{"new@example.com", nil, ErrRoles},
		{"new@example.com", []string{"root"}, ErrRoles},
		{"new@example.com", []string{RoleAdmin, ""}, ErrRoles},
	} {
		if _, err := h.AddUser(h.ctx, audit.Operator, NewUser{Email: c.email, Roles: c.roles}); !errors.Is(err, c.want) {
			t.Errorf("adding %q with %q: %v, want %v", c.email, c.roles, err, c.want)
		}
	}
	if all, err := h.Users(h.ctx); err != nil || len(all) != 1 {
		t.Errorf("a refused account was stored: %d accounts, %v", len(all), err)
	}
}

// What changes who somebody is ends their sessions in the same transaction, and says so in the trail.
func TestChangesEndSessions(t *testing.T) {
	h := openHouse(t)
	admin := h.user("admin@example.com", RoleAdmin)
	for name, c := range map[string]struct {
		event  audit.Event
		change func(User) error
	}{
		"roles":    {audit.UserChanged, func(u User) error { return h.SetRoles(h.ctx, admin.Actor(), u.Number, []string{RoleAuditor}) }},
		"disable":  {audit.UserDisabled, func(u User) error { return h.Disable(h.ctx, admin.Actor(), u.Number) }},
		"password": {audit.PasswordChanged, func(u User) error { return h.SetPassword(h.ctx, admin.Actor(), u.Number, "$argon2id$new") }},
	} {
		t.Run(name, func(t *testing.T) {
			u := h.user(name+"@example.com", RoleSupport)
			one, _ := h.signIn(u)
			two, _ := h.signIn(u)
			spared, _ := h.signIn(admin)
			if err := c.change(u); err != nil {
				t.Fatal(err)
			}
			h.noted(admin.Actor(), c.event, u.object())
			if !strings.Contains(string(h.lastEntry().Data), `"sessions":2`) {
				t.Errorf("the entry does not count the sessions: %s", h.lastEntry().Data)
			}
			for _, token := range []string{one, two} {
				if _, err := h.SessionByToken(h.ctx, token); !errors.Is(err, ErrExpired) {
					t.Errorf("a session outlived the change: %v", err)
				}
			}
			if _, err := h.SessionByToken(h.ctx, spared); err != nil {
				t.Errorf("somebody else's session: %v", err)
			}
		})
	}
}

func TestDisabled(t *testing.T) {
	h := openHouse(t)
	h.user("admin@example.com", RoleAdmin)
	u := h.user("rita@example.com", RoleSupport)
	if err := h.Disable(h.ctx, audit.Operator, u.Number); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.StartSession(h.ctx, NewSession{User: u.Number}); !errors.Is(err, ErrDisabled) {
		t.Errorf("a disabled person signed in: %v", err)
	}
	if err := h.Disable(h.ctx, audit.Operator, u.Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("disabling twice: %v", err)
	}
	if err := h.Enable(h.ctx, audit.Operator, u.Number); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.StartSession(h.ctx, NewSession{User: u.Number}); err != nil {
		t.Errorf("an enabled person: %v", err)
	}
}

func TestLastAdmin(t *testing.T) {
	h := openHouse(t)
	one := h.user("one@example.com", RoleAdmin, RoleOfficer)
	h.user("not@example.com", RoleOfficer)
	if err := h.Disable(h.ctx, audit.Operator, one.Number); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("disabling the last administrator: %v", err)
	}
	if err := h.SetRoles(h.ctx, audit.Operator, one.Number, []string{RoleOfficer}); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("taking the last administrator's role: %v", err)
	}
	two := h.user("two@example.com", RoleAdmin)
	if err := h.Disable(h.ctx, audit.Operator, two.Number); err != nil {
		t.Error(err)
	}
	if err := h.Disable(h.ctx, audit.Operator, one.Number); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("a disabled administrator was counted: %v", err)
	}
}

// A person of the provider is known by issuer and sub; the e-mail address says nothing.
func TestUpsertOIDC(t *testing.T) {
	h := openHouse(t)
	local := h.user("rita@example.com", RoleAdmin)
	const iss = "https://id.example"
	u, err := h.UpsertOIDC(h.ctx, iss, "42", "rita@example.com", "Rita", []string{RoleSupport})
	if err != nil || u.Number == local.Number {
		t.Fatalf("the provider's person became the local account: %+v, %v", u, err)
	}
	other, err := h.UpsertOIDC(h.ctx, "https://other.example", "42", "rita@example.com", "Rita", []string{RoleSupport})
	if err != nil || other.Number == u.Number {
		t.Fatalf("two issuers' subjects became one: %v", err)
	}
	token, _ := h.signIn(u)
	if _, err := h.UpsertOIDC(h.ctx, iss, "42", "rita@new.example", "Rita L", []string{RoleSupport}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SessionByToken(h.ctx, token); err != nil {
		t.Errorf("a new e-mail address ended the session: %v", err)
	}
	again, err := h.UpsertOIDC(h.ctx, iss, "42", "rita@new.example", "Rita L", []string{RoleOfficer})
	if err != nil || again.Number != u.Number || !slices.Equal(again.Roles, []string{RoleOfficer}) {
		t.Fatalf("with new roles: %+v, %v", again, err)
	}
	if _, err := h.SessionByToken(h.ctx, token); !errors.Is(err, ErrExpired) {
		t.Errorf("a session outlived its roles: %v", err)
	}
	if err := h.SetRoles(h.ctx, audit.Operator, u.Number, []string{RoleAdmin}); !errors.Is(err, ErrFederated) {
		t.Errorf("SetRoles: %v", err)
	}
	if err := h.SetPassword(h.ctx, audit.Operator, u.Number, "x"); !errors.Is(err, ErrFederated) {
		t.Errorf("SetPassword: %v", err)
	}
	if got, _, err := h.Credentials(h.ctx, "rita@new.example"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a provider's person has local credentials: %+v, %v", got, err)
	}
	if _, err := h.UpsertOIDC(h.ctx, iss, "43", "x@example.com", "X", nil); !errors.Is(err, ErrRoles) {
		t.Errorf("without roles: %v", err)
	}
}

func TestPreferences(t *testing.T) {
	h := openHouse(t)
	u := h.user("rita@example.com", RoleSupport)
	token, _ := h.signIn(u)
	if err := h.SetPreferences(h.ctx, u.Number, "dark", "compact", "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	h.noted(u.Actor(), audit.UserChanged, u.object())
	v, err := h.SessionByToken(h.ctx, token)
	if err != nil || v.User.Theme != "dark" || v.User.Density != "compact" || v.User.Zone != "Europe/Berlin" {
		t.Errorf("%+v, %v", v.User, err)
	}
	if err := h.SetPreferences(h.ctx, u.Number, "", "", "Europe/Atlantis"); err == nil {
		t.Error("a zone that there is not was kept")
	}
}
