package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The vendored files are what the list says, and the list misses none.
func TestVendoredFilesAreUnchanged(t *testing.T) {
	list, err := os.ReadFile("vendor/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		sum, name, _ := strings.Cut(line, "  ")
		listed[name] = sum
	}
	vendored := os.DirFS("vendor")
	err = fs.WalkDir(vendored, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "SHA256SUMS" || name == "README.md" {
			return err
		}
		body, err := fs.ReadFile(vendored, name)
		sum := sha256.Sum256(body)
		if listed[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("vendor/%s is not what SHA256SUMS says", name)
		}
		delete(listed, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range listed {
		t.Errorf("vendor/%s is listed and not there", name)
	}
}

func get(t *testing.T, target, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestServe(t *testing.T) {
	for name, kind := range map[string]string{
		"css/app.css": "text/css; charset=utf-8", "js/app.js": "text/javascript; charset=utf-8",
		"js/live.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
		"vendor/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2": "font/woff2",
	} {
		r := get(t, Path(name), "")
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != kind || r.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
		}
		if !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s may not be kept: %q", name, r.Header.Get("Cache-Control"))
		}
		if len(body(t, r)) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

func TestGzip(t *testing.T) {
	plain := body(t, get(t, Path("css/app.css"), "identity"))
	for encoding, packed := range map[string]bool{
		"gzip": true, "br, gzip;q=0.8": true, "gzip;q=0": false, "gzip; q=0.0": false, "br": false, "": false,
	} {
		r := get(t, Path("css/app.css"), encoding)
		if got := r.Header.Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("Accept-Encoding %q: packed %v, want %v", encoding, got, packed)
		}
		if r.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary is %q", encoding, r.Header.Get("Vary"))
		}
	}
	zip, err := gzip.NewReader(get(t, Path("css/app.css"), "gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(zip)
	if err != nil || !bytes.Equal(unpacked, plain) {
		t.Errorf("unpacked the sheet differs (%v)", err)
	}
}

func TestNotThere(t *testing.T) {
	for _, target := range []string{"/static/css/app.css", "/static/css/app-0000000000.css", "/static/", "/static/../static.go", "/static/vendor/SHA256SUMS"} {
		if r := get(t, target, ""); r.StatusCode != 404 {
			t.Errorf("%s answers %d", target, r.StatusCode)
		}
	}
}

var named = regexp.MustCompile(`url\(["']?([^)"']*)`)

// Every file that our sheet names is served, and none is fetched from outside.
func TestSheetNamesOnlyOurFiles(t *testing.T) {
	sheet := body(t, get(t, Path("css/app.css"), ""))
	found := named.FindAllSubmatch(sheet, -1)
	if len(found) < 4 {
		t.Fatalf("the sheet names %d files, the fonts alone are four", len(found))
	}
	for _, f := range found {
		if r := get(t, string(f[1]), ""); r.StatusCode != 200 {
			t.Errorf("the sheet names %s, which answers %d", f[1], r.StatusCode)
		}
	}
}

// A first visit costs at most 110 kB: sheets, scripts of every page and of a
// live one, and the fonts of Latin text. The page itself has 8 kB of it.
func TestFirstVisit(t *testing.T) {
	total := 8 << 10
	for _, name := range []string{
		"vendor/basecoat/basecoat-nova.cdn.min.css", "css/app.css", "js/app.js", "js/live.js", "icon.svg",
		"vendor/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2",
		"vendor/fonts/atkinson-hyperlegible-mono-latin-wght-normal.woff2",
	} {
		total += len(body(t, get(t, Path(name), "gzip")))
	}
	if total > 110_000 {
		t.Errorf("a first visit costs %d bytes", total)
	}
	t.Logf("a first visit costs %d bytes", total)
}

func TestPathPanicsOnUnknownName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an unknown name has a path")
		}
	}()
	Path("css/none.css")
}

// What a script says by itself has its German beside it: the pages' vocabulary cannot see it.
func TestScriptsSpeakGerman(t *testing.T) {
	text, err := os.ReadFile("js/app.js")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`(?:say|told)\('([^']+)'\)`).FindAllStringSubmatch(string(text), -1)
	if len(said) < 5 {
		t.Fatalf("only %d sentences were found", len(said))
	}
	for _, s := range said {
		if !strings.Contains(string(text), "'"+s[1]+"': '") {
			t.Errorf("%q has no German", s[1])
		}
	}
}
