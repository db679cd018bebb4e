package handlers

import (
	"net/http"
	"path"
	"time"

	"quittance/db/erasure"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// rail is where the console leads, who sees it there, and the key that leads there after g.
var rail = []struct {
	section    string
	label      lang.Word
	href, icon string
	key        string
	needs      auth.Permission
}{
	{"home", "Overview", "/", "layout-dashboard", "o", auth.Own},
	{"search", "Search", "/search", "search", "s", auth.Search},
	{"tickets", "Tickets", "/tickets", "user", "t", auth.Tickets},
	{"erasures", "Erasures", "/erasures", "eraser", "e", auth.Read},
	{"batches", "Batches", "/batches", "stack-2", "b", auth.Read},
	{"drills", "Drills", "/drills", "list-check", "d", auth.Read},
	{"holds", "Holds", "/holds", "lock", "h", auth.Holds},
	{"clock", "Legal clock", "/clock", "calendar", "c", auth.Own},
	{"backups", "Backups", "/backups", "database", "k", auth.Audit},
	{"audit", "Audit trail", "/audit", "link", "a", auth.Audit},
	{"exports", "Exports", "/exports", "file-export", "x", auth.Export},
	{"services", "Services", "/services", "plug-connected", "v", auth.Read},
	{"policies", "Policies", "/policies", "scale", "p", auth.Read},
	{"users", "Users", "/users", "users", "u", auth.Users},
	{"help", "Help", "/help", "help", "?", auth.Own},
}

// frame is what stands around the page for this person.
func (s *Server) frame(w http.ResponseWriter, r *http.Request) views.Frame {
	id := who(r)
	f := views.Frame{Theme: themeOf(r), Zone: zoneOf(r).String(), Demo: len(s.conf.Demo) > 0, Back: backOf(r)}
	if !id.SignedIn() {
		return f
	}
	f.SignedIn, f.Name, f.Roles, f.Density = true, id.User.Name, roleWords(id.User.Roles), id.User.Density
	f.Keyless = id.User.Keyless
	f.SessionEnds = id.Ends.UTC().Format(time.RFC3339)
	f.Nav, f.Files, f.Later = s.nav(r), s.files(r), s.conf.Exports != nil
	if n, ok := s.auth.Said(w, r); ok {
		f.Notice = &views.Notice{Tone: n.Tone, Text: lang.Word(n.Text), Link: n.Link, Href: n.Href}
	}
	return f
}

// backOf is where a change of theme comes back to. A page that answers a form has no address of its own; the form's page is one above.
func backOf(r *http.Request) string {
	if r.Method == http.MethodGet {
		return r.URL.Path
	}
	return path.Dir(r.URL.Path)
}

func (s *Server) nav(r *http.Request) []views.NavItem {
	counts, err := s.store.CountErasures(r.Context())
	if err != nil {
		s.log.Warn("counting open erasures for the rail", "request", requestID(r), "err", err)
	}
	var out []views.NavItem
	for _, item := range rail {
		if !who(r).May(item.needs) {
			continue
		}
		n := views.NavItem{Section: item.section, Label: item.label, Href: item.href, Icon: item.icon, Key: item.key}
		switch item.section {
		case "erasures":
			n.Count, n.CountLabel = int(counts[erasure.Proposed]), lang.Said("{counts} proposed", "counts", lang.Figure(counts[erasure.Proposed]))
		case "batches":
			running := counts[erasure.Running] + counts[erasure.Verifying]
			n.Count, n.CountLabel = int(running), lang.Said("{running} erasures running", "running", lang.Figure(running))
		case "tickets":
			due, err := s.store.DueTickets(r.Context())
			if err != nil {
				s.log.Warn("counting tickets for the rail", "request", requestID(r), "err", err)
			}
			n.Count, n.CountLabel = int(due), lang.Said("{overdue} due within 7 days, or overdue", "overdue", lang.Figure(due))
		case "holds":
			due, err := s.store.DueHolds(r.Context())
			if err != nil {
				s.log.Warn("counting holds for the rail", "request", requestID(r), "err", err)
			}
			n.Count, n.CountLabel = int(due), lang.Said("{due} to be reviewed", "due", lang.Figure(due))
		}
		out = append(out, n)
	}
	return out
}

// roleNames are the roles in words.
var roleNames = map[string]lang.Word{"support": "Support", "officer": "Compliance officer", "auditor": "Auditor", "admin": "Administrator"}

func roleWords(roles []string) lang.Word {
	words := make([]lang.Word, len(roles))
	for i, r := range roles {
		words[i] = roleNames[r]
	}
	return lang.Listed(words)
}

// zoneOf is the zone in which this person reads times; UTC until they chose one.
func zoneOf(r *http.Request) *time.Location {
	zone, err := time.LoadLocation(who(r).User.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// themeOf is "light", "dark", or "" to follow the system: what the person chose, and at the door what this browser was told last, so
// that it does not flash.
func themeOf(r *http.Request) string {
	if who(r).SignedIn() {
		return knownTheme(who(r).User.Theme)
	}
	c, err := r.Cookie("theme")
	if err != nil {
		return ""
	}
	return knownTheme(c.Value)
}

// moment is a time as this person reads it.
func moment(r *http.Request, t time.Time) views.Moment { return views.MomentOf(t, zoneOf(r)) }
