package connect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// How a mail server is spoken to.
const (
	MailStartTLS = "starttls" // begins in the clear and does not go on without TLS (RFC 3207)
	MailTLS      = "implicit" // TLS from the first byte (RFC 8314)
	MailClear    = "none"     // a relay on this machine
)

// MailOptions say through which server mail goes.
type MailOptions struct {
	Host     string // host, or host:port
	From     string // address of the sender
	User     string // "" = the server asks nobody who they are
	Password string
	TLS      string         // one of Mail…
	Roots    *x509.CertPool // who may vouch for the server; nil = whom the system trusts
	Timeout  time.Duration  // of the greeting and of each mail; 0 = 10 s
}

// Mailer sends mail.
type Mailer struct {
	o    MailOptions
	host string
	port int
	from *mail.Address
}

// mailPorts are those of submission (RFC 6409, RFC 8314) and of a relay.
var mailPorts = map[string]int{MailStartTLS: 587, MailTLS: 465, MailClear: 25}

// NewMailer checks the options; it calls nobody.
func NewMailer(o MailOptions) (*Mailer, error) {
	port, known := mailPorts[o.TLS]
	if !known {
		return nil, fmt.Errorf("TLS to the mail server is %s, %s or %s", MailStartTLS, MailTLS, MailClear)
	}
	host := o.Host
	if h, p, err := net.SplitHostPort(o.Host); err == nil {
		host = h
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return nil, errors.New("the port of the mail server is no port")
		}
	}
	if host == "" || strings.ContainsAny(host, " /@") {
		return nil, errors.New("the mail server is a host, or host:port")
	}
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, errors.New("the sender of mail is no e-mail address")
	}
	if o.User != "" && o.TLS == MailClear && !net.ParseIP(host).IsLoopback() && host != "localhost" {
		return nil, errors.New("a password does not go to a mail server in the clear")
	}
	if o.Timeout == 0 {
		o.Timeout = timeout
	}
	return &Mailer{o, host, port, from}, nil
}

// Server is host and port, to be shown.
func (m *Mailer) Server() string { return net.JoinHostPort(m.host, strconv.Itoa(m.port)) }

// Letter is one mail.
type Letter struct {
	ID      string // of the message, the same each time that it is tried
	To      string
	Subject string
	Text    string
	Date    time.Time
}

// MailError is why mail did not go, as a code: what a server says may repeat an address.
type MailError struct {
	Code  string // one of MailUnreachable, MailRefused
	Reply int    // of the server; 0 = none
}

// The codes.
const (
	MailUnreachable = "unreachable" // no connection, no TLS, or it does not know our password: the same for every mail
	MailRefused     = "refused"     // it did not take this one
)

// Error implements error.
func (e *MailError) Error() string {
	words := "the mail server cannot be reached, or does not let us in"
	if e.Code == MailRefused {
		words = "the mail server did not take the mail"
	}
	if e.Reply > 0 {
		words += " (" + strconv.Itoa(e.Reply) + ")"
	}
	return words
}

// Send sends one mail. Its error is a *MailError.
func (m *Mailer) Send(ctx context.Context, l Letter) error {
	msg, err := m.message(l)
	if err != nil {
		return &MailError{Code: MailRefused}
	}
	return m.with(ctx, func(c *gomail.Client, line *smtp.Client) error {
		if err := c.SendWithSMTPClient(line, msg); err != nil {
			return mailError(MailRefused, err)
		}
		return nil
	})
}

// Check signs in and hangs up.
func (m *Mailer) Check(ctx context.Context) error {
	return m.with(ctx, func(*gomail.Client, *smtp.Client) error { return nil })
}

// with opens a connection for one thing. What goes wrong in hanging up changes nothing about what was sent.
func (m *Mailer) with(ctx context.Context, f func(*gomail.Client, *smtp.Client) error) error {
	c, err := gomail.NewClient(m.host, m.options()...)
	if err != nil {
		return &MailError{Code: MailUnreachable}
	}
	line, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return mailError(MailUnreachable, err)
	}
	end := context.AfterFunc(ctx, func() { line.Close() }) // whoever ends the program does not wait for a slow server
	defer end()
	defer line.Close()
	err = f(c, line)
	if err == nil {
		_ = c.CloseWithSMTPClient(line)
	}
	return err
}

func (m *Mailer) options() []gomail.Option {
	conf := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12, RootCAs: m.o.Roots}
	out := []gomail.Option{gomail.WithPort(m.port), gomail.WithTimeout(m.o.Timeout), gomail.WithTLSConfig(conf), gomail.WithHELO(heloOf(m.from)), gomail.WithoutNoop(), gomail.WithoutRset()}
	switch m.o.TLS {
	case MailTLS:
		out = append(out, gomail.WithSSL())
	case MailStartTLS:
		out = append(out, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case MailClear:
		out = append(out, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if m.o.User == "" {
		return out
	}
	way := gomail.SMTPAuthAutoDiscover
	if m.o.TLS == MailClear { // on this machine: see NewMailer
		way = gomail.SMTPAuthPlainNoEnc
	}
	return append(out, gomail.WithSMTPAuth(way), gomail.WithUsername(m.o.User), gomail.WithPassword(m.o.Password))
}

// heloOf names us by the sender's domain: the name of the machine is nobody's business.
func heloOf(a *mail.Address) string {
	_, domain, _ := strings.Cut(a.Address, "@")
	return domain
}

// message writes a mail that no machine answers (RFC 3834).
func (m *Mailer) message(l Letter) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	if err := msg.To(l.To); err != nil {
		return nil, err
	}
	msg.Subject(l.Subject)
	msg.SetDateWithValue(l.Date)
	msg.SetMessageIDWithValue(l.ID + "@" + heloOf(m.from))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	return msg, nil
}

// mailError keeps nothing of an error but its number.
func mailError(code string, err error) *MailError {
	out := &MailError{Code: code}
	var sent *gomail.SendError
	if errors.As(err, &sent) {
		out.Reply = sent.ErrorCode()
	}
	return out
}
