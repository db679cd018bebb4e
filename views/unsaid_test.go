package views

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Markup holds no words of its own, neither as text nor in the attributes that are read aloud: it says all by way of package lang.
func TestNothingUnsaid(t *testing.T) {
	files, err := filepath.Glob("*_templ.go")
	if err != nil || len(files) < 50 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		for _, text := range wordsIn(t, markupOf(t, file)) {
			t.Errorf("%s says %q in English only", strings.TrimSuffix(file, "_templ.go"), text)
		}
	}
}

func TestWordsIn(t *testing.T) {
	got := wordsIn(t, `<p class="pad">Quittance · <b>1</b></p><kbd>g</kbd><input placeholder="Find it"><a href="/x" title="Go there">now</a><code>a command</code>`)
	if want := []string{"Find it", "Go there", "now"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// markupOf is what a generated file writes as it stands, in order.
func markupOf(t *testing.T, file string) string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	ast.Inspect(parsed, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "WriteString" || len(call.Args) != 3 {
			return true
		}
		if lit, ok := call.Args[2].(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(lit.Value)
			out.WriteString(text)
		}
		return true
	})
	return out.String()
}

// letters are what makes a text a word; the program's name is the same in every language.
var letters = regexp.MustCompile(`\pL`)

// readAloud are the attributes that hold words.
var readAloud = []string{"alt", "aria-label", "aria-description", "data-th", "placeholder", "title"}

func wordsIn(t *testing.T, markup string) (out []string) {
	t.Helper()
	tokens, inside := html.NewTokenizer(strings.NewReader(markup)), ""
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := tokens.Token()
			inside = tag.Data
			for _, a := range tag.Attr {
				if slices.Contains(readAloud, a.Key) && letters.MatchString(a.Val) {
					out = append(out, a.Val)
				}
			}
		case html.EndTagToken:
			inside = ""
		case html.TextToken:
			text := strings.TrimSpace(string(tokens.Text()))
			if inside == "noscript" { // the tokenizer takes what is in it for text
				out = append(out, wordsIn(t, text)...)
			} else if inside != "kbd" && inside != "code" && letters.MatchString(strings.ReplaceAll(text, "Quittance", "")) {
				out = append(out, text)
			}
		}
	}
}
