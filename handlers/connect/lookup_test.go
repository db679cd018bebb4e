package connect

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
)

var links atomic.Int64

// linkTo adds a linked service that answers so, and the places that messages went to.
func linkTo(t *testing.T, s *db.Store, kind label.Kind, answer http.HandlerFunc, places ...db.Container) db.Service {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	n := links.Add(1) // a port is given again, and what was paced or named under it is not to be met again
	v, err := s.AddLinked(t.Context(), audit.Operator, db.NewLinked{Kind: kind, Name: fmt.Sprint("link ", n), URL: fmt.Sprint(server.URL, "/instances/", n), Inside: true, Credential: []byte("key")})
	for _, p := range places {
		if err == nil {
			err = s.NoteContainer(t.Context(), v.Number, p)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func said(text string, at time.Time) string {
	return fmt.Sprintf(`{"log_id":"1","request":{"input":{"text":%q}},"response":{},"request_timestamp":%q}`, text, at.Format(time.RFC3339Nano))
}

// TestLookup: whoever answers is counted over all places, and whoever does not is named with a code, whatever they do to us meanwhile.
func TestLookup(t *testing.T) {
	s := dbtest.Open(t)
	v2, v1 := db.Container{Name: "env-1"}, db.Container{V1: true, Name: "ws-1"}
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	page := func(more string, entries ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if q := r.URL.Query(); q.Get("filter") != `(customer_id::anna smith|customer_id::ben)` || q.Get("sort") != "-request_timestamp" || q.Get("cursor") != "" {
				t.Errorf("asked for %q", r.URL.RawQuery)
			}
			fmt.Fprintf(w, `{"logs":[%s],"pagination":{%s}}`, strings.Join(entries, ","), more)
		}
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"logs":[`)
		for i := 0; r.Context().Err() == nil; i++ {
			if _, err := fmt.Fprintf(w, "%s,", said("again", day)); err != nil {
				return
			}
		}
	}
	large := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"logs":[{"request":"`)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); err != nil {
				return
			}
		}
	}
	wait := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, c := range map[string]struct {
		kind    label.Kind
		answer  http.HandlerFunc
		places  []db.Container
		code    string
		entries int64
		more    bool
	}{
		"nothing":        {label.Assistant, page(""), []db.Container{v2}, "", 0, false},
		"both places":    {label.Assistant, page("", said("one", day), said("two", day.Add(time.Hour))), []db.Container{v2, v1}, "", 4, false},
		"more pages":     {label.Assistant, page(`"next_cursor":"c"`, said("one", day)), []db.Container{v2}, "", 1, true},
		"endless":        {label.Assistant, endless, []db.Container{v2}, "", lookupEntries, true},
		"no end":         {label.Assistant, large, []db.Container{v2}, "too-large", 0, false},
		"slow":           {label.Assistant, wait, []db.Container{v2}, CodeSlow, 0, false},
		"failing":        {label.Assistant, status(500), []db.Container{v2}, "server", 0, false},
		"busy":           {label.Assistant, status(429), []db.Container{v2}, "rate-limit", 0, false},
		"no credential":  {label.Assistant, status(401), []db.Container{v2}, "unauthorized", 0, false},
		"redirect":       {label.Assistant, status(302, "Location", "http://169.254.169.254/"), []db.Container{v2}, "redirect", 0, false},
		"a web page":     {label.Assistant, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>sign in") }, []db.Container{v2}, "malformed", 0, false},
		"no logs":        {label.Assistant, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }, []db.Container{v2}, "malformed", 0, false},
		"breaks off":     {label.Assistant, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"logs":[`+said("one", day)+`,`) }, []db.Container{v2}, "no-answer", 1, false},
		"no place":       {label.Assistant, wait, nil, CodePlaces, 0, false},
		"kind":           {label.Discovery, wait, []db.Container{v2}, CodeKind, 0, false},
		"wrong place":    {label.Assistant, wait, []db.Container{{Name: "../../v1"}}, "request", 0, false},
		"no text, times": {label.Assistant, page("", `{"request":{"input":[]},"response":4}`), []db.Container{v2}, "", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := &Lookup{Store: s, Time: time.Minute}
			if c.code == CodeSlow {
				l.Time = 50 * time.Millisecond
			}
			v := linkTo(t, s, c.kind, c.answer, c.places...)
			f := l.Ask(t.Context(), []db.Service{v}, []label.ID{dbtest.ID(t, "anna smith"), dbtest.ID(t, "ben")})[0]
			if f.Code != c.code || f.Entries != c.entries || f.More != c.more || f.Service.Number != v.Number {
				t.Errorf("%+v", f)
			}
			if len(f.Latest) > lookupShown || f.Askable() != (c.code != CodeKind && c.code != CodePlaces) {
				t.Errorf("%+v", f)
			}
			if name == "both places" && (!f.Newest.Equal(day.Add(time.Hour)) || f.Latest[0].Text != "two" || f.Latest[1].Text != "two" || f.Latest[2].Text != "one") {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestLookupTogether: one that does not answer keeps the others from nothing, and all are asked at once.
func TestLookupTogether(t *testing.T) {
	s := dbtest.Open(t)
	arrived := make(chan struct{}, 3)
	all := make(chan struct{})
	meet := func(w http.ResponseWriter, r *http.Request) { // answers only when three are here
		arrived <- struct{}{}
		select {
		case <-all:
			io.WriteString(w, `{"logs":[],"pagination":{}}`)
		case <-r.Context().Done():
		}
	}
	var services []db.Service
	for range 3 {
		services = append(services, linkTo(t, s, label.Assistant, meet, db.Container{Name: "e"}))
	}
	go func() {
		for range 3 {
			<-arrived
		}
		close(all)
	}()
	for _, f := range (&Lookup{Store: s, Time: time.Minute}).Ask(t.Context(), services, []label.ID{dbtest.ID(t, "anna")}) {
		if f.Code != "" {
			t.Errorf("%+v", f)
		}
	}
}

// TestLookupIsGuarded: an address that the house does not call is not called for a look-up either.
func TestLookupIsGuarded(t *testing.T) {
	s := dbtest.Open(t)
	called := false
	v := linkTo(t, s, label.Assistant, func(http.ResponseWriter, *http.Request) { called = true }, db.Container{Name: "e"})
	v.Inside = false
	if f := (&Lookup{Store: s}).Ask(t.Context(), []db.Service{v}, []label.ID{dbtest.ID(t, "anna")})[0]; f.Code != CodeOwn || called {
		t.Errorf("%+v, called: %v", f, called)
	}
}

// TestLookupIsPaced: an instance counts the calls of all our clients together, and whoever waits is told at once that there is no turn left.
func TestLookupIsPaced(t *testing.T) {
	s := dbtest.Open(t)
	calls := 0
	v := linkTo(t, s, label.Assistant, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		io.WriteString(w, `{"logs":[],"pagination":{}}`)
	}, db.Container{Name: "e"})
	l := &Lookup{Store: s, Time: 10 * time.Second}
	var last Finding
	for range 12 {
		last = l.Ask(context.Background(), []db.Service{v}, []label.ID{dbtest.ID(t, "anna")})[0]
	}
	if last.Code != "paced" || calls != 10 {
		t.Errorf("%+v after %d calls", last, calls)
	}
}
