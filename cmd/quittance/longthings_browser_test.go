package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// What is long and has no gap in it, as tokens, hashes and the names of machines are. An underscore is no place to break a line.
var (
	longID      = "tok_" + strings.Repeat("Q7x9Lk2m", 31) + "9aZ4" // 256 bytes
	longestID   = "urn_" + strings.Repeat("5d41402abc4b2a76", 63) + "0123456789ab"
	longPerson  = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
	longService = "kundenservice_assistent_produktion_frankfurt_rechenzentrum_zwei_mandant_471_202" // 80, as many as a name may have
)

// TestLongThings puts a customer whose ID is as long as a token, people and a service with long names through the console in German, whose words
// are longer than ours: at 390 and at 1440 px nothing scrolls sideways, and no text lies over what stands beside it.
func TestLongThings(t *testing.T) {
	t.Parallel()
	h := serve(t, buildBinary(t), "-batch-every", "1s", "-cancel-window", "1s", "-breaker-floor", "100", "-language", "de")
	bot := h.addService(t, longService)
	bot.talkAs(longID, "Wo ist mein Paket?", longestID, "Und die Rechnung "+strings.Repeat("R4711", 30)+"?")
	b := openBrowser(t)
	support, house := h.longAccount(t, b, "support"), h.longAccount(t, b, "officer,auditor,admin")
	longSubject(support)
	longTicket(support)
	longHold(house)
	longErasure(t, support, house)
	longHouse(house)
}

// longAccount is somebody with a long name and a long address, who has signed in.
func (h *house) longAccount(t *testing.T, b *browser, roles string) *tab {
	t.Helper()
	name, _, _ := strings.Cut(roles, ",")
	a := account{Email: name + "." + strings.ToLower(longPerson[:50]) + "@" + strings.ToLower(longPerson) + ".example", Password: "a long word for " + name}
	h.command(t, a.Password+"\n", "user add", "-email", a.Email, "-name", name+longPerson, "-role", roles, "-password-file", "-")
	p := b.person(t, h.origin)
	p.asks("de")
	p.signIn(a)
	return p
}

// talkAs is one conversation in which two customers say something each, as where an application changed its IDs.
func (a *application) talkAs(turns ...string) {
	a.t.Helper()
	var session struct {
		SessionID string `json:"session_id"`
	}
	base := "/v2/assistants/7b2f/sessions"
	if err := json.Unmarshal(a.curl("POST", base+"?version="+a.assistantVersion, "", 201), &session); err != nil {
		a.t.Fatal(err)
	}
	for i := 0; i < len(turns); i += 2 {
		body := fmt.Sprintf(`{"input":{"message_type":"text","text":%q}}`, turns[i+1])
		a.curl("POST", base+"/"+session.SessionID+"/message?version="+a.assistantVersion, body, 200, "X-Watson-Metadata: customer_id="+turns[i])
	}
}

// finds looks for an ID as somebody does who pastes it: to type a thousand letters takes a browser longer than the rest of the way.
func finds(id string) func(*tab) {
	return then(at("/search"), chooses("#q", id), clicks(".ask button", 200))
}

// of leads to what is known of an ID.
func of(id string) func(*tab) { return then(finds(id), clicks(`a.btn[href^="/subjects/"]`, 200)) }

// longSubject finds the customer and what they said, and joins the two IDs.
func longSubject(p *tab) {
	p.t.Helper()
	list := longID + "\n" + longestID + "\n" + longID[1:]
	for _, s := range []sight{
		{"search result", finds(longID)},
		{"record", clicks("[data-rows] a[data-row]", 200)},
		{"list looked up", then(at("/search"), opens("#list summary"), chooses("#ids", list), clicks("#list button", 200))},
		{"search without hits", finds(longestID[1:])},
		{"was it erased", then(at("/search"), chooses("#erased [name=id]", longID), clicks("#erased button", 200))},
		{"subject", of(longID)},
		{"records of a subject", clicks(`.acts a[href$="/records"]`, 200)},
		{"subject, alias confirmed", then(of(longID), clicks(`form[action$="/aliases"] button`, 200))},
		{"new erasure of a person", clicks(`a[href^="/erasures/new"]`, 200)},
		{"subject, alias undone", then(of(longID), clicks(`form[action$="/aliases/undo"] button`, 200))},
		{"list", then(at("/erasures/bulk"), chooses("[name=ids]", list), clicks(`form[action="/erasures/bulk"] button`, 200))},
	} {
		s.way(p)
		p.fits(s.name)
	}
}

// longTicket opens a ticket of somebody whose every word is long.
func longTicket(p *tab) {
	p.t.Helper()
	p.visit("/tickets/new")
	p.choose("[name=right]", "erasure")
	p.choose("[name=regime]", "eu-gdpr")
	p.choose("[name=ids]", longID+"\n"+longestID)
	p.choose("[name=name]", longPerson)
	p.choose("[name=contact]", longPerson+"@"+longPerson+".example")
	p.choose("[name=note]", "https://mail.example/"+strings.Repeat("anlage", 40))
	p.fits("new ticket")
	p.click(`form[action="/tickets"] button`, 200)
	p.fits("ticket")
	script(`for (const d of document.querySelectorAll("main details")) d.open = true`)(p)
	p.fits("ticket, all unfolded")
	p.visit("/tickets")
	p.fits("tickets")
}

// longHold holds what the second ID has.
func longHold(p *tab) {
	p.t.Helper()
	then(of(longestID), clicks(`a[href^="/holds/new?subject"]`, 200), chooses("[name=reason]", "17-3-e"))(p)
	p.choose("[name=custodian]", longPerson)
	p.choose("[name=note]", strings.Repeat("Aktenzeichen", 30))
	p.fits("new hold")
	p.click(`form[action="/holds"] button`, 200)
	p.fits("hold")
	for name, way := range map[string]func(*tab){
		"holds": at("/holds"), "search result held": finds(longestID), "subject held": of(longestID),
		"new erasure of what is held": then(of(longestID), clicks(`a[href^="/erasures/new"]`, 200)),
	} {
		way(p)
		p.fits(name)
	}
}

// longErasure goes from the proposal to the receipt.
func longErasure(t *testing.T, support, officer *tab) {
	t.Helper()
	then(of(longID), clicks(`a[href^="/erasures/new"]`, 200))(support)
	support.fits("new erasure")
	support.choose("[name=reason]", "17-1-b")
	support.choose("[name=note]", strings.Repeat("Vorgang", 40))
	support.click(`form[action="/erasures"] button`, 200)
	support.fits("erasure proposed, for its proposer")
	page := support.path()
	officer.visit("/")
	officer.fits("overview")
	officer.visit(page)
	officer.until(`pushes > 0`) // what is typed before the first push may be gone
	officer.fits("erasure proposed")
	officer.fill("[name=confirm]", eval[string](officer, `document.querySelector('form[action$="/approve"]').textContent.match(/[„“](.+?)[“”]/)[1]`))
	officer.click(`form[action$="/approve"] button:not([data-copy])`, 200)
	officer.until(`document.querySelector('a[href$="/receipt"]') !== null`)
	officer.fits("erasure done")
	officer.click(`a[href$="/receipt"]`, 200)
	officer.fits("receipt")
	officer.visit(page)
	officer.click(`a[href^="/batches/"]`, 200)
	officer.fits("batch")
	for _, path := range []string{"/erasures", "/batches"} {
		officer.visit(path)
		officer.fits(path[1:])
	}
}

// longHouse looks at the pages that name people and services.
func longHouse(p *tab) {
	p.t.Helper()
	for _, s := range []sight{
		{"audit trail", at("/audit")}, {"audit entry", row("/audit")}, {"services", at("/services")}, {"service", row("/services")},
		{"users", at("/users")}, {"user", row("/users")}, {"label coverage", at("/coverage")}, {"retention", at("/retention")}, {"sessions", at("/sessions")},
	} {
		s.way(p)
		p.fits(s.name)
	}
}

// fits wants everything on the page to keep to its place at both widths.
func (p *tab) fits(name string) {
	p.t.Helper()
	for _, l := range []look{looks[2], desktop} {
		p.as(l)
		eval[bool](p, drawn)
		for _, s := range eval[[]string](p, spills) {
			p.t.Errorf("%s, %s: %s", name, l.name, s)
		}
		p.shoot("long "+name, l)
	}
}

// spills names what is wider than its place: the page, a table, or a text that leaves its cell, its panel or the page.
const spills = `(() => {
	const out = [], name = e => e.tagName.toLowerCase() + "." + e.className;
	const boxes = document.querySelectorAll(innerWidth < 800 ? ".table-container:not(:has(.heat))" : ".table-container"); // a heat map of four weeks moves in its own box on a telephone
	for (const e of [document.scrollingElement, ...boxes])
		if (e.scrollWidth > e.clientWidth) out.push(name(e) + " is " + e.scrollWidth + " wide and scrolls sideways");
	const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
	for (let n = texts.nextNode(); n; n = texts.nextNode()) {
		const box = n.parentElement.closest("td,th,dt,dd,.panel,main"), range = document.createRange();
		range.selectNodeContents(n);
		if (n.data.trim() && !n.parentElement.closest(".vh,thead,svg") && [...range.getClientRects()].some(r => r.right > box.getBoundingClientRect().right + 1))
			out.push(JSON.stringify(n.data.slice(0, 30)) + " in " + name(n.parentElement) + " leaves " + name(box));
	}
	return out;
})()`
