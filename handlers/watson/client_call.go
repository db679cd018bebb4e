package watson

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
)

// errPatience is the cause for which a call ends that has taken too long.
var errPatience = errors.New("out of patience")

// request makes a request to an escaped path below the instance. A nil body is none.
func (c *Client) request(ctx context.Context, method, path, query string, body []byte) (*http.Request, error) {
	u, err := c.address(path, query)
	if err != nil {
		return nil, err
	}
	var reader io.Reader // http.NewRequest knows a bytes.Reader: the request can be sent once more
	if body != nil {
		reader = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), reader)
	if err != nil {
		return nil, &CallError{Outcome: Refused, Code: "request"}
	}
	r.Header.Set("User-Agent", userAgent)
	return r, nil
}

// address joins a path to the instance's. What would lead out of the instance, by whichever reading of dots and slashes, is not sent: other
// instances may lie beside it under the same credentials.
func (c *Client) address(path, query string) (*url.URL, error) {
	plain, err := url.PathUnescape(path)
	unprintable := strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' })
	if err != nil || plain == "" || unprintable || slices.ContainsFunc(strings.FieldsFunc(plain, isSlash), isDots) {
		return nil, &CallError{Outcome: Refused, Code: "request"}
	}
	u := *c.base
	u.Path, u.RawPath, u.RawQuery = c.base.Path+"/"+plain, c.base.EscapedPath()+"/"+path, query
	return &u, nil
}

func isSlash(r rune) bool { return r == '/' || r == '\\' }

// isDots also knows "..;x": some servers cut what follows the semicolon before they look at the dots.
func isDots(segment string) bool {
	segment, _, _ = strings.Cut(segment, ";")
	return segment == "." || segment == ".."
}

// response is what came back: the status and headers, and as much of the body as came and was wanted.
type response struct {
	Status int
	Header http.Header
	Body   []byte
	cut    *CallError // that the body is not whole; nil = it is
}

// whole makes a call and reads up to most bytes of its answer, all of it within the client's patience. An error says that no answer came.
func (c *Client) whole(ctx context.Context, r *http.Request, most int64) (response, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.patience, errPatience)
	defer cancel()
	res, err := c.exchange(r.WithContext(ctx))
	if err != nil {
		return response{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	got := response{Status: res.StatusCode, Header: res.Header, Body: body}
	switch {
	case err != nil:
		got.cut = lost(ctx, err, true)
	case int64(len(body)) > most:
		got.Body, got.cut = body[:most], &CallError{Outcome: Unknown, Code: "too-large"}
	}
	return got, nil
}

// exchange sends a request with credentials and gives the answer as soon as its headers are there; the caller closes its body. Credentials
// that run out are refused with 401: then new ones are got and the request is sent once more, if it can be.
func (c *Client) exchange(r *http.Request) (*http.Response, error) {
	for again := false; ; again = true {
		credentials, err := c.auth.credentials(r.Context(), c.out)
		if err != nil {
			return nil, err
		}
		res, err := c.once(r, credentials)
		if err != nil || res.StatusCode != http.StatusUnauthorized || again || !c.auth.renew(credentials) || !rewind(r) {
			return res, err
		}
		res.Body.Close()
	}
}

// rewind makes a request ready to be sent again, and tells whether it can be.
func rewind(r *http.Request) bool {
	if r.Body == nil {
		return true
	}
	if r.GetBody == nil {
		return false
	}
	body, err := r.GetBody()
	r.Body = body
	return err == nil
}

// once sends a request with credentials.
func (c *Client) once(r *http.Request, credentials string) (*http.Response, error) {
	r.Header.Set("Authorization", credentials)
	return send(c.out, r)
}

// send sends a request. From the moment that it has a connection it counts as sent: how much of it has got through cannot be told.
func send(out http.RoundTripper, r *http.Request) (*http.Response, error) {
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }}
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), trace))
	res, err := out.RoundTrip(r)
	if err != nil {
		return nil, lost(r.Context(), err, sent.Load())
	}
	return res, nil
}

// lost tells what it means that no answer came. The errors of net/http hold the address with the customer ID in it, and what a server sent
// instead of HTTP: of them only the kind is kept.
func lost(ctx context.Context, err error, sent bool) *CallError {
	e := &CallError{Outcome: Later, Code: cause(err, sent)}
	if sent {
		e.Outcome = Unknown
	}
	switch {
	case e.Code == "address":
		e.Outcome = Refused
	case context.Cause(ctx) == errPatience:
		e.Code = "timeout"
	case ctx.Err() != nil:
		e.Code, e.cause = "gave-up", ctx.Err()
	}
	return e
}

// cause is the code of a transport's error.
func cause(err error, sent bool) string {
	var permanent interface{ Permanent() bool } // connect's guard
	var dns *net.DNSError
	switch {
	case errors.As(err, &permanent) && permanent.Permanent():
		return "address"
	case errors.As(err, &dns):
		return "dns"
	case untrusted(err):
		return "tls"
	case sent:
		return "no-answer"
	}
	return "unreachable"
}

// untrusted tells whether TLS is why there is no connection.
func untrusted(err error) bool {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var verification *tls.CertificateVerificationError
	var name x509.HostnameError
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &verification) ||
		errors.As(err, &name)
}
