package handlers

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/dbtest"
)

// TestFilterThatLooksTooFar: a filter without an index says how far it looked, and its link looks on until there is an answer.
func TestFilterThatLooksTooFar(t *testing.T) {
	h := openHouse(t, func(c *Config) { c.SearchRows = 512 })
	svc := dbtest.Service(t, h.store, "support-bot")
	records := make([]db.NewRecord, 1500)
	for i := range records {
		records[i] = dbtest.Message(t, svc.Number, h.store.Now().Add(time.Duration(i)*time.Minute), "hello", "abc")
	}
	records[3].Text, records[3].Session = "The one that counts", "rare"
	dbtest.Ingest(t, h.store, records...)
	b := h.signIn(db.RoleSupport)
	p := b.post("/search", "filter", "session_id::rare")
	next := p.next()
	for tries := 1; ; tries++ {
		p = b.get(next)
		if p.status != http.StatusOK || tries > 10 {
			t.Fatalf("%d after %d pages", p.status, tries)
		}
		if strings.Contains(p.body, "The one that counts") {
			if tries < 2 || strings.Contains(visible(p), "not the whole answer") {
				t.Errorf("found on page %d: %s", tries, visible(p))
			}
			break
		}
		on := regexp.MustCompile(`href="([^"]*)">look on from there`).FindStringSubmatch(p.body)
		if !strings.Contains(visible(p), "Nothing found so far") || !strings.Contains(visible(p), "looked as far as messages of") || on == nil {
			t.Fatalf("page %d does not say how far it looked: %s", tries, visible(p))
		}
		next = on[1]
	}
	p = b.get(b.post("/search", "filter", "session_id::rare,customer_id::abc,request_timestamp<="+records[400].Time.Format(time.RFC3339)).next())
	if strings.Contains(visible(p), "not the whole answer") || !strings.Contains(p.body, "The one that counts") {
		t.Errorf("narrowed: %s", visible(p))
	}
}
