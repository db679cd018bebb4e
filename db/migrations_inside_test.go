package db

import (
	"fmt"
	"slices"
	"testing"
)

// TestMigrationsFollow: migrations follow each other, and nobody fills a gap. A store that came past it would refuse to open: goose runs none that is
// older than the newest it knows.
func TestMigrationsFollow(t *testing.T) {
	left := []int{22, 23, 34, 37, 38} // numbers that were given away and not used
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	next := 1
	for _, f := range files {
		for slices.Contains(left, next) {
			next++
		}
		var number int
		if _, err := fmt.Sscanf(f.Name(), "%d_", &number); err != nil || number != next {
			t.Fatalf("%s: it is number %d, want %d (%v)", f.Name(), number, next, err)
		}
		next++
	}
}
