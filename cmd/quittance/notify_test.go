package main

import (
	"context"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMailFlags: what would send nothing, or a password in the clear, is refused before anything is opened; doctor tells who does not answer.
func TestMailFlags(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("planted-password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there any more
	for flags, want := range map[string]string{
		"":                        "",
		"-smtp-from a@b.example":  "belong to -smtp-host",
		"-smtp-host mail.example": "no e-mail address",
		"-smtp-host mail.example -smtp-from a@b.example -smtp-user u":                                                   "belong together",
		"-smtp-host mail.example -smtp-from a@b.example -smtp-tls perhaps":                                              "starttls, implicit or none",
		"-smtp-host mail.example -smtp-from a@b.example -smtp-user u -smtp-password-file " + secret + " -smtp-tls none": "in the clear",
		"-smtp-host mail.example -smtp-from a@b.example -smtp-user u -smtp-password-file " + secret:                     "",
	} {
		fs := flag.NewFlagSet("serve", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		f := serveFlags(fs)
		if err := fs.Parse(strings.Fields(flags)); err != nil {
			t.Fatal(err)
		}
		if err := f.check(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", flags, err, want)
		}
	}
	f := serveFlags(flag.NewFlagSet("serve", flag.ContinueOnError))
	c := &call{}
	if got := c.checkMail(context.Background(), f); got.State != well {
		t.Errorf("%+v", got)
	}
	f.mail.Host, f.mail.From = l.Addr().String(), "a@b.example"
	if got := c.checkMail(context.Background(), f); got.State != bad || !strings.Contains(got.Words, "cannot be reached") {
		t.Errorf("%+v", got)
	}
}
