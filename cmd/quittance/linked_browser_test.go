package main_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
	officer.until(`["Accepted", "By hand", "Failed"].every(w => document.querySelector("#parts")?.innerText.includes(w))`)
	officer.reads("3 linked services have not confirmed yet", "does not accept our credential", "Try again", "elsewhere takes, Quittance")
	officer.inspect("erasure with linked parts")
}
