package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/db"
)

// certificate makes a certificate for loopback and the PEM files that hold it.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return file(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		file(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})), roots
}

// TestTLS: with a certificate the console speaks TLS 1.2 or newer, and HTTP/2.
func TestTLS(t *testing.T) {
	cert, key, roots := certificate(t)
	origin, _ := serving(t, filepath.Join(t.TempDir(), "data"), "-tls-cert", cert, "-tls-key", key)
	if !strings.HasPrefix(origin, "https://127.0.0.1:") {
		t.Fatalf("it listens on %s", origin)
	}
	client := http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	res, err := client.Get(origin + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 {
		t.Errorf("%s over %s", res.Status, res.Proto)
	}
	conn, err := tls.Dial("tcp", strings.TrimPrefix(origin, "https://"), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
}

// TestHeaderLimit: headers beyond 16 KiB are refused before anything reads them.
func TestHeaderLimit(t *testing.T) {
	origin, _ := serving(t, filepath.Join(t.TempDir(), "data"))
	for size, want := range map[int]int{8 << 10: http.StatusOK, 24 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		req, err := http.NewRequest(http.MethodGet, origin+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Filler", strings.Repeat("x", size))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%d bytes of headers: %s", size, res.Status)
		}
	}
}

// TestDemoStaysHome: a demo's passwords are printed, so it is never served to others, also without -demo.
func TestDemoStaysHome(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	cert, key, _ := certificate(t)
	_, end := serving(t, dir)
	end()
	markDemo(t, dir)
	r := quit(t, "", "serve", "-data", dir, "-addr", "0.0.0.0:0", "-tls-cert", cert, "-tls-key", key)
	if r.code != 1 || !strings.Contains(r.err, "loopback only") {
		t.Errorf("%+v", r)
	}
}

// TestSecretFile: the provider's secret is one line of a file.
func TestSecretFile(t *testing.T) {
	for text, ok := range map[string]bool{"s3cret\n": true, "s3cret": true, "": false, "\n": false, "a\nb\n": false} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := readSecret(path); (err == nil) != ok || ok && s != "s3cret" {
			t.Errorf("%q gives %q, %v", text, s, err)
		}
	}
}

func markDemo(t *testing.T, dir string) {
	t.Helper()
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SetMeta(t.Context(), metaDemo, demoReady); err != nil {
		t.Fatal(err)
	}
}
