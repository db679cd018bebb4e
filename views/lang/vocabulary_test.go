package lang

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/constant"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

var update = flag.Bool("update", false, "file what was translated, and list what is not")

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
		at := p.Fset.Position(expr.Pos()).String()
		if had, ok := v.words[word]; !ok || at < had {
			v.words[word] = at
		}
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

// Each word of the console is in each language or waits for its translation, with the same gaps, and no file holds what nobody says. What waits
// may only become less: -update writes it anew, and files what was filled in there under its area.
func TestVocabulary(t *testing.T) {
	v := readVocabulary(t)
	if len(v.words) < 10 || len(v.many) == 0 {
		t.Fatalf("found %d words and %d counts: are they still constants of the types of this package?", len(v.words), len(v.many))
	}
	for _, l := range Languages[1:] {
		if *update {
			v.file(t, l.Language)
			continue
		}
		held := readFiles(t, l.Language)
		for _, word := range slices.Sorted(maps.Keys(v.words)) {
			f, said := held[word]
			if _, waits := waiting[l.Language][word]; !said && waits {
				continue
			}
			if f.Other == "" || f.One != "" {
				t.Errorf("%s: %q is not said in %s; go test ./views/lang -run Vocabulary -update lists it in missing/%s.json", v.words[word], word, l.Name, l.Language)
			} else if got, want := gapsOf(f.Other), gapsOf(word); !slices.Equal(got, want) {
				t.Errorf("%s: %q has the gaps %v, in %s %v", v.words[word], word, want, l.Name, got)
			}
			delete(held, word)
		}
		for _, many := range slices.Sorted(maps.Keys(v.many)) {
			f, said := held[many]
			if _, waits := waiting[l.Language][many]; !said && waits {
				continue
			}
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
		for key := range waiting[l.Language] {
			if v.words[key] == "" && v.many[key] == "" {
				t.Errorf("%q waits in missing/%s.json and nobody says it", key, l.Language)
			}
		}
	}
}

// file writes the files of a language anew: what is said, by the area that says it, and what waits.
func (v vocabulary) file(t *testing.T, l Language) {
	t.Helper()
	held := readFiles(t, l)
	for key, f := range waiting[l] {
		if f.Other != "" {
			held[key] = f
		}
	}
	areas, missing := map[string]map[string]any{}, map[string]any{}
	put := func(key, where string, counted bool) {
		f := held[key]
		switch {
		case counted && (f.One == "" || f.Other == ""):
			missing[key] = map[string]string{"one": "", "other": ""}
			return
		case !counted && f.Other == "":
			missing[key] = ""
			return
		}
		if areas[where] == nil {
			areas[where] = map[string]any{}
		}
		if areas[where][key] = f.Other; counted {
			areas[where][key] = map[string]string{"one": f.One, "other": f.Other}
		}
	}
	for key, at := range v.words {
		put(key, areaOf(at), false)
	}
	for key := range v.many {
		put(key, "counts", true)
	}
	old, _ := filepath.Glob(filepath.Join(string(l), "*.json"))
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for area, words := range areas {
		writeFile(t, filepath.Join(string(l), area+".json"), words)
	}
	writeFile(t, filepath.Join("missing", string(l)+".json"), missing)
}

func writeFile(t *testing.T, name string, words map[string]any) {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(words); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// areas of the console, by what the names of their files begin with; what is in none is the frame's.
var areas = []struct{ begins, name string }{
	{"ticket", "tickets"}, {"newticket", "tickets"}, {"casefile", "tickets"}, {"answer", "answers"}, {"statement", "answers"}, {"letter", "letters"}, {"intake", "tickets"},
	{"erase", "erasures"}, {"erasure", "erasures"}, {"newerasure", "erasures"}, {"bulk", "erasures"}, {"list", "erasures"}, {"returned", "erasures"}, {"manifest", "erasures"},
	{"batch", "batches"}, {"speed", "batches"}, {"hold", "holds"}, {"newhold", "holds"}, {"receipt", "receipts"}, {"elsewhere", "erasures"},
	{"audit", "audit"}, {"check", "audit"}, {"sample", "audit"}, {"export", "audit"}, {"backup", "audit"}, {"drill", "audit"}, {"rights", "statistics"}, {"ccpa", "statistics"},
	{"service", "services"}, {"newservice", "services"}, {"key", "services"}, {"webhook", "services"}, {"link", "services"}, {"coverage", "services"}, {"repair", "services"}, {"training", "services"},
	{"retention", "services"}, {"search", "search"}, {"filter", "search"}, {"record", "search"}, {"subject", "search"}, {"alias", "search"}, {"user", "people"}, {"session", "people"}, {"setting", "people"},
	{"help", "help"}, {"words", "law"}, {"clock", "tickets"}, {"ruler", "tickets"}, {"limit", "policies"}, {"polic", "policies"}, {"home", "home"}, {"plot", "home"},
}

func areaOf(place string) string {
	base := filepath.Base(place)
	if strings.HasPrefix(base, "ticketstats") {
		return "statistics"
	}
	for _, a := range areas {
		if strings.HasPrefix(base, a.begins) {
			return a.name
		}
	}
	return "frame"
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
