// Package auth knows who is at the door and what they may do: people with a session, by password or by an OpenID Connect provider,
// and applications with an API key; and the one table of roles and permissions.
// Sessions, accounts and keys lie in package db, which ends them in the same transaction as the change that calls for it.
// Which route needs which permission, and how a page looks, is left to package handlers: failures go to a function that it supplies.
package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"quittance/db"
)

// Config says how people sign in. The zero Issuer means that there is no sign-in provider.
type Config struct {
	Issuer       string              // of the OpenID Connect provider; https, or http on loopback
	ClientID     string              // as registered there
	ClientSecret string              // "" = public client
	RolesClaim   string              // claim of the ID token or of userinfo that holds the groups; "" = "groups"
	RoleMap      map[string][]string // group → roles, see ParseRoleMap
	ProviderName string              // on the button; "" = the issuer's host
	PublicURL    string              // origin under which browsers reach the console, such as https://q.example
	// LocalAccounts lets people in with a password that is kept here.
	LocalAccounts bool
	// Proxied says that a proxy which ends TLS stands in front: the last entry of X-Forwarded-For is the client's address.
	Proxied bool
	// Fail shows a page for an error; see Status and Sentence.
	Fail func(w http.ResponseWriter, r *http.Request, err error)
	Log  *slog.Logger // nil = slog.Default()
}

// Auth lets people and applications in. Its methods are safe for concurrent use.
type Auth struct {
	Config
	store    *db.Store
	sessions *sessionStore
	provider *provider // nil = none
	cross    *http.CrossOriginProtection
	hashing  chan struct{} // bounds the memory that password hashing takes
	pairs    *Limiter      // sign-in attempts by account and address
	failures *Limiter      // refused attempts by address
	flows    *Limiter      // sign-ins begun at the provider, by address
	keys     *Limiter      // wrong API keys by address
	tokenKey []byte
}

// New checks the settings. It does not talk to the sign-in provider: one that is down keeps neither the server from starting
// nor people with local accounts out.
func New(store *db.Store, c Config) (*Auth, error) {
	public, err := url.Parse(strings.TrimSuffix(c.PublicURL, "/"))
	if err != nil || public.Host == "" || public.Path != "" || public.RawQuery != "" {
		return nil, errors.New("reading the public URL: give an origin such as https://q.example")
	}
	c.PublicURL = public.String()
	if c.RolesClaim == "" {
		c.RolesClaim = "groups"
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	a := &Auth{Config: c, store: store, cross: http.NewCrossOriginProtection(), hashing: make(chan struct{}, 4), tokenKey: store.TokenKey()}
	a.sessions = &sessionStore{db: store, secure: public.Scheme == "https"}
	a.pairs, a.failures = NewLimiter(5, 5, store.Now), NewLimiter(30, 30, store.Now)
	a.flows, a.keys = NewLimiter(30, 30, store.Now), NewLimiter(60, 60, store.Now)
	if err := a.cross.AddTrustedOrigin(c.PublicURL); err != nil {
		return nil, fmt.Errorf("reading the public URL: %w", err)
	}
	if c.Issuer == "" {
		return a, nil
	}
	a.provider, err = newProvider(c, store.Now)
	return a, err
}

// The errors that Fail is given. Their sentences can be shown; what is wrapped around them is for the log alone.
var (
	ErrCredentials = errors.New("the e-mail address or the password is wrong")
	ErrForm        = errors.New("the form could not be read, so nothing was done")
	ErrNoRole      = errors.New("none of your groups has a role in Quittance; ask whoever manages them at the sign-in provider to add you to one that has")
	ErrProvider    = errors.New("signing in with the provider did not work; try again, or use a local account if you have one")
	ErrDenied      = errors.New("you were not let in at the sign-in provider, or cancelled there, so nothing was done")
	ErrUnavailable = errors.New("the store cannot be reached at the moment, so nobody can be let in; try again in a minute")
	ErrFlow        = errors.New("this sign-in has expired or was begun in another window; start again")
	ErrCrossSite   = errors.New("this form was not sent from a page of Quittance, so nothing was done")
	ErrOtherPerson = errors.New("you confirmed with another account than the one that is signed in, so nothing was done")
	ErrLocalOff    = errors.New("local accounts are closed here; sign in with the provider")
	ErrDisabled    = db.ErrDisabled
	ErrWeak        = errors.New("choose a password of 12 to 1,024 characters")
	ErrKey         = db.ErrKey
	ErrTooMany     = errors.New("there were too many attempts; wait a minute and try again")
)

// statuses is the one place in which these errors become HTTP statuses.
var statuses = []struct {
	err    error
	status int
}{
	{ErrCredentials, http.StatusUnauthorized},
	{ErrForm, http.StatusBadRequest},
	{ErrTooMany, http.StatusTooManyRequests},
	{ErrNoRole, http.StatusForbidden},
	{ErrProvider, http.StatusBadGateway},
	{ErrDenied, http.StatusForbidden},
	{ErrUnavailable, http.StatusServiceUnavailable},
	{ErrFlow, http.StatusBadRequest},
	{ErrCrossSite, http.StatusForbidden},
	{ErrOtherPerson, http.StatusForbidden},
	{ErrLocalOff, http.StatusForbidden},
	{ErrDisabled, http.StatusForbidden},
	{ErrWeak, http.StatusUnprocessableEntity},
	{ErrKey, http.StatusUnauthorized},
}

// Status is the HTTP status of an error of this package, 0 for any other.
func Status(err error) int {
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return s.status
		}
	}
	return 0
}

// Sentence is what a page may say of an error of this package, with its capital and full stop; "" for any other.
func Sentence(err error) string {
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			text := s.err.Error()
			return strings.ToUpper(text[:1]) + text[1:] + "."
		}
	}
	return ""
}

// unavailable wraps a failure of the store: it is never an answer about who somebody is.
func unavailable(err error) error { return fmt.Errorf("%w (%w)", ErrUnavailable, err) }

// Local tells whether people may sign in with a password that is kept here.
func (a *Auth) Local() bool { return a.LocalAccounts }

// Provider is the name of the sign-in provider, "" when there is none.
func (a *Auth) Provider() string {
	if a.provider == nil {
		return ""
	}
	return a.provider.name
}

// Address is where a request comes from, without its port. An IPv6 client is its /64, since it can take any address in it.
func (a *Auth) Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if a.Proxied {
		if hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ","); strings.TrimSpace(hops[len(hops)-1]) != "" {
			host = strings.TrimSpace(hops[len(hops)-1])
		}
	}
	ip := net.ParseIP(host)
	if ip == nil || ip.To4() != nil {
		return host
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}

// fail hands an error to the console's page, or says it in plain words where no page was supplied.
func (a *Auth) fail(w http.ResponseWriter, r *http.Request, err error) {
	var many *TooMany
	if errors.As(err, &many) {
		many.header(w.Header())
	}
	w.Header().Set("Cache-Control", "no-store")
	if a.Fail != nil {
		a.Fail(w, r, err)
		return
	}
	http.Error(w, Sentence(err), max(Status(err), http.StatusBadRequest))
}

type contextKey struct{ name string }

var identityKey = contextKey{"identity"}

// WithIdentity puts somebody into a context.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey, id)
}

// IdentityOf is who asks; the zero Identity is a visitor who has not signed in.
func IdentityOf(ctx context.Context) Identity {
	id, _ := ctx.Value(identityKey).(Identity)
	return id
}

// LocalPath is next where it is a path of this site, else "/": a sign-in leads nowhere else (CWE-601). Browsers read a backslash as a
// slash and drop tabs and line ends, so none of these may stand in it.
func LocalPath(next string) string {
	u, err := url.Parse(next)
	odd := func(c rune) bool { return c < 0x20 || c == '\\' || c == 0x7f }
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.Opaque != "", len(next) > 2048:
	case !strings.HasPrefix(next, "/"), strings.HasPrefix(next, "//"), strings.Contains(next, " "), strings.ContainsFunc(next, odd):
	case strings.HasPrefix(u.Path, "//"), strings.ContainsFunc(u.Path, odd): // the same, percent-encoded
	case u.Path == "/signin", u.Path == "/signout", strings.HasPrefix(u.Path, "/signin/"):
	default:
		return next
	}
	return "/"
}
