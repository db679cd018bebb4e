//go:build long

package label

// The counts that only a nightly run can afford.
func init() { headers = 10_000_000 }
