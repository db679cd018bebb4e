package logfile

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
	"quittance/db/label"
	"quittance/handlers/watson"
)

const (
	maxDepth  = 32  // of JSON (security.md, "Limits")
	maxColumn = 512 // bytes of an identifier that stands in a column
)

// entry is one line of an export, a v1 or v2 Log of watson-api.md, sections 2 and 3. Only what stands in columns is read out of it.
type entry struct {
	logID, customer, requested, answered string
	language, assistant, workspace       string
	session                              string
	request, response                    []byte
	body                                 []byte
}

// ParseEntry reads a line of an export into a record of a service. Its errors say what is wrong with the line, in words without a word of
// it. The label is customer_id, which v2 entries have; v1 entries have none of their own (their context.metadata.user_id is for billing and is no
// customer ID), but one that somebody has put beside them is taken.
func ParseEntry(line []byte, service int64) (db.NewRecord, error) {
	if err := wellFormed(line); err != nil {
		return db.NewRecord{}, err
	}
	e, err := readEntry(line)
	if err != nil {
		return db.NewRecord{}, err
	}
	return e.record(service)
}

// wellFormed refuses what is no whole JSON object within our limits.
func wellFormed(line []byte) error {
	switch {
	case !utf8.Valid(line):
		return wrong(NotUTF8, "it is not valid UTF-8")
	case deeperThan(line, maxDepth):
		return wrong(TooDeep, "its JSON is nested deeper than %d levels", maxDepth)
	case !jsontext.Value(line).IsValid():
		return wrong(NotJSON, "it is not well-formed JSON, or names something twice")
	case line[0] != '{':
		return wrong(NotObject, "it is not a JSON object")
	}
	return nil
}

// deeperThan counts brackets outside of strings, before anything that recurses looks at the line.
func deeperThan(b []byte, most int) bool {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i) - 1
		case '{', '[':
			if depth++; depth > most {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// stringEnd is the index behind the string that begins at i; of a broken string, the end of b.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// readEntry takes the entry apart. log_id and customer_id are not stored with the body: they have columns of their own.
func readEntry(line []byte) (entry, error) {
	var e entry
	var err error
	text := func(what string, v []byte) string {
		s, ok := unquote(v)
		if !ok && string(v) != "null" && err == nil {
			err = wrong(NotString, "%s is not a string", what)
		}
		return s
	}
	body := make([]byte, 1, len(line))
	body[0] = '{'
	members(line, func(name string, value, whole []byte) {
		switch name {
		case "log_id":
			e.logID = text(name, value)
			return
		case "customer_id":
			e.customer = text(name, value)
			return
		case "request_timestamp":
			e.requested = text(name, value)
		case "response_timestamp":
			e.answered = text(name, value)
		case "language":
			e.language = text(name, value)
		case "assistant_id":
			e.assistant = text(name, value)
		case "workspace_id":
			e.workspace = text(name, value)
		case "session_id":
			e.session = text(name, value)
		case "request":
			e.request = value
		case "response":
			e.response = value
		}
		if len(body) > 1 {
			body = append(body, ',')
		}
		body = append(body, whole...)
	})
	e.body = append(body, '}')
	return e, err
}

// members hands over the members of a well-formed object: name, value, and both as they stand. Anything else has none.
func members(object []byte, each func(name string, value, whole []byte)) {
	i := space(object, 0)
	if i >= len(object) || object[i] != '{' {
		return
	}
	for i = space(object, i+1); object[i] != '}'; i = space(object, i) {
		if object[i] == ',' {
			i = space(object, i+1)
		}
		from, end := i, stringEnd(object, i)
		name, _ := unquote(object[from:end])
		value := space(object, space(object, end)+1)
		i = valueEnd(object, value)
		each(name, object[value:i], object[from:i])
	}
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// valueEnd is the index behind the well-formed value that begins at i.
func valueEnd(b []byte, i int) int {
	if b[i] == '"' {
		return stringEnd(b, i)
	}
	if b[i] != '{' && b[i] != '[' {
		return i + bytes.IndexAny(b[i:], ",}] \t\r\n")
	}
	for depth := 0; ; i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// unquote reads a JSON string; ok is false for any other value.
func unquote(v []byte) (s string, ok bool) {
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1]), true
	}
	raw, err := jsontext.AppendUnquote(nil, v)
	return string(raw), err == nil
}

// at finds the string under a path of names, "" where there is none.
func at(object []byte, path ...string) string {
	for _, step := range path {
		var next []byte
		members(object, func(name string, value, _ []byte) {
			if name == step {
				next = value
			}
		})
		object = next
	}
	s, _ := unquote(object)
	return s
}

// record checks what an entry must have and puts it into columns.
func (e *entry) record(service int64) (db.NewRecord, error) {
	r := db.NewRecord{Service: service, Kind: db.Message, LogID: e.logID, Language: e.language, Container: e.assistant, Session: e.session,
		V1: e.workspace != "", Text: at(e.request, "input", "text"), Body: e.body}
	switch {
	case e.logID == "":
		return r, wrong(NoLogID, "it has no log_id")
	case len(e.request) == 0 || e.request[0] != '{':
		return r, wrong(NoRequest, "it has no request object")
	case len(e.response) == 0 || e.response[0] != '{':
		return r, wrong(NoResponse, "it has no response object")
	}
	e.converse(&r)
	for _, s := range []string{r.LogID, r.Language, r.Container, r.Session} {
		if len(s) > maxColumn || strings.ContainsFunc(s, unicode.IsControl) {
			return r, wrong(LongColumn, "an identifier in it is longer than %d bytes or has control characters", maxColumn)
		}
	}
	if err := e.times(&r); err != nil {
		return r, err
	}
	return r, e.labels(&r)
}

// converse says which conversation the entry belongs to, and whose it is.
func (e *entry) converse(r *db.NewRecord) {
	if r.V1 {
		r.Container = e.workspace
		r.Session = at(e.response, "context", "conversation_id")
	}
	if r.V1 && r.Session == "" {
		r.Session = at(e.request, "context", "conversation_id")
	}
	if !r.V1 && r.Session == "" {
		r.Session = at(e.response, "context", "global", "session_id")
	}
}

func (e *entry) times(r *db.NewRecord) error {
	for _, t := range []struct {
		name, text string
		to         *time.Time
	}{{"request_timestamp", e.requested, &r.Time}, {"response_timestamp", e.answered, &r.Answered}} {
		if t.text == "" {
			return wrong(NoTime, "it has no %s", t.name)
		}
		at, err := time.Parse(time.RFC3339Nano, t.text)
		if err != nil || at.UTC().Year() < 1970 || at.UTC().Year() > 9999 {
			return wrong(BadTime, "its %s is no time as in 2020-07-16T10:40:00.123Z", t.name)
		}
		*t.to = at
	}
	return nil
}

// labels reads the one customer ID that an entry has. An empty one is none.
func (e *entry) labels(r *db.NewRecord) error {
	if e.customer == "" {
		watson.OriginOf(e.body).Channel.Mark(r)
		return nil
	}
	id, err := label.Parse(label.Assistant, e.customer)
	if err != nil {
		return fmt.Errorf("its %w", err)
	}
	r.Labels = []label.ID{id}
	return nil
}
