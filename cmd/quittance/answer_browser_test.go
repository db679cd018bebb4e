package main_test

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// fetchOnce is the person at home: no account, one file, and no second.
func fetchOnce(t *testing.T, b *browser, h *house, link string) string {
	t.Helper()
	person, dir := b.person(t, h.origin), t.TempDir()
	path, late := strings.TrimPrefix(link, h.origin), b.person(t, h.origin)
	late.visit(path) // somebody else who has the address, and waits
	person.visit(path)
	person.reads("Ihre Daten", "Meine Daten abholen", "So lesen Sie sie")
	person.hides(asker, "Thalheim")
	person.inspect("answer, the door")
	whose := do(person, target.GetTargetInfo, target.GetTargetInfoParams{}).TargetInfo.BrowserContextID
	do(person, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: whose, DownloadPath: dir})
	person.act(press(".door button"))
	file := filepath.Join(dir, "your-data.zip")
	arrives(t, file)
	late.click(".door button", 410)
	late.reads("Ihre Daten wurden schon abgeholt")
	if status := person.open(path); status != 410 {
		person.fatal("the door after the fetch answers %d", status)
	}
	person.reads("Ihre Daten wurden schon abgeholt", "Waren Sie es nicht")
	person.inspect("answer, the door when it was used")
	if status := person.open("/answers/nothing"); status != 404 {
		person.fatal("an address that is none answers %d", status)
	}
	person.inspect("answer, a door that is none")
	return file
}

// goneDoor is the address of a link that another one has taken the place of.
func goneDoor(p *tab, path string) {
	p.t.Helper()
	if status := p.open(path); status != 410 {
		p.fatal("a link that was replaced answers %d", status)
	}
	p.reads("Diese Adresse gilt nicht mehr", "Eine neuere ist an ihre Stelle getreten")
	p.inspect("answer, the door when a newer one was made")
}

// arrives waits for a download to be whole: Chromium gives it its name at the end.
func arrives(t *testing.T, file string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if z, err := zip.OpenReader(file); err == nil {
			z.Close()
			return
		}
	}
	all, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
	t.Fatalf("%s did not arrive; there is %q", filepath.Base(file), all)
}

// unzipped unpacks an answer, as the person does.
func unzipped(t *testing.T, file string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir := t.TempDir()
	for _, f := range z.File {
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o700)
		}
		if err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// loaded shows each picture and tells how wide it is: one that a policy bars, or that is not there, is 0 wide.
const loaded = `Promise.all([...document.images].map(async i => { i.scrollIntoView(); try { await i.decode() } catch {} return i.naturalWidth }))`

// readFromDisk opens the page with a double click, as it were: no server, no network, pictures, all looks, and paper.
func readFromDisk(t *testing.T, b *browser, file string) {
	t.Helper()
	p := b.person(t, "file://")
	p.act(chromedp.Navigate("file://" + filepath.Join(unzipped(t, file), "index.html")))
	p.reads("Ihre Daten", "davon 2 Bilder", "Unser Text zu purposes.", "Um einen Antrag auf Auskunft zu beantworten", "Kundendienst",
		"Daten einer anderen Person: 1", "[weggelassen: Daten einer anderen Person]", "Where is my parcel?", "Was gesagt wurde")
	p.hides(neighbour)
	for i, wide := range eval[[]int](p, loaded) {
		if wide != 320 {
			t.Errorf("picture %d is %d wide, and not 320", i+1, wide)
		}
	}
	if n := eval[int](p, `document.images.length`); n != 2 {
		t.Errorf("%d pictures, want 2", n)
	}
	p.inspect("answer, from the disk")
	narrow(p)
	printed(p)
}

// narrow asks axe on a telephone too, in light and in dark: this file is the one page that nobody can mend once it is out.
func narrow(p *tab) {
	p.t.Helper()
	for _, l := range looks[2:] {
		p.as(l)
		p.t.Run(l.name, func(t *testing.T) { asksAxe(p.on(t)) })
		p.shoot("answer, from the disk", l)
	}
	p.as(desktop)
}

// asksAxe wants no violation of the page as it stands.
func asksAxe(p *tab) {
	p.t.Helper()
	world := p.world()
	inWorld[chromedp.Void](p, world, axeSource+"\n;0")
	inWorld[bool](p, world, drawn)
	for _, v := range inWorld[[]violation](p, world, runAxe) {
		p.t.Error(v)
	}
}

// imageOfPDF is how Chromium writes down a picture.
var imageOfPDF = regexp.MustCompile(`/Subtype\s*/Image\b`)

// unfolded tells whether a reader sees what can be folded away.
const unfolded = `document.querySelector("details dl").checkVisibility()`

// printed puts the page on paper: with the pictures, and with what is folded away on the screen.
func printed(p *tab) {
	p.t.Helper()
	if eval[bool](p, unfolded) {
		p.fatal("what only a machine reads is not folded away on the screen")
	}
	do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	if !eval[bool](p, unfolded) {
		p.fatal("what is folded away on the screen is not on paper")
	}
	asksAxe(p)
	p.shoot("answer, on paper", look{"print", "light", 1440, 1000})
	pdf := do(p, page.PrintToPDF, page.PrintToPDFParams{}).Data
	if n := len(imageOfPDF.FindAll(pdf, -1)); n < 2 {
		p.fatal("%d pictures are on paper, want 2", n)
	}
	if shots != "" {
		if err := os.WriteFile(filepath.Join(shots, "answer.pdf"), pdf, 0o600); err != nil {
			p.t.Error(err)
		}
	}
}
