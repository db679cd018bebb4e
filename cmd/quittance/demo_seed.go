package main

import (
	"context"
	"sync"
	"time"
)

const (
	// demoSenders is how many applications send at the same time. They gain from each other: whatever waits is committed together.
	demoSenders = 96
	// demoLag is how far the clock may run ahead of a message that is still on its way. A conversation that the service keeps ends
	// when nothing is heard for an hour.
	demoLag = 45 * time.Minute
)

// demoFlight knows which steps are on their way.
type demoFlight struct {
	mu    sync.Mutex
	moved *sync.Cond
	steps []demoStep
	done  []bool
	first int // the earliest that has not arrived
}

func newDemoFlight(steps []demoStep) *demoFlight {
	f := &demoFlight{steps: steps, done: make([]bool, len(steps))}
	f.moved = sync.NewCond(&f.mu)
	return f
}

// wait returns when the step may leave: nothing older than demoLag is still on its way.
func (f *demoFlight) wait(step int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.first < step && f.steps[f.first].at+demoLag < f.steps[step].at {
		f.moved.Wait()
	}
}

func (f *demoFlight) arrived(step int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done[step] = true
	if step != f.first {
		return
	}
	for f.first < len(f.done) && f.done[f.first] {
		f.first++
	}
	f.moved.Signal()
}

// sendAll sends steps in the order of time, several at once. The turns of one conversation stay in order, because all of them go through
// the same lane. before is called, alone, before each step is handed out.
func (d *demoDoor) sendAll(ctx context.Context, steps []demoStep, before func(context.Context, demoStep) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	flight := newDemoFlight(steps)
	var all sync.WaitGroup
	lanes := make([]chan int, demoSenders)
	for i := range lanes {
		lanes[i] = make(chan int, 4)
		all.Go(func() {
			for n := range lanes[i] {
				if ctx.Err() == nil {
					if err := d.send(ctx, steps[n]); err != nil {
						stop(err)
					}
				}
				flight.arrived(n)
			}
		})
	}
	err := handOut(ctx, flight, lanes, before)
	for _, l := range lanes {
		close(l)
	}
	all.Wait()
	if err != nil {
		return err
	}
	return context.Cause(ctx)
}

func handOut(ctx context.Context, flight *demoFlight, lanes []chan int, before func(context.Context, demoStep) error) error {
	of := map[*demoConversation]int{}
	for n, step := range flight.steps {
		flight.wait(n)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := before(ctx, step); err != nil {
			return err
		}
		if step.turn == 0 {
			of[step.talk] = len(of) % len(lanes)
		}
		lanes[of[step.talk]] <- n
	}
	return nil
}
