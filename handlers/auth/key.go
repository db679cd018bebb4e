package auth

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"quittance/db"
)

const (
	// tokenLife is how long a token for an API key counts, as with IBM Cloud IAM (watson-api.md section 1).
	tokenLife   = time.Hour
	tokenIssuer = "quittance"
	apikeyGrant = "urn:ibm:params:oauth:grant-type:apikey"
)

// Caller finds the live API key that a request comes with: Basic apikey:KEY, or Bearer and a token that Token gave. ErrKey when there is
// none, ErrTooMany when too many wrong ones came from one address; anything else means that the store could not be asked. Keys are never
// read from a URL.
func (a *Auth) Caller(r *http.Request) (db.APIKey, error) {
	k, err := a.caller(r)
	if !errors.Is(err, db.ErrKey) {
		if err != nil {
			err = unavailable(err)
		}
		return k, err
	}
	if _, many := a.keys.take(a.Address(r)); many != nil {
		return db.APIKey{}, many
	}
	return db.APIKey{}, err
}

func (a *Auth) caller(r *http.Request) (db.APIKey, error) {
	if user, key, ok := r.BasicAuth(); ok {
		if user != "apikey" {
			return db.APIKey{}, ErrKey
		}
		return a.store.CheckKey(r.Context(), key)
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return db.APIKey{}, ErrKey
	}
	number, err := a.readToken(token)
	if err != nil {
		return db.APIKey{}, err
	}
	return a.store.LiveKey(r.Context(), number)
}

// readToken gives the number of the key that a token was made for. Whether the key still lives is asked each time: revoking it kills the token.
func (a *Auth) readToken(raw string) (int64, error) {
	t, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return 0, ErrKey
	}
	var c jwt.Claims
	if err := t.Claims(a.tokenKey, &c); err != nil || c.Expiry == nil || c.IssuedAt == nil {
		return 0, ErrKey
	}
	if err := c.ValidateWithLeeway(jwt.Expected{Issuer: tokenIssuer, Time: a.store.Now()}, 0); err != nil {
		return 0, ErrKey
	}
	digits, ok := strings.CutPrefix(c.Subject, "key/")
	number, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return 0, ErrKey
	}
	return number, nil
}

// Token gives a token for an API key, as IBM Cloud's POST /identity/token does. Clients decode it as a JWT and read iat and exp.
func (a *Auth) Token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set(transaction, rand.Text())
	k, err := a.grant(w, r)
	var many *TooMany
	switch {
	case err == nil:
		a.giveToken(w, k)
	case errors.As(err, &many):
		many.header(w.Header())
		refuseToken(w, http.StatusTooManyRequests, "BXNIM0429E", Sentence(ErrTooMany))
	case errors.Is(err, db.ErrKey):
		refuseToken(w, http.StatusBadRequest, "BXNIM0415E", "Provided API key could not be found.")
	case errors.Is(err, ErrForm):
		refuseToken(w, http.StatusBadRequest, "BXNIM0109E", "The request needs the form fields grant_type ("+apikeyGrant+") and apikey.")
	default:
		a.Log.Error("giving a token", "error", err)
		refuseToken(w, http.StatusServiceUnavailable, "BXNIM0503E", Sentence(ErrUnavailable))
	}
}

func (a *Auth) grant(w http.ResponseWriter, r *http.Request) (db.APIKey, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return db.APIKey{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if r.PostForm.Get("grant_type") != apikeyGrant || r.PostForm.Get("apikey") == "" {
		return db.APIKey{}, ErrForm
	}
	k, err := a.store.CheckKey(r.Context(), r.PostForm.Get("apikey"))
	if !errors.Is(err, db.ErrKey) {
		return k, err
	}
	if _, many := a.keys.take(a.Address(r)); many != nil {
		return db.APIKey{}, many
	}
	return db.APIKey{}, err
}

func (a *Auth) giveToken(w http.ResponseWriter, k db.APIKey) {
	now := a.store.Now()
	expires := now.Add(tokenLife)
	if !k.Expires.IsZero() && k.Expires.Before(expires) {
		expires = k.Expires
	}
	token, err := a.makeToken(k, now, expires)
	if err != nil {
		a.Log.Error("signing a token", "error", err)
		refuseToken(w, http.StatusServiceUnavailable, "BXNIM0503E", Sentence(ErrUnavailable))
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token":  token,
		"refresh_token": "not_supported", // IAM's own word for tokens that came from an API key
		"token_type":    "Bearer",
		"expires_in":    int64(expires.Sub(now).Seconds()),
		"expiration":    expires.Unix(),
		"scope":         "ibm openid",
	})
}

func (a *Auth) makeToken(k db.APIKey, now, expires time.Time) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: a.tokenKey}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{Issuer: tokenIssuer, Subject: string(k.Actor()), ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(expires)}).Serialize()
}

// transaction is the number under which a caller can ask about an answer: every answer of the API has one (watson-api.md section 1).
const transaction = "X-Global-Transaction-Id"

// refuseToken answers in the form of IBM Cloud IAM.
func refuseToken(w http.ResponseWriter, status int, code string, why string) {
	writeJSON(w, status, map[string]any{"errorCode": code, "errorMessage": why, "context": map[string]string{"requestId": w.Header().Get(transaction)}})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
