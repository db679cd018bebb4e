package connect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestCheckURL: what can be told of an address before it is called.
func TestCheckURL(t *testing.T) {
	for raw, want := range map[string]struct{ outside, inside bool }{
		"https://api.eu-de.assistant.watson.cloud.ibm.com/instances/1": {true, true},
		"https://api.eu-de.assistant.watson.cloud.ibm.com:443":         {true, true},
		"https://[2a03:8180::1]/x":                                     {true, true},
		"https://watson.example:8443":                                  {false, true},
		"http://watson.example":                                        {false, true},
		"http://127.0.0.1:8080":                                        {false, true},
		"https://10.1.2.3/x":                                           {false, true},
		"https://[::1]":                                                {false, true},
		"https://[::ffff:10.0.0.1]":                                    {false, true},
		"https://169.254.169.254/latest":                               {},
		"https://[fe80::1%25eth0]":                                     {},
		"ftp://watson.example":                                         {},
		"file:///etc/passwd":                                           {},
		"watson.example":                                               {},
		"https://":                                                     {},
		"https:///x":                                                   {},
		"https://u:p@watson.example":                                   {},
		"https://watson.example?a=b":                                   {},
		"https://watson.example#a":                                     {},
		"https://watson.example:443443x":                               {},
		"":                                                             {},
	} {
		outside, within := CheckURL(raw, false), CheckURL(raw, true)
		if (outside == nil) != want.outside || (within == nil) != want.inside {
			t.Errorf("%s: outside %v, inside %v", raw, outside, within)
		}
		if outside != nil && strings.Contains(outside.Error(), "example") {
			t.Errorf("the refusal repeats the address: %v", outside)
		}
	}
}

// server is a service inside, over TLS.
func server(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, roots
}

// TestInside: the same address answers where it is allowed, and is never dialled where it is not.
func TestInside(t *testing.T) {
	s, roots := server(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })
	res, err := NewClient(Options{Inside: true, Roots: roots}).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); string(body) != "HTTP/1.1" || err != nil {
		t.Errorf("%s (%v)", body, err)
	}
	for _, o := range []Options{{Roots: roots}, {Roots: roots, Unbounded: true}} {
		for _, url := range []string{s.URL, "http" + strings.TrimPrefix(s.URL, "https")} {
			var r *Refusal
			if _, err := NewClient(o).Post(url, "text/plain", strings.NewReader("x")); !errors.As(err, &r) || !r.Permanent() {
				t.Errorf("%s from outside: %v", url, err)
			}
		}
	}
}

// TestDialGuard: a name is judged by what it stands for at the moment of dialling, whatever it stood for before.
func TestDialGuard(t *testing.T) {
	var r *Refusal
	if _, err := NewClient(Options{}).Get("https://localhost/"); !errors.As(err, &r) {
		t.Errorf("a name of this machine: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dial := transport(Options{}).DialContext
	if _, err := dial(context.Background(), "tcp", listener.Addr().String()); !errors.As(err, &r) {
		t.Errorf("an address of this machine: %v", err)
	}
	look := control(true)
	for _, tt := range []struct{ network, address string }{{"udp4", "127.0.0.1:53"}, {"unix", "/run/x"}, {"tcp4", "127.0.0.1"}, {"tcp6", "[fe80::1%lo]:443"}, {"tcp4", "169.254.169.254:80"}} {
		if err := look(context.Background(), tt.network, tt.address, nil); !errors.As(err, &r) {
			t.Errorf("%s %s may be dialled: %v", tt.network, tt.address, err)
		}
	}
	if err := control(false)(context.Background(), "tcp4", "8.8.8.8:8443", nil); !errors.As(err, &r) {
		t.Errorf("another port outside: %v", err)
	}
	if err := control(false)(context.Background(), "tcp4", "8.8.8.8:443", nil); err != nil {
		t.Errorf("a public address: %v", err)
	}
}

// TestNoRedirect: an answer that points elsewhere is the answer, and nobody is asked there.
func TestNoRedirect(t *testing.T) {
	other, _ := server(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	s, roots := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	c := NewClient(Options{Inside: true, Roots: roots})
	res, err := c.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if res.Body.Close(); res.StatusCode != http.StatusTemporaryRedirect || c.Jar != nil {
		t.Errorf("%d", res.StatusCode)
	}
}

// TestBounds: an answer is cut at 1 MiB, compressed or not, unless the caller bounds it; and time is bounded too.
func TestBounds(t *testing.T) {
	s, roots := server(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 1<<10 + 1 {
			w.Write(make([]byte, 1<<10))
		}
	})
	for unbounded, want := range map[bool]int{false: maxAnswer, true: maxAnswer + 1<<10} {
		c := NewClient(Options{Inside: true, Roots: roots, Unbounded: unbounded})
		res, err := c.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if len(body) != want || (err == nil) != unbounded {
			t.Errorf("unbounded %v: %d bytes (%v)", unbounded, len(body), err)
		}
		if (c.Timeout == 10*time.Second) == unbounded {
			t.Errorf("unbounded %v: a time-out of %v", unbounded, c.Timeout)
		}
	}
}

// TestTransport: no proxy of the environment, no old TLS, no stranger's certificate.
func TestTransport(t *testing.T) {
	if transport(Options{}).Proxy != nil {
		t.Error("a proxy would hide the service's address from the guard")
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	if _, err := NewClient(Options{Inside: true, Roots: roots}).Get(s.URL); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	modern, _ := server(t, func(http.ResponseWriter, *http.Request) {})
	if _, err := NewClient(Options{Inside: true}).Get(modern.URL); err == nil {
		t.Error("a certificate that nobody vouches for is taken")
	}
}
