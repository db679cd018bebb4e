package watson

import (
	"os"
	"regexp"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var inBraces = regexp.MustCompile(`\{[a-z_]+\}`)

// TestDescribed: each door of this API stands in the description that the server gives out, whatever its parts are called there, and
// nothing else below an instance does.
func TestDescribed(t *testing.T) {
	text, err := os.ReadFile("../openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		if path := inBraces.ReplaceAllString(path, "{}"); len(path) > len(Prefix) && path[:len(Prefix)] == Prefix {
			for method := range item.Operations() {
				told[method+" "+path] = true
			}
		}
	}
	there := map[string]bool{}
	for _, r := range routes {
		door := r.method + " " + inBraces.ReplaceAllString(r.pattern(), "{}")
		if there[door] = true; !told[door] {
			t.Errorf("the description lacks %s", door)
		}
	}
	for door := range told {
		if !there[door] {
			t.Errorf("the description has %s, which is no door", door)
		}
	}
}
