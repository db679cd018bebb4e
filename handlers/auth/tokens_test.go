package auth

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/go-jose/go-jose/v4"

	"quittance/db/audit"
)

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
