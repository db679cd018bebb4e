package handlers

import (
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
)

// TestNewsWords: whatever can be told has its sentence, a page that there is, and somebody who hears of it.
func TestNewsWords(t *testing.T) {
	h := openHouse(t, nil)
	admin := h.person("all@q.example", "All Roles", db.Roles()...)
	b := h.signInAs(admin.Email)
	groups := map[string]bool{}
	for _, what := range db.Whats() {
		groups[what.Group()] = true
		sentence, path := Config{}.tellNews("en", db.News{What: what, Object: audit.ObjectOf(audit.KindErasure, 712), Count: 3})
		if len(sentence) < 10 || !strings.HasPrefix(path, "/") || strings.Contains(sentence, "N ") || what.Alarm() == "" && !strings.Contains(path, "712") && path != "/casefiles" {
			t.Errorf("%s: %q at %q", what, sentence, path)
		}
		address, _, _ := strings.Cut(path, "#")
		if got := b.get(strings.ReplaceAll(address, "712", "1")); got.status != 200 && got.status != 404 {
			t.Errorf("%s leads to %s, which answers %d", what, path, got.status)
		}
		heard := false
		for _, role := range db.Roles() {
			heard = heard || mayHear(h.people[role], what)
		}
		if !heard {
			t.Errorf("nobody hears of %s", what)
		}
	}
	for what := range newsWords {
		if !groups[what.Group()] {
			t.Errorf("%s is told by nobody", what)
		}
	}
	for _, g := range db.Groups() {
		if !groups[g] || groupWords[g].label == "" || houseWords[g] == "" {
			t.Errorf("group %s has no words, or nothing in it", g)
		}
	}
	if mayHear(h.people[db.RoleSupport], db.ErasureWaits) || !mayHear(h.people[db.RoleOfficer], db.ErasureWaits) || mayHear(h.people[db.RoleAuditor], db.PartFails) {
		t.Error("somebody hears of what they may not decide, or does not of what they may")
	}
}

// TestNewsInGerman: mail is in the language of who reads it; where they chose none, in the house's.
func TestNewsInGerman(t *testing.T) {
	n := db.News{What: db.TicketOverdue, Object: audit.ObjectOf(audit.KindTicket, 712)}
	for _, c := range []struct{ house, person, sentence, several string }{
		{"", "", "Ticket 712 is overdue", "2 things to look at"},
		{"", "de", "Vorgang 712 ist überfällig", "2 Hinweise"},
		{"de", "", "Vorgang 712 ist überfällig", "2 Hinweise"},
		{"de", "en", "Ticket 712 is overdue", "2 things to look at"},
	} {
		conf := Config{Language: Language(c.house)}
		if sentence, _ := conf.tellNews(c.person, n); sentence != c.sentence {
			t.Errorf("the house %q, the person %q: %q", c.house, c.person, sentence)
		}
		if got := conf.mailPhrases(c.person).Several(2); got != c.several {
			t.Errorf("the house %q, the person %q: %q", c.house, c.person, got)
		}
	}
}
