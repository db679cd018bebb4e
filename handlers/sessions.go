package handlers

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views"
)

// sessions shows where one is signed in.
func (s *Server) sessions(r *http.Request) (templ.Component, error) {
	list, err := s.store.SessionsOf(r.Context(), who(r).User.Number)
	return views.Sessions{Rows: sessionRows(r, list)}, err
}

// sessionRows shows sessions; addresses are not kept, so none is shown.
func sessionRows(r *http.Request, list []db.Session) []views.SessionRow {
	out := make([]views.SessionRow, len(list))
	for i, v := range list {
		out[i] = views.SessionRow{Number: v.Number, Browser: v.Agent, Current: v.Number == who(r).Session, SignedIn: moment(r, v.Created), LastSeen: moment(r, v.Seen),
			Ends: moment(r, v.Expires()), End: true}
	}
	return out
}

// endSession ends a session of one's own; who manages accounts may end anybody's. To all others somebody else's session does not exist.
func (s *Server) endSession(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	owner, err := s.store.SessionOwner(r.Context(), number)
	own := owner == who(r).User.Number
	if err != nil || !own && !who(r).May(auth.Users) {
		return "", errors.Join(db.ErrNotFound, err)
	}
	if err := s.store.EndSession(r.Context(), who(r).Actor(), owner, number); err != nil {
		return "", err
	}
	if number == who(r).Session {
		return "/signin?state=signed-out", nil
	}
	notify(r, "ok", "The session is ended.")
	if own {
		return "/sessions", nil
	}
	return userHref(owner), nil
}
