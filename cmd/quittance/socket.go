package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"quittance/db"
)

// The socket in the data directory takes commands while a server holds the directory. A frame is one byte of kind, four bytes of length
// (big endian) and its body. The server asks for standard input when the command reads it, so that a caller at a terminal is
// not kept waiting for input that nobody wants, and a fast caller cannot fill the server's memory.
const (
	frameRequest = 'r' // caller: JSON of request
	frameInput   = 'i' // caller: a piece of standard input; empty = its end
	frameCancel  = 'c' // caller: stop, and say where you are
	frameWant    = 'w' // server: send a piece of standard input
	frameOut     = 'o' // server: standard output
	frameErr     = 'e' // server: standard error
	frameExit    = 'x' // server: one byte, the exit code

	frameBytes = 1 << 20
	pieceBytes = 64 << 10
)

// request is a command line and where it was given.
type request struct {
	Args  []string          `json:"args"`
	Cwd   string            `json:"cwd"`
	Env   map[string]string `json:"env"`
	Width int               `json:"width"` // of the caller's terminal, 0 = none
}

// framed is a connection that carries frames. Writing is safe for concurrent use.
type framed struct {
	net.Conn
	mu sync.Mutex
}

func (f *framed) send(kind byte, body []byte) error {
	head := make([]byte, 5, 5+len(body))
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(body)))
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.Write(append(head, body...))
	return err
}

func (f *framed) receive() (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > frameBytes {
		return 0, nil, errors.New("a frame is too long")
	}
	body = make([]byte, n)
	_, err = io.ReadFull(f, body)
	return head[0], body, err
}

// stream is a writer whose output goes to the other end.
type stream struct {
	to   *framed
	kind byte
}

func (s stream) Write(p []byte) (int, error) {
	for sent := 0; sent < len(p); {
		n := min(len(p)-sent, pieceBytes)
		if err := s.to.send(s.kind, p[sent:sent+n]); err != nil {
			return sent, err
		}
		sent += n
	}
	return len(p), nil
}

const socketName = "quittance.sock"

// reach gives a path of the socket that fits into a socket's address (108 bytes, unix(7)). A longer one is reached through an open
// descriptor of the directory, which must stay open meanwhile.
func reach(dir string) (path string, done func(), err error) {
	path = filepath.Join(dir, socketName)
	if len(path) < 104 { // what every Unix allows
		return path, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, fmt.Errorf("opening the data directory: %w", err)
	}
	short := fmt.Sprintf("/proc/self/fd/%d", d.Fd())
	if _, err := os.Stat(short); err != nil {
		d.Close()
		return "", nil, errors.New("the path of the data directory is too long for a socket; give a shorter one with -data")
	}
	return filepath.Join(short, socketName), func() { d.Close() }, nil
}

func dial(dir string) (*framed, error) {
	path, done, err := reach(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	conn, err := net.Dial("unix", path)
	if err != nil {
		return nil, errors.New("no server answers at its socket")
	}
	return &framed{Conn: conn}, nil
}

// desk is where a running server takes commands.
type desk struct {
	listener net.Listener
	remove   func()
	store    *db.Store
	house    *house
	dir      string
	calls    sync.WaitGroup
}

// openDesk listens on the socket. Whoever holds the data directory is alone with it, so a socket that is there is a dead one's.
func openDesk(dir string, store *db.Store, h *house) (*desk, error) {
	path, done, err := reach(dir)
	if err != nil {
		return nil, err
	}
	own := filepath.Join(dir, socketName)
	os.Remove(own)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err == nil {
		l.SetUnlinkOnClose(false)
		err = os.Chmod(own, 0o600)
	}
	if err != nil {
		done()
		return nil, fmt.Errorf("opening the socket for commands: %w", err)
	}
	return &desk{listener: l, store: store, house: h, dir: dir, remove: func() { os.Remove(own); done() }}, nil
}

// serve takes commands until ctx ends, and returns when the last of them has.
func (d *desk) serve(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { d.listener.Close() })
	defer stop()
	defer d.remove()
	defer d.calls.Wait()
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return
		}
		d.calls.Go(func() { d.take(ctx, &framed{Conn: conn}) })
	}
}

// take runs one command for the caller at the other end.
func (d *desk) take(ctx context.Context, f *framed) {
	defer f.Close()
	if !sameUser(f.Conn) {
		fmt.Fprintln(stream{f, frameErr}, "quittance: the running server belongs to another account; run the command as that account")
		f.send(frameExit, []byte{1})
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := readRequest(f)
	if err != nil {
		return
	}
	in := &remoteInput{ctx: ctx, from: f, pieces: make(chan []byte)}
	go in.listen(cancel)
	c := &call{dir: d.dir, store: d.store, house: d.house, cwd: req.Cwd, env: req.Env, in: in, width: req.Width,
		out: stream{f, frameOut}, err: stream{f, frameErr}}
	code := c.exit(c.here(ctx, req.Args))
	f.send(frameExit, []byte{byte(code)})
}

// here runs a command in this process, which holds the store.
func (c *call) here(ctx context.Context, args []string) error {
	dir := c.dir
	p, err := c.parse(args)
	if err != nil {
		return err
	}
	c.dir = dir
	if p.where == atHome || p.where == asOwner || p.where == atFiles || p.where == atNew {
		return fmt.Errorf("%s is no command for a running server", p.name)
	}
	return p.do(ctx, c)
}

func readRequest(f *framed) (request, error) {
	var req request
	f.SetReadDeadline(time.Now().Add(5 * time.Second))
	defer f.SetReadDeadline(time.Time{})
	kind, body, err := f.receive()
	if err != nil || kind != frameRequest {
		return req, errors.Join(errors.New("no request came"), err)
	}
	return req, json.Unmarshal(body, &req)
}

// remoteInput is the caller's standard input.
type remoteInput struct {
	ctx    context.Context
	from   *framed
	pieces chan []byte
	rest   []byte
	ended  bool
}

// listen takes what the caller sends. A caller who has gone ends the command.
func (r *remoteInput) listen(cancel context.CancelFunc) {
	defer cancel()
	for {
		kind, body, err := r.from.receive()
		if err != nil || kind == frameCancel {
			return
		}
		select {
		case r.pieces <- body:
		case <-r.ctx.Done():
			return
		}
	}
}

// Read implements io.Reader.
func (r *remoteInput) Read(p []byte) (int, error) {
	if r.ended {
		return 0, io.EOF
	}
	if len(r.rest) == 0 {
		if err := r.from.send(frameWant, nil); err != nil {
			return 0, err
		}
		select {
		case r.rest = <-r.pieces:
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	if r.ended = len(r.rest) == 0; r.ended {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
