package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The person whose data the main job is about, and what they said that nobody may read unasked.
const (
	customer      = "cust_main_job_77"
	customerEmail = "frieda.thalheim@mail.example"
	customerPhone = "+44 7700 900417"
)

// application is a hosted service as a program sees it that sends what IBM's documents tell it to send.
type application struct {
	t                *testing.T
	name, url, key   string
	id               string
	assistantVersion string
}

// addService makes a service with the command that an administrator would use.
func (h *house) addService(t *testing.T, name string) *application {
	t.Helper()
	var out struct{ ID, URL, APIKey string }
	if err := json.Unmarshal(h.command(t, "", "service add", "-kind", "assistant", "-name", name, "-json"), &out); err != nil {
		t.Fatal(err)
	}
	return &application{t: t, name: name, id: out.ID, url: out.URL, key: out.APIKey, assistantVersion: "2020-04-01"}
}

// curl does what `curl -X METHOD -u "apikey:KEY" -H … -d BODY URL/PATH` does, and wants the status.
func (a *application) curl(method, path, body string, status int, headers ...string) []byte {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.SetBasicAuth("apikey", a.key)
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		a.t.Fatalf("%s %s: %s %s (%v), want %d", method, path, answer.Status, out, err, status)
	}
	return out
}

// say sends a labelled message of one conversation: information security, "Labeling data".
func (a *application) say(customer string, texts ...string) {
	a.t.Helper()
	var session struct {
		SessionID string `json:"session_id"`
	}
	base := "/v2/assistants/7b2f/sessions"
	if err := json.Unmarshal(a.curl("POST", base+"?version="+a.assistantVersion, "", 201), &session); err != nil {
		a.t.Fatal(err)
	}
	for _, text := range texts {
		body, err := json.Marshal(map[string]any{"input": map[string]string{"message_type": "text", "text": text}})
		if err != nil {
			a.t.Fatal(err)
		}
		a.curl("POST", base+"/"+session.SessionID+"/message?version="+a.assistantVersion, string(body), 200, "X-Watson-Metadata: customer_id="+customer)
	}
}

// logs lists what is held under a customer ID.
func (a *application) logs(customer string) int {
	a.t.Helper()
	var page struct{ Logs []json.RawMessage }
	query := url.Values{"version": {a.assistantVersion}, "filter": {"customer_id::" + customer}}
	if err := json.Unmarshal(a.curl("GET", "/v2/assistants/7b2f/logs?"+query.Encode(), "", 200), &page); err != nil {
		a.t.Fatal(err)
	}
	return len(page.Logs)
}

// mainJob is the whole work of the house, from the first message to the last export, as five people and an application do it.
func mainJob(t *testing.T, h *house, b *browser) {
	first, second := h.addService(t, "browser-shop"), h.addService(t, "browser-bank")
	first.say(customer, "My e-mail is "+customerEmail, "and my phone is "+customerPhone, "please call me back")
	second.say(customer, "Where is my parcel?")
	accounts := h.accounts(t)
	support := b.person(t, h.origin)
	support.signIn(accounts["support"])
	findCustomer(support)
	readRecord(support)
	number := propose(support)
	officer := b.person(t, h.origin)
	officer.signIn(accounts["officer"])
	approve(officer, number)
	watchItRun(officer, number)
	readReceipt(officer, number)
	followTrail(officer, number)
	if n := first.logs(customer) + second.logs(customer); n != 0 {
		t.Errorf("after the erasure %d messages are left", n)
	}
	filed := deleteByAPI(t, first, officer)
	auditor := b.person(t, h.origin)
	auditor.signIn(accounts["auditor"])
	exportTrail(auditor, number)
	exportErasures(auditor, number, filed)
	for _, secret := range []string{customer, customerEmail, customerPhone, first.key} {
		if strings.Contains(h.out.String(), secret) {
			t.Errorf("the server's log holds %q", secret)
		}
	}
}

// findCustomer types / and the ID on the overview, and opens the data subject. The ID stands in no address.
func findCustomer(p *tab) {
	p.t.Helper()
	p.follow(chromedp.KeyEvent("/"))
	p.until(`document.activeElement.id === "q"`)
	p.act(chromedp.KeyEvent(customer))
	p.follow(chromedp.KeyEvent(kb.Enter))
	p.reads("4 records for "+customer, "browser-shop", "browser-bank", "Labelled")
	p.hides(customerEmail, customerPhone)
	if n := eval[int](p, `document.querySelectorAll("[data-rows] .rd").length`); n < 2 {
		p.fatal("%d redaction bars in the list, want one for the e-mail address and one for the phone number", n)
	}
	if at := p.path(); !strings.HasPrefix(at, "/searches/") || strings.Contains(at, customer) {
		p.fatal("the search is at %s", at)
	}
	p.click(`a.btn[href^="/subjects/"]`, 200)
	p.reads(customer, "4 records", "No erasure was asked for")
	if at := p.path(); strings.Contains(at, customer) {
		p.fatal("the data subject is at %s", at)
	}
}

// hides wants none of the words in anything that the page knows.
func (p *tab) hides(words ...string) {
	p.t.Helper()
	html := p.html()
	for _, w := range words {
		if strings.Contains(html, w) {
			p.fatal("the page holds %q", w)
		}
	}
}

// readRecord opens the record with the e-mail address: masked, then in clear for a purpose, and masked again.
func readRecord(p *tab) {
	p.t.Helper()
	subject := p.path()
	p.click(`.acts a[href$="/records"]`, 200)
	row := eval[int](p, `[...document.querySelectorAll("[data-rows] tr")].findIndex(r => /email/.test(r.innerText)) + 1`)
	p.click(fmt.Sprintf(`[data-rows] tr:nth-child(%d) a[data-row]`, row), 200)
	p.reads("Body, masked", "masked email", customer)
	p.hides(customerEmail)
	p.choose("[name=purpose]", "erasure-request")
	p.click(`form[action$="/reveal"] button`, 200)
	p.reads("Body, in clear", customerEmail, "Shown in clear for “Check an erasure request (Art. 17)”")
	p.click(`[data-leave-after] a[href^="/records/"]`, 200)
	p.hides(customerEmail)
	p.visit(subject)
}

// propose asks for the erasure, and reads the manifest of the request.
func propose(p *tab) int64 {
	p.t.Helper()
	p.click(`a[href^="/erasures/new"]`, 200)
	p.reads("Propose erasure of "+customer, "4 records will be erased", "browser-shop", "browser-bank")
	p.choose("[name=reason]", "17-1-b")
	p.fill("[name=note]", "Asked for in ticket 5512.")
	p.click(`form[action="/erasures"] button`, 200)
	p.reads("Proposed", "4 records will be erased", "Hash", "Nothing is erased until a second person approves it", "A compliance officer decides on this")
	if eval[bool](p, `document.querySelector('form[action$="/approve"]') !== null`) {
		p.fatal("whoever proposed is offered to approve")
	}
	return numberOf(p)
}

// numberOf is the number of the erasure that the tab shows.
func numberOf(p *tab) int64 {
	p.t.Helper()
	n, err := strconv.ParseInt(strings.TrimPrefix(p.path(), "/erasures/"), 10, 64)
	if err != nil {
		p.fatal("this is no erasure's page: %v", err)
	}
	return n
}

// approve is the second pair of eyes: from the overview to the request, and the words typed.
func approve(p *tab, number int64) {
	p.t.Helper()
	p.visit("/erasures?state=proposed")
	p.click(fmt.Sprintf(`[data-rows] a[href="/erasures/%d"]`, number), 200)
	p.reads("Asked for in ticket 5512.", "browser-shop")
	p.act(press("#refuse > summary"))
	p.until(`pushes > 0`)
	if !eval[bool](p, `document.querySelector('form[action$="/approve"] button:not([data-copy])').disabled`) {
		p.fatal("the button does not wait for the words")
	}
	if !eval[bool](p, `document.querySelector("#refuse").open`) {
		p.fatal("the form that refuses was folded away by a push")
	}
	p.fill("[name=confirm]", "erase 4 records")
	p.click(`form[action$="/approve"] button:not([data-copy])`, 200)
	p.reads("Scheduled", "can be withdrawn")
}

// watchItRun stays on the page until the server has pushed the end; a mark in the page shows that it was not loaded anew.
func watchItRun(p *tab, number int64) {
	p.t.Helper()
	eval[bool](p, `(self.stayed = true)`)
	p.until(`document.querySelector("#live h1").innerText.includes("Done")`)
	if !eval[bool](p, `self.stayed === true && pushes > 0`) {
		p.fatal("the page was loaded anew instead of being pushed")
	}
	p.reads("Confirmed", "Erased and confirmed")
	p.hides(customer)
	p.until(`document.querySelector('a[href$="/receipt"]') !== null`)
	p.visit(fmt.Sprintf("/erasures/%d", number))
	p.click(`a[href^="/batches/"]`, 200)
	p.reads("Done", "browser-shop", fmt.Sprintf("Erasure %d", number))
	p.visit(fmt.Sprintf("/erasures/%d", number))
}

func readReceipt(p *tab, number int64) {
	p.t.Helper()
	p.click(`a[href$="/receipt"]`, 200)
	p.reads(fmt.Sprintf("Receipt for erasure %d", number), "browser-shop", "browser-bank", "None. No record up to the cut-off can be found any more.")
	p.hides(customer)
	rows := eval[[]string](p, `[...document.querySelectorAll(".receipt table")][0].innerText.split("\n")`)
	if !slices.ContainsFunc(rows, func(r string) bool { return strings.Contains(r, "\t3\t0\t") }) {
		p.fatal("the receipt does not count 3 before and 0 after: %q", rows)
	}
	p.click(`form[action$="/receipt/salt"] button`, 200)
	if salt := eval[string](p, `document.querySelector("#salt").textContent`); len(salt) != 64 {
		p.fatal("a salt of %d digits", len(salt))
	}
	printsOnOneSheet(p)
	p.visit(fmt.Sprintf("/erasures/%d/receipt", number))
}

// tenRecipients are rows as a receipt has them of linked services, in the page's own markup and with the words that the house writes: two were
// attested, two were called again, six answered.
const tenRecipients = `(() => {
	const body = [...document.querySelectorAll(".receipt table")][1].tBodies[0], row = body.rows[0];
	for (let n = 1; n <= 10; n++) {
		const r = row.cloneNode(true);
		const where = Object.assign(document.createElement("span"), { className: "sub", textContent: "Assistant, linked, eu-gb" });
		r.cells[0].replaceChildren("assistant-production-" + n, where);
		r.cells[2].textContent = n > 4 ? "Asked again: nothing is left from before our last accepted call."
			: n > 2 ? "Asked again: nothing is left from before our last accepted call. The call was repeated 2 times because nobody knew what had become of it; each moved its cut-off."
			: "Compliance Officer attests that it was done on 2 March 2026. Nobody else has looked. SHA-256 over the evidence, salted: " + "0123456789abcdef".repeat(4) + ".";
		body.append(r);
	}
	return body.rows.length;
})()`

// pageOfPDF is how Chromium writes down a sheet.
var pageOfPDF = regexp.MustCompile(`/Type\s*/Page\b`)

var a4 = regexp.MustCompile(`/MediaBox \[0 0 59[45][.0-9]* 84[12][.0-9]*\]`)

// printsOnOneSheet prints the receipt with ten recipients more than it has: one sheet of A4, and on it what the screen shows, without buttons.
func printsOnOneSheet(p *tab) {
	p.t.Helper()
	if rows := eval[int](p, tenRecipients); rows < 12 {
		p.fatal("the receipt has %d recipients", rows)
	}
	byTheSheet := true // as @page says
	pdf := do(p, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &byTheSheet}).Data
	if shots != "" {
		if err := os.WriteFile(filepath.Join(shots, "receipt.pdf"), pdf, 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
	if n := len(pageOfPDF.FindAll(pdf, -1)); n != 1 {
		p.fatal("the receipt prints on %d sheets", n)
	}
	if !a4.Match(pdf) {
		p.fatal("the sheet is not A4")
	}
}

// steps are what the trail must hold of an erasure that a person proposed, in this order.
var steps = []string{"erasure.proposed", "erasure.approved", "erasure.scheduled", "erasure.started", "erasure.verified", "erasure.done"}

// followTrail finds each step in the audit trail, and checks the whole log.
func followTrail(p *tab, number int64) {
	p.t.Helper()
	p.visit(fmt.Sprintf("/audit?object=erasure%%2F%d", number))
	found := eval[[]string](p, `[...document.querySelectorAll("[data-rows] a[data-row]")].map(a => a.pathname).reverse()`)
	var events []string
	for _, entry := range found {
		p.visit(entry)
		for _, s := range steps {
			if strings.Contains(p.text(), s) {
				events = append(events, s)
			}
		}
		p.hides(customer)
	}
	if !slices.Equal(events, steps) {
		p.fatal("the trail of erasure %d holds %q, want %q", number, events, steps)
	}
	p.visit("/audit")
	p.click(`form[action="/audit/verify"] button`, 200)
	p.reads("The log is whole")
}

// deleteByAPI is an application that deletes by customer ID; the console shows the request.
func deleteByAPI(t *testing.T, a *application, p *tab) int64 {
	t.Helper()
	const other = "cust_of_the_api_5"
	a.say(other, "forget me")
	if n := a.logs(other); n != 1 {
		t.Fatalf("the application lists %d messages of its customer, want 1", n)
	}
	a.curl("DELETE", "/v2/user_data?"+url.Values{"version": {a.assistantVersion}, "customer_id": {other}}.Encode(), "", 202)
	p.visit("/erasures")
	p.reads("Filed through the API")
	p.click(`[data-rows] tr:first-child a[data-row], [data-rows] tr:first-child a`, 200)
	p.until(`document.querySelector("#live h1").innerText.includes("Done")`)
	if n := a.logs(other); n != 0 {
		t.Errorf("after the deletion the application still lists %d messages", n)
	}
	return numberOf(p)
}
