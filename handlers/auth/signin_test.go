package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

func TestSignIn(t *testing.T) {
	h := openHouse(t, nil)
	u := h.user("rita@example.com", db.RoleSupport)
	b := h.browser()
	b.is(audit.Visitor)
	resp, _ := b.post("/signin", "email", " Rita@Example.com", "password", goodPassword, "next", "/erasures/7?x=1")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/erasures/7?x=1" {
		t.Fatalf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	b.is(u.Actor())
	if h.entries(audit.SignInOK) != 1 {
		t.Error("the trail has no sign-in")
	}
	all, err := h.store.SessionsOf(t.Context(), u.Number)
	if err != nil || len(all) != 1 || all[0].Agent != "Firefox on Linux" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestSignInRefuses(t *testing.T) {
	h := openHouse(t, nil)
	h.user("rita@example.com", db.RoleSupport)
	h.user("admin@example.com", db.RoleAdmin)
	off := h.user("off@example.com", db.RoleSupport)
	if err := h.store.Disable(t.Context(), audit.Operator, off.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.AddUser(t.Context(), audit.Operator, db.NewUser{Email: "empty@example.com", Roles: []string{db.RoleSupport}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		email, password string
		want            error
	}{
		"wrong password":           {"rita@example.com", goodPassword + "!", ErrCredentials},
		"unknown account":          {"bo@example.com", goodPassword, ErrCredentials},
		"no password":              {"rita@example.com", "", ErrCredentials},
		"nothing":                  {"", "", ErrCredentials},
		"an account without one":   {"empty@example.com", "", ErrCredentials},
		"the stored hash":          {"rita@example.com", nobody, ErrCredentials},
		"SQL":                      {"' OR 1=1 --", "x", ErrCredentials},
		"disabled, right password": {"off@example.com", goodPassword, ErrDisabled},
		"disabled, wrong password": {"off@example.com", "wrong", ErrCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			b := h.browser()
			resp, body := b.post("/signin", "email", c.email, "password", c.password)
			if err := h.lastError(); !errors.Is(err, c.want) || resp.StatusCode != Status(c.want) {
				t.Errorf("%d, %v; want %v", resp.StatusCode, err, c.want)
			}
			if c.email != "" && strings.Contains(body, c.email) {
				t.Error("the answer repeats the e-mail address")
			}
			b.is(audit.Visitor)
		})
	}
	if n := h.entries(audit.SignInFailed); n != 8 {
		t.Errorf("the trail has %d refused sign-ins, want 8", n)
	}
	b := h.browser()
	if b.post("/signin?email=rita@example.com&password=" + strings.ReplaceAll(goodPassword, " ", "+")); !errors.Is(h.lastError(), ErrCredentials) {
		t.Error("a password was read from the address")
	}
}

func TestLocalAccountsOff(t *testing.T) {
	h := openHouse(t, func(c *Config) { c.LocalAccounts = false })
	h.user("rita@example.com", db.RoleSupport)
	b := h.browser()
	if resp, _ := b.post("/signin", "email", "rita@example.com", "password", goodPassword); resp.StatusCode != http.StatusForbidden {
		t.Errorf("%d", resp.StatusCode)
	}
	b.is(audit.Visitor)
}

// Five wrong attempts a minute by account and address; nobody else is locked out, and a right password does not count.
func TestSignInLimit(t *testing.T) {
	h := openHouse(t, func(c *Config) { c.Proxied = true })
	h.user("rita@example.com", db.RoleSupport)
	h.user("bo@example.com", db.RoleSupport)
	from := func(address, email, password string) (int, string) {
		r := h.form("/signin", "email", email, "password", password)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("X-Forwarded-For", "198.51.100.99, "+address)
		resp, _ := h.browser().send(r)
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	for range 8 {
		if got, _ := from("192.0.2.1", "rita@example.com", goodPassword); got != http.StatusSeeOther {
			t.Fatalf("right passwords were counted: %d", got)
		}
	}
	for i := range 5 {
		if got, _ := from("192.0.2.1", "rita@example.com", "wrong"); got != http.StatusUnauthorized {
			t.Fatalf("attempt %d: %d", i+1, got)
		}
	}
	got, after := from("192.0.2.1", "RITA@example.com", goodPassword)
	if got != http.StatusTooManyRequests || after != "12" {
		t.Errorf("the sixth attempt: %d, Retry-After %q", got, after)
	}
	if got, _ := from("192.0.2.2", "rita@example.com", goodPassword); got != http.StatusSeeOther {
		t.Errorf("the person is locked out of another address: %d", got)
	}
	if got, _ := from("192.0.2.1", "bo@example.com", goodPassword); got != http.StatusSeeOther {
		t.Errorf("somebody else is locked out: %d", got)
	}
	h.Pass(12 * time.Second)
	if got, _ := from("192.0.2.1", "rita@example.com", goodPassword); got != http.StatusSeeOther {
		t.Errorf("after the wait: %d", got)
	}
	for i := range 30 {
		from("192.0.2.3", fmt.Sprintf("guess%d@example.com", i), "wrong")
	}
	if got, _ := from("192.0.2.3", "bo@example.com", "wrong"); got != http.StatusTooManyRequests {
		t.Errorf("an address may try any number of accounts: %d", got)
	}
}

// An account that does not exist costs what one that does costs. The work is measured in the memory that argon2id fills, since time on
// a busy machine tells nothing.
func TestUnknownAccountIsHashed(t *testing.T) {
	h := openHouse(t, nil)
	h.user("rita@example.com", db.RoleSupport)
	for _, email := range []string{"rita@example.com", "unknown@example.com"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		h.browser().post("/signin", "email", email, "password", "wrong")
		runtime.ReadMemStats(&after)
		if n := (after.TotalAlloc - before.TotalAlloc) >> 10; n < argonMemory || n > 2*argonMemory {
			t.Errorf("%s: %d KiB, want one hash of %d", email, n, argonMemory)
		}
	}
}

func TestPasswords(t *testing.T) {
	for password, want := range map[string]error{
		"short":                    ErrWeak,
		"elevenchars":              ErrWeak,
		"twelve chars":             nil,
		"ééééééééééé":              ErrWeak,
		"ünïcödé çounts":           nil,
		strings.Repeat("a", 1024):  nil,
		strings.Repeat("a", 1025):  ErrWeak,
		"not text at all \xff\xfe": ErrWeak,
		"":                         ErrWeak,
	} {
		hash, err := HashPassword(password)
		if !errors.Is(err, want) {
			t.Errorf("%d characters: %v, want %v", len(password), err, want)
		}
		if err == nil && (!samePassword(hash, password) || samePassword(hash, password+" ")) {
			t.Errorf("%d characters: the hash does not tell right from wrong", len(password))
		}
	}
	one, _ := HashPassword(goodPassword)
	two, _ := HashPassword(goodPassword)
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %q and %q", one, two)
	}
	h := openHouse(t, nil)
	if same, err := h.checkPassword(t.Context(), nobody, ""); same || err != nil {
		t.Errorf("somebody is nobody: %v", err)
	}
	for range cap(h.hashing) {
		h.hashing <- struct{}{}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.checkPassword(gone, one, goodPassword); err == nil {
		t.Error("hashing is not bounded")
	}
}

func TestConfirmPassword(t *testing.T) {
	h := openHouse(t, nil)
	u := h.user("rita@example.com", db.RoleOfficer)
	b := h.browser()
	if resp, _ := b.post("/confirm", "password", goodPassword); resp.StatusCode != http.StatusBadRequest || b.cookie() != "" {
		t.Errorf("a visitor confirmed: %d", resp.StatusCode)
	}
	b.signIn("rita@example.com")
	b.post("/say")
	h.Pass(10 * time.Minute)
	before := b.cookie()
	if b.post("/confirm", "password", "wrong"); !errors.Is(h.lastError(), ErrCredentials) || b.cookie() != before {
		t.Error("a wrong password changed the session")
	}
	b.is(u.Actor())
	if resp, body := b.post("/confirm", "password", goodPassword); resp.StatusCode != http.StatusOK || b.cookie() == before {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	b.is(u.Actor())
	if _, text := b.get("/said"); text != "Done." {
		t.Error("what the session carried was lost")
	}
	old := h.browser()
	old.setCookie(before)
	old.is(audit.Visitor)
	all, err := h.store.SessionsOf(t.Context(), u.Number)
	if err != nil || len(all) != 1 || h.NeedsStepUp(identityOf(all[0])) {
		t.Errorf("%+v, %v", all, err)
	}
	if h.entries(audit.SignInConfirmed) != 1 {
		t.Error("the trail does not have it")
	}
}
