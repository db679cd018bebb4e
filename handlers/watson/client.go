package watson

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"quittance/db/label"
)

// userAgent is what services see of us: no version, and nothing of the machine.
const userAgent = "quittance"

// patience is how long a whole exchange may take, or one piece of an answer that is read as it comes (security.md, "Outbound").
const patience = 10 * time.Second

// ClientOptions say which instance is called, and how.
type ClientOptions struct {
	// URL is the serviceUrl of IBM's clients: everything before /v1, /v2, ….
	URL  string
	Kind label.Kind
	// API is the version whose user_data is called, as in "v1"; "" = the newest of the kind. Discovery's two versions are two kinds of
	// instance; elsewhere each reaches everything.
	API string
	// Version is the date of the version parameter for API; "" = the newest that IBM's clients send.
	Version string
	Auth    Auth
	// HTTP leads out: connect.NewClient with Unbounded. Only its transport is used: time and size are bounded call by call, redirects are never
	// followed and cookies never kept.
	HTTP *http.Client
	// Pacer is shared by all clients of one instance; nil = one of its own.
	Pacer *Pacer
	// Patience is for a whole exchange, or for one piece of what is read as it comes; 0 = 10 s.
	Patience time.Duration
}

// Client calls one instance: a real one, or one of ours. It is safe for concurrent use. Its errors are *CallError and hold nothing that
// was sent or answered.
type Client struct {
	base     *url.URL // without a trailing slash
	kind     label.Kind
	api      string
	version  string
	auth     Auth
	out      http.RoundTripper
	pacer    *Pacer
	patience time.Duration
}

// The versions of each kind, newest first, with the date that IBM's clients send (watson-api.md section 1); speech has no dates.
var userDataAPIs = map[label.Kind][]struct{ api, date string }{
	label.Assistant:         {{"v2", "2024-08-25"}, {"v1", "2021-11-27"}},
	label.VisualRecognition: {{"v4", "2019-02-11"}, {"v3", "2018-03-19"}},
	label.Discovery:         {{"v2", "2020-08-30"}, {"v1", "2019-04-30"}},
	label.SpeechToText:      {{"v1", ""}},
	label.TextToSpeech:      {{"v1", ""}},
}

// NewClient checks the options once, so that no call fails by them. Its errors do not repeat them.
func NewClient(o ClientOptions) (*Client, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, err
	}
	apis := userDataAPIs[o.Kind]
	if len(apis) == 0 {
		return nil, errors.New("the kind of service is not one that can be called")
	}
	if o.API == "" {
		o.API = apis[0].api
	}
	c := &Client{base: base, kind: o.Kind, api: o.API, version: o.Version, auth: o.Auth, out: wayOut(o.HTTP), pacer: o.Pacer, patience: o.Patience}
	if c.patience == 0 {
		c.patience = patience
	}
	if c.pacer == nil {
		c.pacer = NewPacer(Limits{})
	}
	return c, c.check()
}

func (c *Client) check() error {
	switch _, err := time.Parse(time.DateOnly, c.version); {
	case !slices.ContainsFunc(userDataAPIs[c.kind], func(a struct{ api, date string }) bool { return a.api == c.api }):
		return errors.New("the version of the API is not one of this kind of service")
	case c.version != "" && err != nil:
		return errors.New("the version must be a date as in 2024-08-25")
	case c.auth == nil:
		return errors.New("the service has no credentials")
	case c.out == nil:
		return errors.New("the service has no client that leads to it")
	}
	return nil
}

// wayOut is what a client sends requests through. http.Client itself would follow redirects, and fail on one that cannot be read; neither is
// wanted of an answer.
func wayOut(h *http.Client) http.RoundTripper {
	switch {
	case h == nil:
		return nil
	case h.Transport == nil:
		return http.DefaultTransport
	}
	return h.Transport
}

// parseBase reads the address of a service or of an identity service.
func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address must begin with https:// and have no user, query or fragment")
	}
	return u, nil
}

// date is the version parameter for a version of the API; "" = it has none.
func (c *Client) date(api string) string {
	for _, a := range userDataAPIs[c.kind] {
		if a.api == api && api == c.api && a.date != "" && c.version != "" {
			return c.version
		}
		if a.api == api {
			return a.date
		}
	}
	return ""
}

// params are the query of a call: the version, and pairs of name and value. Blanks are %20: a service that does not read '+' as a blank
// would look for another ID.
func (c *Client) params(api string, pairs ...string) string {
	q := url.Values{}
	if date := c.date(api); date != "" {
		q.Set("version", date)
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return strings.ReplaceAll(q.Encode(), "+", "%20")
}

// Acceptance is a service's word that it will delete: no more than that (law L8).
type Acceptance struct {
	Status      int
	Transaction string // X-Global-Transaction-Id, by which the operator of the service finds the call; "" = none
}

// DeleteUserData asks the instance to delete all that is labelled with a customer ID. Nil means accepted: any 2xx, whatever it brings along. It
// makes one call (a second only where the first was refused with 401 for an old token) and tries nothing again: each call that
// arrives moves the service's cut-off, so that whoever keeps the request decides and records (design.md section 5, "Part").
func (c *Client) DeleteUserData(ctx context.Context, id label.ID) (Acceptance, error) {
	return c.DeleteUserDataAfter(ctx, id, func() error { return nil })
}

// DeleteUserDataAfter is DeleteUserData for whoever keeps a record of calls: note is called when the turn has come and before the call leaves,
// and its error, which is given back as it is, keeps the call from leaving.
func (c *Client) DeleteUserDataAfter(ctx context.Context, id label.ID, note func() error) (Acceptance, error) {
	if _, err := label.Parse(c.kind, id.String()); err != nil {
		return Acceptance{}, &CallError{Outcome: Refused, Code: "id"}
	}
	if err := c.pacer.deletions.wait(ctx); err != nil {
		return Acceptance{}, err
	}
	r, err := c.request(ctx, http.MethodDelete, c.api+"/user_data", c.params(c.api, "customer_id", id.String()), nil)
	if err != nil {
		return Acceptance{}, err
	}
	r.Header.Set("Accept", "application/json")
	if err := note(); err != nil {
		return Acceptance{}, err
	}
	res, err := c.whole(ctx, r, maxErrorBody)
	if err != nil {
		return Acceptance{}, err
	}
	return c.acceptance(res)
}

// acceptance reads the answer to a deletion. An answer whose headers have come is an answer, even if the rest is missing.
func (c *Client) acceptance(res response) (Acceptance, error) {
	if err := refusalOf(res.Status, res.Header, res.Body); err != nil {
		c.pacer.deletions.hold(err)
		return Acceptance{}, err
	}
	if webPage(res.Body) {
		return Acceptance{}, &CallError{Outcome: Unknown, Code: "web-page", Status: res.Status}
	}
	return Acceptance{res.Status, transactionOf(res.Header)}, nil
}

// webPage tells a page for people: no service sends one with success, but what stands in its place may (a wrong address, a sign-in of the
// network). To take it for an acceptance would promise a deletion that nobody has heard of.
func webPage(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }
