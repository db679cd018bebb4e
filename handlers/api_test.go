package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"quittance/db/dbtest"
	"quittance/handlers/watson"
)

// api asks with a key that is none, and wants JSON with a transaction number: clients read nothing else (watson-api.md, sections 1 and 10).
func (b *browser) api(t *testing.T, method, path string) page {
	t.Helper()
	req, err := http.NewRequest(method, b.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("apikey", "wrong")
	return b.do(req).answers(t)
}

func (p page) answers(t *testing.T) page {
	t.Helper()
	if !json.Valid([]byte(p.body)) || p.header.Get("Content-Type") != "application/json" || p.header.Get("X-Global-Transaction-Id") == "" {
		t.Errorf("%d %v\n%s", p.status, p.header, p.body)
	}
	return p
}

// TestAPIIsNoPage: whatever stands in an address below /instances/, a client gets an answer of the API and no page of the console.
func TestAPIIsNoPage(t *testing.T) {
	b := openHouse(t, nil).visitor()
	for _, path := range []string{"", "none", "none//v1/logs", "none/./v1/logs", "none/../none/v1/logs", "/", "..", "none/v1/logs?version=%"} {
		for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
			if p := b.api(t, method, watson.Prefix+path); p.status != http.StatusUnauthorized {
				t.Errorf("%s %q: %d", method, path, p.status)
			}
		}
	}
}

// TestKeyLimits: messages are not limited; deletions and listings are, each key by itself.
func TestKeyLimits(t *testing.T) {
	limit := keyLimits(dbtest.NewClock().Now)
	for scope, most := range map[string]int{watson.ScopeErase: 2000, watson.ScopeLogs: 1200, watson.ScopeIngest: 10_000} {
		for range most {
			if err := limit(http.Header{}, 1, scope); err != nil {
				t.Fatalf("%s: %v", scope, err)
			}
		}
		head := http.Header{}
		err := limit(head, 1, scope)
		var retry watson.RetryError
		if limited := errors.As(err, &retry); limited != (scope != watson.ScopeIngest) {
			t.Errorf("%s: %v after %d", scope, err, most)
		} else if limited && (retry.Limit != most || retry.After <= 0 || head.Get("Retry-After") == "" || head.Get("X-RateLimit-Remaining") != "0") {
			t.Errorf("%s: %+v %v", scope, retry, head)
		}
		if err := limit(http.Header{}, 2, scope); err != nil {
			t.Errorf("%s, another key: %v", scope, err)
		}
	}
}

// TestTooManyWrongKeys: 429 names the limit, and when to come again, to whoever asks with keys and to whoever asks for tokens.
func TestTooManyWrongKeys(t *testing.T) {
	h := openHouse(t, nil)
	b := h.visitor()
	for range 60 {
		if p := b.api(t, "GET", "/instances/none/v1/logs"); p.status != http.StatusUnauthorized {
			t.Fatal(p.status)
		}
	}
	token := b.post("/identity/token", "grant_type", "urn:ibm:params:oauth:grant-type:apikey", "apikey", "wrong").answers(t)
	reset := h.clock.Now().Unix() + 60
	for what, p := range map[string]page{"a key": b.api(t, "GET", "/instances/none/v1/logs"), "a token": token} {
		if p.status != http.StatusTooManyRequests {
			t.Errorf("%s: %d %s", what, p.status, p.body)
		}
		for name, want := range map[string]string{"Retry-After": "1", "X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset, 10)} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", what, name, got, want)
			}
		}
		if strings.Contains(p.body, "wrong") {
			t.Errorf("%s: the answer repeats the key: %s", what, p.body)
		}
	}
}
