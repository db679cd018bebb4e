package auth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

func TestCookie(t *testing.T) {
	for name, c := range map[string]struct {
		public, agent, cookie string
		secure                bool
	}{
		"behind TLS":            {"https://q.example", "curl/8", cookieHost, true},
		"loopback, Chromium":    {"http://127.0.0.1:8080", chromium, cookieHost, true},
		"loopback, another one": {"http://127.0.0.1:8080", "Mozilla/5.0 Firefox/140.0", cookiePlain, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHouse(t, func(cfg *Config) { cfg.PublicURL = c.public })
			h.user("rita@example.com", db.RoleSupport)
			r := h.form("/signin", "email", "rita@example.com", "password", goodPassword)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			b := h.browser()
			b.agent = c.agent
			resp, _ := b.send(r)
			if len(resp.Cookies()) != 1 {
				t.Fatalf("%d cookies", len(resp.Cookies()))
			}
			got := resp.Cookies()[0]
			if got.Name != c.cookie || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Path != "/" || got.Domain != "" || got.MaxAge != 0 || !got.Expires.IsZero() {
				t.Errorf("%s", got.Raw)
			}
			if len(got.Value) != 43 {
				t.Errorf("a token of %d characters", len(got.Value))
			}
		})
	}
}

// A token that somebody planted before sign-in is never taken over, and never works afterwards.
func TestFixation(t *testing.T) {
	h := openHouse(t, nil)
	u := h.user("rita@example.com", db.RoleSupport)
	visit, _, err := h.store.StartVisit(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, planted := range []string{strings.Repeat("A", 43), "x", visit} {
		victim, attacker := h.browser(), h.browser()
		victim.setCookie(planted)
		attacker.setCookie(planted)
		victim.signIn("rita@example.com")
		victim.is(u.Actor())
		attacker.is(audit.Visitor)
		if victim.cookie() == planted {
			t.Error("the planted token was kept")
		}
	}
}

func TestNewSignInReplacesTheOld(t *testing.T) {
	h := openHouse(t, nil)
	h.user("rita@example.com", db.RoleSupport)
	bo := h.user("bo@example.com", db.RoleSupport)
	b, old := h.browser(), h.browser()
	b.signIn("rita@example.com")
	old.setCookie(b.cookie())
	b.post("/say")
	b.signIn("bo@example.com")
	b.is(bo.Actor())
	old.is(audit.Visitor)
	if _, text := b.get("/said"); text != "" {
		t.Error("what one person's session carried came to another")
	}
}

func TestExpiry(t *testing.T) {
	h := openHouse(t, nil)
	u := h.user("rita@example.com", db.RoleSupport)
	b := h.browser()
	b.signIn("rita@example.com")
	h.Pass(db.SessionIdle - time.Second)
	b.is(u.Actor())
	h.Pass(db.SessionIdle)
	b.is(audit.Visitor)
	b.signIn("rita@example.com")
	for range 47 {
		h.Pass(10 * time.Minute)
		b.is(u.Actor())
	}
	h.Pass(10 * time.Minute)
	b.is(audit.Visitor)
}

func TestRevocation(t *testing.T) {
	h := openHouse(t, nil)
	h.user("admin@example.com", db.RoleAdmin)
	for name, end := range map[string]func(db.User) error{
		"disabled": func(u db.User) error { return h.store.Disable(t.Context(), audit.Operator, u.Number) },
		"new roles": func(u db.User) error {
			return h.store.SetRoles(t.Context(), audit.Operator, u.Number, []string{db.RoleAuditor})
		},
		"new password": func(u db.User) error { return h.store.SetPassword(t.Context(), audit.Operator, u.Number, "x") },
		"ended": func(u db.User) error {
			_, err := h.store.EndSessionsOf(t.Context(), audit.Operator, u.Number, 0)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			email := strings.ReplaceAll(name, " ", "-") + "@example.com"
			u := h.user(email, db.RoleSupport)
			b := h.browser()
			b.signIn(email)
			b.is(u.Actor())
			if err := end(u); err != nil {
				t.Fatal(err)
			}
			b.is(audit.Visitor)
		})
	}
}

func TestSignOut(t *testing.T) {
	h := openHouse(t, nil)
	h.user("rita@example.com", db.RoleSupport)
	b, copied := h.browser(), h.browser()
	b.signIn("rita@example.com")
	copied.setCookie(b.cookie())
	resp, _ := b.post("/signout")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/signin?state=signed-out" || resp.Header.Get("Clear-Site-Data") == "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	if b.cookie() != "" {
		t.Error("the browser still has the cookie")
	}
	copied.is(audit.Visitor)
	if h.entries(audit.SignedOut) != 1 {
		t.Error("the trail does not have it")
	}
	if resp, _ := b.post("/signout"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("signing out twice: %d", resp.StatusCode)
	}
	if resp, _ := b.get("/signout"); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("signing out by GET: %d", resp.StatusCode)
	}
}

// A store that cannot be asked is a 503, whoever asks: never signed in, and never quietly signed out.
func TestStoreDown(t *testing.T) {
	h := openHouse(t, nil)
	h.user("rita@example.com", db.RoleSupport)
	b := h.browser()
	b.signIn("rita@example.com")
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	for name, resp := range map[string]*http.Response{
		"a page":         first(b.get("/me")),
		"sign-in":        first(b.post("/signin", "email", "rita@example.com", "password", goodPassword)),
		"another's":      first(h.browser().post("/signin", "email", "rita@example.com", "password", goodPassword)),
		"sign-out":       first(b.post("/signout")),
		"an unknown one": first(h.browser().post("/signin", "email", "bo@example.com", "password", "x")),
	} {
		if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.SetBasicAuth("apikey", "qk_x")
	if _, err := h.Caller(r); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrKey) {
		t.Errorf("a key: %v", err)
	}
	if resp, body := h.browser().post("/identity/token", "grant_type", apikeyGrant, "apikey", "qk_x"); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a token: %d %s", resp.StatusCode, body)
	}
}

func first(resp *http.Response, _ string) *http.Response { return resp }

func TestGuard(t *testing.T) {
	h := openHouse(t, nil)
	h.user("rita@example.com", db.RoleSupport)
	for _, c := range []struct {
		method, site, origin string
		passes               bool
	}{
		{"POST", "same-origin", "", true},
		{"POST", "same-origin", "own", true},
		{"POST", "", "own", true},
		{"POST", "none", "", true},
		{"POST", "", "", false},
		{"POST", "cross-site", "https://evil.example", false},
		{"POST", "cross-site", "", false},
		{"POST", "same-site", "https://other.q.example", false},
		{"POST", "", "https://evil.example", false},
		{"POST", "", "null", false},
		{"POST", "", "http://127.0.0.1:1", false},
		{"POST", "nonsense", "", false},
		{"PUT", "", "", false},
		{"DELETE", "", "", false},
		{"PATCH", "cross-site", "", false},
		{"PROPFIND", "", "", false},
		{"GET", "cross-site", "", true},
		{"GET", "", "", true},
		{"HEAD", "cross-site", "https://evil.example", true},
	} {
		passed := false
		door := h.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { passed = true }))
		r := httptest.NewRequest(c.method, h.server.URL+"/signout", nil)
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin == "own" {
			c.origin = h.server.URL
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if passed != c.passes || !passed && w.Code != http.StatusForbidden {
			t.Errorf("%s with Sec-Fetch-Site %q and Origin %q: passed %v (%d), want %v", c.method, c.site, c.origin, passed, w.Code, c.passes)
		}
	}
}

func TestNotice(t *testing.T) {
	h := openHouse(t, nil)
	h.user("rita@example.com", db.RoleSupport)
	b := h.browser()
	if b.post("/say"); b.cookie() != "" {
		t.Error("a visitor got a session for a message")
	}
	b.signIn("rita@example.com")
	b.post("/say")
	if _, text := b.get("/said"); text != "Done." {
		t.Errorf("%q", text)
	}
	if _, text := b.get("/said"); text != "" {
		t.Errorf("said twice: %q", text)
	}
}

func TestLocalPath(t *testing.T) {
	for next, want := range map[string]string{
		"/erasures/7":                   "/erasures/7",
		"/audit?event=erasure#top":      "/audit?event=erasure#top",
		"/":                             "/",
		"/a//b":                         "/a//b",
		"/subjects/s_4f2%20x":           "/subjects/s_4f2%20x",
		"":                              "/",
		"erasures":                      "/",
		"//evil.example":                "/",
		"///evil.example":               "/",
		"/\\evil.example":               "/",
		"\\\\evil.example":              "/",
		"/\t/evil.example":              "/",
		"/\n/evil.example":              "/",
		" //evil.example":               "/",
		"/ /evil.example":               "/",
		"/%2f/evil.example":             "/",
		"/%5cevil.example":              "/",
		"/%09/evil.example":             "/",
		"/%0d%0aSet-Cookie:x":           "/",
		"https://evil.example":          "/",
		"https:/evil.example":           "/",
		"javascript:alert(1)":           "/",
		"data:text/html,x":              "/",
		"http:evil.example":             "/",
		"//user@evil.example/":          "/",
		"/signin":                       "/",
		"/signin/oidc":                  "/",
		"/signout":                      "/",
		"/%zz":                          "/",
		"/" + strings.Repeat("a", 3000): "/",
	} {
		if got := LocalPath(next); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestAgentOf(t *testing.T) {
	for ua, want := range map[string]string{
		chromium: "Chrome on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":  "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1": "Safari on iPhone",
		"curl/8.5.0": "Another browser",
		"":           "Another browser",
	} {
		if got := agentOf(ua); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		remote, forwarded string
		proxied           bool
		want              string
	}{
		{"192.0.2.1:50000", "", false, "192.0.2.1"},
		{"192.0.2.1:50000", "198.51.100.7", false, "192.0.2.1"},
		{"127.0.0.1:50000", "203.0.113.5, 198.51.100.7", true, "198.51.100.7"},
		{"127.0.0.1:50000", "", true, "127.0.0.1"},
		{"[2001:db8:1:2:3:4:5:6]:50000", "", false, "2001:db8:1:2::"},
	} {
		a := &Auth{Config: Config{Proxied: c.proxied}}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := a.Address(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
