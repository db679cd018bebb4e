package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// unscripted is a person whose browser runs no script.
func (b *browser) unscripted(t *testing.T, h *house, a account) *tab {
	t.Helper()
	p := b.person(t, h.origin)
	do(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.signIn(a)
	if eval[bool](p, `document.documentElement.classList.contains("has-js")`) {
		t.Fatal("scripts run all the same")
	}
	return p
}

// withoutScript is the main job once more, by forms and links alone.
func withoutScript(t *testing.T, h *house, b *browser) {
	const plain = "cust_without_script_9"
	h.addService(t, "browser-plain").say(plain, "Write to "+customerEmail)
	accounts := h.accounts(t)
	support := b.unscripted(t, h, accounts["support"])
	support.visit("/search")
	support.fill("#q", plain)
	support.follow(chromedp.KeyEvent(kb.Enter))
	support.reads("1 record for " + plain)
	support.click("[data-rows] a[data-row]", 200)
	support.hides(customerEmail)
	support.choose("[name=purpose]", "support-case")
	support.click(`form[action$="/reveal"] button`, 200)
	support.reads(customerEmail)
	support.click(`.labels a[href^="/subjects/"]`, 200)
	number := proposeUnscripted(support)
	officer := b.unscripted(t, h, accounts["officer"])
	officer.visit(fmt.Sprintf("/erasures/%d", number))
	officer.fill("[name=confirm]", "erase everything")
	officer.click(`form[action$="/approve"] .acts button`, 422)
	officer.reads("Type the words exactly as they stand: erase 1 record")
	officer.fill("[name=confirm]", eval[string](officer, `document.querySelector("[name=confirm]").dataset.confirm`))
	officer.click(`form[action$="/approve"] .acts button`, 200)
	officer.reads("Scheduled")
	if refresh := eval[string](officer, `document.querySelector("meta[http-equiv=refresh]")?.content ?? ""`); refresh == "" {
		officer.fatal("the page does not refresh itself")
	}
	officer.endsAs(number, "Done")
	officer.click(`a[href$="/receipt"]`, 200)
	officer.reads("None. No record up to the cut-off can be found any more.")
	officer.visit("/")
	officer.click(".rail > .foot button[aria-label='Dark']", 200)
	if theme := eval[string](officer, `document.documentElement.dataset.theme`); theme != "dark" {
		officer.fatal("the theme is %q", theme)
	}
	officer.click(".rail > .foot button[aria-label='Sign out']", 200)
	officer.reads("You have signed out.")
	if status := officer.open("/erasures"); status != 200 || !strings.HasPrefix(officer.path(), "/signin") {
		officer.fatal("after signing out /erasures answers %d at %s", status, officer.path())
	}
}

func proposeUnscripted(p *tab) int64 {
	p.t.Helper()
	p.click(`a[href^="/erasures/new"]`, 200)
	p.choose("[name=reason]", "17-1-a")
	p.click(`form[action="/erasures"] .acts button`, 200)
	p.reads("Proposed")
	return numberOf(p)
}

// endsAs asks for the page of an erasure again and again, until it is in the state.
func (p *tab) endsAs(number int64, state string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		p.visit(fmt.Sprintf("/erasures/%d", number))
		if strings.Contains(eval[string](p, `document.querySelector("h1").innerText`), state) {
			return
		}
	}
	p.fatal("in %s the erasure did not become %s", patience, state)
}
