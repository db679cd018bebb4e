package handlers

import (
	"bytes"
	"context"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/views/lang"
)

// sentFrom posts a form as a browser does that shows the page it stands on.
func (b *browser) sentFrom(page, action string, form url.Values) page {
	b.t.Helper()
	return b.typedOn(page, action, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (b *browser) typedOn(from, action, contentType string, body []byte) page {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.url+action, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Origin", b.url)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Referer", b.url+from)
	return b.do(req)
}

// someone is a form with all that a person may type, the password too.
var someone = url.Values{"email": {"nora@q.example"}, "name": {"Nora <New>"}, "role": {"support", "auditor"}, "password": {"a password for Nora"}}

// again signs in at the door that the browser was sent to.
func (b *browser) again(email, next string) page {
	b.t.Helper()
	return b.post("/signin", "email", email, "password", password, "next", next)
}

// TestFormOutlivesSession: what was typed when the session ended is not done, and offered again to the same person in the same browser.
func TestFormOutlivesSession(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	admin, email := h.signIn(db.RoleAdmin), h.people[db.RoleAdmin].Email
	h.clock.Pass(16 * time.Minute)
	sent := admin.sentFrom("/users/new", "/users", someone).leads(t, "/signin?next=/drafts/1&state=kept")
	admin.get(sent.next()).wants(t, 200, "Your session had ended, so nothing was done. What you typed is kept for a day", `value="/drafts/1"`)
	admin.get("/drafts/1").leads(t, "/signin?next=/drafts/1")
	admin.again(email, "/drafts/1").leads(t, "/drafts/1")
	admin.get("/").wants(t, 200, "Look at a form that you filled in", `href="/drafts/1"`)
	got := admin.get("/drafts/1").wants(t, 200, "nothing was done with it", `action="/users"`, `value="nora@q.example"`, `value="Nora &lt;New&gt;"`, `name="kept-form" value="1"`, `action="/drafts/1/discard"`)
	if strings.Contains(got.body, "a password for Nora") {
		t.Error("the password was kept")
	}
	ticked := regexp.MustCompile(`<input[^>]*name="role"[^>]*>`).FindAllString(got.body, -1)
	for _, box := range ticked {
		wanted := strings.Contains(box, `value="support"`) || strings.Contains(box, `value="auditor"`)
		if strings.Contains(box, "checked") != wanted {
			t.Errorf("not as it was ticked: %s", box)
		}
	}
	if len(ticked) != 4 {
		t.Errorf("%d roles", len(ticked))
	}
	if all, err := h.store.Users(context.Background()); err != nil || slices.ContainsFunc(all, func(u db.User) bool { return u.Email == "nora@q.example" }) {
		t.Errorf("it was done without anybody sending it: %v %v", all, err)
	}
	again := url.Values{sentForm: {"1"}}
	for name, values := range someone {
		again[name] = values
	}
	if done := admin.sentFrom("/drafts/1", "/users", again); done.status != http.StatusSeeOther || !strings.HasPrefix(done.next(), "/users/") {
		t.Errorf("%d to %s: %s", done.status, done.next(), done.body)
	}
	admin.get("/drafts/1").wants(t, 404)
}

// TestFormIsTheirOwn: nobody else sees it, no other browser of theirs does, and after a day nobody.
func TestFormIsTheirOwn(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	admin, email := h.signIn(db.RoleAdmin), h.people[db.RoleAdmin].Email
	h.clock.Pass(9 * time.Hour)
	h.signIn(db.RoleOfficer) // sweeps sessions; whose this one was is still known
	admin.sentFrom("/users/new", "/users", someone).leads(t, "/signin?next=/drafts/1&state=kept")
	elsewhere := h.signIn(db.RoleAdmin)
	elsewhere.get("/drafts/1").wants(t, 404)
	elsewhere.post("/drafts/1/discard").leads(t, "/")
	admin.again(h.people[db.RoleOfficer].Email, "/drafts/1").leads(t, "/drafts/1")
	if got := admin.get("/drafts/1").wants(t, 404); strings.Contains(got.body, "nora@") {
		t.Error("somebody else reads it")
	}
	admin.post("/drafts/1/discard").leads(t, "/")
	admin.post("/signout")
	admin.again(email, "/drafts/1")
	admin.get("/drafts/1").wants(t, 200, "nora@q.example")
	h.clock.Pass(db.DraftLife)
	admin.again(email, "/drafts/1")
	admin.get("/drafts/1").wants(t, 410)
	admin.get("/").wants(t, 200)
	admin.sentFrom("/users/new", "/users", url.Values{}).wants(t, 422)
}

// TestFormThatIsNotKept: the door says so, and why.
func TestFormThatIsNotKept(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	admin := h.signIn(db.RoleAdmin)
	h.clock.Pass(16 * time.Minute)
	var file bytes.Buffer
	parts := multipart.NewWriter(&file)
	parts.WriteField("name", "skill")
	parts.Close()
	door := func(got page, state string) {
		t.Helper()
		if !strings.HasSuffix(got.next(), "state="+state) || got.header.Get("Set-Cookie") != "" {
			t.Errorf("it leads to %q with the cookie %q, want state %s", got.next(), got.header.Get("Set-Cookie"), state)
		}
		admin.get(got.next()).wants(t, 200, strings.TrimSpace(strings.Split(lang.InEnglish(endedWords[state]), ".")[1]))
	}
	door(admin.typedOn("/training-check", "/training-check", parts.FormDataContentType(), file.Bytes()), "file")
	door(admin.sentFrom("/users/new", "/users", url.Values{"name": {strings.Repeat("x", db.MaxDraft)}}), "long")
	door(admin.sentFrom("/audit", "/audit/verify", url.Values{}), "ended")
	door(admin.sentFrom("/users/new", "/users", url.Values{"password": {"only this was typed"}}), "ended")
	h.clock.Pass(2 * 24 * time.Hour)
	h.signIn(db.RoleOfficer)
	door(admin.sentFrom("/users/new", "/users", someone), "lost")
	h.visitor().sentFrom("/users/new", "/users", someone).leads(t, "/signin")
	for user := range h.people {
		if list, err := h.store.Drafts(context.Background(), h.people[user].Number, ""); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	}
}

// TestFormWithoutItsPage: what was typed on a page that is gone is shown to be copied, and can be discarded.
func TestFormWithoutItsPage(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	officer, email := h.signIn(db.RoleOfficer), h.people[db.RoleOfficer].Email
	h.clock.Pass(16 * time.Minute)
	officer.sentFrom("https://elsewhere.example/", "/erasures/99/refuse", url.Values{"why": {"as I wrote"}, "confirm": {"erase 4"}})
	officer.again(email, "/drafts/1")
	got := officer.get("/drafts/1").wants(t, 200, "not on its page any more", "as I wrote", `action="/drafts/1/discard"`)
	if strings.Contains(got.body, "erase 4") || strings.Contains(got.body, `action="/erasures/99/refuse"`) {
		t.Error("it could be sent unseen, or the words that confirm were kept")
	}
	officer.post("/drafts/1/discard").leads(t, "/")
	officer.get("/drafts/1").wants(t, 404)
}

// TestSecretsAreNotKept finds each field that hides what is typed, so that a new one cannot be forgotten.
func TestSecretsAreNotKept(t *testing.T) {
	files, err := filepath.Glob("../views/*.templ")
	own, err2 := filepath.Glob("*.go")
	if err != nil || err2 != nil || len(files) < 50 {
		t.Fatal(len(files), err, err2)
	}
	fields := regexp.MustCompile(`Name: +"([a-z-]+)".*?Type: +"password"|"([a-z_-]+)": +{[^}]*Type: +"password"|name="([a-z-]+)"[^>]*type="password"`)
	found := map[string]bool{}
	for _, name := range append(files, own...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fields.FindAllStringSubmatch(string(text), -1) {
			found[m[1]+m[2]+m[3]] = true
		}
		if n := strings.Count(string(text), `Type: "password"`); n != len(fields.FindAllString(string(text), -1)) && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s has %d fields for secrets, and not all were understood", name, n)
		}
	}
	if len(found) < 3 {
		t.Fatalf("found only %v", found)
	}
	for name := range found {
		if !slices.Contains(unkept, name) {
			t.Errorf("%q hides what is typed, and would be kept", name)
		}
	}
}

// TestRefill fills each kind of control, and leaves alone what the page itself says.
func TestRefill(t *testing.T) {
	const form = `<form method="post" action="/x?y=1">`
	for name, c := range map[string]struct {
		page   string
		fields url.Values
		want   string
	}{
		"text":       {`<input name="a" value="old">`, url.Values{"a": {`"new"`}}, `<input name="a" value="&#34;new&#34;"/>`},
		"two":        {`<input name="a"><input name="a">`, url.Values{"a": {"1", "2"}}, `<input name="a" value="1"/><input name="a" value="2"/>`},
		"absent":     {`<input name="a" value="stays">`, url.Values{"b": {"1"}}, `<input name="a" value="stays"/>`},
		"area":       {`<textarea name="a">old</textarea>`, url.Values{"a": {"\n<b>"}}, "<textarea name=\"a\">\n\n&lt;b&gt;</textarea>"},
		"select":     {`<select name="a"><option value="1" selected>1</option><option value="2">2</option></select>`, url.Values{"a": {"2"}}, `<option value="1">1</option><option value="2" selected="">`},
		"radio":      {`<input type="radio" name="a" value="1" checked><input type="radio" name="a" value="2">`, url.Values{"a": {"2"}}, `value="1"/><input type="radio" name="a" value="2" checked=""/>`},
		"unticked":   {`<input type="checkbox" name="a" value="1" checked>`, url.Values{"b": {"2"}}, `<input type="checkbox" name="a" value="1"/>`},
		"hidden":     {`<input type="hidden" name="a" value="now">`, url.Values{"a": {"then"}}, `<input type="hidden" name="a" value="now"/>`},
		"password":   {`<input type="password" name="a">`, url.Values{"a": {"x"}}, `<input type="password" name="a"/>`},
		"confirm":    {`<input name="confirm">`, url.Values{"confirm": {"erase"}}, `<input name="confirm"/>`},
		"of another": {`<input name="a" form="other">`, url.Values{"a": {"1"}}, `<input name="a" form="other"/>`},
	} {
		t.Run(name, func(t *testing.T) {
			page := `<html><body><div class="wrap"><details>` + form + c.page + `</form></details><div hx-sse:connect="/live"></div></div></body></html>`
			got, ok := refill([]byte(page), db.Draft{Number: 7, DraftForm: db.DraftForm{Action: "/x?y=1", Fields: c.fields}}, []byte("<p>note</p>"))
			if !ok || !strings.Contains(string(got), c.want) {
				t.Errorf("%v %s\nlacks %s", ok, got, c.want)
			}
			for _, want := range []string{`<div class="wrap"><p>note</p>`, `<details open="">`, `name="kept-form" value="7"`} {
				if !strings.Contains(string(got), want) {
					t.Errorf("it lacks %s", want)
				}
			}
			if strings.Contains(string(got), "/live") {
				t.Error("a push would put the page's own form over it")
			}
			if _, ok := refill([]byte(page), db.Draft{DraftForm: db.DraftForm{Action: "/x"}}, nil); ok {
				t.Error("a form that posts elsewhere was filled")
			}
		})
	}
}

// TestSessionEndsOnThePage: the page knows when the session ends if nothing more is asked for, so that it can warn two minutes before.
func TestSessionEndsOnThePage(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	began, b := h.clock.Now(), h.signIn(db.RoleOfficer)
	ends := func(want time.Time) {
		t.Helper()
		b.get("/help").wants(t, 200, `name="session-ends" content="`+want.UTC().Format(time.RFC3339)+`"`)
	}
	ends(began.Add(db.SessionIdle))
	for range 47 {
		h.clock.Pass(10 * time.Minute)
		if b.get("/help").status != 200 {
			t.Fatal("it ended")
		}
	}
	ends(began.Add(db.SessionAbsolute))
}

// TestKeptOfAForm: of what is secret or means something only at the moment of the act nothing is kept, whatever the rest of the form is.
func TestKeptOfAForm(t *testing.T) {
	form := url.Values{"name": {"kept"}, "empty": {""}, sentForm: {"7"}}
	for _, name := range []string{"step-up", "password", "credential", "headers", "confirm"} {
		form.Set(name, "secret")
	}
	if got := typed(form); !maps.EqualFunc(got, url.Values{"name": {"kept"}, "empty": {""}}, slices.Equal) {
		t.Errorf("%v is kept", got)
	}
}

// TestPageOfAForm: the page that a form stood on is one of ours, and never what another site says.
func TestPageOfAForm(t *testing.T) {
	for referer, want := range map[string]string{"http://example.com/users/new?x=1": "/users/new?x=1", "https://elsewhere.example/users/new": "/", "http://example.com//elsewhere.example/": "/", "": "/"} {
		r := httptest.NewRequest(http.MethodPost, "http://example.com/users", nil)
		r.Header.Set("Referer", referer)
		if got := pageOf(r).RequestURI(); got != want {
			t.Errorf("%s: %s, want %s", referer, got, want)
		}
	}
}

// TestRefillOfSeveral: of forms that post to the same place the one is filled whose hidden fields say what was sent.
func TestRefillOfSeveral(t *testing.T) {
	const one = `<form method="post" action="/x"><input type="hidden" name="of" value="1"><input name="a"></form>`
	page := `<html><body><div class="wrap">` + one + strings.Replace(one, `"1"`, `"2"`, 1) + `</div></body></html>`
	got, ok := refill([]byte(page), db.Draft{Number: 7, DraftForm: db.DraftForm{Action: "/x", Fields: url.Values{"of": {"2"}, "a": {"typed"}}}}, nil)
	_, second, _ := strings.Cut(string(got), `value="2"`)
	if !ok || !strings.Contains(second, `value="typed"`) || strings.Count(string(got), "typed") != 1 {
		t.Errorf("%s", got)
	}
}

// TestFormOfADraft: a form that was offered again and sent too late once more is not looked for on the page that offers itself; signing out of a
// session that has ended is no form.
func TestFormOfADraft(t *testing.T) {
	t.Parallel()
	h := openHouse(t, nil)
	admin, email := h.signIn(db.RoleAdmin), h.people[db.RoleAdmin].Email
	h.clock.Pass(16 * time.Minute)
	admin.sentFrom("/drafts/1", "/users", someone).leads(t, "/signin?next=/drafts/1&state=kept")
	admin.again(email, "/drafts/1").leads(t, "/drafts/1")
	admin.get("/drafts/1").wants(t, 200, "not on its page any more", "nora@q.example")
	h.clock.Pass(16 * time.Minute)
	if got := admin.sentFrom("/drafts/1", "/signout", url.Values{}); strings.Contains(got.next(), "state=ended") {
		t.Errorf("it leads to %s", got.next())
	}
}
