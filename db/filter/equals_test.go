package filter

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestEqualsIsNeeded holds the law of Equals: a record that matches has one of the values. The filters are drawn over few
// values, and each possible set of labels is tried.
func TestEqualsIsNeeded(t *testing.T) {
	db := open(t, "", "a", "b", "ab")
	run(t, db, "INSERT INTO label VALUES ('a', 2), ('b', 3), ('a', 4), ('b', 4)")
	values := rapid.SampledFrom([]term{word("a"), word("b"), word("", ""), {phrase: true, parts: []string{""}}, word("c")})
	leaf := rapid.Custom(func(t *rapid.T) Expr {
		return cond{path: rapid.SampledFrom([]string{"customer_id", "request.input.text"}).Draw(t, "path"),
			op:     rapid.SampledFrom([]string{"::", "::!"}).Draw(t, "op"),
			values: groups(values).Draw(t, "values")}
	})
	several := rapid.SliceOfN(leaf, 2, 3)
	drawn := rapid.OneOf(leaf, rapid.Map(several, func(x []Expr) Expr { return and(x) }), rapid.Map(several, func(x []Expr) Expr { return or(x) }))
	labels := [][]string{nil, {"a"}, {"b"}, {"a", "b"}}
	rapid.Check(t, func(rt *rapid.T) {
		e := drawn.Draw(rt, "filter")
		law(rt, e)
		values, only := Equals(e, "customer_id")
		for _, n := range find(t, db, e.String()) {
			if only && !slices.ContainsFunc(labels[n-1], func(s string) bool { return slices.Contains(values, s) }) {
				rt.Fatalf("%s finds labels %q, beyond %q", e, labels[n-1], values)
			}
		}
	})
}

func TestEquals(t *testing.T) {
	tests := []struct{ filter, want string }{
		{`customer_id::abc`, "[abc] true"},
		{`customer_id::"a,b"`, "[a,b] true"},
		{`customer_id::(abc|xyz|abc)`, "[abc xyz] true"},
		{`(customer_id::abc|customer_id::xyz)`, "[abc xyz] true"},
		{`customer_id::(abc,xyz)`, "[abc] true"},
		{`customer_id::(x*,xyz|abc)`, "[xyz abc] true"},
		{`language::en,customer_id::abc,request_timestamp>2020-01-01`, "[abc] true"},
		{`customer_id::(a|b),[language::en,customer_id::c]`, "[c] true"},
		{`customer_id::c,customer_id::(a|b)`, "[c] true"},
		{`customer_id::abc,language::en|customer_id::xyz`, "[abc xyz] true"},
		{`customer_id::abc|language::en`, "[] false"},
		{`customer_id::!abc`, "[] false"},
		{`customer_id:abc`, "[] false"},
		{`customer_id::ab*`, "[] false"},
		{`customer_id::(abc|x*)`, "[] false"},
		{`customer_id::abc~1`, "[] false"},
		{`customer_id::""`, "[] false"},
		{`language::en`, "[] false"},
		{`entities:customer_id::abc`, "[] false"},
		{`entities:(customer_id::abc)`, "[] false"},
	}
	for _, tt := range tests {
		e, err := Parse(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		values, only := Equals(e, "customer_id")
		if got := fmt.Sprint(values, only); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.filter, got, tt.want)
		}
	}
}
