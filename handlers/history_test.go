package handlers

import (
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/views"
	"quittance/views/lang"
)

// Of many calls in a row the newest stand there, the others are folded in their order; nothing is lost, and what is no call stays where it is.
func TestCallsAreFolded(t *testing.T) {
	for name, tt := range map[string]struct {
		events string // c a call, o something else
		want   []int  // 0 an entry, else how many are folded
	}{
		"none":            {"", nil},
		"few":             {"cccc", []int{0, 0, 0, 0}},
		"many":            {"ccccc", []int{0, 0, 0, 2}},
		"with others":     {"occcccccoco", []int{0, 0, 0, 0, 4, 0, 0, 0}},
		"two rows of one": {"cccccoccccc", []int{0, 0, 0, 2, 0, 0, 0, 0, 2}},
	} {
		var entries []db.AuditEntry
		var events []views.Event
		for i, c := range tt.events {
			event := audit.ErasureStarted
			if c == 'c' {
				event = calls[i%len(calls)]
			}
			entries, events = append(entries, db.AuditEntry{Event: event}), append(events, views.Event{What: lang.Raw(string(c))})
		}
		got, all := foldCalls(entries, events), 0
		if len(got) != len(tt.want) {
			t.Errorf("%s: %d lines, want %d", name, len(got), len(tt.want))
			continue
		}
		for i, e := range got {
			if all += max(1, len(e.Folded)); len(e.Folded) != tt.want[i] {
				t.Errorf("%s: line %d folds %d, want %d", name, i, len(e.Folded), tt.want[i])
			}
		}
		if all != len(events) {
			t.Errorf("%s: of %d entries %d are there", name, len(events), all)
		}
	}
}
