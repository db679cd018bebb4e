package views

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

var enabled = State{"ok", "circle-check", "Enabled"}

func madeUsers() Users {
	return Users{Rows: []UserRow{
		{2, "Rita Lind", "officer@demo.example", "Officer", "local", minute(22, 11, 4), 1, enabled}, {3, "Sam Ortiz", "support@demo.example", "Support", "local", minute(22, 9, 40), 1, enabled},
		{5, "Mary Okafor", "auditor@demo.example", "Auditor", "Keycloak", minute(21, 17, 0), 0, enabled}, {6, "Old Account", "old@demo.example", "Support, Officer", "local", Moment{}, 0, State{"", "ban", "Disabled"}},
	}}
}

func madeUser() User {
	return User{Number: 3, Name: "Sam Ortiz", Email: "support@demo.example", State: enabled, Local: true, Roles: RoleChoice{Support: true},
		Facts:    []KV{{Key: "Signs in by", Value: "Local account"}, {Key: "Added", Value: "15 Nov 2026, 08:00"}, {Key: "Last seen", Value: "22 Nov 2026, 09:40"}},
		Sessions: madeSessions().Rows[1:]}
}

func selfUser() User {
	v := madeUser()
	v.Self, v.Local, v.Sessions = true, false, nil
	return v
}

func TestUsers(t *testing.T) {
	render(t, "users", madeUsers())
	render(t, "users_empty", Users{Empty: Empty{"Nobody yet", "People appear here when they first sign in."}})
	render(t, "newuser", NewUser{})
	v := NewUser{Email: "a@b", EmailErr: "Not an e-mail address.", Name: "A", PasswordErr: "At least 12 characters.", Error: "Nobody was added."}
	v.Roles.Error = "Tick at least one."
	render(t, "newuser_refused", v)
}

func TestUser(t *testing.T) {
	render(t, "user", madeUser())
	if page := render(t, "user_self", selfUser()); strings.Contains(page, "Disable ") || strings.Contains(page, "/password") {
		t.Error("one can disable oneself, or set a password that is not kept here")
	}
	v := madeUser()
	v.Disabled, v.State, v.NameErr, v.PasswordErr, v.Error = true, State{"", "ban", "Disabled"}, "Give a name.", "At least 12 characters.", "Nothing was changed."
	render(t, "user_disabled", v)
}

func madeSessions() Sessions {
	return Sessions{Rows: []SessionRow{
		{9, "Chromium on Linux", "127.0.0.1", true, minute(22, 11, 0), minute(22, 11, 4), minute(22, 19, 0), false}, {8, "Firefox on Windows", "10.0.0.7", false, minute(22, 8, 0), minute(22, 9, 40), minute(22, 16, 0), true},
	}}
}

func TestSessions(t *testing.T) {
	render(t, "sessions", madeSessions())
	render(t, "sessions_empty", Sessions{})
}

func madeSettings() Settings {
	return Settings{Theme: "auto", Density: "normal", Zone: "Europe/Berlin", Zones: []Option{{Value: "UTC", Label: "UTC"}, {Value: "Europe/Berlin", Label: "Europe/Berlin"}},
		Keys: true, MailTo: "To rita@q.example.", Mail: []Choice{{Value: "waiting", Label: "What waits for me", Detail: "erasures and holds", Ticked: true}, {Value: "due", Label: "What is due"}}}
}

func TestSettings(t *testing.T) {
	render(t, "settings", madeSettings())
	v := madeSettings()
	v.Zone, v.ZoneErr, v.Error = "", "Choose one of the list.", "Nothing was saved."
	render(t, "settings_refused", v)
}

func TestHelp(t *testing.T) {
	frame := testFrame
	frame.Nav = []NavItem{{Section: "home", Label: "Overview", Href: "/", Icon: "layout-dashboard", Key: "o"}, {Section: "tickets", Label: "Tickets", Href: "/tickets", Icon: "user", Key: "t"},
		{Section: "help", Label: "Help", Href: "/help", Icon: "help", Key: "?"}}
	page := renderIn(t, WithFrame(t.Context(), frame), "help", Help{})
	if !strings.Contains(page, "<kbd>t</kbd>") {
		t.Error("the help lacks the keys of the rail")
	}
	for name, word := range map[string]string{"states": "Cannot be observed", "codes": "Art. 17(3)(e)", "words": "RFC 6962", "administrator": "A drill failed"} {
		if page := render(t, "help_"+name, HelpPage{Name: name}); !strings.Contains(page, word) {
			t.Errorf("help does not explain %q", word)
		}
	}
	render(t, "help_found", HelpFind(context.Background(), "cut-off"))
	render(t, "help_not_found", HelpFind(context.Background(), "zebra"))
}

var filled = regexp.MustCompile(`class="btn( danger-solid)?"( [a-z]+="[^"]*")*>`)

// TestOneFilledButton: a page asks for one thing; the rest is outlined.
func TestOneFilledButton(t *testing.T) {
	for name, page := range map[string]templ.Component{
		"erasures": madeErasures(), "new erasure": madeNewErasure(), "proposed": proposedErasure(), "scheduled": scheduledErasure(),
		"running": runningErasure(), "partial": partialErasure(), "done": doneErasure(), "receipt": madeReceipt(), "batches": madeBatches(),
		"batch": madeBatch(), "paused": pausedBatch(), "limits": madeLimits(), "audit": madeAudit(), "entry": madeAuditEntry(), "exports": madeExports(),
		"services": madeServices(), "service": madeService(), "users": madeUsers(), "user": madeUser(), "settings": madeSettings(),
	} {
		var out bytes.Buffer
		if err := page.Render(WithFrame(context.Background(), testFrame), &out); err != nil {
			t.Fatal(err)
		}
		all := 0
		for _, tag := range filled.FindAllString(out.String(), -1) {
			if !strings.Contains(tag, "data-variant") {
				all++
			}
		}
		if all > 1 {
			t.Errorf("%s has %d filled buttons", name, all)
		}
	}
}
