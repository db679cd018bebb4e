package label

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
)

var kinds = []Kind{Assistant, VisualRecognition, Discovery, SpeechToText, TextToSpeech}

func TestParseKind(t *testing.T) {
	for _, k := range kinds {
		if got, err := ParseKind(string(k)); got != k || err != nil {
			t.Errorf("ParseKind(%q) = %q, %v", k, got, err)
		}
	}
	for _, s := range []string{"", "Assistant", "conversation", "visual_recognition"} {
		if _, err := ParseKind(s); err == nil {
			t.Errorf("ParseKind(%q) is accepted", s)
		}
	}
}

// TestParse tells for each raw ID which kinds take it.
func TestParse(t *testing.T) {
	all, notVR := kinds, []Kind{Assistant, Discovery, SpeechToText, TextToSpeech}
	unbounded := []Kind{Assistant, VisualRecognition, SpeechToText, TextToSpeech}
	tests := []struct {
		name, raw string
		takes     []Kind
	}{
		{"plain", "my_id", all},
		{"Slack", "slack_T09LVDR7YW4F8K9JNF", all},
		{"one letter", "x", all},
		{"Chinese", "客_x", all},
		{"Arabic digits", "٣٤", all},
		{"Thai with marks", "ที่_1", all},
		{"decomposed accent", "e\u0301", all},
		{"e-mail", "anna@example.com", notVR},
		{"hyphen", "a-b", notVR},
		{"dot", "a.b", notVR},
		{"plus", "a+b", notVR},
		{"percent", "a%20b", notVR},
		{"space inside", "a b", notVR},
		{"colon, comma, quote", `a:b,"c`, notVR},
		{"Roman numeral, which is no digit", "Ⅷ", notVR},
		{"empty", "", nil},
		{"only a space", " ", nil},
		{"space before", " a", nil},
		{"space after", "a ", nil},
		{"no-break space after", "a\u00a0", nil},
		{"semicolon", "a;b", nil},
		{"equals sign", "a=b", nil},
		{"NUL", "a\x00b", nil},
		{"tab inside", "a\tb", nil},
		{"line break", "a\nb", nil},
		{"DEL", "a\x7f", nil},
		{"C1 control", "a\u0085b", nil},
		{"Latin-1 byte", "M\xfcller", nil},
		{"256 letters", strings.Repeat("a", 256), all},
		{"257 letters", strings.Repeat("a", 257), unbounded},
		{"256 letters of 4 bytes", strings.Repeat("\U00020000", 256), all},
		{"1024 bytes", strings.Repeat("a", 1024), unbounded},
		{"1025 bytes", strings.Repeat("a", 1025), nil},
	}
	for _, tt := range tests {
		for _, k := range kinds {
			id, err := Parse(k, tt.raw)
			if took := err == nil; took != slices.Contains(tt.takes, k) {
				t.Errorf("%s for %s: error %v", tt.name, k, err)
			}
			if err == nil && id.String() != tt.raw || err != nil && !id.IsZero() {
				t.Errorf("%s for %s: got another ID", tt.name, k)
			}
		}
	}
	if _, err := Parse("conversation", "a"); err == nil {
		t.Error("an unknown kind is accepted")
	}
}

func TestParseHeader(t *testing.T) {
	long := strings.Repeat("a", 256)
	tests := []struct {
		name   string
		kind   Kind
		values []string
		want   []string // nil: no label
		reason string   // part of the error; "": none
	}{
		{"no header", Assistant, nil, nil, ""},
		{"one", Assistant, []string{"customer_id=my_id"}, []string{"my_id"}, ""},
		{"two", Assistant, []string{"customer_id=b;customer_id=a"}, []string{"b", "a"}, ""},
		{"two headers", SpeechToText, []string{"customer_id=a", "customer_id=b"}, []string{"a", "b"}, ""},
		{"duplicates", Assistant, []string{"customer_id=a;customer_id=b", "customer_id=a"}, []string{"a", "b"}, ""},
		{"blanks around everything", Assistant, []string{" customer_id = a ;\tcustomer_id=b "}, []string{"a", "b"}, ""},
		{"empty segments", TextToSpeech, []string{";customer_id=a;; ;customer_id=b;"}, []string{"a", "b"}, ""},
		{"one header of two empty", Assistant, []string{"", "customer_id=a"}, []string{"a"}, ""},
		{"percent stays", Assistant, []string{"customer_id=a%20b"}, []string{"a%20b"}, ""},
		{"comma stays", Assistant, []string{"customer_id=a,b"}, []string{"a,b"}, ""},
		{"joined by a proxy", Assistant, []string{"customer_id=a, customer_id=b"}, nil, "second '='"},
		{"empty header", Assistant, []string{""}, nil, "is empty"},
		{"only separators", SpeechToText, []string{" ; ;"}, nil, "is empty"},
		{"blank ID", Assistant, []string{"customer_id="}, nil, "must not be empty"},
		{"blank ID after another", Assistant, []string{"customer_id=a;customer_id= "}, nil, "must not be empty"},
		{"no equals sign", Assistant, []string{"my_id"}, nil, "pairs"},
		{"no field", Assistant, []string{"=my_id"}, nil, "pairs"},
		{"misspelt field", Assistant, []string{"customerid=a"}, nil, "only have the field customer_id"},
		{"field in capitals", Assistant, []string{"Customer_ID=a"}, nil, "only have the field customer_id"},
		{"another field beside", TextToSpeech, []string{"customer_id=a;tenant=b"}, nil, "only have the field customer_id"},
		{"two equals signs", Assistant, []string{"customer_id=a=b"}, nil, "second '='"},
		{"control character", Assistant, []string{"customer_id=a\x01"}, nil, "control"},
		{"Latin-1", Assistant, []string{"customer_id=M\xfcller"}, nil, "UTF-8"},
		{"long header", Assistant, []string{strings.Repeat("customer_id=a;", 1171)}, nil, "too long"},

		{"VR plain", VisualRecognition, []string{"customer_id=my_id"}, []string{"my_id"}, ""},
		{"VR encoded", VisualRecognition, []string{"customer_id=%E5%AE%A2_x"}, []string{"客_x"}, ""},
		{"VR not encoded", VisualRecognition, []string{"customer_id=客_x"}, []string{"客_x"}, ""},
		{"VR same ID twice", VisualRecognition, []string{"customer_id=%41;customer_id=A"}, []string{"A"}, ""},
		{"VR encoded hyphen", VisualRecognition, []string{"customer_id=a%2Db"}, nil, "letters, digits"},
		{"VR encoded separator", VisualRecognition, []string{"customer_id=a%3Bcustomer_id%3Db"}, nil, "';' or '='"},
		{"VR encoded twice", VisualRecognition, []string{"customer_id=%2541"}, nil, "letters, digits"},
		{"VR plus is no space", VisualRecognition, []string{"customer_id=a+b"}, nil, "letters, digits"},
		{"VR encoded nonsense", VisualRecognition, []string{"customer_id=%zz"}, nil, "URL-encoded"},
		{"VR encoded Latin-1", VisualRecognition, []string{"customer_id=%FC"}, nil, "UTF-8"},

		{"Discovery other pairs", Discovery, []string{"tenant=t;customer_id=a;x="}, []string{"a"}, ""},
		{"Discovery only other pairs", Discovery, []string{"tenant=t"}, nil, ""},
		{"Discovery blank", Discovery, []string{"customer_id="}, nil, ""},
		{"Discovery only white space", Discovery, []string{"customer_id=\u00a0"}, nil, ""},
		{"Discovery blank beside another", Discovery, []string{"customer_id=;customer_id=a"}, []string{"a"}, ""},
		{"Discovery empty header", Discovery, []string{""}, nil, ""},
		{"Discovery no pair", Discovery, []string{"customer_id"}, nil, "pairs"},
		{"Discovery two equals signs", Discovery, []string{"x=a=b;customer_id=c"}, nil, "second '='"},
		{"Discovery long ID", Discovery, []string{"customer_id=" + long + "a"}, nil, "256 characters"},
		{"Discovery long header", Discovery, slices.Repeat([]string{"customer_id=" + long}, 16), nil, "too long"},
		{"Discovery header within 4 KB", Discovery, slices.Repeat([]string{"customer_id=" + long}, 15), []string{long}, ""},
		{"unknown kind", "conversation", []string{"customer_id=a"}, nil, "labels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ids, err := ParseHeader(tt.kind, tt.values)
			if got := raw(ids); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if (err != nil) != (tt.reason != "") || err != nil && !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("error %v, want one with %q", err, tt.reason)
			}
		})
	}
}

func TestPrefix(t *testing.T) {
	for _, tt := range [][3]string{
		{"slack_T09LVDR7YW4F8K9JNF", "slack", "T09LVDR7YW4F8K9JNF"},
		{"intercom_5c1", "intercom", "5c1"},
		{"intercom_slack_x", "intercom", "slack_x"},
		{"slack_", "", "slack_"},
		{"slackT09", "", "slackT09"},
		{"Slack_T09", "", "Slack_T09"},
		{"my_id", "", "my_id"},
	} {
		id, err := Parse(Assistant, tt[0])
		if err != nil {
			t.Fatal(err)
		}
		integration, rest := Prefix(id)
		if integration != tt[1] || rest != tt[2] {
			t.Errorf("Prefix(%s) = %q, %q", tt[0], integration, rest)
		}
		if (Explain(integration) != "") != (integration != "") {
			t.Errorf("explanation of %q: %q", integration, Explain(integration))
		}
	}
}

func TestIDStaysOutOfLogs(t *testing.T) {
	id, _ := Parse(Assistant, "secret")
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("found", "id", id)
	slog.New(slog.NewTextHandler(&b, nil)).Info("found", "id", id)
	if strings.Contains(b.String(), "secret") {
		t.Errorf("the log has the ID: %s", b.String())
	}
}

// FuzzParseHeader holds the laws of the header: what it accepts is an ID for Parse too, without duplicates and never
// empty-handed but for Discovery; what it refuses it does not repeat.
func FuzzParseHeader(f *testing.F) {
	for i := range kinds {
		for _, s := range []string{"customer_id=my_id", "customer_id=a; customer_id=b;", "customer_id=%E5%AE%A2_x",
			"tenant=t;customer_id=", "customer_id=a=b", "customer_id=%2;\xff", "", ";", "customer_id =\u00a0x"} {
			f.Add(uint8(i), s, "customer_id=z9")
		}
	}
	f.Fuzz(func(t *testing.T, k uint8, a, b string) {
		kind := kinds[int(k)%len(kinds)]
		ids, err := ParseHeader(kind, []string{a, b})
		if err != nil {
			hides(t, err, a, b)
			return
		}
		if len(ids) == 0 && kind != Discovery {
			t.Error("a header without a label is accepted")
		}
		for i, id := range ids {
			if again, err := Parse(kind, id.String()); again != id || err != nil {
				t.Errorf("parsing %q again: %v", id, err)
			}
			if slices.Contains(ids[:i], id) {
				t.Errorf("%q comes twice", id)
			}
		}
	})
}

// TestSameTail: what other integrations would have made of the same.
func TestSameTail(t *testing.T) {
	for own, want := range map[string]string{
		"cust_1": "slack_cust_1 intercom_cust_1", "slack_T1U2": "T1U2 intercom_T1U2", "intercom_5f": "5f slack_5f",
		"slack_": "slack_slack_ intercom_slack_", "slack_ x": "intercom_ x", "slack_slack_1": "slack_1 intercom_slack_1",
		strings.Repeat("x", 1018): "slack_" + strings.Repeat("x", 1018),
	} {
		id, err := Parse(Assistant, own)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(raw(SameTail(id)), " "); got != want {
			t.Errorf("%q: %q, want %q", own, got, want)
		}
	}
}

// FuzzParse holds the law that makes Assistant the kind for doors that do not know the service.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"my_id", "", "a b", "客_x", "a;b", "\xff", "slack_T1", strings.Repeat("x", 257)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, widest := Parse(Assistant, s)
		for _, k := range kinds {
			id, err := Parse(k, s)
			if err != nil {
				hides(t, err, s)
			} else if widest != nil || id.String() != s {
				t.Errorf("%s takes %q, Assistant says %v", k, s, widest)
			}
		}
	})
}

// hides checks that the error is one of ours and is the same whatever the input was: a reason from the fixed list.
func hides(t *testing.T, err error, inputs ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is not *Error", err)
	}
	if !slices.Contains(sentences, fmt.Sprint(e)) {
		t.Errorf("%q may come from the input %q", e, inputs)
	}
}

// sentences are all that the package ever answers; none of them is made from input.
var sentences = []string{
	"customer_id must not be empty",
	"customer_id must not be longer than 1024 bytes",
	"customer_id must be valid UTF-8",
	"customer_id must not be longer than 256 characters for Discovery",
	"customer_id must not contain control characters",
	"customer_id must not contain ';' or '='",
	"customer_id must not begin or end with a space",
	"customer_id may only contain letters, digits and the underscore for Visual Recognition",
	"customer_id must be URL-encoded: '%' is not followed by two hexadecimal digits",
	"X-Watson-Metadata is too long",
	"X-Watson-Metadata is empty; it must be customer_id=ID, or left out for data that has no label",
	"X-Watson-Metadata must consist of customer_id=ID pairs that are separated by ';'",
	"X-Watson-Metadata must not have a second '=' in a pair",
	"X-Watson-Metadata may only have the field customer_id",
}

func raw(ids []ID) (s []string) {
	for _, id := range ids {
		s = append(s, id.String())
	}
	return s
}
