package watson

import (
	"errors"
	"testing"
)

// One key cannot take the places of others, and all keys together cannot take the memory of the machine.
func TestListingsAreBounded(t *testing.T) {
	l := places{ofKey: listingsOfKey, ofAll: listingsOfAll}
	var leave []func()
	for range listingsOfKey {
		out, err := l.enter(1)
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, out)
	}
	if _, err := l.enter(1); !errors.Is(err, ErrTooMany) {
		t.Errorf("a key has more than %d listings: %v", listingsOfKey, err)
	}
	for k := int64(2); l.all < listingsOfAll; k++ {
		if _, err := l.enter(k); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.enter(99); !errors.Is(err, ErrTooMany) {
		t.Errorf("there are more than %d listings: %v", listingsOfAll, err)
	}
	for _, out := range leave {
		out()
	}
	if _, err := l.enter(1); err != nil || l.key[1] != 1 {
		t.Errorf("places are not given back: %v, %v", err, l.key)
	}
}
