package watson

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quittance/db/label"
)

// bare is a client with the documented limits, or those of a pacer.
func bare(p *Pacer) func(*ClientOptions) { return func(o *ClientOptions) { o.Pacer = p } }

// most is the highest number of calls in any span of a length, its end left out.
func most(when []time.Time, span time.Duration) (most int) {
	for i, from := range when {
		n := 0
		for _, at := range when[i:] {
			if at.Sub(from) < span {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// TestPaceOfDeletions: four a minute and never more, over all clients of the instance, evenly, from the first on.
func TestPaceOfDeletions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(t, say(202, `{}`))
		pacer := NewPacer(Limits{})
		var all sync.WaitGroup
		begun := time.Now()
		for range 3 {
			all.Go(func() {
				for range 4 {
					if err := deletes("a")(h.client(bare(pacer))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n, took := most(h.when, time.Minute), time.Since(begun); n != 4 || took != 11*15*time.Second || len(h.when) != 12 {
			t.Errorf("%d in a minute, %d in %v", n, len(h.when), took)
		}
	})
}

// TestPaceOfListings: forty beginnings in half an hour, ten of them at once; pages by cursor have their own limit.
func TestPaceOfListings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(t, say(200, `{"logs":[],"pagination":{}}`))
		c, begun := h.client(bare(nil)), time.Now()
		for range 100 {
			if err := lists(LogQuery{Assistant: "a"})(c); err != nil {
				t.Fatal(err)
			}
		}
		if n := most(h.when, 30*time.Minute); n != 40 || h.when[9] != begun {
			t.Errorf("%d in half an hour, the tenth after %v", n, h.when[9].Sub(begun))
		}
		pages := newPace(Rate{}, defaultPages)
		var when []time.Time
		for range 400 {
			if err := pages.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			when = append(when, time.Now())
		}
		if n := most(when, time.Minute); n != 120 {
			t.Errorf("%d pages in a minute", n)
		}
	})
}

// TestPaceHurries: whoever cannot wait for the turn is told so at once, is told how long it would be, and takes nobody's turn.
func TestPaceHurries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(t, say(202, `{}`))
		c := h.client(bare(nil))
		if err := deletes("a")(c); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		id, _ := label.Parse(label.Assistant, "a")
		_, err := c.DeleteUserData(ctx, id)
		known(t, "in a hurry", err, Later, "paced", 15*time.Second)
		if time.Since(begun) != 0 || len(h.asked) != 1 {
			t.Errorf("it took %v and %d calls", time.Since(begun), len(h.asked))
		}
		if err := deletes("a")(c); err != nil || time.Since(begun) != 15*time.Second {
			t.Errorf("the next: %v after %v", err, time.Since(begun))
		}
		done, end := context.WithCancel(t.Context())
		go func() { time.Sleep(time.Second); end() }()
		if _, err := c.DeleteUserData(done, id); codeOf(err) != "gave-up" || !errors.Is(err, context.Canceled) || len(h.asked) != 2 {
			t.Errorf("given up while waiting: %#v", err)
		}
	})
}

// TestRetryAfter: a service that says when to come again is left alone by all until then, and not for longer.
func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHostile(t, func(n int, _ *http.Request, c net.Conn) bool {
			if n == 1 {
				io.WriteString(c, say(429, `Rate limit exceeded`, "Retry-After: 100"))
			} else {
				io.WriteString(c, say(202, `{}`))
			}
			return false
		})
		pacer, begun := NewPacer(Limits{}), time.Now()
		if err := deletes("a")(h.client(bare(pacer))); codeOf(err) != "rate-limit" {
			t.Fatal(err)
		}
		if err := deletes("a")(h.client(bare(pacer))); err != nil || time.Since(begun) != 100*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

// TestBackoff: attempts at a page lie a second and two apart, give or take chance; a Retry-After goes before.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHostile(t, func(n int, _ *http.Request, c net.Conn) bool {
			io.WriteString(c, []string{say(500, ``), say(500, ``), say(500, ``), say(503, ``, "Retry-After: 17"), say(200, `{"logs":[]}`)}[n-1])
			return false
		})
		c := h.client()
		if err := lists(LogQuery{Assistant: "a"})(c); codeOf(err) != "server" {
			t.Fatal(err)
		}
		if err := lists(LogQuery{Assistant: "a"})(c); err != nil {
			t.Fatal(err)
		}
		first, second, named := h.when[1].Sub(h.when[0]), h.when[2].Sub(h.when[1]), h.when[4].Sub(h.when[3])
		if first < time.Second/2 || first >= time.Second || second < time.Second || second >= 2*time.Second || named != 17*time.Second {
			t.Errorf("%v, %v, %v", first, second, named)
		}
	})
}
