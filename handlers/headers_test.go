package handlers

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"quittance/db"
)

// secured is what must stand on every answer, written out from security.md.
var secured = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types quittance",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cache-Control":                "no-store",
	"Strict-Transport-Security":    "",
}

func (p page) secured(t *testing.T, what string, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := p.header.Values(name); len(got) > 1 || strings.Join(got, "") != value {
			t.Errorf("%s (%d): %s is %q, want %q", what, p.status, name, got, value)
		}
	}
	if p.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s: another origin may read it", what)
	}
}

// TestHeaders walks every route as everybody of the matrix: pages, refusals, files, redirects, the push, the sign-in page.
func TestHeaders(t *testing.T) {
	f := furnish(t)
	for _, role := range []string{"", db.RoleSupport, db.RoleOfficer, db.RoleAuditor, db.RoleAdmin} {
		b := f.visitor()
		if role != "" {
			b = f.signIn(role)
		}
		for _, c := range matrix {
			if c.route != "POST /signout" && c.route != "POST /signin" {
				f.ask(b, c, role).secured(t, c.route+" as "+role, secured)
			}
		}
		out := f.ask(b, cell{route: "POST /signout", path: "/signout"}, role)
		out.secured(t, "signing out as "+role, secured)
		if role != "" && out.header.Get("Clear-Site-Data") == "" {
			t.Error("signing out leaves what the browser kept")
		}
	}
}

// TestErrorHeaders: the answers that no route of the map gives.
func TestErrorHeaders(t *testing.T) {
	f := furnish(t)
	b, svc := f.signIn("admin"), "/instances/"
	if list, err := f.store.Services(t.Context()); err == nil {
		svc += list[0].GUID
	}
	for path, status := range map[string]int{
		"/nowhere": 404, "/users/0": 404, "/healthz": 200, "/readyz": 200, svc + "/v1/logs?version=2020-04-01": 401, "/instances/none/v1/logs": 401, "/instances/": 401, "/static/none": 404,
	} {
		p := b.get(path)
		if p.status != status {
			t.Errorf("%s: %d, want %d", path, p.status, status)
		}
		want := map[string]string{}
		for name, value := range secured {
			want[name] = value
		}
		if strings.HasPrefix(path, "/static/") {
			delete(want, "Cache-Control")
		}
		p.secured(t, path, want)
	}
	big := b.send(http.MethodPost, "/settings", strings.NewReader("zone="+strings.Repeat("x", formBytes)))
	big.secured(t, "a form that is too large", secured)
	b.send(http.MethodPost, "/services", strings.NewReader("name="+strings.Repeat("x", formBytes))).wants(t, http.StatusRequestEntityTooLarge, "This form is too large").secured(t, "the same before an act", secured)
	f.visitor().send(http.MethodPost, "/identity/token", strings.NewReader("grant_type=x")).secured(t, "POST /identity/token", secured)
	f.visitor().send(http.MethodPost, "/signin/backchannel", strings.NewReader("logout_token=x")).secured(t, "POST /signin/backchannel", secured)
}

// TestHeadersOverTLS: with TLS the browser is told to keep to it; with a provider its origin may be posted to.
func TestHeadersOverTLS(t *testing.T) {
	h := openHouse(t, func(c *Config) {
		c.TLS, c.Auth.Issuer, c.Auth.ClientID = true, "https://id.example/realm", "quittance"
		c.Auth.RoleMap = map[string][]string{"staff": {db.RoleSupport}}
	})
	p := h.visitor().get("/signin")
	want := map[string]string{"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		"Content-Security-Policy": strings.Replace(secured["Content-Security-Policy"], "form-action 'self'", "form-action 'self' https://id.example", 1)}
	p.secured(t, "/signin", want)
	p.wants(t, http.StatusOK, "Sign in with id.example")
}

// TestStoreGone: when the store cannot be asked nobody is let in, and the page says so with all its headers.
func TestStoreGone(t *testing.T) {
	store, err := db.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	h := openHouse(t, func(c *Config) { c.Store, c.Log = store, slog.New(slog.NewTextHandler(log, nil)) })
	h.store = store
	h.person("gone@q.example", "Gone", db.RoleSupport)
	b := h.signInAs("gone@q.example")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	p := b.get("/erasures?secret=planted")
	p.wants(t, http.StatusServiceUnavailable, "nobody can be let in").secured(t, "without a store", secured)
	if strings.Contains(log.String(), "planted") || !strings.Contains(log.String(), "answered") {
		t.Errorf("the access log holds an address: %s", log)
	}
}
