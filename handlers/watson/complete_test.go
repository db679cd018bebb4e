package watson

import (
	"encoding/json"
	"testing"
	"time"
)

// TestTolerated: what the contract knows and this door does nothing with is taken in and stands in the log as it was sent, in both
// versions (watson-api.md, sections 2 and 3).
func TestTolerated(t *testing.T) {
	h := open(t)
	for _, tt := range []struct{ name, input string }{
		{"suggestion", `{"message_type":"text","text":"yes","suggestion_id":"s1"}`},
		{"search", `{"message_type":"search","text":"find it"}`},
		{"attachments and analytics", `{"text":"see this","attachments":[{"url":"https://q.example/a.png","media_type":"image/png"}],"analytics":{"browser":"x"}}`},
		{"all options", `{"text":"o","options":{"restart":true,"alternate_intents":true,"async_callout":false,"spelling":{"suggestions":true,"auto_correct":false},"debug":true,"return_context":false,"export":false}}`},
		{"intents and entities", `{"text":"i","intents":[{"intent":"hello","confidence":1,"skill":"main skill"}],"entities":[{"entity":"drink","value":"soda","location":[0,4],"groups":[]}]}`},
		{"no text", `{}`},
	} {
		for path, logs := range map[string]string{
			"/v2/assistants/a1/message": "/v2/assistants/a1/logs", "/v2/assistants/a1/environments/e1/message": "/v2/assistants/e1/logs", "/v1/workspaces/w1/message": "/v1/workspaces/w1/logs"} {
			h.must(200, ask{line: "POST " + path + "?version=2024-08-25", body: `{"input":` + tt.input + `}`}, nil)
			var listed struct {
				Logs []struct {
					Request struct {
						Input json.RawMessage `json:"input"`
					} `json:"request"`
				} `json:"logs"`
			}
			h.clock.Pass(time.Second)
			h.must(200, ask{line: "GET " + logs + "?version=2024-08-25&sort=-request_timestamp&page_limit=1"}, &listed)
			if len(listed.Logs) != 1 || !sameJSON(t, string(listed.Logs[0].Request.Input), tt.input) {
				t.Errorf("%s, %s: the log has %+v", tt.name, path, listed.Logs)
			}
		}
	}
}

// TestContextOnDemand: a conversation that is kept here shows its context when return_context or export asks, and debug when that is asked.
func TestContextOnDemand(t *testing.T) {
	h := open(t)
	var session Session
	h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01", body: `{"analytics":{"browser":"x"}}`}, &session)
	for options, want := range map[string][2]bool{
		`{}`: {}, `{"return_context":true}`: {true, false}, `{"export":true}`: {true, false}, `{"debug":true}`: {false, true}, `{"return_context":false,"export":false,"debug":false}`: {},
	} {
		var said struct {
			Context *json.RawMessage `json:"context"`
			Output  struct {
				Debug *struct {
					NodesVisited []any `json:"nodes_visited"`
					LogMessages  []any `json:"log_messages"`
				} `json:"debug"`
			} `json:"output"`
			UserID string `json:"user_id"`
		}
		h.must(200, ask{line: "POST /v2/assistants/a1/sessions/" + session.SessionID + "/message?version=2020-04-01", body: `{"input":{"text":"hi","options":` + options + `}}`}, &said)
		if got := [2]bool{said.Context != nil, said.Output.Debug != nil}; got != want || said.UserID != session.SessionID {
			t.Errorf("options %s: context and debug are %v, want %v; the user is %q", options, got, want, said.UserID)
		}
		if d := said.Output.Debug; d != nil && (d.NodesVisited == nil || d.LogMessages == nil) {
			t.Error("clients count on the arrays of debug")
		}
	}
}

// TestEnvironments: the two generations of addresses lead to one and the same environment, and its logs are listed by its ID.
func TestEnvironments(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/v2/assistants/a1/environments/e1/message", "/v2/assistants/e1/message"} {
		h.must(200, ask{line: "POST " + path + "?version=2024-08-25", body: `{"input":{"text":"` + path[len(path)-10:len(path)-8] + `"}}`}, nil)
		h.clock.Pass(time.Second)
	}
	if got := h.listed("/v2/assistants/e1/logs", ""); len(got.Logs) != 2 {
		t.Errorf("%d entries of the environment, want 2", len(got.Logs))
	}
	var session Session
	h.must(201, ask{line: "POST /v2/assistants/a1/environments/e1/sessions?version=2024-08-25", body: `{}`}, &session)
	h.must(200, ask{line: "POST /v2/assistants/e1/sessions/" + session.SessionID + "/message?version=2020-04-01", body: `{}`}, nil)
	h.must(404, ask{line: "POST /v2/assistants/a1/sessions/" + session.SessionID + "/message?version=2020-04-01", body: `{}`}, nil)
}

// TestTimedOut: a conversation that nobody has used for an hour is not there any more, neither for a turn nor for its end.
func TestTimedOut(t *testing.T) {
	h := open(t)
	open := func() string {
		var session Session
		h.must(201, ask{line: "POST /v2/assistants/a1/sessions?version=2020-04-01"}, &session)
		return "/v2/assistants/a1/sessions/" + session.SessionID
	}
	used, idle, ended := open(), open(), open()
	h.clock.Pass(time.Hour)
	h.must(200, ask{line: "POST " + used + "/message?version=2020-04-01", body: `{}`}, nil)
	h.clock.Pass(time.Millisecond)
	h.must(404, ask{line: "POST " + idle + "/message?version=2020-04-01", body: `{}`}, nil)
	h.must(404, ask{line: "DELETE " + ended + "?version=2020-04-01"}, nil)
	h.must(200, ask{line: "DELETE " + used + "?version=2020-04-01"}, nil)
}
