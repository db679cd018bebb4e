package lang

import (
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/tools/go/packages"
)

// sentence is what reads like something that is said: two words and more that begin with a capital or end as a sentence does.
var sentence = regexp.MustCompile(`^\p{Lu}\pL+[^\pL]+ ?\pL+|^\pL+ .*[.?!]$`)

// Strings of the pages and of what fills them that read like something that is said and are no words of this package may only become fewer:
// testdata/plain.json counts them by file; -update lowers it, and never raises it.
func TestPlain(t *testing.T) {
	const counts = "testdata/plain.json"
	var most map[string]int
	raw, err := os.ReadFile(counts)
	if err == nil {
		err = json.Unmarshal(raw, &most)
	}
	if err != nil {
		t.Fatal(err)
	}
	found := plainStrings(t)
	for file, n := range found {
		if n > most[file] {
			t.Errorf("%s holds %d strings that are said in English only, %d were known: make words of them (lang.Word, lang.Said, t)", file, n, most[file])
		} else if n < most[file] && !*update {
			t.Errorf("%s holds %d strings that are said in English only, %d were known: go test ./views/lang -run Plain -update writes that down", file, n, most[file])
		}
	}
	if *update && !t.Failed() {
		kept := map[string]any{}
		for file, n := range found {
			kept[file] = n
		}
		writeFile(t, counts, kept)
	}
}

func plainStrings(t *testing.T) map[string]int {
	t.Helper()
	mode := packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports
	all, err := packages.Load(&packages.Config{Mode: mode}, "quittance/views", "quittance/handlers")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, p := range all {
		for _, f := range p.Syntax {
			name := filepath.Base(filepath.Dir(p.Fset.Position(f.Pos()).Filename)) + "/" + filepath.Base(p.Fset.Position(f.Pos()).Filename)
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && forMachines(call) {
					return false
				}
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return true
				}
				if tv := p.TypesInfo.Types[lit]; tv.Value != nil && ours(tv.Type) == "" && sentence.MatchString(constant.StringVal(tv.Value)) {
					found[name]++
				}
				return true
			})
		}
	}
	return found
}

// forMachines are calls whose strings no page shows: markup, errors for the log, the log.
func forMachines(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch s.Sel.Name {
	case "WriteString", "Errorf", "New", "Format", "Warn", "Error", "Info", "LogAttrs", "Set", "Get":
		return true
	}
	return false
}
