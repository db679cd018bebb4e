package handlers

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
)

func TestServices(t *testing.T) {
	h := openHouse(t, nil)
	admin := h.signIn("admin")
	admin.get("/services").wants(t, http.StatusOK, "No service yet", "/services/new")
	admin.get("/services/new").wants(t, http.StatusOK, "Add a service")
	admin.post("/services", "kind", "toaster", "name", "").wants(t, http.StatusUnprocessableEntity, "Choose what kind of service it is.", "Give it a name.")
	admin.post("/services", "kind", "assistant", "name", "a\x07b").wants(t, http.StatusUnprocessableEntity, "at most 80 characters")
	admin.post("/services", "kind", "assistant", "name", "support-bot").leads(t, "/services/1")
	h.noted(audit.ServiceAdded, h.people["admin"].Actor(), "service/1")
	admin.post("/services", "kind", "discovery", "name", "support-bot").wants(t, http.StatusUnprocessableEntity, "This name is already in use.", `value="support-bot"`)

	now := h.store.Now()
	dbtest.Ingest(t, h.store, dbtest.Message(t, 1, now, "hello", "abc"), dbtest.Message(t, 1, now, "hello", "xyz"), dbtest.Message(t, 1, now.Add(time.Minute), "who am I"))
	svc, _ := h.store.Service(t.Context(), 1)
	admin.get("/services").wants(t, http.StatusOK, "support-bot", "hosted here", "2 Mar 2026, 09:01")
	admin.get("/services/1").wants(t, http.StatusOK, "67 % of 3 records are labelled", h.url+"/instances/"+svc.GUID, "X-Watson-Metadata: customer_id=", "Message", "No keys yet")
	h.signIn("support").get("/services/1").wants(t, http.StatusOK, "support-bot")
	admin.get("/services/2").wants(t, http.StatusNotFound)
	admin.get("/services/x").wants(t, http.StatusNotFound)
}

var keyForm = regexp.MustCompile(`qk_[a-z2-7]{8}_[A-Za-z0-9_-]{43}`)

func TestKeys(t *testing.T) {
	h := openHouse(t, nil)
	dbtest.Service(t, h.store, "support-bot")
	dbtest.Service(t, h.store, "other-bot")
	admin := h.signIn("admin")
	const keys = "/services/1/keys"
	admin.post(keys, "name", "", "scope", "ingest").wants(t, http.StatusUnprocessableEntity, "Give it a name.")
	admin.post(keys, "name", "chat", "expires", "2026-03-01").wants(t, http.StatusUnprocessableEntity, "This day has passed.", `value="2026-03-01"`)
	admin.post(keys, "name", "chat", "expires", "soon").wants(t, http.StatusUnprocessableEntity, "year, month and day")
	admin.post(keys, "name", "chat").wants(t, http.StatusUnprocessableEntity, "Give at least one of the scopes", `value="chat"`)
	made := admin.post(keys, "name", "chat", "scope", "ingest", "scope", "logs", "expires", "2026-03-02").wants(t, http.StatusOK, "It is shown this once.", "ingest and logs")
	key := keyForm.FindString(made.body)
	if k, err := h.store.CheckKey(t.Context(), key); err != nil || k.Expires != time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC) {
		t.Errorf("the key on the page opens %+v: %v", k, err)
	}
	if again := admin.get("/services/1"); strings.Contains(again.body, key) || key == "" {
		t.Error("the key is shown a second time")
	}
	admin.post("/services/2/keys/1/revoke").wants(t, http.StatusNotFound)
	admin.post(keys+"/1/revoke").leads(t, "/services/1")
	h.noted(audit.KeyRevoked, h.people["admin"].Actor(), "key/1")
	admin.get("/services/1").wants(t, http.StatusOK, "The key is revoked.", "Revoked")
	admin.post(keys+"/1/revoke").wants(t, http.StatusConflict)
	if _, err := h.store.CheckKey(t.Context(), key); err == nil {
		t.Error("the revoked key still opens something")
	}
}

// TestEndpoints sends what the commands on a service's page send: each operation that is offered is answered.
func TestEndpoints(t *testing.T) {
	h := openHouse(t, nil)
	for i, kind := range []label.Kind{label.Assistant, label.Discovery, label.VisualRecognition, label.SpeechToText, label.TextToSpeech} {
		svc, err := h.store.AddService(t.Context(), audit.Operator, kind, string(kind), "")
		if err != nil {
			t.Fatal(err)
		}
		key, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Service: svc.Number, Name: "all", Scopes: db.Scopes()})
		if err != nil {
			t.Fatal(err)
		}
		h.signIn("admin").get(serviceHref(int64(i+1))).wants(t, http.StatusOK, "Delete by customer ID", h.url+"/instances/"+svc.GUID)
		session, collection := "", ""
		for _, e := range endpoints(svc, h.url+"/instances/"+svc.GUID) {
			fill := strings.NewReplacer("{assistant}", "a1", "{session}", session, "{collection_id}", collection, "{customer_id}", "abc",
				"{environment}", "e1", "{project}", "p1", "{collection}", "c1")
			got := h.sendCurl(fill.Replace(e.Curl), key)
			if got.status < 200 || got.status > 299 {
				t.Errorf("%s, %s: %d %s", kind, e.Name, got.status, got.body)
			}
			if s := regexp.MustCompile(`"session_id":"([^"]+)"`).FindStringSubmatch(got.body); s != nil && session == "" {
				session = s[1]
			}
			if s := regexp.MustCompile(`"collection_id":"([^"]+)"`).FindStringSubmatch(got.body); s != nil {
				collection = s[1]
			}
		}
	}
}

// curlForm takes a command apart: method, headers, data, parts of a form, address.
var curlForm = regexp.MustCompile(`^curl -X (\w+) -u "apikey:\{apikey\}"((?: --header "[^"]+")*)(?: --data "((?:[^"\\]|\\.)*)")?((?: --form "(?:[^"\\]|\\.)+")*) "([^"]+)"$`)

func (h *house) sendCurl(command, key string) page {
	h.t.Helper()
	m := curlForm.FindStringSubmatch(command)
	if m == nil {
		h.t.Fatalf("not a command: %s", command)
	}
	body, kind := strings.ReplaceAll(m[3], `\"`, `"`), ""
	if options := regexp.MustCompile(`--form "((?:[^"\\]|\\.)+)"`).FindAllStringSubmatch(m[4], -1); options != nil {
		var parts []string
		for _, o := range options {
			parts = append(parts, strings.ReplaceAll(o[1], `\"`, `"`))
		}
		var err error
		if kind, body, err = curled(parts); err != nil {
			h.t.Fatal(err)
		}
	}
	req, err := http.NewRequest(m[1], m[5], strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.SetBasicAuth("apikey", key)
	for _, header := range regexp.MustCompile(`--header "([^:]+):\s*([^"]+)"`).FindAllStringSubmatch(m[2], -1) {
		req.Header.Set(header[1], header[2])
	}
	return h.visitor().do(req)
}

func TestUsers(t *testing.T) {
	h := openHouse(t, nil)
	admin := h.signIn("admin")
	admin.get("/users").wants(t, http.StatusOK, "Officer Person", "officer@q.example", "Compliance officer", "local", "May sign in")
	admin.get("/users/new").wants(t, http.StatusOK, "Add a person")
	admin.post("/users", "email", "new@q.example", "name", "New", "password", "short").wants(t, http.StatusUnprocessableEntity, "12 to 1,024 characters", `value="new@q.example"`)
	admin.post("/users", "email", "new", "name", "New", "role", "support", "password", password).wants(t, http.StatusUnprocessableEntity, "This is not an e-mail address.")
	admin.post("/users", "email", "new@q.example", "name", "New", "password", password).wants(t, http.StatusUnprocessableEntity, "Give at least one of the roles")
	admin.post("/users", "email", "new@q.example", "name", "New", "role", "king", "password", password).wants(t, http.StatusUnprocessableEntity, "Give at least one of the roles")
	admin.post("/users", "email", "Officer@q.example", "name", "New", "role", "support", "password", password).wants(t, http.StatusUnprocessableEntity, "There is a local account with this address")
	admin.post("/users", "email", "new@q.example", "name", "New", "role", "support", "password", password).leads(t, "/users/5")
	admin.get("/users/5").wants(t, http.StatusOK, "The account is made.", "new@q.example", "Not signed in anywhere")
	h.signInAs("new@q.example").get("/search").wants(t, http.StatusOK)
}

func TestChangeUser(t *testing.T) {
	h := openHouse(t, nil)
	admin, officer := h.signIn("admin"), h.signIn("officer")
	number := h.people["officer"].Number
	path := userHref(number)
	admin.post(path, "name", "Olga", "role", "officer").leads(t, path)
	officer.get("/").wants(t, http.StatusOK, "Olga") // another name ends no session
	admin.post(path, "name", "", "role", "officer").wants(t, http.StatusUnprocessableEntity, "Give it a name.")
	admin.post(path, "name", "Olga").wants(t, http.StatusUnprocessableEntity, "Give at least one of the roles")
	admin.post(path, "name", "Olga", "role", "officer", "role", "auditor").leads(t, path)
	officer.get("/").leads(t, "/signin")
	if u, _ := h.store.User(t.Context(), number); u.Name != "Olga" || strings.Join(u.Roles, " ") != "auditor officer" {
		t.Errorf("the account is %+v", u)
	}
	admin.post("/users/99", "name", "Nobody", "role", "officer").wants(t, http.StatusNotFound)

	own := userHref(h.people["admin"].Number)
	admin.post(own, "name", "Ada", "role", "support").leads(t, own)
	if u, _ := h.store.User(t.Context(), h.people["admin"].Number); u.Name != "Ada" || u.Roles[0] != "admin" {
		t.Errorf("one's own account is %+v", u)
	}
	admin.post(own+"/disable").wants(t, http.StatusForbidden, "Another administrator has to do this")
}

func TestPasswordAndState(t *testing.T) {
	h := openHouse(t, nil)
	admin, officer := h.signIn("admin"), h.signIn("officer")
	path := userHref(h.people["officer"].Number)
	admin.post(path+"/password", "password", "short").wants(t, http.StatusUnprocessableEntity, "12 to 1,024 characters")
	admin.post(path+"/password", "password", password+"!").leads(t, path)
	officer.get("/").leads(t, "/signin")
	officer.post("/signin", "email", "officer@q.example", "password", password+"!").leads(t, "/")
	admin.post(path+"/disable").leads(t, path)
	admin.post(path+"/disable").wants(t, http.StatusConflict)
	officer.get("/").leads(t, "/signin")
	officer.post("/signin", "email", "officer@q.example", "password", password+"!").wants(t, http.StatusForbidden, "This account is disabled")
	admin.get(path).wants(t, http.StatusOK, "Disabled", "Enable Officer Person")
	admin.post(path+"/enable").leads(t, path)
	officer.post("/signin", "email", "officer@q.example", "password", password+"!").leads(t, "/")
	admin.post(userHref(h.people["admin"].Number)+"/password", "password", password+"?").leads(t, "/signin")
	admin.get("/").leads(t, "/signin")
}

// TestProviderPerson: what the sign-in provider says of somebody cannot be changed here.
func TestProviderPerson(t *testing.T) {
	h := openHouse(t, nil)
	u, err := h.store.UpsertOIDC(t.Context(), "https://id.example", "s1", "pat@id.example", "Pat", []string{db.RoleSupport})
	if err != nil {
		t.Fatal(err)
	}
	admin := h.signIn("admin")
	admin.get(userHref(u.Number)).wants(t, http.StatusOK, "https://id.example", "They come from the sign-in provider")
	admin.post(userHref(u.Number), "name", "Patricia").wants(t, http.StatusUnprocessableEntity, "through the sign-in provider")
	admin.post(userHref(u.Number)+"/password", "password", password).wants(t, http.StatusUnprocessableEntity, "through the sign-in provider")
	admin.post(userHref(u.Number), "name", "Pat", "role", "admin").leads(t, userHref(u.Number))
	if got, _ := h.store.User(t.Context(), u.Number); strings.Join(got.Roles, " ") != "support" {
		t.Errorf("roles are %v", got.Roles)
	}
}

func TestSessions(t *testing.T) {
	h := openHouse(t, nil)
	first, second, admin := h.signIn("support"), h.signIn("support"), h.signIn("admin")
	first.get("/sessions").wants(t, http.StatusOK, "This one, now", "/sessions/1/end", "/sessions/2/end")
	first.post("/sessions/2/end").leads(t, "/sessions")
	h.noted(audit.SessionEnded, h.people["support"].Actor(), "session/2")
	second.get("/").leads(t, "/signin")
	first.post("/sessions/2/end").wants(t, http.StatusNotFound)
	first.post("/sessions/3/end").wants(t, http.StatusNotFound) // the admin's
	admin.get("/").wants(t, http.StatusOK)
	admin.post("/sessions/1/end").leads(t, userHref(h.people["support"].Number))
	first.get("/").leads(t, "/signin")
	admin.post("/sessions/3/end").leads(t, "/signin?state=signed-out")
	admin.get("/").leads(t, "/signin")
}

func TestSettings(t *testing.T) {
	h := openHouse(t, nil)
	b := h.signIn("auditor")
	b.get("/settings").wants(t, http.StatusOK, "Europe/Berlin")
	for _, zone := range []string{"", "Local", "Europe/Atlantis", "../../etc/passwd"} {
		b.post("/settings", "theme", "dark", "density", "compact", "zone", zone).wants(t, http.StatusUnprocessableEntity, "Choose one of the zones in the list.")
	}
	b.post("/settings", "theme", "dark", "density", "compact", "zone", "Europe/Berlin").leads(t, "/settings")
	b.get("/settings").wants(t, http.StatusOK, "Saved.", `data-theme="dark"`, `data-density="compact"`)
	dbtest.Service(t, h.store, "support-bot")
	b.get("/services/1").wants(t, http.StatusOK, "2 Mar 2026, 10:00") // 09:00 UTC
	b.post("/settings", "theme", "neon", "density", "normal", "zone", "UTC", "language", "xx").leads(t, "/settings")
	if got := b.get("/settings").wants(t, http.StatusOK, `data-theme=""`, `data-density=""`, "data-keyless"); strings.Contains(got.body, `value="on" checked`) {
		t.Error("the keys that were switched off are shown as on")
	}
	if u, err := h.store.User(t.Context(), h.people[db.RoleAuditor].Number); err != nil || u.Language != "" {
		t.Errorf("a language is kept that the console does not speak: %q, %v", u.Language, err)
	}
}

func TestHelp(t *testing.T) {
	openHouse(t, nil).signIn("auditor").get("/help/words").wants(t, http.StatusOK, "Cut-off")
}
