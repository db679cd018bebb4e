package watson

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"quittance/db"
	"quittance/db/label"
)

// TestCurl sends what the curl commands of IBM's documents send, in order, and holds the answers against what IBM's clients read.
func TestCurl(t *testing.T) {
	h := open(t)
	var session Session
	h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01"}, &session)
	turn := "POST /v2/assistants/a1/sessions/" + session.SessionID + "/message?version=2020-04-01"
	const generic = `"generic":[{"response_type":"text","text":"` + reply + `"}]`
	const plain = `{"output":{"intents":[],"entities":[],` + generic + `},"user_id":"UUID"}`
	for _, tt := range []struct {
		name string
		ask  ask
		want int
		body string
	}{
		{"information security: label a message", ask{line: turn, header: []string{jsonHeader, labelled("abc")}, body: `{"input":{"text":"hello"}}`}, 200, plain},
		{"information security: two labels", ask{line: turn, header: []string{jsonHeader, labelled("abc", "xyz")}, body: `{"input":{"text":"Hello"}}`}, 200, plain},
		{"a new conversation of node12", ask{line: "POST /v2/assistants/a1/environments/e1/sessions?version=2024-08-25", header: []string{jsonHeader}, body: `{}`}, 201,
			`{"session_id":"UUID"}`},
		{"stateless, both generations", message("hi", labelled("stateless")), 200,
			`{"output":{"intents":[],"entities":[],` + generic + `},"context":{"global":{"session_id":"UUID","system":{"user_id":"UUID","turn_count":1}}},"user_id":"UUID"}`},
		{"stateless in an environment", ask{line: "POST /v2/assistants/a1/environments/e1/message?version=2024-08-25",
			body: `{"input":{"message_type":"text","text":"hi"},"context":{"global":{"session_id":"mine","system":{"turn_count":4,"user_id":"u"}},"skills":{"main skill":{"user_defined":{"a":1}}}}}`}, 200,
			`{"output":{"intents":[],"entities":[],` + generic + `},"context":{"global":{"session_id":"mine","system":{"turn_count":5,"user_id":"u"}},"skills":{"main skill":{"user_defined":{"a":1}}}},"user_id":"u"}`},
		{"v1", ask{line: "POST /v1/workspaces/w1/message?version=2020-04-01&nodes_visited_details=true", header: []string{jsonHeader, "x-watson-metadata: customer_id=abc"},
			body: `{"input":{"text":"Hello"},"alternate_intents":true,"context":{"conversation_id":"c1","name":"Ann"}}`}, 200,
			`{"input":{"text":"Hello"},"intents":[],"entities":[],"alternate_intents":true,` +
				`"context":{"conversation_id":"c1","name":"Ann","system":{"initialized":true,"dialog_turn_counter":1,"dialog_request_counter":1}},` +
				`"output":{` + generic + `,"text":["` + reply + `"],"nodes_visited":[],"nodes_visited_details":[],"log_messages":[]},"user_id":"c1"}`},
		{"v1 without anything", ask{line: "POST /v1/workspaces/w1/message?version=2020-04-01", body: `{}`}, 200,
			`{"input":{},"intents":[],"entities":[],"context":{"conversation_id":"UUID","system":{"initialized":true,"dialog_turn_counter":1,"dialog_request_counter":1}},` +
				`"output":{` + generic + `,"text":["` + reply + `"],"nodes_visited":[],"log_messages":[]},"user_id":"UUID"}`},
		{"logs v2 by customer", ask{line: "GET /v2/assistants/a1/logs?version=2020-04-01&filter=customer_id%3A%3Axyz&page_limit=100"}, 200,
			`{"logs":[{"log_id":"UUID","customer_id":"abc","request":{"input":{"text":"Hello"},"user_id":"UUID"},` +
				`"response":{"output":{"intents":[],"entities":[],` + generic + `},"context":{"global":{"session_id":"UUID","system":{"turn_count":2,"user_id":"UUID"}}},"user_id":"UUID"},` +
				`"assistant_id":"a1","session_id":"UUID","skill_id":"main skill","snapshot":"draft","request_timestamp":"2026-03-02T09:00:00.000Z",` +
				`"response_timestamp":"2026-03-02T09:00:00.000Z","language":"en"}],"pagination":{}}`},
		{"logs v1", ask{line: "GET /v1/workspaces/w1/logs?version=2020-04-01&filter=customer_id%3A%3Aabc"}, 200,
			`{"logs":[{"log_id":"UUID","request":{"input":{"text":"Hello"},"alternate_intents":true,"context":{"conversation_id":"c1","name":"Ann"},"user_id":"c1"},` +
				`"response":{"input":{"text":"Hello"},"intents":[],"entities":[],"alternate_intents":true,` +
				`"context":{"conversation_id":"c1","name":"Ann","system":{"initialized":true,"dialog_turn_counter":1,"dialog_request_counter":1}},` +
				`"output":{` + generic + `,"text":["` + reply + `"],"nodes_visited":[],"nodes_visited_details":[],"log_messages":[]},"user_id":"c1"},` +
				`"request_timestamp":"2026-03-02T09:00:00.000Z","response_timestamp":"2026-03-02T09:00:00.000Z","workspace_id":"w1","language":"en"}],"pagination":{}}`},
		{"information security: delete labelled data", ask{line: "DELETE /v2/user_data?customer_id=abc&version=2020-04-01"}, 202, `{}`},
		{"the same through v1", ask{line: "DELETE /v1/user_data?version=2020-04-01&customer_id=abc"}, 202, `{}`},
		{"an ID that nothing bears", ask{line: "DELETE /v2/user_data?customer_id=nobody&version=2020-04-01"}, 202, `{}`},
		{"end the conversation", ask{line: "DELETE /v2/assistants/a1/sessions/" + session.SessionID + "?version=2020-04-01"}, 200, `{}`},
		{"it has ended", ask{line: turn, body: `{}`}, 404, `{"error":"Invalid Session","code":404}`},
	} {
		status, body, _ := h.do(tt.ask)
		if status != tt.want || !sameJSON(t, still(body), tt.body) {
			t.Errorf("%s: %d\n got %s\nwant %s", tt.name, status, still(body), tt.body)
		}
	}
	if h.log.Len() > 0 {
		t.Errorf("something went wrong inside: %s", h.log)
	}
}

// TestClientHeaders: a client that was made with default headers sends its label with every call.
func TestClientHeaders(t *testing.T) {
	h := open(t)
	headers := []string{"X-Watson-Metadata: not a label at all", "X-Watson-Learning-Opt-Out: true"}
	for _, line := range []string{
		"POST /v2/assistants/a1/sessions?version=2020-04-01",
		"GET /v2/assistants/a1/logs?version=2020-04-01",
		"GET /v1/workspaces/w1/logs?version=2020-04-01",
		"GET /v1/logs?version=2020-04-01&filter=language%3A%3Aen%2Cworkspace_id%3A%3Aw1",
		"DELETE /v1/user_data?version=2020-04-01&customer_id=abc",
		"DELETE /v2/user_data?version=2020-04-01&customer_id=abc",
	} {
		if status, body, _ := h.do(ask{line: line, header: headers}); status >= 300 {
			t.Errorf("%s: %d %s", line, status, body)
		}
	}
}

// TestPacked: a message that comes as gzip is a message.
func TestPacked(t *testing.T) {
	h := open(t)
	a := message("packed", labelled("abc"), "Content-Encoding: gzip")
	a.body = packed(a.body)
	h.must(200, a, nil)
	h.must(200, message("plain", labelled("abc"), "Content-Encoding: identity"), nil)
	h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01", header: []string{"Content-Encoding: gzip"}}, nil)
	if got := h.listed("/v2/assistants/a1/logs", "customer_id::abc").texts(); got != "packed plain" {
		t.Errorf("listed: %q", got)
	}
}

// TestLabels: a message is found under each of its IDs; one without is counted as unlabelled.
func TestLabels(t *testing.T) {
	h := open(t)
	h.must(200, message("both", labelled("abc", "xyz")), nil)
	h.must(200, message("abc-only", labelled("abc")), nil)
	h.must(200, message("none"), nil)
	h.must(200, message("opted-out", labelled("o"), "X-Watson-Learning-Opt-Out: true"), nil)
	for filter, want := range map[string]string{
		"customer_id::abc":       "both abc-only",
		"customer_id::xyz":       "both",
		`customer_id::"xyz"`:     "both",
		"customer_id::(abc|xyz)": "both abc-only",
		"customer_id::!abc":      "none opted-out",
		"customer_id::nobody":    "",
		"assistant_id::a1":       "both abc-only none opted-out",
		"language::de":           "",
		"":                       "both abc-only none opted-out",
	} {
		if got := h.listed("/v2/assistants/a1/logs", filter).texts(); got != want {
			t.Errorf("filter %s: got %q, want %q", filter, got, want)
		}
	}
	tallies, err := h.store.Tallies(t.Context())
	if got := tallies[h.service.Number]; err != nil || got.Records != 4 || got.Unlabelled != 1 || got.OptedOut != 1 {
		t.Errorf("counted %+v (%v), want 4 records, 1 unlabelled, 1 opted out", got, err)
	}
}

// TestAllLogs: /v1/logs wants a language and a place, and shows v2 conversations in v1's shape when it is asked by assistant.
func TestAllLogs(t *testing.T) {
	h := open(t)
	body := `{"input":{"text":"v2","intents":[{"intent":"order","confidence":0.5}]},"context":{"global":{"session_id":"s9"}}}`
	h.must(200, ask{line: "POST /v2/assistants/a1/message?version=2020-04-01", header: []string{labelled("abc")}, body: body}, nil)
	h.must(200, ask{line: "POST /v1/workspaces/w1/message?version=2020-04-01", header: []string{labelled("abc")}, body: `{"input":{"text":"v1"}}`}, nil)
	if got := h.listed("/v1/logs", "language::en,workspace_id::w1,customer_id::abc").texts(); got != "v1" {
		t.Errorf("by workspace: %q", got)
	}
	l := h.listed("/v1/logs", "language::en,request.context.system.assistant_id::a1,customer_id::abc")
	if l.texts() != "v2" || l.Logs[0].Request.Context.ConversationID != "s9" || l.Logs[0].CustomerID != "" ||
		len(l.Logs[0].Response.Intents) != 1 || l.Logs[0].Response.Intents[0].Intent != "order" {
		t.Errorf("by assistant: %+v", l)
	}
	if got := h.listed("/v1/workspaces/a1/logs", "").texts() + h.listed("/v2/assistants/w1/logs", "").texts(); got != "" {
		t.Errorf("a listing of one version shows messages of the other: %q", got)
	}
	for _, filter := range []string{"", "language::en", "workspace_id::w1", "language::en|workspace_id::w1", "language:en,workspace_id::w1", "language::!en,workspace_id::w1"} {
		status, body, _ := h.do(ask{line: "GET /v1/logs?version=2020-04-01&filter=" + strings.NewReplacer("|", "%7C", ":", "%3A").Replace(filter)})
		if status != 400 || !strings.Contains(body, "filter must contain") {
			t.Errorf("filter %q: %d %s", filter, status, body)
		}
	}
}

// TestConversation: a session counts its turns, keeps its context, and gives it out when it is asked.
func TestConversation(t *testing.T) {
	h := open(t)
	var s Session
	h.must(201, ask{line: "POST /v2/assistants/a1/environments/e1/sessions?version=2024-08-25"}, &s)
	line := "POST /v2/assistants/a1/environments/e1/sessions/" + s.SessionID + "/message?version=2024-08-25"
	say := func(body string) string {
		t.Helper()
		status, out, _ := h.do(ask{line: line, body: body})
		if status != 200 {
			t.Fatalf("%d %s", status, out)
		}
		return out
	}
	say(`{"input":{"text":"one"},"context":{"global":{"system":{"user_id":"ann"}},"skills":{"main skill":{"user_defined":{"a":1,"b":{"c":2}}}}}}`)
	for _, option := range []string{"return_context", "export"} {
		out := say(`{"input":{"options":{"` + option + `":true}},"context":{"skills":{"main skill":{"user_defined":{"b":{"d":3}}}}}}`)
		if !strings.Contains(out, `"user_defined":{"a":1,"b":{"c":2,"d":3}}`) || !strings.Contains(out, `"user_id":"ann"`) {
			t.Errorf("%s: the context is not what both turns make: %s", option, out)
		}
	}
	if out := say(`{"user_id":"root"}`); strings.Contains(out, "context") || !strings.Contains(out, `"user_id":"root"`) {
		t.Errorf("unasked: %s", out)
	}
	l := h.listed("/v2/assistants/e1/logs", "session_id::"+s.SessionID)
	if len(l.Logs) != 4 || !strings.Contains(string(l.Logs[3].Response.Context), `"turn_count":4`) {
		t.Errorf("the log lacks turns or their context: %+v", l)
	}
	big := `{"context":{"skills":{"x":"` + strings.Repeat("x", maxContextKept/2) + `"}}}`
	say(big)
	if status, _, _ := h.do(ask{line: line, body: strings.Replace(big, `"x":`, `"y":`, 1)}); status != 400 {
		t.Errorf("a context that grows past its bound is answered with %d", status)
	}
	h.clock.Pass(61 * 60e9)
	if status, body, _ := h.do(ask{line: line, body: `{}`}); status != 404 || body != `{"error":"Invalid Session","code":404}` {
		t.Errorf("after an hour's silence: %d %s", status, body)
	}
	if n, err := h.store.EndIdleChats(t.Context(), h.clock.Now()); n != 1 || err != nil {
		t.Errorf("ended %d idle conversations (%v), want 1", n, err)
	}
}

// TestUserData: each kind of service has its own addresses, statuses, rules for IDs and shape of errors.
func TestUserData(t *testing.T) {
	h := open(t)
	at := map[label.Kind]string{}
	for _, kind := range []label.Kind{label.Discovery, label.VisualRecognition, label.SpeechToText, label.TextToSpeech} {
		at[kind] = Prefix + h.add(kind, string(kind))
	}
	for _, tt := range []struct {
		kind label.Kind
		path string
		want int
		body string
	}{
		{label.Discovery, "/v1/user_data?version=2019-04-30&customer_id=a", 200, `{}`},
		{label.Discovery, "/v2/user_data?version=2020-08-30&customer_id=a", 200, `{}`},
		{label.SpeechToText, "/v1/user_data?customer_id=a", 200, `{}`},
		{label.TextToSpeech, "/v1/user_data?customer_id=a", 200, `{}`},
		{label.VisualRecognition, "/v3/user_data?version=2018-03-19&customer_id=%E5%AE%A2_x", 202, `{}`},
		{label.VisualRecognition, "/v4/user_data?version=2019-02-11&customer_id=a", 202, `{}`},
		{label.VisualRecognition, "/v3/user_data?version=2018-03-19&customer_id=a-b", 400,
			`{"error":{"code":400,"description":"customer_id may only contain letters, digits and the underscore for Visual Recognition","error_id":"input_error"}}`},
		{label.VisualRecognition, "/v4/user_data?version=2019-02-11", 400,
			`{"errors":[{"code":"invalid_field","message":"customer_id must not be empty","target":{"type":"parameter","name":"customer_id"}}],"trace":"T"}`},
		{label.VisualRecognition, "/v3/nothing", 404, `{"error":{"code":404,"description":"Resource not found","error_id":"input_error"}}`},
		{label.VisualRecognition, "/v4/nothing", 404, `{"errors":[{"code":"invalid_field","message":"Resource not found"}],"trace":"T"}`},
		{label.Discovery, "/v1/user_data?customer_id=a", 400, `{"error":"The parameter version is required and must be a date as in version=2020-04-01","code":400}`},
		{label.SpeechToText, "/v2/user_data?customer_id=a", 404, `{"error":"Resource not found","code":404}`},
	} {
		status, body, _ := h.do(ask{line: "DELETE " + at[tt.kind] + tt.path, key: string(tt.kind)})
		if status != tt.want || !sameJSON(t, still(body), tt.body) {
			t.Errorf("%s %s: %d %s", tt.kind, tt.path, status, body)
		}
	}
}

// TestCutoffRace is law L2 while eight senders race it: a message that was answered before a deletion was sent is covered by
// it, one that was sent after the deletion was answered is not.
func TestCutoffRace(t *testing.T) {
	h := open(t)
	var clock atomic.Int64 // orders what is sent and what is answered
	type span struct{ sent, answered int64 }
	var mu sync.Mutex
	messages, deletions := map[string]span{}, []span{}
	var senders sync.WaitGroup
	for i := range 8 {
		senders.Go(func() {
			for j := range 40 {
				text := fmt.Sprintf("m%d-%d", i, j)
				c := span{sent: clock.Add(1)}
				if status, body, _ := h.do(message(text, labelled("abc"))); status != 200 {
					t.Errorf("%d %s", status, body)
				}
				c.answered = clock.Add(1)
				mu.Lock()
				messages[text] = c
				mu.Unlock()
			}
		})
	}
	for range 15 { // one after the other, so that the requests have the numbers 1 to 15
		c := span{sent: clock.Add(1)}
		h.must(202, ask{line: "DELETE /v2/user_data?version=2020-04-01&customer_id=abc"}, nil)
		c.answered = clock.Add(1)
		deletions = append(deletions, c)
	}
	senders.Wait()
	records, _, err := h.store.Records(t.Context(), db.RecordQuery{Subject: "abc", Limit: 1000})
	if err != nil || len(records) != len(messages) {
		t.Fatalf("%d records of %d messages (%v)", len(records), len(messages), err)
	}
	for i, d := range deletions {
		e, err := h.store.Erasure(t.Context(), int64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			m := messages[r.Text]
			if m.answered < d.sent && r.Seq > e.Cutoff || m.sent > d.answered && r.Seq <= e.Cutoff {
				t.Errorf("cut-off %d is wrong for record %d: message %+v, deletion %+v", e.Cutoff, r.Seq, m, d)
			}
		}
	}
}

// TestCutoff is law L2: what was sent before a deletion is covered by it, what is sent after is not.
func TestCutoff(t *testing.T) {
	h := open(t)
	for range 3 {
		h.must(200, message("before", labelled("abc")), nil)
	}
	before := seqsOf(h, "abc")
	h.must(202, ask{line: "DELETE /v2/user_data?version=2020-04-01&customer_id=abc"}, nil)
	h.must(200, message("after", labelled("abc")), nil)
	e, err := h.store.Erasure(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	all := seqsOf(h, "abc")
	if len(before) != 3 || len(all) != 4 || e.Cutoff < before[2] || e.Cutoff >= all[3] {
		t.Errorf("cut-off %d for records %v before and %v after", e.Cutoff, before, all)
	}
	h.must(202, ask{line: "DELETE /v1/user_data?version=2020-04-01&customer_id=abc"}, nil)
	if e, err = h.store.Erasure(t.Context(), 2); err != nil || e.Cutoff < all[3] {
		t.Errorf("a later request has cut-off %d (%v), which leaves record %d out", e.Cutoff, err, all[3])
	}
}
