package main

import (
	"bufio"
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// root is the top of the repository, seen from this package.
const root = "../.."

// under says whether a package is the folder itself or lies below it.
func under(pkg, folder string) bool {
	return pkg == folder || strings.HasPrefix(pkg, folder+"/")
}

// underAny says whether a package lies in one of the folders.
func underAny(pkg string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return under(pkg, f) })
}

// brokenFloor names the law that a package in folder from breaks by importing imp, or "".
// Paths of our own packages are given without the module's name: "db/label".
func brokenFloor(from, imp string) string {
	ours, inHouse := strings.CutPrefix(imp, "quittance/")
	switch {
	case under(imp, "database/sql") && !under(from, "db"):
		return "only db speaks SQL"
	case under(imp, "net/http") && !underAny(from, "handlers", "static", "cmd"):
		return "only handlers, static and cmd speak HTTP"
	case !inHouse || ours == from: // an external test package imports the package it tests
		return ""
	case ours == "db/dbtest/noise" && under(from, "db"): // made-up input for tests, which leans on nothing of ours itself
		return ""
	case underAny(from, "db/dbtest/noise", "db/label", "db/filter", "db/dql", "db/audit", "db/mask", "db/page", "db/clock"):
		return from + " leans on nothing of ours"
	case under(from, "db") && !under(ours, "db"):
		return "db knows nothing of the floors above it"
	case under(from, "static"):
		return "static leans on nothing of ours"
	case under(from, "views") && !underAny(ours, "views", "static"):
		return "views import only static"
	case under(ours, "views") && !underAny(from, "views", "handlers"):
		return "only handlers import views"
	case under(from, "handlers") && under(ours, "cmd"):
		return "nothing imports cmd"
	}
	return ""
}

// TestFloors walks every Go file of the repository, tests and build tags included, and holds its imports against the floors.
func TestFloors(t *testing.T) {
	seen := 0
	eachGoFile(t, parser.ImportsOnly, func(name string, f *ast.File, _ *token.FileSet) {
		seen++
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if law := brokenFloor(path.Dir(name), imp); law != "" {
				t.Errorf("%s imports %s: %s", name, imp, law)
			}
		}
	})
	if seen == 0 {
		t.Fatal("found no Go file: is the root of the repository still " + root + "?")
	}
}

func TestFloorsRule(t *testing.T) {
	for _, c := range []struct {
		from, imp string
		broken    bool
	}{
		{"db", "database/sql", false},
		{"db/dbtest", "database/sql", false},
		{"handlers/watson", "database/sql", true},
		{"cmd/quittance", "database/sql", true},
		{"views", "database/sql/driver", true},
		{"handlers/auth", "net/http", false},
		{"static", "net/http", false},
		{"cmd/quittance", "net/http/httptest", false},
		{"db", "net/http", true},
		{"db/erasure", "net/http/httptest", true},
		{"views", "net/http", true},
		{"handlers", "quittance/views", false},
		{"handlers/auth", "quittance/views", false},
		{"cmd/quittance", "quittance/views", true},
		{"db", "quittance/views", true},
		{"views", "quittance/views", false},
		{"views", "quittance/static", false},
		{"views", "quittance/db", true},
		{"views", "quittance/db/label", true},
		{"views", "quittance/handlers", true},
		{"db/erasure", "quittance/handlers", true},
		{"db/erasure", "quittance/db/label", false},
		{"db", "quittance/static", true},
		{"db/label", "quittance/db/label", false},
		{"db/label", "quittance/db/audit", true},
		{"db/label", "quittance/db/dbtest/noise", false},
		{"db/dbtest/noise", "quittance/db/label", true},
		{"db/filter", "quittance/db", true},
		{"db/dql", "quittance/db/filter", true},
		{"db/audit", "quittance/db/label", true},
		{"db/audit", "golang.org/x/mod/sumdb/tlog", false},
		{"db/mask", "quittance/db/label", true},
		{"db/page", "quittance/db/disk", true},
		{"db/disk", "quittance/db/page", false},
		{"static", "quittance/db", true},
		{"handlers", "quittance/cmd/quittance", true},
		{"dbx", "database/sql", true},
	} {
		if law := brokenFloor(c.from, c.imp); (law != "") != c.broken {
			t.Errorf("%s importing %s: broken law %q, want broken: %v", c.from, c.imp, law, c.broken)
		}
	}
}

// TestNoSkips: a test that cannot run fails and says what it misses; one that skips itself would be taken for a pass.
// What costs too much for every run carries the build tag long and is run by `make test-long`.
func TestNoSkips(t *testing.T) {
	eachGoFile(t, 0, func(name string, f *ast.File, fset *token.FileSet) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, pos := range skips(f) {
			t.Errorf("%s:%d skips a test", name, fset.Position(pos).Line)
		}
	})
}

func TestNoSkipsRule(t *testing.T) {
	for src, want := range map[string]int{
		`func T(t *testing.T) { t.Skip("no browser") }`:                                 1,
		`func T(t *testing.T) { t.Run("x", func(t *testing.T) { t.SkipNow() }) }`:       1,
		`func F(f *testing.F) { f.Skipf("%d", 1) }`:                                     1,
		`func F(f *testing.F) { f.Fuzz(func(t *testing.T, s string) { t.Skip() }) }`:    0,
		`func T(t *testing.T) { rapid.Check(t, func(t *rapid.T) { t.Skip("again") }) }`: 0,
		`func T(t *testing.T) { t.Fatal("needs chromium") }`:                            0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x_test.go", "package x\n"+src, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(skips(f)); got != want {
			t.Errorf("%s: %d skips, want %d", src, got, want)
		}
	}
}

// skips finds the calls that skip a test. Fuzz targets and properties may: there it refuses one input, not the test.
func skips(f *ast.File) (found []token.Pos) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch sel.Sel.Name {
		case "Skip", "Skipf", "SkipNow":
			found = append(found, call.Pos())
		case "Fuzz":
			return false
		case "Check", "MakeCheck":
			pkg, ok := sel.X.(*ast.Ident)
			return !ok || pkg.Name != "rapid"
		}
		return true
	})
	return found
}

// TestTopLevel: beside the card's own names the repository holds only what a repository needs, and what .gitignore names.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	ignored := ignoredAtTop(t)
	for _, e := range entries {
		if !mayLieAtTop(e.Name()) && !slices.Contains(ignored, e.Name()) {
			t.Errorf("%s lies at the top of the repository", e.Name())
		}
	}
}

func TestTopLevelRule(t *testing.T) {
	for name, want := range map[string]bool{
		"cmd": true, "go.sum": true, "LICENSE": true, ".ci": true,
		"internal": false, "pkg": false, "tools.go": false, "vendor": false,
	} {
		if got := mayLieAtTop(name); got != want {
			t.Errorf("%s may lie at the top: %v, want %v", name, got, want)
		}
	}
}

func mayLieAtTop(name string) bool {
	switch name {
	case "cmd", "views", "handlers", "static", "db", "go.mod", "go.sum", "Makefile", "README.md":
		return true // the card's
	case "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "DECISIONS.md":
		return true
	}
	return strings.HasPrefix(name, ".")
}

// ignoredAtTop gives the names that .gitignore anchors at the top: what make and the program put there.
func ignoredAtTop(t *testing.T) (names []string) {
	text, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "/"); ok {
			names = append(names, strings.TrimSuffix(name, "/"))
		}
	}
	return names
}

// TestLibcOfSQLite: modernc.org/sqlite is C translated against one version of modernc.org/libc and is tested with no other.
// Another module of ours may ask for a newer one, and go would take it without a word.
func TestLibcOfSQLite(t *testing.T) {
	sqlite := goList(t, "{{.GoMod}}", "modernc.org/sqlite")
	text, err := os.ReadFile(sqlite)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.ParseLax(sqlite, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	ours := goList(t, "{{.Version}}", "modernc.org/libc")
	for _, r := range mod.Require {
		if r.Mod.Path == "modernc.org/libc" && r.Mod.Version == ours {
			return
		}
	}
	t.Errorf("modernc.org/libc is %s here, which is not what modernc.org/sqlite's go.mod asks for", ours)
}

func goList(t *testing.T, format, module string) string {
	out, err := exec.Command("go", "list", "-m", "-f", format, module).Output()
	if err != nil {
		t.Fatalf("asking go for %s: %v", module, err)
	}
	return strings.TrimSpace(string(out))
}

// eachGoFile parses every Go file of the house, in the mode given, and hands it over with its path from the root.
func eachGoFile(t *testing.T, mode parser.Mode, do func(name string, f *ast.File, fset *token.FileSet)) {
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != root && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(file) != ".go" {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, mode)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		do(filepath.ToSlash(name), f, fset)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
