// Package noise makes up filters and headers for tests, by the million and always the same ones: some that are right, most that are nearly
// right, and some that are noise. It knows how the two are written and nothing of what they mean.
package noise

import (
	"math/rand/v2"
	"strings"
)

// Source makes up texts. It is not for concurrent use.
type Source struct{ *rand.Rand }

// New begins the same row of texts for the same seed.
func New(seed uint64) Source { return Source{rand.New(rand.NewPCG(seed, seed))} }

var (
	texts   = []string{"customer_id", "language", "session_id", "request.input.text", "request.input.text"}
	times   = []string{"request_timestamp", "response_timestamp"}
	numbers = []string{"score", "size", "meta.message.entities_count"}
	others  = []string{"assistant_id", "workspace_id", "response.input.text", "skill_id", "snapshot", "response.top_intent", "request.context.global.system.user_id",
		"request.context.metadata.deployment", "request.context.system.assistant_id", "response.context.conversation_id", "nonsense", "log_id", ""}
	lists = []string{"response.intents", "response.intents", "response.intents", "response.entities", "response.output.intents", "request.input.entities", "entities", "x.intents"}
	odd   = []string{"<", "<=", ">", ">=", "=", ":^", "::!=", ""}
	words = []string{"abc", "xyz", "order", "orders", "IBM Watson", "Bestellung", "注文", "주문", "café", `\!hello`, `a\:b`, `"a:b,c"`, `""`, "'; DROP TABLE record; --", "%", "_",
		"e-mail", "\u0301", "İ", "ß", "ﬃ", "\U0001F600", "l’ordre", "12:30", "slack_T09"}
	wild     = []string{"intercom_*", "*", "**", "c*m*s", "Watson~2", "w~1", "IBM Watsn~1", "注*", "注文し~1", "a-*"}
	moments  = []string{"2020-07-01", "2020-07-01T04:00:00.000Z", `"2020-07-01"`, "1970-01-01", "9999-12-31"}
	amounts  = []string{"0", "0.8", "-1e3", "1"}
	strange  = []string{`\`, `"`, " ", "a\x00b", "\xff", "2020-02-30", "1e999", "0x8", "NaN", "c*~1", "yesterday", "(", ":"}
	alphabet = []rune("\\,|()[]<>\"*:!=^~12 \tab.é注")
	ids      = []string{"abc", "cust_8842", "slack_T09", "x", "y_1", "Anna", "0", "a b", "a%3Bb", "%", "%zz", "a,b", "é", "\xff", "a=b", "", " ", strings.Repeat("x", 300)}
)

func pick[T any](s Source, from []T) T { return from[s.IntN(len(from))] }

// Filter makes up one filter.
func (s Source) Filter() string {
	switch s.IntN(10) {
	case 0:
		return s.noise(s.IntN(40))
	case 1, 2, 3:
		return s.expr(3)
	}
	return s.spoil(s.expr(3))
}

// Header makes up the values of a header of labels.
func (s Source) Header() []string {
	values := make([]string, s.IntN(3))
	for i := range values {
		pairs := make([]string, s.IntN(4))
		for j := range pairs {
			if pairs[j] = "customer_id=" + pick(s, ids); s.IntN(3) == 0 {
				pairs[j] = pick(s, []string{"customer_id ", "Customer_id", "other", ""}) + pick(s, []string{"=", " = ", "==", ""}) + s.spoil(pick(s, ids))
			}
		}
		values[i] = strings.Join(pairs, pick(s, []string{";", ";", "; ", ";;", ","}))
		if s.IntN(8) == 0 {
			values[i] = s.noise(s.IntN(60))
		}
	}
	return values
}

func (s Source) noise(n int) string {
	var b strings.Builder
	for range n {
		if s.IntN(2) == 0 {
			b.WriteByte(byte(s.IntN(256)))
		} else {
			b.WriteRune(pick(s, alphabet))
		}
	}
	return b.String()
}

// spoil changes a text in up to two places, or not at all.
func (s Source) spoil(text string) string {
	for range s.IntN(3) {
		i := s.IntN(len(text) + 1)
		switch s.IntN(4) {
		case 0:
			text = text[:i] + string(pick(s, alphabet)) + text[i:]
		case 1:
			text = text[:i] + text[min(i+1+s.IntN(3), len(text)):]
		case 2:
			text = text[:i] + s.noise(2) + text[min(i+1, len(text)):]
		case 3:
			text = text[:i] + text[s.IntN(len(text)+1):]
		}
	}
	return text
}

func (s Source) expr(depth int) string {
	if depth == 0 || s.IntN(2) == 0 {
		return s.cond()
	}
	parts := make([]string, 1+s.IntN(3))
	for i := range parts {
		parts[i] = s.expr(depth - 1)
		if s.IntN(3) == 0 {
			parts[i] = pick(s, []string{"(", "["}) + parts[i] + pick(s, []string{")", "]", ")"})
		}
	}
	return strings.Join(parts, pick(s, []string{",", "|", " , "}))
}

func (s Source) cond() string {
	switch s.IntN(12) {
	case 0, 1:
		return pick(s, lists) + ":" + s.below()
	case 2, 3:
		parts := make([]string, 1+s.IntN(3))
		for i := range parts {
			parts[i] = s.below()
		}
		return pick(s, lists) + ":(" + strings.Join(parts, pick(s, []string{",", "|"})) + ")"
	case 4, 5:
		return pick(s, times) + s.compares() + s.values(moments)
	case 6:
		return pick(s, numbers) + s.compares() + s.values(amounts)
	case 7:
		return pick(s, others) + pick(s, odd) + s.values(words)
	}
	return s.text(pick(s, texts))
}

// below is a condition on an element.
func (s Source) below() string {
	switch s.IntN(10) {
	case 0:
		return pick(s, []string{"entity", "location", ""}) + pick(s, odd) + s.values(wild)
	case 1, 2, 3:
		return "confidence" + s.compares() + s.values(amounts)
	}
	return s.text("intent")
}

func (s Source) text(field string) string {
	op, from := pick(s, []string{"::", "::", "::!"}), words
	if field == "request.input.text" || field == "intent" {
		op = pick(s, []string{"::", ":", ":", ":!"})
	}
	if field != "language" && s.IntN(3) == 0 {
		from = wild
	}
	return field + op + s.values(from)
}

func (s Source) compares() string { return pick(s, []string{"::", "::!", "<", "<=", ">", ">="}) }

func (s Source) values(from []string) string {
	if s.IntN(60) == 0 {
		from = strange
	}
	if s.IntN(3) > 0 {
		return pick(s, from)
	}
	parts := make([]string, 1+s.IntN(4))
	for i := range parts {
		parts[i] = pick(s, from)
	}
	return "(" + strings.Join(parts, pick(s, []string{",", "|"})) + ")"
}
