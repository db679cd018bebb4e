package main_test

import "testing"

// TestGermanInBrowser: whoever's browser asks for German reads German, from the door to the end of an erasure's proposal; what a person chose
// counts more than what the browser asks for. The pages are as good for those who see little, and on a telephone, as in English.
func TestGermanInBrowser(t *testing.T) {
	t.Parallel()
	h := serve(t, buildBinary(t), "-demo")
	accounts, b := h.accounts(t), openBrowser(t)
	p := b.person(t, h.origin)
	p.asks("de-DE,de;q=0.9,en;q=0.5")
	p.visit("/signin")
	p.reads("Anmelden")
	p.inspect("the door in German")
	p.signIn(accounts["officer"])
	p.reads("Übersicht", "Löschungen")
	for _, path := range []string{"/", "/erasures", "/batches", "/holds", "/tickets", "/statistics/tickets", "/help", "/clock", "/policies"} {
		p.visit(path)
		p.inspect("in German " + path)
	}
	row("/erasures?state=proposed")(p)
	p.reads("Stichpunkt", "Genehmigen")
	p.inspect("proposal in German")
	row("/tickets")(p)
	p.inspect("ticket in German")

	p.visit("/settings")
	p.choose("[name=language]", "en")
	p.click(`form[action="/settings"] .acts button`, 200)
	p.visit("/erasures")
	p.reads("Erasures")
}
