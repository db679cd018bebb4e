package handlers

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
)

// proposed makes records under an ID and proposes their erasure, as support.
func (h *house) proposed(service int64, id string) int64 {
	h.t.Helper()
	dbtest.Ingest(h.t, h.store, dbtest.Message(h.t, service, h.store.Now(), "hello", id))
	sub, ok, err := h.store.SubjectOf(h.t.Context(), dbtest.ID(h.t, id))
	if err != nil || !ok {
		h.t.Fatal(ok, err)
	}
	n, err := h.store.SubmitErasure(h.t.Context(), h.people["support"].Actor(), db.Proposal{Subject: sub.Ref, Ground: "17-1-b"})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestHome(t *testing.T) {
	h := openHouse(t, nil)
	support, officer := h.signIn("support"), h.signIn("officer")
	support.get("/").wants(t, http.StatusOK, "Nothing waits for you", "No service is registered yet")
	svc := dbtest.Service(t, h.store, "support-bot")
	n := h.proposed(svc.Number, "abc")
	dbtest.Ingest(t, h.store, dbtest.Message(t, svc.Number, h.store.Now(), "no label"))
	support.get("/").wants(t, http.StatusOK, "Nothing waits for you", "50 % labelled", "eu-de, support-bot")
	officer.get("/").wants(t, http.StatusOK, "Approve or refuse erasure 1", "Proposed by Support Person", `href="/erasures/1"`)

	sub, _, _ := h.store.SubjectOf(t.Context(), dbtest.ID(t, "abc"))
	if _, err := h.store.SubmitErasure(t.Context(), h.people["officer"].Actor(), db.Proposal{Subject: sub.Ref, Ground: "17-1-b"}); err != nil {
		t.Fatal(err)
	}
	if own := officer.get("/"); strings.Contains(own.body, "Approve or refuse erasure 2") {
		t.Error("an officer's own proposal waits for them")
	}
	e, err := h.store.Erasure(t.Context(), n)
	if err == nil {
		err = h.store.ApproveErasure(t.Context(), h.people["officer"].Actor(), n, e.ManifestHash)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Pass(10 * time.Minute)
	officer.get("/").wants(t, http.StatusOK, "Nothing waits for you", "What is due next stands first.", "Scheduled", "23 h 50 min left")
	h.clock.Pass(20*time.Hour + 10*time.Minute)
	support = h.signIn("support")
	support.get("/").wants(t, http.StatusOK, "3 h 40 min left")
	if page := support.get("/"); strings.Contains(page.body, "past the 24 hours") || !strings.Contains(page.body, "1 scheduled erasure was taken by no batch for an hour") {
		t.Error("an erasure within its 24 hours that no batch takes does not raise its alarm, or another")
	}
	h.clock.Pass(4 * time.Hour)
	h.signIn("support").get("/").wants(t, http.StatusOK, "late by 20 min", "Needs attention now", "1 erasure is past the 24 hours and not ended")
}

// Every kind of alarm has its sentence and a page to look at.
func TestAlarmWords(t *testing.T) {
	for _, k := range db.AlarmKinds {
		w, ok := alarmWords[k]
		if !ok || w.say(db.Alarm{Kind: k, Count: 2}) == "" || w.href == "" || w.tone == "" {
			t.Errorf("%s has no words", k)
		}
	}
	if len(alarmWords) != len(db.AlarmKinds) {
		t.Error("a kind of alarm stands in one list and not in the other")
	}
}

// TestErasureDays: the day of the reader's zone counts, and only what is done has a time.
func TestErasureDays(t *testing.T) {
	h := openHouse(t, nil)
	svc := dbtest.Service(t, h.store, "support-bot")
	var all []int64
	for _, id := range []string{"a", "b", "c"} {
		all = append(all, h.proposed(svc.Number, id))
	}
	for _, n := range all[:2] {
		e, _ := h.store.Erasure(t.Context(), n)
		if err := h.store.ApproveErasure(t.Context(), h.people["officer"].Actor(), n, e.ManifestHash); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.Pass(16 * time.Hour) // 01:00 on 3 March, UTC
	if err := h.store.WithdrawErasure(t.Context(), h.people["support"].Actor(), all[2]); err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.NewRunner(h.store, slog.New(slog.DiscardHandler)).Run(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	days, err := h.store.ErasureDays(t.Context(), 3, time.UTC)
	if err != nil || len(days) != 3 || days[0].Filed+days[0].Ended != 0 || days[1].Filed != 3 || days[1].Ended != 0 || days[2].Filed != 0 || days[2].Ended != 3 ||
		days[2].Done != 2 || days[2].P50 != 16*time.Hour || days[2].Max != 16*time.Hour {
		t.Errorf("in UTC: %+v (%v)", days, err)
	}
	west, _ := time.LoadLocation("America/New_York")
	days, err = h.store.ErasureDays(t.Context(), 3, west)
	if err != nil || days[2].Filed != 3 || days[2].Ended != 3 || days[2].Day.Format(time.DateOnly) != "2026-03-02" {
		t.Errorf("in New York: %+v (%v)", days, err)
	}
	page := h.signIn("officer").get("/").wants(t, http.StatusOK, "16.0 h")
	if strings.Contains(page.body, "late by") {
		t.Error("what is done is still due")
	}
	h.noted(audit.BatchDone, audit.System, "batch/1")
}
