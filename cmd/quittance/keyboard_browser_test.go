package main_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/handlers"
	"quittance/handlers/auth"
)

// ownHouse is a console in this process, whose clock the test moves.
type ownHouse struct {
	t      *testing.T
	store  *db.Store
	clock  *dbtest.Clock
	origin string
}

const houseWord = "correct horse battery staple"

func openOwnHouse(t *testing.T) *ownHouse {
	t.Helper()
	h := &ownHouse{t: t, clock: dbtest.NewClock()}
	h.store = dbtest.Open(t, db.WithClock(h.clock.Now))
	server := httptest.NewUnstartedServer(nil)
	h.origin = "http://" + server.Listener.Addr().String()
	server.Config.Handler = doors(t, handlers.Config{Store: h.store, Auth: auth.Config{PublicURL: h.origin, LocalAccounts: true}})
	server.Start()
	t.Cleanup(server.Close)
	return h
}

// person adds somebody with a role.
func (h *ownHouse) person(email, role string) account {
	h.t.Helper()
	hash, err := auth.HashPassword(houseWord)
	if err == nil {
		_, err = h.store.AddUser(context.Background(), audit.Operator, db.NewUser{Email: email, Name: "P. " + role, Roles: []string{role}, Password: hash})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return account{Email: email, Password: houseWord}
}

// batch is what the loop of the program does.
func (h *ownHouse) batch() {
	h.t.Helper()
	if _, err := erasure.NewRunner(h.store, slog.New(slog.NewTextHandler(io.Discard, nil))).RunAll(context.Background(), true); err != nil {
		h.t.Fatal(err)
	}
}

// focusSeen is what is wrong with how the focused element shows that it has the focus, "" for nothing: it lies in the window, is not covered, and has an
// outline or a ring.
const focusSeen = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	const r = e.getBoundingClientRect(), s = getComputedStyle(e);
	if (r.width < 2 || r.height < 2) return "it has no size";
	if (r.bottom < 1 || r.right < 1 || r.top > innerHeight - 1 || r.left > innerWidth - 1) return "it lies outside of the window";
	const ringed = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1 || s.boxShadow !== "none";
	if (!ringed(s)) return "it has no ring";
	return "";
})()`

// tabTo presses Tab, or Shift+Tab, until what the selector names has the focus. Whatever has it on the way shows so.
func (p *tab) tabTo(selector string, back bool) {
	p.t.Helper()
	key := chromedp.KeyEvent(kb.Tab)
	if back {
		key = chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
	for range 150 {
		p.act(key)
		if wrong := eval[string](p, focusSeen); wrong != "" {
			p.fatal("%s has the focus, and %s", eval[string](p, `document.activeElement.outerHTML.slice(0, 300)`), wrong)
		}
		if eval[bool](p, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			return
		}
	}
	p.fatal("Tab does not reach %s", selector)
}

// presses is a key on what has the focus that leads to another page.
func (p *tab) presses(key string, status int) {
	p.t.Helper()
	p.act(settled)
	if got := p.follow(chromedp.KeyEvent(key)); got != status {
		p.fatal("after the key %q: status %d, want %d", key, got, status)
	}
}

// typesInto reaches a field by Tab and types.
func (p *tab) typesInto(selector, text string) {
	p.t.Helper()
	p.tabTo(selector, false)
	p.act(chromedp.KeyEvent(text))
}

func (p *tab) entersBy(a account) {
	p.t.Helper()
	p.visit("/signin")
	p.typesInto("[name=email]:not([type=hidden])", a.Email)
	p.typesInto("[name=password]:not([type=hidden])", a.Password)
	p.presses(kb.Enter, http.StatusOK)
	if at := p.path(); at != "/" {
		p.fatal("signing in leads to %s", at)
	}
}

func (p *tab) leaves() {
	p.t.Helper()
	p.tabTo(`.rail > .foot button[aria-label="Sign out"]`, true)
	p.presses(" ", http.StatusOK)
	p.reads("You have signed out.")
}

// TestMainJobByKeyboard is the main job with keys alone: no pointer touches a page, and at each step it can be seen where one is.
func TestMainJobByKeyboard(t *testing.T) {
	t.Parallel()
	h := openOwnHouse(t)
	one, two := dbtest.Service(t, h.store, "keyboard-shop"), dbtest.Service(t, h.store, "keyboard-bank")
	now := h.clock.Now()
	dbtest.Ingest(t, h.store, dbtest.Message(t, one.Number, now, "Write to "+customerEmail, customer), dbtest.Message(t, two.Number, now, "Where is my parcel?", customer))
	dbtest.NoBreaker(t, h.store)
	support, officer := h.person("support@house.example", db.RoleSupport), h.person("officer@house.example", db.RoleOfficer)
	h.clock.Pass(time.Minute)
	p := openBrowser(t).person(t, h.origin)
	p.entersBy(support)
	number := proposeByKeys(p)
	p.leaves()
	p.entersBy(officer)
	approveByKeys(p, h, number)
	p.leaves()
	h.clock.Pass(time.Hour) // the time to take it back is over
	h.batch()
	p.entersBy(officer)
	receiptByKeys(p, number)
	p.leaves()
}

// proposeByKeys finds the customer by the key of the search, and proposes to erase what is held.
func proposeByKeys(p *tab) int64 {
	p.t.Helper()
	p.presses("/", http.StatusOK)
	p.until(`document.activeElement.id === "q"`)
	p.act(chromedp.KeyEvent(customer))
	p.presses(kb.Enter, http.StatusOK)
	p.reads("2 records for " + customer)
	p.act(chromedp.KeyEvent("j"))
	if !eval[bool](p, `document.activeElement.matches("[data-rows] a[data-row]")`) {
		p.fatal("j does not lead to the first row")
	}
	p.tabTo(`a.btn[href^="/subjects/"]`, true)
	p.presses(kb.Enter, http.StatusOK)
	p.tabTo(`a[href^="/erasures/new"]`, false)
	p.presses(kb.Enter, http.StatusOK)
	p.reads("2 records will be erased")
	p.tabTo("[name=reason]", false)
	p.act(chromedp.KeyEvent(kb.ArrowDown))
	p.typesInto("[name=note]", "Asked for in ticket 5512.")
	p.tabTo("[name=reason]", true)
	if eval[string](p, `document.activeElement.value`) == "" {
		p.fatal("an arrow chooses no ground")
	}
	p.tabTo(`form[action="/erasures"] .acts button`, false)
	p.presses(" ", http.StatusOK)
	p.reads("Proposed", "A compliance officer decides on this")
	return numberOf(p)
}

// approveByKeys jumps to the list, walks to the row, types the words and shows who it is again: the sign-in is older than five minutes.
func approveByKeys(p *tab, h *ownHouse, number int64) {
	p.t.Helper()
	p.act(chromedp.KeyEvent("g"))
	p.presses("e", http.StatusOK)
	p.act(chromedp.KeyEvent("j"))
	if at := eval[string](p, `document.activeElement.pathname`); at != fmt.Sprintf("/erasures/%d", number) {
		p.fatal("j leads to %s", at)
	}
	p.presses(kb.Enter, http.StatusOK)
	h.clock.Pass(auth.StepUpAge + time.Second)
	p.tabTo("[name=confirm]", false)
	p.act(chromedp.KeyEvent("erase 2 records"))
	p.tabTo(`form[action$="/approve"] .acts button`, false)
	p.presses(kb.Enter, http.StatusUnauthorized)
	p.reads("Confirm it is you", fmt.Sprintf("To approve erasure %d, sign in again", number))
	p.typesInto("[name=step-up]", houseWord)
	p.presses(kb.Enter, http.StatusOK)
	p.reads("Scheduled", "can be withdrawn")
}

// receiptByKeys goes from the batch to its erasure and to the receipt.
func receiptByKeys(p *tab, number int64) {
	p.t.Helper()
	p.act(chromedp.KeyEvent("g"))
	p.presses("b", http.StatusOK)
	p.act(chromedp.KeyEvent("j"))
	p.presses(kb.Enter, http.StatusOK)
	p.reads("Done", "keyboard-shop")
	p.tabTo(fmt.Sprintf(`main a[href="/erasures/%d"]`, number), false)
	p.presses(kb.Enter, http.StatusOK)
	p.reads("Confirmed")
	p.tabTo(`a[href$="/receipt"]`, false)
	p.presses(kb.Enter, http.StatusOK)
	p.reads(fmt.Sprintf("Receipt for erasure %d", number), "None. No record up to the cut-off can be found any more.")
	p.hides(customer)
	p.tabTo(`form[action$="/receipt/salt"] button`, false)
	p.presses(" ", http.StatusOK)
	if salt := eval[string](p, `document.querySelector("#salt").textContent`); len(salt) != 64 {
		p.fatal("a salt of %d digits", len(salt))
	}
}

// TestTypedOutlivesSession ends a session while somebody types, and gives them back what they typed.
func TestTypedOutlivesSession(t *testing.T) {
	t.Parallel()
	h := openOwnHouse(t)
	admin := h.person("admin@house.example", db.RoleAdmin)
	p := openBrowser(t).person(t, h.origin)
	p.signIn(admin)
	p.visit("/users/new")
	for field, value := range map[string]string{"email": "new@house.example", "name": "Nora New", "password": "a password for Nora"} {
		p.fill(`form[action="/users"] [name=`+field+`]`, value)
	}
	p.act(press(`[name=role][value=support]`))
	h.clock.Pass(db.SessionIdle)
	p.click(`form[action="/users"] .acts button`, http.StatusOK)
	p.reads("Your session had ended, so nothing was done", "What you typed is kept for a day")
	p.inspect("session ended")
	if stored := eval[string](p, `JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])`); strings.Contains(stored, "Nora") || strings.Contains(stored, "new@") {
		p.fatal("the browser keeps it: %s", stored)
	}
	p.fill("[name=email]:not([type=hidden])", admin.Email)
	p.fill("[name=password]:not([type=hidden])", admin.Password)
	p.click(`form.form[action="/signin"] button`, http.StatusOK)
	p.reads("nothing was done with it")
	p.inspect("kept form")
	p.fill(`form[action="/users"] [name=password]`, "a password for Nora")
	p.click(`form[action="/users"] .acts button`, http.StatusOK)
	p.reads("Nora New", "new@house.example", "Support")
	if status := p.open("/drafts/1"); status != http.StatusNotFound {
		p.fatal("after it was sent it is still kept: %d", status)
	}
}
