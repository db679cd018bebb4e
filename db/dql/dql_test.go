package dql

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// show prints a tree: conditions as path op term, "!" before what is denied, and all groups in brackets.
func show(e Expr) string {
	switch e := e.(type) {
	case Or:
		return showAll(e, " | ")
	case And:
		return showAll(e, " , ")
	}
	c := e.(Cond)
	t := fmt.Sprintf("%q", c.Term.Text)
	if c.Term.Phrase {
		t = "phrase " + t
	}
	if c.Term.Ends {
		t = "*" + t
	}
	if c.Term.Begins {
		t += "*"
	}
	if c.Not {
		return "!" + c.Path + c.Op + t
	}
	return c.Path + c.Op + t
}

func showAll(parts []Expr, between string) string {
	var all []string
	for _, p := range parts {
		all = append(all, show(p))
	}
	return "(" + strings.Join(all, between) + ")"
}

// TestParse has the examples of both versions' "Query operators", as far as they are answered, and what they leave open.
func TestParse(t *testing.T) {
	for query, want := range map[string]string{
		`train`:                     `:"train"`,
		`"cloud computing"`:         `:phrase "cloud computing"`,
		`cloud computing`:           `:"cloud computing"`,
		`text:"cloud computing"`:    `text:phrase "cloud computing"`,
		`a.b.text::"Cloud"`:         `a.b.text::phrase "Cloud"`,
		`a.text:!"cloud computing"`: `!a.text:phrase "cloud computing"`,
		`a.text::!Cloud`:            `!a.text::"Cloud"`,
		`title::"Dorothy said: \"There's no place like home\""`: `title::phrase "Dorothy said: \"There's no place like home\""`,
		`message:\>=D`:                `message:">=D"`,
		`method::foo\(String\)`:       `method::"foo(String)"`,
		`method::"foo(String)"`:       `method::phrase "foo(String)"`,
		`e.text:Google|IBM`:           `(e.text:"Google" | :"IBM")`,
		`e.text:Google,IBM`:           `(e.text:"Google" , :"IBM")`,
		`a:x,b:y|c:z`:                 `((a:"x" , b:"y") | c:"z")`,
		`a:x,(b:y|[c:z])`:             `(a:"x" , (b:"y" | c:"z"))`,
		`score>0.679`:                 `score>"0.679"`,
		`invoice.total <= 100.50`:     `invoice.total<="100.50"`,
		`t>=2020-01-01T00:00:00.000Z`: `t>="2020-01-01T00:00:00.000Z"`,
		`text:ib*`:                    `text:"ib"*`,
		`test_results:*p53`:           `test_results:*"p53"`,
		`title:*`:                     `title:""*`,
		`title:!*`:                    `!title:""*`,
		`a::(x|"y z")`:                `(a::"x" | a::phrase "y z")`,
		`a:!(x|y)`:                    `(!a:"x" , !a:"y")`,
		`a:!(x,(y|z))`:                `(!a:"x" | (!a:"y" , !a:"z"))`,
		`a : x , b : y`:               `(a:"x" , b:"y")`,
		`http\://x`:                   `:"http://x"`,
		`a:\*`:                        `a:"*"`,
		`""`:                          `:phrase ""`,
	} {
		e, err := Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
		} else if got := show(e); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestRefusals: what is wrong or not answered is refused where it stands, and the sentence never repeats it.
func TestRefusals(t *testing.T) {
	for query, pos := range map[string]int{
		``: 0, ` `: 1, `a:`: 2, `a:x,`: 4, `|a`: 0, `(a:x`: 4, `a:x)`: 3, `"open`: 5, `a:secret~1`: 8, `"secret"~2`: 8, `a:IBM^3`: 5,
		`a:x*y`: 4, `e:(text:IBM,type:Company)`: 3, `a::x*`: 0, `*`: 0, `a::*`: 0, `a>"5"`: 0, `a:x\`: 3, `a:x"y`: 3, `NEAR(a)`: 4, "a:\x00": 2, "a:\xff": 2,
		strings.Repeat("(", 17) + "a": 17, strings.Repeat("a,", 101) + "a": 200, strings.Repeat("a", 4097): 4096,
	} {
		_, err := Parse(query)
		var e *Error
		if !errors.As(err, &e) || e.Pos != pos || strings.Contains(e.Error(), "secret") {
			t.Errorf("%.40q: %v, want one at byte %d", query, err, pos)
		}
	}
}

func TestWords(t *testing.T) {
	if got := fmt.Sprint(Words("Don't “PANIC”, Zoë-42 नमस्ते_x")); got != "[don t panic zoë 42 नमस्ते x]" {
		t.Error(got)
	}
}

// FuzzParse: whatever is sent is read or refused at a place within it, and what is read has bounded size.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`a:x,(b::"y z"|c:!*)`, `"x\"`, `a:(x|y),z`, `((((`, `a:\`, `*a*`, "é:ü", `a>=2020-01-01`, `a:!(b,!c)`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		e, err := Parse(query)
		if err != nil {
			var at *Error
			if !errors.As(err, &at) || at.Pos < 0 || at.Pos > len(query) {
				t.Fatalf("%q: %v", query, err)
			}
			return
		}
		if terms := count(e); terms < 1 || terms > maxTerms || !utf8.ValidString(query) {
			t.Fatalf("%q has %d terms", query, terms)
		}
	})
}

func count(e Expr) (n int) {
	switch e := e.(type) {
	case Or:
		for _, x := range e {
			n += count(x)
		}
		return n
	case And:
		for _, x := range e {
			n += count(x)
		}
		return n
	}
	return 1
}
