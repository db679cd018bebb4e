// Package dsrtest is an OpenDSR processor for tests: it takes requests, signs what it says, and can be told to behave badly. It is imported by
// tests only.
package dsrtest

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"quittance/handlers/opendsr"
)

// keys are made once: RSA keys take their time. The second one is somebody else's.
var keys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var out [2]*rsa.PrivateKey
	for i := range out {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out[i] = key
	}
	return out
})

// Processor is one. Its fields may be changed under Lock.
type Processor struct {
	sync.Mutex
	URL    string
	Domain string

	Format     string                                 // in which it takes customer IDs
	Signs      *rsa.PrivateKey                        // nil = its own key
	Names      string                                 // the domain that it claims; "" = its own
	Shows      *x509.Certificate                      // nil = its own
	Status     string                                 // of all requests
	Answers    func(http.ResponseWriter, []byte) bool // takes over the answer to a request
	Received   []opendsr.Request                      // in order, repeats too
	Headers    []http.Header                          // that came with them
	Looked     int                                    // how often a status was asked for
	Discovered int

	certificate *x509.Certificate
}

// Start starts one on loopback.
func Start(t testing.TB) *Processor {
	p := &Processor{Domain: "127.0.0.1", Format: opendsr.FormatRaw, Status: opendsr.Pending, certificate: Certificate(t, keys()[0], "127.0.0.1", time.Now().Add(90*24*time.Hour))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v2/discovery", p.discovery)
	mux.HandleFunc("GET /v2/certificate.pem", p.showCertificate)
	mux.HandleFunc("POST /v2/requests", p.take)
	mux.HandleFunc("GET /v2/requests/{id}", p.tell)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	p.URL = s.URL + "/v2"
	return p
}

// Stranger is a key that is not a processor's.
func Stranger() *rsa.PrivateKey { return keys()[1] }

// Certificate makes one that vouches for itself.
func Certificate(t testing.TB, key *rsa.PrivateKey, domain string, until time.Time) *x509.Certificate {
	t.Helper()
	template := x509.Certificate{SerialNumber: big.NewInt(until.UnixNano()), Subject: pkix.Name{CommonName: domain}, NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: until}
	if ip := net.ParseIP(domain); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{domain}
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Fingerprint is that of its own certificate.
func (p *Processor) Fingerprint() string { return opendsr.Fingerprint(p.certificate) }

func (p *Processor) discovery(w http.ResponseWriter, _ *http.Request) {
	p.Lock()
	defer p.Unlock()
	p.Discovered++
	p.say(w, http.StatusOK, opendsr.Discovery{APIVersion: opendsr.APIVersion, Identities: []opendsr.SupportedIdentity{{Type: opendsr.IdentityController, Format: p.Format}},
		Types: []string{opendsr.TypeErasure}, Certificate: p.URL + "/certificate.pem"})
}

func (p *Processor) showCertificate(w http.ResponseWriter, _ *http.Request) {
	p.Lock()
	defer p.Unlock()
	shown := p.certificate
	if p.Shows != nil {
		shown = p.Shows
	}
	pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: shown.Raw})
}

func (p *Processor) take(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	body.ReadFrom(r.Body)
	var got opendsr.Request
	if json.Unmarshal(body.Bytes(), &got) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.Lock()
	defer p.Unlock()
	p.Received, p.Headers = append(p.Received, got), append(p.Headers, r.Header.Clone())
	if p.Answers != nil && p.Answers(w, body.Bytes()) {
		return
	}
	p.say(w, http.StatusCreated, opendsr.Received{ControllerID: "quittance", ID: got.ID, Received: got.Submitted, Expected: got.Submitted.Add(24 * time.Hour)})
}

func (p *Processor) tell(w http.ResponseWriter, r *http.Request) {
	p.Lock()
	defer p.Unlock()
	p.Looked++
	p.say(w, http.StatusOK, opendsr.Status{ControllerID: "quittance", ID: r.PathValue("id"), Status: p.Status})
}

func (p *Processor) say(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err == nil {
		err = p.sign(w.Header(), body)
	}
	if err != nil {
		http.Error(w, "cannot answer", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	w.Write(body)
}

func (p *Processor) sign(h http.Header, body []byte) error {
	key, name := p.Signs, p.Names
	if key == nil {
		key = keys()[0]
	}
	if name == "" {
		name = p.Domain
	}
	return opendsr.Sign(key, h, name, body)
}

// Tell calls the controller back about its last request and gives the status of the answer. change may be nil; it sees what is about to be said.
func (p *Processor) Tell(t testing.TB, status string, change func(*opendsr.Status, *string)) int {
	t.Helper()
	p.Lock()
	last := p.Received[len(p.Received)-1]
	p.Unlock()
	if len(last.CallbackURL) == 0 {
		t.Fatal("the request named no address to call back")
	}
	s, to := opendsr.Status{ControllerID: "quittance", ID: last.ID, Status: status, CallbackURL: last.CallbackURL[0]}, last.CallbackURL[0]
	if change != nil {
		change(&s, &to)
	}
	body, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return p.Post(t, to, body)
}

// Post sends a body, signed as the processor signs now.
func (p *Processor) Post(t testing.TB, to string, body []byte) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	p.Lock()
	err = p.sign(req.Header, body)
	p.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// Last is the last request, and how many there were.
func (p *Processor) Last() (opendsr.Request, int) {
	p.Lock()
	defer p.Unlock()
	if len(p.Received) == 0 {
		return opendsr.Request{}, 0
	}
	return p.Received[len(p.Received)-1], len(p.Received)
}

// Set changes it.
func (p *Processor) Set(change func(*Processor)) {
	p.Lock()
	defer p.Unlock()
	change(p)
}
