package mask

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const logEntry = `{
 "log_id": "0b1e4c52-9f6e-4a0e-8d8e-446655440000",
 "request": {
  "input": {"message_type": "text", "text": "My name is Anna Smith, call 0301234567"},
  "context": {"global": {"session_id": "550e8400-e29b-41d4-a716-446655440000", "system": {"user_id": "u-4711", "turn_count": 3, "locale": "de-de"}},
   "skills": {"main skill": {"user_defined": {"firstName": "Anna", "customerEmail": "anna@x.de", "vip": true, "size": 42,
    "shipping_address": {"street": "Hauptstr. 1", "lines": ["2. OG", 7]}, "product_name": "Galaxy S21", "anna@x.de": "seen"}}}},
  "user_id": null
 },
 "response": {"output": {"generic": [{"response_type": "text", "text": "Thanks, mail to anna@x.de sent."}],
   "entities": [{"entity": "sys-person", "location": [11, 15], "value": "Anna"}, {"entity": "colour", "value": "red"}],
   "intents": [], "actions": [{"name": "lookup", "type": "client"}]}},
 "customer_id": "abc",
 "response_timestamp": "2024-03-12T10:30:00.000Z"
}`

func shown(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hidden != "" {
			b.WriteString("[" + string(p.Hidden) + "]")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func flat(fields []Field) (lines []string) {
	for _, f := range fields {
		lines = append(lines, f.Path+" = "+shown(f.Pieces))
	}
	return lines
}

func TestJSON(t *testing.T) {
	want := []string{
		"log_id = 0b1e4c52-9f6e-4a0e-8d8e-446655440000",
		"request.input.message_type = text",
		"request.input.text = My name is [name], call [phone]",
		"request.context.global.session_id = 550e8400-e29b-41d4-a716-446655440000",
		"request.context.global.system.user_id = [user_id]",
		"request.context.global.system.turn_count = 3",
		"request.context.global.system.locale = de-de",
		"request.context.skills.main skill.user_defined.firstName = [name]",
		"request.context.skills.main skill.user_defined.customerEmail = [email]",
		"request.context.skills.main skill.user_defined.vip = true",
		"request.context.skills.main skill.user_defined.size = 42",
		"request.context.skills.main skill.user_defined.shipping_address.street = [address]",
		"request.context.skills.main skill.user_defined.shipping_address.lines[0] = [address]",
		"request.context.skills.main skill.user_defined.shipping_address.lines[1] = [address]",
		"request.context.skills.main skill.user_defined.product_name = Galaxy S21",
		`request.context.skills.main skill.user_defined["[email]"] = seen`,
		"request.user_id = null",
		"response.output.generic[0].response_type = text",
		"response.output.generic[0].text = Thanks, mail to [email] sent.",
		"response.output.entities[0].entity = sys-person",
		"response.output.entities[0].location[0] = 11",
		"response.output.entities[0].location[1] = 15",
		"response.output.entities[0].value = [name]",
		"response.output.entities[1].entity = colour",
		"response.output.entities[1].value = red",
		"response.output.intents = []",
		"response.output.actions[0].name = lookup",
		"response.output.actions[0].type = client",
		"customer_id = [customer_id]",
		"response_timestamp = 2024-03-12T10:30:00.000Z",
	}
	fields, err := JSON([]byte(logEntry))
	if err != nil {
		t.Fatal(err)
	}
	got := flat(fields)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("field %d differs; got\n%s", i, strings.Join(got, "\n"))
		}
	}
}

func TestJSONFieldNames(t *testing.T) {
	for body, want := range map[string]string{
		`{"e-mail":"x"}`:                                "e-mail = [email]",
		`{"E_MAIL":"x"}`:                                "E_MAIL = [email]",
		`{"contactPhoneNumber":12345}`:                  "contactPhoneNumber = [phone]",
		`{"Straße":"Weg 1"}`:                            "Straße = [address]",
		`{"prénom":"Inès"}`:                             "prénom = [name]",
		`{"name":"Anna"}`:                               "name = [name]",
		`{"customer":{"name":"Anna"}}`:                  "customer.name = [name]",
		`{"skill":{"name":"Orders"}}`:                   "skill.name = Orders",
		`{"file_name":"a.pdf"}`:                         "file_name = a.pdf",
		`{"customer_name":"Zed"}`:                       "customer_name = [name]",
		`{"pet_name":"Zed"}`:                            "pet_name = Zed",
		`{"a":{"entity":"sys-person","literal":"Zed"}}`: "a.entity = sys-person\na.literal = [name]",
		`{"nr":123456789}`:                              "nr = [number]",
		`{"nr":12345678}`:                               "nr = 12345678",
		`{"apikey":"s3cret"}`:                           "apikey = [secret]",
		`{"email_sent":true}`:                           "email_sent = true",
		`{"email":true}`:                                "email = true",
		`{"dob":"1980-03-12"}`:                          "dob = [date_of_birth]",
		`{"customer_id":{"a":{"b":1}}}`:                 "customer_id.a.b = [customer_id]",
		`"just my mail a@b.de"`:                         " = just my mail [email]",
		`{"":7}`:                                        `[""] = 7`,
	} {
		fields, err := JSON([]byte(body))
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if got := strings.Join(flat(fields), "\n"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", body, got, want)
		}
	}
}

func TestJSONRefused(t *testing.T) {
	for _, body := range []string{``, `{`, `{"a":`, `{"email":"a@b.de"`, `[1,]`, `{} {}`, `{"a" 1}`, "\xff"} {
		_, err := JSON([]byte(body))
		if !errors.Is(err, ErrNotJSON) || strings.Contains(err.Error(), "a@b.de") {
			t.Errorf("JSON(%q): error %v", body, err)
		}
	}
}

func TestJSONBounds(t *testing.T) {
	deep := strings.Repeat(`{"a":`, MaxDepth+20) + `"a@b.de"` + strings.Repeat("}", MaxDepth+20)
	long := "[" + strings.Repeat("1,", MaxItems+5) + "1]"
	whole := strings.Repeat(`{"a":`, MaxDepth) + `1` + strings.Repeat("}", MaxDepth)
	if fields, err := JSON([]byte(whole)); err != nil || len(fields) != 1 || shown(fields[0].Pieces) != "1" {
		t.Errorf("as deep as may be: %v, %v", fields, err)
	}
	over := strings.Repeat("[", MaxDepth+1) + `1` + strings.Repeat("]", MaxDepth+1)
	if fields, err := JSON([]byte(over)); err != nil || len(fields) != 1 || fields[0].Pieces[0].Hidden != Omitted {
		t.Errorf("a level deeper: %v, %v", fields, err)
	}
	row := `{"k":[` + strings.Repeat("1,", MaxItems-2) + "1]}"
	wide := "[" + strings.Repeat(row+",", 40) + row + "]"
	for name, c := range map[string]struct {
		body string
		want int
	}{"deep": {deep, 1}, "long": {long, MaxItems + 1}, "wide": {wide, MaxFields + 1}} {
		fields, err := JSON([]byte(c.body))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		last := fields[len(fields)-1]
		if len(fields) != c.want || !slices.Equal(last.Pieces, []Piece{{Hidden: Omitted}}) {
			t.Errorf("%s: %d fields, the last %s; want %d", name, len(fields), fmt.Sprint(last), c.want)
		}
	}
}

func TestClearHidesNothing(t *testing.T) {
	fields, err := Clear([]byte(`{"email":"a@example.com","say":["call +49 30 1234567"]}`))
	if err != nil || len(fields) != 2 {
		t.Fatalf("%v, %v", fields, err)
	}
	for i, want := range []string{"a@example.com", "call +49 30 1234567"} {
		if p := fields[i].Pieces; len(p) != 1 || p[0].Text != want || p[0].Hidden != "" {
			t.Errorf("field %s shows %v, want %q", fields[i].Path, p, want)
		}
	}
}

// What a caller writes under the name of a service's own field is masked like all that it says; what the service writes stays.
func TestServiceFieldsAreNoWayRound(t *testing.T) {
	for body, hidden := range map[string]bool{
		`{"code":"DE89370400440532013000"}`:                             true,
		`{"state":"erika@example.com"}`:                                 true,
		`{"session_id":"erika.mustermann@example.com"}`:                 true,
		`{"level":"+49 30 1234567"}`:                                    true,
		`{"ref":4111111111111111}`:                                      true,
		`{"nr":491701234567}`:                                           true,
		`{"session_id":"7fc8891c-f4fb-494e-a00a-270452c99811"}`:         false,
		`{"request_timestamp":"2026-11-23T21:48:45.130Z"}`:              false,
		`{"snapshot":"draft"}`:                                          false,
		`{"timezone":"Europe/Berlin"}`:                                  false,
		`{"confidence":0.9312345678901}`:                                false,
		`{"turn_count":12}`:                                             false,
		`{"assistant_id":"ac1b8d75-a08d-4757-883b-81b3bc5d51f0","a":1}`: false,
	} {
		fields, err := JSON([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, p := range fields[0].Pieces {
			got = got || p.Hidden != ""
		}
		if got != hidden {
			t.Errorf("%s: hidden %v", body, got)
		}
	}
}
