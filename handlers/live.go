package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"quittance/db/audit"
	"quittance/views"
)

// Rules of the push: at most one frame a second, a heartbeat each 15 s, so that proxies keep the line open.
const (
	liveFrame     = time.Second
	homeFrame     = 5 * time.Second // of the overview
	liveHeartbeat = 15 * time.Second
	liveLines     = 8 // of one session at a time, so that nobody takes all connections
)

// lines counts the open pushes of each session.
type lines struct {
	mu   sync.Mutex
	open map[int64]int
}

func (l *lines) enter(session int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[int64]int{}
	}
	if l.open[session] >= liveLines {
		return false
	}
	l.open[session]++
	return true
}

func (l *lines) leave(session int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[session]--; l.open[session] <= 0 {
		delete(l.open, session)
	}
}

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
	pushNumbered(s, w, r, audit.KindBatch, s.store.Batch, func(number int64) (templ.Component, bool, error) {
		v, err := s.batchPage(r, number)
		return v.Live(), v.Push == "", err
	})
}

// homeLive pushes the overview while something on it moves by itself. It asks for much, so it comes less often.
func (s *Server) homeLive(w http.ResponseWriter, r *http.Request) {
	s.pushWhen(w, r, ofKind(audit.KindErasure, audit.KindBatch, audit.KindTicket, audit.KindHold, audit.KindDrill), homeFrame, func() (templ.Component, bool, error) {
		v, err := s.homePage(r)
		return v.Live(), v.Push == "", err
	})
}

// batchesLive pushes the first page of the list of batches.
func (s *Server) batchesLive(w http.ResponseWriter, r *http.Request) {
	s.pushWhen(w, r, ofKind(audit.KindBatch), liveFrame, func() (templ.Component, bool, error) {
		v, err := s.batchesPage(r)
		return v.Live(), v.Push == "", err
	})
}

// ofKind is true for all objects of some kinds.
func ofKind(kinds ...audit.Kind) func(object string) bool {
	return func(object string) bool {
		kind, _, _ := strings.Cut(object, "/")
		return slices.Contains(kinds, audit.Kind(kind))
	}
}

// pushNumbered is push for the page of one thing, whose number stands in the address. What cannot be read is answered before anything is pushed.
func pushNumbered[T any](s *Server, w http.ResponseWriter, r *http.Request, kind audit.Kind, read func(context.Context, int64) (T, error), fragment func(number int64) (templ.Component, bool, error)) {
	number, err := pathNumber(r, "number")
	if err == nil {
		_, err = read(r.Context(), number)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.push(w, r, []string{string(audit.ObjectOf(kind, number))}, func() (templ.Component, bool, error) { return fragment(number) })
}

// push is pushWhen for a page about few objects.
func (s *Server) push(w http.ResponseWriter, r *http.Request, objects []string, fragment func() (templ.Component, bool, error)) {
	s.pushWhen(w, r, func(o string) bool { return slices.Contains(objects, o) }, liveFrame, fragment)
}

// pushWhen sends a fragment now and after each commit that touched an object that the page is about, at most one in the time of a frame, until it
// is the last one, the person leaves, or their session ends. The permission was checked when they connected; the session is looked at before
// each frame.
func (s *Server) pushWhen(w http.ResponseWriter, r *http.Request, wants func(object string) bool, frame time.Duration, fragment func() (templ.Component, bool, error)) {
	session := who(r).Session
	if !s.lines.enter(session) {
		http.Error(w, "Too many pages of this session are waiting for changes.", http.StatusTooManyRequests)
		return
	}
	defer s.lines.leave(session)
	rc := http.NewResponseController(w)
	rc.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	changed, stop := s.store.Watch(wants)
	defer stop()
	beat := time.NewTicker(liveHeartbeat)
	defer beat.Stop()
	for n := 1; ; n++ {
		if !s.mayStillRead(r, rc) {
			return
		}
		last, err := s.frameOut(w, r, n, fragment)
		if err != nil || rc.Flush() != nil || last {
			return
		}
		if !s.pause(r, w, rc, frame, changed, beat.C) {
			return
		}
	}
}

// mayStillRead looks whether the session is live, and gives the next write its time: who does not read is let go.
func (s *Server) mayStillRead(r *http.Request, rc *http.ResponseController) bool {
	rc.SetWriteDeadline(time.Now().Add(2 * liveHeartbeat))
	live, err := s.store.SessionLive(r.Context(), who(r).Session)
	return err == nil && live
}

// frameOut writes one message. A fragment goes out whole or not at all.
func (s *Server) frameOut(w http.ResponseWriter, r *http.Request, n int, fragment func() (templ.Component, bool, error)) (last bool, err error) {
	page, last, err := fragment()
	if err != nil {
		s.log.Error("a push ended", "request", requestID(r), "route", r.Pattern, "err", err)
		return false, err
	}
	var body bytes.Buffer
	frame := views.Frame{SignedIn: true, Zone: zoneOf(r).String(), Files: s.files(r), Later: s.conf.Exports != nil} // what a fragment asks of its frame
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
func (s *Server) pause(r *http.Request, w http.ResponseWriter, rc *http.ResponseController, frame time.Duration, changed <-chan struct{}, beat <-chan time.Time) bool {
	least := time.NewTimer(frame)
	defer least.Stop()
	select {
	case <-least.C:
	case <-r.Context().Done():
		return false
	}
	for {
		select {
		case <-changed:
			return true
		case <-beat:
			if !s.mayStillRead(r, rc) {
				return false
			}
			fmt.Fprint(w, ": still here\n\n")
			if rc.Flush() != nil {
				return false
			}
		case <-r.Context().Done():
			return false
		}
	}
}
