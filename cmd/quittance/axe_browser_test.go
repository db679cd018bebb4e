package main_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe/axe.min.js
var axeSource string

// TestAxeIsVendored holds the copies against the sums of the package that they came from.
func TestAxeIsVendored(t *testing.T) {
	sums, err := os.ReadFile("testdata/axe/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		text, err := os.ReadFile(filepath.Join("testdata/axe", name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is not the file that SHA256SUMS names", name)
		}
	}
}

// looks are those in which every page is looked at. In the dark only the rules that look at colours are asked again: a page has the same
// elements there, which the others have seen.
var looks = []look{
	desktop,
	{"dark, 1440", "dark", 1440, 1000},
	{"light, 390", "light", 390, 844},
	{"dark, 390", "dark", 390, 844},
}

// narrowAxe: at 390 px axe is asked by a nightly run only. Each page's width is looked at there in every run.
var narrowAxe = false

// asksAxe tells whether axe is asked in a look.
func (l look) asksAxe() bool { return narrowAxe || l.width >= desktop.width || testing.Short() }

// someLooks are two of them where everything takes longer.
func someLooks() []look {
	if testing.Short() {
		return []look{looks[0], looks[3]}
	}
	if !narrowAxe {
		return looks[:3] // a page is as wide in the dark as in the light, and axe is asked of it at 1440 px
	}
	return looks
}

// violation is what axe says, in its own words.
type violation struct {
	Rule, Help, Impact string
	Nodes              []struct{ Target, HTML, Why string }
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "axe: %s (%s): %s", v.Rule, v.Impact, v.Help)
	for i, n := range v.Nodes {
		if i == 4 {
			fmt.Fprintf(&b, "\n    and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n    %s: %s\n      %s", n.Target, strings.Join(strings.Fields(n.Why), " "), n.HTML)
	}
	return b.String()
}

const runAxe = `axe.run(document, {resultTypes: ["violations"], iframes: false, preload: false, ...(matchMedia("(prefers-color-scheme: dark)").matches && {runOnly: "cat.color"})}).then(r => r.violations.map(v => ({Rule: v.id, Help: v.help, Impact: v.impact,
	Nodes: v.nodes.map(n => ({Target: n.target.flat().join(" "), HTML: n.html.slice(0, 300), Why: n.failureSummary}))})))`

// world is a place beside the page's own scripts, with the same document: what axe does there is not held against the page's policy.
func (p *tab) world() runtime.ExecutionContextID {
	p.t.Helper()
	frame := do(p, page.GetFrameTree, cdp.Empty{}).FrameTree.Frame
	return do(p, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame.ID, WorldName: "axe"}).ExecutionContextID
}

// inWorld evaluates an expression there.
func inWorld[T any](p *tab, world runtime.ExecutionContextID, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise, func(e *runtime.EvaluateParams) { e.ContextID = world }))
	if err != nil {
		p.fatal("asking axe: %v", err)
	}
	return v
}

// drawn waits for two frames: what a change of colours or width does has then been done.
const drawn = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`

// inspect looks at the page in each look: no violation, no sideways scroll, no complaint of the browser, and no more than 8 kB.
func (p *tab) inspect(name string) {
	p.t.Helper()
	if size := packed(p.html()); size > 8<<10 {
		p.t.Errorf("%s: the page is %d bytes packed, more than 8 kB", name, size)
	}
	world := p.world()
	inWorld[chromedp.Void](p, world, axeSource+"\n;0")
	for _, l := range someLooks() {
		p.as(l)
		inWorld[bool](p, world, drawn)
		if l.asksAxe() {
			for _, v := range inWorld[[]violation](p, world, runAxe) {
				p.t.Errorf("%s, %s: %v", name, l.name, v)
			}
		}
		if wide := inWorld[int64](p, world, `document.scrollingElement.scrollWidth`); wide > l.width {
			p.t.Errorf("%s, %s: the page is %d wide and scrolls sideways: %s", name, l.name, wide, inWorld[string](p, world, sticksOut))
		}
		p.shoot(name, l)
	}
	p.as(desktop)
	for _, c := range p.seen.take() {
		p.t.Errorf("%s: the browser complains: %s", name, c)
	}
}

// sticksOut names the elements beyond the right edge that lie in nothing that scrolls by itself.
const sticksOut = `[...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
	.slice(-5).map(e => e.tagName.toLowerCase() + "." + e.className).join(", ")`

// shots is a folder for pictures of every page, for those who want to look for themselves.
var shots = os.Getenv("BROWSER_SHOTS")

func (p *tab) shoot(name string, l look) {
	p.t.Helper()
	if shots == "" {
		return
	}
	eval[chromedp.Void](p, `scrollTo(0, 0)`)
	whole := true
	picture := do(p, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole})
	file := strings.NewReplacer(" ", "-", ",", "", "/", "_").Replace(name + " " + l.name)
	if err := os.WriteFile(filepath.Join(shots, file+".png"), picture.Data, 0o644); err != nil {
		p.t.Error(err)
	}
}

// packed is the size of a text as it goes over the wire, in bytes.
func packed(text string) int {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write([]byte(text)) // a bytes.Buffer does not fail
	z.Close()
	return out.Len()
}
