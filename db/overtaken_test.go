package db

import "testing"

// What was read while it was being forgotten is not kept: the reader may have seen it as it was before the change.
func TestMemoryOvertaken(t *testing.T) {
	var m memory[string, int]
	read := 0
	ask := func(meanwhile func()) int {
		v, err := m.get("k", func() (int, error) {
			read++
			meanwhile()
			return read, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for i, want := range []int{1, 2, 2} {
		meanwhile := func() {}
		if i == 0 {
			meanwhile = m.forget
		}
		if got := ask(meanwhile); got != want {
			t.Errorf("ask %d: %d, want %d", i, got, want)
		}
	}
}
