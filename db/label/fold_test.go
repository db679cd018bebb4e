package label

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// TestNearMisses tells of each pair in what they differ; an ID is never folded together with one that is only a little like it.
func TestNearMisses(t *testing.T) {
	for _, tt := range []struct{ a, b, differ string }{
		{"cust_8842", "Cust_8842", "case"},
		{"cust_8842", "CUST_8842", "case"},
		{"straße_1", "STRASSE_1", "case"},
		{"Ωmega", "ωmega", "case"},
		{"İd", "i̇d", "case"},
		{"caf\u00e9_1", "cafe\u0301_1", "form"},
		{"\u1e9b\u0323", "\u017f\u0323\u0307", "form"},
		{"한_1", "\u1112\u1161\u11ab_1", "form"},
		{"ﬁn_1", "fin_1", "form"},
		{"４４_１", "44_1", "form"},
		{"Å_9", "\u212b_9", "form"},
		{"anna@example.com", "anna%40example.com", "encoding"},
		{"a b", "a%20b", "encoding"},
		{"客_x", "%E5%AE%A2_x", "encoding"},
		{"客_x", "%e5%ae%a2_x", "encoding"},
		{"a%20b", "a%2520b", "encoding"},
		{"Anna", "%61nna", "encoding case"},
		{"a b", "a  b", "spaces"},
		{"a b", "ab", "spaces"},
		{"a\u00a0b", "ab", "spaces"},
		{"rita+shop@example.org", "rita shop@example.org", "spaces"},
		{"+491701234567", "491701234567", "spaces"},
		{"cust\u200b_1", "cust_1", "spaces"},
		{"\ufeffcust_1", "cust_1", "spaces"},
		{"cust\u00ad_1", "cust_1", "spaces"},
		{"cust-1", "cust_1", "dashes"},
		{"cust\u20111", "cust_1", "dashes"},
		{"0b7e3c1e-aa", "0b7e3c1e_aa", "dashes"},
		{"slack_T1U2", "T1U2", "prefix"},
		{"intercom_5f", "5f", "prefix"},
		{"slack_cust_1", "intercom_cust_1", "prefix"},
		{"Slack_T1U2", "slack_T1U2", "case"},
		{"Slack_t1u2", "T1U2", "case prefix"},
		{"slack-T1U2", "T1U2", "dashes prefix"},
		{"slack_slack_1", "slack_1", "prefix"},
		{"0042", "42", "zeros"},
		{"cust_0042", "cust_42", "zeros"},
		{"000", "0", "zeros"},
		{"Cust-007", "cust_7", "case dashes zeros"},
		{"slack_0042", "42", "prefix zeros"},
	} {
		a, b := mustParse(t, tt.a), mustParse(t, tt.b)
		if Fold(a) != Fold(b) {
			t.Errorf("%q and %q are not found beside each other: %q, %q", tt.a, tt.b, Fold(a), Fold(b))
		}
		for _, got := range [][]Difference{Differ(a, b), Differ(b, a)} {
			if words(got) != tt.differ {
				t.Errorf("%q and %q differ in %q, want %q", tt.a, tt.b, words(got), tt.differ)
			}
		}
	}
	for _, tt := range [][2]string{
		{"cust_8842", "cust_8843"}, {"cust_8842", "cust_884"}, {"cust_1", "cust_10"}, {"100", "1"}, {"1001", "101"}, {"a_b", "ab"}, {"a.b", "ab"},
		{"5%", "5"}, {"%zz", "zz"}, {"%FC", "ü"}, {"slack_", ""}, {"slackT1", "T1"}, {"o", "0"}, {"l", "1"}, {"е", "e"},
	} {
		if a, b := fold(tt[0], ""), fold(tt[1], ""); a == b {
			t.Errorf("%q and %q are folded together: %q", tt[0], tt[1], a)
		}
	}
}

func mustParse(t *testing.T, raw string) ID {
	t.Helper()
	id, err := Parse(Assistant, raw)
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return id
}

func words(ds []Difference) string {
	var out []string
	for _, d := range ds {
		out = append(out, string(d))
	}
	return strings.Join(out, " ")
}

// changed writes an ID otherwise, in each way that a near miss is made.
var changed = map[Difference]func(string) string{
	InEncoding: url.PathEscape,
	InForm:     norm.NFD.String,
	InCase:     strings.ToUpper,
	InSpaces:   func(s string) string { return s[:1] + "\u200b +" + s[1:] },
	InDashes:   func(s string) string { return strings.ReplaceAll(s, "_", "-") },
	InPrefix:   func(s string) string { return "intercom_" + s },
	InZeros:    func(s string) string { return "00" + s },
}

// TestFoldFindsEachWay: written otherwise in any ways at once an ID folds to the same, and folding again changes nothing.
func TestFoldFindsEachWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringMatching(`[a-zA-Z1-9][a-zA-Z0-9_.éüñ客@]{0,12}`).Draw(t, "id")
		id, written := ID{raw}, raw
		ways := rapid.SliceOfNDistinct(rapid.SampledFrom(Differences), 1, 3, rapid.ID[Difference]).Draw(t, "ways")
		slices.SortFunc(ways, func(a, b Difference) int { return slices.Index(written0, a) - slices.Index(written0, b) })
		for _, w := range ways {
			if w == InZeros && !digit(written[0]) {
				continue
			}
			written = changed[w](written)
		}
		if Fold(id) != Fold(ID{written}) {
			t.Fatalf("%q is not found as %q: %q, %q", raw, written, Fold(id), Fold(ID{written}))
		}
		if again := fold(Fold(id), ""); again != Fold(id) {
			t.Fatalf("%q folds to %q and that to %q", raw, Fold(id), again)
		}
	})
}

// written0 is the order in which the ways can be gone together: a zero stands before its number, and what is encoded is the whole.
var written0 = []Difference{InZeros, InCase, InForm, InPrefix, InDashes, InSpaces, InEncoding}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"cust_8842", "%25%32%30", "slack_slack_00", "\u1e9b\u0323", "İ", "+ +", "%E5%AE%A2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := Parse(Assistant, s)
		if err != nil {
			return
		}
		if len(Fold(id)) > 32*len(s) {
			t.Errorf("%q grows to %d bytes", s, len(Fold(id)))
		}
	})
}
