package logfile

import (
	"strings"
	"testing"
)

const goodEntry = `{"log_id":"L1","customer_id":"cust 1","request":{"input":{"text":"Where is \"it\"?"},"context":{"global":{"session_id":"S"}}},` +
	`"response":{"output":{"generic":[]}},"assistant_id":"A","session_id":"S","request_timestamp":"2026-03-01T10:00:00.123Z","response_timestamp":"2026-03-01T10:00:00.456Z","language":"en"}`

func TestParseEntry(t *testing.T) {
	r, err := ParseEntry([]byte(goodEntry), 3)
	if err != nil {
		t.Fatal(err)
	}
	if r.Service != 3 || r.LogID != "L1" || len(r.Labels) != 1 || r.Labels[0].String() != "cust 1" || r.Text != `Where is "it"?` || r.Container != "A" || r.Session != "S" || r.Language != "en" || r.V1 {
		t.Errorf("read as %+v", r)
	}
	if got := r.Answered.Sub(r.Time).Milliseconds(); got != 333 {
		t.Errorf("answered after %d ms", got)
	}
	for _, gone := range []string{"log_id", "L1", "customer_id", "cust 1"} {
		if strings.Contains(string(r.Body), gone) {
			t.Errorf("%q is stored in the body, where it has a column of its own", gone)
		}
	}
	if want := strings.Replace(goodEntry, `"log_id":"L1","customer_id":"cust 1",`, "", 1); string(r.Body) != want {
		t.Errorf("body is %s, want %s", r.Body, want)
	}
}

// TestParseEntryEscapes: a name or ID written with escapes is the same name or ID.
func TestParseEntryEscapes(t *testing.T) {
	r, err := ParseEntry([]byte(strings.Replace(goodEntry, `"customer_id":"cust 1"`, `"customer\u005fid" : "cust\u00201"`, 1)), 3)
	if err != nil || len(r.Labels) != 1 || r.Labels[0].String() != "cust 1" || strings.Contains(string(r.Body), "cust") {
		t.Errorf("read as %+v, %v", r, err)
	}
}

func TestParseEntryV1(t *testing.T) {
	r, err := ParseEntry([]byte(`{"request":{"input":{"text":"hi"},"context":{"conversation_id":"C"}},"response":{"context":{"conversation_id":"C"},"output":{"log_messages":[]}},"log_id":"V","workspace_id":"W","customer_id":null,
		"request_timestamp":"2020-07-16T10:40:00Z","response_timestamp":"2020-07-16T10:40:01Z","language":"de"}`), 1)
	if err != nil || !r.V1 || r.Container != "W" || r.Session != "C" || len(r.Labels) != 0 {
		t.Errorf("read as %+v, %v", r, err)
	}
}

// TestParseEntryUnreachable: an imported entry of a channel that cannot label is known by its context; one that has a label is like any other.
func TestParseEntryUnreachable(t *testing.T) {
	preview := strings.Replace(goodEntry, `"global":{`, `"integrations":{"chat":{}},"global":{`, 1)
	for entry, want := range map[string]bool{goodEntry: false, preview: false, strings.Replace(preview, `"customer_id":"cust 1",`, ``, 1): true} {
		if r, err := ParseEntry([]byte(entry), 3); err != nil || r.Unreachable != want {
			t.Errorf("%s: %v, %v", entry, r.Unreachable, err)
		}
	}
}

func TestParseEntryRefuses(t *testing.T) {
	for old, c := range map[string]struct{ new, why string }{
		`"log_id":"L1",`:                 {``, "no log_id"},
		`"log_id":"L1"`:                  {`"log_id":1`, "log_id is not a string"},
		`"L1"`:                           {`"` + strings.Repeat("x", 600) + `"`, "longer than"},
		`"language":"en"`:                {`"language":"en","language":"de"`, "twice"},
		`"cust 1"`:                       {`"a;b"`, "customer_id"},
		`"S"}}},`:                        {`"S"}}}`, "well-formed"},
		`"request_timestamp"`:            {`"request_time"`, "no request_timestamp"},
		`"2026-03-01T10:00:00.456Z"`:     {`"yesterday"`, "response_timestamp is no time"},
		`"response":`:                    {`"reply":`, "no response object"},
		`"response":{"output"`:           {`"response":[],"x":{"output"`, "no response object"},
		`"generic":[]`:                   {`"generic":` + strings.Repeat("[", 40) + strings.Repeat("]", 40), "deeper"},
		`Where`:                          {"Wh\xffere", "UTF-8"},
		`{"log_id":"L1"`:                 {`[{"log_id":"L1"`, "well-formed"},
		`"customer_id":"cust 1"`:         {`"customer_id":["cust 1"]`, "customer_id is not a string"},
		`"assistant_id":"A"`:             {`"assistant_id":"A\u0000"`, "control characters"},
		`"global":{"session_id":"S"}}},`: {`"global":`, "well-formed"},
	} {
		line := strings.Replace(goodEntry, old, c.new, 1)
		if line == goodEntry {
			t.Fatalf("%s does not stand in the good entry", old)
		}
		_, err := ParseEntry([]byte(line), 1)
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("with %.60s for %s: %v, want %q", c.new, old, err, c.why)
		}
		if err != nil && strings.Contains(err.Error(), "cust") && !strings.Contains(err.Error(), "customer_id") {
			t.Errorf("the reason quotes the line: %v", err)
		}
	}
	for _, line := range []string{"[]", "null", "7", `""`, "{", "{}", "}"} {
		if _, err := ParseEntry([]byte(line), 1); err == nil {
			t.Errorf("%s is taken in", line)
		}
	}
}

func FuzzParseEntry(f *testing.F) {
	f.Add(goodEntry)
	f.Add(`{"a" : [1, -2.5e3 , true,{"b":"\\\""}] ,"log_id":"x"}`)
	f.Add(`{"log_id":"x"`)
	f.Fuzz(func(t *testing.T, line string) {
		r, err := ParseEntry([]byte(strings.TrimSpace(line)), 1)
		if err != nil {
			return
		}
		if err := wellFormed(r.Body); err != nil || at(r.Body, "log_id") != "" || at(r.Body, "customer_id") != "" {
			t.Errorf("%q became the body %q: %v", line, r.Body, err)
		}
	})
}
