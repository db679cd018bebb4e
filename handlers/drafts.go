package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// unkept are the fields of which nothing is kept: passwords and other secrets, and the words that are typed to confirm, which mean something only
// at the moment of the act.
var unkept = []string{passwordField, "password", "credential", "headers", "confirm"}

// sentForm is the field by which a form that was offered again names what it was kept as.
const sentForm = "kept-form"

// What the door says to somebody whose form arrived after the end of their session.
var endedWords = map[string]lang.Word{
	"signed-out": "You have signed out.",
	"kept":       "Your session had ended, so nothing was done. What you typed is kept for a day: sign in again in this browser, and it is offered to you.",
	"file":       "Your session had ended, so nothing was done. The form came with a file, and nothing of such a form is kept. Choose the file again after you have signed in.",
	"long":       "Your session had ended, so nothing was done. What you sent is too long to be kept. Go back in this browser and copy it, then sign in.",
	"ended":      "Your session had ended, so nothing was done. Sign in to go on.",
	"lost":       "Your session had ended, so nothing was done. What you sent could not be kept. Go back in this browser and copy it, then sign in.",
}

// afterEnd keeps what a form brought whose session has ended, and tells where the door leads on to and what it says. A form of somebody who
// was not signed in at all is not kept: it may have been sent by anybody.
func (s *Server) afterEnd(w http.ResponseWriter, r *http.Request) (next, state string) {
	user, err := s.auth.EndedUser(r)
	switch {
	case errors.Is(err, http.ErrNoCookie) || r.Pattern == "POST /signout":
		return "", ""
	case isMultipart(r):
		return pageOf(r).Path, "file"
	}
	number := int64(0)
	if err == nil {
		number, err = s.keepForm(w, r, user)
	}
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, db.ErrDraftLong), errors.As(err, &large):
		return pageOf(r).Path, "long"
	case err != nil:
		if !errors.Is(err, db.ErrNotFound) {
			s.log.Error("keeping a form whose session had ended", "request", requestID(r), "route", r.Pattern, "err", err)
		}
		return pageOf(r).Path, "lost"
	case number == 0:
		return pageOf(r).Path, "ended"
	}
	return draftHref(number), "kept"
}

func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// keepForm keeps what somebody typed for them and for this browser. 0 = there was nothing to keep.
func (s *Server) keepForm(w http.ResponseWriter, r *http.Request, user int64) (int64, error) {
	if err := r.ParseForm(); err != nil {
		return 0, err
	}
	fields := typed(r.PostForm)
	if len(fields) == 0 {
		return 0, nil
	}
	token := s.auth.FormToken(r)
	if own, err := s.store.Drafts(r.Context(), user, token); err != nil || len(own) == 0 {
		token = "" // nobody's, or another person's of this browser
	}
	number, token, err := s.store.KeepDraft(r.Context(), user, token, db.DraftForm{Action: r.URL.RequestURI(), Page: pageOf(r).RequestURI(), Fields: fields})
	if err == nil {
		s.auth.GiveFormToken(w, r, token)
	}
	return number, err
}

// typed are the fields that are kept: none of the secret ones, and nothing of a form that holds nothing.
func typed(form url.Values) url.Values {
	out, any := url.Values{}, false
	for name, values := range form {
		if slices.Contains(unkept, name) || name == sentForm {
			continue
		}
		out[name] = values
		any = any || slices.ContainsFunc(values, func(v string) bool { return v != "" })
	}
	if !any {
		return nil
	}
	return out
}

// pageOf is the page of ours that a form stood on, as the browser says. A page that answers a form has no address of its own; there it is the one
// that the act belongs to.
func pageOf(r *http.Request) *url.URL {
	page := &url.URL{Path: "/"}
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
		if local, err := url.Parse(auth.LocalPath(u.RequestURI())); err == nil {
			page = local
		}
	}
	if page.Path == r.URL.Path {
		if _, back := actOf(r); back != "/" {
			page = &url.URL{Path: back}
		}
	}
	return page
}

func draftHref(number int64) string { return "/drafts/" + decimal(number) }

// draft shows the page that a form stood on, as it is now, with what was typed in it. Nothing is sent by itself. Where the page is not there any
// more or has no such form, what was typed is shown to be copied.
func (s *Server) draft(w http.ResponseWriter, r *http.Request) {
	number, err := pathNumber(r, "number")
	var d db.Draft
	if err == nil {
		d, err = s.store.Draft(r.Context(), who(r).User.Number, s.auth.FormToken(r), number)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	note := views.KeptForm{Number: d.Number, When: moment(r, d.Made), Fields: keptFields(d.Fields)}
	if page, ok := s.refilled(r, d, note); ok {
		s.render(w, r, http.StatusOK, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := w.Write(page)
			return err
		}))
		return
	}
	s.render(w, r, http.StatusOK, note)
}

// keptFields are what was typed, by the names of the fields.
func keptFields(fields url.Values) []views.KeptField {
	var out []views.KeptField
	for _, name := range sortedNames(fields) {
		for _, value := range fields[name] {
			if value != "" {
				out = append(out, views.KeptField{Name: name, Value: value})
			}
		}
	}
	return out
}

// refilled asks for the page with the person's own rights and fills its form.
func (s *Server) refilled(r *http.Request, d db.Draft, note views.KeptForm) ([]byte, bool) {
	if d.Page == "" || strings.HasPrefix(d.Page, "/drafts/") {
		return nil, false
	}
	inner := r.Clone(r.Context())
	u, err := url.Parse(d.Page)
	if err != nil {
		return nil, false
	}
	inner.URL, inner.RequestURI = u, d.Page
	inner.Header.Del("Accept-Encoding")
	got := &kept{header: http.Header{}, status: http.StatusOK}
	own := visitOf(r).route
	s.mux.ServeHTTP(got, inner)
	visitOf(r).route = own // the access log names what was asked for
	if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		return nil, false
	}
	var above bytes.Buffer
	if err := note.Note().Render(r.Context(), &above); err != nil {
		return nil, false
	}
	return refill(got.body.Bytes(), d, above.Bytes())
}

// kept is an answer that goes to nobody.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// discardDraft removes what was typed.
func (s *Server) discardDraft(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	notify(r, "ok", "What you had typed is discarded.")
	return "/", s.store.DropDraft(r.Context(), who(r).User.Number, s.auth.FormToken(r), number)
}

// formSent removes what was kept of a form that has now done what it is for. What stays because this fails is gone after a day.
func (s *Server) formSent(r *http.Request) {
	number, err := strconv.ParseInt(r.PostFormValue(sentForm), 10, 64)
	if err != nil || r.Method != http.MethodPost || !who(r).SignedIn() {
		return
	}
	if err := s.store.DropDraft(r.Context(), who(r).User.Number, s.auth.FormToken(r), number); err != nil {
		s.log.Warn("removing a form that was sent", "request", requestID(r), "err", err)
	}
}

// homeForms lists the forms that this person's browser sent too late.
func (s *Server) homeForms(r *http.Request, v *views.Home) error {
	token := s.auth.FormToken(r)
	if token == "" {
		return nil
	}
	list, err := s.store.Drafts(r.Context(), who(r).User.Number, token)
	for _, d := range list {
		v.Waiting = append(v.Waiting, views.WaitingItem{What: "Look at a form that you filled in", Sub: "It was not sent", Href: draftHref(d.Number), Since: moment(r, d.Made)})
	}
	return err
}
