package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A backup is made and restored at the command line, the pin moves along, and verify tells where the trail was taken up.
func TestBackupAndRestore(t *testing.T) {
	base := t.TempDir()
	dir, other, file, key := filepath.Join(base, "data"), filepath.Join(base, "other"), filepath.Join(base, "b.quittance"), filepath.Join(base, "key")
	copied := filepath.Join(base, "ledger")
	var svc struct{ ID string }
	if err := json.Unmarshal([]byte(must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "one", "-json")), &svc); err != nil {
		t.Fatal(err)
	}
	out := must(t, "", "backup", "-data", dir, "-ledger-copy", copied, "-key-file", key, "-keep", "7d", file)
	for _, want := range []string{"Backup 1", "SHA-256", "signing key of the audit trail", key} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in: %s", want, out)
		}
	}
	must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "two")
	for _, c := range []struct {
		why  string
		code int
		args []string
	}{
		{"over a file", 1, []string{"backup", "-data", dir, file}},
		{"for too long", 1, []string{"backup", "-data", dir, "-keep", "31d", file + "2"}},
		{"no number", 2, []string{"backup", "-data", dir, "-keep", "xd", file + "2"}},
		{"no key", 2, []string{"restore", "-data", other, file}},
		{"into a directory in use", 1, []string{"restore", "-data", dir, "-key-file", key, file}},
		{"by a file that is no key", 1, []string{"restore", "-data", other, "-key-file", file, file}},
	} {
		if got := quit(t, "", c.args...); got.code != c.code {
			t.Errorf("%s: code %d, %s", c.why, got.code, got.err)
		}
	}
	out = must(t, "", "restore", "-data", other, "-key-file", key, "-ledger-copy", copied, "-keys", filepath.Join(dir, "keys.json"), "-json", file)
	var got restored
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Backup != 1 || got.Key != "" || got.Pinned == nil || *got.Pinned <= got.Entries {
		t.Errorf("%+v, %v", got, err)
	}
	if out := must(t, "", "verify", other); !strings.Contains(out, "was restored from a backup") || !strings.Contains(out, "Anchored") {
		t.Errorf("%s", out)
	}
	// The pin is the restored one's now: what was lost does not open any more beside it.
	if got := quit(t, "", "verify", dir); got.code != 1 || !strings.Contains(got.err, "pin") {
		t.Errorf("the old one opens: %d, %s", got.code, got.err)
	}
	if list := must(t, "", "service", "list", "-data", other); strings.Contains(list, "two") || !strings.Contains(list, "one") {
		t.Errorf("%s", list)
	}
	if out := must(t, "", "rotate-key", "-data", other, "-overlap", "1d"); !strings.Contains(out, "+") {
		t.Errorf("%s", out)
	}
	must(t, "", "verify", other)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
