package views

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"quittance/static"
)

var hashed = regexp.MustCompile(`(/static/[a-zA-Z0-9/._-]+)-[0-9a-f]{10}\.`)

// hashless takes the content hashes out of addresses, so that a new style
// sheet does not change each golden page.
func hashless(page string) string { return hashed.ReplaceAllString(page, "$1.") }

func firstDifference(got, want string) int {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i + 1
		}
	}
	return min(len(a), len(b)) + 1
}

var (
	inline = regexp.MustCompile(`\s(style|on[a-z]+|data-hx-on|hx-on[^=]*)="|<style|javascript:`)
	script = regexp.MustCompile(`<script[^>]*>`)
	outer  = regexp.MustCompile(`(src|href|action)="(https?:)?//`)
	idAttr = regexp.MustCompile(`\sid="([^"]*)"`)
	class  = regexp.MustCompile(`\sclass="([^"]*)"`)
)

// unsaid are the characters by which package lang marks what it says later. A page that holds one wrote a word without saying it.
const unsaid = "\x02\x03\x1f"

// mustBeClean holds each page to what the Content-Security-Policy allows, and
// to ids that are there once, and to the parts of the kit that browsers get.
func mustBeClean(t *testing.T, page string) {
	t.Helper()
	if found := inline.FindString(page); found != "" {
		t.Errorf("the page holds inline code or style: %q", found)
	}
	if at := strings.IndexAny(page, unsaid); at >= 0 {
		t.Errorf("a word of the page was written and not said: %q", page[max(0, at-80):min(len(page), at+80)])
	}
	for _, tag := range script.FindAllString(page, -1) {
		if !strings.Contains(tag, ` src="/static/`) {
			t.Errorf("the page holds a script of its own: %s", tag)
		}
	}
	if found := outer.FindString(page); found != "" {
		t.Errorf("the page names another origin: %q", found)
	}
	for _, all := range class.FindAllStringSubmatch(page, -1) {
		for _, c := range strings.Fields(all[1]) {
			if slices.Contains(static.Unused, c) {
				t.Errorf("the page has the class %q, whose rules are not served: take it out of static.Unused", c)
			}
		}
	}
	seen := map[string]bool{}
	for _, id := range idAttr.FindAllStringSubmatch(page, -1) {
		if seen[id[1]] {
			t.Errorf("the id %q is there twice", id[1])
		}
		seen[id[1]] = true
	}
}
