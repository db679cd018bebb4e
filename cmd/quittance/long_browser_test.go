//go:build long

package main_test

// What only a nightly run can afford.
func init() { narrowAxe = true }
