package connect

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/opendsr"
	"quittance/handlers/watson"
)

// ProbeFinding is one thing that the test of a connection found, in plain words that repeat nothing of what was sent or answered. Says is a
// sentence with names in braces for what Gaps holds: names and what stands there, by turns.
type ProbeFinding struct {
	State string // "ok", "look" or "wrong"
	What  string
	Says  string
	Gaps  []string
}

// Words is the finding in English.
func (p ProbeFinding) Words() string {
	words := p.Says
	for i := 0; i+1 < len(p.Gaps); i += 2 {
		words = strings.ReplaceAll(words, "{"+p.Gaps[i]+"}", p.Gaps[i+1])
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// Findings are all of them. Fingerprint is that of a processor's certificate, for an administrator to compare and confirm.
type Findings struct {
	List        []ProbeFinding
	Fingerprint string
}

// Wrong tells whether something does not work.
func (f Findings) Wrong() bool {
	for _, v := range f.List {
		if v.State == "wrong" {
			return true
		}
	}
	return false
}

func (f *Findings) add(state, what, says string, gaps ...string) {
	f.List = append(f.List, ProbeFinding{state, what, says, gaps})
}

// soonOver is how long before its end a certificate is worth a word.
const soonOver = 30 * 24 * time.Hour

// Probe tries the connection to a service as it is described, through the guard and with calls that change nothing. Nothing is kept, here or there.
func Probe(ctx context.Context, now time.Time, v db.Service, credential []byte) (f Findings) {
	ctx, cancel := context.WithTimeout(ctx, 2*timeout) // a page must be answered within 30 s
	defer cancel()
	switch v.Kind {
	case db.Manual:
		f.add("ok", "Connection", "There is none: a person does it.")
	case db.HTTP:
		probeHTTP(ctx, now, v, credential, &f)
	case db.OpenDSR:
		probeProcessor(ctx, now, v, credential, &f)
	default:
		probeInstance(ctx, now, v, credential, &f)
	}
	return f
}

// harmless are lists that each kind of Watson service gives to whoever may ask it, and that only its own credential opens. What a Quittance does not
// have of them it answers with 404, after it has looked at the credential.
var harmless = map[label.Kind]string{
	label.Assistant:         "/v1/workspaces?version=2021-11-27&page_limit=1",
	label.VisualRecognition: "/v4/collections?version=2019-02-11",
	label.Discovery:         "/v2/projects?version=2020-08-30",
	label.SpeechToText:      "/v1/models",
	label.TextToSpeech:      "/v1/voices",
}

func probeInstance(ctx context.Context, now time.Time, v db.Service, credential []byte, f *Findings) {
	if err := CheckURL(v.URL, v.Inside); err != nil {
		f.add("wrong", "Address", "{why}.", "why", err.Error())
		return
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.URL+harmless[v.Kind], nil)
	if err != nil {
		f.add("wrong", "Address", "It cannot be called.")
		return
	}
	r.SetBasicAuth("apikey", string(credential))
	if a, ok := asked(v, r, now, f); ok {
		judgeInstance(a, f)
	}
	f.add("look", "Not checked", "Whether a deletion is taken: that would be one.")
}

func judgeInstance(a watson.Answer, f *Findings) {
	switch {
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		f.add("wrong", "Credential", "The service does not accept it.")
	case a.WebPage():
		f.add("wrong", "Service", "What answers is a web page, not a service of this kind.")
	case a.Status == http.StatusOK:
		f.add("ok", "Credential", "The service accepts it and answers a list.")
	case a.Status == http.StatusNotFound || a.Status == http.StatusNotImplemented || a.Status == http.StatusMethodNotAllowed:
		f.add("look", "Credential", "The service does not refuse it, and does not know the list that was asked for. That is so for a Quittance; at a real instance the address may be wrong.")
	default:
		f.add("wrong", "Service", "It answers with status {status}.", "status", strconv.Itoa(a.Status))
	}
}

// asked makes one call for a test, and says how the way there is.
func asked(v db.Service, r *http.Request, now time.Time, f *Findings) (watson.Answer, bool) {
	var seen []*x509.Certificate
	client := NewClient(Options{Inside: v.Inside, Unbounded: true})
	client.Transport = &witness{client.Transport, &seen}
	a, err := watson.NewPlain(client, watson.NewPacer(watson.Limits{})).Call(r.Context(), r, processorAnswer)
	if err != nil {
		f.add("wrong", "Way there", "{why}.", "why", err.Error())
		return a, false
	}
	if len(seen) == 0 {
		f.add("look", "Way there", "It answers, without TLS: whoever is on the way can read and change what is sent.")
		return a, true
	}
	f.until("Way there", lasts{"It answers over TLS, and its certificate is trusted, but ended on {when}.",
		"It answers over TLS, and its certificate is trusted until {when}, which is soon.", "It answers over TLS, and its certificate is trusted until {when}."}, seen[0], now)
	return a, true
}

// lasts are the sentences about a certificate: it has ended, ends soon, or is good for a while.
type lasts struct{ over, soon, good string }

// until says how long a certificate is good.
func (f *Findings) until(what string, says lasts, c *x509.Certificate, now time.Time) {
	end := c.NotAfter.UTC().Format("2 January 2006")
	switch {
	case now.After(c.NotAfter):
		f.add("wrong", what, says.over, "when", end)
	case now.Add(soonOver).After(c.NotAfter):
		f.add("look", what, says.soon, "when", end)
	default:
		f.add("ok", what, says.good, "when", end)
	}
}

// witness keeps the certificate that a service showed.
type witness struct {
	next http.RoundTripper
	seen *[]*x509.Certificate
}

// RoundTrip implements http.RoundTripper.
func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.next.RoundTrip(r)
	if err == nil && res.TLS != nil {
		*w.seen = res.TLS.PeerCertificates
	}
	return res, err
}

func probeHTTP(ctx context.Context, now time.Time, v db.Service, credential []byte, f *Findings) {
	h, err := ParseHeaders(string(credential))
	if err != nil {
		f.add("wrong", "Headers", "{why}.", "why", err.Error())
		return
	}
	address, isTest := v.Link.TestURL, v.Link.TestURL != ""
	if !isTest { // of the address itself only the host: a call there might do something
		u, err := url.Parse(v.URL)
		if err != nil {
			f.add("wrong", "Address", "It cannot be read.")
			return
		}
		address = u.Scheme + "://" + u.Host + "/"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || check(r.URL, v.Inside) != nil {
		f.add("wrong", "Address", "The house does not call it: it must be public, with TLS and on port 443, unless an administrator allows otherwise.")
		return
	}
	if isTest {
		r.Header = h
	}
	a, ok := asked(v, r, now, f)
	switch {
	case !ok:
	case !isTest:
		f.add("look", "Headers", "They were not sent: without a test address nothing is known that may be asked.")
	case a.Status >= 200 && a.Status < 300:
		f.add("ok", "Test address", "It answers with status {status}.", "status", strconv.Itoa(a.Status))
	default:
		f.add("wrong", "Test address", "It answers with status {status}.", "status", strconv.Itoa(a.Status))
	}
	f.add("look", "Not checked", "Whether the call erases: that would be one.")
}

func probeProcessor(ctx context.Context, now time.Time, v db.Service, credential []byte, f *Findings) {
	h, err := ParseHeaders(string(credential))
	if err == nil {
		err = CheckURL(v.URL, v.Inside)
	}
	if err != nil {
		f.add("wrong", "Address and headers", "{why}.", "why", err.Error())
		return
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.URL, nil)
	if err != nil {
		f.add("wrong", "Address", "It cannot be called.")
		return
	}
	if _, ok := asked(v, r, now, f); !ok {
		return
	}
	p := &Processor{call: watson.NewPlain(NewClient(Options{Inside: v.Inside, Unbounded: true}), watson.NewPacer(watson.Limits{})), service: v, header: h}
	d, err := p.discover(ctx)
	if err != nil {
		f.add("wrong", "Discovery", "{why}.", "why", err.Error())
		return
	}
	probeDiscovery(d, f)
	p.probeCertificate(ctx, d, now, f)
	f.add("look", "Not checked", "Whether it takes a request, and whether it can reach us with its answers.")
}

func probeDiscovery(d opendsr.Discovery, f *Findings) {
	format := formatOf(d)
	switch {
	case format == "":
		f.add("wrong", "Discovery", "It takes no customer ID of ours (controller_customer_id, raw or sha256).")
	case !slices.Contains(d.Types, opendsr.TypeErasure):
		f.add("wrong", "Discovery", "It takes no erasures.")
	case format == opendsr.FormatSHA256:
		f.add("ok", "Discovery", "It takes erasures by the SHA-256 of our customer IDs.")
	default:
		f.add("ok", "Discovery", "It takes erasures by our customer IDs.")
	}
}

// probeCertificate shows the certificate that the processor signs with. It counts once an administrator has compared its fingerprint, by another
// way than this one.
func (p *Processor) probeCertificate(ctx context.Context, d opendsr.Discovery, now time.Time, f *Findings) {
	leaf, chain, err := p.fetch(ctx, d.Certificate)
	if err != nil {
		f.add("wrong", "Signing certificate", "It cannot be got at the processor's own domain, or is none with an RSA key.")
		return
	}
	f.Fingerprint = opendsr.Fingerprint(leaf)
	f.until("Signing certificate", lasts{"It is good, but ended on {when}.", "It is good until {when}, which is soon.", "It is good until {when}."}, leaf, now)
	vouched(leaf, chain, p.service.Link.Domain, now, f)
	switch p.service.Link.Fingerprint {
	case f.Fingerprint:
		f.add("ok", "Fingerprint", "It is the one that you confirmed.")
	case "":
		f.add("look", "Fingerprint", "SHA-256 {fingerprint}. To confirm it, put it into the form.", "fingerprint", f.Fingerprint)
	default:
		f.add("wrong", "Fingerprint", "It is another than the one that you confirmed: SHA-256 {fingerprint}.", "fingerprint", f.Fingerprint)
	}
}

// vouched says who vouches for a certificate: an authority of this machine, or whoever compares its fingerprint.
func vouched(leaf *x509.Certificate, chain []*x509.Certificate, domain string, now time.Time, f *Findings) {
	pool := x509.NewCertPool()
	for _, c := range chain {
		pool.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: domain, Intermediates: pool, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	var name x509.HostnameError
	switch {
	case errors.As(err, &name):
		f.add("look", "Who vouches for it", "The certificate does not name the domain. Compare the fingerprint with what the processor tells you by another way.")
	case err != nil:
		f.add("look", "Who vouches for it", "No authority that this machine trusts vouches for it. Compare the fingerprint with what the processor tells you by another way.")
	default:
		f.add("ok", "Who vouches for it", "An authority that this machine trusts, for that domain.")
	}
}
