package db

import "testing"

// BoundMade makes the files of exports end after so many bytes, for one test.
func BoundMade(t *testing.T, bytes int64) {
	was := maxMade
	maxMade = bytes
	t.Cleanup(func() { maxMade = was })
}
