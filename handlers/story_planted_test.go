package handlers

// What people type must not get out of where it belongs (law L10): every story is looked through for it.

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"quittance/db"
)

// planted is all that stories have typed and seen.
type planted struct {
	mu     sync.Mutex
	fields map[string]bool // "/erasures note": where a page has a place for words of one's own
	told   []*plantedStory
}

// plantedStory is one story: what was typed where, and all that everybody may read.
type plantedStory struct {
	name  string
	typed map[string][]string // by field
	mu    sync.Mutex          // of open
	open  strings.Builder     // log lines, addresses that answers lead to, leaves
}

var (
	numberInPath = regexp.MustCompile(`/[0-9]+`)
	tokenInPath  = regexp.MustCompile(`/[A-Za-z0-9_-]{14,}`)
	formInPage   = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	actionOfForm = regexp.MustCompile(`\baction="([^"]*)"`)
	fieldInForm  = regexp.MustCompile(`<(input|textarea)\b([^>]*)>`)
	nameOfField  = regexp.MustCompile(`\bname="([^"]*)"`)
	typeOfField  = regexp.MustCompile(`\btype="([^"]*)"`)
)

// doorOf is a path without what differs from one thing to the next.
func doorOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	return numberInPath.ReplaceAllString(tokenInPath.ReplaceAllString(path, "/{}"), "/{}")
}

// wordTypes are the types of fields that take words of one's own. The others take numbers, days, files and choices.
var wordTypes = []string{"", "text", "search", "email", "url", "password"}

// saw takes the fields of a page.
func (p *planted) saw(path, page string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, form := range formInPage.FindAllStringSubmatch(page, -1) {
		door := doorOf(path)
		if action := actionOfForm.FindStringSubmatch(form[1]); action != nil && action[1] != "" {
			door = doorOf(action[1])
		}
		if !strings.Contains(form[1], `method="post"`) {
			continue // a filter's words stand in the address by its nature, and are codes and numbers
		}
		for _, f := range fieldInForm.FindAllStringSubmatch(form[2], -1) {
			name, kind := nameOfField.FindStringSubmatch(f[2]), typeOfField.FindStringSubmatch(f[2])
			if name != nil && (f[1] == "textarea" || kind == nil || slices.Contains(wordTypes, kind[1])) {
				p.fields[door+" "+name[1]] = true
			}
		}
	}
}

// asks takes what a request says.
func (s *plantedStory) asks(path, kind, body string) {
	door := doorOf(path)
	put := func(field, value string) { s.typed[door+" "+field] = append(s.typed[door+" "+field], value) }
	if strings.HasPrefix(kind, "application/json") {
		var doc any
		if json.Unmarshal([]byte(body), &doc) == nil {
			eachText(doc, func(v string) { put("json", v) })
		}
		return
	}
	if strings.HasPrefix(kind, "multipart/") {
		for part := range strings.SplitSeq(body, "--"+boundary) {
			if name := regexp.MustCompile(`; name="([^"]*)"`).FindStringSubmatch(part); name != nil {
				if _, value, ok := strings.Cut(part, "\r\n\r\n"); ok {
					put(name[1], strings.TrimSpace(value))
				}
			}
		}
		return
	}
	if form, err := url.ParseQuery(body); err == nil {
		for field, values := range form {
			for _, v := range values {
				put(field, v)
			}
		}
	}
}

// eachText visits the texts of a document.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, w := range v {
			eachText(w, f)
		}
	case map[string]any:
		for _, w := range v {
			eachText(w, f)
		}
	}
}

// line keeps a log line as it would be written.
func (s *plantedStory) line(r slog.Record) {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.Key + "=" + a.Value.String(); return true })
	s.shows(text)
}

// shows keeps what everybody may read; the server writes its log from goroutines of its own.
func (s *plantedStory) shows(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open.WriteString(text + "\n")
}

// leaves adds the trail, once the story is told.
func (s *plantedStory) leaves(t *testing.T, store *db.Store) {
	t.Helper()
	entries, err := store.AuditEntries(context.Background(), db.AuditQuery{Oldest: true, Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		s.shows(string(e.Data))
	}
}

// telling tells whether a value is long enough, and enough of a word, to be told from what stands everywhere.
func telling(v string) bool {
	return len(v) >= 7 && len(v) < 500 && strings.ContainsFunc(v, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 })
}

// checkPlanted looks for whatever was typed into a field for words, or sent as JSON, among what everybody may read; and for fields that nobody typed
// anything into, so that a new one does not pass untried.
func (p *planted) checkPlanted(t *testing.T) {
	t.Helper()
	tried := map[string]bool{}
	for _, s := range p.told {
		open := strings.ToLower(s.open.String())
		for field, values := range s.typed {
			words := p.fields[field] || strings.HasSuffix(field, " json")
			for _, v := range values {
				if !words || !telling(v) {
					continue
				}
				tried[field] = true
				if strings.Contains(open, strings.ToLower(v)) {
					t.Errorf("%s: what was typed into %q got out: it stands in the log, the trail or an address", s.name, field)
				}
			}
		}
	}
	var missed []string
	for field := range p.fields {
		if !tried[field] && unplanted[field] == "" {
			missed = append(missed, field)
		}
	}
	slices.Sort(missed)
	for _, field := range missed {
		t.Errorf("no story types words of its own into %q: nobody knows whether they get out", field)
	}
	if len(p.fields) < 20 {
		t.Errorf("only %d fields were seen", len(p.fields))
	}
}

// unplanted are fields for words that no story fills, and why nothing can get out of them.
var unplanted = map[string]string{
	"/policies breaker-factor": "a number", "/policies breaker-floor": "a number", "/policies breaker-share": "a number", "/policies cancel-window": "a number of minutes",
	"/policies case-months": "a number of months", "/policies case-months-access": "a number of months", "/policies case-months-rectification": "a number of months",
	"/policies case-months-erasure": "a number of months", "/policies case-months-restriction": "a number of months", "/policies case-months-portability": "a number of months",
	"/policies case-months-objection": "a number of months", "/policies case-months-processed-images": "a number of months",
}
