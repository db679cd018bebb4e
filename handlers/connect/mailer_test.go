package connect_test

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"

	"quittance/handlers/connect"
)

func mailer(t *testing.T, m *mailServer, change func(*connect.MailOptions)) *connect.Mailer {
	t.Helper()
	o := connect.MailOptions{Host: m.addr, From: "quittance@house.example", TLS: connect.MailStartTLS, Roots: m.roots}
	if change != nil {
		change(&o)
	}
	out, err := connect.NewMailer(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var aLetter = connect.Letter{ID: "msg_1", To: "officer@q.example", Subject: "Quittance: Erasure 7 waits for approval", Text: "Erasure 7 waits for approval.\nhttps://q.example/erasures/7\n", Date: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}

// TestMail: over STARTTLS and over TLS from the first byte, with and without a password; what arrives is a mail that no machine answers.
func TestMail(t *testing.T) {
	for _, tt := range []struct{ tls, password string }{{connect.MailStartTLS, ""}, {connect.MailStartTLS, "planted-password"}, {connect.MailTLS, "planted-password"}, {connect.MailClear, ""}} {
		t.Run(tt.tls+" "+tt.password, func(t *testing.T) {
			m := newMailServer(t)
			m.set(func(m *mailServer) { m.password, m.implicit = tt.password, tt.tls == connect.MailTLS })
			c := mailer(t, m, func(o *connect.MailOptions) {
				if o.TLS = tt.tls; tt.password != "" {
					o.User, o.Password = "quittance", tt.password
				}
			})
			if err := errors.Join(c.Check(t.Context()), c.Send(t.Context(), aLetter)); err != nil {
				t.Fatal(err)
			}
			got := m.mails()
			if len(got) != 1 || tt.password != "" && m.signedIn != 2 {
				t.Fatalf("%d mails, signed in %d times", len(got), m.signedIn)
			}
			msg, err := mail.ReadMessage(strings.NewReader(got[0]))
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"Message-Id": "<msg_1@house.example>", "Auto-Submitted": "auto-generated", "To": "<officer@q.example>", "From": "<quittance@house.example>",
				"Subject": aLetter.Subject, "Content-Type": "text/plain; charset=UTF-8", "Date": "Mon, 02 Mar 2026 09:00:00 +0000", "User-Agent": "", "X-Mailer": ""} {
				if msg.Header.Get(name) != want {
					t.Errorf("%s: %q, want %q", name, msg.Header.Get(name), want)
				}
			}
			if strings.Contains(got[0], "multipart") || !strings.Contains(got[0], "https://q.example/erasures/7") {
				t.Error(got[0])
			}
		})
	}
}

// TestMailFails: what a server says is not repeated, a password never goes in the clear, and nobody waits for ever.
func TestMailFails(t *testing.T) {
	for name, tt := range map[string]struct {
		server func(*mailServer)
		client func(*connect.MailOptions)
		code   string
		reply  int
	}{
		"no STARTTLS":     {func(m *mailServer) { m.noTLS = true }, nil, connect.MailUnreachable, 0},
		"not trusted":     {nil, func(o *connect.MailOptions) { o.Roots = nil }, connect.MailUnreachable, 0},
		"wrong password":  {func(m *mailServer) { m.password = "right" }, func(o *connect.MailOptions) { o.User, o.Password = "quittance", "planted-password" }, connect.MailUnreachable, 0},
		"says nothing":    {func(m *mailServer) { m.mute = true }, func(o *connect.MailOptions) { o.Timeout = 50 * time.Millisecond }, connect.MailUnreachable, 0},
		"no such mailbox": {func(m *mailServer) { m.rcpt = "550 5.1.1 officer@q.example is not here" }, nil, connect.MailRefused, 550},
		"later":           {func(m *mailServer) { m.reply = "451 4.3.0 officer@q.example later" }, nil, connect.MailRefused, 451},
		"hangs up":        {func(m *mailServer) { m.reply = "-" }, nil, connect.MailRefused, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMailServer(t)
			if tt.server != nil {
				m.set(tt.server)
			}
			err := mailer(t, m, tt.client).Send(t.Context(), aLetter)
			var failed *connect.MailError
			if !errors.As(err, &failed) || failed.Code != tt.code || failed.Reply != tt.reply {
				t.Fatalf("%#v", err)
			}
			if strings.Contains(err.Error(), "officer") || strings.Contains(err.Error(), "planted") {
				t.Errorf("it repeats what the server said: %v", err)
			}
			if said := fmt.Sprintf(" (%d)", tt.reply); strings.HasSuffix(err.Error(), said) != (tt.reply > 0) {
				t.Errorf("the number of the answer is missing: %v", err)
			}
		})
	}
}

func TestMailOptions(t *testing.T) {
	for name, o := range map[string]connect.MailOptions{
		"no TLS word":       {Host: "mail.example", From: "a@b.example", TLS: "sometimes"},
		"no sender":         {Host: "mail.example", From: "nobody", TLS: connect.MailTLS},
		"no port":           {Host: "mail.example:none", From: "a@b.example", TLS: connect.MailTLS},
		"an address":        {Host: "https://mail.example/", From: "a@b.example", TLS: connect.MailTLS},
		"password in clear": {Host: "mail.example", From: "a@b.example", TLS: connect.MailClear, User: "u", Password: "p"},
	} {
		if _, err := connect.NewMailer(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	m, err := connect.NewMailer(connect.MailOptions{Host: "mail.example", From: "Quittance <a@b.example>", TLS: connect.MailTLS})
	if err != nil || m.Server() != "mail.example:465" {
		t.Error(m, err)
	}
}
