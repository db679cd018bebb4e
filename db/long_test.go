//go:build long

package db_test

// The counts that only a nightly run can afford.
func init() { kills, cuts, seeds, planted, flips, zeroed = 1000, 20_000, 20, 5_000, 14_000, 6_000 }
