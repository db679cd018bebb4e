package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// pipe is standard output that a test reads while the command runs.
type pipe struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.Write(b)
}

func (p *pipe) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.String()
}

// serving starts a server on a port of its own and returns its address, and a function that ends it and gives its exit code.
func serving(t *testing.T, dir string, flags ...string) (origin string, end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	var log pipe
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"serve", "-data", dir, "-addr", "127.0.0.1:0"}, flags...), nil, strings.NewReader(""), w, &log)
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %s", log.String())
	}
	go io.Copy(io.Discard, r)
	end = sync.OnceValue(func() int { cancel(); return <-code })
	t.Cleanup(func() { end() })
	return strings.TrimSpace(line[strings.LastIndex(line, " "):]), end
}

// TestBesideServer: each command works beside a running server, in the server's process.
func TestBesideServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	origin, end := serving(t, dir)
	res, err := http.Get(origin + "/healthz")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("healthz: %v, %v", res, err)
	}
	res.Body.Close()
	svc := as[added](t, must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Bot", "-json"))
	if svc.URL != origin+"/instances/"+svc.ID {
		t.Errorf("url is %s, the server's address is %s", svc.URL, origin)
	}
	must(t, "correct horse battery\n", "user", "add", "-data", dir, "-email", "a@b.example", "-role", "admin", "-password-file", "-")
	if n := as[taken](t, must(t, string(export(1, 1)), "import", "-data", dir, "-service", svc.ID, "-json", "-")); n.Stored != 1 {
		t.Errorf("import: %+v", n)
	}
	must(t, "", "batch", "run", "-data", dir)
	must(t, "", "doctor", "-data", dir)
	if v := as[verified](t, must(t, "", "verify", "-json", dir)); !v.OK {
		t.Errorf("verify: %+v", v)
	}
	for args, code := range map[string]int{"service show 7": 1, "service show": 2, "nonsense": 2, "service list -h": 0} {
		if r := quit(t, "", append(strings.Fields(args), "-data", dir)...); r.code != code {
			t.Errorf("%s beside a server: exit code %d, want %d (%s)", args, r.code, code, r.err)
		}
	}
	if r := quit(t, "", "serve", "-data", dir, "-addr", "127.0.0.1:0"); r.code != 1 || !strings.Contains(r.err, "another Quittance process") {
		t.Errorf("a second server: %+v", r)
	}
	if code := end(); code != 0 {
		t.Errorf("the server ends with exit code %d", code)
	}
	if _, err := os.Stat(filepath.Join(dir, socketName)); !os.IsNotExist(err) {
		t.Errorf("the socket stays behind: %v", err)
	}
	if got := as[[]listed](t, must(t, "", "service", "list", "-data", dir, "-json")); len(got) != 1 || got[0].Records != 1 {
		t.Errorf("without the server: %+v", got)
	}
}

// TestSocketIsOurs: other accounts cannot send commands, and what a crash left is replaced.
func TestSocketIsOurs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	madeStore(t, dir)
	if err := os.WriteFile(filepath.Join(dir, socketName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	serving(t, dir)
	info, err := os.Stat(filepath.Join(dir, socketName))
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Errorf("the socket is %v, %v", info.Mode(), err)
	}
	must(t, "", "service", "list", "-data", dir)
}

// TestSocketNonsense: a caller that does not speak our frames is let go, and the server goes on.
func TestSocketNonsense(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	serving(t, dir)
	for _, said := range []string{"GET / HTTP/1.1\r\n\r\n", "r\xff\xff\xff\xff", "r\x00\x00\x00\x02[]", "i\x00\x00\x00\x00"} {
		f, err := dial(dir)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(said))
		f.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.ReadAll(f); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q: %v", said, err)
		}
		f.Close()
	}
	must(t, "", "service", "list", "-data", dir)
}

// TestLongPath: a data directory may lie deeper than a socket's address is long.
func TestLongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30), strings.Repeat("er", 40))
	_, end := serving(t, dir)
	must(t, "", "service", "list", "-data", dir)
	if _, err := os.Stat(filepath.Join(dir, socketName)); err != nil {
		t.Error(err)
	}
	if code := end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// never is standard input that waits for ever, as a terminal does.
type never struct{ ctx context.Context }

func (n never) Read([]byte) (int, error) { <-n.ctx.Done(); return 0, io.EOF }

// TestCancelBesideServer: the caller's Ctrl-C ends the command in the server, which says where it stopped; the server goes on.
func TestCancelBesideServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, end := serving(t, dir)
	must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Bot")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	in := io.MultiReader(strings.NewReader(string(export(1, 1))), never{t.Context()})
	if r := quitWith(ctx, nil, in, "import", "-data", dir, "-service", "Bot", "-"); r.code != 1 || !strings.Contains(r.err, "stopped") {
		t.Errorf("a cancelled import: %+v", r)
	}
	must(t, "", "service", "list", "-data", dir)

	// A command that waits does not keep the server from ending.
	go quitWith(t.Context(), nil, never{t.Context()}, "import", "-data", dir, "-service", "Bot", "-")
	time.Sleep(200 * time.Millisecond)
	if code := end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestDemoApart: made-up data never mixes with real data.
func TestDemoApart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, "", "service", "add", "-data", dir, "-kind", "assistant", "-name", "Real")
	if r := quit(t, "", "serve", "-demo", "-data", dir, "-addr", "127.0.0.1:0"); r.code != 1 || !strings.Contains(r.err, "in use") {
		t.Errorf("a demo over real data: %+v", r)
	}
}

// TestLimitedConnections: one connection more than the bound waits until another ends.
func TestLimitedConnections(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limit(inner, 1)
	defer l.Close()
	accepted := make(chan net.Conn, 2)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	for range 2 {
		conn, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	first := <-accepted
	select {
	case <-accepted:
		t.Fatal("a second connection is let in")
	case <-time.After(100 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives its place back once
	<-accepted
}
