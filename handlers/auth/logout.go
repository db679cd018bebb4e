package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"quittance/db"
)

// logoutAge is how old a logout token may be (OpenID Connect Back-Channel Logout 1.0, section 2.4 recommends two minutes of life).
const logoutAge = 5 * time.Minute

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// logoutURL is the provider's end of session (OpenID Connect RP-Initiated Logout 1.0, section 2), or otherwise where there is none or
// it cannot be reached.
func (a *Auth) logoutURL(ctx context.Context, hint, otherwise string) string {
	if a.provider == nil {
		return otherwise
	}
	e, err := a.provider.discover(ctx)
	if err != nil || e.endSession == "" {
		return otherwise
	}
	u, err := url.Parse(e.endSession)
	if err != nil {
		return otherwise
	}
	q := u.Query()
	q.Set("id_token_hint", hint)
	q.Set("client_id", a.ClientID)
	q.Set("post_logout_redirect_uri", a.PublicURL+"/signin")
	q.Set("state", "signed-out")
	u.RawQuery = q.Encode()
	return u.String()
}

// BackChannel takes the provider's logout tokens and ends the sessions that they name (Back-Channel Logout 1.0, section 2.5). It reads no
// cookie. The answers are those of section 2.8.
func (a *Auth) BackChannel(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	n, err := a.backChannel(w, r)
	if err == nil {
		a.Log.Info("the sign-in provider ended sessions", "sessions", n)
		w.WriteHeader(http.StatusOK)
		return
	}
	a.Log.Warn("refusing a logout token", "error", err)
	status := Status(err)
	if status == 0 || status == http.StatusBadGateway {
		status = http.StatusBadRequest
	}
	writeJSON(w, status, map[string]string{"error": "invalid_request", "error_description": "the logout token was not accepted"})
}

func (a *Auth) backChannel(w http.ResponseWriter, r *http.Request) (int64, error) {
	if a.provider == nil {
		return 0, errors.New("no sign-in provider is configured")
	}
	address := a.Address(r)
	if err := a.failures.peek(address); err != nil {
		err.header(w.Header())
		return 0, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrForm, err)
	}
	l, err := a.provider.readLogout(r.Context(), r.PostFormValue("logout_token"))
	if err != nil {
		a.failures.take(address) // each may have cost a request for the provider's keys
		return 0, err
	}
	n, err := a.store.EndProviderSessions(r.Context(), l)
	if errors.Is(err, db.ErrReplay) {
		return 0, err
	}
	if err != nil {
		return 0, unavailable(err)
	}
	return n, nil
}

// readLogout verifies a logout token (section 2.6). go-oidc checks signature, iss, aud, exp, sub or sid, jti, events and that there is no
// nonce; type, age and the form of the event are ours. Replay is the store's.
func (p *provider) readLogout(ctx context.Context, raw string) (db.ProviderLogout, error) {
	e, err := p.discover(ctx)
	if err != nil {
		return db.ProviderLogout{}, err
	}
	t, err := e.verifier.VerifyLogout(p.context(ctx), raw)
	if err != nil {
		return db.ProviderLogout{}, errors.New("verifying: " + clean(err.Error()))
	}
	now := p.now()
	switch age := now.Sub(t.IssuedAt); {
	case tokenType(raw) != "logout+jwt":
		return db.ProviderLogout{}, errors.New("it is a token of another type")
	case age > logoutAge || age < -skew:
		return db.ProviderLogout{}, errors.New("it was not issued just now")
	case len(t.TokenID) > 255:
		return db.ProviderLogout{}, errors.New("its jti is too long")
	case !isLogoutEvent(t):
		return db.ProviderLogout{}, errors.New("its event is not of the form that the standard gives")
	}
	return db.ProviderLogout{Issuer: p.config.Issuer, JTI: t.TokenID, Sub: t.Subject, SID: clean(t.SessionID), Until: now.Add(2 * logoutAge)}, nil
}

// isLogoutEvent checks that the event is a JSON object (section 2.4).
func isLogoutEvent(t *oidc.LogoutToken) bool {
	var c struct {
		Events map[string]json.RawMessage `json:"events"`
	}
	var event map[string]any
	return t.Claims(&c) == nil && json.Unmarshal(c.Events[logoutEvent], &event) == nil && event != nil
}
