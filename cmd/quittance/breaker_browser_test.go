package main_test

import (
	"strings"
	"testing"
)

// breakerFloor is more than what else is erased at once in the house of TestMainJob, whose breaker is set to the median of its batches.
const breakerFloor = 250

// breakerRests approves an erasure of more than the breaker lets pass, and looks at what two officers find: the one who approved it, and the one who
// decides. It is the last of its house, because nothing else is erased there until somebody has decided.
func breakerRests(t *testing.T, h *house, b *browser) {
	accounts := h.accounts(t)
	front := h.addService(t, "browser-breaker")
	for range breakerFloor + 1 {
		front.say("cust_enormous", "Please forget all of it.")
	}
	support, officer, second := b.person(t, h.origin), b.person(t, h.origin), b.person(t, h.origin)
	support.signIn(accounts["support"])
	officer.signIn(accounts["officer"])
	second.signIn(accounts["second.officer"])
	then(searches("cust_enormous", 200), clicks(`a.btn[href^="/subjects/"]`, 200), clicks(`a[href^="/erasures/new"]`, 200))(support)
	support.choose("[name=reason]", "17-1-b")
	support.click(`form[action="/erasures"] button`, 200)
	page := support.path()
	officer.visit(page)
	officer.until(`pushes > 0`) // what is typed before the first push may be gone
	officer.fill("[name=confirm]", eval[string](officer, `document.querySelector('form[action$="/approve"] [data-confirm]').dataset.confirm`))
	officer.click(`form[action$="/approve"] button:not([data-copy])`, 200)
	officer.until(`document.querySelector(".next")?.innerText.includes("Its batch is paused")`)
	officer.click(`a[href^="/batches/"]:not([href="/batches"])`, 200)
	batch := officer.path()
	officer.reads("Paused by the breaker.", "Nothing was erased.", "You approved an erasure of this batch", "What a pause means")
	officer.hides("go on\n", "Pause…")
	officer.inspect("batch that the breaker paused, for who approved it")
	officer.visit("/")
	officer.reads("Needs attention now", "A batch is paused")
	officer.inspect("overview with a batch that rests")

	second.visit(batch)
	second.until(`pushes > 0`)
	second.reads("You are the second person.")
	second.act(press("#stop > summary"))
	second.inspect("batch that the breaker paused")
	second.fill("[name=confirm]", "erase it all")
	unchecked(`form[action$="/resume"]`, "")(second)
	second.reads("Type the words exactly as they stand")
	second.inspect("batch, words refused")
	second.visit(batch)
	second.until(`pushes > 0`)
	second.act(press("#stop > summary"))
	second.click(`form[action$="/stop"] button`, 200)
	second.reads("Stopped before anything was erased.", "went back to “Scheduled”")
	second.inspect("batch stopped")
	second.visit(page)
	if !strings.Contains(second.text(), "Scheduled") {
		second.fatal("the request of the stopped batch is not scheduled again")
	}
}
