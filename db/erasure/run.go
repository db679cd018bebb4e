package erasure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// ChunkRecords is how many records one transaction of a batch removes: enough to be quick, few enough that ingest never waits long
// (erase-and-prove.md: 50 to 200).
const ChunkRecords = 200

// VerifyRequests is how many requests are ended in one transaction.
const VerifyRequests = 50

// BatchRequests is how many requests one batch takes: those with the nearest deadlines. The next one takes the others at once, so that the urgent
// never wait for the end of everything.
const BatchRequests = 2000

// What ends a run before its end. A person, or the breaker, has paused or stopped the batch.
var (
	ErrPaused  = errors.New("the batch is paused; somebody has to let it go on or stop it")
	ErrStopped = errors.New("the batch was stopped")
)

// Period is how long hosted data may stay after its deletion was accepted: 24 hours (watson-api.md, section 9).
const Period = 24 * time.Hour

// Store is what a batch needs of the data. Each method is one transaction with its audit entry, and each may be called again after a
// crash: recovery is running again.
type Store interface {
	// Claim opens a batch over all requests that are scheduled and past their cancel window, or takes up the one that a crash
	// left. It returns 0 when there is nothing to do. early also takes those still inside their window. While a batch is paused no other
	// is opened: its number comes with ErrPaused.
	Claim(ctx context.Context, early bool) (batch int64, err error)
	// ClaimExpired opens a batch over what is past its retention. It returns 0 when there is nothing, or a batch is on its way.
	ClaimExpired(ctx context.Context) (batch int64, err error)
	// Doomed lists the records that a batch has yet to remove, each once, in record order.
	Doomed(ctx context.Context, batch int64) ([]int64, error)
	// Weigh says whether a batch may remove the records that it has yet to remove: ErrPaused when they are so many that a second person
	// has to let it go on. It is asked after they are listed and before the first goes.
	Weigh(ctx context.Context, batch, records int64) error
	// Erase removes one chunk of records and all that belongs to them; ErrPaused or ErrStopped, and nothing is removed, when somebody
	// was faster.
	Erase(ctx context.Context, batch int64, records []int64) error
	// Erased says that a batch has removed all that it found, so that its requests go on to be verified.
	Erased(ctx context.Context, batch int64) error
	// Purge sees to it that of what was removed no byte is left in any file.
	Purge(ctx context.Context, batch int64) error
	// Unverified lists the requests of a batch that are not verified yet.
	Unverified(ctx context.Context, batch int64) ([]int64, error)
	// Verify looks for what remains of requests by another path than the deletion, and writes their receipts and ends.
	Verify(ctx context.Context, erasures []int64) error
	// Finish purges what the ends of the requests let go of, and ends a batch none of whose requests is still to be verified.
	Finish(ctx context.Context, batch int64) error
}

// Runner runs batches, one at a time.
type Runner struct {
	Store Store
	Log   *slog.Logger
	Wake  <-chan struct{} // the loop looks for work when something comes, not only when its interval has passed; nil = never
	turn  chan struct{}
}

// NewRunner makes a runner.
func NewRunner(s Store, log *slog.Logger) *Runner {
	return &Runner{Store: s, Log: log, turn: make(chan struct{}, 1)}
}

// Loop runs a batch at once, so that one which a crash left is taken up, and then each time the interval has passed, until ctx ends.
func (r *Runner) Loop(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		wake := r.Wake
		if _, err := r.RunAll(ctx, false); err != nil && ctx.Err() == nil {
			r.say(err)
			if !errors.Is(err, ErrPaused) {
				wake = nil // what failed is left alone until the next interval, whatever it has said meanwhile
			}
		}
		select {
		case <-tick.C:
		case <-wake:
		case <-ctx.Done():
			return
		}
	}
}

func (r *Runner) say(err error) {
	if errors.Is(err, ErrPaused) {
		r.Log.Warn("a batch is paused, and nothing is erased until somebody lets it go on or stops it")
		return
	}
	r.Log.Error("batch failed; it will be taken up again", "err", err)
}

// RunAll runs batch after batch until nothing is due, and returns their numbers.
func (r *Runner) RunAll(ctx context.Context, early bool) (all []int64, err error) {
	for {
		batch, err := r.Run(ctx, early)
		if batch != 0 && !errors.Is(err, ErrPaused) {
			all = append(all, batch)
		}
		if errors.Is(err, ErrStopped) {
			continue // its requests have gone back, and the bytes of what it removed are still to be seen to
		}
		if err != nil || batch == 0 {
			return all, err
		}
	}
}

// Run carries out what is scheduled and returns the number of the batch, 0 when there was nothing to do. A request that is accepted
// meanwhile waits for the next batch.
func (r *Runner) Run(ctx context.Context, early bool) (int64, error) {
	return r.run(ctx, func() (int64, error) { return r.Store.Claim(ctx, early) })
}

// Expire carries out what is past its retention, by the same steps, and returns the number of the batch, 0 when there was nothing to do. What people have
// asked for goes first.
func (r *Runner) Expire(ctx context.Context) (int64, error) {
	if _, err := r.Run(ctx, false); err != nil {
		return 0, err
	}
	return r.run(ctx, func() (int64, error) { return r.Store.ClaimExpired(ctx) })
}

func (r *Runner) run(ctx context.Context, claim func() (int64, error)) (int64, error) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	batch, err := claim()
	if errors.Is(err, ErrPaused) {
		return batch, fmt.Errorf("batch %d: %w", batch, err)
	}
	if err != nil || batch == 0 {
		return 0, err
	}
	if err := r.erase(ctx, batch); err != nil {
		return batch, fmt.Errorf("erasing batch %d: %w", batch, err)
	}
	// A receipt says that nothing is left: it is written when that is so.
	if err := r.Store.Purge(ctx, batch); err != nil {
		return batch, err
	}
	// What cannot be verified rests as partly done, and does not keep the batch from its end.
	if err := errors.Join(r.verify(ctx, batch), r.Store.Finish(ctx, batch)); err != nil {
		return batch, fmt.Errorf("verifying batch %d: %w", batch, err)
	}
	return batch, nil
}

func (r *Runner) erase(ctx context.Context, batch int64) error {
	records, err := r.Store.Doomed(ctx, batch)
	if err != nil {
		return err
	}
	if err := r.Store.Weigh(ctx, batch, int64(len(records))); err != nil {
		return err
	}
	for len(records) > 0 {
		n := min(len(records), ChunkRecords)
		if err := r.Store.Erase(ctx, batch, records[:n]); err != nil {
			return err
		}
		records = records[n:]
	}
	return r.Store.Erased(ctx, batch)
}

// verify goes on after a group of requests that cannot be verified: the others have a right to their receipt.
func (r *Runner) verify(ctx context.Context, batch int64) error {
	requests, err := r.Store.Unverified(ctx, batch)
	if err != nil {
		return err
	}
	var failures []error
	for group := range slices.Chunk(requests, VerifyRequests) {
		failures = append(failures, r.Store.Verify(ctx, group))
	}
	return errors.Join(failures...)
}
