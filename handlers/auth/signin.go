package auth

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"quittance/db"
	"quittance/db/audit"
)

// maxForm bounds the forms of sign-in, in bytes.
const maxForm = 64 << 10

// SignIn takes the form email, password, next of a local account and leads on to next.
func (a *Auth) SignIn(w http.ResponseWriter, r *http.Request) {
	if err := a.signIn(w, r); err != nil {
		a.fail(w, r, err)
		return
	}
	http.Redirect(w, r, LocalPath(r.PostFormValue("next")), http.StatusSeeOther)
}

func (a *Auth) signIn(w http.ResponseWriter, r *http.Request) error {
	if !a.LocalAccounts {
		return ErrLocalOff
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	u, hash, err := a.prove(r, r.PostFormValue("email"), r.PostFormValue("password"))
	if err != nil {
		return err
	}
	return a.begin(w, r, db.NewSession{User: u.Number, AuthTime: a.store.Now(), Password: hash}, map[any]any{})
}

// prove checks a password. Attempts are counted by account and address together, so that nobody can lock somebody else out, and refused
// ones by address too, so that nobody tries many accounts. An account that does not exist costs what one that does costs.
func (a *Auth) prove(r *http.Request, email, password string) (db.User, string, error) {
	address := a.Address(r)
	pair := strings.ToLower(strings.TrimSpace(email)) + "\n" + address
	if err := a.failures.peek(address); err != nil {
		return db.User{}, "", err
	}
	if _, err := a.pairs.take(pair); err != nil {
		return db.User{}, "", err
	}
	u, hash, err := a.store.Credentials(r.Context(), email)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return db.User{}, "", unavailable(err)
	}
	if hash == "" {
		hash = nobody
	}
	same, err := a.checkPassword(r.Context(), hash, password)
	if err != nil {
		return db.User{}, "", err
	}
	if !same {
		return db.User{}, "", a.refused(r, address, u)
	}
	a.pairs.forget(pair)
	return u, hash, nil
}

// refused counts and notes a wrong password. The note names the account if there is one, never what was typed.
func (a *Auth) refused(r *http.Request, address string, u db.User) error {
	a.failures.take(address)
	var object audit.Object
	if u.Number > 0 {
		object = audit.ObjectOf(audit.KindUser, u.Number)
	}
	if err := a.store.Note(r.Context(), audit.Visitor, audit.SignInFailed, object, nil); err != nil {
		return unavailable(err)
	}
	return ErrCredentials
}

// ConfirmPassword is step-up for a local account: with the right password the session gets a new token and a new time of proof. The new
// cookie is set on w, so it must be called before the answer is written. ErrCredentials, ErrTooMany, ErrUnavailable; ErrFlow for
// somebody who is not signed in, ErrLocalOff where no password counts.
func (a *Auth) ConfirmPassword(w http.ResponseWriter, r *http.Request, password string) error {
	v, err := a.session(r)
	if err != nil {
		return err
	}
	row := rowOf(v)
	switch {
	case row.User.Number == 0:
		return ErrFlow
	case !a.LocalAccounts || !row.User.Local():
		return ErrLocalOff
	}
	u, hash, err := a.prove(r, row.User.Email, password)
	if err != nil {
		return err
	}
	n := db.NewSession{User: u.Number, AuthTime: a.store.Now(), Confirms: true, Password: hash}
	return a.begin(w, r, n, maps.Clone(v.Values))
}

// SignOut ends the session here and, for somebody who came from the sign-in provider, leads on to the provider's end of session.
// Clear-Site-Data leaves cookies alone: it would clear those of every application under the same registrable domain, ours is taken
// away by name.
func (a *Auth) SignOut(w http.ResponseWriter, r *http.Request) {
	v, err := a.session(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	to := "/signin?state=signed-out"
	if hint, ok := v.Values[hintValue].(string); ok {
		to = a.logoutURL(r.Context(), hint, to)
	}
	v.Options.MaxAge = -1
	if err := v.Save(r, w); err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, r, to, http.StatusSeeOther)
}
