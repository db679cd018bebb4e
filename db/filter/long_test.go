//go:build long

package filter

// The counts that only a nightly run can afford.
func init() { filters = 10_000_000 }
