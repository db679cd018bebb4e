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

// listings counts those that are being made or read.
type listings struct {
	mu  sync.Mutex
	key map[int64]int
	all int
}

// enter takes a place, or answers when to come again. leave gives it back.
func (l *listings) enter(key int64) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= listingsOfAll || l.key[key] >= listingsOfKey {
		return nil, RetryError{After: time.Second, Limit: listingsOfKey}
	}
	if l.key == nil {
		l.key = map[int64]int{}
	}
	l.all++
	l.key[key]++
	return func() { l.leave(key) }, nil
}

func (l *listings) leave(key int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.key[key]--; l.key[key] == 0 {
		delete(l.key, key)
	}
}
