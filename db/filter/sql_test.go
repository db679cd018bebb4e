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
	"request.input.text": {Type: Text, Column: "r.body", Wildcard: true, Contains: true},
	"session_id":         {Type: Text, Column: "r.session", Wildcard: true},
	"language":           {Type: Text, Column: "r.language"},
	"request_timestamp":  {Type: Time, Column: "r.at"},
	"response_timestamp": {Type: Time, Column: "r.at", Wildcard: true, Contains: true}, // to no avail
	"response.entities":  {Type: Text, Column: "r.body"},
	"customer_id": {Type: Set, Column: "l.customer", Wildcard: true, Contains: true,
		Within: "EXISTS (SELECT 1 FROM label l WHERE l.record = r.number AND %s)"},
}

// open makes a database in memory with one record for each of the texts, numbered from 1.
func open(t testing.TB, texts ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // each connection would have its own database
	run(t, db, `CREATE TABLE record (number INTEGER PRIMARY KEY, body TEXT, session TEXT, language TEXT, at INTEGER);
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

// find gives the numbers of the records that the filter matches.
func find(t testing.TB, db *sql.DB, filter string) (numbers []int) {
	t.Helper()
	where, args := compiled(t, filter)
	rows, err := db.Query("SELECT number FROM record r WHERE "+where+" ORDER BY number", args...)
	if err != nil {
		t.Fatalf("%s: %s: %v", filter, where, err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return numbers
}

func compiled(t testing.TB, filter string) (string, []any) {
	t.Helper()
	e, err := Parse(filter)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	where, args, err := Compile(e, fields)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return where, args
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
	insert := "INSERT INTO record VALUES (?, ?, ?, ?, ?)"
	run(t, db, insert, 1, "I order two", "s1", "en", ms("2020-06-30T23:59:59.999Z"))
	run(t, db, insert, 2, "reORDERing", "s2", "en", ms("2020-07-01T00:00:00Z"))
	run(t, db, insert, 3, "IBM Watson", "t1", "de", ms("2020-07-01T23:59:59.999Z"))
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
		{`customer_id:INTERCOM_`, []int{3, 4}},
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
		{`request.input.text:"m w"`, []int{3}},
		{`request.input.text::"IBM Watson"`, []int{3}},
		{`request.input.text::IBM*on`, []int{3}},
		{`request.input.text::"IBM*on"`, nil},
		{`request.input.text::!""`, []int{1, 2, 3}},
		{`request.input.text::""`, []int{4, 5}},
		{`request.input.text::(""|"IBM Watson")`, []int{3, 4, 5}},

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
			where, args := compiled(t, tt.filter)
			t.Errorf("%s finds %v, want %v: %s %v", tt.filter, got, tt.want, where, args)
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
		{`response.entities:value::a`, 0, "field is not supported"},
		{`response_timestamp:2020-07-01`, 0, "exact comparison"},
		{`response_timestamp::2020-07-01*`, 20, "wildcard"},
		{`response.output.intents:(intent::a)`, 0, "one element"},
		{`language:en`, 0, "exact comparison"},
		{`language:!en`, 0, "exact comparison"},
		{`language>en`, 0, "compare times"},
		{`customer_id<=a`, 0, "compare times"},
		{`request_timestamp:2020`, 0, "exact comparison"},
		{`language::e*`, 10, "wildcard"},
		{`language::(en|d*)`, 14, "wildcard"},
		{`request.input.text:comm*s`, 19, "wildcard"},
		{`request_timestamp>=2020-*`, 19, "wildcard"},
		{`request.input.text:Watson~2`, 19, "suffixes"},
		{`customer_id::(a|b~1)`, 16, "suffixes"},
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
		where, args, err := Compile(e, fields)
		var fault *Error
		if !errors.As(err, &fault) {
			t.Errorf("%s: error %v", tt.filter, err)
		} else if fault.Pos != tt.pos || !strings.Contains(fault.Reason, tt.reason) || where != "" || args != nil {
			t.Errorf("%s: %q %v %v, want %q at %d", tt.filter, where, args, err, tt.reason, tt.pos)
		}
	}
}

func TestCompileRefusesFieldsThatAreNotWellMade(t *testing.T) {
	e, _ := Parse(`customer_id::a`)
	for _, within := range []string{"", "EXISTS (SELECT 1)", "%s OR %s"} {
		_, _, err := Compile(e, map[string]Field{"customer_id": {Type: Set, Column: "c", Within: within}})
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
			want := holding(func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(text)) })
			if got := find(t, db, "request.input.text:"+value); !slices.Equal(got, want) {
				t.Errorf("a text with %s is found in %v, want %v", value, got, want)
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
	each2("r.body", "r.session", "r.language", "r.at", "l.customer", "ifnull(", ", '')", `LIKE ? ESCAPE '\'`, "GLOB ?", "IS NOT TRUE",
		" AND ", " OR ", "IN (?", ", ?", "< ?", ">= ?", "= ?", "(", ")", " "))...)

func each2(words ...string) (pairs []string) {
	for _, w := range words {
		pairs = append(pairs, w, "")
	}
	return pairs
}

// law checks that a condition is made of the vocabulary alone and has an argument for each question mark.
func law(t fataler, e Expr) {
	where, args, err := Compile(e, fields)
	if err != nil {
		var fault *Error
		if !errors.As(err, &fault) {
			t.Fatalf("%s: %v", e, err)
		}
		return
	}
	if rest := vocabulary.Replace(where); rest != "" {
		t.Fatalf("%s: %q stands in %s", e, rest, where)
	}
	if strings.Count(where, "?") != len(args) {
		t.Fatalf("%s: %d arguments for %s", e, len(args), where)
	}
}

type fataler interface{ Fatalf(string, ...any) }

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
