package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// buildBinary makes the program that the tests start, as `make build` does.
func buildBinary(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "quittance")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", name, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return name
}

// process is a program that runs beside the test and ends with it: its keeper waits for the end of its input, which comes even when the
// test is killed.
type process struct {
	cmd  *exec.Cmd
	in   io.Closer
	out  *transcript
	done chan error
}

const keeper = `"$0" "$@" </dev/null & read -r _; kill -TERM $! 2>/dev/null; wait $!`

func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command("sh", append([]string{"-c", keeper, name}, args...)...), out: new(transcript), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	in, err := p.cmd.StdinPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	p.in = in
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop asks the program to end, and wants it to end well.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if t.Failed() {
		t.Logf("the last lines of the program:\n%s", p.out.tail())
	}
	p.in.Close()
	select {
	case err := <-p.done:
		if err != nil {
			t.Errorf("the program ended with %v\n%s", err, p.out.tail())
		}
	case <-time.After(patience):
		p.cmd.Process.Kill()
		t.Errorf("the program did not end when asked to\n%s", p.out.tail())
	}
}

// transcript is what a program printed so far.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *transcript) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *transcript) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// tail is the end of it, with nothing of the answers that went well.
func (o *transcript) tail() string {
	lines := slices.DeleteFunc(strings.Split(o.String(), "\n"), func(l string) bool { return strings.Contains(l, `"level":"INFO"`) })
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}

// line waits for a line with the words in it, and returns it.
func (p *process) line(t *testing.T, words string, within time.Duration) string {
	t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, l := range strings.SplitAfter(p.out.String(), "\n") {
			if strings.Contains(l, words) && strings.HasSuffix(l, "\n") {
				return strings.TrimSpace(l)
			}
		}
	}
	t.Fatalf("in %s it did not print %q:\n%s", within, words, p.out.tail())
	return ""
}

// house is a running server with its data directory.
type house struct {
	*process
	binary, dir, origin string
}

// serve starts a server on a free port of loopback.
func serve(t *testing.T, binary string, args ...string) *house {
	t.Helper()
	return serveAt(t, binary, "127.0.0.1:0", args...)
}

// serveAt starts a server and waits until it answers. Port 0 is one that the system gives: one that was found free before may be taken since.
func serveAt(t *testing.T, binary, address string, args ...string) *house {
	t.Helper()
	h := &house{binary: binary, dir: filepath.Join(t.TempDir(), "data")}
	h.process = start(t, binary, append([]string{"serve", "-data", h.dir, "-addr", address}, args...)...)
	h.origin = strings.TrimPrefix(h.line(t, "Quittance listens on ", 4*time.Minute), "Quittance listens on ")
	answer, err := http.Get(h.origin + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("/readyz answers %s\n%s", answer.Status, h.out.tail())
	}
	return h
}

// freeAddress is an address of loopback that nobody listens on, for a server whose address somebody must know before it starts.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// command runs a command of the program beside the server, and returns what it printed.
func (h *house) command(t *testing.T, input string, args ...string) []byte {
	t.Helper()
	words := strings.Fields(args[0])
	c := exec.Command(h.binary, slices.Concat(words, []string{"-data", h.dir}, args[1:])...)
	c.Stdin = strings.NewReader(input)
	var problem bytes.Buffer
	c.Stderr = &problem
	out, err := c.Output()
	if err != nil {
		t.Fatalf("quittance %s: %v\n%s", strings.Join(args, " "), err, &problem)
	}
	return out
}

// account is one line of demo-accounts.json.
type account struct{ Role, Email, Password string }

// accounts reads who may sign in, by what stands before the @ of their address.
func (h *house) accounts(t *testing.T) map[string]account {
	t.Helper()
	name := filepath.Join(h.dir, "demo-accounts.json")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("demo-accounts.json: mode %v (%v), want 0600", info.Mode(), err)
	}
	var list []account
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatalf("reading demo-accounts.json: %v", err)
	}
	by := map[string]account{}
	for _, a := range list {
		name, _, _ := strings.Cut(a.Email, "@")
		by[name] = a
	}
	return by
}

// signIn goes through the door with the form, and lands on the overview.
func (p *tab) signIn(a account) {
	p.t.Helper()
	p.visit("/signin")
	p.fill("[name=email]:not([type=hidden])", a.Email)
	p.fill("[name=password]:not([type=hidden])", a.Password)
	p.click(`form.form[action="/signin"] button`, 200)
	if at := p.path(); at != "/" {
		p.fatal("signing in leads to %s", at)
	}
}
