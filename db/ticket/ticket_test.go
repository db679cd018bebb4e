package ticket

import (
	"slices"
	"testing"
)

// TestRefusalsOf: an exception that the law makes from one right is none from another, and each ground refuses something.
func TestRefusalsOf(t *testing.T) {
	general := []string{"12-5-unfounded", "12-5-excessive", "12-2"}
	for right, own := range map[Right][]string{
		Access: {"15-4"}, Portability: {"15-4"}, Objection: {"21-1"}, Rectification: nil, Restriction: nil,
		Erasure: {"17-3-a", "17-3-b", "17-3-c", "17-3-d", "17-3-e"}, Images: {"17-3-a", "17-3-b", "17-3-c", "17-3-d", "17-3-e"},
	} {
		if got, want := RefusalsOf(right), slices.Concat(general, own, []string{"not-applicable"}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", right, got, want)
		}
	}
	for _, code := range Refusals {
		if !slices.ContainsFunc(Rights, func(r Right) bool { return slices.Contains(RefusalsOf(r), code) }) {
			t.Errorf("%s refuses nothing", code)
		}
	}
}
