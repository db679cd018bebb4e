// Package handlers is the doors of the house: every page and every form of the console, the Watson API beside it, and what stands
// around them (who may pass, headers, limits, the access log). A handler reads like a sentence: who asks, what for, fetch, hand to a
// view. It knows no SQL; what a change means, and that it is written down, is the business of package db.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/db/training"
	"quittance/handlers/auth"
	"quittance/handlers/connect"
	"quittance/handlers/logfile"
	"quittance/handlers/watson"
	"quittance/static"
	"quittance/views"
	"quittance/views/lang"
)

// Config is what the doors need.
type Config struct {
	Store        *db.Store
	Auth         auth.Config
	Log          *slog.Logger
	BatchEvery   time.Duration                                  // as shown on the pages
	CancelWindow time.Duration                                  // in force, as shown on the pages
	Demo         []views.DemoAccount                            // shown at the door; none outside the demo
	TLS          bool                                           // the browser speaks TLS, to us or to a proxy
	Metrics      *Metrics                                       // counts what is answered; nil = nobody asks for it
	SearchRows   int64                                          // how many records a page of a filter looks at; 0 = as many as its time allows
	NextNight    func(now time.Time) time.Time                  // when the nightly work begins next, as shown on the pages; nil = not said
	LookupTime   time.Duration                                  // how long linked services have to answer somebody who waits; 0 = connect.LookupTime
	OpenDSR      *Processor                                     // nil = no controller can send requests
	Notifier     *connect.Notifier                              // its way out for mail and calls; nil = no mail, and the rules for calls
	Languages    []lang.Named                                   // that the console can be read in; nil = those that are complete
	Language     lang.Language                                  // for whom neither settings nor browser name one; "" = English
	Drill        func(by audit.Actor) (number int64, err error) // starts one; nil = none can be started here
	Imports      *logfile.Desk                                  // takes log files in; nil = only the command line does
	Exports      *ExportDesk                                    // makes files in the background; nil = each is sent while one waits
}

// formBytes bounds what a form may send (security.md, "Limits").
const formBytes = 1 << 20

// Server is the console and the API.
type Server struct {
	store *db.Store
	auth  *auth.Auth
	log   *slog.Logger
	conf  Config
	mux   *http.ServeMux
	lines lines
	ways  *upstreams
	dsr   *processors

	training chan struct{} // a place for each file that is being checked

	intake *intake

	notifier *connect.Notifier
	lookup   *connect.Lookup
	fetches  *auth.Limiter // of answers, by address
}

// New builds the doors. Every route of the console passes the permission that the map names for it.
func New(conf Config) (http.Handler, error) {
	s := &Server{training: make(chan struct{}, trainingAtOnce), store: conf.Store, log: orDiscard(conf.Log), conf: conf, mux: http.NewServeMux(), ways: newUpstreams(conf.Store),
		fetches: newFetches(conf.Store), dsr: &processors{limit: auth.NewLimiter(120, 60, conf.Store.Now), kept: map[int64]processor{}}, lookup: &connect.Lookup{Store: conf.Store, Time: conf.LookupTime}, intake: newIntake(conf.Store.Now)}
	s.notifier = newNotifier(conf)
	if s.conf.Languages == nil {
		s.conf.Languages = lang.Offered()
	}
	conf.Auth.Fail = s.signInFailed
	var err error
	if s.auth, err = auth.New(conf.Store, conf.Auth); err != nil {
		return nil, fmt.Errorf("setting up sign-in: %w", err)
	}
	for _, r := range s.routes() {
		s.mux.Handle(strings.Join(strings.Fields(r.pattern), " "), s.guard(r))
	}
	s.mux.HandleFunc("/", s.nowhere)
	top := http.NewServeMux()
	top.Handle("/static/", static.Handler())
	top.HandleFunc("GET /healthz", s.healthz)
	top.HandleFunc("GET /readyz", s.readyz)
	top.HandleFunc("GET /api/openapi.json", s.describe)
	top.HandleFunc("POST /identity/token", s.auth.Token)
	top.HandleFunc("POST /signin/backchannel", s.auth.BackChannel)
	top.HandleFunc("POST "+TicketsPath, s.fileTicket)
	top.HandleFunc("GET "+TicketsPath+"/{number}", s.filedTicket)
	s.dsrDoors(top)
	top.HandleFunc("POST "+connect.CallbackPath+"{token}", s.calledBack)
	api := watson.New(conf.Store, watson.Options{Authenticate: s.authenticateKey, Limit: keyLimits(conf.Store.Now), Upstream: s.ways.behind, Log: s.log})
	top.Handle("/", s.auth.Guard(s.auth.Load(s.speaking(s.mux))))
	return s.around(apart(api, top)), nil
}

// newNotifier gives the way out its words, and who may hear what.
func newNotifier(conf Config) *connect.Notifier {
	n := conf.Notifier
	if n == nil {
		n = new(connect.Notifier)
	}
	n.Store, n.Log, n.Origin, n.May = conf.Store, orDiscard(conf.Log), strings.TrimSuffix(conf.Auth.PublicURL, "/"), mayHear
	n.Words, n.Say = conf.tellNews, conf.mailPhrases
	return n.Start()
}

// apart keeps the API out of the mux, which answers an address with "//" or "/./" by a redirect with a page: no client of an API reads it.
func apart(api, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, watson.Prefix) {
			rest.ServeHTTP(w, r)
			return
		}
		r.Pattern = watson.Prefix
		api.ServeHTTP(w, r)
	})
}

// guard lets through who may pass.
func (s *Server) guard(r route) http.Handler {
	h := s.verb(r.handler)
	if r.fresh {
		h = s.stepUp(h)
	}
	return http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		visitOf(req).route = req.Pattern
		switch id := who(req); {
		case r.needs == auth.Public || id.May(r.needs):
			h.ServeHTTP(w, req)
		case !id.SignedIn():
			s.toTheDoor(w, req)
		default:
			s.refusePermission(w, req)
		}
	}), bodyLimit(r))
}

// bodyLimit is what a form of a route may send. A list of IDs may be as long as a list can be, in the longest way to send it: each byte of a
// form that is no multipart can take three.
func bodyLimit(r route) int64 {
	if strings.HasSuffix(r.pattern, " /erasures/bulk") {
		return 3*label.MaxListBytes + formBytes
	}
	if strings.HasPrefix(r.pattern, "POST /training-check") {
		return training.MaxBytes + formBytes
	}
	if strings.HasPrefix(r.pattern, "POST /imports") {
		return maxImport + formBytes
	}
	if strings.HasSuffix(r.pattern, " /tickets/{number}/files") {
		return db.MaxAttachment + formBytes
	}
	return formBytes
}

func (s *Server) verb(h any) http.Handler {
	switch h := h.(type) {
	case show:
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.serve(s, w, r) })
	case do:
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.serve(s, w, r) })
	case http.HandlerFunc:
		return h
	}
	panic(fmt.Sprintf("a route has a handler of type %T", h))
}

// authenticateKey joins the two packages that know half of it each: whose key it is, and what the API does with it.
func (s *Server) authenticateKey(r *http.Request) (watson.Caller, error) {
	k, err := s.auth.Caller(r)
	var many *auth.TooMany
	switch {
	case errors.As(err, &many):
		return watson.Caller{}, watson.RetryError{After: many.After, Limit: many.Limit, Reset: many.Reset}
	case errors.Is(err, auth.ErrKey):
		return watson.Caller{}, watson.ErrUnauthorized
	}
	return watson.Caller{Key: k.Number, Service: k.Service, Scopes: k.Scopes}, err
}

// keyLimits bound what one key may ask in a minute. Messages are not limited, as IBM's are not; listings and deletions cost more than
// they bring when they come in floods, and each deletion stays on record (watson-api.md, section 1: IBM lets 4 deletions a minute pass).
func keyLimits(now func() time.Time) func(http.Header, int64, string) error {
	limits := map[string]*auth.Limiter{watson.ScopeLogs: auth.NewLimiter(1200, 1200, now), watson.ScopeErase: auth.NewLimiter(600, 2000, now)}
	return func(h http.Header, key int64, scope string) error {
		l, ok := limits[scope]
		if !ok {
			return nil
		}
		var many *auth.TooMany
		if err := l.Take(h, strconv.FormatInt(key, 10)); errors.As(err, &many) {
			return watson.RetryError{After: many.After, Limit: many.Limit, Reset: many.Reset}
		}
		return nil
	}
}

// toTheDoor sends somebody who is not signed in to sign in, and remembers where they wanted to go. A form that one of our routes takes is kept for
// whoever's session has ended meanwhile.
func (s *Server) toTheDoor(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("HX-Request") != "" {
		w.WriteHeader(http.StatusUnauthorized) // a part of a page is asked for: the door does not belong into it
		return
	}
	next, state := "", ""
	switch {
	case r.Method == http.MethodGet:
		next = r.URL.Path
	case strings.HasPrefix(r.Pattern, "POST "):
		next, state = s.afterEnd(w, r)
	}
	http.Redirect(w, r, doorHref(next, state), http.StatusSeeOther)
}

// doorHref is the door that leads on to a path and says what has happened; "" = the overview, and nothing.
func doorHref(next, state string) string {
	href, join := "/signin", "?"
	if next != "" && next != "/" {
		href, join = href+"?next="+strings.ReplaceAll(next, "&", "%26"), "&"
	}
	if state != "" {
		href += join + "state=" + state
	}
	return href
}

func (s *Server) refusePermission(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Note(r.Context(), who(r).Actor(), audit.PermissionRefused, "", nil); err != nil {
		s.fail(w, r, err)
		return
	}
	s.fail(w, r, problem{http.StatusForbidden, "Your role does not allow this", "Nothing was done. Ask an administrator if you need it. The attempt is in the audit trail."})
}

func (s *Server) nowhere(w http.ResponseWriter, r *http.Request) {
	if !who(r).SignedIn() {
		s.toTheDoor(w, r)
		return
	}
	s.fail(w, r, db.ErrNotFound)
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

// readyz answers 200 only when the store can be written to, and tells when the disk is low.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.store.Ready(ctx); err != nil {
		s.log.Error("not ready", "err", err)
		http.Error(w, "the store cannot be written to", http.StatusServiceUnavailable)
		return
	}
	if v, err := s.store.Space(); err == nil && v.Low() { // still 200: deletions must get here
		fmt.Fprintln(w, "ready, but too little of the disk is free: nothing more is taken in")
		return
	}
	fmt.Fprintln(w, "ready")
}
