package connect

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"quittance/handlers/watson"
)

// HookBody is what a webhook is told: https://github.com/standard-webhooks/standard-webhooks, "Payload structure". No name, no customer ID.
type HookBody struct {
	Type      string    `json:"type"`      // "waiting.erasure"
	Timestamp time.Time `json:"timestamp"` // since when it is so
	Data      HookData  `json:"data"`
}

// HookData says what it is about.
type HookData struct {
	Object   string `json:"object,omitempty"` // "erasure/7"
	Count    int64  `json:"count,omitempty"`
	Sentence string `json:"sentence"`
	URL      string `json:"url"`
}

// hookMost is how long a receiver may ask us to wait.
const hookMost = 24 * time.Hour

// HookError is why a call was not taken.
type HookError struct {
	Status int           // 0 = no answer
	After  time.Duration // how long it asks us to wait; 0 = it does not say
	err    error
}

// Error implements error. It repeats neither the address nor the answer.
func (e *HookError) Error() string {
	var refusal *Refusal
	switch {
	case errors.As(e.err, &refusal):
		return refusal.Error()
	case e.Status == 0:
		return "it does not answer within ten seconds, or not over TLS that we trust"
	}
	if e.Status/100 == 3 {
		return fmt.Sprintf("it answers with status %d, and redirects are not followed", e.Status)
	}
	return fmt.Sprintf("it answers with status %d", e.Status)
}

// Code is the error as it is kept.
func (e *HookError) Code() string {
	var refusal *Refusal
	switch {
	case errors.As(e.err, &refusal):
		return "address"
	case e.Status == 0:
		return "unreachable"
	}
	return "status " + strconv.Itoa(e.Status)
}

// Gone tells that the receiver wants no more.
func (e *HookError) Gone() bool { return e.Status == http.StatusGone }

// SignHook signs as Standard Webhooks says: over ID, time in seconds and body, with dots between.
func SignHook(key []byte, id string, when time.Time, body []byte) string {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s.%d.", id, when.Unix())
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// callHook makes one call. Its error is a *HookError.
func callHook(ctx context.Context, client *http.Client, address string, key []byte, id string, now time.Time, v HookBody) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return &HookError{err: &Refusal{"it cannot be read"}}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Quittance")
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", SignHook(key, id, now, body))
	res, err := client.Do(r)
	if err != nil {
		return &HookError{err: err}
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	if res.StatusCode/100 == 2 {
		return nil
	}
	after, _ := watson.RetryAfter(res.Header.Get("Retry-After"), now, hookMost)
	return &HookError{Status: res.StatusCode, After: after}
}
