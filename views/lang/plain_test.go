package lang

import (
	"go/ast"
	"go/constant"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// sentence is what reads like something that is said: two words, or one with a capital.
var sentence = regexp.MustCompile(`\pL{2,}[^\pL]* [^\pL]*\pL+|^ ?\p{Lu}\p{Ll}+\b|^ \pL{2,}|\pL{2,} $`)

func TestPlain(t *testing.T) {
	all, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports}, "quittance/views")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ImportSpec, *ast.Field:
					return false
				case *ast.CallExpr:
					if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "WriteString" || s.Sel.Name == "CSSClasses" || s.Sel.Name == "KV" || s.Sel.Name == "Errorf" || s.Sel.Name == "New" || s.Sel.Name == "Format") {
						return false
					}
				case *ast.KeyValueExpr:
					if s, ok := n.Key.(*ast.Ident); ok && (s.Name == "FileName") {
						return false
					}
				case *ast.BasicLit:
					tv := p.TypesInfo.Types[n]
					if n.Kind != token.STRING || tv.Value == nil || ours(tv.Type) != "" {
						return true
					}
					if text := constant.StringVal(tv.Value); sentence.MatchString(text) {
						pos := p.Fset.Position(n.Pos())
						t.Errorf("%s:%d: %q", strings.TrimSuffix(filepath.Base(pos.Filename), "_templ.go"), pos.Line, text)
					}
				}
				return true
			})
		}
	}
}
