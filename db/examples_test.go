package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/filter"
)

// said is a log entry of the examples.
type said struct {
	name                         string
	v1                           bool
	ids                          []string
	language, container, session string // en, A and S where they are not given
	at                           string // 2024-03-01T10:00:00Z where it is not given
	text                         string
	sent                         string // members of the request beside its input's text (v2: of the input, v1: of the request)
	context                      string // members of the request's context
	intents, entities            string // of the answer
	more                         string // members of the entry
}

// entries are what the examples of IBM's filter reference are asked of.
var entries = []said{
	{name: "labelled", ids: []string{"my_id"}, text: "I order two", intents: `{"intent":"hello","confidence":0.9},{"intent":"order","confidence":0.4}`,
		entities: `{"entity":"beverage","value":"soda"}`},
	{name: "control", ids: []string{"a:b"}, at: "2020-07-01T00:00:00Z", text: "Ordering a soda", intents: `{"intent":"order","confidence":0.7}`, entities: `{"entity":"beverage","value":"water"}`},
	{name: "comma", ids: []string{"a:b,c"}, at: "2020-07-31T23:59:59.980Z", text: "disorder"},
	{name: "abc", ids: []string{"abc"}, text: "IBM Watson", intents: `{"intent":"goodbye","confidence":0.99}`},
	{name: "both", ids: []string{"xyz", "abc"}, at: "2023-12-31T23:59:59.999Z", text: "I like IBM Watson a lot"},
	{name: "xyz", ids: []string{"xyz"}, at: "2019-11-01T03:59:59.970Z", text: "say !hello to Wotsen", sent: `"intents":[{"intent":"hello","confidence":1}],"entities":[{"entity":"drink","value":"tea"}]`},
	{name: "slack", ids: []string{"slack_T09LVDR7YW4F8K9JNF"}, text: "hello", container: "dcd5c5ad-f3a1-4345-89c5-708b0b5ff4f7"},
	{name: "intercom", ids: []string{"intercom_7"}, text: "my comments", session: "S2"},
	{name: "none", text: "", more: `"skill_id":"actions","snapshot":"v3"`, context: `"global":{"system":{"user_id":"u-7"}}`},
	{name: "long", text: strings.Repeat("on and on ", 30) + "until the orders end", language: "de"},
	{name: "workspace", v1: true, container: "W", session: "C", text: "order", intents: `{"intent":"hello","confidence":0.7},{"intent":"order","confidence":0.85}`,
		entities: `{"entity":"beverage","value":"soda"}`},
	{name: "deployed", v1: true, container: "W2", text: "bye", context: `"metadata":{"deployment":"my_app","user_id":"u-8"},"system":{"assistant_id":"A"}`,
		intents: `{"intent":"hello","confidence":0.9}`, sent: `"intents":[{"intent":"hello","confidence":1}]`},
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (s said) record(t *testing.T, service int64) db.NewRecord {
	at, err := time.Parse(time.RFC3339, or(s.at, "2024-03-01T10:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	r := dbtest.Message(t, service, at, s.text, s.ids...)
	r.V1, r.Language, r.Container, r.Session = s.v1, or(s.language, "en"), or(s.container, "A"), or(s.session, "S")
	sent := ""
	if s.sent != "" {
		sent = "," + s.sent
	}
	if s.v1 {
		r.Body = fmt.Appendf(nil, `{"request":{"input":{"text":%q},"context":{%s}%s},"response":{"input":{"text":%q},"intents":[%s],"entities":[%s],"output":{"text":[]},"context":{"conversation_id":%q,%s}},"workspace_id":%q}`,
			s.text, s.context, sent, s.text, s.intents, s.entities, r.Session, or(s.context, `"x":1`), r.Container)
	} else {
		r.Body = fmt.Appendf(nil, `{"request":{"input":{"text":%q%s},"context":{%s}},"response":{"output":{"intents":[%s],"entities":[%s]},"context":{%s}},%s}`,
			s.text, sent, s.context, s.intents, s.entities, s.context, or(s.more, `"skill_id":"main skill","snapshot":"draft"`))
	}
	return r
}

// everything but some of the entries.
func but(names ...string) (rest []string) {
	for _, e := range entries {
		if !slices.Contains(names, e.name) {
			rest = append(rest, e.name)
		}
	}
	return rest
}

// examples are the 34 of IBM's filter reference and what each of them finds, and behind them the fields and rules that they leave out.
var examples = []struct {
	filter string
	want   []string
}{
	{`customer_id::my_id`, []string{"labelled"}},
	{`customer_id::"a:b,c"`, []string{"comma"}},
	{`customer_id::a\:b`, []string{"control"}},
	{`customer_id::(abc|xyz)`, []string{"abc", "both", "xyz"}},
	{`(customer_id::abc|customer_id::xyz)`, []string{"abc", "both", "xyz"}},
	{`customer_id::!abc`, but("abc", "both")},
	{`customer_id::slack_T09LVDR7YW4F8K9JNF`, []string{"slack"}},
	{`customer_id::intercom_*`, []string{"intercom"}},
	{`language::en,workspace_id::W`, []string{"workspace"}},
	{`language::en,request.context.system.assistant_id::A,customer_id::abc`, []string{"abc", "both"}},
	{`language::en,request.context.metadata.deployment::my_app`, []string{"deployed"}},
	{`assistant_id::dcd5c5ad-f3a1-4345-89c5-708b0b5ff4f7`, []string{"slack"}},
	{`session_id::S2`, []string{"intercom"}},
	{`response.context.conversation_id::C`, []string{"workspace"}},
	{`response_timestamp>=2020-07-01,response_timestamp<2020-08-01`, []string{"control"}}, // comma was asked in July and answered in August
	{`response_timestamp<2019-11-01T04:00:00.000Z`, []string{"xyz"}},
	{`customer_id::abc,request_timestamp>=2024-01-01`, []string{"abc"}},
	{`request.input.text:order`, []string{"labelled", "control", "long", "workspace"}},
	{`request.input.text:!order`, but("labelled", "control", "long", "workspace")},
	{`request.input.text::"IBM Watson"`, []string{"abc"}},
	{`request.input.text:"IBM Watson"`, []string{"abc", "both"}},
	{`request.input.text:\!hello`, []string{"xyz"}},
	{`request.input.text:Watson~2`, []string{"abc", "both", "xyz"}},
	{`request.input.text:comm*s`, []string{"intercom"}},
	{`request.input.text::!""`, but("none")},
	{`response.output.intents:intent::hello`, []string{"labelled", "workspace", "deployed"}},
	{`response.output.intents:intent::(hello|goodbye)`, []string{"labelled", "abc", "workspace", "deployed"}},
	{`response.output.entities:value::soda`, []string{"labelled", "workspace"}},
	{`request.input.intents:intent::hello`, []string{"xyz", "deployed"}},
	{`response.top_intent::!hello`, but("labelled", "deployed")},
	{`response.intents:confidence>0.8`, []string{"labelled", "abc", "workspace", "deployed"}},
	{`response.intents:(intent:hello,confidence>=0.8)`, []string{"labelled", "deployed"}},
	{`[response.output.intents:intent::order,response.output.entities:entity::beverage]`, []string{"labelled", "control", "workspace"}},
	{`meta.message.entities_count>0`, []string{"labelled", "control", "workspace"}},

	{`request.input.entities:value:tea`, []string{"xyz"}},
	{`response.entities:(entity::beverage,value::!soda)`, []string{"control"}},
	{`response.intents:intent::!hello`, but("labelled", "workspace", "deployed")},
	{`response.intents:confidence::0.99`, []string{"abc"}},
	{`response.top_intent::g*`, []string{"abc"}},
	{`skill_id::actions`, []string{"none"}},
	{`skill_id::!"main skill"`, []string{"none", "workspace", "deployed"}},
	{`snapshot::v*`, []string{"none"}},
	{`request.context.global.system.user_id::u-7`, []string{"none"}},
	{`request.context.global.system.user_id::u~2`, []string{"none", "deployed"}},
	{`response.context.global.system.user_id::(u-8|u-9)`, []string{"deployed"}},
	{`request.context.system.assistant_id::!A`, []string{"slack", "workspace"}},
	{`response.input.text::order`, []string{"workspace"}},
	{`response.input.text:"orders end"`, []string{"long"}},
	{`request.input.text::*the orders end`, []string{"long"}},
	{`request.input.text::!*end`, but("long")},
	{`language::de,request.input.text:order`, []string{"long"}}, // by its German stem
	{`customer_id::ABC~2`, nil},
	{`customer_id::xyt~1`, []string{"both", "xyz"}},
	{`customer_id::!(abc|xyz|my_id),language::!de,meta.message.entities_count::0`, []string{"comma", "slack", "intercom", "none", "deployed"}},
	{`customer_id::xyz,request.input.text:watson|session_id::S2`, []string{"both", "intercom"}},
	{`customer_id::(abc,xyz)`, []string{"both"}},
	{`response.top_intent::""`, []string{"comma", "both", "xyz", "slack", "intercom", "none", "long"}},
}

// TestExamples asks a store each example, oldest first and newest first, whole and in pages of one.
func TestExamples(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	names := map[int64]string{}
	for _, e := range entries {
		names[dbtest.Ingest(t, s, e.record(t, v.Number))[0]] = e.name
	}
	other := dbtest.Service(t, s, "other")
	dbtest.Ingest(t, s, entries[0].record(t, other.Number)) // another service's, never found
	for _, tt := range examples {
		e, err := filter.Parse(tt.filter)
		if err != nil {
			t.Fatalf("%s: %v", tt.filter, err)
		}
		for _, q := range []db.LogQuery{{Limit: 100}, {Limit: 100, OldestFirst: true}, {Limit: 1}, {Limit: 1, OldestFirst: true}} {
			q.Service, q.Both, q.Filter = v.Number, true, e
			var got []string
			for _, r := range all(t, s, q) {
				got = append(got, names[r.Seq])
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(tt.want))
			if !slices.Equal(got, want) {
				t.Errorf("%s, %d at a time: finds %v, want %v", tt.filter, q.Limit, got, want)
			}
		}
	}
}

// all walks a listing to its end and checks its order.
func all(t *testing.T, s *db.Store, q db.LogQuery) (out []db.Record) {
	t.Helper()
	for {
		page, more, err := s.Logs(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			if len(r.Body) == 0 {
				t.Fatalf("record %d came without its body", r.Seq)
			}
			if n := len(out); n > 0 && (r.Time.Before(out[n-1].Time) == q.OldestFirst && !r.Time.Equal(out[n-1].Time)) {
				t.Fatalf("record %d is out of order", r.Seq)
			}
			out = append(out, r)
		}
		if !more {
			return out
		}
		last := page[len(page)-1]
		q.After = db.Place{Time: last.Time.UnixMilli(), Seq: last.Seq}
	}
}

// TestFilterRefused: what no entry can be asked is an error with its place.
func TestFilterRefused(t *testing.T) {
	s := dbtest.Open(t)
	v := dbtest.Service(t, s, "one")
	for text, pos := range map[string]int{
		`nonsense::1`: 0, `language::en,log_id::a`: 13, `language::e*`: 10, `assistant_id::a*`: 14, `workspace_id::W*`: 14,
		`request.context.metadata.deployment::m*`: 37, `request.context.system.assistant_id::*`: 37, `request_timestamp>=2020-*`: 19,
		`response_timestamp>2020-07-01~1`: 19, `customer_id:abc`: 0, `session_id:!a`: 0, `response.intents::hello`: 0, `response.intents:location::1`: 17,
		`meta.message.entities_count>many`: 28, `response.output.intents:(intent:a,value::b)`: 34, `text>a`: 0, `skill_id>=a`: 0,
	} {
		e, err := filter.Parse(text)
		if err == nil {
			_, _, err = s.Logs(context.Background(), db.LogQuery{Service: v.Number, Filter: e, Limit: 1})
		}
		var fault *filter.Error
		if !errors.As(err, &fault) || fault.Pos != pos {
			t.Errorf("%s: %v, want an error at %d", text, err, pos)
		}
	}
}
