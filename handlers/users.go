package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// users lists who may sign in.
func (s *Server) users(r *http.Request) (templ.Component, error) {
	v := views.Users{Empty: views.Empty{Title: "Nobody yet", Detail: "People who may sign in will stand here."}}
	list, err := s.store.Users(r.Context())
	if err != nil {
		return nil, err
	}
	for _, u := range list {
		open, err := s.store.SessionsOf(r.Context(), u.Number)
		if err != nil {
			return nil, err
		}
		v.Rows = append(v.Rows, views.UserRow{Number: u.Number, Name: u.Name, Email: u.Email, Roles: roleWords(u.Roles), SignIn: s.signsInBy(u),
			LastSeen: moment(r, u.Seen), Sessions: int64(len(open)), State: userState(u)})
	}
	return v, nil
}

// signsInBy is how somebody signs in. A provider that is no longer configured is named by its address.
func (s *Server) signsInBy(u db.User) lang.Word {
	switch {
	case u.Local():
		return "local"
	case u.Issuer == s.conf.Auth.Issuer:
		return lang.Raw(s.auth.Provider())
	}
	return lang.Raw(u.Issuer)
}

func userState(u db.User) views.State {
	if !u.Disabled.IsZero() {
		return views.State{Tone: "erased", Icon: "ban", Word: "Disabled"}
	}
	return views.State{Tone: "ok", Word: "May sign in"}
}

func (s *Server) newUser(*http.Request) (templ.Component, error) { return views.NewUser{}, nil }

// submitUser makes a local account.
func (s *Server) submitUser(r *http.Request) (string, error) {
	page := views.NewUser{Email: text(r, "email"), Name: text(r, "name"), Roles: roleChoice(r.PostForm["role"])}
	page.NameErr = nameError(page.Name)
	hash, err := auth.HashPassword(r.PostFormValue("password"))
	page.PasswordErr = fromBelow(auth.Sentence(err))
	if cmp.Or(page.NameErr, page.PasswordErr) != "" {
		return "", refused{page}
	}
	u, err := s.store.AddUser(r.Context(), who(r).Actor(), db.NewUser{Email: page.Email, Name: page.Name, Roles: r.PostForm["role"], Password: hash})
	page.EmailErr, page.Roles.Error = said(err, db.ErrEmail), said(err, db.ErrRoles)
	if errors.Is(err, db.ErrTaken) {
		page.EmailErr = "There is a local account with this address already."
	}
	if cmp.Or(page.EmailErr, page.Roles.Error) != "" {
		return "", refused{page}
	}
	notify(r, "ok", "The account is made. Give the person their password in a safe way.")
	return userHref(u.Number), err
}

func roleChoice(roles []string) views.RoleChoice {
	has := func(role string) bool { return slices.Contains(roles, role) }
	return views.RoleChoice{Support: has(db.RoleSupport), Officer: has(db.RoleOfficer), Auditor: has(db.RoleAuditor), Admin: has(db.RoleAdmin)}
}

func (s *Server) user(r *http.Request) (templ.Component, error) {
	u, err := s.userOf(r)
	if err != nil {
		return nil, err
	}
	return s.userPage(r, u)
}

// userOf is the account that the path names.
func (s *Server) userOf(r *http.Request) (db.User, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return db.User{}, err
	}
	return s.store.User(r.Context(), number)
}

func (s *Server) userPage(r *http.Request, u db.User) (views.User, error) {
	sessions, err := s.store.SessionsOf(r.Context(), u.Number)
	facts := []views.KV{{Key: "Signs in by", Value: s.signsInBy(u)}, {Key: "Added", Value: lang.Moment(moment(r, u.Created).Text)}}
	if !u.Seen.IsZero() {
		facts = append(facts, views.KV{Key: "Last sign-in", Value: lang.Moment(moment(r, u.Seen).Text)})
	}
	if !u.Disabled.IsZero() {
		facts = append(facts, views.KV{Key: "Disabled", Value: lang.Moment(moment(r, u.Disabled).Text)})
	}
	facts = append(facts, views.KV{Key: "In the audit trail", Value: lang.Raw(string(u.Actor())), Mono: true, Href: "/audit?actor=user%2F" + decimal(u.Number)})
	return views.User{Number: u.Number, Name: u.Name, Email: u.Email, State: userState(u), Facts: facts, Local: u.Local(), Roles: roleChoice(u.Roles),
		Self: u.Number == who(r).User.Number, Disabled: !u.Disabled.IsZero(), Sessions: sessionRows(r, sessions)}, err
}

// changeUser changes name and roles. One's own roles, and those that a provider gives, stay as they are.
func (s *Server) changeUser(r *http.Request) (string, error) {
	u, err := s.userOf(r)
	if err != nil {
		return "", err
	}
	page, err := s.userPage(r, u)
	if err != nil {
		return "", err
	}
	page.Name = text(r, "name")
	if page.NameErr = nameError(page.Name); page.NameErr == "" && page.Name != u.Name {
		err = s.store.SetName(r.Context(), who(r).Actor(), u.Number, page.Name)
		page.NameErr = said(err, db.ErrFederated)
	}
	if page.NameErr == "" && err == nil && page.Local && !page.Self {
		err = s.changeRoles(r, u, &page)
	}
	if cmp.Or(page.NameErr, page.Roles.Error) != "" {
		return "", refused{page}
	}
	notify(r, "ok", "The account is changed.")
	return userHref(u.Number), err
}

// changeRoles gives other roles, which ends the person's sessions; the same roles again change nothing.
func (s *Server) changeRoles(r *http.Request, u db.User, page *views.User) error {
	roles := r.PostForm["role"]
	if page.Roles = roleChoice(roles); page.Roles == roleChoice(u.Roles) && len(roles) == len(u.Roles) {
		return nil
	}
	err := s.store.SetRoles(r.Context(), who(r).Actor(), u.Number, roles)
	page.Roles.Error = said(err, db.ErrRoles, db.ErrLastAdmin)
	return err
}

// setPassword sets a password, which ends the person's sessions: after one's own, one signs in with it.
func (s *Server) setPassword(r *http.Request) (string, error) {
	u, err := s.userOf(r)
	if err != nil {
		return "", err
	}
	page, err := s.userPage(r, u)
	if err != nil {
		return "", err
	}
	hash, err := auth.HashPassword(r.PostFormValue("password"))
	if page.PasswordErr = fromBelow(auth.Sentence(err)); page.PasswordErr != "" {
		return "", refused{page}
	}
	err = s.store.SetPassword(r.Context(), who(r).Actor(), u.Number, hash)
	if page.Error = said(err, db.ErrFederated); page.Error != "" {
		return "", refused{page}
	}
	if page.Self {
		return "/signin", err
	}
	notify(r, "ok", "The password is set, and the person's sessions are ended.")
	return userHref(u.Number), err
}

// disableUser keeps somebody out, at once.
func (s *Server) disableUser(r *http.Request) (string, error) {
	return s.switchUser(r, s.store.Disable, "The account is disabled, and the person's sessions are ended.")
}

// enableUser lets somebody in again.
func (s *Server) enableUser(r *http.Request) (string, error) {
	return s.switchUser(r, s.store.Enable, "The account is enabled again.")
}

func (s *Server) switchUser(r *http.Request, change userChange, done lang.Word) (string, error) {
	u, err := s.userOf(r)
	if err != nil {
		return "", err
	}
	if u.Number == who(r).User.Number {
		return "", errSelf
	}
	err = change(r.Context(), who(r).Actor(), u.Number)
	if errors.Is(err, db.ErrNotFound) {
		return "", db.ErrMoved // it was read a moment ago, so somebody else has switched it
	}
	notify(r, "ok", done)
	return userHref(u.Number), err
}

// userChange is a change of package db to one account.
type userChange = func(ctx context.Context, by audit.Actor, number int64) error

func userHref(number int64) string { return "/users/" + decimal(number) }
