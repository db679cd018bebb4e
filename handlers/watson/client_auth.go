package watson

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sync/singleflight"
)

// Auth is how a client says who it is. What is secret in it lies behind pointers, so that printing it, or what holds it, shows an address.
type Auth interface {
	// credentials give the value of Authorization, or *CallError.
	credentials(ctx context.Context, out http.RoundTripper) (string, error)
	// renew forgets what was refused, and tells whether there will be others.
	renew(refused string) bool
}

// APIKey is HTTP's basic authentication with the user "apikey": what real instances and ours take alike.
func APIKey(key string) Auth {
	value := "Basic " + base64.StdEncoding.EncodeToString([]byte("apikey:"+key))
	return &basic{&value}
}

type basic struct{ value *string }

func (b *basic) credentials(context.Context, http.RoundTripper) (string, error) { return *b.value, nil }

func (b *basic) renew(string) bool { return false }

// IAM changes an API key into tokens of an hour, at an identity service such as https://iam.cloud.ibm.com or ours. One IAM is meant for all
// clients with this key: they share its token, and get a new one together.
type IAM struct {
	url   string
	key   *string
	fetch singleflight.Group
	mu    sync.Mutex
	token *token // nil = none
}

// token is one that was got. It is renewed when four fifths of its life are over, as IBM's clients do, and used to its end if it cannot be.
type token struct {
	value     *string // as in Authorization
	renew, by time.Time
}

// good tells whether there is a token that is not yet to be renewed.
func (t *token) good() bool { return t != nil && time.Now().Before(t.renew) }

const (
	maxToken = 16 << 10 // bytes
	maxLife  = time.Hour
	// blindLife is how long a token is used that does not say when it ends; a 401 ends it earlier.
	blindLife = 10 * time.Minute
	// retryToken is how long an old token goes on before a renewal that failed is tried again.
	retryToken = 30 * time.Second
)

// NewIAM reads the address of an identity service, without /identity/token.
func NewIAM(rawURL, key string) (*IAM, error) {
	u, err := parseBase(rawURL)
	if err != nil {
		return nil, err
	}
	return &IAM{url: u.String() + "/identity/token", key: &key}, nil
}

func (i *IAM) credentials(ctx context.Context, out http.RoundTripper) (string, error) {
	old := i.kept()
	if old.good() {
		return *old.value, nil
	}
	now := time.Now()
	got, err := i.fresh(ctx, out)
	if err != nil && old != nil && now.Before(old.by) {
		i.keep(&token{old.value, now.Add(retryToken), old.by})
		return *old.value, nil
	}
	if err != nil {
		return "", err
	}
	return *got.value, nil
}

func (i *IAM) renew(refused string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.token != nil && *i.token.value == refused { // else somebody else has renewed it already
		i.token = nil
	}
	return true
}

func (i *IAM) kept() *token {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.token
}

func (i *IAM) keep(t *token) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.token = t
}

// fresh gets a token once for all who wait for one. It goes on for the others when one of them gives up.
func (i *IAM) fresh(ctx context.Context, out http.RoundTripper) (*token, error) {
	done := i.fetch.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), patience, errPatience)
		defer cancel()
		if t := i.kept(); t.good() { // it came between the question and this one's turn
			return t, nil
		}
		t, err := i.ask(ctx, out)
		if err == nil {
			i.keep(t)
		}
		return t, err
	})
	select {
	case got := <-done:
		t, _ := got.Val.(*token)
		return t, got.Err
	case <-ctx.Done():
		return nil, noToken(lost(ctx, ctx.Err(), false))
	}
}

// ask sends the key (watson-api.md section 1, "Auth"). Whatever goes wrong here, the service itself has heard nothing yet.
func (i *IAM) ask(ctx context.Context, out http.RoundTripper) (*token, error) {
	form := url.Values{"grant_type": {"urn:ibm:params:oauth:grant-type:apikey"}, "apikey": {*i.key}, "response_type": {"cloud_iam"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.url, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, &CallError{Outcome: Refused, Code: "request"}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", userAgent)
	res, err := out.RoundTrip(r)
	if err != nil {
		return nil, noToken(lost(ctx, err, false))
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	if e := refusalOf(res.StatusCode, res.Header, nil); e != nil {
		return nil, noToken(e)
	}
	if t := readToken(body, time.Now()); t != nil && err == nil {
		return t, nil
	}
	return nil, &CallError{Outcome: Later, Code: "iam-unavailable", Status: res.StatusCode}
}

// noToken says that it is the identity service that failed.
func noToken(e *CallError) *CallError {
	switch {
	case e.cause != nil: // the caller gave up
	case e.Code == "address":
		e.Code = "iam-address"
	case e.Outcome == Refused:
		e.Code = "iam-refused"
	default:
		e.Outcome, e.Code = Later, "iam-unavailable"
	}
	return e
}

// readToken reads the answer of an identity service; nil = there is no usable token in it.
func readToken(body []byte, now time.Time) *token {
	var a struct {
		AccessToken string         `json:"access_token"`
		ExpiresIn   jsontext.Value `json:"expires_in"`
		Expiration  jsontext.Value `json:"expiration"`
	}
	if json.Unmarshal(body, &a) != nil || a.AccessToken == "" || len(a.AccessToken) > maxToken || !visible(a.AccessToken) {
		return nil
	}
	life := min(lifeOf(a.AccessToken, a.ExpiresIn, a.Expiration, now), maxLife)
	if life <= 0 {
		return nil
	}
	value := "Bearer " + a.AccessToken
	return &token{&value, now.Add(life * 4 / 5), now.Add(life)}
}

// lifeOf is how long a token lasts. What says so without naming a moment comes first: our clock may differ from the service's.
func lifeOf(value string, expiresIn, expiration jsontext.Value, now time.Time) time.Duration {
	issued, expires := claims(value)
	if n, ok := number(expiresIn); ok {
		return seconds(n)
	}
	if issued > 0 && expires > 0 {
		return seconds(expires - issued)
	}
	for _, at := range []func() (float64, bool){
		func() (float64, bool) { return number(expiration) },
		func() (float64, bool) { return expires, expires > 0 },
	} {
		if n, ok := at(); ok {
			return seconds(n - float64(now.Unix()))
		}
	}
	return blindLife
}

// claims reads when a token was issued and when it ends, if it is a JWT; 0 = it does not say. The signature is the service's to check.
func claims(value string) (issued, expires float64) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 {
		return 0, 0
	}
	plain, err := base64.RawURLEncoding.DecodeString(parts[1])
	var c struct {
		IssuedAt jsontext.Value `json:"iat"`
		Expires  jsontext.Value `json:"exp"`
	}
	if err != nil || json.Unmarshal(plain, &c) != nil {
		return 0, 0
	}
	issued, _ = number(c.IssuedAt)
	expires, _ = number(c.Expires)
	return issued, expires
}

// number reads a number, also one that came as text.
func number(v jsontext.Value) (float64, bool) {
	n, err := strconv.ParseFloat(string(bytes.Trim(v, `"`)), 64)
	return n, err == nil
}

// seconds is a time of at most a year: more would overflow.
func seconds(n float64) time.Duration {
	return time.Duration(min(max(n, 0), 365*24*3600) * float64(time.Second))
}

// visible tells whether a text can stand in a header without changing it.
func visible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
