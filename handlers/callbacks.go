package handlers

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/handlers/connect"
	"quittance/handlers/watson"
)

// callbackBytes bounds what a processor may tell.
const callbackBytes = 64 << 10

// processors are the processors that have called, so that what is known of them need not be asked for each time.
type processors struct {
	limit *auth.Limiter
	mu    sync.Mutex
	kept  map[int64]processor
}

type processor struct {
	revision int64
	line     *connect.Processor
}

func (p *processors) of(r *http.Request, store *db.Store, v db.Service) (*connect.Processor, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.kept[v.Number]; ok && k.revision == v.Revision {
		return k.line, nil
	}
	line, err := connect.NewProcessor(r.Context(), store, v, watson.NewPacer(watson.Limits{}))
	if err == nil {
		p.kept[v.Number] = processor{v.Revision, line}
	}
	return line, err
}

// calledBack takes what an OpenDSR processor tells of a request: anybody may come to this door, so what is not signed by the processor that was
// asked is answered with 403 before it is read, and nothing that is answered tells more than its status. What was told before is taken again.
func (s *Server) calledBack(w http.ResponseWriter, r *http.Request) {
	status := s.hear(w, r)
	w.WriteHeader(status)
}

func (s *Server) hear(w http.ResponseWriter, r *http.Request) int {
	if err := s.dsr.limit.Take(w.Header(), s.auth.Address(r)); err != nil {
		return http.StatusTooManyRequests
	}
	part, call, err := s.store.CalledBack(r.Context(), r.PathValue("token"))
	switch {
	case errors.Is(err, db.ErrNotFound):
		return http.StatusNotFound
	case err != nil:
		s.log.Error("a callback could not be looked up", "request", requestID(r), "err", err)
		return http.StatusServiceUnavailable
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, callbackBytes))
	if err != nil {
		return http.StatusRequestEntityTooLarge
	}
	line, err := s.dsr.of(r, s.store, part.Service)
	if err == nil {
		err = line.Heard(r.Context(), part, call, strings.TrimSuffix(s.conf.Auth.PublicURL, "/"), r.Header, body)
	}
	return s.heardStatus(r, part, err)
}

func (s *Server) heardStatus(r *http.Request, part db.LinkedPart, err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, connect.ErrForged):
		s.log.Warn("a callback is not signed by the processor that was asked", "request", requestID(r), "service", part.Service.Number)
		return http.StatusForbidden
	case errors.Is(err, connect.ErrMisdirected):
		return http.StatusBadRequest
	case errors.Is(err, db.ErrMoved), errors.Is(err, db.ErrNotFound):
		return http.StatusConflict
	}
	s.log.Error("a callback was not taken", "request", requestID(r), "service", part.Service.Number, "err", err)
	return http.StatusServiceUnavailable
}
