package erasure

import "context"

// Alone runs f while no batch runs: it waits for the end of one that does, and one that becomes due meanwhile waits for f.
func (r *Runner) Alone(ctx context.Context, f func() error) error {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return f()
}
