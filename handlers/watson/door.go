package watson

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxBody  = 1 << 20 // bytes of a request body (security.md, "Limits")
	maxDepth = 32      // objects and arrays within each other
)

// readJSON reads the body into a struct. An absent body is an empty object, as IBM's clients send it. A body that is not whole, not JSON,
// not UTF-8, too long or too deep, or that gives a name twice, is refused before anything is done with any part of it.
func (c *call) readJSON(into any) error {
	body, err := c.readBody()
	if err != nil || len(body) == 0 {
		return err
	}
	if err := jsonType(c.Header); err != nil {
		return err
	}
	if strings.EqualFold(c.Header.Get("Content-Encoding"), "gzip") {
		if body, err = unpack(body); err != nil {
			return err
		}
	}
	c.sentJSON = body
	return decode(body, into)
}

var errTooLong = &apiError{status: http.StatusRequestEntityTooLarge, message: "The request body is larger than 1 MiB"}

func (c *call) readBody() ([]byte, error) {
	body, err := io.ReadAll(c.Body)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, errTooLong
	case err != nil:
		return nil, bad("The request body ended before its announced length")
	}
	return body, nil
}

// unpack reads a body that a client of IBM's packed because it was made with enableGzipCompression. The bound holds for what is unpacked.
func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, bad("The request body is not the gzip that its header announces")
	}
	body, err := io.ReadAll(io.LimitReader(z, maxBody+1))
	switch {
	case err != nil:
		return nil, bad("The request body is not the gzip that its header announces")
	case len(body) > maxBody:
		return nil, errTooLong
	}
	return body, nil
}

// jsonType refuses a body that says it is something else. One that says nothing is taken for JSON.
func jsonType(h http.Header) error {
	unsupported := &apiError{status: http.StatusUnsupportedMediaType, message: "The request body must be application/json in UTF-8, as it is or as gzip"}
	if !slices.Contains([]string{"", "identity", "gzip"}, strings.ToLower(strings.Join(h.Values("Content-Encoding"), ","))) {
		return unsupported
	}
	if h.Get("Content-Type") == "" {
		return nil
	}
	t, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || t != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return unsupported
	}
	return nil
}

func decode(body []byte, into any) error {
	if deeper(body, maxDepth) {
		return bad("The request body is nested more than 32 levels deep")
	}
	if kind := jsontext.Value(body).Kind(); kind != '{' && kind != 0 {
		return bad("The request body must be a JSON object")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return explain(err)
	}
	return nil
}

// explain says where a body is wrong and never what stands there: the library's own texts quote the input. Where a field has the wrong
// type the path consists of the names of the contract.
func explain(err error) error {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		path := strings.ReplaceAll(strings.TrimPrefix(string(semantic.JSONPointer), "/"), "/", ".")
		return badField(path, "The request body has a field of the wrong type")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return bad("The request body is not whole: it ends in the middle of its JSON")
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return bad("The request body gives the same name twice in one object")
	}
	return bad("The request body is not valid JSON in UTF-8")
}

// deeper tells whether objects and arrays lie deeper within each other than most. What is not JSON is found out later.
func deeper(body []byte, most int) bool {
	depth, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > most {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
