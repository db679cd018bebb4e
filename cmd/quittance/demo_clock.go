package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// demoClock is the store's clock while made-up data is sent: it begins in the past and is moved on, never back.
type demoClock struct {
	mu  sync.Mutex
	now time.Time
}

// newDemoClock makes a clock that stands at the given moment.
func newDemoClock(start time.Time) *demoClock { return &demoClock{now: start} }

// Now is for db.WithClock.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// reach moves the clock on to a moment; one that has passed changes nothing.
func (c *demoClock) reach(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

// pass moves the clock on.
func (c *demoClock) pass(d time.Duration) { c.reach(c.Now().Add(d)) }

// demoBar shows how far the making of the demo is: one line that is written over, or a line at each quarter where nobody watches.
type demoBar struct {
	out    io.Writer
	live   bool
	all, n int
}

func (b *demoBar) step() {
	b.n++
	if b.live && b.n%250 == 0 {
		fmt.Fprintf(b.out, "\rMaking up %d messages: %d %%", b.all, min(99, b.n*100/b.all))
	}
	if !b.live && b.n%(b.all/4+1) == 0 {
		fmt.Fprintf(b.out, "making up %d messages: %d %%\n", b.all, b.n*100/b.all)
	}
}

func (b *demoBar) end() {
	if b.live {
		fmt.Fprintf(b.out, "\r\x1b[KMade up %d messages.\n", b.all)
	}
}
