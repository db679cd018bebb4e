package main_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// elsewhere answers deletions as instances do that take them, refuse our credential, or are down.
func elsewhere(t *testing.T) string {
	t.Helper()
	answers := map[string]int{"takes": http.StatusAccepted, "refuses": http.StatusUnauthorized, "down": http.StatusInternalServerError}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answers[name])
		w.Write([]byte("{}"))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// link adds a linked service for each way in which one answers.
func (h *house) link(t *testing.T) {
	t.Helper()
	at := elsewhere(t)
	for _, name := range []string{"takes", "refuses", "down"} {
		h.command(t, "a key\n", "service add", "-kind", "text-to-speech", "-name", "elsewhere "+name, "-link", at+"/"+name, "-credential-file", "-", "-inside")
	}
	task := filepath.Join(t.TempDir(), "task")
	if err := os.WriteFile(task, []byte("Ask the archive for the binder by customer ID.\nShred it, and have it signed."), 0o600); err != nil {
		t.Fatal(err)
	}
	h.command(t, "", "service add", "-kind", "manual", "-name", "paper archive", "-instructions-file", task)
}

// linkedParts approves an erasure that reaches services elsewhere, and looks at its page with what each of them said.
func linkedParts(t *testing.T, h *house, b *browser) {
	h.link(t)
	h.addService(t, "browser-front").say("cust_elsewhere", "Please forget me there too.")
	accounts := h.accounts(t)
	support, officer := b.person(t, h.origin), b.person(t, h.origin)
	support.signIn(accounts["support"])
	then(searches("cust_elsewhere", 200), clicks(`a.btn[href^="/subjects/"]`, 200), clicks(`a[href^="/erasures/new"]`, 200))(support)
	support.reads("Linked, not counted here", "every linked one")
	support.choose("[name=reason]", "17-1-b")
	support.click(`form[action="/erasures"] button`, 200)
	page := support.path()
	officer.signIn(accounts["officer"])
	officer.visit(page)
	officer.until(`pushes > 0`) // what is typed before the first push may be gone
	officer.fill("[name=confirm]", "erase 1 record")
	officer.click(`form[action$="/approve"] button:not([data-copy])`, 200)
	officer.until(`["Accepted", "By hand", "Failed", "No program can erase there"].every(w => document.querySelector("#parts")?.innerText.includes(w))`)
	officer.reads("4 linked services have not confirmed yet", "does not accept our credential", "Try again", "elsewhere takes, Quittance")
	officer.inspect("erasure with linked parts")
	attested(support, officer, page)
}

// attested is what a person does where no program can: support reads what, an officer attests it.
func attested(support, officer *tab, page string) {
	support.visit(page)
	support.reads("Shred it, and have it signed.", "An officer attests it when it is done.")
	support.inspect("erasure with a task, for support")
	last := `Array.from(document.querySelectorAll("details[id^=attest-]")).at(-1)`
	officer.visit(page)
	officer.act(press(`details[id^=attest-] > summary`))
	officer.inspect("erasure with an attestation to be made")
	script(last + `.open = true; ` + last + `.querySelector("[name=done]").value = new Date().toISOString().slice(0, 10); ` + last + `.querySelector("[name=words]").value = "Shredded, two signatures."`)(officer)
	if status := officer.follow(chromedp.Evaluate[chromedp.Void](last + `.querySelector("button").click()`)); status != http.StatusOK {
		officer.fatal("the attestation is answered with %d", status)
	}
	officer.reads("Attested", "Shredded, two signatures.", "Erase evidence")
	officer.inspect("erasure with an attestation")
}
