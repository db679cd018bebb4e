package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to do what a test waits for, on a busy machine.
const patience = 30 * time.Second

// browser is one Chromium with a fresh profile.
type browser struct{ ctx context.Context }

// openBrowser starts it. Names are resolved on this machine only, so a request to anywhere else fails and is seen.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(1440, 1000)}
	for _, name := range []string{"disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps",
		"disable-extensions", "disable-dev-shm-usage", "disable-domain-reliability", "metrics-recording-only"} {
		options = append(options, chromedp.Flag(name, true))
	}
	options = append(options, chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"), chromedp.Flag("proxy-server", "direct://"))
	alone, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alone)
	t.Cleanup(func() { cancel(); stop() }) // waits until the process is gone and its profile with it
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("starting Chromium (on Debian: apt-get install chromium):", err)
	}
	return &browser{ctx}
}

// tab is a page of the browser as one person sees it, with a cookie jar of their own.
type tab struct {
	t      *testing.T
	ctx    context.Context
	origin string
	seen   *watch
}

// person opens a tab that may talk to the origins given and to nobody else; the first is the console's. When the test ends, so does the
// tab, and whatever the browser complained about meanwhile is an error.
func (b *browser) person(t *testing.T, origins ...string) *tab {
	t.Helper()
	seen := &watch{origins: origins}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(seen.event))
	p := &tab{t: t, ctx: ctx, origin: origins[0], seen: seen}
	t.Cleanup(func() { cancel(); p.noComplaints() })
	do(p, audits.Enable, cdp.Empty{})
	do(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: countPushes})
	p.as(desktop)
	return p
}

// countPushes counts what the server pushes into a live page.
const countPushes = `self.pushes = 0; addEventListener("htmx:after:swap", () => { self.pushes++; }, true)`

// on is the same tab in the hands of a part of the test.
func (p *tab) on(t *testing.T) *tab {
	q := *p
	q.t = t
	return &q
}

func (p *tab) noComplaints() {
	p.t.Helper()
	for _, c := range p.seen.take() {
		p.t.Errorf("the browser complains: %s", c)
	}
}

// asks sets the languages that the browser asks for.
func (p *tab) asks(languages string) {
	p.t.Helper()
	do(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": languages}})
}

// look is how a page is looked at.
type look struct {
	name          string
	scheme        string // prefers-color-scheme
	width, height int64
}

var desktop = look{"light, 1440", "light", 1440, 1000}

// as changes the window and the colours, as the system would, and waits until the page has been drawn so.
func (p *tab) as(l look) {
	p.t.Helper()
	do(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: l.height, DeviceScaleFactor: 1})
	do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

// do sends one command of the protocol and returns its result.
func do[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(p.ctx, chromedp.Steps()); err != nil { // opens the tab, whose life must not hang on the deadline
		p.fatal("opening a tab: %v", err)
	}
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.fatal("%s: %v", command.Method, err)
	}
	return result
}

// act runs steps, such as clicks and keys, that lead to no other page.
func (p *tab) act(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.fatal("%v", err)
	}
}

// follow runs steps that lead to another page, waits until it has loaded and returns its status.
func (p *tab) follow(steps ...chromedp.Action[chromedp.Void]) int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		p.fatal("waiting for the next page: %v", err)
	}
	return int(answer.Status)
}

// open goes to a path of the console and returns the status of the answer.
func (p *tab) open(path string) int {
	p.t.Helper()
	return p.follow(chromedp.Navigate(p.origin + path))
}

// visit goes to a page that must be there.
func (p *tab) visit(path string) {
	p.t.Helper()
	if status := p.open(path); status != 200 {
		p.fatal("GET %s answers %d", path, status)
	}
}

// click presses what the selector names and wants the next page to have the status.
func (p *tab) click(selector string, status int) {
	p.t.Helper()
	if got := p.follow(press(selector)); got != status {
		p.fatal("after a click on %s: status %d, want %d", selector, got, status)
	}
}

// press clicks where the pointer would, once nothing moves any more: a font that comes late shifts what lies below it.
func press(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(settled, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

func settled(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	for {
		ok, err := chromedp.Evaluate[bool](`document.readyState === "complete" && document.fonts.status === "loaded"`)(ctx, t)
		if ok || err != nil {
			return chromedp.Void{}, err
		}
		if _, err := chromedp.Sleep(20*time.Millisecond)(ctx, t); err != nil {
			return chromedp.Void{}, err
		}
	}
}

// fill types into a field, over what stands there.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.act(chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible), chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`), chromedp.KeyEvent(text))
}

// choose picks an option of a select.
func (p *tab) choose(selector, value string) {
	p.t.Helper()
	p.act(chromedp.SetValue(chromedp.CSS(selector), value, chromedp.NodeVisible))
}

// eval is the value of an expression in the page.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.fatal("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to become true. It asks from outside, because a page without script can count no time.
func (p *tab) until(expression string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if err == nil && ok { // an error may be a page that is just being left
			return
		}
	}
	p.fatal("in %s this did not come true: %s", patience, expression)
}

// text is what somebody reads between the frame's borders.
func (p *tab) text() string { return eval[string](p, `document.querySelector("main").innerText`) }

// html is everything that the page knows.
func (p *tab) html() string { return eval[string](p, `document.documentElement.outerHTML`) }

// reads wants words to stand on the page, whatever the spaces between them.
func (p *tab) reads(words ...string) {
	p.t.Helper()
	shown := strings.Join(strings.Fields(p.text()), " ")
	for _, w := range words {
		if !strings.Contains(strings.ToLower(shown), strings.ToLower(w)) {
			p.fatal("the page does not say %q", w)
		}
	}
}

// path is where the tab is, without the origin.
func (p *tab) path() string { return eval[string](p, `location.pathname + location.search`) }

// href is the address, without the origin, that the first link under the selector leads to.
func (p *tab) href(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`(a => a ? a.pathname + a.search : "")(document.querySelector(%q))`, selector))
}

// fatal ends the test with what the person saw.
func (p *tab) fatal(format string, args ...any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	place, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href`))
	shown, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 1500)`))
	p.t.Fatalf(format+"\nat %s\n%s", append(args, place, shown)...)
}

// watch collects what a browser complains about, and weighs what it loads.
type watch struct {
	mu      sync.Mutex
	origins []string
	found   []string
	stream  network.RequestID
	bytes   int64 // of bodies, as they came over the wire
}

func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.complaint(ev); c != "" {
		w.found = append(w.found, c)
	}
	w.put(ev)
}

// put weighs what came. A stream is not part of a page's weight: it brings what changes later.
func (w *watch) put(ev any) {
	switch e := ev.(type) {
	case *network.EventResponseReceived:
		if e.Response.MimeType == "text/event-stream" {
			w.stream = e.RequestID
		}
	case *network.EventDataReceived:
		if e.RequestID != w.stream {
			w.bytes += e.EncodedDataLength
		}
	}
}

// complaint is what is wrong with what happened, "" for nothing. A page that answers 4xx is an answer; its parts must load.
func (w *watch) complaint(ev any) string {
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceNetwork && e.Entry.Level != log.EntryLevelInfo && e.Entry.Level != log.EntryLevelVerbose {
			return fmt.Sprintf("%s (%s): %s", e.Entry.Level, e.Entry.URL, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			words, _ := json.Marshal(e.Args)
			return fmt.Sprintf("console.%s: %s", e.Type, words)
		}
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		words := d.Text
		if d.Exception != nil {
			words += " " + d.Exception.Description
		}
		return fmt.Sprintf("uncaught, %s:%d: %s", d.URL, d.LineNumber+1, words)
	case *audits.EventIssueAdded:
		if csp := e.Issue.Details.ContentSecurityPolicyIssueDetails; csp != nil {
			return fmt.Sprintf("CSP report: %s bars %q", csp.ViolatedDirective, csp.BlockedURL)
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || strings.HasPrefix(u.Scheme, "http") && !slices.Contains(w.origins, u.Scheme+"://"+u.Host) {
			return "a request to outside: " + e.Request.URL
		}
	case *network.EventResponseReceived:
		if strings.HasPrefix(e.Response.URL, w.origins[0]+"/") && e.Type != network.ResourceTypeDocument && e.Response.Status >= 400 {
			return fmt.Sprintf("%s answers %d", e.Response.URL, e.Response.Status)
		}
	}
	return ""
}

// take gives what was found since the last time.
func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.found
	w.found = nil
	return found
}

// weigh gives how many bytes came over the wire since the last time.
func (w *watch) weigh() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	bytes := w.bytes
	w.bytes = 0
	return bytes
}
