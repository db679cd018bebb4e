// Package views is the face of the console: each page is a struct whose fields
// are ready to read, beside the markup that shows them. What is not in the
// struct cannot leak; no page asks a store, reads a clock or decides who may
// see it. Pages render through templ, work without JavaScript, and carry no
// inline code or style, which the Content-Security-Policy bars.
package views

import (
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"quittance/views/lang"
)

// Frame is what stands around every page: who is signed in, how they like to
// read, and where they can go. The handlers put it into the context once.
type Frame struct {
	Name        string            // the person as they are called, "Rita Lind"
	Roles       lang.Word         // in words, "Compliance officer"
	Theme       string            // "light", "dark", or "" to follow the system
	Density     string            // "compact", or ""
	Keyless     bool              // single keys do nothing
	Zone        string            // the zone that times are given in, "Europe/Berlin"
	Nav         []NavItem         // the rail, only what this person may open
	Files       map[string]string // page of a table → where its CSV is asked for; only those that this person may take along
	Later       bool              // long files can be made in the background
	Notice      *Notice           // said once, after something was done
	Demo        bool              // made-up data: say so on every page
	SignedIn    bool              // false: no rail, no search
	SessionEnds string            // RFC 3339, UTC; "" when nothing ends soon
	Back        string            // path of this page, to come back to it after a change of theme
}

// NavItem is one line of the rail. Count stands at its end when it is above
// zero; CountLabel says what is counted ("7 open") to those who cannot see it.
type NavItem struct {
	Section    string
	Label      lang.Word
	Href, Icon string
	Key        string // that leads there after g; of the help "?", by itself
	Count      int
	CountLabel lang.Word
	Warn       bool // shown as a warning, with "!" in place of the count
}

// jump is the key as app.js finds it.
func (n NavItem) jump() templ.Attributes {
	if n.Key == "" {
		return nil
	}
	return templ.Attributes{"data-key": n.Key}
}

// Notice is a one-shot message above the page, such as "Erasure 7 approved".
type Notice struct {
	Tone string // "ok", "risk", "over", or "" for plain information
	Text lang.Word
	Link string // words of a link at the end, or ""
	Href string
}

// Head is what a page tells its frame. Title begins with the object's number
// or name; the program's name is added.
type Head struct {
	Title   lang.Word
	Section string // of the rail, "erasures"
	Crumbs  []Crumb
	Live    bool   // loads htmx, for pages that are pushed to
	Refresh int    // seconds between reloads where there is no JavaScript; 0 = none
	Next    string // the page that comes then; "" = this one again
}

// Crumb is one step of the way here; the last one has no Href.
type Crumb struct {
	Label lang.Word
	Href  string
}

// leadsTo says whether this person may open a section at all.
func (f Frame) leadsTo(section string) bool {
	return slices.ContainsFunc(f.Nav, func(n NavItem) bool { return n.Section == section })
}

type frameKey struct{}

// WithFrame gives every page that is rendered with the context its frame.
func WithFrame(ctx context.Context, f Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// frameOf is the zero Frame where none was set: nobody is signed in.
func frameOf(ctx context.Context) Frame {
	f, _ := ctx.Value(frameKey{}).(Frame)
	return f
}

// refreshing is what the page says of it to a browser without script.
func (h Head) refreshing() string {
	if h.Next == "" {
		return strconv.Itoa(h.Refresh)
	}
	return strconv.Itoa(h.Refresh) + ";url=" + h.Next
}
