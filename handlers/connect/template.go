package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"quittance/db"
)

// errUnwritable is returned for an ID that would change where a call goes.
var errUnwritable = errors.New("the customer ID cannot be written into this address")

// fillAddress puts an ID into an address, escaped for the place where it stands: a segment of the path, or the query. Blanks are %20 in both, since
// not everybody reads a + as one.
func fillAddress(template, id string) (*url.URL, error) {
	head, query, hasQuery := strings.Cut(template, "?")
	if strings.Contains(head, db.Placeholder) && moves(id) {
		return nil, errUnwritable
	}
	path := strings.ReplaceAll(head, db.Placeholder, url.PathEscape(id))
	if hasQuery {
		path += "?" + strings.ReplaceAll(query, db.Placeholder, strings.ReplaceAll(url.QueryEscape(id), "+", "%20"))
	}
	u, err := url.Parse(path)
	if err != nil {
		return nil, errUnwritable
	}
	return u, nil
}

// moves tells whether some reader of the path would take an ID for steps in it, however it is escaped: dots as a segment, by whichever slash.
func moves(id string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(id, func(r rune) bool { return r == '/' || r == '\\' }), func(segment string) bool {
		segment, _, _ = strings.Cut(segment, ";")
		return segment == "." || segment == ".."
	})
}

// fillBody puts an ID into the texts of a JSON body. The body is read and written anew, so that no ID can add anything to it but itself.
func fillBody(template, id string) ([]byte, error) {
	if template == "" {
		return nil, nil
	}
	d := json.NewDecoder(strings.NewReader(template))
	d.UseNumber()
	var body any
	if err := d.Decode(&body); err != nil {
		return nil, errUnwritable
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(filled(body, id)); err != nil {
		return nil, errUnwritable
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

func filled(v any, id string) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, db.Placeholder, id)
	case []any:
		for i := range v {
			v[i] = filled(v[i], id)
		}
	case map[string]any:
		for name := range v {
			v[name] = filled(v[name], id)
		}
	}
	return v
}
