package main_test

import (
	"fmt"
	"testing"
)

// TestMainJob does the whole work of the house in Chromium, with the applications and five people in it: once as everybody does it, and
// once without script. The batch loop is quick here, and so is the window in which an approval can be taken back.
func TestMainJob(t *testing.T) {
	t.Parallel()
	h := serve(t, buildBinary(t), "-demo", "-batch-every", "1s", "-cancel-window", "2s", "-breaker-floor", fmt.Sprint(breakerFloor), "-breaker-factor", "1")
	b := openBrowser(t)
	t.Run("whole", func(t *testing.T) { mainJob(t, h, b) })
	t.Run("without script", func(t *testing.T) { withoutScript(t, h, b) })
	t.Run("linked", func(t *testing.T) { linkedParts(t, h, b) })
	t.Run("breaker", func(t *testing.T) { breakerRests(t, h, b) })
}

// TestEveryPage holds every page against the measured bar of look.md: axe finds nothing in light and in dark, at 1440 and at 390 px;
// nothing scrolls sideways; the browser complains of nothing and asks nobody else; pages stay under 8 kB and a first visit under 110 kB.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	h := serve(t, buildBinary(t), "-demo")
	b := openBrowser(t)
	h.link(t)
	t.Run("first visit", func(t *testing.T) { firstVisit(t, h, b) })
	everyPage(t, h, b, "en")
}
