package db

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"quittance/db/erasure"
)

// A record is kept by what names it, and by what names any ID that it bears; of several the oldest is told. However many holds there are, each is found
// by an index.
func TestKeepers(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	for _, ids := range [][]string{{"anna"}, {"ben"}, {"ben", "cyd"}, {"dan"}, {"cyd", "dan"}, {}} {
		h.says(v, ids...)
	}
	place := func(n NewHold, id string) int64 {
		t.Helper()
		n.Kind = cmp.Or(n.Kind, erasure.LegalHold)
		n.Ground = map[erasure.HoldKind]string{erasure.LegalHold: "17-3-e", erasure.Restriction: "18-1-a"}[n.Kind]
		if id != "" {
			sub, _, err := h.SubjectOf(h.ctx, parsed(id))
			if err != nil {
				t.Fatal(err)
			}
			n.Subject = sub.Ref
		}
		number, err := h.PlaceHold(h.ctx, "user/1", n)
		if err != nil {
			t.Fatal(err)
		}
		return number
	}
	one := place(NewHold{Records: []int64{1}}, "")
	place(NewHold{Records: []int64{1}}, "")
	cyd := place(NewHold{}, "cyd")
	dan := place(NewHold{Kind: erasure.Restriction}, "dan")
	got, err := h.Keepers(h.ctx, 1, 2, 3, 4, 5, 6, 99)
	want := map[int64]Keeper{1: {Hold: one}, 3: {Hold: cyd}, 4: {Restriction: dan}, 5: {Hold: cyd, Restriction: dan}}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%+v %v, want %+v", got, err, want)
	}
	steps := h.plan(keepersSQL, "[]")
	if slices.ContainsFunc(steps, func(step string) bool {
		return strings.HasPrefix(step, "SCAN k") || strings.HasPrefix(step, "SCAN r") || strings.HasPrefix(step, "SCAN h") || strings.HasPrefix(step, "SCAN l")
	}) {
		t.Errorf("a table is read from end to end: %q", steps)
	}
}
