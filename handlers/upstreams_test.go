package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
	"quittance/handlers/connect"
)

// key makes an API key with all scopes.
func (h *house) key(v db.Service) string {
	h.t.Helper()
	full, _, err := h.store.AddKey(h.t.Context(), audit.Operator, db.NewKey{Service: v.Number, Name: "all", Scopes: db.Scopes()})
	if err != nil {
		h.t.Fatal(err)
	}
	return full
}

// say sends a labelled message to an Assistant.
func (h *house) say(v db.Service, key, text, customer string) page {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodPost, h.url+"/instances/"+v.GUID+"/v2/assistants/a1/message?version=2024-08-25", strings.NewReader(`{"input":{"text":"`+text+`"}}`))
	if err != nil {
		h.t.Fatal(err)
	}
	req.SetBasicAuth("apikey", key)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Watson-Metadata", "customer_id="+customer)
	return h.visitor().do(req)
}

// TestGateway: one house before another, over real connections and through the dial guard. A message reaches both under its label; the console tells how
// the way there is; a deletion here is carried there and confirmed. A key that the far house does not take is no fault of the caller.
func TestGateway(t *testing.T) {
	far, near := openHouse(t, nil), openHouse(t, nil)
	there := dbtest.Service(t, far.store, "Real bot")
	farKey := far.key(there)
	front, behind, err := near.store.AddGateway(t.Context(), audit.Operator, label.Assistant, "Front bot", "", db.NewLinked{URL: far.url + "/instances/" + there.GUID, Inside: true, Credential: []byte(farKey)})
	if err != nil {
		t.Fatal(err)
	}
	key := near.key(front)
	near.say(front, key, "hello from Anna", "anna").wants(t, http.StatusOK, `"generic"`)
	host := strings.TrimPrefix(far.url, "http://")
	near.signIn("admin").get(serviceHref(front.Number)).wants(t, http.StatusOK, "Passes on to", host, "Last call there", ", answered")
	near.signIn("admin").get(serviceHref(behind.Number)).wants(t, http.StatusOK, "Receives from", "Front bot, here")
	if p := near.signIn("admin").get(serviceHref(front.Number)); strings.Contains(p.body, there.GUID) {
		t.Error("the page shows more of the address than its host")
	}
	for _, h := range []*house{far, near} {
		if got, err := h.store.Tallies(t.Context()); err != nil || len(got) != 1 {
			t.Errorf("%v, %v", got, err)
		}
	}

	e, err := near.store.AcceptErasure(t.Context(), audit.System, front.Number, dbtest.ID(t, "anna"))
	if err != nil {
		t.Fatal(err)
	}
	accepted, stop := far.store.Watch(func(o string) bool { return strings.HasPrefix(o, "erasure/") })
	defer stop()
	if _, err := erasure.NewRunner(near.store, orDiscard(nil)).Run(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	go connect.NewRunner(near.store, orDiscard(nil)).Loop(t.Context())
	select {
	case <-accepted:
	case <-time.After(20 * time.Second):
		t.Fatalf("request %d did not reach the far house", e.Number)
	}

	keys, err := far.store.KeysOf(t.Context(), there.Number)
	if err != nil || far.store.RevokeKey(t.Context(), audit.System, keys[0].Number) != nil {
		t.Fatal(err)
	}
	near.say(front, key, "hello again", "ben").wants(t, http.StatusBadGateway, "yours are good")
	near.signIn("admin").get(serviceHref(front.Number)).wants(t, http.StatusOK, "Credentials refused", "1 time since the server started", "no answer: the service refused the credentials")
	if err := near.store.RemoveService(t.Context(), audit.System, behind.Number); err != nil {
		t.Fatal(err)
	}
	near.say(front, key, "and now", "ben").wants(t, http.StatusOK, "has been kept")
}
