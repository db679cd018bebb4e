package handlers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
)

// TestBearerOfARestriction: of a restricted person nothing that leads to them reaches the page, whatever it would do with it (Art. 18(2)).
func TestBearerOfARestriction(t *testing.T) {
	r, s := httptest.NewRequest("GET", "/coverage/conversations", nil), &Server{}
	bearer := db.Bearer{Subject: db.Subject{ID: "anna", Ref: "s_1"}, Messages: 2, Held: true, Late: 7}
	if row := s.bearerRow(r, db.Talk{Lead: 12}, bearer); row.ID != "anna" || row.Href == "" || row.Value != "12.s_1" || len(row.Notes) != 2 {
		t.Errorf("%+v", row)
	}
	bearer.Frozen = true
	if row := s.bearerRow(r, db.Talk{Lead: 12}, bearer); !row.Frozen || row.ID+row.Href+row.Value != "" || len(row.Notes) != 0 || row.Evidence == "" {
		t.Errorf("%+v", row)
	}
}

// TestContainerIsMasked: an application names its assistants as it likes, so the coverage masks the name.
func TestContainerIsMasked(t *testing.T) {
	h := openHouse(t, nil)
	r := dbtest.Message(t, dbtest.Service(t, h.store, "support-bot").Number, h.clock.Now(), "hello")
	r.Container = "anna@mail.example"
	dbtest.Ingest(t, h.store, r)
	if got := h.signIn(db.RoleAuditor).get("/coverage").wants(t, http.StatusOK, "[email]"); strings.Contains(got.body, "anna@mail.example") {
		t.Errorf("it is in clear:\n%s", got.body)
	}
}
