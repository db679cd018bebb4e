// Package watson is the door that speaks IBM Watson's HTTP API: applications send labelled data, list their logs and ask for deletions
// with the clients and curl commands that they already have. It knows the wire (paths, JSON, errors, cursors) and the rules of its fields;
// who a key belongs to is told to it by Authenticate, and what is stored, in which order and for how long is the store's business. Client is the
// other end of the same wire: it calls real instances, or ours.
package watson

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// Prefix is where the handler is mounted. What follows it, up to the instance's GUID, is the serviceUrl of IBM's clients.
const Prefix = "/instances/"

// Scopes of an API key (design.md section 1).
const (
	ScopeIngest = "ingest"
	ScopeLogs   = "logs"
	ScopeErase  = "erase"
)

// Errors that Authenticate answers with; db.ErrKey is as good as ErrUnauthorized. Any other error is taken for a store that cannot be asked: 503, never "come in".
var (
	ErrUnauthorized = errors.New("no valid credentials")
	ErrForbidden    = errors.New("these credentials may not do this")
	ErrTooMany      = errors.New("too many requests")
)

// RetryError is an ErrTooMany that knows when to come again.
type RetryError struct {
	After time.Duration
	Limit int       // how many may come at once; 0 = not counted
	Reset time.Time // when as many may come again
}

// Error implements error.
func (e RetryError) Error() string { return ErrTooMany.Error() }

// Unwrap makes it an ErrTooMany.
func (e RetryError) Unwrap() error { return ErrTooMany }

// Caller is the API key behind a request.
type Caller struct {
	Key     int64 // number of the key
	Service int64 // number of its one instance
	Scopes  []string
}

// Options is what the handler is told by whoever starts it.
type Options struct {
	// Authenticate says whose request it is, or ErrUnauthorized, ErrForbidden, ErrTooMany.
	Authenticate func(*http.Request) (Caller, error)
	// Limit takes one from what a key may do of a scope in a time, sets X-RateLimit-* in the answer, and answers RetryError when nothing
	// is left; nil = no limit.
	Limit func(h http.Header, key int64, scope string) error
	// Upstream gives the instance behind a linked service, to which others pass calls on; nil = nothing is passed on.
	Upstream func(ctx context.Context, linked int64) (*Upstream, error)
	// SessionIdle is how long a conversation waits for its next turn; 0 = 1 h, as IBM's Plus and Enterprise plans do.
	SessionIdle time.Duration
	// LogRows is how many records a page of logs may look at; 0 = as many as its time allows.
	LogRows int64
	// Log takes what went wrong inside, without personal data; nil = slog.Default().
	Log *slog.Logger
}

// server holds what the doors need.
type server struct {
	store     *db.Store
	listings  places
	uploads   places
	documents places     // of Discovery: each lies in memory
	shelves   turnLocks  // of what is stored by where it belongs
	filling   sync.Map   // classifiers whose images are being stored
	decoding  sync.Mutex // of images: one at a time
	o         Options
	turns     turnLocks
	door      func(c *call, segments []string) error // finds the door of an address: not called by name, because doors that ask others would be a circle
}

// New serves /instances/{guid}/… of all hosted services.
func New(store *db.Store, o Options) http.Handler {
	if o.SessionIdle == 0 {
		o.SessionIdle = time.Hour
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &server{store: store, o: o, listings: places{ofKey: listingsOfKey, ofAll: listingsOfAll}, uploads: places{ofKey: uploadsOfKey, ofAll: uploadsOfAll},
		documents: places{ofKey: documentsOfKey, ofAll: documentsOfAll}, door: (*call).find}
}

// call is one request on its way: what the doors may look at.
type call struct {
	*http.Request
	w        http.ResponseWriter // for the bounds of an upload only: a door answers through what it returns
	sent     io.ReadCloser       // the body without a bound
	head     http.Header         // of the answer
	leave    func()              // gives back the place of a listing or an upload, after the answer was read
	caller   Caller
	service  db.Service
	route    *route
	params   map[string]string
	query    url.Values
	trace    string // X-Global-Transaction-Id
	api      string // the version in the address, "v1" to "v4", also where there is no such door
	sentJSON []byte // the body as readJSON read it, unpacked
}

// actor is who calls. The nightly drill has no key: it is the house itself.
func (c *call) actor() audit.Actor {
	if c.caller.Key == 0 {
		return audit.System
	}
	return audit.ActorOf("key", c.caller.Key)
}

// answer is a whole answer: a door cannot write half of one.
type answer struct {
	status int
	body   []byte
	kind   string                // "" = application/json
	stream func(io.Writer) error // instead of body: what comes from elsewhere, as it comes. An error cuts the connection, so that half of it looks like no whole
}

// ServeHTTP finds the caller, the instance and the door, in this order, so that nobody without a key learns what exists.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{Request: r, w: w, sent: r.Body, head: w.Header(), trace: newTrace()}
	c.head.Set("X-Global-Transaction-Id", c.trace) // first of all, so that no way out is without it
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	defer func() {
		if c.leave != nil {
			c.leave()
		}
	}()
	a, err := s.serve(c)
	if err != nil {
		a = s.refusal(w.Header(), c, err)
	}
	h := w.Header()
	h.Set("Content-Type", cmp.Or(a.kind, "application/json"))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.status)
	if a.stream == nil {
		w.Write(a.body)
	} else if err := a.stream(w); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (s *server) serve(c *call) (answer, error) {
	var err error
	if c.caller, err = s.o.Authenticate(c.Request); err != nil {
		return answer{}, err
	}
	guid, segments, err := split(c.URL.EscapedPath())
	if err != nil {
		return answer{}, err
	}
	if c.service, err = s.instance(c, guid); err != nil {
		return answer{}, err
	}
	c.api = strings.Join(segments[:min(len(segments), 1)], "")
	if err := c.find(segments); err != nil {
		return answer{}, err
	}
	if !slices.Contains(c.caller.Scopes, c.route.scope) {
		return answer{}, ErrForbidden
	}
	if s.o.Limit != nil {
		if err := s.o.Limit(c.head, c.caller.Key, c.route.scope); err != nil {
			return answer{}, err
		}
	}
	if err := c.readQuery(); err != nil {
		return answer{}, err
	}
	if c.route.upload {
		if err := s.admit(c); err != nil {
			return answer{}, err
		}
	}
	return c.route.do(s, c)
}

// split takes the instance and the rest out of a path. Segments are decoded one by one: an encoded slash separates nothing.
func split(path string) (guid string, segments []string, err error) {
	segments = strings.Split(strings.TrimPrefix(path, Prefix), "/")
	for i, s := range segments {
		if segments[i], err = url.PathUnescape(s); err != nil {
			return "", nil, errNoResource
		}
	}
	return segments[0], segments[1:], nil
}

// instance finds the service of the address. One that is not the caller's looks like one that does not exist.
func (s *server) instance(c *call, guid string) (db.Service, error) {
	v, err := s.store.ServiceByGUID(c.Context(), guid)
	if errors.Is(err, db.ErrNotFound) {
		return db.Service{}, errNoResource
	}
	if err != nil {
		return db.Service{}, err
	}
	return own(v, c)
}

func own(v db.Service, c *call) (db.Service, error) {
	if v.Number != c.caller.Service || v.Hosting != "hosted" {
		return db.Service{}, errNoResource
	}
	return v, nil
}

// readQuery reads the query of the address and its version. A broken query is refused: url.Values would silently leave the broken part out.
func (c *call) readQuery() (err error) {
	if c.query, err = url.ParseQuery(c.URL.RawQuery); err != nil {
		return bad("The query of the address is not well formed")
	}
	for name, values := range c.query {
		if slices.Contains(single, name) && len(values) > 1 {
			return badParam(name, "The parameter "+name+" must not be given more than once")
		}
	}
	if !c.route.versioned {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, c.query.Get("version")); err != nil {
		return badParam("version", "The parameter version is required and must be a date as in version=2020-04-01")
	}
	return nil
}

// single are the parameters of which a second value would be ignored, or the first: neither is what the sender meant.
var single = []string{"version", "customer_id", "filter", "sort", "page_limit", "cursor", "query", "natural_language_query", "count", "offset"}

// turnLocks keep two messages of one conversation from counting the same turn. Conversations share a lock by chance, which costs a wait.
type turnLocks [1024]sync.Mutex

func (l *turnLocks) of(id string) *sync.Mutex {
	var n uint32 = 2166136261 // FNV-1a
	for i := range len(id) {
		n = (n ^ uint32(id[i])) * 16777619
	}
	return &l[n%uint32(len(l))]
}

// kindOf is the kind of service that an error is shaped for; before the instance is known it is Assistant.
func (c *call) kindOf() label.Kind {
	if c.service.Kind == "" {
		return label.Assistant
	}
	return c.service.Kind
}
