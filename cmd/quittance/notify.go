package main

import (
	"context"
	"flag"
	"fmt"

	"quittance/db"
	"quittance/handlers/connect"
)

func (f *config) notifyFlags(fs *flag.FlagSet) {
	fs.StringVar(&f.mail.Host, "smtp-host", "", "mail server, as `HOST[:PORT]`; no mail is sent without it")
	fs.StringVar(&f.mail.From, "smtp-from", "", "`address` that mail comes from")
	fs.StringVar(&f.mail.User, "smtp-user", "", "our name at the mail server")
	fs.StringVar(&f.mailPassword, "smtp-password-file", "", "`file` with our password there")
	fs.StringVar(&f.mail.TLS, "smtp-tls", connect.MailStartTLS, "`starttls|implicit|none`: how the mail server is spoken to")
	fs.BoolVar(&f.hooksInside, "webhook-inside", false, "webhooks may lie at private addresses and be called over plain http")
}

// checkMail refuses settings of mail that do not fit together. It reads no file.
func (f *config) checkMail() error {
	switch {
	case f.mail.Host == "" && (f.mail.From != "" || f.mail.User != "" || f.mailPassword != ""):
		return misuse("-smtp-from, -smtp-user and -smtp-password-file belong to -smtp-host")
	case f.mail.Host == "":
		return nil
	case (f.mail.User == "") != (f.mailPassword == ""):
		return misuse("-smtp-user and -smtp-password-file belong together")
	}
	if _, err := connect.NewMailer(f.mail); err != nil {
		return misuse("-smtp-…: %v", err)
	}
	return nil
}

// notifier is how people and webhooks are told.
func (f *config) notifier(path func(string) string) (*connect.Notifier, error) {
	m, err := f.mailer(path)
	return &connect.Notifier{Mail: m, Inside: f.hooksInside}, err
}

// mailer is nil where no mail is sent.
func (f *config) mailer(path func(string) string) (*connect.Mailer, error) {
	o := f.mail
	if o.Host == "" {
		return nil, nil
	}
	if f.mailPassword != "" {
		var err error
		if o.Password, err = readSecret(path(f.mailPassword)); err != nil {
			return nil, fmt.Errorf("reading the password for the mail server: %w", err)
		}
	}
	return connect.NewMailer(o)
}

// checkMail signs in at the mail server, and tells of mail that waits.
func (c *call) checkMail(ctx context.Context, f *config) check {
	m, err := f.mailer(c.path)
	switch {
	case err != nil:
		return check{"mail", bad, err.Error()}
	case m == nil:
		return check{"mail", well, "No mail is sent; -smtp-host names a server."}
	}
	if err := m.Check(ctx); err != nil {
		return check{"mail", bad, fmt.Sprintf("%s: %v.", m.Server(), err)}
	}
	how, err := c.store.MailState(ctx)
	return mailCheck(m.Server(), how, err)
}

func mailCheck(server string, how db.PostState, err error) check {
	switch {
	case err != nil:
		return check{"mail", bad, err.Error()}
	case how.Problem != "":
		return check{"mail", look, fmt.Sprintf("%s lets us in now, but the last mail was not taken (%s); %d wait.", server, how.Problem, how.Waiting)}
	}
	return check{"mail", well, server + " lets us in."}
}
