package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quittance/handlers/opendsr/dsrtest"
)

// What answers to controllers are signed with is taken only whole: a certificate of our domain, and its own key.
func TestProcessor(t *testing.T) {
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	own, other := newKey(t), dsrtest.Stranger()
	cert := write("cert.pem", "CERTIFICATE", dsrtest.Certificate(t, own, "dsr.example", time.Now().Add(time.Hour)).Raw)
	right := write("key.pem", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(own))
	wrong := write("other.pem", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(other))
	for name, c := range map[string]struct {
		f  config
		on bool
		ok bool
	}{
		"none":                {config{}, false, true},
		"whole":               {config{dsrDomain: "dsr.example", dsrCert: cert, dsrKey: right}, true, true},
		"another domain":      {config{dsrDomain: "else.example", dsrCert: cert, dsrKey: right}, false, false},
		"another key":         {config{dsrDomain: "dsr.example", dsrCert: cert, dsrKey: wrong}, false, false},
		"a key for both":      {config{dsrDomain: "dsr.example", dsrCert: right, dsrKey: right}, false, false},
		"no such certificate": {config{dsrDomain: "dsr.example", dsrCert: cert + "x", dsrKey: right}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := c.f.processor(func(path string) string { return path })
			if (p != nil) != c.on || (err == nil) != c.ok {
				t.Errorf("%v, %v", p, err)
			}
			if p != nil && !p.Key.Equal(own) {
				t.Error("it signs with another key")
			}
		})
	}
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
