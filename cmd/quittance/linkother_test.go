package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/handlers/opendsr/dsrtest"
)

// TestServiceAddOther: linked services that are no Watson instance are added by flags, and doctor tries the way to each without changing anything there.
func TestServiceAddOther(t *testing.T) {
	dir, p := filepath.Join(t.TempDir(), "data"), dsrtest.Start(t)
	var asked []string
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = append(asked, r.Method+" "+r.URL.Path) }))
	t.Cleanup(shop.Close)
	add := func(stdin string, args ...string) ran {
		return quit(t, stdin, append([]string{"service", "add", "-data", dir}, args...)...)
	}
	for why, r := range map[string]ran{
		"-link where":   add("", "-kind", "http", "-name", "Shop"),
		"no -upstream":  add("", "-kind", "opendsr", "-name", "A", "-upstream", "https://a.example"),
		"has neither":   add("", "-kind", "manual", "-name", "A", "-link", "https://a.example"),
		"statuses are":  add("", "-kind", "http", "-name", "A", "-link", "https://a.example/{customer_id}", "-accepted", "all"),
		"opendsr, http": add("", "-kind", "cloud", "-name", "A"),
	} {
		if r.code != 2 || !strings.Contains(r.err, why) {
			t.Errorf("%s: exit code %d: %s", why, r.code, r.err)
		}
	}
	for why, r := range map[string]ran{
		"by GET":       add("", "-kind", "http", "-name", "A", "-link", "https://a.example/{customer_id}", "-method", "GET"),
		"headers are":  add("Host: planted\n", "-kind", "http", "-name", "A", "-link", "https://a.example/{customer_id}", "-credential-file", "-"),
		"Say in at":    add("", "-kind", "manual", "-name", "A"),
		"is added yet": add("", "-kind", "opendsr", "-name", "A", "-link", p.URL, "-inside"),
	} {
		if r.code != 1 || !strings.Contains(r.err, why) || strings.Contains(r.err, "planted") {
			t.Errorf("%s: exit code %d: %s", why, r.code, r.err)
		}
	}
	if r := add("", "-kind", "opendsr", "-name", "A", "-link", p.URL, "-inside"); !strings.Contains(r.out, p.Fingerprint()) {
		t.Errorf("it does not show the certificate: %s", r.out)
	}
	for _, r := range []ran{
		add("Authorization: Bearer planted-secret\n", "-kind", "opendsr", "-name", "Acme", "-link", p.URL, "-inside", "-fingerprint", p.Fingerprint(), "-credential-file", "-"),
		add("", "-kind", "http", "-name", "Shop", "-link", shop.URL+"/people/{customer_id}", "-inside", "-test-url", shop.URL+"/health", "-json"),
		add("", "-kind", "manual", "-name", "Paper", "-instructions-file", file(t, "task", []byte("Shred it."))),
	} {
		if r.code != 0 || strings.Contains(r.out, "planted") {
			t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
		}
	}
	r := quit(t, "", "doctor", "-data", dir, "-json")
	found := map[string]check{}
	for _, v := range as[[]check](t, r.out) {
		found[v.What] = v
	}
	for _, what := range []string{"link Acme", "link Shop", "link Paper"} {
		if v, ok := found[what]; !ok || v.State == bad {
			t.Errorf("%s: %+v", what, v)
		}
	}
	if len(asked) != 1 || asked[0] != "GET /health" {
		t.Errorf("doctor asked %v", asked)
	}
	if _, n := p.Last(); n != 0 {
		t.Error("doctor sent a request")
	}
	p.Set(func(p *dsrtest.Processor) {
		p.Shows = dsrtest.Certificate(t, dsrtest.Stranger(), "127.0.0.1", time.Now().Add(time.Hour))
	})
	if r := quit(t, "", "doctor", "-data", dir, "-json"); r.code != 1 || !strings.Contains(r.out, "another than the one that you confirmed") {
		t.Errorf("exit code %d: %s", r.code, r.out)
	}
}
