package auth

import (
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"quittance/db"
)

// The cookie holds 32 random bytes and nothing else. The __Host- prefix makes browsers refuse one that another host, a path or plain http
// has set (RFC 6265bis, section 4.1.3.2). It demands Secure, which only Chromium accepts over plain http on loopback; other browsers get
// the plain name there. Anything but loopback without TLS is refused at start (security.md).
const (
	cookieHost  = "__Host-q"
	cookiePlain = "q"
)

// What a session carries along, under these keys of its Values.
const (
	flowValue    = "flow"     // a sign-in that was begun at the provider
	hintValue    = "id_token" // for the provider's end_session_endpoint
	noticeValue  = "notice"   // a message for the next page
	maxHintBytes = 8 << 10
)

// rowKey is the key of Values under which the stored session stands while a request runs. It is never stored itself.
type rowKey struct{}

// Notice is a message that the next page shows once.
type Notice struct{ Tone, Text, Link, Href string }

func init() {
	gob.Register(Notice{})
	gob.Register(flow{})
}

// sessionStore implements sessions.Store over the database: revocable at once, and nothing but a hash of the token is kept.
type sessionStore struct {
	db     *db.Store
	secure bool // browsers reach us over TLS
}

func (s *sessionStore) overTLS(r *http.Request) bool { return s.secure || r.TLS != nil }

// name is the cookie's name for this browser.
func (s *sessionStore) name(r *http.Request) string {
	if s.overTLS(r) || strings.Contains(r.UserAgent(), "Chrome/") {
		return cookieHost
	}
	return cookiePlain
}

// options are the cookie's attributes. Lax, because a Strict cookie would not come back with the provider's redirect. It has no Max-Age:
// how long a session lasts is the store's matter.
func (s *sessionStore) options(name string) *sessions.Options {
	return &sessions.Options{Path: "/", HttpOnly: true, Secure: name == cookieHost, SameSite: http.SameSiteLaxMode}
}

// Get returns the session of a request, read once for the request.
func (s *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session of a request. A token that is not in the store, or whose session has ended, gives a new session and is never
// taken over (session fixation). An error means that the store could not be asked: ErrUnavailable, which is not "signed out".
func (s *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	v := sessions.NewSession(s, name)
	v.IsNew, v.Options = true, s.options(name)
	c, err := r.Cookie(name)
	if err != nil {
		return v, nil
	}
	row, err := s.db.SessionByToken(r.Context(), c.Value)
	if errors.Is(err, db.ErrNotFound) || errors.Is(err, db.ErrExpired) {
		return v, nil
	}
	if err != nil {
		return v, unavailable(err)
	}
	if len(row.Data) > 0 {
		if err := (securecookie.GobEncoder{}).Deserialize(row.Data, &v.Values); err != nil {
			return v, unavailable(fmt.Errorf("reading what a session carries: %w", err))
		}
	}
	v.IsNew = false
	v.Values[rowKey{}] = row
	return v, nil
}

// Save keeps what a session carries; a new one begins as a visit and gets its cookie. With MaxAge < 0 it ends the session instead.
func (s *sessionStore) Save(r *http.Request, w http.ResponseWriter, v *sessions.Session) error {
	if v.Options.MaxAge < 0 {
		return s.end(r, w, v)
	}
	data, err := encode(v.Values)
	if err != nil {
		return err
	}
	row := rowOf(v)
	if row.Number == 0 {
		token, row, err := s.db.StartVisit(r.Context(), agentOf(r.UserAgent()), data)
		if err != nil {
			return unavailable(err)
		}
		s.give(w, v, token, row)
		return nil
	}
	if err := s.db.SaveSession(r.Context(), row.Number, data); err != nil {
		return unavailable(err)
	}
	row.Data = data
	v.Values[rowKey{}] = row
	return nil
}

// give hands a session's token to the browser.
func (s *sessionStore) give(w http.ResponseWriter, v *sessions.Session, token string, row db.Session) {
	http.SetCookie(w, sessions.NewCookie(v.Name(), token, v.Options))
	v.Values[rowKey{}], v.IsNew = row, false
}

// end takes the cookie away first: if the store fails, at least this browser has forgotten the token.
func (s *sessionStore) end(r *http.Request, w http.ResponseWriter, v *sessions.Session) error {
	http.SetCookie(w, sessions.NewCookie(v.Name(), "", v.Options))
	row := rowOf(v)
	if row.User.Number == 0 {
		return nil
	}
	if err := s.db.SignOut(r.Context(), row.User.Number, row.Number); err != nil && !errors.Is(err, db.ErrNotFound) {
		return unavailable(err)
	}
	return nil
}

func encode(values map[any]any) ([]byte, error) {
	kept := maps.Clone(values)
	delete(kept, rowKey{})
	if len(kept) == 0 {
		return nil, nil
	}
	data, err := securecookie.GobEncoder{}.Serialize(kept)
	if err != nil {
		return nil, fmt.Errorf("writing what a session carries: %w", err)
	}
	return data, nil
}

// rowOf is the stored session behind v; its Number is 0 when there is none yet.
func rowOf(v *sessions.Session) db.Session {
	row, _ := v.Values[rowKey{}].(db.Session)
	return row
}

func (a *Auth) session(r *http.Request) (*sessions.Session, error) {
	return a.sessions.Get(r, a.sessions.name(r))
}

// begin starts a session for somebody who has proved who they are, with a new token; the one before is dead at once.
func (a *Auth) begin(w http.ResponseWriter, r *http.Request, n db.NewSession, values map[any]any) error {
	v, err := a.session(r)
	if err != nil {
		return err
	}
	if n.Data, err = encode(values); err != nil {
		return err
	}
	n.Replaces, n.Agent = rowOf(v).Number, agentOf(r.UserAgent())
	token, row, err := a.store.StartSession(r.Context(), n)
	switch {
	case errors.Is(err, db.ErrDisabled):
		return ErrDisabled
	case errors.Is(err, db.ErrMoved):
		return ErrCredentials
	case errors.Is(err, db.ErrNotFound):
		return ErrFlow
	case err != nil:
		return unavailable(err)
	}
	v.Values = values
	a.sessions.give(w, v, token, row)
	return nil
}

// Load puts whoever asks into the context of the request. When the store cannot be asked it answers 503 and goes no further.
func (a *Auth) Load(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := a.session(r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(WithIdentity(r.Context(), identityOf(rowOf(v)))))
	})
}

func identityOf(row db.Session) Identity {
	if row.User.Number == 0 {
		return Identity{}
	}
	return Identity{User: row.User, Session: row.Number, AuthTime: row.AuthTime, Expires: row.Expires(), Ends: row.Ends()}
}

// Guard refuses requests that change something and were not sent from our own pages. http.CrossOriginProtection lets a request without
// any of its headers pass, as from a tool; routes that go by a cookie are for browsers alone, and every browser sends one of the two.
func (a *Auth) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
		if !safe && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
			a.fail(w, r, fmt.Errorf("%w: neither Sec-Fetch-Site nor Origin", ErrCrossSite))
			return
		}
		if err := a.cross.Check(r); err != nil {
			a.fail(w, r, fmt.Errorf("%w: %w", ErrCrossSite, err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Say keeps a message for the next page of somebody who is signed in. It must be called before the answer is written.
func (a *Auth) Say(w http.ResponseWriter, r *http.Request, n Notice) error {
	v, err := a.session(r)
	if err != nil || rowOf(v).User.Number == 0 {
		return err
	}
	v.Values[noticeValue] = n
	return v.Save(r, w)
}

// Said takes the message away that was kept for this page.
func (a *Auth) Said(w http.ResponseWriter, r *http.Request) (Notice, bool) {
	v, err := a.session(r)
	if err != nil {
		return Notice{}, false
	}
	n, ok := v.Values[noticeValue].(Notice)
	if !ok {
		return Notice{}, false
	}
	delete(v.Values, noticeValue)
	if err := v.Save(r, w); err != nil {
		a.Log.Warn("taking a message out of a session", "error", err)
	}
	return n, true
}

// agentOf names a browser so that people know their own sessions; the long string of the header is not kept.
func agentOf(ua string) string {
	return firstOf(ua, "Another browser", "Edg/", "Edge", "Firefox/", "Firefox", "OPR/", "Opera", "Chrome/", "Chrome", "Safari/", "Safari") +
		firstOf(ua, "", "Windows", " on Windows", "Android", " on Android", "iPhone", " on iPhone", "iPad", " on iPad", "Mac OS X", " on macOS", "Linux", " on Linux")
}

// firstOf gives the word beside the first mark that stands in s.
func firstOf(s, otherwise string, marks ...string) string {
	for i := 0; i+1 < len(marks); i += 2 {
		if strings.Contains(s, marks[i]) {
			return marks[i+1]
		}
	}
	return otherwise
}
