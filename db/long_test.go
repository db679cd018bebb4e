//go:build long

package db_test

// The counts that only a nightly run can afford.
func init() { kills = 1000 }
