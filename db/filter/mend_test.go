package filter

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// Every reason that this package can give has a sentence on how to put it right, and each sentence is reached.
func TestMend(t *testing.T) {
	fields := map[string]Field{"language": {}, "request.input.text": {Contains: true}, "request_timestamp": {Type: Time}, "meta.count": {Type: Number}, "loose": {Contains: true, Edits: true, Wildcard: true},
		"response.intents": {Type: List, Sub: map[string]Field{"intent": {}}}}
	deep := strings.Repeat("(", maxDepth+1) + "language::a"
	many := "language::(" + strings.Repeat("a|", maxTerms) + "a)"
	used := map[string]bool{}
	for text, want := range map[string]string{
		"": "Write a field", "language::a)": "Put , for and", strings.Repeat("a", maxLength+1): "Make it shorter", "language::a\x00": "Type it anew", "language::\xff": "Type it anew instead",
		many: "several filters", "::a": "Begin each condition", "response.intents:(::a)": "of the element", "language": "Put one between", "language::=a": "Write :: for equals, ::!",
		`language::"a`: "where the value ends", "language::": "Write a value", `language::a\`: "Take it out", "language::a<b": "quotation marks", "response.intents::a": "Name the level",
		"response.intents:nothing::a": "Intents have", "language:a": "Write :: for equals or", "language<a": "Write :: for equals.", "language::a~1": "without ~1", "language::a*": "without *",
		"loose::a*~1": "one of the two", "loose:" + strings.Repeat("a", 101) + "~1": "value shorter", "request_timestamp>yesterday": "year, month and day", "meta.count>x": "Write digits",
		deep: "Take brackets out", "(language::a": "Put a )", "[language::a": "Put a ]",
		"langauge::a": "Did you mean language?", "LANGUAGE::a": "Did you mean language?", "text::a": "Did you mean request.input.text?", "request_timestmp>a": "Did you mean request_timestamp?", "zzzzzz::a": "one of the fields", "inpu::a": "one of the fields",
	} {
		e, err := Parse(text)
		if err == nil {
			_, err = Compile(e, fields)
		}
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%.40q: %v", text, err)
			continue
		}
		got := Mend(text, wrong, fields)
		if !strings.Contains(got, want) || !strings.HasSuffix(got, ".") && !strings.HasSuffix(got, "?") {
			t.Errorf("%.40q, %s: %q, want %q", text, wrong.Reason, got, want)
		}
		for _, m := range mends {
			if strings.HasPrefix(wrong.Reason, m.reason) {
				used[m.reason] = true
				break
			}
		}
	}
	for _, m := range mends {
		if !used[m.reason] {
			t.Errorf("no filter is wrong so: %s", m.reason)
		}
	}
	if got := Mend("x", &Error{Pos: 99, Reason: "something else"}, fields); got != "" {
		t.Errorf("of a stranger: %q", got)
	}
}

// What completion offers behind a field is what the field answers: nothing offered is refused, nothing left out is understood.
func TestOperators(t *testing.T) {
	fields := map[string]Field{"word": {}, "text": {Contains: true}, "time": {Type: Time}, "number": {Type: Number}, "response.intents": {Type: List, Sub: map[string]Field{"intent": {}}}}
	values := map[string]string{"time": "2026-01-31", "number": "3", "response.intents": "(intent::a)"}
	for name, field := range fields {
		for _, op := range []string{"::", "::!", ":", ":!", "<", "<=", ">", ">="} {
			value := values[name]
			if value == "" {
				value = "a"
			}
			e, err := Parse(name + op + value)
			if err == nil {
				_, err = Compile(e, fields)
			}
			if offered := slices.Contains(field.Operators(), op); offered != (err == nil) {
				t.Errorf("%s%s%s: offered %v, understood %v", name, op, value, offered, err)
			}
		}
	}
}

func TestAsks(t *testing.T) {
	for text, want := range map[string]bool{"customer_id::a": true, "language::en": false, "language::en,customer_id::!a": true, "language::en|(language::de,customer_id::a*)": true,
		"response.intents:(intent::a)": false, `request.input.text:"customer_id"`: false} {
		e, err := Parse(text)
		if err != nil || Asks(e, "session_id", "customer_id") != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}
