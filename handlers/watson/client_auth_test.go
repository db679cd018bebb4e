package watson

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quittance/db/label"
)

// identity is a server that is service and identity service in one: the latter gives the answers of a test, one after the other.
func identity(t *testing.T, service string, answers ...string) (h *hostile, c *Client, given *int) {
	given = new(int)
	h = newHostile(t, func(_ int, r *http.Request, c net.Conn) bool {
		if r.URL.Path == "/identity/token" {
			*given++
			io.WriteString(c, answers[min(*given, len(answers))-1])
			return false
		}
		io.WriteString(c, service)
		return false
	})
	iam, err := NewIAM("http://iam.example", "planted-key")
	if err != nil {
		t.Fatal(err)
	}
	return h, h.client(func(o *ClientOptions) { o.Auth = iam }), given
}

// jwt is a token as IAM makes them, with claims but without a signature that counts.
func jwt(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

func grant(token, more string) string {
	return say(200, `{"access_token":"`+token+`","refresh_token":"not_supported","token_type":"Bearer"`+more+`}`, isJSON)
}

// TestTokenLives: a token is used for four fifths of its life, however that is told, and then replaced.
func TestTokenLives(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		life   time.Duration // until the next token is got
	}{
		"expires_in":                   {grant("t", `,"expires_in":3600,"expiration":1`), 48 * time.Minute},
		"expires_in as text":           {grant("t", `,"expires_in":"600"`), 8 * time.Minute},
		"expiration":                   {grant("t", `,"expiration":946685400`), 8 * time.Minute}, // 2000-01-01T00:10:00Z
		"iat and exp, by other clocks": {grant(jwt(`{"iat":5000,"exp":5600}`), ``), 8 * time.Minute},
		"exp alone":                    {grant(jwt(`{"exp":946685400}`), ``), 8 * time.Minute},
		"opaque":                       {grant("opaque", ``), 8 * time.Minute},
		"claims of no kind":            {grant(jwt(`{"iat":"a","exp":[]}`), ``), 8 * time.Minute},
		"no JSON in it":                {grant("a.b.c", ``), 8 * time.Minute},
		"longer than an hour":          {grant("t", `,"expires_in":1e300`), 48 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			h, c, given := identity(t, say(202, `{}`), tt.answer)
			use := func(want int) {
				t.Helper()
				if err := deletes("a")(c); err != nil || *given != want {
					t.Errorf("%s: %v, %d tokens, want %d", name, err, *given, want)
				}
			}
			use(1)
			time.Sleep(tt.life - time.Second)
			use(1)
			time.Sleep(time.Second)
			use(2)
			if !strings.HasPrefix(h.credit[1], "Bearer ") || h.credit[0] != "" {
				t.Errorf("%s: %q", name, h.credit)
			}
		})
	}
}

// TestNoToken: whatever the identity service does, the service itself has heard nothing, and nothing of the key is told.
func TestNoToken(t *testing.T) {
	for name, tt := range map[string]struct {
		answer  string
		outcome Outcome
		code    string
		after   time.Duration
	}{
		"a wrong key":         {say(400, `{"errorCode":"BXNIM0415E","errorMessage":"planted-key could not be found"}`, isJSON), Refused, "iam-refused", 0},
		"401":                 {say(401, ``), Refused, "iam-refused", 0},
		"a redirect":          {say(307, ``, "Location: http://other.example"), Refused, "iam-refused", 0},
		"too many":            {say(429, ``, "Retry-After: 3"), Later, "iam-unavailable", 3 * time.Second},
		"500":                 {say(500, `planted-key`), Later, "iam-unavailable", 0},
		"502":                 {say(502, `<html>`), Later, "iam-unavailable", 0},
		"nothing":             {"", Later, "iam-unavailable", 0},
		"no JSON":             {say(200, `planted-key`, isJSON), Later, "iam-unavailable", 0},
		"no token":            {say(200, `{"expires_in":3600}`, isJSON), Later, "iam-unavailable", 0},
		"an empty token":      {grant("", `,"expires_in":3600`), Later, "iam-unavailable", 0},
		"a token of numbers":  {say(200, `{"access_token":1}`, isJSON), Later, "iam-unavailable", 0},
		"a token of lines":    {grant(`planted\r\nX-Injected: yes`, `,"expires_in":3600`), Later, "iam-unavailable", 0},
		"a token with blanks": {grant(`a b`, `,"expires_in":3600`), Later, "iam-unavailable", 0},
		"a huge token":        {grant(strings.Repeat("x", maxToken+1), `,"expires_in":3600`), Later, "iam-unavailable", 0},
		"a huge answer":       {grant("t", `,"x":"`+strings.Repeat("x", 2*maxErrorBody)+`"`), Later, "iam-unavailable", 0},
		"over already":        {grant("t", `,"expires_in":0`), Later, "iam-unavailable", 0},
		"over long ago":       {grant("t", `,"expires_in":-1e300`), Later, "iam-unavailable", 0},
		"expired in 1970":     {grant("t", `,"expiration":1`), Later, "iam-unavailable", 0},
		"cut off":             {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + `{"access_token":"t","expires_in":3600}`, Later, "iam-unavailable", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			h, c, _ := identity(t, say(202, `{}`), tt.answer)
			known(t, name, deletes(planted)(c), tt.outcome, tt.code, tt.after)
			if len(h.asked) != 1 {
				t.Errorf("%s: asked for %q", name, h.asked)
			}
		})
	}
}

// TestTokenIsShared: many who need a token at once get one, and whoever comes to their turn after it came gets no second.
func TestTokenIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, given := identity(t, say(202, `{}`), grant("t", `,"expires_in":3600`))
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if err := deletes("a")(c); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		late, err := c.auth.(*IAM).fresh(t.Context(), c.out)
		if err != nil || *late.value != "Bearer t" || *given != 1 {
			t.Errorf("%d tokens, %v", *given, err)
		}
	})
}

// TestTokenForTheOthers: the one who was first to ask for a token gives up, and those who wait for it get it.
func TestTokenForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := 0
		h := newHostile(t, func(_ int, r *http.Request, c net.Conn) bool {
			if r.URL.Path == "/identity/token" {
				tokens++
				time.Sleep(3 * time.Second)
				io.WriteString(c, grant("t", `,"expires_in":3600`))
				return false
			}
			io.WriteString(c, say(202, ``))
			return false
		})
		iam, err := NewIAM("http://iam.example", "k")
		if err != nil {
			t.Fatal(err)
		}
		c := h.client(func(o *ClientOptions) { o.Auth = iam })
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		id, _ := label.Parse(label.Assistant, "a")
		var first error
		var all sync.WaitGroup
		all.Go(func() { _, first = c.DeleteUserData(hurried, id) })
		synctest.Wait()
		if _, err := c.DeleteUserData(t.Context(), id); err != nil || tokens != 1 {
			t.Errorf("%v, %d tokens", err, tokens)
		}
		if all.Wait(); codeOf(first) != "gave-up" {
			t.Errorf("the first: %v", first)
		}
	})
}

// TestTokenRefused: a 401 brings one new token and one more attempt, and then it is the service's last word.
func TestTokenRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c, given := identity(t, say(401, ``), grant("t1", `,"expires_in":3600`), grant("t2", `,"expires_in":3600`), grant("t3", `,"expires_in":3600`))
		known(t, "401 for ever", deletes(planted)(c), Refused, "unauthorized", 0)
		if *given != 2 || !slices.Equal(h.credit, []string{"", "Bearer t1", "", "Bearer t2"}) {
			t.Errorf("%d tokens, %q", *given, h.credit)
		}
		r, err := c.Pass(t.Context(), PassRequest{Method: "POST", Path: "v2/x", Body: []byte(`{"a":1}`)})
		if err != nil || r.Status != 401 || !slices.Equal(h.credit[4:], []string{"Bearer t2", "", "Bearer t3"}) {
			t.Errorf("passed on: %+v, %v, %q", r, err, h.credit)
		}
		if got := len(h.asked); streams(c) != nil || len(h.asked) != got+1 {
			t.Errorf("a stream was sent twice: %q", h.asked[got:])
		}
	})
}

// TestOldTokenGoesOn: when the identity service is away at the time of renewal, the old token is used to its end.
func TestOldTokenGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, given := identity(t, say(202, `{}`), grant("t", `,"expires_in":3600`), say(503, ``))
		for i, at := range []time.Duration{0, 50 * time.Minute, time.Second, 9 * time.Minute} {
			time.Sleep(at)
			if err := deletes("a")(c); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if *given != 3 { // the first, and two that failed half a minute or more apart
			t.Errorf("%d tokens", *given)
		}
		time.Sleep(time.Minute)
		if err := deletes("a")(c); codeOf(err) != "iam-unavailable" {
			t.Errorf("after its end: %v", err)
		}
	})
}

// TestBasic is what goes over the wire.
func TestBasic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(t, say(202, ``))
		if err := deletes("a")(h.client()); err != nil || h.credit[0] != "Basic "+base64.StdEncoding.EncodeToString([]byte("apikey:key")) {
			t.Errorf("%v, %q", err, h.credit)
		}
		if _, err := NewIAM("ftp://planted", "k"); err == nil || strings.Contains(fmt.Sprint(err), "planted") {
			t.Errorf("%v", err)
		}
	})
}
