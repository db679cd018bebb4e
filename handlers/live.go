package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"quittance/db/audit"
	"quittance/views"
)

// Rules of the push: at most one frame a second, a heartbeat each 15 s, so that proxies keep the line open.
const (
	liveFrame     = time.Second
	liveHeartbeat = 15 * time.Second
)

// erasureLive pushes the moving part of a request's page after each change.
func (s *Server) erasureLive(w http.ResponseWriter, r *http.Request) {
	e, err := s.erasureOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	objects := []string{string(audit.ObjectOf(audit.KindErasure, e.Number))}
	if e.Batch != 0 {
		objects = append(objects, string(audit.ObjectOf(audit.KindBatch, e.Batch)))
	}
	s.push(w, r, objects, func() (templ.Component, bool, error) {
		now, err := s.store.Erasure(r.Context(), e.Number)
		if err != nil {
			return nil, false, err
		}
		v, err := s.erasurePage(r, now)
		return v.Live(), v.Push == "", err
	})
}

// batchLive pushes the moving part of a batch's page after each chunk.
func (s *Server) batchLive(w http.ResponseWriter, r *http.Request) {
	number, err := pathNumber(r, "number")
	if err == nil {
		_, err = s.store.Batch(r.Context(), number)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.push(w, r, []string{string(audit.ObjectOf(audit.KindBatch, number))}, func() (templ.Component, bool, error) {
		v, err := s.batchPage(r, number)
		return v.Live(), v.Push == "", err
	})
}

// push sends a fragment now and after each commit that touched one of the objects, until it is the last one, the person leaves, or
// their session ends. The permission was checked when they connected; the session is looked at before each frame.
func (s *Server) push(w http.ResponseWriter, r *http.Request, objects []string, fragment func() (templ.Component, bool, error)) {
	rc := http.NewResponseController(w)
	rc.SetWriteDeadline(time.Time{})
	rc.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	changed, stop := s.store.Watch(func(o string) bool {
		for _, want := range objects {
			if o == want {
				return true
			}
		}
		return false
	})
	defer stop()
	beat := time.NewTicker(liveHeartbeat)
	defer beat.Stop()
	for n := 1; ; n++ {
		if live, err := s.store.SessionLive(r.Context(), who(r).Session); err != nil || !live {
			return
		}
		last, err := s.frameOut(w, r, n, fragment)
		if err != nil || rc.Flush() != nil || last {
			return
		}
		if !s.pause(r.Context(), w, rc, changed, beat.C) {
			return
		}
	}
}

// frameOut writes one message. A fragment goes out whole or not at all.
func (s *Server) frameOut(w http.ResponseWriter, r *http.Request, n int, fragment func() (templ.Component, bool, error)) (last bool, err error) {
	page, last, err := fragment()
	if err != nil {
		s.log.Error("a push ended", "request", requestID(r), "route", r.Pattern, "err", err)
		return false, err
	}
	var body bytes.Buffer
	frame := views.Frame{SignedIn: true, Zone: zoneOf(r).String()}
	if err := page.Render(views.WithFrame(r.Context(), frame), &body); err != nil {
		return false, err
	}
	fmt.Fprintf(w, "id: %d\n", n)
	for line := range strings.Lines(body.String()) {
		fmt.Fprintf(w, "data: %s\n", strings.TrimRight(line, "\r\n"))
	}
	fmt.Fprint(w, "\n")
	if last {
		fmt.Fprint(w, "event: end\ndata: done\n\n")
	}
	return last, nil
}

// pause waits for the next change, at least a frame's time, and keeps the line open meanwhile.
func (s *Server) pause(ctx context.Context, w http.ResponseWriter, rc *http.ResponseController, changed <-chan struct{}, beat <-chan time.Time) bool {
	least := time.NewTimer(liveFrame)
	defer least.Stop()
	select {
	case <-least.C:
	case <-ctx.Done():
		return false
	}
	for {
		select {
		case <-changed:
			return true
		case <-beat:
			fmt.Fprint(w, ": still here\n\n")
			if rc.Flush() != nil {
				return false
			}
		case <-ctx.Done():
			return false
		}
	}
}
