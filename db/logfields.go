package db

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db/filter"
)

// logField is a field of log entries: what the filter language may ask of it and where a record has it. Of text, number and list one is set,
// by the type.
type logField struct {
	filter.Field
	text   func(*entry) []string
	number func(*entry) (float64, bool)
	list   func(*entry) []filter.Record
}

// wholeText is how long a text beside a record may be to be certainly the whole of what was said: longer ones were perhaps cut at a rune.
const wholeText = shortText - 4

var (
	isV2     = fmt.Sprintf("(r.flags & %d) = 0", flagV1)
	hasWhole = fmt.Sprintf("octet_length(r.text) <= %d", wholeText)

	intents = map[string]filter.Field{
		"intent":     {Type: filter.Text, Wildcard: true, Edits: true, Contains: true},
		"confidence": {Type: filter.Number},
	}
	entities = map[string]filter.Field{
		"entity":     {Type: filter.Text, Wildcard: true, Edits: true, Contains: true},
		"value":      {Type: filter.Text, Wildcard: true, Edits: true, Contains: true},
		"confidence": {Type: filter.Number},
	}
)

// logTable is both of IBM's lists of what can be asked, that of v1 and that of v2 (watson-api.md, section 8). Either name is answered for either
// version's entries, where the value is: /v1/logs shows entries of v2 in the shape of v1, and the console asks both at once.
var logTable = map[string]logField{
	"customer_id": {Field: filter.Field{Type: filter.Set, Wildcard: true, Edits: true, Column: "+c.name", // +: from the record to its few IDs, not from all IDs
		Within: `EXISTS (SELECT 1 FROM customer c WHERE %s AND (c.number = r.customer OR c.number IN (SELECT customer FROM record_label WHERE record = r.seq)))`},
		text: (*entry).customers},
	"language":     {Field: filter.Field{Column: "r.language", Edits: true}, text: column(func(r *Record) string { return r.Language })},
	"assistant_id": {Field: filter.Field{Column: "r.container", Edits: true}, text: column(func(r *Record) string { return r.Container })},
	"workspace_id": {Field: filter.Field{Column: "r.container", Edits: true}, text: column(func(r *Record) string { return r.Container })},
	"session_id":   {Field: filter.Field{Column: "r.session", Edits: true, Wildcard: true}, text: column(func(r *Record) string { return r.Session })},
	"response.context.conversation_id": {Field: filter.Field{Column: "r.session", Edits: true, Wildcard: true},
		text: column(func(r *Record) string { return r.Session })},
	"request_timestamp":  {Field: filter.Field{Type: filter.Time, Column: "r.time"}, number: func(e *entry) (float64, bool) { return float64(ms(e.r.Time)), true }},
	"response_timestamp": {Field: filter.Field{Type: filter.Time, Column: "r.answered"}, number: func(e *entry) (float64, bool) { return float64(ms(e.r.Answered)), true }},

	"request.input.text": {Field: filter.Field{Column: "r.text", Holds: hasWhole, Wildcard: true, Edits: true, Contains: true}, text: (*entry).said},
	"response.input.text": {Field: filter.Field{Column: "r.text", Holds: hasWhole + " AND " + isV2, Wildcard: true, Edits: true, Contains: true},
		text: func(e *entry) []string {
			if !e.r.V1 {
				return e.said()
			}
			return texts(e.at("response", "input", "text"))
		}},
	"skill_id": {Field: filter.Field{Wildcard: true, Edits: true}, text: inBody("skill_id")},
	"snapshot": {Field: filter.Field{Wildcard: true, Edits: true}, text: inBody("snapshot")},
	"request.context.global.system.user_id": {Field: filter.Field{Wildcard: true, Edits: true},
		text: byVersion([]string{"request", "context", "global", "system", "user_id"}, []string{"request", "context", "metadata", "user_id"})},
	"response.context.global.system.user_id": {Field: filter.Field{Wildcard: true, Edits: true},
		text: byVersion([]string{"response", "context", "global", "system", "user_id"}, []string{"response", "context", "metadata", "user_id"})},
	"request.context.metadata.deployment": {Field: filter.Field{Edits: true}, text: inBody("request", "context", "metadata", "deployment")},
	"request.context.system.assistant_id": {Field: filter.Field{Column: "r.container", Holds: isV2, Edits: true},
		text: func(e *entry) []string {
			if !e.r.V1 {
				return []string{e.r.Container}
			}
			return texts(e.at("request", "context", "system", "assistant_id"))
		}},

	"request.input.intents":    {Field: filter.Field{Type: filter.List, Sub: intents}, list: asked("intents")},
	"request.input.entities":   {Field: filter.Field{Type: filter.List, Sub: entities}, list: asked("entities")},
	"response.output.intents":  {Field: filter.Field{Type: filter.List, Sub: intents}, list: recognised("intents")},
	"response.output.entities": {Field: filter.Field{Type: filter.List, Sub: entities}, list: recognised("entities")},
	"response.intents":         {Field: filter.Field{Type: filter.List, Sub: intents}, list: recognised("intents")},
	"response.entities":        {Field: filter.Field{Type: filter.List, Sub: entities}, list: recognised("entities")},
	"response.top_intent":      {Field: filter.Field{Wildcard: true, Edits: true}, text: (*entry).topIntent},
	"meta.message.entities_count": {Field: filter.Field{Type: filter.Number},
		number: func(e *entry) (float64, bool) { return float64(len(recognised("entities")(e))), true }},
}

// logFields is the table as the filter language wants it.
var logFields = func() map[string]filter.Field {
	out := make(map[string]filter.Field, len(logTable))
	for name, f := range logTable {
		out[name] = f.Field
	}
	return out
}()

// entry is a stored log entry as a filter asks it. Its body is unpacked at the first question that needs it.
type entry struct {
	s              *Store
	r              Record
	labels         string // JSON array, where it bears several IDs
	stored, digest []byte
	err            error
}

// Language implements filter.Record.
func (e *entry) Language() string { return e.r.Language }

// Texts implements filter.Record.
func (e *entry) Texts(field string) []string { return logTable[field].text(e) }

// Number implements filter.Record.
func (e *entry) Number(field string) (float64, bool) { return logTable[field].number(e) }

// Elements implements filter.Record.
func (e *entry) Elements(field string) []filter.Record { return logTable[field].list(e) }

// body unpacks what is stored. What cannot be unpacked stands in err, which whoever asked looks at.
func (e *entry) body() []byte {
	if e.r.Body == nil && e.err == nil {
		e.r.Body, e.err = e.s.body(&e.r, e.stored, e.digest)
	}
	return e.r.Body
}

func (e *entry) at(path ...string) jsontext.Value { return dig(e.body(), path) }

func (e *entry) customers() (ids []string) {
	switch {
	case e.labels != "":
		e.err = json.Unmarshal([]byte(e.labels), &ids)
	case e.r.Customer != "":
		ids = []string{e.r.Customer}
	}
	return ids
}

// said is the whole of what the customer said.
func (e *entry) said() []string {
	if len(e.r.Text) > wholeText {
		if all := texts(e.at("request", "input", "text")); all != nil {
			return all
		}
	}
	return []string{e.r.Text}
}

// topIntent is the intent with the highest confidence, the first of several.
func (e *entry) topIntent() (top []string) {
	most := -1.0
	for _, x := range recognised("intents")(e) {
		if n, _ := x.Number("confidence"); n > most {
			most, top = n, x.Texts("intent")
		}
	}
	return top
}

func column(of func(*Record) string) func(*entry) []string {
	return func(e *entry) []string { return []string{of(&e.r)} }
}

func inBody(path ...string) func(*entry) []string { return byVersion(path, path) }

func byVersion(v2, v1 []string) func(*entry) []string {
	return func(e *entry) []string {
		if e.r.V1 {
			return texts(e.at(v1...))
		}
		return texts(e.at(v2...))
	}
}

// asked is a list that came with the request.
func asked(name string) func(*entry) []filter.Record {
	return func(e *entry) []filter.Record {
		if e.r.V1 {
			return e.elements("request", name)
		}
		return e.elements("request", "input", name)
	}
}

// recognised is a list of the answer.
func recognised(name string) func(*entry) []filter.Record {
	return func(e *entry) []filter.Record {
		if e.r.V1 {
			return e.elements("response", name)
		}
		return e.elements("response", "output", name)
	}
}

// elements are the objects of an array; anything else has none.
func (e *entry) elements(path ...string) []filter.Record {
	var all []jsontext.Value
	if v := e.at(path...); v.Kind() != '[' || json.Unmarshal(v, &all, lenient) != nil {
		return nil
	}
	out := make([]filter.Record, 0, len(all))
	for _, v := range all {
		if v.Kind() == '{' {
			out = append(out, part{v, e.r.Language})
		}
	}
	return out
}

// part is one element of a list.
type part struct {
	object   jsontext.Value
	language string
}

// Language implements filter.Record.
func (p part) Language() string { return p.language }

// Texts implements filter.Record.
func (p part) Texts(field string) []string { return texts(dig(p.object, []string{field})) }

// Number implements filter.Record.
func (p part) Number(field string) (n float64, ok bool) {
	v := dig(p.object, []string{field})
	return n, v.Kind() == '0' && json.Unmarshal(v, &n) == nil
}

// Elements implements filter.Record.
func (p part) Elements(string) []filter.Record { return nil }

// lenient: entries were checked when they came in.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// dig finds the value under a path of names in a JSON object, nil where there is none.
func dig(object []byte, path []string) jsontext.Value {
	d := jsontext.NewDecoder(bytes.NewBuffer(object), lenient)
	for {
		if d.PeekKind() != '{' {
			return nil
		}
		if _, err := d.ReadToken(); err != nil || !skipTo(d, path[0]) {
			return nil
		}
		if path = path[1:]; len(path) == 0 {
			v, err := d.ReadValue()
			if err != nil {
				return nil
			}
			return v
		}
	}
}

// skipTo stands before the value of a name, or tells that the object has no such name.
func skipTo(d *jsontext.Decoder, name string) bool {
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			return false
		}
		if t.String() == name {
			return true
		}
		if d.SkipValue() != nil {
			return false
		}
	}
	return false
}

// texts is a JSON string, or a number or truth value as it is written. Anything else is no text.
func texts(v jsontext.Value) []string {
	switch v.Kind() {
	case '"':
		s, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return nil
		}
		return []string{string(s)}
	case '0', 't', 'f':
		return []string{string(v)}
	}
	return nil
}
