package main

import (
	"archive/zip"
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quittance/handlers/connect"
	"quittance/handlers/opendsr"
	"quittance/handlers/opendsr/dsrtest"
)

const dsrDomain = "dsr.shop.example"

// controller is a small controller of OpenDSR: it knows our address and its key, asks our discovery for all else, and believes nothing that the
// certificate there does not vouch for.
type controller struct {
	caller
	callback    string
	certificate *x509.Certificate
	told        chan connect.DSRStatus
	forged      chan string
}

// newController makes one that a house with a domain knows, and lets it read what the house takes.
func newController(t *testing.T, origin, key string) *controller {
	c := &controller{caller: caller{T: t, origin: origin + "/opendsr/v2", key: key}, told: make(chan connect.DSRStatus, 100), forged: make(chan string, 100)}
	s := httptest.NewServer(http.HandlerFunc(c.hear))
	t.Cleanup(s.Close)
	c.callback = s.URL + "/told"
	status, body := c.do("GET", "/discovery", "")
	var d opendsr.Discovery
	if err := json.Unmarshal([]byte(body), &d); err != nil || status != http.StatusOK || !strings.HasPrefix(d.Certificate, origin) {
		t.Fatalf("discovery: %d %s", status, body)
	}
	res, err := http.Get(d.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	if c.certificate, _, err = opendsr.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	return c
}

// hear takes a callback: the signature is looked at before the body is parsed, and an address that is not its own is not.
func (c *controller) hear(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if opendsr.Verify(c.certificate, dsrDomain, r.Header, body) != nil {
		c.forged <- r.RemoteAddr
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var s connect.DSRStatus
	if json.Unmarshal(body, &s) != nil || s.CallbackURL != c.callback {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.told <- s
}

// hears waits for a status, past those before it.
func (c *controller) hears(status string) connect.DSRStatus {
	c.Helper()
	end := time.After(time.Minute)
	for {
		select {
		case s := <-c.told:
			if s.Status.Status == status {
				return s
			}
		case from := <-c.forged:
			c.Fatalf("a callback from %s is not signed by us", from)
		case <-end:
			c.Fatalf("it was not told %q", status)
		}
	}
}

// file sends a request, and gives its ID.
func (c *controller) file(n int, kind, customer string) string {
	c.Helper()
	id := fmt.Sprintf("%08d-0000-4000-8000-000000000000", n)
	body, _ := json.Marshal(opendsr.Request{Regulation: "gdpr", ID: id, Type: kind, Submitted: time.Now().UTC().Truncate(time.Second), APIVersion: "2.0", CallbackURL: []string{c.callback},
		Identities: []opendsr.Identity{{Type: opendsr.IdentityController, Value: customer, Format: opendsr.FormatRaw}}})
	if status, answer := c.do("POST", "/requests", string(body), "Content-Type", "application/json"); status != http.StatusCreated || !strings.Contains(answer, id) {
		c.Fatalf("%d %s", status, answer)
	}
	return id
}

// processing is a house whose domain and certificate come from files, with an Assistant that anna and bert have written to.
func processing(t *testing.T) (dir, origin, key string) {
	own := newKey(t)
	dir = filepath.Join(t.TempDir(), "data")
	cert := file(t, "dsr.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: dsrtest.Certificate(t, own, dsrDomain, time.Now().Add(time.Hour)).Raw}))
	private := file(t, "dsr.key", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(own)}))
	origin, _ = serving(t, dir, "-opendsr-domain", dsrDomain, "-opendsr-cert", cert, "-opendsr-key", private, "-opendsr-inside")
	bot := as[struct{ URL, APIKey string }](t, must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "bot", "-json"))
	app := caller{T: t, origin: bot.URL, key: bot.APIKey}
	for _, who := range []string{"anna", "anna", "bert"} {
		status, body := app.do("POST", "/v2/assistants/a1/message?version=2020-04-01", `{"input":{"text":"where is my parcel"}}`, "Content-Type", "application/json", "X-Watson-Metadata", "customer_id="+who)
		if status != http.StatusOK {
			t.Fatal(status, body)
		}
	}
	return dir, origin, as[struct{ APIKey string }](t, must(t, "", "key", "add", "-data", dir, "-name", "shop", "-scopes", "tickets", "-json")).APIKey
}

// TestControllerOverHTTP is the story of a controller and a served house: discovery and certificate, an erasure that is told to its end, a request
// that is cancelled, an access whose answer is fetched once; and nothing is believed that is not signed.
func TestControllerOverHTTP(t *testing.T) {
	dir, origin, key := processing(t)
	c := newController(t, origin, key)

	bert := c.file(1, "erasure", "bert")
	c.hears(opendsr.Pending)
	must(t, "", "batch", "run", "-data", dir, "-now")
	if s := c.hears(opendsr.Completed); s.ID != bert || s.ResultsCount == nil || *s.ResultsCount != 1 || s.Extensions[dsrDomain].Erased != 1 {
		t.Errorf("the erasure: %+v", s)
	}
	if status, answer := c.do("DELETE", "/requests/"+bert, ""); status != http.StatusBadRequest || !strings.Contains(answer, "this one is completed") {
		t.Errorf("a completed erasure is cancelled: %d %s", status, answer)
	}

	taken := c.file(2, "access", "anna")
	if status, answer := c.do("DELETE", "/requests/"+taken, ""); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, answer)
	}
	if s := c.hears(opendsr.Cancelled); s.ID != taken || s.Extensions[dsrDomain].State != "withdrawn" {
		t.Errorf("the cancelled one: %+v", s)
	}

	asked := c.file(3, "access", "anna")
	answerTicket(t, dir, origin, 3)
	s := c.hears(opendsr.Completed)
	if s.ID != asked || s.ResultsCount == nil || *s.ResultsCount != 2 {
		t.Errorf("the access: %+v", s)
	}
	fetchOnce(t, s.ResultsURL)
	if status, answer := c.do("GET", "/requests/"+asked, ""); status != http.StatusOK || strings.Contains(answer, "results_url") || !strings.Contains(answer, `"results":"fetched"`) {
		t.Errorf("after it was fetched: %d %s", status, answer)
	}
	c.key = "qk_wrong"
	if status, _ := c.do("GET", "/requests/"+asked, ""); status != http.StatusUnauthorized {
		t.Error("without its key:", status)
	}
}

// answerTicket is what two people do with an access ticket in the console.
func answerTicket(t *testing.T, dir, origin string, number int) {
	t.Helper()
	act := func(who *caller, path string, form url.Values) {
		t.Helper()
		status, body := who.do("POST", fmt.Sprintf("/tickets/%d%s", number, path), form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", origin, "Sec-Fetch-Site", "same-origin")
		if status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, status, body)
		}
	}
	act(person(t, dir, origin, "s@b.example", "support"), "/access", nil)
	act(officer(t, dir, origin), "/access/release", url.Values{"without": {"yes"}})
}

// fetchOnce takes the answer, which is a whole archive, and asks for it again in vain.
func fetchOnce(t *testing.T, address string) {
	t.Helper()
	for _, want := range []int{http.StatusOK, http.StatusNotFound} {
		res, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != want {
			t.Fatalf("fetching: %s, not %d, %v", res.Status, want, err)
		}
		if want != http.StatusOK {
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Open("data.json"); err != nil {
			t.Error(err)
		}
	}
}

// TestControllerIsNotDeceived: what somebody else signed, or changed on its way, is refused before it is read, by the same check that takes ours.
func TestControllerIsNotDeceived(t *testing.T) {
	own := newKey(t)
	c := &controller{caller: caller{T: t}, callback: "http://c/told", told: make(chan connect.DSRStatus, 9), forged: make(chan string, 9), certificate: dsrtest.Certificate(t, own, dsrDomain, time.Now().Add(time.Hour))}
	body := []byte(`{"subject_request_id":"x","request_status":"completed","status_callback_url":"http://c/told"}`)
	send := func(by *rsa.PrivateKey, domain string, change func([]byte) []byte) int {
		r := httptest.NewRequest("POST", "/told", bytes.NewReader(change(bytes.Clone(body))))
		if err := opendsr.Sign(by, r.Header, domain, body); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		c.hear(w, r)
		return w.Code
	}
	same := func(b []byte) []byte { return b }
	for name, v := range map[string]struct{ got, want int }{
		"ours":           {send(own, dsrDomain, same), http.StatusOK},
		"somebody else":  {send(dsrtest.Stranger(), dsrDomain, same), http.StatusForbidden},
		"another domain": {send(own, "else.example", same), http.StatusForbidden},
		"a changed body": {send(own, dsrDomain, func(b []byte) []byte { return bytes.Replace(b, []byte("completed"), []byte("cancelled"), 1) }), http.StatusForbidden},
	} {
		if v.got != v.want {
			t.Errorf("%s: %d, not %d", name, v.got, v.want)
		}
	}
	if len(c.told) != 1 || len(c.forged) != 3 {
		t.Errorf("%d believed, %d not", len(c.told), len(c.forged))
	}
}
