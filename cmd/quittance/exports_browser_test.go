package main_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/handlers"
	"quittance/handlers/auth"
)

// fetched posts the form of the file as its button does, from the page, and returns the status and how many lines came.
func fetched(p *tab) string {
	return eval[string](p, `fetch(document.querySelector('form[action$="/file"]').action, {method: "POST"}).then(async r => r.status + " " + (await r.text()).trim().split("\n").length)`)
}

// exporting is an officer before a house that makes files in the background.
func exporting(t *testing.T, store *db.Store) (*tab, *handlers.ExportDesk) {
	t.Helper()
	officer := account{Email: "officer@demo.example", Password: "correct horse battery staple"}
	hash, err := auth.HashPassword(officer.Password)
	if err == nil {
		_, err = store.AddUser(context.Background(), audit.Operator, db.NewUser{Email: officer.Email, Name: "Otto", Roles: []string{db.RoleOfficer}, Password: hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	desk := handlers.NewExportDesk(store, nil)
	t.Cleanup(desk.Close)
	server := httptest.NewUnstartedServer(nil)
	origin := "http://" + server.Listener.Addr().String()
	server.Config.Handler = doors(t, handlers.Config{Store: store, Auth: auth.Config{PublicURL: origin, LocalAccounts: true}, Exports: desk})
	server.Start()
	t.Cleanup(server.Close)
	p := openBrowser(t).person(t, origin)
	p.signIn(officer)
	return p, desk
}

// TestExportInBrowser has a long improvement set made, watches it, leaves, comes back, cancels, has it made again and fetches it; then a batch drops it.
func TestExportInBrowser(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t)
	svc := dbtest.Service(t, store, "support-bot").Number
	dbtest.NoBreaker(t, store)
	const n = 40000
	for from := 0; from < n; from += 1000 {
		var some []db.NewRecord
		for range 1000 {
			some = append(some, dbtest.Message(t, svc, store.Now(), strings.Repeat("please call me at 0170 1234567 today. ", 20), "ada"))
		}
		dbtest.Ingest(t, store, some...)
	}
	p, desk := exporting(t, store)
	ask := func() {
		t.Helper()
		p.act(chromedp.Click(`input[name="what"][value="improvement"]`), chromedp.Click(`input[name="format"][value="ndjson"]`))
		p.click(`form[action="/exports"] button[name="later"]`, 200)
	}
	p.visit("/exports")
	ask()
	p.until(`self.pushes > 1 && document.querySelector(".sum").innerText.includes("rows a second; about")`)
	p.visit("/exports")
	p.reads("Being made", "Improvement set")
	p.click(`[data-rows] a[data-row]`, 200)
	p.click(`form[action$="/cancel"] button`, 200)
	p.reads("Cancelled", "Make it again")
	desk.Wait()
	p.click(`.acts a[href^="/exports?"]`, 200)
	p.click(`form[action="/exports"] button[name="later"]`, 200)
	desk.Wait()
	p.until(`document.querySelector("h1").innerText.includes("Ready")`)
	p.reads("Fetch the file", "Discard", "until")
	if got := fetched(p); got != "200 40001" {
		t.Errorf("the file: %s", got)
	}
	if _, err := store.AcceptErasure(t.Context(), "key/1", svc, dbtest.ID(t, "ada")); err != nil {
		t.Fatal(err)
	}
	if batch, err := store.Claim(t.Context(), true); err != nil || batch == 0 {
		t.Fatal(batch, err)
	}
	if _, _, err := store.FetchExport(t.Context(), 1, 2); !errors.Is(err, db.ErrFileGone) {
		t.Errorf("a file with records while a batch runs: %v", err)
	}
	p.visit("/exports/2")
	p.reads("Dropped", "A batch began.")
}

// TestTableInBrowser has a long table and an inspection pack made, leaves, comes back and fetches the file, in English and in German, on a desk and on
// a telephone.
func TestTableInBrowser(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t)
	for range 120 {
		if err := store.Note(t.Context(), audit.Operator, audit.TableExported, "", map[string]int64{audit.CountTable: 7}); err != nil {
			t.Fatal(err)
		}
	}
	p, desk := exporting(t, store)
	p.visit("/audit?act=table")
	p.click(`form[action="/audit/csv?act=table"] [name="later"]`, 200)
	p.visit("/")
	desk.Wait()
	p.visit("/exports")
	p.reads("Table: entries of the audit trail", "Ready")
	p.click(`[data-rows] a[data-row]`, 200)
	if got := fetched(p); got != "200 121" {
		t.Errorf("the file: %s", got)
	}
	p.inspect("a table that was made")
	p.click(`form[action$="/cancel"] button`, 200)
	p.reads("Discarded", "Make it again")
	p.click(`form[action="/audit/csv?act=table"] button`, 200)
	desk.Wait()
	p.until(`document.querySelector("h1").innerText.includes("Ready")`)

	p.asks("de-DE,de;q=0.9")
	p.as(look{"dark, 390", "dark", 390, 844})
	p.visit("/exports")
	p.reads("Im Hintergrund", "Tabelle: Einträge des Protokolls")
	p.act(chromedp.Click(`input[name="what"][value="pack"]`), chromedp.Click(`input[name="format"][value="zip"]`))
	p.click(`form[action="/exports"] button[name="later"]`, 200)
	desk.Wait()
	p.until(`document.querySelector("h1").innerText.includes("Bereit")`)
	p.inspect("a pack that was made, in German")
	if got := fetched(p); !strings.HasPrefix(got, "200 ") {
		t.Errorf("the pack: %s", got)
	}
	p.visit("/audit")
	p.reads("CSV im Hintergrund")
	p.inspect("a long table in German")
}
