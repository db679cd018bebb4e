package main

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quittance/handlers/connect"
	"quittance/handlers/watson"
)

// relay is an address that stays while what lies behind it goes and comes: a house that starts again has another port.
type relay struct {
	net.Listener
	mu     sync.Mutex
	behind string // "" = nobody
}

func openRelay(t *testing.T) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go r.pass(conn)
		}
	}()
	return r
}

func (r *relay) leadsTo(origin string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behind = strings.TrimPrefix(origin, "http://")
}

func (r *relay) pass(in net.Conn) {
	defer in.Close()
	r.mu.Lock()
	behind := r.behind
	r.mu.Unlock()
	if behind == "" {
		return
	}
	out, err := net.Dial("tcp", behind)
	if err != nil {
		return
	}
	defer out.Close()
	go func() { io.Copy(out, in); out.Close() }()
	io.Copy(in, out)
}

// caller is an application with its key, or a person's browser.
type caller struct {
	*testing.T
	origin, key string
	http        http.Client
}

func (c *caller) do(method, path, body string, header ...string) (int, string) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.origin+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if c.key != "" {
		req.SetBasicAuth("apikey", c.key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return res.StatusCode, string(out)
}

// officer signs somebody in who may read the pages of erasures.
func officer(t *testing.T, dir, origin string) *caller {
	t.Helper()
	return person(t, dir, origin, "a@b.example", "officer")
}

// person makes an account and signs in with it.
func person(t *testing.T, dir, origin, email, role string) *caller {
	t.Helper()
	must(t, "correct horse battery\n", "user", "add", "-data", dir, "-email", email, "-role", role, "-password-file", "-")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &caller{T: t, origin: origin, http: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	form := url.Values{"email": {email}, "password": {"correct horse battery"}}
	if status, body := c.do("POST", "/signin", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", origin, "Sec-Fetch-Site", "same-origin"); status != http.StatusSeeOther {
		t.Fatalf("signing in: %d %s", status, body)
	}
	return c
}

// until looks at a page until it says something.
func (c *caller) until(path, words string) {
	c.Helper()
	var page string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if _, page = c.do("GET", path, ""); strings.Contains(page, words) {
			return
		}
	}
	c.Fatalf("%s does not say %q:\n%s", path, words, page)
}

// TestTwoHouses: two servers on two data directories, one linked to the other. An erasure here is passed on; while the other house is down its part
// fails and is tried again; when that house is back it accepts and erases, and it is confirmed by asking it again. The repeat stands on the receipt.
func TestTwoHouses(t *testing.T) {
	quick := watson.Rate{Calls: 1000, In: time.Second, Burst: 100}
	before := tuneCalls
	t.Cleanup(func() { tuneCalls = before })
	tuneCalls = func(r *connect.Runner) {
		r.Hurry, r.Limits = 200, watson.Limits{Deletions: quick, Listings: quick, Pages: quick}
	}
	far, near, way := filepath.Join(t.TempDir(), "far"), filepath.Join(t.TempDir(), "near"), openRelay(t)
	soon := []string{"-cancel-window", "0s", "-batch-every", "200ms"}
	farOrigin, farEnds := serving(t, far, soon...)
	way.leadsTo(farOrigin)
	there := as[added](t, must(t, "", "service", "add", "-data", far, "-kind", "assistant", "-name", "Real bot", "-json"))
	nearOrigin, _ := serving(t, near, soon...)
	here := as[added](t, must(t, there.APIKey+"\n", "service", "add", "-data", near, "-kind", "assistant", "-name", "Front", "-json", "-inside", "-credential-file", "-",
		"-upstream", "http://"+way.Addr().String()+"/instances/"+there.ID))
	app, person := &caller{T: t, origin: here.URL, key: here.APIKey}, officer(t, near, nearOrigin)
	if status, body := app.do("POST", "/v2/assistants/a1/message?version=2024-08-25", `{"input":{"text":"hello"}}`, "Content-Type", "application/json", "X-Watson-Metadata", "customer_id=anna"); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	logs := "/v2/assistants/a1/logs?version=2024-08-25&filter=customer_id::anna"
	if _, body := (&caller{T: t, origin: farOrigin + "/instances/" + there.ID, key: there.APIKey}).do("GET", logs, ""); !strings.Contains(body, "hello") {
		t.Fatalf("the message is not in the other house: %s", body)
	}

	if code := farEnds(); code != 0 {
		t.Fatalf("the other house ends with %d", code)
	}
	way.leadsTo("")
	if status, body := app.do("DELETE", "/v2/user_data?version=2024-08-25&customer_id=anna", ""); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, body)
	}
	person.until("/erasures/1", "It may have been carried out; it is repeated.")

	farOrigin, _ = serving(t, far, soon...)
	way.leadsTo(farOrigin)
	person.until("/erasures/1", "Erased and confirmed on")
	person.until("/erasures/1/receipt", "nothing is left from before our last accepted call")
	person.until("/erasures/1/receipt", "because nobody knew what had become of it")
	if _, body := (&caller{T: t, origin: farOrigin + "/instances/" + there.ID, key: there.APIKey}).do("GET", logs, ""); strings.Contains(body, "hello") {
		t.Errorf("the other house still has it: %s", body)
	}
	if v := as[verified](t, must(t, "", "verify", near, "-json")); !v.OK {
		t.Errorf("%+v", v)
	}
	if r := quit(t, "", "doctor", "-data", near, "-json"); !strings.Contains(r.out, "link Front (upstream)") || strings.Contains(r.out, `"link Front (upstream)","state":"wrong"`) {
		t.Errorf("%s", r.out)
	}
}
