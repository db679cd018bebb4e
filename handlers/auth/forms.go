package auth

import (
	"net/http"

	"quittance/db"
)

// EndedUser is whose session the cookie of a request was of that has ended. db.ErrNotFound when that is not known; http.ErrNoCookie for a
// browser that brings none.
func (a *Auth) EndedUser(r *http.Request) (int64, error) {
	c, err := r.Cookie(a.sessions.name(r))
	if err != nil {
		return 0, err
	}
	return a.store.EndedSession(r.Context(), c.Value)
}

// formCookie is named like the session's, so that it gets the same protection. It outlives the session, whose cookie a sign-in replaces.
func (a *Auth) formCookie(r *http.Request) string { return a.sessions.name(r) + "-form" }

// FormToken is what this browser shows to get back a form that was kept for it; "" = it has none.
func (a *Auth) FormToken(r *http.Request) string {
	c, err := r.Cookie(a.formCookie(r))
	if err != nil {
		return ""
	}
	return c.Value
}

// GiveFormToken hands the token to the browser, for as long as a form is kept. It must be called before the answer is written.
func (a *Auth) GiveFormToken(w http.ResponseWriter, r *http.Request, token string) {
	o := a.sessions.options(a.sessions.name(r))
	http.SetCookie(w, &http.Cookie{Name: a.formCookie(r), Value: token, Path: o.Path, MaxAge: int(db.DraftLife.Seconds()), HttpOnly: o.HttpOnly, Secure: o.Secure, SameSite: o.SameSite})
}
