package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// providerFolder holds the certified OpenID Connect provider; `make test` puts its packages there.
const providerFolder = "../../handlers/auth/testdata/oidc-provider"

// provider is that provider while it runs.
type provider struct {
	Issuer, Password string
	ClientID         string `json:"client_id"`
	ClientSecret     string `json:"client_secret"`
}

// node is the one that the provider's lockfile brings, because Debian's may be older than the provider wants; elsewhere the machine's own.
func node() string {
	own, err := filepath.Abs(filepath.Join(providerFolder, "node_modules", ".bin", "node"))
	if err != nil {
		return "node"
	}
	if _, err := os.Stat(own); err != nil {
		return "node"
	}
	return own
}

// startProvider starts it for a console that will be at the address.
func startProvider(t *testing.T, console string) provider {
	t.Helper()
	if _, err := os.Stat(filepath.Join(providerFolder, "node_modules", "oidc-provider")); err != nil {
		t.Fatalf("the sign-in provider's packages are missing: run `make test`, or `npm ci --ignore-scripts` in %s", providerFolder)
	}
	p := start(t, node(), filepath.Join(providerFolder, "server.mjs"), "--console", console)
	var v provider
	if err := json.Unmarshal([]byte(p.line(t, `"client_secret"`, patience)), &v); err != nil {
		t.Fatalf("reading what the provider prints: %v", err)
	}
	return v
}

// TestSignInAtProvider signs people in at a real provider with a real browser, out again, and turns away who has no role here.
func TestSignInAtProvider(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	provider := startProvider(t, "http://"+address)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(provider.ClientSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := serveAt(t, buildBinary(t), address, "-oidc-issuer", provider.Issuer, "-oidc-client-id", provider.ClientID, "-oidc-client-secret-file", secret,
		"-oidc-role-map", "staff=support,compliance=officer", "-local-accounts=off")
	b := openBrowser(t)
	for login, roles := range map[string]string{"support": "Support", "officer": "Compliance officer", "both": "Compliance officer and Support"} {
		t.Run(login, func(t *testing.T) {
			p := b.person(t, h.origin, provider.Issuer)
			p.signInAt(provider, login, 200)
			if who := eval[string](p, `document.querySelector(".rail > .foot .roles").innerText`); who != roles {
				p.fatal("%s is %q, want %q", login, who, roles)
			}
			p.signOutAt()
		})
	}
	t.Run("nobody", func(t *testing.T) {
		p := b.person(t, h.origin, provider.Issuer)
		p.signInAt(provider, "nobody", 403)
		p.reads("None of your groups has a role in Quittance")
		p.inspect("no role")
		if status := p.open("/erasures"); status != 200 || !strings.HasPrefix(p.path(), "/signin") {
			p.fatal("somebody without a role gets %d at %s", status, p.path())
		}
		p.inspect("sign-in at a provider")
	})
	t.Run("cancelled", func(t *testing.T) {
		p := b.person(t, h.origin, provider.Issuer)
		p.visit("/signin")
		p.click(`a[href^="/signin/oidc"]`, 200)
		p.click("#abort", 403)
		p.reads("cancelled there")
		p.click(`main a[href="/signin"]`, 200)
	})
}

// signInAt goes from the console's door through the provider's pages, and wants the console to answer with the status.
func (p *tab) signInAt(at provider, login string, status int) {
	p.t.Helper()
	p.visit("/signin?next=/erasures")
	p.click(`a[href^="/signin/oidc"]`, 200)
	p.fill("[name=login]", login)
	p.fill("[name=password]", at.Password)
	p.click("#login-form button", 200)
	p.click("#consent-form button", status)
	if status == 200 && p.path() != "/erasures" {
		p.fatal("signing in leads to %s, not to where the person wanted to go", p.path())
	}
}

// signOutAt ends the session here and at the provider, and looks that both have ended.
func (p *tab) signOutAt() {
	p.t.Helper()
	p.click(".rail > .foot button[aria-label='Sign out']", 200)
	p.click("#logout", 200)
	if at := p.path(); at != "/signin?state=signed-out" {
		p.fatal("signing out leads to %s", at)
	}
	p.reads("You have signed out.")
	p.click(`a[href^="/signin/oidc"]`, 200)
	p.reads("Sign in at the provider")
}
