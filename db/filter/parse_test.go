package filter

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// documented are IBM's examples and the ones that follow from its text; what they mean is tested on data, in the store's examples_test.go.
var documented = []string{
	`customer_id::my_id`,
	`customer_id::"a:b,c"`,
	`customer_id::a\:b`,
	`customer_id::(abc|xyz)`,
	`(customer_id::abc|customer_id::xyz)`,
	`customer_id::!abc`,
	`customer_id::slack_T09LVDR7YW4F8K9JNF`,
	`customer_id::intercom_*`,
	`language::en,workspace_id::W`,
	`language::en,request.context.system.assistant_id::A,customer_id::abc`,
	`language::en,request.context.metadata.deployment::my_app`,
	`assistant_id::dcd5c5ad-f3a1-4345-89c5-708b0b5ff4f7`,
	`response_timestamp>=2020-07-01,response_timestamp<2020-08-01`,
	`response_timestamp<2019-11-01T04:00:00.000Z`,
	`customer_id::abc,request_timestamp>=2024-01-01`,
	`request.input.text:order`,
	`request.input.text:!order`,
	`request.input.text::"IBM Watson"`,
	`request.input.text:"IBM Watson"`,
	`request.input.text:\!hello`,
	`request.input.text:Watson~2`,
	`request.input.text:comm*s`,
	`request.input.text::!""`,
	`response.output.intents:intent::hello`,
	`response.output.intents:intent::(hello|goodbye)`,
	`response.output.entities:value::soda`,
	`response.top_intent::!hello`,
	`response.intents:confidence>0.8`,
	`response.intents:(intent:hello,confidence>=0.8)`,
	`[response.output.intents:intent::order,response.output.entities:entity::beverage]`,
	`meta.message.entities_count>0`,
}

func word(parts ...string) term { return term{parts: parts} }

func one(path, op string, t term) cond {
	return cond{path: path, op: op, values: [][]term{{t}}}
}

func TestParse(t *testing.T) {
	tests := []struct {
		filter string
		want   Expr
	}{
		{`a::b`, one("a", "::", word("b"))},
		{`a::!b`, one("a", "::!", word("b"))},
		{`a:b`, one("a", ":", word("b"))},
		{`a:!b`, one("a", ":!", word("b"))},
		{`a<=1`, one("a", "<=", word("1"))},
		{`a>1`, one("a", ">", word("1"))},
		{` a :: b `, one("a", "::", word("b"))},
		{`a::"b"`, one("a", "::", term{phrase: true, parts: []string{"b"}})},
		{`a::" b\,|*~1 "`, one("a", "::", term{phrase: true, parts: []string{` b\,|*~1 `}})},
		{`a::b c`, one("a", "::", word("b c"))},
		{`a::\ b\ `, one("a", "::", word(" b "))},
		{`a::\b\\\"\é`, one("a", "::", word(`b\"é`))},
		{`a:\!b`, one("a", ":", word("!b"))},
		{`a::b!=^~`, one("a", "::", word("b!=^~"))},
		{`a::12:30`, one("a", "::", word("12:30"))},
		{`a::x\:y`, one("a", "::", word("x:y"))},
		{`a::*b**\*`, one("a", "::", word("", "b", "", "*"))},
		{`a:b~1`, one("a", ":", term{parts: []string{"b"}, edits: 1})},
		{`a:b~1~2`, one("a", ":", term{parts: []string{"b~1"}, edits: 2})},
		{`a:b~3`, one("a", ":", word("b~3"))},
		{`a:b\~1`, one("a", ":", word("b~1"))},
		{`a:b~\1`, one("a", ":", word("b~1"))},
		{`a::(b)`, one("a", "::", word("b"))},
		{`a::( b | c , d )`, cond{path: "a", op: "::", values: [][]term{{word("b")}, {word("c"), word("d")}}}},
		{`a::!(b|c)`, cond{path: "a", op: "::!", values: [][]term{{word("b")}, {word("c")}}}},
		{`a::b,c::d|e::f`, or{and{one("a", "::", word("b")), one("c", "::", word("d"))}, one("e", "::", word("f"))}},
		{`a::b,(c::d|e::f)`, and{one("a", "::", word("b")), or{one("c", "::", word("d")), one("e", "::", word("f"))}}},
		{`[a::b,[c::d , e::f]]`, and{one("a", "::", word("b")), and{one("c", "::", word("d")), one("e", "::", word("f"))}}},
		{`x.intents:intent::b`, cond{path: "x.intents", sub: "intent", op: "::", values: [][]term{{word("b")}}}},
		{`entities:value:b`, cond{path: "entities", sub: "value", op: ":", values: [][]term{{word("b")}}}},
		{`intents::b`, one("intents", "::", word("b"))},
		{`intents:!b`, one("intents", ":!", word("b"))},
		{`myintents:b`, one("myintents", ":", word("b"))},
		{`intents:(intent:b,confidence>=0.8|x::(1|2))`, element{path: "intents", subs: [][]cond{
			{one("intent", ":", word("b")), one("confidence", ">=", word("0.8"))},
			{{path: "x", op: "::", values: [][]term{{word("1")}, {word("2")}}}}}}},
	}
	for _, tt := range tests {
		e, err := Parse(tt.filter)
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
		} else if got := unplaced(e); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %#v, want %#v", tt.filter, got, tt.want)
		}
	}
}

// TestParseError gives the place of each error.
func TestParseError(t *testing.T) {
	tests := []struct {
		filter string
		pos    int
		reason string
	}{
		{``, 0, "empty"},
		{"  ", 2, "empty"},
		{`a`, 1, "operator is missing"},
		{`::b`, 0, "name of a field"},
		{`a::`, 3, "value is missing"},
		{`a::,b::c`, 3, "value is missing"},
		{`a::b,`, 5, "name of a field"},
		{`a::b|`, 5, "name of a field"},
		{`a::b c::d`, 6, "comma is missing"},
		{`a::b(c)`, 4, `needs a \`},
		{`a::b"c"`, 4, `needs a \`},
		{`a::b<c`, 4, `needs a \`},
		{`a:^b`, 2, "no such operator"},
		{`a::!=b`, 4, "no such operator"},
		{`a:=b`, 2, "no such operator"},
		{`a:: !b`, 4, "no such operator"},
		{`a=b`, 1, "operator is missing"},
		{`a::"b`, 3, "not closed"},
		{`a::"b"c`, 6, "should end here"},
		{`a::"b"~1`, 6, "should end here"},
		{`a::~1`, 3, "value is missing"},
		{`a::b\`, 4, "escapes nothing"},
		{`(a::b`, 5, "a ) is missing"},
		{`(a::b]`, 5, "a ) is missing"},
		{`[a::b)`, 5, "a ] is missing"},
		{`a::b)`, 4, "should end here"},
		{`a::(b|)`, 6, "value is missing"},
		{`a::()`, 4, "value is missing"},
		{`a::(b`, 5, "a ) is missing"},
		{`()`, 1, "name of a field"},
		{`intents:hello`, 13, "operator is missing"},
		{`intents:(hello|goodbye)`, 14, "operator is missing"},
		{`intents:(:x)`, 9, "field of the element"},
		{`intents:"x"`, 8, "field of the element"},
		{"é::b", 0, "name of a field"},
		{"a::é(", 5, `needs a \`},
		{"a::b\x00", 4, "NUL"},
		{"a::b\xff", 4, "UTF-8"},
		{strings.Repeat("(", 17) + "a::b", 17, "16 groups"},
		{"a::" + strings.Repeat("b", 4094), 4096, "longer than 4096"},
		{"a::(b" + strings.Repeat("|b", 400) + ")", 804, "400 values"},
	}
	for _, tt := range tests {
		_, err := Parse(tt.filter)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", tt.filter, err)
		} else if e.Pos != tt.pos || !strings.Contains(e.Reason, tt.reason) {
			t.Errorf("%s: %v, want %q at %d", tt.filter, err, tt.reason, tt.pos)
		}
	}
}

func TestParseLimits(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("([", 8) + "a::b" + strings.Repeat("])", 8),
		strings.Repeat("(a::(b)),", 20) + "a::b",
		strings.Repeat("intents:(a::(b))|", 20) + "a::b",
		"a::" + strings.Repeat("b", 4093),
		"a::(b" + strings.Repeat("|b", 399) + ")",
	} {
		if _, err := Parse(s); err != nil {
			t.Errorf("%.40s…: %v", s, err)
		}
	}
}

func TestDocumentedExamplesPrintAsWritten(t *testing.T) {
	for _, s := range documented {
		e, err := Parse(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
		} else if got := e.String(); got != strings.Trim(s, "()[]") && got != s {
			t.Errorf("%s is printed as %s", s, got)
		}
	}
}

// TestPrintParses holds the law that any expression, printed, is parsed as the same expression.
func TestPrintParses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := exprs(3).Draw(t, "expression")
		got, err := Parse(want.String())
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if got = unplaced(got); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s was parsed as %#v", want, got)
		}
	})
}

// FuzzParse holds that parsing never panics, that the print is no longer than the filter, and that it means the same.
func FuzzParse(f *testing.F) {
	for _, s := range append(documented, `a::\`, `a::"`, `intents:(`, `((((`, `a::1:2~1`, "a:\xff", `a::(b,c|"d"),[e<1|f>2]`) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err != nil {
			var fault *Error
			if !errors.As(err, &fault) || fault.Pos < 0 || fault.Pos > len(s) {
				t.Fatalf("%q: error %#v", s, err)
			}
			return
		}
		print := e.String()
		again, err := Parse(print)
		if err != nil || len(print) > len(s) {
			t.Fatalf("%q is printed as %q: %v", s, print, err)
		}
		if !reflect.DeepEqual(unplaced(again), unplaced(e)) {
			t.Fatalf("%q and its print %q differ", s, print)
		}
	})
}

// exprs draws expressions of some depth, of all that the grammar has.
func exprs(depth int) *rapid.Generator[Expr] {
	leaf := rapid.OneOf(
		rapid.Map(conds(rapid.SampledFrom([]string{"a", "customer_id", "x.y-z"})), func(c cond) Expr { return c }),
		rapid.Map(conds(rapid.Just("intents")), func(c cond) Expr { c.sub = "intent"; return c }),
		rapid.Map(groups(conds(rapid.SampledFrom([]string{"entity", "intents"}))), func(g [][]cond) Expr {
			return element{path: "response.entities", subs: g}
		}))
	if depth == 0 {
		return leaf
	}
	several := rapid.SliceOfN(exprs(depth-1), 2, 3)
	return rapid.OneOf(leaf,
		rapid.Map(several, func(x []Expr) Expr { return and(x) }),
		rapid.Map(several, func(x []Expr) Expr { return or(x) }))
}

func conds(path *rapid.Generator[string]) *rapid.Generator[cond] {
	return rapid.Custom(func(t *rapid.T) cond {
		return cond{path: path.Draw(t, "path"), op: rapid.SampledFrom(operators).Draw(t, "op"), values: groups(words()).Draw(t, "values")}
	})
}

func groups[T any](item *rapid.Generator[T]) *rapid.Generator[[][]T] {
	return rapid.SliceOfN(rapid.SliceOfN(item, 1, 2), 1, 2)
}

// words draws terms, above all of what the language reads in a special way.
func words() *rapid.Generator[term] {
	char := rapid.OneOf(rapid.SampledFrom([]rune("\\,|()[]<>\"*:!=^~12 \t")), rapid.Rune().Filter(func(r rune) bool { return r != 0 }))
	return rapid.Custom(func(t *rapid.T) term {
		if rapid.Bool().Draw(t, "phrase") {
			text := rapid.StringOfN(char, 0, 4, -1).Draw(t, "text")
			return term{phrase: true, parts: []string{strings.ReplaceAll(text, `"`, "")}}
		}
		first := rapid.StringOfN(char, 1, 6, -1).Draw(t, "text")
		more := rapid.SliceOfN(rapid.StringOfN(char, 0, 3, -1), 0, 2).Draw(t, "more")
		return term{parts: append([]string{first}, more...), edits: rapid.IntRange(0, 2).Draw(t, "edits")}
	})
}

// unplaced is the expression without its positions.
func unplaced(e Expr) Expr {
	switch e := e.(type) {
	case or:
		return or(each([]Expr(e), unplaced))
	case and:
		return and(each([]Expr(e), unplaced))
	case cond:
		return unplacedCond(e)
	case element:
		return element{path: e.path, subs: each(e.subs, func(g []cond) []cond { return each(g, unplacedCond) })}
	}
	return e
}

func unplacedCond(c cond) cond {
	c.pos, c.subPos = 0, 0
	c.values = each(c.values, func(g []term) []term {
		return each(g, func(t term) term { t.pos = 0; return t })
	})
	return c
}

func each[T any](items []T, f func(T) T) []T {
	out := make([]T, len(items))
	for i, x := range items {
		out[i] = f(x)
	}
	return out
}
