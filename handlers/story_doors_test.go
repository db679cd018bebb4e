package handlers

// Which doors the stories went in through.

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// visits is a log handler that remembers which doors answered what.
type visits struct {
	mu   sync.Mutex
	seen map[string][]int // "GET /erasures": statuses

	planted *planted
	german  map[string]bool
	now     *plantedStory
}

func (*visits) Enabled(context.Context, slog.Level) bool { return true }
func (v *visits) WithAttrs([]slog.Attr) slog.Handler     { return v }
func (v *visits) WithGroup(string) slog.Handler          { return v }

// begin is the start of a story.
func (v *visits) begin(s *plantedStory) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = s
	v.planted.told = append(v.planted.told, s)
}

// Handle reads the access log: what it calls a door is what the map calls it.
func (v *visits) Handle(_ context.Context, r slog.Record) error {
	line := map[string]slog.Value{}
	v.mu.Lock()
	if v.now != nil {
		v.now.line(r)
	}
	v.mu.Unlock()
	r.Attrs(func(a slog.Attr) bool { line[a.Key] = a.Value; return true })
	if r.Message != "answered" {
		return nil
	}
	door := line["route"].String()
	if !strings.Contains(door, " ") {
		door = line["method"].String() + " " + door
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[door] = append(v.seen[door], int(line["status"].Int64()))
	return nil
}

// beside are the doors that stand beside the map of the console and the description of the API.
var beside = []string{"GET /api/openapi.json", "POST /signin/backchannel", "POST /opendsr/callbacks/{token}"}

// unopened are the doors that lead nowhere without a provider to sign in with, and those to what a store does not do: they are visited, and
// say so.
var unopened = []string{"GET /signin/oidc", "GET /signin/callback", "POST /signin/backchannel",
	"GET /instances/{guid}/v3/classify", "POST /instances/{guid}/v3/classify", "POST /instances/{guid}/v4/analyze"}

// checkVisits: a door has its story when somebody came in through it.
func checkVisits(t *testing.T, v *visits) {
	doors := slices.Concat(beside, describedDoors(t))
	for _, r := range (&Server{}).routes() {
		doors = append(doors, strings.Join(strings.Fields(r.pattern), " "))
	}
	seen := map[string][]int{}
	for door, statuses := range v.seen {
		seen[nameless(door)] = append(seen[nameless(door)], statuses...)
	}
	for _, door := range doors {
		open := func(status int) bool { // 501: what is described as refused
			return status < 400 || status == http.StatusNotImplemented || slices.Contains(unopened, door)
		}
		if answers := seen[nameless(door)]; !slices.ContainsFunc(answers, open) {
			t.Errorf("no story goes in through %s: it answered %v", door, answers)
		}
	}
}

// nameless leaves out what the parts of an address are called: the description has other names than the code.
func nameless(door string) string { return nameForm.ReplaceAllString(door, "{}") }
