package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quittance/db"
)

// TestMain lets a test start this very binary as the program, so that it can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_QUITTANCE") != "" {
		main()
		return
	}
	os.Exit(withState(m))
}

// withState keeps the pins of all stores that tests make in a folder of their own, and not in that of whoever runs the tests.
func withState(m *testing.M) int {
	dir, err := os.MkdirTemp("", "quittance-state-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv("XDG_STATE_HOME", dir)
	return m.Run()
}

// ran is how a command ended.
type ran struct {
	code     int
	out, err string
}

// quit runs a command line as main does.
func quit(t *testing.T, stdin string, args ...string) ran {
	t.Helper()
	return quitWith(t.Context(), nil, strings.NewReader(stdin), args...)
}

func quitWith(ctx context.Context, env []string, stdin io.Reader, args ...string) ran {
	var out, err bytes.Buffer
	code := run(ctx, args, env, stdin, &out, &err)
	return ran{code, out.String(), err.String()}
}

// must runs a command that has to succeed and returns what it printed.
func must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	r := quit(t, stdin, args...)
	if r.code != 0 {
		t.Fatalf("%s: exit code %d: %s", strings.Join(args, " "), r.code, r.err)
	}
	return r.out
}

// as reads what a command printed with -json.
func as[T any](t *testing.T, out string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return v
}

func TestExitCodes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	madeStore(t, dir)
	broken := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(broken, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string // in what it prints to standard error
	}{
		{"", 2, "usage: quittance COMMAND"},
		{"nonsense", 2, `no command "nonsense"`},
		{"service", 2, `no command "service"`},
		{"version", 0, ""},
		{"version -data x", 2, "flag provided but not defined: -data"},
		{"version more", 2, "one argument too many"},
		{"-h", 0, ""},
		{"help", 0, ""},
		{"import -h", 0, ""},
		{"service list -nonsense", 2, "usage: quittance service list"},
		{"service list more", 2, "one argument too many"},
		{"service add -kind assistant", 2, "-name"},
		{"service add -kind cloud -name x", 2, "kind must be"},
		{"service show 7", 1, "no such service"},
		{"service show", 2, "give one service"},
		{"service remove 7", 1, "no such service"},
		{"key add -service 7", 1, "no such service"},
		{"key add -expires tomorrow -service 7", 2, "-expires"},
		{"key revoke abcdefgh", 1, "no key in use"},
		{"user add -email a@b.example", 2, "-role"},
		{"user add -email nonsense -role admin", 1, "not an e-mail address"},
		{"user add -email a@b.example -role king", 1, "roles"},
		{"user add -email a@b.example -role admin -password-file /nowhere", 1, "no such file"},
		{"user disable a@b.example", 1, "no account"},
		{"user password a@b.example", 2, "-password-file"},
		{"import", 2, "-service"},
		{"import -service 1", 2, "name the files"},
		{"import -service 7 -", 1, "no such service"},
		{"batch run", 0, ""},
		{"batch run -now=perhaps", 2, "invalid boolean"},
		{"batch pause", 2, "give one number of a batch"},
		{"batch stop x", 2, "give the number of a batch"},
		{"batch resume 7", 1, "there is no batch 7"},
		{"serve -metrics :9090", 2, "-metrics needs a host"},
		{"serve -metrics nonsense", 2, "-metrics needs a host"},
		{"serve -breaker-share 101", 2, "-breaker-share is a number from 1 to 100"},
		{"verify", 2, "give one data directory or file"},
		{"verify " + broken, 1, "no data directory"},
		{"verify " + broken + "x", 1, "holds no quittance.db"},
		{"serve more", 2, "one argument too many"},
		{"serve -addr 0.0.0.0:0", 1, "without TLS is refused"},
		{"serve -addr 0.0.0.0:0 -demo", 1, "loopback only"},
		{"serve -addr nonsense", 2, "-addr"},
		{"serve -tls-cert x", 2, "belong together"},
		{"serve -batch-every 0s", 2, "-batch-every"},
		{"serve -language fr", 2, "-language is en or de"},
		{"serve -batch-every 20h -cancel-window 5h", 2, "24 h"},
		{"serve -local-accounts maybe", 2, "on or off"},
		{"serve -local-accounts off", 2, "lock everybody out"},
		{"serve -oidc-issuer https://login.example.com", 2, "belong together"},
		{"serve -public-url http://quittance.example.com", 2, "-public-url"},
		{"serve -tls-cert /nowhere -tls-key /nowhere -addr 127.0.0.1:0", 1, "reading the certificate"},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(c.args)
			if len(args) > 0 && !strings.HasPrefix(c.args, "version") && !strings.HasPrefix(c.args, "verify") && args[0] != "-h" && args[0] != "help" && args[0] != "nonsense" && c.args != "service" {
				args = append(args, "-data", dir)
			}
			r := quit(t, "", args...)
			if r.code != c.code || !strings.Contains(r.err, c.says) {
				t.Errorf("exit code %d, want %d; said %q, want %q", r.code, c.code, r.err, c.says)
			}
			if lines := strings.Count(r.err, "\n"); r.code == 1 && lines != 1 {
				t.Errorf("%d lines say why, want one: %q", lines, r.err)
			}
		})
	}
}

// TestVariables: a variable means what its flag means, and the flag beats it.
func TestVariables(t *testing.T) {
	dir := t.TempDir()
	env := []string{"QUITTANCE_DATA=" + dir, "QUITTANCE_KIND=assistant", "QUITTANCE_NAME=from the variable", "QUITTANCE_JSON=true", "PATH=/"}
	r := quitWith(t.Context(), env, nil, "service", "add", "-name", "from the flag")
	if r.code != 0 {
		t.Fatal(r.err)
	}
	if got := as[[]listed](t, must(t, "", "service", "list", "-json", "-data", dir)); len(got) != 1 || got[0].Name != "from the flag" {
		t.Errorf("services: %+v", got)
	}
	if r := quitWith(t.Context(), []string{"QUITTANCE_BATCH_EVERY=often"}, nil, "serve", "-data", dir); r.code != 2 || !strings.Contains(r.err, "QUITTANCE_BATCH_EVERY") {
		t.Errorf("a broken variable: %+v", r)
	}
}

// TestAccountsAndKeys walks through the commands that have no test of their own.
func TestAccountsAndKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	svc := as[added](t, must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Bot", "-json"))
	if svc.ID == "" || !strings.HasPrefix(svc.APIKey, "qk_") || svc.URL != "http://127.0.0.1:8080/instances/"+svc.ID {
		t.Errorf("service add -json: %+v", svc)
	}
	if r := quit(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Bot"); r.code != 1 {
		t.Errorf("a second service of that name: %+v", r)
	}
	key := as[map[string]string](t, must(t, "", "key", "add", "-data", dir, "-service", svc.ID, "-scopes", "logs", "-json"))
	must(t, "", "key", "revoke", "-data", dir, key["id"])
	if r := quit(t, "", "key", "revoke", "-data", dir, key["id"]); r.code != 1 {
		t.Errorf("a key is revoked twice: %+v", r)
	}
	must(t, "correct horse battery\n", "user", "add", "-data", dir, "-email", "Boss@Example.com", "-role", "admin,officer", "-password-file", "-")
	if r := quit(t, "short\n", "user", "password", "-data", dir, "boss@example.com", "-password-file", "-"); r.code != 1 {
		t.Errorf("a short password is taken: %+v", r)
	}
	if r := quit(t, "", "user", "disable", "-data", dir, "boss@example.com"); r.code != 1 || !strings.Contains(r.err, "last administrator") {
		t.Errorf("the last administrator is disabled: %+v", r)
	}
	must(t, "another horse battery\n", "user", "add", "-data", dir, "-email", "other@example.com", "-role", "admin", "-password-file", "-")
	must(t, "", "user", "disable", "-data", dir, "boss@example.com")
	must(t, "", "user", "enable", "-data", dir, "boss@example.com")
	if users := as[[]listedUser](t, must(t, "", "user", "list", "-json", "-data", dir)); len(users) != 2 || users[0].Email != "boss@example.com" {
		t.Errorf("users: %+v", users)
	}
	must(t, "", "service", "remove", "-data", dir, "Bot")
	if shown := as[listed](t, must(t, "", "service", "show", "-json", "-data", dir, "1")); shown.Removed == nil || len(shown.Keys) != 2 || shown.Keys[0].Revoked == nil {
		t.Errorf("a removed service: %+v", shown)
	}
	if v := as[verified](t, must(t, "", "verify", dir, "-json")); !v.OK || v.Entries < 8 {
		t.Errorf("verify: %+v", v)
	}
	must(t, "", "doctor", "-data", dir, "-json")
}

// madeStore makes a data directory, which only some commands do by themselves.
func madeStore(t *testing.T, dir string) {
	t.Helper()
	s, err := db.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNoStoreIsMadeByMistake: a typing error in -data is said, and not answered with an empty store.
func TestNoStoreIsMadeByMistake(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "typo")
	for _, args := range []string{"batch run -now", "doctor", "user list", "service list"} {
		if r := quit(t, "", append(strings.Fields(args), "-data", dir)...); r.code != 1 || !strings.Contains(r.err, "holds no quittance.db") {
			t.Errorf("%s: exit code %d, %q", args, r.code, r.err)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a directory was made")
	}
}

// TestDoctorFinds: what others on the machine could read is wrong, and so is a provider that does not answer.
func TestDoctorFinds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	madeStore(t, dir)
	if err := os.Chmod(filepath.Join(dir, "keys.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := quit(t, "", "doctor", "-data", dir); r.code != 1 || !strings.Contains(r.err, "keys.json can be read") {
		t.Errorf("keys that others can read: exit code %d, %s", r.code, r.err)
	}
	if err := errors.Join(os.Chmod(filepath.Join(dir, "keys.json"), 0o600), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	r := quit(t, "", "doctor", "-json", "-data", dir, "-oidc-issuer", "http://127.0.0.1:1", "-oidc-client-id", "q", "-oidc-role-map", "a=admin")
	wrong := map[string]bool{}
	for _, v := range as[[]check](t, r.out) {
		wrong[v.What] = v.State == bad
	}
	if r.code != 1 || !wrong["directory"] || !wrong["sign-in"] || wrong["clock"] {
		t.Errorf("exit code %d, %s", r.code, r.out)
	}
}

func TestOneLine(t *testing.T) {
	if got := oneLine("a\nb\r\nc"); got != "a; b; c" {
		t.Errorf("got %q", got)
	}
}
