package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The person who asks, and what they said of somebody else.
const (
	asker     = "deskperson77"
	neighbour = "bob.canary@mail.example"
)

// TestDesk follows requests of persons from the call to the end of the ticket, as support, officers, an auditor and the person themselves see it.
func TestDesk(t *testing.T) {
	t.Parallel()
	h := serve(t, buildBinary(t), "-batch-every", "1s", "-cancel-window", "2s")
	b, staff := openBrowser(t), h.hire(t, "support", "officer", "auditor")
	t.Run("access", func(t *testing.T) { accessRequest(t, h, b, staff) })
	t.Run("erasure", func(t *testing.T) { erasureRequest(t, h, b, staff) })
}

// hire adds an account for each role. It is a house of its own, without the demo's forty thousand messages.
func (h *house) hire(t *testing.T, roles ...string) map[string]account {
	t.Helper()
	staff := map[string]account{}
	for _, role := range roles {
		a := account{Role: role, Email: role + "@desk.example", Password: "a long word for " + role}
		h.command(t, a.Password+"\n", "user add", "-email", a.Email, "-role", role, "-password-file", "-")
		staff[role] = a
	}
	return staff
}

// accessRequest: by phone, checked, prepared with one redaction, released, extended, fetched once, read from the disk, in time.
func accessRequest(t *testing.T, h *house, b *browser, accounts map[string]account) {
	h.addService(t, "desk-bot").say(asker, "My neighbour is "+neighbour, "Where is my parcel?")
	h.addGallery(t, "desk-photos", asker, 2)
	support := b.person(t, h.origin)
	support.signIn(accounts["support"])
	ticket := takeCall(support, "access", asker)
	checkIdentity(support)
	prepareAnswer(support, ticket)
	redactNeighbour(support, ticket)
	officer := b.person(t, h.origin)
	officer.signIn(accounts["officer"])
	stateAll(officer, "de")
	releaseAnswer(officer, ticket)
	extendByLetter(support, ticket)
	old := makeWay(officer, ticket, "link")
	phrase := makeWay(officer, ticket, "passphrase")
	officer.inspect("answer, its passphrase shown once")
	link := makeLink(officer, ticket)
	goneDoor(b.person(t, h.origin), strings.TrimPrefix(old, h.origin))
	file := fetchOnce(t, b, h, link)
	officer.visit(ticket + "/access")
	officer.reads("Fetched", "sent to the person")
	officer.visit(ticket)
	officer.reads("Answered", "Ended in time", "Extended")
	auditor := b.person(t, h.origin)
	auditor.signIn(accounts["auditor"])
	followAnswer(auditor)
	if out, err := exec.Command(h.binary, "verify", file).CombinedOutput(); err != nil || !strings.Contains(string(out), "everything holds") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	readFromDisk(t, b, file)
	for _, secret := range []string{asker, neighbour, phrase, strings.TrimPrefix(link, h.origin+"/answers/")} {
		if strings.Contains(h.out.String(), secret) {
			t.Errorf("the server's log holds %q", secret)
		}
	}
}

// addGallery registers a service of pictures and sends it some of a customer.
func (h *house) addGallery(t *testing.T, name, customer string, pictures int) {
	t.Helper()
	var out struct{ ID, URL, APIKey string }
	if err := json.Unmarshal(h.command(t, "", "service add", "-kind", "visual-recognition", "-name", name, "-json"), &out); err != nil {
		t.Fatal(err)
	}
	a := &application{t: t, name: name, id: out.ID, url: out.URL, key: out.APIKey}
	var made struct {
		ID string `json:"collection_id"`
	}
	raw := a.curl("POST", "/v4/collections?version=2019-02-11", `{"name":"claims"}`, 200, "X-Watson-Metadata: customer_id="+customer)
	if err := json.Unmarshal(raw, &made); err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := range pictures {
		w, err := form.CreateFormFile("images_file", fmt.Sprintf("claim_%d.png", i))
		if err == nil {
			err = png.Encode(w, drawing(i))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	form.Close() // into a buffer
	a.curl("POST", "/v4/collections/"+made.ID+"/images?version=2019-02-11", body.String(), 200, "Content-Type: "+form.FormDataContentType())
}

// drawing is a picture that is told from others by its colour.
func drawing(n int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for x := range 320 {
		for y := range 200 {
			img.Set(x, y, color.RGBA{uint8(60 + 90*n), uint8(x / 2), uint8(y), 255})
		}
	}
	return img
}

// takeCall opens a ticket of somebody who called, and returns its path.
func takeCall(p *tab, right, id string) string {
	p.t.Helper()
	p.visit("/tickets/new")
	p.choose("[name=right]", right)
	p.choose("[name=channel]", "phone")
	p.choose("[name=regime]", "eu-gdpr")
	p.fill("[name=ids]", id)
	p.fill("[name=name]", "Frieda Thalheim")
	p.fill("[name=contact]", "frieda@mail.example")
	eval[bool](p, fmt.Sprintf(`(document.querySelector("[name=received]").value = %q) !== ""`, time.Now().UTC().AddDate(0, 0, -5).Format(time.DateOnly)))
	p.click(`form[action="/tickets"] button`, 200)
	p.reads("Frieda Thalheim", id)
	return p.path()
}

// isNext wants the form of the next step to stand open, and the head of the page to lead to it: nothing has to be unfolded to do it.
func isNext(p *tab, form string) {
	p.t.Helper()
	if !eval[bool](p, fmt.Sprintf(`document.querySelector(%q).open && document.querySelector(".head .btn").hash === %[1]q`, form)) {
		p.fatal("the form %s of the next step does not stand open", form)
	}
}

func checkIdentity(p *tab) {
	p.t.Helper()
	isNext(p, "#verify")
	p.choose("#verify [name=method]", "call-back")
	p.choose("#verify [name=level]", "substantial")
	p.fill("#verify [name=checked]", "the last three orders")
	p.click("#verify button", 200)
	p.reads("Called back on a number that we knew", "Substantial")
}

func prepareAnswer(p *tab, ticket string) {
	p.t.Helper()
	p.visit(ticket + "/access")
	p.choose("[name=language]", "de")
	p.click(`form[action$="/access"] button`, 200)
	p.reads("are prepared", "German", "No text for Art. 15(1)(a)", "An officer who neither prepared it nor redacted it last releases it")
}

// redactNeighbour looks through the records and leaves out what is of somebody else.
func redactNeighbour(p *tab, ticket string) {
	p.t.Helper()
	p.click(`form[action$="/review"] button`, 200)
	p.reads(neighbour)
	p.act(press(fmt.Sprintf(`[name=what][value$=":%s"]`, neighbour)))
	p.choose("[name=reason]", "other-person")
	p.click(`form[action$="/redactions"] button`, 200)
	p.reads("data of another person", "1 place")
}

// stateAll words every statement of the house in a language.
func stateAll(p *tab, language string) {
	p.t.Helper()
	p.visit("/statements?language=" + language)
	eval[int](p, `[...document.querySelectorAll("textarea")].map(t => t.value = "Unser Text zu " + t.name + ".").length`)
	p.click(`form[action="/statements"] button`, 200)
	p.reads("Saved.", "What everybody is told")
}

func releaseAnswer(p *tab, ticket string) {
	p.t.Helper()
	p.visit(ticket + "/access")
	p.click(`form[action$="/release"] button`, 200)
	p.reads("were released", "Give it to the person")
}

// extendByLetter keeps the letter that tells the person of two further months.
func extendByLetter(p *tab, ticket string) {
	p.t.Helper()
	p.visit(ticket + "/letters/new?kind=extension&language=de")
	p.choose("[name=why]", "number")
	p.fill("[name=reasons]", "Mehrere Dienste sind zu fragen.")
	p.click(`form[action$="/draft"] button`, 200)
	eval[bool](p, `(t => (t.value = t.value.replaceAll(/\{\{\w+\}\}/g, "Example GmbH")) !== "")(document.querySelector("#f-text"))`)
	p.choose("[name=way]", "post")
	p.click(".letter-draft button", 200)
	p.visit(ticket)
	p.reads("Extended")
}

// makeWay makes a link or a passphrase, which ends the one before, and gives its secret.
func makeWay(p *tab, ticket, kind string) string {
	p.t.Helper()
	p.visit(ticket + "/access")
	p.click(`form[action$="/`+kind+`"] button`, 200)
	p.reads("Shown once")
	secret := eval[string](p, `document.querySelector("#secret .mono").textContent`)
	if copied := eval[string](p, `document.querySelector("#secret [data-copy]").dataset.copy`); copied != secret || secret == "" {
		p.fatal("%q is shown and %q is copied", secret, copied)
	}
	return secret
}

// makeLink gives the answer out and says that it was sent.
func makeLink(p *tab, ticket string) string {
	p.t.Helper()
	link := makeWay(p, ticket, "link")
	p.reads("liegen bereit")
	p.inspect("answer, its link shown once")
	p.click(`form[action$="/sent"] button`, 200)
	return link
}

// followAnswer finds each step of the answer in the trail, with nothing of the person.
func followAnswer(p *tab) {
	p.t.Helper()
	for step, want := range map[string]int{"answer.prepared": 1, "answer.redacted": 1, "answer.released": 1, "answer.linked": 3, "answer.sent": 1, "answer.begun": 1, "answer.fetched": 1} {
		p.visit("/audit?act=" + step)
		if n := eval[int](p, `document.querySelectorAll("[data-rows] a[data-row]").length`); n != want {
			p.fatal("%d entries of %s, want %d", n, step, want)
		}
		p.hides(asker, "Thalheim", neighbour)
	}
}

// erasureRequest: from the call over the proposal, the second officer and the batch to the receipt that closes the ticket.
func erasureRequest(t *testing.T, h *house, b *browser, accounts map[string]account) {
	const id = "deskperson88"
	bot := h.addService(t, "desk-erase-bot")
	bot.say(id, "Please forget me.")
	support := b.person(t, h.origin)
	support.signIn(accounts["support"])
	ticket := takeCall(support, "erasure", id)
	checkIdentity(support)
	isNext(support, "#erase")
	support.choose("#erase [name=reason]", "17-1-b")
	support.click("#erase button", 200)
	support.reads("nothing is erased until a second person approves it")
	erasure := support.href(`main a[href^="/erasures/"]`)
	officer := b.person(t, h.origin)
	officer.signIn(accounts["officer"])
	officer.visit(erasure)
	officer.reads("Proposed")
	officer.until(`pushes > 0`) // what is typed before the first push may be gone
	officer.fill("[name=confirm]", "erase 1 record")
	officer.click(`form[action$="/approve"] button:not([data-copy])`, 200)
	officer.until(`document.querySelector("#live h1").innerText.includes("Done")`)
	support.until(`document.querySelector("main").innerText.includes("Answered")`) // it stayed on the page of the ticket, which is pushed
	support.visit(ticket)
	support.reads("Its erasures have ended. Send the receipt to the person", "Receipt of erasure", "Frieda Thalheim")
	support.hides(id)
	support.inspect("ticket, closed by its receipt")
	support.visit(erasure + "/receipt")
	support.reads("None. No record up to the cut-off can be found any more.")
	support.hides(id)
	if n := bot.logs(id); n != 0 {
		t.Errorf("%d messages are left", n)
	}
	auditor := b.person(t, h.origin)
	auditor.signIn(accounts["auditor"])
	auditor.visit("/audit?object=" + strings.ReplaceAll(strings.TrimPrefix(ticket, "/"), "tickets/", "ticket%2F"))
	for _, words := range []string{"got its ticket", "checked who asks", "linked with an erasure", "A ticket was answered"} {
		auditor.reads(words)
	}
	auditor.hides(id, "Thalheim")
}
