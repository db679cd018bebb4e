package views

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// testFrame is an officer in Berlin, as every golden page is seen.
var testFrame = Frame{
	Name: "Rita Lind", Roles: "Compliance officer", Zone: "Europe/Berlin", SignedIn: true,
	SessionEnds: "2026-11-22T12:29:00Z", Back: "/here", Demo: true,
	Nav: []NavItem{
		{Section: "home", Label: "Overview", Href: "/", Icon: "layout-dashboard"},
		{Section: "search", Label: "Search", Href: "/search", Icon: "search"},
		{Section: "erasures", Label: "Erasures", Href: "/erasures", Icon: "eraser", Count: 7, CountLabel: "7 open"},
		{Section: "services", Label: "Services", Href: "/services", Icon: "plug-connected", Warn: true, CountLabel: "1 warning"},
	},
}

// render compares a page with testdata/<name>.html; go test -update writes it.
// Tags stand on lines of their own there, so that a difference can be read.
func render(t *testing.T, name string, page templ.Component) string {
	t.Helper()
	return renderIn(t, WithFrame(context.Background(), testFrame), name, page)
}

// renderIn is render for a page that is seen in another frame.
func renderIn(t *testing.T, ctx context.Context, name string, page templ.Component) string {
	t.Helper()
	var out bytes.Buffer
	if err := page.Render(ctx, &out); err != nil {
		t.Fatalf("rendering %s: %v", name, err)
	}
	got := strings.ReplaceAll(hashless(out.String()), "><", ">\n<") + "\n"
	mustBeClean(t, got)
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return got
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from %s at line %d; look, then run go test ./views -update", name, file, firstDifference(got, string(want)))
	}
	return got
}
