package main_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/handlers"
	"quittance/handlers/auth"
)

// TestFilterCompletion writes a filter with the keyboard alone: each part of it is offered, chosen with the arrows and Enter, and refused with
// Escape; nothing is offered that somebody said or is called by. What is wrong is shown at its place, with the caret there. Lines that are pasted
// into the box for one ID become a list.
func TestFilterCompletion(t *testing.T) {
	t.Parallel()
	p := consoleOf(t, dbtest.Open(t), account{Email: "support@demo.example", Password: "correct horse battery staple"}, db.RoleSupport)
	p.visit("/search")
	p.act(press(".advanced summary"), chromedp.Focus(chromedp.CSS("#filter")))
	for _, s := range []struct{ keys, offered, value string }{
		{"lan", "language", "lan"},
		{kb.ArrowDown + kb.Enter, "::,::!", "language"},
		{kb.ArrowUp + kb.Enter, "ar,cs,de,en,es,fr,it,ja,ko,nl,pt-br,zh-cn", "language::!"},
		{"e", "de,en,es", "language::!e"},
		{kb.ArrowDown + kb.ArrowDown + kb.Enter, "", "language::!en"},
		{",response.int", "response.intents", "language::!en,response.int"},
		{kb.ArrowDown + kb.Enter, ":", "language::!en,response.intents"},
		{kb.ArrowDown + kb.Enter, "confidence,intent", "language::!en,response.intents:"},
		{"(", "confidence,intent", "language::!en,response.intents:("},
		{kb.ArrowDown + kb.ArrowDown + kb.Enter, "::,::!,:,:!", "language::!en,response.intents:(intent"},
		{"::a,conf", "confidence", "language::!en,response.intents:(intent::a,conf"},
		{kb.Escape, "", "language::!en,response.intents:(intent::a,conf"},
		{"idence>", "0.5,0.8,0.9", "language::!en,response.intents:(intent::a,confidence>"},
		{kb.Escape + "0.8),customer_id::", "", "language::!en,response.intents:(intent::a,confidence>0.8),customer_id::"},
		{"x,language::(de|f", "fr", "language::!en,response.intents:(intent::a,confidence>0.8),customer_id::x,language::(de|f"},
		{kb.ArrowDown + kb.Enter, "", "language::!en,response.intents:(intent::a,confidence>0.8),customer_id::x,language::(de|fr"},
		{`),request.input.text:"lan`, "", `language::!en,response.intents:(intent::a,confidence>0.8),customer_id::x,language::(de|fr),request.input.text:"lan`},
	} {
		p.keys(s.keys)
		if got := eval[string](p, `[...document.querySelectorAll("#filter-menu:not([hidden]) [role=option]")].map(o => o.textContent).join(",")`); got != s.offered {
			t.Errorf("after %q: offered %q, want %q", s.keys, got, s.offered)
		}
		if got := eval[string](p, `document.querySelector("#filter").value`); got != s.value {
			t.Fatalf("after %q: %q, want %q", s.keys, got, s.value)
		}
	}
	p.fill("#filter", "lang")
	p.act(chromedp.KeyEvent(kb.ArrowDown))
	if eval[string](p, `document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent ?? ""`) != "language" {
		t.Error("the chosen one is not told to who cannot see it")
	}
	p.inspect("search, completions")
	p.act(chromedp.KeyEvent(kb.Escape + "auge::en"))
	p.click(".advanced button", http.StatusUnprocessableEntity)
	p.reads("At character 1: this field is not supported.", "Did you mean language?")
	if eval[int](p, `document.activeElement.id === "filter" ? document.activeElement.selectionStart : -1`) != 0 {
		t.Error("the caret does not stand at the error")
	}
	pasted(t, p)
}

// keys presses keys one after the other. Enter is sent as a keyboard sends it, with its character in the one event, so that a page that takes it
// for itself gets no new line.
func (p *tab) keys(all string) {
	p.t.Helper()
	for i, part := range strings.Split(all, kb.Enter) {
		if i > 0 {
			do(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kb.KeyDown, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: "\r"})
			do(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kb.KeyUp, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13})
		}
		p.act(chromedp.KeyEvent(part))
	}
}

// pasted pastes two lines, and then one, into the box for one ID.
func pasted(t *testing.T, p *tab) {
	t.Helper()
	p.visit("/search")
	paste := func(text string) bool {
		return eval[bool](p, `(() => { const data = new DataTransfer(); data.setData("text", `+"`"+text+"`"+`);
			return document.querySelector("#q").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); })()`)
	}
	if !paste("cust_1\n") || eval[bool](p, `document.querySelector("#list").open`) {
		t.Error("one line is no list")
	}
	if paste("cust_1\ncust_2\n") || eval[string](p, `document.activeElement.id + document.activeElement.value`) != "idscust_1\ncust_2\n" {
		t.Error("two lines did not become a list")
	}
	p.click("#list button", http.StatusOK)
	p.reads("2 lines", "Not known here 2")
}

// consoleOf is a console over a store, and somebody who has signed in to it.
func consoleOf(t *testing.T, store *db.Store, who account, roles ...string) *tab {
	t.Helper()
	hash, err := auth.HashPassword(who.Password)
	if err == nil {
		_, err = store.AddUser(context.Background(), audit.Operator, db.NewUser{Email: who.Email, Name: "Sam Ode", Roles: roles, Password: hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	origin := "http://" + server.Listener.Addr().String()
	server.Config.Handler = doors(t, handlers.Config{Store: store, Auth: auth.Config{PublicURL: origin, LocalAccounts: true}})
	server.Start()
	t.Cleanup(server.Close)
	p := openBrowser(t).person(t, origin)
	p.signIn(who)
	return p
}
