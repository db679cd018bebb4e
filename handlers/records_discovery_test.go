package handlers

import (
	"net/http"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
)

// TestDiscoveryRecords: documents, queries and events are shown masked, in lists and on their pages, with where they belong.
func TestDiscoveryRecords(t *testing.T) {
	h := openHouse(t, nil)
	svc, err := h.store.AddService(t.Context(), audit.Operator, label.Discovery, "letters", "eu-de")
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Service: svc.Number, Name: "all", Scopes: db.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	url := h.url + "/instances/" + svc.GUID
	send := func(status int, line string) {
		t.Helper()
		h.sendCurl(strings.Replace(line, "{url}", url, 1), key).wants(t, status)
	}
	const (
		post     = `curl -X POST -u "apikey:{apikey}" --header "X-Watson-Metadata: customer_id=abc"`
		body     = ` --header "Content-Type: application/json" --data "`
		question = `{\"natural_language_query\":\"is rita@example.org there\"}`
		click    = `{\"type\":\"click\",\"data\":{\"environment_id\":\"e1\",\"session_token\":\"t1\",\"collection_id\":\"c1\",\"document_id\":\"letter-1\"}}`
	)
	send(202, post+` --form "file=@rita@example.org.html" --form "metadata={\"author\":\"rita@example.org\"}" "{url}/v1/environments/e1/collections/c1/documents/letter-1?version=2019-04-30"`)
	send(200, post+body+question+`" "{url}/v1/environments/e1/collections/c1/query?version=2019-04-30"`)
	send(201, post+body+click+`" "{url}/v1/events?version=2019-04-30"`)
	send(202, post+` --form "file=@scan.pdf" "{url}/v2/projects/p1/collections/c2/documents?version=2020-08-30"`)
	support := h.signIn("support")
	found := support.post("/search", "q", "abc")
	list := support.get(found.header.Get("Location")).wants(t, http.StatusOK, "Document", "Query", "Event")
	if strings.Contains(list.body, "rita@example.org") {
		t.Error("a list shows an address")
	}
	for path, sees := range map[string][]string{
		"/records/1": {"Document of Discovery", "Watson API, Discovery v1", "Environment", "e1", "letter-1", "html", "document.metadata.author"},
		"/records/2": {"Query of Discovery", "natural_language_query"},
		"/records/3": {"Event of Discovery", "Collection", "c1"},
		"/records/4": {"Document of Discovery", "Watson API, Discovery v2", "Project", "p1", "the file is kept and not read", "is not read here"},
	} {
		page := support.get(path).wants(t, http.StatusOK, sees...)
		if strings.Contains(page.body, "rita@example.org") || strings.Contains(page.body, "Assistant v") || strings.Contains(page.body, "PGZpbGU") {
			t.Errorf("%s shows what it must not", path)
		}
	}
	support.post("/records/1/reveal", "purpose", "support-case").wants(t, http.StatusOK, "rita@example.org")
	support.post("/records/4/reveal", "purpose", "support-case").wants(t, http.StatusOK, "unsupported_file_type")
}
