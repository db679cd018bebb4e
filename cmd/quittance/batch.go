package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"

	"quittance/db"
	"quittance/db/audit"
)

// ranBatch is what a batch did, or several one after the other.
type ranBatch struct {
	Batch    int64 `json:"batch"` // the last one; 0 = nothing was due
	Requests int64 `json:"requests"`
	Records  int64 `json:"records"`
	Erased   int64 `json:"erased"`
}

func batchRun(fs *flag.FlagSet) action {
	now := fs.Bool("now", false, "do not wait for the cancel window of what is scheduled already; the audit trail says so")
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		numbers, err := c.house.runner.RunAll(ctx, *now)
		if err != nil {
			return err
		}
		var out ranBatch
		for _, number := range numbers {
			b, err := c.store.Batch(ctx, number)
			if err != nil {
				return fmt.Errorf("reading batch %d: %w", number, err)
			}
			out = ranBatch{b.Number, out.Requests + b.Requests, out.Records + b.Records, out.Erased + b.Erased}
		}
		return c.print(*asJSON, out, out.words)
	}
}

func (b ranBatch) words(w io.Writer) {
	if b.Batch == 0 {
		fmt.Fprintln(w, "Nothing is due.")
		return
	}
	fmt.Fprintf(w, "Batch %d is done: %d requests, %d records found, %d erased.\n", b.Batch, b.Requests, b.Records, b.Erased)
}

// batchHalt pauses a batch, lets it go on or stops it. What the breaker paused is let go on in the console only: somebody has to sign in for it.
func batchHalt(act func(*db.Store, context.Context, audit.Actor, int64) error, done string) func(*flag.FlagSet) action {
	return func(*flag.FlagSet) action {
		return func(ctx context.Context, c *call) error {
			text, err := c.one("number of a batch")
			if err != nil {
				return err
			}
			number, err := strconv.ParseInt(text, 10, 64)
			if err != nil || number < 1 {
				return misuse("give the number of a batch, as the console shows it")
			}
			if err := act(c.store, ctx, audit.Operator, number); err != nil {
				return batchError(number, err)
			}
			_, err = fmt.Fprintf(c.out, "Batch %d %s.\n", number, done)
			return err
		}
	}
}

func batchError(number int64, err error) error {
	switch {
	case errors.Is(err, db.ErrNotFound):
		return fmt.Errorf("there is no batch %d", number)
	case errors.Is(err, db.ErrMoved):
		return fmt.Errorf("batch %d is not where this could be done: it has erased all, has ended, or is so already", number)
	case errors.Is(err, db.ErrBreaker):
		return fmt.Errorf("the breaker paused batch %d: an officer who approved none of its requests lets it go on in the console", number)
	}
	return err
}
