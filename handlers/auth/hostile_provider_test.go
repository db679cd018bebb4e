package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"quittance/db"
)

func TestKeyRotation(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	if _, err := p.signIn(b); err != nil { // the first key is known now
		t.Fatal(err)
	}
	at := p.begin(b, "/signin/oidc")
	p.publish(keyTwo(), "two")
	p.sign = func(c string) string { return oidctest.SignIDToken(keyTwo(), "two", oidc.RS256, c) }
	if resp, _ := b.get("/signin/callback?" + p.authorize(at).Encode()); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a key that was rotated in mid-flow: %d %v", resp.StatusCode, h.lastError())
	}
	p.sign = signOne
	if _, err := p.signIn(h.browser()); !errors.Is(err, ErrProvider) {
		t.Errorf("a key that was taken back: %v", err)
	}
}

func TestProviderDown(t *testing.T) {
	h, p := openOIDC(t)
	h.user("local@example.com", db.RoleAdmin)
	down := func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "PLANTED-TEXT", http.StatusServiceUnavailable)
		return true
	}
	p.before = down
	b := h.browser()
	for range 3 {
		if resp, body := b.get("/signin/oidc"); resp.StatusCode != http.StatusBadGateway || strings.Contains(body, "PLANTED") || !errors.Is(h.lastError(), ErrProvider) {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
	if n := len(p.asked); n != 1 {
		t.Errorf("it was asked %d times within five seconds", n)
	}
	b.signIn("local@example.com") // locks nobody out
	p.before = nil
	h.Pass(providerRetry)
	if resp, err := p.signIn(h.browser()); err != nil {
		t.Errorf("when it is back: %d, %v", resp.StatusCode, err)
	}
	p.before = func(w http.ResponseWriter, r *http.Request) bool { return r.URL.Path == "/token" && down(w, r) }
	if _, err := p.signIn(h.browser()); !errors.Is(err, ErrProvider) || strings.Contains(err.Error(), "PLANTED") {
		t.Errorf("down at the token endpoint: %v", err)
	}
	p.web.Close()
	if resp, _ := b.post("/signout"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("signing out: %d", resp.StatusCode)
	}
}

func TestHostileProvider(t *testing.T) {
	says := func(name string, v any) func(*provide) {
		return func(p *provide) { p.discovery = func(m map[string]any) { m[name] = v } }
	}
	answers := func(path string, f http.HandlerFunc) func(*provide) {
		return func(p *provide) {
			p.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == path {
					f(w, r)
				}
				return r.URL.Path == path
			}
		}
	}
	const discovery = "/.well-known/openid-configuration"
	for name, hostile := range map[string]func(*provide){
		"another issuer in discovery":    says("issuer", "https://evil.example"),
		"token endpoint without TLS":     says("token_endpoint", "http://192.0.2.1/token"),
		"keys without TLS":               says("jwks_uri", "http://192.0.2.1/keys"),
		"an endpoint that is no address": says("userinfo_endpoint", "javascript:alert(1)"),
		"no S256":                        says("code_challenge_methods_supported", []string{"plain"}),
		"only HS256, signed with it": func(p *provide) {
			p.Algorithms = []string{"HS256", "none"}
			p.sign = func(c string) string { return hmacWith([]byte(clientSecret), c) }
		},
		"discovery leads elsewhere": moved(discovery, func(p *provide, w http.ResponseWriter, r *http.Request) {
			r.URL.Path = discovery
			p.discover(w, r)
		}),
		"discovery is longer than any honest one": func(p *provide) {
			p.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == discovery {
					w.Write(bytes.Repeat([]byte(" "), 2*providerAnswer)) // sound, but for its length
				}
				return false
			}
		},
		"discovery is no JSON":            answers(discovery, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }),
		"no keys":                         answers("/keys", func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }),
		"token endpoint leads elsewhere":  moved("/token", (*provide).exchange),
		"token endpoint answers nothing":  answers("/token", func(http.ResponseWriter, *http.Request) {}),
		"userinfo of somebody else":       noGroups(map[string]any{"sub": "admin", "groups": []string{"staff"}}),
		"userinfo of nobody":              noGroups(map[string]any{"groups": []string{"staff"}}),
		"no groups, and userinfo is down": noGroups(nil),
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			hostile(p)
			b := h.browser()
			resp, _ := b.get("/signin/oidc")
			if at, err := url.Parse(resp.Header.Get("Location")); err == nil && resp.StatusCode == http.StatusSeeOther {
				resp, _ = b.get("/signin/callback?" + p.authorize(at).Encode())
			}
			if err := h.lastError(); !errors.Is(err, ErrProvider) || resp.StatusCode != http.StatusBadGateway {
				t.Errorf("%d, %v", resp.StatusCode, err)
			}
			keptOut(h, b)
		})
	}
}

// moved sends whoever asks for a path on to another one, where the sound answer is: it must not be followed.
func moved(path string, there func(*provide, http.ResponseWriter, *http.Request)) func(*provide) {
	return func(p *provide) {
		p.before = func(w http.ResponseWriter, r *http.Request) bool {
			switch r.URL.Path {
			case path:
				http.Redirect(w, r, p.web.URL+"/moved", http.StatusTemporaryRedirect)
			case "/moved":
				there(p, w, r)
			default:
				return false
			}
			return true
		}
	}
}

func noGroups(info map[string]any) func(*provide) {
	return func(p *provide) {
		p.info, p.claims = info, func(m map[string]any) { m["groups"] = nil }
	}
}

func TestProviderSettings(t *testing.T) {
	h := openHouse(t, nil)
	roles := map[string][]string{"staff": {"support"}}
	for name, c := range map[string]Config{
		"issuer without TLS":   {Issuer: "http://id.example", ClientID: "x", RoleMap: roles, PublicURL: "https://q.example"},
		"issuer no URL":        {Issuer: "id.example", ClientID: "x", RoleMap: roles, PublicURL: "https://q.example"},
		"no client":            {Issuer: "https://id.example", RoleMap: roles, PublicURL: "https://q.example"},
		"no roles":             {Issuer: "https://id.example", ClientID: "x", PublicURL: "https://q.example"},
		"no public URL":        {Issuer: "https://id.example", ClientID: "x", RoleMap: roles},
		"public URL with path": {PublicURL: "https://q.example/console"},
	} {
		if _, err := New(h.store, c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New(h.store, Config{Issuer: "https://id.invalid", ClientID: "x", RoleMap: roles, PublicURL: "https://q.example/"}); err != nil {
		t.Errorf("a provider that cannot be reached: %v", err)
	}
	if resp, _ := h.browser().get("/signin/oidc"); resp.StatusCode != http.StatusBadGateway {
		t.Errorf("without a provider: %d", resp.StatusCode)
	}
	if h.Provider() != "" || h.FormOrigins() != nil {
		t.Error("a provider where there is none")
	}
}

func TestParseRoleMap(t *testing.T) {
	got, err := ParseRoleMap("staff=support, compliance=officer,compliance=auditor")
	want := map[string][]string{"staff": {"support"}, "compliance": {"officer", "auditor"}}
	if a, _ := json.Marshal(got); err != nil || string(a) != `{"compliance":["officer","auditor"],"staff":["support"]}` {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for _, bad := range []string{"", "staff", "staff=", "=support", "staff=root", "staff=support,", "staff=Support"} {
		if _, err := ParseRoleMap(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
