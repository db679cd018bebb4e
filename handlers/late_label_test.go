package handlers

import (
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

// A label that came after the cut-off of a request is not covered by it (law L2), and no page says that it is, whatever the number of its record:
// not the lists of the customer and of a filter, not the record's own page, and not the facet.
func TestLateLabelIsNotPending(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	svc, now := dbtest.Service(t, h.store, "support-bot").Number, h.store.Now()
	seqs := dbtest.Ingest(t, h.store, dbtest.Message(t, svc, now, "hello", "anna"), dbtest.Message(t, svc, now.Add(time.Second), "who am I"))
	sub, _, err := h.store.SubjectOf(t.Context(), dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	support, officer := h.people[db.RoleSupport], h.people[db.RoleOfficer]
	if _, err = h.store.SubmitErasure(t.Context(), support.Actor(), db.Proposal{Subject: sub.Ref, Ground: "17-1-b"}); err != nil {
		t.Fatal(err)
	}
	picks := []db.Pick{{Lead: seqs[1], Ref: sub.Ref}}
	plan, err := h.store.PlanRepair(t.Context(), picks)
	if err == nil {
		_, err = h.store.RepairLabels(t.Context(), officer.Actor(), picks, plan.Hash, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := h.signIn(db.RoleOfficer)
	filtered, err := h.store.SubmitFilter(t.Context(), officer.Number, "customer_id::anna")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{subjectHref(sub.Ref) + "/records", "/searches/" + filtered} {
		p := b.get(path)
		_, rows, _ := strings.Cut(p.body, "<tbody data-rows>")
		for _, row := range strings.Split(rows, "<tr>")[1:] {
			late := strings.Contains(row, recordHref(seqs[1])+`"`)
			if strings.Contains(row, "Erasure pending") == late {
				t.Errorf("%s: of the late label %v, the row says: %s", path, late, row)
			}
		}
	}
	if p := b.get(subjectHref(sub.Ref) + "/records?state=pending"); strings.Contains(p.body, recordHref(seqs[1])+`"`) || !strings.Contains(p.body, recordHref(seqs[0])+`"`) {
		t.Errorf("the facet shows other records than those that are covered")
	}
	b.get(recordHref(seqs[0])).wants(t, 200, "Erasure pending")
	if p := b.get(recordHref(seqs[1])); strings.Contains(p.body, "Erasure pending") || !strings.Contains(p.body, "Labelled after it was stored, number 3") {
		t.Errorf("the page of the record says otherwise")
	}
}
