package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// signIn shows the door. Whoever is in already is sent on.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	page := s.door(r.URL.Query().Get("next"))
	if who(r).SignedIn() {
		http.Redirect(w, r, auth.LocalPath(page.Next), http.StatusSeeOther)
		return
	}
	page.Message = endedWords[r.URL.Query().Get("state")]
	s.render(w, r, http.StatusOK, page)
}

// door is the sign-in page that leads on to a path of this site.
func (s *Server) door(next string) views.SignIn {
	v := views.SignIn{Next: auth.LocalPath(next), Local: s.auth.Local(), Provider: s.auth.Provider(), Accounts: s.conf.Demo}
	if v.Next == "/" {
		v.Next = ""
	}
	return v
}

// atTheDoor are the errors after which one tries again on the sign-in page itself.
var atTheDoor = []error{auth.ErrCredentials, auth.ErrTooMany, auth.ErrDisabled, auth.ErrLocalOff}

// signInFailed answers for package auth. Somebody whose password was wrong sees the door again, with what they typed but the password.
func (s *Server) signInFailed(w http.ResponseWriter, r *http.Request, err error) {
	status := auth.Status(err)
	if !slices.ContainsFunc(atTheDoor, func(e error) bool { return errors.Is(err, e) }) || who(r).SignedIn() {
		s.refuseSignIn(w, r, status, err)
		return
	}
	page := s.door(r.PostFormValue("next"))
	page.Email, page.Error = r.PostFormValue("email"), fromBelow(auth.Sentence(err))
	s.render(w, r, status, page)
}

// refuseSignIn says what no second try at the same form can mend.
func (s *Server) refuseSignIn(w http.ResponseWriter, r *http.Request, status int, err error) {
	if status == 0 {
		s.fail(w, r, err)
		return
	}
	if status >= http.StatusInternalServerError {
		s.log.Error("a sign-in failed", "request", requestID(r), "err", err)
	}
	page := views.Error{Status: status, Title: "This cannot be done now", Detail: fromBelow(auth.Sentence(err)), Request: requestID(r), Href: "/signin", Link: "To the sign-in page"}
	if who(r).SignedIn() {
		page.Href, page.Link = "/", "To the overview"
	}
	s.render(w, r, status, page)
}

// stepUp asks for the password once more before an act that needs a sign-in of the last five minutes, and then goes on with the same form.
func (s *Server) stepUp(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			s.fail(w, r, unreadable(err))
			return
		}
		err := s.confirm(w, r)
		if err != nil {
			s.askAgain(w, r, err)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// errAsk is not an error yet: nobody has been asked.
var errAsk = errors.New("a sign-in of the last five minutes is needed")

// confirm checks the password if the form brings one, and takes it out of the form.
func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	password, given := r.PostFormValue(passwordField), r.PostForm.Has(passwordField)
	r.PostForm.Del(passwordField)
	r.Form.Del(passwordField)
	switch {
	case !s.auth.NeedsStepUp(who(r)):
		return nil
	case !given || !who(r).User.Local():
		return errAsk
	}
	return s.auth.ConfirmPassword(w, r, password)
}

// passwordField is where views.StepUp puts the password: no other form has a field of this name.
const passwordField = "step-up"

// askAgain shows the page that asks, with everything that was posted to go on with.
func (s *Server) askAgain(w http.ResponseWriter, r *http.Request, err error) {
	status, id := http.StatusUnauthorized, who(r)
	act, back := actOf(r)
	page := views.StepUp{Act: act, Email: id.User.Email, Action: r.URL.RequestURI(), Carry: carried(r), Back: back}
	if !id.User.Local() {
		page.Provider, page.Href = s.auth.Provider(), s.auth.StepUpURL(s.backToForm(w, r, back))
	}
	if !errors.Is(err, errAsk) {
		if status = auth.Status(err); status == 0 || status == http.StatusServiceUnavailable {
			s.fail(w, r, err)
			return
		}
		page.Error = fromBelow(auth.Sentence(err))
	}
	var many *auth.TooMany
	if errors.As(err, &many) {
		w.Header().Set("Retry-After", decimal(int64(many.After.Seconds())+1))
	}
	s.render(w, r, status, page)
}

// backToForm keeps what was typed while the sign-in provider asks, and is where it is then offered. What is not kept leaves the page that the
// form stands on.
func (s *Server) backToForm(w http.ResponseWriter, r *http.Request, page string) string {
	if isMultipart(r) {
		return page
	}
	number, err := s.keepForm(w, r, who(r).User.Number)
	if err != nil && !errors.Is(err, db.ErrDraftLong) {
		s.log.Error("keeping a form while somebody signs in again", "request", requestID(r), "route", r.Pattern, "err", err)
	}
	if err != nil || number == 0 {
		return page
	}
	return draftHref(number)
}

func carried(r *http.Request) []views.Hidden {
	var out []views.Hidden
	for _, name := range sortedNames(r.PostForm) {
		for _, value := range r.PostForm[name] {
			out = append(out, views.Hidden{Name: name, Value: value})
		}
	}
	return out
}

// act is what a route that needs a fresh sign-in does, in words, and the page that its form stands on.
type act struct {
	words lang.Word
	back  string
}

// acts has a line for each such route; a test sees to it.
var acts = map[string]act{
	"POST /searches/{token}/csv":                         {"export these records", "/searches/{token}"},
	"POST /lists/{token}/csv":                            {"export what is held under these IDs", "/lists/{token}/found"},
	"POST /holds/{number}/confirm":                       {"confirm the last day of hold {number}", "/holds/{number}"},
	"POST /holds/{number}/lift":                          {"lift hold {number}", "/holds/{number}"},
	"POST /holds/{number}/release":                       {"lift restriction {number}", "/holds/{number}"},
	"POST /tickets/{number}/restrictions/{hold}/release": {"lift restriction {hold}", "/tickets/{number}"},
	"POST /erasures/{number}/approve":                    {"approve erasure {number}", "/erasures/{number}"},
	"POST /batches/{number}/resume":                      {"let batch {number} go on", "/batches/{number}"},
	"POST /batches/{number}/stop":                        {"stop batch {number}", "/batches/{number}"},
	"POST /policies":                                     {"change the policies of the house", "/policies"},
	"POST /bulks/{number}/approve":                       {"approve list {number}", "/bulks/{number}"},
	"POST /bulks/{number}/csv":                           {"export list {number}", "/bulks/{number}"},
	"POST /tickets/{number}/access/release":              {"release the answer to ticket {number}", "/tickets/{number}/access"},
	"POST /tickets/{number}/access/link":                 {"make a link for the answer to ticket {number}", "/tickets/{number}/access"},
	"POST /tickets/{number}/access/passphrase":           {"make a passphrase for the answer to ticket {number}", "/tickets/{number}/access"},
	"POST /tickets/{number}/access/controller":           {"make the answer to ticket {number} ready for its controller", "/tickets/{number}/access"},
	"POST /casefiles/{number}/approve":                   {"approve the destruction of case files", "/casefiles"},
	"POST /statements":                                   {"word the statements anew", "/statements"},
	"POST /exports":                                      {"make an export", "/exports"},
	"POST /exports/{number}/file":                        {"fetch the file of export {number}", "/exports/{number}"},
	"POST /services/{number}/policies":                   {"change how a service behaves", "/services/{number}"},
	"POST /services/{number}/suitability":                {"say what is known of a service", "/services/{number}/suitability"},
	"POST /services/{number}/move":                       {"move a service", "/services/{number}/suitability"},
	"POST /services/{number}/retention":                  {"change how long records are kept", "/services/{number}"},
	"POST /services/{number}/retention/approve":          {"approve a shorter retention", "/services/{number}"},
	"POST /services":                                     {"add a service", "/services/new"},
	"POST /services/test":                                {"test a connection", "/services/new"},
	"POST /services/{number}/link":                       {"change how a service is called", "/services/{number}"},
	"POST /services/{number}/test":                       {"test a connection", "/services/{number}"},
	"POST /services/{number}/remove":                     {"remove a link", "/services/{number}"},
	"POST /services/{number}/keys":                       {"make an API key", "/services/{number}"},
	"POST /services/{number}/keys/{key}/revoke":          {"revoke an API key", "/services/{number}"},
	"POST /keys":                                         {"make a key of the desk", "/keys"},
	"POST /keys/{key}/revoke":                            {"revoke a key of the desk", "/keys"},
	"POST /webhooks":                                     {"add a webhook", "/webhooks"},
	"POST /webhooks/{number}/test":                       {"test a webhook", "/webhooks"},
	"POST /webhooks/{number}/remove":                     {"remove a webhook", "/webhooks"},
	"POST /users":                                        {"add a person", "/users/new"},
	"POST /users/{number}":                               {"change this account", "/users/{number}"},
	"POST /users/{number}/password":                      {"set a password", "/users/{number}"},
	"POST /users/{number}/disable":                       {"disable this account", "/users/{number}"},
	"POST /users/{number}/enable":                        {"enable this account", "/users/{number}"},
}

func actOf(r *http.Request) (words lang.Word, back string) {
	a, ok := actOfRoute(r.Pattern)
	if !ok {
		return "go on", "/"
	}
	number, token := r.PathValue("number"), r.PathValue("token")
	back = strings.NewReplacer("{number}", number, "{token}", token).Replace(a.back)
	return lang.Said(a.words, "number", number, "token", token), auth.LocalPath(back)
}

// actOfRoute looks among the acts and among the tables of the console. The keys have no page of their own.
func actOfRoute(pattern string) (act, bool) {
	for _, t := range tables {
		if t.pattern() == pattern {
			return act{lang.Said("export {what}", "what", t.words), strings.TrimSuffix(t.path, "/keys")}, true
		}
	}
	a, ok := acts[pattern]
	return a, ok
}

// unreadable is a form that could not be read: too large, or not a form.
func unreadable(err error) problem {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problem{http.StatusRequestEntityTooLarge, "This form is too large", lang.Said("At most {n} MiB can be sent with this form, and nothing was done. Go back in this browser: what you typed is still there. Shorten it, divide a list, or choose a smaller file.", "n", lang.Figure(large.Limit>>20))}
	}
	return problem{http.StatusBadRequest, "This form could not be read", "It came in part or broken, and nothing was done. Go back in this browser and send it once more."}
}

// theme keeps light or dark in a cookie, so that the next page does not flash, and with the person if there is one.
func (s *Server) theme(w http.ResponseWriter, r *http.Request) {
	theme := knownTheme(r.PostFormValue("theme"))
	if u := who(r).User; who(r).SignedIn() && u.Theme != theme {
		if err := s.store.SetPreferences(r.Context(), u.Number, theme, u.Density, u.Zone); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	http.SetCookie(w, s.themeCookie(theme))
	http.Redirect(w, r, auth.LocalPath(r.PostFormValue("back")), http.StatusSeeOther)
}

// knownTheme is "light", "dark", or "" to follow the system.
func knownTheme(word string) string {
	if word == "light" || word == "dark" {
		return word
	}
	return ""
}

func (s *Server) themeCookie(theme string) *http.Cookie {
	c := &http.Cookie{Name: "theme", Value: theme, Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, Secure: s.conf.TLS, SameSite: http.SameSiteLaxMode}
	if theme == "" {
		c.MaxAge = -1
	}
	return c
}

// errSelf: whoever changes their own roles could take away the second pair of eyes.
var errSelf = problem{http.StatusForbidden, "Another administrator has to do this", "Nobody changes the roles or the state of their own account."}

// said is the sentence of an error that a form shows beside its field, "" for one that it does not know.
func said(err error, known ...error) lang.Word {
	for _, e := range known {
		if errors.Is(err, e) {
			return sayIt(e)
		}
	}
	return ""
}
