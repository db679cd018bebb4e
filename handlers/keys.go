package handlers

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// keys is the page of the desk's keys: those that belong to no service.
func (s *Server) keys(r *http.Request) (templ.Component, error) { return s.keysPage(r) }

func (s *Server) keysPage(r *http.Request) (v views.Keys, err error) {
	all, err := s.store.KeysOf(r.Context(), 0)
	if err != nil {
		return v, err
	}
	v = views.Keys{Manage: who(r).May(auth.Services), Curl: s.filingCurl()}
	if s.conf.OpenDSR != nil {
		v.DSR = s.conf.Auth.PublicURL + DSRPath + dsrVersions[0]
	}
	for _, k := range all {
		by, err := s.keyMaker(r, k.Number)
		if err != nil {
			return v, err
		}
		v.Rows = append(v.Rows, views.DeskKeyRow{KeyRow: s.keyRow(r, k), Made: moment(r, k.Created), MadeBy: by})
	}
	return v, nil
}

// keyMaker is who made a key, as the audit trail has it.
func (s *Server) keyMaker(r *http.Request, number int64) (lang.Word, error) {
	made, err := s.store.AuditEntries(r.Context(), db.AuditQuery{Object: audit.ObjectOf(audit.KindKey, number), Event: string(audit.KeyAdded), Limit: 1})
	if err != nil || len(made) == 0 {
		return "", err
	}
	return s.names(r).actor(made[0].Actor), nil
}

func (s *Server) filingCurl() string {
	return "curl -u \"apikey:KEY\" -H \"Content-Type: application/json\" \\\n  -d '{\"right\":\"access\",\"regime\":\"eu-gdpr\",\"region\":\"eu\",\"customer_ids\":[\"ID\"]}' \\\n  \"" + s.conf.Auth.PublicURL + "/api/tickets\""
}

// submitDeskKey makes a key of the desk and shows it on the page that answers, this once.
func (s *Server) submitDeskKey(r *http.Request) (templ.Component, error) {
	form := newKeyOf(r)
	until, wrong := s.expiry(r, form.Expires)
	form.NameErr, form.ExpiresErr = nameError(form.Name), wrong
	var full string
	var err error
	if form.NameErr+form.ExpiresErr == "" {
		full, _, err = s.store.AddKey(r.Context(), who(r).Actor(), db.NewKey{Name: form.Name, Scopes: []string{db.ScopeTickets}, Expires: until})
		form.ExpiresErr = said(err, db.ErrExpired)
	}
	refusal := form.NameErr+form.ExpiresErr != ""
	if err != nil && !refusal {
		return nil, err
	}
	page, err := s.keysPage(r)
	switch {
	case err != nil:
		return nil, err
	case refusal:
		page.NewKey = form
		return nil, refused{page}
	}
	page.Fresh = &views.FreshKey{Name: form.Name, Secret: full}
	return page, nil
}

// revokeDeskKey ends a key of the desk. A key of a service is not found here.
func (s *Server) revokeDeskKey(r *http.Request) (string, error) {
	number, err := pathNumber(r, "key")
	if err != nil {
		return "", err
	}
	return "/keys", s.endKey(r, number, 0)
}

// endKey revokes a key of a service; 0 = of the desk.
func (s *Server) endKey(r *http.Request, key, service int64) error {
	k, err := s.store.Key(r.Context(), key)
	if err != nil || k.Service != service {
		return errors.Join(db.ErrNotFound, err)
	}
	if !k.Revoked.IsZero() {
		return db.ErrMoved
	}
	notify(r, "ok", "The key is revoked. Whatever still uses it is refused from now on.")
	return s.store.RevokeKey(r.Context(), who(r).Actor(), key)
}
