package filter

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestContains holds what : finds, in texts of several languages.
func TestContains(t *testing.T) {
	tests := []struct {
		language, filter string
		yes, no          []string
	}{
		{"en", `order`, []string{"order", "Two orders, please", "I am ORDERING", "I ordered: it", "the order's number"}, []string{"", "disorder", "border", "or der", "order_id"}},
		{"en", `ordering`, []string{"one order"}, nil},
		{"", `order`, []string{"one Order"}, []string{"two orders"}},
		{"cs", `objednávka`, []string{"moje OBJEDNÁVKA"}, []string{"objednávky"}},
		{"de", `Bestellung`, []string{"meine Bestellungen"}, []string{"Vorbestellung"}},
		{"de", `straße`, []string{"in der STRASSE", "Straßen"}, nil},
		{"es", `pedido`, []string{"mis pedidos"}, nil},
		{"fr", `commande`, []string{"j'ai commandé", "l’commande"}, nil},
		{"it", `ordine`, []string{"gli ordini"}, nil},
		{"nl", `bestelling`, []string{"de bestellingen"}, nil},
		{"pt-br", `pedido`, []string{"os pedidos"}, nil},
		{"ar", `كتاب`, []string{"الكتاب"}, nil},
		{"ja", `注文`, []string{"これを注文したい"}, []string{"注 文"}},
		{"ko", `주문`, []string{"주문을 취소"}, nil},
		{"en", `cancel order`, []string{"cancelled orders"}, []string{"order cancelled", "cancel my order"}},
		{"en", `café`, []string{"a cafe\u0301", "CAFÉ"}, []string{"cafe"}},
		{"en", `"IBM Watson"`, []string{"the ibm watson.", "IBM Watson"}, []string{"IBM Watsons", "IBM  Watson", "NIBM Watson"}},
		{"en", `"order"`, []string{"my order"}, []string{"orders"}},
		{"en", `""`, []string{"anything"}, []string{""}},
		{"en", `\!hello`, []string{"say !hello", "!Hello!"}, []string{"hello", "! hello", "!hellos"}},
		{"en", `e-mail`, []string{"my E-Mail."}, []string{"email", "e mail", "e-mails"}},
		{"en", `comm*s`, []string{"my comments", "COMMS"}, []string{"comment", "comm is", "telecomms"}},
		{"en", `my comm*`, []string{"My comments"}, []string{"comments"}},
		{"en", `comm* order*`, []string{"common orders"}, []string{"orders common", "common new orders"}},
		{"en", `*`, []string{"a"}, []string{"!!"}},
		{"en", `c*.com`, []string{"at cats.com now"}, []string{"cats com", "cats.com."}},
		{"ja", `注*た`, []string{"これを注文したい"}, []string{"注文"}},
		{"en", `Watson~2`, []string{"hey wotsen", "Watson", "what's on watso?", "watsonia"}, []string{"hello", "atsonias", "IBMWatson"}},
		{"en", `Watson~1`, []string{"watsons"}, []string{"wotsen", "awtson"}},
		{"en", `cancel order~1`, []string{"please cancel ordr"}, []string{"cancl ordr", "order"}},
		{"ja", `注文した~1`, []string{"これを注文たい", "注分した"}, []string{"注分たい"}},
	}
	for _, tt := range tests {
		q := compiled(t, "request.input.text:"+tt.filter)
		for _, want := range []bool{true, false} {
			for _, said := range map[bool][]string{true: tt.yes, false: tt.no}[want] {
				if got := q.Match(sample(tt.language, said)); got != want {
					t.Errorf("%s in %q of %q: %v", tt.filter, said, tt.language, got)
				}
			}
		}
	}
}

// TestElements: conditions in list:(…) are about one element; ::! of a list is about all.
func TestElements(t *testing.T) {
	r := lists{{"hello", 0.9}, {"order", 0.3}}
	for filter, want := range map[string]bool{
		`response.intents:intent::hello`:                                 true,
		`response.intents:intent::!hello`:                                false,
		`response.intents:intent::!bye`:                                  true,
		`response.intents:intent:!hello`:                                 false,
		`response.intents:confidence<0.5`:                                true,
		`response.intents:confidence::!0.9`:                              false,
		`response.intents:intent::hello,response.intents:confidence<0.5`: true,
		`response.intents:(intent:hello,confidence<0.5)`:                 false,
		`response.intents:(intent:hello,confidence>=0.9)`:                true,
		`response.intents:(intent::!hello,confidence<0.5)`:               true,
		`response.intents:(intent::!hello,confidence>0.5)`:               false,
		`response.intents:(intent::bye|confidence<0.1)`:                  false,
		`response.intents:(intent::bye|intent::order,confidence::0.3)`:   true,
		`response.intents:intent::(bye|h*o)`:                             true,
		`response.intents:intent::helo~1`:                                true,
	} {
		if got := compiled(t, filter).Match(r); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}

type intent struct {
	name       string
	confidence float64
}

type lists []intent

func (lists) Language() string              { return "en" }
func (lists) Texts(string) []string         { return nil }
func (lists) Number(string) (float64, bool) { return 0, false }
func (l lists) Elements(string) (out []Record) {
	for _, x := range l {
		out = append(out, x)
	}
	return out
}

func (intent) Language() string                { return "en" }
func (i intent) Texts(string) []string         { return []string{i.name} }
func (i intent) Number(string) (float64, bool) { return i.confidence, true }
func (intent) Elements(string) []Record        { return nil }

// TestEdits holds the two shortened tables to the whole one, over texts of few letters.
func TestEdits(t *testing.T) {
	few := rapid.StringOfN(rapid.RuneFrom([]rune("abé")), 0, 9, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b, edits := []rune(few.Draw(t, "a")), []rune(few.Draw(t, "b")), rapid.IntRange(1, 2).Draw(t, "edits")
		if got, want := within(a, b, edits), distance(a, b, false) <= edits; got != want {
			t.Fatalf("%q is within %d of %q: %v, want %v", string(a), edits, string(b), got, want)
		}
		if got, want := approximates(a, b, edits), distance(a, b, true) <= edits; got != want {
			t.Fatalf("%q is within %d in %q: %v, want %v", string(a), edits, string(b), got, want)
		}
	})
}

// distance fills the whole table; anywhere leaves out what stands before and behind in b.
func distance(a, b []rune, anywhere bool) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		for j := range table[i] {
			switch {
			case i == 0 && anywhere:
			case i == 0 || j == 0:
				table[i][j] = i + j
			default:
				same := table[i-1][j-1]
				if a[i-1] != b[j-1] {
					same++
				}
				table[i][j] = min(same, table[i-1][j]+1, table[i][j-1]+1)
			}
		}
	}
	if anywhere {
		return slices.Min(table[len(a)])
	}
	return table[len(a)][len(b)]
}

// TestWild holds the matching of patterns to the obvious one.
func TestWild(t *testing.T) {
	few := rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		parts, text := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 2, -1), 1, 4).Draw(t, "parts"), few.Draw(t, "text")
		if got, want := wild(parts, text), obvious(parts, text); got != want {
			t.Fatalf("%s fits %q: %v", text, strings.Join(parts, "*"), got)
		}
	})
}

func obvious(parts []string, text string) bool {
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok || len(parts) == 1 {
		return ok && rest == ""
	}
	for i := range len(rest) + 1 {
		if obvious(parts[1:], rest[i:]) {
			return true
		}
	}
	return false
}

func TestBounds(t *testing.T) {
	day := func(s string) int64 { from, _, _ := span(s); return from }
	const least, most = math.MinInt64, math.MaxInt64
	for filter, want := range map[string][2]int64{
		`request_timestamp>=2020-07-01`:                                                           {day("2020-07-01"), most},
		`request_timestamp>2020-07-01`:                                                            {day("2020-07-02"), most},
		`request_timestamp<2020-07-01`:                                                            {least, day("2020-07-01")},
		`request_timestamp<=2020-07-01,language::en`:                                              {least, day("2020-07-02")},
		`request_timestamp::2020-07-01`:                                                           {day("2020-07-01"), day("2020-07-02")},
		`request_timestamp::(2020-07-01|2020-07-05)`:                                              {day("2020-07-01"), day("2020-07-06")},
		`request_timestamp>=(2020-07-01,2020-07-05)`:                                              {day("2020-07-05"), most},
		`(request_timestamp>=2020-07-01|request_timestamp::2020-06-01),language::en`:              {day("2020-06-01"), most},
		`request_timestamp>=2020-07-01|language::en`:                                              {least, most},
		`request_timestamp::!2020-07-01`:                                                          {least, most},
		`response_timestamp>=2020-07-01`:                                                          {least, most},
		`request_timestamp>=2020-07-01,request_timestamp<2020-07-03,request_timestamp<2021-01-01`: {day("2020-07-01"), day("2020-07-03")},
	} {
		e, err := Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		if from, until := Bounds(e, "request_timestamp"); from != want[0] || until != want[1] {
			t.Errorf("%s: %d to %d, want %v", filter, from, until, want)
		}
	}
}

func TestMentions(t *testing.T) {
	for filter, want := range map[string]bool{
		`customer_id::cust_8842`:               true,
		`customer_id::!cust_8842`:              true,
		`customer_id::(a|cust\_8842)`:          true,
		`request.input.text:"i am CUST_8842"`:  true,
		`language::en|session_id::cust_8842`:   true,
		`customer_id::cust_88*`:                true,
		`customer_id::cust_8824~2`:             true,
		`response.intents:(intent::cust_8842)`: true,
		`request.input.text:8842*`:             false,
		`customer_id::cust_884`:                false,
		`customer_id::*`:                       false,
		`customer_id::c*`:                      false,
		`language::en`:                         false,
	} {
		e, err := Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := Mentions(e, "cust_8842"); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}

// TestStems: a stemmer is another's code that sees what anybody wrote. No word makes it panic, nor longer than it may be kept.
func TestStems(t *testing.T) {
	d := newReader()
	letters := []string{"aeioulsntrhd", "çéèêàâîôûäöüßñáíóúãõ", "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأؤإئ\u064b\u0650", "'y_9", "注文\U0001F600\u0301\xff"}
	for language := range stemmers {
		r := rand.New(rand.NewPCG(1, 2))
		for range 50_000 {
			var b strings.Builder
			for range r.IntN(12) {
				from := letters[r.IntN(len(letters))]
				if r.IntN(20) > 0 {
					from = letters[0]
				}
				if language == "ar" && r.IntN(20) > 0 {
					from = letters[2]
				}
				i := r.IntN(len(from))
				b.WriteString(strings.ToValidUTF8(from[i:min(len(from), i+2)], ""))
			}
			if s := d.stem(language, b.String()); len(s) > maxStem+8 {
				t.Errorf("%s: %q has the stem %q", language, b.String(), s)
			}
		}
	}
}
