package auth

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/go-jose/go-jose/v4"

	"quittance/db"
	"quittance/db/audit"
)

func TestOIDC(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	at := p.begin(b, "/signin/oidc?next=/erasures/7")
	q := at.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != clientID || q.Get("redirect_uri") != h.PublicURL+"/signin/callback" ||
		q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 26 || len(q.Get("nonce")) < 26 ||
		q.Get("max_age") != "28800" || !slices.Contains(strings.Fields(q.Get("scope")), "groups") {
		t.Errorf("asks for %v", q)
	}
	b.is(audit.Visitor)
	resp, body := b.get("/signin/callback?" + p.authorize(at).Encode())
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/erasures/7" {
		t.Fatalf("%d %s %v", resp.StatusCode, body, h.lastError())
	}
	users, err := h.store.Users(t.Context())
	if err != nil || len(users) != 1 {
		t.Fatalf("%+v, %v", users, err)
	}
	u := users[0]
	b.is(u.Actor())
	if u.Issuer != p.web.URL || u.Sub != "rita" || u.Email != "rita@example.com" || u.Name != "Rita Lind" || !slices.Equal(u.Roles, []string{"support"}) {
		t.Errorf("%+v", u)
	}
	all, err := h.store.SessionsOf(t.Context(), u.Number)
	if err != nil || len(all) != 1 || all[0].SID != "s1" || !all[0].AuthTime.Equal(h.Now().Truncate(time.Second)) {
		t.Errorf("%+v, %v", all, err)
	}
	origins := h.FormOrigins()
	if !slices.Equal(origins, []string{p.web.URL}) || h.Provider() != "Example ID" {
		t.Errorf("%v, %q", origins, h.Provider())
	}
}

// Every one of these ID tokens, and of the ways in which they are signed, must keep the person out.
func TestHostileTokens(t *testing.T) {
	set := func(name string, v any) func(*provide) {
		return func(p *provide) { p.claims = func(m map[string]any) { m[name] = v } }
	}
	change := func(f func(p *provide, m map[string]any)) func(*provide) {
		return func(p *provide) { p.claims = func(m map[string]any) { f(p, m) } }
	}
	in := func(name string, d time.Duration) func(*provide) {
		return change(func(p *provide, m map[string]any) { m[name] = p.h.Now().Add(d).Unix() })
	}
	sign := func(f func(claims string) string) func(*provide) { return func(p *provide) { p.sign = f } }
	for name, hostile := range map[string]func(*provide){
		"iss of somebody else":           set("iss", "https://evil.example"),
		"iss with a slash more":          change(func(p *provide, m map[string]any) { m["iss"] = p.web.URL + "/" }),
		"no iss":                         set("iss", nil),
		"aud of another client":          set("aud", "another"),
		"no aud":                         set("aud", nil),
		"aud is like ours":               set("aud", clientID+"2"),
		"several aud, no azp":            set("aud", []string{clientID, "another"}),
		"several aud, azp of another":    change(func(_ *provide, m map[string]any) { m["aud"], m["azp"] = []string{clientID, "another"}, "another" }),
		"azp of another client":          set("azp", "another"),
		"nonce of another sign-in":       set("nonce", "another"),
		"no nonce":                       set("nonce", nil),
		"empty nonce":                    set("nonce", ""),
		"expired":                        in("exp", -time.Second),
		"expired long ago":               in("exp", -240*time.Hour),
		"no exp":                         set("exp", nil),
		"not before tomorrow":            in("nbf", 24*time.Hour),
		"issued tomorrow":                in("iat", 24*time.Hour),
		"no iat":                         set("iat", nil),
		"no sub":                         set("sub", nil),
		"empty sub":                      set("sub", ""),
		"sub without end":                set("sub", strings.Repeat("a", 256)),
		"sub is a number":                set("sub", 42),
		"at_hash of another token":       set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"signed in tomorrow":             in("auth_time", 24*time.Hour),
		"signed in yesterday":            in("auth_time", -24*time.Hour),
		"alg none":                       sign(func(c string) string { return unsigned(`{"alg":"none","kid":"one"}`, c) + "." }),
		"alg none with a signature":      sign(func(c string) string { return unsigned(`{"alg":"none","kid":"one"}`, c) + ".AAAA" }),
		"alg None":                       sign(func(c string) string { return unsigned(`{"alg":"None","kid":"one"}`, c) + "." }),
		"HS256 with the public key":      sign(func(c string) string { return hmacWith(publicPEM(), c) }),
		"HS256 with the modulus":         sign(func(c string) string { return hmacWith(keyOne().N.Bytes(), c) }),
		"HS256 with the client's secret": sign(func(c string) string { return hmacWith([]byte(clientSecret), c) }),
		"RS512, which was not announced": sign(func(c string) string { return oidctest.SignIDToken(keyOne(), "one", oidc.RS512, c) }),
		"unknown kid":                    sign(func(c string) string { return oidctest.SignIDToken(keyTwo(), "two", oidc.RS256, c) }),
		"known kid, another key":         sign(func(c string) string { return oidctest.SignIDToken(keyTwo(), "one", oidc.RS256, c) }),
		"no kid, another key":            sign(func(c string) string { return oidctest.SignIDToken(keyTwo(), "", oidc.RS256, c) }),
		"its own key in the header":      sign(ownKey),
		"payload changed after signing":  sign(swapPayload),
		"signature cut off":              sign(func(c string) string { s := signOne(c); return s[:strings.LastIndex(s, ".")+1] }),
		"two signatures":                 sign(twoSignatures),
		"no JWT":                         sign(func(string) string { return "opaque" }),
		"empty":                          sign(func(string) string { return "" }),
		"payload is no JSON":             sign(func(string) string { return signOne("[]") }),
		"an access token":                sign(func(c string) string { return typed("at+jwt", c) }),
		"a logout token":                 sign(func(c string) string { return typed("logout+jwt", c) }),
		"no ID token":                    func(p *provide) { p.token = func(m map[string]any) { delete(m, "id_token") } },
		"ID token is no text":            func(p *provide) { p.token = func(m map[string]any) { m["id_token"] = 1 } },
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			hostile(p)
			b := h.browser()
			resp, err := p.signIn(b)
			if !errors.Is(err, ErrProvider) || resp.StatusCode != http.StatusBadGateway {
				t.Errorf("%d, %v", resp.StatusCode, err)
			}
			keptOut(h, b)
		})
	}
}

// keptOut checks that nobody was let in and no account was made.
func keptOut(h *house, b *browser) {
	h.Helper()
	b.is(audit.Visitor)
	users, err := h.store.Users(h.Context())
	if err != nil || len(users) != 0 {
		h.Errorf("%d accounts, %v", len(users), err)
	}
}

func signOne(claims string) string { return oidctest.SignIDToken(keyOne(), "one", oidc.RS256, claims) }

func unsigned(head, claims string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
}

func publicPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(keyOne().Public())
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func hmacWith(key []byte, claims string) string {
	return compact(jose.SigningKey{Algorithm: jose.HS256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "one"), claims)
}

func typed(typ, claims string) string {
	return compact(jose.SigningKey{Algorithm: jose.RS256, Key: keyOne()}, (&jose.SignerOptions{}).WithHeader("kid", "one").WithType(jose.ContentType(typ)), claims)
}

// ownKey signs with a key of the attacker's and sends it along (RFC 8725, section 3.10).
func ownKey(claims string) string {
	return compact(jose.SigningKey{Algorithm: jose.RS256, Key: keyTwo()}, &jose.SignerOptions{EmbedJWK: true}, claims)
}

func compact(key jose.SigningKey, opts *jose.SignerOptions, claims string) string {
	signer, err := jose.NewSigner(key, opts)
	if err != nil {
		panic(err)
	}
	jws, err := signer.Sign([]byte(claims))
	if err != nil {
		panic(err)
	}
	raw, err := jws.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return raw
}

func swapPayload(claims string) string {
	parts := strings.Split(signOne(claims), ".")
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(claims, `"sub":"rita"`, `"sub":"admin"`, 1)))
	return strings.Join(parts, ".")
}

func twoSignatures(claims string) string {
	signer, err := jose.NewMultiSigner([]jose.SigningKey{{Algorithm: jose.RS256, Key: keyOne()}, {Algorithm: jose.RS256, Key: keyTwo()}}, nil)
	if err != nil {
		panic(err)
	}
	jws, err := signer.Sign([]byte(claims))
	if err != nil {
		panic(err)
	}
	return jws.FullSerialize()
}

// What honest providers do in different ways lets people in.
func TestHonestTokens(t *testing.T) {
	set := func(name string, v any) func(*provide) {
		return func(p *provide) { p.claims = func(m map[string]any) { m[name] = v } }
	}
	for name, honest := range map[string]func(*provide){
		"as it comes": func(*provide) {},
		"several aud with our azp": func(p *provide) {
			p.claims = func(m map[string]any) { m["aud"], m["azp"] = []string{clientID, "x"}, clientID }
		},
		"azp":          set("azp", clientID),
		"no at_hash":   set("at_hash", nil),
		"no auth_time": set("auth_time", nil),
		"clock a little ahead": func(p *provide) {
			p.claims = func(m map[string]any) { m["iat"] = p.h.Now().Add(30 * time.Second).Unix(); m["auth_time"] = m["iat"] }
		},
		"one group as a word": set("groups", "compliance"),
		"typ JWT":             func(p *provide) { p.sign = func(c string) string { return typed("JWT", c) } },
		"no kid": func(p *provide) {
			p.sign = func(c string) string { return oidctest.SignIDToken(keyOne(), "", oidc.RS256, c) }
		},
		"e-mail missing, userinfo is down": set("email", nil),
		"no iss in the answer, not promised": func(p *provide) {
			p.discovery = func(m map[string]any) { delete(m, "authorization_response_iss_parameter_supported") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			honest(p)
			b := h.browser()
			if resp, err := p.signIn(b); resp.StatusCode != http.StatusSeeOther || err != nil {
				t.Fatalf("%d, %v", resp.StatusCode, err)
			}
			b.is("user/1")
		})
	}
}

// The provider's answer comes through the browser, so anybody can write one.
func TestHostileAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(url.Values)
		want   error
	}{
		"state of another sign-in": {func(q url.Values) { q.Set("state", "another") }, ErrFlow},
		"no state":                 {func(q url.Values) { q.Del("state") }, ErrFlow},
		"empty state":              {func(q url.Values) { q.Set("state", "") }, ErrFlow},
		"two states":               {func(q url.Values) { q.Add("state", "another") }, ErrFlow},
		"mix-up: another issuer":   {func(q url.Values) { q.Set("iss", "https://evil.example") }, ErrProvider},
		"no iss though promised":   {func(q url.Values) { q.Del("iss") }, ErrProvider},
		"two iss":                  {func(q url.Values) { q.Add("iss", q.Get("iss")) }, ErrProvider},
		"no code":                  {func(q url.Values) { q.Del("code") }, ErrProvider},
		"two codes":                {func(q url.Values) { q.Add("code", "another") }, ErrProvider},
		"a made-up code":           {func(q url.Values) { q.Set("code", "made up") }, ErrProvider},
		"cancelled":                {func(q url.Values) { q.Set("error", "access_denied") }, ErrProvider},
		"an error with markup":     {func(q url.Values) { q.Set("error", "<script>PLANTED-TEXT</script>") }, ErrProvider},
		"an error and a code":      {func(q url.Values) { q.Set("error", "") }, ErrProvider},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			b := h.browser()
			q := p.authorize(p.begin(b, "/signin/oidc"))
			c.change(q)
			resp, body := b.get("/signin/callback?" + q.Encode())
			err := h.lastError()
			if !errors.Is(err, c.want) || resp.StatusCode != Status(c.want) {
				t.Errorf("%d, %v; want %v", resp.StatusCode, err, c.want)
			}
			if strings.Contains(body+err.Error(), "PLANTED-TEXT") {
				t.Errorf("what was sent is repeated: %s %v", body, err)
			}
			keptOut(h, b)
		})
	}
}

// An answer counts once, in the browser that asked, for ten minutes, and only with the code of its own sign-in.
func TestReplay(t *testing.T) {
	t.Run("the same answer again", func(t *testing.T) {
		h, p := openOIDC(t)
		p.lenient = true // a provider that does not keep to one use
		b := h.browser()
		at := p.begin(b, "/signin/oidc")
		back := "/signin/callback?" + p.authorize(at).Encode()
		if resp, _ := b.get(back); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %v", resp.StatusCode, h.lastError())
		}
		if resp, _ := b.get(back); resp.StatusCode != http.StatusBadRequest || !errors.Is(h.lastError(), ErrFlow) {
			t.Errorf("%d", resp.StatusCode)
		}
	})
	t.Run("in another browser", func(t *testing.T) {
		h, p := openOIDC(t)
		back := "/signin/callback?" + p.authorize(p.begin(h.browser(), "/signin/oidc")).Encode()
		victim := h.browser()
		if victim.get(back); !errors.Is(h.lastError(), ErrFlow) {
			t.Error("a sign-in that an attacker began was finished in the victim's browser")
		}
		keptOut(h, victim)
	})
	t.Run("in another browser that has begun its own", func(t *testing.T) {
		h, p := openOIDC(t)
		q := p.authorize(p.begin(h.browser(), "/signin/oidc"))
		victim := h.browser()
		q.Set("state", p.begin(victim, "/signin/oidc").Query().Get("state"))
		if victim.get("/signin/callback?" + q.Encode()); !errors.Is(h.lastError(), ErrProvider) {
			t.Error("a code was taken without its PKCE verifier")
		}
		keptOut(h, victim)
	})
	t.Run("a code of another sign-in, provider without PKCE", func(t *testing.T) {
		h, p := openOIDC(t)
		p.lenient = true
		q := p.authorize(p.begin(h.browser(), "/signin/oidc"))
		victim := h.browser()
		q.Set("state", p.begin(victim, "/signin/oidc").Query().Get("state"))
		if victim.get("/signin/callback?" + q.Encode()); !errors.Is(h.lastError(), ErrProvider) {
			t.Error("the nonce of another sign-in was taken")
		}
		keptOut(h, victim)
	})
	t.Run("too late", func(t *testing.T) {
		h, p := openOIDC(t)
		b := h.browser()
		back := "/signin/callback?" + p.authorize(p.begin(b, "/signin/oidc")).Encode()
		h.Pass(db.VisitLife + time.Second)
		if b.get(back); !errors.Is(h.lastError(), ErrFlow) {
			t.Error("an old sign-in was finished")
		}
		keptOut(h, b)
	})
	t.Run("a wrong answer does not spoil the right one", func(t *testing.T) {
		h, p := openOIDC(t)
		b := h.browser()
		q := p.authorize(p.begin(b, "/signin/oidc"))
		b.get("/signin/callback?state=forged&code=x")
		if resp, _ := b.get("/signin/callback?" + q.Encode()); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%d", resp.StatusCode)
		}
	})
	t.Run("two at once", func(t *testing.T) {
		h, p := openOIDC(t)
		p.lenient = true
		b := h.browser()
		back := h.server.URL + "/signin/callback?" + p.authorize(p.begin(b, "/signin/oidc")).Encode()
		codes := make(chan int)
		for range 4 {
			go func() {
				resp, err := b.Client.Get(back)
				if err != nil {
					codes <- 0
					return
				}
				resp.Body.Close()
				codes <- resp.StatusCode
			}()
		}
		passed := 0
		for range 4 {
			if <-codes == http.StatusSeeOther {
				passed++
			}
		}
		if passed != 1 {
			t.Errorf("%d of four passed", passed)
		}
	})
}

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
		"discovery leads elsewhere": answers(discovery, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://192.0.2.1/", http.StatusFound)
		}),
		"discovery without end": answers(discovery, func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, io.LimitReader(zeros{}, 8<<20)) }),
		"discovery is no JSON":  answers(discovery, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }),
		"no keys":               answers("/keys", func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }),
		"token endpoint leads elsewhere": answers("/token", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://192.0.2.1/", http.StatusTemporaryRedirect)
		}),
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

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func noGroups(info map[string]any) func(*provide) {
	return func(p *provide) {
		p.info, p.claims = info, func(m map[string]any) { m["groups"] = nil }
	}
}

func TestRolesClaim(t *testing.T) {
	for name, c := range map[string]struct {
		groups any
		info   map[string]any
		roles  []string
	}{
		"mapped":               {[]string{"staff"}, nil, []string{"support"}},
		"two":                  {[]string{"staff", "compliance", "staff"}, nil, []string{"officer", "support"}},
		"from userinfo":        {nil, map[string]any{"sub": "rita", "groups": []string{"compliance"}}, []string{"officer"}},
		"the token goes first": {[]string{"staff"}, map[string]any{"sub": "rita", "groups": []string{"compliance"}}, []string{"support"}},
		"none that is mapped":  {[]string{"everybody"}, nil, nil},
		"an empty list":        {[]string{}, map[string]any{"sub": "rita", "groups": []string{"compliance"}}, nil},
		"nowhere":              {nil, map[string]any{"sub": "rita"}, nil},
		"the role's own name":  {[]string{"officer", "admin"}, nil, nil},
		"another case":         {[]string{"Staff", "COMPLIANCE"}, nil, nil},
		"a number":             {7, map[string]any{"sub": "rita"}, nil},
		"a list in a word":     {"staff,compliance", nil, nil},
		"an object":            {map[string]any{"staff": true}, map[string]any{"sub": "rita"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			p.info, p.claims = c.info, func(m map[string]any) { m["groups"] = c.groups }
			b := h.browser()
			_, err := p.signIn(b)
			if c.roles == nil {
				if !errors.Is(err, ErrNoRole) {
					t.Errorf("%v, want %v", err, ErrNoRole)
				}
				keptOut(h, b)
				return
			}
			users, listErr := h.store.Users(t.Context())
			if err != nil || listErr != nil || len(users) != 1 || !slices.Equal(users[0].Roles, c.roles) {
				t.Errorf("%+v, %v %v", users, err, listErr)
			}
		})
	}
}

// Roles are read anew at each sign-in, and older sessions do not keep the old ones.
func TestRolesAnew(t *testing.T) {
	h, p := openOIDC(t)
	one, two := h.browser(), h.browser()
	if _, err := p.signIn(one); err != nil {
		t.Fatal(err)
	}
	p.claims = func(m map[string]any) { m["groups"] = "compliance" }
	if _, err := p.signIn(two); err != nil {
		t.Fatal(err)
	}
	one.is(audit.Visitor)
	two.is("user/1")
	p.claims = func(m map[string]any) { m["groups"] = "everybody" }
	if _, err := p.signIn(h.browser()); !errors.Is(err, ErrNoRole) {
		t.Errorf("%v", err)
	}
	two.is(audit.Visitor)
}

// Identity is issuer and sub. An e-mail address opens nothing, neither a local account nor somebody else's.
func TestEmailIsNoIdentity(t *testing.T) {
	h, p := openOIDC(t)
	admin := h.user("admin@example.com", db.RoleAdmin)
	p.claims = func(m map[string]any) { m["email"], m["email_verified"] = "admin@example.com", true }
	b := h.browser()
	if _, err := p.signIn(b); err != nil {
		t.Fatal(err)
	}
	b.is("user/2")
	p.claims = func(m map[string]any) { m["email"], m["sub"] = "admin@example.com", "bo" }
	other := h.browser()
	if _, err := p.signIn(other); err != nil {
		t.Fatal(err)
	}
	other.is("user/3")
	if got, err := h.store.User(t.Context(), admin.Number); err != nil || !got.Local() || !slices.Equal(got.Roles, []string{db.RoleAdmin}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDisabledAtProvider(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	if _, err := p.signIn(b); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Disable(t.Context(), audit.Operator, 1); err != nil {
		t.Fatal(err)
	}
	b.is(audit.Visitor)
	if resp, err := p.signIn(b); !errors.Is(err, ErrDisabled) || resp.StatusCode != http.StatusForbidden {
		t.Errorf("%d, %v", resp.StatusCode, err)
	}
	b.is(audit.Visitor)
}

func TestNextThroughProvider(t *testing.T) {
	h, p := openOIDC(t)
	for next, want := range map[string]string{"/audit?event=erasure": "/audit?event=erasure", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/"} {
		b := h.browser()
		resp, _ := b.get("/signin/callback?" + p.authorize(p.begin(b, "/signin/oidc?next="+url.QueryEscape(next))).Encode())
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("next=%s leads to %s", next, got)
		}
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
