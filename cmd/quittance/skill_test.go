package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestServiceSearch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Bot")
	must(t, "", "service", "add", "-data", dir, "-kind", "discovery", "-name", "Letters")
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"Bot", 2, "-with"},
		{"Bot -with Letters -none", 2, "-with"},
		{"Bot -with Nothing -in projects/p", 1, "no such service"},
		{"Bot -with Letters", 1, "projects/P"},
		{"Bot -with Bot -in projects/p", 1, "Discovery"},
		{"Bot -with Letters -in projects/p", 0, "does not reach"},
		{"Bot -none", 0, "no longer"},
	} {
		r := quit(t, "", append([]string{"service", "search", "-data", dir}, strings.Fields(tt.args)...)...)
		if r.code != tt.code || !strings.Contains(r.out+r.err, tt.says) {
			t.Errorf("%s: exit code %d: %s%s", tt.args, r.code, r.out, r.err)
		}
	}
}
