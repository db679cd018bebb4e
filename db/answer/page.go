package answer

import (
	"archive/zip"
	"bufio"
	"fmt"
	"html"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// pageTop begins index.html, with the language and the title. The file is opened from a disk, without the console's headers: it runs nothing and
// asks for nothing but its pictures. Chromium takes a picture beside a file for one of no origin, which is why the policy names file: too.
const pageTop = `<!doctype html>
<html lang="%v">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:">
<title>%v</title>
<style>
`

// paper writes HTML. Errors come out of Flush.
type paper struct{ *bufio.Writer }

// put writes markup with everything that is no markup escaped.
func (p paper) put(markup string, values ...any) {
	for i, v := range values {
		values[i] = clean(v)
	}
	fmt.Fprintf(p, markup, values...)
}

func clean(v any) string { return html.EscapeString(strings.ToValidUTF8(fmt.Sprint(v), "�")) }

// list writes sentences under each other.
func (p paper) list(lines []string) {
	p.WriteString("<ul>\n")
	for _, l := range lines {
		p.put("<li>%v</li>\n", l)
	}
	p.WriteString("</ul>\n")
}

// table writes rows under the heads of their columns.
func (p paper) table(heads []string, rows [][]string) {
	p.WriteString("<table><thead><tr>")
	for _, h := range heads {
		p.put("<th scope=\"col\">%v</th>", h)
	}
	p.WriteString("</tr></thead><tbody>\n")
	for _, row := range rows {
		p.WriteString("<tr>")
		for i, cell := range row {
			p.put("<td data-h=\"%v\">%v</td>", heads[i], cell)
		}
		p.WriteString("</tr>\n")
	}
	p.WriteString("</tbody></table>\n")
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// chapter is a part of the page, with its place in the list of contents.
type chapter struct {
	id, title string
	write     func(paper)
}

func (b *book) chapters() []chapter {
	t := b.text
	out := []chapter{{"missing", t.missing, b.leftOut}}
	if !b.head.Portability {
		out = []chapter{{"statements", t.statements, b.statements}, {"consultations", t.consultations, b.consultations}, {"recipients", t.recipients, b.recipients}, out[0]}
	}
	return append(out, chapter{"records", t.records, b.recordsIntro})
}

// page puts index.html into the zip.
func (b *book) page() error { return b.file("index.html", zip.Deflate, b.write) }

func (b *book) write(w io.Writer) error {
	p := paper{bufio.NewWriter(w)}
	p.put(pageTop, or(b.head.Language, "en"), b.text.title)
	p.WriteString(pageStyle) // it has per cent signs
	p.put("</style>\n</head>\n<body>\n<main>\n<h1>%v</h1>\n", b.text.title)
	b.intro(p)
	all := b.chapters()
	b.contents(p, all)
	for _, c := range all {
		p.put("<h2 id=\"%v\">%v</h2>\n", c.id, c.title)
		c.write(p)
	}
	if err := b.each(func(r Record) error { b.article(p, r); return nil }); err != nil {
		return err
	}
	p.WriteString("</main>\n</body>\n</html>\n")
	return p.Flush()
}

func (b *book) intro(p paper) {
	h, t := b.head, b.text
	p.put("<p>"+t.upTo+" "+t.made+"</p>\n", Moment(h.UpTo, h.Language), t.count(b.count, "record"), t.count(b.pictures, "image"), Moment(h.Made, h.Language))
	if h.Erased > 0 {
		p.put("<p>"+t.erased+"</p>\n", t.count(h.Erased, "record"))
	}
	if h.Restricted {
		p.put("<p>%v</p>\n", t.restricted)
	}
	p.put("<h2>%v</h2>\n<ul>\n", t.ids)
	for _, id := range h.IDs {
		p.put("<li><code>%v</code></li>\n", id)
	}
	p.WriteString("</ul>\n")
	if len(h.Elsewhere) > 0 {
		p.put("<p>%v</p>\n", t.elsewhere)
		p.list(h.Elsewhere)
	}
}

func (b *book) contents(p paper, all []chapter) {
	p.put("<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">%v</h2>\n<ul>\n", b.text.contents)
	for _, c := range all {
		p.put("<li><a href=\"#%v\">%v</a></li>\n", c.id, c.title)
	}
	p.WriteString("</ul>\n</nav>\n")
}

// statements gives what is stated in its order; what is of one service stands under its name.
func (b *book) statements(p paper) {
	last := ""
	for _, s := range b.head.Statements {
		if s.Code != last {
			p.put("<h3>%v <small>(%v)</small></h3>\n", b.text.titles[s.Code][1], b.text.titles[s.Code][0])
		}
		if s.Service != "" {
			lead := b.text.forService
			if s.Instead && s.Code == last {
				lead = b.text.insteadFor
			}
			p.put("<p class=\"of\">"+lead+"</p>\n", s.Service)
		}
		if s.Language != or(b.head.Language, "en") {
			p.put("<p><em>%v</em></p>\n", b.text.otherLang)
		}
		p.put("<p class=\"pre\" lang=\"%v\">%v</p>\n", s.Language, s.Text)
		last = s.Code
	}
}

func (b *book) consultations(p paper) {
	if len(b.head.Consultations) == 0 {
		p.put("<p>%v</p>\n", b.text.noConsultations)
		return
	}
	var rows [][]string
	for _, c := range b.head.Consultations {
		rows = append(rows, []string{Moment(c.Time, b.head.Language), or(b.text.purposes[c.Purpose], c.Purpose), b.text.role(c.Role)})
	}
	p.table(b.text.consultationHeads, rows)
}

func (b *book) recipients(p paper) {
	if len(b.head.Recipients) == 0 {
		p.put("<p>%v</p>\n", b.text.noRecipients)
		return
	}
	var rows [][]string
	for _, r := range b.head.Recipients {
		rows = append(rows, []string{r.Name, b.text.got[r.What], Moment(r.Told, b.head.Language)})
	}
	p.put("<p>%v</p>\n", b.text.recipientsIntro)
	p.table(b.text.recipientHeads, rows)
}

// leftOut says how much was left out and why (Art. 15(4): no more than the rights of others need).
func (b *book) leftOut(p paper) {
	if len(b.head.Redactions) == 0 {
		p.put("<p>%v</p>\n", b.text.nothingMissing)
		return
	}
	var lines []string
	for _, r := range b.head.Redactions {
		lines = append(lines, b.text.reasons[r.Reason]+": "+decimal(r.Count))
	}
	p.put("<p>%v</p>\n", b.text.missingWhy)
	p.list(lines)
}

func (b *book) recordsIntro(p paper) {
	if b.count == 0 {
		p.put("<p>%v</p>\n", b.text.noRecords)
		return
	}
	p.put("<p>%v</p>\n", b.text.search)
}

// article is one record: what was said first, then what only a machine reads, folded away.
func (b *book) article(p paper, r Record) {
	p.put("<article>\n<h3>%v, %v <small>"+b.text.record+"</small></h3>\n<p class=\"when\">%v</p>\n", or(b.text.kinds[r.Kind], r.Kind), r.Service, r.Number, Moment(r.Time, b.head.Language))
	if r.Withheld != "" {
		p.put("<p>%v</p>\n</article>\n", Mark(r.Withheld, b.head.Language))
		return
	}
	if name := r.imageName(); name != "" {
		p.put("<p><img src=\"%v\" alt=\""+b.text.image+"\" loading=\"lazy\"></p>\n", name, r.Number)
	}
	var said, marks []Field
	for _, f := range Fields(r.Data) {
		if f.Speaks() {
			said = append(said, f)
		} else {
			marks = append(marks, f)
		}
	}
	b.fields(p, said)
	if len(marks) > 0 {
		p.put("<details><summary>"+b.text.marks+"</summary>\n", len(marks))
		b.fields(p, marks)
		p.WriteString("</details>\n")
	}
	p.WriteString("</article>\n")
}

func (b *book) fields(p paper, all []Field) {
	if len(all) == 0 {
		return
	}
	p.WriteString("<dl>\n")
	for _, f := range all {
		p.put("<dt>%v</dt><dd>%v</dd>\n", b.fieldTitle(f.Path), f.Value)
	}
	p.WriteString("</dl>\n")
}

// The places of a message's two sides in v1 and v2 of the Assistant API (https://cloud.ibm.com/apidocs/assistant-v2).
var (
	saidAt    = regexp.MustCompile(`^/request/input/text$`)
	repliedAt = regexp.MustCompile(`^/response/output/(generic/\d+/text|text/\d+)$`)
)

func (b *book) fieldTitle(path string) string {
	switch {
	case saidAt.MatchString(path):
		return b.text.said
	case repliedAt.MatchString(path):
		return b.text.replied
	}
	return strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", " / ")
}
