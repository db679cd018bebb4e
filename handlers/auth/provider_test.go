package auth

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"golang.org/x/oauth2"
)

// keyOne and keyTwo are the provider's signing keys, made once for all tests.
var keyOne, keyTwo = sync.OnceValue(makeKey), sync.OnceValue(makeKey)

func makeKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// issued is a code and what it was issued for.
type issued struct{ nonce, challenge string }

// provide is a sign-in provider that a test makes hostile by changing its fields.
type provide struct {
	oidctest.Server
	web       *httptest.Server
	h         *house
	mu        sync.Mutex
	codes     map[string]issued
	lenient   bool                                          // gives tokens for any code, again and again
	claims    func(map[string]any)                          // changes the ID token's claims
	sign      func(string) string                           // signs them
	discovery func(map[string]any)                          // changes what it says of itself
	token     func(map[string]any)                          // changes the token endpoint's answer
	info      map[string]any                                // userinfo; nil = none
	before    func(http.ResponseWriter, *http.Request) bool // true = it has answered
	asked     []string                                      // paths that were asked for
}

const clientID, clientSecret = "quittance-test", "a client secret of 32 characters!"

// openOIDC is openHouse with a provider.
func openOIDC(t *testing.T) (*house, *provide) {
	t.Helper()
	p := &provide{codes: map[string]issued{}, claims: func(map[string]any) {}, discovery: func(map[string]any) {}, token: func(map[string]any) {}}
	p.publish(keyOne(), "one")
	p.sign = func(claims string) string { return oidctest.SignIDToken(keyOne(), "one", oidc.RS256, claims) }
	p.web = httptest.NewServer(p)
	t.Cleanup(p.web.Close)
	p.SetIssuer(p.web.URL)
	p.h = openHouse(t, func(c *Config) {
		c.Issuer, c.ClientID, c.ClientSecret, c.ProviderName = p.web.URL, clientID, clientSecret, "Example ID"
		c.RoleMap = map[string][]string{"staff": {"support"}, "compliance": {"officer"}}
	})
	return p.h, p
}

func (p *provide) publish(key *rsa.PrivateKey, id string) {
	p.PublicKeys = []oidctest.PublicKey{{PublicKey: crypto.PublicKey(key.Public()), KeyID: id, Algorithm: oidc.RS256}}
}

// ServeHTTP adds to oidctest's discovery and keys the endpoints that it leaves out.
func (p *provide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.URL.Path)
	if p.before != nil && p.before(w, r) {
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.discover(w, r)
	case "/token":
		p.exchange(w, r)
	case "/userinfo":
		if p.info == nil {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		answerJSON(w, p.info)
	default:
		p.Server.ServeHTTP(w, r)
	}
}

func (p *provide) discover(w http.ResponseWriter, r *http.Request) {
	plain := httptest.NewRecorder()
	p.Server.ServeHTTP(plain, r)
	var m map[string]any
	if err := json.Unmarshal(plain.Body.Bytes(), &m); err != nil {
		panic(err)
	}
	m["userinfo_endpoint"] = p.web.URL + "/userinfo"
	m["end_session_endpoint"] = p.web.URL + "/logout?tenant=1"
	m["code_challenge_methods_supported"] = []string{"plain", "S256"}
	m["authorization_response_iss_parameter_supported"] = true
	m["scopes_supported"] = []string{"openid", "groups"}
	p.discovery(m)
	answerJSON(w, m)
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// exchange checks a code as a provider must: client, redirect address, one use, PKCE (RFC 7636, section 4.6).
func (p *provide) exchange(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if id == "" {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	code := r.PostFormValue("code")
	got, known := p.codes[code]
	verifier := r.PostFormValue("code_verifier")
	good := known && verifier != "" && oauth2.S256ChallengeFromVerifier(verifier) == got.challenge
	if id != clientID || secret != clientSecret || r.PostFormValue("redirect_uri") != p.h.PublicURL+"/signin/callback" || !good && !p.lenient {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"error":"invalid_grant","error_description":"PLANTED-TEXT"}`))
		return
	}
	if !p.lenient {
		delete(p.codes, code)
	}
	m := map[string]any{"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": p.idToken(got.nonce)}
	p.token(m)
	answerJSON(w, m)
}

func (p *provide) idToken(nonce string) string {
	now := p.h.Now().Unix()
	half := sha256.Sum256([]byte("opaque"))
	m := map[string]any{"iss": p.web.URL, "aud": clientID, "sub": "rita", "iat": now, "exp": now + 300, "auth_time": now, "nonce": nonce, "sid": "s1",
		"email": "rita@example.com", "name": "Rita Lind", "groups": []string{"staff", "everybody"},
		"at_hash": base64.RawURLEncoding.EncodeToString(half[:16])}
	p.claims(m)
	return p.sign(text(m))
}

func text(m map[string]any) string {
	maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// begin opens the sign-in and returns the address at the provider to which it leads.
func (p *provide) begin(b *browser, path string) *url.URL {
	p.h.Helper()
	resp, body := b.get(path)
	if resp.StatusCode != http.StatusSeeOther {
		p.h.Fatalf("beginning a sign-in: %d %s (%v)", resp.StatusCode, body, p.h.lastError())
	}
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(u.String(), p.web.URL+"/auth?") {
		p.h.Fatalf("it leads to %s", u)
	}
	return u
}

// authorize is the person signing in at the provider: the answer that the browser is sent back with.
func (p *provide) authorize(at *url.URL) url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	code := rand.Text()
	p.codes[code] = issued{at.Query().Get("nonce"), at.Query().Get("code_challenge")}
	return url.Values{"code": {code}, "state": {at.Query().Get("state")}, "iss": {p.web.URL}}
}

// signIn walks the whole way.
func (p *provide) signIn(b *browser) (*http.Response, error) {
	p.h.Helper()
	resp, _ := b.get("/signin/callback?" + p.authorize(p.begin(b, "/signin/oidc?next=/erasures")).Encode())
	return resp, p.h.lastError()
}
