package watson

import (
	"sync"
	"time"
)

// How many listings are made at a time. Each holds up to a page in memory until the caller has read it, so without a bound one key with
// many connections that do not read would take all of it.
const (
	listingsOfKey = 4
	listingsOfAll = 16
)

// How many uploads are taken in at a time. Each holds up to 100 MiB of the disk and a few images in memory.
const (
	uploadsOfKey = 4
	uploadsOfAll = 8
)

// How many documents are read at a time: each lies in memory, several times over, until it is stored.
const (
	documentsOfKey = 2
	documentsOfAll = 4
)

// places counts who is at work, for all and for each key.
type places struct {
	mu           sync.Mutex
	ofKey, ofAll int // how many there are
	key          map[int64]int
	all          int
}

// enter takes a place, or answers when to come again. leave gives it back.
func (l *places) enter(key int64) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= l.ofAll || l.key[key] >= l.ofKey {
		return nil, RetryError{After: time.Second, Limit: l.ofKey}
	}
	if l.key == nil {
		l.key = map[int64]int{}
	}
	l.all++
	l.key[key]++
	return func() { l.leave(key) }, nil
}

func (l *places) leave(key int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.key[key]--; l.key[key] == 0 {
		delete(l.key, key)
	}
}
