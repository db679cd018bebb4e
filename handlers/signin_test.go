package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
)

func TestSignIn(t *testing.T) {
	h := openHouse(t, nil)
	v := h.visitor()
	v.get("/erasures").leads(t, "/signin?next=/erasures")
	v.get("/signin?next=/erasures").wants(t, http.StatusOK, `action="/signin"`, `value="/erasures"`)
	v.get("/signin?state=signed-out").wants(t, http.StatusOK, "You have signed out.")
	wrong := v.post("/signin", "email", "support@q.example", "password", "no", "next", "/erasures")
	wrong.wants(t, http.StatusUnauthorized, `value="support@q.example"`, `value="/erasures"`, "The e-mail address or the password is wrong.")
	if strings.Contains(wrong.body, `value="no"`) {
		t.Error("the password that was typed comes back in the page")
	}
	v.post("/signin", "email", "support@q.example", "password", password, "next", "/erasures").leads(t, "/erasures")
	h.noted(audit.SignInOK, h.people["support"].Actor(), audit.ObjectOf(audit.KindUser, h.people["support"].Number))
	v.get("/signin").leads(t, "/")
	v.get("/").wants(t, http.StatusOK, "Support Person")
	v.post("/signout").leads(t, "/signin?state=signed-out")
	v.get("/").leads(t, "/signin")
}

// TestSignInRefused: a form from elsewhere and too many attempts are answered in words.
func TestSignInRefused(t *testing.T) {
	h := openHouse(t, nil)
	v := h.visitor()
	req, _ := http.NewRequest(http.MethodPost, h.url+"/signin", strings.NewReader("email=a&password=b"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	v.do(req).wants(t, http.StatusForbidden, "was not sent from a page of Quittance", `href="/signin"`)
	for range 5 {
		v.post("/signin", "email", "a@q.example", "password", "no").wants(t, http.StatusUnauthorized)
	}
	last := v.post("/signin", "email", "a@q.example", "password", "no").wants(t, http.StatusTooManyRequests, "too many attempts")
	if last.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
}

// TestFromElsewhere: a form that another site makes a browser send does nothing.
func TestFromElsewhere(t *testing.T) {
	h := openHouse(t, nil)
	b := h.signIn("support")
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		req, err := http.NewRequest(http.MethodPost, h.url+"/signout", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, value)
		b.do(req).wants(t, http.StatusForbidden, "was not sent from a page of Quittance")
	}
	b.get("/").wants(t, http.StatusOK, "Support Person")
}

// TestDemoAccounts: each made-up account is one button.
func TestDemoAccounts(t *testing.T) {
	h := openHouse(t, func(c *Config) {
		c.Demo = []views.DemoAccount{{Role: "Support", May: "finds customers", Email: "support@q.example", Password: password}}
	})
	h.visitor().get("/signin").wants(t, http.StatusOK, "finds customers", `value="support@q.example"`)
}

// TestStepUp: five minutes after sign-in an act asks for the password again, and then goes on with what was typed.
func TestStepUp(t *testing.T) {
	h := openHouse(t, nil)
	admin := h.signIn("admin")
	h.clock.Pass(auth.StepUpAge + time.Second)
	asked := admin.post("/services", "kind", "assistant", "name", "chat & help")
	asked.wants(t, http.StatusUnauthorized, "To add a service, sign in again.", `action="/services"`, `name="kind" value="assistant"`, `name="name" value="chat &amp; help"`, "Password of admin@q.example")
	admin.post("/services", "kind", "assistant", "name", "chat & help", "step-up", "wrong").
		wants(t, http.StatusUnauthorized, "The e-mail address or the password is wrong.", `name="name" value="chat &amp; help"`)
	if list, _ := h.store.Services(t.Context()); len(list) != 0 {
		t.Fatalf("it was done without the password: %+v", list)
	}
	admin.post("/services", "kind", "assistant", "name", "chat & help", "step-up", password).leads(t, "/services/1")
	h.noted(audit.SignInConfirmed, h.people["admin"].Actor(), audit.ObjectOf(audit.KindUser, h.people["admin"].Number))
	admin.post("/services", "kind", "assistant", "name", "another").leads(t, "/services/2")
}

// TestStepUpTooOften: guessing the password of an open session is held up like guessing at the door.
func TestStepUpTooOften(t *testing.T) {
	h := openHouse(t, nil)
	admin := h.signIn("admin")
	h.clock.Pass(auth.StepUpAge + time.Second)
	var last page
	for range 6 {
		last = admin.post("/services", "step-up", "wrong")
	}
	last.wants(t, http.StatusTooManyRequests, "too many attempts", `action="/services"`)
	if n, _ := strconv.Atoi(last.header.Get("Retry-After")); n < 1 || n > 60 {
		t.Errorf("Retry-After %q", last.header.Get("Retry-After"))
	}
}

// TestStepUpProvider: somebody of the sign-in provider has no password here, and proves it there.
func TestStepUpProvider(t *testing.T) {
	h := openHouse(t, func(c *Config) {
		c.Auth.Issuer, c.Auth.ClientID, c.Auth.ProviderName = "https://id.example", "quittance", "Example ID"
		c.Auth.RoleMap = map[string][]string{"staff": {db.RoleAdmin}}
	})
	u, err := h.store.UpsertOIDC(t.Context(), "https://id.example", "s1", "pat@id.example", "Pat", []string{db.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := h.store.StartSession(t.Context(), db.NewSession{User: u.Number, AuthTime: h.store.Now(), Issuer: u.Issuer})
	if err != nil {
		t.Fatal(err)
	}
	b := h.visitor()
	b.http.Jar.SetCookies(mustURL(t, h.url), []*http.Cookie{{Name: "q", Value: token}})
	h.clock.Pass(auth.StepUpAge + time.Second)
	b.post("/services", "kind", "assistant", "name", "x", "step-up", password).
		wants(t, http.StatusUnauthorized, "Go on with Example ID", `href="/signin/oidc?again=1&amp;next=%2Fdrafts%2F1"`)
	if list, _ := h.store.Services(t.Context()); len(list) != 0 {
		t.Errorf("it was done all the same: %+v", list)
	}
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestStepUpWords: each route that needs a fresh sign-in says what it will do, and none beside them.
func TestStepUpWords(t *testing.T) {
	s := &Server{auth: &auth.Auth{}}
	fresh := 0
	for _, r := range s.routes() {
		pattern := strings.Join(strings.Fields(r.pattern), " ")
		if a, ok := actOfRoute(pattern); ok != r.fresh || ok && (a.words == "" || a.back == "") {
			t.Errorf("%s: fresh is %v, in acts %v", pattern, r.fresh, ok)
		}
		if r.fresh {
			fresh++
		}
	}
	if fresh != len(acts)+len(tables) {
		t.Errorf("%d routes need a fresh sign-in, %d have words", fresh, len(acts)+len(tables))
	}
}

// TestTheme: the choice is kept in this browser and with the person, and leads back.
func TestTheme(t *testing.T) {
	h := openHouse(t, nil)
	b := h.signIn("support")
	set := b.post("/theme", "theme", "dark", "back", "/help").leads(t, "/help")
	if c := set.header.Get("Set-Cookie"); !strings.Contains(c, "theme=dark") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("cookie %q", c)
	}
	b.get("/help").wants(t, http.StatusOK, `data-theme="dark"`)
	if u, _ := h.store.User(t.Context(), h.people["support"].Number); u.Theme != "dark" {
		t.Errorf("the person's theme is %q", u.Theme)
	}
	b.post("/theme", "theme", "auto", "back", "https://elsewhere.example/").leads(t, "/")
	b.get("/help").wants(t, http.StatusOK, `data-theme=""`)
	v := h.visitor()
	v.post("/theme", "theme", "light", "back", "/signin").leads(t, "/")
	v.get("/signin").wants(t, http.StatusOK, `data-theme="light"`)
}
