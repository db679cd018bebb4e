package mask

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzFind keeps what every caller relies on: finds are sorted, apart, within
// the text, on rune boundaries; masking leaves nothing of them in their places,
// and masking twice is masking once.
func FuzzFind(f *testing.F) {
	for _, s := range sentences(f) {
		f.Add(s.Text)
	}
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spans := Find(text)
		checkSpans(t, text, spans)
		checkPieces(t, text, spans)
		once := Redact(text)
		if twice := Redact(once); twice != once {
			t.Fatalf("masking again changes\n%q to\n%q, from\n%q", once, twice, text)
		}
	})
}

// hostile texts are cut, doubled and bent in the ways that confuse readers of
// text.
var hostile = []string{
	"", " ", "\x00", "\xff\xfe", "a@b@c.de@", "+", "+4", "(((((((((", "::::::::", "1.2.3.4.5.6", "[email]@x.de", "[phone] 0301234567",
	"order [phone] 0301234567", "my name is [name] Bob", "My name is\xff\xffBob Smith", "e\u0301mail: e\u0301@x.de", "０３０１２３４５６７",
	"tel 030\u00a01234567", "ich heiße \u200bAnna\u200b", strings.Repeat("1 ", 40), strings.Repeat("12.", 40), strings.Repeat("My name is ", 9),
	"12 12 Baker Street Street", "DE89 3704 0044 0532 0130 00 DE89370400440532013000", "*12.03.1980*", "Mr. Mr. Mrs. Dr. Jones Jones",
	"Name: Name: Name: Anna", "geboren am 12.03.1980 geboren 13.04.1981", "Frau 030 1234567 Weber am Apparat", "j (at) x (dot) y (dot) com",
}

func checkSpans(t *testing.T, text string, spans []Span) {
	t.Helper()
	at := 0
	for _, f := range spans {
		if f.Start < at || f.End <= f.Start || f.End > len(text) {
			t.Fatalf("find %v after %d in %q of %d bytes", f, at, text, len(text))
		}
		if !boundary(text, f.Start) || !boundary(text, f.End) {
			t.Fatalf("find %v splits a rune of %q", f, text)
		}
		at = f.End
	}
}

func boundary(text string, at int) bool {
	return at == len(text) || utf8.RuneStart(text[at]) || !utf8.ValidString(text)
}

// checkPieces puts the hidden content back between the clear pieces and must
// get the text.
func checkPieces(t *testing.T, text string, spans []Span) {
	t.Helper()
	var b strings.Builder
	k := 0
	for _, p := range Text(text) {
		if p.Hidden == "" {
			b.WriteString(p.Text)
			continue
		}
		if p.Text != "" || p.Hidden != spans[k].Kind {
			t.Fatalf("piece %v for find %v", p, spans[k])
		}
		b.WriteString(text[spans[k].Start:spans[k].End])
		k++
	}
	if b.String() != text || k != len(spans) {
		t.Fatalf("the pieces of %q make %q", text, b.String())
	}
}

// FuzzJSON: whatever JSON takes, encoding/json takes too, and the other way.
func FuzzJSON(f *testing.F) {
	f.Add(`{"request":{"input":{"text":"my name is Anna"}},"n":[1,true,null,{"email":"a@b.de"}]}`)
	f.Add(strings.Repeat("[", 100) + strings.Repeat("]", 100))
	f.Add(`{"a":1} {`)
	f.Add(`{"":"","a.b":{"c":[]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		fields, err := JSON([]byte(body))
		if valid := json.Valid([]byte(body)); valid != (err == nil) {
			t.Fatalf("JSON(%q) gives %v, valid is %v", body, err, valid)
		}
		if err == nil && len(fields) == 0 {
			t.Fatalf("JSON(%q) gives no field", body)
		}
	})
}
