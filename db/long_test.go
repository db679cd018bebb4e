//go:build long

package db_test

// The counts that only a nightly run can afford.
func init() {
	kills, cuts, seeds, planted, restores, races = 1000, 20_000, 20, 5_000, 500, 100_000
	flips, zeroed, mutations = 14_000, 6_000, 500
	promised.requests, promised.records = 10_000, 5_000_000
}
