package watson

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// FuzzClientAnswer reads any answer as everything that it could be an answer to: nothing panics, what is not success is an outcome with a code of
// ours, an entry that is handed over is JSON, and reading in small pieces or large ones comes to the same.
func FuzzClientAnswer(f *testing.F) {
	for _, body := range []string{`{}`, `{"logs":[{"log_id":"1"}],"pagination":{"next_cursor":"c"}}`, `{"logs":[],"pagination":{"next_url":"/x?cursor=a"}}`, `Rate limit exceeded`,
		`{"error":"Invalid Session","code":404}`, `{"error":{"error_id":"input_error"}}`, `{"errors":[{"code":"missing_field"}]}`, `<html>`, ``, `{"logs":[{"a":1,"a":"\ud800"}]}`,
		`{"access_token":"` + jwt(`{"iat":1,"exp":2e308}`) + `","expires_in":-1}`, `{"access_token":"a","expires_in":"9e99"}`, "{\"logs\":[{\"\xff\":1}]}"} {
		f.Add(200, "", "", []byte(body))
		f.Add(400, "5", "abc", []byte(body))
		f.Add(429, "Fri, 31 Dec 1999 23:59:59 GMT", "1e5", []byte(body))
		f.Add(503, "-1", "", []byte(body))
	}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, status int, after, transaction string, body []byte) {
		h := http.Header{"Retry-After": {after}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {after}, "X-Global-Transaction-Id": {transaction}}
		if e := refusalOf(status, h, body); e != nil && (sentences[e.Code] == "" || e.Outcome == "" || e.RetryAfter < 0 || e.RetryAfter > maxRetryAfter) {
			t.Fatalf("%#v", e)
		} else if e == nil && (status < 200 || status > 299) {
			t.Fatalf("%d is a success", status)
		}
		if k := readToken(body, now); k != nil && (k.by.Before(k.renew) || !k.renew.After(now) || strings.ContainsAny(*k.value, "\r\n") || k.by.Sub(now) > maxLife) {
			t.Fatalf("%q lives from %v to %v", *k.value, k.renew, k.by)
		}
		next, entries, err := pageOf(t, bytes.NewReader(body))
		again, others, err2 := pageOf(t, iotest.OneByteReader(bytes.NewReader(body)))
		if next != again || len(entries) != len(others) || (err == nil) != (err2 == nil) {
			t.Fatalf("in one piece %q %d %v, in many %q %d %v", next, len(entries), err, again, len(others), err2)
		}
		if err == nil && !bytes.Contains(body, []byte(`logs`)) && !bytes.Contains(body, []byte(`\u`)) {
			t.Fatalf("a page without logs is a page: %q", body)
		}
		a := &slowAnswer{ctx: t.Context(), res: &http.Response{StatusCode: 200, Header: h}}
		if e := a.failure(io.ErrUnexpectedEOF); codeOf(e) != "no-answer" {
			t.Fatal(e)
		}
		if err != nil && sentences[codeOf(a.failure(err))] == "" {
			t.Fatalf("%v has no code", err)
		}
	})
}

func pageOf(t *testing.T, r io.Reader) (next string, entries []Entry, err error) {
	next, n, err := readPage(r, func(e Entry, _ error) bool {
		if !json.Valid(e.Raw) || e.Raw[0] != '{' {
			t.Fatalf("an entry is %q", e.Raw)
		}
		entries = append(entries, e)
		return true
	})
	if n != len(entries) {
		t.Fatalf("%d entries are counted as %d", len(entries), n)
	}
	return next, entries, err
}
