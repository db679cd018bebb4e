package disk

import (
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"

	"quittance/db/page"
)

// scrubFile scrubs the pages of a file that nobody has open.
func scrubFile(t testing.TB, path string) (changed int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(raw); at += 4096 {
		clean, different, err := page.Scrubbed(nil, raw[at:at+4096], at == 0)
		if err != nil {
			t.Fatalf("page %d: %v", at/4096+1, err)
		}
		if different {
			changed++
			copy(raw[at:], clean)
		}
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

// Whatever was done to a file, scrubbing all of it changes nothing that SQL can see, leaves it sound and leaves nothing unowned; and SQLite
// works on with it.
func TestScrubKeepsEveryLiveByte(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed, rounds := rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(1, 12).Draw(rt, "rounds")
		path, before := churned(t, "unix", seed, rounds)
		scrubFile(t, path)
		if v := surveyOf(t, path); v.Slack != 0 || v.Malformed != 0 {
			rt.Fatalf("%+v", v)
		}
		if n := scrubFile(t, path); n != 0 {
			rt.Fatalf("%d pages change again", n)
		}
		d := openAt(t, path, "unix")
		defer d.Close()
		if after := contentOf(t, d); after != before || after[:2] != "ok" {
			rt.Fatal("the content differs")
		}
		churn(t, d, rand.New(rand.NewPCG(seed, 1)), 2)
		if sound := ask[string](t, d, "PRAGMA integrity_check"); sound != "ok" {
			rt.Fatal(sound)
		}
	})
}
