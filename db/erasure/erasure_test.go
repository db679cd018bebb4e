package erasure

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// closedGraph checks that every state can be reached from the first one, and that every move leads to a state of the table.
func closedGraph[S ~string](t *testing.T, first S, moves map[S][]S) {
	t.Helper()
	seen := map[S]bool{}
	var walk func(S)
	walk = func(s S) {
		if seen[s] {
			return
		}
		seen[s] = true
		next, ok := moves[s]
		if !ok {
			t.Errorf("%s is no state of the table", s)
		}
		for _, n := range next {
			walk(n)
		}
	}
	walk(first)
	for s := range moves {
		if !seen[s] {
			t.Errorf("%s cannot be reached from %s", s, first)
		}
	}
}

func TestMoves(t *testing.T) {
	closedGraph(t, Proposed, Moves)
	closedGraph(t, Waiting, PartMoves)
	closedGraph(t, BatchOpen, BatchMoves)
}

// The sentences of the design about states, as a table.
func TestMay(t *testing.T) {
	for _, c := range []struct {
		from, to State
		may      bool
	}{
		{Proposed, Scheduled, true}, {Proposed, Running, false}, {Proposed, Done, false}, {Scheduled, Withdrawn, true}, {Running, Withdrawn, false},
		{Verifying, Done, true}, {Verifying, Partial, true}, {Partial, Running, true}, {Done, Running, false}, {Refused, Scheduled, false}, {Withdrawn, Scheduled, false},
	} {
		if got := c.from.May(c.to); got != c.may {
			t.Errorf("%s to %s: %v", c.from, c.to, got)
		}
	}
	for s, ended := range map[State]bool{Done: true, Refused: true, Withdrawn: true, Partial: false, Scheduled: false} {
		if s.Ended() != ended {
			t.Errorf("%s ended: %v", s, s.Ended())
		}
	}
	if Sent.May(Confirmed) || Waiting.May(Accepted) {
		t.Error("sent, accepted and confirmed are three states, and none is skipped (law L8)")
	}
}

// An approval lapses only when the set grows.
func TestManifestGrown(t *testing.T) {
	line := func(service, records, shared int64) Line {
		return Line{Service: service, Kind: "message", Records: records, Shared: shared}
	}
	m := NewManifest(10, time.Unix(0, 0), []Line{line(1, 5, 1), line(2, 3, 0)}, nil)
	for name, c := range map[string]struct {
		now  []Line
		want bool
	}{
		"the same":              {[]Line{line(1, 5, 1), line(2, 3, 0)}, false},
		"fewer records":         {[]Line{line(1, 4, 0), line(2, 3, 0)}, false},
		"a service less":        {[]Line{line(1, 5, 1)}, false},
		"one record more":       {[]Line{line(1, 6, 1), line(2, 3, 0)}, true},
		"one shared more":       {[]Line{line(1, 5, 2), line(2, 3, 0)}, true},
		"a service more":        {[]Line{line(1, 5, 1), line(2, 3, 0), line(3, 1, 0)}, true},
		"moved between the two": {[]Line{line(1, 4, 1), line(2, 4, 0)}, true},
	} {
		if got := m.Grown(c.now); got != c.want {
			t.Errorf("%s: grown %v", name, got)
		}
	}
}

// Two manifests with the same counts have different hashes, and a manifest keeps its own.
func TestManifestHash(t *testing.T) {
	a, b := NewManifest(10, time.Unix(0, 0), nil, nil), NewManifest(10, time.Unix(0, 0), nil, nil)
	if a.Hash() == b.Hash() {
		t.Error("the hash can be guessed from the counts")
	}
	if again := a.Hash(); again != a.Hash() || len(again) != 64 {
		t.Errorf("hash %s", a.Hash())
	}
}

// script is a store that says what was asked of it.
type script struct {
	said []string
	fail string
	with error // what fail fails with; nil = anything
	busy chan struct{}
	due  int // batches that can be claimed; 0 = without an end
}

func (s *script) say(what string) error {
	s.said = append(s.said, what)
	if s.fail == what && s.with != nil {
		return s.with
	}
	if s.fail == what {
		return errors.New(what + " failed")
	}
	return nil
}

func (s *script) Claim(context.Context, bool) (int64, error) {
	if s.busy != nil {
		<-s.busy
	}
	switch {
	case s.due < 0:
		s.due = 1
		return 0, s.say("nothing")
	case s.due == 1:
		s.due = -1
	case s.due > 1:
		s.due--
	}
	return 1, s.say("claim")
}
func (s *script) ClaimExpired(context.Context) (int64, error) { return 1, s.say("claim expired") }
func (s *script) Doomed(context.Context, int64) ([]int64, error) {
	return make([]int64, ChunkRecords+1), s.say("doomed")
}
func (s *script) Weigh(context.Context, int64, int64) error               { return s.say("weigh") }
func (s *script) Erase(_ context.Context, _ int64, records []int64) error { return s.say("erase") }
func (s *script) Erased(context.Context, int64) error                     { return s.say("erased") }
func (s *script) Purge(context.Context, int64) error                      { return s.say("purge") }
func (s *script) Unverified(context.Context, int64) ([]int64, error) {
	return []int64{7}, s.say("unverified")
}
func (s *script) Verify(context.Context, []int64) error { return s.say("verify") }
func (s *script) Finish(context.Context, int64) error   { return s.say("finish") }

func TestRunOrder(t *testing.T) {
	for fail, want := range map[string]string{
		"":       "claim doomed weigh erase erase erased purge unverified verify finish",
		"claim":  "claim",
		"weigh":  "claim doomed weigh", // nothing is erased before it may be
		"erase":  "claim doomed weigh erase",
		"erased": "claim doomed weigh erase erase erased",
		"purge":  "claim doomed weigh erase erase erased purge",                          // no receipt before the bytes are gone
		"verify": "claim doomed weigh erase erase erased purge unverified verify finish", // the batch ends all the same
	} {
		s := &script{fail: fail}
		_, err := NewRunner(s, slog.New(slog.DiscardHandler)).Run(t.Context(), false)
		if (err != nil) != (fail != "") || strings.Join(s.said, " ") != want {
			t.Errorf("failing at %q: %v, %v", fail, s.said, err)
		}
	}
}

// One batch at a time: a second run waits for the first.
func TestOneBatchAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{busy: make(chan struct{})}
		r := NewRunner(s, slog.New(slog.DiscardHandler))
		go r.Run(t.Context(), false)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := r.Run(ctx, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second batch ran beside the first: %v", err)
		}
		close(s.busy)
		synctest.Wait()
		if got := strings.Count(strings.Join(s.said, " "), "claim"); got != 1 {
			t.Errorf("%d batches were claimed", got)
		}
	})
}

// The loop takes up at once what a crash left, and then runs at its interval.
func TestLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{due: 1}
		ctx, cancel := context.WithTimeout(t.Context(), 31*time.Minute)
		defer cancel()
		NewRunner(s, slog.New(slog.DiscardHandler)).Loop(ctx, 15*time.Minute)
		if got := strings.Count(strings.Join(s.said, " "), "claim"); got != 3 {
			t.Errorf("%d batches in 31 minutes, want 3", got)
		}
	})
}

// One turn runs batch after batch until nothing is due, and whoever lets a batch go on need not wait for the next interval.
func TestLoopWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, wake := &script{due: 4}, make(chan struct{}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r := NewRunner(s, slog.New(slog.DiscardHandler))
		r.Wake = wake
		go r.Loop(ctx, 15*time.Minute)
		synctest.Wait()
		if got := strings.Count(strings.Join(s.said, " "), "claim"); got != 4 {
			t.Errorf("%d batches in the first turn, want 4", got)
		}
		wake <- struct{}{}
		synctest.Wait()
		if got := strings.Count(strings.Join(s.said, " "), "claim"); got != 5 {
			t.Errorf("%d batches after it was woken, want 5", got)
		}
	})
}

// A batch that fails is left alone until the next interval: it wakes the loop itself by what it writes before it fails.
func TestFailedBatchRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, wake := &script{fail: "erase"}, make(chan struct{}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 14*time.Minute)
		defer cancel()
		wake <- struct{}{}
		r := NewRunner(s, slog.New(slog.DiscardHandler))
		r.Wake = wake
		r.Loop(ctx, 15*time.Minute)
		if got := strings.Count(strings.Join(s.said, " "), "claim"); got != 1 {
			t.Errorf("it was tried %d times", got)
		}
	})
}

// A batch that is paused ends the turn; after one that was stopped the next is looked for, because its bytes are still to be seen to.
func TestHaltedTurns(t *testing.T) {
	for _, c := range []struct {
		fail string
		with error
		want string
	}{
		{"claim", ErrPaused, "claim"},
		{"weigh", ErrPaused, "claim doomed weigh"},
		{"erase", ErrPaused, "claim doomed weigh erase"},
		{"erase", ErrStopped, "claim doomed weigh erase nothing"},
	} {
		s := &script{fail: c.fail, with: c.with, due: 1}
		_, err := NewRunner(s, slog.New(slog.DiscardHandler)).RunAll(t.Context(), false)
		if strings.Join(s.said, " ") != c.want || errors.Is(err, ErrPaused) != (c.with == ErrPaused) {
			t.Errorf("%s at %s: %v, %v", c.with, c.fail, s.said, err)
		}
	}
}

// A receipt states the day of an attestation and no time; what early receipts wrote is read as its day.
func TestDay(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 30, 0, 0, time.FixedZone("", 14*3600)) // the first of March in UTC
	raw, err := json.Marshal(ReceiptPart{Linked: true, Attested: DayOf(noon)})
	if err != nil || !strings.Contains(string(raw), `"attested":"2026-03-01"`) {
		t.Errorf("%s, %v", raw, err)
	}
	for text, want := range map[string]Day{`{"attested":"2026-03-01"}`: DayOf(noon), `{"attested":"2026-03-01T22:30:00Z"}`: DayOf(noon), `{}`: {}} {
		var p ReceiptPart
		if err := json.Unmarshal([]byte(text), &p); err != nil || p.Attested != want {
			t.Errorf("%s: %v, %v", text, p.Attested, err)
		}
	}
	for _, text := range []string{`{"attested":"2026-3-1"}`, `{"attested":1}`, `{"attested":""}`} {
		if err := json.Unmarshal([]byte(text), new(ReceiptPart)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}
