// Package witnesstest is a small witness of transparency logs for tests: https://c2sp.org/tlog-witness by the letter, in memory.
// It knows the logs that it is told of and remembers the newest head of each; what it does with a request is in one function, so that it can
// be read beside the document.
package witnesstest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"quittance/db/audit"
)

// Server is a witness that listens on loopback.
type Server struct {
	*httptest.Server
	Key string // public

	mu       sync.Mutex
	name     string
	private  ed25519.PrivateKey
	logs     map[string][]note.Verifier
	seen     map[string]audit.Checkpoint
	Answered []int                                         // statuses, in order
	Spoil    func(status int, answer []byte) (int, []byte) // lets it answer wrongly; nil = it does not
	Now      func() time.Time
}

// New starts a witness that knows some logs by their keys.
func New(t testing.TB, name string, logs ...string) *Server {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{name: name, private: private, logs: map[string][]note.Verifier{}, seen: map[string]audit.Checkpoint{}, Now: time.Now}
	s.Key = fmt.Sprintf("%s+%08x+%s", name, s.id(), base64.StdEncoding.EncodeToString(append([]byte{4}, public...)))
	for _, key := range logs {
		s.Know(t, key)
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Server.Close)
	return s
}

// Know tells it of a key of a log.
func (s *Server) Know(t testing.TB, key string) {
	t.Helper()
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[v.Name()] = append(s.logs[v.Name()], v)
}

// id is tlog-cosignature's key ID: SHA-256(name ‖ "\n" ‖ 0x04 ‖ key), the first four bytes.
func (s *Server) id() uint32 {
	sum := sha256.Sum256(append([]byte(s.name+"\n\x04"), s.private.Public().(ed25519.PublicKey)...))
	return binary.BigEndian.Uint32(sum[:])
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, answer := http.StatusNotFound, []byte(nil)
	if r.Method == http.MethodPost && r.URL.Path == "/add-checkpoint" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		status, answer = s.add(body)
	}
	s.Answered = append(s.Answered, status)
	if status == http.StatusConflict && answer != nil {
		w.Header().Set("Content-Type", "text/x.tlog.size")
	}
	if s.Spoil != nil {
		status, answer = s.Spoil(status, answer)
	}
	w.WriteHeader(status)
	w.Write(answer)
}

// add is add-checkpoint, in the order of the document.
func (s *Server) add(body []byte) (int, []byte) {
	old, proof, msg, err := audit.ParseAddCheckpoint(body)
	if err != nil {
		return http.StatusBadRequest, nil
	}
	var origin string
	if _, err := fmt.Sscanf(string(msg), "%s\n", &origin); err != nil || s.logs[origin] == nil {
		return http.StatusNotFound, nil
	}
	c, err := audit.OpenCheckpoint(msg, s.logs[origin]...)
	if err != nil {
		return http.StatusForbidden, nil
	}
	last := s.seen[origin] // size 0 where it has seen none
	switch {
	case old > c.Size:
		return http.StatusBadRequest, nil
	case old != last.Size:
		return http.StatusConflict, fmt.Appendf(nil, "%d\n", last.Size)
	case old == c.Size && old > 0 && c.Root != last.Root:
		return http.StatusConflict, nil
	case old > 0 && old < c.Size && tlog.CheckTree(proof, c.Size, c.Root, last.Size, last.Root) != nil, old == 0 && len(proof) > 0:
		return http.StatusUnprocessableEntity, nil
	}
	s.seen[origin] = c
	return http.StatusOK, s.line(c)
}

// line is the cosignature (tlog-cosignature, "Format").
func (s *Server) line(c audit.Checkpoint) []byte {
	at := uint64(s.Now().Unix())
	raw := binary.BigEndian.AppendUint32(nil, s.id())
	raw = binary.BigEndian.AppendUint64(raw, at)
	raw = append(raw, ed25519.Sign(s.private, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, c.Text()))...)
	return []byte("— " + s.name + " " + base64.StdEncoding.EncodeToString(raw) + "\n")
}

// Forget makes it remember another head of a log.
func (s *Server) Forget(origin string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, origin)
}
