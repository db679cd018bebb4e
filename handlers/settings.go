package handlers

import (
	"net/http"
	"slices"
	"time"
	_ "time/tzdata" // the zones, where the system has none

	"github.com/a-h/templ"

	"quittance/views"
)

// settings is how one likes to read.
func (s *Server) settings(r *http.Request) (templ.Component, error) {
	u := who(r).User
	return settingsPage(orElse(u.Theme, "auto"), orElse(u.Density, "normal"), zoneOf(r).String()), nil
}

func settingsPage(theme, density, zone string) views.Settings {
	v := views.Settings{Theme: theme, Density: density, Zone: zone}
	for _, name := range zones {
		v.Zones = append(v.Zones, views.Option{Value: name, Label: name, Selected: name == zone})
	}
	if zone != "" && !slices.Contains(zones, zone) {
		v.Zones = append(v.Zones, views.Option{Value: zone, Label: zone, Selected: true})
	}
	return v
}

// saveSettings keeps it. What is not one of the choices counts as the usual one; a zone that nobody knows is refused.
func (s *Server) saveSettings(r *http.Request) (string, error) {
	theme, density, zone := knownTheme(text(r, "theme")), "", text(r, "zone")
	if text(r, "density") == "compact" {
		density = "compact"
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		page := settingsPage(orElse(theme, "auto"), orElse(density, "normal"), "")
		page.ZoneErr = "Choose one of the zones in the list."
		return "", refused{page}
	}
	if err := s.store.SetPreferences(r.Context(), who(r).User.Number, theme, density, zone); err != nil {
		return "", err
	}
	notify(r, "ok", "Saved.")
	return "/settings", nil
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
