package answer

import (
	"archive/zip"
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
	"time"
)

// pageTop begins index.html. The file is opened from a disk, without the console's headers: it runs nothing and asks for nothing but its pictures.
const pageTop = `<!doctype html>
<html lang="` + lang + `">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:">
<title>` + title + `</title>
<style>
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem;color:CanvasText;background:Canvas;overflow-wrap:anywhere}
h1,h2,h3{line-height:1.2}h2{margin-top:2.5rem}h3{margin:0 0 .5rem;font-size:1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid GrayText}
article{border-top:1px solid GrayText;padding:1rem 0}
dl{display:grid;grid-template-columns:minmax(8rem,16rem) 1fr;gap:.2rem 1rem;margin:0}dt{font-family:ui-monospace,monospace;font-size:.8rem}dd{margin:0;white-space:pre-wrap}
img{max-width:100%;height:auto}.pre{white-space:pre-wrap}
@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
@media print{article{break-inside:avoid}}
</style>
</head>
<body>
<main>
<h1>` + title + `</h1>
`

// paper writes HTML. Errors come out of Flush.
type paper struct{ *bufio.Writer }

// put writes markup with everything that is no markup escaped.
func (p paper) put(markup string, values ...any) {
	for i, v := range values {
		values[i] = html.EscapeString(strings.ToValidUTF8(fmt.Sprint(v), "�"))
	}
	fmt.Fprintf(p, markup, values...)
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// page writes index.html.
func (b *book) page() error {
	return b.file("index.html", zip.Deflate, func(w io.Writer) error {
		p := paper{bufio.NewWriter(w)}
		p.WriteString(pageTop)
		b.intro(p)
		if !b.head.Portability {
			b.statements(p)
			b.consultations(p)
			b.recipients(p)
		}
		b.leftOut(p)
		p.put("<h2 id=\"records\">The records</h2>\n<p>Search in this page with your browser (Ctrl+F).</p>\n")
		if err := b.each(func(r Record) error { article(p, r); return nil }); err != nil {
			return err
		}
		p.WriteString("</main>\n</body>\n</html>\n")
		return p.Flush()
	})
}

func (b *book) intro(p paper) {
	h := b.head
	p.put("<p>This is what is kept under the customer IDs below, up to %v: %v records, of which %v are images. It was put together on %v.</p>\n<ul>\n", day(h.UpTo), b.count, b.pictures, day(h.Made))
	for _, id := range h.IDs {
		p.put("<li><code>%v</code></li>\n", id)
	}
	p.put("</ul>\n")
	if h.Erased > 0 {
		p.put("<p>%v records were erased between that time and the making of this file; they are not in it.</p>\n", h.Erased)
	}
	if h.Restricted {
		p.put("<p>Your data is restricted (Art. 18): it is stored and not otherwise used. That does not limit your right to see it.</p>\n")
	}
	if len(h.Elsewhere) > 0 {
		p.put("<p>These services may hold data of yours too. It does not lie here and is not in this file:</p>\n<ul>\n")
		for _, name := range h.Elsewhere {
			p.put("<li>%v</li>\n", name)
		}
		p.put("</ul>\n")
	}
}

func (b *book) statements(p paper) {
	p.put("<h2>What we have to tell you</h2>\n")
	for _, about := range Statements {
		for _, s := range b.head.Statements {
			if s.Code == about.Code {
				p.put("<section><h3>%v <small>(%v)</small></h3><p class=\"pre\">%v</p></section>\n", about.Title, about.Article, s.Text)
			}
		}
	}
}

func (b *book) consultations(p paper) {
	p.put("<h2>When staff read your records</h2>\n")
	if len(b.head.Consultations) == 0 {
		p.put("<p>Nobody has opened one of these records in clear.</p>\n")
		return
	}
	p.put("<table><thead><tr><th scope=\"col\">When</th><th scope=\"col\">What for</th><th scope=\"col\">Role</th></tr></thead><tbody>\n")
	for _, c := range b.head.Consultations {
		purpose := purposeTitles[c.Purpose]
		if purpose == "" {
			purpose = c.Purpose
		}
		p.put("<tr><td>%v</td><td>%v</td><td>%v</td></tr>\n", day(c.Time), purpose, c.Role)
	}
	p.put("</tbody></table>\n")
}

func (b *book) recipients(p paper) {
	p.put("<h2>Services that were told about you</h2>\n")
	if len(b.head.Recipients) == 0 {
		p.put("<p>No other service was called about you from here.</p>\n")
		return
	}
	p.put("<table><thead><tr><th scope=\"col\">Service</th><th scope=\"col\">What</th><th scope=\"col\">When</th></tr></thead><tbody>\n")
	for _, r := range b.head.Recipients {
		p.put("<tr><td>%v</td><td>%v</td><td>%v</td></tr>\n", r.Name, r.What, day(r.Told))
	}
	p.put("</tbody></table>\n")
}

// leftOut says how much was left out and why (Art. 15(4): no more than the rights of others need).
func (b *book) leftOut(p paper) {
	p.put("<h2>What was left out</h2>\n")
	if len(b.head.Redactions) == 0 {
		p.put("<p>Nothing.</p>\n")
		return
	}
	p.put("<p>In these places something is missing, because it would affect the rights of others (Art. 15(4)):</p>\n<ul>\n")
	for _, r := range b.head.Redactions {
		p.put("<li>%v: %v</li>\n", Reasons[r.Reason], r.Count)
	}
	p.put("</ul>\n")
}

func article(p paper, r Record) {
	kind := kindTitles[r.Kind]
	p.put("<article><h3>%v, %v, %v <small>(record %v)</small></h3>\n", kind, r.Service, day(r.Time), r.Number)
	if r.Withheld != "" {
		p.put("<p>%v</p></article>\n", Mark(r.Withheld))
		return
	}
	if name := r.imageName(); name != "" {
		p.put("<p><img src=\"%v\" alt=\"The image of record %v\" loading=\"lazy\"></p>\n", name, r.Number)
	}
	if rows := Fields(r.Data); len(rows) > 0 {
		p.put("<dl>\n")
		for _, f := range rows {
			p.put("<dt>%v</dt><dd>%v</dd>\n", strings.ReplaceAll(strings.TrimPrefix(f.Path, "/"), "/", " / "), f.Value)
		}
		p.put("</dl>\n")
	}
	p.put("</article>\n")
}
