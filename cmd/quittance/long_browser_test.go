//go:build long

package main_test

import "testing"

// What only a nightly run can afford.
func init() { narrowAxe = true }

// TestEveryPageInGerman is TestEveryPage for those who read German.
func TestEveryPageInGerman(t *testing.T) {
	t.Parallel()
	h := serve(t, buildBinary(t), "-demo", "-language", "de")
	h.link(t)
	everyPage(t, h, openBrowser(t), "de")
}
