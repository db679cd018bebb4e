package handlers

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/go-json-experiment/json"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// described is the description of the API, checked against the standard, and the way from a request to what it says of it.
var described = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, err
	}
	openapi3filter.RegisterBodyDecoder("application/x-pem-file", openapi3filter.FileBodyDecoder)
	doc.Servers = nil                                                 // the router knows no relative ones
	return legacy.NewRouter(doc, openapi3.EnableExamplesValidation()) // which validates the document
})

// describedDoors are the doors of the description, as the access log calls them but for the names in braces.
func describedDoors(t *testing.T) (out []string) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			out = append(out, method+" "+path)
		}
	}
	slices.Sort(out)
	return out
}

// asDescribed holds what was asked and answered against the description: the status stands there, the answer has that shape, and what the
// server takes the description takes too. Of what it does not know, only a refusal may be answered.
func asDescribed(req *http.Request, body string, got page) error {
	router, err := described()
	if err != nil {
		return err
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		if slices.Contains([]int{http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed}, got.status) {
			return nil
		}
		return err
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	asked := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	answered := &openapi3filter.ResponseValidationInput{RequestValidationInput: asked, Status: got.status, Header: got.header, Options: options}
	err = openapi3filter.ValidateResponse(context.Background(), answered.SetBodyBytes([]byte(got.body)))
	if err != nil || got.status >= http.StatusMultipleChoices {
		return err
	}
	options.ExcludeRequestBody = strings.HasPrefix(req.Header.Get("Content-Type"), "multipart/") // whose files the validator has no types for
	req.Body = io.NopCloser(strings.NewReader(body))
	return openapi3filter.ValidateRequest(context.Background(), asked)
}

func TestDescription(t *testing.T) {
	if _, err := described(); err != nil {
		t.Fatal(err)
	}
	var whole any
	if err := json.Unmarshal(openAPI, &whole); err != nil { // which refuses a name that comes twice: readers would take either
		t.Error(err)
	}
	h := openHouse(t, nil)
	got := h.visitor().get("/api/openapi.json")
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" || got.body != string(openAPI) {
		t.Errorf("it is served with status %d as %q", got.status, got.header.Get("Content-Type"))
	}
}

// TestDescribedDoors: what the description promises is there on the real server, for one kind of service at least.
func TestDescribedDoors(t *testing.T) {
	h := openHouse(t, func(c *Config) { c.OpenDSR = asProcessor(t) })
	instances := map[string]string{} // GUID → key
	for _, kind := range []label.Kind{label.Assistant, label.VisualRecognition, label.Discovery, label.SpeechToText, label.TextToSpeech} {
		svc, err := h.store.AddService(t.Context(), audit.Operator, kind, string(kind), "eu-de")
		if err != nil {
			t.Fatal(err)
		}
		key, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Service: svc.Number, Name: "all", Scopes: db.Scopes()})
		if err != nil {
			t.Fatal(err)
		}
		instances[svc.GUID] = key
	}
	desk, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Name: "desk", Scopes: []string{db.ScopeTickets}})
	if err != nil {
		t.Fatal(err)
	}
	instances["desk"] = desk
	for _, door := range describedDoors(t) {
		method, path, _ := strings.Cut(door, " ")
		open := false
		for guid, key := range instances {
			got := h.knock(method, path, guid, key)
			// The door is there; the conversation, the document, the collection or the classifier is not.
			nothing := got.status == http.StatusNotFound && (strings.Contains(got.body, "Invalid Session") || strings.Contains(got.body, "no document") || strings.Contains(got.body, "There is no "))
			open = open || nothing || got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed
		}
		if !open {
			t.Errorf("nothing is behind %s", door)
		}
	}
}

// knock asks at a door of the description, with the least that it takes.
func (h *house) knock(method, path, guid, key string) page {
	path = strings.Replace(path, "{guid}", guid, 1)
	for from := strings.Index(path, "{"); from >= 0; from = strings.Index(path, "{") {
		path = path[:from] + "x" + path[strings.Index(path, "}")+1:]
	}
	req, err := http.NewRequest(method, h.url+path+"?version=2020-04-01&customer_id=abc", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.SetBasicAuth("apikey", key)
	return h.visitor().do(req)
}
