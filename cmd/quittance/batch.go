package main

import (
	"context"
	"flag"
	"fmt"
	"io"
)

// ranBatch is what a batch did.
type ranBatch struct {
	Batch    int64 `json:"batch"` // 0 = nothing was due
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
		number, err := c.house.runner.Run(ctx, *now)
		if err != nil {
			return err
		}
		var out ranBatch
		if number > 0 {
			b, err := c.store.Batch(ctx, number)
			if err != nil {
				return fmt.Errorf("reading batch %d: %w", number, err)
			}
			out = ranBatch{b.Number, b.Requests, b.Records, b.Erased}
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
