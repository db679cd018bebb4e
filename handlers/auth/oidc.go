package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gorilla/sessions"
	"golang.org/x/oauth2"

	"quittance/db"
	"quittance/db/audit"
)

// flow is a sign-in that was begun at the provider: what its answer must match. It is kept sealed in the session and used once.
type flow struct {
	State, Nonce, Verifier, Next string
	Began                        int64 // ms since 1970
	Again                        int64 // step-up: number of the account that must come back; 0 = sign-in
}

// StepUpURL is where somebody of the sign-in provider proves again who they are, to come back to next.
func (a *Auth) StepUpURL(next string) string {
	return "/signin/oidc?again=1&next=" + url.QueryEscape(LocalPath(next))
}

// OIDCStart sends the browser to the sign-in provider: code flow with PKCE S256, state and nonce (OpenID Connect Core 1.0, section 3.1.2.1;
// RFC 9700, section 2.1.1). With again=1 it asks for a sign-in of the last minutes.
func (a *Auth) OIDCStart(w http.ResponseWriter, r *http.Request) {
	to, err := a.startFlow(w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (a *Auth) startFlow(w http.ResponseWriter, r *http.Request) (string, error) {
	if a.provider == nil {
		return "", fmt.Errorf("%w: none is configured", ErrProvider)
	}
	if _, err := a.flows.take(a.Address(r)); err != nil {
		return "", err
	}
	e, err := a.provider.discover(r.Context())
	if err != nil {
		return "", err
	}
	v, err := a.session(r)
	if err != nil {
		return "", err
	}
	f := flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		Next: LocalPath(r.URL.Query().Get("next")), Began: a.store.Now().UnixMilli()}
	// Without max_age a provider need not tell when the person signed in (Core 1.0, section 2, auth_time).
	age := db.SessionAbsolute
	if row := rowOf(v); r.URL.Query().Get("again") == "1" && row.User.Number > 0 {
		f.Again, age = row.User.Number, StepUpAge-time.Minute
	}
	v.Values[flowValue] = f
	if err := v.Save(r, w); err != nil {
		return "", err
	}
	return e.oauth.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier),
		oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(age.Seconds())))), nil
}

// OIDCCallback takes the provider's answer and lets the person in, or confirms them.
func (a *Auth) OIDCCallback(w http.ResponseWriter, r *http.Request) {
	next, err := a.callback(w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (a *Auth) callback(w http.ResponseWriter, r *http.Request) (string, error) {
	if a.provider == nil {
		return "", fmt.Errorf("%w: none is configured", ErrProvider)
	}
	v, err := a.session(r)
	if err != nil {
		return "", err
	}
	f, err := a.takeFlow(r, v)
	if err != nil {
		return "", err
	}
	e, err := a.provider.discover(r.Context())
	if err != nil {
		return "", err
	}
	code, err := answer(r.URL.Query(), e, a.Issuer)
	if err != nil {
		return "", err
	}
	who, err := a.provider.exchange(r.Context(), e, code, f)
	if err != nil {
		return "", err
	}
	return f.Next, a.admit(w, r, v, f, who)
}

// takeFlow finds the flow that an answer belongs to and uses it up, so that an answer counts once and only in the browser that asked.
// An answer with another state leaves the flow alone: anybody can make a browser open the address.
func (a *Auth) takeFlow(r *http.Request, v *sessions.Session) (flow, error) {
	f, ok := v.Values[flowValue].(flow)
	states := r.URL.Query()["state"]
	if !ok || len(states) != 1 || subtle.ConstantTimeCompare([]byte(states[0]), []byte(f.State)) != 1 {
		return flow{}, fmt.Errorf("%w: the state does not match", ErrFlow)
	}
	delete(v.Values, flowValue)
	left, err := encode(v.Values)
	if err != nil {
		return flow{}, err
	}
	row := rowOf(v)
	err = a.store.TakeSession(r.Context(), row, left)
	switch {
	case errors.Is(err, db.ErrMoved), errors.Is(err, db.ErrNotFound), errors.Is(err, db.ErrExpired):
		return flow{}, fmt.Errorf("%w: the answer was used before", ErrFlow)
	case err != nil:
		return flow{}, unavailable(err)
	}
	row.Data = left
	v.Values[rowKey{}] = row
	if a.store.Now().Sub(time.UnixMilli(f.Began)) > db.VisitLife {
		return flow{}, fmt.Errorf("%w: it took too long", ErrFlow)
	}
	return f, nil
}

var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// answer reads the provider's answer. Who sent it is checked first (RFC 9207, section 2.4), before the code or an error is believed.
func answer(q url.Values, e *endpoints, issuer string) (string, error) {
	iss := q["iss"]
	if len(iss) > 1 || len(iss) == 1 && iss[0] != issuer || len(iss) == 0 && e.sendsIss {
		return "", fmt.Errorf("%w: the answer is not from the issuer that was asked", ErrProvider)
	}
	if q.Has("error") {
		code := q.Get("error")
		if code == "access_denied" { // RFC 6749, section 4.1.2.1
			return "", ErrDenied
		}
		if !errorCode.MatchString(code) {
			code = "an error"
		}
		return "", fmt.Errorf("%w: it answered %s", ErrProvider, code)
	}
	if codes := q["code"]; len(codes) == 1 && codes[0] != "" {
		return codes[0], nil
	}
	return "", fmt.Errorf("%w: the answer has no code", ErrProvider)
}

// exchange turns the code into a person.
func (p *provider) exchange(ctx context.Context, e *endpoints, code string, f flow) (person, error) {
	ctx = p.context(ctx)
	token, err := e.oauth.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return person{}, fmt.Errorf("%w: exchanging the code: %s", ErrProvider, withoutBody(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return person{}, fmt.Errorf("%w: there is no ID token in the answer", ErrProvider)
	}
	id, err := e.verifier.Verify(ctx, raw)
	if err != nil {
		return person{}, fmt.Errorf("%w: verifying the ID token: %s", ErrProvider, clean(err.Error()))
	}
	who, err := p.check(id, raw, token.AccessToken, f)
	if err != nil {
		return person{}, fmt.Errorf("%w: checking the ID token: %w", ErrProvider, err)
	}
	if err := p.complete(ctx, e, token, &who); err != nil {
		return person{}, fmt.Errorf("%w: asking userinfo: %w", ErrProvider, err)
	}
	return who, nil
}

// withoutBody keeps what the provider's token endpoint sent out of the log, but for a well-formed error code.
func withoutBody(err error) string {
	var e *oauth2.RetrieveError
	switch {
	case !errors.As(err, &e):
		return clean(err.Error())
	case errorCode.MatchString(e.ErrorCode):
		return e.ErrorCode
	}
	return "the token endpoint refused it"
}

// admit keeps what the provider says of a person and begins their session.
func (a *Auth) admit(w http.ResponseWriter, r *http.Request, v *sessions.Session, f flow, who person) error {
	current := rowOf(v).User
	if f.Again > 0 && (current.Number != f.Again || current.Issuer != a.Issuer || current.Sub != who.sub) {
		return ErrOtherPerson
	}
	roles := a.provider.roles(who.groups)
	if len(roles) == 0 {
		return a.turnAway(r, who)
	}
	u, err := a.store.UpsertOIDC(r.Context(), a.Issuer, who.sub, who.email, who.name, roles)
	if err != nil {
		return unavailable(err)
	}
	values := map[any]any{}
	if f.Again > 0 {
		maps.Copy(values, v.Values)
	}
	if len(who.raw) <= maxHintBytes {
		values[hintValue] = who.raw
	}
	n := db.NewSession{User: u.Number, AuthTime: who.authTime, Issuer: a.Issuer, SID: who.sid, Confirms: f.Again > 0}
	return a.begin(w, r, n, values)
}

// turnAway ends what somebody may still have here whose groups give no role any more, and says so.
func (a *Auth) turnAway(r *http.Request, who person) error {
	if err := a.store.Note(r.Context(), audit.Visitor, audit.SignInFailed, "", nil); err != nil {
		return unavailable(err)
	}
	if _, err := a.store.EndProviderUser(r.Context(), a.Issuer, who.sub); err != nil {
		return unavailable(err)
	}
	return ErrNoRole
}
