package connect_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailServer is an SMTP server on loopback (RFC 5321) that can be made to behave badly.
type mailServer struct {
	addr  string
	roots *x509.CertPool
	conf  *tls.Config

	mu       sync.Mutex
	implicit bool
	noTLS    bool   // does not offer STARTTLS
	password string // "" = asks nobody
	reply    string // to DATA's end, in place of 250; "-" = hangs up without a word
	rcpt     string // to RCPT, in place of 250
	mute     bool   // accepts connections and says nothing
	got      []string
	tried    int
	signedIn int
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	m := new(mailServer)
	m.conf, m.roots = mailCertificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().String()
	var open sync.WaitGroup
	conns := make(chan net.Conn, 100)
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns <- c
			open.Go(func() { m.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		for len(conns) > 0 {
			(<-conns).Close()
		}
		open.Wait()
	})
	return m
}

func mailCertificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}, roots
}

// set changes how it behaves.
func (m *mailServer) set(f func(*mailServer)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m)
}

// mails are those that it took.
func (m *mailServer) mails() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.got...)
}

func (m *mailServer) how() *mailServer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &mailServer{implicit: m.implicit, noTLS: m.noTLS, password: m.password, reply: m.reply, rcpt: m.rcpt, mute: m.mute}
}

func (m *mailServer) serve(c net.Conn) {
	defer func() { c.Close() }()
	h := m.how()
	if h.mute {
		io.Copy(io.Discard, c)
		return
	}
	if h.implicit {
		c = tls.Server(c, m.conf)
	}
	in := bufio.NewReader(c)
	say := func(line string) { fmt.Fprint(c, line+"\r\n") }
	_, secure := c.(*tls.Conn)
	known := h.password == ""
	say("220 mail.example ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-mail.example")
			if !secure && !h.noTLS {
				say("250-STARTTLS")
			}
			if h.password != "" {
				say("250-AUTH PLAIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			c, secure = tls.Server(c, m.conf), true
			in = bufio.NewReader(c)
		case "AUTH":
			_, word, _ := strings.Cut(rest, " ")
			raw, _ := base64.StdEncoding.DecodeString(word)
			if !secure || string(raw) != "\x00quittance\x00"+h.password {
				say("535 5.7.8 no")
				continue
			}
			known = true
			m.set(func(m *mailServer) { m.signedIn++ })
			say("235 2.7.0 welcome")
		case "MAIL":
			if !known {
				say("530 5.7.0 who are you")
				continue
			}
			say("250 ok")
		case "RCPT":
			say(or(h.rcpt, "250 ok"))
		case "DATA":
			say("354 go on")
			text, err := io.ReadAll(textproto.NewReader(in).DotReader())
			if err != nil {
				return
			}
			m.set(func(m *mailServer) {
				m.tried++
				if h.reply == "" || h.reply == "-" {
					m.got = append(m.got, string(text))
				}
			})
			if h.reply == "-" {
				return
			}
			say(or(h.reply, "250 ok"))
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func or(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}
