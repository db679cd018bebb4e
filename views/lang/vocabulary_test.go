package lang

import (
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/types"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// vocabulary is all that the console says: each constant of the types of this package, and where it stands. The compiler tells which those are.
type vocabulary struct {
	words map[string]string // key: where
	many  map[string]string // key: the form for one
}

func readVocabulary(t *testing.T) vocabulary {
	t.Helper()
	v := vocabulary{map[string]string{}, map[string]string{}}
	mode := packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports
	all, err := packages.Load(&packages.Config{Mode: mode}, "quittance/views", "quittance/handlers", "quittance/views/lang")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if len(p.Errors) > 0 {
			t.Fatal(p.Errors)
		}
		for expr, tv := range p.TypesInfo.Types {
			v.take(t, p, expr, tv)
		}
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool { v.pair(t, p, n); return true })
		}
	}
	return v
}

// take adds a constant of the type Word.
func (v vocabulary) take(t *testing.T, p *packages.Package, expr ast.Expr, tv types.TypeAndValue) {
	if _, ok := expr.(*ast.BasicLit); !ok || tv.Value == nil || tv.Value.Kind() != constant.String || ours(tv.Type) != "Word" {
		return
	}
	if word := constant.StringVal(tv.Value); word != "" {
		v.words[word] = p.Fset.Position(expr.Pos()).String()
	}
}

// pair adds the two forms of a call of Count.
func (v vocabulary) pair(t *testing.T, p *packages.Package, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	var one, many string
	for _, a := range call.Args {
		tv := p.TypesInfo.Types[a]
		if tv.Value == nil {
			continue
		}
		switch ours(tv.Type) {
		case "One":
			one = constant.StringVal(tv.Value)
		case "Many":
			many = constant.StringVal(tv.Value)
		}
	}
	if many != "" {
		v.many[many] = one
	}
}

// ours is the name of a type of this package, "" for any other.
func ours(t types.Type) string {
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "quittance/views/lang" {
		return ""
	}
	return named.Obj().Name()
}

func readFiles(t *testing.T, l Language) map[string]form {
	t.Helper()
	out := map[string]form{}
	names, err := fs.Glob(files, string(l)+"/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		var all map[string]form
		if err == nil {
			err = json.Unmarshal(raw, &all)
		}
		if err != nil {
			t.Fatal(name, err)
		}
		for key, f := range all {
			if _, twice := out[key]; twice {
				t.Errorf("%s: %q stands in an earlier file too", name, key)
			}
			out[key] = f
		}
	}
	return out
}

// Each word of the console is in each language, with the same gaps, and no file holds what nobody says.
func TestVocabulary(t *testing.T) {
	v := readVocabulary(t)
	if len(v.words) < 10 || len(v.many) == 0 {
		t.Fatalf("found %d words and %d counts: are they still constants of the types of this package?", len(v.words), len(v.many))
	}
	for _, l := range Languages[1:] {
		held := readFiles(t, l.Language)
		for _, word := range slices.Sorted(maps.Keys(v.words)) {
			f := held[word]
			if f.Other == "" || f.One != "" {
				t.Errorf("%s: %q is not said in %s", v.words[word], word, l.Name)
			} else if got, want := gapsOf(f.Other), gapsOf(word); !slices.Equal(got, want) {
				t.Errorf("%s: %q has the gaps %v, in %s %v", v.words[word], word, want, l.Name, got)
			}
			delete(held, word)
		}
		for _, many := range slices.Sorted(maps.Keys(v.many)) {
			f := held[many]
			if f.One == "" || f.Other == "" {
				t.Errorf("%q is not counted in %s", many, l.Name)
			} else if got, want := gapsOf(f.Other), gapsOf(many); !slices.Equal(got, want) {
				t.Errorf("%q has the gaps %v, in %s %v", many, want, l.Name, got)
			}
			delete(held, many)
		}
		for key := range held {
			t.Errorf("%q stands in a file of %s and nobody says it", key, l.Name)
		}
	}
}

// What stands in the files is what is said.
func TestFilesAreRead(t *testing.T) {
	for key, f := range readFiles(t, German) {
		if f.One != "" {
			if got := Count(german, 1, "", Many(key)); !strings.Contains(f.One, "{") && got != f.One {
				t.Errorf("%q for one is %q, want %q", key, got, f.One)
			}
		} else if got := T(german, Word(key)); got != f.Other {
			t.Errorf("%q is %q, want %q", key, got, f.Other)
		}
	}
}

var gap = regexp.MustCompile(`\{\w+\}|</?\d>`)

func gapsOf(text string) []string {
	all := gap.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}
