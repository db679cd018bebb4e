package db

import (
	"strings"
	"testing"
)

// What is asked with each change of a ticket, each status and each call to a controller is found by an index, however many tickets there are.
func TestDSRIsAskedByIndex(t *testing.T) {
	h := openHouse(t)
	for index, question := range map[string]string{"ticket_merged": originSQL, "answer_link_controller": resultsSQL, "dsr_outbox_open": dueDSRSQL} {
		var plan []string
		rows, err := h.readers.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+strings.ReplaceAll(question, "?", "1"))
		err = each(rows, err, func() error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
		got := strings.Join(plan, "\n")
		if err != nil || !strings.Contains(got, index) {
			t.Errorf("without the index %s: %v\n%s", index, err, got)
		}
		for _, table := range []string{"SCAN k", "SCAN d", "SCAN l", "SCAN a\n", "SCAN c"} {
			if strings.Contains(got+"\n", table+"\n") || strings.Contains(got, table+" ") {
				t.Errorf("%s: all of a table is read\n%s", index, got)
			}
		}
	}
}
