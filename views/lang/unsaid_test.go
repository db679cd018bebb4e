package lang

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// writtenAsTheyAre are the places at which a page may write a word that is not said, and why.
var writtenAsTheyAre = map[string]string{}

// A page says its words by t and its kin: a Word that it writes itself, makes a string of or hands to a function of another package would show
// the control characters that it may hold, and be English in every language.
func TestPagesSayTheirWords(t *testing.T) {
	mode := packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports
	all, err := packages.Load(&packages.Config{Mode: mode}, "quittance/views")
	if err != nil || len(all) != 1 || len(all[0].Errors) > 0 {
		t.Fatal(err, all)
	}
	pages, left := 0, maps.Clone(writtenAsTheyAre)
	for _, f := range all[0].Syntax {
		name := filepath.Base(all[0].Fset.Position(f.Pos()).Filename)
		if !strings.HasSuffix(name, "_templ.go") {
			continue
		}
		pages++
		for _, u := range unsaidIn(all[0].TypesInfo, f) {
			place := name + ": " + u
			if _, known := writtenAsTheyAre[place]; !known {
				t.Errorf("%s is a word that is not said: t(ctx, …) says it", place)
			}
			delete(left, place)
		}
	}
	if pages < 50 {
		t.Fatalf("%d pages were looked at", pages)
	}
	for place := range left {
		t.Errorf("%s is no longer written as it is: strike it from the list", place)
	}
}

// unsaidIn are the expressions in which a word becomes a string without being said. A comparison with "" is none.
func unsaidIn(info *types.Info, f *ast.File) (out []string) {
	for n := range ast.Preorder(f) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		takes := foreign(info, call)
		for _, a := range call.Args {
			if tv := info.Types[a]; tv.Value == nil && holdsWords(tv.Type) && takes {
				out = append(out, fmt.Sprintf("%s(%s)", types.ExprString(call.Fun), types.ExprString(a)))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// foreign tells of a call whether it makes something else of a word: a conversion to another type, or a function of a package that is not ours.
func foreign(info *types.Info, call *ast.CallExpr) bool {
	if tv := info.Types[call.Fun]; tv.IsType() {
		return ours(tv.Type) == ""
	}
	of := ast.Unparen(call.Fun)
	if index, ok := of.(*ast.IndexExpr); ok {
		of = index.X
	}
	selected, ok := of.(*ast.SelectorExpr)
	if !ok {
		return false // of this package or built in
	}
	used := info.Uses[selected.Sel]
	return used != nil && used.Pkg() != nil && !strings.HasPrefix(used.Pkg().Path(), "quittance/")
}

func holdsWords(t types.Type) bool {
	if list, ok := t.(*types.Slice); ok {
		t = list.Elem()
	}
	return t != nil && slices.Contains([]string{"Word", "One", "Many"}, ours(t))
}
