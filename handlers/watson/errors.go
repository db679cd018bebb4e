package watson

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"quittance/db"
	"quittance/db/filter"
	"quittance/db/label"
)

// apiError is a refusal with the status and the sentence that the caller reads. Its message never repeats what was sent.
type apiError struct {
	status  int
	message string
	path    string // of the field in the body, as in "input.text"; "" = not one field
	allow   string
	missing bool          // the field is not there at all
	target  *visualTarget // where it is no field of the body
}

// Error implements error.
func (e *apiError) Error() string { return e.message }

func bad(message string) error { return &apiError{status: http.StatusBadRequest, message: message} }

func badField(path, message string) error {
	return &apiError{status: http.StatusBadRequest, message: message, path: path}
}

// badParam is about a parameter of the address.
func badParam(name, message string) error {
	return &apiError{status: http.StatusBadRequest, message: message, target: &visualTarget{"parameter", name}}
}

var (
	errNoResource = &apiError{status: http.StatusNotFound, message: "Resource not found"}
	errNoSession  = &apiError{status: http.StatusNotFound, message: "Invalid Session"}
)

// refusal turns an error into an answer: the one place where errors become statuses. What went wrong inside goes to the log, with the
// number under which the caller can ask for it, and never into the answer.
func (s *server) refusal(h http.Header, c *call, err error) answer {
	e := c.classify(err)
	switch e.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="Watson", charset="UTF-8"`) // RFC 9110, section 15.5.2
		h.Add("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests:
		s.retry(h, err)
	case http.StatusMethodNotAllowed:
		h.Set("Allow", e.allow)
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		if c.Context().Err() == nil { // a caller who hung up is no failure of ours
			s.o.Log.Error("a Watson API call failed", "transaction", c.trace, "route", c.Pattern, "error", err)
		}
	}
	body, err := json.Marshal(c.errorBody(e))
	if err != nil { // bodies are made of our own words
		body = []byte(`{"error":"Internal Server Error","code":500}`)
	}
	return answer{status: e.status, body: body}
}

func (c *call) classify(err error) *apiError {
	var api *apiError
	var lab *label.Error
	var fil *filter.Error
	switch {
	case errors.As(err, &api):
		return api
	case errors.As(err, &lab):
		return &apiError{status: http.StatusBadRequest, message: lab.Error(), target: c.labelled()}
	case errors.As(err, &fil):
		return &apiError{status: http.StatusBadRequest, message: "Analytics Service Error: Invalid query request. " + fil.Error()}
	case errors.Is(err, db.ErrTooBroad): // 400 and not 503: clients send what got a 503 again as it is, and only another filter helps
		return &apiError{status: http.StatusBadRequest, message: "Analytics Service Error: Invalid query request. " + db.ErrTooBroad.Error()}
	case errors.Is(err, ErrUnauthorized), errors.Is(err, db.ErrKey):
		return &apiError{status: http.StatusUnauthorized, message: "Unauthorized"}
	case errors.Is(err, ErrForbidden):
		return &apiError{status: http.StatusForbidden, message: "Forbidden"}
	case errors.Is(err, ErrTooMany):
		return &apiError{status: http.StatusTooManyRequests, message: "Rate limit exceeded"}
	case errors.Is(err, db.ErrCorrupt), errors.Is(err, db.ErrDamaged):
		return &apiError{status: http.StatusInternalServerError, message: "Internal Server Error"}
	}
	if errors.Is(err, db.ErrHeld) { // IBM's clients show this sentence; 409 is none of those that they send again
		return &apiError{status: http.StatusConflict, message: "This data is under a legal hold or a restriction and can be neither deleted nor replaced until that ends"}
	}
	if errors.Is(err, db.ErrLow) {
		return &apiError{status: http.StatusInsufficientStorage, message: "Insufficient Storage: too little of the disk is free to take anything in. Deletions are still accepted"}
	}
	if errors.Is(err, db.ErrFull) {
		return &apiError{status: http.StatusInsufficientStorage, message: "Insufficient Storage"}
	}
	return &apiError{status: http.StatusServiceUnavailable, message: "Service Unavailable"}
}

// labelled is where a customer ID was given: deletions have it in the address, everything else in the header.
func (c *call) labelled() *visualTarget {
	if c.query.Has("customer_id") || c.Method == http.MethodDelete {
		return &visualTarget{"parameter", "customer_id"}
	}
	return &visualTarget{"header", label.Header}
}

// retry says when to come again, and which limit was reached: IBM's clients wait as long as Retry-After says, programs of their users read
// the others (watson-api.md section 1).
func (s *server) retry(h http.Header, err error) {
	r := RetryError{After: time.Second}
	errors.As(err, &r)
	if r.Reset.IsZero() {
		r.Reset = s.store.Now().Add(r.After)
	}
	h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(r.After.Seconds())))))
	if r.Limit > 0 {
		h.Set("X-RateLimit-Limit", strconv.Itoa(r.Limit))
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(r.Reset.Unix(), 10))
	}
}

// The bodies in which errors are sent (watson-api.md section 1, "Errors").
type (
	gatewayError struct {
		Trace    string `json:"trace"`
		Error    string `json:"error"`
		MoreInfo string `json:"more_info"`
		Code     int    `json:"code"`
	}
	plainError struct {
		Error  string       `json:"error"`
		Errors []fieldError `json:"errors,omitempty"`
		Code   int          `json:"code"`
	}
	fieldError struct {
		Message string `json:"message"`
		Path    string `json:"path"`
	}
	visualErrorV3 struct {
		Error struct {
			Code        int    `json:"code"`
			Description string `json:"description"`
			ErrorID     string `json:"error_id"`
		} `json:"error"`
	}
	visualErrorV4 struct {
		Errors []visualError `json:"errors"`
		Trace  string        `json:"trace"`
	}
	visualError struct {
		Code    string        `json:"code"`
		Message string        `json:"message"`
		Target  *visualTarget `json:"target,omitempty"`
	}
	visualTarget struct {
		Type string `json:"type"` // field, parameter or header
		Name string `json:"name"`
	}
)

// The pages that the gateway's own errors point to.
var moreInfo = map[int]string{
	http.StatusUnauthorized: "https://cloud.ibm.com/docs/watson?topic=watson-authorization-error",
	http.StatusForbidden:    "https://cloud.ibm.com/docs/watson?topic=watson-forbidden-error",
}

// errorBody gives an error the shape of the service that it comes from.
func (c *call) errorBody(e *apiError) any {
	if page, ok := moreInfo[e.status]; ok {
		return gatewayError{c.trace, e.message, page, e.status}
	}
	if c.kindOf() == label.VisualRecognition {
		return c.visualError(e)
	}
	p := plainError{Error: e.message, Code: e.status}
	if e.path != "" {
		p.Errors = []fieldError{{e.message, e.path}}
	}
	return p
}

func (c *call) visualError(e *apiError) any {
	if c.api == "v4" {
		return visualErrorV4{[]visualError{e.visual()}, c.trace}
	}
	var v visualErrorV3
	v.Error.Code, v.Error.Description, v.Error.ErrorID = e.status, e.message, "input_error"
	switch code := e.visual().Code; code {
	case "server_error", "invalid_method":
		v.Error.ErrorID = code
	}
	return v
}

// visual is an error as Visual Recognition v4 words it, of a call or of one picture.
func (e *apiError) visual() visualError {
	v := visualError{Code: "invalid_field", Message: e.message, Target: e.target}
	if e.path != "" {
		v.Target = &visualTarget{"field", e.path}
	}
	switch {
	case e.status >= http.StatusInternalServerError:
		v.Code = "server_error"
	case e.status == http.StatusMethodNotAllowed:
		v.Code = "invalid_method"
	case e.missing:
		v.Code = "missing_field"
	case v.Target != nil && v.Target.Type == "header":
		v.Code = "invalid_header"
	}
	return v
}

// newTrace is the number of a transaction, by which a caller can ask about it.
func newTrace() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
