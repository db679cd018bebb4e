package filter

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// fields are a store's, with all that a field can be asked.
var fields = map[string]Field{
	"request.input.text": {Type: Text, Column: "r.body", Holds: "r.short", Wildcard: true, Edits: true, Contains: true},
	"session_id":         {Type: Text, Column: "r.session", Wildcard: true, Edits: true},
	"language":           {Type: Text, Column: "r.language", Edits: true},
	"request_timestamp":  {Type: Time, Column: "r.at"},
	"response_timestamp": {Type: Time, Column: "r.at", Wildcard: true, Contains: true, Edits: true}, // to no avail
	"response.entities":  {Type: List, Sub: map[string]Field{"confidence": {Type: Number}}},
	"score":              {Type: Number, Column: "r.number"},
	"size":               {Type: Number},
	"entities":           {Type: Text, Column: "r.body"},
	"response.intents": {Type: List, Sub: map[string]Field{
		"intent":     {Type: Text, Wildcard: true, Edits: true, Contains: true},
		"confidence": {Type: Number},
	}},
	"customer_id": {Type: Set, Column: "l.customer", Wildcard: true, Edits: true, Contains: true,
		Within: "EXISTS (SELECT 1 FROM label l WHERE l.record = r.number AND %s)"},
}

// open makes a database in memory with one record for each of the texts, numbered from 1. Columns of half of them do not hold their texts, and
// say so.
func open(t testing.TB, texts ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // each connection would have its own database
	run(t, db, `CREATE TABLE record (number INTEGER PRIMARY KEY, body TEXT, session TEXT, language TEXT, at INTEGER, whole TEXT, short INTEGER NOT NULL DEFAULT 1);
		CREATE TABLE label (customer TEXT, record INTEGER, PRIMARY KEY (customer, record)) WITHOUT ROWID`)
	for i, text := range texts {
		run(t, db, "INSERT INTO record (number, body) VALUES (?, ?)", i+1, text)
	}
	return db
}

func run(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
}

// row is a record of the test's database in memory.
type row struct {
	number            int
	text, session, of *string
	at                *int64
	labels            []string
}

func (r row) Language() string { return text(r.of)[0] }
func (r row) Texts(field string) []string {
	switch field {
	case "request.input.text", "entities":
		return text(r.text)
	case "session_id":
		return text(r.session)
	case "language":
		return text(r.of)
	}
	return r.labels
}
func (r row) Number(field string) (float64, bool) {
	switch {
	case field == "score":
		return float64(r.number), true
	case field == "size":
		return float64(len(text(r.text)[0])), r.text != nil
	case r.at == nil:
		return 0, false
	}
	return float64(*r.at), true
}
func (r row) Elements(string) []Record { return nil }

func text(s *string) []string {
	if s == nil {
		return []string{""}
	}
	return []string{*s}
}

// rows reads all records of the test's database.
func rows(t testing.TB, db *sql.DB) []row {
	t.Helper()
	var out []row
	found, err := db.Query("SELECT number, coalesce(whole, body), session, language, at, (SELECT group_concat(customer, char(1)) FROM label WHERE record = number) FROM record ORDER BY number")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var r row
		var labels *string
		if err := found.Scan(&r.number, &r.text, &r.session, &r.of, &r.at, &labels); err != nil {
			t.Fatal(err)
		}
		if labels != nil {
			r.labels = strings.Split(*labels, "\x01")
		}
		out = append(out, r)
	}
	return out
}

// find gives the numbers of the records that the filter matches, in memory; it fails where SQL loses one of them, or decides otherwise.
func find(t testing.TB, db *sql.DB, filter string) (numbers []int) {
	t.Helper()
	q := compiled(t, filter)
	narrowed := map[int]bool{}
	found, err := db.Query("SELECT number FROM record r WHERE "+q.Where, q.Args...)
	if err != nil {
		t.Fatalf("%s: %s: %v", filter, q.Where, err)
	}
	defer found.Close()
	for found.Next() {
		var n int
		if err := found.Scan(&n); err != nil {
			t.Fatal(err)
		}
		narrowed[n] = true
	}
	found.Close()
	for _, r := range rows(t, db) {
		matches := q.Match(r)
		if matches && !narrowed[r.number] || q.Decides && matches != narrowed[r.number] {
			t.Errorf("%s matches %d in memory: %v, in SQL: %v: %s %v", filter, r.number, matches, narrowed[r.number], q.Where, q.Args)
		}
		if matches {
			numbers = append(numbers, r.number)
		}
	}
	return numbers
}

func compiled(t testing.TB, filter string) *Query {
	t.Helper()
	e, err := Parse(filter)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	q, err := Compile(e, fields)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return q
}

func TestCompileFinds(t *testing.T) {
	db := open(t)
	ms := func(s string) int64 {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMilli()
	}
	insert := "INSERT INTO record (number, body, session, language, at) VALUES (?, ?, ?, ?, ?)"
	run(t, db, insert, 1, "I order two", "s1", "en", ms("2020-06-30T23:59:59.999Z"))
	run(t, db, insert, 2, "ORDERing", "s2", "en", ms("2020-07-01T00:00:00Z"))
	run(t, db, insert, 3, "IBM Wat", "t1", "de", ms("2020-07-01T23:59:59.999Z"))
	run(t, db, "UPDATE record SET whole = 'IBM Watson', short = 0 WHERE number = 3")
	run(t, db, insert, 4, "", "t_2", "de", ms("2020-07-02T00:00:00Z"))
	run(t, db, insert, 5, nil, nil, nil, nil)
	run(t, db, `INSERT INTO label VALUES ('abc', 1), ('abc', 2), ('xyz', 2), ('intercom_7', 3), ('Intercom_8', 4)`)

	tests := []struct {
		filter string
		want   []int
	}{
		{`customer_id::abc`, []int{1, 2}},
		{`customer_id::ABC`, nil},
		{`customer_id::ab`, nil},
		{`customer_id::(abc|intercom_7)`, []int{1, 2, 3}},
		{`(customer_id::abc|customer_id::intercom_7)`, []int{1, 2, 3}},
		{`customer_id::(abc,xyz)`, []int{2}},
		{`customer_id::(abc,xyz|intercom_7)`, []int{2, 3}},
		{`customer_id::abc,customer_id::xyz`, []int{2}},
		{`customer_id::!abc`, []int{3, 4, 5}},
		{`customer_id::!(abc|intercom_7)`, []int{4, 5}},
		{`customer_id::!(abc,xyz)`, []int{1, 3, 4, 5}},
		{`customer_id::intercom_*`, []int{3}},
		{`customer_id::*`, []int{1, 2, 3, 4}},
		{`customer_id::!*`, []int{5}},
		{`customer_id::(*_8|abc)`, []int{1, 2, 4}},
		{`customer_id:INTERCOM_8`, []int{4}},
		{`customer_id:intercom_`, nil},
		{`customer_id::""`, nil},

		{`language::en`, []int{1, 2}},
		{`language::!en`, []int{3, 4, 5}},
		{`language::(en|de)`, []int{1, 2, 3, 4}},
		{`language::(en,de)`, nil},
		{`language::!(en|de)`, []int{5}},
		{`session_id::s*`, []int{1, 2}},
		{`session_id::!s*`, []int{3, 4, 5}},
		{`session_id::t?2`, nil},
		{`session_id::S*`, nil},

		{`request.input.text:order`, []int{1, 2}},
		{`request.input.text:!order`, []int{3, 4, 5}},
		{`request.input.text:(two|watson)`, []int{1, 3}},
		{`request.input.text:(two,i\ )`, []int{1}},
		{`request.input.text:(two,i)`, []int{1}},
		{`request.input.text:!(two|watson)`, []int{2, 4, 5}},
		{`request.input.text:wats*`, []int{3}},
		{`request.input.text:wat`, nil},
		{`request.input.text::wat*`, nil},
		{`request.input.text::Wat*`, nil},
		{`request.input.text::*Wats*n`, []int{3}},
		{`request.input.text::!*Wats*n`, []int{1, 2, 4, 5}},
		{`request.input.text::"IBM Wat"`, nil},
		{`request.input.text::IBM Wotsen~2`, []int{3}},
		{`request.input.text::IBM Wotsen~1`, nil},
		{`request.input.text::*`, []int{1, 2, 3}},
		{`request.input.text:"m w"`, nil},
		{`request.input.text:"ibm WATSON"`, []int{3}},
		{`request.input.text::"IBM Watson"`, []int{3}},
		{`request.input.text::IBM*on`, []int{3}},
		{`request.input.text::"IBM*on"`, nil},
		{`request.input.text::!""`, []int{1, 2, 3}},
		{`request.input.text::""`, []int{4, 5}},
		{`request.input.text::(""|"IBM Watson")`, []int{3, 4, 5}},

		{`score>=2,score<4.5`, []int{2, 3, 4}},
		{`score::(1|5)`, []int{1, 5}},
		{`score::!3`, []int{1, 2, 4, 5}},
		{`score>"4"`, []int{5}},
		{`score<=1e0`, []int{1}},
		{`size>8`, []int{1, 3}},
		{`size::!10`, []int{1, 2, 4, 5}},
		{`language::en,size>8|customer_id::xyz`, []int{1, 2}},
		{`customer_id::intercom_8~1`, []int{3, 4}},
		{`language::e~1`, []int{1, 2, 3, 4}},
		{`session_id::ss1~1`, []int{1}},

		{`request_timestamp>=2020-07-01,request_timestamp<2020-08-01`, []int{2, 3, 4}},
		{`request_timestamp<2020-07-01`, []int{1}},
		{`request_timestamp<=2020-07-01`, []int{1, 2, 3}},
		{`request_timestamp>2020-07-01`, []int{4}},
		{`request_timestamp::2020-07-01`, []int{2, 3}},
		{`request_timestamp::!2020-07-01`, []int{1, 4, 5}},
		{`request_timestamp::(2020-06-30|2020-07-02)`, []int{1, 4}},
		{`request_timestamp<2020-07-01T23:59:59.999Z`, []int{1, 2}},
		{`request_timestamp<=2020-07-01T23:59:59.999Z`, []int{1, 2, 3}},
		{`request_timestamp>2020-07-01T23:59:59.999Z`, []int{4}},
		{`request_timestamp>="2020-07-01T23:59:59.999Z"`, []int{3, 4}},
		{`request_timestamp::2020-07-02T02:00:00+02:00`, []int{4}},
		{`request_timestamp<=2020-07-01T00:00:00.000900Z`, []int{1, 2}},

		{`language::en,customer_id::xyz|session_id::t1`, []int{2, 3}},
		{`language::en,(customer_id::xyz|session_id::t1)`, []int{2}},
		{`[language::de,[request_timestamp>=2020-07-02]]`, []int{4}},
	}
	for _, tt := range tests {
		if got := find(t, db, tt.filter); !slices.Equal(got, tt.want) {
			t.Errorf("%s finds %v, want %v: %s", tt.filter, got, tt.want, compiled(t, tt.filter).Where)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	tests := []struct {
		filter string
		pos    int
		reason string
	}{
		{`nonsense::a`, 0, "field is not supported"},
		{`language::en,Customer_id::a`, 13, "field is not supported"},
		{`response.output.intents:intent::a`, 0, "field is not supported"},
		{`entities:value::a`, 0, "field is not supported"},
		{`entities:(value::a)`, 0, "field is not supported"},
		{`language::en,response.intents::hello`, 13, "field is a list"},
		{`response.intents:!hello`, 0, "field is a list"},
		{`response.intents:location::1`, 17, "do not have this field"},
		{`response.intents:(intent:a,location::1)`, 27, "do not have this field"},
		{`response.intents:confidence:0.8`, 17, "exact comparison"},
		{`response.intents:confidence>high`, 28, "no number"},
		{`response.intents:(intent:a|confidence>=0x8)`, 39, "no number"},
		{`response.intents:confidence>1e999`, 28, "no number"},
		{`response.intents:confidence>NaN`, 28, "no number"},
		{`response.intents:confidence>0.8~1`, 28, "suffixes"},
		{`response.intents:confidence::0*`, 29, "wildcard"},
		{`response.intents:intent>a`, 17, "compare times"},
		{`session_id::a*b~1`, 12, "not both"},
		{`request.input.text:(a|b*~2)`, 22, "not both"},
		{"request.input.text:" + strings.Repeat("a", 101) + "~1", 19, "100 characters"},
		{`request_timestamp>=2020-07-01~1`, 19, "suffixes"},
		{`score::""`, 7, "no number"},
		{`response_timestamp:2020-07-01`, 0, "exact comparison"},
		{`response_timestamp::2020-07-01*`, 20, "wildcard"},
		{`response.output.intents:(intent::a)`, 0, "field is not supported"},
		{`language:en`, 0, "exact comparison"},
		{`language:!en`, 0, "exact comparison"},
		{`language>en`, 0, "compare times"},
		{`customer_id<=a`, 0, "compare times"},
		{`request_timestamp:2020`, 0, "exact comparison"},
		{`language::e*`, 10, "wildcard"},
		{`language::(en|d*)`, 14, "wildcard"},
		{`request_timestamp>=2020-*`, 19, "wildcard"},
		{`request_timestamp>=yesterday`, 19, "no time"},
		{`request_timestamp>=2020-07-01T04:00:00`, 19, "no time"},
		{`request_timestamp>=2020-02-30`, 19, "no time"},
		{`request_timestamp>=""`, 19, "no time"},
		{`request_timestamp>=1593561600000`, 19, "no time"},
		{`language::en,(session_id::s|request_timestamp<x)`, 46, "no time"},
	}
	for _, tt := range tests {
		e, err := Parse(tt.filter)
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		q, err := Compile(e, fields)
		var fault *Error
		if !errors.As(err, &fault) {
			t.Errorf("%s: error %v", tt.filter, err)
		} else if fault.Pos != tt.pos || !strings.Contains(fault.Reason, tt.reason) || q != nil {
			t.Errorf("%s: %v, want %q at %d", tt.filter, err, tt.reason, tt.pos)
		}
	}
}

func TestCompileRefusesFieldsThatAreNotWellMade(t *testing.T) {
	e, _ := Parse(`customer_id::a`)
	for _, within := range []string{"", "EXISTS (SELECT 1)", "%s OR %s"} {
		_, err := Compile(e, map[string]Field{"customer_id": {Type: Set, Column: "c", Within: within}})
		var fault *Error
		if err == nil || errors.As(err, &fault) {
			t.Errorf("Within %q: error %v", within, err)
		}
	}
}

// hostile are texts that would do harm, or match more than themselves, if they became part of the SQL or of a pattern.
var hostile = []string{
	`'`, `"`, `''`, `\`, `\\`, `\'`, `'; DROP TABLE record; --`, `' OR '1'='1`, `") OR 1=1 --`, `x' UNION SELECT 1 --`, `/* x */`,
	`?`, `?1`, `:a`, `@a`, `$a`, `%`, `_`, `%%`, `a%`, `a_`, `\%`, `\_`, `[`, `]`, `[a-z]`, `[^a]`, `[!a]`, `[*]`, `*`, `**`, `a*`,
	`%s`, `%d`, `%!s(MISSING)`, `abc`, `a`, `ab`, `A`, "a\nb", `~1`, `a~1`, `a,b`, `a|b`, `(a)`, `<a>`, `!a`, `=a`, ` a `, `é`, `1:2`,
}

// TestInjection asks for each hostile text, in quotes and escaped, in each way that a text can be asked for; it finds itself
// and nothing else.
func TestInjection(t *testing.T) {
	db := open(t, hostile...)
	run(t, db, "UPDATE record SET session = body; INSERT INTO label SELECT body, number FROM record")
	for i, text := range hostile {
		escaped := word(text).String()
		if got := find(t, db, Is("customer_id", text).String()); !slices.Equal(got, []int{i + 1}) {
			t.Errorf("Is %s finds %v, want %d", text, got, i+1)
		}
		values := []string{escaped}
		if !strings.Contains(text, `"`) {
			values = append(values, `"`+text+`"`)
		}
		for _, value := range values {
			for _, filter := range []string{"request.input.text::", "session_id::", "customer_id::"} {
				if got := find(t, db, filter+value); !slices.Equal(got, []int{i + 1}) {
					t.Errorf("%s%s finds %v, want %d", filter, value, got, i+1)
				}
			}
			if got := find(t, db, "customer_id::("+value+"|none)"); !slices.Equal(got, []int{i + 1}) {
				t.Errorf("%s in a group finds %v, want %d", value, got, i+1)
			}
			if got := find(t, db, "request.input.text:"+value); text != " " && !slices.Contains(got, i+1) {
				t.Errorf("a text with %s is found in %v, and not in itself", value, got)
			}
		}
		want := holding(func(s string) bool { return strings.HasPrefix(s, text) })
		if got := find(t, db, "session_id::"+escaped+"*"); !slices.Equal(got, want) {
			t.Errorf("%s* finds %v, want %v", escaped, got, want)
		}
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM record").Scan(&n); err != nil || n != len(hostile) {
		t.Errorf("%d records are left of %d: %v", n, len(hostile), err)
	}
}

func holding(match func(string) bool) (numbers []int) {
	for i, text := range hostile {
		if match(text) {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

// TestLargestFilters runs the most that Parse lets through: SQLite has limits of its own, and patterns have their cost.
func TestLargestFilters(t *testing.T) {
	db := open(t, strings.Repeat("a", 2000), "b")
	for name, filter := range map[string]string{
		"values":     "request.input.text:(x" + strings.Repeat("|x", 398) + "),language::!de",
		"both":       "request.input.text:!(x" + strings.Repeat(",x", 399) + ")",
		"labels":     "customer_id::(a*" + strings.Repeat("|a*", 399) + ")",
		"conditions": "language::a" + strings.Repeat("|language::a", 340),
		"wildcards":  "request.input.text::" + strings.Repeat("*a", 2000) + "b",
		"groups":     strings.Repeat("(language::!a,language::!b|", 16) + "language::c" + strings.Repeat(")", 16),
	} {
		start := time.Now()
		find(t, db, filter)
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s: took %v", name, d)
		} else {
			t.Logf("%s: %v", name, d)
		}
	}
}

// vocabulary is everything that a compiled condition may consist of, longest first.
var vocabulary = strings.NewReplacer(slices.Concat(
	each2(fields["customer_id"].Within[:len(fields["customer_id"].Within)-len("%s)")]),
	each2("r.short", "r.body", "r.session", "r.language", "r.at", "r.number", "l.customer", "ifnull(", "nullif(", ", '')", "GLOB ?", "IS NOT TRUE", " OR NOT ",
		" AND ", " OR ", "IN (?", ", ?", "<= ?", "< ?", ">= ?", "> ?", "= ?", "(", ")", " ", "1"))...)

func each2(words ...string) (pairs []string) {
	for _, w := range words {
		pairs = append(pairs, w, "")
	}
	return pairs
}

// law checks that a condition is made of the vocabulary alone and has an argument for each question mark, and asks a few records.
func law(t fataler, e Expr) {
	q, err := Compile(e, fields)
	if err != nil {
		var fault *Error
		if !errors.As(err, &fault) {
			t.Fatalf("%s: %v", e, err)
		}
		return
	}
	ask(t, e, q)
}

func ask(t fataler, e Expr, q *Query) {
	if rest := vocabulary.Replace(q.Where); rest != "" {
		t.Fatalf("%s: %q stands in %s", e, rest, q.Where)
	}
	if strings.Count(q.Where, "?") != len(q.Args) {
		t.Fatalf("%s: %d arguments for %s", e, len(q.Args), q.Where)
	}
	for _, r := range samples {
		q.Match(r)
	}
}

type fataler interface{ Fatalf(string, ...any) }

// samples are records that every filter is asked of.
var samples = []Record{row{}, sample("en", "I order two IBM Watsons", "abc", "xyz"), sample("de", "Größe bestellt, Übung!"), sample("ja", "注文したい"), sample("ar", "الطلبات ٣"),
	sample("fr", "l'ordre’s \u0301\xff\x00"), sample("pt-br", strings.Repeat("a ", 200), "a")}

func sample(language, said string, labels ...string) Record {
	return talk{row{text: &said, session: &said, of: &language, labels: labels}}
}

// talk is a row with intents.
type talk struct{ row }

func (r talk) Elements(string) []Record { return []Record{r, row{}} }
func (r talk) Texts(field string) []string {
	if field == "intent" {
		return text(r.text)
	}
	return r.row.Texts(field)
}

func FuzzCompile(f *testing.F) {
	for _, s := range append(documented, `customer_id::(a,b*|"")`, `request_timestamp>=(2020-07-01|2021-01-01T00:00:00Z)`) {
		f.Add(s)
	}
	for _, text := range hostile {
		f.Add("customer_id::" + word(text).String())
	}
	f.Fuzz(func(t *testing.T, s string) {
		if e, err := Parse(s); err == nil {
			law(t, e)
		}
	})
}
