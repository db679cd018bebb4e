package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"quittance/db"
)

const (
	// providerPatience bounds each request to the provider, providerAnswer its size, in bytes.
	providerPatience = 10 * time.Second
	providerAnswer   = 1 << 20
	// providerRetry is how long a failed discovery stands before it is tried again.
	providerRetry = 5 * time.Second
)

// provider is the sign-in provider as configured. What it says of itself is asked for when it is first needed, and again after a failure.
type provider struct {
	config Config
	name   string
	now    func() time.Time
	client *http.Client

	known  atomic.Pointer[endpoints] // nil until discovery has worked
	mu     sync.Mutex                // held while the provider is asked
	failed error
	since  time.Time
}

// endpoints is what discovery found (OpenID Connect Discovery 1.0, section 3).
type endpoints struct {
	oidc       *oidc.Provider
	oauth      oauth2.Config
	verifier   *oidc.IDTokenVerifier
	endSession string // "" = the provider has no RP-initiated logout
	sendsIss   bool   // it names itself in every answer (RFC 9207)
}

func newProvider(c Config, now func() time.Time) (*provider, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "" {
		return nil, errors.New("reading the issuer of the sign-in provider: it is not a URL")
	}
	if !private(c.Issuer) {
		return nil, errors.New("reading the issuer of the sign-in provider: it must be https (http only on loopback)")
	}
	if c.ClientID == "" || len(c.RoleMap) == 0 {
		return nil, errors.New("reading the settings of the sign-in provider: a client ID and a role map are needed")
	}
	name := c.ProviderName
	if name == "" {
		name = issuer.Host
	}
	client := &http.Client{
		Timeout:       providerPatience,
		Transport:     shortAnswers{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &provider{config: c, name: name, now: now, client: client}, nil
}

// private tells whether nobody between us and the URL's host can listen: https, or http on loopback.
func private(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// shortAnswers cuts answers off that are longer than any honest one.
type shortAnswers struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s shortAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, providerAnswer), resp.Body}
	}
	return resp, err
}

// context carries the client for the provider. It outlives the request, so that somebody who leaves does not spoil it for the others.
func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(context.WithoutCancel(ctx), p.client)
}

// discover returns what the provider says of itself. The error is an ErrProvider.
func (p *provider) discover(ctx context.Context) (*endpoints, error) {
	if e := p.known.Load(); e != nil {
		return e, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.known.Load(); e != nil {
		return e, nil
	}
	if p.failed != nil && p.now().Sub(p.since) < providerRetry {
		return nil, p.failed
	}
	e, err := p.ask(ctx)
	if err != nil {
		p.failed, p.since = fmt.Errorf("%w: discovery: %s", ErrProvider, clean(err.Error())), p.now()
		return nil, p.failed
	}
	p.known.Store(e)
	return e, nil
}

func (p *provider) ask(ctx context.Context) (*endpoints, error) {
	found, err := oidc.NewProvider(p.context(ctx), p.config.Issuer)
	if err != nil {
		return nil, err
	}
	var m struct {
		Token      string   `json:"token_endpoint"`
		Auth       string   `json:"authorization_endpoint"`
		JWKS       string   `json:"jwks_uri"`
		UserInfo   string   `json:"userinfo_endpoint"`
		EndSession string   `json:"end_session_endpoint"`
		SendsIss   bool     `json:"authorization_response_iss_parameter_supported"`
		PKCE       []string `json:"code_challenge_methods_supported"`
		Scopes     []string `json:"scopes_supported"`
	}
	if err := found.Claims(&m); err != nil {
		return nil, err
	}
	for _, u := range []string{m.Token, m.Auth, m.JWKS, m.UserInfo, m.EndSession} {
		if u != "" && !private(u) {
			return nil, errors.New("the provider names an endpoint that is not https")
		}
	}
	if len(m.PKCE) > 0 && !slices.Contains(m.PKCE, "S256") {
		return nil, errors.New("the provider does not know PKCE with S256")
	}
	scopes := []string{oidc.ScopeOpenID, "profile", "email"}
	if claim := p.config.RolesClaim; slices.Contains(m.Scopes, claim) && !slices.Contains(scopes, claim) {
		scopes = append(scopes, claim)
	}
	return &endpoints{
		oidc: found, endSession: m.EndSession, sendsIss: m.SendsIss,
		verifier: found.Verifier(&oidc.Config{ClientID: p.config.ClientID, Now: p.now}),
		oauth: oauth2.Config{ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: found.Endpoint(),
			RedirectURL: p.config.PublicURL + "/signin/callback", Scopes: scopes},
	}, nil
}

// roles maps a person's groups to roles, sorted; none means that they are not let in.
func (p *provider) roles(groups []string) []string {
	var out []string
	for _, g := range groups {
		out = append(out, p.config.RoleMap[g]...)
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

// ParseRoleMap reads 'staff=support,compliance=officer'. A group that stands there twice gives both roles.
func ParseRoleMap(s string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, pair := range strings.Split(s, ",") {
		group, role, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || group == "" {
			return nil, fmt.Errorf("reading the role map: %q is not of the form group=role", pair)
		}
		if !slices.Contains(db.Roles(), role) {
			return nil, fmt.Errorf("reading the role map: there is no role %q; there are %s", role, strings.Join(db.Roles(), ", "))
		}
		out[group] = append(out[group], role)
	}
	return out, nil
}

// FormOrigins lists the origins that a sign-in or sign-out form may lead to: Chromium applies form-action to the redirect after a form
// is posted (security.md, "Headers").
func (a *Auth) FormOrigins() []string {
	if a.provider == nil {
		return nil
	}
	urls := []string{a.Issuer}
	if e := a.provider.known.Load(); e != nil {
		urls = append(urls, e.oauth.Endpoint.AuthURL, e.endSession)
	}
	var out []string
	for _, raw := range urls {
		if u, err := url.Parse(raw); err == nil && u.Host != "" && !slices.Contains(out, u.Scheme+"://"+u.Host) {
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	return out
}
