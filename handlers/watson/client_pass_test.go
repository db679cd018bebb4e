package watson

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPassVerbatim: the label and opt-out headers, types, query and body arrive as they came, and nothing else does.
func TestPassVerbatim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got *http.Request
		h := newHostile(t, func(_ int, r *http.Request, c net.Conn) bool {
			got = r
			io.WriteString(c, say(404, `{"error":"Invalid Session","code":404}`, isJSON, "X-Global-Transaction-Id: abc", "Set-Cookie: a=b", "WWW-Authenticate: Basic",
				"X-RateLimit-Limit: 9", "Location: http://other.example"))
			return false
		})
		in := http.Header{"X-Watson-Metadata": {"customer_id=a;customer_id=b", " customer_id=客"}, "X-Watson-Learning-Opt-Out": {"TRUE"}, "X-Watson-Logging-Opt-Out": {"1"},
			"Content-Type": {"application/json; charset=x"}, "Accept": {"*/*"},
			"Authorization": {"Basic caller's"}, "Cookie": {"a=b"}, "X-Forwarded-For": {"10.0.0.1"}, "Host": {"other"}, "Connection": {"x"}, "Transfer-Encoding": {"chunked"}}
		r, err := h.client().Pass(t.Context(), PassRequest{Method: "POST", Path: "v2/assistants/a/sessions/%2Fs%20/message", Query: "version=2020-04-01&x=%C3%A4&y=+", Header: in, Body: []byte(`{"a": 1}`)})
		if err != nil || r.Status != 404 || string(r.Body) != `{"error":"Invalid Session","code":404}` {
			t.Errorf("%+v, %v", r, err)
		}
		if len(r.Header) != 3 || r.Header.Get("X-RateLimit-Limit") != "9" || r.Header.Get("X-Global-Transaction-Id") != "abc" {
			t.Errorf("came back: %v", r.Header)
		}
		if h.asked[0] != "POST /instances/1/v2/assistants/a/sessions/%2Fs%20/message?version=2020-04-01&x=%C3%A4&y=+" || got.Host != "watson.example" || got.ContentLength != 8 {
			t.Errorf("%q at %s", h.asked, got.Host)
		}
		want := http.Header{"X-Watson-Metadata": {"customer_id=a;customer_id=b", "customer_id=客"}, "X-Watson-Learning-Opt-Out": {"TRUE"}, "X-Watson-Logging-Opt-Out": {"1"},
			"Content-Type": {"application/json; charset=x"}, "Accept": {"*/*"}, "Authorization": {h.credit[0]}, "User-Agent": {"quittance"}, "Accept-Encoding": {"gzip"}, "Content-Length": {"8"}}
		for name, values := range got.Header {
			if !slices.Equal(want[name], values) {
				t.Errorf("%s: %q", name, values)
			}
		}
		if len(got.Header) != len(want) {
			t.Errorf("arrived: %v", got.Header)
		}
	})
}

// TestPassRefuses what would be another request than the one that was meant: nothing is sent.
func TestPassRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(t, say(200, ``))
		for name, p := range map[string]PassRequest{
			"another instance":      {Method: "GET", Path: "../2/v1/logs"},
			"later in the path":     {Method: "GET", Path: "v1/../../2/v1/logs"},
			"encoded":               {Method: "GET", Path: "v1/%2e%2E/%2e%2e/2/v1/logs"},
			"with an encoded slash": {Method: "GET", Path: "v1/..%2f..%2f2/v1/logs"},
			"with a backslash":      {Method: "GET", Path: `v1/..\..\2`},
			"with a parameter":      {Method: "GET", Path: "v1/..;x/..;/2"},
			"no path":               {Method: "GET", Path: ""},
			"a broken escape":       {Method: "GET", Path: "v1/%zz"},
			"a line in the query":   {Method: "GET", Path: "v1/logs", Query: "a=b\r\nX-Injected: yes"},
			"a blank in the query":  {Method: "GET", Path: "v1/logs", Query: "a=b HTTP/1.1"},
			"a fragment":            {Method: "GET", Path: "v1/logs", Query: "a#b"},
			"a line in a label":     {Method: "GET", Path: "v1/logs", Header: http.Header{"X-Watson-Metadata": {"customer_id=a\r\nX-Injected: yes"}}},
			"a null in a type":      {Method: "GET", Path: "v1/logs", Header: http.Header{"Content-Type": {"a\x00b"}}},
			"a line in the method":  {Method: "GET / HTTP/1.1\r\nX: y", Path: "v1/logs"},
		} {
			for _, call := range []func() error{
				func() error { _, err := h.client().Pass(t.Context(), p); return err },
				func() error { _, err := h.client().Stream(t.Context(), p, nil, 0); return err },
			} {
				known(t, name, call(), Refused, "request", 0)
			}
		}
		if len(h.asked) != 0 {
			t.Errorf("asked for %q", h.asked)
		}
		if _, err := h.client().Pass(t.Context(), PassRequest{Method: "GET", Path: "v1/a\r\nX: y z"}); err != nil || h.asked[0] != "GET /instances/1/v1/a%0D%0AX:%20y%20z" {
			t.Errorf("lines in a path are escaped: %v, %q", err, h.asked)
		}
	})
}

// TestPassOutcomes: an answer that refuses is an answer; half an answer is none.
func TestPassOutcomes(t *testing.T) {
	for name, tt := range map[string]struct {
		bytes  string
		status int // 0 = an error
		code   string
	}{
		"500":        {say(500, `x`), 500, ""},
		"429":        {say(429, `Rate limit exceeded`, "Retry-After: 5"), 429, ""},
		"401":        {say(401, ``), 401, ""},
		"not JSON":   {say(200, `<`, isJSON), 200, ""},
		"cut off":    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", 0, "no-answer"},
		"huge":       {say(200, strings.Repeat("x", maxPassed+1)), 0, "too-large"},
		"just right": {say(200, strings.Repeat("x", maxPassed)), 200, ""},
		"nothing":    {"", 0, "no-answer"},
		"a redirect": {say(308, ``, "Location: http://other.example"), 0, "redirect"},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := always(t, tt.bytes)
			r, err := h.client().Pass(t.Context(), PassRequest{Method: "POST", Path: "v2/x"})
			if r.Status != tt.status || codeOf(err) != tt.code || len(h.asked) != 1 {
				t.Errorf("%s: %d, %v, %d calls", name, r.Status, err, len(h.asked))
			}
		})
	}
}

// TestStreamBothWays: what is sent arrives while it is sent, what is answered is read while it comes, and neither is held in memory.
func TestStreamBothWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		out := &http.Transport{DialContext: dialOnce(ours)}
		defer out.CloseIdleConnections()
		h := &hostile{t: t, idle: out}
		voice, mouth := io.Pipe()
		heard := make(chan string)
		go func() {
			r, err := http.ReadRequest(bufio.NewReader(theirs))
			if err != nil {
				t.Error(err)
				return
			}
			word := make([]byte, 5)
			for range 3 {
				io.ReadFull(r.Body, word)
				heard <- string(word)
			}
			io.Copy(io.Discard, r.Body)
			io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nTransfer-Encoding: chunked\r\n\r\n")
			for range 3 {
				io.WriteString(theirs, "5\r\nsound\r\n")
				time.Sleep(50 * time.Second) // slow, but it moves
			}
			io.WriteString(theirs, "0\r\n\r\n")
		}()
		go func() {
			for range 3 {
				io.WriteString(mouth, "hello")
				<-heard
				time.Sleep(50 * time.Second)
			}
			mouth.Close()
		}()
		s, err := h.client().Stream(t.Context(), PassRequest{Method: "POST", Path: "v1/recognize", Header: http.Header{"Content-Type": {"audio/wav"}}}, voice, -1)
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(s.Body)
		if err != nil || string(said) != "soundsoundsound" || s.Status != 200 || s.Header.Get("Content-Type") != "audio/wav" {
			t.Errorf("%d %v %q (%v)", s.Status, s.Header, said, err)
		}
		if err := s.Body.Close(); err != nil || s.Body.(*stream).ctx.Err() == nil {
			t.Errorf("the watch goes on after the end (%v)", err)
		}
		theirs.Close()
	})
}

// dialOnce gives one end of a pipe to whoever dials.
func dialOnce(c net.Conn) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) { return c, nil }
}

// TestStreamBounds: an endless answer ends, one that breaks off says so, and one that is closed early lets the connection go.
func TestStreamBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sound := bytes.Repeat([]byte("x"), 1<<20)
		left := make(chan error, 1)
		h := newHostile(t, func(_ int, _ *http.Request, c net.Conn) bool {
			_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			for err == nil {
				_, err = c.Write(sound)
			}
			left <- err
			return false
		})
		s, err := h.client().Stream(t.Context(), PassRequest{Method: "GET", Path: "v1/synthesize"}, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, s.Body)
		if codeOf(err) != "too-large" || n != maxStream {
			t.Errorf("%d bytes, %v", n, err)
		}
		s.Body.Close()
		if err := <-left; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the service went on: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		known(t, "cut off", streams(always(t, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab").client()), Unknown, "no-answer", 0)
	})
}
