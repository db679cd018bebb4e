package db

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/db/label"
)

// The facets of a customer's records count what the list shows with each of them on, and a list goes on where its page ended.
func TestTraits(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	second, err := h.AddService(h.ctx, audit.Operator, label.Assistant, "Shop bot", "")
	if err != nil {
		t.Fatal(err)
	}
	other := second.Number
	store := func(service int64, language string, optOut bool, ids ...string) int64 {
		t.Helper()
		r := NewRecord{Service: service, Kind: Message, Time: h.Now(), Answered: h.Now(), Language: language, OptOut: optOut, Container: "a1", Session: "s1", Body: []byte(`{}`)}
		for _, id := range ids {
			r.Labels = append(r.Labels, parsed(id))
		}
		out, err := h.Ingest(h.ctx, audit.System, []NewRecord{r}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	a := store(v, "en", false, "anna")
	b := store(v, "de", true, "anna", "ben")
	c := store(other, "en", true, "anna")
	store(v, "en", true, "ben")
	sub, _, err := h.SubjectOf(h.ctx, parsed("ben"))
	if err == nil {
		_, err = h.PlaceHold(h.ctx, "user/1", NewHold{Kind: erasure.LegalHold, Ground: "17-3-e", Subject: sub.Ref})
	}
	if err != nil {
		t.Fatal(err)
	}
	all := RecordQuery{Subject: "anna", Limit: 1, Narrow: Narrow{Pending: []Covered{{"anna", b, []int64{v}}, {"anna", 99, nil}}}}
	shows := func(name string, n Narrow, want ...int64) {
		t.Helper()
		q := all
		q.Narrow, q.Pending = n, all.Pending
		held, err := h.Holdings(h.ctx, q)
		var counted int64
		for _, l := range held {
			counted += l.Records
		}
		var got []int64
		for more := true; more && err == nil; {
			var page []Record
			page, more, err = h.Records(h.ctx, q)
			for _, r := range page {
				got, q.Before = append(got, r.Seq), Place{Time: ms(r.Time), Seq: r.Seq}
			}
		}
		if err != nil || !slices.Equal(got, want) || counted != int64(len(want)) {
			t.Errorf("%s: %v, counted %d (%v), want %v", name, got, counted, err, want)
		}
	}
	shows("all", Narrow{}, c, b, a)
	shows("English", Narrow{Language: "en"}, c, a)
	shows("opted out", Narrow{OptedOut: true}, c, b)
	shows("held by the other ID", Narrow{Held: true}, b)
	shows("covered by an open erasure", Narrow{Waiting: true}, b, a)
	shows("several at once", Narrow{Waiting: true, OptedOut: true, Language: "de"}, b)
	got, err := h.TraitsOf(h.ctx, all)
	if err != nil || !maps.Equal(got.Languages, map[string]int64{"en": 2, "de": 1}) || got.OptedOut != 2 || got.Held != 1 || got.Waiting != 2 || got.More {
		t.Errorf("%+v %v", got, err)
	}
}

// A label has a number of its own: what came after the cut-off of a request is not covered by it, however old its record is (law L2). The list, its facet
// and what is told of a single record say the same.
func TestLateLabelIsNotCovered(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	var in []NewRecord
	for i := range 3 {
		in = append(in, NewRecord{Service: v, Kind: Message, Time: h.Now(), Answered: h.Now(), Container: "a1", Session: fmt.Sprint(i), Body: []byte(`{}`), Labels: []label.ID{parsed("anna")}[:btoi(i < 2)]})
	}
	if _, err := h.Ingest(h.ctx, audit.System, in, nil); err != nil {
		t.Fatal(err)
	}
	err := h.write(h.ctx, audit.System, func(t *tx) error { // as label repair does it, with a number of the label's own
		anna, err := t.numberOf("anna")
		if err == nil {
			_, err = t.addLabels(3, t.next(), []int64{anna})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for cutoff, want := range map[int64][]int64{1: {1}, 2: {2, 1}, 3: {2, 1}, 4: {3, 2, 1}} {
		cover := Covered{"anna", cutoff, []int64{v}}
		q := RecordQuery{Subject: "anna", Limit: 10, Narrow: Narrow{Waiting: true, Pending: []Covered{cover}}}
		page, _, err := h.Records(h.ctx, q)
		var got, told []int64
		for _, r := range page {
			got = append(got, r.Seq)
		}
		labels, lerr := h.LabelsOf(h.ctx, 3, 2, 1)
		for _, seq := range []int64{3, 2, 1} {
			if slices.ContainsFunc(labels[seq], func(l Label) bool { return cover.Covers(v, l) }) {
				told = append(told, seq)
			}
		}
		if err != nil || lerr != nil || !slices.Equal(got, want) || !slices.Equal(told, want) {
			t.Errorf("up to %d: the list has %v (%v), the labels say %v (%v), want %v", cutoff, got, err, told, lerr, want)
		}
		q.Waiting = false
		if traits, err := h.TraitsOf(h.ctx, q); err != nil || traits.Waiting != int64(len(want)) {
			t.Errorf("up to %d: the facet counts %d (%v), want %d", cutoff, traits.Waiting, err, len(want))
		}
	}
}

// Of more records than are looked at, the newest count, and it is said that there are more.
func TestTraitsAreBounded(t *testing.T) {
	h := openHouse(t)
	v := h.service().Number
	var in []NewRecord
	for i := range TraitRecords + 50 {
		in = append(in, NewRecord{Service: v, Kind: Message, Time: h.Now(), Answered: h.Now(), Language: map[bool]string{true: "fr", false: "en"}[i < 40], Container: "a1", Session: fmt.Sprint(i), Body: []byte(`{}`), Labels: []label.ID{parsed("anna")}})
	}
	if _, err := h.Ingest(h.ctx, audit.System, in[:TraitRecords], nil); err != nil {
		t.Fatal(err)
	}
	if got, err := h.TraitsOf(h.ctx, RecordQuery{Subject: "anna"}); err != nil || got.More || got.Languages["fr"] != 40 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := h.Ingest(h.ctx, audit.System, in[TraitRecords:], nil); err != nil {
		t.Fatal(err)
	}
	if got, err := h.TraitsOf(h.ctx, RecordQuery{Subject: "anna"}); err != nil || !got.More || got.Languages["fr"] != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

// TestCovers: an open erasure covers a label of its own ID, up to its cut-off, at its own services.
func TestCovers(t *testing.T) {
	c := Covered{Subject: "anna", Cutoff: 7, Services: []int64{1, 2}}
	for _, tt := range []struct {
		service int64
		label   Label
		want    bool
	}{
		{1, Label{Subject: Subject{ID: "anna"}, Seq: 7}, true}, {2, Label{Subject: Subject{ID: "anna"}, Seq: 1}, true},
		{1, Label{Subject: Subject{ID: "anna"}, Seq: 8}, false}, {3, Label{Subject: Subject{ID: "anna"}, Seq: 7}, false}, {1, Label{Subject: Subject{ID: "ben"}, Seq: 7}, false},
	} {
		if got := c.Covers(tt.service, tt.label); got != tt.want {
			t.Errorf("service %d, %+v: %v", tt.service, tt.label, got)
		}
	}
}
