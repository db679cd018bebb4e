package db

import (
	"errors"
	"testing"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// TestDroppers (laws L3, L5): each event after which a file may hold what is gone, or what nobody may read, drops the files that it may stand in;
// one that gives or takes a label does so as soon as anything is kept.
func TestDroppers(t *testing.T) {
	for _, c := range []struct {
		event         audit.Event
		held          bool
		records, said string // why each is dropped; "" = it stays
	}{
		{audit.BatchStarted, false, WhyBatch, WhyBatch}, {audit.BatchResumed, false, WhyBatch, WhyBatch},
		{audit.HoldPlaced, false, WhyKept, WhyKept}, {audit.HoldWidened, false, WhyKept, WhyKept}, {audit.RestrictionPlaced, false, WhyKept, WhyKept},
		{audit.RecordsRemoved, false, WhyReplaced, ""}, // no item stands in an improvement set
		{audit.RecordsLabelled, false, "", ""}, {audit.RecordsLabelled, true, WhyKept, WhyKept}, {audit.LabelsRepaired, true, WhyKept, WhyKept},
		{audit.RepairUndone, true, WhyKept, WhyKept}, {audit.AliasConfirmed, true, WhyKept, WhyKept}, {audit.AliasUndone, true, WhyKept, WhyKept},
		{audit.BatchDone, true, "", ""},
	} {
		h := openHouse(t)
		if c.held {
			h.writes(h.service().Number, "ada", h.now)
			if _, err := h.PlaceHold(h.ctx, "user/1", NewHold{Kind: erasure.LegalHold, Ground: "17-3-e", Records: []int64{1}, Review: h.Now().AddDate(0, 1, 0)}); err != nil {
				t.Fatal(err)
			}
		}
		records, said := h.exporting(1, ExportRecords), h.exporting(2, ExportImprovement)
		if err := h.write(h.ctx, audit.System, func(t *tx) error { return t.dropAfter(c.event) }); err != nil {
			t.Fatal(err)
		}
		for number, want := range map[int64]string{records: c.records, said: c.said} {
			j, err := h.ExportJob(h.ctx, number)
			if state := map[bool]ExportState{true: ExportDropped, false: ExportMaking}[want != ""]; err != nil || j.State != state || j.Why != want {
				t.Errorf("%s, held %v: %s is %s for %q, want %q (%v)", c.event, c.held, j.What, j.State, j.Why, want, err)
			}
		}
	}
}

// exporting begins an export of a person.
func (h *house) exporting(user int64, what string) int64 {
	h.t.Helper()
	e, _, _, err := h.StartExport(h.ctx, user, NewExport{What: what, Format: "csv"})
	if err != nil {
		h.t.Fatal(err)
	}
	return e.Number
}

// TestPackGatheredAgain: what meets a full disk is run once more, and a pack then still holds each thing once.
func TestPackGatheredAgain(t *testing.T) {
	h := openHouse(t)
	h.service()
	span, err := h.packSpan(h.ctx, NewExport{What: ExportPack, Format: ExportZip})
	for range 2 {
		err = errors.Join(err, h.write(h.ctx, audit.Operator, span.gather))
	}
	if n := len(span.pack.services); err != nil || n != 1 {
		t.Errorf("%d services, %v", n, err)
	}
}
