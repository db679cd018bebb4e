// Package static is the dress of the console: style sheets, scripts, fonts
// and the vendored kit, embedded in the binary. It gives each file a name
// that carries the hash of its content, so that browsers may keep it for ever,
// and serves it compressed. What a page looks like is decided in views; this
// package knows files only.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed icon.svg css/*.css js/*.js vendor/*/*.css vendor/*/*.js vendor/*/*.woff2 vendor/*/*.svg
var embedded embed.FS

// Verifier is a page that checks receipts and audit bundles without us and without a network: one file, to be kept and opened from disk. It is
// handed out as a download and never shown by the console, whose security policy bars what stands in it.
//
//go:embed verifier/verify.html
var Verifier []byte

// prefix is where Handler is mounted; sheets name other files by it, because a
// url() inside a custom property resolves against the sheet that uses it.
const prefix = "/static/"

const kit = "vendor/basecoat/basecoat-nova.cdn.min.css"

// bundles lists the files that are served as one: the parts of our own sheet,
// and the scripts of live pages. The latter must run in one go, or htmx could
// start before it has its Trusted Types policy.
var bundles = map[string][]string{
	"css/app.css": {
		"css/tokens.css", "css/shell.css", "css/controls.css", "css/parts.css",
		"css/pages.css", "css/work.css", "css/narrow.css", "css/print.css",
	},
	"js/live.js": {"vendor/htmx/htmx.min.js", "vendor/htmx/hx-sse.min.js", "js/policy.js"},
}

// Comments and indents are for those who read our sheets and scripts, not for browsers.
var (
	comments       = regexp.MustCompile(`(?s)/\*.*?\*/|\n\s+`)
	scriptComments = regexp.MustCompile(`(?m)^\s*//.*\n|^[ \t]+`)
)

// Unused are the parts of the kit that no page has. Their rules are left out of what browsers load: a rule all of whose selectors begin with such a
// class can meet nothing. It saves a quarter of the kit, packed; a test in views holds our pages against the list.
var Unused = []string{
	"accordion", "alert-dialog", "avatar", "avatar-group", "badge", "breadcrumb", "button-group", "chart-legend", "chart-tooltip", "combobox", "combobox-chip",
	"combobox-chips", "command-dialog", "drawer", "dropdown-menu", "field", "fieldset", "input-group", "item", "item-group", "popover", "sidebar", "toaster",
}

// unusedRules finds such rules in a sheet without white space; the bracket before them stays.
var unusedRules = func() *regexp.Regexp {
	selector := `\.(?:` + strings.Join(Unused, "|") + `)(?:[^\w\-{},][^{},]*)?`
	return regexp.MustCompile(`([{}])(?:` + selector + `(?:,` + selector + `)*\{[^{}]*\})+`)
}()

// types lists what is served; a file of any other kind stays private.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// asset is one file as it goes over the wire.
type asset struct {
	name   string // hashed, below prefix
	kind   string
	body   []byte
	packed []byte // gzip, nil where it would not be smaller
}

// files are the assets by the names that pages ask for, and by those in their addresses. They are made when the first is asked for: most commands serve none.
var files = sync.OnceValues(load)

// Path gives the address of a file, such as "/static/css/app-1a2b3c4d5e.css"
// for "css/app.css". It panics on a name that is not embedded: that is a
// mistake in a template, and each golden page finds it.
func Path(name string) string {
	byPath, _ := files()
	a, ok := byPath[name]
	if !ok {
		panic("static: no file " + name)
	}
	return prefix + a.name
}

// Handler serves the files under /static/.
func Handler() http.Handler {
	_, byName := files()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := byName[strings.TrimPrefix(r.URL.Path, prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r)
	})
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	body := a.body
	if a.packed != nil {
		h.Set("Vary", "Accept-Encoding")
		if AcceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = a.packed
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// AcceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3) as far as we
// need it: gzip is named and not refused with a weight of zero.
func AcceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) == "gzip" {
			q := strings.TrimRight(strings.ReplaceAll(weight, " ", ""), "0.")
			return q != "q="
		}
	}
	return false
}

// load names and packs every file once. Sheets come last: they name
// fonts and pictures, whose hashes must be known by then.
func load() (byPath, byName map[string]*asset) {
	byPath, byName = map[string]*asset{}, map[string]*asset{}
	add := func(name string, body []byte) {
		a := newAsset(name, body)
		byPath[name], byName[a.name] = a, a
	}
	sources := sources()
	for _, sheets := range []bool{false, true} {
		for name, body := range sources {
			if (path.Ext(name) == ".css") != sheets {
				continue
			}
			if sheets {
				body = rename(body, byPath)
			}
			add(name, body)
		}
	}
	return byPath, byName
}

// sources reads the embedded files, with the bundles in place of their parts.
func sources() map[string][]byte {
	all := map[string][]byte{}
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[name], err = embedded.ReadFile(name)
		if name == kit {
			all[name] = unusedRules.ReplaceAll(all[name], []byte("$1"))
		}
		if strings.HasPrefix(name, "js/") {
			all[name] = scriptComments.ReplaceAll(all[name], nil)
		}
		return err
	})
	if err != nil {
		panic("static: " + err.Error()) // an embedded file cannot be missing
	}
	for name, parts := range bundles {
		var joined [][]byte
		for _, part := range parts {
			joined = append(joined, all[part])
			delete(all, part)
		}
		all[name] = bytes.Join(joined, []byte("\n"))
		if path.Ext(name) == ".css" {
			all[name] = comments.ReplaceAll(all[name], nil)
		}
	}
	return all
}

// rename puts hashed addresses in place of the plain ones in a sheet.
func rename(sheet []byte, known map[string]*asset) []byte {
	for name, a := range known {
		sheet = bytes.ReplaceAll(sheet, []byte("url("+prefix+name+")"), []byte("url("+prefix+a.name+")"))
	}
	return sheet
}

func newAsset(name string, body []byte) *asset {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	a := &asset{
		name: strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:5]) + ext,
		kind: types[ext],
		body: body,
	}
	if packed := pack(body); len(packed) < len(body) {
		a.packed = packed
	}
	return a
}

func pack(body []byte) []byte {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic("static: " + err.Error()) // the level is a constant
	}
	zip.Write(body) // a bytes.Buffer does not fail
	zip.Close()
	return out.Bytes()
}
