package db

import (
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// The rail stands on each page: it counts by indexes alone, what it counts and no more, and it counts what the lists do.
func TestRail(t *testing.T) {
	h := openHouse(t)
	for sql, want := range map[string]string{dueTicketsSQL: "SEARCH ticket USING COVERING INDEX ticket_open_choices (stands=? AND due<?)",
		dueHoldsSQL: "SEARCH hold USING COVERING INDEX hold_review (review<?)", countErasuresSQL: "SCAN erasure USING COVERING INDEX erasure_counted"} {
		args := []any{1}[:strings.Count(sql, "?")]
		if plan := strings.Join(h.plan(sql, args...), "\n"); !strings.Contains(plan, want) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s:\n%s\nwant %s", sql, plan, want)
		}
	}
	manyMadeUpTickets(t, h.Store, 700)
	h.writes(h.service().Number, "anna", h.Now())
	for i := range 3 {
		_, err := h.PlaceHold(h.ctx, audit.Operator, NewHold{Kind: erasure.LegalHold, Ground: "17-3-e", Records: []int64{1}, Review: h.Now().AddDate(0, 0, i+1)})
		if err != nil {
			t.Fatal(err)
		}
	}
	h.pass(48 * time.Hour)
	tickets, err := h.CountTickets(h.ctx, 1)
	due, derr := h.DueTickets(h.ctx)
	if err != nil || derr != nil || due != tickets.Soon+tickets.Overdue || due == 0 || due == tickets.Running {
		t.Errorf("%d tickets are due (%v), the list says %+v (%v)", due, derr, tickets, err)
	}
	holds, err := h.CountHolds(h.ctx)
	due, derr = h.DueHolds(h.ctx)
	if err != nil || derr != nil || due != holds.Due || due != 2 {
		t.Errorf("%d holds are due (%v), the list says %+v (%v)", due, derr, holds, err)
	}
}
