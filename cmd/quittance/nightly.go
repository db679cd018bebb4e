package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"quittance/db/audit"
)

// job is work for the night, when few people wait for the store. Its run has until the end of ctx, says nothing about anybody in its
// error, and may be run again at once: a night that was cut short is begun anew.
type job struct {
	name string // of its mark in the store, and in the log
	run  func(ctx context.Context) error
}

// jobs are the work of each night, in the order in which it is done: one after the other, so that no two compete for the disk.
func (c *call) jobs() []job {
	return []job{
		{"casefiles", func(ctx context.Context) error { _, err := c.store.ListCases(ctx); return err }},
		{"retention", func(ctx context.Context) error { _, err := c.house.runner.Expire(ctx); return err }},
		{"forms", c.store.ForgetDrafts},
		{"salts", func(ctx context.Context) error { _, err := c.store.ForgetSalts(ctx); return err }}, // the drill's batch wipes their last bytes
		{"sweep", func(ctx context.Context) error { _, err := c.store.SweepAll(ctx, sweepRest); return err }},
		{"rebuild", func(ctx context.Context) error { _, err := c.store.RebuildAndTell(ctx); return err }},
		{"drill", func(ctx context.Context) error { _, err := c.drill(ctx, audit.System); return err }},
	}
}

// sweepRest is how long a sweep rests between two steps, each of which takes some milliseconds: a million records take about two minutes.
const sweepRest = 50 * time.Millisecond

// marks remember beyond a restart when a job was done last.
type marks interface {
	Meta(ctx context.Context, key string) (string, error)
	SetMeta(ctx context.Context, key, value string) error
	Now() time.Time
}

// nightly does each job once a night, from a set time of the day on. A night that was missed, because no server ran, is made up for
// some minutes after the start: not at once, when everybody comes back.
type nightly struct {
	marks marks
	log   *slog.Logger
	from  time.Duration // since midnight, by the clock on the wall
	zone  *time.Location
	after time.Duration // how long the loop waits before it begins
	jobs  []job
}

const (
	// nightlyLook is how often the wall clock is read: a machine that sleeps stops timers, and clocks are set.
	nightlyLook = 5 * time.Minute
	// settling is how long a server runs, at least, before it makes up for a missed night.
	settling = 10 * time.Minute
)

// settled spreads the first look of servers that were started together, which may share a disk.
func settled() time.Duration { return settling + rand.N(settling) }

// loop works until ctx ends.
func (n *nightly) loop(ctx context.Context) {
	if !pause(ctx, n.after) {
		return
	}
	for {
		for _, j := range n.jobs {
			if err := n.perhaps(ctx, j); err != nil && ctx.Err() == nil {
				n.log.Error("a nightly job failed", "job", j.name, "err", err)
			}
		}
		if !pause(ctx, nightlyLook) {
			return
		}
	}
}

// pause waits; it is false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// perhaps does a job that has not been done since the last night began. One that fails is tried again the next night; one that is cut
// off by the end of the server, at the next start.
func (n *nightly) perhaps(ctx context.Context, j job) error {
	key := "nightly." + j.name
	last, err := n.marks.Meta(ctx, key)
	if err != nil {
		return fmt.Errorf("reading when it ran last: %w", err)
	}
	begun := n.marks.Now()
	if done, err := time.Parse(time.RFC3339, last); err == nil && !done.Before(n.night(begun)) {
		return nil
	}
	err = j.run(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if marking := n.marks.SetMeta(ctx, key, begun.Format(time.RFC3339)); err == nil && marking != nil {
		err = fmt.Errorf("keeping when it ran: %w", marking)
	}
	return err
}

// night is when the newest night began: today at the set time, or yesterday. time.Date knows the days that have 23 or 25 hours.
func (n *nightly) night(now time.Time) time.Time {
	y, m, d := now.In(n.zone).Date()
	begin := func(day int) time.Time {
		return time.Date(y, m, day, 0, int(n.from/time.Minute), 0, 0, n.zone)
	}
	if today := begin(d); !today.After(now) {
		return today
	}
	return begin(d - 1)
}

// next is when the next night begins.
func (n *nightly) next(now time.Time) time.Time {
	return n.night(n.night(now).AddDate(0, 0, 1).Add(time.Hour))
}

// timeOfDay is a flag such as 03:00.
type timeOfDay time.Duration

// String implements flag.Value.
func (d *timeOfDay) String() string {
	return fmt.Sprintf("%02d:%02d", time.Duration(*d)/time.Hour, time.Duration(*d)%time.Hour/time.Minute)
}

// Set implements flag.Value.
func (d *timeOfDay) Set(s string) error {
	at, err := time.Parse("15:04", s)
	if err != nil {
		return errors.New("it is a time of the day such as 03:00")
	}
	*d = timeOfDay(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	return nil
}
