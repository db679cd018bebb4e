package auth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"quittance/db/audit"
)

func TestStepUpAtProvider(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	if _, err := p.signIn(b); err != nil {
		t.Fatal(err)
	}
	before := b.cookie()
	h.Pass(10 * time.Minute)
	b.post("/say")
	at := p.begin(b, h.StepUpURL("/erasures/7"))
	if at.Query().Get("max_age") != "240" {
		t.Errorf("asks for %v", at.Query())
	}
	resp, _ := b.get("/signin/callback?" + p.authorize(at).Encode())
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/erasures/7" || b.cookie() == before {
		t.Fatalf("%d %v", resp.StatusCode, h.lastError())
	}
	b.is("user/1")
	old := h.browser()
	old.setCookie(before)
	old.is(audit.Visitor)
	all, err := h.store.SessionsOf(t.Context(), 1)
	if err != nil || len(all) != 1 || h.NeedsStepUp(identityOf(all[0])) || h.entries(audit.SignInConfirmed) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, text := b.get("/said"); text != "Done." {
		t.Error("what the session carried was lost")
	}
}

func TestHostileStepUp(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*house, map[string]any)
		want   error
	}{
		"signed in too long ago":    {func(h *house, m map[string]any) { m["auth_time"] = h.Now().Add(-6 * time.Minute).Unix() }, ErrProvider},
		"signed in tomorrow":        {func(h *house, m map[string]any) { m["auth_time"] = h.Now().Add(24 * time.Hour).Unix() }, ErrProvider},
		"does not say when":         {func(_ *house, m map[string]any) { m["auth_time"] = nil }, ErrProvider},
		"another person":            {func(_ *house, m map[string]any) { m["sub"] = "bo" }, ErrOtherPerson},
		"whose groups give no role": {func(_ *house, m map[string]any) { m["groups"] = "everybody" }, ErrNoRole},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			b := h.browser()
			if _, err := p.signIn(b); err != nil {
				t.Fatal(err)
			}
			h.Pass(10 * time.Minute)
			before := b.cookie()
			p.claims = func(m map[string]any) { c.change(h, m) }
			b.get("/signin/callback?" + p.authorize(p.begin(b, h.StepUpURL("/"))).Encode())
			if err := h.lastError(); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if b.cookie() != before || h.entries(audit.SignInConfirmed) != 0 {
				t.Error("it was confirmed")
			}
		})
	}
	t.Run("a password is no proof for somebody of the provider", func(t *testing.T) {
		h, p := openOIDC(t)
		b := h.browser()
		if _, err := p.signIn(b); err != nil {
			t.Fatal(err)
		}
		h.user("rita@example.com", "admin") // a local account with the same e-mail address
		if b.post("/confirm", "password", goodPassword); !errors.Is(h.lastError(), ErrLocalOff) {
			t.Error("it was")
		}
	})
}

func TestProviderSignOut(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	if _, err := p.signIn(b); err != nil {
		t.Fatal(err)
	}
	resp, _ := b.post("/signout")
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.StatusCode != http.StatusSeeOther || to.Path != "/logout" {
		t.Fatalf("%d to %s", resp.StatusCode, to)
	}
	q := to.Query()
	if q.Get("tenant") != "1" || q.Get("client_id") != clientID || q.Get("post_logout_redirect_uri") != h.PublicURL+"/signin" || strings.Count(q.Get("id_token_hint"), ".") != 2 {
		t.Errorf("%v", q)
	}
	b.is(audit.Visitor)
}

const logoutTyp = "logout+jwt"

// logoutToken is one as the standard wants it, changed by the test.
func (p *provide) logoutToken(typ string, change func(map[string]any)) string {
	now := p.h.Now().Unix()
	m := map[string]any{"iss": p.web.URL, "aud": clientID, "iat": now, "exp": now + 120, "jti": "j1", "sub": "rita", "sid": "s1",
		"events": map[string]any{logoutEvent: map[string]any{}}}
	change(m)
	if typ == "" {
		return oidctest.SignIDToken(keyOne(), "one", oidc.RS256, text(m))
	}
	return typed(typ, text(m))
}

func (h *house) backChannel(token string) *http.Response {
	h.Helper()
	resp, body := h.browser().send(h.form("/signin/backchannel", "logout_token", token))
	if strings.Contains(body, "rita") || resp.Header.Get("Cache-Control") != "no-store" {
		h.Errorf("%s %v", body, resp.Header)
	}
	return resp
}

func TestBackChannel(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"sub and sid":    func(map[string]any) {},
		"sub alone":      func(m map[string]any) { m["sid"] = nil },
		"sid alone":      func(m map[string]any) { m["sub"] = nil },
		"several aud":    func(m map[string]any) { m["aud"] = []string{"x", clientID} },
		"half a minute":  func(m map[string]any) { m["iat"] = m["iat"].(int64) - 30 },
		"more in events": func(m map[string]any) { m["events"].(map[string]any)["urn:x"] = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			b := h.browser()
			if _, err := p.signIn(b); err != nil {
				t.Fatal(err)
			}
			token := p.logoutToken(logoutTyp, change)
			if resp := h.backChannel(token); resp.StatusCode != http.StatusOK {
				t.Fatalf("%d", resp.StatusCode)
			}
			b.is(audit.Visitor)
			if h.entries(audit.SessionEnded) != 1 {
				t.Error("the trail does not have it")
			}
			if resp := h.backChannel(token); resp.StatusCode != http.StatusBadRequest {
				t.Errorf("a replayed token: %d", resp.StatusCode)
			}
		})
	}
}

func TestHostileLogoutTokens(t *testing.T) {
	set := func(name string, v any) func(*provide) string {
		return func(p *provide) string { return p.logoutToken(logoutTyp, func(m map[string]any) { m[name] = v }) }
	}
	as := func(typ string) func(*provide) string {
		return func(p *provide) string { return p.logoutToken(typ, func(map[string]any) {}) }
	}
	for name, hostile := range map[string]func(*provide) string{
		"an ID token": func(p *provide) string { return p.idToken("n") },
		"an ID token as a logout token": func(p *provide) string {
			return p.logoutToken(logoutTyp, func(m map[string]any) { m["events"], m["nonce"] = nil, "n" })
		},
		"no typ":          as(""),
		"typ JWT":         as("JWT"),
		"typ at+jwt":      as("at+jwt"),
		"nonce":           set("nonce", "n"),
		"empty nonce":     set("nonce", ""),
		"nonce null":      func(p *provide) string { return nullNonce(p) },
		"no events":       set("events", nil),
		"other events":    set("events", map[string]any{"http://schemas.openid.net/secevent/risc": map[string]any{}}),
		"event is a word": set("events", map[string]any{logoutEvent: "yes"}),
		"event is null":   set("events", map[string]any{logoutEvent: nil}),
		"event is a list": set("events", map[string]any{logoutEvent: []string{}}),
		"no jti":          set("jti", nil),
		"jti without end": set("jti", strings.Repeat("j", 256)),
		"neither sub nor sid": func(p *provide) string {
			return p.logoutToken(logoutTyp, func(m map[string]any) { m["sub"], m["sid"] = nil, nil })
		},
		"iss of somebody else":  set("iss", "https://evil.example"),
		"aud of another client": set("aud", "another"),
		"no aud":                set("aud", nil),
		"expired": func(p *provide) string {
			return p.logoutToken(logoutTyp, func(m map[string]any) { m["exp"] = m["iat"].(int64) - 1 })
		},
		"no exp": set("exp", nil),
		"old": func(p *provide) string {
			return p.logoutToken(logoutTyp, func(m map[string]any) { m["iat"] = m["iat"].(int64) - 301 })
		},
		"issued tomorrow": func(p *provide) string {
			return p.logoutToken(logoutTyp, func(m map[string]any) { m["iat"], m["exp"] = m["iat"].(int64)+86400, m["iat"].(int64)+90000 })
		},
		"no iat":      set("iat", nil),
		"alg none":    func(p *provide) string { return reheaded(p, `{"alg":"none","typ":"logout+jwt","kid":"one"}`) },
		"HS256":       func(p *provide) string { return hmacWith(publicPEM(), payloadOf(p)) },
		"another key": func(p *provide) string { return oidctest.SignIDToken(keyTwo(), "two", oidc.RS256, payloadOf(p)) },
		"typ changed afterwards": func(p *provide) string {
			return reheaded(p, `{"alg":"RS256","kid":"one","typ":"logout+jwt"}`)
		},
		"nothing": func(*provide) string { return "" },
		"noise":   func(*provide) string { return "a.b.c" },
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			b := h.browser()
			if _, err := p.signIn(b); err != nil {
				t.Fatal(err)
			}
			if resp := h.backChannel(hostile(p)); resp.StatusCode != http.StatusBadRequest {
				t.Errorf("%d", resp.StatusCode)
			}
			b.is("user/1")
		})
	}
}

func nullNonce(p *provide) string {
	raw := payloadOf(p)
	return typed(logoutTyp, strings.Replace(raw, "{", `{"nonce":null,`, 1))
}

// payloadOf is a sound logout token's payload.
func payloadOf(p *provide) string {
	now := p.h.Now().Unix()
	return text(map[string]any{"iss": p.web.URL, "aud": clientID, "iat": now, "exp": now + 120, "jti": "j1", "sub": "rita",
		"events": map[string]any{logoutEvent: map[string]any{}}})
}

// reheaded puts another header before a token that was signed without a typ.
func reheaded(p *provide, head string) string {
	signed := p.logoutToken("", func(map[string]any) {})
	return unsigned(head, payloadOf(p)) + signed[strings.LastIndex(signed, "."):]
}

func TestBackChannelDoor(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	if _, err := p.signIn(b); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		h.backChannel("noise")
	}
	if resp := h.backChannel(p.logoutToken(logoutTyp, func(map[string]any) {})); resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%d", resp.StatusCode)
	}
	plain := openHouse(t, nil)
	if resp := plain.backChannel("x"); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("without a provider: %d", resp.StatusCode)
	}
	h.Pass(time.Minute)
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	if resp := h.backChannel(p.logoutToken(logoutTyp, func(map[string]any) {})); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("with the store closed: %d", resp.StatusCode)
	}
}
