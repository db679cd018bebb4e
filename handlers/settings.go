package handlers

import (
	"net/http"
	"net/mail"
	"slices"
	"time"
	_ "time/tzdata" // the zones, where the system has none

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// settings is how one likes to read.
func (s *Server) settings(r *http.Request) (templ.Component, error) {
	u := who(r).User
	return s.settingsPage(r, orElse(u.Theme, "auto"), orElse(u.Density, "normal"), zoneOf(r).String(), db.Wishes{Keyless: u.Keyless, Mail: u.Mail, Language: u.Language}), nil
}

func (s *Server) settingsPage(r *http.Request, theme, density, zone string, w db.Wishes) views.Settings {
	v := views.Settings{Theme: theme, Density: density, Zone: zone, Keys: !w.Keyless, Mail: s.mailChoices(who(r), w.Mail), Webhooks: who(r).May(auth.Services)}
	v.Languages = s.languageChoices(w.Language)
	v.MailTo = s.mailTo(who(r).User)
	for _, name := range zones {
		v.Zones = append(v.Zones, views.Option{Value: name, Label: lang.Raw(name), Selected: name == zone})
	}
	if zone != "" && !slices.Contains(zones, zone) {
		v.Zones = append(v.Zones, views.Option{Value: zone, Label: lang.Raw(zone), Selected: true})
	}
	return v
}

// saveSettings keeps it. What is not one of the choices counts as the usual one; a zone that nobody knows is refused.
func (s *Server) saveSettings(r *http.Request) (string, error) {
	theme, density, zone := knownTheme(text(r, "theme")), "", text(r, "zone")
	if text(r, "density") == "compact" {
		density = "compact"
	}
	wishes := db.Wishes{Keyless: text(r, "keys") != "on", Mail: r.PostForm["mail"], Language: s.offeredLanguage(text(r, "language"))}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		page := s.settingsPage(r, orElse(theme, "auto"), orElse(density, "normal"), "", wishes)
		page.ZoneErr = "Choose one of the zones in the list."
		return "", refused{page}
	}
	if err := s.store.SetPreferences(r.Context(), who(r).User.Number, theme, density, zone); err != nil {
		return "", err
	}
	if err := s.store.SetWishes(r.Context(), who(r).User.Number, wishes); err != nil {
		return "", err
	}
	notify(r, "ok", "Saved.")
	return "/settings", nil
}

// mailChoices are the groups of which a person can be told anything with their roles.
func (s *Server) mailChoices(id auth.Identity, ticked []string) []views.Choice {
	hears := map[string]bool{}
	for _, what := range db.Whats() {
		hears[what.Group()] = hears[what.Group()] || mayHear(id.User, what)
	}
	return slices.DeleteFunc(groupChoices(ticked, true), func(c views.Choice) bool { return !hears[c.Value] })
}

// mailTo says where mail goes, or why none does; what is chosen is kept all the same.
func (s *Server) mailTo(u db.User) lang.Word {
	switch _, err := mail.ParseAddress(u.Email); {
	case s.notifier.Mail == nil:
		return "No mail is sent: an operator has to name a mail server. What you choose counts from then on."
	case err != nil:
		return "Your account has no e-mail address, so none can reach you."
	}
	return lang.Said("To {email}, at most one mail in a quarter of an hour. It names no person and no customer ID.", "email", u.Email)
}

func orElse(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}

// zones are the choices: UTC, and the zones of the places that Watson ran in and that people who answer for data in Europe, America and
// Asia work in. Another IANA zone that is already kept is shown beside them.
var zones = []string{"UTC", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Anchorage", "America/Argentina/Buenos_Aires", "America/Bogota",
	"America/Chicago", "America/Denver", "America/Halifax", "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Phoenix", "America/Sao_Paulo",
	"America/Toronto", "Asia/Bangkok", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kolkata", "Asia/Manila", "Asia/Seoul",
	"Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Asia/Tokyo", "Atlantic/Reykjavik", "Australia/Brisbane", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam",
	"Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest", "Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul",
	"Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Luxembourg", "Europe/Madrid", "Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Sofia",
	"Europe/Stockholm", "Europe/Vienna", "Europe/Vilnius", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "Pacific/Honolulu"}
