package main_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/handlers"
	"quittance/handlers/auth"
	"quittance/handlers/logfile"
)

// logExport is a file of n entries, every thousandth of which is none.
func logExport(t *testing.T, n int) string {
	t.Helper()
	var text strings.Builder
	for i := range n {
		if i%1000 == 999 {
			text.WriteString("{}\n")
			continue
		}
		fmt.Fprintf(&text, `{"log_id":"L%d","customer_id":"cust_%d","request":{"input":{"text":"question %d"}},"response":{"output":{}},"request_timestamp":"2026-01-01T10:00:00Z","response_timestamp":"2026-01-01T10:00:01Z"}`+"\n", i, i%97, i)
	}
	path := filepath.Join(t.TempDir(), "logs.ndjson")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestImportInBrowser sends a long file, watches it come in, leaves, comes back, cancels, and sends it again: it goes on, and nothing is stored twice.
func TestImportInBrowser(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t)
	svc := dbtest.Service(t, store, "support-bot")
	admin := account{Email: "admin@demo.example", Password: "correct horse battery staple"}
	hash, err := auth.HashPassword(admin.Password)
	if err == nil {
		_, err = store.AddUser(context.Background(), audit.Operator, db.NewUser{Email: admin.Email, Name: "Ada", Roles: []string{db.RoleAdmin}, Password: hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	desk := logfile.NewDesk(store, slog.New(slog.DiscardHandler))
	t.Cleanup(desk.Close)
	server := httptest.NewUnstartedServer(nil)
	origin := "http://" + server.Listener.Addr().String()
	server.Config.Handler = doors(t, handlers.Config{Store: store, Auth: auth.Config{PublicURL: origin, LocalAccounts: true}, Imports: desk})
	server.Start()
	t.Cleanup(server.Close)
	const n = 150000
	file := logExport(t, n)
	p := openBrowser(t).person(t, origin)
	p.signIn(admin)
	p.visit("/imports")
	p.act(chromedp.SetUploadFiles("#f-file", []string{file}))
	p.click(`form[action="/imports"] button`, 200)
	p.until(`self.pushes > 1 && document.querySelector(".sum").innerText.includes("lines a second; about")`)
	p.visit("/imports")
	p.reads("Importing", "Another file is being imported.")
	p.click(`[data-rows] a[data-row]`, 200)
	p.click(`form[action$="/cancel"] button`, 200)
	p.reads("Cancelled", "Send the same file again")
	desk.Wait()
	p.act(chromedp.SetUploadFiles("#f-file", []string{file}))
	p.click(`form[action="/imports"] button`, 200)
	desk.Wait()
	p.until(`document.querySelector("h1").innerText.includes("Done")`)
	p.reads("150,000 lines read", "150 lines were refused", "It has no log_id.")
	tallies, err := store.Tallies(t.Context())
	if want := int64(n - n/1000); err != nil || tallies[svc.Number].Records != want {
		t.Errorf("%d records, want %d (%v)", tallies[svc.Number].Records, want, err)
	}
}
