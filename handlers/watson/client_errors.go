package watson

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Outcome is what a call that failed has done at the service, which decides what may be done next.
type Outcome string

// Outcomes.
const (
	Refused Outcome = "refused" // not done, and the same call would be refused again
	Later   Outcome = "later"   // not done; to be tried again, not before RetryAfter
	Unknown Outcome = "unknown" // perhaps done: it was sent, and no word of the service itself came back. A repeat has to be recorded
)

const (
	maxErrorBody  = 64 << 10 // bytes of an answer that says no
	maxRetryAfter = time.Hour
	// rateWindow is waited after a 429 that does not say how long: the documented limits are by the minute.
	rateWindow = time.Minute
)

// CallError is why a call failed, in words of our own: services quote in their errors what they were sent, and that is personal data.
type CallError struct {
	Outcome     Outcome
	Code        string // one of the keys of sentences
	Status      int    // of the answer; 0 = there was none
	RetryAfter  time.Duration
	Transaction string // X-Global-Transaction-Id
	cause       error  // that the caller's context ended
}

// Error implements error.
func (e *CallError) Error() string {
	if e.Status == 0 {
		return sentences[e.Code]
	}
	return fmt.Sprintf("%s (status %d)", sentences[e.Code], e.Status)
}

// Unwrap gives context.Canceled or context.DeadlineExceeded where the caller gave up, and nothing else.
func (e *CallError) Unwrap() error { return e.cause }

// sentences are all the codes and what they mean.
var sentences = map[string]string{
	"id":      "a customer ID of this form cannot exist in this kind of service",
	"request": "the request cannot be written as one of HTTP",
	"paced":   "the service's limit on calls leaves no room for this one in time",
	"gave-up": "the call was given up before the service had answered",

	"unwritable":  "the customer ID cannot be written into the address of the service",
	"signature":   "the answer is not signed with the certificate that was confirmed",
	"certificate": "the processor shows another certificate than the one that was confirmed",
	"unsupported": "the processor takes no erasures, or no ID of this kind",

	"address":     "the house does not call the address of the service",
	"dns":         "the name of the service cannot be resolved",
	"tls":         "the service cannot prove who it is",
	"unreachable": "the service cannot be reached",
	"timeout":     "the service did not answer in time",
	"no-answer":   "the connection broke before the whole answer had come",
	"malformed":   "the answer is not one that the service is documented to give",
	"too-large":   "the answer is larger than is read",
	"web-page":    "the answer is a web page: the address may be another's",

	"iam-address":     "the house does not call the address of the identity service",
	"iam-refused":     "the identity service refused the API key",
	"iam-unavailable": "the identity service gave no token",

	"redirect":        "the service points to another address, which is not followed",
	"bad-request":     "the service refused the request as wrong",
	"unauthorized":    "the service refused the credentials",
	"forbidden":       "the credentials are not allowed to do this",
	"not-found":       "the service does not know the address",
	"refused":         "the service refused the request",
	"rate-limit":      "the service's limit on calls is reached",
	"server":          "the service failed",
	"unavailable":     "the service is not available",
	"gateway":         "what stands before the service had no word from it",
	"cursor":          "the listing broke off because its cursor is no longer good: it has to be begun again",
	"cursor-loop":     "the listing does not end: the service repeats itself",
	"invalid-session": "the session does not exist or has ended",
	"invalid-query":   "the service does not understand the filter",
	"invalid-guid":    "the service does not know the identifier in the address",
	"input-error":     "the service refused what was sent as wrong",
	"invalid-field":   "the service refused a field",
	"invalid-header":  "the service refused a header",
	"invalid-method":  "the service does not know the method",
	"missing-field":   "the service misses a field",
}

// refusalOf reads an answer that is no success; nil = it is one.
func refusalOf(status int, h http.Header, body []byte) *CallError {
	e := &CallError{Status: status, Transaction: transactionOf(h)}
	if e.Outcome, e.Code = judge(status); e.Outcome == "" {
		return nil
	}
	if said := codeIn(body); e.Outcome == Refused && said != "" {
		e.Code = said
	}
	if e.Outcome != Refused {
		e.RetryAfter = comeAgain(h, time.Now())
	}
	if e.Status == http.StatusTooManyRequests && e.RetryAfter == 0 {
		e.RetryAfter = rateWindow
	}
	return e
}

// judge tells what a status means; no outcome is success. 502 and 504 are words of a gateway that did not hear the service: whether that did
// what it was asked for is not known (RFC 9110, sections 15.6.3 and 15.6.5). 501 will be no other tomorrow (15.6.2).
func judge(status int) (Outcome, string) {
	switch {
	case status >= 200 && status < 300:
		return "", ""
	case status < 400:
		return Refused, "redirect"
	case status == http.StatusTooManyRequests:
		return Later, "rate-limit"
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly:
		return Later, "unavailable"
	case status == http.StatusBadGateway || status == http.StatusGatewayTimeout:
		return Unknown, "gateway"
	case status == http.StatusServiceUnavailable:
		return Later, "unavailable"
	case status >= 500 && status != http.StatusNotImplemented:
		return Later, "server"
	}
	if code := refusals[status]; code != "" {
		return Refused, code
	}
	return Refused, "refused"
}

var refusals = map[int]string{
	http.StatusBadRequest:   "bad-request",
	http.StatusUnauthorized: "unauthorized",
	http.StatusForbidden:    "forbidden",
	http.StatusNotFound:     "not-found",
}

// What services are known to say (watson-api.md section 1, "Errors"), by how it begins.
var said = []struct{ begins, code string }{
	{"Invalid Session", "invalid-session"},
	{"Analytics Service Error: Invalid query", "invalid-query"},
	{"URL workspaceid parameter is not a valid GUID", "invalid-guid"},
	{"URL assistantid parameter is not a valid GUID", "invalid-guid"},
	{"URL sessionid parameter is not a valid GUID", "invalid-guid"},
	{"input_error", "input-error"},
	{"invalid_field", "invalid-field"},
	{"invalid_header", "invalid-header"},
	{"invalid_method", "invalid-method"},
	{"missing_field", "missing-field"},
}

// codeIn looks for a known word in an error's body, whichever service's shape it has; "" = none. Whatever else stands there is dropped.
func codeIn(body []byte) string {
	var e struct {
		Error        jsontext.Value `json:"error"`
		Errors       jsontext.Value `json:"errors"`
		Message      jsontext.Value `json:"message"`
		ErrorMessage jsontext.Value `json:"errorMessage"`
	}
	var v3 struct {
		ErrorID jsontext.Value `json:"error_id"`
	}
	var v4 []struct {
		Code    jsontext.Value `json:"code"`
		Message jsontext.Value `json:"message"`
	}
	if json.Unmarshal(body, &e) != nil || e.Errors != nil && json.Unmarshal(e.Errors, &v4) != nil {
		return ""
	}
	texts := []jsontext.Value{e.Error, e.Message, e.ErrorMessage}
	if e.Error.Kind() == '{' && json.Unmarshal(e.Error, &v3) == nil {
		texts = append(texts, v3.ErrorID)
	}
	for _, x := range v4 {
		texts = append(texts, x.Code, x.Message)
	}
	return knownIn(texts)
}

func knownIn(texts []jsontext.Value) string {
	for _, v := range texts {
		var text string
		if v.Kind() != '"' || json.Unmarshal(v, &text) != nil {
			continue
		}
		for _, s := range said {
			if strings.HasPrefix(text, s.begins) {
				return s.code
			}
		}
	}
	return ""
}

// comeAgain reads when to come again: Retry-After in seconds or as a date (RFC 9110, section 10.2.3), else the moment at which the limit is
// lifted. 0 = it does not say. A service that says "next year" is asked again after an hour.
func comeAgain(h http.Header, now time.Time) time.Duration {
	if after, ok := RetryAfter(h.Get("Retry-After"), now, maxRetryAfter); ok {
		return after
	}
	if h.Get("X-RateLimit-Remaining") != "0" {
		return 0
	}
	at, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return 0
	}
	return within(time.Unix(at, 0).Sub(now), maxRetryAfter)
}

// RetryAfter reads the header of that name, in seconds or as a date (RFC 9110, section 10.2.3), as a wait of 0 to most. false = it says neither.
func RetryAfter(value string, now time.Time, most time.Duration) (time.Duration, bool) {
	if n, err := strconv.ParseUint(value, 10, 64); err == nil {
		return within(time.Duration(min(n, uint64(most/time.Second)))*time.Second, most), true
	}
	at, err := http.ParseTime(value)
	return within(at.Sub(now), most), err == nil
}

func within(d, most time.Duration) time.Duration { return min(max(d, 0), most) }

// transactionOf gives the number of the call at the service, if it is one: a word would be kept that somebody else has chosen.
func transactionOf(h http.Header) string {
	s := h.Get("X-Global-Transaction-Id")
	if len(s) > 64 || strings.Trim(s, "0123456789abcdefABCDEF-") != "" {
		return ""
	}
	return s
}
