package handlers

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/label"
)

// TestSayingIsMasked: of a message of either version comes what was said, what was answered and what was understood, and in none of it is a
// person. An application fills each of these fields, the language among them.
func TestSayingIsMasked(t *testing.T) {
	who := "Anna and ANNA.schmidt, mail a@b.de"
	masked := "[customer id] and [customer id], mail [email]"
	asked := `{"request":{"input":{"text":"` + who + `"}},"response":`
	v2 := asked + `{"output":{"generic":[{"text":"Dear ` + who + `"},{"text":""}],"text":["not this"],"intents":[{"intent":"mail to a@b.de","confidence":0.5}]}}}`
	v1 := asked + `{"output":{"text":["Dear ` + who + `"]},"intents":[{"intent":"anna.schmidt","confidence":0.5}]}}`
	labels := []db.Label{{Subject: db.Subject{ID: "anna"}}, {Subject: db.Subject{ID: "anna.schmidt"}}}
	for _, c := range []struct {
		kind                           db.Kind
		body, language                 string
		said, answers, intent, spokenN string
	}{
		{db.Message, v2, "en", masked, "Dear " + masked, "mail to [email]", "en"},
		{db.Message, v1, "pt-BR", masked, "Dear " + masked, "[customer id]", "pt-BR"},
		{db.Message, v2, "anna.schmidt", masked, "Dear " + masked, "mail to [email]", ""},
		{db.Query, v2, "en", "", "", "", "en"}, // what is no message has no words
		{db.Message, "no JSON", "en", "", "", "", "en"},
	} {
		got := sayingOf(db.Record{Kind: c.kind, Time: time.Date(2026, 3, 2, 23, 59, 0, 0, time.UTC), Language: c.language, Body: []byte(c.body)}, labels)
		var intents []string
		for _, i := range got.Intents {
			intents = append(intents, i.Intent)
		}
		if got.Said != c.said || strings.Join(got.Answered, "|") != c.answers || strings.Join(intents, "|") != c.intent || got.Language != c.spokenN || got.Day != "2026-03-02" { // no hour, by which it could be found
			t.Errorf("%s in %s: %+v", c.body, c.language, got)
		}
	}
}

// TestLanguageIsMasked: what a log that was imported says in the field of the language is masked where a record is read, and left out of its CSV.
func TestLanguageIsMasked(t *testing.T) {
	h := openHouse(t, nil)
	r := dbtest.Message(t, dbtest.Service(t, h.store, "support-bot").Number, h.clock.Now(), "hello", "cust_1")
	r.Language = "anna@mail.example"
	dbtest.Ingest(t, h.store, r)
	b := h.signIn(db.RoleOfficer)
	shown := b.get("/records/1").wants(t, http.StatusOK, "[email]")
	file := b.post(b.post("/search", "q", "cust_1").next()+"/csv").wants(t, http.StatusOK, ",Message,,true,hello")
	if strings.Contains(shown.body+file.body, "anna@mail.example") {
		t.Errorf("the language is in clear:\n%s\n%s", shown.body, file.body)
	}
}

// TestImprovementLeavesPendingOut: of several open erasures of one ID each keeps back what it covers, at its own service.
func TestImprovementLeavesPendingOut(t *testing.T) {
	h := openHouse(t, nil)
	one, two := dbtest.Service(t, h.store, "one").Number, dbtest.Service(t, h.store, "two").Number
	for _, service := range []int64{one, two} {
		dbtest.Ingest(t, h.store, dbtest.Message(t, service, h.clock.Now(), "hello", "anna"))
		id, err := label.Parse(label.Assistant, "anna")
		if err == nil {
			_, err = h.store.AcceptErasure(t.Context(), "key/1", service, id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSpace(h.signIn(db.RoleOfficer).post("/exports", "what", "improvement", "format", "ndjson").body), "\n")
	var end setEnd
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || len(lines) != 1 || end.LeftOut["erasure_pending"] != 2 {
		t.Errorf("%q, %v", lines, err)
	}
}
