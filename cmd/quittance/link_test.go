package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestServiceAddElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	add := func(stdin string, args ...string) ran {
		return quit(t, stdin, append([]string{"service", "add", "-data", dir, "-kind", "assistant"}, args...)...)
	}
	must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Plain")
	for why, r := range map[string]ran{
		"both":                    add("k\n", "-name", "A", "-link", "https://a.example", "-upstream", "https://b.example", "-credential-file", "-"),
		"-credential-file stands": add("", "-name", "A", "-link", "https://a.example"),
		"go with":                 add("k\n", "-name", "A", "-credential-file", "-"),
		"only assistant":          quit(t, "k\n", "service", "add", "-data", dir, "-kind", "discovery", "-name", "A", "-upstream", "https://b.example", "-credential-file", "-"),
	} {
		if r.code != 2 || !strings.Contains(r.err, strings.TrimPrefix(why, "-credential-file ")) {
			t.Errorf("%s: exit code %d: %s", why, r.code, r.err)
		}
	}
	for why, r := range map[string]ran{
		"empty":   add("\n", "-name", "A", "-link", "https://a.example", "-credential-file", "-"),
		"address": add("k\n", "-name", "A", "-link", "http://a.example", "-credential-file", "-"),
	} {
		if r.code != 1 || !strings.Contains(r.err, why) {
			t.Errorf("%s: exit code %d: %s", why, r.code, r.err)
		}
	}
	if r := add("a-secret\n", "-name", "Bot", "-upstream", "https://api.eu-de.assistant.watson.cloud.ibm.com/instances/1", "-credential-file", "-", "-json"); r.code != 0 || strings.Contains(r.out, "a-secret") {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	} else if v := as[added](t, r.out); v.APIKey == "" || v.URL == "" {
		t.Errorf("%+v", v)
	}
	if r := add("a-secret\n", "-name", "Letters", "-link", "http://10.0.0.9:8080/x", "-inside", "-credential-file", "-"); r.code != 0 || !strings.Contains(r.out, "http://10.0.0.9:8080/x") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	all := as[[]listed](t, must(t, "", "service", "list", "-data", dir, "-json"))
	if len(all) != 4 || all[2].Name != "Bot (upstream)" || all[2].Link == "" || all[2].URL != "" || all[1].Link != "" {
		t.Errorf("%+v", all)
	}
	if r := quit(t, "", "key", "add", "-data", dir, "-service", "Letters", "-scope", "logs"); r.code == 0 {
		t.Error("a linked service was given a key")
	}
}
