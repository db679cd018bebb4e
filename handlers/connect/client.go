// Package connect is the way out of the house: how services that lie elsewhere are reached. It knows which addresses may be called and
// how long and how much may be waited for; it looks at an address after its name was resolved, at the moment of dialling, so that a name
// which changes its mind in between changes nothing. What is said to a service, and what its answers mean, is left to its client.
package connect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

const (
	timeout   = 10 * time.Second // of a whole exchange (security.md, "Outbound")
	maxAnswer = 1 << 20          // bytes of an answer, decompressed
)

// Options say how a service is reached. The zero value is the rule: https on port 443, at a public address.
type Options struct {
	// Inside lets a service lie in the operator's own network: at a private address, on any port, over plain http. The admin sets it for
	// one service at a time. Link-local and metadata addresses stay barred.
	Inside bool
	// Unbounded leaves time and size to the caller, which sets them for each call, as watson.Client does. Otherwise an exchange ends after
	// 10 s and an answer after 1 MiB.
	Unbounded bool
	// Roots are who may vouch for the service; nil = whom the system trusts.
	Roots *x509.CertPool
}

// Refusal says that the house does not call an address. It never repeats the address.
type Refusal struct{ reason string }

// Error implements error.
func (r *Refusal) Error() string { return "the address of the service is refused: " + r.reason }

// Reason is why, without saying of what.
func (r *Refusal) Reason() string { return r.reason }

// Permanent tells callers that trying again is in vain until somebody changes the settings.
func (r *Refusal) Permanent() bool { return true }

// CheckURL tells whether the address of a service can be called at all, before it is stored: nil or *Refusal. It asks no name server; what
// a name stands for is looked at when it is called.
func CheckURL(raw string, inside bool) error {
	u, err := url.Parse(raw)
	if err != nil { // its text would quote the address
		return &Refusal{"it is not a URL"}
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return &Refusal{"it must have no user, query or fragment"}
	}
	return check(u, inside)
}

// CheckHook is CheckURL for the address of a webhook, in which a receiver may have put a secret as a query.
func CheckHook(raw string, inside bool) error {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Fragment != "" {
		return &Refusal{"it must be a URL without user and fragment"}
	}
	return check(u, inside)
}

func check(u *url.URL, inside bool) error {
	switch {
	case u.Hostname() == "":
		return &Refusal{"it has no host"}
	case u.Scheme != "https" && (u.Scheme != "http" || !inside):
		return &Refusal{"it must begin with https://"}
	case u.Port() != "" && u.Port() != "443" && !inside:
		return &Refusal{"it must have port 443"}
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		return checkAddress(a, inside)
	}
	return nil
}

func checkAddress(a netip.Addr, inside bool) error {
	if reason := refused(a, inside); reason != "" {
		return &Refusal{reason}
	}
	return nil
}

// NewClient makes the client through which one service is called. It follows no redirect: an answer that points elsewhere is handed over
// as it is, and no credentials go there. It uses no proxy, whatever the environment says: behind a proxy the guard would see the proxy's
// address and not the service's. It keeps no cookies.
func NewClient(o Options) *http.Client {
	c := &http.Client{
		Transport:     &guard{transport(o), o},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if !o.Unbounded {
		c.Timeout = timeout
	}
	return c
}

// idle is how long a connection is kept for the next request. A server that closes one at the moment when a deletion goes out leaves us not
// knowing what became of it; deletions are 15 s apart, so that each has a new connection.
const idle = 10 * time.Second

// transport speaks HTTP/1.1 only: one request at a time on a connection, so that giving up an answer ends what the server may send.
func transport(o Options) *http.Transport {
	d := &net.Dialer{Timeout: timeout / 2, ControlContext: control(o.Inside)}
	t := &http.Transport{
		DialContext:            d.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		TLSHandshakeTimeout:    timeout / 2,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    16, // a gateway passes many messages on at a time
		IdleConnTimeout:        idle,
		MaxResponseHeaderBytes: 64 << 10,
		Protocols:              new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	return t
}

// control looks at each address that is about to be dialled, when names are resolved and nothing can change any more.
func control(inside bool) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, network, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		switch {
		case err != nil || network != "tcp4" && network != "tcp6":
			return &Refusal{"it cannot be read"}
		case a.Port() != 443 && !inside:
			return &Refusal{"it must have port 443"}
		}
		return checkAddress(a.Addr(), inside)
	}
}

// guard holds each request against the rules, and each answer.
type guard struct {
	next *http.Transport
	o    Options
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := check(r.URL, g.o.Inside); err != nil {
		if r.Body != nil {
			err = errors.Join(err, r.Body.Close())
		}
		return nil, err
	}
	res, err := g.next.RoundTrip(r)
	if err == nil && !g.o.Unbounded {
		res.Body = http.MaxBytesReader(nil, res.Body, maxAnswer)
	}
	return res, err
}

// CloseIdleConnections is what http.Client asks of its transport.
func (g *guard) CloseIdleConnections() { g.next.CloseIdleConnections() }
