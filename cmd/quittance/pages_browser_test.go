package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// wellKnown is a customer of the demo who writes to several services.
const wellKnown = "cust_8842"

// sight is something that a person can come to see, and how they come there.
type sight struct {
	name string
	way  func(*tab)
}

// at is the way to a path.
func at(path string) func(*tab) { return func(p *tab) { p.visit(path) } }

// refusedAt is the way to a page that comes with another status.
func refusedAt(path string, status int) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		if got := p.open(path); got != status {
			p.fatal("GET %s answers %d, want %d", path, got, status)
		}
	}
}

// row is the way through a list to the page of its first line.
func row(list string) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		p.visit(list)
		p.click("[data-rows] a[data-row]", 200)
	}
}

// trained checks a small skill.
func trained(p *tab) {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "skill.json")
	skill := `{"intents":[{"intent":"refund","examples":[{"text":"hello, my name is Anna Schmidt and I want my money back"},{"text":"I have diabetes, write to anna@example.org"}]}],
		"dialog_nodes":[{"dialog_node":"node_1","conditions":"input.text == 'anna@example.org'","output":{"generic":[{"values":[{"text":"Call 030 1234567"}]}]}}]}`
	if err := os.WriteFile(file, []byte(skill), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.act(chromedp.SetUploadFiles("#f-file", []string{file}))
	p.click(`button[name=act][value=check]`, 200)
}

// imported sends a small file of logs, of which one line is none.
func imported(p *tab) {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "logs.ndjson")
	if err := os.WriteFile(file, []byte("{}\n"), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.act(chromedp.SetUploadFiles("#f-file", []string{file}))
	p.click(`form[action="/imports"] button`, 200)
	p.until(`document.querySelector("h1 .st.ok") !== null`)
}

// then goes on from one way with another.
func then(ways ...func(*tab)) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		for _, w := range ways {
			w(p)
		}
	}
}

// clicks presses what leads to a page with the status.
func clicks(selector string, status int) func(*tab) {
	return func(p *tab) { p.t.Helper(); p.click(selector, status) }
}

// opens unfolds something on the page.
func opens(selector string) func(*tab) {
	return func(p *tab) { p.t.Helper(); p.act(press(selector)) }
}

// chooses picks an option.
func chooses(selector, value string) func(*tab) {
	return func(p *tab) { p.t.Helper(); p.choose(selector, value) }
}

// script changes the page as no visitor would, to come to what a page says to those who come round its own checks.
func script(js string) func(*tab) {
	return func(p *tab) { p.t.Helper(); eval[chromedp.Void](p, js) }
}

// unchecked sends a form past the browser's own checks, changed as no visitor could.
func unchecked(form, change string) func(*tab) {
	send := fmt.Sprintf(`{ const form = document.querySelector(%q); %s; form.submit() }`, form, change)
	return func(p *tab) {
		p.t.Helper()
		if status := p.follow(chromedp.Evaluate[chromedp.Void](send)); status != 422 {
			p.fatal("the form %s is answered with %d, want 422", form, status)
		}
	}
}

// searches looks for a customer ID by the box.
func searches(id string, status int) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		p.visit("/search")
		p.fill("#q", id)
		p.click(".ask button", status)
	}
}

// filters looks for messages by the advanced box.
func filters(text string, status int) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		p.visit("/search")
		p.act(press(".advanced summary"))
		p.fill("#filter", text)
		p.click(".advanced button", status)
	}
}

// asks asks whether an ID was erased.
func asks(id string, status int) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		p.visit("/search")
		p.fill("#erased [name=id]", id)
		p.click("#erased button", status)
	}
}

// looksUp types a list of customer IDs into the search.
func looksUp(ids string, status int) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		p.visit("/search")
		p.act(press("#list summary"))
		p.fill("#ids", ids)
		p.click("#list button", status)
	}
}

// lists types a list of customer IDs.
func lists(ids string, status int) func(*tab) {
	return func(p *tab) {
		p.t.Helper()
		p.visit("/erasures/bulk")
		p.fill("[name=ids]", ids)
		p.click(`form[action="/erasures/bulk"] button`, status)
	}
}

var subject = then(searches(wellKnown, 200), clicks(`a.btn[href^="/subjects/"]`, 200))

// images are those of the customer, by the list's own filter; shown waits until one is on the screen.
var (
	images = then(searches(wellKnown, 200), clicks(`.facets a[href*="kind=2"]`, 200))
	shown  = func(p *tab) {
		p.t.Helper()
		p.until(`document.querySelector(".picture img").complete && document.querySelector(".picture img").naturalWidth > 0`)
	}
)

// found is the newest record of a kind that the customer has.
func found(kind string) func(*tab) {
	return then(searches(wellKnown, 200), clicks(`.facets a[href*="kind=`+kind+`"]`, 200), clicks("[data-rows] a[data-row]", 200))
}

// sights is the map of the console, as each person finds it: every page, with what can be opened on it, and every refusal.
var sights = map[string][]sight{
	"": {
		{"sign-in", at("/signin")},
		{"sign-in refused", then(at("/signin"), func(p *tab) {
			p.fill("[name=email]:not([type=hidden])", "nobody@demo.example")
			p.fill("[name=password]:not([type=hidden])", "not this one")
		}, clicks(`form.form[action="/signin"] button`, 401))},
	},
	"support": {
		{"overview of support", at("/")},
		{"menu", then(at("/"), script(`document.querySelector("details.menu").open = true`))},
		{"session warning", then(at("/"), script(`document.querySelector("#session-warning").hidden = false`))},
		{"search", at("/search")},
		{"search refused", searches("a;b", 422)},
		{"search without hits", searches("cust_nobody", 200)},
		{"search of a similar ID", searches("CUST-8842", 200)},
		{"new erasure elsewhere", then(searches("cust_nobody", 200), clicks(`a.btn[href$="/erasure"]`, 200))},
		{"new erasure elsewhere refused", then(searches("cust_nobody", 200), clicks(`a.btn[href$="/erasure"]`, 200), unchecked(`form[action$="/erasure"]`, ""))},
		{"search result", searches(wellKnown, 200)},
		{"search with the filter's box open", then(at("/search"), script(`document.querySelector(".advanced").open = true`))},
		{"filter refused", filters("customer_id::cust,nonsense::a", 422)},
		{"filter without hits", filters("customer_id::nobody", 200)},
		{"filter refused at its end", filters("customer_id::(cust", 422)},
		{"filter result", filters("request.input.text:order", 200)},
		{"list looked up", looksUp(wellKnown+"\nCUST-8842\nno=one\n"+wellKnown+"\nnobody", 200)},
		{"list refused", looksUp("no=one", 422)},
		{"filter that asks for a person", filters("customer_id::"+wellKnown, 200)},
		{"filter saved", then(filters("request.input.text:order", 200), func(p *tab) {
			p.act(press("#save summary"))
			p.fill("#save [name=name]", "Orders")
		}, script(`document.querySelector("#save [name=shared]").checked = true`), clicks("#save button", 200))},
		{"search with saved filters", then(at("/search"), script(`for (const d of document.querySelectorAll("details")) d.open = true`))},
		{"linked services asked", then(searches(wellKnown, 200), func(p *tab) { p.until(`document.querySelector("#elsewhere-h") !== null`) })},
		{"linked services on a page of their own", then(subject, func(p *tab) { p.until(`document.querySelector("#elsewhere-h") !== null`) }, clicks(`#elsewhere a[href$="/elsewhere"]`, 200))},
		{"search narrowed", then(searches(wellKnown, 200), clicks(".facets a", 200))},
		{"subject", subject},
		{"records of a subject", then(subject, clicks(`.acts a[href$="/records"]`, 200))},
		{"record", then(searches(wellKnown, 200), clicks("[data-rows] a[data-row]", 200))},
		{"record, purpose refused", then(searches(wellKnown, 200), clicks("[data-rows] a[data-row]", 200),
			unchecked(`form[action$="/reveal"]`, `const s = form.querySelector("select"); s.append(new Option("", "none", true, true))`))},
		{"record revealed", then(searches(wellKnown, 200), clicks("[data-rows] a[data-row]", 200), chooses("[name=purpose]", "incident"), clicks(`form[action$="/reveal"] button`, 200))},
		{"search result, images", images},
		{"picture", then(images, clicks("[data-rows] a[data-row]", 200))},
		{"picture revealed", then(images, clicks("[data-rows] a[data-row]", 200), chooses("[name=purpose]", "incident"), clicks(`form[action$="/reveal"] button`, 200), shown)},
		{"collection", found("4")},
		{"query", found("5")},
		{"event", found("6")},
		{"document", found("7")},
		{"document revealed", then(found("7"), chooses("[name=purpose]", "incident"), clicks(`form[action$="/reveal"] button`, 200))},
		{"new erasure", then(subject, clicks(`a[href^="/erasures/new"]`, 200))},
		{"new erasure refused", then(subject, clicks(`a[href^="/erasures/new"]`, 200), unchecked(`form[action="/erasures"]`,
			`for (const c of form.querySelectorAll("[name=service]")) c.checked = false; form.reason.append(new Option("", "none", true, true))`))},
		{"subject, alias confirmed", then(subject, clicks(`form[action$="/aliases"] button`, 200))},
		{"new erasure of a person", then(subject, clicks(`a[href^="/erasures/new"]`, 200))},
		{"subject, alias undone", then(subject, clicks(`form[action$="/aliases/undo"] button`, 200))},
		{"erasures", at("/erasures")},
		{"erasure proposed, for its proposer", row("/erasures?state=proposed")},
		{"erasure done, for support", row("/erasures?state=done")},
		{"batches", at("/batches")},
		{"services", at("/services")},
		{"service", row("/services")},
		{"policies of the house, to be read", at("/policies")},
		{"sessions", at("/sessions")},
		{"settings", at("/settings")},
		{"help", at("/help")},
		{"help, states", at("/help/states")},
		{"help, requests", at("/help/requests")},
		{"help, guide", at("/help/administrator")},
		{"help, found", then(at("/help"), func(p *tab) { p.fill("[name=find]", "art") }, clicks(`form[action="/help"] button`, 200))},
		{"was it erased", asks("cust_nobody", 200)},
		{"was it erased, refused", asks("a;b", 422)},
		{"new list", at("/erasures/bulk")},
		{"new list refused", lists("a;b", 422)},
		{"list", lists(wellKnown+"\ncust_nobody\n"+wellKnown+"\nno=body", 200)},
		{"list refused", then(lists(wellKnown, 200), unchecked(`form[action^="/lists/"]`, `form.reason.append(new Option("", "none", true, true))`))},
		{"list proposed", then(lists(wellKnown, 200), chooses("[name=reason]", "17-1-b"), clicks(`form[action^="/lists/"] button`, 200))},
		{"tickets", at("/tickets")},
		{"new ticket", at("/tickets/new")},
		{"new ticket refused", then(at("/tickets/new"), unchecked(`form[action="/tickets"]`, `form.ids.value = "good\none;two"`))},
		{"ticket, overdue", takesIn(40, "eu-gdpr", "access")},
		{"answer to be prepared", clicks(`a[href$="/access"]`, 200)},
		{"answer prepared", clicks(`form[action$="/access"] button`, 200)},
		{"answer looked through", clicks(`form[action$="/review"] button`, 200)},
		{"ticket about rectification", takesIn(2, "eu-gdpr", "rectification")},
		{"ticket about processed images", takesIn(2, "eu-gdpr", "processed-images")},
		{"ticket, paused", then(takesIn(9, "uk-gdpr", "portability"), opens("#ask > summary"), chooses("#ask [name=why]", "identity"), clicks("#ask button", 200))},
		{"ticket, extended", then(takesIn(3, "eu-gdpr", "erasure"), opens("#extend > summary"), chooses("#extend [name=why]", "complexity"), func(p *tab) { p.fill("#extend [name=reasons]", "There are many records.") },
			script(`document.querySelector("#extend [name=told]").value = new Date(Date.now() - 864e5).toISOString().slice(0, 10)`), clicks("#extend button", 200))},
		{"letter, its text", then(takesIn(3, "eu-gdpr", "objection"), clicks("#letters .btn", 200), clicks("#kinds li:first-child .acts .btn", 200))},
		{"letter, kept", then(chooses("[name=way]", "post"), func(p *tab) {
			p.fill("#f-text", "Your request: we have received it\n\nDear Anna Berg,\n\nit came in, and we answer within a month.\n\nExample Ltd")
		}, clicks(".letter-draft button", 200))},
		{"letter text", at("/settings/letters/refusal-en-eu-gdpr")},
		{"case files", at("/casefiles")},
		{"tickets, with some", at("/tickets")},
		{"not allowed", refusedAt("/audit", 403)},
		{"not there", refusedAt("/erasures/999999", 404)},
	},
	"officer": {
		{"statements", at("/statements")},
		{"overview of the officer", at("/")},
		{"list to be approved", then(at("/"), clicks(`#waiting a[href^="/bulks/"]`, 200))},
		{"list, words refused", then(at("/"), clicks(`#waiting a[href^="/bulks/"]`, 200), func(p *tab) { p.fill("[name=confirm]", "erase it all") },
			unchecked(`form[action$="/approve"]`, ""))},
		{"data that returned", then(at("/"), clicks("#returned a", 200))},
		{"data that returned, reason refused", then(at("/"), clicks("#returned a", 200),
			unchecked(`form[action$="/returned/dismiss"]`, `form.why.append(new Option("", "none", true, true))`))},
		{"search result with CSV", searches(wellKnown, 200)},
		{"erasure proposed", row("/erasures?state=proposed")},
		{"erasure, approval lapsed", then(row("/erasures?state=proposed"), unchecked(`form[action$="/approve"]`,
			`form.hash.value = "0"; form.confirm.value = form.textContent.match(/[„“](.+?)[“”]/)[1]`))},
		{"erasure, words refused", then(row("/erasures?state=proposed"), func(p *tab) { p.fill("[name=confirm]", "erase it all") },
			unchecked(`form[action$="/approve"]`, ""))},
		{"erasure to be refused", then(row("/erasures?state=proposed"), opens("#refuse > summary"))},
		{"erasure, refusal refused", then(row("/erasures?state=proposed"), opens("#refuse > summary"), unchecked(`form[action$="/refuse"]`, ""))},
		{"erasure scheduled, to be withdrawn", then(row("/erasures?state=scheduled"), opens("#withdraw > summary"))},
		{"erasure done", row("/erasures?state=done")},
		{"erasure refused", row("/erasures?state=refused")},
		{"erasure withdrawn", row("/erasures?state=withdrawn")},
		{"receipt", then(row("/erasures?state=done"), clicks(`a[href$="/receipt"]`, 200))},
		{"no erasures in a state", at("/erasures?state=running")},
		{"batch", row("/batches")},
		{"legal clock", at("/clock?received=2026-11-10&country=DE-BY&asked=2026-11-16&answered=2026-11-19&extended=yes")},
		{"suitability to read", at("/services/4/suitability")},
		{"drills", at("/drills")},
		{"drill", row("/drills")},
		{"policies of the house", at("/policies")},
		{"policies of the house refused", then(at("/policies"), func(p *tab) { p.fill("[name=breaker-share]", "none") }, unchecked(`form[action="/policies"]`, ""))},
		{"policy of the house that waits", then(at("/policies"), func(p *tab) { p.fill("[name=breaker-share]", "6") }, clicks(`form[action="/policies"] button`, 200))},
		{"no ended holds", at("/holds?show=ended")},
		{"new hold", then(subject, clicks(`a[href^="/holds/new?subject"]`, 200))},
		{"new hold refused", then(subject, clicks(`a[href^="/holds/new?subject"]`, 200), unchecked(`form[action="/holds"]`, `form.reason.append(new Option("", "none", true, true)); form.review.value = "2020-01-01"`))},
		{"new hold on a record", then(searches(wellKnown, 200), clicks("[data-rows] a[data-row]", 200), clicks(`a[href^="/holds/new?record"]`, 200))},
		{"hold", then(subject, clicks(`a[href^="/holds/new?subject"]`, 200), chooses("[name=reason]", "17-3-e"), func(p *tab) {
			p.fill("[name=custodian]", "C. Cole, Cole & Partners")
			p.fill("[name=note]", "Court file 7 O 112/26")
		}, script(`document.querySelector("[name=expiry]").value = "2099-12-31"`), clicks(`form[action="/holds"] button`, 200))},
		{"hold to be reviewed", then(row("/holds"), opens("#review > summary"))},
		{"hold, its end asked for", then(row("/holds"), opens("#ask > summary"), clicks(`#ask button`, 200))},
		{"subject held", subject},
		{"search result held", searches(wellKnown, 200)},
		{"record held", then(searches(wellKnown, 200), clicks("[data-rows] a[data-row]", 200))},
		{"new erasure of what is held", then(subject, clicks(`a[href^="/erasures/new"]`, 200))},
		{"new restriction", then(subject, clicks(`a[href^="/holds/new?kind=restriction"]`, 200))},
		{"restriction", then(subject, clicks(`a[href^="/holds/new?kind=restriction"]`, 200), chooses("[name=reason]", "18-1-a"), clicks(`form[action="/holds"] button`, 200))},
		{"holds", at("/holds")},
		{"subject restricted", subject},
		{"ticket to restrict", then(takesIn(2, "eu-gdpr", "restriction"), opens("#restrict > summary"))},
		{"ticket to restrict, refused", unchecked(`form[action$="/restrictions"]`, `form.reason.append(new Option("", "none", true, true)); form.review.value = "2020-01-01"`)},
		{"ticket restricted", then(chooses("#restrict [name=reason]", "18-1-a"), script(`document.querySelector("#restrict [name=review]").value = ""`), clicks("#restrict button", 200), opens("[id^=lift-] > summary"))},
		{"record restricted", then(searches(wellKnown, 200), clicks("[data-rows] a[data-row]", 200))},
		{"restriction, its end refused", then(row("/holds?show=restrictions"), opens("#release > summary"), unchecked(`form[action$="/release"]`, `form.channel.append(new Option("", "none", true, true))`))},
		{"restriction lifted", then(row("/holds?show=restrictions"), opens("#release > summary"), script(`document.querySelector("[name=informed]").value = "2020-01-02"`),
			chooses("[name=channel]", "letter"), clicks(`form[action$="/release"] button`, 200))},
		{"ended holds", at("/holds?show=ended")},
		{"label coverage", at("/coverage")},
		{"label coverage of 13 weeks", at("/coverage?days=91")},
		{"labels to repair", at("/coverage/conversations")},
		{"labels to repair, looked at", then(at("/coverage/conversations"), func(p *tab) { p.act(press("[name=pick]")) }, clicks(`form[action="/coverage/repair"] button`, 200))},
		{"labels to repair, changed meanwhile", then(at("/coverage/conversations"), func(p *tab) { p.act(press("[name=pick]")) }, clicks(`form[action="/coverage/repair"] button`, 200),
			unchecked(`form[action="/coverage/repair"]`, `form.hash.value = "0"`))},
		{"labels repaired", then(at("/coverage/conversations"), func(p *tab) { p.act(press("[name=pick]")) }, clicks(`form[action="/coverage/repair"] button`, 200),
			clicks(`form[action="/coverage/repair"] button`, 200))},
		{"labels repaired, to be taken back", then(at("/coverage/conversations"), opens("#repairs summary"))},
		{"retention", at("/retention")},
		{"retention to be approved", row("/services")},
		{"retention, words refused", then(row("/services"), func(p *tab) { p.fill(`form[action$="/retention/approve"] [name^=confirm]`, "keep it all") }, unchecked(`form[action$="/retention/approve"]`, ""))},
		{"retention refused", then(row("/services"), unchecked(`form[action$="/retention"]`, `form.querySelector("[name^=days]").value = "40000"`))},
	},
	"auditor": {
		{"tickets by reference", at("/tickets?show=overdue")},
		{"ticket by reference", row("/tickets")},
		{"holds by reference", at("/holds")},
		{"hold by reference", row("/holds")},
		{"overview of the auditor", at("/")},
		{"erasures by reference", at("/erasures")},
		{"backups", at("/backups")},
		{"audit trail", at("/audit")},
		{"audit trail filtered", at("/audit?object=erasure%2F1")},
		{"audit trail without hits", at("/audit?object=erasure%2F999999")},
		{"audit filter refused", refusedAt("/audit?actor=nobody&object=nothing", 422)},
		{"audit entry", row("/audit")},
		{"audit verified", then(at("/audit"), clicks(`form[action="/audit/verify"] button`, 200))},
		{"audit checks, range refused", then(at("/checks"), func(p *tab) { p.fill("[name=from]", "soon") }, clicks(`.form[action="/audit/verify"] button`, 422))},
		{"audit filter saved", then(at("/audit?act=erasure.done"), opens(".saved summary"), func(p *tab) { p.fill(".saved [name=name]", "Finished erasures") }, clicks(`form[action="/audit/filters"] button`, 200))},
		{"audit sample committed", then(at("/samples"), func(p *tab) { p.fill("[name=size]", "2") }, clicks(`form[action="/samples"] button`, 200))},
		{"audit sample drawn", then(row("/samples"), func(p *tab) { p.fill("[name=word]", "dice: 4 2 6") }, clicks(`form[action$="/draw"] button`, 200))},
		{"audit samples", at("/samples")},
		{"audit statistics", at("/statistics")},
		{"ticket statistics", at("/statistics/tickets")},
		{"ticket statistics by month", at("/statistics/tickets?show=months")},
		{"ticket statistics refused", refusedAt("/statistics/tickets?from=2026-03-01&to=2026-02-01", 422)},
		{"CCPA metrics", at("/statistics/ccpa")},
		{"exports", at("/exports")},
		{"export in the background", then(at("/exports"), clicks(`form[action="/exports"] button[name=later]`, 200),
			func(p *tab) { p.until(`document.querySelector("h1 .st.ok") !== null`) })},
		{"exports of mine", at("/exports")},
		{"export refused", then(at("/exports"), unchecked(`form[action="/exports"]`, `for (const r of form.querySelectorAll("[type=radio]")) r.checked = false`))},
	},
	"admin": {
		{"overview of the administrator", at("/")},
		{"linked service", then(at("/services"), clicks("[data-rows] tr:last-child a[data-row]", 200))},
		{"training data", at("/training-check")},
		{"training data found", then(at("/training-check"), trained)},
		{"keys of the desk", at("/keys")},
		{"key of the desk, made", then(at("/keys"), func(p *tab) {
			p.fill(`form[action="/keys"] [name=name]`, "Web form")
			p.click(`form[action="/keys"] button`, 200)
		})},
		{"new service", at("/services/new")},
		{"new service refused", then(at("/services/new"), unchecked(`form[action="/services"]`, ""))},
		{"new link, Assistant", at("/services/new?link=assistant")},
		{"new link, gateway", at("/services/new?link=gateway-assistant")},
		{"new link, OpenDSR", at("/services/new?link=opendsr")},
		{"new link, OpenDSR, refused", then(at("/services/new?link=opendsr"), unchecked(`form[action="/services"]`, ""))},
		{"new link, plain HTTP", at("/services/new?link=http")},
		{"new link, plain HTTP, tested", then(at("/services/new?link=http"), func(p *tab) {
			p.fill("[name=url]", "http://127.0.0.1:1/{customer_id}")
			p.act(press("[name=inside]"))
			p.click(`button[formaction="/services/test"]`, 200)
			p.until(`document.querySelector("#findings") !== null`)
		})},
		{"new link, by hand", at("/services/new?link=manual")},
		{"linked service, change refused", then(at("/services"), clicks("[data-rows] tr:nth-last-child(2) a[data-row]", 200), unchecked(`form[action$="/link"]`, `form.querySelector("[name=url]").value = "ftp://elsewhere.example"`))},
		{"linked service, tested", then(at("/services"), clicks("[data-rows] tr:nth-last-child(2) a[data-row]", 200), clicks(`button[formaction$="/test"]`, 200))},
		{"linked service to be removed", then(at("/services"), clicks("[data-rows] tr:last-child a[data-row]", 200), opens("#remove > summary"))},
		{"service to be managed", row("/services")},
		{"policies refused", then(row("/services"), unchecked(`form[action$="/policies"]`, `for (const r of form.querySelectorAll("[type=radio]")) r.checked = false`))},
		{"policy that waits", then(row("/services"), script(`document.querySelector('form[action$="/policies"] [value=allowed]').checked = true`), clicks(`form[action$="/policies"] button`, 200))},
		{"key refused", then(row("/services"), unchecked(`form[action$="/keys"]`, `for (const c of form.querySelectorAll("[name=scope]")) c.checked = false`))},
		{"key made", then(row("/services"), func(p *tab) { p.fill(`form[action$="/keys"] [name=name]`, "browser") },
			script(`for (const c of document.querySelectorAll('form[action$="/keys"] [name=scope]')) c.checked = true`), clicks(`form[action$="/keys"] .acts button`, 200))},
		{"suitability", at("/services/1/suitability")},
		{"suitability, nobody has said", at("/services/2/suitability")},
		{"suitability and move", at("/services/4/suitability")},
		{"suitability refused", then(at("/services/2/suitability"), unchecked(`form[action$="/suitability"]`, `form.querySelector("[name=begun]").value = "2999-01-01"`))},
		{"no imports", at("/imports")},
		{"imports, file refused", then(at("/imports"), unchecked(`form[action="/imports"]`, ""))},
		{"import", then(at("/imports"), imported)},
		{"imports", at("/imports")},
		{"users", at("/users")},
		{"no webhooks", at("/webhooks")},
		{"webhook refused", then(at("/webhooks"), unchecked(`form[action="/webhooks"]`, ""))},
		{"webhook", then(at("/webhooks"), func(p *tab) { p.fill("[name=url]", "https://hooks.example/quittance") }, opens(`form[action="/webhooks"] [value=waiting]`), clicks(`form[action="/webhooks"] .btn`, 200))},
		{"new user", at("/users/new")},
		{"new user refused", then(at("/users/new"), unchecked(`form[action="/users"]`, ""))},
		{"user", row("/users")},
		{"user, password refused", then(row("/users"), func(p *tab) { p.fill(`[name=password]`, "short") }, unchecked(`form[action$="/password"]`, ""))},
		{"audit trail for the administrator", at("/audit")},
		{"batches without acts", at("/batches")},
	},
}

// takesIn opens a ticket of a request that came some days ago, and shows it.
func takesIn(days int, regime, right string) func(*tab) {
	return then(at("/tickets/new"), chooses("[name=right]", right), chooses("[name=regime]", regime), func(p *tab) {
		p.fill("[name=ids]", wellKnown)
		p.fill("[name=name]", "Anna Berg")
		p.fill("[name=contact]", "anna@mail.example")
		p.fill("[name=note]", "She called, and wants it by post.")
	}, script(fmt.Sprintf(`document.querySelector("[name=received]").value = new Date(Date.now() - %d*864e5).toISOString().slice(0, 10)`, days)), clicks(`form[action="/tickets"] button`, 200))
}

// everyPage looks at every page of every person in every look, with a browser that asks for languages.
func everyPage(t *testing.T, h *house, b *browser, languages string) {
	accounts := h.accounts(t)
	h.command(t, "", "backup", filepath.Join(t.TempDir(), "backup"))
	h.command(t, "", "drill")
	for _, who := range []string{"", "support", "officer", "auditor", "admin"} {
		p := b.person(t, h.origin)
		p.asks(languages)
		if who != "" {
			p.signIn(accounts[who])
		}
		for _, s := range sights[who] {
			t.Run(s.name, func(t *testing.T) {
				q := p.on(t)
				s.way(q)
				q.inspect(s.name)
			})
		}
	}
}

// firstVisit weighs what a browser loads that has never been here: the door, and then, with all of that forgotten, a live page, which is
// the heaviest.
func firstVisit(t *testing.T, h *house, b *browser) {
	p := b.person(t, h.origin)
	p.visit("/signin")
	light("the door", p)
	p.signIn(h.accounts(t)["officer"])
	p.visit("/erasures?state=proposed")
	page := p.href("[data-rows] a[data-row]")
	do(p, network.ClearBrowserCache, cdp.Empty{})
	p.seen.weigh()
	p.visit(page)
	p.until("pushes > 0")
	light("a live page", p)
}

// light wants at most 110 kB since the last time.
func light(name string, p *tab) {
	p.t.Helper()
	weight := p.seen.weigh()
	p.t.Logf("%s: a first visit loads %d bytes", name, weight)
	if weight > 110_000 || weight < 40_000 { // less than its fonts and sheets: nothing was weighed
		p.t.Errorf("%s: a first visit loads %d bytes, want at most 110 kB", name, weight)
	}
}
